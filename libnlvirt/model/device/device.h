/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A link's life: up and down, its flags, carrier and operational state, with
 * all that is told of them. net/core/dev.c and link_watch.c. */
#pragma once

#include "model/device/netdev.h"

/* The flags as the kernel keeps them: those of the interface with what others
 * ask of it, and IFF_PROMISC and IFF_ALLMULTI as a person set them. */
typedef struct
{
  guint32 all; /* struct net_device's flags */
  guint32 own; /* gflags */
} NlvDeviceFlags;

NlvDeviceFlags nlv_link_get_flags (const NlvLink *link);
/* Whether the driver runs: netif_running(). */
gboolean nlv_link_is_up (const NlvLink *link);

/* dev_change_flags(): the flags in @mask are set as in @flags. 0 or -errno. */
int nlv_link_change_flags (NlvChange *change, NlvLink *link, guint32 flags, guint32 mask);
/* Its two halves, __dev_change_flags() and __dev_notify_flags(): what has
 * changed since @before is told, @changed being the event's ifi_change, 0 no event.
 * With @asked the event may bear the request's seq and port. */
int nlv_link_apply_flags (NlvChange *change, NlvLink *link, guint32 flags, guint32 mask);
void nlv_link_notify_flags (NlvChange *change, NlvLink *link, NlvDeviceFlags before, guint32 changed, gboolean asked);

/* dev_close_many(): they are told of one after the other when all are closed. */
void nlv_link_close_many (NlvChange *change, NlvLink *const *links, guint n);

/* dev_set_promiscuity() and netif_set_allmulti(): one more, or one less, wants
 * everything. */
void nlv_link_add_promiscuity (NlvChange *change, NlvLink *link, int more);
void nlv_link_add_all_multicast (NlvChange *change, NlvLink *link, int more);

/* netdev_state_change(): something of a link that is up has changed. */
void nlv_link_state_changed (NlvChange *change, NlvLink *link);

/* netif_carrier_on() and _off(): what follows comes through the link watch. */
void nlv_link_set_carrier (NlvChange *change, NlvLink *link, gboolean carrier);
/* netif_dormant(), and netif_dormant_on() and _off(): not shown while it is down. */
gboolean nlv_link_is_dormant (const NlvLink *link);
void nlv_link_set_dormant (NlvChange *change, NlvLink *link, gboolean dormant);
/* struct net_device's operstate, which is not shown of a link that is down. */
guint8 nlv_link_get_operational_state (const NlvLink *link);
void nlv_link_set_operational_state (NlvLink *link, guint8 state);
/* IFLA_LINKMODE, whose part in the state begins when it is looked at next. */
void nlv_link_set_mode (NlvLink *link, guint8 mode);
/* default_operstate() at a link's registration: linkwatch_init_dev(). */
void nlv_link_watch_begin (NlvChange *change, NlvLink *link);
/* It is to look at it: linkwatch_fire_event(). */
void nlv_link_watch_fire (NlvChange *change, const NlvLink *link);
/* What the link watch has still to say of it: linkwatch_sync_dev(). */
void nlv_link_watch_sync (NlvChange *change, NlvLink *link);
/* What it has still to say of all: linkwatch_run_queue(). */
void nlv_link_watch_run (NlvChange *change);
/* The flags that follow from the others and from the state. */
void nlv_link_derive_flags (NlvLink *link);

/* device-qdisc.c: attach_default_qdiscs(), which has one for each of several
 * queues. */
void nlv_link_attach_qdiscs (NlvNetwork *network, NlvLink *link);

/* change-link-event.c: rtmsg_ifinfo(). @changed is ifi_change, @event IFLA_EVENT_*. */
void nlv_link_event (NlvChange *change, const NlvLink *link, guint32 changed, guint32 event);
/* With @asked, the message bears the request's seq and port if an echo is wanted. */
void nlv_link_event_full (NlvChange *change, const NlvLink *link, guint16 type, guint32 changed, guint32 event,
                          gboolean asked);
/* rtnetlink_event() */
void nlv_link_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

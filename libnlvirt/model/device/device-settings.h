/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Single settings of a link, with what its driver says to them and what is told
 * of them. 0 or -errno. */
#pragma once

#include "model/device/device.h"

/* dev_set_mac_address(): as long as the link's address. */
int nlv_link_set_address (NlvChange *change, NlvLink *link, const guint8 *address);
/* dev_set_mtu_ext() and dev_validate_mtu() */
int nlv_link_set_mtu (NlvChange *change, NlvLink *link, guint32 mtu);
/* dev_set_mtu(): of a link that follows others, if it can; who asked reads nothing against it. */
void nlv_link_follow_mtu (NlvChange *change, NlvLink *link, guint32 mtu);
int nlv_link_validate_mtu (NlvChange *change, const NlvLink *link, guint32 mtu);
/* dev_change_tx_queue_len() */
void nlv_link_set_queue_length (NlvChange *change, NlvLink *link, guint32 length);
/* dev_change_carrier(): the carrier of what has none but that. */
int nlv_link_change_carrier (NlvChange *change, NlvLink *link, gboolean carrier);
/* set_operstate() */
void nlv_link_change_operational_state (NlvChange *change, NlvLink *link, guint8 state);
/* do_set_proto_down(): IFLA_PROTO_DOWN and _REASON, each may be NULL. */
int nlv_link_set_protocol_down (NlvChange *change, NlvLink *link, const NlvAttr *down, const NlvAttr *reason);

/* device-name.c: dev_change_name() */
int nlv_link_set_name (NlvChange *change, NlvLink *link, const char *name);
/* dev_prep_valid_name(): the name, or the first free one that a pattern with %d
 * makes. @taken is the -errno if it is not free. */
int nlv_network_pick_link_name (NlvNetwork *network, const char *wanted, int taken, char name[IFNAMSIZ]);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the drivers of links do when something is asked of one: struct
 * net_device_ops, as far as anything follows from it. */
#pragma once

#include "model/device/device.h"

typedef enum
{
  NLV_DEVICE_ADDRESS = 1 << 0,       /* ndo_set_mac_address */
  NLV_DEVICE_LIVE_ADDRESS = 1 << 1,  /* also while it is up: IFF_LIVE_ADDR_CHANGE */
  NLV_DEVICE_PROTOCOL_DOWN = 1 << 2, /* change_proto_down */
} NlvDeviceAbilities;

typedef struct
{
  const char *kind; /* (nullable): any other */
  guint abilities;  /* NlvDeviceAbilities */
  int (*open) (NlvChange *change, NlvLink *link);
  void (*stop) (NlvChange *change, NlvLink *link);
  /* Of IFF_PROMISC or IFF_ALLMULTI, which has changed in the flags. */
  void (*change_rx_flags) (NlvChange *change, NlvLink *link, guint32 flag);
  /* ndo_uninit, as the link goes. */
  void (*uninit) (NlvChange *change, NlvLink *link);
  /* Of a good address that is not the link's. */
  int (*set_address) (NlvChange *change, NlvLink *link, const guint8 *address);
  int (*change_carrier) (NlvChange *change, NlvLink *link, gboolean carrier);
  /* Of one within the link's limits. */
  int (*change_mtu) (NlvChange *change, NlvLink *link, guint32 mtu);
} NlvDeviceDriver;

/* device-driver-stacked.c: of bridges and of links that stand on others */
int nlv_bridge_open (NlvChange *change, NlvLink *bridge);
void nlv_bridge_stop (NlvChange *change, NlvLink *bridge);
/* Into the groups that it listens for others like itself in, or out; @up, if it was
 * up before. */
void nlv_bridge_change_snoopers (NlvChange *change, NlvLink *bridge, gboolean join, gboolean up);
int nlv_bridge_set_address (NlvChange *change, NlvLink *bridge, const guint8 *address);
int nlv_bridge_change_mtu (NlvChange *change, NlvLink *bridge, guint32 mtu);
int nlv_macvlan_open (NlvChange *change, NlvLink *link);
void nlv_macvlan_stop (NlvChange *change, NlvLink *link);
void nlv_macvlan_change_rx_flags (NlvChange *change, NlvLink *link, guint32 flag);
void nlv_macvlan_uninit (NlvChange *change, NlvLink *link);
int nlv_macvlan_set_address (NlvChange *change, NlvLink *link, const guint8 *address);
int nlv_macvlan_change_mtu (NlvChange *change, NlvLink *link, guint32 mtu);
int nlv_vlan_open (NlvChange *change, NlvLink *link);
void nlv_vlan_stop (NlvChange *change, NlvLink *link);
void nlv_vlan_change_rx_flags (NlvChange *change, NlvLink *link, guint32 flag);
int nlv_vlan_set_address (NlvChange *change, NlvLink *link, const guint8 *address);
int nlv_vlan_change_mtu (NlvChange *change, NlvLink *link, guint32 mtu);
int nlv_vxlan_open (NlvChange *change, NlvLink *link);
void nlv_vxlan_stop (NlvChange *change, NlvLink *link);
int nlv_vxlan_change_mtu (NlvChange *change, NlvLink *link, guint32 mtu);
/* device-receive.c: dev_uc_add() and dev_uc_del(). A device that cannot filter takes everything while
 * addresses that are not its own are let in, __dev_set_rx_mode(). */
void nlv_link_let_in (NlvNetwork *network, NlvLink *link, const guint8 *address);
void nlv_link_keep_out (NlvNetwork *network, NlvLink *link, const guint8 *address);
/* The one for the other, of one that stands on it: there is no moment without. */
void nlv_link_let_in_instead (NlvNetwork *network, NlvLink *link, const guint8 *from, const guint8 *to);
/* The same of one that comes up. */
void nlv_link_resume_receive_mode (NlvNetwork *network, NlvLink *link);

/* Of its kind; each function may be NULL. */
const NlvDeviceDriver *nlv_link_get_driver (const NlvLink *link);

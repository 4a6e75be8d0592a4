/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the drivers of links do when something is asked of one: struct
 * net_device_ops, as far as anything follows from it. */
#pragma once

#include "model/device.h"

typedef enum
{
  NLV_DEVICE_ADDRESS = 1 << 0,       /* ndo_set_mac_address */
  NLV_DEVICE_LIVE_ADDRESS = 1 << 1,  /* also while it is up: IFF_LIVE_ADDR_CHANGE */
  NLV_DEVICE_CARRIER = 1 << 2,       /* ndo_change_carrier */
  NLV_DEVICE_PROTOCOL_DOWN = 1 << 3, /* change_proto_down */
} NlvDeviceAbilities;

typedef struct
{
  const char *kind; /* (nullable): any other */
  guint abilities;  /* NlvDeviceAbilities */
  int (*open) (NlvChange *change, NlvLink *link);
  void (*stop) (NlvChange *change, NlvLink *link);
  /* Of IFF_PROMISC or IFF_ALLMULTI, which has changed in the flags. */
  void (*change_rx_flags) (NlvChange *change, NlvLink *link, guint32 flag);
  /* Of a good address that is not the link's. */
  int (*set_address) (NlvChange *change, NlvLink *link, const guint8 *address);
  /* Of one within the link's limits. */
  int (*change_mtu) (NlvChange *change, NlvLink *link, guint32 mtu);
} NlvDeviceDriver;

/* Of its kind; each function may be NULL. */
const NlvDeviceDriver *nlv_link_get_driver (const NlvLink *link);

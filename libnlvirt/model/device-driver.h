/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the drivers of links do when something is asked of one: struct
 * net_device_ops, as far as anything follows from it. */
#pragma once

#include "model/device.h"

typedef struct
{
  const char *kind; /* (nullable): any other */
  int (*open) (NlvChange *change, NlvLink *link);
  void (*stop) (NlvChange *change, NlvLink *link);
  /* Of IFF_PROMISC or IFF_ALLMULTI, which has changed in the flags. */
  void (*change_rx_flags) (NlvChange *change, NlvLink *link, guint32 flag);
} NlvDeviceDriver;

/* Of its kind; each function may be NULL. */
const NlvDeviceDriver *nlv_link_get_driver (const NlvLink *link);

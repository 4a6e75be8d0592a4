/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What becomes of IPv4 routes when links and addresses come and go. */
#pragma once

#include "model/device/netdev.h"

/* fib_netdev_event() */
void nlv_fib_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

/* fib_inetaddr_event(): an address has come to its link, or has gone; with @dead
 * all of the link's addresses go. */
void nlv_fib_address_added (NlvChange *change, const NlvLink *link, const NlvAddress *address);
void nlv_fib_address_removed (NlvChange *change, const NlvLink *link, const NlvAddress *address, gboolean dead);

/* The routes that prefer @ip as their source go: fib_sync_down_addr() with the
 * flush that comes of it. */
void nlv_fib_sync_down_address (NlvChange *change, const NlvLink *link, guint32 ip);

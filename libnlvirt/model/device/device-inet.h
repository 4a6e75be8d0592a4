/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What IPv4 does when something happens to a link: net/ipv4/devinet.c. */
#pragma once

#include "model/device/netdev.h"

/* inetdev_event() */
void nlv_inet_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

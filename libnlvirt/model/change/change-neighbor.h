/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What becomes of the neighbours on a link. */
#pragma once

#include "model/device/netdev.h"

/* neigh_ifdown(): all of a family go from a link. */
void nlv_neighbors_go_down (NlvChange *change, const NlvLink *link, guint8 family);

void nlv_arp_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);
void nlv_ndisc_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

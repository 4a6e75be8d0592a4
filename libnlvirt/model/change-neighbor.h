/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What becomes of the neighbours on a link. */
#pragma once

#include "model/netdev.h"

void nlv_arp_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);
void nlv_ndisc_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The netlink sockets of one session: who has which port id, and the network
 * that answers them. The kernel's nl_table, per network namespace. */
#pragma once

#include "model/rtnetlink/rtnetlink.h"
#include "netlink/failure.h"

typedef struct _NlvBus NlvBus;

NlvBus *nlv_bus_new (NlvNetwork *network);
NlvBus *nlv_bus_ref (NlvBus *bus);
void nlv_bus_unref (NlvBus *bus);
NlvNetwork *nlv_bus_get_network (NlvBus *bus);
/* Another one answers from now on. A dump that is under way ends on the one
 * that it began with. */
void nlv_bus_set_network (NlvBus *bus, NlvNetwork *network);

/* What is to go wrong with the sockets. */
void nlv_bus_set_failures (NlvBus *bus, NlvFailures *failures);
NlvFailures *nlv_bus_get_failures (NlvBus *bus);

/* The highest group that rtnetlink has: RTNLGRP_IPV6_ACADDR. */
#define NLV_BUS_N_GROUPS 39

/* What a socket has changed in the network is told to its observers later, by
 * nlv_network_release(), for who sends may be in no state to hear of it. @func is called
 * when there is something to tell. */
void nlv_bus_set_changed (NlvBus *bus, void (*func) (gpointer user_data), gpointer user_data);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the kernel adds by itself when a person states a link, an address or
 * nothing at all. */
#pragma once

#include "model/network.h"

/* A link as the kernel makes one: @kind NULL and @name "lo" gives the
 * loopback, @kind NULL an Ethernet device without a driver's attributes. Sets
 * everything but index, MAC and what the caller changes afterwards. */
void nlv_link_init_like_kernel (NlvLink *link, const char *name, const char *kind);
/* Flags, operational state and carrier for a link that is up or down. */
void nlv_link_set_up (NlvLink *link, gboolean up, gboolean carrier);
/* The operational state of a link that is up, by its carrier. */
guint8 nlv_link_usual_state (const NlvLink *link);
/* attach_default_qdiscs(), the first time that a link is up. @usual: of what queues */
void nlv_link_attach_qdisc (NlvLink *link, const char *usual);

/* The address's derived fields: broadcast, label, scope, flags. */
void nlv_address_fill (NlvAddress *address, const NlvLink *link);
/* The address that addrconf_addr_gen() makes from a link's MAC. FALSE when the
 * link has none. */
gboolean nlv_address_init_link_local (NlvAddress *address, const NlvLink *link);

/* Local, broadcast and multicast routes of the links that are up, and
 * connected routes of their addresses. */
void nlv_network_derive_routes (NlvNetwork *network);

/* The rules of a new network namespace: three for IPv4 and two for IPv6, and
 * those of the multicast routing tables. */
void nlv_network_add_default_rules (NlvNetwork *network);

/* 127.0.0.1/8 and ::1/128, as the kernel gives them to lo when it comes up. */
void nlv_network_add_loopback_addresses (NlvNetwork *network, const NlvLink *link);

/* lo up, with 127.0.0.1/8 and ::1/128 and all that follows. */
NlvNetwork *nlv_network_new_loopback (void);

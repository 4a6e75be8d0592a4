/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What settings are when nobody changed them. */
#pragma once

#include "model/network.h"

/* Newer than the headers that this builds with. */
#define NLV_NDTPA_QUEUE_LENBYTES 16
#define NLV_NDTPA_MCAST_REPROBES 17
#define NLV_NDTPA_INTERVAL_PROBE_TIME_MS 19
#define NLV_NETCONFA_BC_FORWARDING 8
#define NLV_NETCONFA_MAX 9

/* IPV4_DEVCONF_* less one */
#define NLV_IPV4_FORWARDING 0
#define NLV_IPV4_SEND_REDIRECTS 5
#define NLV_IPV4_RP_FILTER 7
#define NLV_IPV4_NOXFRM 14
#define NLV_IPV4_NOPOLICY 15
#define NLV_IPV4_ACCEPT_LOCAL 22
#define NLV_IPV4_SRC_VALID_MARK 23
#define NLV_IPV4_ROUTE_LOCALNET 25
#define NLV_IPV4_BC_FORWARDING 31

/* DEVCONF_* */
#define NLV_IPV6_MTU 2

/* More than any list has; ids are below. */
#define NLV_MAX_SETTINGS 128

/* inetdev_event() and addrconf_notify(): too small an MTU takes the family off
 * the link. */
gboolean nlv_link_has_ipv4 (const NlvLink *link);
gboolean nlv_link_has_ipv6 (const NlvLink *link);

/* Fills in the usual values, and returns how many there are. */
guint nlv_link_usual_settings (const NlvLink *link, NlvLinkSettings which, gint64 values[NLV_MAX_SETTINGS]);
/* The same with what the link has of its own. */
guint nlv_link_all_settings (const NlvLink *link, NlvLinkSettings which, gint64 values[NLV_MAX_SETTINGS]);
/* One of them. */
gint64 nlv_link_get_setting (const NlvLink *link, NlvLinkSettings which, guint id);
/* Keeps @value if it is not the usual one. */
void nlv_link_set_setting (NlvLink *link, NlvLinkSettings which, guint id, gint64 value);

/* Those of its own that are not the usual ones. (element-type NlvSetting) (nullable) */
GArray *nlv_link_unusual_settings (const NlvLink *link, NlvLinkSettings which);

/* RFC 6724's address labels as Linux has them. */
const NlvAddressLabel *nlv_usual_labels (guint *n);
void nlv_globals_forget_usual_labels (NlvGlobals *globals);

/* Whether the kernel has a driver for links of @kind. */
gboolean nlv_network_knows_kind (NlvNetwork *network, const char *kind);
/* Those that it has usually. (array zero-terminated=1) */
extern const char *const nlv_usual_kinds[];

/* A neighbour table's parameters without a link's: NDTPA_*. */
guint nlv_neighbor_usual_parameters (guint8 family, gint64 values[NLV_MAX_SETTINGS]);

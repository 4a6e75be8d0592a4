/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Local, broadcast and connected routes, by fib_magic(). */
#include "model/connected-ipv4.h"

#include "model/change-route.h"
#include "model/device-fib.h"
#include "model/network-keys.h"
#include "model/rtnetlink-private.h"

#include <linux/if_addr.h>
#include <linux/netconf.h>
#include <string.h>

/* IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN less one */
#define IGNORE_ROUTES_WITH_LINKDOWN 28

/* --- addresses and links -------------------------------------------------------------- */

guint32
nlv_ipv4_get_broadcast (const NlvAddress *address)
{
  return address->has_broadcast ? address->broadcast.v4 : 0;
}

gboolean
nlv_ipv4_same_subnet (const NlvAddress *a, const NlvAddress *b)
{
  return a->prefix_length == b->prefix_length && ((a->peer.v4 ^ b->peer.v4) & nlv_ipv4_mask (a->prefix_length)) == 0;
}

const NlvAddress *
nlv_ipv4_find_primary (NlvNetwork *network, const NlvAddress *address)
{
  const NlvAddress *at;

  for (guint i = nlv_network_find_addresses (network, AF_INET, address->link);
       (at = nlv_network_get_link_address (network, AF_INET, address->link, i)) != NULL; i++)
    if (nlv_ipv4_same_subnet (at, address))
      return at;
  return NULL;
}

guint32
nlv_link_get_vrf_table (NlvNetwork *network, const NlvLink *link)
{
  const NlvLink *master = link->master != 0 ? nlv_network_find_link (network, link->master) : NULL;
  const NlvLink *vrf = g_strcmp0 (link->kind, "vrf") == 0 ? link : master;
  gsize size;
  NlvAttr attr;

  if (vrf == NULL || g_strcmp0 (vrf->kind, "vrf") != 0 || vrf->kind_data == NULL)
    return 0;
  gconstpointer data = g_bytes_get_data (vrf->kind_data, &size);
  return nlv_span_find_attr (nlv_span (data, size), IFLA_VRF_TABLE, &attr) ? nlv_attr_u32 (&attr) : 0;
}

gboolean
nlv_link_ignores_linkdown (NlvNetwork *network, const NlvLink *link)
{
  const GArray *all = nlv_network_get_globals (network)->settings[NLV_NETWORK_IPV4_ALL];

  return nlv_settings_get (all, NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, 0) != 0 ||
         nlv_link_get_setting (link, NLV_LINK_IPV4, IGNORE_ROUTES_WITH_LINKDOWN) != 0;
}

/* --- fib_magic() ---------------------------------------------------------------------- */

/* What fib_magic() gives to fib_table_insert() and fib_table_delete(). */
typedef struct
{
  const NlvLink *link;
  guint32 table;
  guint8 type;
  guint32 destination;
  guint8 length;
  guint32 source;
  guint32 metric;
} Magic;

static guint8
scope_of (const Magic *magic)
{
  return magic->type == RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK;
}

/* inet_addr_type_table() */
static gboolean
is_local (NlvNetwork *network, guint32 ip, guint32 table)
{
  const NlvFlow flow = { .family = AF_INET, .destination.v4 = ip };
  NlvLookup lookup = { 0 };

  return ip != 0 && ip != G_MAXUINT32 && !nlv_ipv4_is_multicast (ip) &&
         nlv_lookup_table (network, &flow, table, &lookup) == 0 && lookup.route.type == RTN_LOCAL;
}

/* What fib_create_info() may have against it: fib_check_nh_nongw(),
 * fib_valid_prefsrc(). */
static gboolean
is_valid (NlvNetwork *network, const Magic *magic)
{
  guint32 table = magic->table == RT_TABLE_MAIN ? RT_TABLE_LOCAL : magic->table;

  if (scope_of (magic) != RT_SCOPE_HOST && (magic->link->flags & IFF_UP) == 0)
    return FALSE;
  if (magic->source == 0 || (magic->type == RTN_LOCAL && magic->destination == magic->source))
    return TRUE;
  return is_local (network, magic->source, table) ||
         (table != RT_TABLE_LOCAL && is_local (network, magic->source, RT_TABLE_LOCAL));
}

static NlvRoute
make_route (NlvNetwork *network, const Magic *magic)
{
  NlvRoute route = {
    .family = AF_INET,
    .type = magic->type,
    .scope = scope_of (magic),
    .protocol = RTPROT_KERNEL,
    .table = magic->table,
    .destination.v4 = magic->destination,
    .destination_length = magic->length,
    .metric = magic->metric,
    .preferred_source.v4 = magic->source,
    .has_preferred_source = magic->source != 0,
    .n_nexthops = 1,
    .nexthops = g_new0 (NlvNexthop, 1),
  };

  route.nexthops->link = magic->link->index;
  if (route.scope != RT_SCOPE_HOST && !magic->link->carrier)
    route.nexthops->flags = RTNH_F_LINKDOWN | (nlv_link_ignores_linkdown (network, magic->link) ? RTNH_F_DEAD : 0);
  return route;
}

/* fib_table_insert() with NLM_F_CREATE and NLM_F_APPEND */
static void
insert (NlvChange *change, const Magic *magic)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvIp destination = { .v4 = magic->destination };
  guint16 flags = NLM_F_CREATE | NLM_F_EXCL;
  NlvFibCursor cursor;
  const NlvRoute *at;
  NlvRoute route;

  if (!is_valid (change->network, magic))
    return;
  route = make_route (change->network, magic);
  nlv_fib_cursor_init_prefix (&cursor, AF_INET, magic->table, &destination, magic->length);
  while ((at = nlv_fib_next (fib, &cursor)) != NULL)
    {
      if (at->tos != 0 || at->metric != magic->metric)
        continue;
      if (nlv_fib_equal_routes (at, &route))
        {
          nlv_route_clear (&route);
          return;
        }
      flags = NLM_F_CREATE | NLM_F_APPEND;
    }
  nlv_route_event (change, RTM_NEWROUTE, flags, &route, FALSE);
  nlv_network_insert_route (change->network, &route, NLV_FIB_LAST);
}

static gboolean
matches (const Magic *magic, const NlvRoute *route)
{
  return route->tos == 0 && route->type == magic->type && route->scope == scope_of (magic) &&
         route->protocol == RTPROT_KERNEL && route->nexthop_id == 0 &&
         (magic->source == 0 || (route->has_preferred_source && route->preferred_source.v4 == magic->source)) &&
         (magic->metric == 0 || route->metric == magic->metric) && route->n_nexthops > 0 &&
         route->nexthops[0].link == magic->link->index;
}

/* fib_table_delete() */
static void delete (NlvChange *change, const Magic *magic)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvIp destination = { .v4 = magic->destination };
  NlvFibCursor cursor;
  const NlvRoute *at;

  nlv_fib_cursor_init_prefix (&cursor, AF_INET, magic->table, &destination, magic->length);
  while ((at = nlv_fib_next (fib, &cursor)) != NULL)
    if (matches (magic, at))
      {
        nlv_route_event (change, RTM_DELROUTE, 0, at, FALSE);
        nlv_network_remove_route (change->network, &cursor);
        return;
      }
}

/* @primary is whose address the route prefers. */
static Magic
begin (NlvChange *change, const NlvLink *link, const NlvAddress *primary, guint8 type, guint32 destination)
{
  guint32 vrf = nlv_link_get_vrf_table (change->network, link);

  return (Magic){
    .link = link,
    .table = vrf != 0              ? vrf
             : type == RTN_UNICAST ? RT_TABLE_MAIN
                                   : RT_TABLE_LOCAL,
    .type = type,
    .destination = destination,
    .length = 32,
    .source = primary->local.v4,
  };
}

/* --- an address's routes -------------------------------------------------------------- */

static guint32
network_of (const NlvAddress *address)
{
  return address->peer.v4 & nlv_ipv4_mask (address->prefix_length);
}

static guint32
last_of (const NlvAddress *address)
{
  return address->peer.v4 | ~nlv_ipv4_mask (address->prefix_length);
}

/* Whether there is more in its subnet than itself, and no primary address before it. */
static gboolean
has_subnet (const NlvAddress *address)
{
  guint32 network = network_of (address);

  return network != 0 && (address->flags & IFA_F_SECONDARY) == 0 &&
         (network != address->local.v4 || address->prefix_length < 32);
}

static Magic
begin_prefix (NlvChange *change, const NlvLink *link, const NlvAddress *address, guint32 metric)
{
  guint8 type = (link->flags & IFF_LOOPBACK) != 0 ? RTN_LOCAL : RTN_UNICAST;
  Magic magic = begin (change, link, address, type, network_of (address));

  magic.length = address->prefix_length;
  magic.metric = metric;
  return magic;
}

void
nlv_ipv4_add_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address)
{
  const NlvAddress *primary = address;
  guint32 broadcast = nlv_ipv4_get_broadcast (address);
  Magic magic;

  if ((address->flags & IFA_F_SECONDARY) != 0)
    primary = nlv_ipv4_find_primary (change->network, address);
  if (primary == NULL)
    return;
  magic = begin (change, link, primary, RTN_LOCAL, address->local.v4);
  insert (change, &magic);
  if ((link->flags & IFF_UP) == 0)
    return;
  if (broadcast != 0 && broadcast != G_MAXUINT32)
    {
      magic = begin (change, link, primary, RTN_BROADCAST, broadcast);
      insert (change, &magic);
    }
  if (!has_subnet (address))
    return;
  if ((address->flags & IFA_F_NOPREFIXROUTE) == 0)
    {
      magic = begin_prefix (change, link, address, address->metric);
      insert (change, &magic);
    }
  if (address->prefix_length < 31)
    {
      magic = begin (change, link, address, RTN_BROADCAST, last_of (address));
      insert (change, &magic);
    }
}

void
nlv_ipv4_change_metric (NlvChange *change, const NlvLink *link, const NlvAddress *address, guint32 metric)
{
  Magic magic;

  if ((link->flags & IFF_UP) == 0 || (address->flags & IFA_F_NOPREFIXROUTE) != 0 || !has_subnet (address))
    return;
  magic = begin_prefix (change, link, address, metric);
  insert (change, &magic);
  magic.metric = address->metric;
  delete (change, &magic);
}

/* What stays of an address's routes, for others of its link need the same. */
typedef struct
{
  const NlvAddress *address;
  const NlvAddress *primary; /* of its subnet */
  const NlvAddress *ending;  /* (nullable) whose subnet counts as gone */
  const NlvAddress *other;   /* primary of the address that is looked at */
  gboolean same_source;      /* another primary has the same address */
  gboolean present;          /* it is on the link yet */
  gboolean local, broadcast, last;
} Needs;

/* Whether the routes of @at have the same preferred source. */
static gboolean
shares_source (NlvNetwork *network, Needs *needs, const NlvAddress *at)
{
  if ((at->flags & IFA_F_SECONDARY) == 0)
    {
      if (needs->primary->local.v4 != at->local.v4)
        return FALSE;
      needs->other = at;
      needs->same_source |= at != needs->primary;
      return TRUE;
    }
  if (nlv_ipv4_same_subnet (at, needs->primary))
    {
      needs->other = needs->primary;
      return TRUE;
    }
  if (!needs->same_source)
    return FALSE;
  if (needs->other == NULL || !nlv_ipv4_same_subnet (at, needs->other))
    needs->other = nlv_ipv4_find_primary (network, at);
  return needs->other != NULL && needs->other->local.v4 == needs->primary->local.v4;
}

static void
note_needs (Needs *needs, const NlvAddress *at)
{
  const NlvAddress *address = needs->address;
  guint32 own = nlv_ipv4_get_broadcast (address), last = last_of (address);
  guint32 theirs = nlv_ipv4_get_broadcast (at);

  needs->local |= address->local.v4 == at->local.v4;
  needs->broadcast |= own == theirs;
  needs->last |= last == theirs;
  if (needs->other != at || at->prefix_length >= 31 || network_of (at) == 0)
    return;
  needs->broadcast |= own == last_of (at) || own == network_of (at);
  needs->last |= last == last_of (at) || last == network_of (at);
}

static void
find_needs (NlvNetwork *network, Needs *needs)
{
  guint32 link = needs->address->link;
  const NlvAddress *at;

  for (guint i = nlv_network_find_addresses (network, AF_INET, link);
       (at = nlv_network_get_link_address (network, AF_INET, link, i)) != NULL; i++)
    if (at == needs->address)
      needs->present = TRUE;
    else if ((needs->ending == NULL || !nlv_ipv4_same_subnet (at, needs->ending)) && shares_source (network, needs, at))
      note_needs (needs, at);
}

static void
remove_local (NlvChange *change, const NlvLink *link, const Needs *needs)
{
  guint32 ip = needs->address->local.v4, vrf = nlv_link_get_vrf_table (change->network, link);
  Magic magic = begin (change, link, needs->primary, RTN_LOCAL, ip);

  delete (change, &magic);
  if (!needs->present && !is_local (change->network, ip, vrf != 0 ? vrf : RT_TABLE_LOCAL))
    nlv_fib_sync_down_address (change, link, ip);
}

void
nlv_ipv4_remove_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address, const NlvAddress *ending,
                        gboolean dead)
{
  Needs needs = { .address = address, .primary = address, .ending = ending };
  Magic magic;

  if ((address->flags & IFA_F_SECONDARY) != 0)
    needs.primary = nlv_ipv4_find_primary (change->network, address);
  if (needs.primary == NULL)
    return;
  if (has_subnet (address) && (address->flags & IFA_F_NOPREFIXROUTE) == 0)
    {
      magic = begin_prefix (change, link, address, 0);
      delete (change, &magic);
    }
  if (!dead)
    find_needs (change->network, &needs);
  if (!needs.broadcast)
    {
      magic = begin (change, link, needs.primary, RTN_BROADCAST, nlv_ipv4_get_broadcast (address));
      delete (change, &magic);
    }
  if (has_subnet (address) && address->prefix_length < 31 && !needs.last)
    {
      magic = begin (change, link, needs.primary, RTN_BROADCAST, last_of (address));
      delete (change, &magic);
    }
  if (!needs.local)
    remove_local (change, link, &needs);
}

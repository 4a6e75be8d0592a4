/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Local, broadcast and connected routes, by fib_magic(). */
#include "model/device/connected-ipv4.h"

#include "model/change/change-route.h"
#include "model/device/device-fib.h"
#include "model/network-keys.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <linux/if_addr.h>
#include <linux/netconf.h>

/* IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN less one */
#define IGNORE_ROUTES_WITH_LINKDOWN 28

/* --- addresses and links -------------------------------------------------------------- */

/* 0.0.0.0 where there is none. */
static guint32
get_broadcast (const NlvAddress *address)
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

static guint32
table_of (NlvNetwork *network, const NlvLink *link, guint8 type)
{
  guint32 vrf = nlv_link_get_vrf_table (network, link);

  if (vrf != 0)
    return vrf;
  return type == RTN_UNICAST ? RT_TABLE_MAIN : RT_TABLE_LOCAL;
}

/* A route over the link, that prefers the address of @primary. */
static NlvRouteConfig
begin (NlvChange *change, const NlvLink *link, const NlvAddress *primary, guint8 type, guint32 destination)
{
  return (NlvRouteConfig){
    .nlmsg_flags = NLM_F_CREATE | NLM_F_APPEND,
    .family = AF_INET,
    .type = type,
    .scope = type == RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK,
    .protocol = RTPROT_KERNEL,
    .table = table_of (change->network, link, type),
    .destination.v4 = destination,
    .destination_length = 32,
    .preferred_source.v4 = primary->local.v4,
    .way.link = link->index,
  };
}

/* Whatever is wrong with it, who asks for an address hears nothing of. */
static void
put_in (const NlvChange *change, const NlvRouteConfig *config)
{
  NlvChange own = *change;

  own.extack = NULL;
  nlv_route_add_ipv4 (&own, config, FALSE);
}

static void
take_out (const NlvChange *change, const NlvRouteConfig *config)
{
  NlvChange own = *change;

  own.extack = NULL;
  nlv_route_delete_ipv4 (&own, config, FALSE);
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

static NlvRouteConfig
begin_prefix (NlvChange *change, const NlvLink *link, const NlvAddress *address, guint32 metric)
{
  guint8 type = (link->flags & IFF_LOOPBACK) != 0 ? RTN_LOCAL : RTN_UNICAST;
  NlvRouteConfig config = begin (change, link, address, type, network_of (address));

  config.destination_length = address->prefix_length;
  config.metric = metric;
  return config;
}

void
nlv_ipv4_add_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address)
{
  const NlvAddress *primary = address;
  guint32 broadcast = get_broadcast (address);
  NlvRouteConfig config;

  if ((address->flags & IFA_F_SECONDARY) != 0)
    primary = nlv_ipv4_find_primary (change->network, address);
  if (primary == NULL)
    return;
  config = begin (change, link, primary, RTN_LOCAL, address->local.v4);
  put_in (change, &config);
  if ((link->flags & IFF_UP) == 0)
    return;
  if (broadcast != 0 && broadcast != G_MAXUINT32)
    {
      config = begin (change, link, primary, RTN_BROADCAST, broadcast);
      put_in (change, &config);
    }
  if (!has_subnet (address))
    return;
  if ((address->flags & IFA_F_NOPREFIXROUTE) == 0)
    {
      config = begin_prefix (change, link, address, address->metric);
      put_in (change, &config);
    }
  if (address->prefix_length < 31)
    {
      config = begin (change, link, address, RTN_BROADCAST, last_of (address));
      put_in (change, &config);
    }
}

void
nlv_ipv4_change_metric (NlvChange *change, const NlvLink *link, const NlvAddress *address, guint32 metric)
{
  NlvRouteConfig config;

  if ((link->flags & IFF_UP) == 0 || (address->flags & IFA_F_NOPREFIXROUTE) != 0 || !has_subnet (address))
    return;
  config = begin_prefix (change, link, address, metric);
  put_in (change, &config);
  config.metric = address->metric;
  take_out (change, &config);
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
  guint32 own = get_broadcast (address), last = last_of (address);
  guint32 theirs = get_broadcast (at);

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
  const NlvIp *ip = &needs->address->local;
  NlvRouteConfig config = begin (change, link, needs->primary, RTN_LOCAL, ip->v4);

  take_out (change, &config);
  if (!needs->present && nlv_address_type_ipv4 (change->network, ip, config.table) != RTN_LOCAL)
    nlv_fib_sync_down_address (change, link, ip->v4);
}

void
nlv_ipv4_remove_routes (NlvChange *change, const NlvLink *link, const NlvAddress *address, const NlvAddress *ending,
                        gboolean dead)
{
  Needs needs = { .address = address, .primary = address, .ending = ending };
  NlvRouteConfig config;

  if ((address->flags & IFA_F_SECONDARY) != 0)
    needs.primary = nlv_ipv4_find_primary (change->network, address);
  if (needs.primary == NULL)
    return;
  if (has_subnet (address) && (address->flags & IFA_F_NOPREFIXROUTE) == 0)
    {
      config = begin_prefix (change, link, address, 0);
      take_out (change, &config);
    }
  if (!dead)
    find_needs (change->network, &needs);
  if (!needs.broadcast)
    {
      config = begin (change, link, needs.primary, RTN_BROADCAST, get_broadcast (address));
      take_out (change, &config);
    }
  if (has_subnet (address) && address->prefix_length < 31 && !needs.last)
    {
      config = begin (change, link, needs.primary, RTN_BROADCAST, last_of (address));
      take_out (change, &config);
    }
  if (!needs.local)
    remove_local (change, link, &needs);
}

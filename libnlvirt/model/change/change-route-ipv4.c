/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWROUTE and RTM_DELROUTE for IPv4: inet_rtm_newroute(), fib_create_info(),
 * fib_table_insert(), and what deletes again. */
#include "model/change/change-route.h"

#include "model/fib-keys.h"
#include "model/fib.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

/* What is shown of the flags of a route that has no way. */
#define SHOWN_FLAGS (RTNH_F_ONLINK | RTNH_F_OFFLOAD | RTNH_F_TRAP)

/* fib_props[].error */
static gboolean
is_reject (guint8 type)
{
  return type >= RTN_BLACKHOLE;
}

/* --- what a request asks for: fib_create_info() ----------------------------------- */

/* fib_props[].scope */
static guint8
widest_scope (guint8 type)
{
  switch (type)
    {
      case RTN_LOCAL:
        return RT_SCOPE_HOST;
      case RTN_BROADCAST:
      case RTN_ANYCAST:
        return RT_SCOPE_LINK;
      case RTN_UNSPEC:
      case RTN_NAT:
      case RTN_XRESOLVE:
        return RT_SCOPE_NOWHERE;
      default:
        return RT_SCOPE_UNIVERSE;
    }
}

/* fib_nh_init() */
static int
take_way (NlvChange *change, const NlvWay *way, NlvNexthop *nexthop)
{
  nexthop->link = way->link;
  nexthop->gateway_family = way->gateway_family;
  nexthop->gateway = way->gateway;
  nexthop->weight = way->weight;
  nexthop->realm = way->realm;
  return nlv_encap_build (change, AF_INET, way, nexthop);
}

/* One of fib_get_nhs(). */
static int
parse_way (NlvChange *change, const NlvRouteConfig *config, const struct rtnexthop *header, NlvSpan attrs, NlvWay *way)
{
  NlvAttr realm = nlv_span_first_attr (attrs, RTA_FLOW), type = nlv_span_first_attr (attrs, RTA_ENCAP_TYPE);
  int error;

  if ((header->rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0)
    return nlv_change_refuse (change, -EINVAL, "Invalid flags for nexthop - can not contain DEAD or LINKDOWN");
  *way = (NlvWay){ .link = (guint32) header->rtnh_ifindex,
                   .weight = header->rtnh_hops,
                   .flags = (config->flags & ~(guint32) G_MAXUINT8) | header->rtnh_flags };
  error = nlv_way_parse_gateway_ipv4 (change, attrs, way);
  if (error < 0)
    return error;
  if (nlv_attr_present (&realm) && realm.payload.len < sizeof (guint32))
    return nlv_change_refuse (change, -EINVAL, "Invalid RTA_FLOW");
  way->realm = nlv_attr_u32 (&realm);
  way->encap = nlv_span_first_attr (attrs, RTA_ENCAP);
  way->encap_type = nlv_attr_u16 (&type);
  return 0;
}

/* What is said of the first way must be the same beside RTA_MULTIPATH. */
static int
check_first_way (NlvChange *change, const NlvWay *stated, const NlvNexthop *first)
{
  if (stated->link != 0 && first->link != stated->link)
    return nlv_change_refuse (change, -EINVAL, "Nexthop device index does not match RTA_OIF");
  if (stated->gateway_family != 0 && (stated->gateway_family != first->gateway_family ||
                                      !nlv_ip_equal (&stated->gateway, &first->gateway, stated->gateway_family)))
    return nlv_change_refuse (change, -EINVAL, "Nexthop gateway does not match RTA_GATEWAY or RTA_VIA");
  if (stated->realm != 0 && stated->realm != first->realm)
    return nlv_change_refuse (change, -EINVAL, "Nexthop class id does not match RTA_FLOW");
  return 0;
}

/* fib_count_nexthops() */
static guint
count_ways (NlvSpan rest)
{
  struct rtnexthop header;
  NlvSpan attrs;
  guint n = 0;

  while (nlv_rtnexthop_next (&rest, &header, &attrs))
    n++;
  return rest.len == 0 ? n : 0;
}

/* The ways with the flags that each is stated with. */
static int
take_ways (NlvChange *change, const NlvRouteConfig *config, NlvRoute *row, guint32 *flags)
{
  NlvSpan rest = config->ways, attrs;
  struct rtnexthop header;
  int error = 0;

  for (guint i = 0; error == 0 && nlv_rtnexthop_next (&rest, &header, &attrs); i++)
    {
      NlvWay way;

      error = parse_way (change, config, &header, attrs, &way);
      if (error == 0)
        error = take_way (change, &way, &row->nexthops[i]);
      flags[i] = way.flags;
    }
  return error == 0 ? check_first_way (change, &config->way, row->nexthops) : error;
}

int
nlv_route_check_nexthop_ipv4 (NlvChange *change, const NlvNexthopObject *nexthop, guint8 scope)
{
  const NlvNexthopObject *first = nexthop;

  if (nexthop->fdb)
    return nlv_change_refuse (change, -EINVAL, "Route cannot point to a fdb nexthop");
  if (nexthop->group != NULL && scope == RT_SCOPE_HOST)
    return nlv_change_refuse (change, -EINVAL, "Route with host scope can not have multiple nexthops");
  if (nexthop->group != NULL && nexthop->group->len > 0)
    first = nlv_network_find_nexthop (change->network, g_array_index (nexthop->group, struct nexthop_grp, 0).id);
  if (first == NULL)
    return 0;
  if (scope == RT_SCOPE_HOST && first->way.gateway_family != 0)
    return nlv_change_refuse (change, -EINVAL, "Route with host scope can not have a gateway");
  if ((first->flags & RTNH_F_ONLINK) != 0 && scope >= RT_SCOPE_LINK)
    return nlv_change_refuse (change, -EINVAL, "Scope mismatch with nexthop");
  return 0;
}

/* A local address is added. */
static int
check_host_scope (NlvChange *change, NlvRoute *row, const guint32 *flags)
{
  NlvNexthop *way = row->nexthops;

  if (row->n_nexthops != 1)
    return nlv_change_refuse (change, -EINVAL, "Route with host scope can not have multiple nexthops");
  if (way->gateway_family != 0)
    return nlv_change_refuse (change, -EINVAL, "Route with host scope can not have a gateway");
  way->flags = (guint8) (flags[0] & SHOWN_FLAGS);
  return nlv_network_find_link (change->network, way->link) != NULL ? 0 : -ENODEV;
}

static int
check_ways (NlvChange *change, NlvRoute *row, const guint32 *flags)
{
  gboolean all_down = TRUE;

  for (guint i = 0; i < row->n_nexthops; i++)
    {
      int error = nlv_nexthop_check_ipv4 (change, flags[i], row->table, row->scope, &row->nexthops[i]);

      if (error < 0)
        return error;
      all_down &= (row->nexthops[i].flags & RTNH_F_LINKDOWN) != 0;
    }
  if (all_down && row->n_nexthops > 1)
    row->flags |= RTNH_F_LINKDOWN;
  return 0;
}

/* fib_valid_prefsrc() */
static gboolean
is_valid_source (NlvNetwork *network, const NlvRouteConfig *config)
{
  const NlvIp *source = &config->preferred_source;
  guint32 table = config->table == RT_TABLE_MAIN ? RT_TABLE_LOCAL : config->table;

  if (config->type == RTN_LOCAL && config->destination.v4 != 0 && source->v4 == config->destination.v4)
    return TRUE;
  return nlv_address_type_ipv4 (network, source, table) == RTN_LOCAL ||
         (table != RT_TABLE_LOCAL && nlv_address_type_ipv4 (network, source, RT_TABLE_LOCAL) == RTN_LOCAL);
}

/* A route that rejects has no way, but for what the one that it is stated with shows. */
static void
drop_way (NlvRoute *row)
{
  if (row->nexthops->realm != 0 || row->nexthops->encap != NULL)
    {
      row->nexthops->flags = (guint8) row->flags;
      row->flags = 0;
      return;
    }
  row->n_nexthops = 0;
  g_clear_pointer (&row->nexthops, g_free);
}

/* What comes after all has been read. */
static int
check (NlvChange *change, const NlvRouteConfig *config, NlvRoute *row, const NlvNexthopObject *nexthop,
       const guint32 *flags)
{
  const NlvWay *way = &config->way;
  int error;

  if (is_reject (config->type))
    {
      if (way->gateway_family != 0 || way->link != 0 || config->has_ways)
        return nlv_change_refuse (change, -EINVAL,
                                  "Gateway, device and multipath can not be specified for this route type");
      if (nexthop != NULL)
        return 0;
      row->flags = config->flags & SHOWN_FLAGS;
      drop_way (row);
      return 0;
    }
  if (config->type == RTN_UNSPEC)
    return nlv_change_refuse (change, -EINVAL, "Invalid route type");
  if (config->scope > RT_SCOPE_HOST)
    return nlv_change_refuse (change, -EINVAL, "Invalid scope");
  if (nexthop != NULL)
    error = nlv_route_check_nexthop_ipv4 (change, nexthop, config->scope);
  else if (config->scope == RT_SCOPE_HOST)
    error = check_host_scope (change, row, flags);
  else
    error = check_ways (change, row, flags);
  if (error == 0 && row->has_preferred_source && !is_valid_source (change->network, config))
    error = nlv_change_refuse (change, -EINVAL, "Invalid prefsrc address");
  return error;
}

static void
begin_row (const NlvRouteConfig *config, NlvRoute *row)
{
  *row = (NlvRoute){ .family = AF_INET,
                     .destination_length = config->destination_length,
                     .tos = config->tos,
                     .protocol = config->protocol,
                     .scope = config->scope,
                     .type = config->type,
                     .table = config->table,
                     .metric = config->metric,
                     .destination = config->destination,
                     .preferred_source = config->preferred_source,
                     .has_preferred_source = config->preferred_source.v4 != 0 };
}

/* The ways as they are stated. */
static int
begin_ways (NlvChange *change, const NlvRouteConfig *config, NlvRoute *row, guint n, guint32 *flags)
{
  row->nexthops = g_new0 (NlvNexthop, n);
  row->n_nexthops = (guint16) n;
  if (config->has_ways)
    {
      row->flags = n > 1 ? config->flags : 0;
      return take_ways (change, config, row, flags);
    }
  flags[0] = config->way.flags;
  return take_way (change, &config->way, row->nexthops);
}

/* In the order of fib_create_info(). @row is to be cleared whatever comes of it. */
static int
create (NlvChange *change, const NlvRouteConfig *config, NlvRoute *row)
{
  const NlvNexthopObject *nexthop = NULL;
  g_autofree guint32 *flags = NULL;
  guint n = 1;
  int error;

  begin_row (config, row);
  if (widest_scope (config->type) > config->scope)
    return nlv_change_refuse (change, -EINVAL, "Invalid scope");
  if ((config->flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN)) != 0)
    return nlv_change_refuse (change, -EINVAL, "Invalid rtm_flags - can not contain DEAD or LINKDOWN");
  if (config->nexthop_id != 0)
    {
      nexthop = nlv_network_find_nexthop (change->network, config->nexthop_id);
      if (nexthop == NULL)
        return nlv_change_refuse (change, -EINVAL, "Nexthop id does not exist");
    }
  if (config->has_ways)
    {
      n = count_ways (config->ways);
      if (n == 0)
        return nlv_change_refuse (change, -EINVAL, "Invalid nexthop configuration - extra data after nexthops");
    }
  error = nlv_route_take_metrics (change, config, row);
  if (error < 0)
    return error;
  if (nexthop != NULL)
    {
      nlv_route_take_nexthop (change->network, row, nexthop);
      row->flags = row->n_nexthops > 1 ? config->flags : 0;
      nlv_route_inherit_metrics (change->network, config, row);
    }
  else
    {
      flags = g_new0 (guint32, n);
      error = begin_ways (change, config, row, n, flags);
    }
  return error == 0 ? check (change, config, row, nexthop, flags) : error;
}

/* --- adding: fib_table_insert() ---------------------------------------------------- */

/* What there is of routes with the same key. */
typedef struct
{
  gboolean any, same, same_is_first;
  NlvFibCursor first;
} Present;

static void
look (NlvNetwork *network, const NlvRoute *row, Present *present)
{
  NlvFib *fib = nlv_network_get_fib (network);
  const NlvRoute *at;
  NlvFibCursor cursor;

  *present = (Present){ 0 };
  nlv_fib_cursor_init_prefix (&cursor, AF_INET, row->table, &row->destination, row->destination_length);
  while (!present->same && (at = nlv_fib_next (fib, &cursor)) != NULL)
    {
      if (at->tos != row->tos || at->metric != row->metric)
        continue;
      present->same = nlv_fib_equal_routes (at, row);
      present->same_is_first = present->same && !present->any;
      if (!present->any)
        present->first = cursor;
      present->any = TRUE;
    }
}

static int
insert_route (NlvChange *change, NlvRoute *row, guint16 flags, gboolean asked)
{
  guint16 told = NLM_F_EXCL;
  Present present;
  int error = 0;

  look (change->network, row, &present);
  if (present.any)
    {
      told = 0;
      if ((flags & NLM_F_EXCL) != 0)
        error = -EEXIST;
      else if ((flags & NLM_F_REPLACE) != 0 && !present.same)
        {
          nlv_route_event (change, RTM_NEWROUTE, NLM_F_REPLACE, row, asked);
          nlv_network_replace_route (change->network, &present.first, row);
          return 0;
        }
      else if ((flags & NLM_F_REPLACE) != 0 && present.same_is_first)
        {
          nlv_route_clear (row);
          return 0;
        }
      else if (present.same)
        error = -EEXIST;
      else
        told = flags & NLM_F_APPEND;
    }
  if (error == 0 && (flags & NLM_F_CREATE) == 0)
    error = -ENOENT;
  if (error < 0)
    {
      nlv_route_clear (row);
      return error;
    }
  nlv_route_event (change, RTM_NEWROUTE, told | NLM_F_CREATE, row, asked);
  nlv_network_insert_route (change->network, row, (flags & NLM_F_APPEND) != 0 ? NLV_FIB_LAST : NLV_FIB_FIRST);
  return 0;
}

int
nlv_route_add_ipv4 (NlvChange *change, const NlvRouteConfig *config, gboolean asked)
{
  NlvRoute row;
  int error;

  nlv_route_add_table (change->network, AF_INET, config->table);
  error = create (change, config, &row);
  if (error == 0)
    return insert_route (change, &row, config->nlmsg_flags, asked);
  nlv_route_clear (&row);
  return error;
}

int
nlv_newroute_ipv4 (const NlvRequest *request)
{
  NlvRouteConfig config;
  NlvChange change;
  int error;

  nlv_change_init_request (&change, request);
  error = nlv_route_config_parse_ipv4 (&change, request->message, &config);
  return error < 0 ? error : nlv_route_add_ipv4 (&change, &config, TRUE);
}

/* --- deleting: fib_table_delete() -------------------------------------------------- */

/* fib_encap_match() */
static gboolean
has_encap (NlvChange *change, const NlvWay *way, const NlvNexthop *nexthop)
{
  NlvNexthop wanted = { 0 };
  gboolean same = TRUE;

  if (!nlv_attr_present (&way->encap) || way->encap_type == 0)
    return TRUE;
  if (nlv_encap_build (change, AF_INET, way, &wanted) == 0)
    same = nexthop->encap != NULL && nexthop->encap_type == wanted.encap_type &&
           g_bytes_equal (nexthop->encap, wanted.encap);
  g_clear_pointer (&wanted.encap, g_bytes_unref);
  return same;
}

static gboolean
has_gateway (const NlvWay *way, const NlvNexthop *nexthop)
{
  return way->gateway_family == nexthop->gateway_family &&
         nlv_ip_equal (&way->gateway, &nexthop->gateway, way->gateway_family);
}

static gboolean
matches_first (NlvChange *change, const NlvWay *way, const NlvNexthop *first)
{
  return has_encap (change, way, first) && (way->realm == 0 || way->realm == first->realm) &&
         (way->link == 0 || way->link == first->link) && (way->gateway_family == 0 || has_gateway (way, first));
}

/* One of RTA_MULTIPATH. */
static gboolean
matches_way (NlvChange *change, const struct rtnexthop *header, NlvSpan attrs, const NlvNexthop *nexthop)
{
  NlvAttr realm = nlv_span_first_attr (attrs, RTA_FLOW), gateway = nlv_span_first_attr (attrs, RTA_GATEWAY);
  NlvWay way = { 0 };

  if (header->rtnh_ifindex != 0 && (guint32) header->rtnh_ifindex != nexthop->link)
    return FALSE;
  if (nlv_way_parse_gateway_ipv4 (change, attrs, &way) < 0)
    return FALSE;
  /* An unspecified RTA_GATEWAY is one that no way has. */
  if (nlv_attr_present (&gateway)
        ? way.gateway_family == 0 || !has_gateway (&way, nexthop)
        : way.gateway_family != 0 && nexthop->gateway_family != 0 && !has_gateway (&way, nexthop))
    return FALSE;
  if (!nlv_attr_present (&realm))
    return TRUE;
  if (realm.payload.len < sizeof (guint32))
    {
      nlv_change_refuse (change, -EINVAL, "Invalid RTA_FLOW");
      return FALSE;
    }
  return nlv_attr_u32 (&realm) == nexthop->realm;
}

static gboolean
matches_ways (NlvChange *change, const NlvRouteConfig *config, const NlvNexthop *ways, guint n)
{
  NlvSpan rest = config->ways, attrs;
  struct rtnexthop header;

  for (guint i = 0; i < n; i++)
    if (!nlv_rtnexthop_next (&rest, &header, &attrs) || !matches_way (change, &header, attrs, &ways[i]))
      return FALSE;
  return TRUE;
}

/* fib_nh_match() */
static gboolean
goes_as (NlvChange *change, const NlvRouteConfig *config, const NlvRoute *row)
{
  static const NlvNexthop none;
  const NlvNexthop *ways = row->n_nexthops > 0 ? row->nexthops : &none;
  const NlvWay *way = &config->way;
  gboolean stated = way->link != 0 || way->gateway_family != 0;

  if (config->metric != 0 && config->metric != row->metric)
    return FALSE;
  if (config->nexthop_id != 0)
    return config->nexthop_id == row->nexthop_id;
  if (row->nexthop_id != 0)
    return !stated && !config->has_ways;
  if (stated)
    return matches_first (change, way, ways);
  return !config->has_ways || matches_ways (change, config, ways, MAX (row->n_nexthops, 1));
}

static gboolean
is_meant (NlvChange *change, const NlvRouteConfig *config, const NlvRoute *row)
{
  return row->tos == config->tos &&
         (config->type == RTN_UNSPEC || nlv_route_own_type (change->network, row) == config->type) &&
         (config->scope == RT_SCOPE_NOWHERE || row->scope == config->scope) &&
         (config->preferred_source.v4 == 0 ||
          (row->has_preferred_source && row->preferred_source.v4 == config->preferred_source.v4)) &&
         (config->protocol == RTPROT_UNSPEC || row->protocol == config->protocol) && goes_as (change, config, row) &&
         nlv_route_has_metrics (row, config);
}

int
nlv_route_delete_ipv4 (NlvChange *change, const NlvRouteConfig *config, gboolean asked)
{
  NlvFibCursor cursor;
  const NlvRoute *row;

  nlv_fib_cursor_init_prefix (&cursor, AF_INET, config->table, &config->destination, config->destination_length);
  do
    row = nlv_fib_next (nlv_network_get_fib (change->network), &cursor);
  while (row != NULL && !is_meant (change, config, row));
  if (row == NULL)
    return -ESRCH;
  nlv_route_event (change, RTM_DELROUTE, 0, row, asked);
  nlv_network_remove_route (change->network, &cursor);
  return 0;
}

int
nlv_delroute_ipv4 (const NlvRequest *request)
{
  NlvRouteConfig config;
  NlvChange change;
  int error;

  nlv_change_init_request (&change, request);
  error = nlv_route_config_parse_ipv4 (&change, request->message, &config);
  if (error < 0)
    return error;
  if (config.nexthop_id != 0 && nlv_network_find_nexthop (request->network, config.nexthop_id) == NULL)
    return nlv_change_refuse (&change, -EINVAL, "Nexthop id does not exist");
  if (!nlv_route_has_table (request->network, AF_INET, config.table))
    return nlv_change_refuse (&change, -ESRCH, "FIB table does not exist");
  return nlv_route_delete_ipv4 (&change, &config, TRUE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETROUTE for one destination, IPv4: inet_rtm_getroute() and what it asks
 * of ip_route_output_key_hash_rcu(). */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <netinet/in.h>

static int
fill_flow (NlvRouteQuery *query)
{
  query->flow.source.v4 = nlv_attr_u32 (&query->attrs[RTA_SRC]);
  query->flow.destination.v4 = nlv_attr_u32 (&query->attrs[RTA_DST]);
  return nlv_route_query_fill_flow (query);
}

/* __mkroute_output() */
static int
make_output (NlvRouteQuery *query, NlvPath *path)
{
  NlvNetwork *network = query->request->network;
  NlvFlow *flow = &query->flow;
  const NlvLink *link = nlv_network_find_link (network, path->output);
  guint32 destination = flow->destination.v4;
  gboolean loopback = link != NULL && (link->flags & IFF_LOOPBACK) != 0;

  if (link == NULL || !nlv_link_has_ipv4 (link) ||
      (nlv_ipv4_is_loopback (flow->source.v4) && !loopback && !nlv_link_routes_loopback (link)))
    return -EINVAL;
  if (destination == INADDR_BROADCAST)
    path->type = RTN_BROADCAST;
  else if (nlv_ipv4_is_multicast (destination))
    path->type = RTN_MULTICAST;
  else if (destination == 0)
    return -EINVAL;
  if (loopback)
    path->flags |= RTCF_LOCAL;
  if (path->type == RTN_BROADCAST)
    {
      path->flags |= RTCF_BROADCAST | RTCF_LOCAL;
      path->no_route = TRUE;
    }
  else if (path->type == RTN_MULTICAST)
    {
      path->flags |= RTCF_MULTICAST | RTCF_LOCAL;
      if (!nlv_link_listens_to (network, link, destination))
        path->flags &= ~RTCF_LOCAL;
      if (path->lookup.found && path->lookup.route.destination_length < 4)
        path->no_route = TRUE;
    }
  return 0;
}

/* The checks of source and output link that come before any table; 1 when
 * they have settled the path. */
static int
settle_ends (NlvRouteQuery *query, NlvPath *path)
{
  NlvNetwork *network = query->request->network;
  NlvFlow *flow = &query->flow;
  guint32 source = flow->source.v4, destination = flow->destination.v4;
  gboolean to_many = nlv_ipv4_is_multicast (destination) || destination == INADDR_BROADCAST;

  if (source != 0)
    {
      if (nlv_ipv4_is_multicast (source) || source == INADDR_BROADCAST || source == 0)
        return -EINVAL;
      guint32 local = nlv_local_link_ipv4 (network, &flow->source);

      if (local == 0)
        return -ENETUNREACH;
      if (flow->output == 0 && to_many)
        {
          path->output = flow->output = local;
          return 1;
        }
    }
  if (flow->output == 0)
    return 0;

  const NlvLink *link = nlv_network_find_link (network, flow->output);
  if (link == NULL)
    return -ENODEV;
  if ((link->flags & IFF_UP) == 0 || !nlv_link_has_ipv4 (link))
    return -ENETUNREACH;
  path->output = flow->output;
  if (nlv_ipv4_is_local_multicast (destination) || destination == INADDR_BROADCAST)
    {
      if (source == 0)
        flow->source.v4 = nlv_select_source_ipv4 (network, link->index, 0, RT_SCOPE_LINK);
      return 1;
    }
  if (source == 0 && nlv_ipv4_is_multicast (destination))
    flow->source.v4 = nlv_select_source_ipv4 (network, link->index, 0, RT_SCOPE_UNIVERSE);
  else if (source == 0 && destination == 0)
    flow->source.v4 = nlv_select_source_ipv4 (network, link->index, 0, RT_SCOPE_HOST);
  return 0;
}

/* fib_result_prefsrc() */
static guint32
route_source (NlvNetwork *network, const NlvLookup *lookup)
{
  const NlvRoute *route = &lookup->route;

  if (route->has_preferred_source)
    return route->preferred_source.v4;
  if (route->n_nexthops == 0)
    return 0;
  const NlvNexthop *nexthop = &route->nexthops[lookup->nexthop];
  guint32 toward = nexthop->gateway_family == AF_INET ? nexthop->gateway.v4 : 0;
  return nlv_select_source_ipv4 (network, nexthop->link, toward, route->scope);
}

/* ip_route_output_key_hash_rcu() */
static int
route_output (NlvRouteQuery *query, NlvPath *path)
{
  NlvNetwork *network = query->request->network;
  NlvFlow *flow = &query->flow;
  guint32 asked_output = flow->output;
  int error = settle_ends (query, path);

  if (error < 0)
    return error;
  path->type = RTN_UNICAST;
  if (error > 0)
    return make_output (query, path);
  if (flow->destination.v4 == 0)
    {
      if (flow->source.v4 == 0)
        flow->source.v4 = g_htonl (INADDR_LOOPBACK);
      flow->destination = flow->source;
      path->output = nlv_loopback_index (network);
      path->type = RTN_LOCAL;
      path->flags |= RTCF_LOCAL;
      return make_output (query, path);
    }

  error = nlv_lookup (network, flow, &path->lookup);
  if (error < 0)
    {
      /* The tables are taken to be wrong, and the destination on the link. */
      if (asked_output == 0)
        return error;
      if (flow->source.v4 == 0)
        flow->source.v4 = nlv_select_source_ipv4 (network, asked_output, 0, RT_SCOPE_LINK);
      return make_output (query, path);
    }

  const NlvRoute *route = &path->lookup.route;
  path->type = route->type;
  if (route->type == RTN_LOCAL)
    {
      if (flow->source.v4 == 0)
        flow->source = route->has_preferred_source ? route->preferred_source : flow->destination;
      path->output = nlv_loopback_index (network);
      path->flags |= RTCF_LOCAL;
      return make_output (query, path);
    }
  if (flow->source.v4 == 0)
    flow->source.v4 = route_source (network, &path->lookup);
  path->output = route->n_nexthops > 0 ? route->nexthops[path->lookup.nexthop].link : 0;
  return make_output (query, path);
}

static void
put_path_header (const NlvRouteQuery *query, const NlvPath *path, struct rtmsg *out, guint32 table)
{
  out->rtm_family = AF_INET;
  out->rtm_dst_len = 32;
  out->rtm_src_len = nlv_attr_u32 (&query->attrs[RTA_SRC]) != 0 ? 32 : 0;
  out->rtm_tos = path->lookup.found ? path->lookup.route.tos : 0;
  out->rtm_table = nlv_table_byte (table);
  out->rtm_type = path->type;
  out->rtm_scope = RT_SCOPE_UNIVERSE;
  out->rtm_flags = (path->flags & ~0xffffu) | RTM_F_CLONED;
  if ((query->header.rtm_flags & RTM_F_NOTIFY) != 0)
    out->rtm_flags |= RTM_F_NOTIFY;
}

/* set_class_tag(): each half that is not yet there. */
static guint32
add_realm (guint32 realm, guint32 more)
{
  if ((realm & 0xffff) == 0)
    realm |= more & 0xffff;
  if ((realm & 0xffff0000) == 0)
    realm |= more & 0xffff0000;
  return realm;
}

/* rt_set_nexthop() */
static guint32
path_realm (const NlvPath *path, const NlvNexthop *nexthop)
{
  return add_realm (add_realm (nexthop != NULL ? nexthop->realm : 0, path->lookup.realm), path->source_realm);
}

/* rt_fill_info() */
static void
put_path (const NlvRouteQuery *query, const NlvPath *path, NlvWriter *writer, guint32 table)
{
  const NlvFlow *flow = &query->flow;
  const NlvRoute *route = path->no_route || !path->lookup.found ? NULL : &path->lookup.route;
  const NlvNexthop *nexthop = route != NULL && route->n_nexthops > 0 ? &route->nexthops[path->lookup.nexthop] : NULL;
  const NlvIp asked_source = { .v4 = nlv_attr_u32 (&query->attrs[RTA_SRC]) };
  const NlvIp asked = { .v4 = nlv_attr_u32 (&query->attrs[RTA_DST]) };

  nlv_put_u32 (writer, RTA_TABLE, table);
  nlv_put_ip (writer, RTA_DST, &asked, AF_INET);
  if (asked_source.v4 != 0)
    nlv_put_ip (writer, RTA_SRC, &asked_source, AF_INET);
  if (path->output != 0)
    nlv_put_u32 (writer, RTA_OIF, path->output);
  if (nexthop != NULL)
    nlv_route_put_encap (writer, nexthop);
  guint32 realm = path_realm (path, nexthop);
  if (realm != 0)
    nlv_put_u32 (writer, RTA_FLOW, realm);
  if (flow->input == 0 && flow->source.v4 != asked_source.v4)
    nlv_put_ip (writer, RTA_PREFSRC, &flow->source, AF_INET);
  if (nexthop != NULL && nlv_nexthop_is_on_link (query->request->network, nexthop))
    nlv_route_put_gateway (writer, route, nexthop);
  if (route != NULL)
    nlv_route_put_metrics (writer, route);
  if (flow->mark != 0)
    nlv_put_u32 (writer, RTA_MARK, flow->mark);
  if (flow->has_uid)
    nlv_put_u32 (writer, RTA_UID, flow->uid);
  if (flow->input != 0)
    nlv_put_u32 (writer, RTA_IIF, flow->input);
  nlv_route_put_cacheinfo (writer, NULL, 0);
}

/* RTM_F_FIB_MATCH: the route itself, in the table that the answer names. */
static int
put_match (const NlvRequest *request, const NlvPath *path, NlvWriter *writer, struct rtmsg *out, guint32 table)
{
  NlvRoute match;

  if (!path->lookup.found)
    return -EHOSTUNREACH;
  match = path->lookup.route;
  match.table = table;
  match.type = path->type;
  nlv_route_message (writer, out, &match, 0, request->caller->now);
  return 0;
}

static guint32
shown_table (const NlvRouteQuery *query, const NlvPath *path)
{
  if ((query->header.rtm_flags & RTM_F_LOOKUP_TABLE) == 0)
    return RT_TABLE_MAIN;
  if (!path->lookup.found)
    return 0;
  if (path->lookup.table == RT_TABLE_LOCAL && nlv_tables_are_merged (query->request->network))
    return RT_TABLE_MAIN;
  return path->lookup.table;
}

int
nlv_getroute_ipv4 (const NlvRequest *request)
{
  NlvRouteQuery query = { .request = request, .flow.family = AF_INET };
  NlvPath path = { 0 };
  NlvWriter writer;
  int error = nlv_route_query_parse (&query);

  if (error == 0)
    error = fill_flow (&query);
  if (error == 0)
    error = query.flow.input != 0 ? nlv_route_input_ipv4 (&query, &path) : route_output (&query, &path);
  if (error < 0)
    return error;

  guint32 table = shown_table (&query, &path);
  struct rtmsg *out = nlv_reply_begin (request, &writer, RTM_NEWROUTE, sizeof *out);
  if ((query.header.rtm_flags & RTM_F_FIB_MATCH) != 0)
    error = put_match (request, &path, &writer, out, table);
  else
    {
      put_path_header (&query, &path, out, table);
      put_path (&query, &path, &writer, table);
    }
  if (error < 0)
    {
      nlv_writer_clear (&writer);
      return error;
    }
  return nlv_reply_finish (request, &writer);
}

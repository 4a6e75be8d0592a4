/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETROUTE for one destination, IPv6: inet6_rtm_getroute(). */
#include "model/device/addrconf-route.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

/* An address without a policy: its length is looked at here. */
static int
take_ip (const NlvAttr *attr, NlvIp *ip)
{
  if (!nlv_attr_present (attr))
    return 0;
  if (attr->payload.len < sizeof *ip)
    return -EINVAL;
  nlv_attr_copy (attr, ip, sizeof *ip);
  return 0;
}

static gboolean
needs_link (const NlvIp *destination)
{
  return nlv_ipv6_is_multicast (destination) || nlv_ipv6_is_link_local (destination) ||
         nlv_ipv6_is_loopback (destination);
}

static int
fill_flow (NlvRouteQuery *query)
{
  const NlvAttr *attrs = query->attrs;
  NlvFlow *flow = &query->flow;

  if (take_ip (&attrs[RTA_SRC], &flow->source) < 0 || take_ip (&attrs[RTA_DST], &flow->destination) < 0)
    return -EINVAL;
  int error = nlv_route_query_fill_flow (query);
  if (error < 0)
    return error;
  if (flow->input != 0)
    flow->output = 0;
  flow->prefer_link = needs_link (&flow->destination);
  if (flow->input == 0 && flow->output != 0 && nlv_ip_is_any (&flow->source, AF_INET6))
    flow->prefer_link = TRUE;
  return 0;
}

/* ip6_rt_get_dev_rcu(): what is ours comes in over the loopback. */
static guint32
output_link (NlvNetwork *network, const NlvRoute *route, const NlvNexthop *nexthop)
{
  if (!nlv_ipv6_is_own_route (route))
    return nexthop != NULL ? nexthop->link : 0;
  return nlv_loopback_index (network);
}

/* fib6_is_reject(): a path over the loopback to somewhere else. */
static gboolean
is_rejected (NlvNetwork *network, const NlvRoute *route, const NlvNexthop *nexthop)
{
  const NlvLink *link = nlv_network_find_link (network, nexthop->link);

  return route->type != RTN_LOCAL && link != NULL && (link->flags & IFF_LOOPBACK) != 0 &&
         !nlv_ipv6_is_loopback (&route->destination);
}

/* rt6_fill_node() of a destination. */
static void
put_path (const NlvRouteQuery *query, const NlvLookup *lookup, NlvWriter *writer, struct rtmsg *out)
{
  const NlvFlow *flow = &query->flow;
  const NlvRoute *route = &lookup->route;
  const NlvNexthop *nexthop = route->n_nexthops > 0 ? &route->nexthops[lookup->nexthop] : NULL;
  NlvNetwork *network = query->request->network;
  NlvIp source;

  out->rtm_family = AF_INET6;
  out->rtm_dst_len = 128;
  out->rtm_src_len = 128;
  out->rtm_table = nlv_table_byte (route->table);
  out->rtm_protocol = route->protocol;
  out->rtm_type = route->type;

  nlv_put_u32 (writer, RTA_TABLE, route->table);
  nlv_put_ip (writer, RTA_DST, &flow->destination, AF_INET6);
  nlv_put_ip (writer, RTA_SRC, &flow->source, AF_INET6);
  if (flow->input != 0)
    nlv_put_u32 (writer, RTA_IIF, flow->input);
  else if (route->has_preferred_source)
    nlv_put_ip (writer, RTA_PREFSRC, &route->preferred_source, AF_INET6);
  else if (nlv_select_source_ipv6 (network, nexthop != NULL ? nexthop->link : 0, &flow->destination, &source))
    nlv_put_ip (writer, RTA_PREFSRC, &source, AF_INET6);
  if (route->has_preferred_source)
    nlv_put_ip (writer, RTA_PREFSRC, &route->preferred_source, AF_INET6);
  nlv_route_put_metrics (writer, route);
  nlv_put_u32 (writer, RTA_PRIORITY, route->metric);
  if (nexthop != NULL)
    nlv_route_put_gateway (writer, route, nexthop);
  guint32 output = output_link (network, route, nexthop);
  if (output != 0)
    nlv_put_u32 (writer, RTA_OIF, output);
  if (nexthop != NULL && !is_rejected (network, route, nexthop))
    nlv_route_put_encap (writer, nexthop);
  /* A path never expires: ip6_rt_copy_init(). */
  nlv_route_put_cacheinfo (writer, NULL, 0);
  nlv_put_u8 (writer, RTA_PREF, route->preference);
}

int
nlv_getroute_ipv6 (const NlvRequest *request)
{
  NlvRouteQuery query = { .request = request, .flow.family = AF_INET6 };
  NlvLookup lookup = { 0 };
  NlvWriter writer;
  int error = nlv_route_query_parse (&query);

  if (error == 0)
    error = fill_flow (&query);
  if (error < 0)
    return error;
  if (query.flow.input != 0 && nlv_network_find_link (request->network, query.flow.input) == NULL)
    return -ENODEV;
  error = nlv_lookup (request->network, &query.flow, &lookup);
  if (error < 0)
    return error;

  /* The multicast table, which is asked for groups that come in, is empty. */
  if (query.flow.input != 0 && lookup.route.destination_length > 0 && nlv_ipv6_is_multicast (&lookup.route.destination))
    return -EMSGSIZE;

  struct rtmsg *out = nlv_reply_begin (request, &writer, RTM_NEWROUTE, sizeof *out);
  if ((query.header.rtm_flags & RTM_F_FIB_MATCH) != 0)
    nlv_route_message (&writer, out, &lookup.route, query.flow.input, request->caller->now);
  else
    put_path (&query, &lookup, &writer, out);
  return nlv_reply_finish (request, &writer);
}

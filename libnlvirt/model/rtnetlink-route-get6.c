/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETROUTE for one destination, IPv6: inet6_rtm_getroute(). */
#include "model/rtnetlink-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

typedef struct
{
  const NlvRequest *request;
  struct rtmsg header;
  NlvAttr attrs[NLV_RTA_MAX + 1];
  NlvFlow flow;
} Query;

/* inet6_rtm_valid_getroute_req() */
static int
parse_query (Query *query)
{
  const NlvRequest *request = query->request;
  gboolean strict = request->caller->strict;
  struct rtmsg *header = &query->header;

  if (!nlv_request_header (request->message, header, sizeof *header))
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid header for get route request");
  if (!strict)
    return nlv_request_attrs (request->message, sizeof *header, query->attrs, NLV_RTA_MAX, nlv_route_policy_ipv6,
                              NLV_VALIDATE_LIBERAL, request->extack);
  if ((header->rtm_src_len != 0 && header->rtm_src_len != 128) ||
      (header->rtm_dst_len != 0 && header->rtm_dst_len != 128) || header->rtm_table != 0 || header->rtm_protocol != 0 ||
      header->rtm_scope != 0 || header->rtm_type != 0)
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid values in header for get route request");
  if ((header->rtm_flags & ~RTM_F_FIB_MATCH) != 0)
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid flags for get route request");

  int error = nlv_request_attrs (request->message, sizeof *header, query->attrs, NLV_RTA_MAX, nlv_route_policy_ipv6,
                                 NLV_VALIDATE_DEPRECATED_STRICT, request->extack);
  if (error < 0)
    return error;
  if ((nlv_attr_present (&query->attrs[RTA_SRC]) && header->rtm_src_len == 0) ||
      (nlv_attr_present (&query->attrs[RTA_DST]) && header->rtm_dst_len == 0))
    return nlv_request_refuse (request, -EINVAL, "ipv6: rtm_src_len and rtm_dst_len must be 128 for IPv6");
  for (guint i = 0; i <= NLV_RTA_MAX; i++)
    {
      static const guint32 known = 1u << RTA_SRC | 1u << RTA_DST | 1u << RTA_IIF | 1u << RTA_OIF | 1u << RTA_MARK |
                                   1u << RTA_UID | 1u << RTA_SPORT | 1u << RTA_DPORT | 1u << RTA_IP_PROTO |
                                   1u << NLV_RTA_FLOWLABEL;
      if (nlv_attr_present (&query->attrs[i]) && (known & 1u << i) == 0)
        return nlv_request_refuse (request, -EINVAL, "ipv6: Unsupported attribute in get route request");
    }
  return 0;
}

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
fill_flow (Query *query)
{
  const NlvAttr *attrs = query->attrs;
  NlvFlow *flow = &query->flow;

  flow->family = AF_INET6;
  flow->tos = query->header.rtm_tos;
  if (take_ip (&attrs[RTA_SRC], &flow->source) < 0 || take_ip (&attrs[RTA_DST], &flow->destination) < 0)
    return -EINVAL;
  flow->input = nlv_attr_u32 (&attrs[RTA_IIF]);
  flow->output = nlv_attr_u32 (&attrs[RTA_OIF]);
  flow->mark = nlv_attr_u32 (&attrs[RTA_MARK]);
  flow->source_port = g_ntohs (nlv_attr_u16 (&attrs[RTA_SPORT]));
  flow->destination_port = g_ntohs (nlv_attr_u16 (&attrs[RTA_DPORT]));
  flow->has_uid = flow->input == 0;
  flow->uid = query->request->caller->uid;
  if (nlv_attr_present (&attrs[RTA_UID]))
    {
      flow->uid = nlv_attr_u32 (&attrs[RTA_UID]);
      flow->has_uid = flow->uid != G_MAXUINT32;
    }
  if (nlv_attr_present (&attrs[RTA_IP_PROTO]))
    {
      flow->ip_protocol = nlv_attr_u8 (&attrs[RTA_IP_PROTO]);
      if (flow->ip_protocol != IPPROTO_TCP && flow->ip_protocol != IPPROTO_UDP && flow->ip_protocol != IPPROTO_ICMPV6)
        return nlv_request_refuse (query->request, -EOPNOTSUPP, "Unsupported ip proto");
    }
  flow->prefer_link = needs_link (&flow->destination);
  if (flow->input == 0 && flow->output != 0 && nlv_ip_is_any (&flow->source, AF_INET6))
    flow->prefer_link = TRUE;
  return 0;
}

/* ip6_rt_get_dev_rcu(): what is ours comes in over the loopback. */
static guint32
output_link (NlvNetwork *network, const NlvRoute *route, const NlvNexthop *nexthop)
{
  NlvLink *first;

  if (route->type != RTN_LOCAL && route->type != RTN_ANYCAST)
    return nexthop != NULL ? nexthop->link : 0;
  first = nlv_network_get_n_links (network) > 0 ? nlv_network_get_link (network, 0) : NULL;
  return first != NULL && (first->flags & IFF_LOOPBACK) != 0 ? first->index : 1;
}

/* rt6_fill_node() of a destination. */
static void
put_path (const Query *query, const NlvLookup *lookup, NlvWriter *writer, struct rtmsg *out)
{
  const NlvFlow *flow = &query->flow;
  const NlvRoute *route = lookup->route;
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
  if (nexthop != NULL)
    nlv_route_put_encap (writer, nexthop);
  nlv_route_put_cacheinfo (writer);
  nlv_put_u8 (writer, RTA_PREF, route->preference);
}

int
nlv_getroute_ipv6 (const NlvRequest *request)
{
  Query query = { .request = request };
  NlvLookup lookup = { 0 };
  NlvWriter writer;
  int error = parse_query (&query);

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
  if (query.flow.input != 0 && lookup.route->destination_length > 0 &&
      nlv_ipv6_is_multicast (&lookup.route->destination))
    return -EMSGSIZE;

  nlv_reply_init (&writer);
  struct rtmsg *out =
    nlv_writer_begin (&writer, RTM_NEWROUTE, 0, request->message->header.nlmsg_seq, request->caller->port, sizeof *out);
  if ((query.header.rtm_flags & RTM_F_FIB_MATCH) != 0)
    nlv_route_fill (&writer, out, lookup.route, query.flow.input);
  else
    put_path (&query, &lookup, &writer, out);
  return nlv_reply_finish (request, &writer);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETROUTE dumps and the attributes of a route: inet_dump_fib(),
 * fib_dump_info(), inet6_dump_fib(), rt6_fill_node(). */
#include "model/change/change-route-ipv6.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

#define U8                                                                                                             \
  {                                                                                                                    \
    .kind = NLV_KIND_U8                                                                                                \
  }
#define U16                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U16                                                                                               \
  }
#define U32                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U32                                                                                               \
  }
#define NESTED                                                                                                         \
  {                                                                                                                    \
    .kind = NLV_KIND_NESTED                                                                                            \
  }
#define LEN(bytes)                                                                                                     \
  {                                                                                                                    \
    .kind = NLV_KIND_UNSPEC, .len = bytes                                                                              \
  }

const NlvPolicy nlv_route_policy_ipv4[NLV_RTA_MAX + 1] = {
  [RTA_UNSPEC] = { .min = RTA_NH_ID },
  [RTA_DST] = U32,
  [RTA_SRC] = U32,
  [RTA_IIF] = U32,
  [RTA_OIF] = U32,
  [RTA_GATEWAY] = U32,
  [RTA_PRIORITY] = U32,
  [RTA_PREFSRC] = U32,
  [RTA_METRICS] = NESTED,
  [RTA_MULTIPATH] = LEN (sizeof (struct rtnexthop)),
  [RTA_FLOW] = U32,
  [RTA_ENCAP_TYPE] = U16,
  [RTA_ENCAP] = NESTED,
  [RTA_UID] = U32,
  [RTA_MARK] = U32,
  [RTA_TABLE] = U32,
  [RTA_IP_PROTO] = U8,
  [RTA_SPORT] = U16,
  [RTA_DPORT] = U16,
  [RTA_NH_ID] = U32,
};

const NlvPolicy nlv_route_policy_ipv6[NLV_RTA_MAX + 1] = {
  [RTA_UNSPEC] = { .min = RTA_NH_ID },
  [RTA_GATEWAY] = LEN (16),
  [RTA_PREFSRC] = LEN (16),
  [RTA_OIF] = U32,
  [RTA_IIF] = U32,
  [RTA_PRIORITY] = U32,
  [RTA_METRICS] = NESTED,
  [RTA_MULTIPATH] = LEN (sizeof (struct rtnexthop)),
  [RTA_PREF] = U8,
  [RTA_ENCAP_TYPE] = U16,
  [RTA_ENCAP] = NESTED,
  [RTA_EXPIRES] = U32,
  [RTA_UID] = U32,
  [RTA_MARK] = U32,
  [RTA_TABLE] = U32,
  [RTA_IP_PROTO] = U8,
  [RTA_SPORT] = U16,
  [RTA_DPORT] = U16,
  [RTA_NH_ID] = U32,
  [NLV_RTA_FLOWLABEL] = { .kind = NLV_KIND_BE32 },
};

/* rtnetlink_put_metrics() */
void
nlv_route_put_metrics (NlvWriter *writer, const NlvRoute *route)
{
  gboolean any = FALSE;

  if (route->metrics == NULL && route->congestion == NULL)
    return;

  gsize nest = nlv_nest_begin (writer, RTA_METRICS);
  for (guint i = 1; i <= RTAX_MAX; i++)
    {
      if (i == RTAX_CC_ALGO && route->congestion != NULL)
        nlv_put_string (writer, RTAX_CC_ALGO, route->congestion);
      else if (i != RTAX_CC_ALGO && route->metrics != NULL && route->metrics[i] != 0)
        nlv_put_u32 (writer, i, route->metrics[i]);
      else
        continue;
      any = TRUE;
    }
  if (any)
    nlv_nest_end (writer, nest);
  else
    nlv_nest_cancel (writer, nest);
}

void
nlv_route_put_gateway (NlvWriter *writer, const NlvRoute *route, const NlvNexthop *nexthop)
{
  struct
  {
    guint16 family;
    guint8 address[16];
  } via = { .family = nexthop->gateway_family };

  if (nexthop->gateway_family == 0)
    return;
  if (nexthop->gateway_family == route->family)
    {
      nlv_put_ip (writer, RTA_GATEWAY, &nexthop->gateway, route->family);
      return;
    }
  memcpy (via.address, nexthop->gateway.bytes, nlv_ip_size (nexthop->gateway_family));
  nlv_put (writer, RTA_VIA, &via, sizeof via.family + nlv_ip_size (nexthop->gateway_family));
}

/* lwtunnel_fill_encap() */
void
nlv_route_put_encap (NlvWriter *writer, const NlvNexthop *nexthop)
{
  if (nexthop->encap == NULL)
    return;
  nlv_put (writer, RTA_ENCAP, g_bytes_get_data (nexthop->encap, NULL), g_bytes_get_size (nexthop->encap));
  nlv_put_u16 (writer, RTA_ENCAP_TYPE, nexthop->encap_type);
}

/* rtnl_put_cacheinfo(); @route (nullable) says until when. */
void
nlv_route_put_cacheinfo (NlvWriter *writer, const NlvRoute *route, guint64 now)
{
  struct rta_cacheinfo info = { 0 };

  if (route != NULL && route->expires != 0)
    info.rta_expires = (gint32) (route->expires - (guint32) now);
  nlv_put (writer, RTA_CACHEINFO, &info, sizeof info);
}

/* fib_add_nexthop(): a rtnexthop with its attributes behind it. */
static void
put_rtnexthop (NlvWriter *writer, const NlvRoute *route, const NlvNexthop *nexthop)
{
  gsize start = writer->len;
  struct rtnexthop header = {
    .rtnh_flags = nexthop->flags,
    .rtnh_hops = nexthop->weight,
    .rtnh_ifindex = nexthop->link,
  };

  /* The struct is as long as an attribute header with four bytes of payload:
   * it is reserved as one and written over. */
  if (nlv_put_reserve (writer, 0, sizeof header - sizeof (struct nlattr)) == NULL)
    return;
  nlv_route_put_gateway (writer, route, nexthop);
  nlv_route_put_encap (writer, nexthop);
  if (nexthop->realm != 0)
    nlv_put_u32 (writer, RTA_FLOW, nexthop->realm);
  if (writer->full)
    return;
  header.rtnh_len = writer->len - start;
  memcpy (writer->data + start, &header, sizeof header);
}

/* rt6_fill_node() shows a group so, however many are in it. */
static gboolean
is_multipath (const NlvRoute *route)
{
  return route->n_nexthops > 1 || (route->n_nexthops == 1 && route->as_multipath);
}

static void
put_nexthops (NlvWriter *writer, const NlvRoute *route)
{
  if (is_multipath (route))
    {
      gsize nest = nlv_nest_begin (writer, RTA_MULTIPATH);
      for (guint i = 0; i < route->n_nexthops; i++)
        put_rtnexthop (writer, route, &route->nexthops[i]);
      nlv_nest_end (writer, nest);
    }
  else if (route->n_nexthops == 1)
    {
      const NlvNexthop *nexthop = &route->nexthops[0];
      nlv_route_put_gateway (writer, route, nexthop);
      if (nexthop->link != 0)
        nlv_put_u32 (writer, RTA_OIF, nexthop->link);
      nlv_route_put_encap (writer, nexthop);
      if (nexthop->realm != 0)
        nlv_put_u32 (writer, RTA_FLOW, nexthop->realm);
    }
}

void
nlv_route_message (NlvWriter *writer, struct rtmsg *header, const NlvRoute *route, guint32 input, guint64 now)
{
  gboolean ipv6 = route->family == AF_INET6;

  header->rtm_family = route->family;
  header->rtm_dst_len = route->destination_length;
  header->rtm_src_len = route->source_length;
  header->rtm_tos = route->tos;
  header->rtm_table = nlv_table_byte (route->table);
  header->rtm_protocol = route->protocol;
  header->rtm_scope = route->scope;
  header->rtm_type = route->type;
  header->rtm_flags = route->flags;
  if (route->n_nexthops == 1 && !is_multipath (route))
    header->rtm_flags |= route->nexthops[0].flags;

  nlv_put_u32 (writer, RTA_TABLE, route->table);
  if (route->destination_length > 0)
    nlv_put_ip (writer, RTA_DST, &route->destination, route->family);
  if (ipv6 && route->source_length > 0)
    nlv_put_ip (writer, RTA_SRC, &route->source, route->family);
  if (input != 0)
    nlv_put_u32 (writer, RTA_IIF, input);
  if (ipv6 && route->has_preferred_source)
    nlv_put_ip (writer, RTA_PREFSRC, &route->preferred_source, route->family);
  if (!ipv6 && route->metric != 0)
    nlv_put_u32 (writer, RTA_PRIORITY, route->metric);
  nlv_route_put_metrics (writer, route);
  if (ipv6)
    nlv_put_u32 (writer, RTA_PRIORITY, route->metric);
  if (!ipv6 && route->has_preferred_source)
    nlv_put_ip (writer, RTA_PREFSRC, &route->preferred_source, route->family);
  if (route->nexthop_id != 0)
    nlv_put_u32 (writer, RTA_NH_ID, route->nexthop_id);
  put_nexthops (writer, route);
  if (ipv6)
    {
      nlv_route_put_cacheinfo (writer, route, now);
      nlv_put_u8 (writer, RTA_PREF, route->preference);
    }
  nlv_raw_attrs_put (route->extra, writer, sizeof *header);
}

/* ip_valid_fib_dump_req() */
static int
check_strict (NlvWalk *walk)
{
  NlvDumpFilter *filter = &walk->filter;
  NlvAttr attrs[NLV_RTA_MAX + 1];
  struct rtmsg header;

  if (!nlv_request_header (&walk->request, &header, sizeof header))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid header for FIB dump request");
  if (header.rtm_dst_len != 0 || header.rtm_src_len != 0 || header.rtm_tos != 0 || header.rtm_scope != 0)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid values in header for FIB dump request");
  if ((header.rtm_flags & ~(RTM_F_CLONED | RTM_F_PREFIX)) != 0)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid flags for FIB dump request");
  filter->strict_routes = TRUE;
  filter->flags = header.rtm_flags;
  filter->protocol = header.rtm_protocol;
  filter->type = header.rtm_type;
  filter->table = header.rtm_table;

  int error = nlv_request_attrs (&walk->request, sizeof header, attrs, NLV_RTA_MAX, nlv_route_policy_ipv4,
                                 NLV_VALIDATE_DEPRECATED_STRICT, &walk->dump.why);
  if (error < 0)
    return error;
  for (guint i = 0; i <= NLV_RTA_MAX; i++)
    {
      if (!nlv_attr_present (&attrs[i]))
        continue;
      if (i == RTA_TABLE)
        filter->table = nlv_attr_u32 (&attrs[i]);
      else if (i == RTA_OIF)
        filter->link = nlv_attr_u32 (&attrs[i]);
      else
        return nlv_walk_refuse (walk, -EINVAL, "Unsupported attribute in dump request");
      if (i == RTA_OIF && nlv_network_find_link (walk->dump.network, filter->link) == NULL)
        return -ENODEV;
    }
  if (filter->flags != 0 || filter->protocol != 0 || filter->type != 0 || filter->table != 0 || filter->link != 0)
    walk->dump.answer_flags |= NLM_F_DUMP_FILTERED;
  return 0;
}

int
nlv_route_check_dump (NlvWalk *walk)
{
  struct rtmsg header;

  if (walk->dump.caller.strict)
    return check_strict (walk);
  if (nlv_request_header (&walk->request, &header, sizeof header))
    walk->filter.flags = header.rtm_flags & RTM_F_PREFIX;
  return 0;
}

gboolean
nlv_route_uses_link (const NlvRoute *route, guint32 link)
{
  for (guint i = 0; i < route->n_nexthops; i++)
    if (route->nexthops[i].link == link)
      return TRUE;
  return FALSE;
}

gboolean
nlv_nexthop_is_blackhole (NlvNetwork *network, const NlvNexthopObject *nexthop)
{
  if (nexthop != NULL && nexthop->group != NULL && nexthop->group->len == 1)
    nexthop = nlv_network_find_nexthop (network, g_array_index (nexthop->group, struct nexthop_grp, 0).id);
  return nexthop != NULL && nexthop->blackhole;
}

guint8
nlv_route_own_type (NlvNetwork *network, const NlvRoute *route)
{
  return nlv_nexthop_is_blackhole (network, nlv_network_find_nexthop (network, route->nexthop_id)) ? RTN_UNICAST
                                                                                                   : route->type;
}

static gboolean
is_filtered (NlvNetwork *network, const NlvDumpFilter *filter, const NlvRoute *route)
{
  return (filter->table != 0 && route->table != filter->table) ||
         (filter->type != 0 && nlv_route_own_type (network, route) != filter->type) ||
         (filter->protocol != 0 && route->protocol != filter->protocol) ||
         (filter->link != 0 && !nlv_route_uses_link (route, filter->link));
}

/* fib6_dump_node() goes on behind the last of siblings, whatever is between them. */
static gboolean
is_overlooked (NlvNetwork *network, const NlvRoute *route)
{
  return route->ways_before > 0 && route->ways_before < nlv_route_count_siblings (network, route);
}

/* A table that is asked for and not there is an error only to a request for
 * this one family. */
int
nlv_route_missing_table (NlvWalk *walk, const char *what)
{
  NlvSpan body = nlv_request_body (&walk->request);

  if (body.data[0] != walk->family)
    return 0;
  return nlv_walk_refuse (walk, -ENOENT, what);
}

/* Tables are there without a route too: IPv6's two, IPv4's main table along
 * with the local one, and what fib6_rule_configure() makes for a rule. */
gboolean
nlv_route_has_table (NlvNetwork *network, guint8 family, guint32 table)
{
  NlvFib *fib = nlv_network_get_fib (network);

  if (nlv_fib_has_table (fib, family, table))
    return TRUE;
  if (family == AF_INET)
    return table == RT_TABLE_MAIN && nlv_fib_has_table (fib, AF_INET, RT_TABLE_LOCAL);
  if (table == RT_TABLE_MAIN || table == RT_TABLE_LOCAL)
    return TRUE;
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const NlvRule *rule = nlv_network_get_rule (network, i);
      if (rule->family == AF_INET6 && rule->table == table && rule->action == FR_ACT_TO_TBL && !rule->l3mdev)
        return TRUE;
    }
  return FALSE;
}

int
nlv_dump_routes (NlvWalk *walk, NlvWriter *writer)
{
  NlvFib *fib = nlv_network_get_fib (walk->dump.network);
  const NlvDumpFilter *filter = &walk->filter;
  int error = nlv_walk_check (walk, nlv_route_check_dump);

  if (error < 0)
    return error;
  /* Neither family has routes that were learned as prefixes. */
  if ((filter->flags & RTM_F_PREFIX) != 0)
    return 0;
  if (filter->table != 0 && !nlv_route_has_table (walk->dump.network, walk->family, filter->table))
    return nlv_route_missing_table (walk, walk->family == AF_INET ? "ipv4: FIB table does not exist"
                                                                  : "ipv6: FIB table does not exist");
  /* RTM_F_CLONED asks for cached exceptions in place of routes. */
  if (filter->strict_routes && (filter->flags & RTM_F_CLONED) != 0)
    return 0;
  if (!walk->started)
    nlv_fib_cursor_init (&walk->routes, walk->family);
  walk->started = TRUE;

  guint16 flags = filter->strict_routes ? NLM_F_DUMP_FILTERED : 0;
  for (;;)
    {
      const NlvRoute *route = nlv_fib_next (fib, &walk->routes);

      if (route == NULL)
        return 0;
      if (is_filtered (walk->dump.network, filter, route) || is_overlooked (walk->dump.network, route))
        continue;
      struct rtmsg *header = nlv_walk_begin (walk, writer, RTM_NEWROUTE, flags, sizeof *header);
      if (header != NULL)
        nlv_route_message (writer, header, route, 0, walk->dump.caller.now);
      if (header == NULL || !nlv_writer_end (writer))
        {
          nlv_fib_unget (&walk->routes);
          return -EMSGSIZE;
        }
    }
}

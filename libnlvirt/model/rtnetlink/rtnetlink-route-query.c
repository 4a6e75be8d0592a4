/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What RTM_GETROUTE for one destination reads from its request, alike for both
 * families: inet_rtm_valid_getroute_req(), inet6_rtm_valid_getroute_req(), and
 * the flow that they stand for. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <netinet/in.h>

/* What the families differ in. */
typedef struct
{
  guint8 address_bits;
  guint8 default_protocol;
  guint8 icmp;
  guint32 flags; /* rtm_flags that are taken */
  guint32 attrs; /* the same, one bit per type */
  const NlvPolicy *policy;
  const char *bad_header, *bad_values, *bad_flags, *bad_length, *bad_attr;
} Traits;

#define COMMON_ATTRS                                                                                                   \
  (1u << RTA_IIF | 1u << RTA_OIF | 1u << RTA_SRC | 1u << RTA_DST | 1u << RTA_IP_PROTO | 1u << RTA_SPORT |              \
   1u << RTA_DPORT | 1u << RTA_MARK | 1u << RTA_UID)

static const Traits ipv4 = {
  .address_bits = 32,
  .default_protocol = IPPROTO_UDP,
  .icmp = IPPROTO_ICMP,
  .flags = RTM_F_NOTIFY | RTM_F_LOOKUP_TABLE | RTM_F_FIB_MATCH,
  .attrs = COMMON_ATTRS,
  .policy = nlv_route_policy_ipv4,
  .bad_header = "ipv4: Invalid header for route get request",
  .bad_values = "ipv4: Invalid values in header for route get request",
  .bad_flags = "ipv4: Unsupported rtm_flags for route get request",
  .bad_length = "ipv4: rtm_src_len and rtm_dst_len must be 32 for IPv4",
  .bad_attr = "ipv4: Unsupported attribute in route get request",
};

static const Traits ipv6 = {
  .address_bits = 128,
  .icmp = IPPROTO_ICMPV6,
  .flags = RTM_F_FIB_MATCH,
  .attrs = COMMON_ATTRS | 1u << NLV_RTA_FLOWLABEL,
  .policy = nlv_route_policy_ipv6,
  .bad_header = "ipv6: Invalid header for get route request",
  .bad_values = "ipv6: Invalid values in header for get route request",
  .bad_flags = "ipv6: Invalid flags for get route request",
  .bad_length = "ipv6: rtm_src_len and rtm_dst_len must be 128 for IPv6",
  .bad_attr = "ipv6: Unsupported attribute in get route request",
};

static const Traits *
traits_of (const NlvRouteQuery *query)
{
  return query->flow.family == AF_INET ? &ipv4 : &ipv6;
}

static gboolean
is_length (guint8 length, const Traits *traits)
{
  return length == 0 || length == traits->address_bits;
}

int
nlv_route_query_parse (NlvRouteQuery *query)
{
  const Traits *traits = traits_of (query);
  const NlvRequest *request = query->request;
  const NlvAttr *label = &query->attrs[NLV_RTA_FLOWLABEL];
  gboolean strict = request->caller->strict;
  struct rtmsg *header = &query->header;

  if (!nlv_request_header (request->message, header, sizeof *header))
    return nlv_request_refuse (request, -EINVAL, traits->bad_header);
  if (strict &&
      (!is_length (header->rtm_src_len, traits) || !is_length (header->rtm_dst_len, traits) || header->rtm_table != 0 ||
       header->rtm_protocol != 0 || header->rtm_scope != 0 || header->rtm_type != 0))
    return nlv_request_refuse (request, -EINVAL, traits->bad_values);
  if (strict && (header->rtm_flags & ~traits->flags) != 0)
    return nlv_request_refuse (request, -EINVAL, traits->bad_flags);

  int error = nlv_request_attrs (request->message, sizeof *header, query->attrs, NLV_RTA_MAX, traits->policy,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0 || !strict)
    return error;
  if ((nlv_attr_present (&query->attrs[RTA_SRC]) && header->rtm_src_len == 0) ||
      (nlv_attr_present (&query->attrs[RTA_DST]) && header->rtm_dst_len == 0))
    return nlv_request_refuse (request, -EINVAL, traits->bad_length);
  if (query->flow.family == AF_INET6 && (nlv_attr_u32 (label) & ~g_htonl (0xfffff)) != 0)
    {
      nlv_extack_set (request->extack, "Invalid flow label", label);
      return -EINVAL;
    }
  for (guint i = 0; i <= NLV_RTA_MAX; i++)
    if (nlv_attr_present (&query->attrs[i]) && (traits->attrs & 1u << i) == 0)
      return nlv_request_refuse (request, -EINVAL, traits->bad_attr);
  return 0;
}

int
nlv_route_query_fill_flow (NlvRouteQuery *query)
{
  const Traits *traits = traits_of (query);
  const NlvAttr *attrs = query->attrs;
  NlvFlow *flow = &query->flow;

  flow->tos = query->header.rtm_tos;
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

  /* rtm_getroute_parse_ip_proto() */
  flow->ip_protocol = traits->default_protocol;
  if (nlv_attr_present (&attrs[RTA_IP_PROTO]))
    {
      flow->ip_protocol = nlv_attr_u8 (&attrs[RTA_IP_PROTO]);
      if (flow->ip_protocol != IPPROTO_TCP && flow->ip_protocol != IPPROTO_UDP && flow->ip_protocol != traits->icmp)
        return nlv_request_refuse (query->request, -EOPNOTSUPP, "Unsupported ip proto");
    }
  return 0;
}

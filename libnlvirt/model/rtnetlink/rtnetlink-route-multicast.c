/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETROUTE of the multicast routing tables, which are empty as long as no
 * daemon routes: net/ipv4/ipmr.c, net/ipv6/ip6mr.c. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

/* ipmr_rtm_dumproute(), ip6mr_rtm_dumproute() */
int
nlv_dump_multicast_routes (NlvWalk *walk, NlvWriter *writer)
{
  gboolean ipv4 = walk->family == RTNL_FAMILY_IPMR;
  guint32 table = ipv4 ? RT_TABLE_DEFAULT : RT_TABLE_MAIN;
  int error = nlv_walk_check (walk, nlv_route_check_dump);

  if (error < 0)
    return error;
  if (walk->filter.table != 0 && walk->filter.table != table)
    return nlv_route_missing_table (walk, ipv4 ? "ipv4: MR table does not exist" : "ipv6: MR table does not exist");
  return 0;
}

static gboolean
has_header_values (const struct rtmsg *header, guint8 bits)
{
  return (header->rtm_src_len != 0 && header->rtm_src_len != bits) ||
         (header->rtm_dst_len != 0 && header->rtm_dst_len != bits) || header->rtm_tos != 0 || header->rtm_table != 0 ||
         header->rtm_protocol != 0 || header->rtm_scope != 0 || header->rtm_type != 0 || header->rtm_flags != 0;
}

static gboolean
lacks_length (const struct rtmsg *header, const NlvAttr *attrs)
{
  return (nlv_attr_present (&attrs[RTA_SRC]) && header->rtm_src_len == 0) ||
         (nlv_attr_present (&attrs[RTA_DST]) && header->rtm_dst_len == 0);
}

/* ipmr_rtm_valid_getroute_req() */
static int
parse_ipv4 (const NlvRequest *request, NlvAttr *attrs)
{
  gboolean strict = request->caller->strict;
  struct rtmsg header;

  if (!nlv_request_header (request->message, &header, sizeof header))
    return nlv_request_refuse (request, -EINVAL, "ipv4: Invalid header for multicast route get request");
  if (strict && has_header_values (&header, 32))
    return nlv_request_refuse (request, -EINVAL, "ipv4: Invalid values in header for multicast route get request");
  int error = nlv_request_attrs (request->message, sizeof header, attrs, NLV_RTA_MAX, nlv_route_policy_ipv4,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0 || !strict)
    return error;
  if (lacks_length (&header, attrs))
    return nlv_request_refuse (request, -EINVAL, "ipv4: rtm_src_len and rtm_dst_len must be 32 for IPv4");
  for (guint i = 0; i <= NLV_RTA_MAX; i++)
    if (nlv_attr_present (&attrs[i]) && i != RTA_SRC && i != RTA_DST && i != RTA_TABLE)
      return nlv_request_refuse (request, -EINVAL, "ipv4: Unsupported attribute in multicast route get request");
  return 0;
}

/* ip6mr_rtm_valid_getroute_req() */
static int
parse_ipv6 (const NlvRequest *request, NlvAttr *attrs)
{
  static const NlvPolicy policy[NLV_RTA_MAX + 1] = {
    [RTA_DST] = { .kind = NLV_KIND_EXACT, .len = 16 },
    [RTA_SRC] = { .kind = NLV_KIND_EXACT, .len = 16 },
    [RTA_TABLE] = { .kind = NLV_KIND_U32 },
  };
  struct rtmsg header;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, NLV_RTA_MAX, policy, NLV_VALIDATE_STRICT,
                                 request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  if (has_header_values (&header, 128))
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid values in header for multicast route get request");
  if (lacks_length (&header, attrs))
    return nlv_request_refuse (request, -EINVAL, "ipv6: rtm_src_len and rtm_dst_len must be 128 for IPv6");
  return 0;
}

/* ipmr_rtm_getroute(), ip6mr_rtm_getroute(): there is none. */
int
nlv_getroute_multicast (const NlvRequest *request)
{
  gboolean ipv4 = nlv_request_body (request->message).data[0] == RTNL_FAMILY_IPMR;
  NlvAttr attrs[NLV_RTA_MAX + 1] = { 0 };
  int error = ipv4 ? parse_ipv4 (request, attrs) : parse_ipv6 (request, attrs);

  if (error < 0)
    return error;
  /* Without a table, IPv6 looks for one that it does not have. */
  if (!ipv4 && nlv_attr_u32 (&attrs[RTA_TABLE]) != RT_TABLE_MAIN)
    return nlv_request_refuse (request, -ENOENT, "ipv6: MR table does not exist");
  return -ENOENT;
}

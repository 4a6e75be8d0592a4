/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a request says of the route that it adds or deletes: rtm_to_fib_config()
 * and rtm_to_fib6_config(). */
#include "model/change/change-route.h"

#include "model/device/addrconf-route.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/icmpv6.h>
#include <string.h>

/* --- ways --------------------------------------------------------------------- */

gboolean
nlv_rtnexthop_next (NlvSpan *rest, struct rtnexthop *header, NlvSpan *attrs)
{
  if (rest->len < sizeof *header)
    return FALSE;
  memcpy (header, rest->data, sizeof *header);
  if (header->rtnh_len < sizeof *header || header->rtnh_len > rest->len)
    return FALSE;
  *attrs = nlv_span (rest->data + sizeof *header, header->rtnh_len - sizeof *header);
  *rest = nlv_span_from (*rest, RTNH_ALIGN (header->rtnh_len));
  return TRUE;
}

NlvAttr
nlv_span_first_attr (NlvSpan attrs, guint16 type)
{
  NlvAttr attr;

  nlv_span_find_attr (attrs, type, &attr);
  return attr;
}

/* fib_gw_from_via() */
static int
parse_via (NlvChange *change, const NlvAttr *attr, NlvWay *way)
{
  guint16 family;
  NlvSpan address;

  if (attr->payload.len < sizeof family)
    return nlv_change_refuse (change, -EINVAL, "Invalid attribute length for RTA_VIA");
  memcpy (&family, attr->payload.data, sizeof family);
  address = nlv_span_from (attr->payload, sizeof family);
  if (family != AF_INET && family != AF_INET6)
    return nlv_change_refuse (change, -EINVAL, "Unsupported address family in RTA_VIA");
  if (address.len != nlv_ip_size ((guint8) family))
    return nlv_change_refuse (
      change, -EINVAL, family == AF_INET ? "Invalid IPv4 address in RTA_VIA" : "Invalid IPv6 address in RTA_VIA");
  way->gateway_family = (guint8) family;
  memcpy (way->gateway.bytes, address.data, address.len);
  return 0;
}

static void
take_gateway_ipv4 (const NlvAttr *attr, NlvWay *way)
{
  way->gateway.v4 = nlv_attr_u32 (attr);
  if (way->gateway.v4 != 0)
    way->gateway_family = AF_INET;
}

/* What fib_get_nhs() and fib_nh_match() have in common. */
int
nlv_way_parse_gateway_ipv4 (NlvChange *change, NlvSpan attrs, NlvWay *way)
{
  NlvAttr gateway = nlv_span_first_attr (attrs, RTA_GATEWAY), via = nlv_span_first_attr (attrs, RTA_VIA);

  if (nlv_attr_present (&gateway) && nlv_attr_present (&via))
    return nlv_change_refuse (change, -EINVAL, "Nexthop configuration can not contain both GATEWAY and VIA");
  if (nlv_attr_present (&via))
    return parse_via (change, &via, way);
  if (!nlv_attr_present (&gateway))
    return 0;
  if (gateway.payload.len < sizeof (guint32))
    return nlv_change_refuse (change, -EINVAL, "Invalid IPv4 address in RTA_GATEWAY");
  take_gateway_ipv4 (&gateway, way);
  return 0;
}

/* --- IPv4 --------------------------------------------------------------------- */

static int
parse_attr_ipv4 (NlvChange *change, const NlvAttr *attr, NlvRouteConfig *config)
{
  NlvWay *way = &config->way;

  switch (attr->type)
    {
      case RTA_DST:
        config->destination.v4 = nlv_attr_u32 (attr);
        break;
      case RTA_OIF:
        way->link = nlv_attr_u32 (attr);
        break;
      case RTA_GATEWAY:
        take_gateway_ipv4 (attr, way);
        break;
      case RTA_VIA:
        return parse_via (change, attr, way);
      case RTA_PRIORITY:
        config->metric = nlv_attr_u32 (attr);
        break;
      case RTA_PREFSRC:
        config->preferred_source.v4 = nlv_attr_u32 (attr);
        break;
      case RTA_METRICS:
        config->has_metrics = TRUE;
        config->metrics = attr->payload;
        break;
      case RTA_MULTIPATH:
        config->has_ways = TRUE;
        config->ways = attr->payload;
        return nlv_encap_check_ways (change, attr->payload);
      case RTA_FLOW:
        way->realm = nlv_attr_u32 (attr);
        break;
      case RTA_TABLE:
        config->table = nlv_attr_u32 (attr);
        break;
      case RTA_ENCAP:
        way->encap = *attr;
        break;
      case RTA_ENCAP_TYPE:
        way->encap_type = nlv_attr_u16 (attr);
        return nlv_encap_check_type (change, way->encap_type);
      case RTA_NH_ID:
        config->nexthop_id = nlv_attr_u32 (attr);
        break;
      default:
        break;
    }
  return 0;
}

static int
check_ipv4 (NlvChange *change, const NlvRouteConfig *config, const NlvAttr *attrs)
{
  const NlvWay *way = &config->way;

  if (config->destination_length > 32)
    return nlv_change_refuse (change, -EINVAL, "Invalid prefix length");
  if (config->destination_length < 32 && g_ntohl (config->destination.v4) << config->destination_length != 0)
    return nlv_change_refuse (change, -EINVAL, "Invalid prefix for given prefix length");
  if (config->nexthop_id != 0 &&
      (way->link != 0 || way->gateway_family != 0 || nlv_attr_present (&way->encap) || config->has_ways))
    return nlv_change_refuse (change, -EINVAL, "Nexthop specification and nexthop id are mutually exclusive");
  if (nlv_attr_present (&attrs[RTA_GATEWAY]) && nlv_attr_present (&attrs[RTA_VIA]))
    return nlv_change_refuse (change, -EINVAL, "Nexthop configuration can not contain both GATEWAY and VIA");
  return 0;
}

static void
take_header (const NlvMessage *message, const struct rtmsg *header, NlvRouteConfig *config)
{
  *config = (NlvRouteConfig){
    .nlmsg_flags = message->header.nlmsg_flags,
    .family = header->rtm_family,
    .destination_length = header->rtm_dst_len,
    .source_length = header->rtm_src_len,
    .tos = header->rtm_tos,
    .protocol = header->rtm_protocol,
    .scope = header->rtm_scope,
    .type = header->rtm_type,
    .flags = header->rtm_flags,
    .table = header->rtm_table,
  };
}

int
nlv_route_config_parse_ipv4 (NlvChange *change, const NlvMessage *message, NlvRouteConfig *config)
{
  NlvAttr attrs[NLV_RTA_MAX + 1], attr;
  struct rtmsg header;
  NlvSpan rest;
  int error;

  /* nlmsg_validate() has no words for it. */
  if (!nlv_request_header (message, &header, sizeof header))
    return -EINVAL;
  error = nlv_request_attrs (message, sizeof header, attrs, NLV_RTA_MAX, nlv_route_policy_ipv4, NLV_VALIDATE_LIBERAL,
                             change->extack);
  if (error < 0)
    return error;
  take_header (message, &header, config);
  config->source_length = 0;
  config->way.flags = header.rtm_flags;
  if ((header.rtm_tos & 3) != 0)
    return nlv_change_refuse (change, -EINVAL, "Invalid dsfield (tos): ECN bits must be 0");
  if (header.rtm_type > RTN_MAX)
    return nlv_change_refuse (change, -EINVAL, "Invalid route type");

  rest = nlv_span_from (nlv_message_payload (message), sizeof header);
  while (error == 0 && nlv_attr_next (&rest, &attr))
    error = parse_attr_ipv4 (change, &attr, config);
  if (error == 0)
    error = check_ipv4 (change, config, attrs);
  if (config->table == RT_TABLE_UNSPEC)
    config->table = RT_TABLE_MAIN;
  return error;
}

/* --- IPv6 --------------------------------------------------------------------- */

/* rtm_to_fib6_multipath_config() */
static int
check_ways_ipv6 (NlvChange *change, const NlvRouteConfig *config, gboolean adds)
{
  NlvSpan rest = config->ways, attrs;
  struct rtnexthop header;
  gboolean any = FALSE;

  for (; nlv_rtnexthop_next (&rest, &header, &attrs); any = TRUE)
    {
      NlvAttr gateway = nlv_span_first_attr (attrs, RTA_GATEWAY);

      if (nlv_attr_present (&gateway) && gateway.payload.len < sizeof (NlvIp))
        return nlv_change_refuse (change, -EINVAL, "Invalid IPv6 address in RTA_GATEWAY");
      if (adds && (config->nexthop_id != 0 || (config->way.gateway_family == 0 && !nlv_attr_present (&gateway))))
        return nlv_change_refuse (change, -EINVAL,
                                  "Device only routes can not be added for IPv6 using the multipath API.");
    }
  if (!any)
    return nlv_change_refuse (change, -EINVAL, "Invalid nexthop configuration - no valid nexthops");
  return nlv_encap_check_ways (change, config->ways);
}

/* A prefix may be cut off behind its length. */
static int
take_prefix (const NlvAttr *attr, guint8 length, NlvIp *ip)
{
  gsize n = (length + 7u) >> 3;

  if (!nlv_attr_present (attr))
    return 0;
  if (attr->payload.len < n)
    return -EINVAL;
  memcpy (ip->bytes, attr->payload.data, MIN (n, sizeof *ip));
  return 0;
}

static void
take_ip (const NlvAttr *attr, NlvIp *ip)
{
  if (nlv_attr_present (attr))
    nlv_attr_copy (attr, ip->bytes, sizeof *ip);
}

/* What has been checked by the policy. */
static void
take_values_ipv6 (const NlvAttr *attrs, NlvRouteConfig *config)
{
  take_ip (&attrs[RTA_PREFSRC], &config->preferred_source);
  config->way.link = nlv_attr_u32 (&attrs[RTA_OIF]);
  config->metric = nlv_attr_u32 (&attrs[RTA_PRIORITY]);
  config->has_metrics = nlv_attr_present (&attrs[RTA_METRICS]);
  config->metrics = attrs[RTA_METRICS].payload;
  if (nlv_attr_present (&attrs[RTA_TABLE]))
    config->table = nlv_attr_u32 (&attrs[RTA_TABLE]);
  config->has_ways = nlv_attr_present (&attrs[RTA_MULTIPATH]);
  config->ways = attrs[RTA_MULTIPATH].payload;
}

static int
take_nexthop_ipv6 (NlvChange *change, const NlvAttr *attrs, NlvRouteConfig *config)
{
  if (nlv_attr_present (&attrs[RTA_NH_ID]) &&
      (nlv_attr_present (&attrs[RTA_GATEWAY]) || nlv_attr_present (&attrs[RTA_OIF]) ||
       nlv_attr_present (&attrs[RTA_MULTIPATH]) || nlv_attr_present (&attrs[RTA_ENCAP])))
    return nlv_change_refuse (change, -EINVAL, "Nexthop specification and nexthop id are mutually exclusive");
  config->nexthop_id = nlv_attr_u32 (&attrs[RTA_NH_ID]);
  take_ip (&attrs[RTA_GATEWAY], &config->way.gateway);
  if (nlv_attr_present (&attrs[RTA_GATEWAY]))
    config->way.gateway_family = AF_INET6;
  if (nlv_attr_present (&attrs[RTA_VIA]))
    return nlv_change_refuse (change, -EINVAL, "IPv6 does not support RTA_VIA attribute");
  return 0;
}

static void
take_more_ipv6 (NlvChange *change, const NlvAttr *attrs, NlvRouteConfig *config)
{
  guint8 preference = nlv_attr_u8 (&attrs[RTA_PREF]);

  if (preference == ICMPV6_ROUTER_PREF_LOW || preference == ICMPV6_ROUTER_PREF_HIGH)
    config->preference = preference;
  config->way.encap = attrs[RTA_ENCAP];
  config->way.encap_type = nlv_attr_u16 (&attrs[RTA_ENCAP_TYPE]);
  /* addrconf_timeout_fixup() */
  if (nlv_attr_present (&attrs[RTA_EXPIRES]) && nlv_attr_u32 (&attrs[RTA_EXPIRES]) != G_MAXUINT32)
    config->expires = nlv_ipv6_expires_after (change->now, nlv_attr_u32 (&attrs[RTA_EXPIRES]) * (guint64) 100);
}

int
nlv_route_config_parse_ipv6 (NlvChange *change, const NlvMessage *message, NlvRouteConfig *config)
{
  NlvAttr attrs[NLV_RTA_MAX + 1];
  struct rtmsg header;
  int error = nlv_request_attrs (message, sizeof header, attrs, NLV_RTA_MAX, nlv_route_policy_ipv6,
                                 NLV_VALIDATE_LIBERAL, change->extack);

  if (error < 0)
    return error;
  nlv_request_header (message, &header, sizeof header);
  take_header (message, &header, config);
  config->scope = RT_SCOPE_UNIVERSE;
  config->way.flags = header.rtm_flags & RTNH_F_ONLINK;
  if (header.rtm_tos != 0)
    return nlv_change_refuse (change, -EINVAL, "Invalid dsfield (tos): option not available for IPv6");
  if (nlv_attr_present (&attrs[NLV_RTA_FLOWLABEL]))
    return nlv_change_refuse_attr (change, -EINVAL, "Flow label cannot be specified for this operation",
                                   &attrs[NLV_RTA_FLOWLABEL]);
  error = take_nexthop_ipv6 (change, attrs, config);
  if (error == 0)
    error = take_prefix (&attrs[RTA_DST], header.rtm_dst_len, &config->destination);
  if (error == 0)
    error = take_prefix (&attrs[RTA_SRC], header.rtm_src_len, &config->source);
  if (error < 0)
    return error;
  take_values_ipv6 (attrs, config);
  if (config->has_ways)
    error = check_ways_ipv6 (change, config, message->header.nlmsg_type == RTM_NEWROUTE);
  if (error < 0)
    return error;
  take_more_ipv6 (change, attrs, config);
  return nlv_attr_present (&attrs[RTA_ENCAP_TYPE]) ? nlv_encap_check_type (change, config->way.encap_type) : 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Light-weight tunnels of ways: net/core/lwtunnel.c and, of its kinds, what
 * net/ipv4/ip_tunnel_core.c and net/ipv6/seg6_iptunnel.c have. */
#include "model/change/change-route.h"

#include <errno.h>
#include <linux/lwtunnel.h>
#include <linux/seg6_iptunnel.h>
#include <string.h>

/* LWTUNNEL_ENCAP_MAX of Linux 6.18, whose last one is LWTUNNEL_ENCAP_XFRM. */
#define ENCAP_MAX 10

/* Room for what a tunnel shows of itself. */
#define ENCAP_ROOM 4096

int
nlv_encap_check_type (NlvChange *change, guint16 type)
{
  switch (type)
    {
      case LWTUNNEL_ENCAP_IP:
      case LWTUNNEL_ENCAP_IP6:
      case LWTUNNEL_ENCAP_SEG6:
      case LWTUNNEL_ENCAP_BPF:
      case LWTUNNEL_ENCAP_SEG6_LOCAL:
        return 0;
      default:
        break;
    }
  if (type == LWTUNNEL_ENCAP_NONE || type > ENCAP_MAX)
    return nlv_change_refuse (change, -EINVAL, "Unknown lwt encapsulation type");
  return nlv_change_refuse (change, -EOPNOTSUPP, "lwt encapsulation type not supported");
}

/* lwtunnel_valid_encap_type_attr() */
int
nlv_encap_check_ways (NlvChange *change, NlvSpan ways)
{
  struct rtnexthop header;
  NlvSpan attrs;

  while (nlv_rtnexthop_next (&ways, &header, &attrs))
    {
      NlvAttr type = nlv_span_first_attr (attrs, RTA_ENCAP_TYPE);

      if (!nlv_attr_present (&type))
        continue;
      if (type.payload.len < sizeof (guint16))
        return nlv_change_refuse (change, -EINVAL, "Invalid RTA_ENCAP_TYPE");
      if (nlv_encap_check_type (change, nlv_attr_u16 (&type)) < 0)
        return -EOPNOTSUPP;
    }
  return 0;
}

/* What an address family's tunnel has, alike for both: LWTUNNEL_IP_* and
 * LWTUNNEL_IP6_*. The options of tunnels are not kept. */
enum
{
  TUNNEL_ID = LWTUNNEL_IP_ID,
  TUNNEL_DESTINATION = LWTUNNEL_IP_DST,
  TUNNEL_SOURCE = LWTUNNEL_IP_SRC,
  TUNNEL_TTL = LWTUNNEL_IP_TTL, /* or the hop limit */
  TUNNEL_TOS = LWTUNNEL_IP_TOS, /* or the traffic class */
  TUNNEL_FLAGS = LWTUNNEL_IP_FLAGS,
  TUNNEL_MAX = LWTUNNEL_IP_MAX,
};

static const NlvPolicy tunnel_policy_ipv4[TUNNEL_MAX + 1] = {
  [LWTUNNEL_IP_UNSPEC] = { .min = LWTUNNEL_IP_OPTS },
  [TUNNEL_ID] = { .kind = NLV_KIND_U64 },
  [TUNNEL_DESTINATION] = { .kind = NLV_KIND_U32 },
  [TUNNEL_SOURCE] = { .kind = NLV_KIND_U32 },
  [TUNNEL_TTL] = { .kind = NLV_KIND_U8 },
  [TUNNEL_TOS] = { .kind = NLV_KIND_U8 },
  [TUNNEL_FLAGS] = { .kind = NLV_KIND_U16 },
  [LWTUNNEL_IP_OPTS] = { .kind = NLV_KIND_NESTED },
};

static const NlvPolicy tunnel_policy_ipv6[TUNNEL_MAX + 1] = {
  [LWTUNNEL_IP_UNSPEC] = { .min = LWTUNNEL_IP_OPTS },
  [TUNNEL_ID] = { .kind = NLV_KIND_U64 },
  [TUNNEL_DESTINATION] = { .kind = NLV_KIND_UNSPEC, .len = 16 },
  [TUNNEL_SOURCE] = { .kind = NLV_KIND_UNSPEC, .len = 16 },
  [TUNNEL_TTL] = { .kind = NLV_KIND_U8 },
  [TUNNEL_TOS] = { .kind = NLV_KIND_U8 },
  [TUNNEL_FLAGS] = { .kind = NLV_KIND_U16 },
  [LWTUNNEL_IP_OPTS] = { .kind = NLV_KIND_NESTED },
};

static void
put_number (NlvWriter *writer, const NlvAttr *attrs, guint16 type, gsize size)
{
  guint8 bytes[16];

  nlv_attr_copy (&attrs[type], bytes, size);
  nlv_put (writer, type, bytes, size);
}

/* ip_tun_build_state() and ip_tun_fill_encap_info(), and their twins for IPv6. */
static int
build_tunnel (NlvChange *change, const NlvAttr *encap, gboolean ipv6, NlvWriter *writer)
{
  gsize address = ipv6 ? 16 : 4;
  NlvAttr attrs[TUNNEL_MAX + 1];
  int error = nlv_attrs_parse (encap->payload, attrs, TUNNEL_MAX, ipv6 ? tunnel_policy_ipv6 : tunnel_policy_ipv4,
                               NLV_VALIDATE_LIBERAL, change->extack);

  if (error < 0)
    return error;
  put_number (writer, attrs, TUNNEL_ID, 8);
  put_number (writer, attrs, TUNNEL_DESTINATION, address);
  put_number (writer, attrs, TUNNEL_SOURCE, address);
  put_number (writer, attrs, TUNNEL_TOS, 1);
  put_number (writer, attrs, TUNNEL_TTL, 1);
  put_number (writer, attrs, TUNNEL_FLAGS, 2);
  return 0;
}

/* SEG6_IPTUN_MODE_ENCAP_RED and _L2ENCAP_RED come behind those of the headers that this
 * builds with. */
#define SEG6_MODE_MAX 4

/* IPV6_SRCRT_TYPE_4 */
#define SEGMENT_ROUTING 4

/* struct ipv6_sr_hdr; segments of 16 bytes and TLVs are behind it. */
typedef struct
{
  guint8 next_header, length, type, segments_left, first_segment, flags;
  guint16 tag;
} SegmentHeader;

/* seg6_validate_srh() */
static gboolean
is_segment_list (NlvSpan bytes)
{
  SegmentHeader header;
  NlvSpan rest;

  if (bytes.len < sizeof header + sizeof (NlvIp))
    return FALSE;
  memcpy (&header, bytes.data, sizeof header);
  if (header.type != SEGMENT_ROUTING || (header.length + 1u) * 8 != bytes.len ||
      header.segments_left > header.first_segment || header.first_segment + 1 > header.length / 2)
    return FALSE;
  rest = nlv_span_from (bytes, sizeof header + (header.first_segment + 1u) * sizeof (NlvIp));
  while (rest.len > 0)
    {
      gsize tlv = rest.len >= 2 ? 2u + rest.data[1] : G_MAXSIZE;

      if (tlv > rest.len)
        return FALSE;
      rest = nlv_span_from (rest, tlv);
    }
  return TRUE;
}

/* seg6_build_state() and seg6_fill_encap_info() */
static int
build_segments (NlvChange *change, const NlvAttr *encap, guint8 family, NlvWriter *writer)
{
  static const NlvPolicy policy[SEG6_IPTUNNEL_SRH + 1] = { [SEG6_IPTUNNEL_SRH] = { .kind = NLV_KIND_BINARY } };
  NlvAttr attrs[SEG6_IPTUNNEL_SRH + 1];
  gint32 mode;
  int error = nlv_attrs_parse (encap->payload, attrs, SEG6_IPTUNNEL_SRH, policy, NLV_VALIDATE_LIBERAL, change->extack);

  if (error < 0)
    return error;
  nlv_attr_copy (&attrs[SEG6_IPTUNNEL_SRH], &mode, sizeof mode);
  if (!nlv_attr_present (&attrs[SEG6_IPTUNNEL_SRH]) || mode < 0 || mode > SEG6_MODE_MAX ||
      (mode == SEG6_IPTUN_MODE_INLINE && family != AF_INET6) ||
      !is_segment_list (nlv_span_from (attrs[SEG6_IPTUNNEL_SRH].payload, sizeof mode)))
    return -EINVAL;
  nlv_put (writer, SEG6_IPTUNNEL_SRH, attrs[SEG6_IPTUNNEL_SRH].payload.data, attrs[SEG6_IPTUNNEL_SRH].payload.len);
  return 0;
}

static int
build (NlvChange *change, guint8 family, const NlvWay *way, NlvWriter *writer)
{
  switch (way->encap_type)
    {
      case LWTUNNEL_ENCAP_IP:
        return build_tunnel (change, &way->encap, FALSE, writer);
      case LWTUNNEL_ENCAP_IP6:
        return build_tunnel (change, &way->encap, TRUE, writer);
      case LWTUNNEL_ENCAP_SEG6:
        return build_segments (change, &way->encap, family, writer);
      default:
        return nlv_change_refuse_attr (change, -EOPNOTSUPP, "LWT encapsulation type not supported", &way->encap);
    }
}

int
nlv_encap_build (NlvChange *change, guint8 family, const NlvWay *way, NlvNexthop *nexthop)
{
  NlvWriter writer;
  int error;

  if (!nlv_attr_present (&way->encap))
    return 0;
  if (way->encap_type == LWTUNNEL_ENCAP_NONE || way->encap_type > ENCAP_MAX)
    return nlv_change_refuse_attr (change, -EINVAL, "Unknown LWT encapsulation type", &way->encap);
  nlv_writer_init (&writer, ENCAP_ROOM);
  error = build (change, family, way, &writer);
  if (error == 0)
    {
      nexthop->encap = g_bytes_new (writer.data, writer.len);
      nexthop->encap_type = way->encap_type;
    }
  nlv_writer_clear (&writer);
  return error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Light-weight tunnels of ways: net/core/lwtunnel.c and, of its kinds, what
 * net/ipv4/ip_tunnel_core.c has. */
#include "model/change-route.h"

#include <errno.h>
#include <linux/lwtunnel.h>
#include <string.h>

/* LWTUNNEL_ENCAP_MAX of Linux 6.18, whose last one is LWTUNNEL_ENCAP_XFRM. */
#define ENCAP_MAX 10

/* Room for what a tunnel shows of itself. */
#define ENCAP_ROOM 1024

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

int
nlv_encap_build (NlvChange *change, const NlvWay *way, NlvNexthop *nexthop)
{
  NlvWriter writer;
  int error;

  if (!nlv_attr_present (&way->encap))
    return 0;
  if (way->encap_type == LWTUNNEL_ENCAP_NONE || way->encap_type > ENCAP_MAX)
    return nlv_change_refuse_attr (change, -EINVAL, "Unknown LWT encapsulation type", &way->encap);
  if (way->encap_type != LWTUNNEL_ENCAP_IP && way->encap_type != LWTUNNEL_ENCAP_IP6)
    return nlv_change_refuse_attr (change, -EOPNOTSUPP, "LWT encapsulation type not supported", &way->encap);
  nlv_writer_init (&writer, ENCAP_ROOM);
  error = build_tunnel (change, &way->encap, way->encap_type == LWTUNNEL_ENCAP_IP6, &writer);
  if (error == 0)
    {
      nexthop->encap = g_bytes_new (writer.data, writer.len);
      nexthop->encap_type = way->encap_type;
    }
  nlv_writer_clear (&writer);
  return error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What IPv4, IPv6 and the bridge say about a link: IFLA_AF_SPEC, and the link
 * dumps of single families. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

static void
put_inet (NlvWriter *writer, const NlvLink *link)
{
  gint64 values[NLV_MAX_SETTINGS];
  gint32 conf[NLV_MAX_SETTINGS];
  guint n = nlv_link_all_settings (link, NLV_LINK_IPV4, values);
  gsize nest = nlv_nest_begin (writer, AF_INET);

  for (guint i = 0; i < n; i++)
    conf[i] = (gint32) values[i];
  nlv_put (writer, IFLA_INET_CONF, conf, n * sizeof *conf);
  nlv_nest_end (writer, nest);
}

static void
put_inet6_conf (NlvWriter *writer, const NlvLink *link)
{
  gint64 values[NLV_MAX_SETTINGS];
  gint32 conf[NLV_MAX_SETTINGS];
  guint n = nlv_link_all_settings (link, NLV_LINK_IPV6, values);

  for (guint i = 0; i < n; i++)
    conf[i] = (gint32) values[i];
  nlv_put (writer, IFLA_INET6_CONF, conf, n * sizeof *conf);
}

static void
put_counters (NlvWriter *writer, guint16 type, const NlvLink *link, NlvLinkSettings which)
{
  gint64 values[NLV_MAX_SETTINGS];
  guint n = nlv_link_all_settings (link, which, values);

  nlv_put (writer, type, values, n * sizeof *values);
}

/* inet6_fill_ifla6_attrs() */
static void
put_inet6 (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  gint64 state[NLV_MAX_SETTINGS];
  struct ifla_cacheinfo times;

  nlv_link_all_settings (link, NLV_LINK_IPV6_STATE, state);
  times = (struct ifla_cacheinfo){
    .max_reasm_len = (guint32) state[NLV_IPV6_STATE_MAX_REASSEMBLY_LEN],
    .tstamp = (guint32) state[NLV_IPV6_STATE_UPDATED],
    .reachable_time = (guint32) state[NLV_IPV6_STATE_REACHABLE_TIME],
    .retrans_time = (guint32) state[NLV_IPV6_STATE_RETRANS_TIME],
  };
  nlv_put_u32 (writer, IFLA_INET6_FLAGS, (guint32) state[NLV_IPV6_STATE_FLAGS]);
  nlv_put (writer, IFLA_INET6_CACHEINFO, &times, sizeof times);
  put_inet6_conf (writer, link);
  if ((ext_mask & RTEXT_FILTER_SKIP_STATS) == 0)
    {
      put_counters (writer, IFLA_INET6_STATS, link, NLV_LINK_IPV6_STATISTICS);
      put_counters (writer, IFLA_INET6_ICMP6STATS, link, NLV_LINK_ICMPV6_STATISTICS);
    }
  nlv_put (writer, IFLA_INET6_TOKEN, link->ipv6_token.bytes, sizeof link->ipv6_token.bytes);
  nlv_put_u8 (writer, IFLA_INET6_ADDR_GEN_MODE, link->address_generation);
  if (state[NLV_IPV6_STATE_RA_MTU] != 0)
    nlv_put_u32 (writer, NLV_IFLA_INET6_RA_MTU, (guint32) state[NLV_IPV6_STATE_RA_MTU]);
}

void
nlv_link_put_family (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  gsize spec = nlv_nest_begin (writer, IFLA_AF_SPEC);

  /* What goes has been left by both families when it is told of. */
  if (nlv_link_has_ipv4 (link) && !link->unregistering)
    put_inet (writer, link);
  if (nlv_link_has_ipv6 (link) && !link->unregistering)
    {
      gsize nest = nlv_nest_begin (writer, AF_INET6);
      put_inet6 (writer, link, ext_mask);
      nlv_nest_end (writer, nest);
    }
  nlv_nest_end (writer, spec);
}

/* A dump of which strict checking wants no more than an empty header. */
static int
check_empty_header (NlvWalk *walk, const char *header_words, const char *value_words, const char *data_words)
{
  struct ifinfomsg header;
  NlvSpan body = nlv_request_body (&walk->request);

  if (!walk->dump.caller.strict)
    return 0;
  if (!nlv_request_header (&walk->request, &header, sizeof header))
    return nlv_walk_refuse (walk, -EINVAL, header_words);
  if (data_words != NULL && body.len > sizeof header)
    return nlv_walk_refuse (walk, -EINVAL, data_words);
  if (header.__ifi_pad != 0 || header.ifi_type != 0 || header.ifi_flags != 0 || header.ifi_change != 0 ||
      header.ifi_index != 0)
    return nlv_walk_refuse (walk, -EINVAL, value_words);
  return 0;
}

static void
put_family_header (struct ifinfomsg *header, const NlvLink *link, guint8 family)
{
  header->ifi_family = family;
  header->ifi_type = link->hardware_type;
  header->ifi_index = link->index;
  header->ifi_flags = link->flags;
}

/* inet6_fill_ifinfo() */
static void
put_inet6_link (NlvWriter *writer, struct ifinfomsg *header, const NlvLink *link)
{
  gsize nest;

  put_family_header (header, link, AF_INET6);
  nlv_put_string (writer, IFLA_IFNAME, link->name);
  if (link->address_length > 0)
    nlv_put (writer, IFLA_ADDRESS, link->address, MIN (link->address_length, sizeof link->address));
  nlv_put_u32 (writer, IFLA_MTU, link->mtu);
  if (link->has_lower && link->lower != link->index)
    nlv_put_u32 (writer, IFLA_LINK, link->lower);
  nlv_put_u8 (writer, IFLA_OPERSTATE, link->operational_state);
  nest = nlv_nest_begin (writer, IFLA_PROTINFO);
  put_inet6 (writer, link, 0);
  nlv_nest_end (writer, nest);
}

void
nlv_inet6_link_event (NlvChange *change, const NlvLink *link)
{
  NlvWriter writer;
  struct ifinfomsg *header =
    nlv_event_begin (change, &writer, RTNLGRP_IPV6_IFINFO, RTM_NEWLINK, 0, FALSE, sizeof *header);

  if (header == NULL)
    return;
  put_inet6_link (&writer, header, link);
  nlv_event_send (change, &writer, RTNLGRP_IPV6_IFINFO, FALSE);
}

void
nlv_link_message_of_bridge (NlvWriter *writer, struct ifinfomsg *header, const NlvLink *link, guint32 bridge,
                            GBytes *port)
{
  put_family_header (header, link, AF_BRIDGE);
  nlv_put_string (writer, IFLA_IFNAME, link->name);
  nlv_put_u32 (writer, IFLA_MASTER, bridge);
  nlv_put_u32 (writer, IFLA_MTU, link->mtu);
  nlv_put_u8 (writer, IFLA_OPERSTATE, link->operational_state);
  if (link->address_length > 0)
    nlv_put (writer, IFLA_ADDRESS, link->address, MIN (link->address_length, sizeof link->address));
  if (link->has_lower && link->lower != link->index)
    nlv_put_u32 (writer, IFLA_LINK, link->lower);
  if (port != NULL)
    nlv_put (writer, IFLA_PROTINFO | NLA_F_NESTED, g_bytes_get_data (port, NULL), g_bytes_get_size (port));
}

static gboolean
put_bridge_link (NlvWalk *walk, NlvWriter *writer, const NlvLink *link, guint32 bridge, GBytes *port)
{
  struct ifinfomsg *header = nlv_walk_begin (walk, writer, RTM_NEWLINK, 0, sizeof *header);

  if (header == NULL)
    return FALSE;
  nlv_link_message_of_bridge (writer, header, link, bridge, port);
  return nlv_writer_end (writer);
}

/* br_getlink(): a bridge has something to say of itself when VLANs or
 * protocols are asked for. */
static gboolean
put_for_bridge (NlvWalk *walk, NlvWriter *writer, const NlvLink *link)
{
  const guint32 of_bridge = RTEXT_FILTER_BRVLAN | RTEXT_FILTER_BRVLAN_COMPRESSED | RTEXT_FILTER_MRP |
                            RTEXT_FILTER_CFM_CONFIG | RTEXT_FILTER_CFM_STATUS;

  if (link->master != 0 && g_strcmp0 (link->slave_kind, "bridge") == 0)
    return put_bridge_link (walk, writer, link, link->master, link->slave_data);
  if ((walk->filter.ext_mask & of_bridge) != 0 && g_strcmp0 (link->kind, "bridge") == 0)
    return put_bridge_link (walk, writer, link, link->index, NULL);
  return TRUE;
}

int
nlv_dump_inet6_links (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  int error = check_empty_header (walk, "ipv6: Invalid header for link dump request",
                                  "ipv6: Invalid values in header for dump request", "ipv6: Invalid data after header");

  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++)
    {
      const NlvLink *link = nlv_network_get_link (network, walk->position);
      struct ifinfomsg *header;

      if (!nlv_link_has_ipv6 (link))
        continue;
      header = nlv_walk_begin (walk, writer, RTM_NEWLINK, 0, sizeof *header);
      if (header != NULL)
        put_inet6_link (writer, header, link);
      if (header == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
    }
  return 0;
}

/* valid_bridge_getlink_req(). A lax request is answered all the same, with the
 * parser's words. */
static int
check_bridge_links (NlvWalk *walk)
{
  gboolean strict = walk->dump.caller.strict;
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  int error = check_empty_header (walk, "Invalid header for bridge link dump",
                                  "Invalid values in header for bridge link dump request", NULL);

  if (error < 0)
    return error;
  error = nlv_request_attrs (&walk->request, sizeof (struct ifinfomsg), attrs, NLV_IFLA_MAX, nlv_link_policy,
                             strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, &walk->dump.why);
  if (error < 0)
    return strict ? error : 0;
  for (guint i = 0; strict && i <= NLV_IFLA_MAX; i++)
    if (i != IFLA_EXT_MASK && nlv_attr_present (&attrs[i]))
      return nlv_walk_refuse (walk, -EINVAL, "Unsupported attribute in bridge link dump request");
  walk->filter.ext_mask = nlv_attr_u32 (&attrs[IFLA_EXT_MASK]);
  return 0;
}

int
nlv_dump_bridge_links (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  int error = nlv_walk_check (walk, check_bridge_links);

  if (error < 0)
    return error;
  /* rtnl_bridge_getlink() goes by age. */
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++)
    if (!put_for_bridge (walk, writer, nlv_network_get_link_by_age (network, walk->position)))
      return -EMSGSIZE;
  return 0;
}

/* ipmr_rtm_dumplink(): the default multicast routing table, without a virtual
 * interface in it. */
int
nlv_dump_ipmr_links (NlvWalk *walk, NlvWriter *writer)
{
  struct ifinfomsg *header;
  int error = check_empty_header (walk, "ipv4: Invalid header for ipmr link dump",
                                  "Invalid values in header for ipmr link dump request",
                                  "Invalid data after header in ipmr link dump");

  if (error < 0)
    return error;
  header = nlv_walk_begin (walk, writer, RTM_NEWLINK, 0, sizeof *header);
  if (header == NULL)
    return -EMSGSIZE;
  header->ifi_family = RTNL_FAMILY_IPMR;
  gsize spec = nlv_nest_begin (writer, IFLA_AF_SPEC);
  nlv_put_u32 (writer, 1, RT_TABLE_DEFAULT); /* IPMRA_TABLE_ID */
  nlv_put_u32 (writer, 2, 0);                /* _CACHE_RES_QUEUE_LEN */
  nlv_put_u32 (writer, 3, G_MAXUINT32);      /* _MROUTE_REG_VIF_NUM */
  nlv_put_u8 (writer, 4, 0);                 /* _MROUTE_DO_ASSERT */
  nlv_put_u8 (writer, 5, 0);                 /* _MROUTE_DO_PIM */
  nlv_put_u8 (writer, 7, 0);                 /* _MROUTE_DO_WRVIFWHOLE */
  nlv_put_flag (writer, 6);                  /* _VIFS */
  nlv_nest_end (writer, spec);
  return nlv_writer_end (writer) ? 0 : -EMSGSIZE;
}

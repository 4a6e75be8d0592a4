/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a new namespace has of settings: parameters of the neighbour tables,
 * RTM_GETNETCONF, and RFC 6724's address labels. */
#include "model/rtnetlink-private.h"

#include <errno.h>
#include <linux/if_addrlabel.h>
#include <linux/netconf.h>
#include <string.h>

/* A parameter set: the table's defaults, or those of one link. */
typedef struct
{
  guint8 family;
  const NlvLink *link; /* (nullable) */
} Parameters;

static gboolean
has_family (const NlvLink *link, guint8 family)
{
  return family == AF_INET ? nlv_link_has_ipv4 (link) : nlv_link_has_ipv6 (link);
}

/* neightbl_fill_parms(), with the kernel's default sysctls */
static void
put_parameters (NlvWriter *writer, const Parameters *set)
{
  static const struct
  {
    guint16 type;
    guint32 value;
  } numbers[] = {
    { NDTPA_REFCNT, 1 },       { 16, 212992 },
    { NDTPA_QUEUE_LEN, 101 },  { NDTPA_PROXY_QLEN, 64 },
    { NDTPA_APP_PROBES, 0 },   { NDTPA_UCAST_PROBES, 3 },
    { NDTPA_MCAST_PROBES, 3 }, { 17, 0 },
  };
  static const struct
  {
    guint16 type;
    guint64 value;
  } times[] = {
    { NDTPA_REACHABLE_TIME, 30000 },
    { NDTPA_BASE_REACHABLE_TIME, 30000 },
    { NDTPA_GC_STALETIME, 60000 },
    { NDTPA_DELAY_PROBE_TIME, 5000 },
    { NDTPA_RETRANS_TIME, 1000 },
    { NDTPA_ANYCAST_DELAY, 1000 },
    { NDTPA_PROXY_DELAY, 800 },
    { NDTPA_LOCKTIME, 1000 },
    { 19, 5000 },
  };
  gsize nest = nlv_nest_begin (writer, NDTA_PARMS);

  if (set->link != NULL)
    nlv_put_u32 (writer, NDTPA_IFINDEX, set->link->index);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    nlv_put_u32 (writer, numbers[i].type, numbers[i].value);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      gboolean no_lock = times[i].type == NDTPA_LOCKTIME && set->family == AF_INET6;
      nlv_put_u64 (writer, times[i].type, no_lock ? 0 : times[i].value);
    }
  nlv_nest_end (writer, nest);
}

static gboolean
put_table (NlvWalk *walk, NlvWriter *writer, const Parameters *set)
{
  gboolean ipv4 = set->family == AF_INET;
  struct ndtmsg *header = nlv_walk_begin (walk, writer, RTM_NEWNEIGHTBL, 0, sizeof *header);

  if (header == NULL)
    return FALSE;
  header->ndtm_family = set->family;
  nlv_put_string (writer, NDTA_NAME, ipv4 ? "arp_cache" : "ndisc_cache");
  if (set->link == NULL)
    {
      const struct ndt_config config = {
        .ndtc_key_len = nlv_ip_size (set->family),
        .ndtc_entry_size = ipv4 ? 336 : 344,
        .ndtc_hash_mask = 7,
      };
      nlv_put_u64 (writer, NDTA_GC_INTERVAL, 30000);
      nlv_put_u32 (writer, NDTA_THRESH1, 128);
      nlv_put_u32 (writer, NDTA_THRESH2, 512);
      nlv_put_u32 (writer, NDTA_THRESH3, 1024);
      nlv_put (writer, NDTA_CONFIG, &config, sizeof config);
      nlv_put_reserve (writer, NDTA_STATS, sizeof (struct ndt_stats));
    }
  put_parameters (writer, set);
  return nlv_writer_end (writer);
}

/* The defaults, then the links, the newest first. */
static int
dump_table (NlvWalk *walk, NlvWriter *writer, guint8 family)
{
  NlvNetwork *network = walk->dump.network;

  for (guint n = nlv_network_get_n_links (network); walk->position <= n; walk->position++)
    {
      Parameters set = { .family = family };
      if (walk->position > 0)
        set.link = nlv_network_get_link (network, n - walk->position);
      if (set.link != NULL && !has_family (set.link, family))
        continue;
      if (!put_table (walk, writer, &set))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_dump_neighbor_tables (NlvWalk *walk, NlvWriter *writer)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  struct ndtmsg header;

  if (walk->dump.caller.strict)
    {
      if (!nlv_request_header (&walk->request, &header, sizeof header))
        return nlv_walk_refuse (walk, -EINVAL, "Invalid header for neighbor table dump request");
      if (header.ndtm_pad1 != 0 || header.ndtm_pad2 != 0)
        return nlv_walk_refuse (walk, -EINVAL, "Invalid values in header for neighbor table dump request");
      if (nlv_request_body (&walk->request).len > sizeof header)
        return nlv_walk_refuse (walk, -EINVAL, "Invalid data after header in neighbor table dump request");
    }
  return nlv_walk_families (walk, writer, families, G_N_ELEMENTS (families), dump_table);
}

/* inet_netconf_fill_devconf(), inet6_netconf_fill_devconf() */
static void
put_netconf (NlvWriter *writer, struct netconfmsg *header, guint8 family, gint32 index)
{
  header->ncm_family = family;
  nlv_put_u32 (writer, NETCONFA_IFINDEX, index);
  nlv_put_u32 (writer, NETCONFA_FORWARDING, 0);
  if (family == AF_INET)
    nlv_put_u32 (writer, NETCONFA_RP_FILTER, 0);
  nlv_put_u32 (writer, NETCONFA_MC_FORWARDING, 0);
  if (family == AF_INET)
    nlv_put_u32 (writer, 8, 0); /* NETCONFA_BC_FORWARDING */
  nlv_put_u32 (writer, NETCONFA_PROXY_NEIGH, 0);
  nlv_put_u32 (writer, NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, 0);
}

/* The links, then "all" and "default". */
int
nlv_dump_netconf (NlvWalk *walk, NlvWriter *writer)
{
  static const gint32 general[] = { NETCONFA_IFINDEX_ALL, NETCONFA_IFINDEX_DEFAULT };
  NlvNetwork *network = walk->dump.network;
  guint n = nlv_network_get_n_links (network);
  gboolean ipv4 = walk->family == AF_INET;

  if (walk->dump.caller.strict && nlv_request_body (&walk->request).len != NLMSG_ALIGN (sizeof (struct netconfmsg)))
    return nlv_walk_refuse (walk, -EINVAL,
                            ipv4 ? "ipv4: Invalid data after header in netconf dump request"
                                 : "ipv6: Invalid data after header in netconf dump request");
  for (; walk->position < n + G_N_ELEMENTS (general); walk->position++)
    {
      const NlvLink *link = walk->position < n ? nlv_network_get_link (network, walk->position) : NULL;
      if (link != NULL && !has_family (link, walk->family))
        continue;
      struct netconfmsg *header = nlv_walk_begin (walk, writer, RTM_NEWNETCONF, 0, sizeof *header);
      if (header != NULL)
        put_netconf (writer, header, walk->family, link != NULL ? (gint32) link->index : general[walk->position - n]);
      if (header == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
      nlv_walk_check_consistent (walk, writer);
    }
  return 0;
}

static gboolean
has_netconf (NlvNetwork *network, guint8 family, gint32 index)
{
  const NlvLink *link = nlv_network_find_link (network, index);

  return link != NULL && has_family (link, family);
}

int
nlv_getnetconf (const NlvRequest *request)
{
  static const NlvPolicy policy[NETCONFA_MAX + 1] = {
    [NETCONFA_IFINDEX] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
    [NETCONFA_FORWARDING] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
    [NETCONFA_RP_FILTER] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
    [NETCONFA_PROXY_NEIGH] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
    [NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
  };
  guint8 family = nlv_request_body (request->message).data[0];
  NlvAttr attrs[NETCONFA_MAX + 1];
  NlvWriter writer;
  int error = nlv_request_attrs (request->message, sizeof (struct netconfmsg), attrs, NETCONFA_MAX, policy,
                                 NLV_VALIDATE_DEPRECATED_STRICT, request->extack);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[NETCONFA_IFINDEX]))
    return -EINVAL;
  gint32 index = nlv_attr_u32 (&attrs[NETCONFA_IFINDEX]);
  if (index != NETCONFA_IFINDEX_ALL && index != NETCONFA_IFINDEX_DEFAULT &&
      !has_netconf (request->network, family, index))
    return family == AF_INET ? -ENODEV : -EINVAL;

  struct netconfmsg *out = nlv_reply_begin (request, &writer, RTM_NEWNETCONF, sizeof *out);
  put_netconf (&writer, out, family, index);
  return nlv_reply_finish (request, &writer);
}

/* ip6addrlbl_init_table, the longest prefix first. */
static const struct
{
  guint8 prefix[16];
  guint8 length;
  guint8 label;
} labels[] = {
  { { [15] = 1 }, 128, 0 },
  { { 0 }, 96, 3 },
  { { [10] = 0xff, [11] = 0xff }, 96, 4 },
  { { 0x20, 0x01 }, 32, 6 },
  { { 0x20, 0x01, 0x00, 0x10 }, 28, 7 },
  { { 0x3f, 0xfe }, 16, 12 },
  { { 0x20, 0x02 }, 16, 2 },
  { { 0xfe, 0xc0 }, 10, 11 },
  { { 0xfc }, 7, 5 },
  { { 0 }, 0, 1 },
};

static guint
find_label (const NlvIp *ip)
{
  guint i = 0;

  for (; i < G_N_ELEMENTS (labels) - 1; i++)
    {
      NlvIp prefix;
      memcpy (prefix.bytes, labels[i].prefix, sizeof prefix.bytes);
      if (nlv_ip_in_prefix (ip, &prefix, labels[i].length, AF_INET6))
        break;
    }
  return i;
}

guint
nlv_address_label (const NlvIp *ip)
{
  return labels[find_label (ip)].label;
}

static void
put_label (NlvWriter *writer, struct ifaddrlblmsg *header, const guint8 *prefix, guint8 length, guint32 label)
{
  header->ifal_family = AF_INET6;
  header->ifal_prefixlen = length;
  header->ifal_seq = G_N_ELEMENTS (labels);
  nlv_put (writer, IFAL_ADDRESS, prefix, 16);
  nlv_put_u32 (writer, IFAL_LABEL, label);
}

int
nlv_dump_address_labels (NlvWalk *walk, NlvWriter *writer)
{
  struct ifaddrlblmsg header;

  if (walk->dump.caller.strict)
    {
      if (!nlv_request_header (&walk->request, &header, sizeof header))
        return nlv_walk_refuse (walk, -EINVAL, "ipv6: Invalid header for address label dump request");
      if (header.__ifal_reserved != 0 || header.ifal_prefixlen != 0 || header.ifal_flags != 0 ||
          header.ifal_index != 0 || header.ifal_seq != 0)
        return nlv_walk_refuse (walk, -EINVAL, "ipv6: Invalid values in header for address label dump request");
      if (nlv_request_body (&walk->request).len > sizeof header)
        return nlv_walk_refuse (walk, -EINVAL, "ipv6: Invalid data after header for address label dump request");
    }
  for (; walk->position < G_N_ELEMENTS (labels); walk->position++)
    {
      struct ifaddrlblmsg *out = nlv_walk_begin (walk, writer, RTM_NEWADDRLABEL, 0, sizeof *out);
      if (out != NULL)
        put_label (writer, out, labels[walk->position].prefix, labels[walk->position].length,
                   labels[walk->position].label);
      if (out == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_getaddrlabel (const NlvRequest *request)
{
  static const NlvPolicy policy[IFAL_MAX + 1] = {
    [IFAL_ADDRESS] = { .kind = NLV_KIND_UNSPEC, .len = 16 },
    [IFAL_LABEL] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
  };
  gboolean strict = request->caller->strict;
  struct ifaddrlblmsg header;
  NlvAttr attrs[IFAL_MAX + 1];
  NlvIp ip;
  NlvWriter writer;

  if (!nlv_request_header (request->message, &header, sizeof header))
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid header for addrlabel get request");
  int error = nlv_request_attrs (request->message, sizeof header, attrs, IFAL_MAX, policy,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0)
    return error;
  if (header.ifal_family != AF_INET6 || header.ifal_prefixlen != 128)
    return -EINVAL;
  if (header.ifal_index != 0 && nlv_network_find_link (request->network, header.ifal_index) == NULL)
    return -EINVAL;
  if (!nlv_attr_present (&attrs[IFAL_ADDRESS]))
    return -EINVAL;

  nlv_attr_copy (&attrs[IFAL_ADDRESS], &ip, sizeof ip);
  struct ifaddrlblmsg *out = nlv_reply_begin (request, &writer, RTM_NEWADDRLABEL, sizeof *out);
  put_label (&writer, out, ip.bytes, 128, nlv_address_label (&ip));
  return nlv_reply_finish (request, &writer);
}

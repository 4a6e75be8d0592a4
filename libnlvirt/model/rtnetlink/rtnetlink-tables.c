/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Settings: parameters of the neighbour tables, and RTM_GETNETCONF. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/netconf.h>
#include <string.h>

/* A parameter set: the table's defaults, or those of one link. */
typedef struct
{
  guint8 family;
  const NlvGlobals *globals;
  const NlvLink *link; /* (nullable) */
} Parameters;

static gboolean
has_family (const NlvLink *link, guint8 family)
{
  return family == AF_INET ? nlv_link_has_ipv4 (link) : nlv_link_has_ipv6 (link);
}

static void
read_parameters (const Parameters *set, gint64 values[NLV_MAX_SETTINGS])
{
  gboolean ipv4 = set->family == AF_INET;
  guint n;

  if (set->link != NULL)
    {
      nlv_link_all_settings (set->link, ipv4 ? NLV_LINK_ARP : NLV_LINK_NDISC, values);
      return;
    }
  n = nlv_neighbor_usual_parameters (set->family, values);
  for (guint i = 0; i < n; i++)
    values[i] = nlv_settings_get (set->globals->settings[ipv4 ? NLV_NETWORK_ARP_DEFAULT : NLV_NETWORK_NDISC_DEFAULT], i,
                                  values[i]);
}

/* neightbl_fill_parms() */
static void
put_parameters (NlvWriter *writer, const Parameters *set)
{
  static const guint16 numbers[] = {
    NDTPA_REFCNT,     NLV_NDTPA_QUEUE_LENBYTES, NDTPA_QUEUE_LEN,    NDTPA_PROXY_QLEN,
    NDTPA_APP_PROBES, NDTPA_UCAST_PROBES,       NDTPA_MCAST_PROBES, NLV_NDTPA_MCAST_REPROBES,
  };
  static const guint16 times[] = {
    NDTPA_REACHABLE_TIME,
    NDTPA_BASE_REACHABLE_TIME,
    NDTPA_GC_STALETIME,
    NDTPA_DELAY_PROBE_TIME,
    NDTPA_RETRANS_TIME,
    NDTPA_ANYCAST_DELAY,
    NDTPA_PROXY_DELAY,
    NDTPA_LOCKTIME,
    NLV_NDTPA_INTERVAL_PROBE_TIME_MS,
  };
  gsize nest = nlv_nest_begin (writer, NDTA_PARMS);
  gint64 values[NLV_MAX_SETTINGS];

  read_parameters (set, values);
  if (set->link != NULL)
    nlv_put_u32 (writer, NDTPA_IFINDEX, set->link->index);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    nlv_put_u32 (writer, numbers[i], (guint32) values[numbers[i]]);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    nlv_put_u64 (writer, times[i], (guint64) values[times[i]]);
  nlv_nest_end (writer, nest);
}

/* neightbl_fill_info() */
static void
put_whole_table (NlvWriter *writer, const Parameters *set)
{
  gboolean ipv4 = set->family == AF_INET;
  const GArray *own = set->globals->settings[ipv4 ? NLV_NETWORK_ARP_TABLE : NLV_NETWORK_NDISC_TABLE];
  const guint32 usual_config[] = { 0, ipv4 ? 336 : 344, 0, 0, 0, 0, 7, 0, 0 };
  guint64 *stats;
  struct ndt_config config = {
    .ndtc_key_len = nlv_ip_size (set->family),
    .ndtc_entry_size = (guint16) nlv_settings_get (own, NLV_NEIGHBOR_TABLE_CONFIG + 1, usual_config[1]),
  };
  guint32 *numbers[] = { &config.ndtc_entries,   &config.ndtc_last_flush, &config.ndtc_last_rand,
                         &config.ndtc_hash_rnd,  &config.ndtc_hash_mask,  &config.ndtc_hash_chain_gc,
                         &config.ndtc_proxy_qlen };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    *numbers[i] = (guint32) nlv_settings_get (own, NLV_NEIGHBOR_TABLE_CONFIG + 2 + i, usual_config[2 + i]);
  nlv_put_u64 (writer, NDTA_GC_INTERVAL, (guint64) nlv_settings_get (own, NDTA_GC_INTERVAL, 30000));
  nlv_put_u32 (writer, NDTA_THRESH1, (guint32) nlv_settings_get (own, NDTA_THRESH1, 128));
  nlv_put_u32 (writer, NDTA_THRESH2, (guint32) nlv_settings_get (own, NDTA_THRESH2, 512));
  nlv_put_u32 (writer, NDTA_THRESH3, (guint32) nlv_settings_get (own, NDTA_THRESH3, 1024));
  nlv_put (writer, NDTA_CONFIG, &config, sizeof config);
  stats = nlv_put_reserve (writer, NDTA_STATS, sizeof (struct ndt_stats));
  for (guint i = 0; stats != NULL && i < sizeof (struct ndt_stats) / sizeof (guint64); i++)
    {
      guint64 value = (guint64) nlv_settings_get (own, NLV_NEIGHBOR_TABLE_STATS + i, 0);

      memcpy (stats + i, &value, sizeof value);
    }
}

static gboolean
put_table (NlvWalk *walk, NlvWriter *writer, const Parameters *set)
{
  struct ndtmsg *header = nlv_walk_begin (walk, writer, RTM_NEWNEIGHTBL, 0, sizeof *header);

  if (header == NULL)
    return FALSE;
  header->ndtm_family = set->family;
  nlv_put_string (writer, NDTA_NAME, set->family == AF_INET ? "arp_cache" : "ndisc_cache");
  if (set->link == NULL)
    put_whole_table (writer, set);
  put_parameters (writer, set);
  return nlv_writer_end (writer);
}

/* The parameters of the links, the newest first, from the @skip'th on; FALSE
 * when the datagram is full. @n is how many have passed. */
static gboolean
put_links (NlvWalk *walk, NlvWriter *writer, guint8 family, guint skip, guint *n)
{
  NlvNetwork *network = walk->dump.network;

  *n = 0;
  for (guint i = nlv_network_get_n_links (network); i > 0; i--)
    {
      const Parameters set = {
        .family = family,
        .globals = nlv_network_get_globals (network),
        .link = nlv_network_get_link_by_age (network, i - 1),
      };

      if (!has_family (set.link, family))
        continue;
      if (*n >= skip && !put_table (walk, writer, &set))
        return FALSE;
      ++*n;
    }
  return TRUE;
}

/* neightbl_dump_info(): each datagram begins with the table that it goes on
 * with. When there was no room for a table's beginning, the links that the
 * table before had told of are skipped in it. */
static int
dump_tables (NlvWalk *walk, NlvWriter *writer)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  guint skip = walk->position, n = 0;
  gboolean fits = TRUE;

  for (; walk->family_step < G_N_ELEMENTS (families); walk->family_step++)
    {
      const Parameters whole = {
        .family = families[walk->family_step],
        .globals = nlv_network_get_globals (walk->dump.network),
      };

      if (walk->family != AF_UNSPEC && walk->family != whole.family)
        continue;
      fits = put_table (walk, writer, &whole) && put_links (walk, writer, whole.family, skip, &n);
      if (!fits)
        break;
      skip = 0;
    }
  walk->position = n;
  return fits ? 0 : -EMSGSIZE;
}

int
nlv_dump_neighbor_tables (NlvWalk *walk, NlvWriter *writer)
{
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
  return dump_tables (walk, writer);
}

/* Where a value of RTM_NEWNETCONF comes from: the link's sysctl. */
typedef struct
{
  guint16 type;     /* NETCONFA_* */
  gint8 ipv4, ipv6; /* its number there, -1 none */
} NetconfValue;

static const NetconfValue netconf_values[] = {
  { NETCONFA_FORWARDING, 0, 0 },     { NETCONFA_RP_FILTER, 7, -1 },
  { NETCONFA_MC_FORWARDING, 1, 25 }, { NLV_NETCONFA_BC_FORWARDING, 31, -1 },
  { NETCONFA_PROXY_NEIGH, 2, 22 },   { NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN, 28, 39 },
};

static const GArray *
general_settings (NlvNetwork *network, guint8 family, gint32 index)
{
  gboolean all = index == NETCONFA_IFINDEX_ALL;
  NlvNetworkSettings which = family == AF_INET ? (all ? NLV_NETWORK_IPV4_ALL : NLV_NETWORK_IPV4_DEFAULT)
                                               : (all ? NLV_NETWORK_IPV6_ALL : NLV_NETWORK_IPV6_DEFAULT);

  return nlv_network_get_globals (network)->settings[which];
}

/* inet_netconf_fill_devconf(), inet6_netconf_fill_devconf() */
static void
put_netconf (NlvNetwork *network, NlvWriter *writer, struct netconfmsg *header, guint8 family, gint32 index)
{
  const NlvLink *link = index > 0 ? nlv_network_find_link (network, index) : NULL;

  header->ncm_family = family;
  nlv_put_u32 (writer, NETCONFA_IFINDEX, index);
  for (guint i = 0; i < G_N_ELEMENTS (netconf_values); i++)
    {
      const NetconfValue *value = &netconf_values[i];
      gint8 number = family == AF_INET ? value->ipv4 : value->ipv6;

      if (number < 0)
        continue;
      if (link != NULL)
        nlv_put_u32 (writer, value->type,
                     (guint32) nlv_link_get_setting (link, family == AF_INET ? NLV_LINK_IPV4 : NLV_LINK_IPV6, number));
      else
        nlv_put_u32 (writer, value->type,
                     (guint32) nlv_settings_get (general_settings (network, family, index), value->type, 0));
    }
}

void
nlv_netconf_event (NlvChange *change, guint16 type, guint8 family, const NlvLink *link)
{
  guint group = family == AF_INET ? RTNLGRP_IPV4_NETCONF : RTNLGRP_IPV6_NETCONF;
  NlvWriter writer;
  struct netconfmsg *header = nlv_event_begin (change, &writer, group, type, 0, FALSE, sizeof *header);

  if (header == NULL)
    return;
  header->ncm_family = family;
  if (type == RTM_NEWNETCONF)
    put_netconf (change->network, &writer, header, family, (gint32) link->index);
  else
    nlv_put_u32 (&writer, NETCONFA_IFINDEX, link->index);
  nlv_event_send (change, &writer, group, FALSE);
}

void
nlv_netconf_take_default (NlvNetwork *network, NlvLink *link, guint8 family)
{
  const GArray *settings = general_settings (network, family, NETCONFA_IFINDEX_DEFAULT);

  for (guint i = 0; settings != NULL && i < G_N_ELEMENTS (netconf_values); i++)
    {
      const NetconfValue *value = &netconf_values[i];
      gint8 number = family == AF_INET ? value->ipv4 : value->ipv6;

      if (number >= 0)
        nlv_link_set_setting (link, family == AF_INET ? NLV_LINK_IPV4 : NLV_LINK_IPV6, (guint) number,
                              nlv_settings_get (settings, value->type, 0));
    }
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
        put_netconf (network, writer, header, walk->family,
                     link != NULL ? (gint32) link->index : general[walk->position - n]);
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

/* inet_netconf_valid_get_req(), inet6_netconf_valid_get_req() */
static int
parse_getnetconf (const NlvRequest *request, gboolean ipv4, NlvAttr *attrs)
{
  static const NlvPolicy policies[2][NLV_NETCONFA_MAX + 1] = {
    {
      [NETCONFA_IFINDEX] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
      [NETCONFA_FORWARDING] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
      [NETCONFA_PROXY_NEIGH] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
      [NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
    },
    {
      [NETCONFA_IFINDEX] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
      [NETCONFA_FORWARDING] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
      [NETCONFA_RP_FILTER] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
      [NETCONFA_PROXY_NEIGH] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
      [NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
    },
  };
  gboolean strict = request->caller->strict;
  struct netconfmsg header;

  if (!nlv_request_header (request->message, &header, sizeof header))
    return nlv_request_refuse (request, -EINVAL,
                               ipv4 ? "ipv4: Invalid header for netconf get request"
                                    : "ipv6: Invalid header for netconf get request");
  int error = nlv_request_attrs (request->message, sizeof header, attrs, NLV_NETCONFA_MAX, policies[ipv4 ? 1 : 0],
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0 || !strict)
    return error;
  for (guint i = 0; i <= NLV_NETCONFA_MAX; i++)
    if (nlv_attr_present (&attrs[i]) && i != NETCONFA_IFINDEX)
      return nlv_request_refuse (request, -EINVAL,
                                 ipv4 ? "ipv4: Unsupported attribute in netconf get request"
                                      : "ipv6: Unsupported attribute in netconf get request");
  return 0;
}

int
nlv_getnetconf (const NlvRequest *request)
{
  guint8 family = nlv_request_body (request->message).data[0];
  NlvAttr attrs[NLV_NETCONFA_MAX + 1];
  NlvWriter writer;
  int error = parse_getnetconf (request, family == AF_INET, attrs);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[NETCONFA_IFINDEX]))
    return -EINVAL;
  gint32 index = nlv_attr_u32 (&attrs[NETCONFA_IFINDEX]);
  if (index != NETCONFA_IFINDEX_ALL && index != NETCONFA_IFINDEX_DEFAULT &&
      !has_netconf (request->network, family, index))
    return family == AF_INET ? -ENODEV : -EINVAL;

  struct netconfmsg *out = nlv_reply_begin (request, &writer, RTM_NEWNETCONF, sizeof *out);
  put_netconf (request->network, &writer, out, family, index);
  return nlv_reply_finish (request, &writer);
}

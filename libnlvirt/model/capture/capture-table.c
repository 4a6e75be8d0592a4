/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Settings: neighbour tables, RTM_NEWNETCONF, address labels, namespaces. */
#include "model/capture/capture-private.h"

#include <linux/if_addrlabel.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <string.h>

static void
keep_unusual (GArray **settings, guint id, gint64 value, gint64 usual)
{
  if (value != usual)
    nlv_settings_set (settings, id, value);
}

static gint64
read_wide (const NlvAttr *attr)
{
  return attr->payload.len >= sizeof (gint64) ? (gint64) nlv_attr_u64 (attr) : nlv_attr_u32 (attr);
}

/* --- neighbour tables --------------------------------------------------------------- */

static void
read_parameters (NlvCapture *self, guint8 family, NlvSpan attrs)
{
  NlvGlobals *globals = nlv_network_get_globals (self->network);
  gboolean ipv4 = family == AF_INET;
  gint64 usual[NLV_MAX_SETTINGS];
  guint n = nlv_neighbor_usual_parameters (family, usual);
  NlvLink *link = NULL;
  NlvAttr attr;

  for (NlvSpan rest = attrs; nlv_attr_next (&rest, &attr);)
    if (attr.type == NDTPA_IFINDEX)
      link = nlv_network_find_link (self->network, nlv_attr_u32 (&attr));
  if (link != NULL && ipv4)
    g_array_append_val (self->ages, link->index);
  while (nlv_attr_next (&attrs, &attr))
    {
      if (attr.type == NDTPA_IFINDEX || attr.type >= n)
        continue;
      if (link != NULL)
        nlv_link_set_setting (link, ipv4 ? NLV_LINK_ARP : NLV_LINK_NDISC, attr.type, read_wide (&attr));
      else
        keep_unusual (&globals->settings[ipv4 ? NLV_NETWORK_ARP_DEFAULT : NLV_NETWORK_NDISC_DEFAULT], attr.type,
                      read_wide (&attr), usual[attr.type]);
    }
}

/* neigh_parms_alloc() puts a new link in front. */
void
nlv_capture_finish_ages (NlvCapture *self)
{
  for (guint i = 0, j = self->ages->len; i + 1 < j; i++)
    {
      guint32 *first = &g_array_index (self->ages, guint32, i), *last = &g_array_index (self->ages, guint32, --j);
      guint32 kept = *first;

      *first = *last;
      *last = kept;
    }
  nlv_network_order_links (self->network, (const guint32 *) self->ages->data, self->ages->len);
}

static void
read_config (const NlvAttr *attr, gboolean ipv4, GArray **settings)
{
  struct ndt_config config;

  nlv_attr_copy (attr, &config, sizeof config);
  const guint32 values[] = {
    config.ndtc_entry_size, config.ndtc_entries,   config.ndtc_last_flush,    config.ndtc_last_rand,
    config.ndtc_hash_rnd,   config.ndtc_hash_mask, config.ndtc_hash_chain_gc, config.ndtc_proxy_qlen,
  };
  const guint32 usual[] = { ipv4 ? 336 : 344, 0, 0, 0, 0, 7, 0, 0 };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    keep_unusual (settings, NLV_NEIGHBOR_TABLE_CONFIG + 1 + i, values[i], usual[i]);
}

static void
read_stats (const NlvAttr *attr, GArray **settings)
{
  guint64 counters[sizeof (struct ndt_stats) / sizeof (guint64)];

  nlv_attr_copy (attr, counters, sizeof counters);
  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    keep_unusual (settings, NLV_NEIGHBOR_TABLE_STATS + i, (gint64) counters[i], 0);
}

void
nlv_capture_neighbor_table (NlvCapture *self, const NlvMessage *message)
{
  NlvGlobals *globals = nlv_network_get_globals (self->network);
  struct ndtmsg header;
  gboolean ipv4;
  GArray **settings;
  NlvSpan attrs;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs) ||
      (header.ndtm_family != AF_INET && header.ndtm_family != AF_INET6))
    return;
  ipv4 = header.ndtm_family == AF_INET;
  settings = &globals->settings[ipv4 ? NLV_NETWORK_ARP_TABLE : NLV_NETWORK_NDISC_TABLE];
  while (nlv_attr_next (&attrs, &attr))
    switch (attr.type)
      {
        case NDTA_PARMS:
          read_parameters (self, header.ndtm_family, attr.payload);
          break;
        case NDTA_THRESH1:
          keep_unusual (settings, attr.type, nlv_attr_u32 (&attr), 128);
          break;
        case NDTA_THRESH2:
          keep_unusual (settings, attr.type, nlv_attr_u32 (&attr), 512);
          break;
        case NDTA_THRESH3:
          keep_unusual (settings, attr.type, nlv_attr_u32 (&attr), 1024);
          break;
        case NDTA_GC_INTERVAL:
          keep_unusual (settings, attr.type, (gint64) nlv_attr_u64 (&attr), 30000);
          break;
        case NDTA_CONFIG:
          read_config (&attr, ipv4, settings);
          break;
        case NDTA_STATS:
          read_stats (&attr, settings);
          break;
        default:
          break;
      }
}

/* --- RTM_NEWNETCONF ----------------------------------------------------------------- */

/* The links' own are known from their sysctls. */
void
nlv_capture_netconf (NlvCapture *self, const NlvMessage *message)
{
  NlvGlobals *globals = nlv_network_get_globals (self->network);
  struct netconfmsg header;
  GArray **settings;
  gint32 index = 0;
  NlvSpan attrs;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs))
    return;
  for (NlvSpan rest = attrs; nlv_attr_next (&rest, &attr);)
    if (attr.type == NETCONFA_IFINDEX)
      index = (gint32) nlv_attr_u32 (&attr);
  if (index == NETCONFA_IFINDEX_ALL)
    settings = &globals->settings[header.ncm_family == AF_INET ? NLV_NETWORK_IPV4_ALL : NLV_NETWORK_IPV6_ALL];
  else if (index == NETCONFA_IFINDEX_DEFAULT)
    settings = &globals->settings[header.ncm_family == AF_INET ? NLV_NETWORK_IPV4_DEFAULT : NLV_NETWORK_IPV6_DEFAULT];
  else
    return;
  while (nlv_attr_next (&attrs, &attr))
    if (attr.type != NETCONFA_IFINDEX && attr.type < NLV_MAX_SETTINGS)
      keep_unusual (settings, attr.type, (gint32) nlv_attr_u32 (&attr), 0);
}

/* --- address labels ----------------------------------------------------------------- */

void
nlv_capture_label (NlvCapture *self, const NlvMessage *message)
{
  NlvGlobals *globals = nlv_network_get_globals (self->network);
  NlvAddressLabel label = { 0 };
  struct ifaddrlblmsg header;
  NlvSpan attrs;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs))
    return;
  label.length = header.ifal_prefixlen;
  label.link = header.ifal_index;
  globals->label_sequence = header.ifal_seq;
  while (nlv_attr_next (&attrs, &attr))
    if (attr.type == IFAL_ADDRESS)
      label.prefix = nlv_capture_ip (&attr);
    else if (attr.type == IFAL_LABEL)
      label.label = nlv_attr_u32 (&attr);
  if (!nlv_capture_is_prefix (AF_INET6, label.length) || label.label == G_MAXUINT32)
    return;
  if (globals->labels == NULL)
    globals->labels = g_array_new (FALSE, FALSE, sizeof label);
  g_array_append_val (globals->labels, label);
}

void
nlv_capture_end_labels (NlvCapture *self)
{
  NlvGlobals *globals = nlv_network_get_globals (self->network);

  if (globals->labels == NULL)
    globals->labels = g_array_new (FALSE, FALSE, sizeof (NlvAddressLabel));
}

/* --- namespaces --------------------------------------------------------------------- */

void
nlv_capture_netns (NlvCapture *self, const NlvMessage *message)
{
  NlvGlobals *globals = nlv_network_get_globals (self->network);
  struct rtgenmsg header;
  NlvSpan attrs;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs))
    return;
  while (nlv_attr_next (&attrs, &attr))
    if (attr.type == NETNSA_NSID)
      {
        gint32 id = (gint32) nlv_attr_u32 (&attr);

        if (id < 0)
          continue;
        if (globals->namespaces == NULL)
          globals->namespaces = g_array_new (FALSE, FALSE, sizeof id);
        g_array_append_val (globals->namespaces, id);
      }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The forwarding entries of VXLAN devices: drivers/net/vxlan/vxlan_core.c. */
#include "model/device/vxlan-fdb.h"

#include "model/change/change-fdb.h"
#include "model/device/bridge.h"

#include <string.h>

#define STAYS (NUD_PERMANENT | NUD_NOARP)

static GBytes *
payload_of (const NlvNeighbor *row, guint16 type)
{
  const NlvRawAttr *raw = nlv_raw_attrs_find (row->extra, type);

  return raw != NULL ? raw->payload : NULL;
}

static guint32
number_of (const NlvNeighbor *row, guint16 type, guint32 otherwise)
{
  GBytes *payload = payload_of (row, type);
  guint32 number = 0;

  if (payload == NULL)
    return otherwise;
  memcpy (&number, g_bytes_get_data (payload, NULL), MIN (g_bytes_get_size (payload), sizeof number));
  return number;
}

NlvVxlanWay
nlv_vxlan_way_of (const NlvNeighbor *row, const NlvVxlanConfig *config)
{
  gboolean shows_source = (config->flags & NLV_VXLAN_METADATA) != 0;
  GBytes *ip = payload_of (row, NDA_DST);
  NlvVxlanWay way = { .family = config->family,
                      .port = (guint16) number_of (row, NDA_PORT, config->port),
                      .vni = number_of (row, NDA_VNI, config->id),
                      .source_vni = number_of (row, NDA_SRC_VNI, shows_source ? 0 : config->id),
                      .link = number_of (row, NDA_IFINDEX, 0),
                      .nexthop = number_of (row, NDA_NH_ID, 0) };

  if (ip != NULL)
    {
      way.family = g_bytes_get_size (ip) >= 16 ? AF_INET6 : AF_INET;
      memcpy (way.ip.bytes, g_bytes_get_data (ip, NULL), MIN (g_bytes_get_size (ip), sizeof way.ip));
    }
  return way;
}

static void
keep (NlvNeighbor *row, guint16 type, gconstpointer data, gsize size)
{
  g_autoptr (GBytes) payload = g_bytes_new (data, size);

  nlv_raw_attrs_add (&row->extra, type, payload);
}

NlvNeighbor
nlv_vxlan_make_row (const NlvLink *link, const NlvVxlanConfig *config, const guint8 *address, const NlvVxlanWay *way)
{
  static const struct nda_cacheinfo times;
  NlvNeighbor row = {
    .family = AF_BRIDGE, .link = link->index, .type = RTN_UNICAST, .address_length = 6, .by_user = TRUE
  };

  memcpy (row.address, address, 6);
  if (way->nexthop != 0)
    keep (&row, NDA_NH_ID, &way->nexthop, sizeof way->nexthop);
  else
    {
      keep (&row, NDA_DST, way->ip.bytes, nlv_ip_size (way->family));
      if (way->port != 0 && way->port != config->port)
        keep (&row, NDA_PORT, &way->port, sizeof way->port);
      if (way->vni != config->id)
        keep (&row, NDA_VNI, &way->vni, sizeof way->vni);
      if (way->link != 0)
        keep (&row, NDA_IFINDEX, &way->link, sizeof way->link);
      row.destination = way->ip;
    }
  if ((config->flags & NLV_VXLAN_METADATA) != 0 && way->source_vni != 0)
    keep (&row, NDA_SRC_VNI, &way->source_vni, sizeof way->source_vni);
  keep (&row, NDA_CACHEINFO, &times, sizeof times);
  return row;
}

GPtrArray *
nlv_vxlan_find_entry (NlvNetwork *network, const NlvLink *link, const NlvVxlanConfig *config, const guint8 *address,
                      guint32 source_vni)
{
  GPtrArray *rows = g_ptr_array_new ();
  g_autoptr (GPtrArray) all = nlv_network_find_neighbors (network, link->index);

  for (guint i = 0; i < all->len; i++)
    {
      NlvNeighbor *row = g_ptr_array_index (all, i);

      if (nlv_fdb_is_own (row, link) && memcmp (row->address, address, 6) == 0 &&
          ((config->flags & NLV_VXLAN_METADATA) == 0 || nlv_vxlan_way_of (row, config).source_vni == source_vni))
        g_ptr_array_add (rows, row);
    }
  return rows;
}

GPtrArray *
nlv_vxlan_list_entries (NlvNetwork *network, const NlvLink *link, const NlvVxlanConfig *config)
{
  g_autoptr (GHashTable) known =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    {
      NlvNeighbor *row = nlv_network_get_neighbor (network, i);
      guint8 key[6 + sizeof (guint32)];
      guint32 source_vni;
      GPtrArray *rows;
      GBytes *bytes;

      if (!nlv_fdb_is_own (row, link))
        continue;
      source_vni = nlv_vxlan_way_of (row, config).source_vni;
      memcpy (key, row->address, 6);
      memcpy (key + 6, &source_vni, sizeof source_vni);
      bytes = g_bytes_new (key, sizeof key);
      rows = g_hash_table_lookup (known, bytes);
      if (rows == NULL)
        {
          rows = g_ptr_array_new ();
          g_ptr_array_add (entries, rows);
          g_hash_table_insert (known, g_bytes_ref (bytes), rows);
        }
      g_ptr_array_add (rows, row);
      g_bytes_unref (bytes);
    }
  return entries;
}

gboolean
nlv_vxlan_is_by_user (const NlvNeighbor *row)
{
  static const guint8 none[6];

  if (row->by_user)
    return TRUE;
  if (memcmp (row->address, none, sizeof none) == 0)
    return row->state != (NUD_REACHABLE | NUD_PERMANENT);
  return row->state != NUD_REACHABLE;
}

struct nda_cacheinfo
nlv_vxlan_get_times (const NlvNeighbor *row)
{
  GBytes *payload = payload_of (row, NDA_CACHEINFO);
  struct nda_cacheinfo times = { 0 };

  if (payload != NULL)
    memcpy (&times, g_bytes_get_data (payload, NULL), MIN (g_bytes_get_size (payload), sizeof times));
  return times;
}

void
nlv_vxlan_set_times (NlvNeighbor *row, const struct nda_cacheinfo *times)
{
  nlv_raw_attrs_remove (&row->extra, NDA_CACHEINFO);
  keep (row, NDA_CACHEINFO, times, sizeof *times);
}

void
nlv_vxlan_remove_way (NlvChange *change, GPtrArray *rows, guint n)
{
  NlvNetwork *network = change->network;
  NlvNeighbor *row = g_ptr_array_index (rows, n), next;

  nlv_fdb_event (change, RTM_DELNEIGH, row);
  if (n == 0 && rows->len > 1)
    {
      next = *(NlvNeighbor *) g_ptr_array_index (rows, 1);
      next.extra = nlv_raw_attrs_copy (next.extra);
      nlv_network_remove_neighbor (network, g_ptr_array_index (rows, 1));
      rows->pdata[1] = nlv_network_replace_neighbor (network, row, &next);
    }
  else
    nlv_network_remove_neighbor (network, row);
  g_ptr_array_remove_index (rows, n);
}

void
nlv_vxlan_flush (NlvChange *change, const NlvLink *link, gboolean all)
{
  g_autoptr (GPtrArray) entries = NULL;
  NlvVxlanConfig config;

  nlv_vxlan_config_read (&config, link->kind_data);
  entries = nlv_vxlan_list_entries (change->network, link, &config);
  for (guint i = 0; i < entries->len; i++)
    {
      GPtrArray *rows = g_ptr_array_index (entries, i);
      NlvNeighbor *first = g_ptr_array_index (rows, 0);

      for (guint n = 0; n < rows->len && (all || (first->state & STAYS) == 0); n++)
        nlv_fdb_remove (change, g_ptr_array_index (rows, n));
    }
}

void
nlv_vxlan_forget_nexthop (NlvChange *change, guint32 id)
{
  NlvNetwork *network = change->network;

  for (guint i = nlv_network_get_n_neighbors (network); i > 0; i--)
    {
      NlvNeighbor *row = nlv_network_get_neighbor (network, i - 1);

      if (row->family == AF_BRIDGE && (row->flags & NTF_SELF) != 0 && number_of (row, NDA_NH_ID, 0) == id)
        nlv_network_remove_neighbor (network, row);
    }
}

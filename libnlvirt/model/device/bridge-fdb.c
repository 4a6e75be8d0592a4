/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a bridge knows of its own addresses: net/bridge/br_fdb.c. */
#include "model/device/bridge.h"
#include "model/network-keys.h"

#include <string.h>

void
nlv_fdb_event (NlvChange *change, guint16 type, const NlvNeighbor *entry)
{
  NlvWriter writer;
  struct ndmsg *header = nlv_event_begin (change, &writer, RTNLGRP_NEIGH, type, 0, FALSE, sizeof *header);

  if (header == NULL)
    return;
  nlv_neighbor_message (change->network, &writer, header, entry);
  nlv_event_send (change, &writer, RTNLGRP_NEIGH, FALSE);
}

void
nlv_fdb_remove (NlvChange *change, NlvNeighbor *entry)
{
  nlv_fdb_event (change, RTM_DELNEIGH, entry);
  nlv_network_remove_neighbor (change->network, entry);
}

gboolean
nlv_bridge_has_entry (NlvNetwork *network, const NlvLink *bridge, const NlvNeighbor *entry)
{
  const NlvLink *link;

  if (entry->family != AF_BRIDGE || (entry->flags & NTF_SELF) != 0)
    return FALSE;
  link = nlv_network_find_link (network, entry->link);
  return link != NULL && (link == bridge || link->master == bridge->index);
}

NlvNeighbor *
nlv_bridge_find_entry (NlvNetwork *network, const NlvLink *bridge, const guint8 *address)
{
  const GPtrArray *entries = nlv_network_peek_forwarding (network, address);
  NlvNeighbor *found = NULL;

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      NlvNeighbor *entry = g_ptr_array_index (entries, i);

      /* Only a table has two: then the first one counts. */
      if (nlv_bridge_has_entry (network, bridge, entry) && nlv_raw_attrs_find (entry->extra, NDA_VLAN) == NULL &&
          (found == NULL || nlv_compare_neighbors (entry, found) < 0))
        found = entry;
    }
  return found;
}

/* BR_FDB_LOCAL: fdb_to_nud() */
static gboolean
is_local (const NlvNeighbor *entry)
{
  return entry->state == NUD_PERMANENT;
}

/* BR_FDB_STATIC */
static gboolean
is_static (const NlvNeighbor *entry)
{
  return is_local (entry) || entry->state == NUD_NOARP;
}

static NlvNeighbor
make_entry (const NlvLink *link, const guint8 *address)
{
  NlvNeighbor entry = { .family = AF_BRIDGE, .link = link->index, .state = NUD_PERMANENT, .address_length = 6 };

  memcpy (entry.address, address, 6);
  return entry;
}

void
nlv_bridge_add_local (NlvChange *change, const NlvLink *bridge, const NlvLink *port, const guint8 address[6])
{
  NlvNeighbor *entry = nlv_bridge_find_entry (change->network, bridge, address);
  NlvNeighbor row = make_entry (port != NULL ? port : bridge, address);

  if (!nlv_is_unicast_address (address))
    return;
  if (entry != NULL && is_local (entry))
    return;
  if (entry != NULL)
    nlv_fdb_remove (change, entry);
  entry = nlv_network_add_neighbor_first (change->network, &row);
  if (entry != NULL)
    nlv_fdb_event (change, RTM_NEWNEIGH, entry);
}

/* The same address is another's too: nobody is told. */
static void
move_entry (NlvNetwork *network, NlvNeighbor *entry, const NlvLink *to)
{
  NlvNeighbor row = make_entry (to, entry->address);

  nlv_network_replace_neighbor (network, entry, &row);
}

/* fdb_delete_local() */
static void
delete_local (NlvChange *change, const NlvLink *bridge, const NlvLink *port, NlvNeighbor *entry)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (change->network, bridge);

  for (guint i = 0; i < ports->len; i++)
    {
      const NlvLink *other = g_ptr_array_index (ports, i);

      if (other != port && memcmp (other->address, entry->address, 6) == 0)
        {
          move_entry (change->network, entry, other);
          return;
        }
    }
  if (port != NULL && memcmp (bridge->address, entry->address, 6) == 0)
    move_entry (change->network, entry, bridge);
  else
    nlv_fdb_remove (change, entry);
}

void
nlv_bridge_change_local (NlvChange *change, const NlvLink *bridge, const NlvLink *port, const guint8 old[6],
                         const guint8 address[6])
{
  const NlvLink *self = port != NULL ? port : bridge;
  NlvNeighbor *entry = nlv_bridge_find_entry (change->network, bridge, old);

  if (entry != NULL && is_local (entry) && !entry->by_user && entry->link == self->index)
    delete_local (change, bridge, port, entry);
  nlv_bridge_add_local (change, bridge, port, address);
}

/* Those on @link, the newest first. */
static GPtrArray *
find_entries (NlvNetwork *network, const NlvLink *link)
{
  GPtrArray *entries = g_ptr_array_new ();
  g_autoptr (GPtrArray) rows = nlv_network_find_neighbors (network, link->index);

  for (guint i = 0; i < rows->len; i++)
    {
      NlvNeighbor *entry = g_ptr_array_index (rows, i);

      if (entry->family == AF_BRIDGE && entry->link == link->index && (entry->flags & NTF_SELF) == 0)
        g_ptr_array_add (entries, entry);
    }
  return entries;
}

void
nlv_bridge_forget_port (NlvChange *change, const NlvLink *bridge, const NlvLink *port, gboolean all)
{
  g_autoptr (GPtrArray) entries = find_entries (change->network, port != NULL ? port : bridge);

  for (guint i = 0; i < entries->len; i++)
    {
      NlvNeighbor *entry = g_ptr_array_index (entries, i);

      if (!all && (is_static (entry) || (entry->flags & (NTF_EXT_LEARNED | NTF_OFFLOADED)) == NTF_EXT_LEARNED))
        continue;
      if (is_local (entry))
        delete_local (change, bridge, port, entry);
      else
        nlv_fdb_remove (change, entry);
    }
}

void
nlv_bridge_flush (NlvChange *change, const NlvLink *bridge)
{
  NlvNetwork *network = change->network;

  for (guint i = 0; i < nlv_network_get_n_neighbors (network);)
    {
      NlvNeighbor *entry = nlv_network_get_neighbor (network, i);

      if (nlv_bridge_has_entry (network, bridge, entry) && !is_static (entry))
        nlv_fdb_remove (change, entry);
      else
        i++;
    }
}

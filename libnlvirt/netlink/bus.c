/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Owns the port ids and knows all sockets for multicast. Sockets are borrowed:
 * each takes itself off before it is freed. */
#include "netlink/socket-private.h"

struct _NlvBus
{
  guint ref_count;
  NlvNetwork *network;  /* (owned) */
  GHashTable *ports;    /* (element-type guint32 NlvNetlinkSocket) those that are bound */
  GPtrArray *listeners; /* (element-type NlvNetlinkSocket) those in any group */
};

NlvBus *
nlv_bus_new (NlvNetwork *network)
{
  NlvBus *bus = g_new0 (NlvBus, 1);

  bus->ref_count = 1;
  bus->network = nlv_network_ref (network);
  bus->ports = g_hash_table_new (NULL, NULL);
  bus->listeners = g_ptr_array_new ();
  return bus;
}

NlvBus *
nlv_bus_ref (NlvBus *bus)
{
  bus->ref_count++;
  return bus;
}

void
nlv_bus_unref (NlvBus *bus)
{
  if (--bus->ref_count > 0)
    return;
  g_hash_table_unref (bus->ports);
  g_ptr_array_unref (bus->listeners);
  nlv_network_unref (bus->network);
  g_free (bus);
}

NlvNetwork *
nlv_bus_get_network (NlvBus *bus)
{
  return bus->network;
}

NlvNetlinkSocket *
nlv_bus_find_port (NlvBus *bus, guint32 port)
{
  return g_hash_table_lookup (bus->ports, GUINT_TO_POINTER (port));
}

gboolean
nlv_bus_claim_port (NlvBus *bus, guint32 port, NlvNetlinkSocket *socket)
{
  if (port == 0 || g_hash_table_contains (bus->ports, GUINT_TO_POINTER (port)))
    return FALSE;
  g_hash_table_insert (bus->ports, GUINT_TO_POINTER (port), socket);
  return TRUE;
}

void
nlv_bus_release_port (NlvBus *bus, guint32 port)
{
  g_hash_table_remove (bus->ports, GUINT_TO_POINTER (port));
}

void
nlv_bus_set_listening (NlvBus *bus, NlvNetlinkSocket *socket, gboolean listening)
{
  gboolean present = g_ptr_array_find (bus->listeners, socket, NULL);

  if (listening && !present)
    g_ptr_array_add (bus->listeners, socket);
  else if (!listening && present)
    g_ptr_array_remove (bus->listeners, socket);
}

void
nlv_bus_broadcast (NlvBus *bus, const NlvDatagram *datagram, const NlvNetlinkSocket *sender, guint32 except_port)
{
  if (datagram->group == 0)
    return;
  for (guint i = 0; i < bus->listeners->len; i++)
    {
      NlvNetlinkSocket *socket = g_ptr_array_index (bus->listeners, i);

      if (socket == sender || socket->port == except_port || !nlv_netlink_socket_is_member (socket, datagram->group))
        continue;
      if (!nlv_netlink_socket_deliver (socket, datagram))
        nlv_netlink_socket_overrun (socket);
    }
}

void
nlv_bus_multicast (NlvBus *bus, guint group, NlvSpan bytes)
{
  const NlvDatagram datagram = { .bytes = bytes, .group = group };

  nlv_bus_broadcast (bus, &datagram, NULL, 0);
}

gboolean
nlv_bus_has_listeners (NlvBus *bus, guint group)
{
  for (guint i = 0; i < bus->listeners->len; i++)
    {
      if (nlv_netlink_socket_is_member (g_ptr_array_index (bus->listeners, i), group))
        return TRUE;
    }
  return FALSE;
}

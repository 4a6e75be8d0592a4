/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Owns the port ids and knows all sockets for multicast. Sockets are borrowed:
 * each takes itself off before it is freed. */
#include "model/observer.h"
#include "netlink/socket-private.h"

struct _NlvBus
{
  guint ref_count;
  NlvNetwork *network;                      /* (owned) */
  GHashTable *ports;                        /* (element-type guint32 NlvNetlinkSocket) those that are bound */
  NlvFailures *failures;                    /* (owned) (nullable) */
  gsize held;                               /* bytes of requests that wait */
  GPtrArray *members[NLV_BUS_N_GROUPS + 1]; /* (element-type NlvNetlinkSocket) (nullable) by group */
  void (*changed) (gpointer user_data);     /* (nullable) */
  gpointer user_data;
};

void
nlv_bus_set_changed (NlvBus *bus, void (*func) (gpointer user_data), gpointer user_data)
{
  bus->changed = func;
  bus->user_data = user_data;
}

void
nlv_bus_hold (NlvBus *bus)
{
  nlv_network_hold (bus->network);
}

void
nlv_bus_let_go (NlvBus *bus)
{
  if (nlv_network_let_go (bus->network) && bus->changed != NULL)
    bus->changed (bus->user_data);
}

/* Group 0 has no members, nor has one that rtnetlink does not have. */
static guint
count_members (const NlvBus *bus, guint group)
{
  return group <= NLV_BUS_N_GROUPS && bus->members[group] != NULL ? bus->members[group]->len : 0;
}

static gboolean
listens (gpointer owner, guint group)
{
  return count_members (owner, group) > 0;
}

/* nlmsg_notify(): who asked for an echo hears it once, and sees which group it
 * was for. */
static void
hear_event (gpointer owner, const NlvEvent *event)
{
  NlvBus *bus = owner;
  const NlvDatagram datagram = { .bytes = event->message, .group = event->group };
  gboolean echo = event->echo && event->origin == bus;
  NlvNetlinkSocket *asker = echo ? nlv_bus_find_port (bus, event->port) : NULL;

  nlv_bus_broadcast (bus, &datagram, NULL, echo ? event->port : 0);
  if (asker != NULL && !nlv_netlink_socket_deliver (asker, &datagram))
    nlv_netlink_socket_overrun (asker);
}

static const NlvObserver observer = {
  .listens = listens,
  .event = hear_event,
};

NlvBus *
nlv_bus_new (NlvNetwork *network)
{
  NlvBus *bus = g_new0 (NlvBus, 1);

  bus->ref_count = 1;
  bus->network = nlv_network_ref (network);
  bus->ports = g_hash_table_new (NULL, NULL);
  nlv_network_add_observer (network, &observer, bus);
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
  nlv_network_remove_observer (bus->network, &observer, bus);
  g_hash_table_unref (bus->ports);
  for (guint group = 1; group <= NLV_BUS_N_GROUPS; group++)
    g_clear_pointer (&bus->members[group], g_ptr_array_unref);
  nlv_network_unref (bus->network);
  g_clear_pointer (&bus->failures, nlv_failures_unref);
  g_free (bus);
}

NlvNetwork *
nlv_bus_get_network (NlvBus *bus)
{
  return bus->network;
}

void
nlv_bus_set_network (NlvBus *bus, NlvNetwork *network)
{
  NlvNetwork *before = bus->network;

  if (network == before)
    return;
  nlv_network_remove_observer (before, &observer, bus);
  bus->network = nlv_network_ref (network);
  nlv_network_add_observer (network, &observer, bus);
  nlv_network_unref (before);
}

void
nlv_bus_set_failures (NlvBus *bus, NlvFailures *failures)
{
  g_clear_pointer (&bus->failures, nlv_failures_unref);
  bus->failures = nlv_failures_ref (failures);
}

NlvFailures *
nlv_bus_get_failures (NlvBus *bus)
{
  return bus->failures;
}

gsize *
nlv_bus_get_held (NlvBus *bus)
{
  return &bus->held;
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

static void
join (NlvBus *bus, NlvNetlinkSocket *socket, guint group)
{
  if (bus->members[group] == NULL)
    bus->members[group] = g_ptr_array_new ();
  socket->places[group] = bus->members[group]->len;
  g_ptr_array_add (bus->members[group], socket);
}

/* The last one takes its place. */
static void
leave (NlvBus *bus, NlvNetlinkSocket *socket, guint group)
{
  GPtrArray *members = bus->members[group];
  guint place = socket->places[group];

  g_ptr_array_remove_index_fast (members, place);
  if (place < members->len)
    ((NlvNetlinkSocket *) g_ptr_array_index (members, place))->places[group] = place;
}

void
nlv_bus_change_groups (NlvBus *bus, NlvNetlinkSocket *socket, guint64 before, guint64 after)
{
  for (guint group = 1; group <= NLV_BUS_N_GROUPS; group++)
    {
      guint64 bit = G_GUINT64_CONSTANT (1) << (group - 1);

      if ((after & ~before & bit) != 0)
        join (bus, socket, group);
      else if ((before & ~after & bit) != 0)
        leave (bus, socket, group);
    }
}

void
nlv_bus_broadcast (NlvBus *bus, const NlvDatagram *datagram, const NlvNetlinkSocket *sender, guint32 except_port)
{
  for (guint i = 0; i < count_members (bus, datagram->group); i++)
    {
      NlvNetlinkSocket *socket = g_ptr_array_index (bus->members[datagram->group], i);

      if (socket == sender || socket->port == except_port)
        continue;
      if (nlv_netlink_socket_fails_event (socket, datagram) || !nlv_netlink_socket_deliver (socket, datagram))
        nlv_netlink_socket_overrun (socket);
    }
}

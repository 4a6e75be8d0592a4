/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a link says of its interface: each getter looks at the row anew. */
#include "nlvirt-link.h"

#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/if.h>

/**
 * nlvirt_link_get_name: (get-property name)
 * @self: a link
 *
 * The interface's name.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL if the interface is gone
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_name (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->name : NULL;
}

/**
 * nlvirt_link_get_kind: (get-property kind)
 * @self: a link
 *
 * The kind of a virtual interface, such as `bridge` or `vlan`.
 *
 * Returns: (transfer none) (nullable): the kind, or %NULL for hardware and for loopback
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_kind (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->kind : NULL;
}

/**
 * nlvirt_link_get_hardware_type: (get-property hardware-type)
 * @self: a link
 *
 * What the link layer is: the kernel's `ARPHRD_*`.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_hardware_type (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->hardware_type : 0;
}

/**
 * nlvirt_link_get_mac_address: (get-property mac-address)
 * @self: a link
 *
 * The link-layer address, in hexadecimal with colons.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
char *
nlvirt_link_get_mac_address (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? nlvirt_mac_to_string (row->address, row->address_length) : NULL;
}

/**
 * nlvirt_link_get_permanent_mac_address: (get-property permanent-mac-address)
 * @self: a link
 *
 * The link-layer address the hardware came with, where it tells.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
char *
nlvirt_link_get_permanent_mac_address (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? nlvirt_mac_to_string (row->permanent_address, row->permanent_address_length) : NULL;
}

/**
 * nlvirt_link_get_broadcast: (get-property broadcast)
 * @self: a link
 *
 * The link-layer broadcast address.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
char *
nlvirt_link_get_broadcast (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? nlvirt_mac_to_string (row->broadcast, row->address_length) : NULL;
}

/**
 * nlvirt_link_get_mtu: (get-property mtu)
 * @self: a link
 *
 * The largest packet the interface takes, in bytes.
 *
 * Returns: the size
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_mtu (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->mtu : 0;
}

/**
 * nlvirt_link_get_flags: (get-property flags)
 * @self: a link
 *
 * The kernel's `IFF_*`.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_flags (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->flags : 0;
}

/**
 * nlvirt_link_get_up: (get-property up)
 * @self: a link
 *
 * Whether the interface is switched on.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_get_up (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  row = nlvirt_link_find_row (self);
  return row != NULL ? (row->flags & IFF_UP) != 0 : FALSE;
}

/**
 * nlvirt_link_get_running: (get-property running)
 * @self: a link
 *
 * Whether the interface can carry packets.
 *
 * Returns: %TRUE if it can
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_get_running (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  row = nlvirt_link_find_row (self);
  return row != NULL ? (row->flags & IFF_RUNNING) != 0 : FALSE;
}

/**
 * nlvirt_link_get_carrier: (get-property carrier)
 * @self: a link
 *
 * Whether the cable is plugged in, as it were.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_get_carrier (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->carrier != 0 : FALSE;
}

/**
 * nlvirt_link_get_operational_state: (get-property operational-state)
 * @self: a link
 *
 * The interface's state in the sense of RFC 2863.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
NlvirtOperationalState
nlvirt_link_get_operational_state (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NLVIRT_OPERATIONAL_STATE_UNKNOWN);
  row = nlvirt_link_find_row (self);
  if (row == NULL || row->operational_state > NLVIRT_OPERATIONAL_STATE_UP)
    return NLVIRT_OPERATIONAL_STATE_UNKNOWN;
  return (NlvirtOperationalState) row->operational_state;
}

/**
 * nlvirt_link_get_alt_names: (get-property alt-names)
 * @self: a link
 *
 * The interface's other names.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names; may be empty
 *
 * Since: 0.1
 */
char **
nlvirt_link_get_alt_names (NlvirtLink *self)
{
  const NlvLink *row;
  g_autoptr (GStrvBuilder) names = NULL;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  names = g_strv_builder_new ();
  if (row != NULL && row->alt_names != NULL)
    for (guint i = 0; i < row->alt_names->len; i++)
      g_strv_builder_add (names, g_ptr_array_index (row->alt_names, i));
  return g_strv_builder_end (names);
}

/**
 * nlvirt_link_get_alias: (get-property alias)
 * @self: a link
 *
 * A description of the interface, for people.
 *
 * Returns: (transfer none) (nullable): the description
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_alias (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->alias : NULL;
}

/**
 * nlvirt_link_get_master: (get-property master)
 * @self: a link
 *
 * The interface this one is a part of, such as its bridge.
 *
 * Returns: (transfer full) (nullable): the interface
 *
 * Since: 0.1
 */
NlvirtLink *
nlvirt_link_get_master (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? nlvirt_table_get_link_by_index (nlvirt_link_get_table (self), row->master) : NULL;
}

/**
 * nlvirt_link_get_qdisc: (get-property qdisc)
 * @self: a link
 *
 * The queueing discipline.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_qdisc (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->qdisc : NULL;
}

/**
 * nlvirt_link_get_tx_queue_length: (get-property tx-queue-length)
 * @self: a link
 *
 * The length of the transmit queue, in packets.
 *
 * Returns: the length
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_tx_queue_length (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->tx_queue_length : 0;
}

/**
 * nlvirt_link_get_group: (get-property group)
 * @self: a link
 *
 * The group of interfaces that this one is in.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_group (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = nlvirt_link_find_row (self);
  return row != NULL ? row->group : 0;
}

static void
append_flags (GString *out, guint32 flags)
{
  /* In the order of print_link_flags(). */
  static const NlvirtFlagWord words[] = {
    { IFF_LOOPBACK, "LOOPBACK" },   { IFF_BROADCAST, "BROADCAST" },   { IFF_POINTOPOINT, "POINTOPOINT" },
    { IFF_MULTICAST, "MULTICAST" }, { IFF_NOARP, "NOARP" },           { IFF_ALLMULTI, "ALLMULTI" },
    { IFF_PROMISC, "PROMISC" },     { IFF_MASTER, "MASTER" },         { IFF_SLAVE, "SLAVE" },
    { IFF_DEBUG, "DEBUG" },         { IFF_DYNAMIC, "DYNAMIC" },       { IFF_AUTOMEDIA, "AUTOMEDIA" },
    { IFF_PORTSEL, "PORTSEL" },     { IFF_NOTRAILERS, "NOTRAILERS" }, { IFF_UP, "UP" },
    { IFF_LOWER_UP, "LOWER_UP" },   { IFF_DORMANT, "DORMANT" },       { IFF_ECHO, "ECHO" },
  };
  gboolean no_carrier = (flags & IFF_UP) != 0 && (flags & IFF_RUNNING) == 0;

  g_string_append_c (out, '<');
  if (no_carrier)
    g_string_append (out, "NO-CARRIER");
  flags &= ~(guint32) IFF_RUNNING;
  if (no_carrier && flags != 0)
    g_string_append_c (out, ',');
  nlvirt_append_flags (out, words, G_N_ELEMENTS (words), flags, ",");
  g_string_append_c (out, '>');
}

static const char *
state_word (guint8 state)
{
  static const char *const words[] = { "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP" };

  return words[state < G_N_ELEMENTS (words) ? state : IF_OPER_UNKNOWN];
}

/**
 * nlvirt_link_to_string:
 * @self: a link
 *
 * The interface in the words of `ip link`, for people to read.
 *
 * Returns: (transfer full): one line
 *
 * Since: 0.1
 */
char *
nlvirt_link_to_string (NlvirtLink *self)
{
  const NlvLink *row;
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = nlvirt_link_find_row (self);
  out = g_string_new (NULL);
  g_string_append_printf (out, "%u: ", nlvirt_link_get_index (self));
  if (row == NULL)
    {
      g_string_append (out, "gone");
      return g_string_free (out, FALSE);
    }
  g_string_append_printf (out, "%s: ", row->name);
  append_flags (out, row->flags);
  g_string_append_printf (out, " mtu %u", row->mtu);
  if (row->qdisc != NULL)
    g_string_append_printf (out, " qdisc %s", row->qdisc);
  if (row->master != 0)
    {
      g_autofree char *master =
        nlvirt_dup_link_name (nlvirt_table_get_network (nlvirt_link_get_table (self)), row->master);

      g_string_append_printf (out, " master %s", master);
    }
  g_string_append_printf (out, " state %s", state_word (row->operational_state));
  if (row->address_length > 0)
    {
      g_autofree char *mac = nlvirt_mac_to_string (row->address, row->address_length);

      g_string_append_printf (out, " link %s", mac);
    }
  return g_string_free (out, FALSE);
}

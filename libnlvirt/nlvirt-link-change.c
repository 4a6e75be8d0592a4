/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an application does to a link: requests to the responder, as those of a
 * program, and the carrier, which is nobody's to ask for there. */
#include "model/device/device.h"
#include "model/rtnetlink/rtnetlink-private.h"
#include "nlvirt-error.h"
#include "nlvirt-link.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <string.h>

static gboolean
check_link (NlvirtLink *self, GError **error)
{
  if (nlvirt_link_get_name (self) != NULL)
    return TRUE;
  g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_FOUND, "the interface is no longer in its table");
  return FALSE;
}

/* NULL when the link is gone; else its attributes may be put, and ask() is to
 * follow. */
static struct ifinfomsg *
begin (NlvirtLink *self, NlvWriter *writer, guint16 type, GError **error)
{
  struct ifinfomsg *header;

  if (!check_link (self, error))
    return NULL;
  header = nlvirt_request_begin (writer, type, 0, sizeof *header);
  header->ifi_index = (int) nlvirt_link_get_index (self);
  return header;
}

static gboolean
ask (NlvirtLink *self, NlvWriter *writer, GError **error)
{
  /* Who is told of what was due before may drop it. */
  g_autoptr (NlvirtLink) kept = g_object_ref (self);

  if (nlvirt_table_ask (nlvirt_link_get_table (self), writer, error))
    return TRUE;
  g_prefix_error (error, "%s: ", nlvirt_link_get_name (self));
  return FALSE;
}

static gboolean
set_number (NlvirtLink *self, guint16 attribute, guint32 value, GError **error)
{
  NlvWriter writer;

  if (begin (self, &writer, RTM_NEWLINK, error) == NULL)
    return FALSE;
  nlv_put_u32 (&writer, attribute, value);
  return ask (self, &writer, error);
}

static gboolean
set_text (NlvirtLink *self, guint16 attribute, const char *value, GError **error)
{
  NlvWriter writer;

  if (begin (self, &writer, RTM_NEWLINK, error) == NULL)
    return FALSE;
  nlv_put (&writer, attribute, value, strlen (value) + (attribute == IFLA_IFALIAS ? 0 : 1));
  return ask (self, &writer, error);
}

static gboolean
change_alt_name (NlvirtLink *self, guint16 type, const char *name, GError **error)
{
  NlvWriter writer;
  gsize nest;

  if (begin (self, &writer, type, error) == NULL)
    return FALSE;
  nest = nlv_nest_begin (&writer, IFLA_PROP_LIST | NLA_F_NESTED);
  nlv_put_string (&writer, IFLA_ALT_IFNAME, name);
  nlv_nest_end (&writer, nest);
  return ask (self, &writer, error);
}

/**
 * nlvirt_link_set_up:
 * @self: a link
 * @up: whether it is to be on
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Switches the interface on or off.
 *
 * All that the kernel makes of it follows, and every program that listens is told: an interface
 * that goes down takes its routes with it, one that comes up gets those of its
 * addresses, and whether it can carry packets is told when that is known.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_up (NlvirtLink *self, gboolean up, GError **error)
{
  struct ifinfomsg *header;
  NlvWriter writer;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  header = begin (self, &writer, RTM_NEWLINK, error);
  if (header == NULL)
    return FALSE;
  header->ifi_change = IFF_UP;
  header->ifi_flags = up ? IFF_UP : 0;
  return ask (self, &writer, error);
}

/**
 * nlvirt_link_set_carrier:
 * @self: a link
 * @carrier: whether it is plugged in
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Plugs the cable in or pulls it, as it were. Programs cannot do that, but they
 * hear of it.
 *
 * What follows is there when this returns, and not up to a second later as in the
 * kernel. The carrier of a virtual interface may follow that of others again, when
 * these change.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_carrier (NlvirtLink *self, gboolean carrier, GError **error)
{
  NlvNetwork *network;
  NlvChange change;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (!check_link (self, error))
    return FALSE;
  network = nlvirt_table_get_network (nlvirt_link_get_table (self));
  nlv_change_init (&change, network, nlv_network_tell_time (network, nlvirt_table_get_time ()));
  nlv_network_hold (network);
  nlv_link_set_carrier (&change, nlv_network_find_link (network, nlvirt_link_get_index (self)), carrier);
  nlv_link_watch_run (&change);
  nlv_network_release (network);
  return TRUE;
}

/**
 * nlvirt_link_set_name:
 * @self: a link
 * @name: its new name
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Renames the interface. The error is %NLVIRT_ERROR_EXISTS if another has the
 * name.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_name (NlvirtLink *self, const char *name, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return set_text (self, IFLA_IFNAME, name, error);
}

/**
 * nlvirt_link_set_mac_address:
 * @self: a link
 * @mac_address: the address, in hexadecimal with colons
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Changes the link-layer address.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_mac_address (NlvirtLink *self, const char *mac_address, GError **error)
{
  guint8 bytes[G_SIZEOF_MEMBER (NlvLink, address)];
  guint8 length;
  NlvWriter writer;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (mac_address != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  length = nlvirt_mac_from_string (mac_address, bytes, sizeof bytes);
  if (length == 0)
    {
      g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, "“%s” is not hexadecimal with colons", mac_address);
      return FALSE;
    }
  if (begin (self, &writer, RTM_NEWLINK, error) == NULL)
    return FALSE;
  nlv_put (&writer, IFLA_ADDRESS, bytes, length);
  return ask (self, &writer, error);
}

/**
 * nlvirt_link_set_mtu:
 * @self: a link
 * @mtu: in bytes
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Changes the largest packet the interface takes.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_mtu (NlvirtLink *self, guint mtu, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return set_number (self, IFLA_MTU, mtu, error);
}

/**
 * nlvirt_link_set_alias:
 * @self: a link
 * @alias: (nullable): the description, or %NULL for none
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Describes the interface for people.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_alias (NlvirtLink *self, const char *alias, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return set_text (self, IFLA_IFALIAS, alias != NULL ? alias : "", error);
}

/**
 * nlvirt_link_set_master:
 * @self: a link
 * @master: (nullable): the other one, of the same table; or %NULL
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Makes the interface a part of another, such as a bridge, or of none.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_master (NlvirtLink *self, NlvirtLink *master, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (master == NULL || NLVIRT_IS_LINK (master), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  if (master != NULL && nlvirt_link_get_table (master) != nlvirt_link_get_table (self))
    {
      g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, "the two interfaces are not in one table");
      return FALSE;
    }
  return set_number (self, IFLA_MASTER, master != NULL ? nlvirt_link_get_index (master) : 0, error);
}

/**
 * nlvirt_link_set_tx_queue_length:
 * @self: a link
 * @length: in packets
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Changes the length of the transmit queue.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_tx_queue_length (NlvirtLink *self, guint length, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return set_number (self, IFLA_TXQLEN, length, error);
}

/**
 * nlvirt_link_set_group:
 * @self: a link
 * @group: the number of the group
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Puts the interface into a group of interfaces.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_set_group (NlvirtLink *self, guint group, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return set_number (self, IFLA_GROUP, group, error);
}

/**
 * nlvirt_link_add_alt_name:
 * @self: a link
 * @name: an alternative name
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Gives the interface one more name.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_add_alt_name (NlvirtLink *self, const char *name, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return change_alt_name (self, RTM_NEWLINKPROP, name, error);
}

/**
 * nlvirt_link_remove_alt_name:
 * @self: a link
 * @name: an alternative name
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Takes one of its alternative names from the interface.
 *
 * Returns: %TRUE if it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_remove_alt_name (NlvirtLink *self, const char *name, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return change_alt_name (self, RTM_DELLINKPROP, name, error);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The text of a table file that changes a table, instead of making one; and links
 * that come and go. */
#include "model/device/link-kind.h"
#include "model/file/table-file.h"
#include "nlvirt-error.h"
#include "nlvirt-fault.h"
#include "nlvirt-link.h"
#include "nlvirt-rows-private.h"

void
nlvirt_set_faults_error (GError **error, int code, const char *path, GPtrArray *faults)
{
  g_autoptr (GListModel) list = nlvirt_fault_list_new (path, faults);
  g_autoptr (GString) message = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (NlvirtFault) fault = g_list_model_get_item (list, i);
      g_autofree char *line = nlvirt_fault_to_string (fault);

      g_string_append_printf (message, "%s%s", i > 0 ? "\n" : "", line);
    }
  g_set_error_literal (error, NLVIRT_ERROR, code, message->str);
}

static gboolean
change (NlvirtTable *self, NlvTableVerb verb, const guint8 *data, gsize len, GError **error)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
  int result = nlv_table_file_change (nlvirt_table_get_network (self), verb, data != NULL ? (const char *) data : "",
                                      len, nlvirt_table_get_time (), faults);

  if (result != 0)
    nlvirt_set_faults_error (error, result > 0 ? NLVIRT_ERROR_PARSE : nlvirt_error_code (-result), "data", faults);
  return result == 0;
}

/**
 * nlvirt_table_add_from_data:
 * @self: a table
 * @data: (array length=len) (element-type guint8): the text of a table file
 * @len: the length of @data, in bytes
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds what a text in the format of table files says to the table: its links, addresses,
 * nexthop objects, routes, rules and neighbours.
 *
 * This is for what there are no objects for: every kind of link, and every key that
 * *nlvirt*(5) describes for a row. Links are named that the text has or that the table
 * has. The text may not have the groups `network` and `object`.
 *
 * Each group is asked for as a program would ask for it, so that the kernel's checks and
 * consequences are those of [method@Nlvirt.Table.add_address] and its like, and
 * everybody is told once, at the end. The order is: links, with the addresses in their
 * groups, addresses, nexthops and then groups of them, routes, rules, neighbours; and in
 * each kind that of the text.
 *
 * When the text is wrong, the error is %NLVIRT_ERROR_PARSE, with a line for each
 * fault, and nothing has been done. When a group is refused, the error's message names
 * its line, and the groups before it have been added, and perhaps a part of its own: a link
 * without all of its addresses. As with `ip -batch`, there is no way back.
 *
 * ```c
 * const char *text = "[link eth1]\naddresses=192.0.2.7/24\n"
 *                    "[route internet]\ndestination=default\ngateway=192.0.2.1\n";
 *
 * if (!nlvirt_table_add_from_data (table, (const guint8 *) text, strlen (text), &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Returns: %TRUE if all of it was added
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_add_from_data (NlvirtTable *self, const guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (data != NULL || len == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return change (self, NLV_TABLE_ADD, data, len, error);
}

/**
 * nlvirt_table_replace_from_data:
 * @self: a table
 * @data: (array length=len) (element-type guint8): the text of a table file
 * @len: the length of @data, in bytes
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Changes the table to what a text in the format of table files says.
 *
 * Addresses, nexthops, routes and neighbours take the place of those that are there, or are added.
 * A rule is added, unless there is such a rule. A link has to be there, and gets
 * what its group says: the keys may be `up`, `carrier`, `name`, `mac-address`,
 * `broadcast-address`, `mtu`, `master` (empty for none), `alias`, `tx-queue-length`, `group`,
 * `ipv6-address-generation`, `alt-names` (all that it has from now on) and `addresses`.
 *
 * For all else see [method@Nlvirt.Table.add_from_data].
 *
 * Returns: %TRUE if all of it was done
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_replace_from_data (NlvirtTable *self, const guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (data != NULL || len == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return change (self, NLV_TABLE_REPLACE, data, len, error);
}

/**
 * nlvirt_table_remove_from_data:
 * @self: a table
 * @data: (array length=len) (element-type guint8): the text of a table file
 * @len: the length of @data, in bytes
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Removes what a text in the format of table files says from the table.
 *
 * A row needs no more keys than those it is found by; of several the first one goes. The
 * groups of links and nexthops have no keys. The order is the other way around: neighbours,
 * rules, routes, nexthops, addresses, links.
 *
 * For all else see [method@Nlvirt.Table.add_from_data].
 *
 * Returns: %TRUE if all of it was removed
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_remove_from_data (NlvirtTable *self, const guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (data != NULL || len == 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return change (self, NLV_TABLE_REMOVE, data, len, error);
}

static gboolean
check_name (NlvNetwork *network, const char *name, GError **error)
{
  const char *fault = nlv_link_name_fault (name);

  if (fault != NULL)
    g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, "“%s”: %s", name, fault);
  else if (nlv_network_find_link_by_name (network, name) != NULL)
    g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_EXISTS, "there is a link “%s” already", name);
  else
    return TRUE;
  return FALSE;
}

/**
 * nlvirt_table_add_link:
 * @self: a table
 * @name: the name of the new interface
 * @kind: (nullable): the kind of a virtual interface, such as `bridge`; or %NULL for an Ethernet device
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds an interface, which is switched off.
 *
 * With a kind it is made as `ip link add` makes it, and the errors are the kernel's. Without, it
 * appears as a device does that is plugged in. For kinds that need more to be said, such
 * as `vlan`, see [method@Nlvirt.Table.add_from_data].
 *
 * ```c
 * g_autoptr (NlvirtLink) eth1 = nlvirt_table_add_link (table, "eth1", NULL, &error);
 *
 * if (eth1 == NULL || !nlvirt_link_set_up (eth1, TRUE, &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Returns: (transfer full): the new interface
 *
 * Since: 0.1
 */
NlvirtLink *
nlvirt_table_add_link (NlvirtTable *self, const char *name, const char *kind, GError **error)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  NlvNetwork *network;
  gsize len;
  int result;

  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  network = nlvirt_table_get_network (self);
  if (!check_name (network, name, error))
    return NULL;
  g_key_file_set_string (file, "link new", "name", name);
  g_key_file_set_boolean (file, "link new", "up", FALSE);
  if (kind != NULL)
    g_key_file_set_string (file, "link new", "kind", kind);
  text = g_key_file_to_data (file, &len, NULL);
  result = nlv_table_file_change (network, NLV_TABLE_ADD, text, len, nlvirt_table_get_time (), faults);
  if (result == 0)
    return nlvirt_table_get_link (self, name);
  g_set_error (error, NLVIRT_ERROR, result < 0 ? nlvirt_error_code (-result) : NLVIRT_ERROR_INVALID, "%s: %s", name,
               ((const NlvFault *) g_ptr_array_index (faults, 0))->message);
  return NULL;
}

/**
 * nlvirt_table_remove_link:
 * @self: a table
 * @link: an interface of the table
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Removes an interface, with all that is on it: what `ip link delete` does, and a
 * device without kind goes as if it were pulled out. The loopback interface stays.
 *
 * Returns: %TRUE if it was removed
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_remove_link (NlvirtTable *self, NlvirtLink *link, GError **error)
{
  NlvNetwork *network;
  NlvChange change;
  NlvLink *row;
  int result;

  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_LINK (link), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  network = nlvirt_table_get_network (self);
  row = nlvirt_link_get_table (link) == self ? nlv_network_find_link (network, nlvirt_link_get_index (link)) : NULL;
  if (row == NULL)
    {
      g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_FOUND, "the interface is not in this table");
      return FALSE;
    }
  nlv_change_init (&change, network, nlv_network_tell_time (network, nlvirt_table_get_time ()));
  nlv_network_hold (network);
  result = nlv_link_take_out (&change, row);
  if (result < 0)
    g_set_error (error, NLVIRT_ERROR, nlvirt_error_code (-result), "%s: %s", row->name, g_strerror (-result));
  nlv_network_release (network);
  return result >= 0;
}

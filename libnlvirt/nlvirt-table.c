/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A table is a reference to a network of the model, plus the one handle that
 * each link has at a time. Link handles and list models keep the table alive;
 * the table keeps neither. */
#include "nlvirt-table-private.h"

#include "model/device/consequences.h"
#include "model/file/table-file.h"
#include "nlvirt-error.h"
#include "nlvirt-fault.h"
#include "nlvirt-link.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-table-kernel-private.h"
#include "nlvirt-watch-private.h"

#include <string.h>

/**
 * NlvirtTable:
 *
 * A fake network: links, addresses, routes, rules and neighbours.
 *
 * A table is what the programs of a [class@Nlvirt.Session] are told about the
 * network. It changes nothing about the traffic of these programs, and the
 * network of this machine has no part in it, unless it is recorded from there.
 *
 * Tables are made in the program, read from files in the format that
 * *nlvirt*(5) describes, or recorded with [ctor@Nlvirt.Table.new_from_kernel].
 * What a file does not say is filled in as the kernel would: an address brings
 * its route, and an interface its queue.
 *
 * A table can be changed at any time, by its rows, by the properties of its
 * [class@Nlvirt.Link]s, and by text. Whatever is done has the consequences that it has in the
 * kernel, which also decides what is refused, and every program that listens hears of it. Who has
 * the table hears too: its lists are live, and tell by [signal@Gio.ListModel::items-changed], links
 * notify of their properties, and [signal@Nlvirt.Table::changed] ends each change.
 *
 * A table may serve many sessions. It is not thread-safe: use it in the thread
 * that runs the main context of the supervisor it is used with.
 *
 * ```c
 * g_autoptr (GError) error = NULL;
 * g_autoptr (NlvirtTable) table = nlvirt_table_new_from_file ("home.nlvirt", &error);
 * g_autoptr (NlvirtLink) eth0 = table != NULL ? nlvirt_table_get_link (table, "eth0") : NULL;
 *
 * if (eth0 == NULL || !nlvirt_link_set_up (eth0, FALSE, &error))
 *   g_printerr ("%s\n", error != NULL ? error->message : "there is no eth0");
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtTable
{
  GObject parent_instance;

  NlvNetwork *network; /* (owned) */
  NlvirtWatch *watch;  /* (owned) */
  GHashTable *links;   /* (element-type guint32 NlvirtLink) (owned): handles, not owned */
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NlvirtTable, nlvirt_table, G_TYPE_OBJECT)

static void
nlvirt_table_finalize (GObject *object)
{
  NlvirtTable *self = NLVIRT_TABLE (object);

  nlvirt_watch_free (self->watch);
  g_hash_table_unref (self->links);
  nlv_network_unref (self->network);
  G_OBJECT_CLASS (nlvirt_table_parent_class)->finalize (object);
}

static void
nlvirt_table_class_init (NlvirtTableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nlvirt_table_finalize;

  /**
   * NlvirtTable::changed:
   * @self: the table
   *
   * Something in the table has changed.
   *
   * When the application itself changes the table, the signal comes before the
   * call returns, once for each call; before it the lists have said which rows are new, and the
   * links have notified of their properties. When a program of a session changes it, or
   * a lifetime ends, it comes from an iteration of the main context that was the thread's
   * default when the table was made. A handler may change the table.
   *
   * Since: 0.1
   */
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", NLVIRT_TYPE_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

guint64
nlvirt_table_get_time (void)
{
  return (guint64) g_get_monotonic_time () / NLVIRT_TABLE_TICK;
}

static void
tell_links (NlvirtTable *self)
{
  g_autoptr (GPtrArray) links = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter at;
  gpointer link;

  g_hash_table_iter_init (&at, self->links);
  while (g_hash_table_iter_next (&at, NULL, &link))
    g_ptr_array_add (links, g_object_ref (link));
  for (guint i = 0; i < links->len; i++)
    nlvirt_link_tell (g_ptr_array_index (links, i));
}

static void
settled (gpointer owner)
{
  g_autoptr (NlvirtTable) self = g_object_ref (owner);

  tell_links (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

gboolean
nlvirt_table_is_heard (NlvirtTable *self)
{
  return nlvirt_watch_has_lists (self->watch) || g_hash_table_size (self->links) > 0 ||
         g_signal_has_handler_pending (self, signals[SIGNAL_CHANGED], 0, FALSE);
}

void
nlvirt_table_settle (NlvirtTable *self)
{
  NlvNetwork *network = self->network;

  nlv_network_hold (network);
  nlv_network_release (network);
}

static void
set_network (NlvirtTable *self, NlvNetwork *network)
{
  g_clear_pointer (&self->watch, nlvirt_watch_free);
  g_clear_pointer (&self->network, nlv_network_unref);
  self->network = network;
  self->watch = nlvirt_watch_new (network, settled, self);
}

static void
nlvirt_table_init (NlvirtTable *self)
{
  set_network (self, nlv_network_new ());
  self->links = g_hash_table_new (NULL, NULL);
}

static NlvirtTable *
new_for_network (NlvNetwork *network)
{
  NlvirtTable *self = g_object_new (NLVIRT_TYPE_TABLE, NULL);

  set_network (self, network);
  return self;
}

NlvNetwork *
nlvirt_table_get_network (NlvirtTable *self)
{
  return self->network;
}

NlvirtLink *
nlvirt_table_get_link_by_index (NlvirtTable *self, guint32 index)
{
  NlvirtLink *link = g_hash_table_lookup (self->links, GUINT_TO_POINTER (index));
  const NlvLink *row;

  if (link != NULL)
    return g_object_ref (link);
  row = nlv_network_find_link (self->network, index);
  if (row == NULL)
    return NULL;
  link = nlvirt_link_new_for_row (self, row);
  g_hash_table_insert (self->links, GUINT_TO_POINTER (index), link);
  return link;
}

void
nlvirt_table_add_list (NlvirtTable *self, NlvirtRows *list)
{
  nlvirt_watch_add_list (self->watch, list);
}

void
nlvirt_table_remove_list (NlvirtTable *self, NlvirtRows *list)
{
  nlvirt_watch_remove_list (self->watch, list);
}

void
nlvirt_table_forget_link (NlvirtTable *self, guint32 index)
{
  g_hash_table_remove (self->links, GUINT_TO_POINTER (index));
}

/**
 * nlvirt_table_new:
 *
 * Makes a table with nothing in it, not even a loopback interface.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_table_new (void)
{
  return g_object_new (NLVIRT_TYPE_TABLE, NULL);
}

/**
 * nlvirt_table_new_loopback:
 *
 * Makes a table of a machine that has no network: the loopback interface is
 * up and has its addresses 127.0.0.1/8 and ::1/128, with the routes and rules
 * that follow from them.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_table_new_loopback (void)
{
  return new_for_network (nlv_network_new_loopback ());
}

static GPtrArray *
new_faults (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
}

static NlvirtTable *
new_from_text (const char *path, const char *text, gsize len, GError **error)
{
  g_autoptr (GPtrArray) faults = new_faults ();
  NlvNetwork *network = nlv_table_file_parse (text, len, faults);

  if (network != NULL)
    return new_for_network (network);
  nlvirt_set_faults_error (error, NLVIRT_ERROR_PARSE, path, faults);
  return NULL;
}

/**
 * nlvirt_table_new_from_file: (constructor)
 * @path: (type filename): a table file
 * @error: return location for a [error@Nlvirt.Error] or [error@GLib.FileError]
 *
 * Reads a table from a file.
 *
 * Where the file is wrong, the error is %NLVIRT_ERROR_PARSE, and its message
 * has one line for each fault in the file. [func@Nlvirt.Table.check] gives the
 * same as objects.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_table_new_from_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize len;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  if (!g_file_get_contents (path, &text, &len, error))
    return NULL;
  return new_from_text (path, text, len, error);
}

/**
 * nlvirt_table_new_from_data: (constructor)
 * @data: (array length=len) (element-type guint8): the text of a table file
 * @len: the length of @data, in bytes
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Reads a table from the text of a table file. In the message of an error the
 * file's name is `data`.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_table_new_from_data (const guint8 *data, gsize len, GError **error)
{
  g_return_val_if_fail (data != NULL || len == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  return new_from_text ("data", data != NULL ? (const char *) data : "", len, error);
}

/**
 * nlvirt_table_new_from_kernel: (constructor)
 * @error: return location for a [error@Gio.IOErrorEnum]
 *
 * Records the network of this machine, as the kernel tells a process without
 * privileges of the network namespace of the calling thread.
 *
 * What the kernel has told is kept to the byte: attributes that the library has
 * no name for are kept as they are. A program that asks the table gets what it
 * would have got from the kernel at this moment; *nlvirt*(1) says what is not
 * recorded, and counters stand still. Addresses and routes run out as they
 * would have, from the first question on.
 *
 * The table has the addresses of this machine and of its neighbours in it: think
 * of that before you give it away.
 *
 * This makes system calls and waits for their answers, some ten milliseconds for
 * an ordinary machine. It runs no main context, so it may be called in any
 * thread, and the table be used there. When the network changes meanwhile, it
 * starts anew, up to ten times, and then takes what there is.
 *
 * It fails if the thread may not open a netlink socket, if the kernel does not
 * tell of links, addresses and IPv4 routes, or if memory or file descriptors
 * are short; the code is that of `g_io_error_from_errno()` for the error
 * of the system call. What else a kernel may be built without is just not there.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_table_new_from_kernel (GError **error)
{
  NlvNetwork *network;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  network = nlvirt_record_kernel (error);
  return network != NULL ? new_for_network (network) : NULL;
}

/**
 * nlvirt_table_check:
 * @path: (type filename): a table file
 * @error: return location for a [error@GLib.FileError]
 *
 * Looks for everything that is wrong with a table file.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Fault], in the order of
 *   lines; empty if the file can be used
 *
 * Since: 0.1
 */
GListModel *
nlvirt_table_check (const char *path, GError **error)
{
  g_autoptr (GPtrArray) faults = NULL;
  g_autofree char *text = NULL;
  NlvNetwork *network;
  gsize len;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);
  if (!g_file_get_contents (path, &text, &len, error))
    return NULL;
  faults = new_faults ();
  network = nlv_table_file_parse (text, len, faults);
  g_clear_pointer (&network, nlv_network_unref);
  return nlvirt_fault_list_new (path, faults);
}

/**
 * nlvirt_table_save:
 * @self: a table
 * @path: (type filename): the file to write
 * @error: return location for a [error@GLib.FileError]
 *
 * Writes the table to a file, which is replaced as a whole or not at all.
 *
 * Returns: %TRUE if the file was written
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_save (NlvirtTable *self, const char *path, GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  text = nlv_table_file_format (self->network);
  return g_file_set_contents (path, text, -1, error);
}

/**
 * nlvirt_table_to_data:
 * @self: a table
 *
 * The table as the text of a table file.
 *
 * Returns: (transfer full): the text, in UTF-8
 *
 * Since: 0.1
 */
GBytes *
nlvirt_table_to_data (NlvirtTable *self)
{
  char *text;

  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  text = nlv_table_file_format (self->network);
  return g_bytes_new_take (text, strlen (text));
}

/**
 * nlvirt_table_copy:
 * @self: a table
 *
 * Makes a second table that is like the first, and knows nothing of it.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_table_copy (NlvirtTable *self)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  return new_for_network (nlv_network_copy (self->network));
}

/**
 * nlvirt_table_get_links:
 * @self: a table
 *
 * The network interfaces, by their index.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Link]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_table_get_links (NlvirtTable *self)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  return nlvirt_rows_new (self, NLV_ROW_LINK);
}

/**
 * nlvirt_table_get_addresses:
 * @self: a table
 *
 * The addresses of the interfaces. Its objects are made as they are asked for.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Address]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_table_get_addresses (NlvirtTable *self)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  return nlvirt_rows_new (self, NLV_ROW_ADDRESS);
}

/**
 * nlvirt_table_get_routes:
 * @self: a table
 *
 * The routes of all routing tables, those of IPv4 first. Its objects are made
 * as they are asked for; a walk from the first to the last is cheap, even
 * through a million.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Route]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_table_get_routes (NlvirtTable *self)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  return nlvirt_rows_new (self, NLV_ROW_ROUTE);
}

/**
 * nlvirt_table_get_rules:
 * @self: a table
 *
 * The rules that choose among the routing tables, in the order in which they
 * are asked. Its objects are made as they are asked for.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Rule]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_table_get_rules (NlvirtTable *self)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  return nlvirt_rows_new (self, NLV_ROW_RULE);
}

/**
 * nlvirt_table_get_neighbors:
 * @self: a table
 *
 * The machines that are known on the links. Its objects are made as they are
 * asked for.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Neighbor]
 *
 * Since: 0.1
 */
GListModel *
nlvirt_table_get_neighbors (NlvirtTable *self)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  return nlvirt_rows_new (self, NLV_ROW_NEIGHBOR);
}

/**
 * nlvirt_table_get_link:
 * @self: a table
 * @name: the name of an interface, or one of its alternative names
 *
 * Looks for a network interface.
 *
 * Returns: (transfer full) (nullable): the interface, or %NULL if there is
 *   none of that name
 *
 * Since: 0.1
 */
NlvirtLink *
nlvirt_table_get_link (NlvirtTable *self, const char *name)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_TABLE (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);
  row = nlv_network_find_link_by_name (self->network, name);
  return row != NULL ? nlvirt_table_get_link_by_index (self, row->index) : NULL;
}

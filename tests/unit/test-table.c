/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* NlvirtTable, its rows and its files. */
#include <nlvirt.h>

#include <glib/gstdio.h>
#include <string.h>

static NlvirtTable *
table_from_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  NlvirtTable *table = nlvirt_table_new_from_data ((const guint8 *) text, strlen (text), &error);

  g_assert_no_error (error);
  return table;
}

static void
assert_rows (GListModel *owned, GType type, const char *const *lines)
{
  g_autoptr (GListModel) rows = owned;
  guint n = g_list_model_get_n_items (rows);
  guint wanted = g_strv_length ((char **) lines);

  g_assert_true (g_list_model_get_item_type (rows) == type);
  for (guint i = 0; i < MIN (n, wanted); i++)
    {
      g_autoptr (GObject) row = g_list_model_get_item (rows, i);
      g_autofree char *line = type == NLVIRT_TYPE_LINK      ? nlvirt_link_to_string (NLVIRT_LINK (row))
                              : type == NLVIRT_TYPE_ADDRESS ? nlvirt_address_to_string (NLVIRT_ADDRESS (row))
                              : type == NLVIRT_TYPE_ROUTE   ? nlvirt_route_to_string (NLVIRT_ROUTE (row))
                                                            : nlvirt_neighbor_to_string (NLVIRT_NEIGHBOR (row));

      g_assert_cmpstr (line, ==, lines[i]);
    }
  g_assert_cmpuint (n, ==, wanted);
  g_assert_null (g_list_model_get_item (rows, n));
}

static void
test_empty (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (NlvirtTable) table = nlvirt_table_new ();

  assert_rows (nlvirt_table_get_links (table), NLVIRT_TYPE_LINK, none);
  assert_rows (nlvirt_table_get_addresses (table), NLVIRT_TYPE_ADDRESS, none);
  assert_rows (nlvirt_table_get_routes (table), NLVIRT_TYPE_ROUTE, none);
  assert_rows (nlvirt_table_get_neighbors (table), NLVIRT_TYPE_NEIGHBOR, none);
  g_assert_null (nlvirt_table_get_link (table, "lo"));
}

static void
test_loopback (void)
{
  static const char *const routes[] = {
    "local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1",
    "local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1",
    "broadcast 127.255.255.255 dev lo table local proto kernel scope link src 127.0.0.1",
    "local ::1 dev lo table local proto kernel metric 0 pref medium",
    NULL,
  };
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtLink) lo = nlvirt_table_get_link (table, "lo");
  g_autoptr (NlvirtLink) again = nlvirt_table_get_link (table, "lo");
  g_autoptr (NlvirtLink) master = nlvirt_link_get_master (lo);
  g_autofree char *mac = nlvirt_link_get_mac_address (lo);

  g_assert_true (lo == again);
  g_assert_null (master);
  g_assert_cmpstr (mac, ==, "00:00:00:00:00:00");
  g_assert_cmpuint (nlvirt_link_get_index (lo), ==, 1);
  g_assert_cmpuint (nlvirt_link_get_mtu (lo), ==, 65536);
  g_assert_true (nlvirt_link_get_up (lo));
  g_assert_true (nlvirt_link_get_running (lo));
  g_assert_cmpint (nlvirt_link_get_operational_state (lo), ==, NLVIRT_OPERATIONAL_STATE_UNKNOWN);
  assert_rows (nlvirt_table_get_routes (table), NLVIRT_TYPE_ROUTE, routes);
}

/* A handle outlives what the application had it from. */
static void
test_link_keeps_table (void)
{
  NlvirtTable *table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtLink) lo = nlvirt_table_get_link (table, "lo");

  g_object_unref (table);
  g_assert_cmpstr (nlvirt_link_get_name (lo), ==, "lo");
  g_assert_nonnull (nlvirt_link_get_table (lo));
}

#define HOME                                                                                                           \
  "[link eth0]\nmac-address=02:00:00:00:00:01\naddresses=192.0.2.10/24;2001:db8::10/64\n"                              \
  "[route default]\ndestination=default\ngateway=192.0.2.1\n"                                                          \
  "[neighbor gateway]\naddress=192.0.2.1\ndevice=eth0\nmac-address=02:00:00:00:00:02\n"

static void
test_addresses (void)
{
  g_autoptr (NlvirtTable) table = table_from_text (HOME);
  g_autoptr (GListModel) addresses = nlvirt_table_get_addresses (table);
  gboolean found = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (addresses); i++)
    {
      g_autoptr (NlvirtAddress) row = g_list_model_get_item (addresses, i);
      g_autoptr (GInetAddress) address = nlvirt_address_get_address (row);
      g_autoptr (GInetAddress) broadcast = nlvirt_address_get_broadcast (row);
      g_autoptr (GInetAddress) peer = nlvirt_address_get_peer (row);
      g_autofree char *text = g_inet_address_to_string (address);
      g_autofree char *broadcast_text = NULL;

      if (strcmp (text, "192.0.2.10") != 0)
        continue;
      found = TRUE;
      broadcast_text = g_inet_address_to_string (broadcast);
      g_assert_cmpstr (broadcast_text, ==, "192.0.2.255");
      g_assert_null (peer);
      g_assert_cmpuint (nlvirt_address_get_prefix_length (row), ==, 24);
      g_assert_cmpint (nlvirt_address_get_family (row), ==, G_SOCKET_FAMILY_IPV4);
      g_assert_cmpstr (nlvirt_address_get_link_name (row), ==, "eth0");
      g_assert_cmpuint (nlvirt_address_get_valid_lifetime (row), ==, G_MAXUINT);
    }
  g_assert_true (found);
}

static void
test_default_route (void)
{
  g_autoptr (NlvirtTable) table = table_from_text (HOME);
  g_autoptr (GListModel) routes = nlvirt_table_get_routes (table);
  guint n_found = 0;

  for (guint i = 0; i < g_list_model_get_n_items (routes); i++)
    {
      g_autoptr (NlvirtRoute) row = g_list_model_get_item (routes, i);
      g_autoptr (GInetAddressMask) destination = nlvirt_route_get_destination (row);
      g_autoptr (GInetAddress) gateway = nlvirt_route_get_gateway (row);
      g_autoptr (GListModel) nexthops = nlvirt_route_get_nexthops (row);
      g_autofree char *text = NULL;

      if (g_inet_address_mask_get_length (destination) != 0)
        continue;
      n_found++;
      text = g_inet_address_to_string (gateway);
      g_assert_cmpstr (text, ==, "192.0.2.1");
      g_assert_cmpstr (nlvirt_route_get_link_name (row), ==, "eth0");
      g_assert_cmpint (nlvirt_route_get_route_type (row), ==, NLVIRT_ROUTE_TYPE_UNICAST);
      g_assert_cmpuint (nlvirt_route_get_table_id (row), ==, 254);
      g_assert_cmpuint (g_list_model_get_n_items (nexthops), ==, 1);
    }
  g_assert_cmpuint (n_found, ==, 1);
}

static void
test_neighbors (void)
{
  static const char *const lines[] = { "192.0.2.1 dev eth0 lladdr 02:00:00:00:00:02 PERMANENT", NULL };
  g_autoptr (NlvirtTable) table = table_from_text (HOME);

  assert_rows (nlvirt_table_get_neighbors (table), NLVIRT_TYPE_NEIGHBOR, lines);
}

/* Positions are found from either end and from the middle. */
static void
test_many_routes (void)
{
  enum
  {
    N_ROUTES = 3000
  };
  g_autoptr (GString) text = g_string_new ("[link eth0]\nmac-address=02:00:00:00:00:01\naddresses=192.0.2.10/24\n");
  g_autoptr (NlvirtTable) table = NULL;
  g_autoptr (GListModel) forward = NULL, random = NULL;
  guint n;

  for (guint i = 0; i < N_ROUTES; i++)
    g_string_append_printf (text, "[route %u]\ndestination=10.%u.%u.0/24\ngateway=192.0.2.1\n", i, i / 256, i % 256);
  table = table_from_text (text->str);
  forward = nlvirt_table_get_routes (table);
  random = nlvirt_table_get_routes (table);
  n = g_list_model_get_n_items (forward);
  g_assert_cmpuint (n, >, N_ROUTES);
  for (guint i = 0; i < n; i++)
    {
      guint position = (guint64) i * 1999 % n;
      g_autoptr (NlvirtRoute) a = g_list_model_get_item (forward, i);
      g_autoptr (NlvirtRoute) b = g_list_model_get_item (random, i);
      g_autoptr (NlvirtRoute) elsewhere = g_list_model_get_item (random, position);
      g_autofree char *a_text = nlvirt_route_to_string (a);
      g_autofree char *b_text = nlvirt_route_to_string (b);

      g_assert_nonnull (elsewhere);
      g_assert_cmpstr (a_text, ==, b_text);
    }
}

static void
test_copy_and_save (void)
{
  g_autoptr (NlvirtTable) table = table_from_text (HOME);
  g_autoptr (NlvirtTable) copy = nlvirt_table_copy (table);
  g_autoptr (NlvirtTable) read = NULL;
  g_autoptr (GBytes) text = nlvirt_table_to_data (table);
  g_autoptr (GBytes) copy_text = nlvirt_table_to_data (copy);
  g_autoptr (GBytes) read_text = NULL;
  g_autofree char *dir = g_dir_make_tmp ("nlvirt-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "home.nlvirt", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_bytes_equal (text, copy_text));
  g_assert_true (nlvirt_table_save (table, path, &error));
  g_assert_no_error (error);
  read = nlvirt_table_new_from_file (path, &error);
  g_assert_no_error (error);
  read_text = nlvirt_table_to_data (read);
  g_assert_true (g_bytes_equal (text, read_text));
  g_unlink (path);
  g_rmdir (dir);
}

static void
test_faults (void)
{
  g_autofree char *dir = g_dir_make_tmp ("nlvirt-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "wrong.nlvirt", NULL);
  g_autofree char *first = NULL;
  g_autofree char *start = NULL;
  g_autoptr (NlvirtFault) fault = NULL;
  g_autoptr (NlvirtTable) table = NULL;
  g_autoptr (GListModel) faults = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "[link eth0]\nmac-address=zz\nmtu=many\n", -1, NULL));
  faults = nlvirt_table_check (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (faults), ==, 2);
  fault = g_list_model_get_item (faults, 0);
  g_assert_cmpuint (nlvirt_fault_get_line (fault), ==, 2);
  g_assert_cmpstr (nlvirt_fault_get_group (fault), ==, "link eth0");
  g_assert_cmpstr (nlvirt_fault_get_key (fault), ==, "mac-address");
  g_assert_cmpstr (nlvirt_fault_get_path (fault), ==, path);
  first = nlvirt_fault_to_string (fault);
  start = g_strdup_printf ("%s:2: [link eth0] mac-address: ", path);
  g_assert_true (g_str_has_prefix (first, start));

  table = nlvirt_table_new_from_file (path, &error);
  g_assert_null (table);
  g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_PARSE);
  g_assert_true (g_str_has_prefix (error->message, first));
  g_assert_nonnull (strstr (error->message, ":3: [link eth0] mtu: "));
  g_unlink (path);
  g_rmdir (dir);
}

static void
test_no_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (nlvirt_table_new_from_file ("/nonexistent/x.nlvirt", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (nlvirt_table_check ("/nonexistent/x.nlvirt", &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table/empty", test_empty);
  g_test_add_func ("/table/loopback", test_loopback);
  g_test_add_func ("/table/link-keeps-table", test_link_keeps_table);
  g_test_add_func ("/table/addresses", test_addresses);
  g_test_add_func ("/table/default-route", test_default_route);
  g_test_add_func ("/table/neighbors", test_neighbors);
  g_test_add_func ("/table/many-routes", test_many_routes);
  g_test_add_func ("/table/copy-and-save", test_copy_and_save);
  g_test_add_func ("/table/faults", test_faults);
  g_test_add_func ("/table/no-file", test_no_file);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an application hears of a table that it changes, and what it cannot
 * do to one. */
#include <nlvirt.h>

#include <string.h>

#define HOME                                                                                                           \
  "[link eth0]\nmac-address=02:00:00:00:00:01\naddresses=192.0.2.10/24\n"                                              \
  "[link eth1]\nmac-address=02:00:00:00:00:02\n[link br0]\nkind=bridge\n"                                              \
  "[route default]\ndestination=default\ngateway=192.0.2.1\n"

static NlvirtTable *
home (void)
{
  g_autoptr (GError) error = NULL;
  NlvirtTable *table = nlvirt_table_new_from_data ((const guint8 *) HOME, strlen (HOME), &error);

  g_assert_no_error (error);
  return table;
}

static NlvirtAddress *
address_of (const char *link, const char *text, guint length)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return nlvirt_address_new (link, address, length);
}

static NlvirtRoute *
route_of (const char *destination, const char *gateway, const char *link)
{
  g_autoptr (GInetAddressMask) mask = g_inet_address_mask_new_from_string (destination, NULL);
  g_autoptr (GInetAddress) address = gateway != NULL ? g_inet_address_new_from_string (gateway) : NULL;

  return nlvirt_route_new (mask, address, link);
}

static gboolean
change_text (NlvirtTable *table, gboolean (*change) (NlvirtTable *, const guint8 *, gsize, GError **), const char *text,
             GError **error)
{
  return change (table, (const guint8 *) text, strlen (text), error);
}

static char *
table_text (NlvirtTable *table)
{
  g_autoptr (GBytes) data = nlvirt_table_to_data (table);

  return g_strndup (g_bytes_get_data (data, NULL), g_bytes_get_size (data));
}

/* Counts what was told. */
static void
count (gpointer count)
{
  ++*(guint *) count;
}

static void
assert_error (GError **error, int code, const char *words)
{
  g_assert_error (*error, NLVIRT_ERROR, code);
  if (strstr ((*error)->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, (*error)->message);
  g_clear_error (error);
}

/* --- lists -------------------------------------------------------------------------- */

/* What a view has of a list that it has read once, and has been told of since. */
typedef struct
{
  GListModel *model; /* (owned) */
  GPtrArray *lines;  /* (element-type utf8) (owned) */
} Shadow;

static char *
line_at (GListModel *model, guint position)
{
  g_autoptr (GObject) row = g_list_model_get_item (model, position);

  g_assert_nonnull (row);
  if (NLVIRT_IS_LINK (row))
    return g_strdup_printf ("%u", nlvirt_link_get_index (NLVIRT_LINK (row)));
  if (NLVIRT_IS_ADDRESS (row))
    return nlvirt_address_to_string (NLVIRT_ADDRESS (row));
  if (NLVIRT_IS_ROUTE (row))
    return nlvirt_route_to_string (NLVIRT_ROUTE (row));
  if (NLVIRT_IS_RULE (row))
    return nlvirt_rule_to_string (NLVIRT_RULE (row));
  return nlvirt_neighbor_to_string (NLVIRT_NEIGHBOR (row));
}

static void
on_items_changed (GListModel *model, guint position, guint n_removed, guint n_added, gpointer user_data)
{
  Shadow *shadow = user_data;

  g_assert_cmpuint (position + n_removed, <=, shadow->lines->len);
  g_assert_cmpuint (n_removed + n_added, >, 0);
  for (guint i = 0; i < n_removed; i++)
    g_ptr_array_remove_index (shadow->lines, position);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (shadow->lines, (gint) (position + i), line_at (model, position + i));
  g_assert_cmpuint (shadow->lines->len, ==, g_list_model_get_n_items (model));
}

static void
shadow_begin (Shadow *shadow, GListModel *model)
{
  shadow->model = model;
  shadow->lines = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (shadow->lines, line_at (model, i));
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed), shadow);
}

static void
shadow_check (const Shadow *shadow)
{
  g_assert_cmpuint (shadow->lines->len, ==, g_list_model_get_n_items (shadow->model));
  for (guint i = 0; i < shadow->lines->len; i++)
    {
      g_autofree char *line = line_at (shadow->model, i);

      g_assert_cmpstr (line, ==, g_ptr_array_index (shadow->lines, i));
    }
}

static void
shadow_end (Shadow *shadow)
{
  g_signal_handlers_disconnect_by_data (shadow->model, shadow);
  g_object_unref (shadow->model);
  g_ptr_array_unref (shadow->lines);
}

/* Something, whether it can be done or not. */
static void
change_anything (NlvirtTable *table, GRand *random)
{
  static const char *const links[] = { "eth0", "eth1", "br0", "eth2", "veth0" };
  const char *link = links[g_rand_int_range (random, 0, G_N_ELEMENTS (links))];
  g_autoptr (NlvirtLink) handle = nlvirt_table_get_link (table, link);
  guint number = (guint) g_rand_int_range (random, 0, 6);
  g_autofree char *text = NULL;
  gboolean add = g_rand_boolean (random);

  switch (g_rand_int_range (random, 0, 9))
    {
      case 0:
        if (handle != NULL)
          nlvirt_link_set_up (handle, g_rand_boolean (random), NULL);
        return;
      case 1:
        if (handle != NULL)
          nlvirt_link_set_carrier (handle, g_rand_boolean (random), NULL);
        return;
      case 2:
        text = g_strdup_printf ("[link eth2]\n");
        break;
      case 3:
        text = add ? g_strdup ("[link veth0]\nkind=veth\nlink=veth1\n[link veth1]\nkind=veth\nlink=veth0\n")
                   : g_strdup ("[link veth0]\n");
        break;
      case 4:
      case 5:
        text = g_strdup_printf ("[address a]\ndevice=%s\naddress=10.%u.0.%u/16\n", link, number / 3, number + 1);
        break;
      case 6:
        text = g_strdup_printf ("[route a]\ndestination=198.51.%u.0/24\ndevice=%s\n", number, link);
        break;
      case 7:
        text = g_strdup_printf ("[rule a]\nfrom=10.%u.0.0/16\ntable=%u\n", number, 100 + number);
        break;
      default:
        text = g_strdup_printf ("[neighbor a]\ndevice=%s\naddress=10.0.0.%u\nmac-address=02:00:00:00:01:%02x\n", link,
                                100 + number, number);
        break;
    }
  change_text (table, add ? nlvirt_table_add_from_data : nlvirt_table_remove_from_data, text, NULL);
}

static void
test_lists (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  Shadow shadows[5];

  shadow_begin (&shadows[0], nlvirt_table_get_links (table));
  shadow_begin (&shadows[1], nlvirt_table_get_addresses (table));
  shadow_begin (&shadows[2], nlvirt_table_get_routes (table));
  shadow_begin (&shadows[3], nlvirt_table_get_rules (table));
  shadow_begin (&shadows[4], nlvirt_table_get_neighbors (table));
  for (guint i = 0; i < 600; i++)
    {
      change_anything (table, random);
      /* A line has the names of links and flags of theirs, of which a list does not tell. */
      shadow_check (&shadows[0]);
      shadow_check (&shadows[3]);
      for (guint j = 0; j < G_N_ELEMENTS (shadows); j++)
        g_assert_cmpuint (shadows[j].lines->len, ==, g_list_model_get_n_items (shadows[j].model));
    }
  shadow_check (&shadows[1]);
  for (guint j = 0; j < G_N_ELEMENTS (shadows); j++)
    shadow_end (&shadows[j]);
}

/* The span is as small as one span can be. */
static void
on_span (GListModel *model, guint position, guint n_removed, guint n_added, gpointer user_data)
{
  guint *span = user_data;

  span[0]++;
  span[1] = position;
  span[2] = n_removed;
  span[3] = n_added;
}

static void
test_span (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (GListModel) addresses = nlvirt_table_get_addresses (table);
  g_autoptr (NlvirtAddress) address = address_of ("eth0", "192.0.2.11", 24);
  guint n = g_list_model_get_n_items (addresses);
  g_autoptr (GError) error = NULL;
  guint span[4] = { 0 };

  g_signal_connect (addresses, "items-changed", G_CALLBACK (on_span), span);
  g_assert_true (nlvirt_table_add_address (table, address, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (span[0], ==, 1);
  g_assert_cmpuint (span[2], ==, 0);
  g_assert_cmpuint (span[3], ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (addresses), ==, n + 1);
  g_assert_false (nlvirt_table_add_address (table, address, &error));
  assert_error (&error, NLVIRT_ERROR_EXISTS, "File exists");
  g_assert_cmpuint (span[0], ==, 1);
  g_assert_true (nlvirt_table_remove_address (table, address, &error));
  g_assert_cmpuint (span[0], ==, 2);
  g_assert_cmpuint (span[2], ==, 1);
  g_assert_cmpuint (span[3], ==, 0);
}

/* --- links -------------------------------------------------------------------------- */

static void
on_notify (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", pspec->name);
}

static void
test_notify (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (NlvirtLink) link = nlvirt_table_get_link (table, "eth1");
  g_autoptr (NlvirtLink) bridge = nlvirt_table_get_link (table, "br0");
  g_autoptr (NlvirtLink) master = NULL;
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_signal_connect (link, "notify", G_CALLBACK (on_notify), told);
  g_signal_connect_swapped (table, "changed", G_CALLBACK (count), &n);
  g_assert_true (nlvirt_link_set_mtu (link, 1400, &error));
  g_assert_cmpstr (told->str, ==, "mtu ");
  g_assert_cmpuint (n, ==, 1);
  g_string_truncate (told, 0);
  g_assert_true (nlvirt_link_set_mtu (link, 1400, &error));
  g_assert_cmpstr (told->str, ==, "");
  g_assert_true (nlvirt_link_set_up (link, FALSE, &error));
  g_assert_nonnull (strstr (told->str, "flags "));
  g_assert_nonnull (strstr (told->str, "up "));
  g_assert_nonnull (strstr (told->str, "running "));
  g_assert_nonnull (strstr (told->str, "operational-state "));
  g_string_truncate (told, 0);
  g_object_set (link, "up", TRUE, "name", "lan", NULL);
  g_assert_true (nlvirt_link_get_up (link));
  g_assert_cmpstr (nlvirt_link_get_name (link), ==, "lan");
  g_assert_nonnull (strstr (told->str, "name "));
  g_string_truncate (told, 0);
  g_assert_true (nlvirt_link_set_master (link, bridge, &error));
  g_assert_nonnull (strstr (told->str, "master "));
  master = nlvirt_link_get_master (link);
  g_assert_true (master == bridge);
}

static void
test_links (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (NlvirtTable) other = home ();
  g_autoptr (NlvirtLink) lo = nlvirt_table_get_link (table, "lo");
  g_autoptr (NlvirtLink) link = NULL, dummy = NULL, eth0 = NULL;
  g_autoptr (NlvirtAddress) address = address_of ("eth5", "10.0.0.1", 8);
  g_autoptr (GListModel) routes = nlvirt_table_get_routes (table);
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  guint n;

  link = nlvirt_table_add_link (table, "eth5", NULL, &error);
  g_assert_no_error (error);
  g_assert_false (nlvirt_link_get_up (link));
  g_assert_null (nlvirt_link_get_kind (link));
  n = g_list_model_get_n_items (routes);
  g_assert_true (nlvirt_table_add_address (table, address, &error));
  g_assert_true (nlvirt_link_set_up (link, TRUE, &error));
  g_assert_true (nlvirt_link_get_running (link));
  g_assert_cmpint (nlvirt_link_get_operational_state (link), ==, NLVIRT_OPERATIONAL_STATE_UP);
  g_assert_cmpuint (g_list_model_get_n_items (routes), >, n + 1);
  dummy = nlvirt_table_add_link (table, "br1", "bridge", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (nlvirt_link_get_kind (dummy), ==, "bridge");

  g_assert_null (nlvirt_table_add_link (table, "eth5", NULL, &error));
  assert_error (&error, NLVIRT_ERROR_EXISTS, "eth5");
  g_assert_null (nlvirt_table_add_link (table, "a/b", NULL, &error));
  assert_error (&error, NLVIRT_ERROR_INVALID, "a/b");
  g_assert_null (nlvirt_table_add_link (table, "", NULL, &error));
  assert_error (&error, NLVIRT_ERROR_INVALID, "expected a name");
  g_assert_null (nlvirt_table_add_link (table, "x", "nonsense\n[link y]", &error));
  assert_error (&error, NLVIRT_ERROR_NOT_SUPPORTED, "x: Operation not supported: Unknown device type");
  g_assert_false (nlvirt_table_remove_link (table, lo, &error));
  assert_error (&error, NLVIRT_ERROR_NOT_SUPPORTED, "lo: ");
  g_assert_false (nlvirt_table_remove_link (other, link, &error));
  assert_error (&error, NLVIRT_ERROR_NOT_FOUND, "not in this table");

  /* A handle of what is gone, also when its number is another's. */
  g_signal_connect (link, "notify", G_CALLBACK (on_notify), told);
  g_assert_true (nlvirt_table_remove_link (table, link, &error));
  g_assert_nonnull (strstr (told->str, "name "));
  g_assert_null (nlvirt_link_get_name (link));
  g_assert_false (nlvirt_link_get_up (link));
  g_assert_false (nlvirt_link_set_up (link, TRUE, &error));
  assert_error (&error, NLVIRT_ERROR_NOT_FOUND, "no longer");
  g_assert_false (nlvirt_link_set_carrier (link, TRUE, &error));
  assert_error (&error, NLVIRT_ERROR_NOT_FOUND, "no longer");
  g_assert_false (nlvirt_table_remove_link (table, link, &error));
  assert_error (&error, NLVIRT_ERROR_NOT_FOUND, "not in this table");
  g_assert_cmpuint (g_list_model_get_n_items (routes), ==, n);
  eth0 = nlvirt_table_get_link (table, "eth0");
  g_assert_false (nlvirt_link_set_name (eth0, "eth1", &error));
  assert_error (&error, NLVIRT_ERROR_EXISTS, "File exists");
  g_assert_false (nlvirt_link_set_mac_address (eth0, "02:zz", &error));
  assert_error (&error, NLVIRT_ERROR_INVALID, "02:zz");
  g_assert_false (nlvirt_link_set_mtu (eth0, 1, &error));
  assert_error (&error, NLVIRT_ERROR_INVALID, "eth0: Invalid argument: mtu less than device minimum");
}

/* --- rows that cannot be ---------------------------------------------------------------- */

static void
refuse_address (NlvirtTable *table, NlvirtAddress *owned, int code, const char *words)
{
  g_autoptr (NlvirtAddress) address = owned;
  g_autoptr (GError) error = NULL;

  g_assert_false (nlvirt_table_add_address (table, address, &error));
  assert_error (&error, code, words);
}

static void
refuse_route (NlvirtTable *table, NlvirtRoute *owned, int code, const char *words)
{
  g_autoptr (NlvirtRoute) route = owned;
  g_autoptr (GError) error = NULL;

  g_assert_false (nlvirt_table_add_route (table, route, &error));
  assert_error (&error, code, words);
}

static void
refuse_rule (NlvirtTable *table, NlvirtRule *owned, const char *words)
{
  g_autoptr (NlvirtRule) rule = owned;
  g_autoptr (GError) error = NULL;

  g_assert_false (nlvirt_table_add_rule (table, rule, &error));
  assert_error (&error, NLVIRT_ERROR_INVALID, words);
}

static void
test_wrong_rows (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (GInetAddress) ipv4 = g_inet_address_new_from_string ("10.0.0.1");
  g_autoptr (GInetAddress) ipv6 = g_inet_address_new_from_string ("2001:db8::1");
  g_autoptr (GInetAddressMask) net4 = g_inet_address_mask_new_from_string ("10.0.0.0/8", NULL);
  g_autoptr (GInetAddressMask) net6 = g_inet_address_mask_new_from_string ("2001:db8::/32", NULL);
  g_autoptr (GListStore) strangers = g_list_store_new (NLVIRT_TYPE_TABLE);
  g_autoptr (GListStore) many = g_list_store_new (NLVIRT_TYPE_NEXTHOP);
  g_autoptr (NlvirtNexthop) way = nlvirt_nexthop_new (NULL, "eth0", 1);
  g_autoptr (NlvirtNeighbor) neighbor = g_object_new (NLVIRT_TYPE_NEIGHBOR, NULL);
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_list_store_append (strangers, table);
  for (guint i = 0; i < 3000; i++)
    g_list_store_append (many, way);
  g_signal_connect_swapped (table, "changed", G_CALLBACK (count), &n);
  refuse_address (table, g_object_new (NLVIRT_TYPE_ADDRESS, NULL), NLVIRT_ERROR_INVALID, "needs an interface");
  refuse_address (table, address_of ("eth7", "10.0.0.1", 8), NLVIRT_ERROR_NOT_FOUND, "eth7");
  refuse_address (
    table, g_object_new (NLVIRT_TYPE_ADDRESS, "link-name", "eth0", "address", ipv4, "prefix-length", 64, NULL),
    NLVIRT_ERROR_INVALID, "inet 10.0.0.1/64 scope global eth0: Invalid argument: ipv4: Invalid prefix length");
  refuse_address (table, g_object_new (NLVIRT_TYPE_ADDRESS, "link-name", "eth0", "address", ipv4, "peer", ipv6, NULL),
                  NLVIRT_ERROR_INVALID, "peer");
  refuse_address (table,
                  g_object_new (NLVIRT_TYPE_ADDRESS, "link-name", "eth0", "address", ipv4, "broadcast", ipv6, NULL),
                  NLVIRT_ERROR_INVALID, "broadcast");
  refuse_address (
    table,
    g_object_new (NLVIRT_TYPE_ADDRESS, "link-name", "eth0", "address", ipv4, "label", "a-label-that-is-long", NULL),
    NLVIRT_ERROR_INVALID, "15 bytes");
  refuse_route (table, g_object_new (NLVIRT_TYPE_ROUTE, NULL), NLVIRT_ERROR_INVALID, "needs a destination");
  refuse_route (table, route_of ("198.51.100.0/24", "203.0.113.1", NULL), NLVIRT_ERROR_INVALID,
                "198.51.100.0/24 via 203.0.113.1: Network is unreachable");
  refuse_route (table, route_of ("198.51.100.0/24", NULL, "eth7"), NLVIRT_ERROR_NOT_FOUND, "eth7");
  refuse_route (table, route_of ("2001:db8:1::/48", "192.0.2.1", "eth0"), NLVIRT_ERROR_INVALID, "");
  refuse_route (table, g_object_new (NLVIRT_TYPE_ROUTE, "destination", net4, "source", net6, NULL),
                NLVIRT_ERROR_INVALID, "source");
  refuse_route (table, g_object_new (NLVIRT_TYPE_ROUTE, "destination", net4, "preferred-source", ipv6, NULL),
                NLVIRT_ERROR_INVALID, "preferred source");
  refuse_route (table, g_object_new (NLVIRT_TYPE_ROUTE, "destination", net4, "nexthops", strangers, NULL),
                NLVIRT_ERROR_INVALID, "NlvirtNexthop");
  refuse_route (table, g_object_new (NLVIRT_TYPE_ROUTE, "destination", net4, "nexthops", many, NULL),
                NLVIRT_ERROR_INVALID, "2048");
  refuse_rule (table, g_object_new (NLVIRT_TYPE_RULE, NULL), "needs an address family");
  refuse_rule (table, g_object_new (NLVIRT_TYPE_RULE, "family", G_SOCKET_FAMILY_IPV4, "source", net6, NULL), "family");
  refuse_rule (table,
               g_object_new (NLVIRT_TYPE_RULE, "family", G_SOCKET_FAMILY_IPV4, "input-link", "sixteen-letters!", NULL),
               "15 bytes");
  g_assert_false (nlvirt_table_add_neighbor (table, neighbor, &error));
  assert_error (&error, NLVIRT_ERROR_INVALID, "needs an interface");
  g_assert_cmpuint (n, ==, 0);
}

/* --- text --------------------------------------------------------------------------- */

static void
test_text (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (NlvirtLink) link = NULL;
  g_autoptr (GBytes) before = nlvirt_table_to_data (table), after = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  g_signal_connect_swapped (table, "changed", G_CALLBACK (count), &n);
  g_assert_false (change_text (table, nlvirt_table_add_from_data,
                               "[link eth7]\n[address a]\ndevice=eth7\naddress=10.0.0.1/8\nfoo=1\n[object x]\n",
                               &error));
  assert_error (&error, NLVIRT_ERROR_PARSE, "data:5: [address a] foo: ");
  g_assert_false (change_text (table, nlvirt_table_add_from_data, "[network]\nfill=false\n", &error));
  assert_error (&error, NLVIRT_ERROR_PARSE, "data:1: ");
  g_assert_false (change_text (table, nlvirt_table_replace_from_data, "[link eth0]\nkind=vlan\n", &error));
  assert_error (&error, NLVIRT_ERROR_PARSE, "data:2: [link eth0] kind: ");
  g_assert_false (nlvirt_table_add_from_data (table, (const guint8 *) "[\0", 2, &error));
  assert_error (&error, NLVIRT_ERROR_PARSE, "NUL");
  after = nlvirt_table_to_data (table);
  g_assert_true (g_bytes_equal (before, after));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (nlvirt_table_add_from_data (table, NULL, 0, &error));

  /* Told once, whatever there is in it. */
  g_assert_true (change_text (table, nlvirt_table_add_from_data,
                              "[route r]\ndestination=198.51.100.0/24\ngateway=10.0.0.2\n"
                              "[link eth7]\naddresses=10.0.0.1/8\nmtu=1280\nalt-names=seven\n"
                              "[neighbor n]\ndevice=seven\naddress=10.0.0.2\nmac-address=02:00:00:00:00:07\n"
                              "[rule r]\nfrom=10.0.0.0/8\ntable=7\n",
                              &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  link = nlvirt_table_get_link (table, "seven");
  g_assert_cmpuint (nlvirt_link_get_mtu (link), ==, 1280);
  g_assert_true (nlvirt_link_get_running (link));

  /* What stands before what is refused has been done. */
  g_assert_false (change_text (table, nlvirt_table_add_from_data,
                               "[address a]\ndevice=eth7\naddress=10.0.0.3/8\n\n"
                               "[address b]\ndevice=eth7\naddress=10.0.0.1/8\n",
                               &error));
  assert_error (&error, NLVIRT_ERROR_EXISTS, "data:5: [address b] File exists");
  g_assert_true (change_text (table, nlvirt_table_remove_from_data,
                              "[address a]\ndevice=eth7\naddress=10.0.0.3/8\n[rule r]\nfrom=10.0.0.0/8\n"
                              "[route r]\ndestination=198.51.100.0/24\n[link eth7]\n",
                              &error));
  g_assert_no_error (error);
  g_assert_null (nlvirt_link_get_name (link));
  g_assert_true (change_text (table, nlvirt_table_replace_from_data,
                              "[link eth1]\nname=lan\nup=false\nmaster=br0\nalt-names=cable\n"
                              "[address a]\ndevice=lan\naddress=10.0.0.1/8\n",
                              &error));
  g_clear_object (&link);
  link = nlvirt_table_get_link (table, "cable");
  g_assert_cmpstr (nlvirt_link_get_name (link), ==, "lan");
  g_assert_true (change_text (table, nlvirt_table_replace_from_data, "[link lan]\nmaster=\nalt-names=\n", &error));
  g_assert_no_error (error);
  g_assert_null (nlvirt_link_get_master (link));
}

/* Groups come after their members and go before them, wherever they stand. */
static void
test_text_of_nexthops (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  g_signal_connect_swapped (table, "changed", G_CALLBACK (count), &n);
  g_assert_true (change_text (table, nlvirt_table_add_from_data,
                              "[route r]\ndestination=10.0.0.0/8\nnexthop-id=1\n"
                              "[nexthop 1]\ngroup=2;3 weight 5\n"
                              "[nexthop 2]\ngateway=192.0.2.2\ndevice=eth0\nprotocol=bgp\n"
                              "[nexthop 3]\ngateway=192.0.2.99\ndevice=eth1\nflags=onlink\n",
                              &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, 1);
  g_assert_false (change_text (table, nlvirt_table_add_from_data, "[nexthop 2]\nblackhole=true\n", &error));
  assert_error (&error, NLVIRT_ERROR_EXISTS, "data:1: [nexthop 2] File exists");
  g_assert_false (
    change_text (table, nlvirt_table_replace_from_data, "[nexthop 2]\ngateway=10.9.9.9\ndevice=eth0\n", &error));
  assert_error (&error, NLVIRT_ERROR_INVALID, "Nexthop has invalid gateway");
  g_assert_true (
    change_text (table, nlvirt_table_replace_from_data, "[nexthop 2]\ngateway=192.0.2.7\ndevice=eth0\n", &error));
  g_assert_no_error (error);
  text = table_text (table);
  g_assert_nonnull (strstr (text, "[nexthop 1]\ngroup=2;3 weight 5;\n"));
  g_assert_nonnull (strstr (text, "[nexthop 2]\ngateway=192.0.2.7\ndevice=eth0\n\n"));
  g_assert_nonnull (strstr (text, "[nexthop 3]\ngateway=192.0.2.99\ndevice=eth1\nflags=onlink\n"));

  g_assert_false (change_text (table, nlvirt_table_remove_from_data, "[nexthop 2]\ngateway=192.0.2.7\n", &error));
  assert_error (&error, NLVIRT_ERROR_PARSE, "data:2: [nexthop 2] gateway: expected no keys");
  g_assert_false (change_text (table, nlvirt_table_remove_from_data, "[nexthop two]\n", &error));
  assert_error (&error, NLVIRT_ERROR_PARSE, "data:1: [nexthop two] expected the id");
  g_assert_false (change_text (table, nlvirt_table_remove_from_data, "[nexthop 9]\n", &error));
  assert_error (&error, NLVIRT_ERROR_NOT_FOUND, "data:1: [nexthop 9] No such file or directory");
  g_assert_true (change_text (table, nlvirt_table_remove_from_data, "[nexthop 2]\n[nexthop 3]\n[nexthop 1]\n", &error));
  g_assert_no_error (error);
  g_free (text);
  text = table_text (table);
  g_assert_null (strstr (text, "[nexthop "));
  /* As its nexthop went. */
  g_assert_null (strstr (text, "10.0.0.0/8"));
}

/* --- handlers ------------------------------------------------------------------------- */

/* Sets another thing when it is told of one. */
static void
change_again (NlvirtTable *table, gpointer user_data)
{
  g_autoptr (NlvirtLink) link = nlvirt_table_get_link (table, "eth1");
  guint *n = user_data;

  if (++*n == 1)
    g_assert_true (nlvirt_link_set_up (link, FALSE, NULL));
}

static void
test_change_in_handler (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (NlvirtLink) link = nlvirt_table_get_link (table, "eth0");
  guint n = 0;
  Shadow routes, addresses;

  shadow_begin (&routes, nlvirt_table_get_routes (table));
  shadow_begin (&addresses, nlvirt_table_get_addresses (table));
  g_signal_connect (table, "changed", G_CALLBACK (change_again), &n);
  g_assert_true (nlvirt_link_set_up (link, FALSE, NULL));
  g_assert_cmpuint (n, ==, 2);
  shadow_check (&routes);
  shadow_check (&addresses);
  shadow_end (&routes);
  shadow_end (&addresses);
}

static void
drop (gpointer user_data)
{
  NlvirtTable **table = user_data;

  g_clear_object (table);
}

/* The last reference goes in each of the places where somebody is told. */
static void
test_drop_in_handler (void)
{
  for (guint which = 0; which < 3; which++)
    {
      NlvirtTable *table = home ();
      g_autoptr (NlvirtAddress) address = address_of ("eth0", "10.0.0.1", 8);
      GListModel *list = nlvirt_table_get_addresses (table);
      NlvirtLink *link = nlvirt_table_get_link (table, "eth0");
      gpointer gone = table;

      g_object_add_weak_pointer (G_OBJECT (table), &gone);
      if (which == 0)
        g_signal_connect_swapped (table, "changed", G_CALLBACK (drop), &table);
      else if (which == 1)
        g_signal_connect_swapped (list, "items-changed", G_CALLBACK (drop), &table);
      else
        g_signal_connect_swapped (link, "notify::up", G_CALLBACK (drop), &table);
      if (which != 1)
        g_clear_object (&list);
      if (which != 2)
        g_clear_object (&link);
      if (which == 2)
        g_assert_true (nlvirt_link_set_up (link, FALSE, NULL));
      else
        g_assert_true (nlvirt_table_add_address (table, address, NULL));
      g_assert_null (table);
      g_clear_object (&list);
      g_clear_object (&link);
      g_assert_null (gone);
    }
}

/* --- time ----------------------------------------------------------------------------- */

static gboolean
on_timeout (gpointer user_data)
{
  g_error ("nothing has been told");
  return G_SOURCE_REMOVE;
}

/* In @context, the table's: until it has told @n times. */
static void
wait_for (GMainContext *context, const guint *n)
{
  GSource *source = g_timeout_source_new_seconds (20);

  g_source_set_callback (source, on_timeout, NULL, NULL);
  g_source_attach (source, context);
  while (*n == 0)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (source);
  g_source_unref (source);
}

static void
end_lifetime (GMainContext *context)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string ("10.0.0.1");
  g_autoptr (NlvirtAddress) address =
    g_object_new (NLVIRT_TYPE_ADDRESS, "link-name", "eth0", "address", ip, "prefix-length", 8, "valid-lifetime", 1,
                  "preferred-lifetime", 1, NULL);
  g_autoptr (GListModel) addresses = nlvirt_table_get_addresses (table);
  g_autoptr (GError) error = NULL;
  guint with, n = 0;

  g_assert_true (nlvirt_table_add_address (table, address, &error));
  g_assert_no_error (error);
  with = g_list_model_get_n_items (addresses);
  g_signal_connect_swapped (addresses, "items-changed", G_CALLBACK (count), &n);
  wait_for (context, &n);
  g_assert_cmpuint (g_list_model_get_n_items (addresses), ==, with - 1);
  g_assert_false (nlvirt_table_remove_address (table, address, &error));
  assert_error (&error, NLVIRT_ERROR_NOT_FOUND, "");
}

static void
test_lifetime (void)
{
  end_lifetime (g_main_context_default ());
}

/* An address that is there for @seconds. */
static void
add_for (NlvirtTable *table, const char *text, guint seconds)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_string (text);
  g_autoptr (NlvirtAddress) address =
    g_object_new (NLVIRT_TYPE_ADDRESS, "link-name", "eth0", "address", ip, "prefix-length", 8, "valid-lifetime",
                  seconds, "preferred-lifetime", seconds, NULL);

  g_assert_true (nlvirt_table_add_address (table, address, NULL));
}

/* What was due before a change is told of with it, and the table may go then. */
static void
test_late_lifetime (void)
{
  NlvirtTable *table = home ();
  g_autoptr (NlvirtAddress) address = address_of ("eth1", "10.0.0.1", 8);
  gpointer gone = table;
  guint n = 0;

  add_for (table, "11.0.0.1", 1);
  g_usleep (1200000);
  g_object_add_weak_pointer (G_OBJECT (table), &gone);
  g_signal_connect_swapped (table, "changed", G_CALLBACK (count), &n);
  g_signal_connect_swapped (table, "changed", G_CALLBACK (drop), &table);
  g_assert_true (nlvirt_table_add_address (table, address, NULL));
  g_assert_cmpuint (n, ==, 1);
  g_assert_null (gone);
}

/* Waits for the end of the next lifetime when it is told of one. */
static void
wait_in_handler (GListModel *addresses, guint position, guint n_removed, guint n_added, gpointer user_data)
{
  guint *n_told = user_data, n_left = g_list_model_get_n_items (addresses) - 1;
  GSource *source;

  if (++*n_told > 1)
    return;
  source = g_timeout_source_new_seconds (20);
  g_source_set_callback (source, on_timeout, NULL, NULL);
  g_source_attach (source, NULL);
  while (g_list_model_get_n_items (addresses) > n_left)
    g_main_context_iteration (NULL, TRUE);
  g_source_destroy (source);
  g_source_unref (source);
}

static void
test_lifetime_in_handler (void)
{
  g_autoptr (NlvirtTable) table = home ();
  g_autoptr (GListModel) addresses = nlvirt_table_get_addresses (table);
  guint n = 0;

  add_for (table, "11.0.0.1", 1);
  add_for (table, "12.0.0.1", 2);
  g_signal_connect (addresses, "items-changed", G_CALLBACK (wait_in_handler), &n);
  wait_for (NULL, &n);
}

static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  end_lifetime (context);
  g_main_context_pop_thread_default (context);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/table-change/lists", test_lists);
  g_test_add_func ("/table-change/span", test_span);
  g_test_add_func ("/table-change/notify", test_notify);
  g_test_add_func ("/table-change/links", test_links);
  g_test_add_func ("/table-change/wrong-rows", test_wrong_rows);
  g_test_add_func ("/table-change/text", test_text);
  g_test_add_func ("/table-change/text-of-nexthops", test_text_of_nexthops);
  g_test_add_func ("/table-change/change-in-handler", test_change_in_handler);
  g_test_add_func ("/table-change/drop-in-handler", test_drop_in_handler);
  g_test_add_func ("/table-change/lifetime", test_lifetime);
  g_test_add_func ("/table-change/late-lifetime", test_late_lifetime);
  g_test_add_func ("/table-change/lifetime-in-handler", test_lifetime_in_handler);
  g_test_add_func ("/table-change/context", test_context);
  return g_test_run ();
}

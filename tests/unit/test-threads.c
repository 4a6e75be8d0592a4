/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Copies of one table, each changed, asked and written in a thread of its own:
 * what they share must bear that. Made for -Db_sanitize=thread. */
#include <nlvirt.h>

#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define N_THREADS 4
#define N_ROUNDS 40

static const char text[] =
  "[link eth0]\nmac-address=02:00:00:00:00:01\nup=true\nalt-names=first;second;\nalias=words\n"
  "[link br0]\nkind=bridge\nmac-address=02:00:00:00:00:02\nup=true\n"
  "[address 1]\ndevice=eth0\naddress=192.0.2.1/24\n[address 2]\ndevice=eth0\naddress=fd00::1/64\n"
  "[route 1]\ndestination=default\ngateway=192.0.2.254\ndevice=eth0\nmtu=1400\n"
  "[route 2]\ndestination=fd01::/64\ngateway=fd00::2\ndevice=eth0\nattribute-31=00000001\n"
  "[rule 1]\nfamily=ipv4\npriority=5\nattribute-99=01\n";

static NlvirtTable *
table_new (void)
{
  g_autoptr (GError) error = NULL;
  NlvirtTable *table = nlvirt_table_new_from_data ((const guint8 *) text, strlen (text), &error);

  g_assert_no_error (error);
  return table;
}

static void
dump (NlvirtTable *table, guint16 type)
{
  const struct
  {
    struct nlmsghdr header;
    struct rtgenmsg family;
  } request = { { NLMSG_LENGTH (sizeof (struct rtgenmsg)), type, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { AF_UNSPEC } };
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  GBytes *datagram;
  guint n = 0;

  g_assert_true (nlvirt_socket_send (socket, (const guint8 *) &request, request.header.nlmsg_len, NULL));
  for (; (datagram = nlvirt_socket_receive (socket)) != NULL; n++)
    g_bytes_unref (datagram);
  g_assert_cmpuint (n, >, 0);
}

static void
count (NlvirtTable *table, guint *n_changes)
{
  ++*n_changes;
}

static void
change_routes (NlvirtTable *table, guint round)
{
  g_autofree char *name = g_strdup_printf ("198.51.100.%u/32", round);
  g_autoptr (GInetAddressMask) destination = g_inet_address_mask_new_from_string (name, NULL);
  g_autoptr (GInetAddress) gateway = g_inet_address_new_from_string ("192.0.2.254");
  g_autoptr (NlvirtRoute) route = nlvirt_route_new (destination, gateway, "eth0");
  g_autoptr (GError) error = NULL;

  g_assert_true (nlvirt_table_add_route (table, route, &error));
  g_assert_no_error (error);
  if (round % 2 == 0)
    g_assert_true (nlvirt_table_remove_route (table, route, &error));
  g_assert_no_error (error);
}

static gpointer
use_copy (gpointer data)
{
  g_autoptr (NlvirtTable) table = data;
  g_autoptr (NlvirtLink) link = nlvirt_table_get_link (table, "eth0");
  g_autoptr (GMainContext) context = g_main_context_new ();
  guint n_changes = 0;

  g_main_context_push_thread_default (context);
  g_signal_connect (table, "changed", G_CALLBACK (count), &n_changes);
  for (guint i = 0; i < N_ROUNDS; i++)
    {
      g_autoptr (NlvirtTable) again = NULL;
      g_autoptr (GBytes) saved = NULL;

      change_routes (table, i);
      g_assert_true (nlvirt_link_set_mtu (link, 1400 + i, NULL));
      dump (table, RTM_GETLINK);
      dump (table, RTM_GETROUTE);
      again = nlvirt_table_copy (table);
      saved = nlvirt_table_to_data (again);
      g_assert_cmpuint (g_bytes_get_size (saved), >, 0);
    }
  g_assert_cmpuint (n_changes, >, N_ROUNDS);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_copies (void)
{
  g_autoptr (NlvirtTable) table = table_new ();
  GThread *threads[N_THREADS];

  /* GObject makes each class at its first use, under a lock that the sanitizer does not see. */
  use_copy (nlvirt_table_copy (table));
  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new (NULL, use_copy, nlvirt_table_copy (table));
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/threads/copies", test_copies);
  return g_test_run ();
}

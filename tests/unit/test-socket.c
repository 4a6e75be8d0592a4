/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* NlvirtSocket: the responder without a supervised program. */
#include <nlvirt.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  struct nlmsghdr header;
  struct ifinfomsg link;
} Request;

static gboolean
ask (NlvirtSocket *socket, guint16 type, guint16 flags, guint32 seq)
{
  g_autoptr (GError) error = NULL;
  Request request = { { sizeof request, type, NLM_F_REQUEST | flags, seq, 0 }, { .ifi_index = 1 } };
  gboolean sent = nlvirt_socket_send (socket, (const guint8 *) &request, sizeof request, &error);

  g_assert_no_error (error);
  return sent;
}

static struct nlmsghdr
receive_header (NlvirtSocket *socket, gint32 *number)
{
  g_autoptr (GBytes) datagram = nlvirt_socket_receive (socket);
  struct nlmsghdr header = { 0 };

  *number = 1;
  if (datagram == NULL)
    return header;
  g_assert_cmpuint (g_bytes_get_size (datagram), >=, sizeof header + sizeof *number);
  memcpy (&header, g_bytes_get_data (datagram, NULL), sizeof header);
  memcpy (number, (const guint8 *) g_bytes_get_data (datagram, NULL) + sizeof header, sizeof *number);
  return header;
}

static void
test_dump (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  struct nlmsghdr header;
  gint32 number;

  g_assert_null (nlvirt_socket_receive (socket));
  g_assert_true (nlvirt_socket_get_table (socket) == table);
  g_assert_cmpuint (nlvirt_socket_get_port (socket), ==, getpid ());
  g_assert_true (ask (socket, RTM_GETLINK, NLM_F_DUMP, 7));
  header = receive_header (socket, &number);
  g_assert_cmpuint (header.nlmsg_type, ==, RTM_NEWLINK);
  g_assert_cmphex (header.nlmsg_flags, ==, NLM_F_MULTI);
  g_assert_cmpuint (header.nlmsg_seq, ==, 7);
  g_assert_cmpuint (header.nlmsg_pid, ==, getpid ());
  header = receive_header (socket, &number);
  g_assert_cmpuint (header.nlmsg_type, ==, NLMSG_DONE);
  g_assert_cmpint (number, ==, 0);
  g_assert_null (nlvirt_socket_receive (socket));
}

static void
test_refusal (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  struct nlmsghdr header;
  gint32 number;

  g_assert_true (ask (socket, RTM_SETLINK, 0, 8));
  header = receive_header (socket, &number);
  g_assert_cmpuint (header.nlmsg_type, ==, NLMSG_ERROR);
  g_assert_cmpint (number, ==, -1); /* EPERM */
}

static void
test_errors (void)
{
  static const guint8 bytes[212992];
  g_autoptr (NlvirtTable) table = nlvirt_table_new ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  g_autoptr (GError) empty = NULL;
  g_autoptr (GError) large = NULL;
  g_autoptr (GError) option = NULL;

  g_assert_false (nlvirt_socket_send (socket, NULL, 0, &empty));
  g_assert_error (empty, NLVIRT_ERROR, NLVIRT_ERROR_INVALID);
  g_assert_false (nlvirt_socket_send (socket, bytes, sizeof bytes, &large));
  g_assert_error (large, NLVIRT_ERROR, NLVIRT_ERROR_INVALID);
  g_assert_false (nlvirt_socket_set_option (socket, 77, 1, &option));
  g_assert_error (option, NLVIRT_ERROR, NLVIRT_ERROR_INVALID);
  g_assert_true (nlvirt_socket_set_option (socket, NETLINK_CAP_ACK, 1, NULL));
}

static void
test_overrun (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  guint n = 0;
  GBytes *datagram;

  g_assert_false (nlvirt_socket_take_overrun (socket));
  for (guint i = 0; i < 10000; i++)
    ask (socket, RTM_GETLINK, 0, i);
  g_assert_true (nlvirt_socket_take_overrun (socket));
  g_assert_false (nlvirt_socket_take_overrun (socket));
  for (; (datagram = nlvirt_socket_receive (socket)) != NULL; n++)
    g_bytes_unref (datagram);
  g_assert_cmpuint (n, >, 10);
  g_assert_cmpuint (n, <, 1000);
  ask (socket, RTM_GETLINK, 0, 1);
  datagram = nlvirt_socket_receive (socket);
  g_assert_nonnull (datagram);
  g_bytes_unref (datagram);
}

static void
test_properties (void)
{
  g_autoptr (NlvirtSocket) socket = g_object_new (NLVIRT_TYPE_SOCKET, NULL);
  g_autoptr (NlvirtTable) table = NULL;
  guint port = 0;

  g_object_get (socket, "table", &table, "port", &port, NULL);
  g_assert_true (NLVIRT_IS_TABLE (table));
  g_assert_cmpuint (port, ==, getpid ());
}

/* Under valgrind, the proof that nothing of a socket stays behind: closed with
 * everything read, with a dump half read, and with nothing read. */
static void
test_many (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();

  for (guint i = 0; i < 10000; i++)
    {
      g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
      guint to_read = i % 3;

      g_assert_true (ask (socket, RTM_GETLINK, NLM_F_DUMP, i));
      for (guint n = 0; n < to_read; n++)
        {
          g_autoptr (GBytes) datagram = nlvirt_socket_receive (socket);

          g_assert_nonnull (datagram);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socket/dump", test_dump);
  g_test_add_func ("/socket/refusal", test_refusal);
  g_test_add_func ("/socket/errors", test_errors);
  g_test_add_func ("/socket/overrun", test_overrun);
  g_test_add_func ("/socket/properties", test_properties);
  g_test_add_func ("/socket/many", test_many);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What programs may do with a table, and whose table it is. */
#include <nlvirt.h>

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *own_path;

/* Is this process the administrator of its network? Asked once for each line
 * that comes in, on one socket. */
static int
probe_administrator (void)
{
  const int group = RTNLGRP_IPV4_MROUTE_R;
  int fd = socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  char line[16];

  while (fgets (line, sizeof line, stdin) != NULL)
    {
      puts (setsockopt (fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) == 0 ? "yes" : "no");
      fflush (stdout);
    }
  return 0;
}

static NlvirtSession *
spawn (NlvirtTable *table)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  const char *argv[] = { own_path, "--probe-administrator", NULL };
  g_autoptr (GError) error = NULL;
  NlvirtSession *session = nlvirt_supervisor_spawn (
    supervisor, table, argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);

  g_assert_no_error (error);
  return session;
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer line)
{
  *(char **) line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
}

static void
assert_answer (NlvirtSession *session, GDataInputStream *output, const char *expected)
{
  GOutputStream *input = g_subprocess_get_stdin_pipe (nlvirt_session_get_subprocess (session));
  g_autofree char *line = NULL;

  g_assert_true (g_output_stream_write_all (input, "?\n", 2, NULL, NULL, NULL));
  g_data_input_stream_read_line_async (output, G_PRIORITY_DEFAULT, NULL, on_line, &line);
  while (line == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (line, ==, expected);
}

static void
count (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

/* A socket that is open follows each change. */
static void
test_session (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSession) session = spawn (table);
  GSubprocess *subprocess = nlvirt_session_get_subprocess (session);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (subprocess));
  NlvirtTable *own;
  guint n_tables = 0, n_accesses = 0;

  g_signal_connect (session, "notify::table", G_CALLBACK (count), &n_tables);
  g_signal_connect (session, "notify::access", G_CALLBACK (count), &n_accesses);
  assert_answer (session, output, "no");
  nlvirt_session_set_access (session, NLVIRT_ACCESS_SHARED);
  g_assert_true (nlvirt_session_get_table (session) == table);
  assert_answer (session, output, "yes");
  g_assert_cmpuint (n_tables, ==, 0);
  g_object_set (session, "access", NLVIRT_ACCESS_READ_WRITE, NULL);
  own = nlvirt_session_get_table (session);
  g_assert_true (own != table);
  assert_answer (session, output, "yes");
  nlvirt_session_set_access (session, NLVIRT_ACCESS_READ_ONLY);
  assert_answer (session, output, "no");
  nlvirt_session_set_access (session, NLVIRT_ACCESS_READ_WRITE);
  nlvirt_session_set_access (session, NLVIRT_ACCESS_READ_WRITE);
  assert_answer (session, output, "yes");
  g_assert_true (nlvirt_session_get_table (session) == own);
  g_assert_cmpuint (n_tables, ==, 1);
  g_assert_cmpuint (n_accesses, ==, 4);
  nlvirt_session_force_exit (session);
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
}

/* Set right after the start, it holds from the first call on. */
static void
test_from_the_start (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSession) session = spawn (table);
  g_autofree char *output = NULL;

  /* Time for the program to ask. */
  g_usleep (50000);
  nlvirt_session_set_access (session, NLVIRT_ACCESS_READ_WRITE);
  g_assert_true (nlvirt_session_communicate_utf8 (session, "?\n", NULL, &output, NULL, NULL));
  g_assert_cmpstr (output, ==, "yes\n");
}

static void
test_ended (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSession) session = spawn (table);

  g_assert_true (nlvirt_session_communicate_utf8 (session, NULL, NULL, NULL, NULL, NULL));
  while (!nlvirt_session_has_ended (session))
    g_main_context_iteration (NULL, TRUE);
  nlvirt_session_set_access (session, NLVIRT_ACCESS_READ_WRITE);
  g_assert_true (nlvirt_session_get_table (session) != table);
}

static gboolean
is_administrator (NlvirtSocket *socket)
{
  return nlvirt_socket_set_option (socket, NETLINK_ADD_MEMBERSHIP, RTNLGRP_IPV4_MROUTE_R, NULL);
}

static void
test_socket (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  g_autoptr (NlvirtSocket) writer =
    g_object_new (NLVIRT_TYPE_SOCKET, "table", table, "access", NLVIRT_ACCESS_READ_WRITE, NULL);
  NlvirtAccess access;

  g_assert_false (is_administrator (socket));
  nlvirt_socket_set_access (socket, NLVIRT_ACCESS_SHARED);
  g_assert_true (is_administrator (socket));
  g_assert_true (nlvirt_socket_get_table (socket) == table);
  nlvirt_socket_set_access (socket, NLVIRT_ACCESS_READ_ONLY);
  g_assert_false (is_administrator (socket));

  g_object_get (writer, "access", &access, NULL);
  g_assert_cmpint (access, ==, NLVIRT_ACCESS_READ_WRITE);
  g_assert_true (is_administrator (writer));
  g_assert_true (nlvirt_socket_get_table (writer) != table);
}

/* Sets the loopback down; 0 or -errno. */
static gint32
set_down (NlvirtSocket *socket)
{
  const struct
  {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } request = {
    { sizeof request, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0 },
    { .ifi_index = 1, .ifi_change = IFF_UP },
  };
  g_autoptr (GBytes) answer = NULL;
  gint32 error;

  g_assert_true (nlvirt_socket_send (socket, (const guint8 *) &request, sizeof request, NULL));
  answer = nlvirt_socket_receive (socket);
  g_assert_cmpuint (g_bytes_get_size (answer), >=, NLMSG_LENGTH (sizeof error));
  memcpy (&error, (const guint8 *) g_bytes_get_data (answer, NULL) + NLMSG_HDRLEN, sizeof error);
  return error;
}

static gboolean
is_up (NlvirtTable *table)
{
  g_autoptr (NlvirtLink) link = nlvirt_table_get_link (table, "lo");

  return nlvirt_link_get_up (link);
}

/* Whose network it is that changes. */
static void
test_changes (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  g_autoptr (NlvirtSocket) copy = nlvirt_socket_new (table);

  nlvirt_socket_set_access (copy, NLVIRT_ACCESS_READ_WRITE);
  g_assert_cmpint (set_down (socket), ==, -EPERM);
  g_assert_cmpint (set_down (copy), ==, 0);
  g_assert_true (is_up (table));
  g_assert_false (is_up (nlvirt_socket_get_table (copy)));
  nlvirt_socket_set_access (socket, NLVIRT_ACCESS_SHARED);
  g_assert_cmpint (set_down (socket), ==, 0);
  g_assert_false (is_up (table));
}

/* Two programs with one network: what the first changes the second hears. */
static void
test_shared (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) writer = nlvirt_socket_new (table);
  g_autoptr (NlvirtSocket) listener = nlvirt_socket_new (table);
  g_autoptr (NlvirtLink) link = NULL;
  g_autoptr (GBytes) event = NULL;

  g_assert_true (nlvirt_socket_set_option (listener, NETLINK_ADD_MEMBERSHIP, RTNLGRP_LINK, NULL));
  nlvirt_socket_set_access (writer, NLVIRT_ACCESS_SHARED);
  g_assert_cmpint (set_down (writer), ==, 0);
  event = nlvirt_socket_receive (listener);
  g_assert_nonnull (event);
  /* One that goes to a network of its own hears of no other. */
  nlvirt_socket_set_access (listener, NLVIRT_ACCESS_READ_WRITE);
  g_clear_pointer (&event, g_bytes_unref);
  while ((event = nlvirt_socket_receive (listener)) != NULL)
    g_clear_pointer (&event, g_bytes_unref);
  link = nlvirt_table_get_link (table, "lo");
  g_assert_true (nlvirt_link_set_up (link, TRUE, NULL));
  g_assert_null (nlvirt_socket_receive (listener));
}

int
main (int argc, char *argv[])
{
  own_path = argv[0];
  if (argc > 1 && strcmp (argv[1], "--probe-administrator") == 0)
    return probe_administrator ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/access/session", test_session);
  g_test_add_func ("/access/from-the-start", test_from_the_start);
  g_test_add_func ("/access/ended", test_ended);
  g_test_add_func ("/access/socket", test_socket);
  g_test_add_func ("/access/changes", test_changes);
  g_test_add_func ("/access/shared", test_shared);
  return g_test_run ();
}

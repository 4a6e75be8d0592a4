/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* NlvirtSession: waiting, talking, and what it tells. */
#include <nlvirt.h>

#include <linux/rtnetlink.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *own_path;

/* Asks for the links, once, and prints how many bytes came back. */
static int
probe_links (void)
{
  struct
  {
    struct nlmsghdr header;
    struct ifinfomsg body;
  } request = {
    .header = { sizeof request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 },
  };
  static char answer[32768];
  int fd = socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

  if (fd < 0 || send (fd, &request, sizeof request, 0) != sizeof request || recv (fd, answer, sizeof answer, 0) <= 0)
    return 1;
  puts ("links");
  return 0;
}

/* Waits for events of links, and prints a word for each. */
static int
probe_events (void)
{
  const struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK };
  int fd = socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  struct nlmsghdr header;

  if (fd < 0 || bind (fd, (const struct sockaddr *) &name, sizeof name) != 0)
    return 1;
  setvbuf (stdout, NULL, _IOLBF, 0);
  puts ("listening");
  while (recv (fd, &header, sizeof header, 0) == sizeof header)
    puts (header.nlmsg_type == RTM_NEWLINK ? "link" : "other");
  puts ("error");
  return 0;
}

static NlvirtSession *
spawn (const char *script, GSubprocessFlags flags)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  const char *argv[] = { "/bin/sh", "-c", script, own_path, NULL };
  g_autoptr (GError) error = NULL;
  NlvirtSession *session = nlvirt_supervisor_spawn (supervisor, table, argv, flags, &error);

  g_assert_no_error (error);
  return session;
}

static void
test_properties (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exit 0", G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (NlvirtTable) table = NULL;
  g_autoptr (GSubprocess) subprocess = NULL;
  g_autofree char *identifier = NULL;
  NlvirtAccess access;

  g_object_get (session, "table", &table, "subprocess", &subprocess, "identifier", &identifier, "access", &access,
                NULL);
  g_assert_true (NLVIRT_IS_TABLE (table));
  g_assert_true (G_IS_SUBPROCESS (subprocess));
  g_assert_nonnull (identifier);
  g_assert_cmpint (access, ==, NLVIRT_ACCESS_READ_ONLY);
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
}

static void
test_exit_status (void)
{
  g_autoptr (NlvirtSession) session = spawn ("read go; exit 3", G_SUBPROCESS_FLAGS_STDIN_PIPE);
  g_autoptr (GError) error = NULL;

  g_assert_false (nlvirt_session_get_if_exited (session));
  g_assert_cmpint (nlvirt_session_get_exit_status (session), ==, -1);
  g_assert_true (nlvirt_session_communicate_utf8 (session, "go\n", NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (nlvirt_session_get_if_exited (session));
  g_assert_cmpint (nlvirt_session_get_exit_status (session), ==, 3);
  g_assert_false (nlvirt_session_get_if_signaled (session));
  g_assert_false (nlvirt_session_get_successful (session));
  g_assert_true (nlvirt_session_wait (session, NULL, &error));
}

static void
test_signals (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exec sleep 600", G_SUBPROCESS_FLAGS_NONE);

  nlvirt_session_send_signal (session, SIGTERM);
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
  g_assert_true (nlvirt_session_get_if_signaled (session));
  g_assert_cmpint (nlvirt_session_get_term_sig (session), ==, SIGTERM);
  g_assert_cmpint (nlvirt_session_get_exit_status (session), ==, -1);
  nlvirt_session_send_signal (session, SIGTERM);
  nlvirt_session_force_exit (session);
}

static void
test_communicate (void)
{
  g_autoptr (NlvirtSession) session =
    spawn ("cat; echo oops >&2",
           G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GBytes) input = g_bytes_new_static ("\377\0x", 3);
  g_autoptr (GBytes) output = NULL, errors = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (nlvirt_session_communicate (session, input, NULL, &output, &errors, &error));
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (input, output));
  g_assert_cmpmem (g_bytes_get_data (errors, NULL), g_bytes_get_size (errors), "oops\n", 5);
}

static void
test_not_utf8 (void)
{
  g_autoptr (NlvirtSession) session = spawn ("printf '\\377'", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (nlvirt_session_communicate_utf8 (session, NULL, NULL, &output, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_null (output);
}

static gboolean
cancel (gpointer cancellable)
{
  g_cancellable_cancel (cancellable);
  return G_SOURCE_REMOVE;
}

static void
test_cancel (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exec sleep 600", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_timeout_add (20, cancel, cancellable);
  g_assert_false (nlvirt_session_wait (session, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (nlvirt_session_communicate_utf8 (session, NULL, cancellable, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  nlvirt_session_force_exit (session);
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
}

static void
keep_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_async (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exec \"$0\" --probe-links", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GAsyncResult) communicated = NULL, waited = NULL;
  g_autofree char *output = NULL;
  g_autoptr (GError) error = NULL;

  nlvirt_session_communicate_utf8_async (session, NULL, NULL, keep_result, &communicated);
  nlvirt_session_wait_async (session, NULL, keep_result, &waited);
  while (communicated == NULL || waited == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (nlvirt_session_communicate_utf8_finish (session, communicated, &output, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (output, ==, "links\n");
  g_assert_true (nlvirt_session_wait_finish (session, waited, &error));
}

/* A session is served after its first process. */
static void
test_daemon (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exec 3<&0; (read go <&3; exec \"$0\" --probe-links) & exit 5",
                                             G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  GSubprocess *subprocess = nlvirt_session_get_subprocess (session);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (subprocess));
  g_autofree char *line = NULL;

  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
  g_assert_cmpint (nlvirt_session_get_exit_status (session), ==, 5);
  g_assert_false (nlvirt_session_has_ended (session));
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (subprocess), "go\n", 3, NULL, NULL, NULL);
  while (!nlvirt_session_has_ended (session))
    g_main_context_iteration (NULL, TRUE);
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "links");
}

typedef struct
{
  guint64 socket;
  guint n_opened, n_closed, n_requests, n_replies, n_ended;
} Heard;

static void
on_opened (NlvirtSession *session, guint64 socket, guint pid, Heard *heard)
{
  g_assert_cmpuint (pid, >, 1);
  heard->socket = socket;
  heard->n_opened++;
}

static void
on_closed (NlvirtSession *session, guint64 socket, Heard *heard)
{
  g_assert_cmpuint (socket, ==, heard->socket);
  heard->n_closed++;
}

static void
on_message (NlvirtSession *session, guint64 socket, NlvirtMessageDirection direction, GBytes *datagram, Heard *heard)
{
  struct nlmsghdr header;

  g_assert_cmpuint (socket, ==, heard->socket);
  g_assert_cmpuint (g_bytes_get_size (datagram), >=, sizeof header);
  memcpy (&header, g_bytes_get_data (datagram, NULL), sizeof header);
  if (direction == NLVIRT_MESSAGE_DIRECTION_REQUEST)
    {
      g_assert_cmpuint (header.nlmsg_type, ==, RTM_GETLINK);
      heard->n_requests++;
    }
  else
    {
      g_assert_cmpuint (header.nlmsg_type, ==, heard->n_replies == 0 ? RTM_NEWLINK : NLMSG_DONE);
      heard->n_replies++;
    }
}

static void
on_ended (NlvirtSession *session, Heard *heard)
{
  g_assert_true (nlvirt_session_has_ended (session));
  heard->n_ended++;
}

static void
test_told (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exec \"$0\" --probe-links", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  Heard heard = { 0 };

  g_signal_connect (session, "socket-opened", G_CALLBACK (on_opened), &heard);
  g_signal_connect (session, "socket-closed", G_CALLBACK (on_closed), &heard);
  g_signal_connect (session, "message", G_CALLBACK (on_message), &heard);
  g_signal_connect (session, "ended", G_CALLBACK (on_ended), &heard);
  while (heard.n_ended == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (heard.n_opened, ==, 1);
  g_assert_cmpuint (heard.n_closed, ==, 1);
  g_assert_cmpuint (heard.n_requests, ==, 1);
  g_assert_cmpuint (heard.n_replies, >=, 1);
  g_assert_cmpuint (heard.n_ended, ==, 1);
}

static void
on_line (GObject *source, GAsyncResult *result, gpointer line)
{
  *(char **) line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
}

static void
assert_line (GDataInputStream *output, const char *expected)
{
  g_autofree char *line = NULL;

  g_data_input_stream_read_line_async (output, G_PRIORITY_DEFAULT, NULL, on_line, &line);
  while (line == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (line, ==, expected);
}

/* The owner changes something while the program waits in recv(). */
static void
test_events (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exec \"$0\" --probe-events", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  GSubprocess *subprocess = nlvirt_session_get_subprocess (session);
  g_autoptr (GDataInputStream) output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (subprocess));
  g_autoptr (NlvirtLink) link = nlvirt_table_get_link (nlvirt_session_get_table (session), "lo");
  g_autoptr (NlvirtFailure) overrun = nlvirt_failure_new_overrun (RTM_NEWLINK);

  assert_line (output, "listening");
  for (guint i = 0; i < 4; i++)
    {
      g_usleep (5000);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_true (nlvirt_link_set_up (link, i % 2 != 0, NULL));
      assert_line (output, "link");
    }
  nlvirt_session_add_failure (session, overrun);
  g_assert_true (nlvirt_link_set_up (link, FALSE, NULL));
  assert_line (output, "error");
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
}

/* Another program is started, and waited for, from within a handler. */
static void
spawn_another (NlvirtSession *session, guint64 socket, guint pid, guint *n_links)
{
  g_autoptr (NlvirtSession) other = spawn ("exec \"$0\" --probe-links", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *output = NULL;

  g_assert_true (nlvirt_session_communicate_utf8 (other, NULL, NULL, &output, NULL, NULL));
  g_assert_cmpstr (output, ==, "links\n");
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
  (*n_links)++;
}

static void
test_block_in_handler (void)
{
  g_autoptr (NlvirtSession) session = spawn ("exec \"$0\" --probe-links", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  guint n_links = 0;

  g_signal_connect (session, "socket-opened", G_CALLBACK (spawn_another), &n_links);
  while (!nlvirt_session_has_ended (session))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_links, ==, 1);
}

/* One thread runs the context, this one blocks. */
static gpointer
run_context (gpointer main_loop)
{
  GMainContext *context = g_main_loop_get_context (main_loop);

  g_main_context_push_thread_default (context);
  g_main_loop_run (main_loop);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_other_thread (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) main_loop = g_main_loop_new (context, FALSE);
  g_autoptr (NlvirtSession) session = NULL;
  g_autofree char *output = NULL;
  GThread *thread;

  g_main_context_push_thread_default (context);
  session = spawn ("exec \"$0\" --probe-links", G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_main_context_pop_thread_default (context);
  thread = g_thread_new ("server", run_context, main_loop);
  while (!g_main_loop_is_running (main_loop))
    g_thread_yield ();
  g_assert_true (nlvirt_session_communicate_utf8 (session, NULL, NULL, &output, NULL, NULL));
  g_assert_cmpstr (output, ==, "links\n");
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
  g_main_loop_quit (main_loop);
  g_thread_join (thread);
  while (!nlvirt_session_has_ended (session))
    g_main_context_iteration (context, TRUE);
}

static void
count_down (NlvirtSession *session, guint *n_left)
{
  (*n_left)--;
}

/* All at once, on one supervisor. */
static void
test_many (void)
{
  enum
  {
    N_SESSIONS = 20
  };
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  const char *argv[] = { own_path, "--probe-links", NULL };
  NlvirtSession *sessions[N_SESSIONS];
  guint n_left = N_SESSIONS;

  for (guint i = 0; i < N_SESSIONS; i++)
    {
      sessions[i] = nlvirt_supervisor_spawn (supervisor, table, argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, NULL);
      g_assert_nonnull (sessions[i]);
      g_signal_connect (sessions[i], "ended", G_CALLBACK (count_down), &n_left);
    }
  while (n_left > 0)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N_SESSIONS; i++)
    {
      g_assert_true (nlvirt_session_wait (sessions[i], NULL, NULL));
      g_assert_true (nlvirt_session_get_successful (sessions[i]));
      g_object_unref (sessions[i]);
    }
}

int
main (int argc, char *argv[])
{
  own_path = argv[0];
  if (argc > 1 && strcmp (argv[1], "--probe-links") == 0)
    return probe_links ();
  if (argc > 1 && strcmp (argv[1], "--probe-events") == 0)
    return probe_events ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/properties", test_properties);
  g_test_add_func ("/session/exit-status", test_exit_status);
  g_test_add_func ("/session/signals", test_signals);
  g_test_add_func ("/session/communicate", test_communicate);
  g_test_add_func ("/session/not-utf8", test_not_utf8);
  g_test_add_func ("/session/cancel", test_cancel);
  g_test_add_func ("/session/async", test_async);
  g_test_add_func ("/session/daemon", test_daemon);
  g_test_add_func ("/session/told", test_told);
  g_test_add_func ("/session/events", test_events);
  g_test_add_func ("/session/block-in-handler", test_block_in_handler);
  g_test_add_func ("/session/other-thread", test_other_thread);
  g_test_add_func ("/session/many", test_many);
  return g_test_run ();
}

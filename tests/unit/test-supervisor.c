/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* NlvirtSupervisor: how programs are started, and what outlives what. */
#include <nlvirt.h>

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Prints what socket(AF_NETLINK) and exec come to, in this very program: no
 * other is needed to see whether the filter is there. */
static int
probe_socket (void)
{
  int fd = socket (AF_NETLINK, SOCK_RAW, 0);

  printf ("%s\n", fd >= 0 ? "answered" : strerror (errno));
  return 0;
}

static const char *own_path;

static NlvirtSession *
spawn (NlvirtSupervisor *supervisor, GError **error, ...)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  const char *argv[8] = { NULL };
  va_list arguments;

  va_start (arguments, error);
  for (guint i = 0; i < G_N_ELEMENTS (argv) - 1 && (argv[i] = va_arg (arguments, const char *)) != NULL; i++)
    ;
  va_end (arguments);
  return nlvirt_supervisor_spawn (supervisor, table, argv, G_SUBPROCESS_FLAGS_STDOUT_PIPE, error);
}

static guint
count_sessions (NlvirtSupervisor *supervisor)
{
  g_autoptr (GListModel) sessions = nlvirt_supervisor_get_sessions (supervisor);

  return g_list_model_get_n_items (sessions);
}

static void
assert_output (NlvirtSession *session, const char *wanted)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  g_assert_true (nlvirt_session_communicate_utf8 (session, NULL, NULL, &output, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (output, ==, wanted);
}

static void
iterate_until_ended (NlvirtSession *session)
{
  while (!nlvirt_session_has_ended (session))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_spawn (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NlvirtSession) session = spawn (supervisor, &error, own_path, "--probe-socket", NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (count_sessions (supervisor), ==, 1);
  assert_output (session, "answered\n");
  iterate_until_ended (session);
  g_assert_cmpuint (count_sessions (supervisor), ==, 0);
}

static void
test_spawn_errors (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (spawn (supervisor, &error, "/nonexistent/program", NULL));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
  g_clear_error (&error);
  g_assert_null (spawn (supervisor, &error, "/dev/null", NULL));
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_ACCES);
  g_clear_error (&error);
  g_assert_null (spawn (supervisor, &error, NULL));
  g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID);
  g_assert_cmpuint (count_sessions (supervisor), ==, 0);
}

/* The launcher may put its files where the library's own were. */
static void
test_launcher (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (NlvirtSession) session = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "/bin/sh", "-c", "echo $COLOUR; pwd; cat <&9", NULL };
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  g_assert_cmpint (write (fds[1], "nine\n", 5), ==, 5);
  close (fds[1]);
  g_subprocess_launcher_take_fd (launcher, fds[0], 9);
  g_subprocess_launcher_setenv (launcher, "COLOUR", "green", TRUE);
  g_subprocess_launcher_set_cwd (launcher, "/");
  session = nlvirt_supervisor_spawn_with_launcher (supervisor, launcher, table, argv, &error);
  g_assert_no_error (error);
  assert_output (session, "green\n/\nnine\n");
}

/* Every fd that the socket pair could have been at is taken by the launcher:
 * then nothing runs, and least of all without the filter. */
static void
test_launcher_takes_every_fd (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_NONE);
  g_autoptr (NlvirtSession) session = NULL;
  g_autoptr (GError) error = NULL;
  const char *argv[] = { "/bin/true", NULL };

  for (int target = 3; target < 100; target++)
    g_subprocess_launcher_take_fd (launcher, dup (STDERR_FILENO), target);
  session = nlvirt_supervisor_spawn_with_launcher (supervisor, launcher, table, argv, &error);
  if (session == NULL)
    g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_FAILED);
  else
    g_assert_true (nlvirt_session_wait (session, NULL, &error));
}

static void
test_adopt_stranger (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (GError) error = NULL;

  g_assert_null (nlvirt_supervisor_adopt (supervisor, dup (STDERR_FILENO), table, &error));
  g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID);
  g_assert_cmpuint (count_sessions (supervisor), ==, 0);
}

/* Puts the calling process under a filter that tells a listener of
 * socket(AF_NETLINK), or that answers it with an error. -1, or the listener. */
static int
load_filter (guint32 verdict)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, args[0])),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, verdict),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { G_N_ELEMENTS (code), code };
  unsigned long flags = verdict == SECCOMP_RET_USER_NOTIF ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;

  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* A child that sends its listener over @socket_fd, and then is this program's
 * socket probe. */
static void
run_stranger (int socket_fd, int output_fd)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control = { { 0 } };
  char byte = 0;
  struct iovec iov = { &byte, 1 };
  struct msghdr message = { NULL, 0, &iov, 1, control.bytes, sizeof control.bytes, 0 };
  struct cmsghdr *cmsg = CMSG_FIRSTHDR (&message);
  int listener = load_filter (SECCOMP_RET_USER_NOTIF);

  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN (sizeof (int));
  memcpy (CMSG_DATA (cmsg), &listener, sizeof listener);
  if (listener < 0 || sendmsg (socket_fd, &message, 0) != 1)
    _exit (1);
  close (listener);
  dup2 (output_fd, STDOUT_FILENO);
  execl (own_path, own_path, "--probe-socket", NULL);
  _exit (1);
}

static int
receive_fd (int socket_fd)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control = { { 0 } };
  char byte;
  struct iovec iov = { &byte, 1 };
  struct msghdr message = { NULL, 0, &iov, 1, control.bytes, sizeof control.bytes, 0 };
  int fd;

  g_assert_cmpint (recvmsg (socket_fd, &message, MSG_CMSG_CLOEXEC), ==, 1);
  memcpy (&fd, CMSG_DATA (CMSG_FIRSTHDR (&message)), sizeof fd);
  return fd;
}

/* As a container runtime hands its listener over. */
static void
test_adopt (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSession) session = NULL;
  g_autoptr (GError) error = NULL;
  int sockets[2], output[2], status;
  char line[64] = { 0 };
  pid_t pid;

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), ==, 0);
  g_assert_cmpint (pipe (output), ==, 0);
  pid = fork ();
  if (pid == 0)
    run_stranger (sockets[1], output[1]);
  session = nlvirt_supervisor_adopt (supervisor, receive_fd (sockets[0]), table, &error);
  g_assert_no_error (error);
  g_assert_null (nlvirt_session_get_subprocess (session));
  g_assert_false (nlvirt_session_wait (session, NULL, &error));
  g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_SUPPORTED);
  nlvirt_session_send_signal (session, SIGTERM);
  nlvirt_session_force_exit (session);
  while (waitpid (pid, &status, WNOHANG) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpint (read (output[0], line, sizeof line - 1), >, 0);
  g_assert_cmpstr (line, ==, "answered\n");
  iterate_until_ended (session);
  for (guint i = 0; i < 2; i++)
    {
      close (sockets[i]);
      close (output[i]);
    }
}

static void
test_outer_refusal (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (load_filter (SECCOMP_RET_ERRNO | EAFNOSUPPORT), ==, 0);
      g_assert_null (spawn (supervisor, &error, "/bin/true", NULL));
      g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_DENIED);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

/* Under a supervisor, this program cannot be one. */
static int
probe_nested (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NlvirtSession) session = spawn (supervisor, &error, "/bin/true", NULL);

  puts (session == NULL && g_error_matches (error, NLVIRT_ERROR, NLVIRT_ERROR_BUSY) ? "busy" : "not busy");
  return 0;
}

static void
test_nested (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (NlvirtSession) session = spawn (supervisor, &error, own_path, "--probe-nested", NULL);

  g_assert_no_error (error);
  assert_output (session, "busy\n");
}

/* The application drops everything, and the program still gets its answer. */
static void
test_drop_all (void)
{
  NlvirtSupervisor *supervisor = nlvirt_supervisor_new ();
  NlvirtSession *session = spawn (supervisor, NULL, own_path, "--probe-socket", NULL);
  GSubprocess *subprocess = g_object_ref (nlvirt_session_get_subprocess (session));
  gpointer watched = supervisor;
  g_autoptr (GDataInputStream) output = NULL;
  g_autofree char *line = NULL;

  g_object_add_weak_pointer (G_OBJECT (supervisor), &watched);
  g_object_unref (session);
  g_object_unref (supervisor);
  g_assert_nonnull (watched);
  while (watched != NULL)
    g_main_context_iteration (NULL, TRUE);
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (subprocess));
  line = g_data_input_stream_read_line (output, NULL, NULL, NULL);
  g_assert_cmpstr (line, ==, "answered");
  g_object_unref (subprocess);
}

static void
count (gpointer object, guint *n)
{
  (*n)++;
}

/* A closed supervisor leaves nothing to the real kernel. */
static void
test_close (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  const char *argv[] = { "/bin/sh", "-c", "read go; exec \"$0\" --probe-socket", own_path, NULL };
  guint n_ended = 0;

  session = nlvirt_supervisor_spawn (supervisor, table, argv,
                                     G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  g_signal_connect (session, "ended", G_CALLBACK (count), &n_ended);
  nlvirt_supervisor_close (supervisor);
  nlvirt_supervisor_close (supervisor);
  g_assert_cmpuint (n_ended, ==, 1);
  g_assert_true (nlvirt_session_has_ended (session));
  g_assert_cmpuint (count_sessions (supervisor), ==, 0);
  g_assert_true (nlvirt_session_communicate_utf8 (session, "go\n", NULL, &output, NULL, &error));
  g_assert_cmpstr (output, ==, "Function not implemented\n");
  g_assert_cmpuint (n_ended, ==, 1);
}

static void
close_supervisor (NlvirtSession *session, guint64 socket, guint pid, NlvirtSupervisor *supervisor)
{
  nlvirt_supervisor_close (supervisor);
}

/* A handler may end what calls it. */
static void
test_close_in_handler (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtSession) session = spawn (supervisor, NULL, own_path, "--probe-socket", NULL);

  g_signal_connect (session, "socket-opened", G_CALLBACK (close_supervisor), supervisor);
  iterate_until_ended (session);
  g_assert_true (nlvirt_session_wait (session, NULL, NULL));
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_subreaper (void)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  gboolean on = FALSE;
  guint n_notified = 0;
  int reaper = -1;

  g_signal_connect (supervisor, "notify::child-subreaper", G_CALLBACK (count_notify), &n_notified);
  g_object_get (supervisor, "child-subreaper", &on, NULL);
  g_assert_false (on);
  for (int i = 0; i < 2; i++)
    {
      g_object_set (supervisor, "child-subreaper", TRUE, NULL);
      g_assert_cmpint (prctl (PR_GET_CHILD_SUBREAPER, &reaper, 0, 0, 0), ==, 0);
      g_assert_cmpint (reaper, ==, 1);
    }
  nlvirt_supervisor_set_child_subreaper (supervisor, FALSE);
  g_assert_cmpuint (n_notified, ==, 2);
}

int
main (int argc, char *argv[])
{
  own_path = argv[0];
  if (argc > 1 && strcmp (argv[1], "--probe-socket") == 0)
    return probe_socket ();
  if (argc > 1 && strcmp (argv[1], "--probe-nested") == 0)
    return probe_nested ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/supervisor/spawn", test_spawn);
  g_test_add_func ("/supervisor/spawn-errors", test_spawn_errors);
  g_test_add_func ("/supervisor/launcher", test_launcher);
  g_test_add_func ("/supervisor/launcher-takes-every-fd", test_launcher_takes_every_fd);
  g_test_add_func ("/supervisor/adopt", test_adopt);
  g_test_add_func ("/supervisor/adopt-stranger", test_adopt_stranger);
  g_test_add_func ("/supervisor/outer-refusal", test_outer_refusal);
  g_test_add_func ("/supervisor/nested", test_nested);
  g_test_add_func ("/supervisor/drop-all", test_drop_all);
  g_test_add_func ("/supervisor/close", test_close);
  g_test_add_func ("/supervisor/close-in-handler", test_close_in_handler);
  g_test_add_func ("/supervisor/subreaper", test_subreaper);
  return g_test_run ();
}

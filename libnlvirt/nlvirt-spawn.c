/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Between fork and exec the child loads the filter, which the parent has
 * compiled, and sends the listener through a socket pair. GSubprocess returns
 * when the child has executed its program or is gone, so by then the parent
 * has the report. No code of the application runs in the child. */
#include "nlvirt-spawn-private.h"

#include "nlvirt-error.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* The exit status of a child that could not be put under the filter. */
#define EXIT_SETUP_FAILED 125

typedef struct
{
  const NlvFilter *filter;
  int socket_fd;
  guint64 cookie; /* of the socket, when the parent had it */
  guint ignored;  /* bit n: reset_signals[n] is ignored, as by nohup(1) */
} ChildSetup;

/* GLib takes these for its own use, and gives a child their default action
 * (do_exec()), which an exec alone would not. */
static const int reset_signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };

NlvWindow
nlvirt_spawn_window (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
    return nlv_window_for_limit (G_MAXUINT64);
  return nlv_window_for_limit (limit.rlim_cur);
}

static gboolean
get_cookie (int fd, guint64 *cookie)
{
  socklen_t len = sizeof *cookie;

  return getsockopt (fd, SOL_SOCKET, SO_COOKIE, cookie, &len) == 0;
}

static guint
get_ignored_signals (void)
{
  guint ignored = 0;

  for (guint i = 0; i < G_N_ELEMENTS (reset_signals); i++)
    {
      struct sigaction action;

      if (sigaction (reset_signals[i], NULL, &action) == 0 && action.sa_handler == SIG_IGN)
        ignored |= 1u << i;
    }
  return ignored;
}

/* Between fork and exec: only calls that are async-signal-safe. */
static void
child_setup (gpointer data)
{
  const ChildSetup *setup = data;
  guint64 cookie;

  /* GSubprocessLauncher may have been told to put one of its fds here. */
  if (!get_cookie (setup->socket_fd, &cookie) || cookie != setup->cookie)
    _exit (EXIT_SETUP_FAILED);
  for (guint i = 0; i < G_N_ELEMENTS (reset_signals); i++)
    if ((setup->ignored >> i & 1) != 0)
      signal (reset_signals[i], SIG_IGN);
  if (!nlv_filter_install (setup->filter, setup->socket_fd))
    _exit (EXIT_SETUP_FAILED);
}

/* A filter outside of ours that refuses netlink sockets wins over ours
 * (seccomp(2): an errno outranks a notification), and the program would find
 * nothing without anybody being told. */
static gboolean
check_outer_filter (GError **error)
{
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0);
  int saved_errno = errno;

  if (fd >= 0)
    {
      close (fd);
      return TRUE;
    }
  if (saved_errno != EPERM && saved_errno != EAFNOSUPPORT && saved_errno != ENOSYS)
    return TRUE;
  g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_DENIED,
               "this process is itself refused netlink sockets (%s), by a seccomp filter that overrides any other; "
               "take the refusal out of the outer sandbox",
               g_strerror (saved_errno));
  return FALSE;
}

static void
set_seccomp_error (GError **error, int number)
{
  switch (number)
    {
      case EBUSY:
        g_set_error_literal (
          error, NLVIRT_ERROR, NLVIRT_ERROR_BUSY,
          "this process is already supervised by another listener, and supervisors cannot be nested");
        break;
      case EACCES:
      case EPERM:
        g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_DENIED, "an outer policy refuses seccomp filters: %s",
                     g_strerror (number));
        break;
      case EINVAL:
      case ENOSYS:
      case EOPNOTSUPP:
        g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_SUPPORTED,
                     "the kernel has no seccomp user notification (it needs Linux 5.14 with CONFIG_SECCOMP_FILTER): %s",
                     g_strerror (number));
        break;
      default:
        g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_FAILED, "cannot load the seccomp filter: %s",
                     g_strerror (number));
        break;
    }
}

static void
set_install_error (GError **error, const NlvInstallReport *report)
{
  switch (report->stage)
    {
      case NLV_INSTALL_NO_NEW_PRIVS:
        g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_DENIED, "an outer policy refuses no_new_privs: %s",
                     g_strerror (report->error));
        break;
      case NLV_INSTALL_SECCOMP:
        set_seccomp_error (error, report->error);
        break;
      case NLV_INSTALL_HAND_OVER:
      default:
        g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_FAILED,
                     "the new process ended before it handed over its listener: %s", g_strerror (report->error));
        break;
    }
}

static gboolean
make_socket_pair (int pair[2], GError **error)
{
  int saved_errno;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0)
    return TRUE;
  saved_errno = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "cannot make a socket pair: %s",
               g_strerror (saved_errno));
  return FALSE;
}

static GSubprocess *
launch (GSubprocessLauncher *launcher, ChildSetup *setup, const char *const *argv, GError **error)
{
  GSubprocess *subprocess;

  g_subprocess_launcher_set_child_setup (launcher, child_setup, setup, NULL);
  subprocess = g_subprocess_launcher_spawnv (launcher, argv, error);
  g_subprocess_launcher_set_child_setup (launcher, NULL, NULL, NULL);
  return subprocess;
}

GSubprocess *
nlvirt_spawn (GSubprocessLauncher *launcher, const NlvFilter *filter, const char *const *argv, int *listener_fd,
              GError **error)
{
  NlvInstallReport report = { NLV_INSTALL_DONE, 0 };
  ChildSetup setup = { filter, -1, 0, get_ignored_signals () };
  g_autoptr (GSubprocess) subprocess = NULL;
  int pair[2];

  if (!check_outer_filter (error) || !make_socket_pair (pair, error))
    return NULL;
  setup.socket_fd = pair[1];
  get_cookie (pair[1], &setup.cookie);
  subprocess = launch (launcher, &setup, argv, error);
  close (pair[1]);
  if (subprocess != NULL)
    {
      *listener_fd = nlv_filter_receive_listener (pair[0], &report);
      if (*listener_fd < 0)
        {
          set_install_error (error, &report);
          /* It is gone already; this leaves no zombie. */
          g_subprocess_wait (subprocess, NULL, NULL);
          g_clear_object (&subprocess);
        }
    }
  /* A listener that nobody has taken goes with the socket. */
  close (pair[0]);
  return g_steal_pointer (&subprocess);
}

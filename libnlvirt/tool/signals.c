/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The handler writes what it hears into a pipe that the main context reads. It
 * has no data but the pipe and the process it is in: between fork and exec a
 * child has it too. */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <unistd.h>

typedef struct
{
  int number;
  gboolean sent;
} Heard;

static int pipe_fds[2];
static pid_t own_pid;
static SignalFunc heard_func;
static gpointer heard_data;

static void
on_signal (int number, siginfo_t *info, void *ucontext)
{
  Heard heard = { number, info->si_code <= 0 };
  int saved_errno = errno;

  if (getpid () == own_pid)
    {
      /* A full pipe has enough to tell. */
      if (write (pipe_fds[1], &heard, sizeof heard) < 0)
        errno = saved_errno;
    }
  else
    {
      /* The command, not yet executed, gets what it would get. */
      signal (number, SIG_DFL);
      raise (number);
    }
  errno = saved_errno;
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  Heard heard;

  while (read (fd, &heard, sizeof heard) == sizeof heard)
    heard_func (heard.number, heard.sent, heard_data);
  return G_SOURCE_CONTINUE;
}

/* What tells of a fault of this process, cannot be caught, or means nothing
 * to a child. */
static gboolean
is_left_alone (int number)
{
  switch (number)
    {
      case SIGKILL:
      case SIGSTOP:
      case SIGABRT:
      case SIGBUS:
      case SIGFPE:
      case SIGILL:
      case SIGPIPE:
      case SIGSEGV:
      case SIGSYS:
      case SIGTRAP:
        return TRUE;
      default:
        return FALSE;
    }
}

gboolean
signals_watch (SignalFunc func, gpointer user_data)
{
  struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_RESTART };
  struct sigaction old;

  if (pipe2 (pipe_fds, O_CLOEXEC | O_NONBLOCK) != 0)
    return FALSE;
  own_pid = getpid ();
  heard_func = func;
  heard_data = user_data;
  g_unix_fd_add (pipe_fds[0], G_IO_IN, on_readable, NULL);
  for (int number = 1; number <= SIGRTMAX; number++)
    {
      if (is_left_alone (number) || sigaction (number, NULL, &old) != 0)
        continue;
      /* The command inherits what is ignored, as under nohup(1), and nobody
       * inherits a handler. */
      if (old.sa_handler != SIG_IGN || number == SIGCHLD)
        sigaction (number, &action, NULL);
    }
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* relay CAPTURE SOCKETS SECONDS COMMAND [ARG...]
 *
 * Runs a program whose netlink sockets are the kernel's, by way of this one,
 * which records what is said. It is what `nlvirt run` is, but for the netlink
 * layer, which relay-socket.c takes the place of. A program that does not end
 * by itself is ended after SECONDS. Exit status: 0 when it was recorded,
 * whatever became of the program. */
#include "relay.h"
#include "session/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Between a friendly and an unfriendly end. */
#define GRACE (2 * G_USEC_PER_SEC)

static void
fail (const char *what)
{
  fprintf (stderr, "relay: %s: %s\n", what, g_strerror (errno));
  exit (1);
}

static NlvFilter *
make_filter (void)
{
  struct rlimit limit;
  const char *why = NULL;
  NlvFilter *filter;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    fail ("getrlimit");
  filter = nlv_filter_new (nlv_window_for_limit (limit.rlim_cur), &why);
  if (filter == NULL)
    {
      fprintf (stderr, "relay: %s\n", why);
      exit (1);
    }
  return filter;
}

/* Addresses are the same each time, for they show in what is sent uninitialized. */
static void
become_program (const NlvFilter *filter, int report, char *argv[])
{
  setpgid (0, 0);
  personality (ADDR_NO_RANDOMIZE);
  if (nlv_filter_install (filter, report))
    execvp (argv[0], argv);
  _exit (127);
}

/* Returns the listener. */
static int
start_program (const NlvFilter *filter, char *argv[], pid_t *program)
{
  NlvInstallReport report;
  struct pollfd item;
  int pair[2], listener;

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    fail ("socketpair");
  *program = fork ();
  if (*program < 0)
    fail ("fork");
  if (*program == 0)
    become_program (filter, pair[1], argv);
  close (pair[1]);
  item = (struct pollfd){ pair[0], POLLIN, 0 };
  poll (&item, 1, -1);
  listener = nlv_filter_receive_listener (pair[0], &report);
  if (listener < 0)
    {
      errno = report.error;
      fail ("seccomp");
    }
  close (pair[0]);
  return listener;
}

static void
on_ended (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Until nobody is left of the program, or its time is over. */
static void
serve (NlvEngine *engine, const gboolean *ended, pid_t program, gint64 end)
{
  int signal_number = SIGTERM;

  while (!*ended)
    {
      struct pollfd item = { nlv_engine_get_fd (engine), POLLIN, 0 };
      gint64 left = end - g_get_monotonic_time ();

      if (left <= 0)
        {
          kill (-program, signal_number);
          signal_number = SIGKILL;
          end += GRACE;
          continue;
        }
      if (poll (&item, 1, (int) (left / 1000) + 1) == 1)
        nlv_engine_dispatch (engine);
      while (waitpid (-1, NULL, WNOHANG) > 0)
        ;
    }
}

int
main (int argc, char *argv[])
{
  gboolean ended = FALSE;
  const NlvTreeEvents events = { .ended = on_ended };
  NlvEngine *engine;
  NlvFilter *filter;
  NlvNetwork *network;
  NlvServedTree *tree;
  pid_t program;
  int listener;

  if (argc < 5)
    {
      fputs ("usage: relay CAPTURE SOCKETS SECONDS COMMAND [ARG...]\n", stderr);
      return 2;
    }
  if (!recording_start (argv[1], argv[2]))
    fail (argv[1]);
  filter = make_filter ();
  engine = nlv_engine_new ();
  if (engine == NULL)
    fail ("epoll");
  listener = start_program (filter, argv + 4, &program);
  /* Nobody asks it. */
  network = nlv_network_new ();
  tree = nlv_served_tree_new (engine, listener, filter->window, network, &events, &ended);
  if (tree == NULL)
    fail ("seccomp");
  serve (engine, &ended, program, g_get_monotonic_time () + atoi (argv[3]) * G_USEC_PER_SEC);
  nlv_served_tree_free (tree);
  nlv_network_unref (network);
  nlv_engine_free (engine);
  nlv_filter_free (filter);
  return recording_finish () ? 0 : 1;
}

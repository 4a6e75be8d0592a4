/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Waiting for what comes, or does not come, on a netlink socket: signals,
 * time-outs, poll, threads. */

#include "lib/probe.h"

#include <ifaddrs.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#define N_THREADS 16
#define N_ROUNDS 60

static atomic_int n_signals;

static void
count_signal (int signal_number)
{
  atomic_fetch_add (&n_signals, 1);
}

static void
on_signal (int signal_number, int flags)
{
  struct sigaction action = { .sa_handler = count_signal, .sa_flags = flags };

  REQUIRE (sigaction (signal_number, &action, NULL) == 0);
}

static void
alarm_after (long microseconds, long interval)
{
  struct itimerval timer = { .it_value.tv_usec = microseconds, .it_interval.tv_usec = interval };

  REQUIRE (setitimer (ITIMER_REAL, &timer, NULL) == 0);
}

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static int
subscribed (void)
{
  int fd = probe_socket (SOCK_CLOEXEC);

  probe_bind (fd, RTMGRP_LINK);
  return fd;
}

/* recv() without SA_RESTART ends with EINTR, again and again. */
static void
interrupted (void)
{
  int fd = subscribed ();
  char byte;

  on_signal (SIGALRM, 0);
  for (int i = 1; i <= 5; i++)
    {
      alarm_after (20000, 0);
      REQUIRE (recv (fd, &byte, 1, 0) < 0 && errno == EINTR);
      REQUIRE (atomic_load (&n_signals) == i);
    }
  probe_links (fd, NULL);
}

static void *
end_wait (void *fd)
{
  struct timespec time = { .tv_nsec = 300000000 };

  nanosleep (&time, NULL);
  REQUIRE (probe_ask_links (*(int *) fd, 77) == 0);
  return NULL;
}

/* With SA_RESTART the handler runs and recv() goes on waiting. */
static void
restarted (void)
{
  int fd = subscribed ();
  char names[4096];
  pthread_t thread;
  sigset_t alarm_set;

  on_signal (SIGALRM, SA_RESTART);
  sigemptyset (&alarm_set);
  sigaddset (&alarm_set, SIGALRM);
  REQUIRE (pthread_sigmask (SIG_BLOCK, &alarm_set, NULL) == 0);
  REQUIRE (pthread_create (&thread, NULL, end_wait, &fd) == 0);
  REQUIRE (pthread_sigmask (SIG_UNBLOCK, &alarm_set, NULL) == 0);
  alarm_after (20000, 20000);
  REQUIRE (probe_take_links (fd, 77, names, sizeof names) == 0);
  alarm_after (0, 0);
  REQUIRE (strstr (names, "lo "));
  REQUIRE (atomic_load (&n_signals) >= 3);
  pthread_join (thread, NULL);
}

/* A blocked, an ignored and a default-ignored signal do not end a wait;
 * SO_RCVTIMEO does. */
static void
undisturbed (void)
{
  int fd = subscribed ();
  struct timeval limit = { .tv_usec = 200000 };
  char byte;
  double start;
  sigset_t set;
  pid_t child;

  signal (SIGALRM, SIG_IGN);
  alarm_after (20000, 20000);
  sigemptyset (&set);
  sigaddset (&set, SIGUSR1);
  REQUIRE (sigprocmask (SIG_BLOCK, &set, NULL) == 0);
  REQUIRE (raise (SIGUSR1) == 0);
  child = fork ();
  REQUIRE (child >= 0);
  if (child == 0)
    _exit (0); /* SIGCHLD, ignored by default */
  REQUIRE (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
  start = now ();
  REQUIRE (recv (fd, &byte, 1, 0) < 0 && errno == EAGAIN);
  REQUIRE (now () - start > 0.19 && now () - start < 2);
  REQUIRE (waitpid (child, NULL, 0) == child);
}

static void
polled (void)
{
  int fd = subscribed ();
  int set = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN };
  struct pollfd one = { .fd = fd, .events = POLLIN | POLLOUT };
  char names[4096], byte;

  REQUIRE (set >= 0 && epoll_ctl (set, EPOLL_CTL_ADD, fd, &event) == 0);
  REQUIRE (poll (&one, 1, 0) == 1 && one.revents == POLLOUT);
  REQUIRE (epoll_wait (set, &event, 1, 50) == 0);
  REQUIRE (recv (fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN);
  REQUIRE (probe_ask_links (fd, 5) == 0);
  REQUIRE (poll (&one, 1, 0) == 1 && (one.revents & POLLIN));
  REQUIRE (epoll_wait (set, &event, 1, 0) == 1);
  REQUIRE (probe_take_links (fd, 5, names, sizeof names) == 0);
  REQUIRE (epoll_wait (set, &event, 1, 50) == 0);
}

static void *
list_often (void *unused)
{
  for (int round = 0; round < N_ROUNDS; round++)
    {
      struct ifaddrs *list;
      unsigned found = 0;

      if (getifaddrs (&list) != 0)
        probe_fail (__FILE__, __LINE__, "getifaddrs in round %d", round);
      for (struct ifaddrs *i = list; i; i = i->ifa_next)
        found += strcmp (i->ifa_name, "lo") == 0;
      freeifaddrs (list);
      REQUIRE (found > 0);
    }
  return NULL;
}

/* As a runtime does that preempts its threads by signals. */
static void
threads (void)
{
  pthread_t all[N_THREADS];

  on_signal (SIGURG, SA_RESTART);
  for (int i = 0; i < N_THREADS; i++)
    REQUIRE (pthread_create (&all[i], NULL, list_often, NULL) == 0);
  for (int i = 0; i < N_THREADS; i++)
    {
      struct timespec time = { .tv_nsec = 1000000 };

      while (pthread_tryjoin_np (all[i], NULL) != 0)
        {
          for (int j = i; j < N_THREADS; j++)
            pthread_kill (all[j], SIGURG);
          nanosleep (&time, NULL);
        }
    }
}

/* Another thread asks, through a copy of the fd, what one waits for. */
static void
shared (void)
{
  int fd = subscribed ();
  int copy = dup (fd);
  char names[4096];
  pthread_t thread;

  REQUIRE (copy >= 0 && pthread_create (&thread, NULL, end_wait, &copy) == 0);
  REQUIRE (probe_take_links (fd, 77, names, sizeof names) == 0);
  pthread_join (thread, NULL);
  REQUIRE (strstr (names, "lo "));
}

/* Waits for a datagram that never comes, in the signal state it was given. */
static void
block (void)
{
  int fd = subscribed ();
  char byte;

  puts ("waiting");
  fflush (stdout);
  for (;;)
    REQUIRE (recv (fd, &byte, 1, 0) >= 0);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*run) (void);
  } scenes[] = {
    { "interrupted", interrupted },
    { "restarted", restarted },
    { "undisturbed", undisturbed },
    { "polled", polled },
    { "threads", threads },
    { "shared", shared },
    { "block", block },
  };

  for (size_t i = 0; argc > 1 && i < sizeof scenes / sizeof scenes[0]; i++)
    if (strcmp (argv[1], scenes[i].name) == 0)
      {
        scenes[i].run ();
        return 0;
      }
  probe_fail (__FILE__, __LINE__, "unknown scene");
}

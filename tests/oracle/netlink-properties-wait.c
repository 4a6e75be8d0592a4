/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Waiting: poll, timeouts, signals, threads, and sockets that several
 * processes or descriptors share. */
#include "netlink-properties.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static Datagram datagram;

static int
poll_now (int fd)
{
  struct pollfd pollfd = { .fd = fd, .events = POLLIN | POLLOUT | POLLPRI | POLLRDHUP };

  EXPECT_TRUE (poll (&pollfd, 1, 0) >= 0);
  return pollfd.revents;
}

static void
send_unknown (int fd, uint32_t seq)
{
  Request request;
  size_t len = request_unknown (&request, 0, seq, 4);

  EXPECT (send (fd, &request, len, 0), len);
}

static void
poll_says_what_is_there (void)
{
  int fd = route_socket (0);

  EXPECT (poll_now (fd), POLLOUT);
  send_unknown (fd, 1);
  EXPECT (poll_now (fd), POLLIN | POLLOUT);
  read_datagram (fd, &datagram);
  EXPECT (poll_now (fd), POLLOUT);
}

static void
poll_during_a_dump (void)
{
  Request request;
  int fd = route_socket (0);

  EXPECT (send (fd, &request, request_link_dump (&request, 1), 0), 20);
  do
    {
      EXPECT (poll_now (fd), POLLIN | POLLOUT);
      read_datagram (fd, &datagram);
    }
  while (datagram.header.nlmsg_type == RTM_NEWLINK);
  EXPECT (datagram.header.nlmsg_type, NLMSG_DONE);
  EXPECT (poll_now (fd), POLLOUT);
}

static void
edge_triggered_epoll (void)
{
  struct epoll_event event = { .events = EPOLLIN | EPOLLET };
  int fd = route_socket (0);
  int set = epoll_create1 (0);

  EXPECT_OK (epoll_ctl (set, EPOLL_CTL_ADD, fd, &event));
  EXPECT (epoll_wait (set, &event, 1, 0), 0);
  send_unknown (fd, 1);
  EXPECT (epoll_wait (set, &event, 1, 0), 1);
  EXPECT (epoll_wait (set, &event, 1, 0), 0);
  send_unknown (fd, 2);
  EXPECT (epoll_wait (set, &event, 1, 0), 1);
}

static int64_t
milliseconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
receive_timeout (void)
{
  struct timeval wait = { 0, 150000 };
  int64_t start = milliseconds ();
  char byte;
  int fd = bound_socket (0);

  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait));
  EXPECT_ERRNO (recv (fd, &byte, 1, 0), EAGAIN);
  EXPECT_TRUE (milliseconds () - start >= 140);
  EXPECT_TRUE (milliseconds () - start < 5000);
  EXPECT_ERRNO (recv (fd, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

static volatile sig_atomic_t n_signals;

static void
count_signal (int number)
{
  n_signals = n_signals + 1;
}

static void
catch_alarm (int flags, int first_ms, int again_ms)
{
  struct sigaction action = { .sa_handler = count_signal, .sa_flags = flags };
  struct itimerval timer = { { 0, again_ms * 1000 }, { 0, first_ms * 1000 } };

  EXPECT_OK (sigaction (SIGALRM, &action, NULL));
  EXPECT_OK (setitimer (ITIMER_REAL, &timer, NULL));
}

static void
signal_interrupts (void)
{
  struct iovec iov = { datagram.bytes, sizeof datagram.bytes };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = bound_socket (0);

  catch_alarm (0, 100, 0);
  EXPECT_ERRNO (recv (fd, datagram.bytes, 1, 0), EINTR);
  EXPECT (n_signals, 1);
  catch_alarm (0, 100, 0);
  EXPECT_ERRNO (recvmsg (fd, &message, 0), EINTR);
  EXPECT (n_signals, 2);
}

static void *
send_later (void *data)
{
  struct timespec wait = { 0, 400000000 };

  while (nanosleep (&wait, &wait) == -1)
    continue;
  send_unknown (*(int *) data, 9);
  return NULL;
}

static void
signal_restarts (void)
{
  pthread_t thread;
  sigset_t set;
  int fd = bound_socket (0);

  sigemptyset (&set);
  sigaddset (&set, SIGALRM);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  EXPECT (pthread_create (&thread, NULL, send_later, &fd), 0);
  pthread_sigmask (SIG_UNBLOCK, &set, NULL);
  catch_alarm (SA_RESTART, 100, 0);
  EXPECT (recv (fd, datagram.bytes, sizeof datagram.bytes, 0), 40);
  EXPECT (n_signals, 1);
  EXPECT (datagram.header.nlmsg_seq, 9);
  pthread_join (thread, NULL);
}

static void
signal_interrupts_a_timed_receive (void)
{
  struct timeval wait = { 10, 0 };
  int fd = bound_socket (0);

  /* sock_intr_errno(): with a timeout there is no restart. */
  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait));
  catch_alarm (SA_RESTART, 100, 0);
  EXPECT_ERRNO (recv (fd, datagram.bytes, sizeof datagram.bytes, 0), EINTR);
  EXPECT (n_signals, 1);
}

static void
ignored_signal_does_not_interrupt (void)
{
  struct timeval wait = { 0, 300000 };
  int fd = bound_socket (0);

  signal (SIGUSR1, SIG_IGN);
  EXPECT_OK (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait));
  if (fork () == 0)
    {
      struct timespec pause = { 0, 100000000 };

      nanosleep (&pause, NULL);
      kill (getppid (), SIGUSR1);
      _exit (0);
    }
  EXPECT_ERRNO (recv (fd, datagram.bytes, sizeof datagram.bytes, 0), EAGAIN);
}

static void
thread_wakes_thread (void)
{
  pthread_t thread;
  int64_t start = milliseconds ();
  int fd = bound_socket (0);

  EXPECT (pthread_create (&thread, NULL, send_later, &fd), 0);
  EXPECT (recv (fd, datagram.bytes, sizeof datagram.bytes, 0), 40);
  EXPECT_TRUE (milliseconds () - start >= 390);
  EXPECT (datagram.header.nlmsg_seq, 9);
  pthread_join (thread, NULL);
}

/* The port id by getsockname(), whatever the family. An emulation that cannot
 * follow a descriptor to any number may have a name of another family whose
 * bytes say the same, which is what glibc's readers look at. */
static uint32_t
port_by_bytes (int fd)
{
  struct sockaddr_nl name = { 0 };
  socklen_t len = sizeof name;

  EXPECT_OK (getsockname (fd, (struct sockaddr *) &name, &len));
  EXPECT (len, sizeof name);
  return name.nl_pid;
}

/* Waits for the answer: the same emulation may be late with it. */
static void
expect_answer (int fd, uint32_t seq)
{
  EXPECT (recv (fd, datagram.bytes, sizeof datagram.bytes, 0), 40);
  EXPECT (datagram.header.nlmsg_seq, seq);
}

static void
duplicate_shares_the_socket (void)
{
  int fd = bound_socket (0);
  int copy = dup (fd);
  int one = 1;
  int value = 0;
  socklen_t len = sizeof value;

  EXPECT_TRUE (copy >= 0);
  EXPECT (port_by_bytes (copy), own_port (fd));
  EXPECT_OK (setsockopt (copy, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof one));
  EXPECT_OK (getsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &value, &len));
  EXPECT (value, 1);
  send_unknown (copy, 3);
  expect_answer (fd, 3);
  EXPECT_TRUE (queue_is_empty (copy));
  close (fd);
  EXPECT (port_by_bytes (copy), getpid ());
  send_unknown (copy, 4);
  expect_answer (copy, 4);
}

static void
duplicate_is_served_on_and_on (void)
{
  Request request;
  size_t len = request_unknown (&request, 0, 1, 4);
  int fd = bound_socket (0);
  int copy = dup (fd);

  close (fd);
  /* More than a queue holds, so what was read has to be known as read. */
  for (uint32_t i = 1; i <= 1000; i++)
    {
      request.header.nlmsg_seq = i;
      EXPECT (write (copy, &request, len), len);
      EXPECT (read (copy, datagram.bytes, sizeof datagram.bytes), 40);
      EXPECT (datagram.header.nlmsg_seq, i);
    }
}

static void
child_shares_the_socket (void)
{
  int fd = bound_socket (0);
  int status = 1;
  pid_t child = fork ();

  if (child == 0)
    {
      send_unknown (fd, 5);
      _exit (0);
    }
  EXPECT (waitpid (child, &status, 0), child);
  EXPECT (status, 0);
  EXPECT (recv (fd, datagram.bytes, sizeof datagram.bytes, 0), 40);
  EXPECT (datagram.header.nlmsg_seq, 5);
  EXPECT (datagram.header.nlmsg_pid, getpid ());
}

static void
socket_survives_exec (void)
{
  int fd = bound_socket (0);
  int status = 1;
  pid_t child;

  send_unknown (fd, 6);
  child = fork ();
  if (child == 0)
    {
      dup2 (fd, STDIN_FILENO);
      execlp ("sh", "sh", "-c", "test \"$(head -c 40 | wc -c)\" -eq 40", (char *) NULL);
      _exit (99);
    }
  EXPECT (waitpid (child, &status, 0), child);
  EXPECT (status, 0);
  EXPECT_TRUE (queue_is_empty (fd));
}

static void
many_sockets (void)
{
  enum
  {
    N = 100
  };
  uint32_t ports[N];

  for (int i = 0; i < N; i++)
    {
      ports[i] = port_by_bytes (bound_socket (SOCK_CLOEXEC));
      for (int j = 0; j < i; j++)
        EXPECT_TRUE (ports[j] != ports[i]);
    }
}

static void
sockets_come_and_go (void)
{
  Request request;

  for (uint32_t i = 1; i <= 300; i++)
    {
      int fd = bound_socket (SOCK_CLOEXEC);

      EXPECT (own_port (fd), getpid ());
      EXPECT (send (fd, &request, request_link_dump (&request, i), 0), 20);
      /* Every third is closed in the middle of its dump. */
      if (i % 3 != 0)
        EXPECT_TRUE (read_dump (fd, i) > 0);
      close (fd);
    }
}

const Property wait_properties[] = {
  { "wait/poll-says-what-is-there", poll_says_what_is_there },
  { "wait/poll-during-a-dump", poll_during_a_dump },
  { "wait/edge-triggered-epoll", edge_triggered_epoll },
  { "wait/receive-timeout", receive_timeout },
  { "wait/signal-interrupts", signal_interrupts },
  { "wait/signal-restarts", signal_restarts },
  { "wait/signal-interrupts-a-timed-receive", signal_interrupts_a_timed_receive },
  { "wait/ignored-signal-does-not-interrupt", ignored_signal_does_not_interrupt },
  { "wait/thread-wakes-thread", thread_wakes_thread },
  { "wait/duplicate-shares-the-socket", duplicate_shares_the_socket },
  { "wait/duplicate-is-served-on-and-on", duplicate_is_served_on_and_on },
  { "wait/child-shares-the-socket", child_shares_the_socket },
  { "wait/socket-survives-exec", socket_survives_exec },
  { "wait/many-sockets", many_sockets },
  { "wait/sockets-come-and-go", sockets_come_and_go },
  { NULL, NULL },
};

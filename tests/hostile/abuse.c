/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Programs that wear a supervisor out: too many sockets, requests that nobody
 * reads, waits that nobody ends, random bytes. The driver looks at what the
 * supervisor is afterwards. */

#include "hostile.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

/* Those that need no privilege. */
#define EVERYBODYS_GROUPS 0x1fffffffu

static void
wait_all (void)
{
  while (wait (NULL) > 0)
    continue;
}

static void
churn (void)
{
  for (int i = 0; i < 10000; i++)
    {
      int fd = probe_socket (i & 1 ? SOCK_CLOEXEC : SOCK_NONBLOCK);

      if (i % 3 == 0)
        probe_bind (fd, RTMGRP_LINK);
      if (i % 10 == 0)
        REQUIRE (probe_ask_links (fd, 1) == 0);
      REQUIRE (close (fd) == 0);
    }
}

/* Requests are sent for as long as they are taken, and no answer is read. */
static void
flood (void)
{
  int fds[32];

  for (size_t i = 0; i < 32; i++)
    {
      fds[i] = probe_socket (SOCK_NONBLOCK);
      probe_bind (fds[i], EVERYBODYS_GROUPS);
    }
  for (int round = 0; round < 3000; round++)
    for (size_t i = 0; i < 32; i++)
      probe_ask_links (fds[i], (unsigned) round);
}

/* Many requests in each datagram, each with an answer. */
static void
batches (void)
{
  static struct nlmsghdr batch[2000];
  int fd = probe_socket (SOCK_NONBLOCK);

  for (size_t i = 0; i < 2000; i++)
    batch[i] = (struct nlmsghdr){ sizeof batch[i], RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0 };
  for (int i = 0; i < 500; i++)
    send (fd, batch, sizeof batch, MSG_DONTWAIT);
}

static void *
wait_for_nothing (void *fd)
{
  char byte;

  recv (*(int *) fd, &byte, 1, 0);
  return NULL;
}

/* A process that ends in each way while its threads wait. */
static void
parked_child (int i)
{
  int fd = probe_socket (SOCK_CLOEXEC);
  pthread_t thread;

  probe_bind (fd, 0);
  for (int j = 0; j < 8; j++)
    REQUIRE (pthread_create (&thread, NULL, wait_for_nothing, &fd) == 0);
  usleep (20000);
  if (i % 4 == 0)
    raise (SIGKILL);
  else if (i % 4 == 1)
    execl ("/bin/true", "true", (char *) NULL);
  else if (i % 4 == 2)
    pthread_kill (thread, SIGTERM);
  _exit (0);
}

static void
parked (void)
{
  for (int i = 0; i < 60; i++)
    {
      pid_t child = fork ();

      REQUIRE (child >= 0);
      if (child == 0)
        parked_child (i);
      if (i % 20 == 19)
        wait_all ();
    }
}

/* Many threads wait at once, then are ended by an answer each. */
static void
crowd (void)
{
  enum
  {
    N = 300
  };
  static int fds[N];
  static pthread_t threads[N];

  for (int i = 0; i < N; i++)
    {
      fds[i] = probe_socket (0);
      REQUIRE (pthread_create (&threads[i], NULL, wait_for_nothing, &fds[i]) == 0);
    }
  usleep (300000);
  for (int i = 0; i < N; i++)
    REQUIRE (probe_ask_links (fds[i], 1) == 0);
  for (int i = 0; i < N; i++)
    pthread_join (threads[i], NULL);
}

/* Under a waiting thread the number is closed, and becomes something else. */
static void
pulled (void)
{
  for (int i = 0; i < 50; i++)
    {
      struct timeval limit = { .tv_usec = 50000 };
      int fd = probe_socket (0), number = fd;
      pthread_t thread;

      REQUIRE (setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
      REQUIRE (pthread_create (&thread, NULL, wait_for_nothing, &number) == 0);
      usleep (2000);
      close (fd);
      if (i & 1)
        dup2 (STDERR_FILENO, fd);
      pthread_join (thread, NULL);
      if (i & 1)
        close (fd);
    }
}

static void
forks (void)
{
  for (int i = 0; i < 200; i++)
    {
      pid_t child = fork ();

      REQUIRE (child >= 0);
      if (child == 0)
        {
          for (int j = 0; j < 5; j++)
            probe_links (probe_socket (0), NULL);
          _exit (0);
        }
    }
  wait_all ();
}

/* Killed at any point of a call. */
static void
slain (void)
{
  for (int i = 0; i < 200; i++)
    {
      pid_t child = fork ();

      REQUIRE (child >= 0);
      if (child == 0)
        for (;;)
          {
            int fd = probe_socket (0);

            probe_links (fd, NULL);
            close (fd);
          }
      usleep ((useconds_t) (i * 37 % 5000));
      REQUIRE (kill (child, SIGKILL) == 0 && waitpid (child, NULL, 0) == child);
    }
}

static void
copies (void)
{
  int fd = probe_socket (0);

  for (int i = 0; i < 20000; i++)
    {
      int copy = dup (fd);

      if (i % 100 == 0)
        probe_links (copy, NULL);
      REQUIRE (close (copy) == 0);
    }
  for (int i = 0; i < 500; i++)
    REQUIRE (dup (fd) >= 0);
  probe_links (fd, NULL);
}

/* Dumps begun and never read to their end. */
static void
unfinished (void)
{
  char byte;

  for (int i = 0; i < 5000; i++)
    {
      int fd = probe_socket (0);

      REQUIRE (probe_ask_links (fd, 1) == 0);
      if (i & 1)
        REQUIRE (recv (fd, &byte, 1, 0) == 1);
      REQUIRE (close (fd) == 0);
    }
}

/* Up or down: 0 or -errno. */
static int
switch_loopback (int fd, int up, unsigned seq)
{
  struct
  {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } request = { { sizeof request, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, seq, 0 },
                { .ifi_index = 1, .ifi_flags = up ? IFF_UP : 0, .ifi_change = IFF_UP } };
  struct
  {
    struct nlmsghdr header;
    struct nlmsgerr error;
  } answer;

  REQUIRE (send (fd, &request, sizeof request, 0) == sizeof request);
  REQUIRE (recv (fd, &answer, sizeof answer, 0) >= (ssize_t) sizeof answer.header);
  REQUIRE (answer.header.nlmsg_type == NLMSG_ERROR && answer.header.nlmsg_seq == seq);
  return answer.error.error;
}

/* Many listen to everything and hear nothing, while a link goes down and up. */
static void
flaps (void)
{
  enum
  {
    N = 900,
    N_GROUPS = 39
  };
  static int fds[N];
  int asker = probe_socket (0), n = 0;

  for (; n < N && (fds[n] = socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE)) >= 0; n++)
    for (int group = 1; group <= N_GROUPS; group++)
      REQUIRE (setsockopt (fds[n], SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) == 0);
  REQUIRE (n > N / 2);
  for (unsigned i = 0; i < 100; i++)
    REQUIRE (switch_loopback (asker, i & 1, i + 1) == 0);
  for (int i = 0; i < n; i++)
    {
      char datagram[32768];
      ssize_t length;

      do
        length = recv (fds[i], datagram, sizeof datagram, MSG_DONTWAIT);
      while (length > 0 || (length < 0 && errno == ENOBUFS));
      REQUIRE (errno == EAGAIN);
    }
}

static uint64_t state = 88172645463325252u;

static uint64_t
random_number (void)
{
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

/* Random bytes behind headers that are nearly right. */
static size_t
random_datagram (unsigned char *out, size_t size)
{
  size_t length = 16 + random_number () % (size - 16);

  for (size_t i = 0; i < length; i++)
    out[i] = random_number () % 4 ? 0 : (unsigned char) random_number ();
  for (size_t at = 0; at + 16 <= length;)
    {
      struct nlmsghdr header = { 0 };

      memcpy (&header, out + at, sizeof header);
      header.nlmsg_len = (unsigned) (16 + random_number () % 200);
      header.nlmsg_type = (unsigned short) (16 + random_number () % 110);
      header.nlmsg_flags = NLM_F_REQUEST | (unsigned short) (random_number () & 0xf04);
      memcpy (out + at, &header, sizeof header);
      for (size_t a = at + 32; a + 4 <= length && a < at + header.nlmsg_len; a += 8)
        out[a] = (unsigned char) (4 + random_number () % 8), out[a + 1] = 0, out[a + 3] = 0;
      at += (header.nlmsg_len + 3) & ~3u;
    }
  return length;
}

static void
random_requests (void)
{
  static unsigned char datagram[2048];
  static char answer[65536];
  int fd = probe_socket (SOCK_NONBLOCK);

  for (int i = 0; i < 20000; i++)
    {
      size_t length = random_datagram (datagram, sizeof datagram);

      if (i % 500 == 0)
        {
          close (fd);
          fd = probe_socket (SOCK_NONBLOCK);
          probe_bind (fd, (unsigned) random_number () & EVERYBODYS_GROUPS);
          setsockopt (fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &(int){ i & 1 }, sizeof (int));
          setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &(int){ 1 }, sizeof (int));
        }
      send (fd, datagram, length, 0);
      if (i % 3)
        while (recv (fd, answer, sizeof answer, 0) > 0)
          continue;
    }
}

/* Random calls with random arguments, on numbers that may be sockets. */
static void
random_calls (void)
{
  static const int calls[] = { SYS_bind,     SYS_connect, SYS_getsockname, SYS_getpeername, SYS_sendto,   SYS_sendmsg,
                               SYS_recvfrom, SYS_recvmsg, SYS_setsockopt,  SYS_getsockopt,  SYS_recvmmsg, SYS_sendmmsg,
                               SYS_shutdown, SYS_listen,  SYS_accept4,     SYS_socket };
  static uint64_t memory[512];

  for (int i = 0; i < 8; i++)
    probe_socket (SOCK_NONBLOCK);
  for (int i = 0; i < 30000; i++)
    {
      long fd = random_number () % 2 ? (long) (1023 - random_number () % 70) : (long) (3 + random_number () % 12);
      long arguments[5];
      int call = calls[random_number () % (sizeof calls / sizeof calls[0])];

      for (size_t j = 0; j < 5; j++)
        arguments[j] = random_number () % 3 ? (long) &memory[random_number () % 512] : (long) (random_number () % 300);
      for (size_t j = 0; j < 8; j++)
        memory[random_number () % 512] = random_number () % 2 ? (uint64_t) (uintptr_t) memory : random_number () % 64;
      if (call == SYS_socket)
        fd = AF_NETLINK, arguments[0] = SOCK_RAW | SOCK_NONBLOCK, arguments[1] = (long) (random_number () % 3);
      if (call == SYS_recvfrom)
        arguments[2] = MSG_DONTWAIT;
      else if (call == SYS_recvmsg)
        arguments[1] = MSG_DONTWAIT;
      else if (call == SYS_recvmmsg)
        arguments[1] %= 3, arguments[2] = MSG_DONTWAIT, arguments[3] = 0;
      fd = syscall (call, fd, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]);
      if (call == SYS_socket && fd > 20 && fd < 990)
        close ((int) fd);
    }
}

int
main (int argc, char **argv)
{
  static const Scene scenes[] = {
    { "churn", churn },
    { "flood", flood },
    { "batches", batches },
    { "parked", parked },
    { "crowd", crowd },
    { "pulled", pulled },
    { "forks", forks },
    { "slain", slain },
    { "copies", copies },
    { "unfinished", unfinished },
    { "flaps", flaps },
    { "random-requests", random_requests },
    { "random-calls", random_calls },
  };

  return run_scene (scenes, sizeof scenes / sizeof scenes[0], argc > 1 ? argv[1] : "");
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can become of a netlink fd: copied, moved, inherited, passed on, one of
 * many. Each scene ends with every copy still answering. */

#include "lib/probe.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define N_SOCKETS 200
#define N_PLAIN 1100

/* Runs @scene in a child that shares this process's fds as fork() leaves them. */
static void
in_child (void (*scene) (int fd), int fd)
{
  pid_t child = fork ();
  int status;

  REQUIRE (child >= 0);
  if (child == 0)
    {
      scene (fd);
      _exit (0);
    }
  REQUIRE (waitpid (child, &status, 0) == child);
  REQUIRE (WIFEXITED (status) && WEXITSTATUS (status) == 0);
}

static void
answers (int fd)
{
  probe_links (fd, NULL);
}

static void
copies (void)
{
  int fd = probe_socket (SOCK_CLOEXEC);
  int low, high, third, flagged;

  probe_bind (fd, 0);
  low = dup (fd);
  high = fcntl (fd, F_DUPFD, 40);
  third = dup2 (fd, 50);
  flagged = fcntl (fd, F_DUPFD_CLOEXEC, 30);
  REQUIRE (low >= 0 && high >= 40 && third == 50 && flagged >= 30);
  answers (low);
  answers (high);
  answers (third);
  answers (flagged);
  REQUIRE (close (fd) == 0);
  answers (low);
  answers (high);
  REQUIRE (dup2 (high, low) == low);
  answers (low);
}

/* A copy opened and closed again leaves the number as it was: for something
 * that is no netlink socket. */
static void
reuse (void)
{
  int fd = probe_socket (0);
  int pair[2];
  char byte;
  struct sockaddr_nl name = { .nl_family = AF_NETLINK };

  probe_bind (fd, 0);
  answers (fd);
  REQUIRE (socketpair (AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  REQUIRE (dup2 (pair[0], fd) == fd);
  REQUIRE (write (pair[1], "x", 1) == 1);
  REQUIRE (recv (fd, &byte, 1, 0) == 1 && byte == 'x');
  REQUIRE (send (fd, "y", 1, 0) == 1);
  REQUIRE (recv (pair[1], &byte, 1, 0) == 1 && byte == 'y');
  REQUIRE (bind (fd, (struct sockaddr *) &name, sizeof name) < 0);
  REQUIRE (setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &(int){ 1 }, sizeof (int)) < 0);
}

static void
inherited (const char *self)
{
  int fd = probe_socket (0);
  int closing = probe_socket (SOCK_CLOEXEC);
  char number[16], closed[16];
  pid_t child;
  int status;

  probe_bind (fd, 0);
  in_child (answers, fd);
  answers (fd);
  snprintf (number, sizeof number, "%d", fd);
  snprintf (closed, sizeof closed, "%d", closing);
  child = fork ();
  REQUIRE (child >= 0);
  if (child == 0)
    {
      execl (self, self, "answer", number, closed, (char *) NULL);
      _exit (127);
    }
  REQUIRE (waitpid (child, &status, 0) == child && status == 0);
  answers (fd);
}

/* The other half of inherited(). */
static void
answer (int fd, int closed)
{
  answers (fd);
  REQUIRE (fcntl (closed, F_GETFD) < 0 && errno == EBADF);
}

static void
pass (int from, int fd)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr header;
  } control = { 0 };
  struct iovec iov = { .iov_base = (char[]){ 'f' }, .iov_len = 1 };
  struct msghdr message = {
    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes
  };

  control.header = (struct cmsghdr){ CMSG_LEN (sizeof (int)), SOL_SOCKET, SCM_RIGHTS };
  memcpy (CMSG_DATA (&control.header), &fd, sizeof fd);
  REQUIRE (sendmsg (from, &message, 0) == 1);
}

static int
take (int from)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr header;
  } control = { 0 };
  char byte;
  struct iovec iov = { &byte, 1 };
  struct msghdr message = {
    .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes
  };
  int fd;

  REQUIRE (recvmsg (from, &message, 0) == 1);
  REQUIRE (control.header.cmsg_len == CMSG_LEN (sizeof (int)) && control.header.cmsg_type == SCM_RIGHTS);
  memcpy (&fd, CMSG_DATA (&control.header), sizeof fd);
  return fd;
}

static void
take_and_ask (int from)
{
  int fd = take (from);

  answers (fd);
}

static void
passed (void)
{
  int pair[2];
  int fd = probe_socket (0);

  probe_bind (fd, 0);
  REQUIRE (socketpair (AF_UNIX, SOCK_STREAM, 0, pair) == 0);
  pass (pair[0], fd);
  in_child (take_and_ask, pair[1]);
  answers (fd);
  pass (pair[0], fd);
  REQUIRE (close (fd) == 0);
  take_and_ask (pair[1]);
}

/* More sockets at once than a supervisor can watch by their numbers. */
static void
many (void)
{
  static int fds[N_SOCKETS];
  unsigned ports[N_SOCKETS];

  for (int i = 0; i < N_SOCKETS; i++)
    {
      struct sockaddr_nl name = { 0 };
      socklen_t length = sizeof name;

      fds[i] = probe_socket (SOCK_CLOEXEC);
      probe_bind (fds[i], 0);
      REQUIRE (getsockname (fds[i], (struct sockaddr *) &name, &length) == 0);
      ports[i] = name.nl_pid;
      for (int j = 0; j < i; j++)
        REQUIRE (ports[j] != ports[i]);
    }
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < N_SOCKETS; i++)
      answers (fds[i]);
  for (int i = 0; i < N_SOCKETS; i += 2)
    REQUIRE (close (fds[i]) == 0);
  for (int i = 1; i < N_SOCKETS; i += 2)
    answers (fds[i]);
  for (int i = 0; i < 100; i++)
    {
      int fd = probe_socket (0);

      answers (fd);
      REQUIRE (close (fd) == 0);
    }
}

/* Plain fds on all low numbers; each still is what it was. */
static void
plain (void)
{
  struct rlimit limit;
  static int ends[N_PLAIN];
  int fd;

  REQUIRE (getrlimit (RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
  REQUIRE (limit.rlim_cur > 2 * N_PLAIN && setrlimit (RLIMIT_NOFILE, &limit) == 0);
  for (int i = 0; i < N_PLAIN; i += 2)
    REQUIRE (socketpair (AF_UNIX, SOCK_STREAM, 0, ends + i) == 0);
  fd = probe_socket (0);
  answers (fd);
  for (int i = 0; i < N_PLAIN; i += 2)
    {
      struct sockaddr_storage name;
      socklen_t length = sizeof name;
      int value = i, got = -1;

      REQUIRE (send (ends[i], &value, sizeof value, 0) == sizeof value);
      REQUIRE (recv (ends[i + 1], &got, sizeof got, 0) == sizeof got && got == value);
      REQUIRE (getsockname (ends[i], (struct sockaddr *) &name, &length) == 0 && name.ss_family == AF_UNIX);
    }
  answers (fd);
  for (int i = 0; i < N_PLAIN; i++)
    REQUIRE (close (ends[i]) == 0);
  REQUIRE (close (fd) == 0);
  fd = probe_socket (0);
  answers (fd);
}

/* Fills the limit, or that of the supervisor, then finds room again. */
static void
full (void)
{
  struct rlimit limit;
  int fd, last = -1;

  REQUIRE (getrlimit (RLIMIT_NOFILE, &limit) == 0);
  for (rlim_t i = 0; i <= limit.rlim_cur; i++)
    {
      fd = socket (AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
      if (fd < 0)
        break;
      last = fd;
    }
  REQUIRE (fd < 0 && (errno == EMFILE || errno == ENFILE));
  answers (last);
  REQUIRE (close (last) == 0);
  fd = probe_socket (0);
  answers (fd);
}

int
main (int argc, char **argv)
{
  const char *scene = argc > 1 ? argv[1] : "";

  if (strcmp (scene, "copies") == 0)
    copies ();
  else if (strcmp (scene, "reuse") == 0)
    reuse ();
  else if (strcmp (scene, "inherited") == 0)
    inherited (argv[0]);
  else if (strcmp (scene, "answer") == 0 && argc == 4)
    answer (atoi (argv[2]), atoi (argv[3]));
  else if (strcmp (scene, "passed") == 0)
    passed ();
  else if (strcmp (scene, "many") == 0)
    many ();
  else if (strcmp (scene, "plain") == 0)
    plain ();
  else if (strcmp (scene, "full") == 0)
    full ();
  else
    probe_fail (__FILE__, __LINE__, "unknown scene \"%s\"", scene);
  return 0;
}

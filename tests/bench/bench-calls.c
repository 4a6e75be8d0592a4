/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How long single calls take: prints "NAME NANOSECONDS" lines, each the median
 * of some batches. Run natively and under nlvirt, by turns, by bench.py. */

#include "lib/probe.h"

#include <fcntl.h>
#include <ifaddrs.h>
#include <time.h>

#define N_BATCHES 15
#define N_CALLS 20000
#define N_FDS 400

static int ends[2], zero, null, high;

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e9 + (double) time.tv_nsec;
}

/* Each makes @n calls and returns the nanoseconds that they took. */

static double
do_close (int n)
{
  double spent = 0;

  for (int done = 0; done < n; done += N_FDS)
    {
      int fds[N_FDS];
      double start;

      for (int i = 0; i < N_FDS; i++)
        REQUIRE ((fds[i] = dup (null)) >= 0);
      start = now ();
      for (int i = 0; i < N_FDS; i++)
        close (fds[i]);
      spent += now () - start;
    }
  return spent;
}

static double
do_read (int n)
{
  double start = now ();
  char byte;

  for (int i = 0; i < n; i++)
    REQUIRE (read (zero, &byte, 1) == 1);
  return now () - start;
}

static double
do_write (int n)
{
  double start = now ();

  for (int i = 0; i < n; i++)
    REQUIRE (write (null, "x", 1) == 1);
  return now () - start;
}

static double
do_recvmsg (int n)
{
  char byte;
  struct iovec iov = { &byte, 1 };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
  double spent = 0;

  for (int done = 0; done < n; done += 100)
    {
      double start;

      for (int i = 0; i < 100; i++)
        REQUIRE (write (ends[1], "x", 1) == 1);
      start = now ();
      for (int i = 0; i < 100; i++)
        REQUIRE (recvmsg (ends[0], &message, 0) == 1);
      spent += now () - start;
    }
  return spent;
}

static double
get_option (int fd, int n)
{
  double start = now ();

  for (int i = 0; i < n; i++)
    {
      int value;
      socklen_t length = sizeof value;

      REQUIRE (getsockopt (fd, SOL_SOCKET, SO_TYPE, &value, &length) == 0);
    }
  return now () - start;
}

static double
do_getsockopt (int n)
{
  return get_option (ends[0], n);
}

/* What a plain fd pays that has one of the watched numbers. */
static double
do_getsockopt_high (int n)
{
  return get_option (high, n / 20) * 20;
}

static double
do_getifaddrs (int n)
{
  double start = now ();

  for (int i = 0; i < n / 100; i++)
    {
      struct ifaddrs *list;

      REQUIRE (getifaddrs (&list) == 0);
      freeifaddrs (list);
    }
  return (now () - start) * 100;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
measure (const char *name, double (*calls) (int n))
{
  double batches[N_BATCHES];

  calls (N_CALLS / 10);
  for (int i = 0; i < N_BATCHES; i++)
    batches[i] = calls (N_CALLS) / N_CALLS;
  qsort (batches, N_BATCHES, sizeof batches[0], compare);
  printf ("%s %.1f\n", name, batches[N_BATCHES / 2]);
}

int
main (int argc, char **argv)
{
  if (argc > 1)
    {
      measure ("getifaddrs", do_getifaddrs);
      return 0;
    }
  zero = open ("/dev/zero", O_RDONLY | O_CLOEXEC);
  null = open ("/dev/null", O_WRONLY | O_CLOEXEC);
  REQUIRE (zero >= 0 && null >= 0 && socketpair (AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  high = dup2 (ends[0], 1000);
  measure ("close", do_close);
  measure ("read", do_read);
  measure ("write", do_write);
  measure ("recvmsg", do_recvmsg);
  measure ("getsockopt", do_getsockopt);
  if (high >= 0)
    measure ("getsockopt-at-1000", do_getsockopt_high);
  return 0;
}

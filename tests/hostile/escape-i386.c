/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A 32-bit program without libc that asks a netlink socket for all links and
 * writes the answer out as it is: names are readable in it. */

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

enum
{
  NR_EXIT = 1,
  NR_WRITE = 4,
  NR_SOCKETCALL = 102,
  NR_SOCKET = 359,
  CALL_SOCKET = 1,
  CALL_SEND = 9,
  CALL_RECV = 10,
};

static long
call (long number, long a, long b, long c)
{
  long result;

  __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(a), "c"(b), "d"(c) : "memory");
  return result;
}

static long
socketcall (long number, long a, long b, long c, long d)
{
  const long arguments[4] = { a, b, c, d };

  return call (NR_SOCKETCALL, number, (long) arguments, 0);
}

static void
say (const char *text, unsigned long length)
{
  call (NR_WRITE, 1, (long) text, (long) length);
}

/* @fd is a socket, or -errno. */
static void
show (long fd)
{
  static const char closed[] = "closed\n";
  static char answer[16384];
  struct
  {
    struct nlmsghdr header;
    struct ifinfomsg body;
  } request = { { sizeof request, RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { 0 } };
  long length;

  if (fd < 0 || socketcall (CALL_SEND, fd, (long) &request, sizeof request, 0) < 0)
    {
      say (closed, sizeof closed - 1);
      return;
    }
  length = socketcall (CALL_RECV, fd, (long) answer, sizeof answer, 0);
  if (length > 0)
    say (answer, (unsigned long) length);
}

__attribute__ ((noreturn)) void _start (void);

void
_start (void)
{
  show (call (NR_SOCKET, 16 /* AF_NETLINK */, 3 /* SOCK_RAW */, NETLINK_ROUTE));
  show (socketcall (CALL_SOCKET, 16, 3, NETLINK_ROUTE, 0));
  for (;;)
    call (NR_EXIT, 0, 0, 0);
}

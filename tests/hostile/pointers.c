/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Arguments that no program should pass, in every call that a netlink socket
 * knows. Prints what each call said: the kernel's answers are the reference. */

#include "hostile.h"

#include <limits.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define PAGE 4096

static char *page_end; /* nothing is mapped from here on */
static char *read_only;

/* Where memory is not, or not as it should be. */
static void *
bad_pointer (size_t which)
{
  void *const all[] = {
    NULL,
    (void *) 1,
    (void *) 0xdead0000,
    page_end,
    page_end - 1,
    page_end - 7,
    (void *) 0x7ffffffff000,
    (void *) 0x800000000000,
    (void *) 0xffffffff81000000,
    (void *) -1L,
  };

  return which < sizeof all / sizeof all[0] ? all[which] : NULL;
}

#define N_POINTERS 10

static const long bad_lengths[] = {
  0, 1, 2, 3, 11, 12, 13, 16, 17, 128, 129, PAGE, 65536, INT_MAX, UINT_MAX, INT_MIN, -1, LONG_MAX, LONG_MIN, 1L << 32,
};
#define N_LENGTHS (sizeof bad_lengths / sizeof bad_lengths[0])

static int
fresh (void)
{
  int fd = probe_socket (SOCK_NONBLOCK);

  probe_bind (fd, 0);
  return fd;
}

/* A socket with an answer in it, of the same length on every network: an
 * acknowledgement. */
static int
filled (void)
{
  struct nlmsghdr request = { sizeof request, NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 1, 0 };
  int fd = fresh ();

  REQUIRE (send (fd, &request, sizeof request, 0) == sizeof request);
  return fd;
}

static void
report (const char *call, size_t i, size_t j, long result)
{
  int error = errno;

  if (result < 0)
    printf ("%s %zu %zu: %s\n", call, i, j, strerror (error));
  else
    printf ("%s %zu %zu: %ld\n", call, i, j, result);
}

/* Runs one call on a socket of its own. */
#define TRY(name, i, j, make, ...)                                                                                     \
  do                                                                                                                   \
    {                                                                                                                  \
      int fd = make ();                                                                                                \
      report (name, i, j, syscall (__VA_ARGS__));                                                                      \
      close (fd);                                                                                                      \
    }                                                                                                                  \
  while (0)

static void
addresses (void)
{
  for (size_t i = 0; i < N_POINTERS; i++)
    {
      void *bad = bad_pointer (i);

      TRY ("bind", i, 0, fresh, SYS_bind, fd, bad, 12);
      TRY ("connect", i, 0, fresh, SYS_connect, fd, bad, 12);
      TRY ("getsockname", i, 0, fresh, SYS_getsockname, fd, bad, &(socklen_t){ 12 });
      TRY ("getsockname", i, 1, fresh, SYS_getsockname, fd, &(struct sockaddr_nl){ 0 }, bad);
      TRY ("getpeername", i, 0, fresh, SYS_getpeername, fd, bad, &(socklen_t){ 12 });
      TRY ("getpeername", i, 1, fresh, SYS_getpeername, fd, &(struct sockaddr_nl){ 0 }, bad);
    }
}

static void
address_lengths (void)
{
  static char room[PAGE * 64];
  const struct sockaddr_nl name = { .nl_family = AF_NETLINK };

  for (size_t i = 0; i < N_LENGTHS; i++)
    {
      socklen_t length = (socklen_t) bad_lengths[i];

      memcpy (room, &name, sizeof name);
      TRY ("bind length", i, 0, fresh, SYS_bind, fd, room, bad_lengths[i]);
      TRY ("connect length", i, 0, fresh, SYS_connect, fd, room, bad_lengths[i]);
      memset (room, 0x55, 64);
      TRY ("getsockname length", i, 0, fresh, SYS_getsockname, fd, room, &length);
      printf ("length %d, byte 12 %#x\n", (int) length, (unsigned) room[12]);
    }
}

static void
data (void)
{
  for (size_t i = 0; i < N_POINTERS; i++)
    {
      void *bad = bad_pointer (i);

      TRY ("sendto", i, 0, fresh, SYS_sendto, fd, bad, 32, 0, NULL, 0);
      TRY ("sendto address", i, 0, fresh, SYS_sendto, fd, read_only, 20, 0, bad, 12);
      TRY ("write", i, 0, fresh, SYS_write, fd, bad, 32);
      TRY ("recvfrom", i, 0, filled, SYS_recvfrom, fd, bad, 4096, 0, NULL, NULL);
      TRY ("recvfrom address", i, 0, filled, SYS_recvfrom, fd, NULL, 0, 0, bad, &(socklen_t){ 12 });
      TRY ("recvfrom address length", i, 0, filled, SYS_recvfrom, fd, NULL, 0, 0, &(struct sockaddr_nl){ 0 }, bad);
    }
  TRY ("recvfrom read-only", 0, 0, filled, SYS_recvfrom, fd, read_only, PAGE, 0, NULL, NULL);
}

static void
data_lengths (void)
{
  static char room[PAGE * 64];

  for (size_t i = 0; i < N_LENGTHS; i++)
    {
      struct nlmsghdr header = { .nlmsg_len = (unsigned) bad_lengths[i], .nlmsg_flags = NLM_F_REQUEST };

      memcpy (room, &header, sizeof header);
      TRY ("sendto length", i, 0, fresh, SYS_sendto, fd, room, bad_lengths[i], 0, NULL, 0);
      TRY ("sendto address length", i, 0, fresh, SYS_sendto, fd, room, 32, 0, room, bad_lengths[i]);
      TRY ("recvfrom flags", i, 0, filled, SYS_recvfrom, fd, room, 64, MSG_DONTWAIT | MSG_PEEK | MSG_TRUNC, NULL, 0);
    }
}

static void
vectors (void)
{
  static char room[PAGE];

  for (size_t i = 0; i < N_POINTERS; i++)
    {
      void *bad = bad_pointer (i);
      struct iovec good = { room, sizeof room }, wrong = { bad, 64 };
      struct msghdr iov = { .msg_iov = bad, .msg_iovlen = 1 };
      struct msghdr base = { .msg_iov = &wrong, .msg_iovlen = 1 };
      struct msghdr name = { .msg_iov = &good, .msg_iovlen = 1, .msg_name = bad, .msg_namelen = 12 };
      struct msghdr control = { .msg_iov = &good, .msg_iovlen = 1, .msg_control = bad, .msg_controllen = 64 };
      struct msghdr *const all[] = { bad, &iov, &base, &name, &control };

      for (size_t j = 0; j < sizeof all / sizeof all[0]; j++)
        {
          TRY ("recvmsg", i, j, filled, SYS_recvmsg, fd, all[j], MSG_DONTWAIT);
          TRY ("sendmsg", i, j, fresh, SYS_sendmsg, fd, all[j], 0);
        }
    }
}

static void
vector_lengths (void)
{
  static char room[PAGE * 64];
  static struct iovec many[2048];

  for (size_t i = 0; i < sizeof many / sizeof many[0]; i++)
    many[i] = (struct iovec){ room, 1 };
  for (size_t i = 0; i < N_LENGTHS; i++)
    {
      struct iovec one = { room, (size_t) bad_lengths[i] };
      struct msghdr length = { .msg_iov = &one, .msg_iovlen = 1 };
      struct msghdr count = { .msg_iov = many, .msg_iovlen = (size_t) bad_lengths[i] };
      struct msghdr name = { .msg_name = room, .msg_namelen = (socklen_t) bad_lengths[i] };

      if (bad_lengths[i] <= 2048 || bad_lengths[i] > UINT_MAX)
        TRY ("recvmsg count", i, 0, filled, SYS_recvmsg, fd, &count, MSG_DONTWAIT);
      TRY ("recvmsg length", i, 0, filled, SYS_recvmsg, fd, &length, MSG_DONTWAIT);
      TRY ("recvmsg name length", i, 0, filled, SYS_recvmsg, fd, &name, MSG_DONTWAIT);
      TRY ("sendmsg length", i, 0, fresh, SYS_sendmsg, fd, &length, 0);
    }
}

static void
options (void)
{
  static char room[PAGE];

  for (int option = -1; option < 20; option++)
    for (size_t i = 0; i < N_POINTERS; i++)
      {
        void *bad = bad_pointer (i);

        if (option == NETLINK_TX_RING || option == NETLINK_RX_RING)
          continue;
        TRY ("setsockopt", i, (size_t) option, fresh, SYS_setsockopt, fd, SOL_NETLINK, option, bad, 4);
        TRY ("getsockopt", i, (size_t) option, fresh, SYS_getsockopt, fd, SOL_NETLINK, option, bad, &(socklen_t){ 4 });
        TRY ("getsockopt length", i, (size_t) option, fresh, SYS_getsockopt, fd, SOL_NETLINK, option, room, bad);
      }
  for (size_t i = 0; i < N_LENGTHS; i++)
    {
      socklen_t length = (socklen_t) bad_lengths[i];

      TRY ("setsockopt length", i, 0, fresh, SYS_setsockopt, fd, SOL_NETLINK, NETLINK_EXT_ACK, room, bad_lengths[i]);
      TRY ("getsockopt length", i, 0, fresh, SYS_getsockopt, fd, SOL_NETLINK, NETLINK_EXT_ACK, room, &length);
    }
}

/* Numbers that are no netlink socket. */
static void
numbers (void)
{
  const long bad[] = { -1, INT_MIN, INT_MAX, 4000, 0x100000000L, 1023, 1000, 960 };
  struct sockaddr_nl name = { .nl_family = AF_NETLINK };
  char byte[64] = { 0 };

  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    {
      socklen_t length = sizeof name;

      report ("bind", i, 0, syscall (SYS_bind, bad[i], &name, sizeof name));
      report ("connect", i, 0, syscall (SYS_connect, bad[i], &name, sizeof name));
      report ("getsockname", i, 0, syscall (SYS_getsockname, bad[i], &name, &length));
      report ("setsockopt", i, 0, syscall (SYS_setsockopt, bad[i], SOL_NETLINK, NETLINK_EXT_ACK, byte, 4));
      report ("sendto", i, 0, syscall (SYS_sendto, bad[i], byte, sizeof byte, 0, NULL, 0));
      report ("recvfrom", i, 0, syscall (SYS_recvfrom, bad[i], byte, sizeof byte, MSG_DONTWAIT, NULL, NULL));
    }
}

int
main (int argc, char **argv)
{
  static const Scene scenes[] = {
    { "addresses", addresses }, { "address-lengths", address_lengths },
    { "data", data },           { "data-lengths", data_lengths },
    { "vectors", vectors },     { "vector-lengths", vector_lengths },
    { "options", options },     { "numbers", numbers },
  };
  char *pages = mmap (NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  REQUIRE (pages != MAP_FAILED && munmap (pages + PAGE, PAGE) == 0);
  page_end = pages + PAGE;
  read_only = pages + 2 * PAGE;
  ((struct nlmsghdr *) (void *) read_only)->nlmsg_len = 20;
  REQUIRE (mprotect (read_only, PAGE, PROT_READ) == 0);
  return run_scene (scenes, sizeof scenes / sizeof scenes[0], argc > 1 ? argv[1] : "");
}

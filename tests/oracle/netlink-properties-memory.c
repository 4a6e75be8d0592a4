/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where the parts of a message lie: near each other and far, over each other,
 * and where they cannot be written though nothing would change. */
#include "netlink-properties.h"

#include <sys/mman.h>
#include <sys/uio.h>

#define PAGE 4096
#define N_PAGES 4

static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

static Datagram datagram;

static void
ask (int fd, uint32_t seq)
{
  Request request;
  size_t len = request_unknown (&request, 0, seq, 0);

  EXPECT (send (fd, &request, len, 0), len);
}

/* Pages of our own; behind them nothing is mapped. */
static unsigned char *
map_pages (void)
{
  unsigned char *pages = mmap (NULL, (N_PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  EXPECT_TRUE (pages != MAP_FAILED);
  EXPECT_OK (munmap (pages + N_PAGES * PAGE, PAGE));
  return pages;
}

static void
sender_that_is_there (void)
{
  char bytes[64];
  struct sockaddr_nl from = { 0 };
  struct iovec iov = { bytes, sizeof bytes };
  struct msghdr message = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = bound_socket (0);

  ask (fd, 1);
  for (int i = 0; i < 4; i++)
    {
      EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
      EXPECT (message.msg_namelen, sizeof from);
      EXPECT (message.msg_flags, 0);
      EXPECT_TRUE (memcmp (&from, &kernel, sizeof from) == 0);
      if (i == 1)
        memset (&from, 0xaa, sizeof from);
      if (i == 2)
        message.msg_namelen = 100;
    }
}

/* The name is written after the data, also where it stood before. */
static void
sender_over_the_data (void)
{
  unsigned char bytes[64];
  struct iovec iov = { bytes, sizeof bytes };
  struct msghdr message = {
    .msg_name = bytes + 20,
    .msg_namelen = sizeof kernel,
    .msg_iov = &iov,
    .msg_iovlen = 1,
  };
  int fd = bound_socket (0);

  ask (fd, 0x55555555);
  for (int i = 0; i < 3; i++)
    {
      EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
      EXPECT_TRUE (memcmp (bytes + 20, &kernel, sizeof kernel) == 0);
      EXPECT (bytes[8], 0x55);
    }
}

static void
sender_that_is_read_only (void)
{
  unsigned char *pages = map_pages ();
  char bytes[64];
  struct iovec iov = { bytes, sizeof bytes };
  struct msghdr message = { .msg_name = pages, .msg_namelen = sizeof kernel, .msg_iov = &iov, .msg_iovlen = 1 };
  socklen_t len = sizeof kernel;
  int fd = bound_socket (0);

  ask (fd, 1);
  EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
  EXPECT_OK (mprotect (pages, PAGE, PROT_READ));
  EXPECT_TRUE (memcmp (pages, &kernel, sizeof kernel) == 0);
  EXPECT_ERRNO (recvmsg (fd, &message, MSG_PEEK), EFAULT);
  EXPECT_ERRNO (recvmsg (fd, &message, MSG_PEEK), EFAULT);
  EXPECT_ERRNO (recvfrom (fd, bytes, sizeof bytes, MSG_PEEK, (struct sockaddr *) pages, &len), EFAULT);
  message.msg_name = NULL;
  EXPECT (recvmsg (fd, &message, MSG_PEEK), 36);
}

/* The header and the lengths are written, changed or not. */
static void
lengths_that_are_read_only (void)
{
  unsigned char *pages = map_pages ();
  char bytes[64];
  struct sockaddr_nl from;
  struct iovec iov = { bytes, sizeof bytes };
  struct msghdr *message = (struct msghdr *) pages;
  socklen_t *len = (socklen_t *) (pages + PAGE / 2);
  int fd = bound_socket (0);

  ask (fd, 1);
  *message = (struct msghdr){ .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &iov, .msg_iovlen = 1 };
  *len = sizeof from;
  EXPECT (recvmsg (fd, message, MSG_PEEK), 36);
  EXPECT_OK (getsockname (fd, (struct sockaddr *) &from, len));
  EXPECT_OK (mprotect (pages, PAGE, PROT_READ));
  EXPECT_ERRNO (recvmsg (fd, message, MSG_PEEK), EFAULT);
  EXPECT_ERRNO (recvmsg (fd, message, MSG_PEEK), EFAULT);
  EXPECT_ERRNO (recvfrom (fd, bytes, sizeof bytes, MSG_PEEK, (struct sockaddr *) &from, len), EFAULT);
  EXPECT_ERRNO (getsockname (fd, (struct sockaddr *) &from, len), EFAULT);
}

/* Where in the pages the parts of a message are. */
typedef struct
{
  size_t header, iov, name, data;
} Layout;

static const Layout layouts[] = {
  { 0, 64, 128, 192 },                                  /* as on a stack */
  { 1000, 904, 800, 200 },                              /* in another order */
  { 0, 2000, 2500, 3000 },                              /* not so near */
  { 64, 4096, 8192, 12288 },                            /* each on a page */
  { PAGE - 24, PAGE + 64, PAGE - 64, 2 * PAGE - 10 },   /* across borders */
  { N_PAGES * PAGE - 56, 16, N_PAGES *PAGE - 120, 64 }, /* before the end */
  { 64, N_PAGES *PAGE - 16, 256, N_PAGES *PAGE - 200 },
  { 64, 256, N_PAGES *PAGE - 12, N_PAGES *PAGE - 400 },
  { 512, 256, 0, N_PAGES *PAGE - 20 },
};

static void
send_and_receive (int fd, unsigned char *pages, const Layout *layout, uint32_t seq)
{
  struct msghdr *message = (struct msghdr *) (pages + layout->header);
  struct iovec *iov = (struct iovec *) (pages + layout->iov);
  unsigned char *data = pages + layout->data;
  struct nlmsghdr header;
  Request request;
  size_t len = request_unknown (&request, 0, seq, 0);

  *message = (struct msghdr){
    .msg_name = pages + layout->name,
    .msg_namelen = sizeof kernel,
    .msg_iov = iov,
    .msg_iovlen = 1,
  };
  *iov = (struct iovec){ data, len };
  memcpy (pages + layout->name, &kernel, sizeof kernel);
  memcpy (data, &request, len);
  EXPECT (sendmsg (fd, message, 0), len);
  EXPECT (recvmsg (fd, message, MSG_PEEK), len);
  EXPECT (message->msg_flags, MSG_TRUNC);
  memcpy (&header, data, sizeof header);
  EXPECT (header.nlmsg_type, NLMSG_ERROR);
  EXPECT (header.nlmsg_seq, seq);
  EXPECT_TRUE (memcmp (pages + layout->name, &kernel, sizeof kernel) == 0);
  read_datagram (fd, &datagram);
  EXPECT (datagram.header.nlmsg_seq, seq);
}

static void
parts_near_and_far (void)
{
  unsigned char *pages = map_pages ();
  int fd = bound_socket (0);

  for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
    for (uint32_t seq = 1; seq <= 3; seq++)
      send_and_receive (fd, pages, &layouts[i], seq + 10 * (uint32_t) i);
}

/* Addresses at which a sum of address and length comes round to 0. */
static void
parts_at_the_end_of_memory (void)
{
  char bytes[64];
  struct iovec iov = { bytes, 20 };
  struct msghdr message = { .msg_name = (void *) -4L, .msg_namelen = 12, .msg_iov = &iov, .msg_iovlen = 1 };
  int fd = bound_socket (0);

  ask (fd, 1);
  for (int i = 0; i < 2; i++)
    {
      EXPECT_ERRNO (sendmsg (fd, &message, 0), EFAULT);
      EXPECT_ERRNO (recvmsg (fd, &message, MSG_PEEK), EFAULT);
    }
  EXPECT_ERRNO (sendto (fd, bytes, 20, 0, (void *) -4L, 12), EFAULT);
}

const Property memory_properties[] = {
  { "memory/sender-that-is-there", sender_that_is_there },
  { "memory/sender-over-the-data", sender_over_the_data },
  { "memory/sender-that-is-read-only", sender_that_is_read_only },
  { "memory/lengths-that-are-read-only", lengths_that_are_read_only },
  { "memory/parts-near-and-far", parts_near_and_far },
  { "memory/parts-at-the-end-of-memory", parts_at_the_end_of_memory },
  { NULL, NULL },
};

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the parts of netlink-properties share. A property is a short test that
 * runs in a process of its own, against whatever answers AF_NETLINK there. */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

typedef struct
{
  const char *name; /* NULL ends a list */
  void (*run) (void);
} Property;

extern const Property address_properties[];
extern const Property send_properties[];
extern const Property answer_properties[];
extern const Property receive_properties[];
extern const Property memory_properties[];
extern const Property option_properties[];
extern const Property wait_properties[];
/* For those who may change the network. */
extern const Property event_properties[];

void expect (const char *file, int line, const char *what, long long got, long long expected);
void expect_failure (const char *file, int line, const char *what, long long result, int expected);
void expect_true (const char *file, int line, const char *what, bool holds);

/* The value of @expression. */
#define EXPECT(expression, expected) expect (__FILE__, __LINE__, #expression, (long long) (expression), (expected))
/* A system call that succeeds with 0. */
#define EXPECT_OK(call) expect_failure (__FILE__, __LINE__, #call, (call), 0)
/* A system call that fails. */
#define EXPECT_ERRNO(call, expected) expect_failure (__FILE__, __LINE__, #call, (call), (expected))
#define EXPECT_TRUE(condition) expect_true (__FILE__, __LINE__, #condition, (condition))

/* May this process change the network? The responder is asked. */
bool is_admin (void);

int route_socket (int flags);
struct sockaddr_nl address_of (uint32_t port, uint32_t groups);
uint32_t own_port (int fd);
int bound_socket (int flags);

/* A request in the making; @bytes is aligned for a header. */
typedef struct
{
  union
  {
    struct nlmsghdr header;
    unsigned char bytes[512];
  };
} Request;

/* A header and @payload zeroed bytes; the size to send. */
size_t request_init (Request *request, uint16_t type, uint16_t flags, uint32_t seq, size_t payload);
/* The dump of all links as glibc asks for it. */
size_t request_link_dump (Request *request, uint32_t seq);
/* One link, by its index: the loopback. */
size_t request_loopback (Request *request, uint16_t flags, uint32_t seq);
/* A type that rtnetlink does not have: always -EOPNOTSUPP. */
size_t request_unknown (Request *request, uint16_t flags, uint32_t seq, size_t payload);

/* A datagram that was read, MSG_DONTWAIT, so that nothing hangs. */
typedef struct
{
  union
  {
    struct nlmsghdr header;
    unsigned char bytes[65536];
  };
  ssize_t len; /* -1 with @error set */
  int error;
} Datagram;

void read_datagram (int fd, Datagram *datagram);
/* The error in an NLMSG_ERROR; 1 when the datagram is none. */
int error_of (const Datagram *datagram);
/* Reads on until NLMSG_DONE; the number of datagrams. */
int read_dump (int fd, uint32_t seq);
bool queue_is_empty (int fd);

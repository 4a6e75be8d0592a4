/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One NETLINK_ROUTE socket, as af_netlink.c has it: port id, groups, options,
 * requests and dumps. Where its receive queue lies is its owner's affair:
 * datagrams go out through NlvSocketQueue. */
#pragma once

#include "netlink/bus.h"

#include <linux/netlink.h>

typedef struct _NlvNetlinkSocket NlvNetlinkSocket;

/* A datagram for the socket's reader. */
typedef struct
{
  NlvSpan bytes;
  guint32 port;          /* the sender's: 0 the kernel */
  guint32 group;         /* the multicast group's number, 0 for unicast */
  guint32 pid, uid, gid; /* SCM_CREDENTIALS: 0 for the kernel */
} NlvDatagram;

/* How a socket reaches its receive queue. */
typedef struct
{
  /* Appends a datagram. FALSE when it cannot be held: the socket then loses
   * it and reports ENOBUFS once. */
  gboolean (*append) (gpointer owner, const NlvDatagram *datagram);
  /* May be NULL. How many of the last datagrams the reader has not taken, be it
   * unseen. Asked before one is given up for want of room. */
  guint (*count_unread) (gpointer owner);
  /* May be NULL. There is an error for the reader to take, and nothing in the
   * queue to make it come: sk_error_report(). */
  void (*report_error) (gpointer owner);
  /* May be NULL: then no request is served late. Calls
   * nlv_netlink_socket_resume() after so long. Told again only by that. */
  void (*delay) (gpointer owner, guint milliseconds);
} NlvSocketQueue;

/* @type is SOCK_RAW or SOCK_DGRAM. */
NlvNetlinkSocket *nlv_netlink_socket_new (NlvBus *bus, int type, const NlvSocketQueue *queue, gpointer owner);
void nlv_netlink_socket_free (NlvNetlinkSocket *self);
int nlv_netlink_socket_get_type (NlvNetlinkSocket *self);

/* What the kernel takes from the calling task. */
typedef struct
{
  guint32 tgid;          /* in its own pid namespace: the first choice of a port id */
  guint32 pid, uid, gid; /* of the sender, for SCM_CREDENTIALS */
  gboolean admin;
  gboolean writable; /* NlvCaller */
  guint64 now;       /* hundredths of a second since boot */
} NlvTask;

/* System calls: 0 or a length, or -errno. @address and @address_len are what
 * the program passed, already copied; up to sizeof (struct sockaddr_storage)
 * bytes. */
int nlv_netlink_socket_bind (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len);
int nlv_netlink_socket_connect (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len);
gboolean nlv_netlink_socket_is_bound (NlvNetlinkSocket *self);
void nlv_netlink_socket_get_name (NlvNetlinkSocket *self, struct sockaddr_nl *name);
void nlv_netlink_socket_get_peer_name (NlvNetlinkSocket *self, struct sockaddr_nl *name);

/* Level SOL_NETLINK. set: @value holds @len bytes of the program's. get: fills
 * @value (room for @size bytes), sets @len to what getsockopt() reports and
 * @written to how many bytes of @value are to be copied out. */
int nlv_netlink_socket_set_option (NlvNetlinkSocket *self, const NlvTask *task, int option, const void *value,
                                   gsize len);
int nlv_netlink_socket_get_option (NlvNetlinkSocket *self, int option, void *value, gsize size, gsize *written,
                                   gsize *len);

/* sendmsg(): runs every request in @data; the answers are in the queue when it
 * returns. @address may be NULL with @address_len 0. @send_buffer is
 * SO_SNDBUF's value. */
gssize nlv_netlink_socket_send (NlvNetlinkSocket *self, const NlvTask *task, const void *address, gsize address_len,
                                NlvSpan data, gsize send_buffer);

/* The request that was to be served late is served now; what was sent after it calls
 * for one more resume. @now is NlvTask's. */
void nlv_netlink_socket_resume (NlvNetlinkSocket *self, guint64 now);

/* recvmsg(), in the kernel's order: first take_error; then the owner takes (or
 * peeks at) a datagram and says so here with the room its reader offered;
 * @consumed is its length, or 0 for a peek. A dump goes on from here. */
int nlv_netlink_socket_take_error (NlvNetlinkSocket *self); /* -ENOBUFS once, or 0 */
void nlv_netlink_socket_received (NlvNetlinkSocket *self, gsize reader_room, gsize consumed);
/* recvmsg() that fails ends with netlink_rcv_wake() all the same. */
void nlv_netlink_socket_received_nothing (NlvNetlinkSocket *self);

/* The reader took all but the last @n_left without asking us: a running dump
 * goes on. */
void nlv_netlink_socket_received_unseen (NlvNetlinkSocket *self, guint n_left);

/* A dump has more to say than the queue holds by now. */
gboolean nlv_netlink_socket_is_dumping (NlvNetlinkSocket *self);

/* SO_RCVBUF's value, for the overrun limit. */
void nlv_netlink_socket_set_receive_buffer (NlvNetlinkSocket *self, gsize size);

/* Control messages of a datagram, in the kernel's order, as a cmsg buffer for
 * a 64-bit program: NETLINK_PKTINFO when asked for, SCM_CREDENTIALS when
 * @pass_credentials. */
GByteArray *nlv_netlink_socket_control (NlvNetlinkSocket *self, const NlvDatagram *datagram, gboolean pass_credentials);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of this layer know of a socket and of each other. */
#pragma once

#include "netlink/backlog.h"
#include "netlink/socket.h"

struct _NlvNetlinkSocket
{
  NlvBus *bus; /* (owned) */
  int type;
  const NlvSocketQueue *queue;
  gpointer owner;

  guint32 port; /* may be set without @bound, after a bind() that failed */
  gboolean bound;
  gboolean connected;
  guint32 peer_port;
  guint32 peer_group;
  guint64 groups;                       /* bit n: group n + 1 */
  guint32 places[NLV_BUS_N_GROUPS + 1]; /* among the members of a group, by its number */
  gboolean has_groups;                  /* netlink_realloc_groups() ran */
  guint32 options;                      /* bit n: NETLINK_ option n is on */

  NlvBacklog backlog;
  gsize receive_buffer;
  gboolean congested; /* lost something, and the queue has not been empty since */
  int error;          /* sk_err */

  NlvDump *dump;   /* (owned) (nullable) the one under way */
  int dump_result; /* what its fill returned last */
  NlvWriter dump_writer;
  gboolean dump_ended;        /* what @dump_writer holds is its last datagram */
  gboolean dump_to_interrupt; /* after its next datagram, as if the network had changed then */
  gboolean dump_held;         /* @dump_writer holds a datagram that the owner could not take */
  gboolean dumping;
  gsize reader_room;     /* max_recvmsg_len */
  NlvWriter writer;      /* for everything else */
  gboolean held_is_late; /* the first of @held has waited for its time */
  GQueue held;           /* (element-type HeldRequest) (owned) what is to be served late, and what came after it */
};

/* bus.c */
NlvNetlinkSocket *nlv_bus_find_port (NlvBus *bus, guint32 port);
gboolean nlv_bus_claim_port (NlvBus *bus, guint32 port, NlvNetlinkSocket *socket);
void nlv_bus_release_port (NlvBus *bus, guint32 port);
/* Around requests: observers of the network are told later. */
void nlv_bus_hold (NlvBus *bus);
void nlv_bus_let_go (NlvBus *bus);
/* @before and @after as the groups of a socket. */
void nlv_bus_change_groups (NlvBus *bus, NlvNetlinkSocket *socket, guint64 before, guint64 after);
/* netlink_broadcast(): to the members of the datagram's group, but not to
 * @sender (nullable) nor to who has @except_port. */
void nlv_bus_broadcast (NlvBus *bus, const NlvDatagram *datagram, const NlvNetlinkSocket *sender, guint32 except_port);

/* Of all sockets, what is to be served late. */
gsize *nlv_bus_get_held (NlvBus *bus);

/* socket-option.c */
gboolean nlv_netlink_socket_has_option (const NlvNetlinkSocket *self, int option);

/* socket-group.c */
int nlv_netlink_socket_may_join (const NlvTask *task, guint64 groups);
void nlv_netlink_socket_set_groups (NlvNetlinkSocket *self, guint64 groups);

/* socket-queue.c */
/* netlink_attachskb() that does not wait: FALSE when there is no room. */
gboolean nlv_netlink_socket_deliver (NlvNetlinkSocket *self, const NlvDatagram *datagram);
void nlv_netlink_socket_overrun (NlvNetlinkSocket *self);
void nlv_netlink_socket_send_answer (NlvNetlinkSocket *self, NlvSpan bytes);

/* socket-dump.c */
/* Takes @dump. 0, or -errno when it could not start. */
int nlv_netlink_socket_start_dump (NlvNetlinkSocket *self, NlvDump *dump);
void nlv_netlink_socket_continue_dump (NlvNetlinkSocket *self);
void nlv_netlink_socket_end_dump (NlvNetlinkSocket *self);

/* socket-request.c */
/* netlink_rcv_skb() */
void nlv_netlink_socket_serve (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data);
/* The same; the first message has been late already. */
void nlv_netlink_socket_serve_held (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data);

/* socket-failure.c */
/* An errno for the request, with what explains it; 0 if it is to be served. */
int nlv_netlink_socket_fails_request (NlvNetlinkSocket *self, const NlvMessage *message, NlvExtack *extack);
gboolean nlv_netlink_socket_fails_event (NlvNetlinkSocket *self, const NlvDatagram *datagram);
/* TRUE: nothing more can be kept waiting. */
gboolean nlv_netlink_socket_fails_send (NlvNetlinkSocket *self, gsize len);
/* TRUE if @data, of which @message is the first, is served later. */
gboolean nlv_netlink_socket_hold (NlvNetlinkSocket *self, const NlvTask *task, const NlvMessage *message, NlvSpan data);
/* The same where there is something that waits already. */
gboolean nlv_netlink_socket_queue_up (NlvNetlinkSocket *self, const NlvTask *task, NlvSpan data);
void nlv_netlink_socket_forget_held (NlvNetlinkSocket *self);

/* ack.c */
/* netlink_ack() */
void nlv_netlink_socket_ack (NlvNetlinkSocket *self, const NlvMessage *request, int error, const NlvAnswer *answer);
/* Is there anything to explain @error with? */
gboolean nlv_extack_has_words (const NlvExtack *extack, int error);
/* The attributes that explain @error (0 for success); @where in @extack is
 * told as its distance from @request's start. What does not fit is sticky in
 * @writer. */
void nlv_extack_write (NlvWriter *writer, const NlvExtack *extack, NlvSpan request, int error);

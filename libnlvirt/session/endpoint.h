/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A virtual netlink socket and the unix socket pair that carries it: the
 * program has one end, and only the program, so that its last close is seen
 * here; what is sent into the other end is the program's receive queue. */
#pragma once

#include "session/session-private.h"

#include <linux/netlink.h>

/* A datagram in the program's receive queue. */
typedef struct
{
  gsize len;
  struct nlmsghdr head; /* its first bytes, to know it again */
  guint32 port, group, pid, uid, gid;
  GBytes *unsent; /* (owned) (nullable) the unix socket had no room for it yet */
} NlvQueued;

struct _NlvEndpoint
{
  NlvServedTree *tree;
  guint64 cookie;
  int end;                  /* (owned) ours */
  NlvWatch *watch;          /* (owned) */
  NlvNetlinkSocket *socket; /* (owned) */
  GQueue queued;            /* (element-type NlvQueued) (owned) oldest first */
  guint n_unsent;           /* of these, at the tail */
  GList *unsent;            /* (nullable) the first of them, in @queued */
  NlvTask opener;
  gboolean pass_credentials;
  gboolean named;                  /* the program's end has a name */
  gboolean receive_buffer_changed; /* SO_RCVBUF was set; not yet known to what */
  gboolean has_knock;              /* at the head of the program's queue: there is an error to take */
  NlvTimer *late;                  /* (owned) (nullable) until a request is served that has to wait */
  gsize send_buffer;               /* SO_SNDBUF, 0 not known */
  guint64 appended;                /* tree->appended when the last datagram became readable */
  gboolean read_natively;          /* its reader may not ask us: watched for room */
  gboolean input_ended;            /* the program writes no more */
  gboolean to_look_at;             /* in tree->look_at */
  NlvMessagePlaces sends, receives;
  guint64 hidden_key; /* in tree->hidden, 0 not */
};

/* A pair whose other end is put into @program_end. NULL with errno set. */
NlvEndpoint *nlv_endpoint_new (NlvServedTree *tree, int type, const NlvTask *opener, int *program_end);
void nlv_endpoint_free (NlvEndpoint *endpoint);

/* Gives the program's end a unix name whose bytes read as the sockaddr_nl of
 * the port id it has got, for a getsockname() that we do not see. */
void nlv_endpoint_name_program_end (NlvEndpoint *endpoint, int program_end);

/* The datagram's place in the queue after @len bytes of @data were received or
 * peeked at through the program's end. What the program read without us in
 * between is dropped. FALSE if it is none of ours. */
gboolean nlv_endpoint_find_received (NlvEndpoint *endpoint, const guint8 *data, gsize len, NlvDatagram *datagram);
/* Takes the found one off. */
void nlv_endpoint_drop_received (NlvEndpoint *endpoint);

/* The socket's error for the program, whose end is @fd: 0 or -errno. */
int nlv_endpoint_take_error (NlvEndpoint *endpoint, int fd);

/* The queue as far as the unix socket has room. */
void nlv_endpoint_flush (NlvEndpoint *endpoint);
/* Some time after a datagram was queued: a dump or an overflow that goes on only
 * when the program reads, and it has not read through us, is watched from now. */
void nlv_endpoint_look (NlvEndpoint *endpoint);

/* A request that the program sent, for the message event. */
void nlv_endpoint_report_request (NlvEndpoint *endpoint, NlvSpan data);

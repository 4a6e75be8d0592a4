/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of this folder share: the tree, its sockets, and a trapped
 * call on its way through them. */
#pragma once

#include "session/session.h"
#include "trap/listener.h"
#include "trap/target.h"

typedef struct _NlvEndpoint NlvEndpoint;

/* Where a program had the parts of its last sendmsg() or recvmsg(): a loop
 * around one has them there again. */
typedef struct
{
  guint64 piece; /* its struct iovec, 0 not known */
  guint64 name;
  gsize name_len;
  guint64 data;
  gsize data_len; /* of a send: a little more than the last time; 0: not to be read ahead */
} NlvMessagePlaces;

struct _NlvServedTree
{
  NlvEngine *engine;
  NlvListener *listener; /* (owned) */
  NlvWatch *watch;       /* (owned) */
  NlvWindow window;
  NlvBus *bus;           /* (owned) */
  NlvTargets *targets;   /* (owned) */
  gboolean writable;     /* by programs, as the administrator */
  GHashTable *endpoints; /* (owned) SO_COOKIE of the program's end -> NlvEndpoint (owned) */
  GHashTable *hidden;    /* (owned) number and tgid -> NlvEndpoint, where the fd cannot be looked at */
  GQueue parked;         /* (element-type NlvParked) (owned) in the order of their coming */
  GQueue look_at;        /* (element-type NlvEndpoint) whose reader may not ask us */
  NlvTimer *look;        /* (owned) (nullable) set while anything is to be looked at again */
  gint64 signals_due;    /* when the parked are looked at for signals again (monotonic microseconds) */
  NlvTimer *retry;       /* (owned) (nullable) set while there may be something for calls that wait */
  gboolean serving;      /* a call or a request: those that wait are looked at afterwards */
  gsize unsent_bytes;    /* of all endpoints: datagrams for which unix sockets had no room */
  guint64 appended;      /* datagrams queued so far, for all endpoints */
  guint64 retried;       /* @appended when the calls that wait were tried last */
  GByteArray *scratch;   /* (owned) */
  /* Of the socket that was closed last. */
  NlvMessagePlaces sends, receives;
  NlvTreeEvents events;
  gpointer user_data;
};

/* One call on one of our sockets. */
typedef struct
{
  NlvServedTree *tree;
  NlvCall call;
  NlvEndpoint *endpoint;
  int fd; /* our copy of the program's end, for the time of the call */

  /* Of calls that wait: when to give up (monotonic microseconds, G_MAXINT64
   * never; 0 not known yet), and how many datagrams recvmmsg() has. */
  gint64 deadline;
  gint64 batch_deadline; /* recvmmsg()'s own timeout */
  guint progress;
  gboolean unreachable; /* its memory may not be touched */
} NlvSocketCall;

/* What a handler returns beside a value or -errno. */
#define NLV_PASS G_MAXINT64           /* the kernel executes the call */
#define NLV_PARK (G_MAXINT64 - 1)     /* it waits for a datagram */
#define NLV_ANSWERED (G_MAXINT64 - 2) /* nothing is left to do */

typedef gint64 (*NlvHandler) (NlvSocketCall *c);

/* open.c */
gint64 nlv_serve_socket (NlvServedTree *tree, const NlvCall *call);
/* name.c */
gint64 nlv_serve_bind (NlvSocketCall *c);
gint64 nlv_serve_connect (NlvSocketCall *c);
gint64 nlv_serve_getsockname (NlvSocketCall *c);
gint64 nlv_serve_getpeername (NlvSocketCall *c);
/* send.c */
gint64 nlv_serve_sendto (NlvSocketCall *c);
gint64 nlv_serve_sendmsg (NlvSocketCall *c);
gint64 nlv_serve_sendmmsg (NlvSocketCall *c);
/* receive.c */
gint64 nlv_serve_recvfrom (NlvSocketCall *c);
gint64 nlv_serve_recvmsg (NlvSocketCall *c);
gint64 nlv_serve_recvmmsg (NlvSocketCall *c);
/* option.c */
gint64 nlv_serve_setsockopt (NlvSocketCall *c);
gint64 nlv_serve_getsockopt (NlvSocketCall *c);
/* SO_RCVBUF and SO_SNDBUF after the kernel has set them. */
void nlv_note_buffers (NlvSocketCall *c);
/* refuse.c */
gint64 nlv_serve_unsupported (NlvSocketCall *c);
gint64 nlv_serve_ioctl (NlvSocketCall *c);

/* session.c */
/* Runs @handler for a call whose fd is one of our sockets; NLV_PASS if it is
 * none. */
gint64 nlv_serve_call (NlvSocketCall *c, NlvHandler handler);

/* @with_user: uid and gid too, which costs a look into /proc. */
void nlv_call_get_task (NlvSocketCall *c, gboolean with_user, NlvTask *task);
/* What is true of a task only for the moment: the time, and what it may do. */
void nlv_task_update (const NlvServedTree *tree, NlvTask *task);
/* 0, or an -errno that the call is to fail with. */
int nlv_session_fail_call (const NlvServedTree *tree, NlvFailureCall call);

/* memory.c */
/* A place in the program's memory, and its counterpart here. */
typedef struct
{
  guint64 address;
  void *data;
  gsize len;
  const void *there; /* (nullable) of a write: the bytes that were read there */
} NlvCallCopy;

#define NLV_MAX_CALL_COPIES 16

/* Several places at once, in one system call, whatever there is to say: all of
 * it or nothing that counts; 0, -EFAULT, or -EPERM where the program's memory
 * may not be touched. What is not new is not written. */
int nlv_call_read (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies);
int nlv_call_write (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies);
/* How much of it could be read, or -errno. */
gssize nlv_call_read_some (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies);
/* One buffer, many pieces. */
int nlv_call_read_pieces (NlvSocketCall *c, const struct iovec *pieces, gsize n_pieces, void *out, gsize len);
int nlv_call_write_pieces (NlvSocketCall *c, const struct iovec *pieces, gsize n_pieces, NlvSpan data);

/* After the last read and before anything is done: -ESRCH if the caller is
 * gone, for then it may have been another's memory. */
int nlv_call_confirm (NlvSocketCall *c);
/* A read that is the last, and this. */
int nlv_call_read_last (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies);

/* park.c */
void nlv_park (const NlvSocketCall *c, NlvHandler handler);
/* Tries the calls again whose sockets have got datagrams. */
void nlv_parked_retry (NlvServedTree *tree);
/* The same when it was no call that brought them: the owner changed something. */
void nlv_parked_retry_soon (NlvServedTree *tree);
/* Ends the calls that wait for @endpoint, which is about to go. */
void nlv_parked_abandon (NlvServedTree *tree, NlvEndpoint *endpoint);
/* Looks at @endpoint in a few milliseconds. */
void nlv_look_later (NlvServedTree *tree, NlvEndpoint *endpoint);
void nlv_park_clear (NlvServedTree *tree);

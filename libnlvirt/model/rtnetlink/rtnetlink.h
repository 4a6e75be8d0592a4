/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rtnetlink responder: one request in, its answer out. No I/O. */
#pragma once

#include "model/network.h"
#include "wire/policy.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* Who asks, as the kernel would know it. */
typedef struct
{
  guint32 port;      /* port id of the asking socket: every answer's nlmsg_pid */
  guint32 uid;       /* of the calling thread */
  gboolean admin;    /* has CAP_NET_ADMIN over the network */
  gboolean writable; /* and may change it */
  gpointer origin;   /* (nullable) the owner of the observer that sends events to it */
  gboolean strict;   /* NETLINK_GET_STRICT_CHK */
  guint64 now;       /* hundredths of a second since boot */
  gboolean goes_on;  /* in the datagram of another request: what the kernel does later comes after both */
} NlvCaller;

/* A dump under way: struct netlink_callback. */
typedef struct _NlvDump NlvDump;
struct _NlvDump
{
  /* As netlink_dump() calls cb->dump: writes what fits into an empty datagram.
   * Greater than 0: there may be more, call again. 0: that was all.
   * Less than 0: the dump ends with this -errno in its NLMSG_DONE. */
  int (*fill) (NlvDump *dump, NlvWriter *writer);
  void (*free) (NlvDump *dump);

  NlvNetwork *network; /* (owned) */
  NlvCaller caller;
  guint32 seq;          /* of the request */
  guint16 answer_flags; /* NLM_F_DUMP_FILTERED */
  guint32 min_room;     /* cb->min_dump_alloc */
  guint generation;     /* the network's when the dump last wrote */
  gboolean interrupted; /* the network changed since: NLM_F_DUMP_INTR on the next message */
  const char *extack;   /* (nullable) words for NLMSG_DONE, whether fill fails or not */
  NlvExtack why;        /* the same with attribute and policy, for NLMSGERR_ATTR_OFFS and _POLICY */
  guint32 offset;       /* of why.where in the request, if that is set */
};

/* What a request comes to beside its errno. */
typedef struct
{
  GBytes *reply; /* (owned) (nullable) one message, sent before any ACK */
  guint group;   /* RTNLGRP_* whose members are sent @reply too, 0 none */
  gboolean mute; /* @reply is for them and not for who asks */
  NlvDump *dump; /* (owned) (nullable) starts in place of an ACK */
  /* Of the request's flags: changed while it was served, as its copy in the ACK shows. */
  guint16 flags_set, flags_cleared;
  NlvExtack extack;
} NlvAnswer;

/* As rtnetlink_rcv_msg(): 0 or -errno, the caller forms ACK and NLMSG_ERROR.
 * @message has passed netlink_rcv_skb()'s checks: NLM_F_REQUEST is set and
 * its type is not a control type. */
int nlv_rtnetlink_request (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, NlvAnswer *answer);

void nlv_answer_clear (NlvAnswer *answer);
void nlv_dump_free (NlvDump *dump);

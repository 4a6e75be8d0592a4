/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is to go wrong on demand with the sockets of a session, and how often.
 * Where it goes wrong is the affair of those who ask here. */
#pragma once

#include <glib.h>

typedef enum
{
  NLV_FAILURE_ERROR,     /* a request gets NLMSG_ERROR */
  NLV_FAILURE_CALL,      /* a system call fails */
  NLV_FAILURE_OVERRUN,   /* an event is lost, as for want of room */
  NLV_FAILURE_INTERRUPT, /* a dump bears NLM_F_DUMP_INTR */
  NLV_FAILURE_DELAY,     /* a request is served late */
} NlvFailureKind;

typedef enum
{
  NLV_CALL_SOCKET = 1,
  NLV_CALL_BIND,
  NLV_CALL_SEND,
  NLV_CALL_RECEIVE,
} NlvFailureCall;

typedef struct
{
  NlvFailureKind kind;
  guint what;   /* a message type or NlvFailureCall; 0 any */
  int error;    /* errno */
  char *words;  /* (owned) (nullable) NLMSGERR_ATTR_MSG */
  guint delay;  /* milliseconds */
  guint limit;  /* strikes no more often, 0 any number */
  guint period; /* strikes each so many times, at least 1 */
  guint seen;   /* how often it could have */
  guint hits;   /* how often it did */
} NlvFailure;

NlvFailure *nlv_failure_new (NlvFailureKind kind, guint what);
NlvFailure *nlv_failure_ref (NlvFailure *failure);
void nlv_failure_unref (NlvFailure *failure);

/* In the order of their adding. */
typedef struct _NlvFailures NlvFailures;

NlvFailures *nlv_failures_new (void);
NlvFailures *nlv_failures_ref (NlvFailures *self);
void nlv_failures_unref (NlvFailures *self);
void nlv_failures_add (NlvFailures *self, NlvFailure *failure);
void nlv_failures_remove (NlvFailures *self, NlvFailure *failure);

/* Something happens that failures of @kind may concern. Each that it concerns
 * counts it; the first that strikes is returned. @self may be NULL. */
const NlvFailure *nlv_failures_strike (NlvFailures *self, NlvFailureKind kind, guint what);

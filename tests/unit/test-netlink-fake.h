/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The netlink layer on a responder and a receive queue of the test's own. */
#pragma once

#include "model/observer.h"
#include "netlink/socket.h"

/* Requests that the fake responder knows. All others are -EOPNOTSUPP. */
enum
{
  FAKE_REPLY = 100,  /* one message of 20 bytes */
  FAKE_DUMP = 101,   /* fake.n_messages of fake.message_size bytes each */
  FAKE_REFUSE = 102, /* fake.error with fake.extack */
  FAKE_SILENT = 103, /* 0 */
};

typedef struct
{
  NlvCaller caller; /* of the last request */
  int error;
  NlvExtack extack;
  guint16 flags_set, flags_cleared; /* of a silent request */
  /* Dumps: */
  guint n_messages;
  gsize message_size; /* header included */
  gboolean split_done;
  int end; /* what fill returns last */
  const char *words;
  guint16 answer_flags;
  guint32 min_room;
  gboolean interrupted;
  guint n_dumps; /* alive */
  /* The bus that watches the network: */
  const NlvObserver *observer;
  gpointer observer_owner;
  guint n_holds;
  gboolean unsettled; /* what a request leaves */
} Fake;

extern Fake fake;

/* A socket with its queue: (element-type GBytes). */
typedef struct
{
  NlvNetlinkSocket *socket;
  GQueue queue;
  NlvDatagram last; /* as appended; its bytes are gone */
  gsize room;       /* append refuses when the queue would hold more */
  guint n_errors;   /* how often report_error was called */
  guint delay;      /* what delay was told last, in milliseconds */
} End;

End *end_new (NlvBus *bus);
void end_free (End *end);
/* One request; what send returns. */
gssize end_ask (End *end, guint16 type, guint16 flags, guint32 seq, gsize payload);
/* As recvmsg() with @room bytes: the datagram, or NULL. */
GBytes *end_read (End *end, gsize room);
/* The header of the first message in @datagram. */
struct nlmsghdr header_of (GBytes *datagram);
/* The number behind the header: an NLMSG_ERROR's or NLMSG_DONE's. */
gint32 error_in (GBytes *datagram);

extern const NlvTask nobody, admin;

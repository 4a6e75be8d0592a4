/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A struct msghdr, or what stands for one, in the program's memory. */
#pragma once

#include "session/session-private.h"

#include <sys/socket.h>
#include <sys/uio.h>

#define NLV_FAST_PIECES 8

typedef struct
{
  guint64 name; /* 0 none */
  gint32 name_len;
  guint64 name_len_at; /* where the program wants the name's length */
  struct iovec fast[NLV_FAST_PIECES];
  struct iovec *pieces; /* @fast, or (owned) */
  gsize n_pieces;
  guint64 pieces_at; /* where the program has them */
  gsize room;        /* of all pieces */
  guint64 control;
  guint64 control_len;
  guint64 header; /* where the msghdr is, 0 if there is none */
  /* What came with the header: of the name's bytes; of a send, its data in tree->scratch. */
  gsize name_ahead;
  gboolean has_data;
  guint8 name_bytes[sizeof (struct sockaddr_storage)];
} NlvRemoteMessage;

/* sendto() and recvfrom(). */
void nlv_remote_message_init (NlvRemoteMessage *message, guint64 buffer, guint64 len);
/* sendmsg() and recvmsg(): 0 or -errno, as __copy_msghdr() and import_iovec().
 * What is at @places comes with it. */
int nlv_remote_message_read (NlvSocketCall *c, guint64 header, const NlvMessagePlaces *places,
                             NlvRemoteMessage *message);
/* The places for the next one; what is read ahead of a send too. */
void nlv_remote_message_note_places (const NlvRemoteMessage *message, gboolean sent, NlvMessagePlaces *places);
void nlv_remote_message_clear (NlvRemoteMessage *message);

/* How many messages sendmmsg() and recvmmsg() take at the most: UIO_MAXIOV. */
#define NLV_MAX_BATCH 1024

/* The length in the struct mmsghdr at @header: 0 or -errno. */
int nlv_remote_message_write_length (NlvSocketCall *c, guint64 header, guint32 len);

/* What recvmsg() gives back: a datagram as far as it fits, the name of its
 * sender, control messages as far as they fit, and flags. 0 or -errno. */
int nlv_remote_message_write_back (NlvSocketCall *c, const NlvRemoteMessage *message, NlvSpan data,
                                   const struct sockaddr_nl *name, NlvSpan control, guint32 flags);

/* Ancillary data of a sendmsg() on a netlink socket: 0 or -errno, as scm_send(). */
int nlv_remote_message_check_control (NlvSocketCall *c, const NlvRemoteMessage *message);

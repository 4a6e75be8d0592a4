/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "wire/span.h"

#include <linux/netlink.h>

/* Writes netlink messages into one datagram of a fixed room, as nlmsg_put()
 * and nla_put() write into a socket buffer. What does not fit sets @full and
 * writes nothing; a message that did not fit is taken back with
 * nlv_writer_cancel(). */
typedef struct
{
  guint8 *data; /* (owned) */
  gsize len;
  gsize room; /* the most @len may become */
  gsize allocated;
  gsize message; /* offset of the message that is being written */
  gboolean full;
} NlvWriter;

void nlv_writer_init (NlvWriter *writer, gsize room);
void nlv_writer_clear (NlvWriter *writer);
/* Empties it, keeping the memory, for a datagram of @room bytes. */
void nlv_writer_reset (NlvWriter *writer, gsize room);
/* The datagram, which the caller then owns; @writer is empty afterwards. */
GBytes *nlv_writer_steal (NlvWriter *writer);

/* Starts a message: header plus a zeroed family header of @payload bytes,
 * returned for filling in (valid until the next call), or NULL when full. */
gpointer nlv_writer_begin (NlvWriter *writer, guint16 type, guint16 flags, guint32 seq, guint32 port, gsize payload);
/* Sets the length of the message begun last. FALSE, and the message is taken
 * back, when something in it did not fit. */
gboolean nlv_writer_end (NlvWriter *writer);
void nlv_writer_cancel (NlvWriter *writer);
/* What fitted stays, whatever did not: it may be ended. */
void nlv_writer_keep (NlvWriter *writer);

gboolean nlv_put (NlvWriter *writer, guint16 type, const void *payload, gsize len);
/* Room for a payload of @len zeroed bytes, or NULL when full. */
gpointer nlv_put_reserve (NlvWriter *writer, guint16 type, gsize len);
gboolean nlv_put_u8 (NlvWriter *writer, guint16 type, guint8 value);
gboolean nlv_put_u16 (NlvWriter *writer, guint16 type, guint16 value);
gboolean nlv_put_u32 (NlvWriter *writer, guint16 type, guint32 value);
gboolean nlv_put_u64 (NlvWriter *writer, guint16 type, guint64 value);
gboolean nlv_put_string (NlvWriter *writer, guint16 type, const char *value);
gboolean nlv_put_flag (NlvWriter *writer, guint16 type);
/* As nla_put_64bit(): with a pad attribute first where the payload would not
 * be 8-byte aligned (never on x86, whose unaligned access is cheap). */

/* A nest: remember what begin returns, hand it to end or cancel. Nests are
 * written without NLA_F_NESTED unless @type carries it, as the kernel's
 * nla_nest_start_noflag(). */
gsize nlv_nest_begin (NlvWriter *writer, guint16 type);
void nlv_nest_end (NlvWriter *writer, gsize nest);
void nlv_nest_cancel (NlvWriter *writer, gsize nest);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writes netlink messages into a datagram of a fixed room. "No room" is
 * sticky until the message is taken back or the next one begins, so a message
 * may be written without a look at each attribute. */
#include "wire/writer.h"

#include <string.h>

#define FIRST_ALLOCATION 512

void
nlv_writer_init (NlvWriter *writer, gsize room)
{
  *writer = (NlvWriter){ .room = room };
}

void
nlv_writer_clear (NlvWriter *writer)
{
  g_free (writer->data);
  *writer = (NlvWriter){ 0 };
}

void
nlv_writer_reset (NlvWriter *writer, gsize room)
{
  writer->len = 0;
  writer->room = room;
  writer->message = 0;
  writer->full = FALSE;
}

GBytes *
nlv_writer_steal (NlvWriter *writer)
{
  GBytes *bytes = g_bytes_new_take (writer->data, writer->len);

  *writer = (NlvWriter){ .room = writer->room };
  return bytes;
}

static gsize
align4 (gsize len)
{
  return (len + 3) & ~(gsize) 3;
}

static void
grow (NlvWriter *writer, gsize needed)
{
  gsize size = MAX (writer->allocated * 2, FIRST_ALLOCATION);

  writer->allocated = MAX (size, needed);
  writer->data = g_realloc (writer->data, writer->allocated);
}

/* The next @size bytes, which is a multiple of 4, or NULL when full. */
static inline guint8 *
extend (NlvWriter *writer, gsize size)
{
  if (writer->full || size > writer->room - writer->len)
    {
      writer->full = TRUE;
      return NULL;
    }
  if (size > writer->allocated - writer->len)
    grow (writer, writer->len + size);
  writer->len += size;
  return writer->data + writer->len - size;
}

gpointer
nlv_writer_begin (NlvWriter *writer, guint16 type, guint16 flags, guint32 seq, guint32 port, gsize payload)
{
  const struct nlmsghdr header = {
    .nlmsg_len = sizeof header + payload,
    .nlmsg_type = type,
    .nlmsg_flags = flags,
    .nlmsg_seq = seq,
    .nlmsg_pid = port,
  };
  guint8 *start;

  writer->message = writer->len;
  writer->full = FALSE;
  start = extend (writer, sizeof header + align4 (payload));
  if (start == NULL)
    return NULL;
  memcpy (start, &header, sizeof header);
  memset (start + sizeof header, 0, align4 (payload));
  return start + sizeof header;
}

gboolean
nlv_writer_end (NlvWriter *writer)
{
  guint32 len = writer->len - writer->message;

  if (writer->full)
    {
      nlv_writer_cancel (writer);
      return FALSE;
    }
  memcpy (writer->data + writer->message, &len, sizeof len);
  return TRUE;
}

void
nlv_writer_cancel (NlvWriter *writer)
{
  writer->len = writer->message;
}

void
nlv_writer_keep (NlvWriter *writer)
{
  writer->full = FALSE;
}

/* Where the payload goes, which is not set but for the padding behind it. */
static inline guint8 *
begin_attr (NlvWriter *writer, guint16 type, gsize len)
{
  struct nlattr header = { .nla_len = sizeof header + len, .nla_type = type };
  guint8 *start;

  if (len > G_MAXUINT16 - sizeof header)
    {
      writer->full = TRUE;
      return NULL;
    }
  start = extend (writer, sizeof header + align4 (len));
  if (start == NULL)
    return NULL;
  memcpy (start, &header, sizeof header);
  for (gsize i = len; i < align4 (len); i++)
    start[sizeof header + i] = 0;
  return start + sizeof header;
}

gpointer
nlv_put_reserve (NlvWriter *writer, guint16 type, gsize len)
{
  guint8 *out = begin_attr (writer, type, len);

  return out != NULL ? memset (out, 0, len) : NULL;
}

static inline gboolean
put (NlvWriter *writer, guint16 type, const void *payload, gsize len)
{
  guint8 *out = begin_attr (writer, type, len);

  if (out == NULL)
    return FALSE;
  if (len > 0)
    memcpy (out, payload, len);
  return TRUE;
}

gboolean
nlv_put (NlvWriter *writer, guint16 type, const void *payload, gsize len)
{
  return put (writer, type, payload, len);
}

gboolean
nlv_put_u8 (NlvWriter *writer, guint16 type, guint8 value)
{
  return put (writer, type, &value, sizeof value);
}

gboolean
nlv_put_u16 (NlvWriter *writer, guint16 type, guint16 value)
{
  return put (writer, type, &value, sizeof value);
}

gboolean
nlv_put_u32 (NlvWriter *writer, guint16 type, guint32 value)
{
  return put (writer, type, &value, sizeof value);
}

gboolean
nlv_put_u64 (NlvWriter *writer, guint16 type, guint64 value)
{
  return put (writer, type, &value, sizeof value);
}

gboolean
nlv_put_string (NlvWriter *writer, guint16 type, const char *value)
{
  return nlv_put (writer, type, value, strlen (value) + 1);
}

gboolean
nlv_put_flag (NlvWriter *writer, guint16 type)
{
  return nlv_put_reserve (writer, type, 0) != NULL;
}

gsize
nlv_nest_begin (NlvWriter *writer, guint16 type)
{
  gsize nest = writer->len;

  nlv_put_reserve (writer, type, 0);
  return nest;
}

void
nlv_nest_end (NlvWriter *writer, gsize nest)
{
  gsize len = writer->len - nest;
  guint16 stored = len;

  if (writer->full)
    return;
  if (len > G_MAXUINT16)
    {
      writer->full = TRUE;
      return;
    }
  memcpy (writer->data + nest + G_STRUCT_OFFSET (struct nlattr, nla_len), &stored, sizeof stored);
}

void
nlv_nest_cancel (NlvWriter *writer, gsize nest)
{
  writer->len = nest;
}

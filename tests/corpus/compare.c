/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "compare.h"

#include "volatile.h"

#include <linux/netlink.h>
#include <string.h>

/* Bytes shown of either side, from a little before the first that differs. */
#define SHOWN 32
#define BEFORE 8

guint32
reply_port (const guint8 *data, gsize len)
{
  struct nlmsghdr header = { 0 };

  if (len >= sizeof header)
    memcpy (&header, data, sizeof header);
  return header.nlmsg_pid;
}

/* Without what is volatile, and with 0 where the port id is. */
static guint8 *
to_comparable (const Reply *reply)
{
  guint8 *data = g_memdup2 (reply->data, reply->len);
  struct nlmsghdr header;
  gsize pos = 0;

  volatile_mask (data, reply->len);
  while (reply->len - pos >= sizeof header)
    {
      memcpy (&header, data + pos, sizeof header);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > reply->len - pos)
        break;
      header.nlmsg_pid -= reply->port;
      memcpy (data + pos, &header, sizeof header);
      pos += MIN (NLMSG_ALIGN ((gsize) header.nlmsg_len), reply->len - pos);
    }
  return data;
}

/* The message that @position is in: its number from 1, its start and type. */
static guint
find_message (const guint8 *data, gsize len, gsize position, gsize *start, guint16 *type)
{
  struct nlmsghdr header;
  guint number = 1;

  *start = 0;
  *type = 0;
  while (len - *start >= sizeof header)
    {
      gsize size;

      memcpy (&header, data + *start, sizeof header);
      *type = header.nlmsg_type;
      size = NLMSG_ALIGN ((gsize) header.nlmsg_len);
      if (size < sizeof header || size >= len - *start || position < *start + size)
        break;
      *start += size;
      number++;
    }
  return number;
}

gboolean
reply_is_unfinished (const guint8 *data, gsize len)
{
  struct nlmsghdr header = { 0 };
  guint16 type;
  gsize start;

  find_message (data, len, G_MAXSIZE, &start, &type);
  if (len - start >= sizeof header)
    memcpy (&header, data + start, sizeof header);
  return (header.nlmsg_flags & NLM_F_MULTI) != 0 && header.nlmsg_type != NLMSG_DONE;
}

static void
append_bytes (GString *out, const char *label, const guint8 *data, gsize len, gsize position)
{
  gsize start = position > BEFORE ? position - BEFORE : 0;

  g_string_append_printf (out, "\n  %s", label);
  for (gsize i = start; i < len && i < start + SHOWN; i++)
    g_string_append_printf (out, "%s%02x", i == position ? " >" : " ", data[i]);
  if (start >= len)
    g_string_append (out, " nothing");
}

char *
reply_compare (const Reply *got, const Reply *expected)
{
  g_autofree guint8 *ours = to_comparable (got);
  g_autofree guint8 *theirs = to_comparable (expected);
  gsize common = MIN (got->len, expected->len);
  gsize position = 0, start;
  guint16 type;
  guint number;
  GString *out;

  while (position < common && ours[position] == theirs[position])
    position++;
  if (position == common && got->len == expected->len)
    return NULL;
  number = find_message (theirs, expected->len, position, &start, &type);
  out = g_string_new (NULL);
  g_string_append_printf (out,
                          "%" G_GSIZE_FORMAT " bytes, the kernel's %" G_GSIZE_FORMAT
                          "; message %u (type %u) differs from byte %" G_GSIZE_FORMAT,
                          got->len, expected->len, number, type, position - start);
  append_bytes (out, "got     ", ours, got->len, position);
  append_bytes (out, "expected", theirs, expected->len, position);
  return g_string_free (out, FALSE);
}

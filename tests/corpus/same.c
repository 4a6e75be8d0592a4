/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* same CAPTURE CAPTURE
 *
 * Whether two recordings tell the same: record.py keeps the old one then.
 * Exit status 0 if so, 1 if not, 2 if one is no recording. */
#include "capture.h"
#include "volatile.h"

#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

/* From here on a sequence number is taken for a time or a random number, and its distance from the socket's first one
 * is what counts. */
#define LEAST_ARBITRARY 256

/* @first_sequences: (element-type guint guint) by socket. */
static guint32
plain_sequence (GHashTable *first_sequences, guint socket, guint32 sequence)
{
  gpointer first;

  if (sequence < LEAST_ARBITRARY)
    return sequence;
  if (!g_hash_table_lookup_extended (first_sequences, GUINT_TO_POINTER (socket), NULL, &first))
    {
      first = GUINT_TO_POINTER (sequence);
      g_hash_table_insert (first_sequences, GUINT_TO_POINTER (socket), first);
    }
  return sequence - GPOINTER_TO_UINT (first);
}

/* Takes out of a header what is another with each run. */
static void
make_plain (GHashTable *first_sequences, guint socket, guint8 *data)
{
  struct nlmsghdr header;

  memcpy (&header, data, sizeof header);
  header.nlmsg_pid = 0;
  header.nlmsg_seq = plain_sequence (first_sequences, socket, header.nlmsg_seq);
  memcpy (data, &header, sizeof header);
}

static void
make_packet_plain (GHashTable *first_sequences, CapturePacket *packet)
{
  struct nlmsghdr header;
  gsize pos = 0;

  volatile_mask (packet->data, packet->len);
  while (packet->len - pos >= sizeof header)
    {
      memcpy (&header, packet->data + pos, sizeof header);
      make_plain (first_sequences, packet->socket, packet->data + pos);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > packet->len - pos)
        break;
      /* It quotes the request. */
      if (header.nlmsg_type == NLMSG_ERROR && header.nlmsg_len >= NLMSG_LENGTH (sizeof (struct nlmsgerr)))
        make_plain (first_sequences, packet->socket, packet->data + pos + NLMSG_LENGTH (sizeof (gint32)));
      pos += MIN (NLMSG_ALIGN ((gsize) header.nlmsg_len), packet->len - pos);
    }
}

/* NULL after an error has been printed. */
static GPtrArray *
open_plain (const char *path)
{
  g_autoptr (GHashTable) first_sequences = g_hash_table_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  GPtrArray *packets = capture_read (path, &error);

  if (packets == NULL)
    fprintf (stderr, "%s\n", error->message);
  for (guint i = 0; packets != NULL && i < packets->len; i++)
    make_packet_plain (first_sequences, g_ptr_array_index (packets, i));
  return packets;
}

static gboolean
are_same (const CapturePacket *a, const CapturePacket *b)
{
  return a->socket == b->socket && a->to_kernel == b->to_kernel && a->len == b->len &&
         memcmp (a->data, b->data, a->len) == 0;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GPtrArray) a = argc == 3 ? open_plain (argv[1]) : NULL;
  g_autoptr (GPtrArray) b = a != NULL ? open_plain (argv[2]) : NULL;

  if (b == NULL)
    return 2;
  for (guint i = 0; i < MIN (a->len, b->len); i++)
    if (!are_same (g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
      {
        printf ("packet %u\n", i + 1);
        return 1;
      }
  if (a->len != b->len)
    printf ("%u packets, %u packets\n", a->len, b->len);
  return a->len == b->len ? 0 : 1;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "capture.h"

#include <string.h>

static void
packet_free (gpointer data)
{
  CapturePacket *packet = data;

  g_free (packet->data);
  g_free (packet);
}

/* Takes @size bytes off @rest. */
static gboolean
take (const char **rest, gsize *left, void *out, gsize size)
{
  if (size > *left)
    return FALSE;
  memcpy (out, *rest, size);
  *rest += size;
  *left -= size;
  return TRUE;
}

/* NULL if it is none of ours. */
static CapturePacket *
take_packet (const char **rest, gsize *left)
{
  CapturePacketHeader header;
  CaptureCookedHeader cooked;
  CapturePacket *packet;
  guint16 type;

  if (!take (rest, left, &header, sizeof header) || header.captured != header.len || header.len < sizeof cooked ||
      header.len > *left || !take (rest, left, &cooked, sizeof cooked))
    return NULL;
  type = GUINT16_FROM_BE (cooked.type);
  if ((type != CAPTURE_TO_KERNEL && type != CAPTURE_TO_PROGRAM) || cooked.socket == 0 || cooked.protocol != 0 ||
      GUINT16_FROM_BE (cooked.hardware_type) != CAPTURE_HARDWARE_TYPE)
    return NULL;
  packet = g_new0 (CapturePacket, 1);
  packet->socket = GUINT16_FROM_BE (cooked.socket);
  packet->to_kernel = type == CAPTURE_TO_KERNEL;
  packet->len = header.len - sizeof cooked;
  packet->data = g_malloc (packet->len);
  take (rest, left, packet->data, packet->len);
  return packet;
}

GPtrArray *
capture_read (const char *path, GError **error)
{
  const CaptureFileHeader expected = CAPTURE_FILE_HEADER;
  g_autoptr (GPtrArray) packets = g_ptr_array_new_with_free_func (packet_free);
  g_autofree char *contents = NULL;
  CaptureFileHeader header;
  const char *rest;
  gsize left;

  if (!g_file_get_contents (path, &contents, &left, error))
    return NULL;
  rest = contents;
  if (!take (&rest, &left, &header, sizeof header) || memcmp (&header, &expected, sizeof header) != 0)
    {
      g_set_error (error, G_IO_CHANNEL_ERROR, G_IO_CHANNEL_ERROR_INVAL, "%s: no capture of this corpus", path);
      return NULL;
    }
  while (left > 0)
    {
      CapturePacket *packet = take_packet (&rest, &left);

      if (packet == NULL)
        {
          g_set_error (error, G_IO_CHANNEL_ERROR, G_IO_CHANNEL_ERROR_INVAL, "%s: packet %u is damaged", path,
                       packets->len + 1);
          return NULL;
        }
      g_ptr_array_add (packets, packet);
    }
  return g_steal_pointer (&packets);
}

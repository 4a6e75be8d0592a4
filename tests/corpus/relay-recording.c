/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The files of a recording. README.md describes them. */
#include "relay.h"

#include "capture.h"

#include <glib/gstdio.h>
#include <linux/netlink.h>
#include <stdio.h>

static FILE *capture_file, *sockets_file;
static guint n_sockets, n_packets;
static gboolean failed;

static const char *
option_name (int option)
{
  static const char *const names[] = {
    [NETLINK_ADD_MEMBERSHIP] = "NETLINK_ADD_MEMBERSHIP",
    [NETLINK_DROP_MEMBERSHIP] = "NETLINK_DROP_MEMBERSHIP",
    [NETLINK_PKTINFO] = "NETLINK_PKTINFO",
    [NETLINK_BROADCAST_ERROR] = "NETLINK_BROADCAST_ERROR",
    [NETLINK_NO_ENOBUFS] = "NETLINK_NO_ENOBUFS",
    [NETLINK_LISTEN_ALL_NSID] = "NETLINK_LISTEN_ALL_NSID",
    [NETLINK_CAP_ACK] = "NETLINK_CAP_ACK",
    [NETLINK_EXT_ACK] = "NETLINK_EXT_ACK",
    [NETLINK_GET_STRICT_CHK] = "NETLINK_GET_STRICT_CHK",
  };

  return option >= 0 && option < (int) G_N_ELEMENTS (names) ? names[option] : NULL;
}

static void
write_capture (const void *data, gsize len)
{
  failed |= fwrite (data, 1, len, capture_file) != len;
}

gboolean
recording_start (const char *capture, const char *sockets)
{
  const CaptureFileHeader header = CAPTURE_FILE_HEADER;

  capture_file = g_fopen (capture, "we");
  sockets_file = capture_file != NULL ? g_fopen (sockets, "we") : NULL;
  if (sockets_file == NULL)
    return FALSE;
  write_capture (&header, sizeof header);
  return TRUE;
}

gboolean
recording_finish (void)
{
  failed |= fclose (capture_file) != 0;
  failed |= fclose (sockets_file) != 0;
  return !failed;
}

void
recording_spoil (const char *why)
{
  fprintf (stderr, "relay: %s\n", why);
  failed = TRUE;
}

void
recorded_clear (Recorded *recorded)
{
  if (recorded->number != 0 && recorded->options != NULL)
    failed |= fprintf (sockets_file, "socket-%u=%s\n", recorded->number, recorded->options->str) < 0;
  if (recorded->options != NULL)
    g_string_free (recorded->options, TRUE);
  recorded->options = NULL;
}

void
recorded_add_option (Recorded *recorded, int option, int value)
{
  const char *name = option_name (option);

  if (name == NULL)
    return;
  if (recorded->options == NULL)
    recorded->options = g_string_new (NULL);
  g_string_append_printf (recorded->options, "%s=%d", name, value);
  if (recorded->n_packets > 0)
    g_string_append_printf (recorded->options, "@%u", recorded->n_packets);
  g_string_append_c (recorded->options, ';');
}

void
recorded_add_packet (Recorded *recorded, gboolean to_kernel, NlvSpan data)
{
  CapturePacketHeader packet = { .microseconds = n_packets % 1000000, .seconds = n_packets / 1000000 };
  CaptureCookedHeader cooked = {
    .type = GUINT16_TO_BE (to_kernel ? CAPTURE_TO_KERNEL : CAPTURE_TO_PROGRAM),
    .hardware_type = GUINT16_TO_BE (CAPTURE_HARDWARE_TYPE),
    .protocol = GUINT16_TO_BE (NETLINK_ROUTE),
  };

  if (recorded->number == 0)
    recorded->number = ++n_sockets;
  recorded->n_packets++;
  n_packets++;
  cooked.socket = GUINT16_TO_BE (recorded->number);
  packet.captured = packet.len = sizeof cooked + data.len;
  write_capture (&packet, sizeof packet);
  write_capture (&cooked, sizeof cooked);
  write_capture (data.data, data.len);
}

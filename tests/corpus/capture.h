/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A capture of netlink packets as it lies in the file: pcap 2.4 of link type
 * LINKTYPE_NETLINK, little-endian as the messages in it. */
#pragma once

#include <glib.h>

typedef struct
{
  guint32 magic;
  guint16 major, minor;
  guint32 zone, accuracy;
  guint32 longest_packet;
  guint32 link_type;
} CaptureFileHeader;

#define CAPTURE_FILE_HEADER                                                                                            \
  {                                                                                                                    \
    .magic = 0xa1b2c3d4, .major = 2, .minor = 4, .longest_packet = 65535 + 16, .link_type = 253                        \
  }

typedef struct
{
  guint32 seconds, microseconds; /* a running count */
  guint32 captured, len;
} CapturePacketHeader;

/* What the kernel's nlmon devices put before a packet; big-endian. */
typedef struct
{
  guint16 type;
  guint16 hardware_type;
  guint16 unused;
  guint16 socket; /* nothing in the kernel's: which of the program's sockets, from 1 */
  guint16 unused_too[3];
  guint16 protocol;
} CaptureCookedHeader;

#define CAPTURE_TO_PROGRAM 6      /* PACKET_USER */
#define CAPTURE_TO_KERNEL 7       /* PACKET_KERNEL */
#define CAPTURE_HARDWARE_TYPE 824 /* ARPHRD_NETLINK */

G_STATIC_ASSERT (sizeof (CaptureFileHeader) == 24);
G_STATIC_ASSERT (sizeof (CapturePacketHeader) == 16);
G_STATIC_ASSERT (sizeof (CaptureCookedHeader) == 16);

typedef struct
{
  guint socket;
  gboolean to_kernel;
  guint8 *data; /* (owned) */
  gsize len;
} CapturePacket;

/* (element-type CapturePacket), or NULL with @error set. */
GPtrArray *capture_read (const char *path, GError **error);

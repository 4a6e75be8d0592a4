/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages as a kernel would write them, to be captured, and what is answered
 * out of the network that they become. */
#pragma once

#include "model/capture/capture.h"
#include "wire/writer.h"

/* Hundredths of a second since boot. */
#define NOW 500000

typedef struct
{
  NlvWriter writer;
} Told;

/* Begins a message with a family header; told_end() frees it. */
void told_begin (Told *told, guint16 type, const void *header, gsize size);
void told_ip (Told *told, guint16 type, const char *ip);
/* The message's bytes behind the netlink header. */
GBytes *told_end (Told *told);

/* Hands over the bytes behind a netlink header. */
void capture_bytes (NlvCapture *capture, guint16 type, const void *body, gsize len);
/* Ends the message and hands it over. */
void capture_told (NlvCapture *capture, guint16 type, Told *told);
/* A link with little else than a name; with @name NULL, without. */
void capture_link (NlvCapture *capture, gint32 index, const char *name);
/* lo, eth0 and eth1 as 1, 2 and 3. */
NlvCapture *capture_new_with_links (void);

/* What a dump of @type with this family header tells: (element-type GBytes) the
 * bytes of each message behind its netlink header. */
GPtrArray *ask_dump (NlvNetwork *network, guint16 type, const void *header, gsize size);
GPtrArray *ask_dump_of_family (NlvNetwork *network, guint16 type, guint8 family, gsize size);
/* All dumps that there are, only to see that nothing breaks. */
void ask_everything (NlvNetwork *network);

/* Writes @network as a text and reads it again. */
NlvNetwork *save_and_load (NlvNetwork *network);
/* That @network holds together: it is asked, copied and written. */
void assert_sound (NlvNetwork *network);

/* (element-type GBytes) */
GPtrArray *new_bodies (void);
/* Captures @expected (owned), messages that answer requests of @type, in their
 * order, and wants them again: from the network, from a copy and from a file.
 * The request has @size bytes of @header. */
void assert_told_again (NlvCapture *capture, guint16 type, const guint8 header[32], gsize size, GPtrArray *expected);

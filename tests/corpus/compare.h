/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Datagrams compared byte for byte, but for what is volatile. */
#pragma once

#include <glib.h>

/* Who had which port id when a reply was recorded, or made. */
typedef struct
{
  const guint8 *data;
  gsize len;
  guint32 port;
} Reply;

/* The port id in the first message of a datagram, 0 if there is none. */
guint32 reply_port (const guint8 *data, gsize len);

/* The last message in a datagram says that more of its kind are to come. */
gboolean reply_is_unfinished (const guint8 *data, gsize len);

/* NULL if they are the same, or (transfer full) in words what is not. Each
 * message has to carry the port id of its reply. */
char *reply_compare (const Reply *got, const Reply *expected);

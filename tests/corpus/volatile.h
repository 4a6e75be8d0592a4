/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a kernel says differently each time it is asked, and so is not compared. */
#pragma once

#include <glib.h>

/* Fills such fields of each message in a datagram with zero bytes. nlmsg_pid
 * is not among them. */
void volatile_mask (guint8 *data, gsize len);

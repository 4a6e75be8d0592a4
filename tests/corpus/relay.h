/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is recorded of one program: its packets as a capture, and the options
 * of its sockets. One recording in a process. */
#pragma once

#include "wire/span.h"

/* FALSE with errno set when the files cannot be made. */
gboolean recording_start (const char *capture, const char *sockets);
/* FALSE when something could not be written, or it is worth nothing. */
gboolean recording_finish (void);
/* It is worth nothing, because of @why. */
void recording_spoil (const char *why);

typedef struct
{
  guint number;     /* among those that said something, from 1; 0 not known yet */
  guint n_packets;  /* so far */
  GString *options; /* (owned) (nullable) */
} Recorded;

void recorded_clear (Recorded *recorded);
/* An option at level SOL_NETLINK that the kernel took. */
void recorded_add_option (Recorded *recorded, int option, int value);
void recorded_add_packet (Recorded *recorded, gboolean to_kernel, NlvSpan data);

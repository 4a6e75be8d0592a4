/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What lies unread in a socket's receive queue, as the kernel would charge it
 * to sk_rmem_alloc. The datagrams themselves are the owner's. */
#pragma once

#include <glib.h>

typedef struct
{
  GArray *entries; /* (owned) in the order of the queue */
  guint first;     /* those before it are read */
  gsize charge;    /* of all that is unread */
} NlvBacklog;

/* The memory that the kernel holds for @len bytes: struct sk_buff and the
 * slab object of its head. An estimate where the kernel allocates more than
 * it then fills, as it trims what is far too large. */
gsize nlv_backlog_charge_for (gsize len);

void nlv_backlog_init (NlvBacklog *backlog);
void nlv_backlog_finish (NlvBacklog *backlog);
void nlv_backlog_push (NlvBacklog *backlog, gsize len, gsize charge);
/* The reader took a datagram of @len bytes. Those before it were taken
 * unseen. */
void nlv_backlog_pop (NlvBacklog *backlog, gsize len);
/* All but the last @n were taken unseen. */
void nlv_backlog_keep_last (NlvBacklog *backlog, guint n);
gboolean nlv_backlog_is_empty (const NlvBacklog *backlog);

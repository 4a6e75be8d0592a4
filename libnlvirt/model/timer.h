/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What happens in a network by itself when its time has come: lifetimes that
 * end, addresses that have been checked, links whose state settles. Knows no
 * clock: its owner asks for the deadline, and says when it is over. */
#pragma once

#include "model/change.h"

/* @key says what it is about; nothing that it needs may be gone by then without
 * the timer being cancelled, or being noticed by @func. */
typedef void (*NlvDueFunc) (NlvChange *change, guint64 key);

/* @due is in the network's own time, as NlvChange's now. One timer for each
 * @func and @key: a second one takes the place of the first. */
void nlv_network_schedule (NlvNetwork *network, NlvDueFunc func, guint64 key, guint64 due);
gboolean nlv_network_is_scheduled (NlvNetwork *network, NlvDueFunc func, guint64 key);
void nlv_network_cancel (NlvNetwork *network, NlvDueFunc func, guint64 key);

/* When something is due next: as the caller's @now is counted (hundredths of a second
 * since boot). G_MAXUINT64: never, or the network's time has not begun. */
guint64 nlv_network_get_deadline (NlvNetwork *network);
/* Runs what is due, in order. */
void nlv_network_run_timers (NlvNetwork *network, guint64 now);

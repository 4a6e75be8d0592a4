/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A network out of what a kernel tells of its own: the messages of its dumps,
 * one by one, become rows. Nothing is lost: what the rows do not name is kept
 * raw. Does no I/O. */
#pragma once

#include "model/network.h"

typedef struct _NlvCapture NlvCapture;

/* @now: hundredths of a second since boot, of the kernel that is asked. */
NlvCapture *nlv_capture_new (guint64 now);
void nlv_capture_free (NlvCapture *self);

/* A message of a dump. Links must come before what is about them; the extended
 * masks that were asked with are RTEXT_FILTER_VF alone. @hidden: it was not in
 * the ordinary dump. */
void nlv_capture_message (NlvCapture *self, const NlvMessage *message, gboolean hidden);

/* Whether a route to 127.0.0.1 was found in the main table. */
void nlv_capture_local_table (NlvCapture *self, gboolean merged);

/* A routing table, which may be empty. */
void nlv_capture_table (NlvCapture *self, guint8 family, guint32 table);

/* The address labels were told, however few. */
void nlv_capture_end_labels (NlvCapture *self);

/* A kind of link that the kernel has a driver for. */
void nlv_capture_kind (NlvCapture *self, const char *kind);

/* What has been told by now, for the questions that depend on it. */
NlvNetwork *nlv_capture_peek (NlvCapture *self);

/* The network; frees @self. */
NlvNetwork *nlv_capture_finish (NlvCapture *self);

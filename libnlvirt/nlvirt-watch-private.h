/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A table as the observer of its network: what it hears becomes the signals of
 * the objects, and what is due by itself gets done by the main context. */
#pragma once

#include "nlvirt-rows-private.h"

G_BEGIN_DECLS

typedef struct _NlvirtWatch NlvirtWatch;

/* @settled is called when a change is over, and the lists have said what is new
 * in them. */
NlvirtWatch *nlvirt_watch_new (NlvNetwork *network, void (*settled) (gpointer owner), gpointer owner);
void nlvirt_watch_free (NlvirtWatch *self);

/* A list is told of its rows until it is taken off. It is not kept alive. */
void nlvirt_watch_add_list (NlvirtWatch *self, NlvirtRows *list);
void nlvirt_watch_remove_list (NlvirtWatch *self, NlvirtRows *list);
gboolean nlvirt_watch_has_lists (NlvirtWatch *self);

G_END_DECLS

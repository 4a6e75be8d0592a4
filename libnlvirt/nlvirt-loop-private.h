/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs an engine on a main context, and holds back what objects want to say
 * to the application until the engine has returned. */
#pragma once

#include "session/engine.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _NlvirtLoop NlvirtLoop;

/* NULL with errno set. */
NlvirtLoop *nlvirt_loop_new (GMainContext *context);

/* Stops at once: frees the engine, drops what was put off. To be called once,
 * and not from within the engine. */
void nlvirt_loop_close (NlvirtLoop *loop);

NlvEngine *nlvirt_loop_get_engine (NlvirtLoop *loop);

/* Calls @func from an iteration of the main context, then @destroy; after
 * nlvirt_loop_close() only @destroy. In the order of the calls. */
void nlvirt_loop_defer (NlvirtLoop *loop, void (*func) (gpointer data), gpointer data, GDestroyNotify destroy);

G_END_DECLS

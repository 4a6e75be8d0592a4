/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The running kernel asked for all that it tells anybody of its network. */
#pragma once

#include "model/network.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of the calling thread's network namespace. NULL on error. */
NlvNetwork *nlvirt_record_kernel (GError **error);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_message_type_to_string (guint message_type);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_message_type_from_string (const char *name);

G_END_DECLS

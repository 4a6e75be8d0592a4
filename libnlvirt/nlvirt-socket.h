/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_SOCKET (nlvirt_socket_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtSocket, nlvirt_socket, NLVIRT, SOCKET, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtSocket *nlvirt_socket_new (NlvirtTable *table) G_GNUC_WARN_UNUSED_RESULT;

NLVIRT_AVAILABLE_IN_0_1
NlvirtTable *nlvirt_socket_get_table (NlvirtSocket *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtAccess nlvirt_socket_get_access (NlvirtSocket *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_socket_set_access (NlvirtSocket *self, NlvirtAccess access);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_socket_get_port (NlvirtSocket *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_socket_add_failure (NlvirtSocket *self, NlvirtFailure *failure);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_socket_remove_failure (NlvirtSocket *self, NlvirtFailure *failure);
NLVIRT_AVAILABLE_IN_0_1
GListModel *nlvirt_socket_get_failures (NlvirtSocket *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_socket_set_option (NlvirtSocket *self, int option, int value, GError **error);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_socket_send (NlvirtSocket *self, const guint8 *data, gsize len, GError **error);
NLVIRT_AVAILABLE_IN_0_1
GBytes *nlvirt_socket_receive (NlvirtSocket *self);
NLVIRT_AVAILABLE_IN_0_1
gboolean nlvirt_socket_take_overrun (NlvirtSocket *self);

G_END_DECLS

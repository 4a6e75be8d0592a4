/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

#define NLVIRT_TYPE_FAILURE (nlvirt_failure_get_type ())

NLVIRT_AVAILABLE_IN_0_1
G_DECLARE_FINAL_TYPE (NlvirtFailure, nlvirt_failure, NLVIRT, FAILURE, GObject)

NLVIRT_AVAILABLE_IN_0_1
NlvirtFailure *nlvirt_failure_new_error (guint message_type, int error_number) G_GNUC_WARN_UNUSED_RESULT;
NLVIRT_AVAILABLE_IN_0_1
NlvirtFailure *nlvirt_failure_new_call_error (NlvirtCall call, int error_number) G_GNUC_WARN_UNUSED_RESULT;
NLVIRT_AVAILABLE_IN_0_1
NlvirtFailure *nlvirt_failure_new_overrun (guint message_type) G_GNUC_WARN_UNUSED_RESULT;
NLVIRT_AVAILABLE_IN_0_1
NlvirtFailure *nlvirt_failure_new_interrupt (guint message_type) G_GNUC_WARN_UNUSED_RESULT;
NLVIRT_AVAILABLE_IN_0_1
NlvirtFailure *nlvirt_failure_new_delay (guint message_type, guint milliseconds) G_GNUC_WARN_UNUSED_RESULT;
NLVIRT_AVAILABLE_IN_0_1
NlvirtFailure *nlvirt_failure_new_from_string (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

NLVIRT_AVAILABLE_IN_0_1
NlvirtFailureKind nlvirt_failure_get_kind (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_failure_get_message_type (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
NlvirtCall nlvirt_failure_get_call (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
int nlvirt_failure_get_error_number (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_failure_get_milliseconds (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
const char *nlvirt_failure_get_words (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_failure_set_words (NlvirtFailure *self, const char *words);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_failure_get_limit (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_failure_set_limit (NlvirtFailure *self, guint limit);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_failure_get_period (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
void nlvirt_failure_set_period (NlvirtFailure *self, guint period);
NLVIRT_AVAILABLE_IN_0_1
guint nlvirt_failure_get_hits (NlvirtFailure *self);
NLVIRT_AVAILABLE_IN_0_1
char *nlvirt_failure_to_string (NlvirtFailure *self);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library's own objects know of failures. */
#pragma once

#include "netlink/failure.h"
#include "nlvirt-failure.h"

G_BEGIN_DECLS

/* Of what explains an error, in bytes. */
#define NLVIRT_MAX_WORDS 255

/* (transfer none) */
NlvFailure *nlvirt_failure_get_failure (NlvirtFailure *self);

/* The failures of a session or a socket, as a list and as what the sockets ask. */
typedef struct
{
  GListStore *store; /* (owned) */
  NlvFailures *set;  /* (owned) */
} NlvirtFailureList;

void nlvirt_failure_list_init (NlvirtFailureList *self);
void nlvirt_failure_list_clear (NlvirtFailureList *self);
void nlvirt_failure_list_add (NlvirtFailureList *self, NlvirtFailure *failure);
gboolean nlvirt_failure_list_remove (NlvirtFailureList *self, NlvirtFailure *failure);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Text of a table file that changes a network that is there: its groups become
 * requests by the administrator. */
#pragma once

#include "model/file/table-file-groups.h"
#include "model/rtnetlink/rtnetlink-private.h"

/* One thing that is done when all of the text has been understood. */
typedef struct _NlvStep NlvStep;
struct _NlvStep
{
  guint line;
  char *group;     /* (owned) */
  GBytes *request; /* (owned) (nullable) a message; else what @run does */
  int (*run) (NlvChange *change, NlvStep *step);
  guint32 link; /* that is meant */
  gboolean value;
  NlvLink *row; /* (owned) (nullable) */
};

typedef struct
{
  NlvTableReader reader; /* its network has the links and nexthops of the real one, and no other rows */
  NlvNetwork *network;   /* (borrowed) the real one */
  NlvTableVerb verb;
  GPtrArray *steps; /* (element-type NlvStep) (owned) */
} NlvTableChange;

/* Appends a step of @section, for the caller to complete. */
NlvStep *nlv_step_new (NlvTableChange *self, const NlvSection *section);
/* NLM_F_* of the verb. */
guint16 nlv_step_flags (const NlvTableChange *self);
/* A request: begin gives its zeroed family header, end makes it a step. */
gpointer nlv_step_begin (NlvWriter *writer, guint16 type, guint16 flags, gsize payload);
void nlv_step_end (NlvTableChange *self, const NlvSection *section, NlvWriter *writer);
void nlv_step_address (NlvTableChange *self, const NlvSection *section, const NlvAddress *row);

/* table-file-change-link.c: the [link NAME] groups of the text. */
void nlv_links_change (NlvTableChange *self, GArray *groups);
/* table-file-change-nexthop.c: the [nexthop ID] groups. */
void nlv_nexthops_change (NlvTableChange *self, GArray *groups);

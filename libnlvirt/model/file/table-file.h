/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A network as GKeyFile text (nlvirt(5)). No I/O. */
#pragma once

#include "model/network.h"

/* One thing that is wrong with a table file. */
typedef struct
{
  guint line;    /* counted from 1; 0 if the text as a whole is meant */
  char *group;   /* (owned) (nullable) */
  char *key;     /* (owned) (nullable) */
  char *message; /* (owned) what is wrong and what was expected */
} NlvFault;

void nlv_fault_free (NlvFault *fault);

/* Reads a whole file and reports every fault in it, in order of lines.
 * Returns NULL if there was any. @faults: (element-type NlvFault). */
NlvNetwork *nlv_table_file_parse (const char *text, gsize len, GPtrArray *faults);

/* How a text changes a network that is there. */
typedef enum
{
  NLV_TABLE_ADD,     /* its rows are new */
  NLV_TABLE_REPLACE, /* or take the place of others; links are there, and get what it says of them */
  NLV_TABLE_REMOVE,  /* its rows go */
} NlvTableVerb;

/* Every group becomes requests by the administrator, with all that follows. 1 when
 * there are faults in the text, and then nothing has been done; 0; or -errno of
 * the request that was refused, which is the one fault then: what was asked for before it
 * has been done. @now: see nlv_network_tell_time(). */
int nlv_table_file_change (NlvNetwork *network, NlvTableVerb verb, const char *text, gsize len, guint64 now,
                           GPtrArray *faults);

/* FALSE after a report when it is no text. */
gboolean nlv_table_file_check_text (const char *text, gsize len, GPtrArray *faults);
void nlv_table_file_sort_faults (GPtrArray *faults);

/* The network as text that parses to an equal network, and that formats to
 * the same bytes again. */
char *nlv_table_file_format (NlvNetwork *network);

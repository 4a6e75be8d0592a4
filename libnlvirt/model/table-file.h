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

/* The network as text that parses to an equal network, and that formats to
 * the same bytes again. */
char *nlv_table_file_format (NlvNetwork *network);

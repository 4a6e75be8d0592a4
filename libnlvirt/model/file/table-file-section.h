/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The text of a table file as groups of keys with their line numbers. Each
 * group is loaded on its own, so that a big file needs little memory, and
 * its keys are taken out one by one: what nobody took is unknown. */
#pragma once

#include "model/file/table-file.h"

typedef enum
{
  NLV_GROUP_NETWORK,
  NLV_GROUP_LINK,
  NLV_GROUP_ADDRESS,
  NLV_GROUP_ROUTE,
  NLV_GROUP_RULE,
  NLV_GROUP_NEIGHBOR,
  NLV_GROUP_NEXTHOP,
  NLV_GROUP_OBJECT,
} NlvGroupKind;

#define NLV_N_GROUP_KINDS (NLV_GROUP_OBJECT + 1)

/* Where a group lies in the text. */
typedef struct
{
  NlvGroupKind kind;
  guint line;   /* of its header */
  NlvSpan name; /* the header between its brackets */
  NlvSpan body; /* the lines below it */
} NlvGroup;

typedef struct
{
  char *key; /* (owned) */
  guint line;
  gboolean taken;
} NlvEntry;

typedef struct
{
  char *name;        /* (owned) of the group, "link eth0" */
  const char *label; /* (borrowed) "eth0" */
  guint line;
  GKeyFile *values;   /* (owned) */
  GPtrArray *entries; /* (owned) (element-type NlvEntry) in the order of the file */
  GHashTable *by_key; /* (owned) key → (unowned) NlvEntry */
  GPtrArray *faults;  /* (borrowed) (element-type NlvFault) */
  gboolean faulty;    /* a fault was reported in this group */
} NlvSection;

/* Records a fault; @group and @key may be NULL. */
void nlv_fault_add (GPtrArray *faults, guint line, const char *group, const char *key, const char *format, ...)
  G_GNUC_PRINTF (5, 6);

/* The groups of @text, faults aside. (element-type NlvGroup) */
GArray *nlv_groups_scan (NlvSpan text, GPtrArray *faults);

NlvSection *nlv_section_load (const NlvGroup *group, GPtrArray *faults);
/* Reports the keys that nobody took, and frees it. */
void nlv_section_finish (NlvSection *section);
/* All of a kind at once, which are finished when they are freed. (element-type NlvSection) */
GPtrArray *nlv_sections_load (const GArray *groups, NlvGroupKind kind, GPtrArray *faults);

/* Of the keys that nobody took, something better than that they are unknown. */
void nlv_section_refuse_others (NlvSection *section, const char *why);

gboolean nlv_section_has (NlvSection *section, const char *key);
/* The key's value, as a string or as the parts of a list; NULL if it is not there. */
gboolean nlv_parse_hex (const char *text, GBytes **bytes);
/* Text, or what is not text as NLV_HEX_PREFIX and hexadecimal digits. */
#define NLV_HEX_PREFIX "hex:"
char *nlv_section_take (NlvSection *section, const char *key);
char **nlv_section_take_list (NlvSection *section, const char *key);
/* Reports @key, or the group as a whole if @key is NULL or not there. */
void nlv_section_fault (NlvSection *section, const char *key, const char *format, ...) G_GNUC_PRINTF (3, 4);

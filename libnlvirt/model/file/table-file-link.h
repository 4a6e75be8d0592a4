/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What reading and writing a [link NAME] share: its plain keys, and what the
 * link is like when they are left out. */
#pragma once

#include "model/file/table-file-groups.h"

extern const NlvField nlv_link_fields[];
extern const gsize nlv_n_link_fields;

/* What a link's defaults depend on. */
typedef struct
{
  const char *name;
  const char *kind;        /* (nullable) */
  const char *master_kind; /* (nullable) */
  gboolean has_lower;
  gboolean has_ports_up;      /* there are links in it, and one is up */
  guint32 ports_tso_max_size; /* the least of them; 0 without any */
  gboolean up;
  int carrier; /* -1 as it comes */
} NlvLinkDefaults;

void nlv_link_init_default (NlvLink *link, const NlvLinkDefaults *defaults);
/* What differs between few links. */
void nlv_link_read_settings (NlvSection *section, NlvLink *link);
void nlv_link_write_settings (GString *text, const NlvLink *link);
/* What a driver of a real device has, and burnt in. */
void nlv_link_set_permanent_address (NlvLink *link);
gboolean nlv_link_is_loopback (const NlvLink *link);
/* The least maximum of the ports so far and one more, of @kind. */
guint32 nlv_link_lower_tso_max_size (guint32 so_far, const char *name, const char *kind);

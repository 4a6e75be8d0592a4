/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Numbers of which most are what they usually are: only the others are kept.
 * A list is a GArray of NlvSetting by ascending id, NULL when it is empty. */
#pragma once

#include <glib.h>

typedef struct
{
  guint32 id;
  gint64 value;
} NlvSetting;

gint64 nlv_settings_get (const GArray *settings, guint32 id, gint64 usual);
void nlv_settings_set (GArray **settings, guint32 id, gint64 value);
void nlv_settings_unset (GArray **settings, guint32 id);
GArray *nlv_settings_copy (const GArray *settings);
/* One more than the highest id, or @usual if that is more. */
guint nlv_settings_count (const GArray *settings, guint usual);

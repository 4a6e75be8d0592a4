/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/settings.h"

/* The place of @id, or where it would be. */
static guint
place_of (const GArray *settings, guint32 id)
{
  guint low = 0, high = settings != NULL ? settings->len : 0;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (settings, NlvSetting, middle).id < id)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gboolean
is_at (const GArray *settings, guint place, guint32 id)
{
  return settings != NULL && place < settings->len && g_array_index (settings, NlvSetting, place).id == id;
}

gint64
nlv_settings_get (const GArray *settings, guint32 id, gint64 usual)
{
  guint place = place_of (settings, id);

  return is_at (settings, place, id) ? g_array_index (settings, NlvSetting, place).value : usual;
}

void
nlv_settings_set (GArray **settings, guint32 id, gint64 value)
{
  guint place = place_of (*settings, id);
  NlvSetting setting = { id, value };

  if (*settings == NULL)
    *settings = g_array_new (FALSE, FALSE, sizeof (NlvSetting));
  if (is_at (*settings, place, id))
    g_array_index (*settings, NlvSetting, place).value = value;
  else
    g_array_insert_val (*settings, place, setting);
}

void
nlv_settings_unset (GArray **settings, guint32 id)
{
  guint place = place_of (*settings, id);

  if (!is_at (*settings, place, id))
    return;
  g_array_remove_index (*settings, place);
  if ((*settings)->len == 0)
    g_clear_pointer (settings, g_array_unref);
}

GArray *
nlv_settings_copy (const GArray *settings)
{
  GArray *copy;

  if (settings == NULL)
    return NULL;
  copy = g_array_sized_new (FALSE, FALSE, sizeof (NlvSetting), settings->len);
  g_array_append_vals (copy, settings->data, settings->len);
  return copy;
}

guint
nlv_settings_count (const GArray *settings, guint usual)
{
  if (settings == NULL || settings->len == 0)
    return usual;
  return MAX (usual, g_array_index (settings, NlvSetting, settings->len - 1).id + 1);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A link's name, and its own memory. */
#include "model/network.h"

#include <string.h>

const char *
nlv_link_name_fault (const char *name)
{
  if (name[0] == '\0' || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return "expected a name";
  if (strlen (name) >= IFNAMSIZ)
    return "expected a name of at most 15 bytes";
  for (; *name != '\0'; name++)
    if (*name == '/' || *name == ':' || g_ascii_isspace (*name) || *name == '\v')
      return "expected a name without “/”, “:” and white space";
  return NULL;
}

gboolean
nlv_link_name_has_sysctls (const char *name)
{
  return strcmp (name, "all") != 0 && strcmp (name, "default") != 0;
}

void
nlv_link_init (NlvLink *link)
{
  *link = (NlvLink){ .lower_netns = -1 };
}

void
nlv_link_clear (NlvLink *link)
{
  g_clear_pointer (&link->alt_names, g_ptr_array_unref);
  g_clear_pointer (&link->alias, g_free);
  g_clear_pointer (&link->kind, g_free);
  g_clear_pointer (&link->kind_data, g_bytes_unref);
  g_clear_pointer (&link->slave_kind, g_free);
  g_clear_pointer (&link->slave_data, g_bytes_unref);
  g_clear_pointer (&link->qdisc, g_free);
  for (guint i = 0; i < NLV_N_LINK_SETTINGS; i++)
    g_clear_pointer (&link->settings[i], g_array_unref);
  for (guint i = 0; i < NLV_N_GROUPS; i++)
    g_clear_pointer (&link->groups[i], g_array_unref);
  g_clear_pointer (&link->extra, g_array_unref);
}

static GBytes *
ref_bytes (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

void
nlv_link_copy (const NlvLink *link, NlvLink *copy)
{
  *copy = *link;
  copy->alias = g_strdup (link->alias);
  copy->kind = g_strdup (link->kind);
  copy->kind_data = ref_bytes (link->kind_data);
  copy->slave_kind = g_strdup (link->slave_kind);
  copy->slave_data = ref_bytes (link->slave_data);
  copy->qdisc = g_strdup (link->qdisc);
  if (link->alt_names != NULL)
    {
      copy->alt_names = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; i < link->alt_names->len; i++)
        g_ptr_array_add (copy->alt_names, g_strdup (g_ptr_array_index (link->alt_names, i)));
    }
  for (guint i = 0; i < NLV_N_LINK_SETTINGS; i++)
    copy->settings[i] = nlv_settings_copy (link->settings[i]);
  for (guint i = 0; i < NLV_N_GROUPS; i++)
    copy->groups[i] = link->groups[i] != NULL ? g_array_copy (link->groups[i]) : NULL;
  copy->extra = nlv_raw_attrs_copy (link->extra);
}

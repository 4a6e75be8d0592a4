/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Settings as lists of NAME:VALUE, and attributes that have no key. */
#include "model/file/table-file-fields.h"
#include "model/link-settings.h"

#include <linux/netlink.h>
#include <string.h>

/* --- settings ----------------------------------------------------------------------- */

static gboolean
parse_setting (const char *text, const NlvName *names, guint64 *id, gint64 *value)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);

  return parts[0] != NULL && parts[1] != NULL &&
         nlv_names_to_value (names, g_strchomp (parts[0]), NLV_MAX_SETTINGS - 1, id) &&
         g_ascii_string_to_signed (g_strchug (parts[1]), 10, G_MININT64, G_MAXINT64, value, NULL);
}

void
nlv_read_settings (NlvSection *section, const char *key, const NlvName *names, GArray **settings)
{
  g_auto (GStrv) list = nlv_section_take_list (section, key);

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      guint64 id;
      gint64 value;

      if (parse_setting (list[i], names, &id, &value))
        nlv_settings_set (settings, (guint32) id, value);
      else
        nlv_section_fault (section, key, "“%s”: expected a list of NAME:NUMBER, or of numbers below %d with a value",
                           list[i], NLV_MAX_SETTINGS);
    }
}

void
nlv_write_settings (GString *text, const char *key, const NlvName *names, const GArray *settings)
{
  if (settings == NULL)
    return;
  g_string_append_printf (text, "%s=", key);
  for (guint i = 0; i < settings->len; i++)
    {
      const NlvSetting *setting = &g_array_index (settings, NlvSetting, i);
      const char *name = names != NULL ? nlv_names_from_value (names, setting->id) : NULL;

      if (name != NULL)
        g_string_append (text, name);
      else
        g_string_append_printf (text, "%u", setting->id);
      g_string_append_printf (text, ":%" G_GINT64_FORMAT ";", setting->value);
    }
  g_string_append_c (text, '\n');
}

/* --- groups ------------------------------------------------------------------------- */

char **
nlv_split_words (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, " \t", -1);
  GPtrArray *words = g_ptr_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] != '\0')
      g_ptr_array_add (words, g_strdup (parts[i]));
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (words, FALSE);
}

static gboolean
parse_stamp (const char *text, guint32 *stamp)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *stamp = (guint32) value;
  return TRUE;
}

static gboolean
parse_group (const char *text, guint8 family, NlvMembership *group)
{
  g_auto (GStrv) words = nlv_split_words (text);
  guint n = g_strv_length (words);

  return (n == 1 || n == 3) && nlv_parse_ip (words[0], &family, &group->ip) &&
         (n == 1 || (parse_stamp (words[1], &group->created) && parse_stamp (words[2], &group->updated)));
}

void
nlv_read_groups (NlvSection *section, const char *key, guint8 family, GArray **groups)
{
  g_auto (GStrv) list = nlv_section_take_list (section, key);

  if (list == NULL)
    return;
  *groups = g_array_new (FALSE, FALSE, sizeof (NlvMembership));
  for (guint i = 0; list[i] != NULL; i++)
    {
      NlvMembership group = { 0 };

      if (parse_group (list[i], family, &group))
        g_array_append_val (*groups, group);
      else
        nlv_section_fault (section, key, "“%s”: expected a list of %s addresses, each perhaps with two times", list[i],
                           family == AF_INET ? "IPv4" : "IPv6");
    }
}

void
nlv_write_groups (GString *text, const char *key, guint8 family, const GArray *groups)
{
  if (groups == NULL)
    return;
  g_string_append_printf (text, "%s=", key);
  for (guint i = 0; i < groups->len; i++)
    {
      const NlvMembership *group = &g_array_index (groups, NlvMembership, i);

      nlv_append_ip (text, family, &group->ip);
      if (group->created != 0 || group->updated != 0)
        g_string_append_printf (text, " %u %u", group->created, group->updated);
      g_string_append_c (text, ';');
    }
  g_string_append_c (text, '\n');
}

/* --- attributes without a key ------------------------------------------------------- */

/* What nla_len can tell besides the header. */
#define MAX_PAYLOAD (G_MAXUINT16 - NLA_HDRLEN)

/* One way to write each number, so that each key is there once. */
static gboolean
parse_plain (const char *text, guint64 *value)
{
  return (text[0] != '0' || text[1] == '\0') && g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, value, NULL);
}

/* attribute-TYPE, and attribute-TYPE-N when a type is there more than once. */
void
nlv_read_raw_attrs (NlvSection *section, GArray **attrs)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const NlvEntry *entry = g_ptr_array_index (section->entries, i);
      g_autofree char *value = NULL;
      g_auto (GStrv) parts = NULL;
      GBytes *bytes = NULL;
      guint64 type, count;

      if (!g_str_has_prefix (entry->key, "attribute-"))
        continue;
      value = nlv_section_take (section, entry->key);
      parts = g_strsplit (entry->key, "-", 3);
      if (!parse_plain (parts[1], &type) || (parts[2] != NULL && !parse_plain (parts[2], &count)))
        nlv_section_fault (section, entry->key, "expected attribute-NUMBER or attribute-NUMBER-COUNT, each up to %d",
                           G_MAXUINT16);
      else if (value != NULL && !nlv_parse_hex (g_strstrip (value), &bytes))
        nlv_section_fault (section, entry->key, "expected an even number of hexadecimal digits");
      else if (bytes != NULL && g_bytes_get_size (bytes) > MAX_PAYLOAD)
        nlv_section_fault (section, entry->key, "expected at most %d bytes", MAX_PAYLOAD);
      else if (bytes != NULL)
        nlv_raw_attrs_add (attrs, (guint16) type, bytes);
      g_clear_pointer (&bytes, g_bytes_unref);
    }
}

void
nlv_write_raw_attrs (GString *text, const GArray *attrs)
{
  g_autoptr (GHashTable) counts = NULL;

  if (attrs == NULL)
    return;
  counts = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < attrs->len; i++)
    {
      const NlvRawAttr *raw = &g_array_index (attrs, NlvRawAttr, i);
      gpointer type = GUINT_TO_POINTER ((guint) raw->type);
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, type)) + 1;

      g_hash_table_insert (counts, type, GUINT_TO_POINTER (count));
      g_string_append_printf (text, "attribute-%u", raw->type);
      if (count > 1)
        g_string_append_printf (text, "-%u", count);
      g_string_append_c (text, '=');
      nlv_append_hex (text, raw->payload);
      g_string_append_c (text, '\n');
    }
}

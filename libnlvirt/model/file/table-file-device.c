/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a table file names a link. */
#include "model/file/table-file-groups.h"

#include <string.h>

gboolean
nlv_device_parse_index (const char *text, guint32 *index)
{
  guint64 value;

  if (text[0] != '#' || !g_ascii_string_to_unsigned (text + 1, 10, 0, G_MAXUINT32, &value, NULL))
    return FALSE;
  *index = (guint32) value;
  return TRUE;
}

gboolean
nlv_device_find (NlvTableReader *reader, NlvSection *section, const char *key, const char *text, guint32 *index)
{
  const NlvLink *link = nlv_device_parse_index (text, index) ? nlv_network_find_link (reader->network, *index)
                                                             : nlv_network_find_link_by_name (reader->network, text);

  if (link == NULL)
    {
      nlv_section_fault (section, key, "“%s”: there is no such link; expected the name of a link%s", text,
                         reader->live ? "" : " in this file");
      return FALSE;
    }
  *index = link->index;
  return TRUE;
}

gboolean
nlv_device_read (NlvTableReader *reader, NlvSection *section, const char *key, guint32 *index)
{
  g_autofree char *text = nlv_section_take (section, key);

  return text != NULL && nlv_device_find (reader, section, key, g_strstrip (text), index);
}

/* What a person would type; other names go escaped, or by index. */
gboolean
nlv_device_name_is_plain (const char *name)
{
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && (at == name || strchr ("-_.@+", *at) == NULL))
      return FALSE;
  return name[0] != '\0';
}

void
nlv_device_append (GString *text, NlvNetwork *network, guint32 index)
{
  const NlvLink *link = nlv_network_find_link (network, index);

  if (link != NULL && nlv_device_name_is_plain (link->name))
    g_string_append (text, link->name);
  else
    g_string_append_printf (text, "#%u", index);
}

void
nlv_device_write (GString *text, const char *key, NlvNetwork *network, guint32 index)
{
  g_string_append_printf (text, "%s=", key);
  nlv_device_append (text, network, index);
  g_string_append_c (text, '\n');
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [object LABEL]: the kernel's message, without its netlink header. */
#include "model/file/table-file-groups.h"

#include <linux/rtnetlink.h>
#include <string.h>

void
nlv_object_read (NlvTableReader *reader, NlvSection *section)
{
  g_autofree char *text = NULL;
  NlvObject object = { 0 };
  guint64 type;

  if (nlv_read_number (section, "type", nlv_names_object_type, G_MAXUINT16, &type))
    object.type = (guint16) type;
  else if (!nlv_section_has (section, "type"))
    nlv_section_fault (section, NULL, "expected the key type");
  nlv_read_boolean (section, "hidden", &object.hidden);
  text = nlv_section_take (section, "data");
  if (text == NULL)
    {
      if (!nlv_section_has (section, "data"))
        nlv_section_fault (section, NULL, "expected the key data");
    }
  else if (!nlv_parse_hex (g_strstrip (text), &object.body))
    nlv_section_fault (section, "data", "expected an even number of hexadecimal digits");
  if (section->faulty)
    nlv_object_clear (&object);
  else
    nlv_network_add_object (reader->network, &object);
}

void
nlv_objects_write (NlvNetwork *network, GString *text)
{
  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      const NlvObject *object = nlv_network_get_object (network, i);

      g_string_append_printf (text, "\n[object %u]\n", i + 1);
      nlv_write_named (text, "type", nlv_names_object_type, object->type);
      if (object->hidden)
        g_string_append (text, "hidden=true\n");
      g_string_append (text, "data=");
      nlv_append_hex (text, object->body);
      g_string_append_c (text, '\n');
    }
}

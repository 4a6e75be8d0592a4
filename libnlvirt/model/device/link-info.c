/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/device/link-info.h"
#include "wire/reader.h"

#include <string.h>

NlvSpan
nlv_info_span (GBytes *info)
{
  return info != NULL ? nlv_span (g_bytes_get_data (info, NULL), g_bytes_get_size (info)) : nlv_span ("", 0);
}

gboolean
nlv_info_get (GBytes *info, guint16 type, gpointer value, gsize size)
{
  NlvAttr attr;
  gboolean found = nlv_span_find_attr (nlv_info_span (info), type, &attr);

  nlv_attr_copy (&attr, value, size);
  return found;
}

guint8
nlv_info_get_u8 (GBytes *info, guint16 type)
{
  guint8 value;

  nlv_info_get (info, type, &value, sizeof value);
  return value;
}

guint16
nlv_info_get_u16 (GBytes *info, guint16 type)
{
  guint16 value;

  nlv_info_get (info, type, &value, sizeof value);
  return value;
}

guint32
nlv_info_get_u32 (GBytes *info, guint16 type)
{
  guint32 value;

  nlv_info_get (info, type, &value, sizeof value);
  return value;
}

static gboolean
holds (GBytes *info, guint16 type, gconstpointer value, gsize size)
{
  NlvAttr attr;

  return nlv_span_find_attr (nlv_info_span (info), type, &attr) && attr.payload.len == size &&
         memcmp (attr.payload.data, value, size) == 0;
}

/* @value NULL: without it. */
static void
replace (GBytes **info, guint16 type, gconstpointer value, gsize size)
{
  NlvSpan rest = nlv_info_span (*info);
  gboolean placed = FALSE;
  NlvWriter writer;
  NlvAttr attr;

  /* Most of what is set is so already. */
  if (value != NULL && holds (*info, type, value, size))
    return;
  nlv_writer_init (&writer, G_MAXSIZE);
  while (nlv_attr_next (&rest, &attr))
    {
      if (attr.type != type)
        nlv_put (&writer, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
      else if (value != NULL && !placed)
        nlv_put (&writer, attr.type | attr.type_flags, value, size);
      placed = placed || attr.type == type;
    }
  if (value != NULL && !placed)
    nlv_put (&writer, type, value, size);
  g_clear_pointer (info, g_bytes_unref);
  *info = nlv_writer_steal (&writer);
  nlv_writer_clear (&writer);
}

void
nlv_info_set (GBytes **info, guint16 type, gconstpointer value, gsize size)
{
  replace (info, type, value, size);
}

void
nlv_info_set_u8 (GBytes **info, guint16 type, guint8 value)
{
  replace (info, type, &value, sizeof value);
}

void
nlv_info_set_u16 (GBytes **info, guint16 type, guint16 value)
{
  replace (info, type, &value, sizeof value);
}

void
nlv_info_set_u32 (GBytes **info, guint16 type, guint32 value)
{
  replace (info, type, &value, sizeof value);
}

void
nlv_info_unset (GBytes **info, guint16 type)
{
  guint8 value;

  if (nlv_info_get (*info, type, &value, sizeof value))
    replace (info, type, NULL, 0);
}

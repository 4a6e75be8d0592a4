/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/raw-attrs.h"

#include <string.h>

static void
clear_attr (gpointer data)
{
  g_clear_pointer (&((NlvRawAttr *) data)->payload, g_bytes_unref);
}

void
nlv_raw_attrs_add (GArray **attrs, guint16 type, GBytes *payload)
{
  NlvRawAttr raw = { type, g_bytes_ref (payload) };

  if (*attrs == NULL)
    {
      *attrs = g_array_new (FALSE, FALSE, sizeof (NlvRawAttr));
      g_array_set_clear_func (*attrs, clear_attr);
    }
  g_array_append_val (*attrs, raw);
}

GArray *
nlv_raw_attrs_copy (const GArray *attrs)
{
  GArray *copy = NULL;

  for (guint i = 0; attrs != NULL && i < attrs->len; i++)
    {
      const NlvRawAttr *raw = &g_array_index (attrs, NlvRawAttr, i);

      nlv_raw_attrs_add (&copy, raw->type, raw->payload);
    }
  return copy;
}

const NlvRawAttr *
nlv_raw_attrs_find (const GArray *attrs, guint16 type)
{
  for (guint i = 0; attrs != NULL && i < attrs->len; i++)
    {
      const NlvRawAttr *raw = &g_array_index (attrs, NlvRawAttr, i);

      if ((raw->type & NLA_TYPE_MASK) == type)
        return raw;
    }
  return NULL;
}

void
nlv_raw_attrs_remove (GArray **attrs, guint16 type)
{
  const NlvRawAttr *raw = nlv_raw_attrs_find (*attrs, type);

  if (raw == NULL)
    return;
  g_array_remove_index (*attrs, (guint) (raw - (const NlvRawAttr *) (gconstpointer) (*attrs)->data));
  if ((*attrs)->len == 0)
    g_clear_pointer (attrs, g_array_unref);
}

gsize
nlv_raw_attrs_size (const GArray *attrs)
{
  gsize size = 0;

  for (guint i = 0; attrs != NULL && i < attrs->len; i++)
    size += NLA_ALIGN (g_bytes_get_size (g_array_index (attrs, NlvRawAttr, i).payload)) + NLA_HDRLEN;
  return size;
}

static void
put (NlvWriter *writer, const NlvRawAttr *raw)
{
  nlv_put (writer, raw->type, g_bytes_get_data (raw->payload, NULL), g_bytes_get_size (raw->payload));
}

/* @made with each attribute replaced by its like in @attrs, and those that have
 * no place at the end. */
static void
put_replaced (NlvWriter *writer, const GArray *attrs, NlvSpan made)
{
  g_autoptr (GHashTable) placed = g_hash_table_new (NULL, NULL);
  NlvAttr attr;

  if (nlv_raw_attrs_find (attrs, 0) != NULL)
    made.len = 0;
  while (nlv_attr_next (&made, &attr))
    {
      const NlvRawAttr *raw = nlv_raw_attrs_find (attrs, attr.type);

      if (raw != NULL && g_hash_table_add (placed, (gpointer) raw))
        put (writer, raw);
      else
        nlv_put (writer, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
    }
  for (guint i = 0; i < attrs->len; i++)
    {
      const NlvRawAttr *raw = &g_array_index (attrs, NlvRawAttr, i);

      if ((raw->type & NLA_TYPE_MASK) != 0 && !g_hash_table_contains (placed, raw))
        put (writer, raw);
    }
}

void
nlv_raw_attrs_put (const GArray *attrs, NlvWriter *writer, gsize header)
{
  gsize start = writer->message + NLMSG_HDRLEN + NLMSG_ALIGN (header);
  g_autofree guint8 *made = NULL;
  gsize len;

  if (attrs == NULL || writer->full)
    return;
  len = writer->len - start;
  made = g_memdup2 (writer->data + start, len);
  writer->len = start;
  put_replaced (writer, attrs, nlv_span (made, len));
}

static gboolean
holds (NlvSpan attrs, const NlvAttr *wanted)
{
  NlvAttr attr;

  while (nlv_attr_next (&attrs, &attr))
    if (attr.type == wanted->type && attr.type_flags == wanted->type_flags && attr.payload.len == wanted->payload.len &&
        memcmp (attr.payload.data, wanted->payload.data, attr.payload.len) == 0)
      return TRUE;
  return FALSE;
}

static void
add (GArray **attrs, const NlvAttr *attr)
{
  g_autoptr (GBytes) payload = g_bytes_new (attr->payload.data, attr->payload.len);

  nlv_raw_attrs_add (attrs, attr->type | attr->type_flags, payload);
}

gboolean
nlv_raw_attrs_keep (GArray **attrs, NlvSpan original, NlvSpan made)
{
  NlvSpan rest = original;
  NlvWriter writer;
  gboolean same;
  NlvAttr attr;

  while (nlv_attr_next (&rest, &attr))
    if (!holds (made, &attr))
      add (attrs, &attr);
  if (*attrs == NULL)
    return original.len == made.len && memcmp (original.data, made.data, made.len) == 0;

  nlv_writer_init (&writer, G_MAXSIZE);
  put_replaced (&writer, *attrs, made);
  same = writer.len == original.len && memcmp (writer.data, original.data, writer.len) == 0;
  nlv_writer_clear (&writer);
  return same;
}

void
nlv_raw_attrs_keep_whole (GArray **attrs, NlvSpan original)
{
  const NlvAttr whole = { .payload = { (const guint8 *) "", 0 } };
  NlvAttr attr;

  g_clear_pointer (attrs, g_array_unref);
  add (attrs, &whole);
  while (nlv_attr_next (&original, &attr))
    add (attrs, &attr);
}

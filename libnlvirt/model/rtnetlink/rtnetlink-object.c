/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is kept as the kernel told it: its messages taken apart, and told
 * again in dumps and single answers. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

NlvSpan
nlv_object_body (const NlvObject *object)
{
  return nlv_span (g_bytes_get_data (object->body, NULL), g_bytes_get_size (object->body));
}

gboolean
nlv_object_header (const NlvObject *object, guint16 type, gpointer header, gsize size)
{
  NlvSpan body = nlv_object_body (object);

  if (object->type != type || body.len < size)
    return FALSE;
  memcpy (header, body.data, size);
  return TRUE;
}

NlvSpan
nlv_object_attrs (const NlvObject *object, gsize header)
{
  return nlv_span_from (nlv_object_body (object), NLMSG_ALIGN (header));
}

gboolean
nlv_walk_put_object_as (NlvWalk *walk, NlvWriter *writer, const NlvObject *object, gconstpointer header, gsize size)
{
  NlvSpan body = nlv_object_body (object);
  guint8 *payload = nlv_walk_begin (walk, writer, object->type, 0, body.len);

  if (payload == NULL)
    {
      nlv_writer_cancel (writer);
      return FALSE;
    }
  if (body.len > 0)
    memcpy (payload, body.data, body.len);
  memcpy (payload, header, MIN (size, body.len));
  return nlv_writer_end (writer);
}

gboolean
nlv_walk_put_object (NlvWalk *walk, NlvWriter *writer, const NlvObject *object)
{
  return nlv_walk_put_object_as (walk, writer, object, "", 0);
}

int
nlv_reply_object (const NlvRequest *request, const NlvObject *object)
{
  NlvSpan body = nlv_object_body (object);
  NlvWriter writer;
  gpointer payload = nlv_reply_begin (request, &writer, object->type, body.len);

  if (payload != NULL && body.len > 0)
    memcpy (payload, body.data, body.len);
  return nlv_reply_finish (request, &writer);
}

void
nlv_put_attrs (NlvWriter *writer, NlvSpan attrs)
{
  NlvAttr attr;

  while (nlv_attr_next (&attrs, &attr))
    nlv_put (writer, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
}

gboolean
nlv_attr_is_string (const NlvAttr *attr, const char *text)
{
  gsize len = attr->payload.len;

  while (len > 0 && attr->payload.data[len - 1] == '\0')
    len--;
  return len == strlen (text) && memcmp (attr->payload.data, text, len) == 0;
}

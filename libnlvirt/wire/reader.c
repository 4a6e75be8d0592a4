/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Takes messages and attributes off bytes that nobody has checked. */
#include "wire/reader.h"

#include <string.h>

/* Bytes that an item of @len takes up: padding may be missing at the end. */
static gsize
padded (gsize len, gsize available)
{
  gsize aligned = (len + 3) & ~(gsize) 3;
  return MIN (aligned, available);
}

gboolean
nlv_message_next (NlvSpan *rest, NlvMessage *message)
{
  struct nlmsghdr header;

  if (rest->len < sizeof header)
    return FALSE;
  memcpy (&header, rest->data, sizeof header);
  if (header.nlmsg_len < sizeof header || header.nlmsg_len > rest->len)
    return FALSE;

  message->header = header;
  message->bytes = nlv_span (rest->data, header.nlmsg_len);
  *rest = nlv_span_from (*rest, padded (header.nlmsg_len, rest->len));
  return TRUE;
}

NlvSpan
nlv_message_payload (const NlvMessage *message)
{
  return nlv_span_from (message->bytes, sizeof (struct nlmsghdr));
}

gboolean
nlv_attr_next (NlvSpan *rest, NlvAttr *attr)
{
  struct nlattr header;

  if (rest->len < sizeof header)
    return FALSE;
  memcpy (&header, rest->data, sizeof header);
  if (header.nla_len < sizeof header || header.nla_len > rest->len)
    return FALSE;

  attr->type = header.nla_type & NLA_TYPE_MASK;
  attr->type_flags = header.nla_type & ~NLA_TYPE_MASK;
  attr->payload = nlv_span (rest->data + sizeof header, header.nla_len - sizeof header);
  *rest = nlv_span_from (*rest, padded (header.nla_len, rest->len));
  return TRUE;
}

gboolean
nlv_span_find_attr (NlvSpan attrs, guint16 type, NlvAttr *attr)
{
  while (nlv_attr_next (&attrs, attr))
    if (attr->type == type)
      return TRUE;
  memset (attr, 0, sizeof *attr);
  return FALSE;
}

guint8
nlv_attr_u8 (const NlvAttr *attr)
{
  return attr->payload.len > 0 ? attr->payload.data[0] : 0;
}

guint16
nlv_attr_u16 (const NlvAttr *attr)
{
  guint16 value;
  nlv_attr_copy (attr, &value, sizeof value);
  return value;
}

guint32
nlv_attr_u32 (const NlvAttr *attr)
{
  guint32 value;
  nlv_attr_copy (attr, &value, sizeof value);
  return value;
}

guint64
nlv_attr_u64 (const NlvAttr *attr)
{
  guint64 value;
  nlv_attr_copy (attr, &value, sizeof value);
  return value;
}

char *
nlv_attr_dup_string (const NlvAttr *attr)
{
  return g_strndup ((const char *) attr->payload.data, attr->payload.len);
}

void
nlv_attr_copy (const NlvAttr *attr, void *out, gsize size)
{
  gsize len = MIN (attr->payload.len, size);

  if (len > 0)
    memcpy (out, attr->payload.data, len);
  memset ((guint8 *) out + len, 0, size - len);
}

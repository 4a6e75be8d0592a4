/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* NLMSG_ERROR and what explains it: netlink_ack(), netlink_ack_tlv_fill() and
 * netlink_policy_dump_write_attr(). */
#include "netlink/socket-private.h"

#include <string.h>

static gboolean
is_inside (const guint8 *where, NlvSpan request)
{
  guintptr start = (guintptr) request.data;

  return where != NULL && (guintptr) where >= start && (guintptr) where - start < request.len;
}

static guint32
attribute_type (NlvKind kind)
{
  switch (kind)
    {
      case NLV_KIND_FLAG:
        return NL_ATTR_TYPE_FLAG;
      case NLV_KIND_U8:
        return NL_ATTR_TYPE_U8;
      case NLV_KIND_U16:
        return NL_ATTR_TYPE_U16;
      case NLV_KIND_U32:
        return NL_ATTR_TYPE_U32;
      case NLV_KIND_U64:
        return NL_ATTR_TYPE_U64;
      case NLV_KIND_S32:
        return NL_ATTR_TYPE_S32;
      case NLV_KIND_STRING:
        return NL_ATTR_TYPE_STRING;
      case NLV_KIND_NUL_STRING:
        return NL_ATTR_TYPE_NUL_STRING;
      case NLV_KIND_BINARY:
      case NLV_KIND_EXACT:
      case NLV_KIND_MIN_LEN:
        return NL_ATTR_TYPE_BINARY;
      case NLV_KIND_NESTED:
        return NL_ATTR_TYPE_NESTED;
      case NLV_KIND_NESTED_ARRAY:
        return NL_ATTR_TYPE_NESTED_ARRAY;
      case NLV_KIND_BITFIELD32:
        return NL_ATTR_TYPE_BITFIELD32;
      case NLV_KIND_BE32:
      case NLV_KIND_UNSPEC:
      case NLV_KIND_REJECT:
      default:
        return NL_ATTR_TYPE_INVALID;
    }
}

static guint64
largest_unsigned (NlvKind kind)
{
  if (kind == NLV_KIND_U8)
    return G_MAXUINT8;
  if (kind == NLV_KIND_U16)
    return G_MAXUINT16;
  return kind == NLV_KIND_U32 ? G_MAXUINT32 : G_MAXUINT64;
}

static void
write_lengths (NlvWriter *writer, guint32 least, guint32 most)
{
  if (least > 0)
    nlv_put_u32 (writer, NL_POLICY_TYPE_ATTR_MIN_LENGTH, least);
  if (most > 0)
    nlv_put_u32 (writer, NL_POLICY_TYPE_ATTR_MAX_LENGTH, most);
}

static void
write_limits (NlvWriter *writer, const NlvPolicy *policy)
{
  if (policy->kind == NLV_KIND_BITFIELD32)
    {
      nlv_put_u32 (writer, NL_POLICY_TYPE_ATTR_BITFIELD32_MASK, policy->mask);
      return;
    }
  if (policy->mask != 0)
    {
      nlv_put_u64 (writer, NL_POLICY_TYPE_ATTR_MASK, policy->mask);
      return;
    }
  switch ((NlvKind) policy->kind)
    {
      case NLV_KIND_U8:
      case NLV_KIND_U16:
      case NLV_KIND_U32:
      case NLV_KIND_U64:
        nlv_put_u64 (writer, NL_POLICY_TYPE_ATTR_MIN_VALUE_U, policy->bounded ? (guint64) policy->min : 0);
        nlv_put_u64 (writer, NL_POLICY_TYPE_ATTR_MAX_VALUE_U,
                     policy->bounded ? (guint64) policy->max : largest_unsigned (policy->kind));
        break;
      case NLV_KIND_S32:
        nlv_put_u64 (writer, NL_POLICY_TYPE_ATTR_MIN_VALUE_S, (guint64) (policy->bounded ? policy->min : G_MININT32));
        nlv_put_u64 (writer, NL_POLICY_TYPE_ATTR_MAX_VALUE_S, (guint64) (policy->bounded ? policy->max : G_MAXINT32));
        break;
      case NLV_KIND_EXACT:
        write_lengths (writer, policy->len, policy->len);
        break;
      case NLV_KIND_STRING:
      case NLV_KIND_NUL_STRING:
      case NLV_KIND_BINARY:
        write_lengths (writer, policy->bounded ? (guint32) policy->min : 0,
                       policy->bounded ? (guint32) policy->max : policy->len);
        break;
      case NLV_KIND_BE32:
      case NLV_KIND_UNSPEC:
      case NLV_KIND_FLAG:
      case NLV_KIND_MIN_LEN:
      case NLV_KIND_NESTED:
      case NLV_KIND_NESTED_ARRAY:
      case NLV_KIND_BITFIELD32:
      case NLV_KIND_REJECT:
      default:
        break;
    }
}

static void
write_policy (NlvWriter *writer, const NlvPolicy *policy)
{
  guint32 type = attribute_type (policy->kind);
  gsize nest;

  if (type == NL_ATTR_TYPE_INVALID)
    return;
  nest = nlv_nest_begin (writer, NLMSGERR_ATTR_POLICY | NLA_F_NESTED);
  write_limits (writer, policy);
  nlv_put_u32 (writer, NL_POLICY_TYPE_ATTR_TYPE, type);
  nlv_nest_end (writer, nest);
}

void
nlv_extack_write (NlvWriter *writer, const NlvExtack *extack, NlvSpan request, int error)
{
  if (extack->message != NULL)
    nlv_put_string (writer, NLMSGERR_ATTR_MSG, extack->message);
  if (error == 0)
    return;
  if (is_inside (extack->where, request))
    nlv_put_u32 (writer, NLMSGERR_ATTR_OFFS, (guint32) (extack->where - request.data));
  if (extack->policy != NULL)
    write_policy (writer, extack->policy);
  if (extack->has_miss_type)
    nlv_put_u32 (writer, NLMSGERR_ATTR_MISS_TYPE, extack->miss_type);
  if (is_inside (extack->miss_nest, request))
    nlv_put_u32 (writer, NLMSGERR_ATTR_MISS_NEST, (guint32) (extack->miss_nest - request.data));
}

gboolean
nlv_extack_has_words (const NlvExtack *extack, int error)
{
  if (extack->message != NULL)
    return TRUE;
  return error != 0 &&
         (extack->where != NULL || extack->policy != NULL || extack->has_miss_type || extack->miss_nest != NULL);
}

void
nlv_netlink_socket_ack (NlvNetlinkSocket *self, const NlvMessage *request, int error, const NlvAnswer *answer)
{
  const NlvExtack *extack = &answer->extack;
  gboolean capped = error == 0 || nlv_netlink_socket_has_option (self, NETLINK_CAP_ACK);
  gboolean extended = nlv_netlink_socket_has_option (self, NETLINK_EXT_ACK) && nlv_extack_has_words (extack, error);
  guint16 flags = (capped ? NLM_F_CAPPED : 0) | (extended ? NLM_F_ACK_TLVS : 0);
  gsize copied = capped ? sizeof request->header : request->bytes.len;
  gint32 result = error;
  guint8 *payload;
  struct nlmsghdr header = request->header;

  header.nlmsg_flags = (guint16) ((header.nlmsg_flags & ~answer->flags_cleared) | answer->flags_set);
  /* The request comes back padded, and the padding counts. */
  nlv_writer_reset (&self->writer, G_MAXSIZE);
  payload = nlv_writer_begin (&self->writer, NLMSG_ERROR, flags, request->header.nlmsg_seq, self->port,
                              sizeof result + NLMSG_ALIGN (copied));
  memcpy (payload, &result, sizeof result);
  memcpy (payload + sizeof result, request->bytes.data, copied);
  memcpy (payload + sizeof result, &header, sizeof header);
  if (extended)
    nlv_extack_write (&self->writer, extack, request->bytes, error);
  nlv_writer_end (&self->writer);
  nlv_netlink_socket_send_answer (self, nlv_span (self->writer.data, self->writer.len));
}

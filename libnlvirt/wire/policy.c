/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a request's attributes must look like, with the kernel's verdicts and
 * its words: __nla_validate_parse() in lib/nlattr.c. */
#include "wire/policy.h"

#include <errno.h>
#include <string.h>

/* MAX_POLICY_RECURSION_DEPTH */
#define MAX_DEPTH 10

static const guint8 *
attr_start (const NlvAttr *attr)
{
  return attr->payload.data - sizeof (struct nlattr);
}

void
nlv_extack_set (NlvExtack *extack, const char *message, const NlvAttr *attr)
{
  if (extack == NULL)
    return;
  extack->message = message;
  if (attr != NULL)
    {
      extack->where = attr_start (attr);
      extack->policy = NULL;
    }
}

/* NL_SET_ERR_MSG_ATTR_POL() */
static int
refuse (NlvExtack *extack, const NlvAttr *attr, const NlvPolicy *policy, const char *message, int error)
{
  nlv_extack_set (extack, message, attr);
  if (extack != NULL)
    extack->policy = policy;
  return error;
}

/* The length of an integer, or 0 for all else. */
static gsize
integer_length (NlvKind kind)
{
  switch (kind)
    {
      case NLV_KIND_U8:
        return 1;
      case NLV_KIND_U16:
        return 2;
      case NLV_KIND_U32:
      case NLV_KIND_S32:
      case NLV_KIND_BE32:
        return 4;
      case NLV_KIND_U64:
        return 8;
      case NLV_KIND_UNSPEC:
      case NLV_KIND_FLAG:
      case NLV_KIND_STRING:
      case NLV_KIND_NUL_STRING:
      case NLV_KIND_BINARY:
      case NLV_KIND_EXACT:
      case NLV_KIND_MIN_LEN:
      case NLV_KIND_NESTED:
      case NLV_KIND_NESTED_ARRAY:
      case NLV_KIND_BITFIELD32:
      case NLV_KIND_REJECT:
      default:
        return 0;
    }
}

static gboolean
in_bounds (const NlvAttr *attr, const NlvPolicy *policy)
{
  if (policy->kind == NLV_KIND_S32)
    {
      gint32 value = (gint32) nlv_attr_u32 (attr);
      return value >= policy->min && value <= policy->max;
    }
  if (policy->kind == NLV_KIND_U64)
    {
      guint64 value = nlv_attr_u64 (attr);
      return value >= (guint64) policy->min && value <= (guint64) policy->max;
    }

  guint32 value = 0;
  memcpy (&value, attr->payload.data, integer_length (policy->kind));
#if G_BYTE_ORDER == G_BIG_ENDIAN
  value >>= 32 - 8 * integer_length (policy->kind);
#endif
  return value >= policy->min && value <= policy->max;
}

static gboolean
string_fits (NlvSpan payload, guint limit)
{
  gsize len = payload.len;

  if (len == 0)
    return FALSE;
  if (limit == 0)
    return TRUE;
  if (payload.data[len - 1] == '\0')
    len--;
  return len <= limit;
}

static gboolean
ends_in_nul (NlvSpan payload, guint limit)
{
  gsize len = limit > 0 ? MIN (payload.len, (gsize) limit + 1) : payload.len;
  return len > 0 && memchr (payload.data, '\0', len) != NULL;
}

static int parse (NlvSpan attrs, NlvAttr *out, guint max_type, const NlvPolicy *policy, NlvValidation validation,
                  NlvExtack *extack, guint depth);

static int
check_nested_array (NlvSpan entries, const NlvPolicy *policy, NlvValidation validation, NlvExtack *extack, guint depth)
{
  NlvAttr entry;

  while (nlv_attr_next (&entries, &entry))
    {
      if (entry.payload.len == 0)
        continue;
      if (entry.payload.len < sizeof (struct nlattr))
        return refuse (extack, &entry, policy, "Array element too short", -ERANGE);
      int error = parse (entry.payload, NULL, policy->len, policy->nested, validation, extack, depth + 1);
      if (error < 0)
        return error;
    }
  return 0;
}

static int
check_nest (const NlvAttr *attr, const NlvPolicy *policy, NlvValidation validation, NlvExtack *extack, guint depth)
{
  if (attr->payload.len == 0)
    return 0;
  if (attr->payload.len < sizeof (struct nlattr))
    return refuse (extack, attr, policy, "Attribute failed policy validation", -ERANGE);
  if (policy->nested == NULL)
    return 0;
  if (policy->kind == NLV_KIND_NESTED_ARRAY)
    return check_nested_array (attr->payload, policy, validation, extack, depth);
  return parse (attr->payload, NULL, policy->len, policy->nested, validation, extack, depth + 1);
}

/* validate_nla_bitfield32() */
static int
bitfield_error (const NlvAttr *attr, guint32 mask)
{
  struct nla_bitfield32 bits;

  if (attr->payload.len != sizeof bits)
    return -ERANGE;
  memcpy (&bits, attr->payload.data, sizeof bits);
  return mask == 0 || ((bits.selector | bits.value) & ~mask) != 0 || (bits.value & ~bits.selector) != 0 ? -EINVAL : 0;
}

/* 0, or the errno with which the payload's length or form fails. */
static int
payload_error (const NlvAttr *attr, const NlvPolicy *policy)
{
  gsize len = attr->payload.len;

  switch ((NlvKind) policy->kind)
    {
      case NLV_KIND_REJECT:
        return -EINVAL;
      case NLV_KIND_FLAG:
        return len > 0 ? -ERANGE : 0;
      case NLV_KIND_NUL_STRING:
        if (!ends_in_nul (attr->payload, policy->len))
          return -EINVAL;
        return string_fits (attr->payload, policy->len) ? 0 : -ERANGE;
      case NLV_KIND_STRING:
        return string_fits (attr->payload, policy->len) ? 0 : -ERANGE;
      case NLV_KIND_BINARY:
        return policy->len > 0 && len > policy->len ? -ERANGE : 0;
      case NLV_KIND_UNSPEC:
        return len < policy->len ? -ERANGE : 0;
      case NLV_KIND_U8:
      case NLV_KIND_U16:
      case NLV_KIND_U32:
      case NLV_KIND_U64:
      case NLV_KIND_BE32:
      case NLV_KIND_S32:
        return len < integer_length (policy->kind) ? -ERANGE : 0;
      case NLV_KIND_BITFIELD32:
        return bitfield_error (attr, policy->mask);
      case NLV_KIND_EXACT:
      case NLV_KIND_MIN_LEN:
      case NLV_KIND_NESTED:
      case NLV_KIND_NESTED_ARRAY:
      default:
        return 0;
    }
}

static int
check_nest_flag (const NlvAttr *attr, const NlvPolicy *policy, NlvExtack *extack)
{
  gboolean nested = policy->kind == NLV_KIND_NESTED || policy->kind == NLV_KIND_NESTED_ARRAY;
  gboolean flagged = (attr->type_flags & NLA_F_NESTED) != 0;

  if (nested && !flagged)
    return refuse (extack, attr, policy, "NLA_F_NESTED is missing", -EINVAL);
  if (flagged && !nested && policy->kind != NLV_KIND_UNSPEC)
    return refuse (extack, attr, policy, "NLA_F_NESTED not expected", -EINVAL);
  return 0;
}

static gboolean
has_good_size (gsize len, const NlvPolicy *policy)
{
  if (policy->kind == NLV_KIND_EXACT)
    return len == policy->len;
  if (policy->kind == NLV_KIND_MIN_LEN)
    return len >= policy->len;
  if (policy->kind == NLV_KIND_BINARY && policy->bounded)
    return len >= (gsize) policy->min && len <= (gsize) policy->max;
  return TRUE;
}

/* The bounds, which the kernel looks at after everything else. */
static int
check_range (const NlvAttr *attr, const NlvPolicy *policy, NlvExtack *extack)
{
  if (!has_good_size (attr->payload.len, policy))
    return refuse (extack, attr, policy, "binary attribute size out of range", -ERANGE);
  if (policy->bounded && integer_length (policy->kind) > 0 && !in_bounds (attr, policy))
    return refuse (extack, attr, policy, "integer out of range", -ERANGE);
  if (policy->mask != 0 && integer_length (policy->kind) > 0 && (nlv_attr_u32 (attr) & ~policy->mask) != 0)
    {
      nlv_extack_set (extack, "reserved bit set", attr);
      return -EINVAL;
    }
  return policy->validate != NULL ? policy->validate (attr, extack) : 0;
}

/* validate_nla() */
static int
check_attr (const NlvAttr *attr, const NlvPolicy *policy, NlvValidation validation, NlvExtack *extack, guint depth)
{
  gsize exact = integer_length (policy->kind);
  int error;

  if (exact > 0 && attr->payload.len != exact && (validation & NLV_VALIDATE_STRICT_ATTRS) != 0)
    return refuse (extack, attr, policy, "invalid attribute length", -EINVAL);
  if ((validation & NLV_VALIDATE_NESTED) != 0)
    {
      error = check_nest_flag (attr, policy, extack);
      if (error < 0)
        return error;
    }
  if (policy->kind == NLV_KIND_NESTED || policy->kind == NLV_KIND_NESTED_ARRAY)
    return check_nest (attr, policy, validation, extack, depth);
  if (policy->kind == NLV_KIND_UNSPEC && (validation & NLV_VALIDATE_UNSPEC) != 0)
    {
      nlv_extack_set (extack, "Unsupported attribute", attr);
      return -EINVAL;
    }

  error = payload_error (attr, policy);
  if (error < 0)
    return refuse (extack, attr, policy, "Attribute failed policy validation", error);
  return check_range (attr, policy, extack);
}

static int
parse (NlvSpan attrs, NlvAttr *out, guint max_type, const NlvPolicy *policy, NlvValidation validation,
       NlvExtack *extack, guint depth)
{
  NlvAttr attr;

  if (depth >= MAX_DEPTH)
    {
      nlv_extack_set (extack, "allowed policy recursion depth exceeded", NULL);
      return -EINVAL;
    }
  if (out != NULL)
    memset (out, 0, sizeof *out * (max_type + 1));

  while (nlv_attr_next (&attrs, &attr))
    {
      if (attr.type == 0 || attr.type > max_type)
        {
          if ((validation & NLV_VALIDATE_MAXTYPE) == 0)
            continue;
          nlv_extack_set (extack, "Unknown attribute type", &attr);
          return -EINVAL;
        }
      if (policy != NULL)
        {
          gboolean recent = policy[0].min > 0 && attr.type >= policy[0].min;
          int error = check_attr (&attr, &policy[attr.type], recent ? NLV_VALIDATE_STRICT : validation, extack, depth);
          if (error < 0)
            return error;
        }
      if (out != NULL)
        out[attr.type] = attr;
    }

  if (attrs.len > 0)
    {
      nlv_extack_set (extack, "bytes leftover after parsing attributes", NULL);
      if ((validation & NLV_VALIDATE_TRAILING) != 0)
        return -EINVAL;
    }
  return 0;
}

int
nlv_attrs_parse (NlvSpan attrs, NlvAttr *out, guint max_type, const NlvPolicy *policy, NlvValidation validation,
                 NlvExtack *extack)
{
  return parse (attrs, out, max_type, policy, validation, extack, 0);
}

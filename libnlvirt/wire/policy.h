/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "wire/reader.h"

/* What an attribute's payload must be: the kernel's struct nla_policy. */
typedef enum
{
  NLV_KIND_UNSPEC,
  NLV_KIND_FLAG,
  NLV_KIND_U8,
  NLV_KIND_U16,
  NLV_KIND_U32,
  NLV_KIND_U64,
  NLV_KIND_S32,
  NLV_KIND_BE32,       /* in network order */
  NLV_KIND_STRING,     /* at most @len bytes, a final NUL not counted */
  NLV_KIND_NUL_STRING, /* ends in NUL within @len bytes */
  NLV_KIND_BINARY,     /* at most @len bytes; 0 is any; bounded: @min to @max of them */
  NLV_KIND_EXACT,      /* exactly @len bytes */
  NLV_KIND_MIN_LEN,    /* at least @len bytes */
  NLV_KIND_NESTED,
  NLV_KIND_NESTED_ARRAY,
  NLV_KIND_BITFIELD32, /* a value and which of its bits count, all of them in @mask */
  NLV_KIND_REJECT,
} NlvKind;

/* Entry 0 of a table is no attribute: its @min, if not 0, is the first type
 * that is always checked as with NLV_VALIDATE_STRICT (strict_start_type). */
typedef struct _NlvPolicy NlvPolicy;
typedef struct _NlvExtack NlvExtack;
struct _NlvPolicy
{
  guint8 kind; /* NlvKind */
  guint16 len;
  gboolean bounded; /* integers and lengths: @min and @max hold */
  gint64 min;
  gint64 max;
  guint32 mask;            /* 32-bit integers: the bits that may be set, 0 all */
  const NlvPolicy *nested; /* (nullable): @len is its highest type */
  /* (nullable) looks at what is good otherwise: NLA_VALIDATE_FUNCTION */
  int (*validate) (const NlvAttr *attr, NlvExtack *extack);
};

/* enum netlink_validation */
typedef enum
{
  NLV_VALIDATE_LIBERAL = 0,
  NLV_VALIDATE_TRAILING = 1 << 0,     /* no bytes left over */
  NLV_VALIDATE_MAXTYPE = 1 << 1,      /* no unknown types */
  NLV_VALIDATE_UNSPEC = 1 << 2,       /* no type without a policy */
  NLV_VALIDATE_STRICT_ATTRS = 1 << 3, /* exact lengths */
  NLV_VALIDATE_NESTED = 1 << 4,       /* NLA_F_NESTED where nested */
  NLV_VALIDATE_DEPRECATED_STRICT = NLV_VALIDATE_TRAILING | NLV_VALIDATE_MAXTYPE,
  NLV_VALIDATE_STRICT = 0x1f,
} NlvValidation;

/* Why a request was refused, for NLMSGERR_ATTR_*. */
struct _NlvExtack
{
  const char *message;     /* (nullable) static words */
  const guint8 *where;     /* (nullable) the attribute in the request */
  const NlvPolicy *policy; /* (nullable) what it should have been */
  gboolean has_miss_type;
  guint32 miss_type;
  const guint8 *miss_nest; /* (nullable) */
};

void nlv_extack_set (NlvExtack *extack, const char *message, const NlvAttr *attr);

/* Sorts attributes into @out[0..max_type]; entries that did not come have a
 * NULL payload pointer. As __nla_parse(): the last of a type wins. Returns 0
 * or -errno with @extack filled (@extack may be NULL). */
int nlv_attrs_parse (NlvSpan attrs, NlvAttr *out, guint max_type, const NlvPolicy *policy, NlvValidation validation,
                     NlvExtack *extack);

static inline gboolean
nlv_attr_present (const NlvAttr *attr)
{
  return attr->payload.data != NULL;
}

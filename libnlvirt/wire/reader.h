/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "wire/span.h"

#include <linux/netlink.h>

/* One netlink message inside a datagram. The span covers the whole message,
 * header included, and borrows from the datagram. */
typedef struct
{
  struct nlmsghdr header;
  NlvSpan bytes;
} NlvMessage;

/* One attribute; the span covers the payload, without header and padding. */
typedef struct
{
  guint16 type; /* without NLA_F_NESTED and NLA_F_NET_BYTEORDER */
  guint16 type_flags;
  NlvSpan payload;
} NlvAttr;

/* Takes the next message off @rest, as netlink_rcv_skb() does: FALSE at the
 * end, and at a header whose length is under 16 or beyond the datagram. */
gboolean nlv_message_next (NlvSpan *rest, NlvMessage *message);

/* The bytes after the netlink header. */
NlvSpan nlv_message_payload (const NlvMessage *message);

/* Takes the next attribute off @rest, as nla_ok()/nla_next() do: FALSE at the
 * end, with what cannot be an attribute left in @rest. */
gboolean nlv_attr_next (NlvSpan *rest, NlvAttr *attr);
/* The first one of @type, nla_find(); FALSE, and one that is not present, if there is none. */
gboolean nlv_span_find_attr (NlvSpan attrs, guint16 type, NlvAttr *attr);

/* Loads from a payload that a policy has already found long enough; short
 * payloads read as if padded with zero bytes. */
guint8 nlv_attr_u8 (const NlvAttr *attr);
guint16 nlv_attr_u16 (const NlvAttr *attr);
guint32 nlv_attr_u32 (const NlvAttr *attr);
guint64 nlv_attr_u64 (const NlvAttr *attr);
/* The payload as a string that ends at its first NUL byte, or at its end. */
char *nlv_attr_dup_string (const NlvAttr *attr);
/* Copies at most @size bytes and fills the rest with zero bytes. */
void nlv_attr_copy (const NlvAttr *attr, void *out, gsize size);

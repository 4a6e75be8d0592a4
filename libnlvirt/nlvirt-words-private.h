/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Numbers and addresses of rtnetlink as GIO has them, and as iproute2 prints
 * them. */
#pragma once

#include "model/network.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* NULL for a family that GIO does not know. (transfer full) (nullable) */
GInetAddress *nlvirt_inet_address (guint8 family, const NlvIp *ip);
GInetAddressMask *nlvirt_inet_mask (guint8 family, const NlvIp *ip, guint length);
GSocketFamily nlvirt_inet_family (guint8 family);

/* The way back; the family, AF_UNSPEC for none. */
guint8 nlvirt_ip_from_inet_address (GInetAddress *address, NlvIp *ip);
guint8 nlvirt_ip_from_inet_mask (GInetAddressMask *mask, NlvIp *ip, guint8 *length);

/* At most @size bytes, in hexadecimal with colons. 0 if it is not such. */
guint8 nlvirt_mac_from_string (const char *text, guint8 *mac, gsize size);

/* (transfer full) (nullable): NULL for no address */
char *nlvirt_mac_to_string (const guint8 *mac, guint length);

/* (transfer full): the name of a link, or "ifN" for one that is gone; NULL for
 * index 0. */
char *nlvirt_dup_link_name (NlvNetwork *network, guint32 index);
/* The index of a link; @name NULL is index 0. Sets @error when there is none. */
gboolean nlvirt_find_link_index (NlvNetwork *network, const char *name, guint32 *index, GError **error);

void nlvirt_append_ip (GString *out, guint8 family, const NlvIp *ip);
/* The address alone when all bits count, else address/length. */
void nlvirt_append_prefix (GString *out, guint8 family, const NlvIp *ip, guint length);

/* A number that the tables of iproute2 may name. */
typedef enum
{
  NLVIRT_WORD_SCOPE,
  NLVIRT_WORD_PROTOCOL,
  NLVIRT_WORD_TABLE,
  NLVIRT_WORD_ROUTE_TYPE,
} NlvirtWordKind;

void nlvirt_append_word (GString *out, NlvirtWordKind kind, guint32 value);

typedef struct
{
  guint32 bit;
  const char *word;
} NlvirtFlagWord;

/* Every word of @words whose bit is set, each after @separator but the first,
 * in the order of the array. Returns the bits without a word. */
guint32 nlvirt_append_flags (GString *out, const NlvirtFlagWord *words, gsize n_words, guint32 flags,
                             const char *separator);

G_END_DECLS

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Forwarding entries that are added and taken away by request, each by the device
 * that forwards: ndo_fdb_add and its like. */
#pragma once

#include "model/change.h"
#include "model/rtnetlink/rtnetlink-private.h"

typedef struct
{
  NlvChange change;
  const NlvMessage *message;
  guint16 nl_flags;
  struct ndmsg header;
  NlvAttr attrs[NLV_NDA_MAX + 1];
  NlvLink *link;
  const guint8 *address; /* six bytes; NULL of many at once */
  guint16 vlan;          /* 0 none */
} NlvFdbRequest;

/* Whether it is @link itself that forwards by the row, or lets in what it names. */
gboolean nlv_fdb_is_own (const NlvNeighbor *row, const NlvLink *link);

/* change-fdb.c: the entries that a NLM_F_BULK request names, by these states and flags at
 * most. 0 or -errno */
int nlv_fdb_parse_many (NlvFdbRequest *self, const NlvPolicy *policy, guint16 states, guint8 flags, NlvAttr *attrs);

/* change-fdb-bridge.c: at a bridge or at one of its ports. 0 or -errno */
int nlv_bridge_fdb_add (NlvFdbRequest *self);
int nlv_bridge_fdb_remove (NlvFdbRequest *self);
int nlv_bridge_fdb_remove_many (NlvFdbRequest *self);

/* change-fdb-vxlan.c */
int nlv_vxlan_fdb_add (NlvFdbRequest *self);
int nlv_vxlan_fdb_remove (NlvFdbRequest *self);
int nlv_vxlan_fdb_remove_many (NlvFdbRequest *self);

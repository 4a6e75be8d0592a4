/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What VXLAN devices know: the rows of their forwarding entries, one for each way
 * that an entry sends by. struct vxlan_fdb, struct vxlan_rdst. */
#pragma once

#include "model/change.h"
#include "model/device/vxlan-config.h"

typedef struct
{
  NlvIp ip;
  guint8 family;
  guint16 port;       /* network order */
  guint32 vni;        /* where it sends to */
  guint32 source_vni; /* whose entry it is */
  guint32 link;
  guint32 nexthop; /* an id: nothing of the above but @source_vni is meant */
} NlvVxlanWay;

NlvVxlanWay nlv_vxlan_way_of (const NlvNeighbor *row, const NlvVxlanConfig *config);
/* As one that a request asks for: vxlan_fdb_info(). */
NlvNeighbor nlv_vxlan_make_row (const NlvLink *link, const NlvVxlanConfig *config, const guint8 *address,
                                const NlvVxlanWay *way);
/* NTF_VXLAN_ADDED_BY_USER: of what a table has, all but the default way and what is
 * learned. */
gboolean nlv_vxlan_is_by_user (const NlvNeighbor *row);
struct nda_cacheinfo nlv_vxlan_get_times (const NlvNeighbor *row);
void nlv_vxlan_set_times (NlvNeighbor *row, const struct nda_cacheinfo *times);

/* The rows of one entry: __vxlan_find_mac(). (element-type NlvNeighbor) (transfer container) */
GPtrArray *nlv_vxlan_find_entry (NlvNetwork *network, const NlvLink *link, const NlvVxlanConfig *config,
                                 const guint8 *address, guint32 source_vni);
/* All entries, the newest first. (element-type GPtrArray) (transfer full) */
GPtrArray *nlv_vxlan_list_entries (NlvNetwork *network, const NlvLink *link, const NlvVxlanConfig *config);
/* The @n-th of an entry's rows, with its event. The entry stays where it is when that is
 * the first: vxlan_fdb_dst_destroy(). */
void nlv_vxlan_remove_way (NlvChange *change, GPtrArray *rows, guint n);

/* vxlan_flush(), of all or of what does not stay. */
void nlv_vxlan_flush (NlvChange *change, const NlvLink *link, gboolean all);
/* The entries that send by this nexthop go with it, and nobody is told:
 * vxlan_fdb_nh_flush(). */
void nlv_vxlan_forget_nexthop (NlvChange *change, guint32 id);

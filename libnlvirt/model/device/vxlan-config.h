/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a VXLAN device is configured: struct vxlan_config, which is read from its
 * IFLA_INFO_DATA and from requests, and written back. */
#pragma once

#include "model/device/link-kind.h"

/* VXLAN_F_* */
typedef enum
{
  NLV_VXLAN_LEARN = 1 << 0,
  NLV_VXLAN_PROXY = 1 << 1,
  NLV_VXLAN_RSC = 1 << 2,
  NLV_VXLAN_L2MISS = 1 << 3,
  NLV_VXLAN_L3MISS = 1 << 4,
  NLV_VXLAN_TTL_INHERIT = 1 << 5,
  NLV_VXLAN_METADATA = 1 << 6,
  NLV_VXLAN_ZERO_CSUM = 1 << 7,
  NLV_VXLAN_ZERO_CSUM6_TX = 1 << 8,
  NLV_VXLAN_ZERO_CSUM6_RX = 1 << 9,
  NLV_VXLAN_REMCSUM_TX = 1 << 10,
  NLV_VXLAN_REMCSUM_RX = 1 << 11,
  NLV_VXLAN_REMCSUM_NOPARTIAL = 1 << 12,
  NLV_VXLAN_GBP = 1 << 13,
  NLV_VXLAN_GPE = 1 << 14,
  NLV_VXLAN_VNIFILTER = 1 << 15,
  NLV_VXLAN_LOCALBYPASS = 1 << 16,
  NLV_VXLAN_MC_ROUTE = 1 << 17,
} NlvVxlanFlags;

typedef struct
{
  guint32 id;
  guint32 flags;       /* NlvVxlanFlags */
  guint8 family;       /* of both ends: 0 not said */
  guint8 local_family; /* the same of @local alone, in a request */
  NlvIp remote, local;
  guint32 lower; /* ifindex, 0 none */
  guint8 ttl, tos, df;
  guint32 label; /* network order */
  guint32 label_policy;
  guint32 ageing, limit;
  guint16 port; /* network order */
  struct ifla_vxlan_port_range ports;
  guint8 reserved[8];
} NlvVxlanConfig;

extern const NlvPolicy nlv_vxlan_policy[NLV_IFLA_VXLAN_MAX + 1];

void nlv_vxlan_config_read (NlvVxlanConfig *config, GBytes *info);
GBytes *nlv_vxlan_config_write (const NlvVxlanConfig *config);
/* vxlan_nl2conf(): what is asked of a new one, or of @config as it is. */
int nlv_vxlan_config_apply (NlvVxlanConfig *config, NlvChange *change, const NlvAttr *attrs, const NlvAttr *data,
                            gboolean is_new);
/* vxlan_config_validate(), of @link, which may be NULL. */
int nlv_vxlan_config_check (NlvVxlanConfig *config, NlvChange *change, const NlvLink *link);
/* vxlan_sock_add(), of what comes up. */
int nlv_vxlan_config_listen (const NlvVxlanConfig *config, NlvNetwork *network, const NlvLink *self);
guint32 nlv_vxlan_config_overhead (const NlvVxlanConfig *config);
gboolean nlv_vxlan_has_remote (const NlvVxlanConfig *config);

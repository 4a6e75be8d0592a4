/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What may be set of a bridge's port: br_setport(). */
#include "model/device/bridge.h"
#include "model/device/link-info.h"

#include <errno.h>
#include <linux/if_bridge.h>

/* BR_GROUPFWD_MACPAUSE */
#define PAUSE_FRAMES 2

#define U8                                                                                                             \
  {                                                                                                                    \
    .kind = NLV_KIND_U8                                                                                                \
  }
#define U16                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U16                                                                                               \
  }
#define U32                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U32                                                                                               \
  }

const NlvPolicy nlv_bridge_port_policy[NLV_IFLA_BRPORT_MAX + 1] = {
  [IFLA_BRPORT_UNSPEC] = { .min = IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT + 1 },
  [IFLA_BRPORT_STATE] = U8,
  [IFLA_BRPORT_COST] = U32,
  [IFLA_BRPORT_PRIORITY] = U16,
  [IFLA_BRPORT_MODE] = U8,
  [IFLA_BRPORT_GUARD] = U8,
  [IFLA_BRPORT_PROTECT] = U8,
  [IFLA_BRPORT_FAST_LEAVE] = U8,
  [IFLA_BRPORT_LEARNING] = U8,
  [IFLA_BRPORT_UNICAST_FLOOD] = U8,
  [IFLA_BRPORT_PROXYARP] = U8,
  [IFLA_BRPORT_PROXYARP_WIFI] = U8,
  [IFLA_BRPORT_MULTICAST_ROUTER] = U8,
  [IFLA_BRPORT_MCAST_TO_UCAST] = U8,
  [IFLA_BRPORT_MCAST_FLOOD] = U8,
  [IFLA_BRPORT_BCAST_FLOOD] = U8,
  [IFLA_BRPORT_VLAN_TUNNEL] = U8,
  [IFLA_BRPORT_GROUP_FWD_MASK] = U16,
  [IFLA_BRPORT_NEIGH_SUPPRESS] = U8,
  [IFLA_BRPORT_ISOLATED] = U8,
  [IFLA_BRPORT_LOCKED] = U8,
  [NLV_IFLA_BRPORT_MAB] = U8,
  [IFLA_BRPORT_BACKUP_PORT] = U32,
  [IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT] = U32,
  [NLV_IFLA_BRPORT_MCAST_N_GROUPS] = { .kind = NLV_KIND_REJECT },
  [NLV_IFLA_BRPORT_MCAST_MAX_GROUPS] = U32,
  [NLV_IFLA_BRPORT_NEIGH_VLAN_SUPPRESS] = { .kind = NLV_KIND_U8, .bounded = TRUE, .max = 1 },
  [NLV_IFLA_BRPORT_BACKUP_NHID] = U32,
};

typedef struct
{
  NlvChange *change;
  NlvLink *bridge, *port;
  const NlvAttr *attrs;
} Setting;

typedef int (*Setter) (const Setting *self, const NlvAttr *attr);

static int
set_flags (const Setting *self)
{
  static const guint16 flags[] = {
    IFLA_BRPORT_MODE,
    IFLA_BRPORT_GUARD,
    IFLA_BRPORT_FAST_LEAVE,
    IFLA_BRPORT_PROTECT,
    IFLA_BRPORT_LEARNING,
    IFLA_BRPORT_UNICAST_FLOOD,
    IFLA_BRPORT_MCAST_FLOOD,
    IFLA_BRPORT_MCAST_TO_UCAST,
    IFLA_BRPORT_BCAST_FLOOD,
    IFLA_BRPORT_PROXYARP,
    IFLA_BRPORT_PROXYARP_WIFI,
    IFLA_BRPORT_VLAN_TUNNEL,
    IFLA_BRPORT_NEIGH_SUPPRESS,
    IFLA_BRPORT_ISOLATED,
    IFLA_BRPORT_LOCKED,
    NLV_IFLA_BRPORT_MAB,
    NLV_IFLA_BRPORT_NEIGH_VLAN_SUPPRESS,
  };
  g_autoptr (GBytes) info = g_bytes_ref (self->port->slave_data);

  for (guint i = 0; i < G_N_ELEMENTS (flags); i++)
    if (nlv_attr_present (&self->attrs[flags[i]]))
      nlv_info_set_u8 (&info, flags[i], nlv_attr_u8 (&self->attrs[flags[i]]) != 0);
  if (nlv_info_get_u8 (info, NLV_IFLA_BRPORT_MAB) != 0 &&
      (nlv_info_get_u8 (info, IFLA_BRPORT_LOCKED) == 0 || nlv_info_get_u8 (info, IFLA_BRPORT_LEARNING) == 0))
    return nlv_change_refuse (self->change, -EINVAL,
                              "Bridge port must be locked and have learning enabled when MAB is enabled");
  g_bytes_unref (self->port->slave_data);
  self->port->slave_data = g_steal_pointer (&info);
  return 0;
}

static int
set_cost (const Setting *self, const NlvAttr *attr)
{
  return nlv_bridge_set_port_cost (self->change, self->bridge, self->port, nlv_attr_u32 (attr));
}

static int
set_priority (const Setting *self, const NlvAttr *attr)
{
  return nlv_bridge_set_port_priority (self->change, self->bridge, self->port, nlv_attr_u16 (attr));
}

static int
set_state (const Setting *self, const NlvAttr *attr)
{
  return nlv_bridge_set_port_state (self->change, self->bridge, self->port, nlv_attr_u8 (attr));
}

static int
flush (const Setting *self, const NlvAttr *attr)
{
  nlv_bridge_forget_port (self->change, self->bridge, self->port, FALSE);
  return 0;
}

/* br_multicast_set_port_router() */
static int
set_router (const Setting *self, const NlvAttr *attr)
{
  guint8 type = nlv_attr_u8 (attr);

  if (type > MDB_RTR_TYPE_TEMP)
    return -EINVAL;
  if (type == nlv_info_get_u8 (self->port->slave_data, attr->type))
    return 0;
  nlv_info_set_u8 (&self->port->slave_data, attr->type, type);
  nlv_bridge_set_router (self->change, self->bridge, self->port, type >= MDB_RTR_TYPE_PERM);
  return 0;
}

/* br_multicast_eht_set_hosts_limit() */
static int
set_hosts_limit (const Setting *self, const NlvAttr *attr)
{
  if (nlv_attr_u32 (attr) == 0)
    return -EINVAL;
  nlv_info_set_u32 (&self->port->slave_data, attr->type, nlv_attr_u32 (attr));
  return 0;
}

static int
set_max_groups (const Setting *self, const NlvAttr *attr)
{
  nlv_info_set_u32 (&self->port->slave_data, attr->type, nlv_attr_u32 (attr));
  return 0;
}

static int
set_forward_mask (const Setting *self, const NlvAttr *attr)
{
  if ((nlv_attr_u16 (attr) & PAUSE_FRAMES) != 0)
    return -EINVAL;
  nlv_info_set_u16 (&self->port->slave_data, attr->type, nlv_attr_u16 (attr));
  return 0;
}

/* What is shown only if it is there; both are at the end. */
static void
set_backup (NlvLink *port, guint32 index, guint32 nexthop)
{
  nlv_info_unset (&port->slave_data, IFLA_BRPORT_BACKUP_PORT);
  nlv_info_unset (&port->slave_data, NLV_IFLA_BRPORT_BACKUP_NHID);
  if (index != 0)
    nlv_info_set_u32 (&port->slave_data, IFLA_BRPORT_BACKUP_PORT, index);
  if (nexthop != 0)
    nlv_info_set_u32 (&port->slave_data, NLV_IFLA_BRPORT_BACKUP_NHID, nexthop);
}

/* nbp_backup_change() */
static int
set_backup_port (const Setting *self, const NlvAttr *attr)
{
  guint32 index = nlv_attr_u32 (attr);
  const NlvLink *backup = index != 0 ? nlv_network_find_link (self->change->network, index) : NULL;

  if (index != 0 && (backup == NULL || nlv_bridge_of_port (self->change->network, backup) == NULL))
    return -ENOENT;
  if (backup != NULL && (backup->master != self->bridge->index || backup == self->port))
    return -EINVAL;
  set_backup (self->port, index, nlv_info_get_u32 (self->port->slave_data, NLV_IFLA_BRPORT_BACKUP_NHID));
  return 0;
}

static int
set_backup_nexthop (const Setting *self, const NlvAttr *attr)
{
  set_backup (self->port, nlv_info_get_u32 (self->port->slave_data, IFLA_BRPORT_BACKUP_PORT), nlv_attr_u32 (attr));
  return 0;
}

int
nlv_bridge_set_port (NlvChange *change, NlvLink *bridge, NlvLink *port, const NlvAttr *attrs)
{
  static const struct
  {
    guint16 type;
    Setter set;
  } setters[] = {
    { IFLA_BRPORT_COST, set_cost },
    { IFLA_BRPORT_PRIORITY, set_priority },
    { IFLA_BRPORT_STATE, set_state },
    { IFLA_BRPORT_FLUSH, flush },
    { IFLA_BRPORT_MULTICAST_ROUTER, set_router },
    { IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, set_hosts_limit },
    { NLV_IFLA_BRPORT_MCAST_MAX_GROUPS, set_max_groups },
    { IFLA_BRPORT_GROUP_FWD_MASK, set_forward_mask },
    { IFLA_BRPORT_BACKUP_PORT, set_backup_port },
    { NLV_IFLA_BRPORT_BACKUP_NHID, set_backup_nexthop },
  };
  const Setting self = { change, bridge, port, attrs };
  int error;

  nlv_bridge_complete (change->network, bridge);
  error = set_flags (&self);
  for (guint i = 0; error == 0 && i < G_N_ELEMENTS (setters); i++)
    if (nlv_attr_present (&attrs[setters[i].type]))
      error = setters[i].set (&self, &attrs[setters[i].type]);
  nlv_network_touch_link (change->network, port);
  return error;
}

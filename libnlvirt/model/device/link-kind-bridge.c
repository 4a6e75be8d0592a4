/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bridges made and changed: br_dev_newlink() and br_changelink(). */
#include "model/device/bridge.h"
#include "model/device/device-driver.h"
#include "model/device/link-info.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <string.h>

/* HZ of a common configuration: times that a program gives in hundredths of a
 * second are kept in these. */
#define HZ 250
#define USER_HZ 100

/* BR_GROUPFWD_RESTRICTED */
#define RESTRICTED_GROUPS 7
/* BR_MULTICAST_QUERY_INTVL_MIN and _MAX */
#define MIN_QUERY_INTERVAL HZ
#define MAX_QUERY_INTERVAL (86400 * HZ)
/* BR_BOOLOPT_MAX, and the options that need VLANs on bridges */
#define N_OPTIONS 5
#define OPTION_VLAN_SNOOPING 1
#define OPTION_MST 2

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
#define U64                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U64                                                                                               \
  }

static const NlvPolicy policy[NLV_IFLA_BR_MAX + 1] = {
  [IFLA_BR_UNSPEC] = { .min = NLV_IFLA_BR_FDB_N_LEARNED },
  [IFLA_BR_FORWARD_DELAY] = U32,
  [IFLA_BR_HELLO_TIME] = U32,
  [IFLA_BR_MAX_AGE] = U32,
  [IFLA_BR_AGEING_TIME] = U32,
  [IFLA_BR_STP_STATE] = U32,
  [IFLA_BR_PRIORITY] = U16,
  [IFLA_BR_VLAN_FILTERING] = U8,
  [IFLA_BR_VLAN_PROTOCOL] = U16,
  [IFLA_BR_GROUP_FWD_MASK] = U16,
  [IFLA_BR_GROUP_ADDR] = { .kind = NLV_KIND_BINARY, .len = 6 },
  [IFLA_BR_MCAST_ROUTER] = U8,
  [IFLA_BR_MCAST_SNOOPING] = U8,
  [IFLA_BR_MCAST_QUERY_USE_IFADDR] = U8,
  [IFLA_BR_MCAST_QUERIER] = U8,
  [IFLA_BR_MCAST_HASH_ELASTICITY] = U32,
  [IFLA_BR_MCAST_HASH_MAX] = U32,
  [IFLA_BR_MCAST_LAST_MEMBER_CNT] = U32,
  [IFLA_BR_MCAST_STARTUP_QUERY_CNT] = U32,
  [IFLA_BR_MCAST_LAST_MEMBER_INTVL] = U64,
  [IFLA_BR_MCAST_MEMBERSHIP_INTVL] = U64,
  [IFLA_BR_MCAST_QUERIER_INTVL] = U64,
  [IFLA_BR_MCAST_QUERY_INTVL] = U64,
  [IFLA_BR_MCAST_QUERY_RESPONSE_INTVL] = U64,
  [IFLA_BR_MCAST_STARTUP_QUERY_INTVL] = U64,
  [IFLA_BR_NF_CALL_IPTABLES] = U8,
  [IFLA_BR_NF_CALL_IP6TABLES] = U8,
  [IFLA_BR_NF_CALL_ARPTABLES] = U8,
  [IFLA_BR_VLAN_DEFAULT_PVID] = U16,
  [IFLA_BR_VLAN_STATS_ENABLED] = U8,
  [IFLA_BR_MCAST_STATS_ENABLED] = U8,
  [IFLA_BR_MCAST_IGMP_VERSION] = U8,
  [IFLA_BR_MCAST_MLD_VERSION] = U8,
  [IFLA_BR_VLAN_STATS_PER_PORT] = U8,
  [IFLA_BR_MULTI_BOOLOPT] = { .kind = NLV_KIND_EXACT, .len = sizeof (struct br_boolopt_multi) },
  [NLV_IFLA_BR_FDB_N_LEARNED] = { .kind = NLV_KIND_REJECT },
  [NLV_IFLA_BR_FDB_MAX_LEARNED] = U32,
};

/* clock_t_to_jiffies() and jiffies_to_clock_t() */
static guint64
to_jiffies (guint64 time)
{
  return time >= G_MAXUINT64 / HZ ? G_MAXUINT64 : time * HZ / USER_HZ;
}

static guint64
to_time (guint64 jiffies)
{
  return jiffies / (HZ / 50) * 2 + jiffies % (HZ / 50) * 2 / (HZ / 50);
}

typedef int (*Setter) (NlvChange *change, NlvLink *bridge, const NlvAttr *attr);

/* Kept as it is given. */
static int
set_plain (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  nlv_info_set (&bridge->kind_data, attr->type, attr->payload.data, attr->payload.len);
  return 0;
}

static int
set_boolean (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  nlv_info_set_u8 (&bridge->kind_data, attr->type, nlv_attr_u8 (attr) != 0);
  return 0;
}

/* What is given needs a whole number of jiffies. */
static int
set_time (NlvLink *bridge, const NlvAttr *attr, guint64 min, guint64 max)
{
  guint64 jiffies = to_jiffies (nlv_attr_u32 (attr));

  if (jiffies < min || jiffies > max)
    return -ERANGE;
  nlv_info_set_u32 (&bridge->kind_data, attr->type, (guint32) to_time (jiffies));
  return 0;
}

static int
set_forward_delay (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  gboolean stp = nlv_info_get_u32 (bridge->kind_data, IFLA_BR_STP_STATE) != 0;

  return set_time (bridge, attr, stp ? 2 * HZ : 0, stp ? 30 * HZ : G_MAXUINT64);
}

static int
set_hello_time (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  return set_time (bridge, attr, HZ, 10 * HZ);
}

static int
set_max_age (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  return set_time (bridge, attr, 6 * HZ, 40 * HZ);
}

static int
set_ageing_time (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  return set_time (bridge, attr, 0, G_MAXUINT64);
}

static int
set_stp (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  nlv_bridge_set_stp (change, bridge, nlv_attr_u32 (attr) != 0);
  return 0;
}

static int
set_priority (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  nlv_bridge_set_priority (change, bridge, nlv_attr_u16 (attr));
  return 0;
}

/* br_vlan_filter_toggle() of a kernel without CONFIG_BRIDGE_VLAN_FILTERING */
static int
refuse_filtering (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  return -EOPNOTSUPP;
}

static int
set_forward_mask (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  return (nlv_attr_u16 (attr) & RESTRICTED_GROUPS) != 0 ? -EINVAL : set_plain (change, bridge, attr);
}

static int
set_group_address (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  static const guint8 link_local[] = { 0x01, 0x80, 0xc2, 0, 0 };
  guint8 address[6];

  if (attr->payload.len != sizeof address)
    return -EINVAL;
  nlv_attr_copy (attr, address, sizeof address);
  if (memcmp (address, link_local, sizeof link_local) != 0 || (address[5] & 0xf0) != 0 ||
      (address[5] >= 1 && address[5] <= 3))
    return -EINVAL;
  return set_plain (change, bridge, attr);
}

static int
flush (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  nlv_bridge_flush (change, bridge);
  return 0;
}

/* br_multicast_toggle() */
static int
set_snooping (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  gboolean on = nlv_attr_u8 (attr) != 0, up = nlv_link_is_up (bridge);

  if ((nlv_info_get_u8 (bridge->kind_data, attr->type) != 0) == on)
    return 0;
  if (up)
    nlv_bridge_change_snoopers (change, bridge, on, up);
  return set_boolean (change, bridge, attr);
}

/* br_multicast_set_router() */
static int
set_router (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  return nlv_attr_u8 (attr) > MDB_RTR_TYPE_PERM ? -EINVAL : set_plain (change, bridge, attr);
}

static int
set_interval (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  guint64 time = to_time (to_jiffies (nlv_attr_u64 (attr)));

  nlv_info_set (&bridge->kind_data, attr->type, &time, sizeof time);
  return 0;
}

/* br_multicast_set_query_intvl(), br_multicast_set_startup_query_intvl() */
static int
set_query_interval (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  guint64 time = to_time (CLAMP (to_jiffies (nlv_attr_u64 (attr)), MIN_QUERY_INTERVAL, MAX_QUERY_INTERVAL));

  nlv_info_set (&bridge->kind_data, attr->type, &time, sizeof time);
  return 0;
}

static int
set_igmp_version (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  guint8 version = nlv_attr_u8 (attr);

  return version != 2 && version != 3 ? -EINVAL : set_plain (change, bridge, attr);
}

static int
set_mld_version (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  guint8 version = nlv_attr_u8 (attr);

  return version != 1 && version != 2 ? -EINVAL : set_plain (change, bridge, attr);
}

/* br_boolopt_multi_toggle() */
static int
set_options (NlvChange *change, NlvLink *bridge, const NlvAttr *attr)
{
  struct br_boolopt_multi wanted, now;

  nlv_attr_copy (attr, &wanted, sizeof wanted);
  nlv_info_get (bridge->kind_data, attr->type, &now, sizeof now);
  for (guint i = N_OPTIONS; i < 32; i++)
    if ((wanted.optmask & 1u << i) != 0)
      {
        g_autofree char *words = g_strdup_printf ("bridge: Unknown boolean option %u", i);

        return nlv_change_refuse (change, -EINVAL, g_intern_string (words));
      }
  for (guint i = 0; i < N_OPTIONS; i++)
    {
      gboolean on = (wanted.optval & 1u << i) != 0;

      if ((wanted.optmask & 1u << i) == 0)
        continue;
      if (i == OPTION_MST)
        return -EOPNOTSUPP;
      if (on == ((now.optval & 1u << i) != 0))
        continue;
      if (i == OPTION_VLAN_SNOOPING && on)
        return nlv_change_refuse (change, -EINVAL,
                                  "bridge: Cannot enable multicast vlan snooping with vlan filtering disabled");
      now.optval ^= 1u << i;
      nlv_info_set (&bridge->kind_data, attr->type, &now, sizeof now);
    }
  return 0;
}

/* In the order of br_changelink(). */
static const struct
{
  guint16 type;
  Setter set;
} setters[] = {
  { IFLA_BR_FORWARD_DELAY, set_forward_delay },
  { IFLA_BR_HELLO_TIME, set_hello_time },
  { IFLA_BR_MAX_AGE, set_max_age },
  { IFLA_BR_AGEING_TIME, set_ageing_time },
  { IFLA_BR_STP_STATE, set_stp },
  { IFLA_BR_PRIORITY, set_priority },
  { IFLA_BR_VLAN_FILTERING, refuse_filtering },
  { IFLA_BR_GROUP_FWD_MASK, set_forward_mask },
  { IFLA_BR_GROUP_ADDR, set_group_address },
  { IFLA_BR_FDB_FLUSH, flush },
  { IFLA_BR_MCAST_ROUTER, set_router },
  { IFLA_BR_MCAST_SNOOPING, set_snooping },
  { IFLA_BR_MCAST_QUERY_USE_IFADDR, set_boolean },
  { IFLA_BR_MCAST_QUERIER, set_boolean },
  { IFLA_BR_MCAST_HASH_MAX, set_plain },
  { IFLA_BR_MCAST_LAST_MEMBER_CNT, set_plain },
  { IFLA_BR_MCAST_STARTUP_QUERY_CNT, set_plain },
  { IFLA_BR_MCAST_LAST_MEMBER_INTVL, set_interval },
  { IFLA_BR_MCAST_MEMBERSHIP_INTVL, set_interval },
  { IFLA_BR_MCAST_QUERIER_INTVL, set_interval },
  { IFLA_BR_MCAST_QUERY_INTVL, set_query_interval },
  { IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, set_interval },
  { IFLA_BR_MCAST_STARTUP_QUERY_INTVL, set_query_interval },
  { IFLA_BR_MCAST_STATS_ENABLED, set_boolean },
  { IFLA_BR_MCAST_IGMP_VERSION, set_igmp_version },
  { IFLA_BR_MCAST_MLD_VERSION, set_mld_version },
  { IFLA_BR_NF_CALL_IPTABLES, set_boolean },
  { IFLA_BR_NF_CALL_IP6TABLES, set_boolean },
  { IFLA_BR_NF_CALL_ARPTABLES, set_boolean },
  { IFLA_BR_MULTI_BOOLOPT, set_options },
  { NLV_IFLA_BR_FDB_MAX_LEARNED, set_plain },
};

static int
validate (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data)
{
  return nlv_link_kind_check_address (attrs);
}

static int
change_bridge (NlvChange *change, NlvLink *bridge, const NlvAttr *attrs, const NlvAttr *data)
{
  int error = 0;

  nlv_bridge_complete (change->network, bridge);
  for (guint i = 0; error == 0 && data != NULL && i < G_N_ELEMENTS (setters); i++)
    if (nlv_attr_present (&data[setters[i].type]))
      error = setters[i].set (change, bridge, &data[setters[i].type]);
  nlv_network_touch_link (change->network, bridge);
  return error;
}

static int
create (NlvLinkRequest *self, NlvLink *row, NlvLink **created)
{
  const NlvAttr *address = &self->attrs[IFLA_ADDRESS];
  NlvChange *change = &self->change;
  NlvLink *bridge;
  int error;

  nlv_bridge_init_data (row);
  if (!nlv_attr_present (address))
    nlv_link_draw_address (change->network, row);
  bridge = nlv_link_register (change, row, &error);
  if (bridge == NULL)
    return error;
  if (nlv_attr_present (address))
    nlv_bridge_change_address (change, bridge, address->payload.data);
  error = change_bridge (change, bridge, self->attrs, self->data);
  if (error < 0)
    nlv_link_delete (change, bridge, FALSE);
  *created = bridge;
  return error;
}

/* br_dev_delete() */
static void
remove_bridge (NlvChange *change, NlvLink *bridge, GPtrArray *doomed)
{
  nlv_bridge_clear (change, bridge);
  g_ptr_array_add (doomed, bridge);
}

static int
change_port (NlvChange *change, NlvLink *bridge, NlvLink *port, const NlvAttr *data)
{
  return nlv_bridge_set_port (change, bridge, port, data);
}

const NlvLinkKind nlv_kind_bridge = {
  .name = "bridge",
  .max_type = NLV_IFLA_BR_MAX,
  .policy = policy,
  .validate = validate,
  .create = create,
  .change = change_bridge,
  .remove = remove_bridge,
  .slave_max_type = NLV_IFLA_BRPORT_MAX,
  .slave_policy = nlv_bridge_port_policy,
  .change_slave = change_port,
  .add_slave = nlv_bridge_add_port,
  .remove_slave = nlv_bridge_remove_port,
};

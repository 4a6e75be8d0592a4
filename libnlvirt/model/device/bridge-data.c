/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What new bridges and ports say of themselves, and their ids. */
#include "model/device/bridge.h"
#include "model/device/link-info.h"

#include <linux/if_bridge.h>
#include <string.h>

typedef struct
{
  guint8 type, size;
  guint64 value;
} Field;

static GBytes *
write_fields (const Field *fields, gsize n)
{
  NlvWriter writer;
  GBytes *bytes;

  nlv_writer_init (&writer, G_MAXSIZE);
  for (gsize i = 0; i < n; i++)
    {
      guint8 *out = nlv_put_reserve (&writer, fields[i].type, fields[i].size);
      guint64 value = fields[i].value;

      for (guint j = 0; j < fields[i].size; j++)
#if G_BYTE_ORDER == G_BIG_ENDIAN
        out[fields[i].size - 1 - j] = (guint8) (value >> 8 * j);
#else
        out[j] = (guint8) (value >> 8 * j);
#endif
    }
  bytes = nlv_writer_steal (&writer);
  nlv_writer_clear (&writer);
  return bytes;
}

/* br_dev_setup(), in the order of br_fill_info(), of a kernel without VLANs on
 * bridges. */
void
nlv_bridge_init_data (NlvLink *bridge)
{
  static const Field fields[] = {
    { IFLA_BR_HELLO_TIMER, 8, 0 },
    { IFLA_BR_TCN_TIMER, 8, 0 },
    { IFLA_BR_TOPOLOGY_CHANGE_TIMER, 8, 0 },
    { IFLA_BR_GC_TIMER, 8, 0 },
    { IFLA_BR_FORWARD_DELAY, 4, 1500 },
    { IFLA_BR_HELLO_TIME, 4, 200 },
    { IFLA_BR_MAX_AGE, 4, 2000 },
    { IFLA_BR_AGEING_TIME, 4, 30000 },
    { IFLA_BR_STP_STATE, 4, 0 },
    { IFLA_BR_PRIORITY, 2, 0x8000 },
    { IFLA_BR_VLAN_FILTERING, 1, 0 },
    { IFLA_BR_GROUP_FWD_MASK, 2, 0 },
    { IFLA_BR_BRIDGE_ID, 8, 0 },
    { IFLA_BR_ROOT_ID, 8, 0 },
    { IFLA_BR_ROOT_PORT, 2, 0 },
    { IFLA_BR_ROOT_PATH_COST, 4, 0 },
    { IFLA_BR_TOPOLOGY_CHANGE, 1, 0 },
    { IFLA_BR_TOPOLOGY_CHANGE_DETECTED, 1, 0 },
    { IFLA_BR_GROUP_ADDR, 6, 0 },
    { IFLA_BR_MULTI_BOOLOPT, 8, 0 },
    { NLV_IFLA_BR_FDB_N_LEARNED, 4, 0 },
    { NLV_IFLA_BR_FDB_MAX_LEARNED, 4, 0 },
    { IFLA_BR_MCAST_ROUTER, 1, 1 },
    { IFLA_BR_MCAST_SNOOPING, 1, 1 },
    { IFLA_BR_MCAST_QUERY_USE_IFADDR, 1, 0 },
    { IFLA_BR_MCAST_QUERIER, 1, 0 },
    { IFLA_BR_MCAST_STATS_ENABLED, 1, 0 },
    { IFLA_BR_MCAST_HASH_ELASTICITY, 4, 16 },
    { IFLA_BR_MCAST_HASH_MAX, 4, 4096 },
    { IFLA_BR_MCAST_LAST_MEMBER_CNT, 4, 2 },
    { IFLA_BR_MCAST_STARTUP_QUERY_CNT, 4, 2 },
    { IFLA_BR_MCAST_IGMP_VERSION, 1, 2 },
    { IFLA_BR_MCAST_MLD_VERSION, 1, 1 },
    { IFLA_BR_MCAST_LAST_MEMBER_INTVL, 8, 100 },
    { IFLA_BR_MCAST_MEMBERSHIP_INTVL, 8, 26000 },
    { IFLA_BR_MCAST_QUERIER_INTVL, 8, 25500 },
    { IFLA_BR_MCAST_QUERY_INTVL, 8, 12500 },
    { IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, 8, 1000 },
    { IFLA_BR_MCAST_STARTUP_QUERY_INTVL, 8, 3124 },
    { IFLA_BR_NF_CALL_IPTABLES, 1, 0 },
    { IFLA_BR_NF_CALL_IP6TABLES, 1, 0 },
    { IFLA_BR_NF_CALL_ARPTABLES, 1, 0 },
  };
  static const guint8 id[8] = { 0x80 }, group[6] = { 0x01, 0x80, 0xc2 };
  static const struct br_boolopt_multi options = { 0, 0x1f };

  g_clear_pointer (&bridge->kind_data, g_bytes_unref);
  bridge->kind_data = write_fields (fields, G_N_ELEMENTS (fields));
  nlv_info_set (&bridge->kind_data, IFLA_BR_BRIDGE_ID, id, sizeof id);
  nlv_info_set (&bridge->kind_data, IFLA_BR_ROOT_ID, id, sizeof id);
  nlv_info_set (&bridge->kind_data, IFLA_BR_GROUP_ADDR, group, sizeof group);
  nlv_info_set (&bridge->kind_data, IFLA_BR_MULTI_BOOLOPT, &options, sizeof options);
}

/* That of a bridge with an address. */
void
nlv_bridge_init_id (NlvLink *bridge)
{
  guint8 id[8] = { 0x80 };

  memcpy (id + 2, bridge->address, 6);
  nlv_info_set (&bridge->kind_data, IFLA_BR_BRIDGE_ID, id, sizeof id);
  nlv_info_set (&bridge->kind_data, IFLA_BR_ROOT_ID, id, sizeof id);
}

void
nlv_bridge_get_id (const NlvLink *bridge, guint16 type, guint8 id[8])
{
  nlv_info_get (bridge->kind_data, type, id, 8);
}

guint16
nlv_bridge_port_id (guint16 priority, guint16 number)
{
  return (guint16) (priority << NLV_BRIDGE_PORT_BITS) | (number & ((1 << NLV_BRIDGE_PORT_BITS) - 1));
}

/* br_become_designated_port() */
void
nlv_bridge_designate (const NlvLink *bridge, NlvLink *port)
{
  guint8 id[8];

  nlv_bridge_get_id (bridge, IFLA_BR_ROOT_ID, id);
  nlv_info_set (&port->slave_data, IFLA_BRPORT_ROOT_ID, id, sizeof id);
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_DESIGNATED_COST, 0);
  nlv_bridge_get_id (bridge, IFLA_BR_BRIDGE_ID, id);
  nlv_info_set (&port->slave_data, IFLA_BRPORT_BRIDGE_ID, id, sizeof id);
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_DESIGNATED_PORT,
                    nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_ID));
}

/* new_nbp(), in the order of br_port_fill_attrs(). */
void
nlv_bridge_init_port_data (NlvLink *bridge, NlvLink *port, guint16 number, guint32 cost)
{
  const guint16 priority = 0x8000 >> NLV_BRIDGE_PORT_BITS;
  const Field fields[] = {
    { IFLA_BRPORT_STATE, 1, BR_STATE_DISABLED },
    { IFLA_BRPORT_PRIORITY, 2, priority },
    { IFLA_BRPORT_COST, 4, cost },
    { IFLA_BRPORT_MODE, 1, 0 },
    { IFLA_BRPORT_GUARD, 1, 0 },
    { IFLA_BRPORT_PROTECT, 1, 0 },
    { IFLA_BRPORT_FAST_LEAVE, 1, 0 },
    { IFLA_BRPORT_MCAST_TO_UCAST, 1, 0 },
    { IFLA_BRPORT_LEARNING, 1, 1 },
    { IFLA_BRPORT_UNICAST_FLOOD, 1, 1 },
    { IFLA_BRPORT_MCAST_FLOOD, 1, 1 },
    { IFLA_BRPORT_BCAST_FLOOD, 1, 1 },
    { IFLA_BRPORT_PROXYARP, 1, 0 },
    { IFLA_BRPORT_PROXYARP_WIFI, 1, 0 },
    { IFLA_BRPORT_ROOT_ID, 8, 0 },
    { IFLA_BRPORT_BRIDGE_ID, 8, 0 },
    { IFLA_BRPORT_DESIGNATED_PORT, 2, 0 },
    { IFLA_BRPORT_DESIGNATED_COST, 2, 0 },
    { IFLA_BRPORT_ID, 2, nlv_bridge_port_id (priority, number) },
    { IFLA_BRPORT_NO, 2, number },
    { IFLA_BRPORT_TOPOLOGY_CHANGE_ACK, 1, 0 },
    { IFLA_BRPORT_CONFIG_PENDING, 1, 0 },
    { IFLA_BRPORT_VLAN_TUNNEL, 1, 0 },
    { IFLA_BRPORT_GROUP_FWD_MASK, 2, 0 },
    { IFLA_BRPORT_NEIGH_SUPPRESS, 1, 0 },
    { IFLA_BRPORT_MRP_RING_OPEN, 1, 0 },
    { IFLA_BRPORT_MRP_IN_OPEN, 1, 0 },
    { IFLA_BRPORT_ISOLATED, 1, 0 },
    { IFLA_BRPORT_LOCKED, 1, 0 },
    { NLV_IFLA_BRPORT_MAB, 1, 0 },
    { NLV_IFLA_BRPORT_NEIGH_VLAN_SUPPRESS, 1, 0 },
    { IFLA_BRPORT_MESSAGE_AGE_TIMER, 8, 0 },
    { IFLA_BRPORT_FORWARD_DELAY_TIMER, 8, 0 },
    { IFLA_BRPORT_HOLD_TIMER, 8, 0 },
    { IFLA_BRPORT_MULTICAST_ROUTER, 1, 1 },
    { IFLA_BRPORT_MCAST_EHT_HOSTS_LIMIT, 4, 512 },
    { IFLA_BRPORT_MCAST_EHT_HOSTS_CNT, 4, 0 },
    { NLV_IFLA_BRPORT_MCAST_N_GROUPS, 4, 0 },
    { NLV_IFLA_BRPORT_MCAST_MAX_GROUPS, 4, 0 },
  };

  g_clear_pointer (&port->slave_data, g_bytes_unref);
  port->slave_data = write_fields (fields, G_N_ELEMENTS (fields));
  nlv_bridge_designate (bridge, port);
}

guint8
nlv_bridge_port_get_state (const NlvLink *port)
{
  return nlv_info_get_u8 (port->slave_data, IFLA_BRPORT_STATE);
}

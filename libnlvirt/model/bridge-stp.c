/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bridges' ids, and the states of their ports: br_stp.c, br_stp_if.c and
 * br_stp_timer.c. */
#include "model/bridge.h"
#include "model/link-info.h"
#include "model/timer.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <string.h>

#define PORT_BITS 10
#define MAX_PRIORITY (G_MAXUINT16 >> PORT_BITS)
#define MAX_COST 65535
/* BR_MIN_FORWARD_DELAY and _MAX_, in hundredths of a second */
#define MIN_FORWARD_DELAY 200
#define MAX_FORWARD_DELAY 3000

/* --- data ------------------------------------------------------------------------- */

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

static void
get_id (const NlvLink *bridge, guint16 type, guint8 id[8])
{
  nlv_info_get (bridge->kind_data, type, id, 8);
}

static guint16
port_id (guint16 priority, guint16 number)
{
  return (guint16) (priority << PORT_BITS) | (number & ((1 << PORT_BITS) - 1));
}

/* br_become_designated_port() */
static void
become_designated (const NlvLink *bridge, NlvLink *port)
{
  guint8 id[8];

  get_id (bridge, IFLA_BR_ROOT_ID, id);
  nlv_info_set (&port->slave_data, IFLA_BRPORT_ROOT_ID, id, sizeof id);
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_DESIGNATED_COST, 0);
  get_id (bridge, IFLA_BR_BRIDGE_ID, id);
  nlv_info_set (&port->slave_data, IFLA_BRPORT_BRIDGE_ID, id, sizeof id);
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_DESIGNATED_PORT,
                    nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_ID));
}

/* new_nbp(), in the order of br_port_fill_attrs(). */
void
nlv_bridge_init_port_data (NlvLink *bridge, NlvLink *port, guint16 number, guint32 cost)
{
  const guint16 priority = 0x8000 >> PORT_BITS;
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
    { IFLA_BRPORT_ID, 2, port_id (priority, number) },
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
  become_designated (bridge, port);
}

guint8
nlv_bridge_port_get_state (const NlvLink *port)
{
  return nlv_info_get_u8 (port->slave_data, IFLA_BRPORT_STATE);
}

static void
set_state (NlvChange *change, NlvLink *port, guint8 state)
{
  nlv_info_set_u8 (&port->slave_data, IFLA_BRPORT_STATE, state);
  nlv_network_touch_link (change->network, port);
}

/* br_is_designated_port() */
static gboolean
is_designated (const NlvLink *bridge, const NlvLink *port)
{
  guint8 own[8], designated[8];

  get_id (bridge, IFLA_BR_BRIDGE_ID, own);
  nlv_info_get (port->slave_data, IFLA_BRPORT_BRIDGE_ID, designated, sizeof designated);
  return memcmp (own, designated, sizeof own) == 0 &&
         nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_DESIGNATED_PORT) ==
           nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_ID);
}

/* --- the forward delay -------------------------------------------------------------- */

static void start_forward_delay (NlvChange *change, const NlvLink *bridge, const NlvLink *port);

/* br_forward_delay_timer_expired() */
static void
forward_delay_over (NlvChange *change, guint64 key)
{
  NlvLink *port = nlv_network_find_link (change->network, (guint32) key);
  NlvLink *bridge = port != NULL ? nlv_bridge_of_port (change->network, port) : NULL;

  if (bridge == NULL)
    return;
  if (nlv_bridge_port_get_state (port) == BR_STATE_LISTENING)
    {
      set_state (change, port, BR_STATE_LEARNING);
      start_forward_delay (change, bridge, port);
    }
  else if (nlv_bridge_port_get_state (port) == BR_STATE_LEARNING)
    {
      set_state (change, port, BR_STATE_FORWARDING);
      nlv_link_set_carrier (change, bridge, TRUE);
    }
  nlv_bridge_port_event (change, port, RTM_NEWLINK);
}

static void
start_forward_delay (NlvChange *change, const NlvLink *bridge, const NlvLink *port)
{
  guint32 delay = nlv_info_get_u32 (bridge->kind_data, IFLA_BR_FORWARD_DELAY);

  nlv_network_schedule (change->network, forward_delay_over, port->index, change->now + delay);
}

static void
stop_forward_delay (NlvChange *change, const NlvLink *port)
{
  nlv_network_cancel (change->network, forward_delay_over, port->index);
}

/* --- states ------------------------------------------------------------------------------ */

/* br_make_forwarding() */
static void
make_forwarding (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  guint32 delay = nlv_info_get_u32 (bridge->kind_data, IFLA_BR_FORWARD_DELAY);
  gboolean stp = nlv_info_get_u32 (bridge->kind_data, IFLA_BR_STP_STATE) != 0;

  if (nlv_bridge_port_get_state (port) != BR_STATE_BLOCKING)
    return;
  if (!stp || delay == 0)
    {
      set_state (change, port, BR_STATE_FORWARDING);
      stop_forward_delay (change, port);
    }
  else
    set_state (change, port, BR_STATE_LISTENING);
  nlv_bridge_port_event (change, port, RTM_NEWLINK);
  if (delay != 0)
    start_forward_delay (change, bridge, port);
}

/* br_make_blocking() */
static void
make_blocking (NlvChange *change, NlvLink *port)
{
  guint8 state = nlv_bridge_port_get_state (port);

  if (state == BR_STATE_DISABLED || state == BR_STATE_BLOCKING)
    return;
  set_state (change, port, BR_STATE_BLOCKING);
  nlv_bridge_port_event (change, port, RTM_NEWLINK);
  stop_forward_delay (change, port);
}

/* br_multicast_enable_port() */
static void
start_multicast (NlvChange *change, const NlvLink *bridge, const NlvLink *port)
{
  if (nlv_bridge_port_get_state (port) != BR_STATE_BLOCKING && nlv_link_is_up (bridge) &&
      nlv_info_get_u8 (bridge->kind_data, IFLA_BR_MCAST_SNOOPING) != 0 &&
      nlv_info_get_u8 (port->slave_data, IFLA_BRPORT_MULTICAST_ROUTER) == MDB_RTR_TYPE_PERM)
    nlv_bridge_set_router (change, bridge, port, TRUE);
}

/* br_multicast_disable_port() */
static void
stop_multicast (NlvChange *change, const NlvLink *bridge, NlvLink *port)
{
  nlv_bridge_leave_groups (change, bridge, port, FALSE);
  nlv_bridge_set_router (change, bridge, port, FALSE);
}

/* br_port_state_selection(): the bridge has its carrier of ports that forward. */
static void
select_states (NlvChange *change, NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (change->network, bridge);
  gboolean forwards = FALSE;

  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      if (nlv_bridge_port_get_state (port) == BR_STATE_DISABLED)
        continue;
      if (is_designated (bridge, port))
        make_forwarding (change, bridge, port);
      else
        make_blocking (change, port);
      start_multicast (change, bridge, port);
      forwards = forwards || nlv_bridge_port_get_state (port) == BR_STATE_FORWARDING;
    }
  nlv_link_set_carrier (change, bridge, forwards);
}

/* br_configuration_update(), where the root is always this bridge. */
static void
update_configuration (NlvNetwork *network, NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);
  guint8 id[8];

  get_id (bridge, IFLA_BR_BRIDGE_ID, id);
  nlv_info_set (&bridge->kind_data, IFLA_BR_ROOT_ID, id, sizeof id);
  nlv_info_set_u16 (&bridge->kind_data, IFLA_BR_ROOT_PORT, 0);
  nlv_info_set_u32 (&bridge->kind_data, IFLA_BR_ROOT_PATH_COST, 0);
  nlv_network_touch_link (network, bridge);
  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      if (nlv_bridge_port_get_state (port) != BR_STATE_DISABLED)
        become_designated (bridge, port);
    }
}

/* br_stp_enable_port() */
void
nlv_bridge_enable_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  become_designated (bridge, port);
  set_state (change, port, BR_STATE_BLOCKING);
  select_states (change, bridge);
  nlv_bridge_port_event (change, port, RTM_NEWLINK);
}

/* br_stp_disable_port() */
void
nlv_bridge_disable_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  become_designated (bridge, port);
  set_state (change, port, BR_STATE_DISABLED);
  nlv_bridge_port_event (change, port, RTM_NEWLINK);
  stop_forward_delay (change, port);
  if (nlv_info_get_u32 (port->slave_data, IFLA_BRPORT_BACKUP_PORT) == 0)
    nlv_bridge_forget_port (change, bridge, port, FALSE);
  stop_multicast (change, bridge, port);
  update_configuration (change->network, bridge);
  select_states (change, bridge);
}

/* br_stp_enable_bridge() */
void
nlv_bridge_enable (NlvChange *change, NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (change->network, bridge);

  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      if (nlv_link_is_operational (port))
        nlv_bridge_enable_port (change, bridge, port);
    }
}

/* br_stp_disable_bridge() */
void
nlv_bridge_disable (NlvChange *change, NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (change->network, bridge);

  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      if (nlv_bridge_port_get_state (port) != BR_STATE_DISABLED)
        nlv_bridge_disable_port (change, bridge, port);
    }
}

/* --- ids ------------------------------------------------------------------------------------ */

/* Where a port has the bridge's old address, it gets the new one. */
static void
replace_address (NlvLink *port, guint16 type, const guint8 old[6], const guint8 address[6])
{
  guint8 id[8];

  nlv_info_get (port->slave_data, type, id, sizeof id);
  if (memcmp (id + 2, old, 6) != 0)
    return;
  memcpy (id + 2, address, 6);
  nlv_info_set (&port->slave_data, type, id, sizeof id);
}

void
nlv_bridge_change_address (NlvChange *change, NlvLink *bridge, const guint8 address[6])
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (change->network, bridge);
  guint8 id[8], old[6];

  nlv_bridge_change_local (change, bridge, NULL, bridge->address, address);
  get_id (bridge, IFLA_BR_BRIDGE_ID, id);
  memcpy (old, id + 2, sizeof old);
  memcpy (id + 2, address, 6);
  nlv_info_set (&bridge->kind_data, IFLA_BR_BRIDGE_ID, id, sizeof id);
  memcpy (bridge->address, address, 6);
  nlv_network_touch_link (change->network, bridge);
  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      replace_address (port, IFLA_BRPORT_BRIDGE_ID, old, address);
      replace_address (port, IFLA_BRPORT_ROOT_ID, old, address);
    }
  update_configuration (change->network, bridge);
  select_states (change, bridge);
}

/* The least of its ports', or none. */
static void
find_address (NlvNetwork *network, const NlvLink *bridge, guint8 address[6])
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);

  memset (address, 0, 6);
  for (guint i = 0; i < ports->len; i++)
    {
      const NlvLink *port = g_ptr_array_index (ports, i);

      if (i == 0 || memcmp (port->address, address, 6) < 0)
        memcpy (address, port->address, 6);
    }
}

/* NET_ADDR_SET, which no message tells: a bridge that comes from a table has
 * chosen its address if it is not the one that it would have by itself. */
gboolean
nlv_bridge_keeps_address (NlvNetwork *network, const NlvLink *bridge)
{
  guint8 address[6];

  if (bridge->address_choice != NLV_CHOICE_UNKNOWN)
    return bridge->address_choice == NLV_CHOICE_USER;
  find_address (network, bridge, address);
  return memcmp (address, bridge->address, 6) != 0;
}

gboolean
nlv_bridge_choose_address (NlvChange *change, NlvLink *bridge)
{
  guint8 address[6], id[8];

  if (bridge->address_choice == NLV_CHOICE_USER)
    return FALSE;
  find_address (change->network, bridge, address);
  get_id (bridge, IFLA_BR_BRIDGE_ID, id);
  if (memcmp (id + 2, address, 6) == 0)
    return FALSE;
  nlv_bridge_change_address (change, bridge, address);
  return TRUE;
}

/* --- settings --------------------------------------------------------------------------------- */

void
nlv_bridge_set_stp (NlvChange *change, NlvLink *bridge, gboolean on)
{
  guint32 delay = nlv_info_get_u32 (bridge->kind_data, IFLA_BR_FORWARD_DELAY);

  if (on == (nlv_info_get_u32 (bridge->kind_data, IFLA_BR_STP_STATE) != 0))
    return;
  nlv_info_set_u32 (&bridge->kind_data, IFLA_BR_STP_STATE, on ? 1 : 0);
  nlv_network_touch_link (change->network, bridge);
  if (!on)
    return;
  nlv_info_set_u32 (&bridge->kind_data, IFLA_BR_FORWARD_DELAY, CLAMP (delay, MIN_FORWARD_DELAY, MAX_FORWARD_DELAY));
  select_states (change, bridge);
}

void
nlv_bridge_set_priority (NlvChange *change, NlvLink *bridge, guint16 priority)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (change->network, bridge);
  guint8 id[8];

  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      if (nlv_bridge_port_get_state (port) == BR_STATE_DISABLED || !is_designated (bridge, port))
        continue;
      nlv_info_get (port->slave_data, IFLA_BRPORT_BRIDGE_ID, id, sizeof id);
      id[0] = (guint8) (priority >> 8);
      id[1] = (guint8) priority;
      nlv_info_set (&port->slave_data, IFLA_BRPORT_BRIDGE_ID, id, sizeof id);
    }
  get_id (bridge, IFLA_BR_BRIDGE_ID, id);
  id[0] = (guint8) (priority >> 8);
  id[1] = (guint8) priority;
  nlv_info_set (&bridge->kind_data, IFLA_BR_BRIDGE_ID, id, sizeof id);
  nlv_info_set_u16 (&bridge->kind_data, IFLA_BR_PRIORITY, priority);
  update_configuration (change->network, bridge);
  select_states (change, bridge);
}

int
nlv_bridge_set_port_cost (NlvChange *change, NlvLink *bridge, NlvLink *port, guint32 cost)
{
  if (cost < 1 || cost > MAX_COST)
    return -ERANGE;
  nlv_info_set_u32 (&port->slave_data, IFLA_BRPORT_COST, cost);
  update_configuration (change->network, bridge);
  select_states (change, bridge);
  return 0;
}

int
nlv_bridge_set_port_priority (NlvChange *change, NlvLink *bridge, NlvLink *port, guint16 priority)
{
  guint16 id = port_id (priority, nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_NO));
  gboolean designated = is_designated (bridge, port);

  if (priority > MAX_PRIORITY)
    return -ERANGE;
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_PRIORITY, priority);
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_ID, id);
  if (designated)
    nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_DESIGNATED_PORT, id);
  else if (id < nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_DESIGNATED_PORT))
    {
      become_designated (bridge, port);
      select_states (change, bridge);
    }
  return 0;
}

int
nlv_bridge_set_port_state (NlvChange *change, NlvLink *bridge, NlvLink *port, guint8 state)
{
  if (state > BR_STATE_BLOCKING)
    return -EINVAL;
  if (nlv_info_get_u32 (bridge->kind_data, IFLA_BR_STP_STATE) != 0)
    return -EBUSY;
  if (!nlv_link_is_up (port) || (!nlv_link_is_operational (port) && state != BR_STATE_DISABLED))
    return -ENETDOWN;
  set_state (change, port, state);
  select_states (change, bridge);
  return 0;
}

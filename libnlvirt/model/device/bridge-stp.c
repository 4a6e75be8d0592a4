/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bridges' ids, and the states of their ports: br_stp.c, br_stp_if.c and
 * br_stp_timer.c. */
#include "model/device/bridge.h"
#include "model/device/link-info.h"
#include "model/timer.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <string.h>

#define MAX_PRIORITY (G_MAXUINT16 >> NLV_BRIDGE_PORT_BITS)
#define MAX_COST 65535
/* BR_MIN_FORWARD_DELAY and _MAX_, in hundredths of a second */
#define MIN_FORWARD_DELAY 200
#define MAX_FORWARD_DELAY 3000

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

  nlv_bridge_get_id (bridge, IFLA_BR_BRIDGE_ID, own);
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

  nlv_bridge_get_id (bridge, IFLA_BR_BRIDGE_ID, id);
  nlv_info_set (&bridge->kind_data, IFLA_BR_ROOT_ID, id, sizeof id);
  nlv_info_set_u16 (&bridge->kind_data, IFLA_BR_ROOT_PORT, 0);
  nlv_info_set_u32 (&bridge->kind_data, IFLA_BR_ROOT_PATH_COST, 0);
  nlv_network_touch_link (network, bridge);
  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      if (nlv_bridge_port_get_state (port) != BR_STATE_DISABLED)
        nlv_bridge_designate (bridge, port);
    }
}

/* br_stp_enable_port() */
void
nlv_bridge_enable_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  nlv_bridge_designate (bridge, port);
  set_state (change, port, BR_STATE_BLOCKING);
  select_states (change, bridge);
  nlv_bridge_port_event (change, port, RTM_NEWLINK);
}

/* br_stp_disable_port() */
void
nlv_bridge_disable_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  nlv_bridge_designate (bridge, port);
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
  nlv_bridge_get_id (bridge, IFLA_BR_BRIDGE_ID, id);
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
  nlv_bridge_get_id (bridge, IFLA_BR_BRIDGE_ID, id);
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
  nlv_bridge_get_id (bridge, IFLA_BR_BRIDGE_ID, id);
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
  guint16 id = nlv_bridge_port_id (priority, nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_NO));
  gboolean designated = is_designated (bridge, port);

  if (priority > MAX_PRIORITY)
    return -ERANGE;
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_PRIORITY, priority);
  nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_ID, id);
  if (designated)
    nlv_info_set_u16 (&port->slave_data, IFLA_BRPORT_DESIGNATED_PORT, id);
  else if (id < nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_DESIGNATED_PORT))
    {
      nlv_bridge_designate (bridge, port);
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ports come and go: net/bridge/br_if.c. */
#include "model/device/bridge.h"
#include "model/device/device-settings.h"
#include "model/device/link-info.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_bridge.h>
#include <string.h>

#define USUAL_MTU 1500
#define MAX_TSO_SIZE 524280
#define MAX_TSO_SEGS 65535

gboolean
nlv_link_is_bridge (const NlvLink *link)
{
  return g_strcmp0 (link->kind, "bridge") == 0;
}

NlvLink *
nlv_bridge_of_port (NlvNetwork *network, const NlvLink *port)
{
  NlvLink *master = port->master != 0 ? nlv_network_find_link (network, port->master) : NULL;

  return master != NULL && nlv_link_is_bridge (master) ? master : NULL;
}

typedef struct
{
  NlvLink *link;
  guint16 number;
  guint position;
} Port;

/* The least number is taken for a new port, so the highest is mostly the newest. */
static int
compare_ports (gconstpointer a, gconstpointer b)
{
  const Port *left = a, *right = b;

  if (left->number != right->number)
    return (int) right->number - (int) left->number;
  return left->position < right->position ? -1 : left->position > right->position;
}

GPtrArray *
nlv_bridge_get_ports (NlvNetwork *network, const NlvLink *bridge)
{
  g_autoptr (GArray) ports = g_array_new (FALSE, FALSE, sizeof (Port));
  GPtrArray *links = g_ptr_array_new ();

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink *link = nlv_network_get_link (network, i);
      Port port = { .link = link, .position = i };

      if (link->master != bridge->index || link == bridge)
        continue;
      port.number = nlv_info_get_u16 (link->slave_data, IFLA_BRPORT_NO);
      g_array_append_val (ports, port);
    }
  g_array_sort (ports, compare_ports);
  for (guint i = 0; i < ports->len; i++)
    g_ptr_array_add (links, g_array_index (ports, Port, i).link);
  return links;
}

gboolean
nlv_link_is_operational (const NlvLink *link)
{
  guint8 state = nlv_link_get_operational_state (link);

  return nlv_link_is_up (link) && (state == IF_OPER_UP || state == IF_OPER_UNKNOWN);
}

void
nlv_bridge_port_event (NlvChange *change, const NlvLink *port, guint16 type)
{
  GBytes *info = type == RTM_NEWLINK ? port->slave_data : NULL;
  NlvWriter writer;
  struct ifinfomsg *header = nlv_event_begin (change, &writer, RTNLGRP_LINK, type, 0, FALSE, sizeof *header);

  if (header == NULL)
    return;
  nlv_link_message_of_bridge (&writer, header, port, port->master, info);
  nlv_event_send (change, &writer, RTNLGRP_LINK, FALSE);
}

/* --- what a bridge has of its ports ------------------------------------------------- */

static guint32
natural_mtu (NlvNetwork *network, const NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);
  guint32 mtu = 0;

  for (guint i = 0; i < ports->len; i++)
    {
      const NlvLink *port = g_ptr_array_index (ports, i);

      if (mtu == 0 || port->mtu < mtu)
        mtu = port->mtu;
    }
  return mtu != 0 ? mtu : USUAL_MTU;
}

void
nlv_bridge_settle_choices (NlvNetwork *network, NlvLink *bridge)
{
  bridge->address_choice = nlv_bridge_keeps_address (network, bridge) ? NLV_CHOICE_USER : NLV_CHOICE_KERNEL;
  if (bridge->mtu_choice == NLV_CHOICE_UNKNOWN)
    bridge->mtu_choice = bridge->mtu == natural_mtu (network, bridge) ? NLV_CHOICE_KERNEL : NLV_CHOICE_USER;
}

void
nlv_bridge_adjust_mtu (NlvChange *change, NlvLink *bridge)
{
  if (bridge->mtu_choice == NLV_CHOICE_USER)
    return;
  nlv_link_follow_mtu (change, bridge, natural_mtu (change->network, bridge));
  bridge->mtu_choice = NLV_CHOICE_KERNEL;
}

/* br_set_gso_limits() */
static void
adjust_tso (NlvNetwork *network, NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);
  guint32 size = MAX_TSO_SIZE, segs = MAX_TSO_SEGS;

  for (guint i = 0; i < ports->len; i++)
    {
      const NlvLink *port = g_ptr_array_index (ports, i);

      size = MIN (size, port->tso_max_size);
      segs = MIN (segs, port->tso_max_segs);
    }
  nlv_link_set_tso_max (bridge, size, segs);
  nlv_network_touch_link (network, bridge);
}

enum
{
  NOT_FCOE = 1 << 0,    /* NETIF_F_FSO, which no port has */
  HIGH_MEMORY = 1 << 1, /* NETIF_F_HIGHDMA */
  ROBUST = 1 << 2,      /* NETIF_F_GSO_ROBUST */
};

static guint
port_features (NlvNetwork *network, const NlvLink *port)
{
  const NlvLink *lower = nlv_link_find_lower (network, port);

  if (g_strcmp0 (port->kind, "vxlan") == 0)
    return NOT_FCOE;
  if (g_strcmp0 (port->kind, "macvlan") == 0 || g_strcmp0 (port->kind, "macvtap") == 0)
    return ROBUST | (lower != NULL ? port_features (network, lower) : NOT_FCOE | HIGH_MEMORY);
  return NOT_FCOE | HIGH_MEMORY;
}

/* br_features_recompute(), of what drivers differ in. */
static guint
get_bridge_features (NlvNetwork *network, const NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);
  guint features = ports->len == 0 ? HIGH_MEMORY | ROBUST : 0;

  for (guint i = 0; i < ports->len; i++)
    features |= port_features (network, g_ptr_array_index (ports, i));
  return features;
}

static void
update_bridge_features (NlvChange *change, NlvLink *bridge, guint before)
{
  if (get_bridge_features (change->network, bridge) != before)
    nlv_netdev_notify (change, bridge, NLV_NETDEV_FEATURES_CHANGE);
}

/* --- room for headers ------------------------------------------------------------------ */

/* netdev_get_fwd_headroom(): a veth has what others asked of it. */
static guint16
wanted_headroom (const NlvLink *port)
{
  return g_strcmp0 (port->kind, "veth") == 0 ? 0 : nlv_link_get_headroom (port);
}

static guint16
bridge_headroom (NlvNetwork *network, const NlvLink *port)
{
  const NlvLink *bridge = nlv_bridge_of_port (network, port);

  return bridge != NULL ? nlv_link_get_headroom (bridge) : 0;
}

/* netdev_set_rx_headroom(), which only a veth heeds: veth_set_rx_headroom(). */
static void
set_receive_headroom (NlvNetwork *network, NlvLink *port, guint16 bytes)
{
  NlvLink *peer = port->lower_netns < 0 ? nlv_network_find_link (network, port->lower) : NULL;

  if (g_strcmp0 (port->kind, "veth") != 0 || (peer == NULL && port->lower_netns < 0))
    return;
  if (peer != NULL)
    bytes = MAX (bytes, bridge_headroom (network, peer));
  nlv_link_set_headroom (port, bytes);
  if (peer != NULL)
    nlv_link_set_headroom (peer, bytes);
}

/* update_headroom() */
static void
set_headroom (NlvNetwork *network, NlvLink *bridge, guint16 bytes)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);

  nlv_link_set_headroom (bridge, bytes);
  for (guint i = 0; i < ports->len; i++)
    set_receive_headroom (network, g_ptr_array_index (ports, i), bytes);
}

static void
add_headroom (NlvNetwork *network, NlvLink *bridge, NlvLink *port)
{
  guint16 wanted = wanted_headroom (port), now = nlv_link_get_headroom (bridge);

  if (now < wanted)
    set_headroom (network, bridge, wanted);
  else
    set_receive_headroom (network, port, now);
}

static void
remove_headroom (NlvNetwork *network, NlvLink *bridge, NlvLink *port)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);
  guint16 most = 0;

  for (guint i = 0; i < ports->len; i++)
    if (g_ptr_array_index (ports, i) != port)
      most = MAX (most, wanted_headroom (g_ptr_array_index (ports, i)));
  if (wanted_headroom (port) == nlv_link_get_headroom (bridge))
    set_headroom (network, bridge, most);
  set_receive_headroom (network, port, 0);
}

/* --- ports ------------------------------------------------------------------------------ */

/* port_cost(), by what drivers tell of their speed. */
static guint32
usual_cost (NlvNetwork *network, const NlvLink *port)
{
  const NlvLink *lower = nlv_link_find_lower (network, port);

  if (g_strcmp0 (port->kind, "veth") == 0 || g_strcmp0 (port->kind, "tun") == 0)
    return 2;
  return lower != NULL ? usual_cost (network, lower) : 100;
}

/* find_portno(): 0 when there is none left. */
static guint16
find_number (NlvNetwork *network, const NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);
  g_autofree guint8 *used = g_new0 (guint8, NLV_BRIDGE_MAX_PORTS);

  for (guint i = 0; i < ports->len; i++)
    {
      const NlvLink *port = g_ptr_array_index (ports, i);
      guint16 number = nlv_info_get_u16 (port->slave_data, IFLA_BRPORT_NO);

      if (number < NLV_BRIDGE_MAX_PORTS)
        used[number] = 1;
    }
  for (guint i = 1; i < NLV_BRIDGE_MAX_PORTS; i++)
    if (used[i] == 0)
      return (guint16) i;
  return 0;
}

/* netdev_is_rx_handler_busy(): others take what it receives, or its program does. */
static gboolean
is_handled (NlvNetwork *network, const NlvLink *link)
{
  static const char *const kinds[] = { "macvlan", "macvtap", "ipvlan", "ipvtap", NULL };
  const GPtrArray *uppers = nlv_network_peek_uppers (network, link->index);

  if (g_strcmp0 (link->kind, "macvtap") == 0 || g_strcmp0 (link->kind, "ipvtap") == 0)
    return TRUE;
  for (guint i = 0; uppers != NULL && i < uppers->len; i++)
    {
      const NlvLink *other = g_ptr_array_index (uppers, i);

      if (other->kind != NULL && g_strv_contains (kinds, other->kind))
        return TRUE;
    }
  return FALSE;
}

static int
check_port (NlvChange *change, const NlvLink *bridge, const NlvLink *port)
{
  if ((port->flags & IFF_LOOPBACK) != 0 || port->hardware_type != ARPHRD_ETHER || port->address_length != 6 ||
      !nlv_is_unicast_address (port->address))
    return -EINVAL;
  if (nlv_link_is_bridge (port))
    return nlv_change_refuse (change, -ELOOP, "Can not enslave a bridge to a bridge");
  if (port->master != 0)
    return -EBUSY;
  if (find_number (change->network, bridge) == 0)
    return -EXFULL;
  if (is_handled (change->network, port))
    return -EBUSY;
  return nlv_link_check_attach (change->network, port, bridge, TRUE);
}

static void
become_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  NlvNetwork *network = change->network;

  nlv_bridge_init_port_data (bridge, port, find_number (network, bridge), usual_cost (network, port));
  nlv_link_add_all_multicast (change, port, 1);
  port->master = bridge->index;
  g_free (port->slave_kind);
  port->slave_kind = g_strdup ("bridge");
  nlv_network_touch_link (network, port);
  nlv_netdev_notify (change, port, NLV_NETDEV_CHANGE_UPPER);
  nlv_link_add_promiscuity (change, port, 1);
}

void
nlv_bridge_complete (NlvNetwork *network, NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);

  if (bridge->kind_data == NULL)
    {
      nlv_bridge_init_data (bridge);
      nlv_bridge_init_id (bridge);
    }
  for (guint i = ports->len; i > 0; i--)
    {
      NlvLink *port = g_ptr_array_index (ports, i - 1);

      if (port->slave_data != NULL)
        continue;
      nlv_bridge_init_port_data (bridge, port, find_number (network, bridge), usual_cost (network, port));
      if (nlv_link_is_operational (port) && nlv_link_is_up (bridge))
        nlv_info_set_u8 (&port->slave_data, IFLA_BRPORT_STATE, BR_STATE_FORWARDING);
    }
}

int
nlv_bridge_add_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  guint features = get_bridge_features (change->network, bridge);
  gboolean changed;
  int error = check_port (change, bridge, port);

  if (error < 0)
    return error;
  nlv_bridge_complete (change->network, bridge);
  nlv_bridge_settle_choices (change->network, bridge);
  become_port (change, bridge, port);
  update_bridge_features (change, bridge, features);
  add_headroom (change->network, bridge, port);
  nlv_bridge_add_local (change, bridge, port, port->address);
  changed = nlv_bridge_choose_address (change, bridge);
  if (nlv_link_is_operational (port) && nlv_link_is_up (bridge))
    nlv_bridge_enable_port (change, bridge, port);
  nlv_bridge_port_event (change, port, RTM_NEWLINK);
  if (changed)
    nlv_netdev_notify (change, bridge, NLV_NETDEV_CHANGE_ADDRESS);
  nlv_bridge_adjust_mtu (change, bridge);
  adjust_tso (change->network, bridge);
  return 0;
}

/* nbp_backup_clear(), of those that have it as their backup. */
static void
forget_backup (NlvNetwork *network, const NlvLink *bridge, const NlvLink *gone)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (network, bridge);

  for (guint i = 0; i < ports->len; i++)
    {
      NlvLink *port = g_ptr_array_index (ports, i);

      if (nlv_info_get_u32 (port->slave_data, IFLA_BRPORT_BACKUP_PORT) == gone->index)
        nlv_info_unset (&port->slave_data, IFLA_BRPORT_BACKUP_PORT);
    }
}

/* del_nbp() */
static void
release_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  nlv_link_add_all_multicast (change, port, -1);
  nlv_link_add_promiscuity (change, port, -1);
  nlv_bridge_disable_port (change, bridge, port);
  nlv_bridge_port_event (change, port, RTM_DELLINK);
  remove_headroom (change->network, bridge, port);
  nlv_bridge_forget_port (change, bridge, port, TRUE);
  forget_backup (change->network, bridge, port);
  port->master = 0;
  g_clear_pointer (&port->slave_kind, g_free);
  g_clear_pointer (&port->slave_data, g_bytes_unref);
  nlv_network_touch_link (change->network, port);
  nlv_netdev_notify (change, port, NLV_NETDEV_CHANGE_UPPER);
  nlv_bridge_leave_groups (change, bridge, port, TRUE);
}

int
nlv_bridge_remove_port (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  guint features = get_bridge_features (change->network, bridge);

  nlv_bridge_complete (change->network, bridge);
  nlv_bridge_settle_choices (change->network, bridge);
  release_port (change, bridge, port);
  nlv_bridge_adjust_mtu (change, bridge);
  adjust_tso (change->network, bridge);
  if (nlv_bridge_choose_address (change, bridge))
    nlv_netdev_notify (change, bridge, NLV_NETDEV_CHANGE_ADDRESS);
  update_bridge_features (change, bridge, features);
  return 0;
}

void
nlv_bridge_clear (NlvChange *change, NlvLink *bridge)
{
  g_autoptr (GPtrArray) ports = nlv_bridge_get_ports (change->network, bridge);

  nlv_bridge_complete (change->network, bridge);
  for (guint i = 0; i < ports->len; i++)
    release_port (change, bridge, g_ptr_array_index (ports, i));
  nlv_bridge_forget_port (change, bridge, NULL, TRUE);
}

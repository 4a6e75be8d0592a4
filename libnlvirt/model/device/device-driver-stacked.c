/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the drivers of bridges and of links on links do when these go up and down
 * or are set. */
#include "model/device/bridge.h"
#include "model/device/device-driver.h"
#include "model/device/device-filter.h"
#include "model/device/device-group.h"
#include "model/device/device-settings.h"
#include "model/device/link-info.h"
#include "model/device/stacked.h"
#include "model/device/vxlan-config.h"
#include "model/device/vxlan-fdb.h"
#include "model/link-settings.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_vlan.h>
#include <string.h>

/* --- macvlan ---------------------------------------------------------------------------- */

/* macvlan_addr_busy() */
static gboolean
is_busy (NlvNetwork *network, const NlvLink *lower, const NlvLink *link)
{
  g_autoptr (GPtrArray) links = nlv_macvlans_on (network, lower);

  if (memcmp (lower->address, link->address, 6) == 0)
    return TRUE;
  for (guint i = 0; i < links->len; i++)
    {
      const NlvLink *other = g_ptr_array_index (links, i);

      if (other != link && nlv_link_is_up (other) && memcmp (other->address, link->address, 6) == 0)
        return TRUE;
    }
  return FALSE;
}

/* macvlan_open() */
int
nlv_macvlan_open (NlvChange *change, NlvLink *link)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  if (lower == NULL)
    return 0;
  if (nlv_macvlan_is_passthru (link))
    {
      if (!nlv_macvlan_is_quiet (link))
        nlv_link_add_promiscuity (change, lower, 1);
      return 0;
    }
  if (is_busy (change->network, lower, link))
    return -EADDRINUSE;
  nlv_link_let_in (change->network, lower, link->address);
  if (link->all_multicast > 0)
    nlv_link_add_all_multicast (change, lower, 1);
  if (link->promiscuity > 0)
    nlv_link_add_promiscuity (change, lower, 1);
  return 0;
}

/* macvlan_stop() */
void
nlv_macvlan_stop (NlvChange *change, NlvLink *link)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  if (lower == NULL)
    return;
  if (nlv_macvlan_is_passthru (link))
    {
      if (!nlv_macvlan_is_quiet (link))
        nlv_link_add_promiscuity (change, lower, -1);
      return;
    }
  if (link->all_multicast > 0)
    nlv_link_add_all_multicast (change, lower, -1);
  if (link->promiscuity > 0)
    nlv_link_add_promiscuity (change, lower, -1);
  nlv_link_keep_out (change->network, lower, link->address);
}

/* macvlan_change_rx_flags() */
void
nlv_macvlan_change_rx_flags (NlvChange *change, NlvLink *link, guint32 flag)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  if (lower == NULL || !nlv_link_is_up (link))
    return;
  if (flag == IFF_ALLMULTI)
    nlv_link_add_all_multicast (change, lower, link->all_multicast > 0 ? 1 : -1);
  else if (flag == IFF_PROMISC && !nlv_macvlan_is_passthru (link))
    nlv_link_add_promiscuity (change, lower, link->promiscuity > 0 ? 1 : -1);
}

int
nlv_macvlan_change_mtu (NlvChange *change, NlvLink *link, guint32 mtu)
{
  const NlvLink *lower = nlv_link_find_lower (change->network, link);

  return lower != NULL && mtu > lower->mtu ? -EINVAL : 0;
}

/* macvlan_set_addr_change(): what is below takes the address, and gets back its own. */
static int
lend_address (NlvChange *change, NlvLink *link, NlvLink *lower, const guint8 *address)
{
  guint8 before[sizeof link->address_below];
  int error;

  memcpy (before, link->has_lent ? link->address_below : lower->address, sizeof before);
  error = nlv_link_set_address (change, lower, address);
  if (error < 0)
    return error;
  memcpy (link->address_below, before, sizeof before);
  link->has_lent = TRUE;
  return 0;
}

/* macvlan_port_destroy() */
void
nlv_macvlan_uninit (NlvChange *change, NlvLink *link)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  if (lower != NULL && link->has_lent && memcmp (lower->address, link->address_below, 6) != 0)
    nlv_link_set_address (change, lower, link->address_below);
}

/* macvlan_set_mac_address() */
int
nlv_macvlan_set_address (NlvChange *change, NlvLink *link, const guint8 *address)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);
  NlvLink wanted = *link;

  if (lower != NULL && nlv_macvlan_is_passthru (link))
    return lend_address (change, link, lower, address);
  if (lower == NULL || !nlv_link_is_up (link))
    return 0;
  memcpy (wanted.address, address, 6);
  if (is_busy (change->network, lower, &wanted))
    return -EADDRINUSE;
  nlv_link_let_in_instead (change->network, lower, link->address, address);
  return 0;
}

/* --- VLANs -------------------------------------------------------------------------------- */

static gboolean
shares_address (const NlvLink *vlan, const NlvLink *lower)
{
  return memcmp (vlan->address, lower->address, 6) == 0;
}

/* vlan_dev_inherit_address(): one that nobody has given an address follows what is
 * below. */
static gboolean
inherit_address (NlvChange *change, NlvLink *vlan, const NlvLink *lower)
{
  if (vlan->address_choice != NLV_CHOICE_KERNEL)
    return FALSE;
  memcpy (vlan->address, lower->address, 6);
  nlv_netdev_notify (change, vlan, NLV_NETDEV_CHANGE_ADDRESS);
  return TRUE;
}

/* vlan_dev_open() */
int
nlv_vlan_open (NlvChange *change, NlvLink *link)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  if (lower == NULL)
    return 0;
  if (!nlv_link_is_up (lower) && (nlv_vlan_get_flags (link) & VLAN_FLAG_LOOSE_BINDING) == 0)
    return -ENETDOWN;
  if (!shares_address (link, lower) && !inherit_address (change, link, lower))
    nlv_link_let_in (change->network, lower, link->address);
  if ((nlv_link_get_flags (link).all & IFF_ALLMULTI) != 0)
    nlv_link_add_all_multicast (change, lower, 1);
  if ((nlv_link_get_flags (link).all & IFF_PROMISC) != 0)
    nlv_link_add_promiscuity (change, lower, 1);
  if (lower->carrier && (nlv_vlan_get_flags (link) & VLAN_FLAG_BRIDGE_BINDING) == 0)
    nlv_link_set_carrier (change, link, TRUE);
  return 0;
}

/* vlan_dev_stop() */
void
nlv_vlan_stop (NlvChange *change, NlvLink *link)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  if (lower == NULL)
    return;
  if ((nlv_link_get_flags (link).all & IFF_ALLMULTI) != 0)
    nlv_link_add_all_multicast (change, lower, -1);
  if ((nlv_link_get_flags (link).all & IFF_PROMISC) != 0)
    nlv_link_add_promiscuity (change, lower, -1);
  if (!shares_address (link, lower))
    nlv_link_keep_out (change->network, lower, link->address);
  if ((nlv_vlan_get_flags (link) & VLAN_FLAG_BRIDGE_BINDING) == 0)
    nlv_link_set_carrier (change, link, FALSE);
}

/* vlan_dev_change_rx_flags() */
void
nlv_vlan_change_rx_flags (NlvChange *change, NlvLink *link, guint32 flag)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);
  int by = (nlv_link_get_flags (link).all & flag) != 0 ? 1 : -1;

  if (lower == NULL || !nlv_link_is_up (link))
    return;
  if (flag == IFF_ALLMULTI)
    nlv_link_add_all_multicast (change, lower, by);
  else if (flag == IFF_PROMISC)
    nlv_link_add_promiscuity (change, lower, by);
}

/* vlan_dev_set_mac_address() */
int
nlv_vlan_set_address (NlvChange *change, NlvLink *link, const guint8 *address)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);
  gboolean will_share;

  if (lower == NULL || !nlv_link_is_up (link))
    return 0;
  will_share = memcmp (address, lower->address, 6) == 0;
  if (!will_share && !shares_address (link, lower))
    nlv_link_let_in_instead (change->network, lower, link->address, address);
  else if (!will_share)
    nlv_link_let_in (change->network, lower, address);
  else if (!shares_address (link, lower))
    nlv_link_keep_out (change->network, lower, link->address);
  return 0;
}

int
nlv_vlan_change_mtu (NlvChange *change, NlvLink *link, guint32 mtu)
{
  const NlvLink *lower = nlv_link_find_lower (change->network, link);

  return lower != NULL && mtu > lower->mtu ? -ERANGE : 0;
}

/* --- VXLANs --------------------------------------------------------------------------------- */

/* vxlan_multicast_join() and _leave(): of the device that it sends through. */
static void
change_group (NlvChange *change, const NlvLink *link, gboolean join)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);
  gboolean ipv6;
  NlvIp group = { 0 };

  ipv6 = nlv_info_get (link->kind_data, IFLA_VXLAN_GROUP6, group.bytes, 16);
  if (lower == NULL || (!ipv6 && !nlv_info_get (link->kind_data, IFLA_VXLAN_GROUP, group.bytes, 4)))
    return;
  if (ipv6 ? !nlv_link_has_ipv6 (lower) || group.bytes[0] != 0xff
           : !nlv_link_has_ipv4 (lower) || (group.bytes[0] & 0xf0) != 0xe0)
    return;
  nlv_groups_begin (change->network, lower, ipv6 ? NLV_GROUPS_IPV6 : NLV_GROUPS_IPV4, nlv_link_is_up (lower));
  if (join)
    nlv_group_join (change, lower, ipv6 ? NLV_GROUPS_IPV6 : NLV_GROUPS_IPV4, &group);
  else
    nlv_group_leave (change, lower, ipv6 ? NLV_GROUPS_IPV6 : NLV_GROUPS_IPV4, &group);
}

/* vxlan_open() */
int
nlv_vxlan_open (NlvChange *change, NlvLink *link)
{
  NlvVxlanConfig config;
  int error;

  nlv_vxlan_config_read (&config, link->kind_data);
  error = nlv_vxlan_config_listen (&config, change->network, link);
  if (error < 0)
    return error;
  change_group (change, link, TRUE);
  return 0;
}

/* vxlan_stop() */
void
nlv_vxlan_stop (NlvChange *change, NlvLink *link)
{
  change_group (change, link, FALSE);
  nlv_vxlan_flush (change, link, FALSE);
}

/* vxlan_change_mtu() */
int
nlv_vxlan_change_mtu (NlvChange *change, NlvLink *link, guint32 mtu)
{
  const NlvLink *lower = nlv_link_find_lower (change->network, link);

  return lower != NULL && (gint64) mtu > (gint64) lower->mtu - nlv_vxlan_get_overhead (link) ? -EINVAL : 0;
}

/* --- bridges -------------------------------------------------------------------------------- */

/* br_multicast_join_snoopers() and _leave_snoopers() */
void
nlv_bridge_change_snoopers (NlvChange *change, NlvLink *bridge, gboolean join, gboolean up)
{
  static const struct
  {
    NlvGroups which;
    NlvIp ip;
  } groups[] = {
    { NLV_GROUPS_IPV4, { .bytes = { 224, 0, 0, 106 } } },
    { NLV_GROUPS_IPV6, { .bytes = { 0xff, 0x02, [15] = 0x6a } } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      gboolean ipv4 = groups[i].which == NLV_GROUPS_IPV4;

      if (ipv4 ? !nlv_link_has_ipv4 (bridge) : !nlv_link_has_ipv6 (bridge))
        continue;
      nlv_groups_begin (change->network, bridge, groups[i].which, up);
      if (join)
        nlv_group_join (change, bridge, groups[i].which, &groups[i].ip);
      else
        nlv_group_leave (change, bridge, groups[i].which, &groups[i].ip);
    }
}

static gboolean
snoops (const NlvLink *bridge)
{
  return nlv_info_get_u8 (bridge->kind_data, IFLA_BR_MCAST_SNOOPING) != 0;
}

/* br_dev_open() */
int
nlv_bridge_open (NlvChange *change, NlvLink *bridge)
{
  nlv_bridge_complete (change->network, bridge);
  nlv_bridge_enable (change, bridge);
  if (snoops (bridge))
    nlv_bridge_change_snoopers (change, bridge, TRUE, FALSE);
  return 0;
}

/* br_dev_stop() */
void
nlv_bridge_stop (NlvChange *change, NlvLink *bridge)
{
  nlv_bridge_complete (change->network, bridge);
  nlv_bridge_disable (change, bridge);
  if (snoops (bridge))
    nlv_bridge_change_snoopers (change, bridge, FALSE, TRUE);
}

/* br_set_mac_address() */
int
nlv_bridge_set_address (NlvChange *change, NlvLink *bridge, const guint8 *address)
{
  nlv_bridge_complete (change->network, bridge);
  nlv_bridge_change_address (change, bridge, address);
  return 0;
}

/* br_change_mtu() */
int
nlv_bridge_change_mtu (NlvChange *change, NlvLink *bridge, guint32 mtu)
{
  bridge->mtu_choice = NLV_CHOICE_USER;
  return 0;
}

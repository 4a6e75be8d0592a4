/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that stand on others are registered, and make something of what happens to these:
 * macvlan_device_event(), vlan_device_event(), vxlan_netdevice_event(). */
#include "model/device/device-driver.h"
#include "model/device/device-settings.h"
#include "model/device/stacked.h"

#include <linux/if.h>
#include <linux/if_vlan.h>
#include <string.h>

int
nlv_stacked_register (NlvChange *change, NlvLink *row, NlvLink *lower, NlvLink **created)
{
  NlvLink *link;
  int error;

  link = nlv_link_register (change, row, &error);
  if (link == NULL)
    return error;
  error = nlv_link_attach (change, lower, link);
  if (error < 0)
    nlv_link_unregister (change, link);
  else
    *created = link;
  return error;
}

void
nlv_stacked_transfer_state (NlvChange *change, const NlvLink *lower, NlvLink *upper)
{
  nlv_link_set_dormant (change, upper, nlv_link_get_operational_state (lower) == IF_OPER_DORMANT);
  nlv_link_set_carrier (change, upper, lower->carrier != 0);
}

/* Those that nobody takes away already, with all that their kinds take along. */
static void
delete_all (NlvChange *change, GPtrArray *links)
{
  g_autoptr (GPtrArray) doomed = g_ptr_array_new ();

  for (guint i = 0; i < links->len; i++)
    {
      NlvLink *link = g_ptr_array_index (links, i);

      if (!link->unregistering)
        nlv_link_kind_of (link)->remove (change, link, doomed);
    }
  if (doomed->len > 0)
    nlv_link_unregister_many (change, doomed, FALSE);
}

/* None may be larger than what it stands on. */
static void
clamp_mtu (NlvChange *change, const NlvLink *lower, GPtrArray *links)
{
  for (guint i = 0; i < links->len; i++)
    {
      NlvLink *link = g_ptr_array_index (links, i);

      if (link->mtu > lower->mtu)
        nlv_link_follow_mtu (change, link, lower->mtu);
    }
}

/* --- macvlan --------------------------------------------------------------------------- */

/* macvlan_sync_address(): the one that passes everything through has the address of
 * what is below, and tells nobody. */
static void
sync_passthru (NlvChange *change, const NlvLink *lower, GPtrArray *links)
{
  NlvLink *link = links->len > 0 ? g_ptr_array_index (links, 0) : NULL;

  if (link == NULL || !nlv_macvlan_is_passthru (link))
    return;
  /* macvlan_addr_busy(): with itself. */
  if (nlv_link_is_up (link) && memcmp (link->address, lower->address, 6) == 0)
    return;
  link->has_lent = FALSE;
  memcpy (link->address, lower->address, 6);
  nlv_network_touch_link (change->network, link);
}

void
nlv_macvlan_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  g_autoptr (GPtrArray) links = NULL;

  if (event == NLV_NETDEV_REGISTER || event == NLV_NETDEV_GOING_DOWN || event == NLV_NETDEV_CHANGE_UPPER)
    return;
  links = nlv_macvlans_on (change->network, link);
  switch ((guint) event)
    {
      case NLV_NETDEV_UP:
      case NLV_NETDEV_DOWN:
      case NLV_NETDEV_CHANGE:
        for (guint i = 0; i < links->len; i++)
          nlv_stacked_transfer_state (change, link, g_ptr_array_index (links, i));
        break;
      case NLV_NETDEV_CHANGE_MTU:
        clamp_mtu (change, link, links);
        break;
      case NLV_NETDEV_CHANGE_ADDRESS:
        sync_passthru (change, link, links);
        break;
      case NLV_NETDEV_UNREGISTER:
        nlv_macvlans_forget (change->network, link);
        delete_all (change, links);
        break;
      case NLV_NETDEV_NOTIFY_PEERS:
      case NLV_NETDEV_RESEND_IGMP:
        for (guint i = 0; i < links->len; i++)
          nlv_netdev_notify (change, g_ptr_array_index (links, i), event);
        break;
      default:
        break;
    }
}

/* --- VLANs -------------------------------------------------------------------------------- */

/* vlan_stacked_transfer_operstate() */
static void
transfer_vlan (NlvChange *change, const NlvLink *lower, NlvLink *vlan)
{
  if ((nlv_vlan_get_flags (vlan) & VLAN_FLAG_BRIDGE_BINDING) == 0)
    nlv_stacked_transfer_state (change, lower, vlan);
}

static gboolean
is_loose (const NlvLink *vlan)
{
  return (nlv_vlan_get_flags (vlan) & VLAN_FLAG_LOOSE_BINDING) != 0;
}

static void
close_vlans (NlvChange *change, const NlvLink *lower, GPtrArray *vlans)
{
  g_autoptr (GPtrArray) closing = g_ptr_array_new ();

  for (guint i = 0; i < vlans->len; i++)
    if (nlv_link_is_up (g_ptr_array_index (vlans, i)) && !is_loose (g_ptr_array_index (vlans, i)))
      g_ptr_array_add (closing, g_ptr_array_index (vlans, i));
  nlv_link_close_many (change, (NlvLink *const *) closing->pdata, closing->len);
  for (guint i = 0; i < closing->len; i++)
    transfer_vlan (change, lower, g_ptr_array_index (closing, i));
}

static void
open_vlans (NlvChange *change, const NlvLink *lower, GPtrArray *vlans)
{
  for (guint i = 0; i < vlans->len; i++)
    {
      NlvLink *vlan = g_ptr_array_index (vlans, i);

      if (nlv_link_is_up (vlan))
        continue;
      if (!is_loose (vlan))
        nlv_link_change_flags (change, vlan, IFF_UP, IFF_UP);
      transfer_vlan (change, lower, vlan);
    }
}

/* Whether it has taken the address of what is below, and not been given one:
 * NET_ADDR_STOLEN. */
static gboolean
has_taken (const NlvLink *vlan, const guint8 *old)
{
  if (vlan->address_choice == NLV_CHOICE_UNKNOWN)
    return memcmp (vlan->address, old, 6) == 0;
  return vlan->address_choice == NLV_CHOICE_KERNEL;
}

/* vlan_sync_address() */
static void
sync_vlan (NlvChange *change, NlvLink *lower, NlvLink *vlan, const guint8 *old)
{
  gboolean was_same = memcmp (vlan->address, old, 6) == 0, is_same = memcmp (vlan->address, lower->address, 6) == 0;

  if (has_taken (vlan, old))
    {
      memcpy (vlan->address, lower->address, 6);
      nlv_network_touch_link (change->network, vlan);
      nlv_netdev_notify (change, vlan, NLV_NETDEV_CHANGE_ADDRESS);
    }
  else if (is_same && !was_same)
    nlv_link_keep_out (change->network, lower, vlan->address);
  else if (was_same && !is_same)
    nlv_link_let_in (change->network, lower, vlan->address);
}

static void
sync_vlans (NlvChange *change, NlvLink *lower, GPtrArray *vlans)
{
  if (change->old_address == NULL || memcmp (change->old_address, lower->address, 6) == 0)
    return;
  for (guint i = 0; i < vlans->len; i++)
    if (nlv_link_is_up (g_ptr_array_index (vlans, i)))
      sync_vlan (change, lower, g_ptr_array_index (vlans, i), change->old_address);
}

void
nlv_vlan_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  g_autoptr (GPtrArray) vlans = NULL;

  if (event == NLV_NETDEV_REGISTER || event == NLV_NETDEV_GOING_DOWN || event == NLV_NETDEV_CHANGE_UPPER)
    return;
  vlans = nlv_vlans_on (change->network, link);
  switch ((guint) event)
    {
      case NLV_NETDEV_CHANGE:
        for (guint i = 0; i < vlans->len; i++)
          transfer_vlan (change, link, g_ptr_array_index (vlans, i));
        break;
      case NLV_NETDEV_CHANGE_ADDRESS:
        sync_vlans (change, link, vlans);
        break;
      case NLV_NETDEV_CHANGE_MTU:
        clamp_mtu (change, link, vlans);
        break;
      case NLV_NETDEV_DOWN:
        close_vlans (change, link, vlans);
        break;
      case NLV_NETDEV_UP:
        open_vlans (change, link, vlans);
        break;
      case NLV_NETDEV_UNREGISTER:
        delete_all (change, vlans);
        break;
      case NLV_NETDEV_NOTIFY_PEERS:
      case NLV_NETDEV_RESEND_IGMP:
        for (guint i = 0; i < vlans->len; i++)
          nlv_netdev_notify (change, g_ptr_array_index (vlans, i), event);
        break;
      default:
        break;
    }
}

/* --- VXLANs ---------------------------------------------------------------------------------- */

/* vxlan_handle_lowerdev_unregister(): the newest goes first. */
void
nlv_vxlan_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  g_autoptr (GPtrArray) uppers = NULL, links = NULL;

  if (event != NLV_NETDEV_UNREGISTER)
    return;
  uppers = nlv_network_find_uppers (change->network, link->index);
  links = g_ptr_array_new ();
  for (guint i = uppers->len; i > 0; i--)
    {
      NlvLink *vxlan = g_ptr_array_index (uppers, i - 1);

      if (g_strcmp0 (vxlan->kind, "vxlan") == 0)
        g_ptr_array_add (links, vxlan);
    }
  delete_all (change, links);
}

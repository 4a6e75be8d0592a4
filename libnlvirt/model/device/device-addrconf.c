/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv6 begins and ends on a link, and goes up and down with it. */
#include "model/device/device-addrconf.h"
#include "model/change/change-neighbor.h"
#include "model/device/addrconf-route.h"
#include "model/device/addrconf.h"
#include "model/device/device-filter.h"
#include "model/device/device-group.h"
#include "model/device/device.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/ipv6.h>
#include <string.h>

/* Newer than the headers that this builds with. */
#define IF_READY 0x80000000
#define IF_RA_RCVD 0x20
#define IF_RS_SENT 0x10

#define MIN_MTU 1280

static const NlvIp all_nodes_of_interface = { .bytes = { 0xff, 0x01, [15] = 1 } };
static const NlvIp all_nodes = { .bytes = { 0xff, 0x02, [15] = 1 } };
static const NlvIp all_routers = { .bytes = { 0xff, 0x02, [15] = 2 } };

gboolean
nlv_ipv6_is_link_ready (const NlvLink *link)
{
  guint8 state = nlv_link_get_operational_state (link);

  return link->carrier && (state == IF_OPER_UP || state == IF_OPER_UNKNOWN);
}

static gboolean
forwards (const NlvLink *link)
{
  return nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_FORWARDING) != 0;
}

static void
stamp (NlvChange *change, NlvLink *link)
{
  nlv_settings_set (&link->settings[NLV_LINK_IPV6_STATE], NLV_IPV6_STATE_UPDATED, (guint32) change->now);
}

/* --- beginning and ending ---------------------------------------------------------------- */

/* ipv6_add_dev() */
static void
begin (NlvChange *change, NlvLink *link)
{
  gboolean ready = (link->flags & IFF_UP) != 0 && nlv_ipv6_is_link_ready (link);

  nlv_netconf_take_default (change->network, link, AF_INET6);
  nlv_ipv6_set_flags (link, ready ? IF_READY : 0, IF_READY | IF_RS_SENT | IF_RA_RCVD);
  stamp (change, link);
  nlv_network_touch_link (change->network, link);
  nlv_netconf_event (change, RTM_NEWNETCONF, AF_INET6, link);
  for (guint i = NLV_GROUPS_IPV6; i <= NLV_GROUPS_ANYCAST; i++)
    {
      g_clear_pointer (&link->groups[i], g_array_unref);
      link->groups[i] = g_array_new (FALSE, FALSE, sizeof (NlvMembership));
    }
  nlv_group_join (change, link, NLV_GROUPS_IPV6, &all_nodes_of_interface);
  nlv_group_join (change, link, NLV_GROUPS_IPV6, &all_nodes);
  if (forwards (link) && (link->flags & IFF_MULTICAST) != 0)
    nlv_group_join (change, link, NLV_GROUPS_IPV6, &all_routers);
}

/* ipv6_ac_destroy_dev() and ipv6_mc_destroy_dev(), which tell of little. */
static void
leave_groups (NlvChange *change, NlvLink *link)
{
  g_autoptr (GArray) anycast = g_steal_pointer (&link->groups[NLV_GROUPS_ANYCAST]);
  g_autoptr (GArray) groups = NULL;

  for (guint i = 0; anycast != NULL && i < anycast->len; i++)
    nlv_addrconf_leave_solicited (change, link, &g_array_index (anycast, NlvMembership, i).ip);
  nlv_group_leave (change, link, NLV_GROUPS_IPV6, &all_nodes);
  if (forwards (link))
    nlv_group_leave (change, link, NLV_GROUPS_IPV6, &all_routers);
  groups = g_steal_pointer (&link->groups[NLV_GROUPS_IPV6]);
  for (guint i = 0; groups != NULL && i < groups->len; i++)
    nlv_filter_group_left (change->network, link, NLV_GROUPS_IPV6, &g_array_index (groups, NlvMembership, i).ip);
}

/* The rest of addrconf_ifdown() for a link that IPv6 leaves. */
static void
end (NlvChange *change, NlvLink *link)
{
  leave_groups (change, link);
  nlv_netconf_event (change, RTM_DELNETCONF, AF_INET6, link);
  g_clear_pointer (&link->settings[NLV_LINK_IPV6], g_array_unref);
  g_clear_pointer (&link->settings[NLV_LINK_IPV6_STATE], g_array_unref);
  g_clear_pointer (&link->settings[NLV_LINK_NDISC], g_array_unref);
  link->ipv6_token = (NlvIp){ 0 };
  link->address_generation = IN6_ADDR_GEN_MODE_EUI64;
}

static gboolean
keeps_addresses (const NlvLink *link)
{
  return !nlv_ipv6_is_disabled (link) && nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_KEEP_ADDR_ON_DOWN) > 0;
}

/* addr_is_local() */
static gboolean
may_be_kept (const NlvAddress *address)
{
  return (address->flags & IFA_F_PERMANENT) != 0 && !nlv_ipv6_is_link_local (&address->local) &&
         !nlv_ipv6_is_loopback (&address->local);
}

/* addrconf_ifdown() */
static void
go_down (NlvChange *change, NlvLink *link, gboolean unregister)
{
  g_autoptr (GPtrArray) addresses = NULL;
  gboolean keep = !unregister && keeps_addresses (link);

  nlv_ipv6_sync_down (change, link, unregister);
  nlv_neighbors_go_down (change, link, AF_INET6);
  if (!unregister)
    nlv_ipv6_set_flags (link, 0, IF_RS_SENT | IF_RA_RCVD | IF_READY);
  addresses = nlv_addrconf_list (change->network, link);
  for (guint i = 0; i < addresses->len; i++)
    {
      NlvAddress *address = g_ptr_array_index (addresses, i);

      if (keep && may_be_kept (address))
        nlv_addrconf_keep (change, address);
      else
        nlv_addrconf_lose (change, address);
    }
  nlv_settings_unset (&link->settings[NLV_LINK_IPV6_STATE], NLV_IPV6_STATE_RA_MTU);
  if (unregister)
    end (change, link);
  else
    stamp (change, link);
  nlv_network_touch_link (change->network, link);
}

/* --- up ------------------------------------------------------------------------------------ */

/* addrconf_permanent_addr() */
static void
restore_addresses (NlvChange *change, NlvLink *link)
{
  g_autoptr (GPtrArray) addresses = nlv_addrconf_list (change->network, link);

  for (guint i = 0; i < addresses->len; i++)
    {
      NlvAddress *address = g_ptr_array_index (addresses, i);

      if ((address->flags & IFA_F_PERMANENT) == 0)
        continue;
      if ((address->flags & IFA_F_NOPREFIXROUTE) == 0)
        nlv_addrconf_add_prefix_route (change, link, address, &address->local, address->prefix_length, 0);
      if (address->check == NLV_CHECK_BEGINS)
        nlv_addrconf_dad_start (change, address);
    }
}

/* IPv6's MTU is the link's again, if a person had set a smaller one. */
static void
follow_mtu (NlvChange *change, NlvLink *link)
{
  guint32 before = (guint32) nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_MTU6);

  if (before == link->mtu || link->mtu < MIN_MTU)
    return;
  nlv_ipv6_change_mtu (change, link, before);
  nlv_settings_unset (&link->settings[NLV_LINK_IPV6], DEVCONF_MTU6);
}

static void
become_ready (NlvChange *change, NlvLink *link)
{
  nlv_ipv6_set_flags (link, IF_READY, 0);
  nlv_addrconf_init_addresses (change, link);
  nlv_addrconf_dad_run (change, link, FALSE);
  nlv_ipv6_sync_up (change, link, RTNH_F_DEAD);
  follow_mtu (change, link);
  stamp (change, link);
  nlv_network_touch_link (change->network, link);
  nlv_inet6_link_event (change, link);
  /* Only the loopback has IPv6 then. */
  if (link->mtu < MIN_MTU)
    go_down (change, link, FALSE);
}

/* IFF_NO_ADDRCONF: ports of bonds and teams. */
static gboolean
is_without_addresses (const NlvLink *link)
{
  return link->master != 0 && (g_strcmp0 (link->slave_kind, "bond") == 0 || g_strcmp0 (link->slave_kind, "team") == 0);
}

static void
come_up (NlvChange *change, NlvLink *link)
{
  restore_addresses (change, link);
  if (nlv_ipv6_is_link_ready (link))
    become_ready (change, link);
}

static void
change_state (NlvChange *change, NlvLink *link)
{
  if (!nlv_ipv6_is_link_ready (link))
    nlv_ipv6_sync_carrier (change, link);
  else if (!nlv_ipv6_is_ready (link))
    become_ready (change, link);
  else
    {
      if ((change->flags_changed & IFF_NOARP) != 0)
        nlv_addrconf_dad_run (change, link, TRUE);
      nlv_ipv6_sync_up (change, link, RTNH_F_LINKDOWN);
    }
}

static void
change_mtu (NlvChange *change, NlvLink *link)
{
  gboolean loopback = (link->flags & IFF_LOOPBACK) != 0;
  gboolean had = loopback || change->old_mtu >= MIN_MTU, has = link->mtu >= MIN_MTU;

  if (!has && had)
    {
      /* The loopback keeps IPv6, with the MTU that it had. */
      if (loopback && change->old_mtu >= MIN_MTU)
        nlv_link_set_setting (link, NLV_LINK_IPV6, DEVCONF_MTU6, change->old_mtu);
      go_down (change, link, !loopback);
    }
  else if (has && had)
    {
      nlv_ipv6_change_mtu (change, link,
                           (guint32) nlv_settings_get (link->settings[NLV_LINK_IPV6], DEVCONF_MTU6, change->old_mtu));
      nlv_settings_unset (&link->settings[NLV_LINK_IPV6], DEVCONF_MTU6);
    }
  else if (has)
    {
      begin (change, link);
      if (nlv_ipv6_is_ready (link) && !is_without_addresses (link))
        become_ready (change, link);
    }
}

void
nlv_addrconf_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  gboolean usable;

  if (event == NLV_NETDEV_CHANGE_MTU)
    {
      change_mtu (change, link);
      return;
    }
  if (!nlv_link_has_ipv6 (link))
    return;
  usable = !nlv_ipv6_is_disabled (link) && !is_without_addresses (link);
  if (event == NLV_NETDEV_REGISTER)
    begin (change, link);
  else if (event == NLV_NETDEV_UP && usable)
    come_up (change, link);
  else if (event == NLV_NETDEV_CHANGE && usable)
    change_state (change, link);
  else if (event == NLV_NETDEV_DOWN || event == NLV_NETDEV_UNREGISTER)
    go_down (change, link, event == NLV_NETDEV_UNREGISTER);
  else if (event == NLV_NETDEV_CHANGE_NAME)
    {
      if (!change->name_refused)
        nlv_netconf_event (change, RTM_DELNETCONF, AF_INET6, link);
      if (nlv_link_name_has_sysctls (link->name))
        nlv_netconf_event (change, RTM_NEWNETCONF, AF_INET6, link);
    }
}

/* --- the token ------------------------------------------------------------------------------ */

/* ipv6_get_lladdr() */
static gboolean
has_link_local (NlvNetwork *network, const NlvLink *link)
{
  guint position = nlv_network_find_addresses (network, AF_INET6, link->index);
  const NlvAddress *address;

  while ((address = nlv_network_get_link_address (network, AF_INET6, link->index, position++)) != NULL)
    if (address->scope == RT_SCOPE_LINK && (address->flags & (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC)) == 0)
      return TRUE;
  return FALSE;
}

int
nlv_ipv6_set_token (NlvChange *change, NlvLink *link, const NlvIp *token)
{
  if ((link->flags & IFF_LOOPBACK) != 0)
    return nlv_change_refuse (change, -EINVAL, "ipv6: Device is loopback");
  if ((link->flags & IFF_NOARP) != 0)
    return nlv_change_refuse (change, -EINVAL, "ipv6: Device does not do neighbour discovery");
  if (!nlv_ipv6_accepts_ra (link))
    return nlv_change_refuse (change, -EINVAL, "ipv6: Router advertisement is disabled on device");
  if (nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_RTR_SOLICITS) == 0)
    return nlv_change_refuse (change, -EINVAL, "Router solicitation is disabled on device");
  memcpy (link->ipv6_token.bytes + 8, token->bytes + 8, 8);
  if (!nlv_ip_is_any (token, AF_INET6) && nlv_ipv6_is_ready (link) && has_link_local (change->network, link))
    nlv_ipv6_set_flags (link, IF_RS_SENT, 0);
  nlv_network_touch_link (change->network, link);
  nlv_inet6_link_event (change, link);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One IPv6 address: how it comes, what it brings, and what goes with it. */
#include "model/device/addrconf.h"
#include "model/device/addrconf-route.h"
#include "model/device/device-group.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/ipv6.h>
#include <string.h>

/* Newer than the headers that this builds with. */
#define IF_READY 0x80000000

guint8
nlv_ipv6_scope (const NlvIp *ip)
{
  const guint8 *bytes = ip->bytes;

  if (bytes[0] == 0xff)
    switch (bytes[1] & 0x0f)
      {
        case 1:
          return RT_SCOPE_HOST;
        case 2:
          return RT_SCOPE_LINK;
        case 5:
          return RT_SCOPE_SITE;
        default:
          return RT_SCOPE_UNIVERSE;
      }
  if (nlv_ipv6_is_loopback (ip))
    return RT_SCOPE_HOST;
  if (nlv_ipv6_is_link_local (ip))
    return RT_SCOPE_LINK;
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0)
    return RT_SCOPE_SITE;
  return RT_SCOPE_UNIVERSE;
}

/* --- of the link ---------------------------------------------------------------------- */

gboolean
nlv_ipv6_is_disabled (const NlvLink *link)
{
  return nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_DISABLE_IPV6) != 0;
}

gboolean
nlv_ipv6_allows_optimistic (const NlvLink *link)
{
  return nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_OPTIMISTIC_DAD) != 0;
}

gboolean
nlv_ipv6_is_ready (const NlvLink *link)
{
  return (nlv_link_get_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_FLAGS) & IF_READY) != 0;
}

/* The usual ones follow from the link's flags, but not in time: from here on they are
 * said. */
void
nlv_ipv6_set_flags (NlvLink *link, guint32 set, guint32 clear)
{
  guint32 flags = (guint32) nlv_link_get_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_FLAGS);

  nlv_settings_set (&link->settings[NLV_LINK_IPV6_STATE], NLV_IPV6_STATE_FLAGS, (flags & ~clear) | set);
}

void
nlv_ipv6_set_generation (NlvLink *link, guint8 mode)
{
  link->address_generation = mode;
  nlv_link_set_setting (link, NLV_LINK_IPV6, DEVCONF_ADDR_GEN_MODE, mode);
}

GPtrArray *
nlv_addrconf_list (NlvNetwork *network, const NlvLink *link)
{
  GPtrArray *list = g_ptr_array_new ();
  guint position = nlv_network_find_addresses (network, AF_INET6, link->index);
  NlvAddress *address;

  while ((address = nlv_network_get_link_address (network, AF_INET6, link->index, position++)) != NULL)
    g_ptr_array_add (list, address);
  return list;
}

/* --- events and what comes with them ---------------------------------------------------- */

static void
send_event (NlvChange *change, const NlvAddress *address, guint16 type)
{
  NlvWriter writer;
  struct ifaddrmsg *header = nlv_event_begin (change, &writer, RTNLGRP_IPV6_IFADDR, type, 0, FALSE, sizeof *header);

  if (header == NULL)
    return;
  nlv_address_message (&writer, header, address, change->now);
  nlv_event_send (change, &writer, RTNLGRP_IPV6_IFADDR, FALSE);
}

static gboolean
has_peer (const NlvAddress *address)
{
  return !nlv_ip_equal (&address->peer, &address->local, AF_INET6);
}

static gboolean
forwards (const NlvLink *link)
{
  return nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_FORWARDING) != 0;
}

/* The subnet's routers: FALSE when it has no such address. */
static gboolean
anycast_of (const NlvAddress *address, NlvIp *anycast)
{
  if (address->prefix_length >= 127)
    return FALSE;
  *anycast = address->local;
  nlv_ip_mask (anycast, address->prefix_length, AF_INET6);
  return !nlv_ip_is_any (anycast, AF_INET6);
}

/* addrconf_join_solict() and _leave_solict() */
static gboolean
has_solicited_node (const NlvLink *link)
{
  return (link->flags & (IFF_LOOPBACK | IFF_NOARP)) == 0;
}

void
nlv_addrconf_join_solicited (NlvChange *change, NlvLink *link, const NlvIp *ip)
{
  NlvIp group = nlv_ipv6_solicited_node (ip);

  if (has_solicited_node (link))
    nlv_group_join (change, link, NLV_GROUPS_IPV6, &group);
}

void
nlv_addrconf_leave_solicited (NlvChange *change, NlvLink *link, const NlvIp *ip)
{
  NlvIp group = nlv_ipv6_solicited_node (ip);

  if (has_solicited_node (link))
    nlv_group_leave (change, link, NLV_GROUPS_IPV6, &group);
}

/* __ipv6_dev_ac_inc() */
static void
join_anycast (NlvChange *change, NlvLink *link, const NlvAddress *address)
{
  NlvMembership group;
  NlvIp anycast;
  NlvRoute route;

  if (!anycast_of (address, &anycast) || !nlv_group_enter (change, link, NLV_GROUPS_ANYCAST, &anycast, &group))
    return;
  route = nlv_ipv6_kernel_route (change->network, link, RTN_ANYCAST, &anycast, 128, 0);
  nlv_ipv6_add_route (change, &route);
  nlv_addrconf_join_solicited (change, link, &anycast);
  nlv_group_event (change, link, NLV_GROUPS_ANYCAST, &group, TRUE);
}

static void
delete_same_route (NlvChange *change, NlvRoute *like)
{
  NlvFibCursor cursor;
  const NlvRoute *route = nlv_ipv6_find_route (change->network, &cursor, like);

  if (route != NULL)
    nlv_ipv6_delete_route (change, &cursor, route);
  nlv_route_clear (like);
}

/* __ipv6_dev_ac_dec() */
static void
leave_anycast (NlvChange *change, NlvLink *link, const NlvAddress *address)
{
  NlvMembership group;
  NlvIp anycast;
  NlvRoute route;

  if (!anycast_of (address, &anycast) || !nlv_group_drop (change, link, NLV_GROUPS_ANYCAST, &anycast, &group))
    return;
  nlv_addrconf_leave_solicited (change, link, &anycast);
  route = nlv_ipv6_kernel_route (change->network, link, RTN_ANYCAST, &anycast, 128, 0);
  delete_same_route (change, &route);
  nlv_group_event (change, link, NLV_GROUPS_ANYCAST, &group, FALSE);
}

/* __ipv6_ifa_notify() of an address that is new */
static void
bring_up (NlvChange *change, NlvLink *link, const NlvAddress *address)
{
  NlvRoute route = nlv_ipv6_local_route (change->network, link, address);

  nlv_ipv6_add_route (change, &route);
  if (forwards (link))
    join_anycast (change, link, address);
  if (has_peer (address))
    nlv_addrconf_add_prefix_route (change, link, address, &address->peer, 128, 0);
}

/* The same of one that goes. */
static void
take_down (NlvChange *change, NlvLink *link, const NlvAddress *address)
{
  const NlvRoute *peer;
  NlvFibCursor cursor;
  NlvRoute route;

  if (forwards (link))
    leave_anycast (change, link, address);
  nlv_addrconf_leave_solicited (change, link, &address->local);
  if (has_peer (address))
    {
      peer = nlv_ipv6_find_prefix_route (change->network, &cursor, link, &address->peer, 128, FALSE);
      if (peer != NULL)
        nlv_ipv6_delete_route (change, &cursor, peer);
    }
  route = nlv_ipv6_local_route (change->network, link, address);
  delete_same_route (change, &route);
}

void
nlv_addrconf_notify (NlvChange *change, NlvAddress *address, guint16 type)
{
  NlvLink *link = nlv_network_find_link (change->network, address->link);

  if (link == NULL)
    return;
  send_event (change, address, RTM_NEWADDR);
  if (type == RTM_NEWADDR)
    bring_up (change, link, address);
}

/* --- adding --------------------------------------------------------------------------- */

static gboolean
is_vrf (const NlvLink *link)
{
  return g_strcmp0 (link->kind, "vrf") == 0;
}

static int
check_address (NlvChange *change, const NlvLink *link, const NlvAddress *config)
{
  if (nlv_ip_is_any (&config->local, AF_INET6))
    return nlv_change_refuse (change, -EADDRNOTAVAIL, "ipv6: Invalid address");
  if (nlv_ipv6_is_multicast (&config->local) && (config->flags & IFA_F_MCAUTOJOIN) == 0)
    return nlv_change_refuse (change, -EADDRNOTAVAIL,
                              "ipv6: Cannot assign multicast address without \"IFA_F_MCAUTOJOIN\" flag");
  /* IPV6_ADDR_LOOPBACK is also the scope of groups of the interface alone. */
  if ((link->flags & IFF_LOOPBACK) == 0 && !is_vrf (link) && nlv_ipv6_scope (&config->local) == RT_SCOPE_HOST)
    return nlv_change_refuse (change, -EADDRNOTAVAIL, "ipv6: Cannot assign loopback address on this device");
  if (nlv_ipv6_is_disabled (link))
    return nlv_change_refuse (change, -EACCES, "ipv6: IPv6 is disabled on this device");
  return 0;
}

int
nlv_addrconf_add (NlvChange *change, NlvLink *link, const NlvAddress *config, NlvAddress **added)
{
  NlvAddress row = *config;
  int error = check_address (change, link, config);

  if (error < 0)
    return error;
  row.family = AF_INET6;
  row.link = link->index;
  row.scope = nlv_ipv6_scope (&row.local);
  if (nlv_ip_is_any (&row.peer, AF_INET6))
    row.peer = row.local;
  if ((row.flags & IFA_F_NODAD) == 0)
    row.flags |= IFA_F_TENTATIVE;
  row.created = row.updated = (guint32) change->now;
  row.check = NLV_CHECK_BEGINS;
  nlv_groups_begin (change->network, link, NLV_GROUPS_IPV6, (link->flags & IFF_UP) != 0);
  *added = nlv_network_add_address (change->network, &row);
  return *added != NULL ? 0 : -EEXIST;
}

static NlvAddress
permanent (const NlvIp *ip, guint8 length, guint8 protocol, guint32 flags)
{
  return (NlvAddress){ .local = *ip,
                       .prefix_length = length,
                       .protocol = protocol,
                       .flags = flags | IFA_F_PERMANENT,
                       .preferred_lifetime = G_MAXUINT32,
                       .valid_lifetime = G_MAXUINT32 };
}

/* Nobody has asked for it, nobody is told why it cannot be. */
static NlvAddress *
add_quietly (NlvChange *change, NlvLink *link, const NlvAddress *config)
{
  NlvExtack *extack = change->extack;
  NlvAddress *address = NULL;

  change->extack = NULL;
  nlv_addrconf_add (change, link, config, &address);
  change->extack = extack;
  return address;
}

void
nlv_addrconf_add_unchecked (NlvChange *change, NlvLink *link, const NlvIp *ip, guint8 length, guint8 protocol)
{
  const NlvAddress config = permanent (ip, length, protocol, 0);
  NlvAddress *address = add_quietly (change, link, &config);

  if (address == NULL)
    return;
  address->flags &= ~(guint32) IFA_F_TENTATIVE;
  address->check = NLV_CHECK_DONE;
  nlv_network_touch_address (change->network, address);
  nlv_addrconf_notify (change, address, RTM_NEWADDR);
}

void
nlv_addrconf_add_link_local (NlvChange *change, NlvLink *link, const NlvIp *ip, guint32 flags)
{
  NlvAddress config = permanent (ip, 64, IFAPROT_KERNEL_LL, flags);
  NlvAddress *address;

  if (nlv_ipv6_allows_optimistic (link))
    config.flags |= IFA_F_OPTIMISTIC;
  address = add_quietly (change, link, &config);
  if (address == NULL)
    return;
  nlv_addrconf_add_prefix_route (change, link, address, &address->local, 64, 0);
  nlv_addrconf_dad_start (change, address);
}

/* --- removing ------------------------------------------------------------------------- */

/* Out of the link's list, and the rest with it. */
static void
steal (NlvChange *change, NlvLink *link, NlvAddress *address, NlvAddress *out)
{
  nlv_groups_begin (change->network, link, NLV_GROUPS_IPV6, (link->flags & IFF_UP) != 0);
  nlv_addrconf_forget (change->network, address);
  nlv_network_steal_address (change->network, address, out);
}

void
nlv_addrconf_delete (NlvChange *change, NlvAddress *address)
{
  NlvLink *link = nlv_network_find_link (change->network, address->link);
  NlvPrefixCleanup cleanup = NLV_PREFIX_STAYS;
  guint32 expires = 0;
  NlvAddress gone;

  if (link == NULL)
    return;
  if ((address->flags & (IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE)) == IFA_F_PERMANENT)
    cleanup = nlv_addrconf_check_prefix (change, address, &expires);
  steal (change, link, address, &gone);
  send_event (change, &gone, RTM_DELADDR);
  take_down (change, link, &gone);
  nlv_addrconf_clean_prefix (change, &gone, &gone.local, cleanup, expires);
  nlv_ipv6_remove_preferred_source (change->network, &gone.local);
  nlv_address_clear (&gone);
}

void
nlv_addrconf_lose (NlvChange *change, NlvAddress *address)
{
  NlvLink *link = nlv_network_find_link (change->network, address->link);
  NlvAddress gone;

  if (link == NULL)
    return;
  steal (change, link, address, &gone);
  send_event (change, &gone, RTM_DELADDR);
  take_down (change, link, &gone);
  nlv_address_clear (&gone);
}

void
nlv_addrconf_keep (NlvChange *change, NlvAddress *address)
{
  NlvLink *link = nlv_network_find_link (change->network, address->link);

  if (link == NULL)
    return;
  nlv_groups_begin (change->network, link, NLV_GROUPS_IPV6, TRUE);
  nlv_addrconf_stop_check (change->network, address);
  address->check = NLV_CHECK_BEGINS;
  if ((address->flags & IFA_F_NODAD) == 0)
    address->flags |= IFA_F_TENTATIVE;
  if (forwards (link))
    leave_anycast (change, link, address);
  nlv_addrconf_leave_solicited (change, link, &address->local);
  nlv_network_touch_address (change->network, address);
}

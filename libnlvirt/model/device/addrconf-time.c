/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What happens to IPv6 addresses with time: they are looked for on their link
 * before they are used, grow old, and go. */
#include "model/device/addrconf-route.h"
#include "model/device/addrconf.h"
#include "model/network-keys.h"
#include "model/rtnetlink/rtnetlink-private.h"
#include "model/timer.h"

#include <linux/ipv6.h>

/* Newer than the headers that this builds with. */
#define IF_RS_SENT 0x10

static void check (NlvChange *change, guint64 key);
static void age (NlvChange *change, guint64 key);

/* --- addresses that may be gone by then ------------------------------------------------- */

/* What finds an address again that may be gone by then. */
static guint64
address_key (const NlvAddress *address)
{
  return (guint64) address->link << 32 | (guint32) ((const NlvAddressNode *) address)->sequence;
}

static NlvAddress *
find_address (NlvNetwork *network, guint64 key)
{
  guint32 link = (guint32) (key >> 32);
  guint position = nlv_network_find_addresses (network, AF_INET6, link);
  NlvAddress *address;

  while ((address = nlv_network_get_link_address (network, AF_INET6, link, position++)) != NULL)
    if (address_key (address) == key)
      return address;
  return NULL;
}

void
nlv_addrconf_stop_check (NlvNetwork *network, const NlvAddress *address)
{
  nlv_network_cancel (network, check, address_key (address));
}

void
nlv_addrconf_forget (NlvNetwork *network, const NlvAddress *address)
{
  nlv_addrconf_stop_check (network, address);
  nlv_network_cancel (network, age, address_key (address));
}

/* --- duplicate address detection ---------------------------------------------------------- */

static void
check_after (NlvChange *change, const NlvAddress *address, guint64 milliseconds)
{
  nlv_network_schedule (change->network, check, address_key (address), change->now + milliseconds / 10);
}

void
nlv_addrconf_dad_start (NlvChange *change, NlvAddress *address)
{
  address->check = NLV_CHECK_BEGINS;
  check_after (change, address, 0);
}

/* addrconf_dad_kick(): the kernel waits for a random part of the delay, here it
 * is half of it. */
static void
kick (NlvChange *change, const NlvLink *link, NlvAddress *address)
{
  gint64 delay = nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_RTR_SOLICIT_DELAY);

  if ((address->flags & IFA_F_OPTIMISTIC) != 0)
    delay = 0;
  address->probes = (guint32) MAX (nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_DAD_TRANSMITS), 0);
  check_after (change, address, (guint64) CLAMP (delay, 0, G_MAXINT32) / 2);
}

/* ipv6_lonely_lladdr() */
static gboolean
is_lonely (NlvNetwork *network, const NlvAddress *address)
{
  guint position = nlv_network_find_addresses (network, AF_INET6, address->link);
  const NlvAddress *other;

  while ((other = nlv_network_get_link_address (network, AF_INET6, address->link, position++)) != NULL)
    if (other != address && other->scope == RT_SCOPE_LINK &&
        (other->flags & (IFA_F_PERMANENT | IFA_F_TENTATIVE | IFA_F_OPTIMISTIC | IFA_F_DADFAILED)) == IFA_F_PERMANENT)
      return FALSE;
  return TRUE;
}

gboolean
nlv_ipv6_accepts_ra (const NlvLink *link)
{
  gint64 accept = nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_ACCEPT_RA);

  return nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_FORWARDING) != 0 ? accept == 2 : accept != 0;
}

/* addrconf_dad_completed() */
static void
complete (NlvChange *change, NlvLink *link, NlvAddress *address)
{
  address->flags &= ~(guint32) (IFA_F_TENTATIVE | IFA_F_OPTIMISTIC | IFA_F_DADFAILED);
  address->check = NLV_CHECK_DONE;
  nlv_addrconf_stop_check (change->network, address);
  nlv_network_touch_address (change->network, address);
  nlv_addrconf_notify (change, address, RTM_NEWADDR);
  if (address->scope == RT_SCOPE_LINK && is_lonely (change->network, address) && nlv_ipv6_accepts_ra (link) &&
      nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_RTR_SOLICITS) != 0 && (link->flags & IFF_LOOPBACK) == 0)
    nlv_ipv6_set_flags (link, IF_RS_SENT, 0);
}

/* The links on which nobody is asked: addrconf_dad_begin(). */
static gboolean
needs_check (const NlvLink *link, const NlvAddress *address)
{
  return (link->flags & (IFF_NOARP | IFF_LOOPBACK)) == 0 &&
         nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_ACCEPT_DAD) >= 1 &&
         (address->flags & IFA_F_TENTATIVE) != 0 && (address->flags & IFA_F_NODAD) == 0;
}

/* addrconf_dad_begin(): without a link that is ready it is left as it is, until
 * nlv_addrconf_dad_run(). */
static void
begin (NlvChange *change, NlvLink *link, NlvAddress *address)
{
  address->check = NLV_CHECK_RUNS;
  nlv_addrconf_join_solicited (change, link, &address->local);
  if (!needs_check (link, address))
    complete (change, link, address);
  else if (!nlv_ipv6_is_ready (link) && (address->flags & IFA_F_TEMPORARY) != 0)
    nlv_addrconf_delete (change, address);
  else if (nlv_ipv6_is_ready (link))
    {
      if ((address->flags & IFA_F_OPTIMISTIC) != 0)
        {
          NlvRoute route = nlv_ipv6_local_route (change->network, link, address);

          nlv_ipv6_add_route (change, &route);
        }
      kick (change, link, address);
      if ((address->flags & IFA_F_OPTIMISTIC) != 0 &&
          nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_USE_OPTIMISTIC) != 0)
        nlv_addrconf_notify (change, address, RTM_NEWADDR);
    }
}

/* addrconf_dad_work(): nobody ever answers. */
static void
check (NlvChange *change, guint64 key)
{
  NlvAddress *address = find_address (change->network, key);
  NlvLink *link = address != NULL ? nlv_network_find_link (change->network, address->link) : NULL;

  if (link == NULL || address->check == NLV_CHECK_DONE)
    return;
  if (address->check == NLV_CHECK_BEGINS)
    begin (change, link, address);
  else if (!nlv_ipv6_is_ready (link))
    return;
  else if (address->probes == 0)
    complete (change, link, address);
  else
    {
      gint64 interval = nlv_link_get_setting (link, NLV_LINK_NDISC, NDTPA_RETRANS_TIME);

      address->probes--;
      check_after (change, address, (guint64) CLAMP (interval, 10, G_MAXINT32));
    }
}

void
nlv_addrconf_dad_run (NlvChange *change, NlvLink *link, gboolean restart)
{
  guint position = nlv_network_find_addresses (change->network, AF_INET6, link->index);
  NlvAddress *address;

  while ((address = nlv_network_get_link_address (change->network, AF_INET6, link->index, position++)) != NULL)
    {
      if (!restart && ((address->flags & IFA_F_TENTATIVE) == 0 || address->check != NLV_CHECK_RUNS))
        continue;
      if (restart)
        address->check = NLV_CHECK_BEGINS;
      kick (change, link, address);
    }
}

/* --- lifetimes ---------------------------------------------------------------------------- */

static guint64
end_of (const NlvAddress *address, guint32 lifetime)
{
  return lifetime == G_MAXUINT32 ? G_MAXUINT64 : address->updated + (guint64) lifetime * 100;
}

void
nlv_addrconf_watch_lifetime (NlvChange *change, NlvAddress *address)
{
  guint64 due = end_of (address, address->valid_lifetime);

  if ((address->flags & IFA_F_DEPRECATED) == 0)
    due = MIN (due, end_of (address, address->preferred_lifetime));
  if (due != G_MAXUINT64)
    nlv_network_schedule (change->network, age, address_key (address), due);
  else
    nlv_network_cancel (change->network, age, address_key (address));
}

/* addrconf_verify_rtnl() */
static void
age (NlvChange *change, guint64 key)
{
  NlvAddress *address = find_address (change->network, key);

  if (address == NULL)
    return;
  if (change->now >= end_of (address, address->valid_lifetime))
    {
      nlv_addrconf_delete (change, address);
      return;
    }
  if (change->now >= end_of (address, address->preferred_lifetime) && (address->flags & IFA_F_DEPRECATED) == 0)
    {
      address->flags |= IFA_F_DEPRECATED;
      nlv_network_touch_address (change->network, address);
      nlv_addrconf_notify (change, address, 0);
    }
  nlv_addrconf_watch_lifetime (change, address);
}

/* --- from the beginning --------------------------------------------------------------------- */

/* Where an address is that was there before: in the midst of its check, or kept
 * while its link is down. */
static void
begin_address (NlvChange *change, NlvLink *link, NlvAddress *address)
{
  NlvRoute local = nlv_ipv6_local_route (change->network, link, address);
  NlvFibCursor cursor;
  gboolean kept = (link->flags & IFF_UP) == 0 && (address->flags & IFA_F_PERMANENT) != 0 &&
                  nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_KEEP_ADDR_ON_DOWN) > 0 &&
                  nlv_ipv6_find_route (change->network, &cursor, &local) == NULL;

  nlv_route_clear (&local);
  nlv_addrconf_watch_lifetime (change, address);
  if (kept)
    address->check = NLV_CHECK_BEGINS;
  else if ((address->flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) == IFA_F_TENTATIVE)
    {
      address->check = needs_check (link, address) ? NLV_CHECK_RUNS : NLV_CHECK_BEGINS;
      if (address->check == NLV_CHECK_BEGINS)
        check_after (change, address, 0);
      else if (nlv_ipv6_is_ready (link))
        kick (change, link, address);
    }
}

void
nlv_addrconf_begin (NlvChange *change)
{
  NlvNetwork *network = change->network;

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    nlv_ipv6_set_flags (nlv_network_get_link (network, i), 0, 0);
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      NlvAddress *address = nlv_network_get_address (network, i);
      NlvLink *link = nlv_network_find_link (network, address->link);

      if (address->family == AF_INET6 && link != NULL)
        begin_address (change, link, address);
    }
}

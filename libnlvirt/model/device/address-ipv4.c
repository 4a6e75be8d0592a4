/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Each link's list of addresses: what is inserted where, what goes with what,
 * and whose time is over. */
#include "model/device/address-ipv4.h"

#include "model/device/connected-ipv4.h"
#include "model/device/device-fib.h"
#include "model/rtnetlink/rtnetlink-private.h"
#include "model/timer.h"

#include <errno.h>
#include <linux/if_addr.h>

/* IPV6ONLY_FLAGS */
#define IPV6_FLAGS                                                                                                     \
  (IFA_F_NODAD | IFA_F_OPTIMISTIC | IFA_F_DADFAILED | IFA_F_HOMEADDRESS | IFA_F_TENTATIVE | IFA_F_MANAGETEMPADDR |     \
   IFA_F_STABLE_PRIVACY)

/* IPV4_DEVCONF_PROMOTE_SECONDARIES less one */
#define PROMOTE_SECONDARIES 19

/* --- events ---------------------------------------------------------------------------- */

static void
tell (NlvChange *change, guint16 type, const NlvAddress *address, gboolean asked)
{
  NlvWriter writer;
  struct ifaddrmsg *header = nlv_event_begin (change, &writer, RTNLGRP_IPV4_IFADDR, type, 0, asked, sizeof *header);

  if (header == NULL)
    return;
  nlv_address_message (&writer, header, address, change->now);
  nlv_event_send (change, &writer, RTNLGRP_IPV4_IFADDR, asked);
}

void
nlv_inet_tell_address (NlvChange *change, const NlvAddress *address, gboolean asked)
{
  nlv_network_touch_address (change->network, address);
  tell (change, RTM_NEWADDR, address, asked);
}

/* --- lifetimes --------------------------------------------------------------------------- */

/* ADDR_CHECK_FREQUENCY, ADDRCONF_TIMER_FUZZ_MAX and _MINUS */
#define CHECK_EVERY 12000
#define CHECK_SOONEST 100
#define CHECK_FUZZ 2

static void check_lifetimes (NlvChange *change, guint64 key);

void
nlv_inet_watch_lifetimes (NlvNetwork *network, guint64 now)
{
  nlv_network_schedule (network, check_lifetimes, 0, now);
}

void
nlv_inet_set_lifetime (NlvChange *change, NlvAddress *address, guint32 valid, guint32 preferred)
{
  address->flags &= ~(guint32) (IFA_F_PERMANENT | IFA_F_DEPRECATED);
  address->valid_lifetime = valid;
  address->preferred_lifetime = valid == G_MAXUINT32 ? G_MAXUINT32 : preferred;
  if (valid == G_MAXUINT32)
    address->flags |= IFA_F_PERMANENT;
  if (preferred == 0)
    address->flags |= IFA_F_DEPRECATED;
  address->updated = (guint32) change->now;
  if (address->created == 0)
    address->created = address->updated;
  if ((address->flags & IFA_F_PERMANENT) == 0)
    nlv_inet_watch_lifetimes (change->network, change->now);
}

/* When a lifetime ends that it has, or G_MAXUINT64. */
static guint64
next_end (const NlvAddress *address)
{
  guint32 seconds = (address->flags & IFA_F_DEPRECATED) != 0 ? address->valid_lifetime : address->preferred_lifetime;

  if (address->family != AF_INET || (address->flags & IFA_F_PERMANENT) != 0 || seconds == G_MAXUINT32)
    return G_MAXUINT64;
  return address->updated + (guint64) seconds * 100;
}

static void
check_lifetime (NlvChange *change, NlvAddress *address)
{
  guint64 age = change->now + CHECK_FUZZ - MIN (change->now, address->updated);

  if (address->valid_lifetime != G_MAXUINT32 && age >= (guint64) address->valid_lifetime * 100)
    nlv_inet_remove_address (change, nlv_network_find_link (change->network, address->link), address, FALSE);
  else
    {
      address->flags |= IFA_F_DEPRECATED;
      nlv_inet_tell_address (change, address, FALSE);
    }
}

/* check_lifetime(). From the end, so that nothing moves that is still to be seen
 * when a secondary address goes with a primary one, or comes in its place. */
static void
check_lifetimes (NlvChange *change, guint64 key)
{
  NlvNetwork *network = change->network;
  guint64 next = G_MAXUINT64;

  for (guint i = nlv_network_get_n_addresses (network); i > 0; i--)
    {
      NlvAddress *address = nlv_network_get_address (network, i - 1);

      if (address != NULL && next_end (address) <= change->now + CHECK_FUZZ)
        check_lifetime (change, address);
    }
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    next = MIN (next, next_end (nlv_network_get_address (network, i)));
  if (next != G_MAXUINT64)
    nlv_inet_watch_lifetimes (network, CLAMP (next, change->now + CHECK_SOONEST, change->now + CHECK_EVERY));
}

/* --- the list ----------------------------------------------------------------------------- */

int
nlv_inet_insert_address (NlvChange *change, const NlvLink *link, NlvAddress *row, gboolean asked)
{
  const NlvAddress *primary = nlv_ipv4_find_primary (change->network, row);
  NlvAddress *address;

  if (nlv_network_find_address (change->network, row) != NULL)
    {
      nlv_address_clear (row);
      return -EEXIST;
    }
  if (primary != NULL && primary->scope != row->scope)
    {
      nlv_address_clear (row);
      return nlv_change_refuse (change, -EINVAL, "ipv4: Invalid scope value");
    }
  row->flags &= ~(guint32) IPV6_FLAGS;
  address = nlv_network_add_address (change->network, row);
  tell (change, RTM_NEWADDR, address, asked);
  nlv_fib_address_added (change, link, address);
  return 0;
}

/* Off the link, and what follows; others take no notice of it. */
static void
take_off (NlvChange *change, const NlvLink *link, NlvAddress *row, gboolean asked, gboolean dead)
{
  NlvAddress gone;

  nlv_network_steal_address (change->network, row, &gone);
  tell (change, RTM_DELADDR, &gone, asked);
  nlv_fib_address_removed (change, link, &gone, dead);
  nlv_address_clear (&gone);
}

/* The secondary addresses of a primary one's subnet. (element-type NlvAddress) */
static GPtrArray *
find_secondaries (NlvNetwork *network, const NlvAddress *primary)
{
  GPtrArray *found = g_ptr_array_new ();
  NlvAddress *at;

  for (guint i = nlv_network_find_addresses (network, AF_INET, primary->link);
       (at = nlv_network_get_link_address (network, AF_INET, primary->link, i)) != NULL; i++)
    if (at != primary && nlv_ipv4_same_subnet (at, primary))
      g_ptr_array_add (found, at);
  return found;
}

/* The first of the others becomes the primary one, and the routes of all prefer its
 * address. */
static void
promote (NlvChange *change, const NlvLink *link, NlvAddress *row, const GPtrArray *secondaries, gboolean asked)
{
  NlvAddress *heir = g_ptr_array_index (secondaries, 0);

  for (guint i = 0; i < secondaries->len; i++)
    nlv_ipv4_remove_routes (change, link, g_ptr_array_index (secondaries, i), row, FALSE);
  take_off (change, link, row, asked, FALSE);
  nlv_network_promote_address (change->network, heir);
  tell (change, RTM_NEWADDR, heir, asked);
  nlv_fib_address_added (change, link, heir);
  for (guint i = 1; i < secondaries->len; i++)
    nlv_ipv4_add_routes (change, link, g_ptr_array_index (secondaries, i));
}

void
nlv_inet_remove_address (NlvChange *change, const NlvLink *link, NlvAddress *row, gboolean asked)
{
  g_autoptr (GPtrArray) secondaries = NULL;

  if ((row->flags & IFA_F_SECONDARY) != 0)
    {
      take_off (change, link, row, asked, FALSE);
      return;
    }
  secondaries = find_secondaries (change->network, row);
  if (secondaries->len > 0 && nlv_link_get_setting (link, NLV_LINK_IPV4, PROMOTE_SECONDARIES) != 0)
    {
      promote (change, link, row, secondaries, asked);
      return;
    }
  for (guint i = 0; i < secondaries->len; i++)
    take_off (change, link, g_ptr_array_index (secondaries, i), asked, FALSE);
  take_off (change, link, row, asked, FALSE);
}

void
nlv_inet_remove_addresses (NlvChange *change, const NlvLink *link)
{
  NlvAddress *first;

  while ((first = nlv_network_get_link_address (change->network, AF_INET, link->index,
                                                nlv_network_find_addresses (change->network, AF_INET, link->index))) !=
         NULL)
    take_off (change, link, first, FALSE, TRUE);
}

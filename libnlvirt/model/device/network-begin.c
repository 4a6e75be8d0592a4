/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a network that was recorded, or written by hand, was waiting for: it goes on
 * when the network's time begins. */
#include "model/change/change-route-ipv6.h"
#include "model/device/addrconf.h"
#include "model/device/address-ipv4.h"
#include "model/network-private.h"

typedef void (*Beginner) (NlvChange *change);

static void
begin_ipv4 (NlvChange *change)
{
  for (guint i = 0; i < nlv_network_get_n_addresses (change->network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (change->network, i);

      if (address->family != AF_INET || (address->flags & IFA_F_PERMANENT) != 0)
        continue;
      nlv_inet_watch_lifetimes (change->network, change->now);
      return;
    }
}

static const Beginner beginners[] = {
  begin_ipv4,
  nlv_addrconf_begin,
  nlv_route_begin,
};

void
nlv_network_begin (NlvNetwork *network)
{
  NlvChange change;

  nlv_change_init (&change, network, network->globals.clock);
  for (guint i = 0; i < G_N_ELEMENTS (beginners); i++)
    beginners[i](&change);
}

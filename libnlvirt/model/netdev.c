/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The notifier chain. */
#include "model/netdev.h"

#include "model/bridge.h"
#include "model/change-neighbor.h"
#include "model/change-nexthop.h"
#include "model/device-addrconf.h"
#include "model/device-fib.h"
#include "model/device-filter.h"
#include "model/device-inet.h"
#include "model/device.h"
#include "model/stacked.h"

typedef void (*Notifier) (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

static const Notifier chain[] = {
  nlv_link_device_event,
  nlv_nexthop_device_event,
  nlv_inet_device_event,
  nlv_fib_device_event,
  nlv_arp_device_event,
  nlv_filter_device_event,
  /* drivers/net is linked before net/ipv6 and net/bridge, but vxlan is late_initcall(). */
  nlv_macvlan_device_event,
  nlv_addrconf_device_event,
  nlv_ndisc_device_event,
  nlv_bridge_device_event,
  nlv_vlan_device_event,
  nlv_vxlan_device_event,
  NULL,
};

void
nlv_netdev_notify (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  for (guint i = 0; chain[i] != NULL; i++)
    chain[i](change, link, event);
}

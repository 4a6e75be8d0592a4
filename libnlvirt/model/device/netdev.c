/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The notifier chain. */
#include "model/device/netdev.h"

#include "model/change/change-neighbor.h"
#include "model/change/change-nexthop.h"
#include "model/device/bridge.h"
#include "model/device/device-addrconf.h"
#include "model/device/device-fib.h"
#include "model/device/device-filter.h"
#include "model/device/device-inet.h"
#include "model/device/device.h"
#include "model/device/stacked.h"

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
  nlv_bridge_device_event,
  nlv_vlan_device_event,
  nlv_vxlan_device_event,
  nlv_ndisc_device_event, /* its priority is lower */
  NULL,
};

void
nlv_netdev_notify (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  for (guint i = 0; chain[i] != NULL; i++)
    chain[i](change, link, event);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The drivers by kind, and what they do with their links. */
#include "model/device/device-driver.h"
#include "model/link-settings.h"

#include <errno.h>
#include <linux/if_arp.h>

static NlvLink *
find_lower (NlvChange *change, const NlvLink *link)
{
  if (!link->has_lower || link->lower_netns >= 0)
    return NULL;
  return nlv_network_find_link (change->network, link->lower);
}

/* veth_open(). A peer in another namespace is not to be seen: it is taken for
 * one that is up if it ever was. */
static int
open_veth (NlvChange *change, NlvLink *link)
{
  NlvLink *peer = find_lower (change, link);

  /* Made, but not yet tied to its peer; or the peer is on its way out. */
  if (peer == NULL && link->has_lower && link->lower_netns < 0)
    return -ENOTCONN;
  if (peer == NULL)
    nlv_link_set_carrier (change, link, link->carrier || link->carrier_up_count > 0);
  else if (nlv_link_is_up (peer))
    {
      nlv_link_set_carrier (change, link, TRUE);
      nlv_link_set_carrier (change, peer, TRUE);
    }
  return 0;
}

/* veth_close() */
static void
stop_veth (NlvChange *change, NlvLink *link)
{
  NlvLink *peer = find_lower (change, link);

  nlv_link_set_carrier (change, link, FALSE);
  if (peer != NULL)
    nlv_link_set_carrier (change, peer, FALSE);
}

/* dummy_change_carrier() */
static int
change_dummy_carrier (NlvChange *change, NlvLink *link, gboolean carrier)
{
  nlv_link_set_carrier (change, link, carrier);
  return 0;
}

/* tun_net_change_carrier(): it takes a program at the other end, which is not to be
 * seen. One that has a carrier has that program, and keeps it. */
static int
change_tun_carrier (NlvChange *change, NlvLink *link, gboolean carrier)
{
  if (carrier && !link->carrier && !link->is_held)
    return -EPERM;
  link->is_held |= link->carrier != 0;
  nlv_link_set_carrier (change, link, carrier);
  return 0;
}

/* wg_open(): it makes no address by itself, and sends nobody elsewhere. */
static int
open_wireguard (NlvChange *change, NlvLink *link)
{
  if (nlv_link_has_ipv4 (link))
    nlv_link_set_setting (link, NLV_LINK_IPV4, NLV_IPV4_SEND_REDIRECTS, 0);
  if (nlv_link_has_ipv6 (link))
    link->address_generation = IN6_ADDR_GEN_MODE_NONE;
  return 0;
}

#define FIXED 0
#define QUIET NLV_DEVICE_ADDRESS
#define LIVE (NLV_DEVICE_ADDRESS | NLV_DEVICE_LIVE_ADDRESS)

#define MACVLAN                                                                                                        \
  .open = nlv_macvlan_open, .stop = nlv_macvlan_stop, .change_rx_flags = nlv_macvlan_change_rx_flags,                  \
  .uninit = nlv_macvlan_uninit, .set_address = nlv_macvlan_set_address, .change_mtu = nlv_macvlan_change_mtu

/* Hardware, most of which takes another address at any time. */
static const NlvDeviceDriver hardware = { NULL, LIVE };

static const NlvDeviceDriver drivers[] = {
  { "bond", LIVE },
  { "bridge", LIVE, .open = nlv_bridge_open, .stop = nlv_bridge_stop, .set_address = nlv_bridge_set_address,
    .change_mtu = nlv_bridge_change_mtu },
  { "dummy", LIVE, .change_carrier = change_dummy_carrier },
  { "gre", FIXED },
  { "ifb", FIXED },
  { "ip6gre", FIXED },
  { "ip6tnl", FIXED },
  { "ipip", FIXED },
  { "ipvlan", FIXED },
  { "macvlan", LIVE | NLV_DEVICE_PROTOCOL_DOWN, MACVLAN },
  { "macvtap", LIVE | NLV_DEVICE_PROTOCOL_DOWN, MACVLAN },
  { "nlmon", FIXED },
  { "ppp", FIXED },
  { "sit", FIXED },
  { "tun", LIVE, .change_carrier = change_tun_carrier },
  { "vcan", FIXED },
  { "veth", LIVE, .open = open_veth, .stop = stop_veth },
  { "vlan", LIVE, .open = nlv_vlan_open, .stop = nlv_vlan_stop, .change_rx_flags = nlv_vlan_change_rx_flags,
    .set_address = nlv_vlan_set_address, .change_mtu = nlv_vlan_change_mtu },
  { "vrf", QUIET },
  { "vti", FIXED },
  { "vti6", FIXED },
  { "vxlan", LIVE | NLV_DEVICE_PROTOCOL_DOWN, .open = nlv_vxlan_open, .stop = nlv_vxlan_stop,
    .change_mtu = nlv_vxlan_change_mtu },
  { "wireguard", FIXED, .open = open_wireguard },
};

/* One without Ethernet: tun_netdev_ops. */
static const NlvDeviceDriver tunnel = { "tun", FIXED, .change_carrier = change_tun_carrier };

const NlvDeviceDriver *
nlv_link_get_driver (const NlvLink *link)
{
  if (g_strcmp0 (link->kind, tunnel.kind) == 0 && link->hardware_type != ARPHRD_ETHER)
    return &tunnel;
  for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
    if (g_strcmp0 (link->kind, drivers[i].kind) == 0)
      return &drivers[i];
  return &hardware;
}

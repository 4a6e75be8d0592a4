/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The drivers by kind, and what they do with their links. */
#include "model/device-driver.h"

#include <errno.h>

static NlvLink *
find_lower (NlvChange *change, const NlvLink *link)
{
  if (!link->has_lower || link->lower_netns >= 0)
    return NULL;
  return nlv_network_find_link (change->network, link->lower);
}

/* veth_open(). A peer in another namespace is not to be seen: it is taken for
 * one that is up. */
static int
open_veth (NlvChange *change, NlvLink *link)
{
  NlvLink *peer = find_lower (change, link);

  if (peer == NULL)
    nlv_link_set_carrier (change, link, TRUE);
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

/* macvlan_change_mtu() */
static int
change_macvlan_mtu (NlvChange *change, NlvLink *link, guint32 mtu)
{
  const NlvLink *lower = find_lower (change, link);

  return lower != NULL && mtu > lower->mtu ? -EINVAL : 0;
}

/* vlan_dev_change_mtu() */
static int
change_vlan_mtu (NlvChange *change, NlvLink *link, guint32 mtu)
{
  const NlvLink *lower = find_lower (change, link);

  return lower != NULL && mtu > lower->mtu ? -ERANGE : 0;
}

#define FIXED 0
#define QUIET NLV_DEVICE_ADDRESS
#define LIVE (NLV_DEVICE_ADDRESS | NLV_DEVICE_LIVE_ADDRESS)

/* Hardware, most of which takes another address at any time. */
static const NlvDeviceDriver hardware = { NULL, LIVE };

static const NlvDeviceDriver drivers[] = {
  { "bond", LIVE },
  { "bridge", LIVE },
  { "dummy", LIVE | NLV_DEVICE_CARRIER },
  { "gre", FIXED },
  { "ifb", FIXED },
  { "ip6gre", FIXED },
  { "ip6tnl", FIXED },
  { "ipip", FIXED },
  { "ipvlan", FIXED },
  { "macvlan", LIVE | NLV_DEVICE_PROTOCOL_DOWN, .change_mtu = change_macvlan_mtu },
  { "macvtap", LIVE | NLV_DEVICE_PROTOCOL_DOWN, .change_mtu = change_macvlan_mtu },
  { "nlmon", FIXED },
  { "ppp", FIXED },
  { "sit", FIXED },
  { "tun", LIVE | NLV_DEVICE_CARRIER },
  { "vcan", FIXED },
  { "veth", LIVE, .open = open_veth, .stop = stop_veth },
  { "vlan", LIVE, .change_mtu = change_vlan_mtu },
  { "vrf", QUIET },
  { "vti", FIXED },
  { "vti6", FIXED },
  { "vxlan", LIVE | NLV_DEVICE_PROTOCOL_DOWN },
  { "wireguard", FIXED },
};

const NlvDeviceDriver *
nlv_link_get_driver (const NlvLink *link)
{
  for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
    if (g_strcmp0 (link->kind, drivers[i].kind) == 0)
      return &drivers[i];
  return &hardware;
}

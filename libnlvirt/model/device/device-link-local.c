/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The IPv6 addresses that links are given by themselves: link-local ones, ::1,
 * and those that tunnels make of IPv4 addresses. */
#include "model/device/addrconf-route.h"
#include "model/device/addrconf.h"
#include "model/device/device-addrconf.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <linux/if_arp.h>
#include <linux/ipv6.h>
#include <string.h>

/* Newer than the headers that this builds with. */
#ifndef ARPHRD_RAWIP
#define ARPHRD_RAWIP 519
#endif
#ifndef ARPHRD_6LOWPAN
#define ARPHRD_6LOWPAN 825
#endif

static const NlvIp link_local = { .bytes = { 0xfe, 0x80 } };

/* --- identifiers ------------------------------------------------------------------------ */

/* addrconf_ifid_eui48() */
static void
make_eui48 (const guint8 *address, guint8 identifier[8])
{
  memcpy (identifier, address, 3);
  identifier[3] = 0xff;
  identifier[4] = 0xfe;
  memcpy (identifier + 5, address + 3, 3);
  identifier[0] ^= 0x02;
}

/* Addresses that are not the whole world's: __ipv6_isatap_ifid() */
static gboolean
is_special_ipv4 (const guint8 *ip)
{
  return ip[0] == 0 || ip[0] == 10 || ip[0] == 127 || (ip[0] == 169 && ip[1] == 254) ||
         (ip[0] == 172 && (ip[1] & 0xf0) == 16) || (ip[0] == 192 && ip[1] == 168) ||
         (ip[0] == 192 && ip[1] == 0 && ip[2] == 2) || (ip[0] == 192 && ip[1] == 88 && ip[2] == 99) ||
         (ip[0] == 198 && (ip[1] & 0xfe) == 18) || (ip[0] & 0xf0) == 224 ||
         (ip[0] == 255 && ip[1] == 255 && ip[2] == 255 && ip[3] == 255);
}

static gboolean
make_isatap (const guint8 *ip, guint8 identifier[8])
{
  const guint8 start[4] = { is_special_ipv4 (ip) ? 0x00 : 0x02, 0x00, 0x5e, 0xfe };

  if ((ip[0] | ip[1] | ip[2] | ip[3]) == 0)
    return FALSE;
  memcpy (identifier, start, 4);
  memcpy (identifier + 4, ip, 4);
  return TRUE;
}

gboolean
nlv_ipv6_generate_eui64 (const NlvLink *link, guint8 identifier[8])
{
  switch (link->hardware_type)
    {
      case ARPHRD_ETHER:
      case ARPHRD_FDDI:
        if (link->address_length != 6)
          return FALSE;
        make_eui48 (link->address, identifier);
        return TRUE;
      case ARPHRD_INFINIBAND:
        if (link->address_length != 20)
          return FALSE;
        memcpy (identifier, link->address + 12, 8);
        identifier[0] |= 0x02;
        return TRUE;
      case ARPHRD_IPGRE:
      case ARPHRD_TUNNEL:
        return make_isatap (link->address, identifier);
      case ARPHRD_TUNNEL6:
      case ARPHRD_IP6GRE:
      case ARPHRD_RAWIP:
        make_eui48 (link->permanent_address, identifier);
        return link->permanent_address_length > 0;
      default:
        return FALSE;
    }
}

/* ipv6_reserved_interfaceid() */
static gboolean
is_reserved (const guint8 identifier[8])
{
  static const guint8 none[8], ethernet[] = { 0x02, 0x00, 0x5e, 0xff, 0xfe }, anycast[] = { 0xfd, 0xff, 0xff, 0xff };

  return memcmp (identifier, none, sizeof none) == 0 || memcmp (identifier, ethernet, sizeof ethernet) == 0 ||
         memcmp (identifier, anycast, sizeof anycast) == 0;
}

/* In place of ipv6_generate_stable_address(), whose secret nobody tells: the same
 * for the same link each time. */
static void
make_stable (const NlvLink *link, guint8 identifier[8])
{
  guint8 round = 0;

  do
    {
      g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
      guint8 digest[20];
      gsize len = sizeof digest;

      g_checksum_update (checksum, link->address, sizeof link->address);
      g_checksum_update (checksum, (const guchar *) &link->index, sizeof link->index);
      g_checksum_update (checksum, &round, 1);
      g_checksum_get_digest (checksum, digest, &len);
      memcpy (identifier, digest, 8);
      round++;
    }
  while (is_reserved (identifier));
}

/* --- addresses -------------------------------------------------------------------------- */

/* addrconf_add_dev() */
gboolean
nlv_addrconf_add_device (NlvChange *change, const NlvLink *link)
{
  if (nlv_ipv6_is_disabled (link))
    return FALSE;
  if ((link->flags & IFF_LOOPBACK) == 0 && g_strcmp0 (link->kind, "vrf") != 0)
    nlv_ipv6_add_multicast_route (change, link);
  return TRUE;
}

static void
add_link_local_route (NlvChange *change, const NlvLink *link)
{
  NlvRoute route = nlv_ipv6_kernel_route (change->network, link, RTN_UNICAST, &link_local, 64, NLV_IPV6_PREFIX_METRIC);

  nlv_ipv6_add_route (change, &route);
}

/* addrconf_addr_gen() */
static void
add_link_local (NlvChange *change, NlvLink *link, gboolean prefix_route)
{
  gboolean stable = FALSE, made = FALSE;
  NlvIp ip = link_local;

  if (g_strcmp0 (link->kind, "vrf") == 0)
    return;
  if (link->address_generation == IN6_ADDR_GEN_MODE_NONE)
    return;
  if (link->address_generation == IN6_ADDR_GEN_MODE_EUI64)
    made = nlv_ipv6_generate_eui64 (link, ip.bytes + 8);
  else
    {
      make_stable (link, ip.bytes + 8);
      made = stable = TRUE;
    }
  if (made)
    nlv_addrconf_add_link_local (change, link, &ip, stable ? IFA_F_STABLE_PRIVACY : 0);
  else if (prefix_route)
    add_link_local_route (change, link);
}

static void
add_of_ipv4 (NlvChange *change, NlvLink *link, const NlvIp *ip, guint8 length)
{
  NlvRoute route;

  nlv_addrconf_add_unchecked (change, link, ip, length, IFAPROT_UNSPEC);
  route = nlv_ipv6_kernel_route (change->network, link, RTN_UNICAST, ip, length, NLV_IPV6_PREFIX_METRIC);
  nlv_ipv6_add_route (change, &route);
}

/* add_v4_addrs(): of the tunnel's own IPv4 address, or of all that this host has. */
static void
add_ipv4_addresses (NlvChange *change, NlvLink *link)
{
  gboolean point_to_point = (link->flags & IFF_POINTOPOINT) != 0;
  gboolean compatible = !point_to_point && link->hardware_type == ARPHRD_SIT;
  NlvIp ip = compatible ? (NlvIp){ 0 } : link_local;
  guint8 length = compatible ? 96 : 64;
  g_autoptr (GArray) own = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (!compatible && link->address_generation == IN6_ADDR_GEN_MODE_NONE)
    return;
  memcpy (&ip.words[3], link->address, 4);
  if (ip.words[3] != 0)
    {
      add_of_ipv4 (change, link, &ip, length);
      return;
    }
  for (guint i = 0; i < nlv_network_get_n_addresses (change->network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (change->network, i);
      const NlvLink *other = nlv_network_find_link (change->network, address->link);

      if (address->family == AF_INET && other != NULL && (other->flags & IFF_UP) != 0 &&
          address->scope != RT_SCOPE_LINK && (address->scope < RT_SCOPE_HOST || !point_to_point))
        g_array_append_val (own, address->local.v4);
    }
  for (guint i = 0; i < own->len; i++)
    {
      ip.words[3] = g_array_index (own, guint32, i);
      add_of_ipv4 (change, link, &ip, length);
    }
}

/* addrconf_sit_config() */
static void
configure_sit (NlvChange *change, NlvLink *link)
{
  add_ipv4_addresses (change, link);
  if ((link->flags & IFF_POINTOPOINT) != 0)
    nlv_ipv6_add_multicast_route (change, link);
}

/* addrconf_gre_config() */
static void
configure_gre (NlvChange *change, NlvLink *link)
{
  static const guint8 none[4];

  if (!nlv_addrconf_add_device (change, link))
    return;
  if (memcmp (link->address, none, sizeof none) == 0 && link->address_generation == IN6_ADDR_GEN_MODE_EUI64)
    add_ipv4_addresses (change, link);
  else
    add_link_local (change, link, TRUE);
}

/* The devices that addrconf_dev_config() knows. */
static gboolean
is_configurable (guint16 hardware_type)
{
  static const guint16 types[] = { ARPHRD_ETHER,    ARPHRD_FDDI,    ARPHRD_ARCNET, ARPHRD_INFINIBAND,
                                   ARPHRD_IEEE1394, ARPHRD_TUNNEL6, ARPHRD_IP6GRE, ARPHRD_TUNNEL,
                                   ARPHRD_NONE,     ARPHRD_RAWIP,   ARPHRD_6LOWPAN };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (types[i] == hardware_type)
      return TRUE;
  return FALSE;
}

/* addrconf_dev_config() */
static void
configure (NlvChange *change, NlvLink *link)
{
  if (!is_configurable (link->hardware_type) || !nlv_addrconf_add_device (change, link))
    return;
  if (link->hardware_type == ARPHRD_NONE && link->address_generation == IN6_ADDR_GEN_MODE_EUI64)
    nlv_ipv6_set_generation (link, IN6_ADDR_GEN_MODE_RANDOM);
  add_link_local (change, link, FALSE);
}

void
nlv_addrconf_init_addresses (NlvChange *change, NlvLink *link)
{
  static const NlvIp loopback = { .bytes = { [15] = 1 } };

  switch (link->hardware_type)
    {
      case ARPHRD_SIT:
        configure_sit (change, link);
        break;
      case ARPHRD_IPGRE:
        configure_gre (change, link);
        break;
      case ARPHRD_LOOPBACK:
        nlv_addrconf_add_unchecked (change, link, &loopback, 128, IFAPROT_KERNEL_LO);
        break;
      default:
        configure (change, link);
        break;
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The addresses, routes and rules that the kernel makes out of what a person
 * states. */
#include "model/device/consequences.h"
#include "model/device/addrconf-route.h"
#include "model/device/addrconf.h"
#include "model/device/device-addrconf.h"

#include "model/device/connected-ipv4.h"

#include <arpa/inet.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <string.h>

/* --- addresses ---------------------------------------------------------------- */

static const NlvIp any;

static gboolean
is_any (const NlvIp *ip, guint8 family)
{
  return memcmp (ip->bytes, any.bytes, family == AF_INET ? 4 : 16) == 0;
}

static gboolean
equal_ips (const NlvIp *a, const NlvIp *b, guint8 family)
{
  return memcmp (a->bytes, b->bytes, family == AF_INET ? 4 : 16) == 0;
}

static guint32
ipv4_mask (guint prefix_length)
{
  return prefix_length == 0 ? 0 : g_htonl (G_MAXUINT32 << (32 - MIN (prefix_length, 32)));
}

/* IPv4: what ip-address(8) asks for. */
static guint8
natural_scope (const NlvAddress *address)
{
  if (address->family == AF_INET6)
    return nlv_ipv6_scope (&address->local);
  return address->local.bytes[0] == 127 ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
}

void
nlv_address_fill (NlvAddress *address, const NlvLink *link)
{
  gboolean has_peer;

  if (is_any (&address->peer, address->family))
    address->peer = address->local;
  has_peer = !equal_ips (&address->peer, &address->local, address->family);
  if (address->preferred_lifetime == 0 && address->valid_lifetime == 0)
    address->preferred_lifetime = address->valid_lifetime = G_MAXUINT32;
  if (address->valid_lifetime == G_MAXUINT32)
    address->flags |= IFA_F_PERMANENT;
  if (address->scope == RT_SCOPE_UNIVERSE)
    address->scope = natural_scope (address);
  if (address->family != AF_INET)
    {
      address->flags &= ~(guint32) IFA_F_TENTATIVE;
      if ((link->flags & IFF_LOOPBACK) && address->scope == RT_SCOPE_HOST)
        address->protocol = IFAPROT_KERNEL_LO;
      return;
    }
  if (address->label[0] == '\0')
    g_strlcpy (address->label, link->name, sizeof address->label);
  if (!address->has_broadcast && !has_peer && address->prefix_length <= 30 && (link->flags & IFF_BROADCAST))
    {
      address->broadcast.v4 = address->local.v4 | ~ipv4_mask (address->prefix_length);
      address->has_broadcast = TRUE;
    }
}

gboolean
nlv_address_init_link_local (NlvAddress *address, const NlvLink *link)
{
  *address = (NlvAddress){ .family = AF_INET6,
                           .prefix_length = 64,
                           .link = link->index,
                           .protocol = IFAPROT_KERNEL_LL,
                           .local.bytes = { 0xfe, 0x80 } };
  if (!nlv_ipv6_generate_eui64 (link, address->local.bytes + 8))
    return FALSE;
  nlv_address_fill (address, link);
  return TRUE;
}

/* --- routes --------------------------------------------------------------------- */

/* addrconf_add_mroute(): when a link gets carrier, or an address. */
static void
derive_multicast (NlvChange *change)
{
  NlvNetwork *network = change->network;
  g_autoptr (GHashTable) with_address = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);

      if (address->family == AF_INET6)
        g_hash_table_add (with_address, GUINT_TO_POINTER (address->link));
    }
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);

      if ((link->flags & (IFF_UP | IFF_LOOPBACK | IFF_SLAVE)) == IFF_UP &&
          (link->carrier || g_hash_table_contains (with_address, GUINT_TO_POINTER (link->index))))
        nlv_ipv6_add_multicast_route (change, link);
    }
}

void
nlv_network_derive_routes (NlvNetwork *network)
{
  NlvChange change;

  nlv_change_init (&change, network, 0);
  derive_multicast (&change);
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      const NlvLink *link = nlv_network_find_link (network, address->link);

      if (link == NULL)
        continue;
      if (address->family == AF_INET6)
        nlv_addrconf_add_routes (&change, link, address);
      else
        nlv_ipv4_add_routes (&change, link, address);
    }
}

/* --- rules ---------------------------------------------------------------------- */

void
nlv_network_add_default_rules (NlvNetwork *network)
{
  static const struct
  {
    guint8 family;
    guint32 priority, table;
  } rules[] = {
    { AF_INET, 0, RT_TABLE_LOCAL },
    { AF_INET, 32766, RT_TABLE_MAIN },
    { AF_INET, 32767, RT_TABLE_DEFAULT },
    { RTNL_FAMILY_IPMR, 32767, RT_TABLE_DEFAULT },
    { RTNL_FAMILY_IP6MR, 32767, RT_TABLE_MAIN }, /* RT6_TABLE_DFLT */
    { AF_INET6, 0, RT_TABLE_LOCAL },
    { AF_INET6, 32766, RT_TABLE_MAIN },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      NlvRule rule = { .family = rules[i].family,
                       .action = FR_ACT_TO_TBL,
                       .table = rules[i].table,
                       .priority = rules[i].priority,
                       .protocol = RTPROT_KERNEL,
                       .suppress_prefix_length = G_MAXUINT32,
                       .suppress_group = G_MAXUINT32 };

      nlv_network_add_rule (network, &rule);
    }
}

/* --- the loopback ----------------------------------------------------------------- */

void
nlv_network_add_loopback_addresses (NlvNetwork *network, const NlvLink *link)
{
  NlvAddress ipv4 = { .family = AF_INET, .prefix_length = 8, .link = link->index, .local.bytes = { 127, 0, 0, 1 } };
  NlvAddress ipv6 = { .family = AF_INET6, .prefix_length = 128, .link = link->index, .local.bytes = { [15] = 1 } };

  nlv_address_fill (&ipv4, link);
  nlv_address_fill (&ipv6, link);
  nlv_network_add_address (network, &ipv4);
  nlv_network_add_address (network, &ipv6);
}

NlvNetwork *
nlv_network_new_loopback (void)
{
  NlvNetwork *network = nlv_network_new ();
  NlvLink link;

  nlv_link_init_like_kernel (&link, "lo", NULL);
  link.index = 1;
  nlv_link_set_up (&link, TRUE, TRUE);
  nlv_network_add_loopback_addresses (network, nlv_network_add_link (network, &link));
  nlv_network_derive_routes (network);
  nlv_network_add_default_rules (network);
  return network;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which of its own addresses the kernel would send from. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <netinet/in.h>
#include <string.h>

gboolean
nlv_ipv4_is_multicast (guint32 ip)
{
  return IN_MULTICAST (g_ntohl (ip));
}

gboolean
nlv_ipv4_is_local_multicast (guint32 ip)
{
  return (g_ntohl (ip) & 0xffffff00) == 0xe0000000;
}

gboolean
nlv_ipv4_is_loopback (guint32 ip)
{
  return g_ntohl (ip) >> 24 == 127;
}

guint32
nlv_address_link_ipv4 (NlvNetwork *network, guint32 ip)
{
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      if (address->family == AF_INET && address->local.v4 == ip)
        return address->link;
    }
  return 0;
}

gboolean
nlv_link_routes_loopback (const NlvLink *link)
{
  return nlv_link_get_setting (link, NLV_LINK_IPV4, NLV_IPV4_ROUTE_LOCALNET) != 0;
}

gboolean
nlv_link_listens_to (NlvNetwork *network, const NlvLink *link, guint32 group)
{
  g_autoptr (GArray) groups = nlv_link_get_groups (network, link, NLV_GROUPS_IPV4);

  for (guint i = 0; i < groups->len; i++)
    if (g_array_index (groups, NlvMembership, i).ip.v4 == group)
      return TRUE;
  return FALSE;
}

/* An address of a link, or within a loopback subnet. */
guint32
nlv_local_link_ipv4 (NlvNetwork *network, const NlvIp *ip)
{
  const NlvFlow flow = { .family = AF_INET, .destination = *ip };
  guint32 link = nlv_address_link_ipv4 (network, ip->v4);
  NlvLookup lookup = { 0 };

  if (link != 0)
    return link;
  if (nlv_lookup_table (network, &flow, RT_TABLE_LOCAL, &lookup) < 0 || lookup.route.type != RTN_LOCAL ||
      lookup.route.n_nexthops == 0)
    return 0;
  return lookup.route.nexthops[lookup.nexthop].link;
}

static guint32
select_on_link (NlvNetwork *network, guint32 link, guint32 toward, guint8 scope)
{
  const NlvLink *found = nlv_network_find_link (network, link);
  guint8 widest = found != NULL && nlv_link_routes_loopback (found) ? RT_SCOPE_LINK : RT_SCOPE_HOST;
  const NlvIp wanted = { .v4 = toward };
  guint32 first = 0;

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      if (address->family != AF_INET || address->link != link || (address->flags & IFA_F_SECONDARY) != 0 ||
          MIN (address->scope, widest) > scope)
        continue;
      if (toward == 0 || nlv_ip_in_prefix (&wanted, &address->peer, address->prefix_length, AF_INET))
        return address->local.v4;
      if (first == 0)
        first = address->local.v4;
    }
  return first;
}

/* A position in for_each_netdev(). */
static guint64
age_of_link (NlvNetwork *network, guint32 index)
{
  const NlvLink *link = nlv_network_find_link (network, index);

  return link != NULL ? link->sequence : G_MAXUINT64;
}

/* Failing the link itself, an address of the oldest link that has one will do. */
guint32
nlv_select_source_ipv4 (NlvNetwork *network, guint32 link, guint32 toward, guint8 scope)
{
  guint32 found = select_on_link (network, link, toward, scope);
  guint64 oldest = G_MAXUINT64;

  if (found != 0)
    return found;
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      if (address->family != AF_INET || (address->flags & IFA_F_SECONDARY) != 0 || address->scope == RT_SCOPE_LINK ||
          address->scope > scope)
        continue;
      guint64 age = age_of_link (network, address->link);
      if (age < oldest)
        {
          oldest = age;
          found = address->local.v4;
        }
    }
  return found;
}

gboolean
nlv_ipv6_is_multicast (const NlvIp *ip)
{
  return ip->bytes[0] == 0xff;
}

gboolean
nlv_ipv6_is_link_local (const NlvIp *ip)
{
  return ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

gboolean
nlv_ipv6_is_loopback (const NlvIp *ip)
{
  static const NlvIp loopback = { .bytes = { [15] = 1 } };

  return nlv_ip_equal (ip, &loopback, AF_INET6);
}

/* __ipv6_addr_src_scope() of its address type */
static int
ipv6_scope (const NlvIp *ip)
{
  if (nlv_ip_is_any (ip, AF_INET6))
    return 0;
  if (nlv_ipv6_is_multicast (ip))
    return ip->bytes[1] & 0x0f;
  if (nlv_ipv6_is_link_local (ip) || nlv_ipv6_is_loopback (ip))
    return 2;
  if (ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0xc0)
    return 5;
  return 14;
}

static gboolean
is_orchid (const NlvIp *ip)
{
  static const NlvIp prefix = { .bytes = { 0x20, 0x01, 0x00, 0x10 } };

  return nlv_ip_in_prefix (ip, &prefix, 28, AF_INET6);
}

static int
common_bits (const NlvIp *a, const NlvIp *b)
{
  int bits = 0;

  while (bits < 128 && ((a->bytes[bits / 8] ^ b->bytes[bits / 8]) & (0x80 >> bits % 8)) == 0)
    bits++;
  return bits;
}

/* Rules 1 to 8 of RFC 6724, as ipv6_get_saddr_eval() weighs them, the
 * weightiest first; among equals, the oldest link. */
#define N_SCORES 9

static void
score_source (NlvNetwork *network, const NlvAddress *address, guint32 link, const NlvIp *destination,
              gint64 scores[N_SCORES])
{
  const NlvIp *ip = &address->local;
  int scope = ipv6_scope (ip), wanted = ipv6_scope (destination);
  gboolean loopback = nlv_ipv6_is_loopback (ip);

  scores[0] = nlv_ip_equal (ip, destination, AF_INET6);
  scores[1] = scope >= wanted ? -scope : scope - 128;
  scores[2] = loopback || (address->flags & (IFA_F_DEPRECATED | IFA_F_OPTIMISTIC)) == 0;
  scores[3] = link == 0 || address->link == link;
  /* IPV6_SADDR_RULE_LABEL: the destination's label is that on the way out. */
  scores[4] = nlv_address_label (network, ip, address->link) == nlv_address_label (network, destination, link);
  scores[5] = (address->flags & IFA_F_TEMPORARY) == 0;
  scores[6] = is_orchid (ip) == is_orchid (destination);
  scores[7] = MIN (common_bits (ip, destination), address->prefix_length);
  scores[8] = -(gint64) age_of_link (network, address->link);
}

static gboolean
is_better (const gint64 a[N_SCORES], const gint64 b[N_SCORES])
{
  for (guint i = 0; i < N_SCORES; i++)
    if (a[i] != b[i])
      return a[i] > b[i];
  return FALSE;
}

gboolean
nlv_select_source_ipv6 (NlvNetwork *network, guint32 link, const NlvIp *destination, NlvIp *source)
{
  gboolean only_link = link != 0 && (nlv_ipv6_is_multicast (destination) || ipv6_scope (destination) <= 2);
  gboolean found = FALSE;
  gint64 best[N_SCORES], scores[N_SCORES];

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      if (address->family != AF_INET6 || (only_link && address->link != link))
        continue;
      if ((address->flags & IFA_F_TENTATIVE) != 0 && (address->flags & IFA_F_OPTIMISTIC) == 0)
        continue;
      score_source (network, address, link, destination, scores);
      if (found && !is_better (scores, best))
        continue;
      memcpy (best, scores, sizeof best);
      *source = address->local;
      found = TRUE;
    }
  return found;
}

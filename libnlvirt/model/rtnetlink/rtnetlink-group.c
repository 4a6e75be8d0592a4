/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETMULTICAST and RTM_GETANYCAST: the groups that a link is in, which are
 * those that every link joins by itself unless it is said otherwise.
 * inet_dump_ifmcaddr(), in6_dump_addrs(). */
#include "model/device/device-group.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

static void
add_group (GArray *groups, const guint8 *bytes, gsize size)
{
  NlvMembership group = { 0 };

  memcpy (group.ip.bytes, bytes, size);
  for (guint i = 0; i < groups->len; i++)
    if (memcmp (&g_array_index (groups, NlvMembership, i).ip, &group.ip, sizeof group.ip) == 0)
      return;
  g_array_append_val (groups, group);
}

/* Those of the addresses that a link answers for: pndisc_constructor(). */
static void
find_proxy_groups (NlvNetwork *network, const NlvLink *link, GArray *groups)
{
  for (guint i = nlv_network_get_n_neighbors (network); i > 0; i--)
    {
      const NlvNeighbor *row = nlv_network_get_neighbor (network, i - 1);
      NlvIp group = nlv_ipv6_solicited_node (&row->destination);

      if (row->family == AF_INET6 && row->proxy && row->link == link->index)
        add_group (groups, group.bytes, 16);
    }
}

/* The solicited-node groups of the link's addresses, the newest first, then
 * all nodes of the link and of the interface: addrconf_join_solict(),
 * ipv6_mc_init_dev(). */
static void
find_ipv6_groups (NlvNetwork *network, const NlvLink *link, GArray *groups)
{
  static const guint8 all_link[16] = { 0xff, 0x02, [15] = 1 };
  static const guint8 all_interface[16] = { 0xff, 0x01, [15] = 1 };
  static const guint8 all_snoopers[16] = { 0xff, 0x02, [15] = 0x6a };

  find_proxy_groups (network, link, groups);
  for (guint i = nlv_network_get_n_addresses (network); i > 0; i--)
    {
      const NlvAddress *address = nlv_network_get_address (network, i - 1);
      NlvIp solicited;

      if (address->family != AF_INET6 || address->link != link->index ||
          (link->flags & (IFF_LOOPBACK | IFF_NOARP)) != 0)
        continue;
      solicited = nlv_ipv6_solicited_node (&address->local);
      add_group (groups, solicited.bytes, 16);
    }
  if (g_strcmp0 (link->kind, "bridge") == 0 && (link->flags & IFF_UP) != 0)
    add_group (groups, all_snoopers, 16);
  add_group (groups, all_link, 16);
  add_group (groups, all_interface, 16);
}

GArray *
nlv_link_usual_groups (NlvNetwork *network, const NlvLink *link, NlvGroups which)
{
  static const guint8 all_hosts[4] = { 224, 0, 0, 1 };
  static const guint8 all_snoopers[4] = { 224, 0, 0, 106 };
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (NlvMembership));

  if (which == NLV_GROUPS_IPV6 && nlv_link_has_ipv6 (link))
    find_ipv6_groups (network, link, groups);
  else if (which == NLV_GROUPS_IPV4 && nlv_link_has_ipv4 (link) && (link->flags & IFF_UP) != 0)
    {
      add_group (groups, all_hosts, 4);
      if (g_strcmp0 (link->kind, "bridge") == 0)
        add_group (groups, all_snoopers, 4);
    }
  return groups;
}

GArray *
nlv_link_get_groups (NlvNetwork *network, const NlvLink *link, NlvGroups which)
{
  return link->groups[which] != NULL ? g_array_ref (link->groups[which]) : nlv_link_usual_groups (network, link, which);
}

/* IFA_SITE of ipv6_addr_scope() */
static guint8
scope_of (const NlvMembership *group, NlvGroups which)
{
  const guint8 *bytes = group->ip.bytes;
  gboolean of_site = bytes[0] == 0xff ? (bytes[1] & 0x0f) == 5 : bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0xc0;

  return which != NLV_GROUPS_IPV4 && of_site ? RT_SCOPE_SITE : RT_SCOPE_UNIVERSE;
}

void
nlv_group_message (NlvWriter *writer, struct ifaddrmsg *header, NlvGroups which, const NlvLink *link,
                   const NlvMembership *group, gboolean of_universe)
{
  guint8 family = which == NLV_GROUPS_IPV4 ? AF_INET : AF_INET6;
  struct ifa_cacheinfo info = {
    .ifa_prefered = G_MAXUINT32,
    .ifa_valid = G_MAXUINT32,
    .cstamp = group->created,
    .tstamp = group->updated,
  };

  header->ifa_family = family;
  header->ifa_prefixlen = nlv_ip_size (family) * 8;
  header->ifa_flags = IFA_F_PERMANENT;
  header->ifa_scope = of_universe ? RT_SCOPE_UNIVERSE : scope_of (group, which);
  header->ifa_index = link->index;
  nlv_put_ip (writer, which == NLV_GROUPS_ANYCAST ? IFA_ANYCAST : IFA_MULTICAST, &group->ip, family);
  nlv_put (writer, IFA_CACHEINFO, &info, sizeof info);
}

static gboolean
put_group (NlvWalk *walk, NlvWriter *writer, NlvGroups which, const NlvLink *link, const NlvMembership *group)
{
  guint16 type = which == NLV_GROUPS_ANYCAST ? RTM_GETANYCAST : RTM_GETMULTICAST;
  guint16 flags = walk->filter.link != 0 ? NLM_F_DUMP_FILTERED : 0;
  struct ifaddrmsg *header = nlv_walk_begin (walk, writer, type, flags, sizeof *header);

  if (header == NULL)
    return FALSE;
  nlv_group_message (writer, header, which, link, group, FALSE);
  return nlv_writer_end (writer);
}

static int
dump_groups (NlvWalk *walk, NlvWriter *writer, NlvGroups which)
{
  NlvNetwork *network = walk->dump.network;
  int error = nlv_walk_check (walk, nlv_address_check_dump);

  if (error < 0)
    return error;
  if (walk->filter.link != 0 && nlv_network_find_link (network, walk->filter.link) == NULL)
    return -ENODEV;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++, walk->position_in_row = 0)
    {
      const NlvLink *link = nlv_network_get_link (network, walk->position);
      g_autoptr (GArray) groups = NULL;

      if (walk->filter.link != 0 && link->index != walk->filter.link)
        continue;
      groups = nlv_link_get_groups (network, link, which);
      for (; walk->position_in_row < groups->len; walk->position_in_row++)
        if (!put_group (walk, writer, which, link, &g_array_index (groups, NlvMembership, walk->position_in_row)))
          return -EMSGSIZE;
    }
  return 0;
}

int
nlv_dump_multicast (NlvWalk *walk, NlvWriter *writer)
{
  return dump_groups (walk, writer, walk->family == AF_INET ? NLV_GROUPS_IPV4 : NLV_GROUPS_IPV6);
}

/* A host that does not forward has no anycast address of the kernel's. */
int
nlv_dump_anycast (NlvWalk *walk, NlvWriter *writer)
{
  return dump_groups (walk, writer, NLV_GROUPS_ANYCAST);
}

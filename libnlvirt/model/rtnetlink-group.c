/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETMULTICAST and RTM_GETANYCAST: the groups that every link joins by
 * itself. inet_dump_ifmcaddr(), in6_dump_addrs(). */
#include "model/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

/* The groups of one link, in the order of the kernel's list. */
typedef struct
{
  NlvIp ips[64];
  guint n;
} Groups;

static void
add_group (Groups *groups, const guint8 *bytes, gsize size)
{
  NlvIp ip = { 0 };

  if (groups->n == G_N_ELEMENTS (groups->ips))
    return;
  memcpy (ip.bytes, bytes, size);
  for (guint i = 0; i < groups->n; i++)
    if (memcmp (&groups->ips[i], &ip, sizeof ip) == 0)
      return;
  groups->ips[groups->n++] = ip;
}

/* The solicited-node groups of the link's addresses, the newest first, then
 * all nodes of the link and of the interface: addrconf_join_solict(),
 * ipv6_mc_init_dev(). */
static void
find_ipv6_groups (NlvNetwork *network, const NlvLink *link, Groups *groups)
{
  static const guint8 all_link[16] = { 0xff, 0x02, [15] = 1 };
  static const guint8 all_interface[16] = { 0xff, 0x01, [15] = 1 };
  static const guint8 all_snoopers[16] = { 0xff, 0x02, [15] = 0x6a };
  guint8 solicited[16] = { 0xff, 0x02, [11] = 1, [12] = 0xff };

  for (guint i = nlv_network_get_n_addresses (network); i > 0; i--)
    {
      const NlvAddress *address = nlv_network_get_address (network, i - 1);
      if (address->family != AF_INET6 || address->link != link->index ||
          (link->flags & (IFF_LOOPBACK | IFF_NOARP)) != 0)
        continue;
      memcpy (solicited + 13, address->local.bytes + 13, 3);
      add_group (groups, solicited, 16);
    }
  if (g_strcmp0 (link->kind, "bridge") == 0 && (link->flags & IFF_UP) != 0)
    add_group (groups, all_snoopers, 16);
  add_group (groups, all_link, 16);
  add_group (groups, all_interface, 16);
}

static void
find_groups (NlvNetwork *network, const NlvLink *link, guint8 family, Groups *groups)
{
  static const guint8 all_hosts[4] = { 224, 0, 0, 1 };
  static const guint8 all_snoopers[4] = { 224, 0, 0, 106 };

  groups->n = 0;
  if (family == AF_INET6 && nlv_link_has_ipv6 (link))
    find_ipv6_groups (network, link, groups);
  else if (family == AF_INET && nlv_link_has_ipv4 (link) && (link->flags & IFF_UP) != 0)
    {
      add_group (groups, all_hosts, 4);
      if (g_strcmp0 (link->kind, "bridge") == 0)
        add_group (groups, all_snoopers, 4);
    }
}

static gboolean
put_group (NlvWalk *walk, NlvWriter *writer, const NlvLink *link, const NlvIp *ip)
{
  struct ifa_cacheinfo info = { .ifa_prefered = G_MAXUINT32, .ifa_valid = G_MAXUINT32 };
  struct ifaddrmsg *header = nlv_walk_begin (walk, writer, RTM_GETMULTICAST, 0, sizeof *header);

  if (header == NULL)
    return FALSE;
  header->ifa_family = walk->family;
  header->ifa_prefixlen = nlv_ip_size (walk->family) * 8;
  header->ifa_flags = IFA_F_PERMANENT;
  header->ifa_scope = RT_SCOPE_UNIVERSE;
  header->ifa_index = link->index;
  nlv_put_ip (writer, IFA_MULTICAST, ip, walk->family);
  nlv_put (writer, IFA_CACHEINFO, &info, sizeof info);
  return nlv_writer_end (writer);
}

/* The same checks as for addresses, of which both borrow the words. */
static int
check_dump (NlvWalk *walk)
{
  gboolean ipv4 = walk->family == AF_INET;
  struct ifaddrmsg header;
  NlvAttr attrs[NLV_IFA_MAX + 1];

  if (!walk->dump.caller.strict)
    return 0;
  if (!nlv_request_header (&walk->request, &header, sizeof header))
    return nlv_walk_refuse (walk, -EINVAL,
                            ipv4 ? "ipv4: Invalid header for address dump request"
                                 : "ipv6: Invalid header for address dump request");
  if (header.ifa_prefixlen != 0 || header.ifa_flags != 0 || header.ifa_scope != 0)
    return nlv_walk_refuse (walk, -EINVAL,
                            ipv4 ? "ipv4: Invalid values in header for address dump request"
                                 : "ipv6: Invalid values in header for address dump request");
  walk->filter.link = header.ifa_index;
  if (header.ifa_index != 0)
    walk->dump.answer_flags |= NLM_F_DUMP_FILTERED;
  return nlv_request_attrs (&walk->request, sizeof header, attrs, NLV_IFA_MAX, NULL, NLV_VALIDATE_DEPRECATED_STRICT,
                            &walk->dump.why);
}

int
nlv_dump_multicast (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  int error = check_dump (walk);

  if (error < 0)
    return error;
  if (walk->filter.link != 0 && nlv_network_find_link (network, walk->filter.link) == NULL)
    return -ENODEV;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++, walk->position_in_row = 0)
    {
      const NlvLink *link = nlv_network_get_link (network, walk->position);
      Groups groups;

      if (walk->filter.link != 0 && link->index != walk->filter.link)
        continue;
      find_groups (network, link, walk->family, &groups);
      for (; walk->position_in_row < groups.n; walk->position_in_row++)
        if (!put_group (walk, writer, link, &groups.ips[walk->position_in_row]))
          return -EMSGSIZE;
    }
  return 0;
}

/* A host that does not forward has no anycast address. */
int
nlv_dump_anycast (NlvWalk *walk, NlvWriter *writer)
{
  return check_dump (walk);
}

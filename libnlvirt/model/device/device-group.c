/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Memberships in groups, counted: the last comes first, as in the kernel. */
#include "model/device/device-group.h"

#include "model/device/device-filter.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <string.h>

/* Newer than the headers that this builds with. */
#define NLV_RTM_NEWMULTICAST 56
#define NLV_RTM_DELMULTICAST 57
#define NLV_RTM_NEWANYCAST 60
#define NLV_RTM_DELANYCAST 61
#define NLV_RTNLGRP_IPV4_MCADDR 37
#define NLV_RTNLGRP_IPV6_MCADDR 38
#define NLV_RTNLGRP_IPV6_ACADDR 39

NlvIp
nlv_ipv6_solicited_node (const NlvIp *ip)
{
  NlvIp group = { .bytes = { 0xff, 0x02, [11] = 1, [12] = 0xff } };

  memcpy (group.bytes + 13, ip->bytes + 13, 3);
  return group;
}

static guint8
family_of (NlvGroups which)
{
  return which == NLV_GROUPS_IPV4 ? AF_INET : AF_INET6;
}

/* --- whom a link is in a group for --------------------------------------------------- */

/* How many of the link's addresses, and of those that it answers for, @group is
 * joined for; one, if none, for whoever else it is. */
static guint32
count_users (NlvNetwork *network, const NlvLink *link, NlvGroups which, const NlvIp *group)
{
  const GPtrArray *rows = nlv_network_peek_neighbors (network, link->index);
  guint32 n = 0;

  if (which != NLV_GROUPS_IPV6 || group->bytes[12] != 0xff)
    return 1;
  for (guint i = nlv_network_find_addresses (network, AF_INET6, link->index); i < nlv_network_get_n_addresses (network);
       i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      NlvIp own = nlv_ipv6_solicited_node (&address->local);

      if (address->family != AF_INET6 || address->link != link->index)
        break;
      if (address->check != NLV_CHECK_BEGINS && nlv_ip_equal (&own, group, AF_INET6))
        n++;
    }
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const NlvNeighbor *row = g_ptr_array_index (rows, i);
      NlvIp own = nlv_ipv6_solicited_node (&row->destination);

      if (row->family == AF_INET6 && row->proxy && row->link == link->index && nlv_ip_equal (&own, group, AF_INET6))
        n++;
    }
  return MAX (n, 1);
}

void
nlv_groups_begin (NlvNetwork *network, NlvLink *link, NlvGroups which, gboolean up)
{
  guint32 flags = link->flags;

  if (link->groups[which] == NULL)
    {
      link->flags = up ? flags | IFF_UP : flags & ~(guint32) IFF_UP;
      link->groups[which] = nlv_link_usual_groups (network, link, which);
      link->flags = flags;
    }
  for (guint i = 0; i < link->groups[which]->len; i++)
    {
      NlvMembership *group = &g_array_index (link->groups[which], NlvMembership, i);

      if (group->users == 0)
        group->users = count_users (network, link, which, &group->ip);
    }
}

static NlvMembership *
find_group (NlvNetwork *network, NlvLink *link, NlvGroups which, const NlvIp *ip, guint *place)
{
  nlv_groups_begin (network, link, which, (link->flags & IFF_UP) != 0);
  for (guint i = 0; i < link->groups[which]->len; i++)
    {
      NlvMembership *group = &g_array_index (link->groups[which], NlvMembership, i);

      if (!nlv_ip_equal (&group->ip, ip, family_of (which)))
        continue;
      if (place != NULL)
        *place = i;
      return group;
    }
  return NULL;
}

/* --- events ---------------------------------------------------------------------------- */

/* inet_ifmcaddr_notify(), inet6_ifmcaddr_notify(), inet6_ifacaddr_notify() */
void
nlv_group_event (NlvChange *change, const NlvLink *link, NlvGroups which, const NlvMembership *group, gboolean joined)
{
  static const struct
  {
    guint group;
    guint16 types[2];
  } events[] = {
    [NLV_GROUPS_IPV4] = { NLV_RTNLGRP_IPV4_MCADDR, { NLV_RTM_DELMULTICAST, NLV_RTM_NEWMULTICAST } },
    [NLV_GROUPS_IPV6] = { NLV_RTNLGRP_IPV6_MCADDR, { NLV_RTM_DELMULTICAST, NLV_RTM_NEWMULTICAST } },
    [NLV_GROUPS_ANYCAST] = { NLV_RTNLGRP_IPV6_ACADDR, { NLV_RTM_DELANYCAST, NLV_RTM_NEWANYCAST } },
  };
  NlvWriter writer;
  struct ifaddrmsg *header = nlv_event_begin (change, &writer, events[which].group, events[which].types[joined ? 1 : 0],
                                              0, FALSE, sizeof *header);

  if (header == NULL)
    return;
  nlv_group_message (&writer, header, which, link, group, which == NLV_GROUPS_IPV6);
  nlv_event_send (change, &writer, events[which].group, FALSE);
}

/* --- joining and leaving ------------------------------------------------------------------ */

gboolean
nlv_group_enter (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *ip, NlvMembership *first)
{
  NlvMembership *known = find_group (change->network, link, which, ip, NULL);

  if (known != NULL)
    {
      known->users++;
      return FALSE;
    }
  *first = (NlvMembership){ .ip = *ip, .created = (guint32) change->now, .updated = (guint32) change->now, .users = 1 };
  g_array_prepend_val (link->groups[which], *first);
  nlv_filter_group_joined (change->network, link, which, ip);
  return TRUE;
}

void
nlv_group_join (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *ip)
{
  NlvMembership first;

  if (nlv_group_enter (change, link, which, ip, &first))
    nlv_group_event (change, link, which, &first, TRUE);
}

gboolean
nlv_group_drop (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *ip, NlvMembership *last)
{
  guint place;
  NlvMembership *group = find_group (change->network, link, which, ip, &place);

  if (group == NULL)
    return FALSE;
  if (--group->users > 0)
    return FALSE;
  *last = *group;
  g_array_remove_index (link->groups[which], place);
  nlv_filter_group_left (change->network, link, which, ip);
  return TRUE;
}

gboolean
nlv_group_leave (NlvChange *change, NlvLink *link, NlvGroups which, const NlvIp *ip)
{
  NlvMembership last;

  if (!nlv_group_drop (change, link, which, ip, &last))
    return FALSE;
  nlv_group_event (change, link, which, &last, FALSE);
  return TRUE;
}

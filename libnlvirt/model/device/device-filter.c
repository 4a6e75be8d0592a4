/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A device's lists of addresses, kept as forwarding entries of its own
 * (ndo_dflt_fdb_dump()), and brought to the device below it while it is up, as
 * dev_mc_sync() does. */
#include "model/device/device-filter.h"

#include "model/device/addrconf.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <linux/if_arp.h>
#include <string.h>

#define ADDRESS_LENGTH 6

/* The address that a group has on Ethernet: arp_mc_map(), and ndisc_mc_map(),
 * which is not asked for groups of the interface alone. FALSE when it has none. */
static gboolean
map_group (const NlvLink *link, NlvGroups which, const NlvIp *group, guint8 address[ADDRESS_LENGTH])
{
  static const guint8 ipv4[] = { 0x01, 0x00, 0x5e }, ipv6[] = { 0x33, 0x33 };

  if (link->hardware_type != ARPHRD_ETHER || which == NLV_GROUPS_ANYCAST)
    return FALSE;
  if (which == NLV_GROUPS_IPV4)
    {
      memcpy (address, ipv4, sizeof ipv4);
      memcpy (address + 3, group->bytes + 1, 3);
      address[3] &= 0x7f;
      return TRUE;
    }
  memcpy (address, ipv6, sizeof ipv6);
  memcpy (address + 2, group->bytes + 12, 4);
  return (group->bytes[1] & 0x0f) >= 2;
}

/* vxlan shows the entries that it forwards by, and no others. */
static gboolean
shows (const NlvLink *link)
{
  return link->hardware_type == ARPHRD_ETHER && g_strcmp0 (link->kind, "vxlan") != 0;
}

static NlvNeighbor
make_entry (const NlvLink *link, const guint8 *address)
{
  NlvNeighbor entry = { .family = AF_BRIDGE,
                        .flags = NTF_SELF,
                        .state = NUD_PERMANENT,
                        .link = link->index,
                        .address_length = ADDRESS_LENGTH };

  memcpy (entry.address, address, ADDRESS_LENGTH);
  return entry;
}

/* --- devices that are stacked ------------------------------------------------------------- */

/* MAX_NEST_DEV: how many devices may be stacked. */
#define MAX_DEPTH 8

static const NlvLink *
find_lower (NlvNetwork *network, const NlvLink *link)
{
  static const char *const kinds[] = { "macvlan", "macvtap", "vlan", NULL };

  if (!link->has_lower || link->lower_netns >= 0 || link->kind == NULL || !g_strv_contains (kinds, link->kind))
    return NULL;
  return nlv_network_find_link (network, link->lower);
}

/* The device that gets the same list, while this one is up. */
static const NlvLink *
find_synced (NlvNetwork *network, const NlvLink *link)
{
  return (link->flags & IFF_UP) != 0 ? find_lower (network, link) : NULL;
}

static gboolean
has_entry (NlvNetwork *network, const NlvLink *link, const guint8 *address)
{
  const NlvNeighbor entry = make_entry (link, address);

  return nlv_network_find_neighbor (network, &entry) != NULL;
}

static gboolean
is_of_group (NlvNetwork *network, const NlvLink *link, NlvGroups which, const guint8 *address)
{
  g_autoptr (GArray) groups = nlv_link_get_groups (network, link, which);
  guint8 own[ADDRESS_LENGTH];

  for (guint i = 0; i < groups->len; i++)
    if (map_group (link, which, &g_array_index (groups, NlvMembership, i).ip, own) &&
        memcmp (own, address, sizeof own) == 0)
      return TRUE;
  return FALSE;
}

/* Whether somebody wants @address yet. */
static gboolean
is_wanted (NlvNetwork *network, const NlvLink *link, const guint8 *address)
{
  const GPtrArray *uppers = nlv_network_peek_uppers (network, link->index);

  if ((link->flags & IFF_UP) != 0 &&
      (is_of_group (network, link, NLV_GROUPS_IPV4, address) || is_of_group (network, link, NLV_GROUPS_IPV6, address)))
    return TRUE;
  for (guint i = 0; uppers != NULL && i < uppers->len; i++)
    {
      const NlvLink *upper = g_ptr_array_index (uppers, i);

      if (find_synced (network, upper) == link && has_entry (network, upper, address))
        return TRUE;
    }
  return FALSE;
}

/* --- lists ---------------------------------------------------------------------------------- */

void
nlv_filter_add (NlvNetwork *network, const NlvLink *link, const guint8 *address)
{
  for (guint depth = 0; link != NULL && depth < MAX_DEPTH; depth++, link = find_synced (network, link))
    {
      NlvNeighbor entry = make_entry (link, address);

      if (shows (link) && !has_entry (network, link, address))
        nlv_network_add_neighbor (network, &entry);
    }
}

/* A group of IPv6 is let in when it is joined, on a device that has not been up yet
 * too: igmp6_group_added(). */
static gboolean
is_early (NlvNetwork *network, const NlvLink *link, const guint8 *address)
{
  return (link->flags & IFF_UP) == 0 && link->carrier_up_count == 0 &&
         is_of_group (network, link, NLV_GROUPS_IPV6, address);
}

static void
remove_address (NlvNetwork *network, const NlvLink *link, const guint8 *address, gboolean by_upper)
{
  for (guint depth = 0; link != NULL && depth < MAX_DEPTH; depth++, link = find_lower (network, link))
    {
      const NlvNeighbor entry = make_entry (link, address);
      NlvNeighbor *row = nlv_network_find_neighbor (network, &entry);

      if (row == NULL || row->by_user || is_wanted (network, link, address) ||
          ((by_upper || depth > 0) && is_early (network, link, address)))
        return;
      nlv_network_remove_neighbor (network, row);
    }
}

void
nlv_filter_remove (NlvNetwork *network, const NlvLink *link, const guint8 *address)
{
  remove_address (network, link, address, FALSE);
}

void
nlv_filter_disown (NlvNetwork *network, const NlvLink *link, NlvNeighbor *row)
{
  guint8 address[ADDRESS_LENGTH];

  if (row->by_user || !is_wanted (network, link, row->address))
    {
      row->by_user = FALSE;
      return;
    }
  memcpy (address, row->address, sizeof address);
  nlv_network_remove_neighbor (network, row);
  link = find_lower (network, link);
  if (link != NULL)
    remove_address (network, link, address, TRUE);
}

void
nlv_filter_group_joined (NlvNetwork *network, const NlvLink *link, NlvGroups which, const NlvIp *group)
{
  guint8 address[ADDRESS_LENGTH];

  if (map_group (link, which, group, address))
    nlv_filter_add (network, link, address);
}

void
nlv_filter_group_left (NlvNetwork *network, const NlvLink *link, NlvGroups which, const NlvIp *group)
{
  guint8 address[ADDRESS_LENGTH];

  if (map_group (link, which, group, address))
    nlv_filter_remove (network, link, address);
}

/* --- links ---------------------------------------------------------------------------------- */

void
nlv_filter_join (NlvNetwork *network, const NlvLink *link, NlvGroups which)
{
  g_autoptr (GArray) groups = nlv_link_get_groups (network, link, which);

  for (guint i = 0; i < groups->len; i++)
    nlv_filter_group_joined (network, link, which, &g_array_index (groups, NlvMembership, i).ip);
}

static void
leave_all (NlvNetwork *network, const NlvLink *link, NlvGroups which)
{
  g_autoptr (GArray) groups = nlv_link_get_groups (network, link, which);

  for (guint i = 0; i < groups->len; i++)
    nlv_filter_group_left (network, link, which, &g_array_index (groups, NlvMembership, i).ip);
}

/* The addresses that it lets in. (element-type NlvNeighbor) */
static GArray *
list_entries (NlvNetwork *network, const NlvLink *link)
{
  GArray *entries = g_array_new (FALSE, FALSE, sizeof (NlvNeighbor));
  g_autoptr (GPtrArray) rows = nlv_network_find_neighbors (network, link->index);

  for (guint i = 0; i < rows->len; i++)
    {
      const NlvNeighbor *row = g_ptr_array_index (rows, i);

      if (row->family == AF_BRIDGE && row->link == link->index && (row->flags & NTF_SELF) != 0)
        g_array_append_val (entries, *row);
    }
  return entries;
}

static void
sync_up (NlvNetwork *network, const NlvLink *link)
{
  const NlvLink *lower = find_synced (network, link);
  g_autoptr (GArray) entries = lower != NULL ? list_entries (network, link) : NULL;

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    nlv_filter_add (network, lower, g_array_index (entries, NlvNeighbor, i).address);
}

/* Off the device below, and with @all off its own list. */
static void
sync_down (NlvNetwork *network, const NlvLink *link, gboolean all)
{
  const NlvLink *lower = find_lower (network, link);
  g_autoptr (GArray) entries = all || lower != NULL ? list_entries (network, link) : NULL;

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const NlvNeighbor *entry = &g_array_index (entries, NlvNeighbor, i);
      NlvNeighbor *row = all ? nlv_network_find_neighbor (network, entry) : NULL;

      if (row != NULL)
        nlv_network_remove_neighbor (network, row);
      if (lower != NULL)
        remove_address (network, lower, entry->address, TRUE);
    }
}

void
nlv_filter_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  NlvNetwork *network = change->network;

  if (!shows (link))
    return;
  if (event == NLV_NETDEV_UP)
    {
      sync_up (network, link);
      nlv_filter_join (network, link, NLV_GROUPS_IPV4);
    }
  if ((event == NLV_NETDEV_UP || event == NLV_NETDEV_CHANGE) && nlv_ipv6_is_link_ready (link) &&
      !nlv_ipv6_is_disabled (link))
    nlv_filter_join (network, link, NLV_GROUPS_IPV6);
  if (event == NLV_NETDEV_DOWN)
    {
      leave_all (network, link, NLV_GROUPS_IPV4);
      /* ipv6_mc_down() */
      if (nlv_ipv6_is_ready (link))
        leave_all (network, link, NLV_GROUPS_IPV6);
      sync_down (network, link, FALSE);
    }
  if (event == NLV_NETDEV_UNREGISTER)
    sync_down (network, link, TRUE);
}

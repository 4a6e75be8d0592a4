/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv4 begins and ends on a link, goes up and down with it, and takes its new
 * name. */
#include "model/device/device-inet.h"

#include "model/change/change-neighbor.h"
#include "model/device/address-ipv4.h"
#include "model/device/device-group.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <string.h>

#define MIN_MTU 68

static const NlvIp all_hosts = { .bytes = { 224, 0, 0, 1 } };

/* inetdev_init() */
static void
begin (NlvChange *change, NlvLink *link)
{
  nlv_netconf_take_default (change->network, link, AF_INET);
  nlv_network_touch_link (change->network, link);
  nlv_netconf_event (change, RTM_NEWNETCONF, AF_INET, link);
  if ((link->flags & IFF_UP) == 0)
    return;
  nlv_groups_begin (change->network, link, NLV_GROUPS_IPV4, FALSE);
  nlv_group_join (change, link, NLV_GROUPS_IPV4, &all_hosts);
}

/* inetdev_destroy() */
static void
end (NlvChange *change, NlvLink *link)
{
  nlv_groups_begin (change->network, link, NLV_GROUPS_IPV4, (link->flags & IFF_UP) != 0);
  nlv_group_leave (change, link, NLV_GROUPS_IPV4, &all_hosts);
  g_clear_pointer (&link->groups[NLV_GROUPS_IPV4], g_array_unref);
  nlv_inet_remove_addresses (change, link);
  nlv_netconf_event (change, RTM_DELNETCONF, AF_INET, link);
  nlv_neighbors_go_down (change, link, AF_INET);
  g_clear_pointer (&link->settings[NLV_LINK_IPV4], g_array_unref);
  g_clear_pointer (&link->settings[NLV_LINK_ARP], g_array_unref);
  nlv_network_touch_link (change->network, link);
}

static void
add_loopback_address (NlvChange *change, const NlvLink *link)
{
  NlvAddress address = { .family = AF_INET,
                         .prefix_length = 8,
                         .scope = RT_SCOPE_HOST,
                         .link = link->index,
                         .local.bytes = { 127, 0, 0, 1 },
                         .peer.bytes = { 127, 0, 0, 1 } };

  g_strlcpy (address.label, link->name, sizeof address.label);
  nlv_inet_set_lifetime (change, &address, G_MAXUINT32, G_MAXUINT32);
  nlv_inet_insert_address (change, link, &address, FALSE);
}

static void
come_up (NlvChange *change, NlvLink *link)
{
  if ((link->flags & IFF_LOOPBACK) != 0)
    add_loopback_address (change, link);
  nlv_groups_begin (change->network, link, NLV_GROUPS_IPV4, FALSE);
  nlv_group_join (change, link, NLV_GROUPS_IPV4, &all_hosts);
}

static void
go_down (NlvChange *change, NlvLink *link)
{
  nlv_groups_begin (change->network, link, NLV_GROUPS_IPV4, TRUE);
  nlv_group_leave (change, link, NLV_GROUPS_IPV4, &all_hosts);
}

/* inetdev_changename(): the first label is the name, others end as they did. */
static void
relabel (NlvChange *change, const NlvLink *link)
{
  NlvAddress *address;
  guint n = 0;

  for (guint i = nlv_network_find_addresses (change->network, AF_INET, link->index);
       (address = nlv_network_get_link_address (change->network, AF_INET, link->index, i)) != NULL; i++)
    {
      g_autofree char *number = g_strdup_printf (":%u", n + 1);
      g_autofree char *colon = g_strdup (strchr (address->label, ':'));
      const char *end = n == 0 ? "" : colon != NULL ? colon : number;
      gsize kept = MIN (strlen (link->name), sizeof address->label - 1 - strlen (end));

      memset (address->label, 0, sizeof address->label);
      memcpy (address->label, link->name, kept);
      memcpy (address->label + kept, end, strlen (end));
      nlv_inet_tell_address (change, address, FALSE);
      n++;
    }
}

static void
change_mtu (NlvChange *change, NlvLink *link)
{
  gboolean had = change->old_mtu >= MIN_MTU;

  if (had && !nlv_link_has_ipv4 (link))
    end (change, link);
  else if (!had && nlv_link_has_ipv4 (link))
    {
      begin (change, link);
      /* The loopback is given these only when it is registered. */
      for (guint id = NLV_IPV4_NOXFRM; id <= NLV_IPV4_NOPOLICY && (link->flags & IFF_LOOPBACK) != 0; id++)
        nlv_link_set_setting (link, NLV_LINK_IPV4, id, 0);
    }
}

void
nlv_inet_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  if (event == NLV_NETDEV_CHANGE_MTU)
    change_mtu (change, link);
  else if (event == NLV_NETDEV_REGISTER)
    begin (change, link);
  else if (!nlv_link_has_ipv4 (link))
    return;
  else if (event == NLV_NETDEV_UP)
    come_up (change, link);
  else if (event == NLV_NETDEV_DOWN)
    go_down (change, link);
  else if (event == NLV_NETDEV_UNREGISTER)
    end (change, link);
  else if (event == NLV_NETDEV_CHANGE_NAME)
    {
      relabel (change, link);
      nlv_netconf_event (change, RTM_DELNETCONF, AF_INET, link);
      if (nlv_link_name_has_sysctls (link->name))
        nlv_netconf_event (change, RTM_NEWNETCONF, AF_INET, link);
    }
}

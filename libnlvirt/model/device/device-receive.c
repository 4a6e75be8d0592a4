/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices that cannot filter what they receive, and so take everything while somebody
 * wants more than what is their own: dev_uc_add(), __dev_set_rx_mode(). */
#include "model/device/bridge.h"
#include "model/device/device-driver.h"
#include "model/device/device-filter.h"
#include "model/device/link-info.h"
#include "model/device/stacked.h"

#include <string.h>

/* IFF_UNICAST_FLT, which these do not have. */
static gboolean
can_filter (const NlvLink *link)
{
  static const char *const kinds[] = { "bridge", "dummy", "ifb", "tun", "veth", "vxlan", NULL };

  return link->kind == NULL || !g_strv_contains (kinds, link->kind);
}

/* A vxlan keeps no list of what it lets in: those on it say what they want, but for
 * the one with @but, which is about to come or go. */
static gboolean
is_wanted_by_upper (NlvNetwork *network, const NlvLink *link, const guint8 *but)
{
  const GPtrArray *uppers = nlv_network_peek_uppers (network, link->index);

  for (guint i = 0; uppers != NULL && i < uppers->len; i++)
    {
      const NlvLink *upper = g_ptr_array_index (uppers, i);

      if (!nlv_link_is_up (upper) || memcmp (upper->address, link->address, 6) == 0 ||
          (but != NULL && memcmp (upper->address, but, 6) == 0))
        continue;
      if (g_strcmp0 (upper->kind, "vlan") == 0 || (nlv_link_is_macvlan (upper) && !nlv_macvlan_is_passthru (upper)))
        return TRUE;
    }
  return FALSE;
}

/* Which of a device's two lists an address is in: ndo_dflt_fdb_add() puts those of
 * the link's own groups, 01:80:c2:00:00:0X, with the unicast ones. */
static gboolean
is_listed_as_unicast (const guint8 *address)
{
  static const guint8 own_groups[] = { 0x01, 0x80, 0xc2, 0x00, 0x00 };

  return (address[0] & 1) == 0 || (memcmp (address, own_groups, sizeof own_groups) == 0 && (address[5] & 0xf0) == 0);
}

/* Whether others than itself may be spoken to through it: netdev_uc_empty() */
static gboolean
lets_others_in (NlvNetwork *network, const NlvLink *link, const guint8 *but)
{
  const GPtrArray *rows = nlv_network_peek_neighbors (network, link->index);

  if (g_strcmp0 (link->kind, "vxlan") == 0)
    return is_wanted_by_upper (network, link, but);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const NlvNeighbor *entry = g_ptr_array_index (rows, i);

      if (entry->family == AF_BRIDGE && entry->link == link->index && (entry->flags & NTF_SELF) != 0 &&
          is_listed_as_unicast (entry->address))
        return TRUE;
    }
  return FALSE;
}

/* For whom else it takes everything. */
static guint
count_other_reasons (NlvNetwork *network, const NlvLink *link)
{
  g_autoptr (GPtrArray) macvlans = nlv_macvlans_on (network, link);
  guint n = ((link->flags & IFF_PROMISC) != 0 ? 1 : 0) + (nlv_bridge_of_port (network, link) != NULL ? 1 : 0);

  for (guint i = 0; i < macvlans->len; i++)
    {
      const NlvLink *macvlan = g_ptr_array_index (macvlans, i);

      if (nlv_link_is_up (macvlan))
        n += nlv_macvlan_is_passthru (macvlan) ? !nlv_macvlan_is_quiet (macvlan) : macvlan->promiscuity > 0;
    }
  return n;
}

static void
set_receive_mode (NlvNetwork *network, NlvLink *link, gboolean before, gboolean wanted)
{
  if (!nlv_link_is_up (link) || can_filter (link))
    return;
  if (link->takes_all == NLV_CHOICE_UNKNOWN)
    link->takes_all = before ? NLV_CHOICE_USER : NLV_CHOICE_KERNEL;
  if (wanted == (link->takes_all == NLV_CHOICE_USER))
    return;
  link->takes_all = wanted ? NLV_CHOICE_USER : NLV_CHOICE_KERNEL;
  if (wanted)
    link->promiscuity++;
  else if (link->promiscuity > 0)
    link->promiscuity--;
  nlv_network_touch_link (network, link);
}

void
nlv_link_resume_receive_mode (NlvNetwork *network, NlvLink *link)
{
  /* As it was when it went down. */
  set_receive_mode (network, link, link->promiscuity > count_other_reasons (network, link),
                    lets_others_in (network, link, NULL));
}

void
nlv_link_let_in (NlvNetwork *network, NlvLink *link, const guint8 *address)
{
  gboolean before = lets_others_in (network, link, address);

  nlv_filter_add (network, link, address);
  set_receive_mode (network, link, before, before || is_listed_as_unicast (address));
}

void
nlv_link_let_in_instead (NlvNetwork *network, NlvLink *link, const guint8 *from, const guint8 *to)
{
  nlv_link_let_in (network, link, to);
  nlv_filter_remove (network, link, from);
}

void
nlv_link_keep_out (NlvNetwork *network, NlvLink *link, const guint8 *address)
{
  nlv_filter_remove (network, link, address);
  set_receive_mode (network, link, TRUE, lets_others_in (network, link, address));
}

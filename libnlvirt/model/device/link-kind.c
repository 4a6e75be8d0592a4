/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which kinds there are, and what they have in common. Those that need nothing
 * of their own are here too. */
#include "model/device/link-kind.h"
#include "model/device/stacked.h"
#include "model/link-settings.h"
#include "model/network-private.h"

#include <errno.h>
#include <string.h>

static const NlvLinkKind *const kinds[] = {
  &nlv_kind_bridge, &nlv_kind_dummy, &nlv_kind_ifb,  &nlv_kind_macvlan, &nlv_kind_macvtap,
  &nlv_kind_tun,    &nlv_kind_veth,  &nlv_kind_vlan, &nlv_kind_vxlan,   &nlv_kind_wireguard,
};

static const NlvLinkKind *
find_kind (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i]->name, name) == 0)
      return kinds[i];
  return NULL;
}

const NlvLinkKind *
nlv_link_kind_find (NlvNetwork *network, const char *name)
{
  return nlv_network_knows_kind (network, name) ? find_kind (name) : NULL;
}

const NlvLinkKind *
nlv_link_kind_of (const NlvLink *link)
{
  return link->kind != NULL ? find_kind (link->kind) : NULL;
}

/* --- addresses ------------------------------------------------------------------ */

gboolean
nlv_is_unicast_address (const guint8 address[6])
{
  static const guint8 zeros[6];

  return (address[0] & 1) == 0 && memcmp (address, zeros, sizeof zeros) != 0;
}

int
nlv_link_kind_check_address (const NlvAttr *attrs)
{
  const NlvAttr *address = &attrs[IFLA_ADDRESS];

  if (!nlv_attr_present (address))
    return 0;
  if (address->payload.len != 6)
    return -EINVAL;
  return nlv_is_unicast_address (address->payload.data) ? 0 : -EADDRNOTAVAIL;
}

static int
check_address (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data)
{
  return nlv_link_kind_check_address (attrs);
}

/* The kernel draws one. Here it follows from how many rows the network has had:
 * the same requests on copies of one table make the same links, so that tests can
 * name what they expect, and it is no likelier than a drawn one to be another
 * link's. */
void
nlv_link_draw_address (NlvNetwork *network, NlvLink *row)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint64 state[] = { GUINT64_TO_LE (network->sequence), GUINT64_TO_LE (++network->n_drawn_addresses) };
  guint8 digest[32];
  gsize len = sizeof digest;

  g_checksum_update (checksum, (const guchar *) state, sizeof state);
  g_checksum_get_digest (checksum, digest, &len);
  memcpy (row->address, digest, 6);
  row->address[0] = (guint8) ((row->address[0] & 0xfc) | 0x02);
  row->address_choice = NLV_CHOICE_KERNEL;
}

/* --- what is above what ----------------------------------------------------------- */

guint32
nlv_link_get_lower (const NlvLink *link)
{
  guint32 index = 0;

  if (g_strcmp0 (link->kind, "veth") == 0 || link->lower_netns >= 0)
    return 0;
  if (g_strcmp0 (link->kind, "vxlan") == 0)
    index = nlv_vxlan_get_lower (link);
  else if (link->has_lower)
    index = link->lower;
  return index != link->index ? index : 0;
}

NlvLink *
nlv_link_find_lower (NlvNetwork *network, const NlvLink *link)
{
  guint32 index = nlv_link_get_lower (link);

  return index != 0 ? nlv_network_find_link (network, index) : NULL;
}

/* MAX_NEST_DEV */
#define MAX_NEST 8

static gboolean
is_master (const NlvLink *link)
{
  static const char *const masters[] = { "bridge", "bond", "team", "vrf", NULL };

  return link->kind != NULL && g_strv_contains (masters, link->kind);
}

typedef GHashTable *(*Step) (NlvNetwork *network, GHashTable *links);

/* What is directly below one of @links. */
static GHashTable *
step_down (NlvNetwork *network, GHashTable *links)
{
  GHashTable *below = g_hash_table_new (NULL, NULL);
  gboolean has_master = FALSE;
  GHashTableIter iter;
  gpointer link;

  g_hash_table_iter_init (&iter, links);
  while (g_hash_table_iter_next (&iter, &link, NULL))
    {
      NlvLink *lower = nlv_link_find_lower (network, link);

      has_master = has_master || is_master (link);
      if (lower != NULL)
        g_hash_table_add (below, lower);
    }
  for (guint i = 0; has_master && i < nlv_network_get_n_links (network); i++)
    {
      NlvLink *port = nlv_network_get_link (network, i);

      if (port->master != 0 && g_hash_table_contains (links, nlv_network_find_link (network, port->master)))
        g_hash_table_add (below, port);
    }
  return below;
}

/* What is directly above one of @links. */
static GHashTable *
step_up (NlvNetwork *network, GHashTable *links)
{
  GHashTable *above = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, links);
  while (g_hash_table_iter_next (&iter, &row, NULL))
    {
      const NlvLink *link = row;
      const GPtrArray *uppers = nlv_network_peek_uppers (network, link->index);
      NlvLink *master = link->master != 0 ? nlv_network_find_link (network, link->master) : NULL;

      for (guint i = 0; uppers != NULL && i < uppers->len; i++)
        g_hash_table_add (above, g_ptr_array_index (uppers, i));
      if (master != NULL)
        g_hash_table_add (above, master);
    }
  return above;
}

/* How many steps can be made from @link, at most one more than the kernel lets
 * links be stacked (a table may have a circle); and whether one comes to
 * @wanted. */
static guint
count_steps (NlvNetwork *network, const NlvLink *link, Step step, const NlvLink *wanted, gboolean *met)
{
  GHashTable *links = g_hash_table_new (NULL, NULL);
  guint n = 0;

  *met = FALSE;
  g_hash_table_add (links, (gpointer) link);
  while (n <= MAX_NEST)
    {
      GHashTable *next = step (network, links);

      g_hash_table_unref (links);
      links = next;
      if (g_hash_table_size (links) == 0)
        break;
      *met = *met || g_hash_table_contains (links, wanted);
      n++;
    }
  g_hash_table_unref (links);
  return n;
}

int
nlv_link_check_attach (NlvNetwork *network, const NlvLink *lower, const NlvLink *upper, gboolean as_master)
{
  gboolean circle, ignored;
  guint below = count_steps (network, lower, step_down, upper, &circle);
  guint above = count_steps (network, upper, step_up, NULL, &ignored);

  if (lower == upper || circle)
    return -EBUSY;
  if (below + above + 2 > MAX_NEST)
    return -EMLINK;
  if (as_master && lower->master != 0)
    return lower->master == upper->index ? -EEXIST : -EBUSY;
  return 0;
}

int
nlv_link_attach (NlvChange *change, NlvLink *lower, NlvLink *upper)
{
  int error = nlv_link_check_attach (change->network, lower, upper, FALSE);

  if (error == 0)
    nlv_netdev_notify (change, lower, NLV_NETDEV_CHANGE_UPPER);
  return error;
}

void
nlv_link_detach (NlvChange *change, NlvLink *lower)
{
  nlv_netdev_notify (change, lower, NLV_NETDEV_CHANGE_UPPER);
}

/* --- limits ------------------------------------------------------------------------ */

/* netif_set_tso_max_size(), netif_set_tso_max_segs() */
void
nlv_link_set_tso_max (NlvLink *link, guint32 size, guint32 segs)
{
  link->tso_max_size = size;
  link->gso_max_size = MIN (link->gso_max_size, size);
  link->gso_ipv4_max_size = MIN (link->gso_ipv4_max_size, size);
  link->tso_max_segs = segs;
  link->gso_max_segs = MIN (link->gso_max_segs, segs);
}

void
nlv_link_inherit_tso (NlvLink *link, const NlvLink *from)
{
  nlv_link_set_tso_max (link, from->tso_max_size, from->tso_max_segs);
}

guint16
nlv_link_get_headroom (const NlvLink *link)
{
  const NlvRawAttr *raw = nlv_raw_attrs_find (link->extra, NLV_IFLA_HEADROOM);
  guint16 bytes = 0;

  if (raw != NULL)
    memcpy (&bytes, g_bytes_get_data (raw->payload, NULL), MIN (g_bytes_get_size (raw->payload), sizeof bytes));
  return bytes;
}

void
nlv_link_set_headroom (NlvLink *link, guint16 bytes)
{
  g_autoptr (GBytes) payload = g_bytes_new (&bytes, sizeof bytes);

  if (nlv_link_get_headroom (link) == bytes)
    return;
  nlv_raw_attrs_remove (&link->extra, NLV_IFLA_HEADROOM);
  if (bytes != 0)
    nlv_raw_attrs_add (&link->extra, NLV_IFLA_HEADROOM, payload);
}

/* --- kinds with nothing of their own -------------------------------------------------- */

static int
create_with_address (NlvLinkRequest *request, NlvLink *row, NlvLink **created)
{
  int error;

  if (!nlv_attr_present (&request->attrs[IFLA_ADDRESS]))
    nlv_link_draw_address (request->change.network, row);
  *created = nlv_link_register (&request->change, row, &error);
  return error;
}

/* tun_validate() */
static int
refuse_tun (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data)
{
  return nlv_change_refuse (change, -EOPNOTSUPP, "tun/tap creation via rtnetlink is not supported.");
}

const NlvLinkKind nlv_kind_dummy = { .name = "dummy", .validate = check_address, .create = create_with_address };
const NlvLinkKind nlv_kind_ifb = { .name = "ifb", .validate = check_address, .create = create_with_address };
const NlvLinkKind nlv_kind_tun = { .name = "tun", .validate = refuse_tun };
const NlvLinkKind nlv_kind_wireguard = { .name = "wireguard" };

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The addresses of a network: how they come and go, which are secondary, and what finds
 * them. */
#include "model/network-keys.h"
#include "model/network-private.h"

static NlvSubnet
subnet_of (const NlvAddress *address)
{
  return (NlvSubnet){ .link = address->link,
                      .network = address->peer.v4 & nlv_ipv4_mask (address->prefix_length),
                      .prefix_length = address->prefix_length };
}

/* Whether an IPv4 address is primary is no choice of the caller's: in each
 * subnet of a link the first one is. */
static void
enter_subnet (NlvNetwork *network, NlvAddress *address)
{
  NlvSubnet key = subnet_of (address), *subnet = g_hash_table_lookup (network->subnets, &key);

  if (subnet != NULL)
    address->flags |= IFA_F_SECONDARY;
  else
    {
      address->flags &= ~(guint32) IFA_F_SECONDARY;
      subnet = g_memdup2 (&key, sizeof key);
      g_hash_table_add (network->subnets, subnet);
    }
  subnet->n_addresses++;
}

static NlvAddress *
add_address (NlvNetwork *network, NlvAddress *row, guint64 sequence)
{
  NlvAddressNode *node;

  if (g_hash_table_contains (network->address_set, row))
    {
      nlv_address_clear (row);
      return NULL;
    }
  node = g_new (NlvAddressNode, 1);
  node->row = *row;
  row->extra = NULL;
  node->sequence = sequence;
  if (node->row.family == AF_INET)
    enter_subnet (network, &node->row);
  nlv_rows_add (&network->addresses, node);
  g_hash_table_add (network->address_set, node);
  network->generation++;
  nlv_network_row_added (network, NLV_ROW_ADDRESS, &network->addresses, node, 0);
  return &node->row;
}

NlvAddress *
nlv_network_add_address (NlvNetwork *network, NlvAddress *row)
{
  return add_address (network, row, ++network->sequence);
}

void
nlv_network_touch_address (NlvNetwork *network, const NlvAddress *row)
{
  network->generation++;
  nlv_network_row_added (network, NLV_ROW_ADDRESS, &network->addresses, row, 1);
}

/* Out of all that finds it but its place in the order. */
static void
forget_address (NlvNetwork *network, const NlvAddress *row)
{
  g_hash_table_remove (network->address_set, row);
  if (row->family == AF_INET)
    {
      NlvSubnet key = subnet_of (row), *subnet = g_hash_table_lookup (network->subnets, &key);

      if (subnet != NULL && --subnet->n_addresses == 0)
        g_hash_table_remove (network->subnets, &key);
    }
  network->generation++;
}

void
nlv_network_remove_address (NlvNetwork *network, NlvAddress *row)
{
  forget_address (network, row);
  nlv_network_row_changed (network, NLV_ROW_ADDRESS, nlv_rows_remove (&network->addresses, row), 1, 0);
}

void
nlv_network_steal_address (NlvNetwork *network, NlvAddress *row, NlvAddress *out)
{
  guint position;

  forget_address (network, row);
  position = nlv_rows_steal (&network->addresses, row);
  *out = *row;
  g_free (row);
  nlv_network_row_changed (network, NLV_ROW_ADDRESS, position, 1, 0);
}

void
nlv_network_promote_address (NlvNetwork *network, NlvAddress *row)
{
  NlvAddressNode *node = (NlvAddressNode *) row;

  nlv_network_row_changed (network, NLV_ROW_ADDRESS, nlv_rows_steal (&network->addresses, row), 1, 0);
  row->flags &= ~(guint32) IFA_F_SECONDARY;
  node->sequence = ++network->sequence;
  network->generation++;
  nlv_rows_add (&network->addresses, row);
  nlv_network_row_added (network, NLV_ROW_ADDRESS, &network->addresses, row, 0);
}

guint
nlv_network_get_n_addresses (NlvNetwork *network)
{
  return nlv_rows_get_size (&network->addresses);
}

NlvAddress *
nlv_network_get_address (NlvNetwork *network, guint position)
{
  return nlv_rows_get (&network->addresses, position);
}

guint
nlv_network_find_addresses (NlvNetwork *network, guint8 family, guint32 link)
{
  /* What comes before all others of this link. */
  const NlvAddressNode first = {
    .row = { .family = family, .link = link, .scope = G_MAXUINT8, .local.bytes = { 0xff, 0x0f } },
    .sequence = family == AF_INET6 ? G_MAXUINT64 : 0,
  };

  return nlv_rows_find (&network->addresses, &first);
}

NlvAddress *
nlv_network_get_link_address (NlvNetwork *network, guint8 family, guint32 link, guint position)
{
  NlvAddress *address = nlv_rows_get (&network->addresses, position);

  return address != NULL && address->family == family && address->link == link ? address : NULL;
}

NlvAddress *
nlv_network_find_address (NlvNetwork *network, const NlvAddress *like)
{
  return g_hash_table_lookup (network->address_set, like);
}

void
nlv_network_copy_addresses (NlvNetwork *network, NlvNetwork *copy)
{
  guint n = nlv_network_get_n_addresses (network);

  for (guint i = 0; i < n; i++)
    {
      const NlvAddressNode *node = nlv_rows_get (&network->addresses, i);
      NlvAddress row = node->row;

      row.extra = nlv_raw_attrs_copy (row.extra);
      add_address (copy, &row, node->sequence);
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/network-limits.h"

#include "model/network-private.h"

#include <linux/nexthop.h>

/* --- memory ------------------------------------------------------------------------ */

/* With what belongs to a row: settings and groups of a link, an index, a member of a
 * group. A program cannot do much to make one larger than that. */
#define LINK_SIZE 8192
#define ROW_SIZE 512
#define ROUTE_SIZE 128
#define TABLE_SIZE 2048
#define ALT_NAME_SIZE 256

static guint
count_tables (NlvFib *fib)
{
  return nlv_fib_count_tables (fib, AF_INET) + nlv_fib_count_tables (fib, AF_INET6);
}

static gsize
get_size (NlvNetwork *network)
{
  gsize n_rows = (gsize) nlv_network_get_n_addresses (network) + nlv_network_get_n_rules (network) +
                 nlv_network_get_n_neighbors (network) + nlv_network_get_n_objects (network);

  return (gsize) nlv_network_get_n_links (network) * LINK_SIZE + n_rows * ROW_SIZE +
         (gsize) g_hash_table_size (network->links_by_alt_name) * ALT_NAME_SIZE +
         (gsize) nlv_network_get_n_nexthops (network) * LINK_SIZE + count_tables (network->fib) * (gsize) TABLE_SIZE +
         (gsize) nlv_network_get_n_routes (network) * ROUTE_SIZE + nlv_fib_get_shared_size (network->fib);
}

gboolean
nlv_network_has_room (NlvNetwork *network)
{
  return get_size (network) < network->room;
}

void
nlv_network_set_room (NlvNetwork *network, gsize room)
{
  network->room = room;
}

/* --- by kind ------------------------------------------------------------------------- */

static gboolean
has_too_many_tables (NlvFib *fib)
{
  return nlv_fib_count_tables (fib, AF_INET) >= NLV_MAX_TABLES ||
         nlv_fib_count_tables (fib, AF_INET6) >= NLV_MAX_TABLES;
}

const char *
nlv_network_lacks_room (NlvNetwork *network, guint16 type, guint16 flags)
{
  const GArray *labels = network->globals.labels;

  if (!nlv_network_has_room (network))
    return "The network is full";
  switch (type)
    {
      case RTM_NEWLINK:
        return (flags & NLM_F_CREATE) != 0 && nlv_network_get_n_links (network) >= NLV_MAX_LINKS
                 ? "The network holds as many links as it may"
                 : NULL;
      case RTM_NEWLINKPROP:
        return g_hash_table_size (network->links_by_alt_name) >= NLV_MAX_ALT_NAMES
                 ? "The network's links have as many names as they may"
                 : NULL;
      case RTM_NEWADDR:
        return nlv_network_get_n_addresses (network) >= NLV_MAX_ADDRESSES
                 ? "The network holds as many addresses as it may"
                 : NULL;
      case RTM_NEWROUTE:
        return has_too_many_tables (network->fib) ? "The network holds as many route tables as it may" : NULL;
      case RTM_NEWRULE:
        if (has_too_many_tables (network->fib))
          return "The network holds as many route tables as it may";
        return nlv_network_get_n_rules (network) >= NLV_MAX_RULES ? "The network holds as many rules as it may" : NULL;
      case RTM_NEWNEIGH:
        return nlv_network_get_n_neighbors (network) >= NLV_MAX_NEIGHBORS
                 ? "The network holds as many neighbours as it may"
                 : NULL;
      case RTM_NEWNEXTHOP:
        return nlv_network_get_n_nexthops (network) >= NLV_MAX_NEXTHOPS ? "The network holds as many nexthops as it may"
                                                                        : NULL;
      case RTM_NEWADDRLABEL:
        return labels != NULL && labels->len >= NLV_MAX_ADDRESS_LABELS
                 ? "The network holds as many address labels as it may"
                 : NULL;
      default:
        return NULL;
    }
}

/* Of other groups than @id. */
static guint
count_members (NlvNetwork *network, guint32 id)
{
  guint n = 0;

  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    {
      const NlvNexthopObject *row = nlv_network_get_nexthop (network, i);

      n += row->group != NULL && row->id != id ? row->group->len : 0;
    }
  return n;
}

static guint
count_buckets (NlvNetwork *network)
{
  guint n = 0;

  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    n += nlv_network_get_object (network, i)->type == RTM_NEWNEXTHOPBUCKET ? 1 : 0;
  return n;
}

const char *
nlv_network_lacks_room_for_group (NlvNetwork *network, guint32 id, guint n_members, guint n_buckets)
{
  gsize more = (gsize) nlv_fib_count_of_nexthop (network->fib, id) * n_members * sizeof (NlvNexthop);

  if (n_members > NLV_MAX_GROUP_SIZE || count_members (network, id) + n_members > NLV_MAX_GROUP_MEMBERS)
    return "The network's groups of nexthops have as many members as they may";
  if (n_buckets > 0 && count_buckets (network) + n_buckets > NLV_MAX_BUCKETS)
    return "The network's groups of nexthops have as many buckets as they may";
  if (more > 0 && get_size (network) + more > network->room)
    return "The network is full";
  return NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What holds of every network between two requests. */
#include "check.h"

#include "model/device/link-kind.h"
#include "model/fib.h"
#include "model/file/table-file.h"
#include "model/network-keys.h"

#include <linux/nexthop.h>
#include <string.h>

static void
check_lower (NlvNetwork *network, NlvLink *link)
{
  const GPtrArray *uppers = nlv_network_peek_uppers (network, nlv_link_get_lower (link));

  g_assert_cmpuint (link->found_on, ==, nlv_link_get_lower (link));
  g_assert_true (link->found_on == 0 || g_ptr_array_find ((GPtrArray *) uppers, link, NULL));
}

static void
check_links (NlvNetwork *network)
{
  guint32 last = 0;
  guint64 age = 0;

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink *link = nlv_network_get_link (network, i), *older = nlv_network_get_link_by_age (network, i);

      g_assert_cmpuint (link->index, >, last);
      last = link->index;
      g_assert_cmpuint (older->sequence, >, age);
      age = older->sequence;
      g_assert_true (nlv_network_find_link (network, link->index) == link);
      g_assert_true (nlv_network_find_link (network, older->index) == older);
      g_assert_true (nlv_network_find_link_by_own_name (network, link->name) == link);
      for (guint j = 0; link->alt_names != NULL && j < link->alt_names->len; j++)
        g_assert_true (nlv_network_find_link_by_name (network, g_ptr_array_index (link->alt_names, j)) == link);
      check_lower (network, link);
      g_assert_false (link->unregistering || link->initializing || link->detached);
      g_assert_true (link->master == 0 || nlv_network_find_link (network, link->master) != NULL);
      if (link->has_lower && link->lower_netns < 0 && link->lower != 0)
        g_assert_nonnull (nlv_network_find_link (network, link->lower));
    }
  g_assert_null (nlv_network_get_link_by_age (network, nlv_network_get_n_links (network)));
}

static void
check_addresses (NlvNetwork *network)
{
  const NlvAddress *last = NULL;

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);

      g_assert_true (last == NULL || nlv_compare_addresses (last, address) < 0);
      last = address;
      g_assert_true (nlv_network_find_address (network, address) == address);
      g_assert_nonnull (nlv_network_find_link (network, address->link));
    }
}

static void
check_rules (NlvNetwork *network)
{
  for (guint i = 1; i < nlv_network_get_n_rules (network); i++)
    g_assert_cmpint (nlv_compare_rules (nlv_network_get_rule (network, i - 1), nlv_network_get_rule (network, i)), <,
                     0);
}

static void
check_neighbors (NlvNetwork *network)
{
  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    {
      NlvNeighbor *row = nlv_network_get_neighbor (network, i);

      g_assert_true (nlv_network_find_neighbor (network, row) == row);
      g_assert_true (nlv_network_find_neighbor_by_key (network, nlv_network_get_neighbor_key (network, row)) == row);
      if (row->family == AF_BRIDGE && (row->flags & NTF_SELF) == 0)
        g_assert_true (g_ptr_array_find ((GPtrArray *) nlv_network_peek_forwarding (network, row->address), row, NULL));
      g_assert_true (row->link == 0 || nlv_network_find_link (network, row->link) != NULL);
    }
}

static void
check_way (NlvNetwork *network, const NlvNexthop *way)
{
  g_assert_true (way->link == 0 || nlv_network_find_link (network, way->link) != NULL);
}

static void
check_nexthops (NlvNetwork *network)
{
  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    {
      const NlvNexthopObject *row = nlv_network_get_nexthop (network, i);

      g_assert_true (nlv_network_find_nexthop (network, row->id) == row);
      check_way (network, &row->way);
      for (guint j = 0; row->group != NULL && j < row->group->len; j++)
        {
          guint32 id = g_array_index (row->group, struct nexthop_grp, j).id;
          const NlvNexthopObject *member = nlv_network_find_nexthop (network, id);

          g_assert_nonnull (member);
          g_assert_null (member->group);
        }
    }
}

static void
check_routes (NlvNetwork *network)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  NlvFib *fib = nlv_network_get_fib (network);
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      NlvFibCursor cursor;
      const NlvRoute *route;

      nlv_fib_cursor_init (&cursor, families[i]);
      while ((route = nlv_fib_next (fib, &cursor)) != NULL)
        {
          g_assert_cmpuint (nlv_fib_position (fib, &cursor), ==, n);
          n++;
          g_assert_true (route->nexthop_id == 0 || nlv_network_find_nexthop (network, route->nexthop_id) != NULL);
          for (guint j = 0; j < route->n_nexthops; j++)
            check_way (network, &route->nexthops[j]);
        }
    }
  g_assert_cmpuint (n, ==, nlv_network_get_n_routes (network));
}

void
check_network (NlvNetwork *network)
{
  check_links (network);
  check_addresses (network);
  check_rules (network);
  check_neighbors (network);
  check_nexthops (network);
  check_routes (network);
}

void
check_text (NlvNetwork *network)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
  g_autofree char *text = nlv_table_file_format (network), *second = NULL;
  NlvNetwork *again = nlv_table_file_parse (text, strlen (text), faults);

  for (guint i = 0; i < faults->len; i++)
    {
      const NlvFault *fault = g_ptr_array_index (faults, i);

      g_printerr ("%u: %s: %s\n", fault->line, fault->key, fault->message);
    }
  g_assert_nonnull (again);
  second = nlv_table_file_format (again);
  if (strcmp (text, second) != 0)
    g_printerr ("%s\n--- again ---\n%s\n", text, second);
  g_assert_true (strcmp (text, second) == 0);
  nlv_network_unref (again);
}

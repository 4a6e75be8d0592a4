/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The groups and routes that use a nexthop, and what becomes of them when it
 * changes or goes: remove_nexthop(), nh_netdev_event(). */
#include "model/change/change-nexthop.h"
#include "model/change/change-route.h"
#include "model/device/vxlan-fdb.h"
#include "model/fib.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

void
nlv_nexthop_event (NlvChange *change, guint16 nl_flags, guint16 type, const NlvNexthopObject *row)
{
  NlvWriter writer;
  struct nhmsg *header = nlv_event_begin (change, &writer, RTNLGRP_NEXTHOP, type, nl_flags, TRUE, sizeof *header);

  if (header == NULL)
    return;
  nlv_nexthop_message (&writer, header, row);
  nlv_event_send (change, &writer, RTNLGRP_NEXTHOP, TRUE);
}

/* --- groups and routes that use one -------------------------------------------------------- */

static gboolean
has_member (const NlvNexthopObject *group, guint32 id)
{
  for (guint i = 0; group->group != NULL && i < group->group->len; i++)
    if (g_array_index (group->group, struct nexthop_grp, i).id == id)
      return TRUE;
  return FALSE;
}

static gint
compare_joined (gconstpointer a, gconstpointer b)
{
  const NlvNexthopObject *left = *(NlvNexthopObject *const *) a, *right = *(NlvNexthopObject *const *) b;

  return left->joined < right->joined ? 1 : left->joined > right->joined ? -1 : 0;
}

GPtrArray *
nlv_nexthop_find_groups (NlvNetwork *network, guint32 member)
{
  GPtrArray *groups = g_ptr_array_new ();

  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    {
      NlvNexthopObject *group = nlv_network_get_nexthop (network, i);

      if (has_member (group, member))
        g_ptr_array_add (groups, group);
    }
  g_ptr_array_sort (groups, compare_joined);
  return groups;
}

typedef struct
{
  NlvChange *change;
  const NlvNexthopObject *row;
  int error;
} Check;

static gboolean
is_refused_ipv4 (const NlvRoute *shared, gpointer user_data)
{
  Check *check = user_data;

  check->error = nlv_route_check_nexthop_ipv4 (check->change, check->row, shared->scope);
  return check->error != 0;
}

static gboolean
is_refused_ipv6 (const NlvRoute *shared, gpointer user_data)
{
  Check *check = user_data;

  check->error = nlv_route_check_nexthop_ipv6 (check->change, check->row);
  return check->error != 0;
}

/* fib_check_nh_list() and fib6_check_nh_list() */
static int
check_routes (NlvChange *change, guint32 id, const NlvNexthopObject *row)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  Check check = { change, row, 0 };

  if (!nlv_fib_any_of_nexthop (fib, AF_INET, id, is_refused_ipv4, &check))
    nlv_fib_any_of_nexthop (fib, AF_INET6, id, is_refused_ipv6, &check);
  return check.error;
}

int
nlv_nexthop_check_users (NlvChange *change, const NlvNexthopObject *old, const NlvNexthopObject *row)
{
  g_autoptr (GPtrArray) groups = nlv_nexthop_find_groups (change->network, old->id);
  int error = check_routes (change, old->id, row);

  for (guint i = 0; error == 0 && i < groups->len; i++)
    {
      const NlvNexthopObject *group = g_ptr_array_index (groups, i);

      if (row->blackhole && group->group->len > 1)
        return nlv_change_refuse (change, -EINVAL,
                                  "Blackhole nexthop can not be a member of a group with more than one path");
      error = check_routes (change, group->id, row);
    }
  return error;
}

/* --- where these routes are ------------------------------------------------------------------ */

typedef struct
{
  guint8 family;
  guint32 table;
  NlvFibKey key;
} Place;

/* Looks for the routes of all nexthops with @ids at once, as a nexthop does not know
 * its routes. (element-type guint32 GArray(Place)) */
static GHashTable *
find_places (NlvNetwork *network, const GArray *ids)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  GHashTable *found = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_array_unref);
  NlvFib *fib = nlv_network_get_fib (network);

  for (guint i = 0; i < ids->len; i++)
    if (nlv_fib_count_of_nexthop (fib, g_array_index (ids, guint32, i)) > 0)
      g_hash_table_insert (found, GUINT_TO_POINTER (g_array_index (ids, guint32, i)),
                           g_array_new (FALSE, FALSE, sizeof (Place)));
  for (guint i = 0; g_hash_table_size (found) > 0 && i < G_N_ELEMENTS (families); i++)
    {
      NlvFibCursor cursor;
      const NlvRoute *route;

      nlv_fib_cursor_init (&cursor, families[i]);
      while ((route = nlv_fib_next (fib, &cursor)) != NULL)
        {
          const Place place = { families[i], cursor.table, cursor.key };
          GArray *places =
            route->nexthop_id != 0 ? g_hash_table_lookup (found, GUINT_TO_POINTER (route->nexthop_id)) : NULL;

          if (places != NULL)
            g_array_append_val (places, place);
        }
    }
  return found;
}

/* Of a nexthop and the groups that it is in. */
static GHashTable *
find_places_of (NlvNetwork *network, guint32 id, const GPtrArray *groups)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  g_array_append_val (ids, id);
  for (guint i = 0; i < groups->len; i++)
    g_array_append_val (ids, ((const NlvNexthopObject *) g_ptr_array_index (groups, i))->id);
  return find_places (network, ids);
}

/* What is to be done to a route, with the cursor at it. */
typedef void (*RouteFunc) (NlvChange *change, NlvFibCursor *cursor, gpointer user_data);

static void
for_each_route (NlvChange *change, guint8 family, GHashTable *found, guint32 id, RouteFunc func, gpointer user_data)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const GArray *places = g_hash_table_lookup (found, GUINT_TO_POINTER (id));

  for (guint i = 0; places != NULL && i < places->len; i++)
    {
      const Place *place = &g_array_index (places, Place, i);
      NlvFibCursor cursor;

      if (place->family == family && nlv_fib_seek (fib, &cursor, family, place->table, &place->key) != NULL)
        func (change, &cursor, user_data);
    }
}

/* fib_flush() tells nobody, ip6_del_rt() does. */
static void
flush_route (NlvChange *change, NlvFibCursor *cursor, gpointer user_data)
{
  NlvChange within;
  NlvRoute gone;

  nlv_change_init (&within, change->network, change->now);
  nlv_route_copy (&cursor->row, &gone);
  gone.expires = 0; /* fib6_purge_rt() */
  nlv_network_remove_route (change->network, cursor);
  if (gone.family == AF_INET6)
    nlv_route_event (&within, RTM_DELROUTE, 0, &gone, FALSE);
  nlv_route_clear (&gone);
}

static void
flush_routes (NlvChange *change, GHashTable *found, guint32 id)
{
  for_each_route (change, AF_INET, found, id, flush_route, NULL);
  for_each_route (change, AF_INET6, found, id, flush_route, NULL);
}

typedef struct
{
  NlvNetwork *network;
  const NlvNexthopObject *nexthop;
  gboolean was_blackhole;
} Renewal;

/* The ways that its nexthop has now. */
static void
renew (NlvRoute *shared, gpointer user_data)
{
  const Renewal *renewal = user_data;

  for (guint i = 0; i < shared->n_nexthops; i++)
    g_clear_pointer (&shared->nexthops[i].encap, g_bytes_unref);
  g_clear_pointer (&shared->nexthops, g_free);
  shared->n_nexthops = 0;
  if (renewal->was_blackhole)
    shared->type = RTN_UNICAST;
  nlv_route_take_nexthop (renewal->network, shared, renewal->nexthop);
}

void
nlv_nexthop_renew_routes (NlvChange *change, const NlvNexthopObject *nexthop, gboolean was_blackhole)
{
  Renewal renewal = { change->network, nexthop, was_blackhole };

  nlv_network_edit_routes (change->network, AF_INET, nexthop->id, renew, &renewal);
  nlv_network_edit_routes (change->network, AF_INET6, nexthop->id, renew, &renewal);
}

static void
keep_route (NlvChange *change, NlvFibCursor *cursor, gpointer routes)
{
  NlvRoute row;

  nlv_route_copy (&cursor->row, &row);
  g_array_append_val ((GArray *) routes, row);
}

/* From the last destination on, those to each in order. */
static void
tell_backwards (NlvChange *change, const NlvRoute *routes, guint n)
{
  while (n > 0)
    {
      guint first = n - 1;

      while (first > 0 && routes[first - 1].destination.v4 == routes[n - 1].destination.v4)
        first--;
      for (guint i = first; i < n; i++)
        nlv_route_event (change, RTM_NEWROUTE, NLM_F_REPLACE, &routes[i], TRUE);
      n = first;
    }
}

/* fib_info_notify_update(), table by table */
static void
tell_ipv4_routes (NlvChange *change, GHashTable *found, guint32 id)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, FALSE, sizeof (NlvRoute));
  guint table = 0;

  g_array_set_clear_func (routes, (GDestroyNotify) nlv_route_clear);
  for_each_route (change, AF_INET, found, id, keep_route, routes);
  for (guint end = 0; end < routes->len; table = end)
    {
      const NlvRoute *first = &g_array_index (routes, NlvRoute, table);

      while (end < routes->len && g_array_index (routes, NlvRoute, end).table == first->table)
        end++;
      tell_backwards (change, first, end - table);
    }
}

/* fib6_rt_update() */
static void
tell_route (NlvChange *change, NlvFibCursor *cursor, gpointer user_data)
{
  nlv_route_event (change, RTM_NEWROUTE, NLM_F_REPLACE, &cursor->row, TRUE);
}

void
nlv_nexthop_tell_routes (NlvChange *change, guint32 id)
{
  g_autoptr (GPtrArray) groups = nlv_nexthop_find_groups (change->network, id);
  g_autoptr (GHashTable) found = find_places_of (change->network, id, groups);

  tell_ipv4_routes (change, found, id);
  for_each_route (change, AF_INET6, found, id, tell_route, NULL);
  for (guint i = 0; i < groups->len; i++)
    {
      const NlvNexthopObject *group = g_ptr_array_index (groups, i);

      tell_ipv4_routes (change, found, group->id);
      for_each_route (change, AF_INET6, found, group->id, tell_route, NULL);
    }
}

/* --- removal ---------------------------------------------------------------------------------- */

/* Why one goes, and where the routes are of all that may go with it. */
typedef struct
{
  NlvChange *change;
  guint16 nl_flags;
  gboolean told;
  GHashTable *found;
  GHashTable *members; /* (nullable) ids of those that are in groups, and maybe others */
  GHashTable *stale;   /* (nullable) groups whose routes have ways that are gone: NULL, they may not */
} Removal;

static void remove_object (const Removal *removal, NlvNexthopObject *row);

/* remove_nh_grp_entry() */
static void
leave_group (const Removal *removal, NlvNexthopObject *group, guint32 member)
{
  NlvNetwork *network = removal->change->network;
  guint i = 0;

  if (group->group->len == 1)
    {
      remove_object (removal, group);
      return;
    }
  while (g_array_index (group->group, struct nexthop_grp, i).id != member)
    i++;
  g_array_remove_index (group->group, i);
  group->joined = nlv_network_next_sequence (network);
  if (group->group_type == NEXTHOP_GRP_TYPE_RES)
    nlv_nexthop_fill_buckets (network, group, nlv_nexthop_count_buckets (network, group->id));
  if (removal->stale != NULL)
    g_hash_table_add (removal->stale, group);
  else
    nlv_nexthop_renew_routes (removal->change, group, FALSE);
  if (removal->told)
    nlv_nexthop_event (removal->change, removal->nl_flags, RTM_NEWNEXTHOP, group);
}

static void
remove_object (const Removal *removal, NlvNexthopObject *row)
{
  NlvNetwork *network = removal->change->network;
  guint32 id = row->id;
  g_autoptr (GPtrArray) groups = NULL;

  if (removal->members == NULL || g_hash_table_contains (removal->members, GUINT_TO_POINTER (id)))
    groups = nlv_nexthop_find_groups (network, id);
  if (removal->told)
    nlv_nexthop_event (removal->change, removal->nl_flags, RTM_DELNEXTHOP, row);
  if (removal->stale != NULL && g_hash_table_remove (removal->stale, row))
    nlv_nexthop_renew_routes (removal->change, row, FALSE);
  flush_routes (removal->change, removal->found, id);
  /* No others forward. */
  if (row->fdb)
    nlv_vxlan_forget_nexthop (removal->change, id);
  if (row->group_type == NEXTHOP_GRP_TYPE_RES && row->group != NULL)
    nlv_nexthop_fill_buckets (network, row, 0);
  for (guint i = 0; groups != NULL && i < groups->len; i++)
    leave_group (removal, g_ptr_array_index (groups, i), id);
  nlv_network_remove_nexthop (network, row);
}

void
nlv_nexthop_remove (NlvChange *change, guint16 nl_flags, NlvNexthopObject *row)
{
  g_autoptr (GPtrArray) groups = nlv_nexthop_find_groups (change->network, row->id);
  g_autoptr (GHashTable) found = find_places_of (change->network, row->id, groups);
  const Removal removal = { change, nl_flags, TRUE, found, NULL, NULL };

  remove_object (&removal, row);
}

/* --- devices -------------------------------------------------------------------------------------- */

static void
add_ids (const GArray *group, GHashTable *ids)
{
  for (guint i = 0; i < group->len; i++)
    g_hash_table_add (ids, GUINT_TO_POINTER (g_array_index (group, struct nexthop_grp, i).id));
}

/* nexthop_flush_dev(). Groups may go with those on the link. */
static void
flush_link (NlvChange *change, guint32 link)
{
  NlvNetwork *network = change->network;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32)), groups = g_array_copy (ids);
  g_autoptr (GHashTable) found = NULL, members = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) stale = g_hash_table_new (NULL, NULL);
  Removal removal = { .change = change, .members = members, .stale = stale };
  GHashTableIter iter;
  gpointer group;
  guint n;

  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    {
      const NlvNexthopObject *row = nlv_network_get_nexthop (network, i);

      if (row->group != NULL)
        {
          g_array_append_val (groups, row->id);
          add_ids (row->group, members);
        }
      else if (!row->blackhole && !row->fdb && row->way.link == link)
        g_array_append_val (ids, row->id);
    }
  n = ids->len;
  if (n == 0)
    return;
  g_array_append_vals (ids, groups->data, groups->len);
  removal.found = found = find_places (network, ids);
  for (guint i = 0; i < n; i++)
    remove_object (&removal, nlv_network_find_nexthop (network, g_array_index (ids, guint32, i)));
  g_hash_table_iter_init (&iter, stale);
  while (g_hash_table_iter_next (&iter, &group, NULL))
    nlv_nexthop_renew_routes (change, group, FALSE);
}

void
nlv_nexthop_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  if (event == NLV_NETDEV_DOWN || event == NLV_NETDEV_UNREGISTER ||
      (event == NLV_NETDEV_CHANGE && (link->flags & IFF_RUNNING) == 0 && !link->carrier))
    flush_link (change, link->index);
}

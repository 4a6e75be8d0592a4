/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_DELROUTE for IPv6, and routes that run out: ip6_route_del(), fib6_del(),
 * fib6_run_gc(). */
#include "model/change/change-route-ipv6.h"

#include "model/fib-keys.h"
#include "model/route-siblings.h"
#include "model/rtnetlink/rtnetlink-private.h"
#include "model/timer.h"

#include <errno.h>
#include <string.h>

/* ip6_rt_gc_interval */
#define GC_INTERVAL 3000

/* --- one of the ways --------------------------------------------------------------- */

static NlvRoute
key_of (const NlvRoute *row)
{
  return (NlvRoute){ .family = AF_INET6,
                     .table = row->table,
                     .metric = row->metric,
                     .destination = row->destination,
                     .destination_length = row->destination_length,
                     .source = row->source,
                     .source_length = row->source_length };
}

/* Takes one way off the route that came last, or the route with it. */
static void
delete_way (NlvChange *change, NlvFibCursor *cursor, guint index, gboolean asked)
{
  gboolean is_sibling = nlv_fib_may_have_siblings (&cursor->row);
  const NlvRoute key = key_of (&cursor->row);
  NlvRoute gone, left;

  nlv_route_get_sibling (&cursor->row, index, &gone);
  gone.expires = 0; /* fib6_purge_rt() */
  nlv_route_event (change, RTM_DELROUTE, 0, &gone, asked);
  if (cursor->row.n_nexthops == 1)
    nlv_network_remove_route (change->network, cursor);
  else
    {
      nlv_route_copy (&cursor->row, &left);
      nlv_route_remove_sibling (&left, index);
      nlv_network_replace_route (change->network, cursor, &left);
    }
  if (is_sibling)
    nlv_route_note_sibling_removed (change->network, &key, index);
}

/* All ways; __ip6_del_rt_siblings() writes the event before they go. */
static void
delete_row (NlvChange *change, NlvFibCursor *cursor, guint first, gboolean asked)
{
  const NlvRoute key = key_of (&cursor->row);
  NlvRoute gone = cursor->row;

  if (gone.nexthop_id != 0)
    {
      gone.expires = 0;
      nlv_route_event (change, RTM_DELROUTE, 0, &gone, asked);
    }
  else
    nlv_route_event_from (change, RTM_DELROUTE, 0, &gone, first, asked);
  nlv_network_remove_route (change->network, cursor);
  if (gone.nexthop_id == 0)
    nlv_route_note_siblings (change->network, &key);
}

static gboolean
goes_as (const NlvWay *way, const NlvNexthop *nexthop)
{
  static const NlvIp none;
  const NlvIp *gateway = nexthop->gateway_family != 0 ? &nexthop->gateway : &none;

  return (way->link == 0 || nexthop->link == way->link) &&
         (way->gateway_family == 0 || nlv_ip_equal (&way->gateway, gateway, AF_INET6));
}

/* --- which route --------------------------------------------------------------------- */

/* fib6_locate(): where no route of the destination is for some sources only, one that
 * is for all will do. */
static gboolean
has_sources (NlvFib *fib, const NlvRouteConfig *config, guint8 length)
{
  const NlvRoute *row;
  NlvFibCursor cursor;

  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, nlv_route_table_ipv6 (config), &config->destination, length);
  row = nlv_fib_next (fib, &cursor);
  return row != NULL && row->source_length > 0;
}

static gboolean
has_protocol (const NlvRouteConfig *config, const NlvRoute *row)
{
  return config->protocol == RTPROT_UNSPEC || row->protocol == config->protocol;
}

/* The first way that is meant; that of the route's nexthop is any. */
static gboolean
find_way (const NlvRouteConfig *config, const NlvWay *way, const NlvRoute *row, guint *index)
{
  *index = 0;
  if (config->metric != 0 && row->metric != config->metric)
    return FALSE;
  if (row->nexthop_id != 0)
    return (config->nexthop_id == 0 || row->nexthop_id == config->nexthop_id) && has_protocol (config, row);
  if (config->nexthop_id != 0)
    return FALSE;
  for (; *index < row->n_nexthops; ++*index)
    {
      NlvRoute sibling;

      nlv_route_get_sibling (row, *index, &sibling);
      if (has_protocol (config, &sibling) && goes_as (way, sibling.nexthops))
        return TRUE;
    }
  return FALSE;
}

/* A table without a default route has one at its root, fib6_null_entry, that
 * cannot be deleted. */
static int
refuse_root (NlvNetwork *network, const NlvRouteConfig *config, const NlvWay *way)
{
  static const NlvIp any;

  if ((config->metric != 0 && config->metric != G_MAXUINT32) ||
      (config->protocol != RTPROT_UNSPEC && config->protocol != RTPROT_KERNEL) || config->nexthop_id != 0 ||
      (way->link != 0 && way->link != nlv_loopback_index (network)) ||
      (way->gateway_family != 0 && !nlv_ip_equal (&way->gateway, &any, AF_INET6)))
    return -ESRCH;
  return -ENOENT;
}

/* Whether fib6_locate() ends here when it does not have to be exact: at a prefix that
 * has routes for all, or at the root. @result: what it comes to. */
static gboolean
locates_at (NlvFib *fib, const NlvRouteConfig *config, guint8 length, int *result)
{
  gboolean any = FALSE, for_all = length == 0, of_source = FALSE, meant = config->nexthop_id == 0;
  const NlvRoute *row;
  NlvFibCursor cursor;

  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, nlv_route_table_ipv6 (config), &config->destination, length);
  for (; (row = nlv_fib_next (fib, &cursor)) != NULL; any = TRUE)
    {
      for_all |= row->source_length == 0;
      of_source |= row->source_length > 0 && row->source_length <= config->source_length &&
                   nlv_fib_compare_bits (&row->source, &config->source, row->source_length) == 0;
      meant |= row->nexthop_id == config->nexthop_id;
    }
  if (!for_all && !(any && length == config->destination_length))
    return FALSE;
  if (config->source_length > 0 && has_sources (fib, config, length))
    for_all = of_source;
  *result = for_all && meant ? 0 : -ESRCH;
  return TRUE;
}

/* A cached route is never there, but it is no error to delete one of a route that is:
 * ip6_del_cached_rt(). */
static int
delete_cached (NlvFib *fib, const NlvRouteConfig *config)
{
  guint8 length = config->destination_length;
  int result = -ESRCH;

  while (!locates_at (fib, config, length, &result) && length > 0)
    length--;
  return result;
}

/* What is to be deleted. */
typedef struct
{
  gboolean any, found;
  NlvFibCursor cursor;
  guint index, order;
} Match;

/* The first one in the order of the kernel's list, where other routes may be between
 * siblings. */
static void
find_match (NlvFib *fib, const NlvRouteConfig *config, const NlvWay *way, Match *match)
{
  NlvRoute source = { .source = config->source, .source_length = config->source_length };
  const NlvRoute *row;
  NlvFibCursor cursor;

  *match = (Match){ 0 };
  if (source.source_length > 0 && !has_sources (fib, config, config->destination_length))
    source = (NlvRoute){ 0 };
  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, nlv_route_table_ipv6 (config), &config->destination,
                              config->destination_length);
  while ((row = nlv_fib_next (fib, &cursor)) != NULL)
    {
      guint index, order;

      if (!nlv_fib_equal_sources (row, &source))
        continue;
      match->any = TRUE;
      if (match->found && row->metric != match->cursor.row.metric)
        break;
      if (!find_way (config, way, row, &index))
        continue;
      order = nlv_fib_may_have_siblings (row) ? 2 * index + 1 : 2u * row->ways_before;
      if (match->found && match->order <= order)
        continue;
      match->found = TRUE;
      match->cursor = cursor;
      match->index = index;
      match->order = order;
    }
}

int
nlv_route_delete_ipv6 (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, gboolean all)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvRoute *row;
  Match match;

  if (!nlv_route_has_table (change->network, AF_INET6, nlv_route_table_ipv6 (config)))
    return nlv_change_refuse (change, -ESRCH, "FIB table does not exist");
  if (config->destination_length > 128 || config->source_length > 128)
    return -ESRCH;
  if ((config->flags & RTM_F_CLONED) != 0)
    return delete_cached (fib, config);
  find_match (fib, config, way, &match);
  row = &match.cursor.row;
  if (!match.found && !match.any && config->destination_length == 0 &&
      (config->source_length == 0 || !has_sources (fib, config, 0)))
    return refuse_root (change->network, config, way);
  if (!match.found)
    return -ESRCH;
  /* With a gateway it is only this one way. */
  if (row->nexthop_id != 0 || (row->n_nexthops > 1 && all && way->gateway_family == 0))
    delete_row (change, &match.cursor, match.index, TRUE);
  else
    delete_way (change, &match.cursor, match.index, TRUE);
  return 0;
}

/* ip6_route_multipath_del(): what the last one that fails comes to. */
static int
delete_ways (NlvChange *change, const NlvRouteConfig *config)
{
  NlvSpan rest = config->ways, attrs;
  struct rtnexthop header;
  int result = 0;

  while (nlv_rtnexthop_next (&rest, &header, &attrs))
    {
      NlvAttr gateway = nlv_span_first_attr (attrs, RTA_GATEWAY);
      NlvWay way = config->way;
      int error;

      if (header.rtnh_ifindex != 0)
        way.link = (guint32) header.rtnh_ifindex;
      if (nlv_attr_present (&gateway))
        {
          way.gateway_family = AF_INET6;
          nlv_attr_copy (&gateway, way.gateway.bytes, sizeof way.gateway);
        }
      error = nlv_route_delete_ipv6 (change, config, &way, FALSE);
      if (error < 0)
        result = error;
    }
  return result;
}

int
nlv_delroute_ipv6 (const NlvRequest *request)
{
  NlvRouteConfig config;
  NlvChange change;
  int error;

  nlv_change_init_request (&change, request);
  error = nlv_route_config_parse_ipv6 (&change, request->message, &config);
  if (error < 0)
    return error;
  if (config.nexthop_id != 0 && nlv_network_find_nexthop (request->network, config.nexthop_id) == NULL)
    return nlv_change_refuse (&change, -EINVAL, "Nexthop id does not exist");
  return config.has_ways ? delete_ways (&change, &config) : nlv_route_delete_ipv6 (&change, &config, &config.way, TRUE);
}

/* --- running out: fib6_run_gc() ----------------------------------------------------- */

static gboolean
is_over (guint32 expires, guint64 now)
{
  return expires != 0 && (gint32) ((guint32) now - expires) > 0;
}

/* TRUE when it has to be looked at again: with a way less. */
static gboolean
expire (NlvChange *change, NlvFibCursor *cursor, gboolean *more)
{
  guint n = cursor->row.nexthop_id != 0 ? 1 : cursor->row.n_nexthops;

  for (guint i = 0; i < n; i++)
    {
      NlvRoute sibling;

      nlv_route_get_sibling (&cursor->row, i, &sibling);
      if (!is_over (sibling.expires, change->now))
        *more |= sibling.expires != 0;
      else if (cursor->row.nexthop_id != 0)
        {
          delete_row (change, cursor, 0, FALSE);
          return FALSE;
        }
      else
        {
          delete_way (change, cursor, i, FALSE);
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
may_run_out (const NlvRoute *row, gpointer user_data)
{
  return row->expires != 0 || row->siblings != NULL;
}

static void
run_gc (NlvChange *change, guint64 key)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  gboolean more = FALSE;
  const NlvRoute *row;
  NlvFibCursor cursor;

  if (nlv_fib_any (fib, AF_INET6, may_run_out, NULL))
    {
      nlv_fib_cursor_init (&cursor, AF_INET6);
      while ((row = nlv_fib_next (fib, &cursor)) != NULL)
        if (may_run_out (row, NULL) && expire (change, &cursor, &more))
          nlv_fib_unget (&cursor);
    }
  if (more)
    nlv_network_schedule (change->network, run_gc, key, change->now + GC_INTERVAL);
  else
    nlv_network_cancel (change->network, run_gc, key);
}

void
nlv_route_run_expiry (NlvChange *change)
{
  run_gc (change, 0);
}

/* fib6_start_gc() */
void
nlv_route_start_expiry (NlvChange *change)
{
  if (!nlv_network_is_scheduled (change->network, run_gc, 0))
    nlv_network_schedule (change->network, run_gc, 0, change->now + GC_INTERVAL);
}

void
nlv_route_begin (NlvChange *change)
{
  if (nlv_fib_any (nlv_network_get_fib (change->network), AF_INET6, may_run_out, NULL))
    nlv_route_start_expiry (change);
}

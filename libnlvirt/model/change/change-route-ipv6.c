/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWROUTE for IPv6: inet6_rtm_newroute(), ip6_route_info_create(),
 * fib6_add_rt2node(). The kernel keeps a route for each way and calls those that
 * go together siblings; here they are the ways of one row. */
#include "model/change/change-route-ipv6.h"

#include "model/fib-keys.h"
#include "model/route-siblings.h"
#include "model/rtnetlink/rtnetlink-private.h"
#include "model/timer.h"

#include <errno.h>
#include <string.h>

/* IP6_RT_PRIO_USER */
#define USER_METRIC 1024

/* More than this are no siblings any more. */
#define MAX_WAYS 4096

/* --- what a request asks for: ip6_route_info_create() ----------------------------- */

guint32
nlv_route_table_ipv6 (const NlvRouteConfig *config)
{
  return config->table != RT_TABLE_UNSPEC ? config->table : RT_TABLE_MAIN;
}

/* fib6_config_validate() */
static int
validate (NlvChange *change, const NlvRouteConfig *config)
{
  const char *words;

  if ((config->flags & RTM_F_CLONED) != 0)
    words = "Userspace can not set RTF_CACHE";
  else if (config->type > RTN_MAX)
    words = "Invalid route type";
  else if (config->destination_length > 128)
    words = "Invalid prefix length";
  else if (config->source_length > 128)
    words = "Invalid source address length";
  else if (config->nexthop_id != 0 && config->source_length > 0)
    words = "Nexthops can not be used with source routing";
  else
    return 0;
  return nlv_change_refuse (change, -EINVAL, words);
}

static gboolean
has_ipv4 (NlvNetwork *network, const NlvNexthopObject *nexthop)
{
  if (nexthop->group == NULL)
    return nexthop->family == AF_INET;
  for (guint i = 0; i < nexthop->group->len; i++)
    {
      const NlvNexthopObject *one =
        nlv_network_find_nexthop (network, g_array_index (nexthop->group, struct nexthop_grp, i).id);

      if (one != NULL && one->family == AF_INET)
        return TRUE;
    }
  return FALSE;
}

int
nlv_route_check_nexthop_ipv6 (NlvChange *change, const NlvNexthopObject *nexthop)
{
  if (has_ipv4 (change->network, nexthop))
    return nlv_change_refuse (change, -EINVAL, "IPv6 routes can not use an IPv4 nexthop");
  if (nexthop->fdb)
    return nlv_change_refuse (change, -EINVAL, "Route cannot point to a fdb nexthop");
  return 0;
}

static int
take_nexthop (NlvChange *change, const NlvRouteConfig *config, NlvRoute *row)
{
  const NlvNexthopObject *nexthop = nlv_network_find_nexthop (change->network, config->nexthop_id);
  int error;

  if (nexthop == NULL)
    return nlv_change_refuse (change, -EINVAL, "Nexthop id does not exist");
  if (!nlv_ip_is_any (&config->source, AF_INET6))
    return nlv_change_refuse (change, -EINVAL, "IPv6 routes using source address can not use nexthop objects");
  error = nlv_route_check_nexthop_ipv6 (change, nexthop);
  if (error == 0)
    nlv_route_take_nexthop (change->network, row, nexthop);
  return error;
}

/* fib6_is_reject(): routes that reject, and those over the loopback link that would
 * come back for ever, have no other RTF_ flags. */
static void
drop_flags (NlvNetwork *network, const NlvRouteConfig *config, NlvRoute *row)
{
  const NlvLink *link = nlv_network_find_link (network, row->nexthops->link);

  if (link == NULL || (link->flags & IFF_LOOPBACK) == 0 || config->type == RTN_LOCAL ||
      (nlv_ipv6_is_loopback (&config->destination) && nlv_route_type_error (row) == 0))
    return;
  row->expires = 0;
  row->preference = 0;
}

static int
take_way (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, NlvRoute *row)
{
  int error;

  row->nexthops = g_new0 (NlvNexthop, 1);
  row->n_nexthops = 1;
  error = nlv_nexthop_check_ipv6 (change, config, way, row->nexthops);
  if (error < 0)
    return error;
  row->nexthops->weight = way->weight;
  drop_flags (change->network, config, row);
  return 0;
}

static void
begin_row (const NlvRouteConfig *config, NlvRoute *row)
{
  *row = (NlvRoute){ .family = AF_INET6,
                     .destination_length = config->destination_length,
                     .source_length = config->source_length,
                     .protocol = config->protocol != RTPROT_UNSPEC ? config->protocol : RTPROT_BOOT,
                     .type = config->type != RTN_UNSPEC ? config->type : RTN_UNICAST,
                     .preference = config->preference,
                     .table = nlv_route_table_ipv6 (config),
                     .metric = config->metric,
                     .destination = config->destination,
                     .source = config->source,
                     .expires = config->expires };
  nlv_fib_mask_ip (&row->destination, row->destination_length);
  nlv_fib_mask_ip (&row->source, row->source_length);
}

/* A route with one way, or with a nexthop. @row is to be cleared whatever comes of it. */
static int
create (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, NlvRoute *row)
{
  const NlvIp *source = &config->preferred_source;
  guint32 link;
  int error;

  nlv_route_add_table (change->network, AF_INET6, nlv_route_table_ipv6 (config));
  begin_row (config, row);
  error = nlv_route_take_metrics (change, config, row);
  if (error == 0)
    error = config->nexthop_id != 0 ? take_nexthop (change, config, row) : take_way (change, config, way, row);
  if (error < 0 || nlv_ip_is_any (source, AF_INET6))
    return error;
  link = row->n_nexthops > 0 ? row->nexthops->link : 0;
  if (!nlv_has_address_ipv6 (change->network, source, link, IFA_F_TENTATIVE))
    return nlv_change_refuse (change, -EINVAL, "Invalid source address");
  row->preferred_source = *source;
  row->has_preferred_source = TRUE;
  return 0;
}

/* --- events --------------------------------------------------------------------- */

/* Of a route with the ways of others; @first of these is its own. */
static void
tell_with (NlvChange *change, guint16 type, guint16 flags, const NlvRoute *row, const NlvRoute *ways, guint first,
           gboolean asked)
{
  NlvRoute shown = *row;
  g_autofree NlvNexthop *round = g_new (NlvNexthop, ways->n_nexthops);

  for (guint i = 0; i < ways->n_nexthops; i++)
    round[i] = ways->nexthops[(first + i) % ways->n_nexthops];
  shown.nexthops = round;
  shown.n_nexthops = ways->n_nexthops;
  nlv_route_event (change, type, flags, &shown, asked);
}

void
nlv_route_event_from (NlvChange *change, guint16 type, guint16 flags, const NlvRoute *row, guint first, gboolean asked)
{
  NlvRoute own;

  nlv_route_get_sibling (row, first, &own);
  tell_with (change, type, flags, &own, row, first, asked);
}

/* --- adding: fib6_add_rt2node() --------------------------------------------------- */

/* What there is under the prefixes of a route that is to be added. */
typedef struct
{
  gboolean any_destination, any; /* of the destination; and of the source too */
  gboolean any_metric;
  gboolean found, has_fallback; /* what is to be replaced */
  gboolean has_siblings;
  NlvFibCursor place, fallback, siblings;
} Present;

/* rt6_duplicate_nexthop(); @index is that of the same way. */
static gboolean
is_duplicate (const NlvRoute *a, const NlvRoute *b, guint *index)
{
  *index = 0;
  if (a->nexthop_id != 0 || b->nexthop_id != 0)
    return a->nexthop_id == b->nexthop_id;
  for (; b->n_nexthops > 0 && *index < a->n_nexthops; ++*index)
    {
      const NlvRoute one = { .nexthops = &a->nexthops[*index], .n_nexthops = 1 };

      if (nlv_fib_has_nexthop (&one, b->nexthops))
        return TRUE;
    }
  return FALSE;
}

/* A route that would run out may be added again, to run out later. */
static int
refresh (NlvNetwork *network, NlvFibCursor *cursor, guint index, const NlvRoute *row)
{
  NlvRoute fresh, *sibling;

  nlv_route_get_sibling (&cursor->row, index, &fresh);
  if (fresh.expires == 0)
    return -EEXIST;
  nlv_route_copy (&cursor->row, &fresh);
  sibling = nlv_route_edit_sibling (&fresh, index);
  sibling->expires = row->expires;
  if (row->metrics != NULL && row->metrics[RTAX_MTU] != 0)
    {
      if (sibling->metrics == NULL)
        sibling->metrics = g_new0 (guint32, RTAX_MAX + 1);
      sibling->metrics[RTAX_MTU] = row->metrics[RTAX_MTU];
    }
  nlv_route_settle_siblings (&fresh);
  nlv_network_replace_route (network, cursor, &fresh);
  return -EEXIST;
}

/* One that has the metric of @row; TRUE when no further one matters. */
static gboolean
look_at (NlvNetwork *network, NlvFibCursor *cursor, const NlvRoute *at, const NlvRoute *row, guint16 flags,
         Present *present, int *error)
{
  gboolean alike = nlv_fib_may_have_siblings (at) == nlv_fib_may_have_siblings (row);
  guint index = 0;

  present->any_metric = TRUE;
  if ((flags & NLM_F_EXCL) != 0)
    *error = -EEXIST;
  else if ((flags & NLM_F_REPLACE) != 0 && alike)
    {
      present->found = TRUE;
      present->place = *cursor;
    }
  else if ((flags & NLM_F_REPLACE) != 0)
    {
      if (!present->has_fallback)
        present->fallback = *cursor;
      present->has_fallback = TRUE;
    }
  else if (is_duplicate (at, row, &index))
    *error = refresh (network, cursor, index, row);
  else if (alike && nlv_fib_may_have_siblings (row))
    {
      present->has_siblings = TRUE;
      present->siblings = *cursor;
    }
  return *error < 0 || present->found;
}

static int
look (NlvNetwork *network, const NlvRoute *row, guint16 flags, Present *present)
{
  NlvFib *fib = nlv_network_get_fib (network);
  const NlvRoute *at;
  NlvFibCursor cursor;
  int error = 0;

  *present = (Present){ 0 };
  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, row->table, &row->destination, row->destination_length);
  while ((at = nlv_fib_next (fib, &cursor)) != NULL)
    {
      present->any_destination = TRUE;
      if (!nlv_fib_equal_sources (at, row))
        continue;
      present->any = TRUE;
      if (at->metric > row->metric)
        break;
      if (at->metric == row->metric && look_at (network, &cursor, at, row, flags, present, &error))
        break;
    }
  if (error == 0 && !present->found && present->has_fallback)
    {
      present->found = TRUE;
      present->place = present->fallback;
    }
  return error;
}

/* Whether the tree has a node where the ways to longer prefixes part. */
static gboolean
is_branch (NlvNetwork *network, const NlvRoute *row)
{
  guint bit = row->destination_length;
  gboolean below[2] = { FALSE, FALSE };
  NlvFibCursor cursor;
  const NlvRoute *at;

  nlv_fib_cursor_init_table (&cursor, AF_INET6, row->table);
  while ((at = nlv_fib_next (nlv_network_get_fib (network), &cursor)) != NULL)
    if (at->destination_length > bit && nlv_ip_in_prefix (&at->destination, &row->destination, bit, AF_INET6))
      below[at->destination.bytes[bit / 8] >> (7 - bit % 8) & 1] = TRUE;
  return below[0] && below[1];
}

/* fib6_add_1() makes no node for what can only replace; the root is always there. */
static int
refuse_replacing (NlvChange *change, const NlvRoute *row, const Present *present)
{
  if (row->source_length > 0 ? present->any : present->any_destination || row->destination_length == 0)
    return -ENOENT;
  if (row->source_length == 0 && is_branch (change->network, row))
    return -ENOENT;
  return nlv_change_refuse (change, -ENOENT, "Can not replace route - no match found");
}

/* Gives its way to the routes that it belongs to. */
static int
join (NlvChange *change, NlvFibCursor *siblings, NlvRoute *row, guint16 told, gboolean asked, gboolean silent)
{
  NlvRoute joined;

  nlv_route_copy (&siblings->row, &joined);
  if (joined.n_nexthops >= MAX_WAYS)
    {
      nlv_route_clear (&joined);
      return -ENOMEM;
    }
  nlv_route_add_sibling (&joined, row);
  if (!silent)
    tell_with (change, RTM_NEWROUTE, told, row, &joined, joined.n_nexthops - 1u, asked);
  nlv_network_replace_route (change->network, siblings, &joined);
  return 0;
}

static int
add (NlvChange *change, Present *present, NlvRoute *row, guint16 flags, gboolean asked, gboolean silent)
{
  guint16 told = (present->any_metric ? 0 : NLM_F_EXCL) | (flags & NLM_F_APPEND) | NLM_F_CREATE;

  if (present->has_siblings)
    return join (change, &present->siblings, row, told, asked, silent);
  if (!silent)
    nlv_route_event (change, RTM_NEWROUTE, told, row, asked);
  if (present->any_metric && !nlv_fib_may_have_siblings (row))
    row->ways_before = nlv_route_count_siblings (change->network, row);
  nlv_network_insert_route (change->network, row, NLV_FIB_LAST);
  *row = (NlvRoute){ 0 };
  return 0;
}

static void
replace (NlvChange *change, Present *present, NlvRoute *row, gboolean asked, gboolean silent)
{
  gboolean had_siblings = nlv_fib_may_have_siblings (&present->place.row);
  NlvRoute like = present->place.row;

  if (!silent)
    nlv_route_event (change, RTM_NEWROUTE, NLM_F_REPLACE, row, asked);
  had_siblings |= nlv_fib_may_have_siblings (row);
  if (!had_siblings)
    row->ways_before = like.ways_before;
  nlv_network_replace_route (change->network, &present->place, row);
  *row = (NlvRoute){ 0 };
  if (had_siblings)
    nlv_route_note_siblings (change->network, &like);
}

/* Takes the members of @row. */
static int
insert (NlvChange *change, NlvRoute *row, guint16 flags, gboolean asked, gboolean silent)
{
  gboolean runs_out = row->expires != 0;
  Present present;
  int error = look (change->network, row, flags, &present);

  if (error == 0 && present.found)
    replace (change, &present, row, asked, silent);
  else if (error == 0 && (flags & NLM_F_REPLACE) != 0 && (flags & NLM_F_CREATE) == 0)
    error = refuse_replacing (change, row, &present);
  else if (error == 0)
    error = add (change, &present, row, flags, asked, silent);
  if (error == 0 && runs_out)
    nlv_route_start_expiry (change);
  nlv_route_clear (row);
  return error;
}

int
nlv_route_insert_ipv6 (NlvChange *change, NlvRoute *row, guint16 flags, gboolean asked)
{
  return insert (change, row, flags, asked, FALSE);
}

/* --- several ways: ip6_route_multipath_add() -------------------------------------- */

typedef struct
{
  GArray *ways; /* (element-type NlvWay) (owned) */
  GArray *rows; /* (element-type NlvRoute) (owned) one for each, while it is not added */
} Batch;

static void
batch_clear (Batch *batch)
{
  for (guint i = 0; i < batch->rows->len; i++)
    nlv_route_clear (&g_array_index (batch->rows, NlvRoute, i));
  g_array_unref (batch->rows);
  g_array_unref (batch->ways);
}

static NlvWay
way_of (const NlvRouteConfig *config, const struct rtnexthop *header, NlvSpan attrs)
{
  NlvAttr gateway = nlv_span_first_attr (attrs, RTA_GATEWAY), type = nlv_span_first_attr (attrs, RTA_ENCAP_TYPE);
  NlvWay way = config->way;

  if (header->rtnh_ifindex != 0)
    way.link = (guint32) header->rtnh_ifindex;
  if (nlv_attr_present (&gateway))
    {
      way.gateway_family = AF_INET6;
      nlv_attr_copy (&gateway, way.gateway.bytes, sizeof way.gateway);
    }
  if (attrs.len > 0)
    way.encap = nlv_span_first_attr (attrs, RTA_ENCAP);
  if (nlv_attr_present (&type))
    way.encap_type = nlv_attr_u16 (&type);
  way.flags |= header->rtnh_flags & RTNH_F_ONLINK;
  way.weight = header->rtnh_hops;
  return way;
}

static int
batch_add (NlvChange *change, const NlvRouteConfig *config, const NlvWay *way, Batch *batch)
{
  guint index = 0;
  NlvRoute row;
  int error = create (change, config, way, &row);

  /* ip6_route_info_append() */
  for (guint i = 0; error == 0 && i < batch->rows->len; i++)
    if (is_duplicate (&g_array_index (batch->rows, NlvRoute, i), &row, &index))
      error = -EEXIST;
  if (error < 0)
    {
      nlv_route_clear (&row);
      return error;
    }
  g_array_append_val (batch->rows, row);
  g_array_append_val (batch->ways, *way);
  return 0;
}

/* ip6_route_mpath_notify(): of the whole route, from the first one that was added
 * on; appended ones are shown behind what was there. */
static void
tell_batch (NlvChange *change, const NlvRoute *first, guint16 told)
{
  NlvFib *fib = nlv_network_get_fib (change->network);
  const NlvRoute *at;
  NlvFibCursor cursor;
  guint index = 0;

  nlv_fib_cursor_init_prefix (&cursor, AF_INET6, first->table, &first->destination, first->destination_length);
  while ((at = nlv_fib_next (fib, &cursor)) != NULL)
    {
      if (at->metric != first->metric || !nlv_fib_equal_sources (at, first) || !is_duplicate (at, first, &index))
        continue;
      if ((told & NLM_F_APPEND) != 0 && at->n_nexthops > 1)
        nlv_route_event (change, RTM_NEWROUTE, told, at, TRUE);
      else
        tell_with (change, RTM_NEWROUTE, told, first, at, index, TRUE);
      return;
    }
}

/* The first has found its place, the others go with it. */
#define CLEARED_FLAGS (NLM_F_EXCL | NLM_F_REPLACE)

/* Returns how many were added before something went wrong. */
static guint
batch_insert (NlvChange *change, const NlvRouteConfig *config, const Batch *batch, int *error)
{
  guint16 flags = config->nlmsg_flags;
  guint i;

  for (i = 0; i < batch->rows->len; i++)
    {
      NlvRoute row;

      nlv_route_copy (&g_array_index (batch->rows, NlvRoute, i), &row);
      *error = insert (change, &row, flags, TRUE, TRUE);
      if (*error < 0)
        break;
      flags = (guint16) ((flags & ~CLEARED_FLAGS) | NLM_F_CREATE);
    }
  if (*error < 0 && i > 0 && (config->nlmsg_flags & NLM_F_REPLACE) != 0)
    nlv_change_refuse (change, *error, "ipv6: multipath route replace failed (check consistency of installed routes)");
  return i;
}

static int
add_batch (NlvChange *change, const NlvRouteConfig *config, NlvAnswer *answer)
{
  Batch batch = { g_array_new (FALSE, FALSE, sizeof (NlvWay)), g_array_new (FALSE, FALSE, sizeof (NlvRoute)) };
  guint16 told = (config->nlmsg_flags & NLM_F_REPLACE) != 0 ? NLM_F_REPLACE : NLM_F_CREATE;
  NlvSpan rest = config->ways, attrs;
  struct rtnexthop header;
  guint n = 0;
  int error = 0;

  while (error == 0 && nlv_rtnexthop_next (&rest, &header, &attrs))
    {
      const NlvWay way = way_of (config, &header, attrs);

      error = batch_add (change, config, &way, &batch);
    }
  if (error == 0)
    n = batch_insert (change, config, &batch, &error);
  if (n > 0)
    {
      answer->flags_cleared = CLEARED_FLAGS;
      answer->flags_set = NLM_F_CREATE;
      tell_batch (change, &g_array_index (batch.rows, NlvRoute, 0), told | (config->nlmsg_flags & NLM_F_APPEND));
    }
  for (guint i = 0; error < 0 && i < n; i++)
    nlv_route_delete_ipv6 (change, config, &g_array_index (batch.ways, NlvWay, i), FALSE);
  batch_clear (&batch);
  return error;
}

int
nlv_newroute_ipv6 (const NlvRequest *request)
{
  NlvRouteConfig config;
  NlvChange change;
  NlvRoute row;
  int error;

  nlv_change_init_request (&change, request);
  error = nlv_route_config_parse_ipv6 (&change, request->message, &config);
  if (error < 0)
    return error;
  if (config.metric == 0)
    config.metric = USER_METRIC;
  error = validate (&change, &config);
  if (error < 0)
    return error;
  if (config.has_ways)
    return add_batch (&change, &config, request->answer);
  error = create (&change, &config, &config.way, &row);
  if (error < 0)
    {
      nlv_route_clear (&row);
      return error;
    }
  return nlv_route_insert_ipv6 (&change, &row, config.nlmsg_flags, TRUE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETSTATS: rtnl_stats_get(), rtnl_stats_dump() and rtnl_fill_statsinfo().
 * Of the groups that can be asked for there are the counters of the link
 * itself, those of bridges and their ports, and that no device counts for it. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <string.h>

/* struct rtnl_link_stats64 */
#define COUNTERS_SIZE 200
/* struct rtnl_hw_stats64 */
#define FORWARDED_SIZE 72

/* The parts of IFLA_STATS_LINK_OFFLOAD_XSTATS, and another bit that the kernel
 * lets pass. */
#define OFFLOAD_PARTS 0x0f

typedef struct
{
  struct if_stats_msg header;
  guint32 offload; /* wanted of IFLA_STATS_LINK_OFFLOAD_XSTATS */
} Query;

/* Where a link's message goes on that did not fit into the last datagram: the
 * kernel's idxattr and prividx. */
typedef struct
{
  guint group; /* 0: none has begun */
  guint part;
} Progress;

int
nlv_stats_check_header (const NlvMessage *message, gboolean strict, gboolean dump, struct if_stats_msg *header,
                        NlvExtack *extack)
{
  const char *words;

  if (!nlv_request_header (message, header, sizeof *header))
    words = "Invalid header for stats dump";
  else if (strict && (header->pad1 != 0 || header->pad2 != 0 || (dump && header->ifindex != 0)))
    words = "Invalid values in header for stats dump request";
  else if (strict && header->filter_mask >= IFLA_STATS_FILTER_BIT (IFLA_STATS_MAX + 1))
    words = "Invalid stats requested through filter mask";
  else
    return 0;
  nlv_extack_set (extack, words, NULL);
  return -EINVAL;
}

static const NlvPolicy filters_policy[IFLA_STATS_MAX + 1] = {
  [IFLA_STATS_LINK_OFFLOAD_XSTATS] = { .kind = NLV_KIND_U32, .mask = OFFLOAD_PARTS },
};

/* rtnl_stats_get_parse(), rtnl_stats_get_parse_filters() */
static int
parse_filters (const NlvMessage *message, guint32 groups, guint32 *offload, NlvExtack *extack)
{
  static const NlvPolicy policy[IFLA_STATS_GETSET_MAX + 1] = {
    [IFLA_STATS_GET_FILTERS] = { .kind = NLV_KIND_NESTED, .len = IFLA_STATS_MAX, .nested = filters_policy },
  };
  NlvAttr attrs[IFLA_STATS_GETSET_MAX + 1], filters[IFLA_STATS_MAX + 1];
  int error = nlv_request_attrs (message, sizeof (struct if_stats_msg), attrs, IFLA_STATS_GETSET_MAX, policy,
                                 NLV_VALIDATE_STRICT, extack);

  *offload = G_MAXUINT32;
  if (error < 0 || !nlv_attr_present (&attrs[IFLA_STATS_GET_FILTERS]))
    return error;
  error = nlv_attrs_parse (attrs[IFLA_STATS_GET_FILTERS].payload, filters, IFLA_STATS_MAX, filters_policy,
                           NLV_VALIDATE_STRICT, extack);
  if (error < 0 || !nlv_attr_present (&filters[IFLA_STATS_LINK_OFFLOAD_XSTATS]))
    return error;
  *offload = nlv_attr_u32 (&filters[IFLA_STATS_LINK_OFFLOAD_XSTATS]);
  if ((groups & IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_OFFLOAD_XSTATS)) != 0)
    return 0;
  nlv_extack_set (extack, "Filtered attribute not enabled in filter_mask", NULL);
  return -EINVAL;
}

/* --- bridges ----------------------------------------------------------------------- */

static const NlvObject *
find_object (NlvNetwork *network, const NlvLink *link)
{
  struct if_stats_msg header;

  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      const NlvObject *object = nlv_network_get_object (network, i);

      if (nlv_object_header (object, RTM_NEWSTATS, &header, sizeof header) && header.ifindex == link->index)
        return object;
    }
  return NULL;
}

static gboolean
is_bridge (const NlvLink *link)
{
  return link != NULL && link->kind != NULL && strcmp (link->kind, "bridge") == 0;
}

/* FALSE, and the message goes on without it, when it does not fit. */
static gboolean
put_part (NlvWriter *writer, NlvSpan kept, guint16 type, gsize size)
{
  NlvAttr attr;
  gboolean fits;

  if (nlv_span_find_attr (kept, type, &attr))
    fits = nlv_put (writer, type, attr.payload.data, attr.payload.len);
  else
    fits = nlv_put_reserve (writer, type, size) != NULL;
  nlv_writer_keep (writer);
  return fits;
}

/* br_fill_linkxstats(): zeros where nothing was counted yet. */
static gboolean
put_bridge (NlvWriter *writer, guint16 group, NlvSpan kept, Progress *progress)
{
  gsize outer = nlv_nest_begin (writer, group);
  gsize inner = nlv_nest_begin (writer, LINK_XSTATS_TYPE_BRIDGE);
  gboolean fits;

  if (writer->full)
    return FALSE;
  fits = put_part (writer, kept, BRIDGE_XSTATS_MCAST, sizeof (struct br_mcast_stats));
  if (fits && group == IFLA_STATS_LINK_XSTATS_SLAVE)
    fits = put_part (writer, kept, BRIDGE_XSTATS_STP, sizeof (struct bridge_stp_xstats));
  nlv_nest_end (writer, inner);
  nlv_nest_end (writer, outer);
  progress->part = fits ? 0 : 1;
  return fits;
}

/* Of @owner's kind: the link itself or its master. */
static gboolean
put_extended (NlvWriter *writer, guint16 group, const NlvObject *kept, const NlvLink *owner, Progress *progress)
{
  NlvAttr attr = { 0 }, bridge = { 0 };
  gboolean fits = TRUE;

  if (kept != NULL)
    nlv_span_find_attr (nlv_object_attrs (kept, sizeof (struct if_stats_msg)), group, &attr);
  progress->group = group;
  if (is_bridge (owner))
    {
      nlv_span_find_attr (attr.payload, LINK_XSTATS_TYPE_BRIDGE, &bridge);
      fits = put_bridge (writer, group, bridge.payload, progress);
    }
  else if (nlv_attr_present (&attr))
    fits = nlv_put (writer, group | attr.type_flags, attr.payload.data, attr.payload.len);
  if (fits)
    progress->group = 0;
  return fits;
}

/* What is not told of a link that is no bridge's, and would be told anyway. */
static gboolean
is_usual (NlvNetwork *network, const NlvObject *object, const NlvLink *link)
{
  NlvSpan attrs = nlv_object_attrs (object, sizeof (struct if_stats_msg));
  Progress progress = { 0 };
  NlvWriter writer;
  gboolean usual;

  nlv_writer_init (&writer, G_MAXSIZE);
  put_extended (&writer, IFLA_STATS_LINK_XSTATS, NULL, link, &progress);
  put_extended (&writer, IFLA_STATS_LINK_XSTATS_SLAVE, NULL, nlv_network_find_link (network, link->master), &progress);
  usual = writer.len == attrs.len && (attrs.len == 0 || memcmp (writer.data, attrs.data, attrs.len) == 0);
  nlv_writer_clear (&writer);
  return usual;
}

void
nlv_stats_drop_usual (NlvNetwork *network)
{
  for (guint i = nlv_network_get_n_objects (network); i > 0; i--)
    {
      NlvObject *object = nlv_network_get_object (network, i - 1);
      struct if_stats_msg header;

      if (!nlv_object_header (object, RTM_NEWSTATS, &header, sizeof header))
        continue;
      const NlvLink *link = nlv_network_find_link (network, header.ifindex);
      if (link == NULL || is_usual (network, object, link))
        nlv_network_remove_object (network, object);
    }
}

/* --- messages ---------------------------------------------------------------------- */

/* rtnl_offload_xstats_fill_hw_s_info(): whoever has asked for counters, none
 * run. */
static gboolean
put_offload_info (NlvWriter *writer, const NlvLink *link)
{
  gsize infos = nlv_nest_begin (writer, IFLA_OFFLOAD_XSTATS_HW_S_INFO | NLA_F_NESTED);
  gsize info = nlv_nest_begin (writer, IFLA_OFFLOAD_XSTATS_L3_STATS | NLA_F_NESTED);

  nlv_put_u8 (writer, IFLA_OFFLOAD_XSTATS_HW_S_INFO_REQUEST, link->counts_forwarded);
  nlv_put_u8 (writer, IFLA_OFFLOAD_XSTATS_HW_S_INFO_USED, 0);
  nlv_nest_end (writer, info);
  nlv_nest_end (writer, infos);
  if (!writer->full)
    return TRUE;
  nlv_nest_cancel (writer, infos);
  nlv_writer_keep (writer);
  return FALSE;
}

/* rtnl_offload_xstats_fill_stats(): they are zero. */
static gboolean
put_offload_counters (NlvWriter *writer, const NlvLink *link)
{
  gboolean fits = nlv_put_reserve (writer, IFLA_OFFLOAD_XSTATS_L3_STATS, FORWARDED_SIZE) != NULL;

  nlv_writer_keep (writer);
  return fits;
}

/* rtnl_offload_xstats_fill() */
static gboolean
put_offload (NlvWriter *writer, const NlvLink *link, guint32 wanted, Progress *progress)
{
  static const struct
  {
    guint part;
    gboolean (*put) (NlvWriter *writer, const NlvLink *link);
  } parts[] = { { IFLA_OFFLOAD_XSTATS_HW_S_INFO, put_offload_info },
                { IFLA_OFFLOAD_XSTATS_L3_STATS, put_offload_counters } };
  gsize group = nlv_nest_begin (writer, IFLA_STATS_LINK_OFFLOAD_XSTATS), empty = writer->len;

  progress->group = IFLA_STATS_LINK_OFFLOAD_XSTATS;
  if (writer->full)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      if ((wanted & IFLA_STATS_FILTER_BIT (parts[i].part)) == 0 || progress->part > parts[i].part ||
          (parts[i].part == IFLA_OFFLOAD_XSTATS_L3_STATS && !link->counts_forwarded))
        continue;
      if (!parts[i].put (writer, link))
        {
          nlv_nest_end (writer, group);
          progress->part = parts[i].part;
          return FALSE;
        }
    }
  if (writer->len == empty)
    nlv_nest_cancel (writer, group);
  else
    nlv_nest_end (writer, group);
  *progress = (Progress){ 0 };
  return TRUE;
}

void
nlv_stats_put_offload (NlvWriter *writer, struct if_stats_msg *out, const NlvLink *link)
{
  Progress progress = { 0 };

  out->ifindex = link->index;
  out->filter_mask = IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_OFFLOAD_XSTATS);
  put_offload (writer, link, IFLA_STATS_FILTER_BIT (IFLA_OFFLOAD_XSTATS_HW_S_INFO), &progress);
}

/* stats_attr_valid() */
static gboolean
is_due (const Query *query, const Progress *progress, guint group)
{
  return (query->header.filter_mask & IFLA_STATS_FILTER_BIT (group)) != 0 &&
         (progress->group == 0 || progress->group == group);
}

/* FALSE when not all of it fits. */
static gboolean
put_stats (NlvNetwork *network, NlvWriter *writer, struct if_stats_msg *out, const NlvLink *link, const Query *query,
           Progress *progress)
{
  const NlvObject *kept = find_object (network, link);
  const NlvLink *master = nlv_network_find_link (network, link->master);

  out->ifindex = link->index;
  out->filter_mask = query->header.filter_mask;
  if (is_due (query, progress, IFLA_STATS_LINK_64))
    {
      guint8 *counters = nlv_put_reserve (writer, IFLA_STATS_LINK_64, COUNTERS_SIZE);
      if (counters == NULL)
        return FALSE;
      memcpy (counters, &link->stats, MIN (sizeof link->stats, COUNTERS_SIZE));
    }
  if (is_due (query, progress, IFLA_STATS_LINK_XSTATS) &&
      !put_extended (writer, IFLA_STATS_LINK_XSTATS, kept, link, progress))
    return FALSE;
  if (is_due (query, progress, IFLA_STATS_LINK_XSTATS_SLAVE) &&
      !put_extended (writer, IFLA_STATS_LINK_XSTATS_SLAVE, kept, master, progress))
    return FALSE;
  if (is_due (query, progress, IFLA_STATS_LINK_OFFLOAD_XSTATS) && !put_offload (writer, link, query->offload, progress))
    return FALSE;
  if (is_due (query, progress, IFLA_STATS_AF_SPEC))
    {
      progress->group = IFLA_STATS_AF_SPEC;
      nlv_nest_end (writer, nlv_nest_begin (writer, IFLA_STATS_AF_SPEC));
    }
  return !writer->full;
}

/* One link's message of a dump. What fits of it stays, once a part of a group
 * is at its end; the kernel forgets where the group before that was. */
static gboolean
put_message (NlvWalk *walk, NlvWriter *writer, const NlvLink *link, const Query *query)
{
  Progress progress = { walk->position_in_row >> 8, walk->position_in_row & 0xff };
  guint part = progress.part;
  struct if_stats_msg *out = nlv_walk_begin (walk, writer, RTM_NEWSTATS, 0, sizeof *out);
  gboolean whole = out != NULL && put_stats (walk->dump.network, writer, out, link, query, &progress);

  walk->position_in_row = whole ? 0 : progress.group << 8 | progress.part;
  if (whole || (out != NULL && progress.part != part))
    nlv_writer_end (writer);
  else
    nlv_writer_cancel (writer);
  return whole;
}

int
nlv_dump_stats (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  NlvExtack *why = &walk->dump.why;
  Query query;
  int error = nlv_stats_check_header (&walk->request, walk->dump.caller.strict, TRUE, &query.header, why);

  if (error < 0)
    return error;
  if (query.header.filter_mask == 0)
    return nlv_walk_refuse (walk, -EINVAL, "Filter mask must be set for stats dump");
  error = parse_filters (&walk->request, query.header.filter_mask, &query.offload, why);
  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++)
    {
      if (!put_message (walk, writer, nlv_network_get_link (network, walk->position), &query))
        return -EMSGSIZE;
      nlv_walk_check_consistent (walk, writer);
    }
  return 0;
}

int
nlv_getstats (const NlvRequest *request)
{
  Query query;
  Progress progress = { 0 };
  NlvWriter writer;
  int error = nlv_stats_check_header (request->message, request->caller->strict, FALSE, &query.header, request->extack);

  if (error < 0)
    return error;
  if (query.header.ifindex == 0)
    return -EINVAL;
  const NlvLink *link = nlv_network_find_link (request->network, query.header.ifindex);
  if (link == NULL)
    return -ENODEV;
  if (query.header.filter_mask == 0)
    return nlv_request_refuse (request, -EINVAL, "Filter mask must be set for stats get");
  error = parse_filters (request->message, query.header.filter_mask, &query.offload, request->extack);
  if (error < 0)
    return error;

  struct if_stats_msg *out = nlv_reply_begin (request, &writer, RTM_NEWSTATS, sizeof *out);
  put_stats (request->network, &writer, out, link, &query, &progress);
  return nlv_reply_finish (request, &writer);
}

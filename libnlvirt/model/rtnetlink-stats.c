/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETSTATS: rtnl_stats_get(), rtnl_stats_dump() and rtnl_fill_statsinfo().
 * Of the groups that can be asked for there are the counters of the link
 * itself, and that no device counts for it. */
#include "model/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

/* struct rtnl_link_stats64 */
#define COUNTERS_SIZE 200

/* The parts of IFLA_STATS_LINK_OFFLOAD_XSTATS, and another bit that the kernel
 * lets pass. */
#define OFFLOAD_PARTS 0x0f

typedef struct
{
  struct if_stats_msg header;
  guint32 offload; /* wanted of IFLA_STATS_LINK_OFFLOAD_XSTATS */
} Query;

/* rtnl_valid_stats_req() */
static int
check_header (const NlvMessage *message, gboolean strict, gboolean dump, struct if_stats_msg *header, NlvExtack *extack)
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

/* rtnl_stats_get_parse() */
static int
parse_filters (const NlvMessage *message, guint32 *offload, NlvExtack *extack)
{
  static const NlvPolicy filters_policy[IFLA_STATS_MAX + 1] = {
    [IFLA_STATS_LINK_OFFLOAD_XSTATS] = { .kind = NLV_KIND_U32 },
  };
  static const NlvPolicy policy[IFLA_STATS_GETSET_MAX + 1] = {
    [IFLA_STATS_GET_FILTERS] = { .kind = NLV_KIND_NESTED },
  };
  NlvAttr attrs[IFLA_STATS_GETSET_MAX + 1], filters[IFLA_STATS_MAX + 1];
  int error = nlv_request_attrs (message, sizeof (struct if_stats_msg), attrs, IFLA_STATS_GETSET_MAX, policy,
                                 NLV_VALIDATE_STRICT, extack);

  *offload = G_MAXUINT32;
  if (error < 0 || !nlv_attr_present (&attrs[IFLA_STATS_GET_FILTERS]))
    return error;
  error = nlv_attrs_parse (attrs[IFLA_STATS_GET_FILTERS].payload, filters, IFLA_STATS_MAX, filters_policy,
                           NLV_VALIDATE_STRICT, extack);
  const NlvAttr *attr = &filters[IFLA_STATS_LINK_OFFLOAD_XSTATS];
  if (error < 0 || !nlv_attr_present (attr))
    return error;
  *offload = nlv_attr_u32 (attr);
  if ((*offload & ~OFFLOAD_PARTS) == 0)
    return 0;
  nlv_extack_set (extack, "reserved bit set", attr);
  return -EINVAL;
}

/* rtnl_offload_xstats_fill(): nobody has asked for counters, and none run. */
static void
put_offload (NlvWriter *writer)
{
  gsize group = nlv_nest_begin (writer, IFLA_STATS_LINK_OFFLOAD_XSTATS);
  gsize infos = nlv_nest_begin (writer, IFLA_OFFLOAD_XSTATS_HW_S_INFO | NLA_F_NESTED);
  gsize info = nlv_nest_begin (writer, IFLA_OFFLOAD_XSTATS_L3_STATS | NLA_F_NESTED);

  nlv_put_u8 (writer, IFLA_OFFLOAD_XSTATS_HW_S_INFO_REQUEST, 0);
  nlv_put_u8 (writer, IFLA_OFFLOAD_XSTATS_HW_S_INFO_USED, 0);
  nlv_nest_end (writer, info);
  nlv_nest_end (writer, infos);
  nlv_nest_end (writer, group);
}

static void
put_stats (NlvWriter *writer, struct if_stats_msg *out, const NlvLink *link, const Query *query)
{
  guint32 groups = query->header.filter_mask;

  out->ifindex = link->index;
  out->filter_mask = groups;
  if ((groups & IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_64)) != 0)
    {
      guint8 *counters = nlv_put_reserve (writer, IFLA_STATS_LINK_64, COUNTERS_SIZE);
      if (counters != NULL)
        memcpy (counters, &link->stats, MIN (sizeof link->stats, COUNTERS_SIZE));
    }
  if ((groups & IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_OFFLOAD_XSTATS)) != 0 &&
      (query->offload & IFLA_STATS_FILTER_BIT (IFLA_OFFLOAD_XSTATS_HW_S_INFO)) != 0)
    put_offload (writer);
  if ((groups & IFLA_STATS_FILTER_BIT (IFLA_STATS_AF_SPEC)) != 0)
    nlv_nest_end (writer, nlv_nest_begin (writer, IFLA_STATS_AF_SPEC));
}

int
nlv_dump_stats (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  NlvExtack *why = &walk->dump.why;
  Query query;
  int error = check_header (&walk->request, walk->dump.caller.strict, TRUE, &query.header, why);

  if (error < 0)
    return error;
  if (query.header.filter_mask == 0)
    return nlv_walk_refuse (walk, -EINVAL, "Filter mask must be set for stats dump");
  error = parse_filters (&walk->request, &query.offload, why);
  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++)
    {
      struct if_stats_msg *out = nlv_walk_begin (walk, writer, RTM_NEWSTATS, 0, sizeof *out);
      if (out != NULL)
        put_stats (writer, out, nlv_network_get_link (network, walk->position), &query);
      if (out == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
      nlv_walk_check_consistent (walk, writer);
    }
  return 0;
}

int
nlv_getstats (const NlvRequest *request)
{
  Query query;
  NlvWriter writer;
  int error = check_header (request->message, request->caller->strict, FALSE, &query.header, request->extack);

  if (error < 0)
    return error;
  if (query.header.ifindex == 0)
    return -EINVAL;
  const NlvLink *link = nlv_network_find_link (request->network, query.header.ifindex);
  if (link == NULL)
    return -ENODEV;
  if (query.header.filter_mask == 0)
    return nlv_request_refuse (request, -EINVAL, "Filter mask must be set for stats get");
  error = parse_filters (request->message, &query.offload, request->extack);
  if (error < 0)
    return error;

  struct if_stats_msg *out = nlv_reply_begin (request, &writer, RTM_NEWSTATS, sizeof *out);
  put_stats (&writer, out, link, &query);
  return nlv_reply_finish (request, &writer);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWNEXTHOP and RTM_DELNEXTHOP: rtm_to_nh_config(), insert_nexthop(),
 * replace_nexthop(). */
#include "model/change/change-nexthop.h"
#include "model/change/change-route.h"
#include "model/fib.h"
#include "model/network-limits.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

#define NLV_NHA_HW_STATS_ENABLE 16
#define HIGHEST NLV_NHA_HW_STATS_ENABLE

/* NH_RES_DEFAULT_IDLE_TIMER, in USER_HZ. */
#define IDLE_TIMER 12000

static const NlvPolicy resilient_policy[NHA_RES_GROUP_UNBALANCED_TIMER + 1] = {
  [NHA_RES_GROUP_BUCKETS] = { .kind = NLV_KIND_U16 },
  [NHA_RES_GROUP_IDLE_TIMER] = { .kind = NLV_KIND_U32 },
  [NHA_RES_GROUP_UNBALANCED_TIMER] = { .kind = NLV_KIND_U32 },
};

static const NlvPolicy policy[HIGHEST + 1] = {
  [NHA_ID] = { .kind = NLV_KIND_U32 },
  [NHA_GROUP] = { .kind = NLV_KIND_BINARY },
  [NHA_GROUP_TYPE] = { .kind = NLV_KIND_U16 },
  [NHA_BLACKHOLE] = { .kind = NLV_KIND_FLAG },
  [NHA_OIF] = { .kind = NLV_KIND_U32 },
  [NHA_GATEWAY] = { .kind = NLV_KIND_BINARY },
  [NHA_ENCAP_TYPE] = { .kind = NLV_KIND_U16 },
  [NHA_ENCAP] = { .kind = NLV_KIND_NESTED },
  [NHA_FDB] = { .kind = NLV_KIND_FLAG },
  [NHA_RES_GROUP] = { .kind = NLV_KIND_NESTED },
  [NLV_NHA_HW_STATS_ENABLE] = { .kind = NLV_KIND_U32, .bounded = TRUE, .max = 1 },
};

/* struct nh_config */
typedef struct
{
  NlvChange change;
  guint16 nl_flags;
  struct nhmsg header;
  NlvAttr attrs[HIGHEST + 1];
  NlvNexthopObject row; /* (owned) */
  gboolean resilient;
  gboolean has_buckets, has_idle_timer, has_unbalanced_timer;
  guint16 n_buckets;
  guint32 idle_timer, unbalanced_timer;
} Asked;

static gboolean
has (const Asked *asked, guint type)
{
  return nlv_attr_present (&asked->attrs[type]);
}

static int
refuse (Asked *asked, const char *words)
{
  return nlv_change_refuse (&asked->change, -EINVAL, words);
}

/* nexthop_grp_weight() */
guint
nlv_nexthop_weight (const struct nexthop_grp *member)
{
  return (guint) (member->resvd1 << 8 | member->weight) + 1;
}

/* --- groups ------------------------------------------------------------------------ */

static gboolean
is_group_of_fdb (const Asked *asked)
{
  return has (asked, NHA_FDB);
}

/* valid_group_nh() and nh_check_attr_fdb_group() */
static int
check_member (Asked *asked, const NlvNexthopObject *member, guint n, guint8 *family)
{
  if (member == NULL)
    return refuse (asked, "Invalid nexthop id");
  if (member->group != NULL)
    return refuse (asked, member->group_type == NEXTHOP_GRP_TYPE_RES
                            ? "Resilient group can not be a nexthop within a group"
                            : "Hash-threshold group can not be a nexthop within a group");
  if (member->blackhole && n > 1)
    return refuse (asked, "Blackhole nexthop can not be used in a group with more than 1 path");
  if (!is_group_of_fdb (asked))
    return member->fdb ? refuse (asked, "Non FDB nexthop group cannot have fdb nexthops") : 0;
  if (!member->fdb)
    return refuse (asked, "FDB nexthop group can only have fdb nexthops");
  if (*family == AF_UNSPEC)
    *family = member->family;
  return member->family == *family ? 0 : refuse (asked, "FDB nexthop group cannot have mixed family nexthops");
}

/* nh_check_attr_group() */
static int
check_group (Asked *asked)
{
  const NlvSpan payload = asked->attrs[NHA_GROUP].payload;
  guint n = (guint) (payload.len / sizeof (struct nexthop_grp));
  const struct nexthop_grp *members;
  GArray *group;

  if (payload.len == 0 || payload.len % sizeof (struct nexthop_grp) != 0)
    return refuse (asked, "Invalid length for nexthop group attribute");
  group = asked->row.group = g_array_new (FALSE, FALSE, sizeof (struct nexthop_grp));
  g_array_append_vals (group, payload.data, n);
  members = (const struct nexthop_grp *) group->data;
  for (guint i = 0; i < n; i++)
    {
      if (members[i].resvd2 != 0)
        return refuse (asked, "Reserved field in nexthop_grp must be 0");
      if (nlv_nexthop_weight (&members[i]) == 0x10000)
        return refuse (asked, "Invalid value for weight");
      for (guint j = i + 1; j < n; j++)
        if (members[i].id == members[j].id)
          return refuse (asked, "Nexthop id can not be used twice in a group");
    }
  for (guint i = NHA_GROUP_TYPE + 1; i <= HIGHEST; i++)
    if (has (asked, i) && i != NLV_NHA_HW_STATS_ENABLE && i != NHA_FDB && !(i == NHA_RES_GROUP && asked->resilient))
      return refuse (asked, "No other attributes can be set in nexthop groups");
  return 0;
}

/* nh_check_attr_group_rtnl() */
static int
check_members (Asked *asked)
{
  const GArray *group = asked->row.group;
  guint8 family = AF_UNSPEC;

  for (guint i = 0; i < group->len; i++)
    {
      guint32 id = g_array_index (group, struct nexthop_grp, i).id;
      int error = check_member (asked, nlv_network_find_nexthop (asked->change.network, id), group->len, &family);

      if (error != 0)
        return error;
    }
  return 0;
}

/* rtm_to_nh_config_grp_res() */
static int
parse_resilient (Asked *asked)
{
  NlvAttr nested[NHA_RES_GROUP_UNBALANCED_TIMER + 1];
  int error;

  asked->idle_timer = IDLE_TIMER;
  if (!has (asked, NHA_RES_GROUP))
    return 0;
  error = nlv_attrs_parse (asked->attrs[NHA_RES_GROUP].payload, nested, NHA_RES_GROUP_UNBALANCED_TIMER,
                           resilient_policy, NLV_VALIDATE_STRICT, asked->change.extack);
  if (error < 0)
    return error;
  asked->has_buckets = nlv_attr_present (&nested[NHA_RES_GROUP_BUCKETS]);
  asked->n_buckets = nlv_attr_u16 (&nested[NHA_RES_GROUP_BUCKETS]);
  if (asked->has_buckets && asked->n_buckets == 0)
    return refuse (asked, "Number of buckets needs to be non-0");
  asked->has_idle_timer = nlv_attr_present (&nested[NHA_RES_GROUP_IDLE_TIMER]);
  if (asked->has_idle_timer)
    asked->idle_timer = nlv_attr_u32 (&nested[NHA_RES_GROUP_IDLE_TIMER]);
  asked->has_unbalanced_timer = nlv_attr_present (&nested[NHA_RES_GROUP_UNBALANCED_TIMER]);
  asked->unbalanced_timer = nlv_attr_u32 (&nested[NHA_RES_GROUP_UNBALANCED_TIMER]);
  return 0;
}

static int
parse_group (Asked *asked)
{
  int error;

  if (asked->header.nh_family != AF_UNSPEC)
    return refuse (asked, "Invalid family for group");
  asked->row.group_type = has (asked, NHA_GROUP_TYPE) ? nlv_attr_u16 (&asked->attrs[NHA_GROUP_TYPE]) : 0;
  if (asked->row.group_type > NEXTHOP_GRP_TYPE_RES)
    return refuse (asked, "Invalid group type");
  asked->resilient = asked->row.group_type == NEXTHOP_GRP_TYPE_RES;
  error = check_group (asked);
  return error == 0 && asked->resilient ? parse_resilient (asked) : error;
}

/* nla_put_nh_group_res() */
static void
keep_resilient (NlvNexthopObject *row, guint16 n_buckets, guint32 idle_timer, guint32 unbalanced_timer)
{
  g_autoptr (GBytes) payload = NULL;
  NlvWriter writer;

  nlv_writer_init (&writer, G_MAXUINT16);
  nlv_put_u16 (&writer, NHA_RES_GROUP_BUCKETS, n_buckets);
  nlv_put_u32 (&writer, NHA_RES_GROUP_IDLE_TIMER, idle_timer);
  nlv_put_u32 (&writer, NHA_RES_GROUP_UNBALANCED_TIMER, unbalanced_timer);
  nlv_put_u64 (&writer, NHA_RES_GROUP_UNBALANCED_TIME, 0);
  payload = nlv_writer_steal (&writer);
  g_clear_pointer (&row->extra, g_array_unref);
  nlv_raw_attrs_add (&row->extra, NHA_RES_GROUP | NLA_F_NESTED, payload);
}

/* What a replacement does not say of them stays. */
static void
take_timers (Asked *asked, const NlvNexthopObject *old)
{
  const NlvRawAttr *raw = nlv_raw_attrs_find (old->extra, NHA_RES_GROUP);
  NlvSpan attrs;
  NlvAttr attr;

  if (raw == NULL)
    return;
  attrs = nlv_span (g_bytes_get_data (raw->payload, NULL), g_bytes_get_size (raw->payload));
  if (!asked->has_idle_timer && nlv_span_find_attr (attrs, NHA_RES_GROUP_IDLE_TIMER, &attr))
    asked->idle_timer = nlv_attr_u32 (&attr);
  if (!asked->has_unbalanced_timer && nlv_span_find_attr (attrs, NHA_RES_GROUP_UNBALANCED_TIMER, &attr))
    asked->unbalanced_timer = nlv_attr_u32 (&attr);
}

/* --- single ones ---------------------------------------------------------------------- */

static int
parse_gateway (Asked *asked, NlvWay *way)
{
  const NlvAttr *gateway = &asked->attrs[NHA_GATEWAY];

  if (!nlv_attr_present (gateway))
    {
      if ((way->flags & RTNH_F_ONLINK) != 0)
        return refuse (asked, "ONLINK flag can not be set for nexthop without a gateway");
      return 0;
    }
  if (gateway->payload.len != nlv_ip_size (asked->header.nh_family))
    return refuse (asked, "Invalid gateway");
  nlv_attr_copy (gateway, &way->gateway, sizeof way->gateway);
  if (!nlv_ip_is_any (&way->gateway, asked->header.nh_family))
    way->gateway_family = asked->header.nh_family;
  return 0;
}

static int
check_link (Asked *asked, NlvWay *way)
{
  const NlvLink *link;

  if (!has (asked, NHA_OIF))
    return 0;
  way->link = nlv_attr_u32 (&asked->attrs[NHA_OIF]);
  link = nlv_network_find_link (asked->change.network, way->link);
  if (link == NULL)
    return refuse (asked, "Invalid device index");
  if ((link->flags & IFF_UP) == 0)
    return nlv_change_refuse (&asked->change, -ENETDOWN, "Nexthop device is not up");
  return link->carrier ? 0 : nlv_change_refuse (&asked->change, -ENETDOWN, "Carrier for nexthop device is down");
}

static int
parse_encap (Asked *asked, NlvWay *way)
{
  if (has (asked, NHA_ENCAP))
    {
      way->encap = asked->attrs[NHA_ENCAP];
      if (!has (asked, NHA_ENCAP_TYPE))
        return refuse (asked, "LWT encapsulation type is missing");
      way->encap_type = nlv_attr_u16 (&asked->attrs[NHA_ENCAP_TYPE]);
      return nlv_encap_check_type (&asked->change, way->encap_type);
    }
  return has (asked, NHA_ENCAP_TYPE) ? refuse (asked, "LWT encapsulation attribute is missing") : 0;
}

/* The scope that fib_check_nh() finds for the gateway. */
static guint8
scope_of (NlvNetwork *network, const NlvWay *way)
{
  const NlvNexthop nexthop = { .link = way->link, .gateway = way->gateway };

  if (way->gateway_family == AF_INET6)
    return RT_SCOPE_LINK;
  if (way->gateway_family == 0)
    return RT_SCOPE_HOST;
  return (way->flags & RTNH_F_ONLINK) != 0 ? RT_SCOPE_LINK : nlv_gateway_scope_ipv4 (network, &nexthop);
}

/* nh_create_ipv4() and nh_create_ipv6() */
static int
create_way (Asked *asked, const NlvWay *way)
{
  NlvNexthopObject *row = &asked->row;
  NlvRouteConfig config = { .family = AF_INET6, .type = RTN_UNICAST, .table = RT_TABLE_UNSPEC };
  int error;

  if (row->fdb)
    {
      /* fib6_nh_init() */
      row->way.gateway_family = row->family == AF_INET6 ? AF_INET6 : way->gateway_family;
      row->way.gateway = way->gateway;
      row->scope = RT_SCOPE_LINK;
      return 0;
    }
  if (row->family == AF_INET6)
    {
      row->scope = RT_SCOPE_LINK;
      error = nlv_nexthop_check_ipv6 (&asked->change, &config, way, &row->way);
    }
  else
    {
      row->scope = scope_of (asked->change.network, way);
      row->way = (NlvNexthop){ .link = way->link, .gateway_family = way->gateway_family, .gateway = way->gateway };
      error = nlv_nexthop_check_ipv4 (&asked->change, way->flags, RT_TABLE_MAIN, RT_SCOPE_UNIVERSE, &row->way);
      if (error == 0)
        error = nlv_encap_build (&asked->change, row->family, way, &row->way);
    }
  row->flags = row->way.flags;
  return error;
}

static int
parse_single (Asked *asked, NlvWay *way)
{
  int error;

  if (has (asked, NHA_BLACKHOLE))
    {
      if (has (asked, NHA_GATEWAY) || has (asked, NHA_OIF) || has (asked, NHA_ENCAP) || has (asked, NHA_ENCAP_TYPE) ||
          has (asked, NHA_FDB))
        return refuse (asked, "Blackhole attribute can not be used with gateway, oif, encap or fdb");
      asked->row.blackhole = TRUE;
      asked->row.flags = (guint8) way->flags;
      return 0;
    }
  if (!has (asked, NHA_OIF) && !asked->row.fdb)
    return refuse (asked, "Device attribute required for non-blackhole and non-fdb nexthops");
  error = parse_gateway (asked, way);
  if (error == 0)
    error = parse_encap (asked, way);
  if (error == 0 && has (asked, NLV_NHA_HW_STATS_ENABLE))
    error = refuse (asked, "Cannot enable nexthop hardware statistics for non-group nexthops");
  return error;
}

/* --- requests ---------------------------------------------------------------------------- */

static int
parse_header (Asked *asked)
{
  const struct nhmsg *header = &asked->header;

  if (header->resvd != 0 || header->nh_scope != 0)
    return refuse (asked, "Invalid values in ancillary header");
  if ((header->nh_flags & ~(guint32) RTNH_F_ONLINK) != 0)
    return refuse (asked, "Invalid nexthop flags in ancillary header");
  if (header->nh_family != AF_INET && header->nh_family != AF_INET6 &&
      !(header->nh_family == AF_UNSPEC && has (asked, NHA_GROUP)))
    return refuse (asked, "Invalid address family");
  asked->row.family = header->nh_family;
  asked->row.protocol = header->nh_protocol;
  asked->row.id = has (asked, NHA_ID) ? nlv_attr_u32 (&asked->attrs[NHA_ID]) : 0;
  asked->row.fdb = has (asked, NHA_FDB);
  if (!asked->row.fdb)
    return 0;
  if (has (asked, NHA_OIF) || has (asked, NHA_BLACKHOLE) || has (asked, NHA_ENCAP) || has (asked, NHA_ENCAP_TYPE))
    return refuse (asked, "Fdb attribute can not be used with encap, oif or blackhole");
  return header->nh_flags == 0 ? 0 : refuse (asked, "Unsupported nexthop flags in ancillary header");
}

/* --- insertion ---------------------------------------------------------------------------------- */

static gboolean
is_member (NlvNetwork *network, const NlvNexthopObject *nexthop)
{
  g_autoptr (GPtrArray) groups = nlv_nexthop_find_groups (network, nexthop->id);

  return groups->len > 0;
}

/* replace_nexthop_grp(), replace_nexthop_single() */
static int
check_replacement (Asked *asked, const NlvNexthopObject *old)
{
  const NlvNexthopObject *row = &asked->row;

  if (old->group == NULL && row->group != NULL)
    return refuse (asked, "Can not replace a nexthop with a nexthop group.");
  if (old->group == NULL)
    return old->fdb == row->fdb || !is_member (asked->change.network, old)
             ? 0
             : refuse (asked, "Cannot change nexthop FDB status while in a group");
  if (row->group == NULL)
    return refuse (asked, "Can not replace a nexthop group with a nexthop.");
  if (row->group_type != old->group_type)
    return refuse (asked, "Can not replace a nexthop group with one of a different type.");
  if (asked->has_buckets && asked->n_buckets != nlv_nexthop_count_buckets (asked->change.network, old->id))
    return refuse (asked, "Can not change number of buckets of a resilient nexthop group.");
  return 0;
}

static int
replace (Asked *asked, NlvNexthopObject *old)
{
  NlvNetwork *network = asked->change.network;
  guint n_buckets = nlv_nexthop_count_buckets (network, old->id);
  gboolean was_blackhole = nlv_nexthop_is_blackhole (network, old);
  g_autoptr (GPtrArray) groups = NULL;
  int error = nlv_nexthop_check_users (&asked->change, old, &asked->row);

  if (error == 0)
    error = check_replacement (asked, old);
  if (error != 0)
    return error;
  asked->row.joined = nlv_network_next_sequence (network);
  take_timers (asked, old);
  if (asked->resilient)
    keep_resilient (&asked->row, (guint16) n_buckets, asked->idle_timer, asked->unbalanced_timer);
  nlv_nexthop_object_clear (old);
  *old = asked->row;
  asked->row = (NlvNexthopObject){ 0 };
  if (asked->resilient)
    nlv_nexthop_fill_buckets (network, old, n_buckets);
  nlv_nexthop_renew_routes (&asked->change, old, was_blackhole);
  groups = nlv_nexthop_find_groups (network, old->id);
  for (guint i = 0; i < groups->len; i++)
    nlv_nexthop_renew_routes (&asked->change, g_ptr_array_index (groups, i), was_blackhole);
  nlv_nexthop_event (&asked->change, asked->nl_flags, RTM_NEWNEXTHOP, old);
  nlv_nexthop_tell_routes (&asked->change, old->id);
  return 0;
}

/* insert_nexthop() */
static int
insert (Asked *asked)
{
  NlvNetwork *network = asked->change.network;
  NlvNexthopObject *row = nlv_network_find_nexthop (network, asked->row.id);
  const char *words = asked->row.group != NULL
                        ? nlv_network_lacks_room_for_group (network, asked->row.id, asked->row.group->len,
                                                            row == NULL && asked->resilient ? asked->n_buckets : 0)
                        : NULL;

  if (words != NULL)
    return nlv_change_refuse (&asked->change, -ENOMEM, words);
  if (row != NULL)
    return (asked->nl_flags & NLM_F_REPLACE) ? replace (asked, row) : -EEXIST;
  if ((asked->nl_flags & NLM_F_REPLACE) && !(asked->nl_flags & NLM_F_CREATE))
    return nlv_change_refuse (&asked->change, -ENOENT, "Replace specified without create and no entry exists");
  if (asked->resilient && !asked->has_buckets)
    return refuse (asked, "Number of buckets not specified for nexthop group insertion");
  asked->row.joined = nlv_network_next_sequence (network);
  if (asked->resilient)
    keep_resilient (&asked->row, asked->n_buckets, asked->idle_timer, asked->unbalanced_timer);
  row = nlv_network_add_nexthop (network, &asked->row);
  if (asked->resilient)
    nlv_nexthop_fill_buckets (network, row, asked->n_buckets);
  nlv_nexthop_event (&asked->change, asked->nl_flags, RTM_NEWNEXTHOP, row);
  return 0;
}

static int
parse (const NlvRequest *request, Asked *asked, NlvWay *way)
{
  int error;

  nlv_change_init_request (&asked->change, request);
  asked->nl_flags = request->message->header.nlmsg_flags;
  error = nlv_request_attrs (request->message, sizeof asked->header, asked->attrs, HIGHEST, policy, NLV_VALIDATE_STRICT,
                             request->extack);
  if (error < 0)
    return error;
  nlv_request_header (request->message, &asked->header, sizeof asked->header);
  error = parse_header (asked);
  if (error != 0)
    return error;
  way->flags = asked->header.nh_flags;
  return has (asked, NHA_GROUP) ? parse_group (asked) : parse_single (asked, way);
}

/* It goes by loopback, as nothing shows. */
static int
check_blackhole (Asked *asked)
{
  NlvNetwork *network = asked->change.network;
  NlvNexthop way = { .link = nlv_loopback_index (network) };
  const NlvWay asked_way = { .link = way.link, .flags = asked->header.nh_flags };
  const NlvRouteConfig config = { .family = AF_INET6, .type = RTN_UNICAST };

  if (asked->row.family == AF_INET6)
    return nlv_nexthop_check_ipv6 (&asked->change, &config, &asked_way, &way);
  return nlv_nexthop_check_ipv4 (&asked->change, asked->header.nh_flags, RT_TABLE_MAIN, RT_SCOPE_UNIVERSE, &way);
}

/* rtm_new_nexthop(), nexthop_add() */
int
nlv_newnexthop (const NlvRequest *request)
{
  Asked asked = { 0 };
  NlvWay way = { 0 };
  int error = parse (request, &asked, &way);

  if (error == 0 && (asked.nl_flags & NLM_F_REPLACE) && asked.row.id == 0)
    error = refuse (&asked, "Replace requires nexthop id");
  /* rtm_to_nh_config_rtnl() */
  if (error == 0)
    error = asked.row.group != NULL ? check_members (&asked) : check_link (&asked, &way);
  if (error == 0 && asked.row.id == 0)
    asked.row.id = nlv_network_free_nexthop_id (request->network);
  if (error == 0 && asked.row.group == NULL)
    error = asked.row.blackhole ? check_blackhole (&asked) : create_way (&asked, &way);
  if (error == 0)
    error = insert (&asked);
  nlv_nexthop_object_clear (&asked.row);
  return error;
}

/* rtm_del_nexthop() */
int
nlv_delnexthop (const NlvRequest *request)
{
  static const NlvPolicy id_policy[NHA_ID + 1] = { [NHA_ID] = { .kind = NLV_KIND_U32 } };
  NlvNexthopObject *row;
  NlvAttr attrs[NHA_ID + 1];
  NlvChange change;
  guint32 id;
  int error = nlv_nexthop_request_id (request, attrs, NHA_ID, id_policy, &id);

  if (error < 0)
    return error;
  row = nlv_network_find_nexthop (request->network, id);
  if (row == NULL)
    return -ENOENT;
  nlv_change_init_request (&change, request);
  nlv_nexthop_remove (&change, request->message->header.nlmsg_flags, row);
  return 0;
}

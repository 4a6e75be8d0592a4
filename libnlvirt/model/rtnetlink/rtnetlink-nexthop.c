/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETNEXTHOP and RTM_GETNEXTHOPBUCKET: net/ipv4/nexthop.c. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

/* Newer than the headers that this builds with. */
#define NLV_NHA_OP_FLAGS 14
#define NLV_NHA_GROUP_STATS 15
#define NLV_NHA_HW_STATS_ENABLE 16
#define NLV_OP_FLAG_DUMP_STATS (1u << 0)
#define NLV_OP_FLAG_DUMP_HW_STATS (1u << 1)
#define NLV_OP_FLAG_RESP_GRP_RESVD_0 (1u << 31)

#define OP_FLAGS                                                                                                       \
  {                                                                                                                    \
    .kind = NLV_KIND_U32, .mask = NLV_OP_FLAG_DUMP_STATS | NLV_OP_FLAG_DUMP_HW_STATS                                   \
  }

/* nla_put_nh_group_stats(): nobody counts here. */
static void
put_group_stats (NlvWriter *writer, const NlvNexthopObject *nexthop, guint32 op_flags)
{
  gsize all, one;

  nlv_put_u32 (writer, NLV_NHA_HW_STATS_ENABLE, 0);
  all = nlv_nest_begin (writer, NLV_NHA_GROUP_STATS | NLA_F_NESTED);
  for (guint i = 0; i < nexthop->group->len; i++)
    {
      one = nlv_nest_begin (writer, 1 | NLA_F_NESTED);
      nlv_put_u32 (writer, 1, g_array_index (nexthop->group, struct nexthop_grp, i).id);
      nlv_put_u32 (writer, 2, 0);
      if ((op_flags & NLV_OP_FLAG_DUMP_HW_STATS) != 0)
        nlv_put_u32 (writer, 3, 0);
      nlv_nest_end (writer, one);
    }
  nlv_nest_end (writer, all);
}

/* What only an answer has. */
static void
put_group_state (NlvWriter *writer, const NlvNexthopObject *nexthop, guint32 op_flags)
{
  const NlvRawAttr *resilient = nlv_raw_attrs_find (nexthop->extra, NHA_RES_GROUP);

  if (resilient != NULL)
    nlv_put (writer, resilient->type, g_bytes_get_data (resilient->payload, NULL),
             g_bytes_get_size (resilient->payload));
  if ((op_flags & NLV_OP_FLAG_DUMP_STATS) != 0)
    put_group_stats (writer, nexthop, op_flags);
  nlv_put_u32 (writer, NLV_NHA_OP_FLAGS, NLV_OP_FLAG_RESP_GRP_RESVD_0);
}

static void
put_group (NlvWriter *writer, const NlvNexthopObject *nexthop)
{
  if (nexthop->fdb)
    nlv_put_flag (writer, NHA_FDB);
  nlv_put_u16 (writer, NHA_GROUP_TYPE, nexthop->group_type);
  nlv_put (writer, NHA_GROUP, nexthop->group->data, nexthop->group->len * sizeof (struct nexthop_grp));
}

static void
put_single (NlvWriter *writer, const NlvNexthopObject *nexthop)
{
  if (nexthop->blackhole)
    {
      nlv_put_flag (writer, NHA_BLACKHOLE);
      return;
    }
  if (nexthop->fdb)
    nlv_put_flag (writer, NHA_FDB);
  else if (nexthop->way.link != 0)
    nlv_put_u32 (writer, NHA_OIF, nexthop->way.link);
  if (nexthop->way.gateway_family != 0)
    nlv_put_ip (writer, NHA_GATEWAY, &nexthop->way.gateway, nexthop->way.gateway_family);
  if (nexthop->way.encap != NULL)
    {
      nlv_put (writer, NHA_ENCAP, g_bytes_get_data (nexthop->way.encap, NULL), g_bytes_get_size (nexthop->way.encap));
      nlv_put_u16 (writer, NHA_ENCAP_TYPE, nexthop->way.encap_type);
    }
}

void
nlv_nexthop_put (NlvWriter *writer, const NlvNexthopObject *nexthop)
{
  nlv_put_u32 (writer, NHA_ID, nexthop->id);
  if (nexthop->group != NULL)
    put_group (writer, nexthop);
  else
    put_single (writer, nexthop);
}

/* nh_fill_node() */
static void
fill (NlvWriter *writer, struct nhmsg *header, const NlvNexthopObject *nexthop, guint32 op_flags)
{
  header->nh_family = nexthop->family;
  header->nh_scope = nexthop->scope;
  header->nh_protocol = nexthop->protocol;
  header->nh_flags = nexthop->flags;
  nlv_nexthop_put (writer, nexthop);
  if (nexthop->group != NULL)
    put_group_state (writer, nexthop, op_flags);
  nlv_raw_attrs_put (nexthop->extra, writer, sizeof *header);
}

void
nlv_nexthop_message (NlvWriter *writer, struct nhmsg *header, const NlvNexthopObject *nexthop)
{
  fill (writer, header, nexthop, 0);
}

static gboolean
has_header_values (const struct nhmsg *header)
{
  return header->nh_protocol != 0 || header->resvd != 0 || header->nh_scope != 0 || header->nh_flags != 0;
}

/* __nh_valid_get_del_req() */
static int
check_id (const NlvRequest *request, const struct nhmsg *header, const NlvAttr *attr, guint32 *id)
{
  if (has_header_values (header))
    return nlv_request_refuse (request, -EINVAL, "Invalid values in header");
  if (!nlv_attr_present (attr))
    return nlv_request_refuse (request, -EINVAL, "Nexthop id is missing");
  *id = nlv_attr_u32 (attr);
  return *id != 0 ? 0 : nlv_request_refuse (request, -EINVAL, "Invalid nexthop id");
}

int
nlv_nexthop_request_id (const NlvRequest *request, NlvAttr *attrs, guint max_type, const NlvPolicy *policy, guint32 *id)
{
  struct nhmsg header;
  int error =
    nlv_request_attrs (request->message, sizeof header, attrs, max_type, policy, NLV_VALIDATE_STRICT, request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  return check_id (request, &header, &attrs[NHA_ID], id);
}

int
nlv_getnexthop (const NlvRequest *request)
{
  static const NlvPolicy policy[NLV_NHA_OP_FLAGS + 1] = {
    [NHA_ID] = { .kind = NLV_KIND_U32 },
    [NLV_NHA_OP_FLAGS] = OP_FLAGS,
  };
  NlvAttr attrs[NLV_NHA_OP_FLAGS + 1];
  NlvWriter writer;
  guint32 id;
  int error = nlv_nexthop_request_id (request, attrs, NLV_NHA_OP_FLAGS, policy, &id);

  if (error < 0)
    return error;
  const NlvNexthopObject *nexthop = nlv_network_find_nexthop (request->network, id);
  if (nexthop == NULL)
    return -ENOENT;

  struct nhmsg *out = nlv_reply_begin (request, &writer, RTM_NEWNEXTHOP, sizeof *out);
  fill (&writer, out, nexthop, nlv_attr_u32 (&attrs[NLV_NHA_OP_FLAGS]));
  return nlv_reply_finish (request, &writer);
}

/* What both dumps filter by. */
typedef struct
{
  guint32 id, link, master, op_flags, member;
  gboolean groups;
} Filter;

static int
check_index (NlvWalk *walk, const NlvAttr *attr, guint32 *index, const char *words)
{
  *index = nlv_attr_u32 (attr);
  if (*index <= G_MAXINT32)
    return 0;
  nlv_extack_set (&walk->dump.why, words, attr);
  walk->dump.why.where = NULL;
  return -EINVAL;
}

/* __nh_valid_dump_req() */
static int
check_common (NlvWalk *walk, const NlvAttr *attrs, Filter *filter)
{
  struct nhmsg header;
  int error = check_index (walk, &attrs[NHA_OIF], &filter->link, "Invalid device index");

  if (error == 0)
    error = check_index (walk, &attrs[NHA_MASTER], &filter->master, "Invalid master device index");
  if (error < 0)
    return error;
  nlv_request_header (&walk->request, &header, sizeof header);
  if (has_header_values (&header))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid values in header for nexthop dump request");
  return 0;
}

static int
parse_dump (NlvWalk *walk, Filter *filter)
{
  static const NlvPolicy policy[NLV_NHA_OP_FLAGS + 1] = {
    [NHA_OIF] = { .kind = NLV_KIND_U32 },    [NHA_GROUPS] = { .kind = NLV_KIND_FLAG },
    [NHA_MASTER] = { .kind = NLV_KIND_U32 }, [NHA_FDB] = { .kind = NLV_KIND_FLAG },
    [NLV_NHA_OP_FLAGS] = OP_FLAGS,
  };
  NlvAttr attrs[NLV_NHA_OP_FLAGS + 1];
  int error = nlv_request_attrs (&walk->request, sizeof (struct nhmsg), attrs, NLV_NHA_OP_FLAGS, policy,
                                 NLV_VALIDATE_STRICT, &walk->dump.why);

  if (error < 0)
    return error;
  filter->op_flags = nlv_attr_u32 (&attrs[NLV_NHA_OP_FLAGS]);
  filter->groups = nlv_attr_present (&attrs[NHA_GROUPS]);
  return check_common (walk, attrs, filter);
}

/* A blackhole goes by loopback: nexthop_create(). */
static guint32
link_of (NlvNetwork *network, const NlvNexthopObject *nexthop)
{
  return nexthop->blackhole ? nlv_loopback_index (network) : nexthop->way.link;
}

/* nh_dump_filtered() */
static gboolean
is_filtered (NlvNetwork *network, const Filter *filter, guint8 family, const NlvNexthopObject *nexthop)
{
  const NlvLink *link;

  if (filter->groups && nexthop->group == NULL)
    return TRUE;
  if (filter->link == 0 && filter->master == 0 && family == AF_UNSPEC)
    return FALSE;
  if (nexthop->group != NULL || (family != AF_UNSPEC && nexthop->family != family))
    return TRUE;
  if (filter->link != 0 && link_of (network, nexthop) != filter->link)
    return TRUE;
  if (filter->master == 0)
    return FALSE;
  link = nlv_network_find_link (network, link_of (network, nexthop));
  return link == NULL || link->master != filter->master;
}

int
nlv_dump_nexthops (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  guint8 family = nlv_request_body (&walk->request).data[0];
  Filter filter = { 0 };
  int error = parse_dump (walk, &filter);

  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_nexthops (network); walk->position < n; walk->position++)
    {
      const NlvNexthopObject *nexthop = nlv_network_get_nexthop (network, walk->position);
      struct nhmsg *header;

      if (is_filtered (network, &filter, family, nexthop))
        continue;
      header = nlv_walk_begin (walk, writer, RTM_NEWNEXTHOP, 0, sizeof *header);
      if (header != NULL)
        fill (writer, header, nexthop, filter.op_flags);
      if (header == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
    }
  return 0;
}

/* --- the buckets of resilient groups, which are kept as they came ----------------- */

typedef struct
{
  guint32 group;
  guint32 nexthop;
  guint16 index;
} Bucket;

static gboolean
read_bucket (const NlvObject *object, Bucket *bucket)
{
  NlvSpan body = nlv_span (g_bytes_get_data (object->body, NULL), g_bytes_get_size (object->body));
  NlvAttr attrs[NHA_MAX + 1], nested[NHA_RES_BUCKET_MAX + 1];

  if (object->type != RTM_NEWNEXTHOPBUCKET ||
      nlv_attrs_parse (nlv_span_from (body, sizeof (struct nhmsg)), attrs, NHA_MAX, NULL, NLV_VALIDATE_LIBERAL, NULL) <
        0 ||
      !nlv_attr_present (&attrs[NHA_RES_BUCKET]) ||
      nlv_attrs_parse (attrs[NHA_RES_BUCKET].payload, nested, NHA_RES_BUCKET_MAX, NULL, NLV_VALIDATE_LIBERAL, NULL) < 0)
    return FALSE;
  *bucket = (Bucket){ .group = nlv_attr_u32 (&attrs[NHA_ID]),
                      .nexthop = nlv_attr_u32 (&nested[NHA_RES_BUCKET_NH_ID]),
                      .index = nlv_attr_u16 (&nested[NHA_RES_BUCKET_INDEX]) };
  return TRUE;
}

static int
parse_bucket_dump (NlvWalk *walk, Filter *filter)
{
  static const NlvPolicy member_policy[NHA_RES_BUCKET_NH_ID + 1] = {
    [NHA_RES_BUCKET_NH_ID] = { .kind = NLV_KIND_U32 },
  };
  static const NlvPolicy policy[NHA_RES_BUCKET + 1] = {
    [NHA_ID] = { .kind = NLV_KIND_U32 },
    [NHA_OIF] = { .kind = NLV_KIND_U32 },
    [NHA_MASTER] = { .kind = NLV_KIND_U32 },
    [NHA_RES_BUCKET] = { .kind = NLV_KIND_NESTED },
  };
  NlvAttr attrs[NHA_RES_BUCKET + 1], nested[NHA_RES_BUCKET_NH_ID + 1];
  NlvExtack *why = &walk->dump.why;
  int error =
    nlv_request_attrs (&walk->request, sizeof (struct nhmsg), attrs, NHA_RES_BUCKET, policy, NLV_VALIDATE_STRICT, NULL);

  if (error < 0)
    return error;
  filter->id = nlv_attr_u32 (&attrs[NHA_ID]);
  if (nlv_attr_present (&attrs[NHA_ID]) && filter->id == 0)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid nexthop id");
  if (nlv_attr_present (&attrs[NHA_RES_BUCKET]))
    {
      error = nlv_attrs_parse (attrs[NHA_RES_BUCKET].payload, nested, NHA_RES_BUCKET_NH_ID, member_policy,
                               NLV_VALIDATE_STRICT, NULL);
      if (error < 0)
        return error;
      filter->member = nlv_attr_u32 (&nested[NHA_RES_BUCKET_NH_ID]);
      if (nlv_attr_present (&nested[NHA_RES_BUCKET_NH_ID]) && filter->member == 0)
        {
          nlv_extack_set (why, "Invalid nexthop id", NULL);
          return -EINVAL;
        }
    }
  return check_common (walk, attrs, filter);
}

static gboolean
is_bucket_filtered (NlvNetwork *network, const Filter *filter, guint8 family, const Bucket *bucket)
{
  const NlvNexthopObject *nexthop = nlv_network_find_nexthop (network, bucket->nexthop);

  if ((filter->id != 0 && bucket->group != filter->id) || (filter->member != 0 && bucket->nexthop != filter->member))
    return TRUE;
  return nexthop != NULL && is_filtered (network, filter, family, nexthop);
}

/* rtm_dump_nexthop_bucket() */
int
nlv_dump_buckets (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  guint8 family = nlv_request_body (&walk->request).data[0];
  Filter filter = { 0 };
  int error = parse_bucket_dump (walk, &filter);

  if (error < 0)
    return error;
  if (filter.id != 0)
    {
      const NlvNexthopObject *group = nlv_network_find_nexthop (network, filter.id);

      if (group == NULL)
        return -ENOENT;
      if (group->group == NULL)
        return nlv_walk_refuse (walk, -EINVAL, "Not a nexthop group");
      if (group->group_type != NEXTHOP_GRP_TYPE_RES)
        return nlv_walk_refuse (walk, -EINVAL, "Nexthop group not of type resilient");
    }
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);
      Bucket bucket;

      if (read_bucket (object, &bucket) && !is_bucket_filtered (network, &filter, family, &bucket) &&
          !nlv_walk_put_object (walk, writer, object))
        return -EMSGSIZE;
    }
  return 0;
}

/* nh_valid_get_bucket_req() */
static int
parse_bucket_get (const NlvRequest *request, guint32 *id, guint16 *index)
{
  static const NlvPolicy index_policy[NHA_RES_BUCKET_INDEX + 1] = {
    [NHA_RES_BUCKET_INDEX] = { .kind = NLV_KIND_U16 },
  };
  static const NlvPolicy policy[NHA_RES_BUCKET + 1] = {
    [NHA_ID] = { .kind = NLV_KIND_U32 },
    [NHA_RES_BUCKET] = { .kind = NLV_KIND_NESTED },
  };
  NlvAttr attrs[NHA_RES_BUCKET + 1], nested[NHA_RES_BUCKET_INDEX + 1];
  struct nhmsg header;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, NHA_RES_BUCKET, policy, NLV_VALIDATE_STRICT,
                                 request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  error = check_id (request, &header, &attrs[NHA_ID], id);
  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[NHA_RES_BUCKET]))
    return nlv_request_refuse (request, -EINVAL, "Bucket information is missing");
  error = nlv_attrs_parse (attrs[NHA_RES_BUCKET].payload, nested, NHA_RES_BUCKET_INDEX, index_policy,
                           NLV_VALIDATE_STRICT, request->extack);
  if (error < 0)
    return error;
  if (!nlv_attr_present (&nested[NHA_RES_BUCKET_INDEX]))
    return nlv_request_refuse (request, -EINVAL, "Bucket index is missing");
  *index = nlv_attr_u16 (&nested[NHA_RES_BUCKET_INDEX]);
  return 0;
}

/* rtm_get_nexthop_bucket() */
int
nlv_getbucket (const NlvRequest *request)
{
  NlvNetwork *network = request->network;
  const NlvNexthopObject *group;
  guint32 id;
  guint16 index;
  int error = parse_bucket_get (request, &id, &index);

  if (error < 0)
    return error;
  group = nlv_network_find_nexthop (network, id);
  if (group == NULL)
    return -ENOENT;
  if (group->group == NULL)
    return nlv_request_refuse (request, -EINVAL, "Not a nexthop group");
  if (group->group_type != NEXTHOP_GRP_TYPE_RES)
    return nlv_request_refuse (request, -EINVAL, "Nexthop group not of type resilient");
  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      const NlvObject *object = nlv_network_get_object (network, i);
      Bucket bucket;

      if (read_bucket (object, &bucket) && bucket.group == id && bucket.index == index)
        return nlv_reply_object (request, object);
    }
  return nlv_request_refuse (request, -ENOENT, "Bucket index out of bounds");
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The buckets of resilient groups, which are kept as objects. */
#include "model/change/change-nexthop.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <string.h>

/* Its place among the group's, and the member that it sends to. */
typedef struct
{
  guint32 group, member;
  guint16 index;
} Bucket;

static gboolean
read_bucket (const NlvObject *object, Bucket *bucket)
{
  struct nhmsg header;
  NlvAttr id, nest, index, member;

  if (!nlv_object_header (object, RTM_NEWNEXTHOPBUCKET, &header, sizeof header) ||
      !nlv_span_find_attr (nlv_object_attrs (object, sizeof header), NHA_ID, &id) ||
      !nlv_span_find_attr (nlv_object_attrs (object, sizeof header), NHA_RES_BUCKET, &nest) ||
      !nlv_span_find_attr (nest.payload, NHA_RES_BUCKET_INDEX, &index) ||
      !nlv_span_find_attr (nest.payload, NHA_RES_BUCKET_NH_ID, &member))
    return FALSE;
  *bucket = (Bucket){ nlv_attr_u32 (&id), nlv_attr_u32 (&member), nlv_attr_u16 (&index) };
  return TRUE;
}

/* nh_fill_res_bucket() */
static NlvObject
make_bucket (const NlvNexthopObject *group, const Bucket *bucket)
{
  const struct nhmsg header = { .nh_family = AF_UNSPEC, .nh_protocol = group->protocol };
  NlvObject object = { .type = RTM_NEWNEXTHOPBUCKET };
  GByteArray *body = g_byte_array_new ();
  NlvWriter writer;
  gsize nest;

  nlv_writer_init (&writer, G_MAXUINT16);
  nlv_put_u32 (&writer, NHA_ID, bucket->group);
  nest = nlv_nest_begin (&writer, NHA_RES_BUCKET | NLA_F_NESTED);
  nlv_put_u16 (&writer, NHA_RES_BUCKET_INDEX, bucket->index);
  nlv_put_u32 (&writer, NHA_RES_BUCKET_NH_ID, bucket->member);
  nlv_put_u64 (&writer, NHA_RES_BUCKET_IDLE_TIME, 0);
  nlv_nest_end (&writer, nest);
  g_byte_array_append (body, (const guint8 *) &header, sizeof header);
  g_byte_array_append (body, writer.data, (guint) writer.len);
  nlv_writer_clear (&writer);
  object.body = g_byte_array_free_to_bytes (body);
  return object;
}

typedef struct
{
  guint32 group;
  GArray *members; /* (element-type guint32) by index */
} Taking;

static gboolean
take_bucket (const NlvObject *object, gpointer user_data)
{
  Taking *taking = user_data;
  Bucket bucket;

  if (!read_bucket (object, &bucket) || bucket.group != taking->group)
    return FALSE;
  if (bucket.index >= taking->members->len)
    g_array_set_size (taking->members, bucket.index + 1u);
  g_array_index (taking->members, guint32, bucket.index) = bucket.member;
  return TRUE;
}

/* Takes the group's buckets off. (element-type guint32): the members, by index */
static GArray *
take_buckets (NlvNetwork *network, guint32 group)
{
  Taking taking = { group, g_array_new (FALSE, TRUE, sizeof (guint32)) };

  nlv_network_remove_objects (network, take_bucket, &taking);
  return taking.members;
}

/* nh_res_group_rebalance(): how many buckets each member is to have. */
static void
share_out (const NlvNexthopObject *group, guint n, guint *wanted)
{
  guint64 total = 0, sum = 0;
  guint before = 0;

  for (guint i = 0; i < group->group->len; i++)
    total += nlv_nexthop_weight (&g_array_index (group->group, struct nexthop_grp, i));
  for (guint i = 0; i < group->group->len; i++)
    {
      guint upper;

      sum += nlv_nexthop_weight (&g_array_index (group->group, struct nexthop_grp, i));
      upper = (guint) ((n * sum + total / 2) / total);
      wanted[i] = upper - before;
      before = upper;
    }
}

static guint
find_member (const NlvNexthopObject *group, guint32 id)
{
  guint i = 0;

  while (i < group->group->len && g_array_index (group->group, struct nexthop_grp, i).id != id)
    i++;
  return i;
}

/* Those of members that are gone, or have more than they are to have, go to the last one
 * that has too few: uw_nh_entries. */
static void
assign (const NlvNexthopObject *group, GArray *members)
{
  guint n_members = group->group->len;
  g_autofree guint *wanted = g_new0 (guint, n_members);

  share_out (group, members->len, wanted);
  for (guint i = 0; i < members->len; i++)
    {
      guint at = find_member (group, g_array_index (members, guint32, i));

      if (at < n_members && wanted[at] > 0)
        wanted[at]--;
      else
        g_array_index (members, guint32, i) = 0;
    }
  for (guint i = 0; i < members->len; i++)
    {
      guint at = n_members;

      if (g_array_index (members, guint32, i) != 0)
        continue;
      while (at > 0 && wanted[--at] == 0)
        ;
      wanted[at]--;
      g_array_index (members, guint32, i) = g_array_index (group->group, struct nexthop_grp, at).id;
    }
}

void
nlv_nexthop_fill_buckets (NlvNetwork *network, const NlvNexthopObject *group, guint n)
{
  g_autoptr (GArray) members = take_buckets (network, group->id);

  g_array_set_size (members, n);
  if (n > 0)
    assign (group, members);
  for (guint i = 0; i < n; i++)
    {
      const Bucket bucket = { group->id, g_array_index (members, guint32, i), (guint16) i };
      NlvObject object = make_bucket (group, &bucket);

      nlv_network_add_object (network, &object);
    }
}

guint
nlv_nexthop_count_buckets (NlvNetwork *network, guint32 group)
{
  guint n = 0;

  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      Bucket bucket;

      if (read_bucket (nlv_network_get_object (network, i), &bucket) && bucket.group == group)
        n++;
    }
  return n;
}

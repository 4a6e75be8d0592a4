/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is kept as the kernel told it: queueing disciplines, classes, filters,
 * chains and actions (net/sched), and the multicast entries of bridges. */
#include "model/rtnetlink-private.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if_bridge.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <string.h>

#define N_TC_ATTRS 18

static const NlvPolicy tc_policy[N_TC_ATTRS + 1] = {
  [TCA_KIND] = { .kind = NLV_KIND_STRING },      [TCA_RATE] = { .kind = NLV_KIND_BINARY, .len = 8 },
  [TCA_STAB] = { .kind = NLV_KIND_NESTED },      [TCA_DUMP_INVISIBLE] = { .kind = NLV_KIND_FLAG },
  [TCA_CHAIN] = { .kind = NLV_KIND_U32 },        [TCA_INGRESS_BLOCK] = { .kind = NLV_KIND_U32 },
  [TCA_EGRESS_BLOCK] = { .kind = NLV_KIND_U32 },
};

/* --- messages as they came --------------------------------------------------------- */

static NlvSpan
body_of (const NlvObject *object)
{
  return nlv_span (g_bytes_get_data (object->body, NULL), g_bytes_get_size (object->body));
}

gboolean
nlv_walk_put_object (NlvWalk *walk, NlvWriter *writer, const NlvObject *object)
{
  NlvSpan body = body_of (object);
  gpointer payload = nlv_walk_begin (walk, writer, object->type, 0, body.len);

  if (payload == NULL)
    {
      nlv_writer_cancel (writer);
      return FALSE;
    }
  if (body.len > 0)
    memcpy (payload, body.data, body.len);
  return nlv_writer_end (writer);
}

int
nlv_reply_object (const NlvRequest *request, const NlvObject *object)
{
  NlvSpan body = body_of (object);
  NlvWriter writer;
  gpointer payload = nlv_reply_begin (request, &writer, object->type, body.len);

  if (payload != NULL && body.len > 0)
    memcpy (payload, body.data, body.len);
  return nlv_reply_finish (request, &writer);
}

static gboolean
read_header (const NlvObject *object, guint16 type, gpointer header, gsize size)
{
  NlvSpan body = body_of (object);

  if (object->type != type || body.len < size)
    return FALSE;
  memcpy (header, body.data, size);
  return TRUE;
}

static gboolean
read_attr (const NlvObject *object, gsize header, guint16 type, NlvAttr *attr)
{
  NlvSpan rest = nlv_span_from (body_of (object), NLMSG_ALIGN (header));

  while (nlv_attr_next (&rest, attr))
    if (attr->type == type)
      return TRUE;
  return FALSE;
}

/* --- queueing disciplines ---------------------------------------------------------- */

/* The disciplines that are kept for a link stand for all that it has. */
static gboolean
has_own_qdisc (NlvNetwork *network, const NlvLink *link)
{
  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      struct tcmsg header;

      if (read_header (nlv_network_get_object (network, i), RTM_NEWQDISC, &header, sizeof header) &&
          (guint32) header.tcm_ifindex == link->index)
        return TRUE;
    }
  return FALSE;
}

/* tc_fill_qdisc() of a queue without statistics */
static void
put_usual_attrs (NlvWriter *writer, struct tcmsg *header, const NlvLink *link)
{
  gsize nest;

  header->tcm_ifindex = link->index;
  header->tcm_parent = TC_H_ROOT;
  header->tcm_info = 2; /* references */
  nlv_put_string (writer, TCA_KIND, link->qdisc);
  nlv_put_u8 (writer, TCA_HW_OFFLOAD, 0);
  nest = nlv_nest_begin (writer, TCA_STATS2);
  nlv_put_reserve (writer, TCA_STATS_BASIC, sizeof (struct gnet_stats_basic));
  nlv_put_reserve (writer, TCA_STATS_QUEUE, sizeof (struct gnet_stats_queue));
  nlv_nest_end (writer, nest);
  nlv_put_reserve (writer, TCA_STATS, sizeof (struct tc_stats));
}

/* qdisc_dump_filter() hides noop, which a link that is down has. */
static gboolean
is_shown (const NlvLink *link)
{
  return link->qdisc != NULL && strcmp (link->qdisc, "noop") != 0;
}

static gboolean
put_usual_qdisc (NlvWalk *walk, NlvWriter *writer, const NlvLink *link)
{
  struct tcmsg *header;

  if (!is_shown (link))
    return TRUE;
  header = nlv_walk_begin (walk, writer, RTM_NEWQDISC, 0, sizeof *header);
  if (header != NULL)
    put_usual_attrs (writer, header, link);
  return header != NULL && nlv_writer_end (writer);
}

static gboolean
is_usual (const NlvObject *object, const NlvLink *link)
{
  NlvSpan body = body_of (object);
  NlvWriter writer;
  struct tcmsg *header;
  gboolean usual;

  if (object->hidden || !is_shown (link))
    return FALSE;
  nlv_writer_init (&writer, G_MAXSIZE);
  header = nlv_writer_begin (&writer, object->type, 0, 0, 0, sizeof *header);
  put_usual_attrs (&writer, header, link);
  usual = writer.len - NLMSG_HDRLEN == body.len && memcmp (writer.data + NLMSG_HDRLEN, body.data, body.len) == 0;
  nlv_writer_clear (&writer);
  return usual;
}

/* Of the links that have one alone. */
void
nlv_qdiscs_drop_usual (NlvNetwork *network)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  struct tcmsg header;

  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    if (read_header (nlv_network_get_object (network, i), RTM_NEWQDISC, &header, sizeof header))
      {
        gpointer link = GINT_TO_POINTER (header.tcm_ifindex);
        guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, link));

        g_hash_table_insert (counts, link, GUINT_TO_POINTER (n + 1));
      }
  for (guint i = nlv_network_get_n_objects (network); i > 0; i--)
    {
      NlvObject *object = nlv_network_get_object (network, i - 1);
      const NlvLink *link;

      if (!read_header (object, RTM_NEWQDISC, &header, sizeof header) ||
          GPOINTER_TO_UINT (g_hash_table_lookup (counts, GINT_TO_POINTER (header.tcm_ifindex))) != 1)
        continue;
      link = nlv_network_find_link (network, header.tcm_ifindex);
      if (link != NULL && is_usual (object, link))
        nlv_network_remove_object (network, object);
    }
}

/* From walk->position_in_row on. */
static gboolean
put_own_qdiscs (NlvWalk *walk, NlvWriter *writer, const NlvLink *link, gboolean hidden)
{
  NlvNetwork *network = walk->dump.network;

  for (; walk->position_in_row < nlv_network_get_n_objects (network); walk->position_in_row++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position_in_row);
      struct tcmsg header;

      if (read_header (object, RTM_NEWQDISC, &header, sizeof header) && (guint32) header.tcm_ifindex == link->index &&
          (hidden || !object->hidden) && !nlv_walk_put_object (walk, writer, object))
        return FALSE;
    }
  return TRUE;
}

/* tc_dump_qdisc() */
int
nlv_dump_qdiscs (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  NlvAttr attrs[N_TC_ATTRS + 1];
  int error = nlv_request_attrs (&walk->request, sizeof (struct tcmsg), attrs, N_TC_ATTRS, tc_policy,
                                 NLV_VALIDATE_LIBERAL, &walk->dump.why);

  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++, walk->position_in_row = 0)
    {
      const NlvLink *link = nlv_network_get_link_by_age (network, walk->position);
      gboolean fits = has_own_qdisc (network, link)
                        ? put_own_qdiscs (walk, writer, link, nlv_attr_present (&attrs[TCA_DUMP_INVISIBLE]))
                        : put_usual_qdisc (walk, writer, link);

      if (!fits)
        return -EMSGSIZE;
    }
  return 0;
}

/* --- classes, filters and chains --------------------------------------------------- */

static guint32
root_handle (NlvNetwork *network, guint32 link)
{
  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      struct tcmsg header;

      if (read_header (nlv_network_get_object (network, i), RTM_NEWQDISC, &header, sizeof header) &&
          (guint32) header.tcm_ifindex == link && header.tcm_parent == TC_H_ROOT)
        return header.tcm_handle;
    }
  return 0;
}

typedef gboolean (*Wanted) (NlvNetwork *network, const struct tcmsg *asked, const NlvAttr *attrs,
                            const NlvObject *object, const struct tcmsg *header);

/* Those of one link: the request must name it. */
static int
dump_of_link (NlvWalk *walk, NlvWriter *writer, guint16 type, Wanted wanted)
{
  NlvNetwork *network = walk->dump.network;
  NlvAttr attrs[N_TC_ATTRS + 1];
  struct tcmsg asked;

  if (!nlv_request_header (&walk->request, &asked, sizeof asked))
    return 0;
  if (type != RTM_NEWTCLASS)
    {
      int error =
        nlv_request_attrs (&walk->request, sizeof asked, attrs, N_TC_ATTRS, walk->dump.caller.strict ? tc_policy : NULL,
                           NLV_VALIDATE_LIBERAL, &walk->dump.why);
      if (error < 0)
        return error;
    }
  if (nlv_network_find_link (network, asked.tcm_ifindex) == NULL)
    return 0;
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);
      struct tcmsg header;

      if (read_header (object, type, &header, sizeof header) && header.tcm_ifindex == asked.tcm_ifindex &&
          wanted (network, &asked, attrs, object, &header) && !nlv_walk_put_object (walk, writer, object))
        return -EMSGSIZE;
    }
  return 0;
}

/* tc_dump_tclass_qdisc() */
static gboolean
wants_class (NlvNetwork *network, const struct tcmsg *asked, const NlvAttr *attrs, const NlvObject *object,
             const struct tcmsg *header)
{
  return asked->tcm_parent == 0 || TC_H_MAJ (asked->tcm_parent) == TC_H_MAJ (header->tcm_handle);
}

/* tc_dump_tfilter(), tc_dump_chain(): without a parent, the root discipline. */
static gboolean
is_of_parent (NlvNetwork *network, const struct tcmsg *asked, const NlvAttr *attrs, const NlvObject *object,
              const struct tcmsg *header)
{
  guint32 parent = asked->tcm_parent != 0 ? asked->tcm_parent : root_handle (network, asked->tcm_ifindex);
  NlvAttr chain = { 0 };

  if (header->tcm_parent != parent)
    return FALSE;
  if (!nlv_attr_present (&attrs[TCA_CHAIN]))
    return TRUE;
  read_attr (object, sizeof *header, TCA_CHAIN, &chain);
  return nlv_attr_u32 (&attrs[TCA_CHAIN]) == (chain.type == TCA_CHAIN ? nlv_attr_u32 (&chain) : 0);
}

/* tcf_chain_dump(): by priority and protocol */
static gboolean
wants_filter (NlvNetwork *network, const struct tcmsg *asked, const NlvAttr *attrs, const NlvObject *object,
              const struct tcmsg *header)
{
  guint32 priority = TC_H_MAJ (asked->tcm_info), protocol = TC_H_MIN (asked->tcm_info);

  return is_of_parent (network, asked, attrs, object, header) &&
         (priority == 0 || priority == TC_H_MAJ (header->tcm_info)) &&
         (protocol == 0 || protocol == TC_H_MIN (header->tcm_info));
}

int
nlv_dump_classes (NlvWalk *walk, NlvWriter *writer)
{
  return dump_of_link (walk, writer, RTM_NEWTCLASS, wants_class);
}

int
nlv_dump_filters (NlvWalk *walk, NlvWriter *writer)
{
  return dump_of_link (walk, writer, RTM_NEWTFILTER, wants_filter);
}

int
nlv_dump_chains (NlvWalk *walk, NlvWriter *writer)
{
  return dump_of_link (walk, writer, RTM_NEWCHAIN, is_of_parent);
}

int
nlv_get_tc_object (const NlvRequest *request)
{
  struct tcmsg header;
  NlvAttr attrs[N_TC_ATTRS + 1];
  int error = nlv_request_attrs (request->message, sizeof header, attrs, N_TC_ATTRS, tc_policy, NLV_VALIDATE_LIBERAL,
                                 request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  if (request->message->header.nlmsg_type == RTM_GETTFILTER && TC_H_MAJ (header.tcm_info) == 0)
    return nlv_request_refuse (request, -ENOENT, "Invalid filter command with priority of zero");
  if (nlv_network_find_link (request->network, header.tcm_ifindex) == NULL)
    return -ENODEV;
  return -ENOENT;
}

/* --- actions ----------------------------------------------------------------------- */

/* tca_get_fill() of a dump: TCA_ACT_TAB with the actions of one kind, each
 * under its number. */
static gboolean
is_of_kind (const NlvObject *object, const char *kind)
{
  g_autofree char *found = NULL;
  NlvAttr table, action, attr;
  NlvSpan rest, inner;

  if (object->type != RTM_GETACTION || !read_attr (object, sizeof (struct tcamsg), TCA_ACT_TAB, &table))
    return FALSE;
  rest = table.payload;
  if (!nlv_attr_next (&rest, &action))
    return FALSE;
  for (inner = action.payload; nlv_attr_next (&inner, &attr);)
    if (attr.type == TCA_ACT_KIND)
      {
        found = nlv_attr_dup_string (&attr);
        return strcmp (found, kind) == 0;
      }
  return FALSE;
}

/* find_dump_kind() */
static char *
requested_kind (const NlvAttr *table)
{
  NlvSpan rest = table->payload, inner;
  NlvAttr action, attr;

  if (!nlv_attr_present (table) || !nlv_attr_next (&rest, &action))
    return NULL;
  for (inner = action.payload; nlv_attr_next (&inner, &attr);)
    if (attr.type == TCA_ACT_KIND)
      return nlv_attr_dup_string (&attr);
  return NULL;
}

/* The actions as they were recorded, with TCA_ACT_FLAG_LARGE_DUMP_ON: only who
 * sets that too is told how many they are. */
static gboolean
put_actions (NlvWalk *walk, NlvWriter *writer, const NlvObject *object, gboolean large)
{
  NlvSpan rest = nlv_span_from (body_of (object), sizeof (struct tcamsg));
  NlvAttr attr;

  if (large)
    return nlv_walk_put_object (walk, writer, object);
  nlv_walk_begin (walk, writer, object->type, 0, sizeof (struct tcamsg));
  while (nlv_attr_next (&rest, &attr))
    if (attr.type == TCA_ROOT_COUNT)
      nlv_put_u32 (writer, attr.type, 0);
    else
      nlv_put (writer, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
  return nlv_writer_end (writer);
}

/* tc_dump_action() */
int
nlv_dump_actions (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  NlvAttr attrs[TCA_ROOT_MAX + 1];
  g_autofree char *kind = NULL;
  int error = nlv_request_attrs (&walk->request, sizeof (struct tcamsg), attrs, TCA_ROOT_MAX, NULL,
                                 NLV_VALIDATE_LIBERAL, &walk->dump.why);

  if (error < 0)
    return error;
  kind = requested_kind (&attrs[TCA_ACT_TAB]);
  if (kind == NULL)
    return 0;
  gboolean large = (nlv_attr_u32 (&attrs[TCA_ROOT_FLAGS]) & TCA_FLAG_LARGE_DUMP_ON) != 0;
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);

      if (is_of_kind (object, kind) && !put_actions (walk, writer, object, large))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_get_action (const NlvRequest *request)
{
  NlvAttr attrs[3];
  int error =
    nlv_request_attrs (request->message, sizeof (struct tcamsg), attrs, 2, NULL, NLV_VALIDATE_LIBERAL, request->extack);

  return error < 0 ? error : nlv_request_refuse (request, -EINVAL, "Netlink action attributes missing");
}

/* --- bridges ----------------------------------------------------------------------- */

/* br_mdb_dump() */
int
nlv_dump_mdb (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  struct br_port_msg header;

  if (walk->dump.caller.strict)
    {
      if (!nlv_request_header (&walk->request, &header, sizeof header))
        return nlv_walk_refuse (walk, -EINVAL, "Invalid header for mdb dump request");
      if (header.ifindex != 0)
        return nlv_walk_refuse (walk, -EINVAL, "Filtering by device index is not supported for mdb dump request");
      if (nlv_request_body (&walk->request).len > sizeof header)
        return nlv_walk_refuse (walk, -EINVAL, "Invalid data after header in mdb dump request");
    }
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);

      if (read_header (object, RTM_GETMDB, &header, sizeof header) && !nlv_walk_put_object (walk, writer, object))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_getmdb (const NlvRequest *request)
{
  NlvAttr attrs[2];
  int error = nlv_request_attrs (request->message, sizeof (struct br_port_msg), attrs, 1, NULL, NLV_VALIDATE_TRAILING,
                                 request->extack);

  return error < 0 ? error : -EINVAL;
}

/* vxlan_vnifilter_dump() */
int
nlv_dump_tunnels (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  /* struct tunnel_msg: family, flags, a reserved half word, a link. */
  guint32 header[2], asked[2];

  if (!nlv_request_header (&walk->request, asked, sizeof asked))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid msg length");
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);

      if (read_header (object, RTM_NEWTUNNEL, header, sizeof header) && (asked[1] == 0 || asked[1] == header[1]) &&
          !nlv_walk_put_object (walk, writer, object))
        return -EMSGSIZE;
    }
  return 0;
}

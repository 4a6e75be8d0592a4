/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Filters and their chains: net/sched/cls_api.c. They hang at a block, which
 * is a discipline's, a class's or one that several disciplines share. */
#include "model/rtnetlink/rtnetlink-traffic.h"

#include <errno.h>
#include <string.h>

#define MAX_CHAIN TC_ACT_EXT_VAL_MASK
#define U32_KEY(handle) ((handle) &0xfffff)

/* struct tcf_block. A kept filter tells whose it is by its parent; so does a
 * kept chain, though the kernel names the discipline there. */
typedef struct
{
  guint32 link;   /* TCM_IFINDEX_MAGIC_BLOCK: shared */
  guint32 parent; /* the discipline's or the class's handle; the number of a shared one */
  gboolean whole; /* all that hangs at the discipline is in it */
} Block;

/* A filter request, as far as it has been understood. */
typedef struct
{
  const NlvRequest *request;
  struct tcmsg header;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  NlvQdisc qdisc;
  Block block;
} Query;

/* struct tcf_proto */
typedef struct
{
  guint32 chain;
  guint32 info; /* priority and protocol */
  char kind[IFNAMSIZ];
} Classifier;

/* --- blocks ------------------------------------------------------------------------ */

static gboolean
is_of_block (const Block *block, const struct tcmsg *header)
{
  guint32 parent = block->whole ? TC_H_MAJ (header->tcm_parent) : header->tcm_parent;

  return (guint32) header->tcm_ifindex == block->link && parent == block->parent;
}

/* The number of the shared block at one end of a discipline; 0 none. */
static guint32
shared_block (const NlvQdisc *qdisc, guint16 end)
{
  NlvAttr attr;

  if (qdisc->object == NULL ||
      !nlv_span_find_attr (nlv_object_attrs (qdisc->object, sizeof (struct tcmsg)), end, &attr))
    return 0;
  return nlv_attr_u32 (&attr);
}

/* cl_ops->tcf_block(), of the class that @parent names. */
static gboolean
block_of (const NlvQdisc *qdisc, guint32 parent, Block *block)
{
  gboolean egress = TC_H_MIN (parent) == TC_H_MIN_EGRESS;
  gboolean clsact = strcmp (qdisc->kind, "clsact") == 0, ingress = strcmp (qdisc->kind, "ingress") == 0;
  guint32 shared = shared_block (qdisc, clsact && egress ? TCA_EGRESS_BLOCK : TCA_INGRESS_BLOCK);

  if (clsact && TC_H_MIN (parent) == 0)
    return FALSE;
  if (shared != 0)
    *block = (Block){ .link = TCM_IFINDEX_MAGIC_BLOCK, .parent = shared };
  else
    *block = (Block){ .link = qdisc->link->index, .parent = ingress ? qdisc->handle : parent, .whole = ingress };
  return TRUE;
}

/* tcf_block_refcnt_get() */
static gboolean
find_shared (NlvNetwork *network, guint32 number, Block *block)
{
  *block = (Block){ .link = TCM_IFINDEX_MAGIC_BLOCK, .parent = number };
  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      const NlvObject *object = nlv_network_get_object (network, i);
      NlvQdisc qdisc = { .object = object };
      struct tcmsg header;

      if (nlv_object_header (object, RTM_NEWQDISC, &header, sizeof header) && number != 0 &&
          (shared_block (&qdisc, TCA_INGRESS_BLOCK) == number || shared_block (&qdisc, TCA_EGRESS_BLOCK) == number))
        return TRUE;
      if (nlv_object_header (object, RTM_NEWCHAIN, &header, sizeof header) && is_of_block (block, &header))
        return TRUE;
    }
  return FALSE;
}

/* __tcf_qdisc_find() */
static int
find_qdisc (Query *query)
{
  const NlvRequest *request = query->request;
  struct tcmsg *header = &query->header;
  const NlvLink *link;

  if ((guint32) header->tcm_ifindex == TCM_IFINDEX_MAGIC_BLOCK)
    return 0;
  link = nlv_network_find_link (request->network, header->tcm_ifindex);
  if (link == NULL)
    return -ENODEV;
  if (header->tcm_parent == 0)
    {
      nlv_qdisc_root (request->network, link, &query->qdisc);
      header->tcm_parent = query->qdisc.handle;
    }
  else if (!nlv_qdisc_find (request->network, link, TC_H_MAJ (header->tcm_parent), &query->qdisc))
    return nlv_request_refuse (request, -EINVAL, "Parent Qdisc doesn't exists");
  if (!nlv_qdisc_has_classes (&query->qdisc))
    return nlv_request_refuse (request, -EINVAL, "Qdisc not classful");
  if (!nlv_qdisc_has_blocks (&query->qdisc))
    return nlv_request_refuse (request, -EOPNOTSUPP, "Class doesn't support blocks");
  return 0;
}

/* __tcf_qdisc_cl_find(), __tcf_block_find() */
static int
find_block (Query *query)
{
  const NlvRequest *request = query->request;
  guint32 parent = query->header.tcm_parent;
  const NlvObject *class;

  if ((guint32) query->header.tcm_ifindex == TCM_IFINDEX_MAGIC_BLOCK)
    {
      if (!find_shared (request->network, parent, &query->block))
        return nlv_request_refuse (request, -EINVAL, "Block of given index was not found");
      return 0;
    }
  if (TC_H_MIN (parent) != 0 && !nlv_qdisc_find_class (request->network, &query->qdisc, parent, &class))
    return nlv_request_refuse (request, -ENOENT, "Specified class doesn't exist");
  if (!block_of (&query->qdisc, parent, &query->block))
    return -EINVAL;
  if (query->block.link == TCM_IFINDEX_MAGIC_BLOCK)
    return nlv_request_refuse (request, -EOPNOTSUPP,
                               "This filter block is shared. Please use the block index to manipulate the filters");
  return 0;
}

/* The same for a dump, which shows nothing where something is missing. */
static gboolean
find_dumped_block (NlvNetwork *network, const struct tcmsg *asked, Block *block)
{
  const NlvLink *link = nlv_network_find_link (network, asked->tcm_ifindex);
  const NlvObject *class;
  NlvQdisc qdisc;

  if ((guint32) asked->tcm_ifindex == TCM_IFINDEX_MAGIC_BLOCK)
    return find_shared (network, asked->tcm_parent, block);
  if (link == NULL)
    return FALSE;
  if (asked->tcm_parent == 0)
    nlv_qdisc_root (network, link, &qdisc);
  else if (!nlv_qdisc_find (network, link, TC_H_MAJ (asked->tcm_parent), &qdisc))
    return FALSE;
  if (!nlv_qdisc_has_classes (&qdisc) || !nlv_qdisc_has_blocks (&qdisc))
    return FALSE;
  if (TC_H_MIN (asked->tcm_parent) != 0 && !nlv_qdisc_find_class (network, &qdisc, asked->tcm_parent, &class))
    return FALSE;
  return block_of (&qdisc, asked->tcm_parent != 0 ? asked->tcm_parent : qdisc.handle, block);
}

/* --- dumps ------------------------------------------------------------------------- */

static guint32
chain_of (const NlvObject *object)
{
  NlvAttr attr;

  nlv_span_find_attr (nlv_object_attrs (object, sizeof (struct tcmsg)), TCA_CHAIN, &attr);
  return nlv_attr_u32 (&attr);
}

static gboolean
is_of_chain (const NlvObject *object, const NlvAttr *asked)
{
  return !nlv_attr_present (asked) || nlv_attr_u32 (asked) == chain_of (object);
}

/* tcf_chain_dump(): by priority and protocol */
static gboolean
is_wanted (const struct tcmsg *asked, const struct tcmsg *header)
{
  guint32 priority = TC_H_MAJ (asked->tcm_info), protocol = TC_H_MIN (asked->tcm_info);

  return (priority == 0 || priority == TC_H_MAJ (header->tcm_info)) &&
         (protocol == 0 || protocol == TC_H_MIN (header->tcm_info));
}

/* Whether its classifier has no terse_dump, without which such a dump ends. */
static gboolean
refuses_terse (const NlvObject *object, const struct tcmsg *header)
{
  NlvAttr kind;

  nlv_span_find_attr (nlv_object_attrs (object, sizeof *header), TCA_KIND, &kind);
  return header->tcm_handle != 0 && !nlv_attr_is_string (&kind, "flower");
}

/* 1 if there is a block to be dumped; 0 ends the dump, as does an error. @attrs
 * of NLV_TCA_MAX + 1. */
static int
begin_dump (NlvWalk *walk, const NlvPolicy *policy, struct tcmsg *asked, NlvAttr *attrs, Block *block)
{
  int error;

  if (!nlv_request_header (&walk->request, asked, sizeof *asked))
    return 0;
  error = nlv_request_attrs (&walk->request, sizeof *asked, attrs, NLV_TCA_MAX, policy, NLV_VALIDATE_LIBERAL,
                             &walk->dump.why);
  if (error < 0)
    return error;
  return find_dumped_block (walk->dump.network, asked, block) ? 1 : 0;
}

/* tc_dump_tfilter() */
int
nlv_dump_filters (NlvWalk *walk, NlvWriter *writer)
{
  static const NlvPolicy policy[NLV_TCA_MAX + 1] = {
    [TCA_CHAIN] = { .kind = NLV_KIND_U32 },
    [TCA_DUMP_FLAGS] = { .kind = NLV_KIND_BITFIELD32, .mask = TCA_DUMP_FLAGS_TERSE },
  };
  NlvNetwork *network = walk->dump.network;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  struct tcmsg asked, header;
  Block block;

  int found = begin_dump (walk, policy, &asked, attrs, &block);

  if (found <= 0)
    return found;
  gboolean terse = (nlv_attr_u32 (&attrs[TCA_DUMP_FLAGS]) & TCA_DUMP_FLAGS_TERSE) != 0;
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);

      if (!nlv_object_header (object, RTM_NEWTFILTER, &header, sizeof header) || !is_of_block (&block, &header) ||
          !is_of_chain (object, &attrs[TCA_CHAIN]) || !is_wanted (&asked, &header))
        continue;
      if ((terse && refuses_terse (object, &header)) || !nlv_walk_put_object (walk, writer, object))
        return -EMSGSIZE;
    }
  return 0;
}

/* tc_chain_fill_node() */
static void
name_discipline (struct tcmsg *header)
{
  if ((guint32) header->tcm_ifindex != TCM_IFINDEX_MAGIC_BLOCK)
    header->tcm_parent = TC_H_MAJ (header->tcm_parent);
}

/* tc_dump_chain() */
int
nlv_dump_chains (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  struct tcmsg asked, header;
  Block block;

  int found = begin_dump (walk, nlv_traffic_policy, &asked, attrs, &block);

  if (found <= 0)
    return found;
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);

      if (!nlv_object_header (object, RTM_NEWCHAIN, &header, sizeof header) || !is_of_block (&block, &header) ||
          !is_of_chain (object, &attrs[TCA_CHAIN]))
        continue;
      name_discipline (&header);
      if (!nlv_walk_put_object_as (walk, writer, object, &header, sizeof header))
        return -EMSGSIZE;
    }
  return 0;
}

/* --- one chain --------------------------------------------------------------------- */

/* Which is asked for, and is there. */
static int
find_chain (const Query *query, const NlvObject **chain)
{
  NlvNetwork *network = query->request->network;
  guint32 number = nlv_attr_u32 (&query->attrs[TCA_CHAIN]);
  struct tcmsg header;

  if (number > MAX_CHAIN)
    return nlv_request_refuse (query->request, -EINVAL, "Specified chain index exceeds upper limit");
  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      *chain = nlv_network_get_object (network, i);
      if (nlv_object_header (*chain, RTM_NEWCHAIN, &header, sizeof header) && is_of_block (&query->block, &header) &&
          chain_of (*chain) == number)
        return 0;
    }
  return nlv_request_refuse (query->request, -EINVAL, "Cannot find specified filter chain");
}

/* The request's flags are the answer's. */
static void
begin_reply (const NlvRequest *request, NlvWriter *writer, guint16 type, const struct tcmsg *header)
{
  struct nlmsghdr *start;

  memcpy (nlv_reply_begin (request, writer, type, sizeof *header), header, sizeof *header);
  start = (struct nlmsghdr *) (gpointer) writer->data;
  start->nlmsg_flags = request->message->header.nlmsg_flags;
}

static int
parse (Query *query, const NlvRequest *request)
{
  query->request = request;
  nlv_request_header (request->message, &query->header, sizeof query->header);
  return nlv_request_attrs (request->message, sizeof query->header, query->attrs, NLV_TCA_MAX, nlv_traffic_policy,
                            NLV_VALIDATE_LIBERAL, request->extack);
}

/* What tc_ctl_chain() looks for first. */
static int
parse_chain (Query *query, const NlvRequest *request)
{
  int error = parse (query, request);

  if (error == 0)
    error = find_qdisc (query);
  return error == 0 ? find_block (query) : error;
}

/* tc_ctl_chain(), tc_chain_notify() */
int
nlv_get_chain (const NlvRequest *request)
{
  Query query = { 0 };
  const NlvObject *chain;
  struct tcmsg header;
  NlvWriter writer;
  int error = parse_chain (&query, request);

  if (error == 0)
    error = find_chain (&query, &chain);
  if (error < 0)
    return error;
  nlv_object_header (chain, RTM_NEWCHAIN, &header, sizeof header);
  name_discipline (&header);
  begin_reply (request, &writer, RTM_GETCHAIN, &header);
  nlv_put_attrs (&writer, nlv_object_attrs (chain, sizeof header));
  nlv_put_warning (request, &writer);
  return nlv_reply_finish (request, &writer);
}

/* --- one filter -------------------------------------------------------------------- */

/* tcf_chain_tp_find(): each classifier shows itself without a handle first. */
static int
find_classifier (const Query *query, Classifier *classifier)
{
  const NlvRequest *request = query->request;
  guint32 protocol = TC_H_MIN (query->header.tcm_info);
  struct tcmsg header;
  NlvAttr kind;

  classifier->chain = nlv_attr_u32 (&query->attrs[TCA_CHAIN]);
  for (guint i = 0; i < nlv_network_get_n_objects (request->network); i++)
    {
      const NlvObject *object = nlv_network_get_object (request->network, i);

      if (!nlv_object_header (object, RTM_NEWTFILTER, &header, sizeof header) ||
          !is_of_block (&query->block, &header) || chain_of (object) != classifier->chain ||
          TC_H_MAJ (header.tcm_info) != TC_H_MAJ (query->header.tcm_info))
        continue;
      if (protocol != 0 && protocol != TC_H_MIN (header.tcm_info))
        return nlv_request_refuse (request, -EINVAL, "Protocol mismatch for filter with specified priority");
      classifier->info = header.tcm_info;
      nlv_span_find_attr (nlv_object_attrs (object, sizeof header), TCA_KIND, &kind);
      nlv_attr_copy (&kind, classifier->kind, sizeof classifier->kind - 1);
      return 0;
    }
  return nlv_request_refuse (request, -ENOENT, "Filter with specified priority/protocol not found");
}

/* Whether all of a discipline's u32 classifiers have this one in common:
 * struct tc_u_common. */
static gboolean
is_in_common (const Query *query, const struct tcmsg *header)
{
  return header->tcm_ifindex == query->header.tcm_ifindex &&
         TC_H_MAJ (header->tcm_parent) == TC_H_MAJ (query->header.tcm_parent);
}

/* tp->ops->get(): by handle. u32_get() finds the tables and keys of its like
 * too, and its own first table under the handle TC_U32_ROOT. */
static const NlvObject *
find_filter (const Query *query, const Classifier *classifier)
{
  NlvNetwork *network = query->request->network;
  guint32 handle = query->header.tcm_handle;
  gboolean u32 = strcmp (classifier->kind, "u32") == 0;
  gboolean root = u32 && handle == TC_U32_ROOT;
  const NlvObject *found = NULL;
  struct tcmsg header;

  for (guint i = 0; handle != 0 && i < nlv_network_get_n_objects (network); i++)
    {
      const NlvObject *object = nlv_network_get_object (network, i);
      NlvAttr kind;

      if (!nlv_object_header (object, RTM_NEWTFILTER, &header, sizeof header) || header.tcm_handle == 0)
        continue;
      gboolean own = is_of_block (&query->block, &header) && chain_of (object) == classifier->chain &&
                     header.tcm_info == classifier->info;
      nlv_span_find_attr (nlv_object_attrs (object, sizeof header), TCA_KIND, &kind);
      if (root && own && U32_KEY (header.tcm_handle) == 0)
        found = object;
      if (header.tcm_handle == handle &&
          (own || (u32 && nlv_attr_is_string (&kind, "u32") && is_in_common (query, &header))))
        return object;
    }
  return found;
}

/* tfilter_notify(), tcf_fill_node() */
static int
reply_filter (const Query *query, const Classifier *classifier, const NlvObject *filter)
{
  NlvSpan rest = nlv_object_attrs (filter, sizeof (struct tcmsg));
  struct tcmsg header = query->header;
  NlvWriter writer;
  NlvAttr attr;

  nlv_object_header (filter, RTM_NEWTFILTER, &header, sizeof header);
  header.tcm_ifindex = query->header.tcm_ifindex;
  header.tcm_parent = query->header.tcm_parent;
  header.tcm_info = classifier->info;
  begin_reply (query->request, &writer, RTM_NEWTFILTER, &header);
  while (nlv_attr_next (&rest, &attr))
    if (attr.type == TCA_CHAIN)
      nlv_put_u32 (&writer, TCA_CHAIN, classifier->chain);
    else
      nlv_put (&writer, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
  return nlv_reply_finish (query->request, &writer);
}

static int
find_filter_block (Query *query)
{
  NlvSpan kind = query->attrs[TCA_KIND].payload;
  int error = find_qdisc (query);

  if (error < 0)
    return error;
  if (kind.len > IFNAMSIZ || (kind.len == IFNAMSIZ && kind.data[kind.len - 1] != '\0'))
    return nlv_request_refuse (query->request, -EINVAL, "Specified TC filter name too long");
  return find_block (query);
}

/* tc_get_tfilter() */
int
nlv_get_filter (const NlvRequest *request)
{
  Query query = { 0 };
  Classifier classifier = { 0 };
  const NlvObject *found;
  int error = parse (&query, request);

  if (error < 0)
    return error;
  if (TC_H_MAJ (query.header.tcm_info) == 0)
    return nlv_request_refuse (request, -ENOENT, "Invalid filter command with priority of zero");
  error = find_filter_block (&query);
  if (error < 0)
    return error;
  error = find_chain (&query, &found);
  if (error == 0)
    error = find_classifier (&query, &classifier);
  if (error < 0)
    return error;
  if (nlv_attr_present (&query.attrs[TCA_KIND]) && !nlv_attr_is_string (&query.attrs[TCA_KIND], classifier.kind))
    return nlv_request_refuse (request, -EINVAL, "Specified filter kind does not match existing one");
  found = find_filter (&query, &classifier);
  if (found == NULL)
    return nlv_request_refuse (request, -ENOENT, "Specified filter handle not found");
  return reply_filter (&query, &classifier, found);
}

/* --- changes ----------------------------------------------------------------------- */

static int
check_chain_number (const Query *query)
{
  if (nlv_attr_u32 (&query->attrs[TCA_CHAIN]) > MAX_CHAIN)
    return nlv_request_refuse (query->request, -EINVAL, "Specified chain index exceeds upper limit");
  return 0;
}

/* tc_new_tfilter(), as far as it is not to be done. */
int
nlv_new_filter (const NlvRequest *request)
{
  Query query = { 0 };
  int error = parse (&query, request);

  if (error < 0)
    return error;
  if (TC_H_MAJ (query.header.tcm_info) == 0 && (request->message->header.nlmsg_flags & NLM_F_CREATE) == 0)
    return nlv_request_refuse (request, -ENOENT, "Invalid filter command with priority of zero");
  error = find_filter_block (&query);
  if (error == 0)
    error = check_chain_number (&query);
  return error < 0 ? error : -EOPNOTSUPP;
}

/* tc_del_tfilter(), the same. */
int
nlv_del_filter (const NlvRequest *request)
{
  Query query = { 0 };
  Classifier classifier = { 0 };
  const NlvAttr *kind = &query.attrs[TCA_KIND];
  const NlvObject *found;
  gboolean all;
  int error = parse (&query, request);

  if (error < 0)
    return error;
  all = TC_H_MAJ (query.header.tcm_info) == 0;
  if (all && (TC_H_MIN (query.header.tcm_info) != 0 || query.header.tcm_handle != 0 || nlv_attr_present (kind)))
    return nlv_request_refuse (request, -ENOENT, "Cannot flush filters with protocol, handle or kind set");
  error = find_filter_block (&query);
  if (error == 0)
    error = check_chain_number (&query);
  if (error < 0)
    return error;
  if (find_chain (&query, &found) < 0)
    {
      /* There is nothing to flush. */
      request->extack->message = NULL;
      return all ? 0 : nlv_request_refuse (request, -ENOENT, "Cannot find specified filter chain");
    }
  if (!all)
    error = find_classifier (&query, &classifier);
  if (error < 0)
    return error;
  if (!all && nlv_attr_present (kind) && !nlv_attr_is_string (kind, classifier.kind))
    return nlv_request_refuse (request, -EINVAL, "Specified filter kind does not match existing one");
  if (!all && query.header.tcm_handle != 0 && find_filter (&query, &classifier) == NULL)
    return nlv_request_refuse (request, -ENOENT, "Specified filter handle not found");
  return -EOPNOTSUPP;
}

/* tc_ctl_chain(), the same. */
int
nlv_change_chain (const NlvRequest *request)
{
  gboolean is_new = request->message->header.nlmsg_type == RTM_NEWCHAIN;
  Query query = { 0 };
  const NlvObject *chain;
  int error = parse_chain (&query, request);

  if (error == 0)
    error = check_chain_number (&query);
  if (error < 0)
    return error;
  error = find_chain (&query, &chain);
  if (!is_new)
    return error < 0 ? error : -EOPNOTSUPP;
  if (error == 0)
    return nlv_request_refuse (request, -EEXIST, "Filter chain already exists");
  request->extack->message = NULL;
  if ((request->message->header.nlmsg_flags & NLM_F_CREATE) == 0)
    return nlv_request_refuse (request, -ENOENT, "Need both RTM_NEWCHAIN and NLM_F_CREATE to create a new chain");
  return -EOPNOTSUPP;
}

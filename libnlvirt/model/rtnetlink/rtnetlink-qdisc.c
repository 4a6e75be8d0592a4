/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Queueing disciplines and their classes: net/sched/sch_api.c. */
#include "model/rtnetlink/rtnetlink-traffic.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <string.h>

const NlvPolicy nlv_traffic_policy[NLV_TCA_MAX + 1] = {
  [TCA_KIND] = { .kind = NLV_KIND_STRING },      [TCA_RATE] = { .kind = NLV_KIND_BINARY, .len = 2 },
  [TCA_STAB] = { .kind = NLV_KIND_NESTED },      [TCA_DUMP_INVISIBLE] = { .kind = NLV_KIND_FLAG },
  [TCA_CHAIN] = { .kind = NLV_KIND_U32 },        [TCA_INGRESS_BLOCK] = { .kind = NLV_KIND_U32 },
  [TCA_EGRESS_BLOCK] = { .kind = NLV_KIND_U32 },
};

/* How a discipline's class is found by its number. */
typedef enum
{
  CLASSES_LISTED, /* it is one of those that the discipline has */
  CLASSES_NONE,   /* no cl_ops */
  CLASSES_ANY,    /* every number is a class: ingress_find() */
  CLASSES_ENDS,   /* clsact_find() */
  CLASSES_ONE,    /* every number is the same: tbf_find() */
  CLASSES_QUEUES, /* mq_find() */
} Classes;

typedef struct
{
  const char *name;
  Classes classes;
  gboolean blocks; /* filters can hang at it */
} Kind;

/* The others list their classes and take filters. */
static const Kind kinds[] = {
  { "bfifo", CLASSES_NONE, FALSE },
  { "clsact", CLASSES_ENDS, TRUE },
  { "codel", CLASSES_NONE, FALSE },
  { "fq", CLASSES_NONE, FALSE },
  { "gred", CLASSES_NONE, FALSE },
  { "hhf", CLASSES_NONE, FALSE },
  { "ingress", CLASSES_ANY, TRUE },
  { "mq", CLASSES_QUEUES, FALSE },
  { "noop", CLASSES_NONE, FALSE },
  { "noqueue", CLASSES_NONE, FALSE },
  { "pfifo", CLASSES_NONE, FALSE },
  { "pfifo_fast", CLASSES_NONE, FALSE },
  { "pfifo_head_drop", CLASSES_NONE, FALSE },
  { "pie", CLASSES_NONE, FALSE },
  { "plug", CLASSES_NONE, FALSE },
  { "tbf", CLASSES_ONE, FALSE },
};

static const Kind *
find_kind (const char *name)
{
  static const Kind others = { "", CLASSES_LISTED, TRUE };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (kinds[i].name, name) == 0)
      return &kinds[i];
  return &others;
}

/* --- which there are --------------------------------------------------------------- */

static gboolean
read_qdisc (const NlvLink *link, const NlvObject *object, NlvQdisc *qdisc)
{
  struct tcmsg header;
  NlvAttr kind;

  if (!nlv_object_header (object, RTM_NEWQDISC, &header, sizeof header) || (guint32) header.tcm_ifindex != link->index)
    return FALSE;
  *qdisc = (NlvQdisc){ .link = link, .object = object, .handle = header.tcm_handle, .parent = header.tcm_parent };
  if (nlv_span_find_attr (nlv_object_attrs (object, sizeof header), TCA_KIND, &kind))
    nlv_attr_copy (&kind, qdisc->kind, sizeof qdisc->kind - 1);
  return TRUE;
}

/* The next one of @link that is kept, from @position on. */
static gboolean
next_kept (NlvNetwork *network, const NlvLink *link, guint *position, NlvQdisc *qdisc)
{
  while (*position < nlv_network_get_n_objects (network))
    if (read_qdisc (link, nlv_network_get_object (network, (*position)++), qdisc))
      return TRUE;
  return FALSE;
}

/* The disciplines that are kept for a link stand for all that it has. */
static gboolean
has_kept (NlvNetwork *network, const NlvLink *link)
{
  NlvQdisc qdisc;
  guint position = 0;

  return next_kept (network, link, &position, &qdisc);
}

void
nlv_qdisc_root (NlvNetwork *network, const NlvLink *link, NlvQdisc *qdisc)
{
  const char *kind = has_kept (network, link) || link->qdisc == NULL ? "noop" : link->qdisc;

  for (guint position = 0; next_kept (network, link, &position, qdisc);)
    if (qdisc->parent == TC_H_ROOT)
      return;
  *qdisc = (NlvQdisc){ .link = link, .parent = TC_H_ROOT };
  g_strlcpy (qdisc->kind, kind, sizeof qdisc->kind);
}

gboolean
nlv_qdisc_find (NlvNetwork *network, const NlvLink *link, guint32 handle, NlvQdisc *qdisc)
{
  if (handle == 0)
    return FALSE;
  for (guint position = 0; next_kept (network, link, &position, qdisc);)
    if (qdisc->handle == handle)
      return TRUE;
  return FALSE;
}

static gboolean
find_child (NlvNetwork *network, const NlvQdisc *parent, guint32 class, NlvQdisc *qdisc)
{
  for (guint position = 0; next_kept (network, parent->link, &position, qdisc);)
    if (qdisc->parent == class)
      return TRUE;
  return FALSE;
}

/* tc_qdisc_dump_ignore(): noop is what a link has that was never up. */
static gboolean
is_shown (const NlvQdisc *qdisc, gboolean hidden_too)
{
  if (qdisc->object != NULL)
    return hidden_too || !qdisc->object->hidden;
  return strcmp (qdisc->kind, "noop") != 0;
}

gboolean
nlv_qdisc_has_classes (const NlvQdisc *qdisc)
{
  return find_kind (qdisc->kind)->classes != CLASSES_NONE;
}

gboolean
nlv_qdisc_has_blocks (const NlvQdisc *qdisc)
{
  return find_kind (qdisc->kind)->blocks;
}

/* --- one that is not kept ---------------------------------------------------------- */

/* What a queue has counted that has seen nothing. */
static void
put_no_statistics (NlvWriter *writer)
{
  gsize nest = nlv_nest_begin (writer, TCA_STATS2);

  nlv_put_reserve (writer, TCA_STATS_BASIC, sizeof (struct gnet_stats_basic));
  nlv_put_reserve (writer, TCA_STATS_QUEUE, sizeof (struct gnet_stats_queue));
  nlv_nest_end (writer, nest);
  nlv_put_reserve (writer, TCA_STATS, sizeof (struct tc_stats));
}

void
nlv_qdisc_put_usual (NlvWriter *writer, struct tcmsg *header, const NlvLink *link, guint32 parent, guint references,
                     const char *kind)
{
  /* pfifo_fast_dump() */
  static const struct tc_prio_qopt bands = { .bands = 3,
                                             .priomap = { 1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1 } };

  header->tcm_ifindex = (int) link->index;
  header->tcm_parent = parent;
  header->tcm_info = references;
  nlv_put_string (writer, TCA_KIND, kind);
  if (strcmp (kind, "pfifo_fast") == 0)
    nlv_put (writer, TCA_OPTIONS, &bands, sizeof bands);
  nlv_put_u8 (writer, TCA_HW_OFFLOAD, 0);
  put_no_statistics (writer);
}

void
nlv_qdisc_put_queue (NlvWriter *writer, struct tcmsg *header, const NlvLink *link, guint32 queue)
{
  header->tcm_ifindex = (int) link->index;
  header->tcm_parent = TC_H_ROOT;
  header->tcm_handle = queue;
  nlv_put_string (writer, TCA_KIND, "mq");
  put_no_statistics (writer);
}

static gboolean
is_usual (const NlvObject *object, const NlvLink *link)
{
  NlvSpan body = nlv_object_body (object);
  NlvWriter writer;
  struct tcmsg *header;
  gboolean usual;

  if (object->hidden || link->qdisc == NULL || strcmp (link->qdisc, "noop") == 0)
    return FALSE;
  nlv_writer_init (&writer, G_MAXSIZE);
  header = nlv_writer_begin (&writer, object->type, 0, 0, 0, sizeof *header);
  nlv_qdisc_put_usual (&writer, header, link, TC_H_ROOT, 2, link->qdisc);
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
    if (nlv_object_header (nlv_network_get_object (network, i), RTM_NEWQDISC, &header, sizeof header))
      {
        gpointer link = GINT_TO_POINTER (header.tcm_ifindex);
        guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, link));

        g_hash_table_insert (counts, link, GUINT_TO_POINTER (n + 1));
      }
  for (guint i = nlv_network_get_n_objects (network); i > 0; i--)
    {
      NlvObject *object = nlv_network_get_object (network, i - 1);
      const NlvLink *link;

      if (!nlv_object_header (object, RTM_NEWQDISC, &header, sizeof header) ||
          GPOINTER_TO_UINT (g_hash_table_lookup (counts, GINT_TO_POINTER (header.tcm_ifindex))) != 1)
        continue;
      link = nlv_network_find_link (network, header.tcm_ifindex);
      if (link != NULL && is_usual (object, link))
        nlv_network_remove_object (network, object);
    }
}

/* --- dump -------------------------------------------------------------------------- */

static gboolean
put_qdisc (NlvWalk *walk, NlvWriter *writer, const NlvQdisc *qdisc)
{
  struct tcmsg *header;

  if (qdisc->object != NULL)
    return nlv_walk_put_object (walk, writer, qdisc->object);
  header = nlv_walk_begin (walk, writer, RTM_NEWQDISC, 0, sizeof *header);
  if (header != NULL)
    nlv_qdisc_put_usual (writer, header, qdisc->link, qdisc->parent, 2, qdisc->kind);
  return header != NULL && nlv_writer_end (writer);
}

/* Those of one link, from walk->position_in_row on. */
static gboolean
put_qdiscs (NlvWalk *walk, NlvWriter *writer, const NlvLink *link, gboolean hidden_too)
{
  NlvNetwork *network = walk->dump.network;
  guint position = walk->position_in_row;
  NlvQdisc qdisc;

  if (!has_kept (network, link))
    {
      nlv_qdisc_root (network, link, &qdisc);
      return !is_shown (&qdisc, hidden_too) || put_qdisc (walk, writer, &qdisc);
    }
  while (next_kept (network, link, &position, &qdisc))
    {
      if (is_shown (&qdisc, hidden_too) && !put_qdisc (walk, writer, &qdisc))
        return FALSE;
      walk->position_in_row = position;
    }
  return TRUE;
}

/* tc_dump_qdisc() */
int
nlv_dump_qdiscs (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  int error = nlv_request_attrs (&walk->request, sizeof (struct tcmsg), attrs, NLV_TCA_MAX, nlv_traffic_policy,
                                 NLV_VALIDATE_LIBERAL, &walk->dump.why);

  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++, walk->position_in_row = 0)
    if (!put_qdiscs (walk, writer, nlv_network_get_link_by_age (network, walk->position),
                     nlv_attr_present (&attrs[TCA_DUMP_INVISIBLE])))
      return -EMSGSIZE;
  return 0;
}

/* tc_dump_tclass() */
int
nlv_dump_classes (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  struct tcmsg asked, header;

  if (!nlv_request_header (&walk->request, &asked, sizeof asked) ||
      nlv_network_find_link (network, asked.tcm_ifindex) == NULL)
    return 0;
  for (guint n = nlv_network_get_n_objects (network); walk->position < n; walk->position++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position);

      if (nlv_object_header (object, RTM_NEWTCLASS, &header, sizeof header) &&
          header.tcm_ifindex == asked.tcm_ifindex &&
          (asked.tcm_parent == 0 || TC_H_MAJ (asked.tcm_parent) == TC_H_MAJ (header.tcm_handle)) &&
          !nlv_walk_put_object (walk, writer, object))
        return -EMSGSIZE;
    }
  return 0;
}

/* --- one class --------------------------------------------------------------------- */

static const NlvObject *
find_class_object (NlvNetwork *network, const NlvLink *link, guint32 handle)
{
  struct tcmsg header;

  for (guint i = 0; i < nlv_network_get_n_objects (network); i++)
    {
      const NlvObject *object = nlv_network_get_object (network, i);

      if (nlv_object_header (object, RTM_NEWTCLASS, &header, sizeof header) &&
          (guint32) header.tcm_ifindex == link->index && header.tcm_handle == handle)
        return object;
    }
  return NULL;
}

gboolean
nlv_qdisc_find_class (NlvNetwork *network, const NlvQdisc *qdisc, guint32 handle, const NlvObject **object)
{
  guint32 minor = TC_H_MIN (handle);

  *object = NULL;
  switch (find_kind (qdisc->kind)->classes)
    {
      case CLASSES_ANY:
        return TRUE;
      case CLASSES_ENDS:
        return minor == TC_H_MIN_INGRESS || minor == TC_H_MIN_EGRESS;
      case CLASSES_ONE:
        *object = find_class_object (network, qdisc->link, qdisc->handle | 1);
        return TRUE;
      case CLASSES_QUEUES:
        *object = find_class_object (network, qdisc->link, qdisc->handle | minor);
        return minor > 0 && minor <= qdisc->link->tx_queues;
      case CLASSES_LISTED:
        *object = find_class_object (network, qdisc->link, handle);
        return *object != NULL;
      case CLASSES_NONE:
      default:
        return FALSE;
    }
}

void
nlv_put_warning (const NlvRequest *request, NlvWriter *writer)
{
  if (request->extack->message != NULL)
    nlv_put_string (writer, NLV_TCA_EXT_WARN_MSG, request->extack->message);
}

/* rtnetlink_send(): for all who listen, and to who asks only when told so. */
static int
finish_notification (const NlvRequest *request, NlvWriter *writer)
{
  request->answer->group = RTNLGRP_TC;
  request->answer->mute = (request->message->header.nlmsg_flags & NLM_F_ECHO) == 0;
  return nlv_reply_finish (request, writer);
}

/* tclass_get_notify(), tc_fill_tclass() */
static int
reply_class (const NlvRequest *request, const NlvQdisc *qdisc, const NlvObject *object)
{
  struct tcmsg header = { .tcm_ifindex = qdisc->link->index, .tcm_parent = qdisc->handle, .tcm_handle = qdisc->handle };
  NlvWriter writer;

  if (object != NULL)
    nlv_object_header (object, RTM_NEWTCLASS, &header, sizeof header);
  memcpy (nlv_reply_begin (request, &writer, RTM_NEWTCLASS, sizeof header), &header, sizeof header);
  if (object != NULL)
    nlv_put_attrs (&writer, nlv_object_attrs (object, sizeof header));
  else
    {
      nlv_put_string (&writer, TCA_KIND, qdisc->kind);
      nlv_nest_end (&writer, nlv_nest_begin (&writer, TCA_STATS2));
      nlv_put_reserve (&writer, TCA_STATS, sizeof (struct tc_stats));
    }
  nlv_put_warning (request, &writer);
  return finish_notification (request, &writer);
}

/* What both single requests begin with, @attrs of NLV_TCA_MAX + 1. */
static int
read_request (const NlvRequest *request, struct tcmsg *asked, NlvAttr *attrs, const NlvLink **link)
{
  int error = nlv_request_attrs (request->message, sizeof *asked, attrs, NLV_TCA_MAX, nlv_traffic_policy,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, asked, sizeof *asked);
  *link = nlv_network_find_link (request->network, asked->tcm_ifindex);
  return *link != NULL ? 0 : -ENODEV;
}

/* Which discipline a class is asked of, and the class's whole number. */
static int
find_class_qdisc (const NlvRequest *request, const NlvLink *link, const struct tcmsg *asked, NlvQdisc *qdisc,
                  guint32 *class)
{
  guint32 major = TC_H_MAJ (asked->tcm_handle), parent = TC_H_MAJ (asked->tcm_parent);

  if (asked->tcm_parent != TC_H_ROOT && major != 0 && parent != 0 && major != parent)
    return -EINVAL;
  if (asked->tcm_parent != TC_H_ROOT && major == 0)
    major = parent;
  if (major == 0)
    {
      nlv_qdisc_root (request->network, link, qdisc);
      major = qdisc->handle;
    }
  if (!nlv_qdisc_find (request->network, link, major, qdisc))
    return -ENOENT;
  if (asked->tcm_handle != 0)
    *class = TC_H_MAKE (major, asked->tcm_handle);
  else
    *class = asked->tcm_parent == TC_H_ROOT ? major : 0;
  return 0;
}

/* tc_ctl_tclass() */
int
nlv_get_class (const NlvRequest *request)
{
  struct tcmsg asked;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  NlvQdisc qdisc;
  guint32 class = 0;
  const NlvObject *object;
  const NlvLink *link;
  int error = read_request (request, &asked, attrs, &link);

  if (error < 0)
    return error;
  error = find_class_qdisc (request, link, &asked, &qdisc, &class);
  if (error < 0)
    return error;
  if (!nlv_qdisc_has_classes (&qdisc))
    return -EINVAL;
  if (class == 0 || !nlv_qdisc_find_class (request->network, &qdisc, class, &object))
    return -ENOENT;
  return reply_class (request, &qdisc, object);
}

/* --- one discipline ---------------------------------------------------------------- */

/* qdisc_leaf() */
static int
find_leaf (const NlvRequest *request, const NlvQdisc *parent, guint32 class, NlvQdisc *qdisc)
{
  const NlvObject *object;

  if (!nlv_qdisc_has_classes (parent))
    return nlv_request_refuse (request, -EOPNOTSUPP, "Parent qdisc is not classful");
  if (!nlv_qdisc_find_class (request->network, parent, class, &object))
    return nlv_request_refuse (request, -ENOENT, "Specified class not found");
  gboolean one = find_kind (parent->kind)->classes == CLASSES_ONE;
  if (find_child (request->network, parent, one ? parent->handle | 1 : class, qdisc))
    return 0;
  if (!one)
    return nlv_request_refuse (request, -ENOENT, "Cannot find specified qdisc on specified device");
  *qdisc = (NlvQdisc){ .link = parent->link, .kind = "noop" };
  return 0;
}

/* The part of __tc_get_qdisc() that looks by the parent. */
static int
find_by_parent (const NlvRequest *request, const NlvLink *link, const struct tcmsg *asked, NlvQdisc *qdisc)
{
  NlvNetwork *network = request->network;
  NlvQdisc parent;

  if (asked->tcm_parent == TC_H_ROOT)
    nlv_qdisc_root (network, link, qdisc);
  else if (TC_H_MAJ (asked->tcm_parent) == TC_H_MAJ (TC_H_INGRESS))
    {
      if (!nlv_qdisc_find (network, link, TC_H_MAJ (TC_H_INGRESS), qdisc))
        return nlv_request_refuse (request, -ENOENT, "Cannot find specified qdisc on specified device");
    }
  else
    {
      if (!nlv_qdisc_find (network, link, TC_H_MAJ (asked->tcm_parent), &parent))
        return nlv_request_refuse (request, -ENOENT, "Failed to find qdisc with specified classid");
      int error = find_leaf (request, &parent, asked->tcm_parent, qdisc);
      if (error < 0)
        return error;
    }
  if (asked->tcm_handle != 0 && asked->tcm_handle != qdisc->handle)
    return nlv_request_refuse (request, -EINVAL, "Invalid handle");
  return 0;
}

/* qdisc_get_notify(): under the parent that was asked for. */
static int
reply_qdisc (const NlvRequest *request, const NlvQdisc *qdisc, guint32 parent)
{
  struct tcmsg *header;
  NlvWriter writer;

  if (!is_shown (qdisc, FALSE))
    return 0;
  header = nlv_reply_begin (request, &writer, RTM_NEWQDISC, sizeof *header);
  if (qdisc->object == NULL)
    nlv_qdisc_put_usual (&writer, header, qdisc->link, parent, 2, qdisc->kind);
  else
    {
      nlv_object_header (qdisc->object, RTM_NEWQDISC, header, sizeof *header);
      header->tcm_parent = parent;
      nlv_put_attrs (&writer, nlv_object_attrs (qdisc->object, sizeof *header));
    }
  return finish_notification (request, &writer);
}

/* tc_get_qdisc() */
int
nlv_get_qdisc (const NlvRequest *request)
{
  struct tcmsg asked;
  NlvAttr attrs[NLV_TCA_MAX + 1];
  NlvQdisc qdisc;
  const NlvLink *link;
  int error = read_request (request, &asked, attrs, &link);

  if (error < 0)
    return error;
  if (asked.tcm_parent != 0)
    error = find_by_parent (request, link, &asked, &qdisc);
  else if (!nlv_qdisc_find (request->network, link, asked.tcm_handle, &qdisc))
    error = nlv_request_refuse (request, -ENOENT, "Failed to find qdisc with specified handle");
  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[TCA_KIND]) && !nlv_attr_is_string (&attrs[TCA_KIND], qdisc.kind))
    return nlv_request_refuse (request, -EINVAL, "Invalid qdisc name: must match existing qdisc");
  return reply_qdisc (request, &qdisc, asked.tcm_parent);
}

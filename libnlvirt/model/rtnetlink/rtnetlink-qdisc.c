/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Queueing disciplines and their classes, which there are and how they are
 * dumped: net/sched/sch_api.c. */
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

gboolean
nlv_qdisc_find_child (NlvNetwork *network, const NlvQdisc *parent, guint32 class, NlvQdisc *qdisc)
{
  for (guint position = 0; next_kept (network, parent->link, &position, qdisc);)
    if (qdisc->parent == class)
      return TRUE;
  return FALSE;
}

gboolean
nlv_qdisc_is_shown (const NlvQdisc *qdisc, gboolean hidden_too)
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
nlv_qdisc_has_one_class (const NlvQdisc *qdisc)
{
  return find_kind (qdisc->kind)->classes == CLASSES_ONE;
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
      return !nlv_qdisc_is_shown (&qdisc, hidden_too) || put_qdisc (walk, writer, &qdisc);
    }
  while (next_kept (network, link, &position, &qdisc))
    {
      if (nlv_qdisc_is_shown (&qdisc, hidden_too) && !put_qdisc (walk, writer, &qdisc))
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

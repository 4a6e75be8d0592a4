/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files about traffic control (net/sched) share. */
#pragma once

#include "model/rtnetlink/rtnetlink-private.h"

#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>

/* Newer than the headers that this builds with. */
#define NLV_TCA_EXT_WARN_MSG 16
#define NLV_TCA_MAX 16

extern const NlvPolicy nlv_traffic_policy[NLV_TCA_MAX + 1];

/* A queueing discipline: one that is kept as an object, or what a link has by
 * itself. */
typedef struct
{
  const NlvLink *link;
  const NlvObject *object; /* (nullable) */
  guint32 handle;
  guint32 parent;
  char kind[IFNAMSIZ];
} NlvQdisc;

/* dev->qdisc */
void nlv_qdisc_root (NlvNetwork *network, const NlvLink *link, NlvQdisc *qdisc);
/* qdisc_lookup() */
gboolean nlv_qdisc_find (NlvNetwork *network, const NlvLink *link, guint32 handle, NlvQdisc *qdisc);
/* Whether it has cl_ops, and tcf_block among them. */
gboolean nlv_qdisc_has_classes (const NlvQdisc *qdisc);
gboolean nlv_qdisc_has_blocks (const NlvQdisc *qdisc);
/* Whether every number is the same class. */
gboolean nlv_qdisc_has_one_class (const NlvQdisc *qdisc);
/* The one that hangs at @class. */
gboolean nlv_qdisc_find_child (NlvNetwork *network, const NlvQdisc *parent, guint32 class, NlvQdisc *qdisc);
/* tc_qdisc_dump_ignore(): noop is what a link has that was never up. */
gboolean nlv_qdisc_is_shown (const NlvQdisc *qdisc, gboolean hidden_too);
/* cl_ops->find(); @object is the class as it is kept, or NULL. */
gboolean nlv_qdisc_find_class (NlvNetwork *network, const NlvQdisc *qdisc, guint32 handle, const NlvObject **object);

/* tc_fill_qdisc() of one that nobody has made, and that has counted nothing. */
void nlv_qdisc_put_usual (NlvWriter *writer, struct tcmsg *header, const NlvLink *link, guint32 parent,
                          guint references, const char *kind);
/* tc_fill_tclass() of one of mq's queues, counted from 1. */
void nlv_qdisc_put_queue (NlvWriter *writer, struct tcmsg *header, const NlvLink *link, guint32 queue);

/* The words of a request that is answered, which some answers repeat. */
void nlv_put_warning (const NlvRequest *request, NlvWriter *writer);

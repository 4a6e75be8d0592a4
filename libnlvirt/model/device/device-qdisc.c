/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a link queues by when it comes up for the first time. */
#include "model/device/consequences.h"
#include "model/device/device.h"
#include "model/rtnetlink/rtnetlink-traffic.h"

#include <string.h>

/* TC_H_MIN_MASK */
#define MAX_QUEUES 0xffff

static struct tcmsg *
begin (NlvWriter *writer, guint16 type)
{
  nlv_writer_init (writer, 1 << 12);
  return nlv_writer_begin (writer, type, 0, 0, 0, sizeof (struct tcmsg));
}

static void
keep (NlvNetwork *network, NlvWriter *writer, guint16 type)
{
  NlvObject object = { .type = type };

  object.body = g_bytes_new (writer->data + NLMSG_HDRLEN, writer->len - NLMSG_HDRLEN);
  nlv_network_add_object (network, &object);
  nlv_writer_clear (writer);
}

static void
add_qdisc (NlvNetwork *network, const NlvLink *link, guint32 parent, const char *kind)
{
  NlvWriter writer;
  struct tcmsg *header = begin (&writer, RTM_NEWQDISC);

  nlv_qdisc_put_usual (&writer, header, link, parent, 1, kind);
  keep (network, &writer, RTM_NEWQDISC);
}

static void
add_queue (NlvNetwork *network, const NlvLink *link, guint32 queue)
{
  NlvWriter writer;
  struct tcmsg *header = begin (&writer, RTM_NEWTCLASS);

  nlv_qdisc_put_queue (&writer, header, link, queue);
  keep (network, &writer, RTM_NEWTCLASS);
}

/* mq_init() and mq_attach(); the last queue's is told of first. */
static void
attach_queues (NlvNetwork *network, NlvLink *link)
{
  guint32 n = MIN (link->tx_queues, MAX_QUEUES);

  add_qdisc (network, link, TC_H_ROOT, "mq");
  for (guint32 i = n; i > 0; i--)
    add_qdisc (network, link, i, link->qdisc);
  for (guint32 i = 1; i <= n; i++)
    add_queue (network, link, i);
  g_free (link->qdisc);
  link->qdisc = g_strdup ("mq");
}

/* net.core.default_qdisc, as far as the links tell: default_qdisc_ops otherwise. */
static const char *
find_usual (NlvNetwork *network)
{
  static const char *const usual[] = { "pfifo_fast", "fq_codel", "fq", "cake", NULL };

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);

      if (link->qdisc != NULL && g_strv_contains (usual, link->qdisc))
        return link->qdisc;
    }
  return usual[0];
}

void
nlv_link_attach_qdiscs (NlvNetwork *network, NlvLink *link)
{
  if (g_strcmp0 (link->qdisc, "noop") != 0)
    return;
  nlv_link_attach_qdisc (link, find_usual (network));
  if (link->tx_queues > 1 && g_strcmp0 (link->qdisc, "noqueue") != 0)
    attach_queues (network, link);
}

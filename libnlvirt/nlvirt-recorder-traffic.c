/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Traffic control is asked for link by link: what there is of classes, filters
 * and chains hangs on what was told of disciplines. */
#include "nlvirt-recorder-private.h"

#include <linux/if.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

/* A discipline or class of a link. */
typedef struct
{
  gint32 link;
  guint32 handle;
  char kind[IFNAMSIZ];
  guint32 ingress_block, egress_block; /* shared ones, 0 none */
} Parent;

/* What has been told by now. */
typedef struct
{
  NlvirtRecorder *recorder;
  GHashTable *ordinary; /* set of (owned) GBytes: seen without TCA_DUMP_INVISIBLE */
  GArray *parents;      /* (element-type Parent) (owned): where filters may hang */
  GHashTable *blocks;   /* set of numbers of filter blocks that are shared */
  guint32 chains_of;    /* the handle of the block whose chains are being told */
} Traffic;

/* What tells a discipline from another. */
static GBytes *
identify (const NlvMessage *message)
{
  NlvSpan body = nlv_message_payload (message);

  return g_bytes_new (body.data, MIN (body.len, offsetof (struct tcmsg, tcm_info)));
}

static void
add_parent (Traffic *self, const NlvMessage *message)
{
  NlvSpan body = nlv_message_payload (message);
  NlvSpan rest = nlv_span_from (body, sizeof (struct tcmsg));
  struct tcmsg header;
  NlvAttr attr;

  if (body.len < sizeof header)
    return;
  memcpy (&header, body.data, sizeof header);
  Parent parent = { .link = header.tcm_ifindex, .handle = header.tcm_handle };
  while (nlv_attr_next (&rest, &attr))
    if (attr.type == TCA_KIND)
      nlv_attr_copy (&attr, parent.kind, sizeof parent.kind - 1);
    else if (attr.type == TCA_INGRESS_BLOCK)
      parent.ingress_block = nlv_attr_u32 (&attr);
    else if (attr.type == TCA_EGRESS_BLOCK)
      parent.egress_block = nlv_attr_u32 (&attr);
  /* mq has classes without a handle. */
  if (header.tcm_handle != 0 || strcmp (parent.kind, "mq") == 0)
    g_array_append_val (self->parents, parent);
}

static void
on_ordinary_qdisc (const NlvMessage *message, gpointer data)
{
  Traffic *self = data;
  g_hash_table_add (self->ordinary, identify (message));
}

static void
on_qdisc (const NlvMessage *message, gpointer data)
{
  Traffic *self = data;
  g_autoptr (GBytes) identity = identify (message);

  nlv_capture_message (self->recorder->capture, message, !g_hash_table_contains (self->ordinary, identity));
  add_parent (self, message);
}

static void
on_class (const NlvMessage *message, gpointer data)
{
  Traffic *self = data;
  nlv_capture_message (self->recorder->capture, message, FALSE);
  add_parent (self, message);
}

static int
dump_qdiscs (Traffic *self)
{
  NlvWriter writer;
  int error;

  nlvirt_recorder_begin (self->recorder, &writer, RTM_GETQDISC, NLM_F_DUMP, sizeof (struct tcmsg));
  error = nlvirt_recorder_ask (self->recorder, &writer, on_ordinary_qdisc, self);
  if (error < 0)
    return error;
  nlvirt_recorder_begin (self->recorder, &writer, RTM_GETQDISC, NLM_F_DUMP, sizeof (struct tcmsg));
  nlv_put_flag (&writer, TCA_DUMP_INVISIBLE);
  return nlvirt_recorder_ask (self->recorder, &writer, on_qdisc, self);
}

static int
dump_of_parent (Traffic *self, guint16 type, gint32 link, guint32 parent, NlvirtOnMessage on_message)
{
  NlvWriter writer;
  struct tcmsg *body = nlvirt_recorder_begin (self->recorder, &writer, type, NLM_F_DUMP, sizeof *body);

  body->tcm_ifindex = link;
  body->tcm_parent = parent;
  return nlvirt_recorder_ask (self->recorder, &writer, on_message, self);
}

/* The kernel calls a chain's parent its discipline, whatever its block. */
static void
on_chain (const NlvMessage *message, gpointer data)
{
  Traffic *self = data;
  g_autofree guint8 *copy = g_memdup2 (message->bytes.data, message->bytes.len);
  NlvMessage named = { .header = message->header, .bytes = nlv_span (copy, message->bytes.len) };

  if (nlv_message_payload (message).len < sizeof (struct tcmsg))
    return;
  memcpy (copy + NLMSG_HDRLEN + offsetof (struct tcmsg, tcm_parent), &self->chains_of, sizeof self->chains_of);
  nlv_capture_message (self->recorder->capture, &named, FALSE);
}

static void
on_filter (const NlvMessage *message, gpointer data)
{
  Traffic *self = data;

  nlvirt_recorder_take_row (message, self->recorder);
}

/* Of one block: a shared one is the same wherever it is met. */
static void
dump_filters (Traffic *self, gint32 link, guint32 parent, guint32 shared)
{
  if (shared != 0 && !g_hash_table_add (self->blocks, GUINT_TO_POINTER (shared)))
    return;
  if (shared != 0)
    {
      link = (gint32) TCM_IFINDEX_MAGIC_BLOCK;
      parent = shared;
    }
  self->chains_of = parent;
  dump_of_parent (self, RTM_GETTFILTER, link, parent, on_filter);
  dump_of_parent (self, RTM_GETCHAIN, link, parent, on_chain);
}

/* Filters hang on disciplines and classes, and on both ends of a clsact. */
static void
dump_filters_of (Traffic *self, const Parent *parent)
{
  if (strcmp (parent->kind, "clsact") == 0)
    {
      dump_filters (self, parent->link, TC_H_MAKE (TC_H_CLSACT, TC_H_MIN_INGRESS), parent->ingress_block);
      dump_filters (self, parent->link, TC_H_MAKE (TC_H_CLSACT, TC_H_MIN_EGRESS), parent->egress_block);
    }
  else if (parent->handle != 0)
    dump_filters (self, parent->link, parent->handle, parent->ingress_block);
}

static void
dump_classes_and_filters (Traffic *self)
{
  g_autoptr (GHashTable) links = g_hash_table_new (NULL, NULL);
  guint n_qdiscs = self->parents->len;

  for (guint i = 0; i < n_qdiscs; i++)
    {
      Parent qdisc = g_array_index (self->parents, Parent, i);

      if (g_hash_table_add (links, GINT_TO_POINTER (qdisc.link)))
        dump_of_parent (self, RTM_GETTCLASS, qdisc.link, 0, on_class);
    }
  for (guint i = 0; i < self->parents->len; i++)
    dump_filters_of (self, &g_array_index (self->parents, Parent, i));
}

/* A dump of actions is of one kind. */
static void
dump_actions (Traffic *self)
{
  static const char *const kinds[] = {
    "bpf", "connmark", "csum",   "ct",     "ctinfo", "gact",    "gate",   "ife",        "mirred", "mpls",
    "nat", "pedit",    "police", "sample", "simple", "skbedit", "skbmod", "tunnel_key", "vlan",   "xt",
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const struct nla_bitfield32 large = { TCA_FLAG_LARGE_DUMP_ON, TCA_FLAG_LARGE_DUMP_ON };
      gsize table, action;
      NlvWriter writer;

      nlvirt_recorder_begin (self->recorder, &writer, RTM_GETACTION, NLM_F_DUMP, sizeof (struct tcamsg));
      table = nlv_nest_begin (&writer, TCA_ACT_TAB);
      action = nlv_nest_begin (&writer, 1);
      nlv_put_string (&writer, TCA_ACT_KIND, kinds[i]);
      nlv_nest_end (&writer, action);
      nlv_nest_end (&writer, table);
      nlv_put (&writer, TCA_ROOT_FLAGS, &large, sizeof large);
      nlvirt_recorder_ask (self->recorder, &writer, nlvirt_recorder_take_row, self->recorder);
    }
}

void
nlvirt_recorder_ask_traffic (NlvirtRecorder *self)
{
  Traffic traffic = {
    .recorder = self,
    .ordinary = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL),
    .parents = g_array_new (FALSE, FALSE, sizeof (Parent)),
    .blocks = g_hash_table_new (NULL, NULL),
  };

  /* First, since asking for them is what makes used_hw_stats valid. */
  dump_actions (&traffic);
  dump_qdiscs (&traffic);
  dump_classes_and_filters (&traffic);
  g_hash_table_unref (traffic.ordinary);
  g_array_unref (traffic.parents);
  g_hash_table_unref (traffic.blocks);
}

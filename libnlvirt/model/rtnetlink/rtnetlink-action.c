/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Actions: net/sched/act_api.c. They are kept in the messages of a dump that
 * was not terse, each with what its kind has to say. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <string.h>

/* NLMSG_GOODSIZE, as large as the answer about single actions can be. */
#define REPLY_ROOM 3776

/* TCA_ROOT_EXT_WARN_MSG and TCA_ACT_IN_HW_COUNT; the kernel takes one number
 * more for an action's last attribute. */
#define N_ROOT_ATTRS 5
#define N_ACTION_ATTRS 11
#define MAX_COOKIE 16

/* Of refcnt in struct tc_gen. */
#define REFERENCES_AT 12

static const NlvPolicy action_policy[N_ACTION_ATTRS + 1] = {
  [TCA_ACT_KIND] = { .kind = NLV_KIND_STRING },
  [TCA_ACT_OPTIONS] = { .kind = NLV_KIND_NESTED },
  [TCA_ACT_INDEX] = { .kind = NLV_KIND_U32 },
  [TCA_ACT_COOKIE] = { .kind = NLV_KIND_BINARY, .len = MAX_COOKIE },
  [TCA_ACT_FLAGS] = { .kind = NLV_KIND_BITFIELD32, .mask = 7 },
  [TCA_ACT_HW_STATS] = { .kind = NLV_KIND_BITFIELD32, .mask = 3 },
};

/* The kinds that the kernel has without a module. */
static const char *const known_kinds[] = { "mirred" };

/* Where the options have struct tc_gen and struct tcf_t: most kinds count the
 * latter first. */
static const char *const parms_first[] = { "connmark", "csum", "ct", "ife", "nat" };

/* An action as it is kept. */
typedef struct
{
  NlvSpan attrs;
  NlvAttr kind;
  guint32 index;
  guint32 last_use; /* hundredths of a second before the network was recorded */
  gsize references; /* where their number is in the options; 0: nowhere */
} Action;

/* --- which there are --------------------------------------------------------------- */

static gboolean
read_action (const NlvAttr *nest, Action *action)
{
  NlvAttr options, parms, times;
  gboolean early = FALSE;

  action->attrs = nest->payload;
  if (!nlv_span_find_attr (nest->payload, TCA_ACT_KIND, &action->kind))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (parms_first); i++)
    early = early || nlv_attr_is_string (&action->kind, parms_first[i]);
  nlv_span_find_attr (nest->payload, TCA_ACT_OPTIONS, &options);
  nlv_span_find_attr (options.payload, early ? 1 : 2, &parms);
  nlv_span_find_attr (options.payload, early ? 2 : 1, &times);
  action->index = nlv_attr_u32 (&parms);
  action->references = 0;
  if (parms.payload.len >= REFERENCES_AT + sizeof (guint32))
    action->references = (gsize) (parms.payload.data - options.payload.data) + REFERENCES_AT;

  struct tcf_t when;
  nlv_attr_copy (&times, &when, sizeof when);
  action->last_use = (guint32) when.lastuse;
  return TRUE;
}

/* A walk over all actions, of all kinds. */
typedef struct
{
  NlvNetwork *network;
  guint object;
  NlvSpan rest; /* of the object before */
} Actions;

static gboolean
next_action (Actions *actions, Action *action)
{
  for (;;)
    {
      struct tcamsg header;
      NlvAttr nest;

      while (nlv_attr_next (&actions->rest, &nest))
        if (read_action (&nest, action))
          return TRUE;
      if (actions->object >= nlv_network_get_n_objects (actions->network))
        return FALSE;
      const NlvObject *object = nlv_network_get_object (actions->network, actions->object++);
      if (nlv_object_header (object, RTM_GETACTION, &header, sizeof header))
        {
          nlv_span_find_attr (nlv_object_attrs (object, sizeof header), TCA_ACT_TAB, &nest);
          actions->rest = nest.payload;
        }
    }
}

/* nla_strcmp() with a kind that is kept */
static gboolean
is_of_kind (const Action *action, const NlvAttr *kind)
{
  g_autofree char *text = nlv_attr_dup_string (&action->kind);

  return nlv_attr_is_string (kind, text);
}

/* tc_lookup_action() */
static gboolean
is_known_kind (NlvNetwork *network, const NlvAttr *kind)
{
  Actions actions = { .network = network };
  Action action;

  if (!nlv_attr_present (kind))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (known_kinds); i++)
    if (nlv_attr_is_string (kind, known_kinds[i]))
      return TRUE;
  while (next_action (&actions, &action))
    if (is_of_kind (&action, kind))
      return TRUE;
  return FALSE;
}

static void
put_action (NlvWriter *writer, guint16 number, const Action *action, gboolean terse)
{
  gsize nest = nlv_nest_begin (writer, number);
  NlvSpan rest = action->attrs;
  NlvAttr attr;

  /* tcf_action_dump_terse() puts the index before the cookie. */
  while (nlv_attr_next (&rest, &attr))
    {
      if (!terse || attr.type == TCA_ACT_KIND || attr.type == TCA_ACT_STATS || attr.type == TCA_ACT_COOKIE)
        nlv_put (writer, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
      if (terse && attr.type == TCA_ACT_STATS)
        nlv_put_u32 (writer, TCA_ACT_INDEX, action->index);
    }
  nlv_nest_end (writer, nest);
}

/* --- dump -------------------------------------------------------------------------- */

typedef struct
{
  NlvAttr kind;
  guint32 flags;
  guint32 since; /* hundredths of a second; 0: all */
} Wanted;

/* find_dump_kind() */
static gboolean
find_dump_kind (const NlvAttr *table, NlvAttr *kind)
{
  NlvAttr nests[TCA_ACT_MAX_PRIO + 1], attrs[N_ACTION_ATTRS + 1];

  if (!nlv_attr_present (table) ||
      nlv_attrs_parse (table->payload, nests, TCA_ACT_MAX_PRIO, NULL, NLV_VALIDATE_LIBERAL, NULL) < 0 ||
      !nlv_attr_present (&nests[1]) ||
      nlv_attrs_parse (nests[1].payload, attrs, N_ACTION_ATTRS, action_policy, NLV_VALIDATE_LIBERAL, NULL) < 0)
    return FALSE;
  *kind = attrs[TCA_ACT_KIND];
  return nlv_attr_present (kind);
}

/* The next one that is asked for, of those that were not in the datagrams
 * before. */
static gboolean
next_wanted (NlvWalk *walk, const Wanted *wanted, Actions *actions, guint *position, Action *action)
{
  guint64 age = walk->dump.caller.now - nlv_network_get_globals (walk->dump.network)->clock;

  while (next_action (actions, action))
    {
      if (!is_of_kind (action, &wanted->kind))
        continue;
      if ((*position)++ >= walk->position && (wanted->since == 0 || action->last_use + age <= wanted->since))
        return TRUE;
    }
  return FALSE;
}

static void
set_count (NlvWriter *writer, guint32 count)
{
  gsize at = writer->message + NLMSG_HDRLEN + sizeof (struct tcamsg) + sizeof (struct nlattr);

  memcpy (writer->data + at, &count, sizeof count);
}

/* tcf_dump_walker(): as many as fit, and as a reader of old expects. Their
 * number is for who knows that there can be more. */
static guint
put_actions (NlvWalk *walk, NlvWriter *writer, const Wanted *wanted)
{
  gboolean large = (wanted->flags & TCA_FLAG_LARGE_DUMP_ON) != 0;
  Actions actions = { .network = walk->dump.network };
  guint position = 0, n = 0;
  Action action;

  while ((large || n < TCA_ACT_MAX_PRIO) && next_wanted (walk, wanted, &actions, &position, &action))
    {
      gsize before = writer->len;

      put_action (writer, n, &action, (wanted->flags & TCA_ACT_FLAG_TERSE_DUMP) != 0);
      if (writer->full)
        {
          nlv_nest_cancel (writer, before);
          nlv_writer_keep (writer);
          position--;
          break;
        }
      n++;
      walk->position_in_row = position;
    }
  if (large)
    set_count (writer, n);
  return n;
}

/* tc_dump_action(): one message in each datagram. */
int
nlv_dump_actions (NlvWalk *walk, NlvWriter *writer)
{
  static const NlvPolicy policy[N_ROOT_ATTRS + 1] = {
    [TCA_ROOT_FLAGS] = { .kind = NLV_KIND_BITFIELD32, .mask = TCA_FLAG_LARGE_DUMP_ON | TCA_ACT_FLAG_TERSE_DUMP },
    [TCA_ROOT_TIME_DELTA] = { .kind = NLV_KIND_U32 },
  };
  NlvAttr attrs[N_ROOT_ATTRS + 1];
  Wanted wanted;
  int error = nlv_request_attrs (&walk->request, sizeof (struct tcamsg), attrs, N_ROOT_ATTRS, policy,
                                 NLV_VALIDATE_LIBERAL, &walk->dump.why);

  if (error < 0)
    return error;
  if (!find_dump_kind (&attrs[TCA_ACT_TAB], &wanted.kind) || !is_known_kind (walk->dump.network, &wanted.kind))
    return 0;
  wanted.flags = nlv_attr_u32 (&attrs[TCA_ROOT_FLAGS]);
  wanted.since = nlv_attr_u32 (&attrs[TCA_ROOT_TIME_DELTA]);
  wanted.since = wanted.since / 10 + (wanted.since % 10 != 0);
  nlv_walk_begin (walk, writer, RTM_GETACTION, 0, sizeof (struct tcamsg));
  nlv_put_u32 (writer, TCA_ROOT_COUNT, 0);
  gsize table = nlv_nest_begin (writer, TCA_ACT_TAB);
  if (writer->full || put_actions (walk, writer, &wanted) == 0)
    {
      nlv_writer_cancel (writer);
      return 0;
    }
  walk->position = walk->position_in_row;
  nlv_nest_end (writer, table);
  nlv_writer_end (writer);
  return 0;
}

/* --- single actions ---------------------------------------------------------------- */

/* tcf_action_get_1() */
static int
find_action (const NlvRequest *request, const NlvAttr *nest, Action *action)
{
  Actions actions = { .network = request->network };
  NlvAttr attrs[N_ACTION_ATTRS + 1];
  int error =
    nlv_attrs_parse (nest->payload, attrs, N_ACTION_ATTRS, action_policy, NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[TCA_ACT_INDEX]))
    return nlv_request_refuse (request, -EINVAL, "Invalid TC action index value");
  if (!is_known_kind (request->network, &attrs[TCA_ACT_KIND]))
    return nlv_request_refuse (request, -EINVAL, "Specified TC action kind not found");
  while (next_action (&actions, action))
    if (is_of_kind (action, &attrs[TCA_ACT_KIND]) && action->index == nlv_attr_u32 (&attrs[TCA_ACT_INDEX]))
      return 0;
  return nlv_request_refuse (request, -ENOENT, "TC action with specified index not found");
}

/* Each time that a request names an action, it holds a reference; one is not
 * counted. */
static void
put_named_action (NlvWriter *writer, guint16 number, const Action *action, guint32 more_references)
{
  gsize nest = nlv_nest_begin (writer, number);
  NlvSpan rest = action->attrs;
  NlvAttr attr;
  guint32 references;

  while (nlv_attr_next (&rest, &attr))
    {
      guint8 *payload = nlv_put_reserve (writer, attr.type | attr.type_flags, attr.payload.len);

      if (payload == NULL || attr.payload.len == 0)
        continue;
      memcpy (payload, attr.payload.data, attr.payload.len);
      if (attr.type != TCA_ACT_OPTIONS || action->references == 0 ||
          action->references + sizeof references > attr.payload.len)
        continue;
      memcpy (&references, payload + action->references, sizeof references);
      references += more_references;
      memcpy (payload + action->references, &references, sizeof references);
    }
  nlv_nest_end (writer, nest);
}

/* tca_action_gd(), tca_get_fill() */
static int
reply_actions (const NlvRequest *request, const NlvAttr *nests, NlvWriter *writer)
{
  Action actions[TCA_ACT_MAX_PRIO];
  gsize table;
  guint n;

  for (n = 0; n < TCA_ACT_MAX_PRIO && nlv_attr_present (&nests[n + 1]); n++)
    {
      int error = find_action (request, &nests[n + 1], &actions[n]);
      if (error < 0)
        return error;
    }
  nlv_writer_init (writer, REPLY_ROOM);
  nlv_writer_begin (writer, RTM_GETACTION, 0, request->message->header.nlmsg_seq, request->caller->port,
                    sizeof (struct tcamsg));
  table = nlv_nest_begin (writer, TCA_ACT_TAB);
  for (guint i = 0; i < n; i++)
    {
      guint32 more = 0;

      for (guint other = 0; other < n; other++)
        more += other != i && actions[other].attrs.data == actions[i].attrs.data;
      put_named_action (writer, i + 1, &actions[i], more);
    }
  nlv_nest_end (writer, table);
  return 0;
}

/* The table of what a request names, of @n + 1. */
static int
parse_table (const NlvRequest *request, NlvAttr *nests, guint n)
{
  NlvAttr attrs[N_ROOT_ATTRS + 1];
  int error = nlv_request_attrs (request->message, sizeof (struct tcamsg), attrs, N_ROOT_ATTRS, NULL,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[TCA_ACT_TAB]))
    return nlv_request_refuse (request, -EINVAL, "Netlink action attributes missing");
  return nlv_attrs_parse (attrs[TCA_ACT_TAB].payload, nests, n, NULL, NLV_VALIDATE_LIBERAL, request->extack);
}

/* tc_ctl_action() */
int
nlv_get_action (const NlvRequest *request)
{
  NlvAttr nests[TCA_ACT_MAX_PRIO + 1];
  NlvWriter writer;
  int error = parse_table (request, nests, TCA_ACT_MAX_PRIO);

  if (error == 0)
    error = reply_actions (request, nests, &writer);
  if (error < 0)
    return error;
  if (nlv_reply_finish (request, &writer) < 0)
    return nlv_request_refuse (request, -EINVAL, "Failed to fill netlink attributes while adding TC action");
  return 0;
}

/* --- changes ----------------------------------------------------------------------- */

/* tc_action_load_ops() */
static int
check_kind (const NlvRequest *request, const NlvAttr *nest)
{
  NlvAttr attrs[N_ACTION_ATTRS + 1];
  const NlvSpan *kind = &attrs[TCA_ACT_KIND].payload;
  int error =
    nlv_attrs_parse (nest->payload, attrs, N_ACTION_ATTRS, action_policy, NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[TCA_ACT_KIND]))
    return nlv_request_refuse (request, -EINVAL, "TC action kind must be specified");
  if (kind->len >= IFNAMSIZ && memchr (kind->data, '\0', IFNAMSIZ) == NULL)
    return nlv_request_refuse (request, -EINVAL, "TC action name too long");
  if (!is_known_kind (request->network, &attrs[TCA_ACT_KIND]))
    return nlv_request_refuse (request, -ENOENT, "Failed to load TC action module");
  return 0;
}

/* tcf_action_add(), as far as it is not to be done. */
int
nlv_new_action (const NlvRequest *request)
{
  NlvAttr nests[TCA_ACT_MAX_PRIO + 2];
  int error = parse_table (request, nests, TCA_ACT_MAX_PRIO + 1);
  guint i;

  if (error < 0)
    return error;
  if (nlv_attr_present (&nests[TCA_ACT_MAX_PRIO + 1]))
    return nlv_request_refuse (request, -EINVAL, "Only 32 actions supported per filter");
  for (i = 1; i <= TCA_ACT_MAX_PRIO && nlv_attr_present (&nests[i]); i++)
    {
      error = check_kind (request, &nests[i]);
      if (error < 0)
        return error;
    }
  return i == 1 ? 0 : -EOPNOTSUPP;
}

/* tca_action_flush() */
static int
refuse_flush (const NlvRequest *request, const NlvAttr *nest)
{
  Actions actions = { .network = request->network };
  NlvAttr attrs[N_ACTION_ATTRS + 1];
  Action action;
  int error =
    nlv_attrs_parse (nest->payload, attrs, N_ACTION_ATTRS, action_policy, NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  if (!is_known_kind (request->network, &attrs[TCA_ACT_KIND]))
    return nlv_request_refuse (request, -EINVAL, "Cannot flush unknown TC action");
  while (next_action (&actions, &action))
    if (is_of_kind (&action, &attrs[TCA_ACT_KIND]))
      return -EOPNOTSUPP;
  return 0;
}

/* tca_action_gd(), the same. */
int
nlv_del_action (const NlvRequest *request)
{
  NlvAttr nests[TCA_ACT_MAX_PRIO + 1];
  Action action;
  int error = parse_table (request, nests, TCA_ACT_MAX_PRIO);
  guint i;

  if (error < 0)
    return error;
  if ((request->message->header.nlmsg_flags & NLM_F_ROOT) != 0)
    return nlv_attr_present (&nests[1])
             ? refuse_flush (request, &nests[1])
             : nlv_request_refuse (request, -EINVAL, "Invalid netlink attributes while flushing TC action");
  for (i = 1; i <= TCA_ACT_MAX_PRIO && nlv_attr_present (&nests[i]); i++)
    {
      error = find_action (request, &nests[i], &action);
      if (error < 0)
        return error;
    }
  return i == 1 ? 0 : -EOPNOTSUPP;
}

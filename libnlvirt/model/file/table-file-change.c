/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows of a text, one group after the other, as requests. All groups are
 * read before the first request is made: what is wrong with the text changes
 * nothing. */
#include "model/file/table-file-change.h"

#include "model/fib.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <string.h>

/* A request is as large as it has to be. */
#define REQUEST_ROOM (1 << 20)

/* --- steps ------------------------------------------------------------------------ */

static void
free_step (gpointer data)
{
  NlvStep *step = data;

  g_clear_pointer (&step->request, g_bytes_unref);
  if (step->row != NULL)
    nlv_link_clear (step->row);
  g_free (step->row);
  g_free (step->group);
  g_free (step);
}

NlvStep *
nlv_step_new (NlvTableChange *self, const NlvSection *section)
{
  NlvStep *step = g_new0 (NlvStep, 1);

  step->line = section->line;
  step->group = g_strdup (section->name);
  g_ptr_array_add (self->steps, step);
  return step;
}

gpointer
nlv_step_begin (NlvWriter *writer, guint16 type, guint16 flags, gsize payload)
{
  nlv_writer_init (writer, REQUEST_ROOM);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | flags, 1, 0, payload);
}

void
nlv_step_end (NlvTableChange *self, const NlvSection *section, NlvWriter *writer)
{
  if (nlv_writer_end (writer))
    nlv_step_new (self, section)->request = nlv_writer_steal (writer);
  else
    nlv_fault_add (self->reader.faults, section->line, section->name, NULL, "it is too long for a request");
  nlv_writer_clear (writer);
}

guint16
nlv_step_flags (const NlvTableChange *self)
{
  switch (self->verb)
    {
      case NLV_TABLE_ADD:
        return NLM_F_CREATE | NLM_F_EXCL;
      case NLV_TABLE_REPLACE:
        return NLM_F_CREATE | NLM_F_REPLACE;
      case NLV_TABLE_REMOVE:
      default:
        return 0;
    }
}

/* The family header, whatever has been put behind it. */
static gpointer
get_header (NlvWriter *writer)
{
  return writer->data + NLMSG_HDRLEN;
}

static guint16
type_of (const NlvTableChange *self, guint16 new_type)
{
  /* RTM_DEL* is next to RTM_NEW*. */
  return self->verb == NLV_TABLE_REMOVE ? (guint16) (new_type + 1) : new_type;
}

/* --- rows ------------------------------------------------------------------------- */

void
nlv_step_address (NlvTableChange *self, const NlvSection *section, const NlvAddress *row)
{
  struct ifaddrmsg *header;
  NlvWriter writer;

  header = nlv_step_begin (&writer, type_of (self, RTM_NEWADDR), nlv_step_flags (self), sizeof *header);
  nlv_address_message (&writer, header, row, row->updated);
  nlv_step_end (self, section, &writer);
}

/* What is to be removed is found by what is said of it, and no more. */
static gboolean
is_silent (const NlvTableChange *self, NlvSection *section, const char *key)
{
  return self->verb == NLV_TABLE_REMOVE && !nlv_section_has (section, key);
}

static void
change_address (NlvTableChange *self, NlvSection *section)
{
  NlvNetwork *scratch = self->reader.network;
  NlvAddress *row;

  nlv_address_read (&self->reader, section);
  if (nlv_network_get_n_addresses (scratch) == 0)
    return;
  row = nlv_network_get_address (scratch, 0);
  /* Else it is the link's name when it comes to it; and a row that is to go may have any. */
  if (!nlv_section_has (section, "label"))
    memset (row->label, 0, sizeof row->label);
  nlv_step_address (self, section, row);
  nlv_network_remove_address (scratch, row);
}

static void
put_route (NlvTableChange *self, NlvSection *section, const NlvRoute *row)
{
  NlvRoute asked = *row;
  struct rtmsg *header;
  NlvWriter writer;

  /* The ways are the nexthop object's, and may not be said again. */
  if (row->nexthop_id != 0)
    asked.n_nexthops = 0;
  for (guint i = 0; i < asked.n_nexthops; i++)
    asked.nexthops[i].flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
  if (is_silent (self, section, "metric"))
    asked.metric = 0;
  header = nlv_step_begin (&writer, type_of (self, RTM_NEWROUTE), nlv_step_flags (self), sizeof *header);
  nlv_route_message (&writer, header, &asked, 0, 0);
  header = get_header (&writer);
  if (is_silent (self, section, "type"))
    header->rtm_type = RTN_UNSPEC;
  if (is_silent (self, section, "scope"))
    header->rtm_scope = RT_SCOPE_NOWHERE;
  if (is_silent (self, section, "protocol"))
    header->rtm_protocol = RTPROT_UNSPEC;
  nlv_step_end (self, section, &writer);
}

static void
change_route (NlvTableChange *self, NlvSection *section)
{
  NlvFib *fib = nlv_network_get_fib (self->reader.network);
  static const guint8 families[] = { AF_INET, AF_INET6 };

  nlv_route_read (&self->reader, section);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      NlvFibCursor cursor;
      const NlvRoute *found;

      nlv_fib_cursor_init (&cursor, families[i]);
      while ((found = nlv_fib_next (fib, &cursor)) != NULL)
        {
          NlvRoute row;

          nlv_route_copy (found, &row);
          put_route (self, section, &row);
          nlv_route_clear (&row);
          nlv_fib_remove_at (fib, &cursor);
        }
    }
}

static void
change_rule (NlvTableChange *self, NlvSection *section)
{
  NlvNetwork *scratch = self->reader.network;
  struct fib_rule_hdr *header;
  NlvWriter writer;
  NlvRule *row;

  nlv_rule_read (&self->reader, section);
  if (nlv_network_get_n_rules (scratch) == 0)
    return;
  row = nlv_network_get_rule (scratch, 0);
  /* The kernel chooses one. */
  if (!nlv_section_has (section, "priority"))
    row->priority = 0;
  if (is_silent (self, section, "table"))
    row->table = RT_TABLE_UNSPEC;
  if (is_silent (self, section, "protocol"))
    row->protocol = RTPROT_UNSPEC;
  if (is_silent (self, section, "action") && is_silent (self, section, "goto"))
    row->action = FR_ACT_UNSPEC;
  header = nlv_step_begin (&writer, type_of (self, RTM_NEWRULE), nlv_step_flags (self), sizeof *header);
  nlv_rule_message (scratch, &writer, header, row);
  /* What follows from it, and is not asked for. */
  header = get_header (&writer);
  header->flags &= FIB_RULE_INVERT;
  nlv_step_end (self, section, &writer);
  nlv_network_remove_rule (scratch, row);
}

static void
change_neighbor (NlvTableChange *self, NlvSection *section)
{
  NlvNetwork *scratch = self->reader.network;
  struct ndmsg *header;
  NlvNeighbor *row;
  NlvWriter writer;

  nlv_neighbor_read (&self->reader, section);
  if (nlv_network_get_n_neighbors (scratch) == 0)
    return;
  row = nlv_network_get_neighbor (scratch, 0);
  header = nlv_step_begin (&writer, type_of (self, RTM_NEWNEIGH), nlv_step_flags (self), sizeof *header);
  nlv_neighbor_message (scratch, &writer, header, row);
  nlv_step_end (self, section, &writer);
  nlv_network_remove_neighbor (scratch, row);
}

/* --- the text --------------------------------------------------------------------- */

typedef void (*RowChange) (NlvTableChange *self, NlvSection *section);

static void
change_rows (NlvTableChange *self, GArray *groups, NlvGroupKind kind, RowChange change)
{
  for (guint i = 0; i < groups->len; i++)
    {
      const NlvGroup *group = &g_array_index (groups, NlvGroup, i);
      NlvSection *section;

      if (group->kind != kind)
        continue;
      section = nlv_section_load (group, self->reader.faults);
      change (self, section);
      nlv_section_finish (section);
    }
}

static void
refuse_groups (NlvTableChange *self, GArray *groups)
{
  for (guint i = 0; i < groups->len; i++)
    {
      const NlvGroup *group = &g_array_index (groups, NlvGroup, i);

      if (group->kind == NLV_GROUP_NETWORK || group->kind == NLV_GROUP_OBJECT)
        nlv_fault_add (self->reader.faults, group->line, NULL, NULL,
                       "[%.*s] cannot be changed in a network that is there; expected [link NAME], [address LABEL], "
                       "[nexthop ID], [route LABEL], [rule LABEL] or [neighbor LABEL]",
                       (int) group->name.len, (const char *) group->name.data);
    }
}

/* What rows name. */
static NlvNetwork *
new_scratch (NlvNetwork *network)
{
  NlvNetwork *scratch = nlv_network_new ();

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink copy;

      nlv_link_copy (nlv_network_get_link (network, i), &copy);
      nlv_network_add_link (scratch, &copy);
    }
  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    {
      NlvNexthopObject copy;

      nlv_nexthop_object_copy (nlv_network_get_nexthop (network, i), &copy);
      nlv_network_add_nexthop (scratch, &copy);
    }
  return scratch;
}

typedef struct
{
  NlvGroupKind kind;
  RowChange change;
  void (*change_all) (NlvTableChange *self, GArray *groups); /* of rows that need each other */
} KindChange;

/* In the order in which one needs the other when they come. */
static const KindChange kinds[] = {
  { .change_all = nlv_links_change }, { NLV_GROUP_ADDRESS, change_address }, { .change_all = nlv_nexthops_change },
  { NLV_GROUP_ROUTE, change_route },  { NLV_GROUP_RULE, change_rule },       { NLV_GROUP_NEIGHBOR, change_neighbor },
};

static void
read_text (NlvTableChange *self, NlvSpan text)
{
  g_autoptr (GArray) groups = nlv_groups_scan (text, self->reader.faults);
  guint n = G_N_ELEMENTS (kinds);

  refuse_groups (self, groups);
  for (guint i = 0; i < n; i++)
    {
      const KindChange *kind = &kinds[self->verb == NLV_TABLE_REMOVE ? n - 1 - i : i];

      if (kind->change_all != NULL)
        kind->change_all (self, groups);
      else
        change_rows (self, groups, kind->kind, kind->change);
    }
}

static int
run_request (NlvNetwork *network, guint64 now, const NlvStep *step, NlvAnswer *answer)
{
  const NlvCaller caller = { .admin = TRUE, .writable = TRUE, .now = now };
  NlvMessage message;
  NlvSpan rest;
  gsize len;
  const guint8 *data = g_bytes_get_data (step->request, &len);

  rest = nlv_span (data, len);
  return nlv_message_next (&rest, &message) ? nlv_rtnetlink_request (network, &caller, &message, answer) : -EINVAL;
}

static int
run_step (NlvTableChange *self, guint64 now, NlvStep *step)
{
  NlvAnswer answer = { 0 };
  NlvChange change;
  int result;

  if (step->request != NULL)
    result = run_request (self->network, now, step, &answer);
  else
    {
      nlv_change_init (&change, self->network, nlv_network_tell_time (self->network, now));
      change.extack = &answer.extack;
      result = step->run (&change, step);
    }
  if (result < 0)
    nlv_fault_add (self->reader.faults, step->line, step->group, NULL, "%s%s%s", g_strerror (-result),
                   answer.extack.message != NULL ? ": " : "",
                   answer.extack.message != NULL ? answer.extack.message : "");
  nlv_answer_clear (&answer);
  return result;
}

int
nlv_table_file_change (NlvNetwork *network, NlvTableVerb verb, const char *text, gsize len, guint64 now,
                       GPtrArray *faults)
{
  NlvTableChange self = { .reader = { .faults = faults, .live = TRUE, .lowest_rule = { 32766, 32766 } },
                          .network = network,
                          .verb = verb };
  guint n_before = faults->len;
  int result = 0;

  if (!nlv_table_file_check_text (text, len, faults))
    return 1;
  self.reader.network = new_scratch (network);
  self.steps = g_ptr_array_new_with_free_func (free_step);
  read_text (&self, nlv_span (text, len));
  if (faults->len > n_before)
    {
      nlv_table_file_sort_faults (faults);
      result = 1;
    }
  nlv_network_hold (network);
  for (guint i = 0; result == 0 && i < self.steps->len; i++)
    result = run_step (&self, now, g_ptr_array_index (self.steps, i));
  nlv_network_release (network);
  g_ptr_array_unref (self.steps);
  nlv_network_unref (self.reader.network);
  return result;
}

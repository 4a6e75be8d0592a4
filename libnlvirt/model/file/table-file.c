/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A table file as a whole: in which order its groups are read and written. */
#include "model/file/table-file.h"

#include "model/device/consequences.h"
#include "model/file/table-file-groups.h"

#include <string.h>

/* More is no file that anybody wrote, and lines are counted in 32 bits. */
#define MAX_SIZE (G_GUINT64_CONSTANT (1) << 30)

/* --- reading ----------------------------------------------------------------------- */

static guint
line_of (const char *text, const char *at)
{
  guint line = 1;

  for (; text < at; text++)
    if (*text == '\n')
      line++;
  return line;
}

gboolean
nlv_table_file_check_text (const char *text, gsize len, GPtrArray *faults)
{
  const char *end;

  if (len > MAX_SIZE)
    nlv_fault_add (faults, 0, NULL, NULL, "the text is too long; expected at most 1 GiB");
  else if (len == 0)
    return TRUE;
  else if ((end = memchr (text, '\0', len)) != NULL)
    nlv_fault_add (faults, line_of (text, end), NULL, NULL, "there is a NUL byte; expected text");
  else if (!g_utf8_validate_len (text, len, &end))
    nlv_fault_add (faults, line_of (text, end), NULL, NULL, "there is a byte that is not UTF-8");
  else
    return TRUE;
  return FALSE;
}

static void
read_groups (NlvTableReader *reader, GArray *groups, NlvGroupKind kind,
             void (*read) (NlvTableReader *reader, NlvSection *section))
{
  for (guint i = 0; i < groups->len; i++)
    {
      const NlvGroup *group = &g_array_index (groups, NlvGroup, i);
      NlvSection *section;

      if (group->kind != kind)
        continue;
      section = nlv_section_load (group, reader->faults);
      read (reader, section);
      nlv_section_finish (section);
    }
}

static void
free_fault (gpointer data)
{
  nlv_fault_free (data);
}

/* Whether to fill in matters to the links already, and [network] names links:
 * it is read twice, and what is wrong with it is told the second time. */
static void
look_first (NlvTableReader *reader, GArray *groups)
{
  g_autoptr (GPtrArray) unheard = g_ptr_array_new_with_free_func (free_fault);
  GPtrArray *faults = reader->faults;

  reader->faults = unheard;
  read_groups (reader, groups, NLV_GROUP_NETWORK, nlv_network_group_read_first);
  reader->faults = faults;
}

static void
read_links (NlvTableReader *reader, GArray *groups)
{
  g_autoptr (GPtrArray) links = g_ptr_array_new ();

  for (guint i = 0; i < groups->len; i++)
    if (g_array_index (groups, NlvGroup, i).kind == NLV_GROUP_LINK)
      g_ptr_array_add (links, &g_array_index (groups, NlvGroup, i));
  nlv_links_read (reader, links);
}

static int
compare_faults (gconstpointer a, gconstpointer b)
{
  const NlvFault *left = *(const NlvFault *const *) a, *right = *(const NlvFault *const *) b;

  return (left->line > right->line) - (left->line < right->line);
}

void
nlv_table_file_sort_faults (GPtrArray *faults)
{
  g_ptr_array_sort (faults, compare_faults);
}

NlvNetwork *
nlv_table_file_parse (const char *text, gsize len, GPtrArray *faults)
{
  NlvTableReader reader = { .faults = faults, .fill = TRUE, .lowest_rule = { 32766, 32766 } };
  g_autoptr (GArray) groups = NULL;
  guint n_before = faults->len;

  if (!nlv_table_file_check_text (text, len, faults))
    return NULL;
  reader.network = nlv_network_new ();
  groups = nlv_groups_scan (nlv_span (text, len), faults);
  look_first (&reader, groups);
  read_links (&reader, groups);
  read_groups (&reader, groups, NLV_GROUP_NETWORK, nlv_network_group_read);
  read_groups (&reader, groups, NLV_GROUP_ADDRESS, nlv_address_read);
  if (reader.fill)
    {
      nlv_network_derive_routes (reader.network);
      nlv_network_add_default_rules (reader.network);
    }
  read_groups (&reader, groups, NLV_GROUP_NEXTHOP, nlv_nexthop_object_read);
  read_groups (&reader, groups, NLV_GROUP_ROUTE, nlv_route_read);
  read_groups (&reader, groups, NLV_GROUP_RULE, nlv_rule_read);
  read_groups (&reader, groups, NLV_GROUP_NEIGHBOR, nlv_neighbor_read);
  read_groups (&reader, groups, NLV_GROUP_OBJECT, nlv_object_read);
  if (faults->len == n_before)
    return reader.network;
  nlv_table_file_sort_faults (faults);
  nlv_network_unref (reader.network);
  return NULL;
}

/* --- writing ----------------------------------------------------------------------- */

char *
nlv_table_file_format (NlvNetwork *network)
{
  GString *text = g_string_new (NULL);

  nlv_network_group_write (network, text);
  nlv_links_write (network, text);
  nlv_addresses_write (network, text);
  nlv_routes_write (network, text);
  nlv_rules_write (network, text);
  nlv_neighbors_write (network, text);
  nlv_nexthop_objects_write (network, text);
  nlv_objects_write (network, text);
  return g_string_free (text, FALSE);
}

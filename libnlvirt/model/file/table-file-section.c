/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Cuts the text into lines itself, because GKeyFile knows no line numbers and
 * merges what is there twice; GKeyFile then reads the values. */
#include "model/file/table-file-section.h"

#include <string.h>

static const char *const group_words[NLV_N_GROUP_KINDS] = {
  [NLV_GROUP_NETWORK] = "network", [NLV_GROUP_LINK] = "link",     [NLV_GROUP_ADDRESS] = "address",
  [NLV_GROUP_ROUTE] = "route",     [NLV_GROUP_RULE] = "rule",     [NLV_GROUP_NEIGHBOR] = "neighbor",
  [NLV_GROUP_NEXTHOP] = "nexthop", [NLV_GROUP_OBJECT] = "object",
};

/* The group under which a section's GKeyFile holds its only group. */
#define ONLY_GROUP "section"

/* --- faults -------------------------------------------------------------------- */

void
nlv_fault_free (NlvFault *fault)
{
  g_free (fault->group);
  g_free (fault->key);
  g_free (fault->message);
  g_free (fault);
}

static void G_GNUC_PRINTF (5, 0)
  add_fault (GPtrArray *faults, guint line, const char *group, const char *key, const char *format, va_list arguments)
{
  NlvFault *fault = g_new (NlvFault, 1);
  g_autofree char *message = NULL;

  fault->line = line;
  fault->group = g_strdup (group);
  fault->key = g_strdup (key);
  message = g_strdup_vprintf (format, arguments);
  fault->message = g_utf8_make_valid (message, -1);
  g_ptr_array_add (faults, fault);
}

void
nlv_fault_add (GPtrArray *faults, guint line, const char *group, const char *key, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_fault (faults, line, group, key, format, arguments);
  va_end (arguments);
}

/* --- lines --------------------------------------------------------------------- */

typedef enum
{
  LINE_EMPTY, /* or a comment */
  LINE_GROUP,
  LINE_KEY,
  LINE_WRONG,
} LineKind;

typedef struct
{
  LineKind kind;
  NlvSpan name;  /* of the group or key */
  NlvSpan whole; /* without white space around it */
} Line;

static NlvSpan
strip (NlvSpan span)
{
  while (span.len > 0 && g_ascii_isspace (span.data[0]))
    span = nlv_span_from (span, 1);
  while (span.len > 0 && g_ascii_isspace (span.data[span.len - 1]))
    span.len--;
  return span;
}

static gboolean
is_key (NlvSpan name)
{
  for (gsize i = 0; i < name.len; i++)
    if (!g_ascii_isalnum (name.data[i]) && name.data[i] != '-')
      return FALSE;
  return name.len > 0;
}

static Line
read_line (NlvSpan *rest)
{
  const guint8 *end = memchr (rest->data, '\n', rest->len);
  NlvSpan raw = nlv_span (rest->data, end != NULL ? (gsize) (end - rest->data) : rest->len);
  Line line = { .kind = LINE_WRONG, .whole = strip (raw) };
  const guint8 *equals;

  *rest = nlv_span_from (*rest, raw.len + 1);
  if (line.whole.len == 0 || line.whole.data[0] == '#')
    line.kind = LINE_EMPTY;
  else if (line.whole.data[0] == '[')
    {
      if (line.whole.len > 2 && line.whole.data[line.whole.len - 1] == ']')
        {
          line.kind = LINE_GROUP;
          line.name = nlv_span (line.whole.data + 1, line.whole.len - 2);
        }
    }
  else if ((equals = memchr (line.whole.data, '=', line.whole.len)) != NULL)
    {
      line.name = strip (nlv_span (line.whole.data, (gsize) (equals - line.whole.data)));
      if (is_key (line.name))
        line.kind = LINE_KEY;
      /* White space at a value's end is the value's. */
      line.whole.len = raw.len - (gsize) (line.whole.data - raw.data);
    }
  return line;
}

static char *
dup_span (NlvSpan span)
{
  return g_strndup ((const char *) span.data, span.len);
}

/* --- groups -------------------------------------------------------------------- */

static guint
hash_span (gconstpointer key)
{
  const NlvSpan *span = key;
  guint hash = 2166136261u;

  for (gsize i = 0; i < span->len; i++)
    hash = (hash ^ span->data[i]) * 16777619u;
  return hash;
}

static gboolean
equal_spans (gconstpointer a, gconstpointer b)
{
  const NlvSpan *left = a, *right = b;

  return left->len == right->len && memcmp (left->data, right->data, left->len) == 0;
}

/* "network" stands alone, every other word before a label. */
static gboolean
find_group_kind (NlvSpan name, NlvGroupKind *kind)
{
  for (guint i = 0; i < NLV_N_GROUP_KINDS; i++)
    {
      gsize len = strlen (group_words[i]);

      if (name.len < len || memcmp (name.data, group_words[i], len) != 0)
        continue;
      *kind = (NlvGroupKind) i;
      if (i == NLV_GROUP_NETWORK)
        return name.len == len;
      return name.len > len + 1 && name.data[len] == ' ' && name.data[len + 1] != ' ';
    }
  return FALSE;
}

/* Whether the group is one to read. */
static gboolean
check_group (const Line *line, guint number, GHashTable *seen, NlvGroupKind *kind, GPtrArray *faults)
{
  g_autofree char *name = dup_span (line->name);
  NlvSpan *key;

  if (g_hash_table_contains (seen, &line->name))
    {
      nlv_fault_add (faults, number, name, NULL, "this group is there already; each may be there once");
      return FALSE;
    }
  key = g_new (NlvSpan, 1);
  *key = line->name;
  g_hash_table_add (seen, key);
  if (find_group_kind (line->name, kind) && strpbrk (name, "[]") == NULL)
    return TRUE;
  nlv_fault_add (faults, number, name, NULL,
                 "unknown group; expected [network], [link NAME], [address LABEL], [route LABEL], [rule LABEL], "
                 "[neighbor LABEL], [nexthop ID] or [object LABEL]");
  return FALSE;
}

static void
close_group (GArray *groups, const guint8 *end)
{
  if (groups->len > 0)
    {
      NlvGroup *last = &g_array_index (groups, NlvGroup, groups->len - 1);

      last->body.len = (gsize) (end - last->body.data);
    }
}

GArray *
nlv_groups_scan (NlvSpan text, GPtrArray *faults)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (hash_span, equal_spans, g_free, NULL);
  GArray *groups = g_array_new (FALSE, FALSE, sizeof (NlvGroup));
  gboolean in_group = FALSE, in_known_group = FALSE;
  NlvSpan rest = text;

  for (guint number = 1; rest.len > 0; number++)
    {
      const guint8 *start = rest.data;
      Line line = read_line (&rest);
      NlvGroup group = { .line = number, .name = line.name, .body = rest };

      if (line.kind == LINE_KEY && !in_group)
        nlv_fault_add (faults, number, NULL, NULL, "a key before the first group; expected a line such as [link eth0]");
      else if (line.kind == LINE_WRONG && !in_known_group)
        nlv_fault_add (faults, number, NULL, NULL, "expected [GROUP], KEY=VALUE or # COMMENT");
      if (line.kind != LINE_GROUP)
        continue;
      if (in_known_group)
        close_group (groups, start);
      in_group = TRUE;
      in_known_group = check_group (&line, number, seen, &group.kind, faults);
      if (in_known_group)
        g_array_append_val (groups, group);
    }
  if (in_known_group)
    close_group (groups, rest.data);
  return groups;
}

/* --- sections ------------------------------------------------------------------- */

static void
free_entry (gpointer data)
{
  NlvEntry *entry = data;

  g_free (entry->key);
  g_free (entry);
}

/* Enters the line's key; FALSE if it is there already. */
static gboolean
enter_key (NlvSection *section, const Line *line, guint number)
{
  g_autofree char *key = dup_span (line->name);
  NlvEntry *entry;

  if (g_hash_table_contains (section->by_key, key))
    {
      nlv_fault_add (section->faults, number, section->name, key, "this key is there already; each may be there once");
      section->faulty = TRUE;
      return FALSE;
    }
  entry = g_new0 (NlvEntry, 1);
  entry->key = g_steal_pointer (&key);
  entry->line = number;
  g_ptr_array_add (section->entries, entry);
  g_hash_table_insert (section->by_key, entry->key, entry);
  return TRUE;
}

NlvSection *
nlv_section_load (const NlvGroup *group, GPtrArray *faults)
{
  NlvSection *section = g_new0 (NlvSection, 1);
  g_autoptr (GString) clean = g_string_new ("[" ONLY_GROUP "]\n");
  NlvSpan rest = group->body;

  section->name = dup_span (group->name);
  section->label = section->name + strcspn (section->name, " ");
  if (*section->label == ' ')
    section->label++;
  section->line = group->line;
  section->values = g_key_file_new ();
  section->entries = g_ptr_array_new_with_free_func (free_entry);
  section->by_key = g_hash_table_new (g_str_hash, g_str_equal);
  section->faults = faults;
  for (guint number = group->line + 1; rest.len > 0; number++)
    {
      Line line = read_line (&rest);

      if (line.kind == LINE_WRONG)
        nlv_fault_add (faults, number, section->name, NULL, "expected KEY=VALUE or # COMMENT");
      else if (line.kind == LINE_KEY && enter_key (section, &line, number))
        {
          g_string_append_len (clean, (const char *) line.whole.data, (gssize) line.whole.len);
          g_string_append_c (clean, '\n');
        }
    }
  g_key_file_load_from_data (section->values, clean->str, clean->len, G_KEY_FILE_NONE, NULL);
  return section;
}

void
nlv_section_finish (NlvSection *section)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const NlvEntry *entry = g_ptr_array_index (section->entries, i);

      if (!entry->taken)
        nlv_section_fault (section, entry->key, "unknown key; expected one of those that nlvirt(5) lists for [%.*s]",
                           (int) strcspn (section->name, " "), section->name);
    }
  g_hash_table_unref (section->by_key);
  g_ptr_array_unref (section->entries);
  g_key_file_unref (section->values);
  g_free (section->name);
  g_free (section);
}

static NlvEntry *
find_entry (NlvSection *section, const char *key)
{
  return key != NULL ? g_hash_table_lookup (section->by_key, key) : NULL;
}

GPtrArray *
nlv_sections_load (const GArray *groups, NlvGroupKind kind, GPtrArray *faults)
{
  GPtrArray *sections = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_section_finish);

  for (guint i = 0; i < groups->len; i++)
    {
      const NlvGroup *group = &g_array_index (groups, NlvGroup, i);

      if (group->kind == kind)
        g_ptr_array_add (sections, nlv_section_load (group, faults));
    }
  return sections;
}

void
nlv_section_refuse_others (NlvSection *section, const char *why)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      NlvEntry *entry = g_ptr_array_index (section->entries, i);

      if (!entry->taken)
        nlv_section_fault (section, entry->key, "%s", why);
      entry->taken = TRUE;
    }
}

gboolean
nlv_section_has (NlvSection *section, const char *key)
{
  return find_entry (section, key) != NULL;
}

gboolean
nlv_parse_hex (const char *text, GBytes **bytes)
{
  gsize len = strlen (text);
  g_autofree guint8 *data = g_malloc (len / 2 + 1);

  if (len % 2 != 0)
    return FALSE;
  for (gsize i = 0; i < len / 2; i++)
    {
      int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      data[i] = (guint8) (high << 4 | low);
    }
  *bytes = g_bytes_new (data, len / 2);
  return TRUE;
}

/* A string that is no text, as nlv_write_string() writes it. */
static gboolean
decode (NlvSection *section, const char *key, char **value)
{
  const char *digits = *value + strlen (NLV_HEX_PREFIX);
  g_autoptr (GBytes) bytes = NULL;
  const char *data;
  gsize len;

  if (!g_str_has_prefix (*value, NLV_HEX_PREFIX))
    return TRUE;
  data = nlv_parse_hex (digits, &bytes) ? g_bytes_get_data (bytes, &len) : NULL;
  if (data == NULL || memchr (data, '\0', len) != NULL)
    {
      nlv_section_fault (section, key, "“%s”: expected pairs of hexadecimal digits, none of them 00", *value);
      return FALSE;
    }
  g_free (*value);
  *value = g_strndup (data, len);
  return TRUE;
}

char *
nlv_section_take (NlvSection *section, const char *key)
{
  NlvEntry *entry = find_entry (section, key);
  g_autoptr (GError) error = NULL;
  char *value;

  if (entry == NULL)
    return NULL;
  entry->taken = TRUE;
  value = g_key_file_get_string (section->values, ONLY_GROUP, key, &error);
  if (error == NULL)
    {
      if (!decode (section, key, &value))
        g_clear_pointer (&value, g_free);
      return value;
    }
  nlv_section_fault (section, key, "the value cannot be read: expected no escapes but \\s \\n \\t \\r \\\\");
  g_free (value);
  return NULL;
}

char **
nlv_section_take_list (NlvSection *section, const char *key)
{
  NlvEntry *entry = find_entry (section, key);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = NULL;

  if (entry == NULL)
    return NULL;
  entry->taken = TRUE;
  list = g_key_file_get_string_list (section->values, ONLY_GROUP, key, NULL, &error);
  if (list == NULL || error != NULL)
    {
      nlv_section_fault (section, key, "the list cannot be read: expected no escapes but \\s \\n \\t \\r \\; \\\\");
      return NULL;
    }
  for (guint i = 0; list[i] != NULL; i++)
    {
      g_strstrip (list[i]);
      /* How an empty part is written. */
      if (strcmp (list[i], NLV_HEX_PREFIX) == 0)
        list[i][0] = '\0';
      else if (!decode (section, key, &list[i]))
        return NULL;
    }
  return g_steal_pointer (&list);
}

void
nlv_section_fault (NlvSection *section, const char *key, const char *format, ...)
{
  const NlvEntry *entry = find_entry (section, key);
  va_list arguments;

  section->faulty = TRUE;
  va_start (arguments, format);
  add_fault (section->faults, entry != NULL ? entry->line : section->line, section->name, key, format, arguments);
  va_end (arguments);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows' members by description. */
#include "model/file/table-file-fields.h"

#include <string.h>

static gpointer
member (gpointer row, const NlvField *field)
{
  return (guint8 *) row + field->offset;
}

static gconstpointer
const_member (gconstpointer row, const NlvField *field)
{
  return (const guint8 *) row + field->offset;
}

static guint64
max_of_width (guint8 width)
{
  return width >= 8 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << (width * 8)) - 1;
}

static guint64
load (gconstpointer from, guint8 width)
{
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;

  switch (width)
    {
      case 1:
        memcpy (&u8, from, sizeof u8);
        return u8;
      case 2:
        memcpy (&u16, from, sizeof u16);
        return u16;
      case 4:
        memcpy (&u32, from, sizeof u32);
        return u32;
      default:
        memcpy (&u64, from, sizeof u64);
        return u64;
    }
}

static void
store (gpointer to, guint8 width, guint64 value)
{
  guint8 u8 = (guint8) value;
  guint16 u16 = (guint16) value;
  guint32 u32 = (guint32) value;

  switch (width)
    {
      case 1:
        memcpy (to, &u8, sizeof u8);
        break;
      case 2:
        memcpy (to, &u16, sizeof u16);
        break;
      case 4:
        memcpy (to, &u32, sizeof u32);
        break;
      default:
        memcpy (to, &value, sizeof value);
        break;
    }
}

/* --- reading --------------------------------------------------------------------- */

static void
read_number (const NlvField *field, NlvSection *section, gpointer row)
{
  guint64 value;

  if (nlv_read_number (section, field->key, field->names, max_of_width (field->width), &value))
    store (member (row, field), field->width, value);
}

static void
read_boolean (const NlvField *field, NlvSection *section, gpointer row)
{
  gboolean value;

  if (nlv_read_boolean (section, field->key, &value))
    store (member (row, field), field->width, value ? 1 : 0);
}

static void
read_flags (const NlvField *field, NlvSection *section, gpointer row)
{
  g_auto (GStrv) list = nlv_section_take_list (section, field->key);
  guint64 all = 0;

  if (list == NULL)
    return;
  for (guint i = 0; list[i] != NULL; i++)
    {
      guint64 value;

      if (!nlv_names_to_value (field->names, list[i], max_of_width (field->width), &value))
        {
          g_autofree char *names = nlv_names_join (field->names);

          nlv_section_fault (section, field->key, "“%s”: expected a list of %s", list[i], names);
          return;
        }
      all |= value;
    }
  store (member (row, field), field->width, all);
}

static void
read_name (const NlvField *field, NlvSection *section, gpointer row)
{
  g_autofree char *value = nlv_section_take (section, field->key);

  if (value == NULL)
    return;
  if (strlen (value) >= IFNAMSIZ)
    nlv_section_fault (section, field->key, "“%s”: expected at most %d bytes", value, IFNAMSIZ - 1);
  else
    {
      memset (member (row, field), 0, IFNAMSIZ);
      memcpy (member (row, field), value, strlen (value));
    }
}

static void
read_string (const NlvField *field, NlvSection *section, gpointer row)
{
  char *value = nlv_section_take (section, field->key);
  char *old;

  if (value == NULL)
    return;
  if (value[0] == '\0')
    g_clear_pointer (&value, g_free);
  memcpy (&old, member (row, field), sizeof old);
  g_free (old);
  memcpy (member (row, field), &value, sizeof value);
}

static void
read_bytes (const NlvField *field, NlvSection *section, gpointer row)
{
  g_autofree char *value = nlv_section_take (section, field->key);
  GBytes *bytes, *old;

  if (value == NULL)
    return;
  if (!nlv_parse_hex (value, &bytes))
    {
      nlv_section_fault (section, field->key, "expected an even number of hexadecimal digits");
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    g_clear_pointer (&bytes, g_bytes_unref);
  memcpy (&old, member (row, field), sizeof old);
  g_clear_pointer (&old, g_bytes_unref);
  memcpy (member (row, field), &bytes, sizeof bytes);
}

void
nlv_fields_read (const NlvField *fields, gsize n_fields, NlvSection *section, gpointer row)
{
  static void (*const readers[]) (const NlvField *field, NlvSection *section, gpointer row) = {
    [NLV_FIELD_NUMBER] = read_number, [NLV_FIELD_BOOLEAN] = read_boolean, [NLV_FIELD_FLAGS] = read_flags,
    [NLV_FIELD_NAME] = read_name,     [NLV_FIELD_STRING] = read_string,   [NLV_FIELD_BYTES] = read_bytes,
  };

  for (gsize i = 0; i < n_fields; i++)
    readers[fields[i].kind](&fields[i], section, row);
}

/* --- writing --------------------------------------------------------------------- */

static gboolean
equal_strings (gconstpointer a, gconstpointer b)
{
  const char *left, *right;

  memcpy (&left, a, sizeof left);
  memcpy (&right, b, sizeof right);
  return strcmp (left != NULL ? left : "", right != NULL ? right : "") == 0;
}

static gboolean
equal_bytes (gconstpointer a, gconstpointer b)
{
  GBytes *left, *right;
  gsize left_size, right_size;

  memcpy (&left, a, sizeof left);
  memcpy (&right, b, sizeof right);
  left_size = left != NULL ? g_bytes_get_size (left) : 0;
  right_size = right != NULL ? g_bytes_get_size (right) : 0;
  return left_size == right_size && (left_size == 0 || g_bytes_equal (left, right));
}

static gboolean
equal_members (const NlvField *field, gconstpointer a, gconstpointer b)
{
  a = const_member (a, field);
  b = const_member (b, field);
  switch (field->kind)
    {
      case NLV_FIELD_NAME:
        return strncmp (a, b, IFNAMSIZ) == 0;
      case NLV_FIELD_STRING:
        return equal_strings (a, b);
      case NLV_FIELD_BYTES:
        return equal_bytes (a, b);
      case NLV_FIELD_BOOLEAN:
        return (load (a, field->width) != 0) == (load (b, field->width) != 0);
      case NLV_FIELD_NUMBER:
      case NLV_FIELD_FLAGS:
      default:
        return load (a, field->width) == load (b, field->width);
    }
}

static void
write_string_member (GString *text, const char *key, gconstpointer from)
{
  const char *value;

  memcpy (&value, from, sizeof value);
  nlv_write_string (text, key, value != NULL ? value : "");
}

static void
write_bytes_member (GString *text, const char *key, gconstpointer from)
{
  GBytes *value;

  memcpy (&value, from, sizeof value);
  g_string_append_printf (text, "%s=", key);
  nlv_append_hex (text, value);
  g_string_append_c (text, '\n');
}

static void
write_member (const NlvField *field, gconstpointer row, GString *text)
{
  gconstpointer from = const_member (row, field);
  char name[IFNAMSIZ + 1] = { 0 };

  switch (field->kind)
    {
      case NLV_FIELD_STRING:
        write_string_member (text, field->key, from);
        break;
      case NLV_FIELD_BYTES:
        write_bytes_member (text, field->key, from);
        break;
      case NLV_FIELD_NAME:
        memcpy (name, from, IFNAMSIZ);
        nlv_write_string (text, field->key, name);
        break;
      case NLV_FIELD_BOOLEAN:
        g_string_append_printf (text, "%s=%s\n", field->key, load (from, field->width) != 0 ? "true" : "false");
        break;
      case NLV_FIELD_FLAGS:
        g_string_append_printf (text, "%s=", field->key);
        nlv_append_flags (text, field->names, load (from, field->width), ";");
        g_string_append_c (text, '\n');
        break;
      case NLV_FIELD_NUMBER:
      default:
        nlv_write_named (text, field->key, field->names, load (from, field->width));
        break;
    }
}

void
nlv_fields_write (const NlvField *fields, gsize n_fields, gconstpointer row, gconstpointer reference, GString *text)
{
  for (gsize i = 0; i < n_fields; i++)
    if (!equal_members (&fields[i], row, reference))
      write_member (&fields[i], row, text);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Numbers, addresses and bytes as text. */
#include "model/file/table-file-fields.h"

#include <arpa/inet.h>
#include <string.h>

/* --- parsing ---------------------------------------------------------------------- */

gboolean
nlv_parse_ip (const char *text, guint8 *family, NlvIp *ip)
{
  guint8 found = strchr (text, ':') != NULL ? AF_INET6 : AF_INET;

  memset (ip, 0, sizeof *ip);
  if (*family != 0 && *family != found)
    return FALSE;
  *family = found;
  return inet_pton (found, text, ip->bytes) == 1;
}

gboolean
nlv_parse_prefix (const char *text, guint8 *family, NlvIp *ip, guint8 *length)
{
  const char *slash = strchr (text, '/');
  g_autofree char *address = g_strndup (text, slash != NULL ? (gsize) (slash - text) : strlen (text));
  guint64 bits;

  if (!nlv_parse_ip (address, family, ip))
    return FALSE;
  *length = *family == AF_INET ? 32 : 128;
  if (slash == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (slash + 1, 10, 0, *length, &bits, NULL))
    return FALSE;
  *length = (guint8) bits;
  return TRUE;
}

static gboolean
parse_hardware_address (const char *text, guint8 address[32], guint8 *length)
{
  memset (address, 0, 32);
  for (guint8 i = 0; i < 32; i++)
    {
      int high = g_ascii_xdigit_value (text[0]), low = high >= 0 ? g_ascii_xdigit_value (text[1]) : -1;

      if (low < 0)
        return FALSE;
      address[i] = (guint8) (high << 4 | low);
      *length = (guint8) (i + 1);
      if (text[2] == '\0')
        return TRUE;
      if (text[2] != ':')
        return FALSE;
      text += 3;
    }
  return FALSE;
}

/* --- reading ---------------------------------------------------------------------- */

static char *
take_word (NlvSection *section, const char *key)
{
  char *value = nlv_section_take (section, key);

  return value != NULL ? g_strstrip (value) : NULL;
}

gboolean
nlv_read_number (NlvSection *section, const char *key, const NlvName *names, guint64 max, guint64 *value)
{
  g_autofree char *text = take_word (section, key);

  if (text == NULL)
    return FALSE;
  if (nlv_names_to_value (names, text, max, value))
    return TRUE;
  if (names != NULL)
    {
      g_autofree char *words = nlv_names_join (names);

      nlv_section_fault (section, key, "“%s”: expected %s, or a number from 0 to %" G_GUINT64_FORMAT, text, words, max);
    }
  else
    nlv_section_fault (section, key, "“%s”: expected a number from 0 to %" G_GUINT64_FORMAT, text, max);
  return FALSE;
}

gboolean
nlv_read_boolean (NlvSection *section, const char *key, gboolean *value)
{
  g_autofree char *text = take_word (section, key);

  if (text == NULL)
    return FALSE;
  *value = strcmp (text, "true") == 0;
  if (*value || strcmp (text, "false") == 0)
    return TRUE;
  nlv_section_fault (section, key, "“%s”: expected true or false", text);
  return FALSE;
}

static const char *
name_family (guint8 family)
{
  if (family == AF_INET)
    return "an IPv4";
  return family == AF_INET6 ? "an IPv6" : "an IP";
}

gboolean
nlv_read_ip (NlvSection *section, const char *key, guint8 *family, NlvIp *ip)
{
  g_autofree char *text = take_word (section, key);
  guint8 wanted = *family;

  if (text == NULL)
    return FALSE;
  if (nlv_parse_ip (text, family, ip))
    return TRUE;
  *family = wanted;
  nlv_section_fault (section, key, "“%s”: expected %s address", text, name_family (wanted));
  return FALSE;
}

gboolean
nlv_read_prefix (NlvSection *section, const char *key, guint8 *family, NlvIp *ip, guint8 *length)
{
  g_autofree char *text = take_word (section, key);
  guint8 wanted = *family;

  if (text == NULL)
    return FALSE;
  if (nlv_parse_prefix (text, family, ip, length))
    return TRUE;
  *family = wanted;
  nlv_section_fault (section, key, "“%s”: expected %s address with a prefix length such as /%d", text,
                     name_family (wanted), wanted == AF_INET6 ? 64 : 24);
  return FALSE;
}

gboolean
nlv_read_hardware_address (NlvSection *section, const char *key, guint8 address[32], guint8 *length)
{
  g_autofree char *text = take_word (section, key);

  if (text == NULL)
    return FALSE;
  if (text[0] == '\0')
    {
      memset (address, 0, 32);
      *length = 0;
      return TRUE;
    }
  if (parse_hardware_address (text, address, length))
    return TRUE;
  nlv_section_fault (section, key, "“%s”: expected 1 to 32 bytes such as 02:00:5e:00:53:10", text);
  return FALSE;
}

/* --- writing ---------------------------------------------------------------------- */

/* Nothing in it that GKeyFile would escape. */
static gboolean
is_plain (const char *value)
{
  for (; *value != '\0'; value++)
    if (!g_ascii_isalnum (*value) && strchr ("-_.:/@", *value) == NULL)
      return FALSE;
  return TRUE;
}

static char *
as_hex (const char *value)
{
  GString *hex = g_string_new (NLV_HEX_PREFIX);

  for (; *value != '\0'; value++)
    g_string_append_printf (hex, "%02x", (guint8) *value);
  return g_string_free (hex, FALSE);
}

/* A string of the kernel's need not be UTF-8, which a file is, and GKeyFile has
 * no escapes for some white space. */
static char *
as_text (const char *value)
{
  if (!g_utf8_validate (value, -1, NULL) || g_str_has_prefix (value, NLV_HEX_PREFIX) || strpbrk (value, "\f\v") != NULL)
    return as_hex (value);
  return g_strdup (value);
}

/* What GKeyFile would write: it has the rules of escaping. */
void
nlv_write_string (GString *text, const char *key, const char *value)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autofree char *valid = as_text (value), *escaped = NULL;

  if (is_plain (valid))
    {
      g_string_append_printf (text, "%s=%s\n", key, valid);
      return;
    }
  file = g_key_file_new ();
  g_key_file_set_string (file, "x", "x", valid);
  escaped = g_key_file_get_value (file, "x", "x", NULL);
  g_string_append_printf (text, "%s=%s\n", key, escaped);
}

void
nlv_append_part (GString *text, const char *part)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  /* Around a part there may be white space. */
  gboolean is_bare = part[0] != '\0' && !g_ascii_isspace (part[0]) && !g_ascii_isspace (part[strlen (part) - 1]);
  g_autofree char *valid = is_bare ? as_text (part) : as_hex (part);
  const char *const list[] = { valid };
  g_autofree char *escaped = NULL;

  g_key_file_set_string_list (file, "x", "x", list, 1);
  escaped = g_key_file_get_value (file, "x", "x", NULL);
  g_string_append (text, escaped);
}

void
nlv_write_named (GString *text, const char *key, const NlvName *names, guint64 value)
{
  const char *name = names != NULL ? nlv_names_from_value (names, value) : NULL;

  if (name != NULL)
    g_string_append_printf (text, "%s=%s\n", key, name);
  else
    g_string_append_printf (text, "%s=%" G_GUINT64_FORMAT "\n", key, value);
}

void
nlv_append_flags (GString *text, const NlvName *names, guint64 value, const char *separator)
{
  const char *before = "";

  for (; names->name != NULL; names++)
    if (names->value != 0 && (value & names->value) == names->value)
      {
        g_string_append_printf (text, "%s%s", before, names->name);
        value &= ~(guint64) names->value;
        before = separator;
      }
  if (value != 0)
    g_string_append_printf (text, "%s0x%" G_GINT64_MODIFIER "x", before, value);
}

void
nlv_append_ip (GString *text, guint8 family, const NlvIp *ip)
{
  char buffer[INET6_ADDRSTRLEN];

  g_string_append (text, inet_ntop (family == AF_INET ? AF_INET : AF_INET6, ip->bytes, buffer, sizeof buffer));
}

void
nlv_write_ip (GString *text, const char *key, guint8 family, const NlvIp *ip)
{
  g_string_append_printf (text, "%s=", key);
  nlv_append_ip (text, family, ip);
  g_string_append_c (text, '\n');
}

void
nlv_write_prefix (GString *text, const char *key, guint8 family, const NlvIp *ip, guint8 length)
{
  g_string_append_printf (text, "%s=", key);
  nlv_append_ip (text, family, ip);
  g_string_append_printf (text, "/%u\n", length);
}

void
nlv_write_hardware_address (GString *text, const char *key, const guint8 *address, guint8 length)
{
  g_string_append_printf (text, "%s=", key);
  for (guint i = 0; i < MIN (length, 32); i++)
    g_string_append_printf (text, "%s%02x", i > 0 ? ":" : "", address[i]);
  g_string_append_c (text, '\n');
}

void
nlv_append_hex (GString *text, GBytes *bytes)
{
  static const char digits[] = "0123456789abcdef";
  gsize len = 0;
  const guint8 *data = bytes != NULL ? g_bytes_get_data (bytes, &len) : NULL;

  for (gsize i = 0; i < len; i++)
    {
      g_string_append_c (text, digits[data[i] >> 4]);
      g_string_append_c (text, digits[data[i] & 0x0f]);
    }
}

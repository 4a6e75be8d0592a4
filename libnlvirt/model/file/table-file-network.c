/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [network]: what there is only one of. */
#include "model/file/table-file-groups.h"
#include "model/link-settings.h"

#include <string.h>

typedef struct
{
  const char *key;
  const NlvName *names;
} Settings;

static const Settings settings[NLV_N_NETWORK_SETTINGS] = {
  [NLV_NETWORK_IPV4_ALL] = { "ipv4-all-settings", nlv_names_netconf },
  [NLV_NETWORK_IPV4_DEFAULT] = { "ipv4-default-settings", nlv_names_netconf },
  [NLV_NETWORK_IPV6_ALL] = { "ipv6-all-settings", nlv_names_netconf },
  [NLV_NETWORK_IPV6_DEFAULT] = { "ipv6-default-settings", nlv_names_netconf },
  [NLV_NETWORK_ARP_TABLE] = { "arp-table", nlv_names_neighbor_table },
  [NLV_NETWORK_NDISC_TABLE] = { "ndisc-table", nlv_names_neighbor_table },
  [NLV_NETWORK_ARP_DEFAULT] = { "arp-default-settings", nlv_names_neighbor_setting },
  [NLV_NETWORK_NDISC_DEFAULT] = { "ndisc-default-settings", nlv_names_neighbor_setting },
};

/* --- reading ----------------------------------------------------------------------- */

/* "PREFIX LABEL [DEVICE]" */
static gboolean
parse_label (NlvTableReader *reader, NlvSection *section, const char *text, NlvAddressLabel *label)
{
  g_auto (GStrv) words = nlv_split_words (text);
  guint n = g_strv_length (words);
  guint8 family = AF_INET6;
  guint64 number;

  if (n < 2 || n > 3 || !nlv_parse_prefix (words[0], &family, &label->prefix, &label->length) ||
      !g_ascii_string_to_unsigned (words[1], 10, 0, G_MAXUINT32 - 1, &number, NULL))
    {
      nlv_section_fault (section, "address-labels", "“%s”: expected an IPv6 prefix, a number and perhaps a device",
                         text);
      return FALSE;
    }
  label->label = (guint32) number;
  /* A label outlives its link. */
  return n < 3 || (nlv_device_parse_index (words[2], &label->link) && label->link != 0) ||
         nlv_device_find (reader, section, "address-labels", words[2], &label->link);
}

static void
read_labels (NlvTableReader *reader, NlvSection *section, NlvGlobals *globals)
{
  g_auto (GStrv) list = nlv_section_take_list (section, "address-labels");

  if (list == NULL)
    return;
  globals->labels = g_array_new (FALSE, FALSE, sizeof (NlvAddressLabel));
  for (guint i = 0; list[i] != NULL; i++)
    {
      NlvAddressLabel label = { 0 };

      if (parse_label (reader, section, list[i], &label))
        g_array_append_val (globals->labels, label);
    }
}

static void
read_namespaces (NlvSection *section, NlvGlobals *globals)
{
  g_auto (GStrv) list = nlv_section_take_list (section, "namespaces");

  if (list == NULL)
    return;
  globals->namespaces = g_array_new (FALSE, FALSE, sizeof (gint32));
  for (guint i = 0; list[i] != NULL; i++)
    {
      guint64 number;
      gint32 id;

      if (!g_ascii_string_to_unsigned (list[i], 10, 0, G_MAXINT32, &number, NULL))
        {
          nlv_section_fault (section, "namespaces", "“%s”: expected a list of numbers", list[i]);
          continue;
        }
      id = (gint32) number;
      g_array_append_val (globals->namespaces, id);
    }
}

static void
read_kinds (NlvSection *section, NlvGlobals *globals)
{
  g_auto (GStrv) list = nlv_section_take_list (section, "link-kinds");

  if (list == NULL)
    return;
  globals->kinds = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; list[i] != NULL; i++)
    g_ptr_array_add (globals->kinds, g_strdup (list[i]));
}

static void
read_local_table (NlvSection *section, NlvGlobals *globals)
{
  g_autofree char *text = nlv_section_take (section, "local-table");

  if (text == NULL)
    return;
  if (strcmp (g_strstrip (text), "merged") == 0)
    globals->local_table = NLV_LOCAL_TABLE_MERGED;
  else if (strcmp (text, "own") == 0)
    globals->local_table = NLV_LOCAL_TABLE_OWN;
  else
    nlv_section_fault (section, "local-table", "“%s”: expected merged or own", text);
}

void
nlv_network_group_read_first (NlvTableReader *reader, NlvSection *section)
{
  nlv_read_boolean (section, "fill", &reader->fill);
}

void
nlv_network_group_read (NlvTableReader *reader, NlvSection *section)
{
  NlvGlobals *globals = nlv_network_get_globals (reader->network);
  guint64 number;

  nlv_read_boolean (section, "fill", &reader->fill);
  if (nlv_read_number (section, "clock", NULL, G_MAXINT64, &number))
    globals->clock = number;
  for (guint i = 0; i < NLV_N_NETWORK_SETTINGS; i++)
    nlv_read_settings (section, settings[i].key, settings[i].names, &globals->settings[i]);
  read_labels (reader, section, globals);
  if (nlv_read_number (section, "address-label-sequence", NULL, G_MAXUINT32, &number))
    globals->label_sequence = (guint32) number;
  read_namespaces (section, globals);
  read_kinds (section, globals);
  read_local_table (section, globals);
  nlv_empty_tables_read (reader, section, AF_INET);
  nlv_empty_tables_read (reader, section, AF_INET6);
}

/* --- writing ----------------------------------------------------------------------- */

static void
write_labels (GString *text, NlvNetwork *network, const GArray *labels)
{
  g_string_append (text, "address-labels=");
  for (guint i = 0; i < labels->len; i++)
    {
      const NlvAddressLabel *label = &g_array_index (labels, NlvAddressLabel, i);

      nlv_append_ip (text, AF_INET6, &label->prefix);
      g_string_append_printf (text, "/%u %u", label->length, label->label);
      if (label->link != 0)
        {
          g_string_append_c (text, ' ');
          nlv_device_append (text, network, label->link);
        }
      g_string_append_c (text, ';');
    }
  g_string_append_c (text, '\n');
}

static void
write_namespaces (GString *text, const GArray *namespaces)
{
  g_string_append (text, "namespaces=");
  for (guint i = 0; i < namespaces->len; i++)
    g_string_append_printf (text, "%d;", g_array_index (namespaces, gint32, i));
  g_string_append_c (text, '\n');
}

static void
write_kinds (GString *text, const GPtrArray *kinds)
{
  g_string_append (text, "link-kinds=");
  for (guint i = 0; i < kinds->len; i++)
    nlv_append_part (text, g_ptr_array_index (kinds, i));
  g_string_append_c (text, '\n');
}

void
nlv_network_group_write (NlvNetwork *network, GString *text)
{
  const NlvGlobals *globals = nlv_network_get_globals (network);

  g_string_append (text, "[network]\nfill=false\n");
  if (globals->clock != 0)
    g_string_append_printf (text, "clock=%" G_GUINT64_FORMAT "\n", globals->clock);
  for (guint i = 0; i < NLV_N_NETWORK_SETTINGS; i++)
    nlv_write_settings (text, settings[i].key, settings[i].names, globals->settings[i]);
  if (globals->labels != NULL)
    write_labels (text, network, globals->labels);
  if (globals->label_sequence != 0)
    g_string_append_printf (text, "address-label-sequence=%u\n", globals->label_sequence);
  if (globals->namespaces != NULL)
    write_namespaces (text, globals->namespaces);
  if (globals->kinds != NULL)
    write_kinds (text, globals->kinds);
  if (globals->local_table != NLV_LOCAL_TABLE_GUESS)
    g_string_append_printf (text, "local-table=%s\n",
                            globals->local_table == NLV_LOCAL_TABLE_MERGED ? "merged" : "own");
  nlv_empty_tables_write (network, text, AF_INET);
  nlv_empty_tables_write (network, text, AF_INET6);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Writes the [link NAME] groups. */
#include "model/file/table-file-link.h"

#include <string.h>

static void
write_hardware_addresses (GString *text, const NlvLink *link, NlvLink *reference)
{
  guint8 length = MIN (link->address_length, 32);

  /* Other than the usual length goes with a type that is told. */
  if (length != reference->address_length && link->hardware_type == reference->hardware_type)
    nlv_write_named (text, "hardware-type", nlv_names_hardware, link->hardware_type);

  if (length != reference->address_length || memcmp (link->address, reference->address, length) != 0)
    nlv_write_hardware_address (text, "mac-address", link->address, length);
  if (memcmp (link->broadcast, reference->broadcast, length) != 0)
    nlv_write_hardware_address (text, "broadcast-address", link->broadcast, length);
  reference->address_length = length;
  memcpy (reference->address, link->address, sizeof reference->address);
  nlv_link_set_permanent_address (reference);
  length = MIN (link->permanent_address_length, 32);
  if (length != reference->permanent_address_length ||
      memcmp (link->permanent_address, reference->permanent_address, length) != 0)
    nlv_write_hardware_address (text, "permanent-mac-address", link->permanent_address, length);
}

static void
write_alt_names (GString *text, const NlvLink *link)
{
  if (link->alt_names == NULL || link->alt_names->len == 0)
    return;
  g_string_append (text, "alt-names=");
  for (guint i = 0; i < link->alt_names->len; i++)
    nlv_append_part (text, g_ptr_array_index (link->alt_names, i));
  g_string_append_c (text, '\n');
}

/* What the links in others mean for these. */
typedef struct
{
  GHashTable *has_ports_up;       /* set of indexes */
  GHashTable *ports_tso_max_size; /* index → size */
} Masters;

static void
collect_masters (NlvNetwork *network, Masters *masters)
{
  masters->has_ports_up = g_hash_table_new (NULL, NULL);
  masters->ports_tso_max_size = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      gpointer key = GUINT_TO_POINTER (link->master);
      guint32 size = GPOINTER_TO_UINT (g_hash_table_lookup (masters->ports_tso_max_size, key));

      if (link->master == 0)
        continue;
      if (link->flags & IFF_UP)
        g_hash_table_add (masters->has_ports_up, key);
      size = nlv_link_lower_tso_max_size (size, link->name, link->kind);
      g_hash_table_insert (masters->ports_tso_max_size, key, GUINT_TO_POINTER (size));
    }
}

static void
write_link (GString *text, NlvNetwork *network, const NlvLink *link, const Masters *masters, const GString *addresses)
{
  const NlvLink *master = nlv_network_find_link (network, link->master);
  gpointer key = GUINT_TO_POINTER (link->index);
  NlvLinkDefaults defaults = { .name = link->name,
                               .kind = link->kind,
                               .master_kind = master != NULL ? master->kind : NULL,
                               .has_lower = link->has_lower,
                               .has_ports_up = g_hash_table_contains (masters->has_ports_up, key),
                               .ports_tso_max_size =
                                 GPOINTER_TO_UINT (g_hash_table_lookup (masters->ports_tso_max_size, key)),
                               .up = (link->flags & IFF_UP) != 0,
                               .carrier = -1 };
  NlvLink reference;

  if (nlv_device_name_is_plain (link->name))
    g_string_append_printf (text, "\n[link %s]\n", link->name);
  else
    {
      g_string_append_printf (text, "\n[link #%u]\n", link->index);
      nlv_write_string (text, "name", link->name);
    }
  g_string_append_printf (text, "index=%u\n", link->index);
  if (link->kind != NULL)
    nlv_write_string (text, "kind", link->kind);
  if (!defaults.up)
    g_string_append (text, "up=false\n");
  nlv_link_init_default (&reference, &defaults);
  if ((reference.carrier != 0) != (link->carrier != 0))
    {
      g_string_append_printf (text, "carrier=%s\n", link->carrier ? "true" : "false");
      defaults.carrier = link->carrier ? 1 : 0;
      nlv_link_clear (&reference);
      nlv_link_init_default (&reference, &defaults);
    }
  if (link->has_lower && link->lower_netns == -1)
    nlv_device_write (text, "link", network, link->lower);
  else if (link->has_lower)
    g_string_append_printf (text, "link=#%u\n", link->lower);
  if (link->master != 0)
    nlv_device_write (text, "master", network, link->master);
  write_hardware_addresses (text, link, &reference);
  nlv_fields_write (nlv_link_fields, nlv_n_link_fields, link, &reference, text);
  write_alt_names (text, link);
  if (addresses != NULL)
    g_string_append_printf (text, "addresses=%s\n", addresses->str);
  nlv_link_write_settings (text, link);
  nlv_write_raw_attrs (text, link->extra);
  nlv_link_clear (&reference);
}

void
nlv_links_write (NlvNetwork *network, GString *text)
{
  g_autoptr (GHashTable) addresses = nlv_addresses_collect_plain (network);
  Masters masters;

  collect_masters (network, &masters);
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link_by_age (network, i);

      write_link (text, network, link, &masters, g_hash_table_lookup (addresses, GUINT_TO_POINTER (link->index)));
    }
  g_hash_table_unref (masters.has_ports_up);
  g_hash_table_unref (masters.ports_tso_max_size);
}

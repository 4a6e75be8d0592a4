/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reads the [link NAME] groups, all together, since they name each other. */
#include "model/device/consequences.h"
#include "model/file/table-file-link.h"

#include <string.h>

/* A link whose group was read, on its way into the network. */
typedef struct
{
  NlvSection *section; /* (owned) (nullable) NULL for a lo that is not in the file */
  char *name;          /* (owned) */
  char *kind;          /* (owned) (nullable) */
  guint32 index;       /* 0 not given */
  guint32 master;
  guint32 ports_tso_max_size;
  gboolean up, has_ports_up;
  gboolean there; /* in the network that is changed */
} Pending;

static void
free_pending (gpointer data)
{
  Pending *pending = data;

  g_free (pending->name);
  g_free (pending->kind);
  g_free (pending);
}

static void
read_index (Pending *pending, GHashTable *by_index)
{
  guint64 index;

  if (!nlv_read_number (pending->section, "index", NULL, G_MAXINT32, &index))
    return;
  if (index == 0)
    nlv_section_fault (pending->section, "index", "expected a number from 1 to %d", G_MAXINT32);
  else if (g_hash_table_contains (by_index, GUINT_TO_POINTER ((guint) index)))
    nlv_section_fault (pending->section, "index", "%u is the index of another link already", (guint) index);
  else
    {
      pending->index = (guint32) index;
      g_hash_table_insert (by_index, GUINT_TO_POINTER (pending->index), pending);
    }
}

/* Makes a name known, if it can be one. */
static Pending *
announce (NlvSection *section, GHashTable *by_name)
{
  g_autofree char *name = nlv_section_take (section, "name");
  const char *fault;
  Pending *pending;

  if (name == NULL)
    name = g_strdup (section->label);
  fault = nlv_link_name_fault (name);
  if (fault == NULL && g_hash_table_contains (by_name, name))
    fault = "there is a link with this name already";
  if (fault != NULL)
    {
      nlv_section_fault (section, nlv_section_has (section, "name") ? "name" : NULL, "“%s”: %s", name, fault);
      return NULL;
    }
  pending = g_new0 (Pending, 1);
  pending->section = section;
  pending->name = g_steal_pointer (&name);
  pending->up = TRUE;
  pending->kind = nlv_section_take (section, "kind");
  nlv_read_boolean (section, "up", &pending->up);
  g_hash_table_insert (by_name, pending->name, pending);
  return pending;
}

/* lo is 1 and the others count from 2, but for indexes that are taken. */
static void
assign_indexes (GPtrArray *all, GHashTable *by_index)
{
  guint32 next = 2;

  for (guint i = 0; i < all->len; i++)
    {
      Pending *pending = g_ptr_array_index (all, i);

      if (pending->index != 0)
        continue;
      if (strcmp (pending->name, "lo") == 0 && !g_hash_table_contains (by_index, GUINT_TO_POINTER (1)))
        pending->index = 1;
      while (pending->index == 0)
        if (!g_hash_table_contains (by_index, GUINT_TO_POINTER (next++)))
          pending->index = next - 1;
      g_hash_table_insert (by_index, GUINT_TO_POINTER (pending->index), pending);
    }
}

/* A link that is named by a link: 0 if it cannot be found. */
static guint32
read_reference (NlvSection *section, const char *key, GHashTable *by_name, gboolean may_dangle, GHashTable *by_index)
{
  g_autofree char *text = nlv_section_take (section, key);
  Pending *found;
  guint32 index;

  if (text == NULL)
    return 0;
  g_strstrip (text);
  if (nlv_device_parse_index (text, &index))
    {
      if (may_dangle || g_hash_table_contains (by_index, GUINT_TO_POINTER (index)))
        return index;
    }
  else if ((found = g_hash_table_lookup (by_name, text)) != NULL)
    return found->index;
  nlv_section_fault (section, key, "“%s”: there is no such link; expected the name of a link", text);
  return 0;
}

static void
read_masters (GPtrArray *all, GHashTable *by_name, GHashTable *by_index)
{
  for (guint i = 0; i < all->len; i++)
    {
      Pending *pending = g_ptr_array_index (all, i), *master;

      if (pending->section == NULL)
        continue;
      pending->master = read_reference (pending->section, "master", by_name, FALSE, by_index);
      master = g_hash_table_lookup (by_index, GUINT_TO_POINTER (pending->master));
      if (pending->master != 0 && master == pending)
        nlv_section_fault (pending->section, "master", "a link cannot be its own master");
      else if (master != NULL)
        {
          master->has_ports_up = master->has_ports_up || pending->up;
          master->ports_tso_max_size =
            nlv_link_lower_tso_max_size (master->ports_tso_max_size, pending->name, pending->kind);
        }
    }
}

static void
read_hardware_addresses (NlvSection *section, NlvLink *link)
{
  guint8 wanted = nlv_section_has (section, "hardware-type") ? 0 : link->address_length;
  guint8 length;

  if (nlv_read_hardware_address (section, "mac-address", link->address, &link->address_length) && wanted != 0 &&
      link->address_length != wanted)
    nlv_section_fault (section, "mac-address", "expected %u bytes", wanted);
  if (nlv_read_hardware_address (section, "broadcast-address", link->broadcast, &length) &&
      length != link->address_length)
    nlv_section_fault (section, "broadcast-address", "expected as many bytes as the MAC address, %u",
                       link->address_length);
  nlv_link_set_permanent_address (link);
  nlv_read_hardware_address (section, "permanent-mac-address", link->permanent_address,
                             &link->permanent_address_length);
}

static void
read_alt_names (NlvSection *section, NlvLink *link)
{
  g_auto (GStrv) list = nlv_section_take_list (section, "alt-names");
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      /* The kernel takes an empty one. */
      if (strlen (list[i]) >= NLV_ALT_NAME_SIZE)
        nlv_section_fault (section, "alt-names", "expected names of at most %d bytes", NLV_ALT_NAME_SIZE - 1);
      else if (!g_hash_table_add (seen, list[i]) || strcmp (list[i], link->name) == 0)
        nlv_section_fault (section, "alt-names", "“%s” is there twice", list[i]);
      else
        {
          if (link->alt_names == NULL)
            link->alt_names = g_ptr_array_new_with_free_func (g_free);
          g_ptr_array_add (link->alt_names, g_strdup (list[i]));
        }
    }
}

/* IFLA_INFO_DATA as vlan_fill_info() writes it for 802.1Q. */
static void
read_vlan_id (NlvSection *section, NlvLink *link)
{
  guint8 data[] = { 6, 0, 5, 0, 0x81, 0, 0, 0, 6, 0, 1, 0, 0, 0, 0, 0, 12, 0, 2, 0, 1, 0, 0, 0, 255, 255, 255, 255 };
  guint64 id;

  if (!nlv_read_number (section, "vlan-id", NULL, 4094, &id))
    return;
  if (g_strcmp0 (link->kind, "vlan") != 0 || nlv_section_has (section, "kind-data"))
    {
      nlv_section_fault (section, "vlan-id", "expected only with kind=vlan and without kind-data");
      return;
    }
  data[12] = (guint8) id;
  data[13] = (guint8) (id >> 8);
  link->kind_data = g_bytes_new (data, sizeof data);
}

static void
read_link (NlvTableReader *reader, const Pending *pending, GHashTable *by_name, GHashTable *by_index)
{
  const Pending *master = g_hash_table_lookup (by_index, GUINT_TO_POINTER (pending->master));
  NlvSection *section = pending->section;
  NlvLinkDefaults defaults = { .name = pending->name,
                               .kind = pending->kind,
                               .master_kind = master != NULL ? master->kind : NULL,
                               .has_lower = nlv_section_has (section, "link"),
                               .has_ports_up = pending->has_ports_up,
                               .ports_tso_max_size = pending->ports_tso_max_size,
                               .up = pending->up,
                               .carrier = -1 };
  NlvLink link;

  nlv_read_boolean (section, "carrier", &defaults.carrier);
  nlv_link_init_default (&link, &defaults);
  link.index = pending->index;
  link.master = pending->master;
  link.lower = read_reference (section, "link", by_name, TRUE, by_index);
  read_hardware_addresses (section, &link);
  nlv_fields_read (nlv_link_fields, nlv_n_link_fields, section, &link);
  read_vlan_id (section, &link);
  read_alt_names (section, &link);
  nlv_link_read_settings (section, &link);
  nlv_read_raw_attrs (section, &link.extra);
  if (nlv_network_add_link (reader->network, &link) == NULL)
    nlv_section_fault (section, "alt-names", "one of the names is another link's already");
}

static void
add_loopback (NlvTableReader *reader, guint32 index)
{
  NlvLinkDefaults defaults = { .name = "lo", .up = TRUE, .carrier = -1 };
  NlvLink link;

  nlv_link_init_default (&link, &defaults);
  link.index = index;
  nlv_network_add_link (reader->network, &link);
}

/* addresses=, and what the kernel gives a link that says nothing. */
static void
read_addresses (NlvTableReader *reader, const Pending *pending)
{
  const NlvLink *link = nlv_network_find_link (reader->network, pending->index);
  g_auto (GStrv) list = NULL;
  NlvAddress address;

  if (link == NULL)
    return;
  if (reader->fill && link->address_generation == IN6_ADDR_GEN_MODE_EUI64 && (link->flags & IFF_RUNNING) &&
      nlv_address_init_link_local (&address, link))
    nlv_network_add_address (reader->network, &address);
  if (pending->section != NULL && nlv_section_has (pending->section, "addresses"))
    list = nlv_section_take_list (pending->section, "addresses");
  else if (reader->fill && nlv_link_is_loopback (link) && (link->flags & IFF_UP))
    nlv_network_add_loopback_addresses (reader->network, link);
  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      address = (NlvAddress){ .link = link->index };
      if (!nlv_parse_prefix (list[i], &address.family, &address.local, &address.prefix_length))
        nlv_section_fault (pending->section, "addresses", "“%s”: expected a list of addresses such as 192.0.2.10/24",
                           list[i]);
      else
        {
          nlv_address_complete (&address, link);
          nlv_address_enter (reader, pending->section, "addresses", &address);
        }
    }
}

/* Links that are there can be named too. */
static void
announce_links (NlvTableReader *reader, GPtrArray *all, GHashTable *by_name, GHashTable *by_index)
{
  for (guint i = 0; i < nlv_network_get_n_links (reader->network); i++)
    {
      const NlvLink *link = nlv_network_get_link (reader->network, i);
      Pending *pending = g_new0 (Pending, 1);

      pending->name = g_strdup (link->name);
      pending->kind = g_strdup (link->kind);
      pending->index = link->index;
      pending->up = (link->flags & IFF_UP) != 0;
      pending->there = TRUE;
      g_ptr_array_add (all, pending);
      g_hash_table_insert (by_name, pending->name, pending);
      for (guint j = 0; link->alt_names != NULL && j < link->alt_names->len; j++)
        g_hash_table_insert (by_name, g_ptr_array_index (link->alt_names, j), pending);
      g_hash_table_insert (by_index, GUINT_TO_POINTER (pending->index), pending);
    }
}

static void
read_all (NlvTableReader *reader, GPtrArray *all, GHashTable *by_name, GHashTable *by_index)
{
  assign_indexes (all, by_index);
  read_masters (all, by_name, by_index);
  for (guint i = 0; i < all->len; i++)
    {
      const Pending *pending = g_ptr_array_index (all, i);

      if (pending->section != NULL)
        read_link (reader, pending, by_name, by_index);
      else if (!pending->there)
        add_loopback (reader, pending->index);
    }
  for (guint i = 0; i < all->len; i++)
    read_addresses (reader, g_ptr_array_index (all, i));
}

void
nlv_links_read (NlvTableReader *reader, GPtrArray *groups)
{
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) by_index = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (free_pending);

  announce_links (reader, all, by_name, by_index);
  for (guint i = 0; i < groups->len; i++)
    {
      NlvSection *section = nlv_section_load (g_ptr_array_index (groups, i), reader->faults);
      Pending *pending = announce (section, by_name);

      if (pending == NULL)
        {
          /* Its other keys mean nothing now. */
          for (guint j = 0; j < section->entries->len; j++)
            ((NlvEntry *) g_ptr_array_index (section->entries, j))->taken = TRUE;
          nlv_section_finish (section);
          continue;
        }
      read_index (pending, by_index);
      g_ptr_array_add (all, pending);
    }
  /* What is kept as it was has a loopback of another name, if any. */
  if (!reader->live && !g_hash_table_contains (by_name, "lo") &&
      (reader->fill || !g_hash_table_contains (by_index, GUINT_TO_POINTER (1))))
    {
      Pending *loopback = g_new0 (Pending, 1);

      loopback->name = g_strdup ("lo");
      g_ptr_array_insert (all, 0, loopback);
      g_hash_table_insert (by_name, loopback->name, loopback);
    }
  read_all (reader, all, by_name, by_index);
  for (guint i = 0; i < all->len; i++)
    {
      Pending *pending = g_ptr_array_index (all, i);

      g_clear_pointer (&pending->section, nlv_section_finish);
    }
}

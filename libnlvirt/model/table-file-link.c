/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [link NAME]: a link as its driver would make it, and what is different. */
#include "model/consequences.h"
#include "model/table-file-groups.h"

#include <linux/if_arp.h>
#include <string.h>

/* ALTIFNAMSIZ */
#define ALT_NAME_SIZE 128

#define LINK(kind, key, member, names) NLV_FIELD (kind, key, NlvLink, member, names)
#define STATISTIC(key, member) NLV_FIELD (NUMBER, key, NlvLink, stats.member, NULL)

static const NlvField fields[] = {
  LINK (NUMBER, "hardware-type", hardware_type, nlv_names_hardware),
  LINK (FLAGS, "flags", flags, nlv_names_link_flag),
  LINK (STRING, "alias", alias, NULL),
  LINK (BYTES, "kind-data", kind_data, NULL),
  LINK (STRING, "slave-kind", slave_kind, NULL),
  LINK (BYTES, "slave-data", slave_data, NULL),
  LINK (STRING, "qdisc", qdisc, NULL),
  LINK (NUMBER, "mtu", mtu, NULL),
  LINK (NUMBER, "min-mtu", min_mtu, NULL),
  LINK (NUMBER, "max-mtu", max_mtu, NULL),
  LINK (NUMBER, "tx-queue-length", tx_queue_length, NULL),
  LINK (NUMBER, "group", group, NULL),
  LINK (NUMBER, "promiscuity", promiscuity, NULL),
  LINK (NUMBER, "all-multicast", all_multicast, NULL),
  LINK (NUMBER, "tx-queues", tx_queues, NULL),
  LINK (NUMBER, "rx-queues", rx_queues, NULL),
  LINK (NUMBER, "gso-max-segs", gso_max_segs, NULL),
  LINK (NUMBER, "gso-max-size", gso_max_size, NULL),
  LINK (NUMBER, "gro-max-size", gro_max_size, NULL),
  LINK (NUMBER, "gso-ipv4-max-size", gso_ipv4_max_size, NULL),
  LINK (NUMBER, "gro-ipv4-max-size", gro_ipv4_max_size, NULL),
  LINK (NUMBER, "tso-max-size", tso_max_size, NULL),
  LINK (NUMBER, "tso-max-segs", tso_max_segs, NULL),
  LINK (NUMBER, "operational-state", operational_state, nlv_names_operational_state),
  LINK (NUMBER, "link-mode", link_mode, nlv_names_link_mode),
  LINK (BOOLEAN, "protocol-down", protocol_down, NULL),
  LINK (NUMBER, "carrier-up-count", carrier_up_count, NULL),
  LINK (NUMBER, "carrier-down-count", carrier_down_count, NULL),
  LINK (NUMBER, "link-netns", lower_netns, nlv_names_none),
  LINK (NUMBER, "ipv6-address-generation", address_generation, nlv_names_address_generation),
  STATISTIC ("rx-packets", rx_packets),
  STATISTIC ("tx-packets", tx_packets),
  STATISTIC ("rx-bytes", rx_bytes),
  STATISTIC ("tx-bytes", tx_bytes),
  STATISTIC ("rx-errors", rx_errors),
  STATISTIC ("tx-errors", tx_errors),
  STATISTIC ("rx-dropped", rx_dropped),
  STATISTIC ("tx-dropped", tx_dropped),
  STATISTIC ("multicast-packets", multicast),
  STATISTIC ("collisions", collisions),
  STATISTIC ("rx-length-errors", rx_length_errors),
  STATISTIC ("rx-over-errors", rx_over_errors),
  STATISTIC ("rx-crc-errors", rx_crc_errors),
  STATISTIC ("rx-frame-errors", rx_frame_errors),
  STATISTIC ("rx-fifo-errors", rx_fifo_errors),
  STATISTIC ("rx-missed-errors", rx_missed_errors),
  STATISTIC ("tx-aborted-errors", tx_aborted_errors),
  STATISTIC ("tx-carrier-errors", tx_carrier_errors),
  STATISTIC ("tx-fifo-errors", tx_fifo_errors),
  STATISTIC ("tx-heartbeat-errors", tx_heartbeat_errors),
  STATISTIC ("tx-window-errors", tx_window_errors),
  STATISTIC ("rx-compressed", rx_compressed),
  STATISTIC ("tx-compressed", tx_compressed),
  STATISTIC ("rx-nohandler", rx_nohandler),
  STATISTIC ("rx-otherhost-dropped", rx_otherhost_dropped),
};

/* What a link's defaults depend on. */
typedef struct
{
  const char *name;
  const char *kind;        /* (nullable) */
  const char *master_kind; /* (nullable) */
  gboolean has_lower;
  gboolean has_ports; /* a bridge with links in it */
  gboolean up;
  int carrier; /* -1 as it comes */
} Circumstances;

static gboolean
is_loopback (const NlvLink *link)
{
  return link->hardware_type == ARPHRD_LOOPBACK;
}

/* A locally administered MAC that is always the same for the same name. */
static void
make_hardware_address (const char *name, guint8 address[6])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize len = sizeof digest;

  g_checksum_update (checksum, (const guchar *) name, -1);
  g_checksum_get_digest (checksum, digest, &len);
  memcpy (address, digest, 6);
  address[0] = (guint8) ((address[0] & 0xfc) | 0x02);
}

static void
init_default (NlvLink *link, const Circumstances *circumstances)
{
  gboolean carrier = circumstances->carrier != 0;

  nlv_link_init_like_kernel (link, circumstances->name, circumstances->kind);
  link->has_lower = circumstances->has_lower;
  if (!is_loopback (link))
    link->address_generation = IN6_ADDR_GEN_MODE_NONE;
  if (link->address_length == 6 && !is_loopback (link))
    make_hardware_address (link->name, link->address);
  if (circumstances->has_ports && g_strcmp0 (link->kind, "bridge") == 0)
    link->carrier_up_count = link->carrier_down_count = 1;
  link->slave_kind = g_strdup (circumstances->master_kind);
  if (g_strcmp0 (link->slave_kind, "bridge") == 0)
    link->promiscuity = link->all_multicast = 1;
  if (circumstances->carrier < 0)
    carrier = circumstances->up || link->carrier;
  nlv_link_set_up (link, circumstances->up, carrier);
}

/* What a driver of a real device has, and burnt in. */
static void
set_permanent_address (NlvLink *link)
{
  if (link->kind != NULL || link->hardware_type != ARPHRD_ETHER)
    return;
  link->permanent_address_length = link->address_length;
  memcpy (link->permanent_address, link->address, sizeof link->permanent_address);
}

/* --- reading ----------------------------------------------------------------------- */

/* A link whose group was read, on its way into the network. */
typedef struct
{
  NlvSection *section; /* (owned) (nullable) NULL for a lo that is not in the file */
  char *name;          /* (owned) */
  char *kind;          /* (owned) (nullable) */
  guint32 index;       /* 0 not given */
  guint32 master;
  gboolean up, has_ports;
} Pending;

static void
free_pending (gpointer data)
{
  Pending *pending = data;

  g_free (pending->name);
  g_free (pending->kind);
  g_free (pending);
}

/* dev_valid_name() */
static const char *
find_name_fault (const char *name)
{
  if (name[0] == '\0' || strcmp (name, ".") == 0 || strcmp (name, "..") == 0)
    return "expected a name";
  if (strlen (name) >= IFNAMSIZ)
    return "expected a name of at most 15 bytes";
  for (; *name != '\0'; name++)
    if (*name == '/' || *name == ':' || g_ascii_isspace (*name) || *name == '\v')
      return "expected a name without “/”, “:” and white space";
  return NULL;
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
  fault = find_name_fault (name);
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
  nlv_section_fault (section, key, "“%s”: there is no such link; expected the name of a link in this file", text);
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
      else if (pending->master != 0 && pending->up)
        master->has_ports = TRUE;
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
  set_permanent_address (link);
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
      if (list[i][0] == '\0' || strlen (list[i]) >= ALT_NAME_SIZE)
        nlv_section_fault (section, "alt-names", "expected names of 1 to %d bytes", ALT_NAME_SIZE - 1);
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

/* attribute-TYPE, and attribute-TYPE-N when a type is there more than once. */
static void
read_extra (NlvSection *section, NlvLink *link)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const NlvEntry *entry = g_ptr_array_index (section->entries, i);
      g_autofree char *value = NULL;
      g_auto (GStrv) parts = NULL;
      GBytes *bytes = NULL;
      guint64 type;

      if (!g_str_has_prefix (entry->key, "attribute-"))
        continue;
      value = nlv_section_take (section, entry->key);
      parts = g_strsplit (entry->key, "-", 3);
      if (!g_ascii_string_to_unsigned (parts[1], 10, 0, G_MAXUINT16, &type, NULL))
        nlv_section_fault (section, entry->key, "expected attribute-NUMBER with a number up to %d", G_MAXUINT16);
      else if (value != NULL && (strlen (value) > 2 * G_MAXUINT16 || !nlv_parse_hex (g_strstrip (value), &bytes)))
        nlv_section_fault (section, entry->key, "expected an even number of hexadecimal digits");
      else if (bytes != NULL)
        nlv_link_add_extra (link, (guint16) type, bytes);
      g_clear_pointer (&bytes, g_bytes_unref);
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
  Circumstances circumstances = { .name = pending->name,
                                  .kind = pending->kind,
                                  .master_kind = master != NULL ? master->kind : NULL,
                                  .has_lower = nlv_section_has (section, "link"),
                                  .has_ports = pending->has_ports,
                                  .up = pending->up,
                                  .carrier = -1 };
  NlvLink link;

  nlv_read_boolean (section, "carrier", &circumstances.carrier);
  init_default (&link, &circumstances);
  link.index = pending->index;
  link.master = pending->master;
  link.lower = read_reference (section, "link", by_name, TRUE, by_index);
  read_hardware_addresses (section, &link);
  nlv_fields_read (fields, G_N_ELEMENTS (fields), section, &link);
  read_vlan_id (section, &link);
  read_alt_names (section, &link);
  read_extra (section, &link);
  if (nlv_network_add_link (reader->network, &link) == NULL)
    nlv_section_fault (section, "alt-names", "one of the names is another link's already");
}

static void
add_loopback (NlvTableReader *reader, guint32 index)
{
  Circumstances circumstances = { .name = "lo", .up = TRUE, .carrier = -1 };
  NlvLink link;

  init_default (&link, &circumstances);
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
  if (reader->fill && link->address_generation == IN6_ADDR_GEN_MODE_EUI64 && (link->flags & IFF_LOWER_UP) &&
      nlv_address_init_link_local (&address, link))
    nlv_network_add_address (reader->network, &address);
  if (pending->section != NULL && nlv_section_has (pending->section, "addresses"))
    list = nlv_section_take_list (pending->section, "addresses");
  else if (reader->fill && is_loopback (link) && (link->flags & IFF_UP))
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
      else
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
  if (!g_hash_table_contains (by_name, "lo"))
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

/* --- writing ----------------------------------------------------------------------- */

static void
write_hardware_addresses (GString *text, const NlvLink *link, NlvLink *reference)
{
  guint8 length = MIN (link->address_length, 32);

  if (length != reference->address_length || memcmp (link->address, reference->address, length) != 0)
    nlv_write_hardware_address (text, "mac-address", link->address, length);
  if (memcmp (link->broadcast, reference->broadcast, length) != 0)
    nlv_write_hardware_address (text, "broadcast-address", link->broadcast, length);
  reference->address_length = length;
  memcpy (reference->address, link->address, sizeof reference->address);
  set_permanent_address (reference);
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

static void
write_extra (GString *text, const NlvLink *link)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);

  for (guint i = 0; link->extra != NULL && i < link->extra->len; i++)
    {
      const NlvRawAttr *raw = &g_array_index (link->extra, NlvRawAttr, i);
      gpointer type = GUINT_TO_POINTER ((guint) raw->type);
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, type)) + 1;

      g_hash_table_insert (counts, type, GUINT_TO_POINTER (count));
      g_string_append_printf (text, "attribute-%u", raw->type);
      if (count > 1)
        g_string_append_printf (text, "-%u", count);
      g_string_append_c (text, '=');
      nlv_append_hex (text, raw->payload);
      g_string_append_c (text, '\n');
    }
}

static void
write_link (GString *text, NlvNetwork *network, const NlvLink *link, gboolean has_ports, const GString *addresses)
{
  const NlvLink *master = nlv_network_find_link (network, link->master);
  Circumstances circumstances = { .name = link->name,
                                  .kind = link->kind,
                                  .master_kind = master != NULL ? master->kind : NULL,
                                  .has_lower = link->has_lower,
                                  .has_ports = has_ports,
                                  .up = (link->flags & IFF_UP) != 0,
                                  .carrier = -1 };
  NlvLink reference;

  if (nlv_device_name_is_plain (link->name))
    g_string_append_printf (text, "\n[link %s]\n", link->name);
  else
    {
      g_string_append_printf (text, "\n[link %u]\n", link->index);
      nlv_write_string (text, "name", link->name);
    }
  g_string_append_printf (text, "index=%u\n", link->index);
  if (link->kind != NULL)
    nlv_write_string (text, "kind", link->kind);
  if (!circumstances.up)
    g_string_append (text, "up=false\n");
  init_default (&reference, &circumstances);
  if (reference.carrier != link->carrier)
    {
      g_string_append_printf (text, "carrier=%s\n", link->carrier ? "true" : "false");
      circumstances.carrier = link->carrier ? 1 : 0;
      nlv_link_clear (&reference);
      init_default (&reference, &circumstances);
    }
  if (link->has_lower && link->lower_netns == -1)
    nlv_device_write (text, "link", network, link->lower);
  else if (link->has_lower)
    g_string_append_printf (text, "link=#%u\n", link->lower);
  if (link->master != 0)
    nlv_device_write (text, "master", network, link->master);
  write_hardware_addresses (text, link, &reference);
  nlv_fields_write (fields, G_N_ELEMENTS (fields), link, &reference, text);
  write_alt_names (text, link);
  if (addresses != NULL)
    g_string_append_printf (text, "addresses=%s\n", addresses->str);
  write_extra (text, link);
  nlv_link_clear (&reference);
}

void
nlv_links_write (NlvNetwork *network, GString *text)
{
  g_autoptr (GHashTable) masters = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) addresses = nlv_addresses_collect_plain (network);
  guint n_links = nlv_network_get_n_links (network);

  for (guint i = 0; i < n_links; i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);

      if (link->master != 0 && (link->flags & IFF_UP))
        g_hash_table_add (masters, GUINT_TO_POINTER (link->master));
    }
  for (guint i = 0; i < n_links; i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      gpointer key = GUINT_TO_POINTER (link->index);

      write_link (text, network, link, g_hash_table_contains (masters, key), g_hash_table_lookup (addresses, key));
    }
}

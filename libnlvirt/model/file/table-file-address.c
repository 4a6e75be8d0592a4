/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [address LABEL], and the short form in a link's addresses=. */
#include "model/device/consequences.h"
#include "model/file/table-file-groups.h"

#include <linux/if_addr.h>
#include <string.h>

#define ADDRESS(kind, key, member, names) NLV_FIELD (kind, key, NlvAddress, member, names)

/* What the others depend on. */
static const NlvField lifetimes[] = {
  ADDRESS (NUMBER, "preferred-lifetime", preferred_lifetime, nlv_names_forever),
  ADDRESS (NUMBER, "valid-lifetime", valid_lifetime, nlv_names_forever),
};

static const NlvField fields[] = {
  ADDRESS (NUMBER, "scope", scope, nlv_names_scope),
  ADDRESS (FLAGS, "flags", flags, nlv_names_address_flag),
  ADDRESS (NAME, "label", label, NULL),
  ADDRESS (NUMBER, "protocol", protocol, nlv_names_address_protocol),
  ADDRESS (NUMBER, "metric", metric, NULL),
  ADDRESS (NUMBER, "created", created, NULL),
  ADDRESS (NUMBER, "updated", updated, NULL),
};

void
nlv_address_complete (NlvAddress *address, const NlvLink *link)
{
  guint32 preferred = address->preferred_lifetime, valid = address->valid_lifetime;

  nlv_address_fill (address, link);
  if (preferred == 0 && valid != 0)
    address->flags |= IFA_F_DEPRECATED;
}

void
nlv_address_enter (NlvTableReader *reader, NlvSection *section, const char *key, NlvAddress *address)
{
  if (nlv_network_add_address (reader->network, address) == NULL)
    nlv_section_fault (section, key, "the link has this address already");
}

/* The fields that an address has by itself, before what is said of it. */
static NlvAddress
make_default (const NlvAddress *address, const NlvLink *link)
{
  NlvAddress plain = { .family = address->family,
                       .prefix_length = address->prefix_length,
                       .link = address->link,
                       .local = address->local,
                       .peer = address->peer,
                       .preferred_lifetime = address->preferred_lifetime,
                       .valid_lifetime = address->valid_lifetime };

  nlv_address_complete (&plain, link);
  return plain;
}

/* --- reading ----------------------------------------------------------------------- */

static void
read_broadcast (NlvSection *section, NlvAddress *address)
{
  g_autofree char *text = nlv_section_take (section, "broadcast");
  guint8 family = AF_INET;

  if (text == NULL)
    return;
  g_strstrip (text);
  address->has_broadcast = strcmp (text, "none") != 0;
  memset (&address->broadcast, 0, sizeof address->broadcast);
  if (address->family != AF_INET)
    nlv_section_fault (section, "broadcast", "expected only with an IPv4 address");
  else if (address->has_broadcast && !nlv_parse_ip (text, &family, &address->broadcast))
    nlv_section_fault (section, "broadcast", "“%s”: expected an IPv4 address or none", text);
}

static void
read_lifetimes (NlvSection *section, NlvAddress *address)
{
  address->preferred_lifetime = address->valid_lifetime = G_MAXUINT32;
  nlv_fields_read (lifetimes, G_N_ELEMENTS (lifetimes), section, address);
  if (!nlv_section_has (section, "preferred-lifetime"))
    address->preferred_lifetime = address->valid_lifetime;
  if (address->valid_lifetime == 0)
    nlv_section_fault (section, "valid-lifetime", "expected a number from 1 to %u, or forever", G_MAXUINT32 - 1);
  else if (address->preferred_lifetime > address->valid_lifetime)
    nlv_section_fault (section, "preferred-lifetime", "expected no more than valid-lifetime");
}

void
nlv_address_read (NlvTableReader *reader, NlvSection *section)
{
  NlvAddress address = { 0 };
  const NlvLink *link;
  gboolean has_device = nlv_device_read (reader, section, "device", &address.link);
  gboolean has_address = nlv_read_prefix (section, "address", &address.family, &address.local, &address.prefix_length);
  gboolean has_peer;
  NlvIp peer;

  if (!has_device && !nlv_section_has (section, "device"))
    nlv_section_fault (section, NULL, "expected the key device");
  if (!has_address && !nlv_section_has (section, "address"))
    nlv_section_fault (section, NULL, "expected the key address");
  has_peer = nlv_read_ip (section, "peer", &address.family, &address.peer);
  peer = address.peer;
  read_lifetimes (section, &address);
  link = nlv_network_find_link (reader->network, address.link);
  if (link != NULL)
    nlv_address_complete (&address, link);
  /* The unspecified one too is one to whom it may be given. */
  if (has_peer)
    address.peer = peer;
  read_broadcast (section, &address);
  nlv_fields_read (fields, G_N_ELEMENTS (fields), section, &address);
  if (address.family == AF_INET6)
    memset (address.label, 0, sizeof address.label);
  nlv_read_raw_attrs (section, &address.extra);
  if (link != NULL && has_address && !section->faulty)
    nlv_address_enter (reader, section, "address", &address);
  else
    nlv_address_clear (&address);
}

/* --- writing ----------------------------------------------------------------------- */

static gboolean
equal_broadcasts (const NlvAddress *a, const NlvAddress *b)
{
  return a->has_broadcast == b->has_broadcast && (!a->has_broadcast || a->broadcast.v4 == b->broadcast.v4);
}

static gboolean
equal_ips (const NlvAddress *address, const NlvIp *a, const NlvIp *b)
{
  return memcmp (a->bytes, b->bytes, address->family == AF_INET ? 4 : 16) == 0;
}

/* Whether an IPv4 address is secondary follows from the order. */
static NlvAddress
without_secondary (const NlvAddress *address)
{
  NlvAddress copy = *address;

  if (copy.family == AF_INET)
    copy.flags &= ~(guint32) IFA_F_SECONDARY;
  return copy;
}

static gboolean
is_plain (const NlvAddress *address, const NlvLink *link)
{
  NlvAddress row = without_secondary (address), reference = make_default (address, link);
  g_autoptr (GString) difference = g_string_new (NULL);

  if (row.extra != NULL || !equal_ips (address, &address->local, &address->peer) ||
      !equal_broadcasts (&row, &reference) || row.valid_lifetime != G_MAXUINT32 ||
      row.preferred_lifetime != G_MAXUINT32)
    return FALSE;
  nlv_fields_write (fields, G_N_ELEMENTS (fields), &row, &reference, difference);
  return difference->len == 0;
}

/* An order of adding that comes to the same network: IPv6 addresses go in
 * front of those that are there. */
static guint
place_in_order (NlvNetwork *network, guint position, guint n_ipv4)
{
  return position < n_ipv4 ? position : nlv_network_get_n_addresses (network) - 1 - (position - n_ipv4);
}

static guint
count_ipv4 (NlvNetwork *network)
{
  guint n = 0;

  while (n < nlv_network_get_n_addresses (network) && nlv_network_get_address (network, n)->family == AF_INET)
    n++;
  return n;
}

/* Whether the short form does: after the first one of a link and family that
 * needs a group, all do, so that the order stays. */
static gboolean
goes_short (const NlvAddress *address, const NlvLink *link, GHashTable *broken)
{
  gpointer key = GUINT_TO_POINTER (address->link << 1 | (address->family == AF_INET6));

  if (!g_hash_table_contains (broken, key) && is_plain (address, link))
    return TRUE;
  g_hash_table_add (broken, key);
  return FALSE;
}

static void
free_string (gpointer data)
{
  g_string_free (data, TRUE);
}

GHashTable *
nlv_addresses_collect_plain (NlvNetwork *network)
{
  GHashTable *lists = g_hash_table_new_full (NULL, NULL, NULL, free_string);
  g_autoptr (GHashTable) broken = g_hash_table_new (NULL, NULL);
  guint n_ipv4 = count_ipv4 (network);

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, place_in_order (network, i, n_ipv4));
      const NlvLink *link = nlv_network_find_link (network, address->link);
      GString *list = g_hash_table_lookup (lists, GUINT_TO_POINTER (address->link));

      if (link == NULL || !goes_short (address, link, broken))
        continue;
      if (list == NULL)
        {
          list = g_string_new (NULL);
          g_hash_table_insert (lists, GUINT_TO_POINTER (address->link), list);
        }
      nlv_append_ip (list, address->family, &address->local);
      g_string_append_printf (list, "/%u;", address->prefix_length);
    }
  return lists;
}

static void
write_address (GString *text, NlvNetwork *network, const NlvAddress *address, const NlvLink *link, guint number)
{
  NlvAddress row = without_secondary (address), reference = make_default (address, link);
  NlvAddress forever = { .preferred_lifetime = row.valid_lifetime, .valid_lifetime = G_MAXUINT32 };

  g_string_append_printf (text, "\n[address %u]\n", number);
  nlv_device_write (text, "device", network, address->link);
  nlv_write_prefix (text, "address", address->family, &address->local, address->prefix_length);
  if (!equal_ips (address, &address->local, &address->peer))
    nlv_write_ip (text, "peer", address->family, &address->peer);
  if (!equal_broadcasts (&row, &reference))
    {
      if (row.has_broadcast)
        nlv_write_ip (text, "broadcast", AF_INET, &row.broadcast);
      else
        g_string_append (text, "broadcast=none\n");
    }
  nlv_fields_write (lifetimes, G_N_ELEMENTS (lifetimes), &row, &forever, text);
  nlv_fields_write (fields, G_N_ELEMENTS (fields), &row, &reference, text);
  nlv_write_raw_attrs (text, row.extra);
}

void
nlv_addresses_write (NlvNetwork *network, GString *text)
{
  g_autoptr (GHashTable) broken = g_hash_table_new (NULL, NULL);
  guint n_ipv4 = count_ipv4 (network), number = 0;

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, place_in_order (network, i, n_ipv4));
      const NlvLink *link = nlv_network_find_link (network, address->link);

      if (link != NULL && !goes_short (address, link, broken))
        write_address (text, network, address, link, ++number);
    }
}

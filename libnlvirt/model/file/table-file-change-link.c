/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [link NAME] of a text that changes a network: new links, links that are there and
 * get other properties, links that go. */
#include "model/device/consequences.h"
#include "model/device/link-kind.h"
#include "model/file/table-file-change.h"
#include "model/file/table-file-link.h"

#include <errno.h>
#include <string.h>

/* --- keys -------------------------------------------------------------------------- */

/* Nothing more is to be said of its keys. */
static void
take_all (NlvSection *section)
{
  for (guint i = 0; i < section->entries->len; i++)
    ((NlvEntry *) g_ptr_array_index (section->entries, i))->taken = TRUE;
}

/* --- of links that are there -------------------------------------------------------- */

static int
run_carrier (NlvChange *change, NlvStep *step)
{
  NlvLink *link = nlv_network_find_link (change->network, step->link);

  if (link == NULL)
    return -ENODEV;
  nlv_link_set_carrier (change, link, step->value);
  nlv_link_watch_run (change);
  return 0;
}

static void
step_carrier (NlvTableChange *self, NlvSection *section, guint32 link)
{
  gboolean carrier;
  NlvStep *step;

  if (!nlv_read_boolean (section, "carrier", &carrier))
    return;
  step = nlv_step_new (self, section);
  step->run = run_carrier;
  step->link = link;
  step->value = carrier;
}

static void
put_number (NlvSection *section, const char *key, NlvWriter *writer, guint16 attribute)
{
  guint64 value;

  if (nlv_read_number (section, key, NULL, G_MAXUINT32, &value))
    nlv_put_u32 (writer, attribute, (guint32) value);
}

static void
put_text (NlvSection *section, const char *key, NlvWriter *writer, guint16 attribute)
{
  g_autofree char *value = nlv_section_take (section, key);

  if (value != NULL)
    nlv_put (writer, attribute, value, strlen (value) + (attribute == IFLA_IFALIAS ? 0 : 1));
}

/* Below, the link may be named by its new name already. */
static void
put_name (NlvTableChange *self, NlvSection *section, NlvWriter *writer, NlvLink *link)
{
  g_autofree char *name = nlv_section_take (section, "name");

  if (name == NULL)
    return;
  nlv_put (writer, IFLA_IFNAME, name, strlen (name) + 1);
  nlv_network_rename_link (self->reader.network, link, name);
}

static void
put_mac (NlvSection *section, const char *key, NlvWriter *writer, guint16 attribute)
{
  guint8 address[32], length;

  if (nlv_read_hardware_address (section, key, address, &length))
    nlv_put (writer, attribute, address, length);
}

/* What a link can be given when it is made, and later. */
static void
put_values (NlvSection *section, NlvWriter *writer)
{
  put_mac (section, "mac-address", writer, IFLA_ADDRESS);
  put_mac (section, "broadcast-address", writer, IFLA_BROADCAST);
  put_number (section, "mtu", writer, IFLA_MTU);
  put_number (section, "tx-queue-length", writer, IFLA_TXQLEN);
  put_number (section, "group", writer, IFLA_GROUP);
}

/* master=, empty for none */
static void
put_master (NlvTableChange *self, NlvSection *section, NlvWriter *writer)
{
  g_autofree char *text = nlv_section_take (section, "master");
  guint32 index = 0;

  if (text == NULL)
    return;
  if (*g_strstrip (text) == '\0' || nlv_device_find (&self->reader, section, "master", text, &index))
    nlv_put_u32 (writer, IFLA_MASTER, index);
}

static void
put_address_generation (NlvSection *section, NlvWriter *writer)
{
  guint64 mode;
  gsize families, inet6;

  if (!nlv_read_number (section, "ipv6-address-generation", nlv_names_address_generation, G_MAXUINT8, &mode))
    return;
  families = nlv_nest_begin (writer, IFLA_AF_SPEC);
  inet6 = nlv_nest_begin (writer, AF_INET6);
  nlv_put_u8 (writer, IFLA_INET6_ADDR_GEN_MODE, (guint8) mode);
  nlv_nest_end (writer, inet6);
  nlv_nest_end (writer, families);
}

static gboolean
has_alt_name (char **names, const char *name)
{
  return names != NULL && g_strv_contains ((const char *const *) names, name);
}

static void
step_alt_name (NlvTableChange *self, NlvSection *section, guint16 type, guint32 link, const char *name)
{
  struct ifinfomsg *header;
  NlvWriter writer;
  gsize nest;

  header = nlv_step_begin (&writer, type, 0, sizeof *header);
  header->ifi_index = (int) link;
  nest = nlv_nest_begin (&writer, IFLA_PROP_LIST | NLA_F_NESTED);
  nlv_put_string (&writer, IFLA_ALT_IFNAME, name);
  nlv_nest_end (&writer, nest);
  nlv_step_end (self, section, &writer);
}

/* alt-names=: these and no others. */
static void
step_alt_names (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  g_auto (GStrv) wanted = nlv_section_take_list (section, "alt-names");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) present = NULL;

  if (wanted == NULL)
    return;
  for (guint i = 0; link->alt_names != NULL && i < link->alt_names->len; i++)
    g_strv_builder_add (builder, g_ptr_array_index (link->alt_names, i));
  present = g_strv_builder_end (builder);
  for (guint i = 0; present[i] != NULL; i++)
    if (!has_alt_name (wanted, present[i]))
      step_alt_name (self, section, RTM_DELLINKPROP, link->index, present[i]);
  for (guint i = 0; wanted[i] != NULL; i++)
    if (!has_alt_name (present, wanted[i]))
      step_alt_name (self, section, RTM_NEWLINKPROP, link->index, wanted[i]);
}

/* addresses=: these, beside those that are there. */
static void
step_addresses (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  g_auto (GStrv) list = nlv_section_take_list (section, "addresses");

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      NlvAddress row = { .link = link->index };

      if (!nlv_parse_prefix (list[i], &row.family, &row.local, &row.prefix_length))
        nlv_section_fault (section, "addresses", "“%s”: expected a list of addresses such as 192.0.2.10/24", list[i]);
      else
        {
          nlv_address_complete (&row, link);
          memset (row.label, 0, sizeof row.label);
          nlv_step_address (self, section, &row);
        }
    }
}

static void
set_link (NlvTableChange *self, NlvSection *section, NlvLink *link)
{
  struct ifinfomsg *header;
  NlvWriter writer;
  gboolean up;

  header = nlv_step_begin (&writer, RTM_NEWLINK, 0, sizeof *header);
  header->ifi_index = (int) link->index;
  if (nlv_read_boolean (section, "up", &up))
    {
      header->ifi_change = IFF_UP;
      header->ifi_flags = up ? IFF_UP : 0;
    }
  put_name (self, section, &writer, link);
  put_values (section, &writer);
  put_text (section, "alias", &writer, IFLA_IFALIAS);
  put_master (self, section, &writer);
  put_address_generation (section, &writer);
  nlv_step_end (self, section, &writer);
  step_carrier (self, section, link->index);
  step_alt_names (self, section, link);
  step_addresses (self, section, link);
  nlv_section_refuse_others (section,
                             "of a link that is there this cannot be changed; expected up, carrier, name, mac-address, "
                             "broadcast-address, mtu, master, alias, tx-queue-length, group, ipv6-address-generation, "
                             "alt-names or addresses");
}

static NlvLink *
find_link (NlvTableChange *self, NlvSection *section)
{
  guint32 index;

  if (!nlv_device_find (&self->reader, section, NULL, section->label, &index))
    return NULL;
  return nlv_network_find_link (self->reader.network, index);
}

/* --- new ones ------------------------------------------------------------------------ */

/* A device is plugged in: nothing that a program could ask for. */
static int
run_register (NlvChange *change, NlvStep *step)
{
  NlvLink *row = step->row, *link;
  int error;

  step->row = NULL;
  link = nlv_link_register (change, row, &error);
  g_free (row);
  if (link == NULL)
    return error;
  error = nlv_link_configure (change, link, NULL, FALSE);
  /* Drivers look for the carrier when all else is there. */
  nlv_link_set_carrier (change, link, step->value);
  nlv_link_watch_run (change);
  return error;
}

/* As its driver makes it, switched off; but with what the text says of it. */
static void
step_register (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  NlvStep *step = nlv_step_new (self, section);
  NlvLink *row = g_new (NlvLink, 1);

  nlv_link_copy (link, row);
  step->value = nlv_section_has (section, "carrier") ? row->carrier != 0 : TRUE;
  nlv_link_set_up (row, FALSE, FALSE);
  if (!nlv_section_has (section, "qdisc"))
    {
      g_free (row->qdisc);
      row->qdisc = g_strdup ("noop");
    }
  row->master = 0;
  step->run = run_register;
  step->row = row;
}

/* VETH_INFO_PEER: a link's header and its name. */
static void
put_peer (NlvTableChange *self, NlvWriter *writer, const NlvLink *link)
{
  const NlvLink *peer = nlv_network_find_link (self->reader.network, link->lower);
  struct
  {
    struct ifinfomsg header;
    struct nlattr attribute;
    char name[IFNAMSIZ];
  } payload = { .attribute = { sizeof (struct nlattr) + IFNAMSIZ, IFLA_IFNAME } };

  if (peer == NULL)
    return;
  payload.header.ifi_index = (int) peer->index;
  memcpy (payload.name, peer->name, IFNAMSIZ);
  nlv_put (writer, VETH_INFO_PEER, &payload, sizeof payload);
}

/* IFLA_INFO_DATA as it is told of. What a vlan's flags are told with is not what they
 * may be asked with: the mask has all bits. */
static void
put_kind_data (NlvWriter *writer, const NlvLink *link)
{
  gsize len;
  const guint8 *bytes = g_bytes_get_data (link->kind_data, &len);
  g_autofree guint8 *copy = g_memdup2 (bytes, len);
  NlvAttr attr;

  if (strcmp (link->kind, "vlan") == 0 && nlv_span_find_attr (nlv_span (bytes, len), IFLA_VLAN_FLAGS, &attr) &&
      attr.payload.len == sizeof (struct ifla_vlan_flags))
    {
      guint8 *flags = copy + (attr.payload.data - bytes);

      memcpy (flags + offsetof (struct ifla_vlan_flags, mask), flags, sizeof (guint32));
    }
  nlv_put (writer, IFLA_INFO_DATA, copy, len);
}

static void
put_kind (NlvTableChange *self, NlvWriter *writer, const NlvLink *link)
{
  gboolean is_veth = strcmp (link->kind, "veth") == 0;
  gsize info, data;

  if (link->has_lower && !is_veth)
    nlv_put_u32 (writer, IFLA_LINK, link->lower);
  info = nlv_nest_begin (writer, IFLA_LINKINFO);
  nlv_put_string (writer, IFLA_INFO_KIND, link->kind);
  if (is_veth && link->has_lower)
    {
      data = nlv_nest_begin (writer, IFLA_INFO_DATA);
      put_peer (self, writer, link);
      nlv_nest_end (writer, data);
    }
  else if (link->kind_data != NULL)
    put_kind_data (writer, link);
  nlv_nest_end (writer, info);
}

/* What has been read with all links. */
static void
take_understood (NlvSection *section)
{
  static const char *const keys[] = { "name", "index", "kind", "link", "vlan-id", "kind-data", "master", "up" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_free (nlv_section_take (section, keys[i]));
}

/* A link of a kind, as `ip link add` asks for it. */
static void
step_create (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  struct ifinfomsg *header;
  NlvWriter writer;

  take_understood (section);
  header = nlv_step_begin (&writer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof *header);
  header->ifi_index = (int) link->index;
  nlv_put_string (&writer, IFLA_IFNAME, link->name);
  put_values (section, &writer);
  put_number (section, "tx-queues", &writer, IFLA_NUM_TX_QUEUES);
  put_number (section, "rx-queues", &writer, IFLA_NUM_RX_QUEUES);
  put_kind (self, &writer, link);
  nlv_step_end (self, section, &writer);
}

/* One that is there already, but as it comes. */
static void
step_made (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  struct ifinfomsg *header;
  NlvWriter writer;

  take_understood (section);
  header = nlv_step_begin (&writer, RTM_NEWLINK, 0, sizeof *header);
  header->ifi_index = (int) link->index;
  put_values (section, &writer);
  nlv_step_end (self, section, &writer);
}

/* What is said of a link that has just been made. */
static void
step_settle (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  struct ifinfomsg *header;
  NlvWriter writer;

  header = nlv_step_begin (&writer, RTM_NEWLINK, 0, sizeof *header);
  header->ifi_index = (int) link->index;
  header->ifi_change = IFF_UP;
  header->ifi_flags = link->flags & IFF_UP;
  if (link->kind != NULL)
    {
      put_text (section, "alias", &writer, IFLA_IFALIAS);
      put_address_generation (section, &writer);
    }
  if (link->master != 0)
    nlv_put_u32 (&writer, IFLA_MASTER, link->master);
  nlv_step_end (self, section, &writer);
}

/* The other end of a pair has been made with the first. */
static gboolean
is_made (const NlvLink *link, GHashTable *made)
{
  return g_strcmp0 (link->kind, "veth") == 0 && link->has_lower &&
         g_hash_table_contains (made, GUINT_TO_POINTER (link->lower));
}

static void
step_alt_names_all (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  g_auto (GStrv) names = nlv_section_take_list (section, "alt-names");

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    step_alt_name (self, section, RTM_NEWLINKPROP, link->index, names[i]);
}

static void
make_link (NlvTableChange *self, NlvSection *section, const NlvLink *link, GHashTable *made)
{
  if (link->kind == NULL)
    step_register (self, section, link);
  else if (is_made (link, made))
    step_made (self, section, link);
  else
    {
      step_create (self, section, link);
      g_hash_table_add (made, GUINT_TO_POINTER (link->index));
    }
}

/* When its master is there too. */
static void
finish_link (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  step_settle (self, section, link);
  if (link->kind != NULL)
    {
      step_carrier (self, section, link->index);
      step_alt_names_all (self, section, link);
    }
  step_addresses (self, section, link);
  if (link->kind != NULL)
    nlv_section_refuse_others (section,
                               "a link of a kind is made without it; expected it in a table that is read as a whole");
  else
    take_all (section);
}

/* What has gone into the network that the text is read into. */
static NlvLink *
find_new_link (NlvTableChange *self, NlvSection *section)
{
  g_autofree char *name = nlv_section_take (section, "name");

  return nlv_network_find_link_by_own_name (self->reader.network, name != NULL ? name : section->label);
}

/* They name each other, so all are read before the first is made. */
static gboolean
read_new_links (NlvTableChange *self, GArray *groups)
{
  g_autoptr (GPtrArray) links = g_ptr_array_new ();
  NlvNetwork *scratch = self->reader.network;
  guint n_before = self->reader.faults->len;

  for (guint i = 0; i < groups->len; i++)
    if (g_array_index (groups, NlvGroup, i).kind == NLV_GROUP_LINK)
      g_ptr_array_add (links, &g_array_index (groups, NlvGroup, i));
  nlv_links_read (&self->reader, links);
  while (nlv_network_get_n_addresses (scratch) > 0)
    nlv_network_remove_address (scratch, nlv_network_get_address (scratch, 0));
  return self->reader.faults->len == n_before;
}

static void
add_links (NlvTableChange *self, GPtrArray *sections)
{
  g_autoptr (GHashTable) made = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < sections->len; i++)
    {
      NlvSection *section = g_ptr_array_index (sections, i);

      make_link (self, section, find_new_link (self, section), made);
    }
  for (guint i = 0; i < sections->len; i++)
    {
      NlvSection *section = g_ptr_array_index (sections, i);

      finish_link (self, section, find_new_link (self, section));
    }
}

/* --- of all ------------------------------------------------------------------------- */

static int
run_remove (NlvChange *change, NlvStep *step)
{
  NlvLink *link = nlv_network_find_link (change->network, step->link);

  return link != NULL ? nlv_link_take_out (change, link) : -ENODEV;
}

static void
remove_link (NlvTableChange *self, NlvSection *section, const NlvLink *link)
{
  NlvStep *step = nlv_step_new (self, section);

  step->run = run_remove;
  step->link = link->index;
  nlv_section_refuse_others (section, "expected no keys for a link that is to be removed");
}

static void
change_links (NlvTableChange *self, GPtrArray *sections)
{
  for (guint i = 0; i < sections->len; i++)
    {
      NlvSection *section = g_ptr_array_index (sections, i);
      NlvLink *link = find_link (self, section);

      if (link == NULL)
        take_all (section);
      else if (self->verb == NLV_TABLE_REPLACE)
        set_link (self, section, link);
      else
        remove_link (self, section, link);
    }
}

void
nlv_links_change (NlvTableChange *self, GArray *groups)
{
  g_autoptr (GPtrArray) sections = NULL;

  if (self->verb == NLV_TABLE_ADD && !read_new_links (self, groups))
    return;
  sections = nlv_sections_load (groups, NLV_GROUP_LINK, self->reader.faults);
  if (self->verb == NLV_TABLE_ADD)
    add_links (self, sections);
  else
    change_links (self, sections);
}

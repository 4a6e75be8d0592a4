/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [nexthop ID] */
#include "model/file/table-file-groups.h"

#include <linux/nexthop.h>
#include <string.h>

#define NEXTHOP(kind, key, member, names) NLV_FIELD (kind, key, NlvNexthopObject, member, names)

/* What the defaults of others depend on. */
static const NlvField kind_fields[] = {
  NEXTHOP (BOOLEAN, "blackhole", blackhole, NULL),
  NEXTHOP (BOOLEAN, "fdb", fdb, NULL),
};

static const NlvField fields[] = {
  NEXTHOP (NUMBER, "protocol", protocol, nlv_names_protocol),
  NEXTHOP (NUMBER, "scope", scope, nlv_names_scope),
  NEXTHOP (FLAGS, "flags", flags, nlv_names_nexthop_flag),
  NEXTHOP (NUMBER, "group-type", group_type, nlv_names_nexthop_group),
};

/* Most of a group's are those of `ip nexthop add id N group …`. */
static NlvNexthopObject
make_default (const NlvNexthopObject *nexthop)
{
  NlvNexthopObject usual = { .family = nexthop->family, .blackhole = FALSE };

  if (nexthop->group == NULL && !nexthop->blackhole && !nexthop->fdb)
    usual.scope = nexthop->way.gateway_family != 0 ? RT_SCOPE_LINK : RT_SCOPE_HOST;
  return usual;
}

/* --- reading ----------------------------------------------------------------------- */

static gboolean
parse_member (const char *text, struct nexthop_grp *member)
{
  g_auto (GStrv) words = nlv_split_words (text);
  guint64 id, weight = 1;

  if (words[0] == NULL || !g_ascii_string_to_unsigned (words[0], 10, 1, G_MAXUINT32, &id, NULL))
    return FALSE;
  if (words[1] != NULL && (strcmp (words[1], "weight") != 0 || words[2] == NULL || words[3] != NULL ||
                           !g_ascii_string_to_unsigned (words[2], 10, 1, 65536, &weight, NULL)))
    return FALSE;
  *member = (struct nexthop_grp){ .id = (guint32) id, .weight = (guint8) (weight - 1) };
  /* The high byte of the weight lies in what was reserved: nexthop_grp_weight(). */
  member->resvd1 = (guint8) ((weight - 1) >> 8);
  return TRUE;
}

static void
read_group (NlvSection *section, NlvNexthopObject *nexthop)
{
  g_auto (GStrv) list = nlv_section_take_list (section, "group");

  if (list == NULL)
    return;
  nexthop->group = g_array_new (FALSE, FALSE, sizeof (struct nexthop_grp));
  for (guint i = 0; list[i] != NULL; i++)
    {
      struct nexthop_grp member;

      if (parse_member (list[i], &member))
        g_array_append_val (nexthop->group, member);
      else
        nlv_section_fault (section, "group", "“%s”: expected a list of ids, each perhaps with weight 1 to 65536",
                           list[i]);
    }
}

/* nh_check_attr_group(), and that there is something at all. */
static void
check (NlvSection *section, const NlvNexthopObject *nexthop)
{
  gboolean alone = nexthop->blackhole || nexthop->way.link != 0 || nexthop->way.gateway_family != 0;

  if (nexthop->group == NULL && !alone && !nexthop->fdb)
    nlv_section_fault (section, NULL, "expected the key gateway, device, group, fdb or blackhole");
  else if (nexthop->group != NULL && alone)
    nlv_section_fault (section, "group", "expected no gateway, device or blackhole beside it");
  else if (nexthop->group != NULL && nexthop->group->len == 0)
    nlv_section_fault (section, "group", "expected at least one id");
  for (guint i = 0; nexthop->group != NULL && i < nexthop->group->len; i++)
    if (g_array_index (nexthop->group, struct nexthop_grp, i).id == nexthop->id)
      nlv_section_fault (section, "group", "expected ids of others; %u is this one", nexthop->id);
}

/* TYPE:HEX */
static void
read_encap (NlvSection *section, NlvNexthop *way)
{
  g_autofree char *text = nlv_section_take (section, "encap");

  if (text != NULL && !nlv_parse_encap (g_strstrip (text), way))
    nlv_section_fault (section, "encap", "“%s”: expected TYPE:HEX", text);
}

gboolean
nlv_nexthop_object_parse_id (const char *label, guint32 *id)
{
  guint64 number = 0;
  gboolean is_id = g_ascii_string_to_unsigned (label, 10, 1, G_MAXUINT32, &number, NULL);

  *id = (guint32) number;
  return is_id;
}

gboolean
nlv_nexthop_object_read_id (NlvSection *section, guint32 *id)
{
  if (nlv_nexthop_object_parse_id (section->label, id))
    return TRUE;
  nlv_section_fault (section, NULL, "expected the id, a number from 1 to %u", G_MAXUINT32);
  return FALSE;
}

void
nlv_nexthop_object_read (NlvTableReader *reader, NlvSection *section)
{
  NlvNexthopObject nexthop = { 0 }, usual;
  guint64 family;

  nlv_nexthop_object_read_id (section, &nexthop.id);
  nlv_device_read (reader, section, "device", &nexthop.way.link);
  nlv_read_ip (section, "gateway", &nexthop.way.gateway_family, &nexthop.way.gateway);
  nexthop.family = nexthop.way.gateway_family != 0 ? nexthop.way.gateway_family : AF_INET;
  read_group (section, &nexthop);
  if (nexthop.group != NULL)
    nexthop.family = AF_UNSPEC;
  if (nlv_read_number (section, "family", nlv_names_family, G_MAXUINT8, &family))
    nexthop.family = (guint8) family;
  read_encap (section, &nexthop.way);
  nlv_fields_read (kind_fields, G_N_ELEMENTS (kind_fields), section, &nexthop);
  usual = make_default (&nexthop);
  nexthop.scope = usual.scope;
  nlv_fields_read (fields, G_N_ELEMENTS (fields), section, &nexthop);
  nlv_read_raw_attrs (section, &nexthop.extra);
  if (!section->faulty)
    check (section, &nexthop);
  if (section->faulty)
    nlv_nexthop_object_clear (&nexthop);
  else if (nlv_network_add_nexthop (reader->network, &nexthop) == NULL)
    nlv_section_fault (section, NULL, "there is a nexthop with this id already");
}

/* --- writing ----------------------------------------------------------------------- */

static void
write_group (GString *text, const GArray *group)
{
  g_string_append (text, "group=");
  for (guint i = 0; i < group->len; i++)
    {
      const struct nexthop_grp *member = &g_array_index (group, struct nexthop_grp, i);
      guint weight = (member->weight | (guint) member->resvd1 << 8) + 1;

      g_string_append_printf (text, "%u", member->id);
      if (weight != 1)
        g_string_append_printf (text, " weight %u", weight);
      g_string_append_c (text, ';');
    }
  g_string_append_c (text, '\n');
}

static void
write_nexthop (GString *text, NlvNetwork *network, const NlvNexthopObject *nexthop)
{
  NlvNexthopObject usual = make_default (nexthop);
  const NlvNexthop *way = &nexthop->way;
  guint8 family = way->gateway_family != 0 ? way->gateway_family : AF_INET;

  g_string_append_printf (text, "\n[nexthop %u]\n", nexthop->id);
  if (nexthop->family != (nexthop->group != NULL ? AF_UNSPEC : family))
    nlv_write_named (text, "family", nlv_names_family, nexthop->family);
  if (way->gateway_family != 0)
    nlv_write_ip (text, "gateway", way->gateway_family, &way->gateway);
  if (way->link != 0)
    nlv_device_write (text, "device", network, way->link);
  if (nexthop->group != NULL)
    write_group (text, nexthop->group);
  if (way->encap != NULL)
    {
      g_string_append_printf (text, "encap=%u:", way->encap_type);
      nlv_append_hex (text, way->encap);
      g_string_append_c (text, '\n');
    }
  nlv_fields_write (kind_fields, G_N_ELEMENTS (kind_fields), nexthop, &usual, text);
  nlv_fields_write (fields, G_N_ELEMENTS (fields), nexthop, &usual, text);
  nlv_write_raw_attrs (text, nexthop->extra);
}

void
nlv_nexthop_objects_write (NlvNetwork *network, GString *text)
{
  for (guint i = 0; i < nlv_network_get_n_nexthops (network); i++)
    write_nexthop (text, network, nlv_network_get_nexthop (network, i));
}

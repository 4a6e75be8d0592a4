/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [rule LABEL] */
#include "model/file/table-file-groups.h"

#include <linux/fib_rules.h>
#include <string.h>

#define MAX_DSCP 0x3f
#define MAX_FLOW_LABEL 0xfffff

#define RULE(kind, key, member, names) NLV_FIELD (kind, key, NlvRule, member, names)

/* What the defaults of others depend on. */
static const NlvField first_fields[] = {
  RULE (NUMBER, "action", action, nlv_names_rule_action),
  RULE (BOOLEAN, "l3mdev", l3mdev, NULL),
};

static const NlvField fields[] = {
  RULE (NUMBER, "priority", priority, NULL),
  RULE (NAME, "iif", input, NULL),
  RULE (NAME, "oif", output, NULL),
  RULE (NUMBER, "table", table, nlv_names_table),
  RULE (NUMBER, "goto", goto_target, NULL),
  RULE (NUMBER, "tos", tos, NULL),
  RULE (FLAGS, "flags", flags, nlv_names_rule_flag),
  RULE (NUMBER, "suppress-prefix-length", suppress_prefix_length, nlv_names_none),
  RULE (NUMBER, "suppress-group", suppress_group, nlv_names_none),
  RULE (NUMBER, "realm", realm, NULL),
  RULE (NUMBER, "tunnel-id", tunnel_id, NULL),
  RULE (NUMBER, "protocol", protocol, nlv_names_protocol),
  RULE (NUMBER, "ip-protocol", ip_protocol, NULL),
  RULE (NUMBER, "source-port-mask", source_port_mask, NULL),
  RULE (NUMBER, "destination-port-mask", destination_port_mask, NULL),
};

/* What `ip rule add` asks for. */
static void
set_defaults (NlvRule *rule)
{
  rule->table = rule->action == FR_ACT_TO_TBL && !rule->l3mdev ? RT_TABLE_MAIN : RT_TABLE_UNSPEC;
  rule->protocol = RTPROT_BOOT;
  rule->suppress_prefix_length = rule->suppress_group = G_MAXUINT32;
}

/* --- reading ----------------------------------------------------------------------- */

/* "A" or "A-B" */
static gboolean
read_range (NlvSection *section, const char *key, guint64 max, guint64 range[2])
{
  g_autofree char *text = nlv_section_take (section, key);
  g_auto (GStrv) parts = text != NULL ? g_strsplit (g_strstrip (text), "-", 2) : NULL;

  if (text == NULL)
    return FALSE;
  if (parts[0] != NULL && g_ascii_string_to_unsigned (parts[0], 10, 0, max, &range[0], NULL))
    {
      range[1] = range[0];
      if (parts[1] == NULL ||
          (g_ascii_string_to_unsigned (parts[1], 10, 0, max, &range[1], NULL) && range[0] <= range[1]))
        return TRUE;
    }
  nlv_section_fault (section, key, "“%s”: expected a number or a range such as 80-90, up to %" G_GUINT64_FORMAT, text,
                     max);
  return FALSE;
}

static void
read_ports (NlvSection *section, const char *key, guint16 ports[2])
{
  guint64 range[2];

  if (!read_range (section, key, G_MAXUINT16, range))
    return;
  ports[0] = (guint16) range[0];
  ports[1] = (guint16) range[1];
}

static void
read_uids (NlvSection *section, NlvRule *rule)
{
  guint64 range[2];

  if (!read_range (section, "uid-range", G_MAXUINT32, range))
    return;
  rule->has_uid_range = TRUE;
  rule->uid_range[0] = (guint32) range[0];
  rule->uid_range[1] = (guint32) range[1];
}

/* "VALUE" or "VALUE/MASK" */
static gboolean
read_masked (NlvSection *section, const char *key, guint64 max, guint64 *value, guint64 *mask)
{
  g_autofree char *text = nlv_section_take (section, key);
  g_auto (GStrv) parts = text != NULL ? g_strsplit (g_strstrip (text), "/", 2) : NULL;

  *mask = max;
  if (text == NULL)
    return FALSE;
  if (parts[0] != NULL && nlv_names_to_value (NULL, parts[0], max, value) &&
      (parts[1] == NULL || nlv_names_to_value (NULL, parts[1], max, mask)))
    return TRUE;
  nlv_section_fault (section, key, "“%s”: expected a number, or two as in 0x1/0xff, up to %" G_GUINT64_FORMAT, text,
                     max);
  return FALSE;
}

static void
read_masks (NlvSection *section, NlvRule *rule)
{
  guint64 value, mask;

  if (read_masked (section, "mark", G_MAXUINT32, &value, &mask))
    {
      rule->mark = (guint32) value;
      rule->mask = (guint32) mask;
    }
  rule->has_dscp = read_masked (section, "dscp", MAX_DSCP, &value, &mask);
  if (rule->has_dscp)
    {
      rule->dscp = (guint8) value;
      rule->dscp_mask = (guint8) mask;
    }
  rule->has_flow_label = read_masked (section, "flow-label", MAX_FLOW_LABEL, &value, &mask);
  if (rule->has_flow_label)
    {
      rule->flow_label = (guint32) value;
      rule->flow_label_mask = (guint32) mask;
    }
}

static void
read_family (NlvSection *section, NlvRule *rule)
{
  guint64 family;

  if (nlv_read_number (section, "family", nlv_names_family, G_MAXUINT8, &family))
    rule->family = (guint8) family;
}

static gboolean
is_multicast_family (guint8 family)
{
  return family == RTNL_FAMILY_IPMR || family == RTNL_FAMILY_IP6MR;
}

/* from and to, which tell the family if nothing else does. */
static void
read_prefixes (NlvSection *section, NlvRule *rule)
{
  guint8 family = rule->family;

  if (is_multicast_family (family))
    family = family == RTNL_FAMILY_IPMR ? AF_INET : AF_INET6;
  nlv_read_prefix (section, "from", &family, &rule->source, &rule->source_length);
  nlv_read_prefix (section, "to", &family, &rule->destination, &rule->destination_length);
  if (!is_multicast_family (rule->family))
    rule->family = family;
  if (family == 0 && !nlv_section_has (section, "family"))
    nlv_section_fault (section, NULL, "expected the key family, from or to: is it about IPv4 or IPv6?");
  else if (family != 0 && family != AF_INET && family != AF_INET6)
    nlv_section_fault (section, "family", "expected ipv4, ipv6, ipv4-multicast or ipv6-multicast");
}

/* About fib_default_rule_pref(): in front of all rules but the first. */
static void
set_priority (NlvTableReader *reader, NlvSection *section, NlvRule *rule)
{
  guint32 *lowest = &reader->lowest_rule[rule->family == AF_INET ? 0 : 1];

  if (is_multicast_family (rule->family))
    return;
  if (!nlv_section_has (section, "priority"))
    rule->priority = *lowest - 1;
  if (rule->priority > 0)
    *lowest = MIN (*lowest, MAX (rule->priority, 2));
}

void
nlv_rule_read (NlvTableReader *reader, NlvSection *section)
{
  NlvRule rule = { .action = FR_ACT_TO_TBL };

  if (nlv_section_has (section, "goto"))
    rule.action = FR_ACT_GOTO;
  nlv_fields_read (first_fields, G_N_ELEMENTS (first_fields), section, &rule);
  set_defaults (&rule);
  read_family (section, &rule);
  read_prefixes (section, &rule);
  nlv_fields_read (fields, G_N_ELEMENTS (fields), section, &rule);
  set_priority (reader, section, &rule);
  read_masks (section, &rule);
  read_ports (section, "source-ports", rule.source_port);
  read_ports (section, "destination-ports", rule.destination_port);
  read_uids (section, &rule);
  nlv_read_raw_attrs (section, &rule.extra);
  if (section->faulty)
    nlv_rule_clear (&rule);
  else
    nlv_network_add_rule (reader->network, &rule);
}

/* --- writing ----------------------------------------------------------------------- */

static void
write_range (GString *text, const char *key, guint64 first, guint64 last)
{
  g_string_append_printf (text, "%s=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "\n", key, first, last);
}

static void
write_masked (GString *text, const char *key, guint32 value, guint32 mask)
{
  g_string_append_printf (text, "%s=0x%x/0x%x\n", key, value, mask);
}

static void
write_rule (GString *text, const NlvRule *rule, guint number)
{
  NlvRule zero = { .action = FR_ACT_TO_TBL }, reference = { .action = rule->action, .l3mdev = rule->l3mdev };
  guint8 family = rule->family;

  if (is_multicast_family (family))
    family = family == RTNL_FAMILY_IPMR ? AF_INET : AF_INET6;
  set_defaults (&reference);
  reference.priority = ~rule->priority; /* always written */
  if (rule->goto_target != 0)
    zero.action = FR_ACT_GOTO;
  g_string_append_printf (text, "\n[rule %u]\n", number);
  nlv_write_named (text, "family", nlv_names_family, rule->family);
  if (rule->source_length != 0)
    nlv_write_prefix (text, "from", family, &rule->source, rule->source_length);
  if (rule->destination_length != 0)
    nlv_write_prefix (text, "to", family, &rule->destination, rule->destination_length);
  nlv_fields_write (first_fields, G_N_ELEMENTS (first_fields), rule, &zero, text);
  nlv_fields_write (fields, G_N_ELEMENTS (fields), rule, &reference, text);
  if (rule->mark != 0 || rule->mask != 0)
    write_masked (text, "mark", rule->mark, rule->mask);
  if (rule->has_dscp)
    write_masked (text, "dscp", rule->dscp, rule->dscp_mask);
  if (rule->has_flow_label)
    write_masked (text, "flow-label", rule->flow_label, rule->flow_label_mask);
  if (rule->source_port[0] != 0 || rule->source_port[1] != 0)
    write_range (text, "source-ports", rule->source_port[0], rule->source_port[1]);
  if (rule->destination_port[0] != 0 || rule->destination_port[1] != 0)
    write_range (text, "destination-ports", rule->destination_port[0], rule->destination_port[1]);
  if (rule->has_uid_range)
    write_range (text, "uid-range", rule->uid_range[0], rule->uid_range[1]);
  nlv_write_raw_attrs (text, rule->extra);
}

void
nlv_rules_write (NlvNetwork *network, GString *text)
{
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    write_rule (text, nlv_network_get_rule (network, i), i + 1);
}

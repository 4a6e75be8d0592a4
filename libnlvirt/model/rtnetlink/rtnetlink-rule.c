/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETRULE: fib_nl_dumprule() and fib_nl_fill_rule(). */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <string.h>

/* fib_valid_dumprule_req() */
static int
check_dump (NlvWalk *walk)
{
  struct fib_rule_hdr header;

  if (!walk->dump.caller.strict)
    return 0;
  if (!nlv_request_header (&walk->request, &header, sizeof header))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid header for fib rule dump request");
  if (header.dst_len != 0 || header.src_len != 0 || header.tos != 0 || header.table != 0 || header.res1 != 0 ||
      header.res2 != 0 || header.action != 0 || header.flags != 0)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid values in header for fib rule dump request");
  if (nlv_request_body (&walk->request).len > sizeof header)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid data after header in fib rule dump request");
  return 0;
}

static gboolean
has_target (NlvNetwork *network, const NlvRule *rule)
{
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const NlvRule *other = nlv_network_get_rule (network, i);
      if (other->family == rule->family && other->priority == rule->goto_target)
        return TRUE;
    }
  return FALSE;
}

guint32
nlv_rule_flags (NlvNetwork *network, const NlvRule *rule)
{
  guint32 flags = rule->flags;

  if (rule->action == FR_ACT_GOTO && !has_target (network, rule))
    flags |= FIB_RULE_UNRESOLVED;
  if (rule->input[0] != '\0' && nlv_network_find_link_by_own_name (network, rule->input) == NULL)
    flags |= FIB_RULE_IIF_DETACHED;
  if (rule->output[0] != '\0' && nlv_network_find_link_by_own_name (network, rule->output) == NULL)
    flags |= FIB_RULE_OIF_DETACHED;
  return flags;
}

static gboolean
has_ports (const guint16 range[2])
{
  return range[0] != 0 || range[1] != 0;
}

/* Only a single port has a mask. */
static void
put_ports (NlvWriter *writer, guint16 range_type, const guint16 range[2], guint16 mask_type, guint16 mask)
{
  if (!has_ports (range))
    return;
  nlv_put (writer, range_type, range, 2 * sizeof *range);
  if (range[0] == range[1])
    nlv_put_u16 (writer, mask_type, mask != 0 ? mask : G_MAXUINT16);
}

static void
put_selectors (NlvWriter *writer, const NlvRule *rule)
{
  if (rule->input[0] != '\0')
    nlv_put_string (writer, FRA_IIFNAME, rule->input);
  if (rule->output[0] != '\0')
    nlv_put_string (writer, FRA_OIFNAME, rule->output);
  if (rule->priority != 0)
    nlv_put_u32 (writer, FRA_PRIORITY, rule->priority);
  if (rule->mark != 0)
    nlv_put_u32 (writer, FRA_FWMARK, rule->mark);
  if (rule->mark != 0 || rule->mask != 0)
    nlv_put_u32 (writer, FRA_FWMASK, rule->mask);
  if (rule->goto_target != 0)
    nlv_put_u32 (writer, FRA_GOTO, rule->goto_target);
  if (rule->tunnel_id != 0)
    nlv_put_u64 (writer, FRA_TUN_ID, GUINT64_TO_BE (rule->tunnel_id));
  if (rule->l3mdev)
    nlv_put_u8 (writer, FRA_L3MDEV, 1);
  if (rule->has_uid_range)
    nlv_put (writer, FRA_UID_RANGE, rule->uid_range, sizeof rule->uid_range);
  put_ports (writer, FRA_SPORT_RANGE, rule->source_port, NLV_FRA_SPORT_MASK, rule->source_port_mask);
  put_ports (writer, FRA_DPORT_RANGE, rule->destination_port, NLV_FRA_DPORT_MASK, rule->destination_port_mask);
  if (rule->ip_protocol != 0)
    nlv_put_u8 (writer, FRA_IP_PROTO, rule->ip_protocol);
}

void
nlv_rule_message (NlvNetwork *network, NlvWriter *writer, struct fib_rule_hdr *header, const NlvRule *rule)
{
  gboolean ip = rule->family == AF_INET || rule->family == AF_INET6;

  header->family = rule->family;
  header->dst_len = rule->destination_length;
  header->src_len = rule->source_length;
  header->tos = rule->tos;
  header->table = nlv_table_byte (rule->table);
  header->action = rule->action;
  header->flags = nlv_rule_flags (network, rule);

  nlv_put_u32 (writer, FRA_TABLE, rule->table);
  nlv_put_u32 (writer, FRA_SUPPRESS_PREFIXLEN, rule->suppress_prefix_length);
  nlv_put_u8 (writer, FRA_PROTOCOL, rule->protocol);
  put_selectors (writer, rule);
  if (rule->suppress_group != G_MAXUINT32)
    nlv_put_u32 (writer, FRA_SUPPRESS_IFGROUP, rule->suppress_group);
  if (rule->has_dscp)
    {
      nlv_put_u8 (writer, NLV_FRA_DSCP, rule->dscp);
      nlv_put_u8 (writer, NLV_FRA_DSCP_MASK, rule->dscp_mask);
    }
  if (rule->has_flow_label)
    {
      nlv_put_u32 (writer, NLV_FRA_FLOWLABEL, GUINT32_TO_BE (rule->flow_label));
      nlv_put_u32 (writer, NLV_FRA_FLOWLABEL_MASK, GUINT32_TO_BE (rule->flow_label_mask));
    }
  if (ip && rule->destination_length > 0)
    nlv_put_ip (writer, FRA_DST, &rule->destination, rule->family);
  if (ip && rule->source_length > 0)
    nlv_put_ip (writer, FRA_SRC, &rule->source, rule->family);
  if (rule->family == AF_INET && rule->realm != 0)
    nlv_put_u32 (writer, FRA_FLOW, rule->realm);
  nlv_raw_attrs_put (rule->extra, writer, sizeof *header);
}

/* dump_rules() */
static int
dump_family (NlvWalk *walk, NlvWriter *writer, guint8 family)
{
  NlvNetwork *network = walk->dump.network;

  for (guint n = nlv_network_get_n_rules (network); walk->position < n; walk->position++)
    {
      const NlvRule *rule = nlv_network_get_rule (network, walk->position);
      if (rule->family != family)
        continue;
      struct fib_rule_hdr *header = nlv_walk_begin (walk, writer, RTM_NEWRULE, 0, sizeof *header);
      if (header != NULL)
        nlv_rule_message (network, writer, header, rule);
      if (header == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_dump_rules (NlvWalk *walk, NlvWriter *writer)
{
  /* In the order in which the families register themselves. */
  static const guint8 families[] = { AF_INET, RTNL_FAMILY_IPMR, RTNL_FAMILY_IP6MR, AF_INET6 };
  int error = nlv_walk_check (walk, check_dump);

  if (error < 0)
    return error;
  if (walk->family != AF_UNSPEC && memchr (families, walk->family, sizeof families) == NULL)
    return -EAFNOSUPPORT;
  return nlv_walk_families (walk, writer, families, G_N_ELEMENTS (families), dump_family);
}

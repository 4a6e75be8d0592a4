/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWRULE and RTM_DELRULE: fib_newrule() and fib_delrule(), with what the
 * families add in fib4_rule_configure() and fib6_rule_configure(). */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

/* INET_DSCP_MASK >> 2 */
#define DSCP_BITS 0x3f
/* IPTOS_RT_MASK: the bits that a tos may have. */
#define TOS_BITS 0x1c
#define ECN_BITS 0x03

#define KIND(which)                                                                                                    \
  {                                                                                                                    \
    .kind = NLV_KIND_##which                                                                                           \
  }
#define LEN(bytes)                                                                                                     \
  {                                                                                                                    \
    .kind = NLV_KIND_UNSPEC, .len = bytes                                                                              \
  }
#define NAME                                                                                                           \
  {                                                                                                                    \
    .kind = NLV_KIND_STRING, .len = IFNAMSIZ - 1                                                                       \
  }

static const NlvPolicy policy[NLV_FRA_MAX + 1] = {
  [FRA_UNSPEC] = { .min = FRA_DPORT_RANGE + 1 },
  [FRA_IIFNAME] = NAME,
  [FRA_OIFNAME] = NAME,
  [FRA_PRIORITY] = KIND (U32),
  [FRA_FWMARK] = KIND (U32),
  [FRA_FLOW] = KIND (U32),
  [FRA_TUN_ID] = KIND (U64),
  [FRA_FWMASK] = KIND (U32),
  [FRA_TABLE] = KIND (U32),
  [FRA_SUPPRESS_PREFIXLEN] = KIND (U32),
  [FRA_SUPPRESS_IFGROUP] = KIND (U32),
  [FRA_GOTO] = KIND (U32),
  [FRA_L3MDEV] = KIND (U8),
  [FRA_UID_RANGE] = LEN (8),
  [FRA_PROTOCOL] = KIND (U8),
  [FRA_IP_PROTO] = KIND (U8),
  [FRA_SPORT_RANGE] = LEN (4),
  [FRA_DPORT_RANGE] = LEN (4),
  [NLV_FRA_DSCP] = { .kind = NLV_KIND_U8, .bounded = TRUE, .max = DSCP_BITS },
  [NLV_FRA_FLOWLABEL] = KIND (BE32),
  [NLV_FRA_FLOWLABEL_MASK] = KIND (BE32),
  [NLV_FRA_SPORT_MASK] = KIND (U16),
  [NLV_FRA_DPORT_MASK] = KIND (U16),
  [NLV_FRA_DSCP_MASK] = { .kind = NLV_KIND_U8, .mask = DSCP_BITS },
};

/* A rule that is asked for: struct fib_rule before it is in the list. */
typedef struct
{
  NlvChange change;
  struct fib_rule_hdr header;
  NlvAttr attrs[NLV_FRA_MAX + 1];
  NlvRule rule;
  gboolean has_priority;
} Asked;

static gboolean
has (const Asked *asked, guint type)
{
  return nlv_attr_present (&asked->attrs[type]);
}

static guint32
number (const Asked *asked, guint type, guint32 otherwise)
{
  return has (asked, type) ? nlv_attr_u32 (&asked->attrs[type]) : otherwise;
}

static int
refuse (Asked *asked, const char *words)
{
  return nlv_change_refuse (&asked->change, -EINVAL, words);
}

static int
refuse_attr (Asked *asked, guint type, const char *words)
{
  return nlv_change_refuse_attr (&asked->change, -EINVAL, words, &asked->attrs[type]);
}

/* rules_ops->addr_size; 0 for what has no rules. */
static gsize
address_size (guint8 family)
{
  switch (family)
    {
      case AF_INET:
      case RTNL_FAMILY_IPMR:
        return 4;
      case AF_INET6:
      case RTNL_FAMILY_IP6MR:
        return 16;
      default:
        return 0;
    }
}

static int
parse (const NlvRequest *request, Asked *asked)
{
  int error;

  *asked = (Asked){ 0 };
  nlv_change_init_request (&asked->change, request);
  if (!nlv_request_header (request->message, &asked->header, sizeof asked->header))
    return refuse (asked, "Invalid msg length");
  if (address_size (asked->header.family) == 0)
    return nlv_change_refuse (&asked->change, -EAFNOSUPPORT, "Rule family not supported");
  error = nlv_request_attrs (request->message, sizeof asked->header, asked->attrs, NLV_FRA_MAX, policy,
                             NLV_VALIDATE_LIBERAL, request->extack);
  return error < 0 ? nlv_change_refuse (&asked->change, error, "Error parsing msg") : 0;
}

/* --- what all families read --------------------------------------------------- */

static gboolean
read_prefix (Asked *asked, guint type, guint8 length, guint8 *out_length, NlvIp *out)
{
  const NlvAttr *attr = &asked->attrs[type];
  gsize size = address_size (asked->header.family);

  if (length == 0)
    return TRUE;
  if (!nlv_attr_present (attr) || length > size * 8 || attr->payload.len != size)
    return FALSE;
  if (asked->rule.family != AF_INET && asked->rule.family != AF_INET6)
    return TRUE;
  *out_length = length;
  nlv_attr_copy (attr, out, sizeof *out);
  return TRUE;
}

static void
read_name (const NlvAttr *attr, char name[IFNAMSIZ])
{
  g_autofree char *text = nlv_attr_present (attr) ? nlv_attr_dup_string (attr) : NULL;

  if (text != NULL)
    g_strlcpy (name, text, IFNAMSIZ);
}

static void
read_marks (Asked *asked)
{
  NlvRule *rule = &asked->rule;

  rule->mark = number (asked, FRA_FWMARK, 0);
  rule->mask = number (asked, FRA_FWMASK, rule->mark != 0 ? G_MAXUINT32 : 0);
  rule->tunnel_id = has (asked, FRA_TUN_ID) ? GUINT64_FROM_BE (nlv_attr_u64 (&asked->attrs[FRA_TUN_ID])) : 0;
}

static int
read_action (Asked *asked)
{
  NlvRule *rule = &asked->rule;

  if (has (asked, FRA_L3MDEV))
    {
      if (nlv_attr_u8 (&asked->attrs[FRA_L3MDEV]) != 1)
        return refuse (asked, "Invalid l3mdev attribute");
      rule->l3mdev = TRUE;
    }
  rule->action = asked->header.action;
  rule->flags = asked->header.flags;
  rule->table = number (asked, FRA_TABLE, asked->header.table);
  rule->suppress_prefix_length = number (asked, FRA_SUPPRESS_PREFIXLEN, G_MAXUINT32);
  rule->suppress_group = number (asked, FRA_SUPPRESS_IFGROUP, G_MAXUINT32);
  if (has (asked, FRA_GOTO))
    {
      if (rule->action != FR_ACT_GOTO)
        return refuse (asked, "Unexpected goto");
      rule->goto_target = number (asked, FRA_GOTO, 0);
    }
  else if (rule->action == FR_ACT_GOTO)
    return refuse (asked, "Missing goto target for action goto");
  if (rule->l3mdev && rule->table != 0)
    return refuse (asked, "l3mdev and table are mutually exclusive");
  return 0;
}

/* nla_get_kuid_range() */
static int
read_uids (Asked *asked)
{
  NlvRule *rule = &asked->rule;

  if (!has (asked, FRA_UID_RANGE))
    return 0;
  nlv_attr_copy (&asked->attrs[FRA_UID_RANGE], rule->uid_range, sizeof rule->uid_range);
  rule->has_uid_range = TRUE;
  if (rule->uid_range[0] == G_MAXUINT32 || rule->uid_range[1] == G_MAXUINT32 || rule->uid_range[0] > rule->uid_range[1])
    return refuse (asked, "Invalid uid range");
  return 0;
}

/* nla_get_port_range() and fib_nl2rule_port_mask() */
static int
read_ports (Asked *asked, guint range_type, guint mask_type, guint16 range[2], guint16 *kept_mask, const char *words)
{
  guint16 mask;

  if (has (asked, range_type))
    {
      nlv_attr_copy (&asked->attrs[range_type], range, 2 * sizeof *range);
      if (range[0] == 0 || range[1] == G_MAXUINT16 || range[0] > range[1])
        return refuse (asked, words);
    }
  if (!has (asked, mask_type))
    return 0;
  mask = nlv_attr_u16 (&asked->attrs[mask_type]);
  if (range[0] == 0)
    return refuse_attr (asked, mask_type, "Cannot specify port mask without port value");
  if (range[0] != range[1])
    return refuse_attr (asked, mask_type, "Cannot specify port mask for port range");
  if ((range[0] & ~mask) != 0)
    return refuse_attr (asked, mask_type, "Invalid port mask");
  *kept_mask = mask != G_MAXUINT16 ? mask : 0;
  return 0;
}

/* fib_default_rule_pref(): before the second rule. */
static guint32
default_priority (NlvNetwork *network, guint8 family)
{
  guint n = 0;

  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const NlvRule *rule = nlv_network_get_rule (network, i);

      if (rule->family == family && ++n == 2)
        return rule->priority > 0 ? rule->priority - 1 : 0;
    }
  return 0;
}

/* fib_nl2rule() and fib_nl2rule_rtnl() */
static int
read_rule (Asked *asked)
{
  const struct fib_rule_hdr *header = &asked->header;
  NlvRule *rule = &asked->rule;
  int error;

  rule->family = header->family;
  if (!read_prefix (asked, FRA_SRC, header->src_len, &rule->source_length, &rule->source))
    return refuse (asked, "Invalid source address");
  if (!read_prefix (asked, FRA_DST, header->dst_len, &rule->destination_length, &rule->destination))
    return refuse (asked, "Invalid dst address");
  asked->has_priority = has (asked, FRA_PRIORITY);
  rule->priority = number (asked, FRA_PRIORITY, 0);
  rule->protocol = has (asked, FRA_PROTOCOL) ? nlv_attr_u8 (&asked->attrs[FRA_PROTOCOL]) : RTPROT_UNSPEC;
  read_name (&asked->attrs[FRA_IIFNAME], rule->input);
  read_name (&asked->attrs[FRA_OIFNAME], rule->output);
  read_marks (asked);
  error = read_action (asked);
  if (error == 0)
    error = read_uids (asked);
  rule->ip_protocol = has (asked, FRA_IP_PROTO) ? nlv_attr_u8 (&asked->attrs[FRA_IP_PROTO]) : 0;
  if (error == 0)
    error = read_ports (asked, FRA_SPORT_RANGE, NLV_FRA_SPORT_MASK, rule->source_port, &rule->source_port_mask,
                        "Invalid sport range");
  if (error == 0)
    error = read_ports (asked, FRA_DPORT_RANGE, NLV_FRA_DPORT_MASK, rule->destination_port,
                        &rule->destination_port_mask, "Invalid dport range");
  if (error != 0)
    return error;
  if (!asked->has_priority)
    rule->priority = default_priority (asked->change.network, rule->family);
  if (rule->action == FR_ACT_GOTO && rule->goto_target <= rule->priority)
    return refuse (asked, "Backward goto not supported");
  return 0;
}

/* --- what each family reads ------------------------------------------------------ */

static guint8
byte (const Asked *asked, guint type, guint8 otherwise)
{
  return has (asked, type) ? nlv_attr_u8 (&asked->attrs[type]) : otherwise;
}

/* fib4_nl2rule_dscp() and _mask(), and their sisters */
static int
read_dscp (Asked *asked)
{
  NlvRule *rule = &asked->rule;

  rule->has_dscp = has (asked, NLV_FRA_DSCP);
  if (rule->has_dscp && rule->tos != 0)
    return refuse (asked, "Cannot specify both TOS and DSCP");
  if (has (asked, NLV_FRA_DSCP_MASK) && !rule->has_dscp)
    return refuse_attr (asked, NLV_FRA_DSCP_MASK, "Cannot specify DSCP mask without DSCP value");
  rule->dscp = byte (asked, NLV_FRA_DSCP, 0);
  rule->dscp_mask = rule->has_dscp ? byte (asked, NLV_FRA_DSCP_MASK, DSCP_BITS) : 0;
  if ((rule->dscp & ~rule->dscp_mask) != 0)
    return refuse_attr (asked, NLV_FRA_DSCP_MASK, "Invalid DSCP mask");
  return 0;
}

/* fib6_nl2rule_flowlabel() */
static int
read_flow_label (Asked *asked)
{
  NlvRule *rule = &asked->rule;
  NlvExtack *extack = asked->change.extack;
  guint missing = has (asked, NLV_FRA_FLOWLABEL) ? NLV_FRA_FLOWLABEL_MASK : NLV_FRA_FLOWLABEL;

  rule->has_flow_label = has (asked, NLV_FRA_FLOWLABEL) || has (asked, NLV_FRA_FLOWLABEL_MASK);
  if (!rule->has_flow_label)
    return 0;
  if (!has (asked, missing))
    {
      extack->has_miss_type = TRUE;
      extack->miss_type = missing;
      return -EINVAL;
    }
  rule->flow_label = GUINT32_FROM_BE (number (asked, NLV_FRA_FLOWLABEL, 0));
  rule->flow_label_mask = GUINT32_FROM_BE (number (asked, NLV_FRA_FLOWLABEL_MASK, 0));
  if ((rule->flow_label & ~rule->flow_label_mask) != 0)
    return refuse_attr (asked, NLV_FRA_FLOWLABEL_MASK, "Flow label and mask do not match");
  return 0;
}

/* fib_empty_table(): the first id that has none. */
static guint32
take_empty_table (NlvFib *fib)
{
  guint32 id = 1;

  while (nlv_fib_has_table (fib, AF_INET, id))
    id++;
  nlv_fib_ensure_table (fib, AF_INET, id);
  return id;
}

/* fib_unmerge() */
static void
split_local_table (NlvNetwork *network)
{
  nlv_network_get_globals (network)->local_table = NLV_LOCAL_TABLE_OWN;
}

/* fib4_rule_configure() */
static int
configure_ipv4 (Asked *asked)
{
  NlvRule *rule = &asked->rule;
  NlvNetwork *network = asked->change.network;
  int error;

  if (has (asked, NLV_FRA_FLOWLABEL) || has (asked, NLV_FRA_FLOWLABEL_MASK))
    return refuse (asked, "Flow label cannot be specified for IPv4 FIB rules");
  if ((asked->header.tos & ECN_BITS) != 0)
    return refuse (asked, "Invalid dsfield (tos): ECN bits must be 0");
  if ((asked->header.tos & ~TOS_BITS) != 0)
    return refuse (asked, "Invalid tos");
  rule->tos = asked->header.tos;
  error = read_dscp (asked);
  if (error != 0)
    return error;
  split_local_table (network);
  if (rule->table == RT_TABLE_UNSPEC && !rule->l3mdev && rule->action == FR_ACT_TO_TBL)
    rule->table = take_empty_table (nlv_network_get_fib (network));
  rule->realm = number (asked, FRA_FLOW, 0);
  return 0;
}

/* fib6_rule_configure() */
static int
configure_ipv6 (Asked *asked)
{
  NlvRule *rule = &asked->rule;
  int error;

  if ((asked->header.tos & ECN_BITS) != 0)
    return refuse (asked, "Invalid dsfield (tos): ECN bits must be 0");
  rule->tos = asked->header.tos;
  error = read_dscp (asked);
  if (error == 0)
    error = read_flow_label (asked);
  if (error != 0)
    return error;
  if (rule->action != FR_ACT_TO_TBL || rule->l3mdev)
    return 0;
  if (rule->table == RT_TABLE_UNSPEC)
    return refuse (asked, "Invalid table");
  nlv_fib_ensure_table (nlv_network_get_fib (asked->change.network), AF_INET6, rule->table);
  return 0;
}

static int
configure (Asked *asked)
{
  switch (asked->rule.family)
    {
      case AF_INET:
        return configure_ipv4 (asked);
      case AF_INET6:
        return configure_ipv6 (asked);
      default:
        return 0;
    }
}

/* --- rules that are there ---------------------------------------------------------- */

static gboolean
equal_names (const NlvRule *a, const NlvRule *b)
{
  return strcmp (a->input, b->input) == 0 && strcmp (a->output, b->output) == 0;
}

static gboolean
equal_ports (const guint16 a[2], const guint16 b[2])
{
  return a[0] == b[0] && a[1] == b[1];
}

static guint16
port_mask (const guint16 range[2], guint16 mask)
{
  return range[0] == 0 || range[0] != range[1] ? 0 : mask != 0 ? mask : G_MAXUINT16;
}

/* fib4_rule_compare(), fib6_rule_compare(): by what the request has. */
static gboolean
family_matches (const Asked *asked, const NlvRule *rule)
{
  const NlvRule *wanted = &asked->rule;

  if (rule->family != AF_INET && rule->family != AF_INET6)
    return TRUE;
  if ((wanted->source_length != 0 && (rule->source_length != wanted->source_length ||
                                      !nlv_ip_equal (&rule->source, &wanted->source, rule->family))) ||
      (wanted->destination_length != 0 && (rule->destination_length != wanted->destination_length ||
                                           !nlv_ip_equal (&rule->destination, &wanted->destination, rule->family))))
    return FALSE;
  if (asked->header.tos != 0 && (rule->has_dscp || rule->tos != asked->header.tos))
    return FALSE;
  if (has (asked, NLV_FRA_DSCP) && (!rule->has_dscp || rule->dscp != byte (asked, NLV_FRA_DSCP, 0)))
    return FALSE;
  if (has (asked, NLV_FRA_DSCP_MASK) && (!rule->has_dscp || rule->dscp_mask != byte (asked, NLV_FRA_DSCP_MASK, 0)))
    return FALSE;
  if (rule->family == AF_INET)
    return !has (asked, FRA_FLOW) || rule->realm == number (asked, FRA_FLOW, 0);
  return (!has (asked, NLV_FRA_FLOWLABEL) ||
          rule->flow_label == GUINT32_FROM_BE (number (asked, NLV_FRA_FLOWLABEL, 0))) &&
         (!has (asked, NLV_FRA_FLOWLABEL_MASK) ||
          rule->flow_label_mask == GUINT32_FROM_BE (number (asked, NLV_FRA_FLOWLABEL_MASK, 0)));
}

/* rule_exists(), for NLM_F_EXCL */
static gboolean
is_same (const Asked *asked, const NlvRule *rule)
{
  const NlvRule *wanted = &asked->rule;

  return rule->family == wanted->family && rule->action == wanted->action && rule->table == wanted->table &&
         rule->priority == wanted->priority && equal_names (rule, wanted) && rule->mark == wanted->mark &&
         rule->suppress_group == wanted->suppress_group &&
         rule->suppress_prefix_length == wanted->suppress_prefix_length && rule->mask == wanted->mask &&
         rule->tunnel_id == wanted->tunnel_id && rule->l3mdev == wanted->l3mdev &&
         rule->has_uid_range == wanted->has_uid_range &&
         memcmp (rule->uid_range, wanted->uid_range, sizeof rule->uid_range) == 0 &&
         rule->ip_protocol == wanted->ip_protocol && rule->protocol == wanted->protocol &&
         equal_ports (rule->source_port, wanted->source_port) &&
         equal_ports (rule->destination_port, wanted->destination_port) &&
         port_mask (rule->source_port, rule->source_port_mask) ==
           port_mask (wanted->source_port, wanted->source_port_mask) &&
         port_mask (rule->destination_port, rule->destination_port_mask) ==
           port_mask (wanted->destination_port, wanted->destination_port_mask) &&
         family_matches (asked, rule);
}

static gboolean
ports_match (const guint16 wanted[2], guint16 wanted_mask, const guint16 range[2], guint16 mask)
{
  if (wanted[0] == 0)
    return TRUE;
  if (!equal_ports (range, wanted))
    return FALSE;
  return wanted[0] != wanted[1] || port_mask (range, mask) == port_mask (wanted, wanted_mask);
}

/* rule_find(): what the request does not say matches all. */
static gboolean
matches (const Asked *asked, const NlvRule *rule)
{
  const NlvRule *wanted = &asked->rule;

  return rule->family == wanted->family && (wanted->action == 0 || rule->action == wanted->action) &&
         (wanted->table == 0 || rule->table == wanted->table) &&
         (!asked->has_priority || rule->priority == wanted->priority) &&
         (wanted->input[0] == '\0' || strcmp (rule->input, wanted->input) == 0) &&
         (wanted->output[0] == '\0' || strcmp (rule->output, wanted->output) == 0) &&
         (wanted->mark == 0 || rule->mark == wanted->mark) &&
         (wanted->suppress_group == G_MAXUINT32 || rule->suppress_group == wanted->suppress_group) &&
         (wanted->suppress_prefix_length == G_MAXUINT32 ||
          rule->suppress_prefix_length == wanted->suppress_prefix_length) &&
         (wanted->mask == 0 || rule->mask == wanted->mask) &&
         (wanted->tunnel_id == 0 || rule->tunnel_id == wanted->tunnel_id) && (!wanted->l3mdev || rule->l3mdev) &&
         (!wanted->has_uid_range ||
          (rule->has_uid_range && memcmp (rule->uid_range, wanted->uid_range, sizeof rule->uid_range) == 0)) &&
         (wanted->ip_protocol == 0 || rule->ip_protocol == wanted->ip_protocol) &&
         (wanted->protocol == 0 || rule->protocol == wanted->protocol) &&
         ports_match (wanted->source_port, wanted->source_port_mask, rule->source_port, rule->source_port_mask) &&
         ports_match (wanted->destination_port, wanted->destination_port_mask, rule->destination_port,
                      rule->destination_port_mask) &&
         family_matches (asked, rule);
}

static NlvRule *
find (const Asked *asked, gboolean (*accept) (const Asked *asked, const NlvRule *rule))
{
  NlvNetwork *network = asked->change.network;

  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      NlvRule *rule = nlv_network_get_rule (network, i);

      if (accept (asked, rule))
        return rule;
    }
  return NULL;
}

/* notify_rule_change() */
static void
tell (NlvChange *change, const NlvRule *rule, guint16 type)
{
  gboolean ipv4 = rule->family == AF_INET || rule->family == RTNL_FAMILY_IPMR;
  guint group = ipv4 ? RTNLGRP_IPV4_RULE : RTNLGRP_IPV6_RULE;
  struct fib_rule_hdr *header;
  NlvWriter writer;

  header = nlv_event_begin (change, &writer, group, type, 0, TRUE, sizeof *header);
  if (header == NULL)
    return;
  nlv_rule_message (change->network, &writer, header, rule);
  nlv_event_send (change, &writer, group, TRUE);
}

int
nlv_newrule (const NlvRequest *request)
{
  Asked asked;
  int error = parse (request, &asked);

  if (error == 0)
    error = read_rule (&asked);
  if (error != 0)
    return error;
  if ((request->message->header.nlmsg_flags & NLM_F_EXCL) != 0 && find (&asked, is_same) != NULL)
    return -EEXIST;
  error = configure (&asked);
  if (error == 0)
    tell (&asked.change, nlv_network_add_rule (request->network, &asked.rule), RTM_NEWRULE);
  return error;
}

int
nlv_delrule (const NlvRequest *request)
{
  Asked asked;
  NlvRule *rule;
  NlvRule gone;
  int error = parse (request, &asked);

  if (error == 0)
    error = read_rule (&asked);
  if (error != 0)
    return error;
  rule = find (&asked, matches);
  if (rule == NULL)
    return -ENOENT;
  if ((rule->flags & FIB_RULE_PERMANENT) != 0)
    return -EPERM;
  if (rule->family == AF_INET)
    split_local_table (request->network);
  /* Its flags tell what is true without it. */
  gone = *rule;
  gone.extra = nlv_raw_attrs_copy (rule->extra);
  nlv_network_remove_rule (request->network, rule);
  tell (&asked.change, &gone, RTM_DELRULE);
  nlv_rule_clear (&gone);
  return 0;
}

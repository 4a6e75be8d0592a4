/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Addresses, rules and neighbours. */
#include "model/capture/capture-private.h"
#include "model/fib-keys.h"

#include <string.h>

/* --- addresses ---------------------------------------------------------------------- */

/* What a lifetime was when it was set. */
static guint32
whole_lifetime (guint32 remaining, guint32 seconds)
{
  if (remaining == G_MAXUINT32 || remaining == 0)
    return remaining;
  return remaining > G_MAXUINT32 - 1 - seconds ? G_MAXUINT32 - 1 : remaining + seconds;
}

static void
read_lifetimes (const NlvAttr *attr, guint64 now, NlvAddress *address)
{
  struct ifa_cacheinfo info;
  guint32 seconds;

  nlv_attr_copy (attr, &info, sizeof info);
  address->created = info.cstamp;
  address->updated = info.tstamp;
  seconds = now > info.tstamp ? (now - info.tstamp) / 100 : 0;
  address->preferred_lifetime = whole_lifetime (info.ifa_prefered, seconds);
  address->valid_lifetime = info.ifa_valid;
  if (info.ifa_prefered != G_MAXUINT32)
    address->valid_lifetime = whole_lifetime (info.ifa_valid, seconds);
  /* One that has run out stays until the kernel sweeps. */
  if (address->valid_lifetime == 0)
    address->valid_lifetime = MAX (seconds, 1);
  address->preferred_lifetime = MIN (address->preferred_lifetime, address->valid_lifetime);
}

static void
read_address_attr (const NlvAttr *attr, guint64 now, NlvAddress *address)
{
  switch (attr->type)
    {
      case IFA_ADDRESS:
        address->peer = nlv_capture_ip (attr);
        break;
      case IFA_LOCAL:
        address->local = nlv_capture_ip (attr);
        break;
      case IFA_BROADCAST:
        address->broadcast = nlv_capture_ip (attr);
        address->has_broadcast = TRUE;
        break;
      case IFA_LABEL:
        nlv_capture_name (attr, address->label);
        break;
      case IFA_FLAGS:
        address->flags = nlv_attr_u32 (attr);
        break;
      case IFA_RT_PRIORITY:
        address->metric = nlv_attr_u32 (attr);
        break;
      case NLV_IFA_PROTO:
        address->protocol = nlv_attr_u8 (attr);
        break;
      case IFA_CACHEINFO:
        read_lifetimes (attr, now, address);
        break;
      default:
        break;
    }
}

void
nlv_capture_address (NlvCapture *self, const NlvMessage *message)
{
  NlvAddress address = { .preferred_lifetime = G_MAXUINT32, .valid_lifetime = G_MAXUINT32 };
  struct ifaddrmsg header;
  gboolean has_local = FALSE;
  NlvWriter writer;
  gpointer out;
  NlvSpan attrs, rest;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs) ||
      (header.ifa_family != AF_INET && header.ifa_family != AF_INET6) ||
      !nlv_capture_is_prefix (header.ifa_family, header.ifa_prefixlen) ||
      !nlv_capture_knows_link (self, header.ifa_index))
    return;
  address.family = header.ifa_family;
  address.prefix_length = header.ifa_prefixlen;
  address.flags = header.ifa_flags;
  address.scope = header.ifa_scope;
  address.link = header.ifa_index;
  for (rest = attrs; nlv_attr_next (&rest, &attr);)
    {
      read_address_attr (&attr, self->now, &address);
      has_local = has_local || attr.type == IFA_LOCAL;
    }
  /* IPv6 names the peer only where there is one, and has no label. */
  if (address.family == AF_INET6)
    {
      if (!has_local)
        address.local = address.peer;
      memset (address.label, 0, sizeof address.label);
      address.has_broadcast = FALSE;
    }
  if (nlv_ip_is_any (&address.peer, address.family))
    address.peer = address.local;

  nlv_capture_begin_reply (&writer, sizeof header, &out);
  nlv_address_message (&writer, out, &address, self->now);
  nlv_capture_compare (&writer, sizeof header, attrs, TRUE, &address.extra);
  if (address.family == AF_INET6)
    g_array_append_val (self->ipv6, address);
  else
    nlv_network_add_address (self->network, &address);
}

/* --- rules -------------------------------------------------------------------------- */

static void
read_ports (const NlvAttr *attr, guint16 ports[2])
{
  nlv_attr_copy (attr, ports, 2 * sizeof *ports);
  if (ports[0] > ports[1])
    ports[0] = ports[1] = 0;
}

static void
read_uids (const NlvAttr *attr, NlvRule *rule)
{
  nlv_attr_copy (attr, rule->uid_range, sizeof rule->uid_range);
  rule->has_uid_range = rule->uid_range[0] <= rule->uid_range[1];
  if (!rule->has_uid_range)
    rule->uid_range[0] = rule->uid_range[1] = 0;
}

/* What IPv6 and newer kernels match by. */
static void
read_rule_bits (const NlvAttr *attr, NlvRule *rule)
{
  switch (attr->type)
    {
      case NLV_FRA_SPORT_MASK:
        rule->source_port_mask = nlv_attr_u16 (attr);
        break;
      case NLV_FRA_DPORT_MASK:
        rule->destination_port_mask = nlv_attr_u16 (attr);
        break;
      case NLV_FRA_DSCP:
        rule->has_dscp = TRUE;
        rule->dscp = nlv_attr_u8 (attr);
        break;
      case NLV_FRA_DSCP_MASK:
        rule->dscp_mask = nlv_attr_u8 (attr);
        break;
      case NLV_FRA_FLOWLABEL:
        rule->has_flow_label = TRUE;
        rule->flow_label = GUINT32_FROM_BE (nlv_attr_u32 (attr));
        break;
      case NLV_FRA_FLOWLABEL_MASK:
        rule->flow_label_mask = GUINT32_FROM_BE (nlv_attr_u32 (attr));
        break;
      default:
        break;
    }
}

static void
read_rule_match (const NlvAttr *attr, NlvRule *rule)
{
  switch (attr->type)
    {
      case FRA_DST:
        rule->destination = nlv_capture_ip (attr);
        break;
      case FRA_SRC:
        rule->source = nlv_capture_ip (attr);
        break;
      case FRA_IIFNAME:
        nlv_capture_name (attr, rule->input);
        break;
      case FRA_OIFNAME:
        nlv_capture_name (attr, rule->output);
        break;
      case FRA_FWMARK:
        rule->mark = nlv_attr_u32 (attr);
        break;
      case FRA_FWMASK:
        rule->mask = nlv_attr_u32 (attr);
        break;
      case FRA_TUN_ID:
        rule->tunnel_id = GUINT64_FROM_BE (nlv_attr_u64 (attr));
        break;
      case FRA_L3MDEV:
        rule->l3mdev = nlv_attr_u8 (attr) != 0;
        break;
      case FRA_UID_RANGE:
        read_uids (attr, rule);
        break;
      case FRA_IP_PROTO:
        rule->ip_protocol = nlv_attr_u8 (attr);
        break;
      case FRA_SPORT_RANGE:
        read_ports (attr, rule->source_port);
        break;
      case FRA_DPORT_RANGE:
        read_ports (attr, rule->destination_port);
        break;
      default:
        read_rule_bits (attr, rule);
        break;
    }
}

static void
read_rule_attr (const NlvAttr *attr, NlvRule *rule)
{
  switch (attr->type)
    {
      case FRA_TABLE:
        rule->table = nlv_attr_u32 (attr);
        break;
      case FRA_PRIORITY:
        rule->priority = nlv_attr_u32 (attr);
        break;
      case FRA_GOTO:
        rule->goto_target = nlv_attr_u32 (attr);
        break;
      case FRA_SUPPRESS_PREFIXLEN:
        rule->suppress_prefix_length = nlv_attr_u32 (attr);
        break;
      case FRA_SUPPRESS_IFGROUP:
        rule->suppress_group = nlv_attr_u32 (attr);
        break;
      case FRA_FLOW:
        rule->realm = nlv_attr_u32 (attr);
        break;
      case FRA_PROTOCOL:
        rule->protocol = nlv_attr_u8 (attr);
        break;
      default:
        read_rule_match (attr, rule);
        break;
    }
}

/* Of the addresses that a rule has, 0 for what is no rule's family. */
static guint8
ip_family (guint8 family)
{
  switch (family)
    {
      case AF_INET:
      case RTNL_FAMILY_IPMR:
        return AF_INET;
      case AF_INET6:
      case RTNL_FAMILY_IP6MR:
        return AF_INET6;
      default:
        return 0;
    }
}

static gboolean
is_rule (const struct fib_rule_hdr *header)
{
  guint8 family = ip_family (header->family);

  return family != 0 && nlv_capture_is_prefix (family, header->dst_len) &&
         nlv_capture_is_prefix (family, header->src_len);
}

/* No more than belongs to it. */
static void
clean_end (const NlvRule *rule, NlvIp *ip, guint length)
{
  nlv_fib_mask_ip (ip, length > 0 ? nlv_ip_size (ip_family (rule->family)) * 8 : 0);
}

static gboolean
is_missing (NlvNetwork *network, const char *link)
{
  return link[0] != '\0' && nlv_network_find_link_by_own_name (network, link) == NULL;
}

/* The flags that the kernel may have set, for what the rule names and is not there. */
static guint32
following_flags (NlvNetwork *network, const NlvRule *rule)
{
  return (rule->action == FR_ACT_GOTO ? FIB_RULE_UNRESOLVED : 0) |
         (is_missing (network, rule->input) ? FIB_RULE_IIF_DETACHED : 0) |
         (is_missing (network, rule->output) ? FIB_RULE_OIF_DETACHED : 0);
}

void
nlv_capture_rule (NlvCapture *self, const NlvMessage *message)
{
  NlvRule rule = { .suppress_prefix_length = G_MAXUINT32, .suppress_group = G_MAXUINT32 };
  struct fib_rule_hdr header;
  NlvWriter writer;
  gpointer out;
  NlvSpan attrs, rest;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs) || !is_rule (&header))
    return;
  rule.family = header.family;
  rule.destination_length = header.dst_len;
  rule.source_length = header.src_len;
  rule.tos = header.tos;
  rule.table = header.table;
  rule.action = header.action;
  for (rest = attrs; nlv_attr_next (&rest, &attr);)
    read_rule_attr (&attr, &rule);
  rule.flags = header.flags & ~following_flags (self->network, &rule);

  clean_end (&rule, &rule.source, rule.source_length);
  clean_end (&rule, &rule.destination, rule.destination_length);
  if (rule.source_port_mask == G_MAXUINT16)
    rule.source_port_mask = 0;
  if (rule.destination_port_mask == G_MAXUINT16)
    rule.destination_port_mask = 0;

  nlv_capture_begin_reply (&writer, sizeof header, &out);
  nlv_rule_message (self->network, &writer, out, &rule);
  nlv_capture_compare (&writer, sizeof header, attrs, TRUE, &rule.extra);
  nlv_network_add_rule (self->network, &rule);
}

/* --- neighbours --------------------------------------------------------------------- */

static void
read_neighbor_attr (const NlvAttr *attr, NlvNeighbor *neighbor)
{
  switch (attr->type)
    {
      case NDA_DST:
        neighbor->destination = nlv_capture_ip (attr);
        break;
      case NDA_LLADDR:
        neighbor->address_length = MIN (attr->payload.len, sizeof neighbor->address);
        nlv_attr_copy (attr, neighbor->address, sizeof neighbor->address);
        break;
      case NDA_PROBES:
        neighbor->probes = nlv_attr_u32 (attr);
        break;
      case NDA_CACHEINFO:
        nlv_attr_copy (attr, &neighbor->times, sizeof neighbor->times);
        break;
      case NDA_PROTOCOL:
        neighbor->protocol = nlv_attr_u8 (attr);
        break;
      case NLV_NDA_FLAGS_EXT:
        neighbor->extended_flags = nlv_attr_u32 (attr);
        break;
      default:
        break;
    }
}

/* A proxy entry may be for all links. */
static gboolean
is_neighbor (NlvCapture *self, const struct ndmsg *header)
{
  gboolean is_ip = header->ndm_family == AF_INET || header->ndm_family == AF_INET6;

  if (header->ndm_ifindex == 0)
    return is_ip && (header->ndm_flags & NTF_PROXY) != 0;
  return (is_ip || header->ndm_family == AF_BRIDGE) && nlv_capture_knows_link (self, header->ndm_ifindex);
}

void
nlv_capture_neighbor (NlvCapture *self, const NlvMessage *message)
{
  NlvNeighbor neighbor = { 0 };
  struct ndmsg header;
  NlvWriter writer;
  gpointer out;
  NlvSpan attrs, rest;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs) || !is_neighbor (self, &header))
    return;
  neighbor.family = header.ndm_family;
  neighbor.flags = header.ndm_flags;
  neighbor.type = header.ndm_type;
  neighbor.state = header.ndm_state;
  neighbor.link = header.ndm_ifindex;
  neighbor.proxy = neighbor.family != AF_BRIDGE && (header.ndm_flags & NTF_PROXY) != 0;
  for (rest = attrs; nlv_attr_next (&rest, &attr);)
    read_neighbor_attr (&attr, &neighbor);

  nlv_capture_begin_reply (&writer, sizeof header, &out);
  nlv_neighbor_message (self->network, &writer, out, &neighbor);
  nlv_capture_compare (&writer, sizeof header, attrs, TRUE, &neighbor.extra);
  nlv_network_add_neighbor (self->network, &neighbor);
}

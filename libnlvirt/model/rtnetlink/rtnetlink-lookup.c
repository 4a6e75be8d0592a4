/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where a packet would go: the rules, and the tables that they name.
 * fib_rules_lookup(), fib_table_lookup(), fib6_table_lookup(). */
#include "model/fib-keys.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <string.h>

typedef struct
{
  NlvNetwork *network;
  const NlvFlow *flow;
  gboolean found;
  NlvRoute best;
  guint nexthop;
  int score;
} Search;

int
nlv_route_type_error (const NlvRoute *route)
{
  switch (route->type)
    {
      case RTN_BLACKHOLE:
        return -EINVAL;
      case RTN_UNREACHABLE:
        return -EHOSTUNREACH;
      case RTN_PROHIBIT:
        return -EACCES;
      case RTN_THROW:
        return -EAGAIN;
      case RTN_NAT:
      case RTN_XRESOLVE:
        return -EINVAL;
      default:
        return 0;
    }
}

/* Dead for want of a carrier is what only some lookups mind. */
static gboolean
is_dead (const Search *search, const NlvNexthop *nexthop)
{
  const NlvLink *link;

  if ((nexthop->flags & RTNH_F_DEAD) == 0)
    return FALSE;
  if (!search->flow->ignore_link_state || (nexthop->flags & RTNH_F_LINKDOWN) == 0)
    return TRUE;
  link = nlv_network_find_link (search->network, nexthop->link);
  return link == NULL || (link->flags & IFF_UP) == 0;
}

/* fib_lookup_good_nhc() */
static gboolean
accept_ipv4 (const NlvRoute *route, gpointer user_data)
{
  Search *search = user_data;
  const NlvFlow *flow = search->flow;

  if ((route->tos != 0 && route->tos != (flow->tos & 0xfc)) || route->scope < flow->scope)
    return FALSE;
  if (nlv_route_type_error (route) < 0)
    return TRUE;
  for (guint i = 0; i < route->n_nexthops; i++)
    {
      const NlvNexthop *nexthop = &route->nexthops[i];
      if (is_dead (search, nexthop) || (flow->output != 0 && flow->output != nexthop->link))
        continue;
      search->nexthop = i;
      return TRUE;
    }
  return FALSE;
}

/* rt6_score_route(), for a link and a gateway that answer; -1 is no way. */
static int
score_nexthop (Search *search, const NlvRoute *route, const NlvNexthop *nexthop)
{
  const NlvFlow *flow = search->flow;
  guint32 wanted = flow->input != 0 ? flow->input : flow->output;
  gboolean matches = wanted == 0 || nexthop->link == wanted;

  if (is_dead (search, nexthop) || (!matches && flow->prefer_link))
    return -1;
  /* ICMPV6_ROUTER_PREF_*: 0 medium, 1 high, 3 low. */
  int preference = route->preference == 3 ? 0 : route->preference == 1 ? 2 : 1;
  return (matches ? 2 : 0) | preference << 2;
}

/* Whether the kernel has @route before the sibling that is the best by now. */
static gboolean
comes_before (const Search *search, const NlvRoute *route)
{
  return route->ways_before > 0 && search->found && nlv_fib_may_have_siblings (&search->best) &&
         search->nexthop >= route->ways_before;
}

/* find_rr_leaf(): the best of one prefix and metric. Returns TRUE when the
 * routes get worse than what is found already. */
static gboolean
accept_ipv6 (const NlvRoute *route, gpointer user_data)
{
  Search *search = user_data;
  const NlvRoute *best = &search->best;

  if (search->found && (best->metric != route->metric || best->destination_length != route->destination_length ||
                        best->source_length != route->source_length))
    return TRUE;
  for (guint i = 0; i < route->n_nexthops; i++)
    {
      int score = score_nexthop (search, route, &route->nexthops[i]);
      if (score > search->score || (score == search->score && comes_before (search, route)))
        {
          search->score = score;
          search->found = TRUE;
          search->best = *route;
          search->nexthop = i;
        }
    }
  if (route->n_nexthops == 0 && !search->found)
    {
      search->found = TRUE;
      search->best = *route;
      search->nexthop = 0;
    }
  return FALSE;
}

/* Until the first rule is added, the local table and the main one are one trie:
 * fib_unmerge(). */
gboolean
nlv_tables_are_merged (NlvNetwork *network)
{
  NlvLocalTable known = nlv_network_get_globals (network)->local_table;
  guint n = 0;

  if (known != NLV_LOCAL_TABLE_GUESS)
    return known == NLV_LOCAL_TABLE_MERGED;
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const NlvRule *rule = nlv_network_get_rule (network, i);
      gboolean usual = rule->priority == 0 || rule->priority == 0x7ffe || rule->priority == 0x7fff;
      if (rule->family != AF_INET)
        continue;
      if (!usual || rule->protocol != RTPROT_KERNEL)
        return FALSE;
      n++;
    }
  return n == 3;
}

static void
search_ipv4 (Search *search, guint32 table)
{
  search->found = nlv_fib_lookup (nlv_network_get_fib (search->network), AF_INET, table, &search->flow->destination,
                                  NULL, accept_ipv4, search, &search->best);
}

/* The longest prefix of both tables, of equal ones that of the local table. */
static void
search_merged (Search *search)
{
  Search local = *search;

  search_ipv4 (&local, RT_TABLE_LOCAL);
  search_ipv4 (search, RT_TABLE_MAIN);
  if (!search->found || (local.found && local.best.destination_length >= search->best.destination_length))
    *search = local;
}

int
nlv_lookup_table (NlvNetwork *network, const NlvFlow *flow, guint32 table, NlvLookup *result)
{
  Search search = { .network = network, .flow = flow, .score = -1 };

  if (flow->family == AF_INET6)
    nlv_fib_lookup (nlv_network_get_fib (network), AF_INET6, table, &flow->destination, &flow->source, accept_ipv6,
                    &search, NULL);
  else if ((table == RT_TABLE_LOCAL || table == RT_TABLE_MAIN) && nlv_tables_are_merged (network))
    search_merged (&search);
  else
    search_ipv4 (&search, table);
  result->found = search.found;
  result->route = search.best;
  result->nexthop = search.nexthop;
  result->table = table;
  if (!search.found)
    return -EAGAIN;
  return flow->stop_at_throw && search.best.type == RTN_THROW ? -EHOSTUNREACH : nlv_route_type_error (&search.best);
}

/* fib_rule_port_match() */
static gboolean
port_in (guint16 port, const guint16 range[2], guint16 mask)
{
  if (range[0] == range[1] && mask != 0)
    return ((port ^ range[0]) & mask) == 0;
  return (range[0] == 0 && range[1] == 0) || (port >= range[0] && port <= range[1]);
}

static gboolean
link_is (NlvNetwork *network, const char *name, guint32 index)
{
  NlvLink *link;

  if (name[0] == '\0')
    return TRUE;
  link = nlv_network_find_link_by_own_name (network, name);
  return link != NULL && link->index == index;
}

/* fib4_rule_match(), fib6_rule_match() */
static gboolean
rule_matches_flow (const NlvRule *rule, const NlvFlow *flow)
{
  return nlv_ip_in_prefix (&flow->source, &rule->source, rule->source_length, flow->family) &&
         nlv_ip_in_prefix (&flow->destination, &rule->destination, rule->destination_length, flow->family) &&
         (rule->tos == 0 || rule->tos == (flow->tos & 0xfc)) &&
         (!rule->has_dscp || ((rule->dscp ^ flow->tos >> 2) & rule->dscp_mask) == 0) &&
         (rule->flow_label & rule->flow_label_mask) == 0 &&
         (rule->ip_protocol == 0 || rule->ip_protocol == flow->ip_protocol) &&
         port_in (flow->source_port, rule->source_port, rule->source_port_mask) &&
         port_in (flow->destination_port, rule->destination_port, rule->destination_port_mask);
}

guint32
nlv_loopback_index (NlvNetwork *network)
{
  NlvLink *first = nlv_network_get_n_links (network) > 0 ? nlv_network_get_link (network, 0) : NULL;

  return first != NULL && (first->flags & IFF_LOOPBACK) != 0 ? first->index : 1;
}

/* fib_rule_match(), before it inverts. */
static gboolean
rule_matches (NlvNetwork *network, const NlvRule *rule, const NlvFlow *flow)
{
  guint32 input = flow->input;
  guint32 uid = flow->has_uid ? flow->uid : G_MAXUINT32;

  if (input == 0)
    input = nlv_loopback_index (network);
  return link_is (network, rule->input, input) && link_is (network, rule->output, flow->output) &&
         ((rule->mark ^ flow->mark) & rule->mask) == 0 && rule->tunnel_id == 0 && !rule->l3mdev &&
         (!rule->has_uid_range || (uid >= rule->uid_range[0] && uid <= rule->uid_range[1])) &&
         rule_matches_flow (rule, flow);
}

/* fib4_rule_suppress(), fib6_rule_suppress() */
static gboolean
is_suppressed (NlvNetwork *network, const NlvRule *rule, const NlvLookup *result)
{
  const NlvRoute *route = &result->route;

  if (rule->suppress_prefix_length != G_MAXUINT32 && route->destination_length <= rule->suppress_prefix_length)
    return TRUE;
  if (rule->suppress_group == G_MAXUINT32 || route->n_nexthops == 0)
    return FALSE;
  NlvLink *link = nlv_network_find_link (network, route->nexthops[result->nexthop].link);
  return link != NULL && link->group == rule->suppress_group;
}

/* -EAGAIN goes on with the next rule. */
static int
apply_rule (NlvNetwork *network, const NlvRule *rule, const NlvFlow *flow, NlvLookup *result)
{
  int error;

  switch (rule->action)
    {
      case FR_ACT_TO_TBL:
        error = nlv_lookup_table (network, flow, rule->table, result);
        if (error == 0 && is_suppressed (network, rule, result))
          return -EAGAIN;
        return error;
      case FR_ACT_UNREACHABLE:
        return -ENETUNREACH;
      case FR_ACT_PROHIBIT:
        return -EACCES;
      case FR_ACT_GOTO:
      case FR_ACT_NOP:
        return -EAGAIN;
      case FR_ACT_BLACKHOLE:
      default:
        return -EINVAL;
    }
}

/* fib_rules_lookup(). A jump goes to the first rule of its target's priority,
 * which is higher than its own. */
int
nlv_lookup (NlvNetwork *network, const NlvFlow *flow, NlvLookup *result)
{
  guint n = nlv_network_get_n_rules (network);
  guint32 target = 0;
  gboolean jumping = FALSE;

  for (guint i = 0; i < n; i++)
    {
      const NlvRule *rule = nlv_network_get_rule (network, i);

      if (rule->family != flow->family || (jumping && rule->priority < target))
        continue;
      jumping = FALSE;
      if (rule_matches (network, rule, flow) == ((rule->flags & FIB_RULE_INVERT) != 0))
        continue;
      if (rule->action == FR_ACT_GOTO)
        {
          gboolean found = FALSE;
          for (guint j = i + 1; j < n && !found; j++)
            {
              const NlvRule *other = nlv_network_get_rule (network, j);
              found = other->family == flow->family && other->priority == rule->goto_target;
            }
          target = rule->goto_target;
          jumping = found;
          continue;
        }
      int error = apply_rule (network, rule, flow, result);
      if (error != -EAGAIN)
        {
          result->realm = error == 0 ? rule->realm : 0;
          if (error < 0)
            result->found = FALSE;
          return error;
        }
    }
  result->found = FALSE;
  result->realm = 0;
  return -ENETUNREACH;
}

/* fib_check_nh_v4_gw(): a nexthop has the scope of the route to its gateway,
 * that of the host if the gateway is the host's own. */
gboolean
nlv_nexthop_is_on_link (NlvNetwork *network, const NlvNexthop *nexthop)
{
  const NlvFlow flow = {
    .family = AF_INET,
    .scope = RT_SCOPE_LINK,
    .has_uid = TRUE,
    .output = nexthop->link,
    .destination = nexthop->gateway,
  };
  NlvLookup lookup = { 0 };

  if (nexthop->gateway_family != AF_INET || (nexthop->flags & RTNH_F_ONLINK) != 0)
    return nexthop->gateway_family != 0;
  return nlv_lookup (network, &flow, &lookup) < 0 || lookup.route.scope == RT_SCOPE_LINK;
}

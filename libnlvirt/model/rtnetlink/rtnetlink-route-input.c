/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETROUTE with RTA_IIF, IPv4: where what comes in over a link would go.
 * ip_route_input_rcu(), ip_route_input_slow() and fib_validate_source(). */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/netconf.h>
#include <netinet/in.h>

typedef struct
{
  NlvNetwork *network;
  NlvRouteQuery *query;
  NlvPath *path;
  const NlvLink *link; /* that it comes in over */
} Input;

static gint64
setting (const NlvLink *link, guint id)
{
  return nlv_link_get_setting (link, NLV_LINK_IPV4, id);
}

/* What RTM_NEWNETCONF says of all links. */
static gint64
setting_of_all (NlvNetwork *network, guint type)
{
  return nlv_settings_get (nlv_network_get_globals (network)->settings[NLV_NETWORK_IPV4_ALL], type, 0);
}

/* fib4_has_custom_rules(), and fib_num_tclassid_users() of rules: both more
 * than the source's address has to be looked at. */
static gboolean
has_custom_rules (NlvNetwork *network)
{
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    {
      const NlvRule *rule = nlv_network_get_rule (network, i);
      if (rule->family == AF_INET && (rule->protocol != RTPROT_KERNEL || rule->realm != 0))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_address (NlvNetwork *network, const NlvLink *link)
{
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      if (address->family == AF_INET && address->link == link->index)
        return TRUE;
    }
  return FALSE;
}

/* fib_nh_common's scope: that of the gateway's link, or of the host itself. */
static gboolean
is_of_host_scope (NlvNetwork *network, const NlvLookup *lookup)
{
  const NlvRoute *route = &lookup->route;

  return route->n_nexthops > 0 && !nlv_nexthop_is_on_link (network, &route->nexthops[lookup->nexthop]);
}

/* sock_net_uid() without a socket is root's. */
static void
as_root (NlvFlow *flow)
{
  flow->has_uid = TRUE;
  flow->uid = 0;
}

/* fib_combine_itag(): what the way back goes to is what this comes from. */
static guint32
realm_of_source (const NlvLookup *lookup)
{
  guint32 realm = lookup->route.n_nexthops > 0 ? lookup->route.nexthops[0].realm << 16 : 0;

  if (realm == 0)
    realm = lookup->realm << 16;
  return realm | lookup->realm >> 16;
}

/* __fib_validate_source(): the way back to the source must be over the link it
 * comes from, or at least there must be one. */
static int
validate_way_back (const Input *input, guint32 source, guint32 destination, guint32 output, gint64 filter)
{
  NlvFlow back = input->query->flow;
  NlvLookup lookup = { 0 };
  gboolean matches;

  back.source.v4 = destination;
  back.destination.v4 = source;
  back.source_port = input->query->flow.destination_port;
  back.destination_port = input->query->flow.source_port;
  back.output = 0;
  back.input = output != 0 ? output : nlv_loopback_index (input->network);
  as_root (&back);
  if (setting (input->link, NLV_IPV4_SRC_VALID_MARK) == 0)
    back.mark = 0;
  if (nlv_lookup (input->network, &back, &lookup) < 0)
    return filter != 0 ? -EXDEV : 0;
  if (lookup.route.type != RTN_UNICAST &&
      (lookup.route.type != RTN_LOCAL || setting (input->link, NLV_IPV4_ACCEPT_LOCAL) == 0))
    return -EINVAL;
  input->path->source_realm = realm_of_source (&lookup);
  matches = nlv_route_uses_link (&lookup.route, input->link->index) ||
            (lookup.route.type == RTN_LOCAL && (input->link->flags & IFF_LOOPBACK) != 0);
  if (matches)
    return is_of_host_scope (input->network, &lookup);
  if (!has_address (input->network, input->link))
    {
      input->path->source_realm = 0;
      return filter != 0 ? -EXDEV : 0;
    }
  if (filter == 1)
    return -EXDEV;
  back.output = input->link->index;
  if (nlv_lookup (input->network, &back, &lookup) == 0 && lookup.route.type == RTN_UNICAST)
    return is_of_host_scope (input->network, &lookup);
  return 0;
}

/* fib_validate_source(): 1 if the source is on the link itself. */
static int
validate_source (const Input *input, guint32 source, guint32 destination, guint32 output)
{
  NlvNetwork *network = input->network;
  gint64 filter = MAX (setting (input->link, NLV_IPV4_RP_FILTER), setting_of_all (network, NETCONFA_RP_FILTER));
  gboolean redirects = setting (input->link, NLV_IPV4_SEND_REDIRECTS) != 0;
  NlvFib *fib = nlv_network_get_fib (network);

  if (filter == 0 && !nlv_fib_has_realms (fib) && (input->link->index != output || !redirects))
    {
      if (setting (input->link, NLV_IPV4_ACCEPT_LOCAL) != 0)
        return 0;
      if (!nlv_fib_has_own_local (fib) && !has_custom_rules (network))
        return nlv_address_link_ipv4 (network, source) != 0 ? -EINVAL : 0;
    }
  return validate_way_back (input, source, destination, output, filter);
}

/* What is for this host comes to its loopback. */
static int
deliver (const Input *input, guint8 type, guint32 flags)
{
  NlvPath *path = input->path;

  path->lookup.realm = 0;
  path->type = type;
  path->flags = RTCF_LOCAL | flags;
  path->output = nlv_loopback_index (input->network);
  path->no_route = TRUE;
  return 0;
}

/* ip_route_input_mc() */
static int
input_multicast (const Input *input)
{
  const NlvFlow *flow = &input->query->flow;
  guint32 source = flow->source.v4, group = flow->destination.v4;

  if (!nlv_link_listens_to (input->network, input->link, group) ||
      (nlv_ipv4_is_loopback (source) && !nlv_link_routes_loopback (input->link)))
    return -EINVAL;
  if (source == 0 && !nlv_ipv4_is_local_multicast (group))
    return -EINVAL;
  if (source != 0 && validate_source (input, source, 0, 0) < 0)
    return -EINVAL;
  return deliver (input, RTN_MULTICAST, RTCF_MULTICAST);
}

static int
input_broadcast (const Input *input)
{
  guint32 source = input->query->flow.source.v4;

  if (source != 0 && validate_source (input, source, 0, 0) < 0)
    return -EINVAL;
  return deliver (input, RTN_BROADCAST, RTCF_BROADCAST);
}

/* __mkroute_input() */
static int
forward (const Input *input)
{
  const NlvFlow *flow = &input->query->flow;
  const NlvLookup *lookup = &input->path->lookup;
  const NlvNexthop *way = lookup->route.n_nexthops > 0 ? &lookup->route.nexthops[lookup->nexthop] : NULL;
  const NlvLink *output = way != NULL ? nlv_network_find_link (input->network, way->link) : NULL;
  int on_link;

  if (output == NULL || !nlv_link_has_ipv4 (output))
    return -EINVAL;
  on_link = validate_source (input, flow->source.v4, flow->destination.v4, output->index);
  if (on_link < 0)
    return -EINVAL;
  input->path->type = lookup->route.type;
  input->path->output = output->index;
  if (output == input->link && on_link > 0 && setting (output, NLV_IPV4_SEND_REDIRECTS) != 0)
    input->path->flags |= RTCF_DOREDIRECT;
  return 0;
}

/* The part of ip_route_input_slow() that asks the tables. */
static int
input_by_route (const Input *input)
{
  gboolean forwards = setting (input->link, NLV_IPV4_FORWARDING) != 0;
  const NlvFlow *flow = &input->query->flow;
  NlvFlow inward = *flow;
  int error;

  inward.output = 0;
  as_root (&inward);
  error = nlv_lookup (input->network, &inward, &input->path->lookup);
  if (error < 0)
    return forwards ? error : -EHOSTUNREACH;
  switch (input->path->lookup.route.type)
    {
      case RTN_BROADCAST:
        if (setting (input->link, NLV_IPV4_BC_FORWARDING) != 0 &&
            setting_of_all (input->network, NLV_NETCONFA_BC_FORWARDING) != 0)
          return forward (input);
        return input_broadcast (input);
      case RTN_LOCAL:
        if (validate_source (input, flow->source.v4, flow->destination.v4, 0) < 0)
          return -EINVAL;
        return deliver (input, RTN_LOCAL, 0);
      case RTN_UNICAST:
        return forwards ? forward (input) : -EHOSTUNREACH;
      default:
        return forwards ? -EINVAL : -EHOSTUNREACH;
    }
}

int
nlv_route_input_ipv4 (NlvRouteQuery *query, NlvPath *path)
{
  guint32 source = query->flow.source.v4, destination = query->flow.destination.v4;
  Input input = { .network = query->request->network, .query = query, .path = path };

  /* inet_rtm_getroute_build_skb(): the ports are those of a packet. */
  if (query->flow.ip_protocol == IPPROTO_ICMP)
    query->flow.source_port = query->flow.destination_port = 0;
  input.link = nlv_network_find_link (input.network, query->flow.input);
  if (input.link == NULL)
    return -ENODEV;
  if (!nlv_link_has_ipv4 (input.link) || nlv_ipv4_is_multicast (source) || source == INADDR_BROADCAST)
    return -EINVAL;
  if (nlv_ipv4_is_multicast (destination))
    return input_multicast (&input);
  if (destination == INADDR_BROADCAST || (source == 0 && destination == 0))
    return input_broadcast (&input);
  if (source == 0 || destination == 0)
    return -EINVAL;
  if ((nlv_ipv4_is_loopback (destination) || nlv_ipv4_is_loopback (source)) && !nlv_link_routes_loopback (input.link))
    return -EINVAL;
  return input_by_route (&input);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a route says of itself, one thing at a time and as one line. */
#include "nlvirt-route.h"

#include "nlvirt-nexthop.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/icmpv6.h>

/**
 * nlvirt_route_get_family: (get-property family)
 * @self: a route
 *
 * IPv4 or IPv6.
 *
 * Returns: the family
 *
 * Since: 0.1
 */
GSocketFamily
nlvirt_route_get_family (NlvirtRoute *self)
{
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), G_SOCKET_FAMILY_INVALID);
  return nlvirt_inet_family (nlvirt_route_peek_row (self)->family);
}

/**
 * nlvirt_route_get_destination: (get-property destination)
 * @self: a route
 *
 * The addresses the route is for; a length of 0 makes it a default route.
 *
 * Returns: (transfer full): the destination
 *
 * Since: 0.1
 */
GInetAddressMask *
nlvirt_route_get_destination (NlvirtRoute *self)
{
  const NlvRoute *row;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  row = nlvirt_route_peek_row (self);
  return nlvirt_inet_mask (row->family, &row->destination, row->destination_length);
}

/**
 * nlvirt_route_get_source: (get-property source)
 * @self: a route
 *
 * The source addresses the route is for, where it is not for all.
 *
 * Returns: (transfer full) (nullable): the source
 *
 * Since: 0.1
 */
GInetAddressMask *
nlvirt_route_get_source (NlvirtRoute *self)
{
  const NlvRoute *row;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  row = nlvirt_route_peek_row (self);
  if (row->source_length == 0)
    return NULL;
  return nlvirt_inet_mask (row->family, &row->source, row->source_length);
}

/**
 * nlvirt_route_get_preferred_source: (get-property preferred-source)
 * @self: a route
 *
 * The source address that packets get, where the route says so.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
GInetAddress *
nlvirt_route_get_preferred_source (NlvirtRoute *self)
{
  const NlvRoute *row;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  row = nlvirt_route_peek_row (self);
  if (!row->has_preferred_source)
    return NULL;
  return nlvirt_inet_address (row->family, &row->preferred_source);
}

/**
 * nlvirt_route_get_gateway: (get-property gateway)
 * @self: a route
 *
 * The next machine on the first way of the route, where there is one.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
GInetAddress *
nlvirt_route_get_gateway (NlvirtRoute *self)
{
  const NlvRoute *row;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  row = nlvirt_route_peek_row (self);
  if (row->n_nexthops == 0)
    return NULL;
  return nlvirt_inet_address (row->nexthops[0].gateway_family, &row->nexthops[0].gateway);
}

/**
 * nlvirt_route_get_link_index: (get-property link-index)
 * @self: a route
 *
 * The index of the interface of the first way.
 *
 * Returns: the index, or 0
 *
 * Since: 0.1
 */
guint
nlvirt_route_get_link_index (NlvirtRoute *self)
{
  const NlvRoute *row;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  row = nlvirt_route_peek_row (self);
  return row->n_nexthops > 0 ? row->nexthops[0].link : 0;
}

/**
 * nlvirt_route_get_route_type: (get-property route-type)
 * @self: a route
 *
 * What the route does.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
NlvirtRouteType
nlvirt_route_get_route_type (NlvirtRoute *self)
{
  const NlvRoute *row;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NLVIRT_ROUTE_TYPE_UNSPECIFIED);
  row = nlvirt_route_peek_row (self);
  /* A number that the kernel does not have either. */
  if (row->type > NLVIRT_ROUTE_TYPE_EXTERNAL_RESOLVE)
    return NLVIRT_ROUTE_TYPE_UNSPECIFIED;
  return (NlvirtRouteType) row->type;
}

/**
 * nlvirt_route_get_table_id: (get-property table-id)
 * @self: a route
 *
 * The routing table the route is in: 254 is the main one, 255 the local one.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
nlvirt_route_get_table_id (NlvirtRoute *self)
{
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  return nlvirt_route_peek_row (self)->table;
}

/**
 * nlvirt_route_get_metric: (get-property metric)
 * @self: a route
 *
 * The preference among routes to the same destination; lower ones win.
 *
 * Returns: the metric
 *
 * Since: 0.1
 */
guint
nlvirt_route_get_metric (NlvirtRoute *self)
{
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  return nlvirt_route_peek_row (self)->metric;
}

/**
 * nlvirt_route_get_protocol: (get-property protocol)
 * @self: a route
 *
 * Who set the route: the kernel's `RTPROT_*`.
 *
 * Returns: the protocol
 *
 * Since: 0.1
 */
guint
nlvirt_route_get_protocol (NlvirtRoute *self)
{
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  return nlvirt_route_peek_row (self)->protocol;
}

/**
 * nlvirt_route_get_scope: (get-property scope)
 * @self: a route
 *
 * How far the destination is: the kernel's `RT_SCOPE_*`.
 *
 * Returns: the scope
 *
 * Since: 0.1
 */
guint
nlvirt_route_get_scope (NlvirtRoute *self)
{
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  return nlvirt_route_peek_row (self)->scope;
}

/**
 * nlvirt_route_get_tos: (get-property tos)
 * @self: a route
 *
 * The type of service the route is for; 0 for all.
 *
 * Returns: the type of service
 *
 * Since: 0.1
 */
guint
nlvirt_route_get_tos (NlvirtRoute *self)
{
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  return nlvirt_route_peek_row (self)->tos;
}

/**
 * nlvirt_route_get_mtu: (get-property mtu)
 * @self: a route
 *
 * The largest packet the route takes, in bytes; 0 where the route does not say.
 *
 * Returns: the size
 *
 * Since: 0.1
 */
guint
nlvirt_route_get_mtu (NlvirtRoute *self)
{
  const NlvRoute *row;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  row = nlvirt_route_peek_row (self);
  return row->metrics != NULL ? row->metrics[RTAX_MTU] : 0;
}

static void
append_destination (GString *out, const NlvRoute *row)
{
  if (row->type != RTN_UNICAST)
    {
      nlvirt_append_word (out, NLVIRT_WORD_ROUTE_TYPE, row->type);
      g_string_append_c (out, ' ');
    }
  if (row->destination_length == 0)
    g_string_append (out, "default");
  else
    nlvirt_append_prefix (out, row->family, &row->destination, row->destination_length);
  if (row->source_length != 0)
    {
      g_string_append (out, " from ");
      nlvirt_append_prefix (out, row->family, &row->source, row->source_length);
    }
  if (row->tos != 0)
    g_string_append_printf (out, " tos 0x%02x", row->tos);
}

static void
append_way (GString *out, const NlvNexthop *way, const char *link_name, guint8 family)
{
  if (way->gateway_family != 0)
    {
      g_string_append (out, " via ");
      if (way->gateway_family != family)
        g_string_append (out, way->gateway_family == AF_INET6 ? "inet6 " : "inet ");
      nlvirt_append_ip (out, way->gateway_family, &way->gateway);
    }
  if (link_name != NULL)
    g_string_append_printf (out, " dev %s", link_name);
}

static void
append_origin (GString *out, const NlvRoute *row)
{
  if (row->table != RT_TABLE_MAIN)
    {
      g_string_append (out, " table ");
      nlvirt_append_word (out, NLVIRT_WORD_TABLE, row->table);
    }
  /* Unspecified is what a route that is still to be added says. */
  if (row->protocol != RTPROT_BOOT && row->protocol != RTPROT_UNSPEC)
    {
      g_string_append (out, " proto ");
      nlvirt_append_word (out, NLVIRT_WORD_PROTOCOL, row->protocol);
    }
  if (row->scope != RT_SCOPE_UNIVERSE)
    {
      g_string_append (out, " scope ");
      nlvirt_append_word (out, NLVIRT_WORD_SCOPE, row->scope);
    }
  if (row->has_preferred_source)
    {
      g_string_append (out, " src ");
      nlvirt_append_ip (out, row->family, &row->preferred_source);
    }
  /* The kernel leaves RTA_PRIORITY 0 out for IPv4 only. */
  if (row->metric != 0 || row->family == AF_INET6)
    g_string_append_printf (out, " metric %u", row->metric);
}

/* Those that are a plain number; the times among them have a unit each. */
static void
append_metrics (GString *out, const guint32 *metrics)
{
  static const struct
  {
    guint metric;
    const char *word;
  } words[] = { { RTAX_MTU, "mtu" },           { RTAX_WINDOW, "window" },     { RTAX_SSTHRESH, "ssthresh" },
                { RTAX_CWND, "cwnd" },         { RTAX_ADVMSS, "advmss" },     { RTAX_REORDERING, "reordering" },
                { RTAX_HOPLIMIT, "hoplimit" }, { RTAX_INITCWND, "initcwnd" }, { RTAX_INITRWND, "initrwnd" },
                { RTAX_QUICKACK, "quickack" } };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (metrics[words[i].metric] != 0)
      g_string_append_printf (out, " %s %u", words[i].word, metrics[words[i].metric]);
}

/**
 * nlvirt_route_to_string:
 * @self: a route
 *
 * The route in the words of `ip route`, for people to read.
 *
 * Returns: (transfer full): one line
 *
 * Since: 0.1
 */
char *
nlvirt_route_to_string (NlvirtRoute *self)
{
  static const NlvirtFlagWord words[] = { { RTNH_F_DEAD, " dead" },
                                          { RTNH_F_ONLINK, " onlink" },
                                          { RTNH_F_PERVASIVE, " pervasive" },
                                          { RTNH_F_LINKDOWN, " linkdown" } };
  g_autoptr (GListModel) nexthops = NULL;
  const NlvRoute *row;
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  row = nlvirt_route_peek_row (self);
  out = g_string_new (NULL);
  append_destination (out, row);
  if (row->nexthop_id != 0)
    g_string_append_printf (out, " nhid %u", row->nexthop_id);
  if (row->n_nexthops == 1)
    append_way (out, &row->nexthops[0], nlvirt_route_get_link_name (self), row->family);
  append_origin (out, row);
  if (row->n_nexthops == 1)
    nlvirt_append_flags (out, words, G_N_ELEMENTS (words), row->nexthops[0].flags, "");
  if (row->metrics != NULL)
    append_metrics (out, row->metrics);
  if (row->family == AF_INET6)
    g_string_append_printf (out, " pref %s",
                            row->preference == ICMPV6_ROUTER_PREF_HIGH  ? "high"
                            : row->preference == ICMPV6_ROUTER_PREF_LOW ? "low"
                                                                        : "medium");
  nexthops = nlvirt_route_get_nexthops (self);
  for (guint i = 0; row->n_nexthops > 1 && i < row->n_nexthops; i++)
    {
      g_autoptr (NlvirtNexthop) nexthop = g_list_model_get_item (nexthops, i);
      g_autofree char *way = nlvirt_nexthop_to_string (nexthop);

      g_string_append_printf (out, " %s", way);
    }
  return g_string_free (out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nlvirt-route.h"

#include "nlvirt-enum-types.h"
#include "nlvirt-nexthop.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/icmpv6.h>

/**
 * NlvirtRoute:
 *
 * A route, as a table had it at one moment. Immutable.
 *
 * Routes come from [method@Nlvirt.Table.get_routes].
 *
 * Since: 0.1
 */
struct _NlvirtRoute
{
  GObject parent_instance;

  NlvRoute row;             /* (owned) */
  NlvirtNexthop **nexthops; /* (owned) (array length=row.n_nexthops) */
};

enum
{
  PROP_0,
  PROP_FAMILY,
  PROP_DESTINATION,
  PROP_SOURCE,
  PROP_PREFERRED_SOURCE,
  PROP_GATEWAY,
  PROP_LINK_INDEX,
  PROP_LINK_NAME,
  PROP_NEXTHOPS,
  PROP_ROUTE_TYPE,
  PROP_TABLE_ID,
  PROP_METRIC,
  PROP_PROTOCOL,
  PROP_SCOPE,
  PROP_TOS,
  PROP_MTU,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtRoute, nlvirt_route, G_TYPE_OBJECT)

static void
nlvirt_route_finalize (GObject *object)
{
  NlvirtRoute *self = NLVIRT_ROUTE (object);

  for (guint i = 0; i < self->row.n_nexthops; i++)
    g_object_unref (self->nexthops[i]);
  g_free (self->nexthops);
  nlv_route_clear (&self->row);
  G_OBJECT_CLASS (nlvirt_route_parent_class)->finalize (object);
}

static void
nlvirt_route_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtRoute *self = NLVIRT_ROUTE (object);

  switch (id)
    {
      case PROP_FAMILY:
        g_value_set_enum (value, nlvirt_route_get_family (self));
        break;
      case PROP_DESTINATION:
        g_value_take_object (value, nlvirt_route_get_destination (self));
        break;
      case PROP_SOURCE:
        g_value_take_object (value, nlvirt_route_get_source (self));
        break;
      case PROP_PREFERRED_SOURCE:
        g_value_take_object (value, nlvirt_route_get_preferred_source (self));
        break;
      case PROP_GATEWAY:
        g_value_take_object (value, nlvirt_route_get_gateway (self));
        break;
      case PROP_LINK_INDEX:
        g_value_set_uint (value, nlvirt_route_get_link_index (self));
        break;
      case PROP_LINK_NAME:
        g_value_set_string (value, nlvirt_route_get_link_name (self));
        break;
      case PROP_NEXTHOPS:
        g_value_take_object (value, nlvirt_route_get_nexthops (self));
        break;
      case PROP_ROUTE_TYPE:
        g_value_set_enum (value, nlvirt_route_get_route_type (self));
        break;
      case PROP_TABLE_ID:
        g_value_set_uint (value, nlvirt_route_get_table_id (self));
        break;
      case PROP_METRIC:
        g_value_set_uint (value, nlvirt_route_get_metric (self));
        break;
      case PROP_PROTOCOL:
        g_value_set_uint (value, nlvirt_route_get_protocol (self));
        break;
      case PROP_SCOPE:
        g_value_set_uint (value, nlvirt_route_get_scope (self));
        break;
      case PROP_TOS:
        g_value_set_uint (value, nlvirt_route_get_tos (self));
        break;
      case PROP_MTU:
        g_value_set_uint (value, nlvirt_route_get_mtu (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_route_class_init (NlvirtRouteClass *klass)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_route_finalize;
  object_class->get_property = nlvirt_route_get_property;

  /**
   * NlvirtRoute:family: (getter get_family)
   *
   * IPv4 or IPv6.
   *
   * Since: 0.1
   */
  properties[PROP_FAMILY] =
    g_param_spec_enum ("family", NULL, NULL, G_TYPE_SOCKET_FAMILY, G_SOCKET_FAMILY_INVALID, read_only);
  /**
   * NlvirtRoute:destination: (getter get_destination)
   *
   * The addresses the route is for; a length of 0 makes it a default route.
   *
   * Since: 0.1
   */
  properties[PROP_DESTINATION] = g_param_spec_object ("destination", NULL, NULL, G_TYPE_INET_ADDRESS_MASK, read_only);
  /**
   * NlvirtRoute:source: (getter get_source)
   *
   * The source addresses the route is for, where it is not for all.
   *
   * Since: 0.1
   */
  properties[PROP_SOURCE] = g_param_spec_object ("source", NULL, NULL, G_TYPE_INET_ADDRESS_MASK, read_only);
  /**
   * NlvirtRoute:preferred-source: (getter get_preferred_source)
   *
   * The source address that packets get, where the route says so.
   *
   * Since: 0.1
   */
  properties[PROP_PREFERRED_SOURCE] =
    g_param_spec_object ("preferred-source", NULL, NULL, G_TYPE_INET_ADDRESS, read_only);
  /**
   * NlvirtRoute:gateway: (getter get_gateway)
   *
   * The next machine on the first way of the route, where there is one.
   *
   * Since: 0.1
   */
  properties[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, G_TYPE_INET_ADDRESS, read_only);
  /**
   * NlvirtRoute:link-index: (getter get_link_index)
   *
   * The index of the interface of the first way.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_INDEX] = g_param_spec_uint ("link-index", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtRoute:link-name: (getter get_link_name)
   *
   * The name of the interface of the first way, when this row was read.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_NAME] = g_param_spec_string ("link-name", NULL, NULL, NULL, read_only);
  /**
   * NlvirtRoute:nexthops: (getter get_nexthops)
   *
   * The ways of the route.
   *
   * Since: 0.1
   */
  properties[PROP_NEXTHOPS] = g_param_spec_object ("nexthops", NULL, NULL, G_TYPE_LIST_MODEL, read_only);
  /**
   * NlvirtRoute:route-type: (getter get_route_type)
   *
   * What the route does.
   *
   * Since: 0.1
   */
  properties[PROP_ROUTE_TYPE] =
    g_param_spec_enum ("route-type", NULL, NULL, NLVIRT_TYPE_ROUTE_TYPE, NLVIRT_ROUTE_TYPE_UNSPECIFIED, read_only);
  /**
   * NlvirtRoute:table-id: (getter get_table_id)
   *
   * The routing table the route is in: 254 is the main one, 255 the local one.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE_ID] = g_param_spec_uint ("table-id", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtRoute:metric: (getter get_metric)
   *
   * The preference among routes to the same destination; lower ones win.
   *
   * Since: 0.1
   */
  properties[PROP_METRIC] = g_param_spec_uint ("metric", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtRoute:protocol: (getter get_protocol)
   *
   * Who set the route: the kernel's `RTPROT_*`.
   *
   * Since: 0.1
   */
  properties[PROP_PROTOCOL] = g_param_spec_uint ("protocol", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtRoute:scope: (getter get_scope)
   *
   * How far the destination is: the kernel's `RT_SCOPE_*`.
   *
   * Since: 0.1
   */
  properties[PROP_SCOPE] = g_param_spec_uint ("scope", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtRoute:tos: (getter get_tos)
   *
   * The type of service the route is for; 0 for all.
   *
   * Since: 0.1
   */
  properties[PROP_TOS] = g_param_spec_uint ("tos", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtRoute:mtu: (getter get_mtu)
   *
   * The largest packet the route takes, in bytes; 0 where the route does not say.
   *
   * Since: 0.1
   */
  properties[PROP_MTU] = g_param_spec_uint ("mtu", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_route_init (NlvirtRoute *self)
{
}

NlvirtRoute *
nlvirt_route_new_for_row (NlvNetwork *network, const NlvRoute *row)
{
  NlvirtRoute *self = g_object_new (NLVIRT_TYPE_ROUTE, NULL);

  nlv_route_copy (row, &self->row);
  self->nexthops = g_new (NlvirtNexthop *, row->n_nexthops);
  for (guint i = 0; i < row->n_nexthops; i++)
    self->nexthops[i] = nlvirt_nexthop_new_for_way (network, &row->nexthops[i]);
  return self;
}

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
  return nlvirt_inet_family (self->row.family);
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
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  return nlvirt_inet_mask (self->row.family, &self->row.destination, self->row.destination_length);
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
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  if (self->row.source_length == 0)
    return NULL;
  return nlvirt_inet_mask (self->row.family, &self->row.source, self->row.source_length);
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
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  if (!self->row.has_preferred_source)
    return NULL;
  return nlvirt_inet_address (self->row.family, &self->row.preferred_source);
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
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  if (self->row.n_nexthops == 0)
    return NULL;
  return nlvirt_inet_address (self->row.nexthops[0].gateway_family, &self->row.nexthops[0].gateway);
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
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  return self->row.n_nexthops > 0 ? self->row.nexthops[0].link : 0;
}

/**
 * nlvirt_route_get_link_name: (get-property link-name)
 * @self: a route
 *
 * The name of the interface of the first way, when this row was read.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_route_get_link_name (NlvirtRoute *self)
{
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  if (self->row.n_nexthops == 0)
    return NULL;
  return nlvirt_nexthop_get_link_name (self->nexthops[0]);
}

/**
 * nlvirt_route_get_nexthops: (get-property nexthops)
 * @self: a route
 *
 * The ways of the route.
 *
 * Returns: (transfer full): a list of [class@Nlvirt.Nexthop]; empty for a route that leads nowhere
 *
 * Since: 0.1
 */
GListModel *
nlvirt_route_get_nexthops (NlvirtRoute *self)
{
  GListStore *list;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  list = g_list_store_new (NLVIRT_TYPE_NEXTHOP);
  for (guint i = 0; i < self->row.n_nexthops; i++)
    g_list_store_append (list, self->nexthops[i]);
  return G_LIST_MODEL (list);
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
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NLVIRT_ROUTE_TYPE_UNSPECIFIED);
  /* A number that the kernel does not have either. */
  if (self->row.type > NLVIRT_ROUTE_TYPE_EXTERNAL_RESOLVE)
    return NLVIRT_ROUTE_TYPE_UNSPECIFIED;
  return (NlvirtRouteType) self->row.type;
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
  return self->row.table;
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
  return self->row.metric;
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
  return self->row.protocol;
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
  return self->row.scope;
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
  return self->row.tos;
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
  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), 0);
  return self->row.metrics != NULL ? self->row.metrics[RTAX_MTU] : 0;
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
  if (row->protocol != RTPROT_BOOT)
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
  const NlvRoute *row;
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_ROUTE (self), NULL);
  row = &self->row;
  out = g_string_new (NULL);
  append_destination (out, row);
  if (row->nexthop_id != 0)
    g_string_append_printf (out, " nhid %u", row->nexthop_id);
  if (row->n_nexthops == 1)
    append_way (out, &row->nexthops[0], nlvirt_nexthop_get_link_name (self->nexthops[0]), row->family);
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
  for (guint i = 0; row->n_nexthops > 1 && i < row->n_nexthops; i++)
    {
      g_autofree char *way = nlvirt_nexthop_to_string (self->nexthops[i]);

      g_string_append_printf (out, " %s", way);
    }
  return g_string_free (out, FALSE);
}

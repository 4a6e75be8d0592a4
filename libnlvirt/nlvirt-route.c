/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A route as an object: made of a row or by its properties, and what is asked for when it
 * is added. What it says is in nlvirt-route-get.c. */
#include "nlvirt-route.h"

#include "nlvirt-enum-types.h"
#include "nlvirt-error.h"
#include "nlvirt-nexthop.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

/* More than this fit no request: struct rtnexthop and a gateway each. */
#define MAX_NEXTHOPS 2048

/**
 * NlvirtRoute:
 *
 * A route, as a table had it at one moment, or as it is to be added to one.
 * Immutable.
 *
 * Routes come from [method@Nlvirt.Table.get_routes], or are made to be given to
 * [method@Nlvirt.Table.add_route].
 *
 * ```c
 * g_autoptr (GInetAddressMask) all = g_inet_address_mask_new_from_string ("0.0.0.0/0", NULL);
 * g_autoptr (GInetAddress) gateway = g_inet_address_new_from_string ("192.0.2.1");
 * g_autoptr (NlvirtRoute) route = nlvirt_route_new (all, gateway, "eth0");
 *
 * if (!nlvirt_table_add_route (table, route, &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtRoute
{
  GObject parent_instance;

  NlvRoute row;                                  /* (owned) */
  NlvirtNexthop **nexthops;                      /* (owned) (array length=row.n_nexthops) */
  guint8 source_family, preferred_source_family; /* as given */
  const char *fault;                             /* (nullable) what is wrong with what was given */

  /* Until construction is over: */
  GListModel *given_nexthops;  /* (owned) (nullable) */
  GInetAddress *given_gateway; /* (owned) (nullable) */
  char *given_link_name;       /* (owned) (nullable) */
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
set_mtu (NlvRoute *row, guint mtu)
{
  if (mtu == 0)
    return;
  row->metrics = g_new0 (guint32, RTAX_MAX + 1);
  row->metrics[RTAX_MTU] = mtu;
}

static void
nlvirt_route_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtRoute *self = NLVIRT_ROUTE (object);
  NlvRoute *row = &self->row;

  switch (id)
    {
      case PROP_DESTINATION:
        row->family =
          nlvirt_ip_from_inet_mask (g_value_get_object (value), &row->destination, &row->destination_length);
        break;
      case PROP_SOURCE:
        self->source_family = nlvirt_ip_from_inet_mask (g_value_get_object (value), &row->source, &row->source_length);
        break;
      case PROP_PREFERRED_SOURCE:
        self->preferred_source_family =
          nlvirt_ip_from_inet_address (g_value_get_object (value), &row->preferred_source);
        row->has_preferred_source = self->preferred_source_family != AF_UNSPEC;
        break;
      case PROP_GATEWAY:
        self->given_gateway = g_value_dup_object (value);
        break;
      case PROP_LINK_NAME:
        self->given_link_name = g_value_dup_string (value);
        break;
      case PROP_NEXTHOPS:
        self->given_nexthops = g_value_dup_object (value);
        break;
      case PROP_ROUTE_TYPE:
        row->type = (guint8) g_value_get_enum (value);
        break;
      case PROP_TABLE_ID:
        row->table = g_value_get_uint (value);
        break;
      case PROP_METRIC:
        row->metric = g_value_get_uint (value);
        break;
      case PROP_PROTOCOL:
        row->protocol = (guint8) g_value_get_uint (value);
        break;
      case PROP_SCOPE:
        row->scope = (guint8) g_value_get_uint (value);
        break;
      case PROP_TOS:
        row->tos = (guint8) g_value_get_uint (value);
        break;
      case PROP_MTU:
        set_mtu (row, g_value_get_uint (value));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* Takes @nexthop. */
static void
append_nexthop (NlvirtRoute *self, NlvirtNexthop *nexthop)
{
  guint n;

  if (!NLVIRT_IS_NEXTHOP (nexthop) || self->row.n_nexthops == MAX_NEXTHOPS)
    {
      self->fault = "expected no more than 2048 ways, each an NlvirtNexthop";
      g_clear_object (&nexthop);
      return;
    }
  n = self->row.n_nexthops++;

  self->nexthops = g_renew (NlvirtNexthop *, self->nexthops, n + 1);
  self->nexthops[n] = nexthop;
  self->row.nexthops = g_renew (NlvNexthop, self->row.nexthops, n + 1);
  nlvirt_nexthop_describe (nexthop, &self->row.nexthops[n]);
}

static void
nlvirt_route_constructed (GObject *object)
{
  NlvirtRoute *self = NLVIRT_ROUTE (object);
  guint n = self->given_nexthops != NULL ? g_list_model_get_n_items (self->given_nexthops) : 0;

  G_OBJECT_CLASS (nlvirt_route_parent_class)->constructed (object);
  for (guint i = 0; i < n && self->fault == NULL; i++)
    append_nexthop (self, g_list_model_get_item (self->given_nexthops, i));
  if (n == 0 && (self->given_gateway != NULL || self->given_link_name != NULL))
    append_nexthop (self, nlvirt_nexthop_new (self->given_gateway, self->given_link_name, 1));
  g_clear_object (&self->given_nexthops);
  g_clear_object (&self->given_gateway);
  g_clear_pointer (&self->given_link_name, g_free);
}

static void
nlvirt_route_class_init (NlvirtRouteClass *klass)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags built = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_route_finalize;
  object_class->constructed = nlvirt_route_constructed;
  object_class->get_property = nlvirt_route_get_property;
  object_class->set_property = nlvirt_route_set_property;

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
  properties[PROP_DESTINATION] = g_param_spec_object ("destination", NULL, NULL, G_TYPE_INET_ADDRESS_MASK, built);
  /**
   * NlvirtRoute:source: (getter get_source)
   *
   * The source addresses the route is for, where it is not for all.
   *
   * Since: 0.1
   */
  properties[PROP_SOURCE] = g_param_spec_object ("source", NULL, NULL, G_TYPE_INET_ADDRESS_MASK, built);
  /**
   * NlvirtRoute:preferred-source: (getter get_preferred_source)
   *
   * The source address that packets get, where the route says so.
   *
   * Since: 0.1
   */
  properties[PROP_PREFERRED_SOURCE] = g_param_spec_object ("preferred-source", NULL, NULL, G_TYPE_INET_ADDRESS, built);
  /**
   * NlvirtRoute:gateway: (getter get_gateway)
   *
   * The next machine on the first way of the route, where there is one.
   *
   * Since: 0.1
   */
  properties[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, G_TYPE_INET_ADDRESS, built);
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
  properties[PROP_LINK_NAME] = g_param_spec_string ("link-name", NULL, NULL, NULL, built);
  /**
   * NlvirtRoute:nexthops: (getter get_nexthops)
   *
   * The ways of the route.
   *
   * Since: 0.1
   */
  properties[PROP_NEXTHOPS] = g_param_spec_object ("nexthops", NULL, NULL, G_TYPE_LIST_MODEL, built);
  /**
   * NlvirtRoute:route-type: (getter get_route_type)
   *
   * What the route does.
   *
   * Since: 0.1
   */
  properties[PROP_ROUTE_TYPE] =
    g_param_spec_enum ("route-type", NULL, NULL, NLVIRT_TYPE_ROUTE_TYPE, NLVIRT_ROUTE_TYPE_UNICAST, built);
  /**
   * NlvirtRoute:table-id: (getter get_table_id)
   *
   * The routing table the route is in: 254 is the main one, 255 the local one.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE_ID] = g_param_spec_uint ("table-id", NULL, NULL, 0, G_MAXUINT, RT_TABLE_MAIN, built);
  /**
   * NlvirtRoute:metric: (getter get_metric)
   *
   * The preference among routes to the same destination; lower ones win.
   *
   * Since: 0.1
   */
  properties[PROP_METRIC] = g_param_spec_uint ("metric", NULL, NULL, 0, G_MAXUINT, 0, built);
  /**
   * NlvirtRoute:protocol: (getter get_protocol)
   *
   * Who set the route: the kernel's `RTPROT_*`. Where a route is made without it, it is added
   * as a static one, and removed whoever has set it.
   *
   * Since: 0.1
   */
  properties[PROP_PROTOCOL] = g_param_spec_uint ("protocol", NULL, NULL, 0, G_MAXUINT8, RTPROT_UNSPEC, built);
  /**
   * NlvirtRoute:scope: (getter get_scope)
   *
   * How far the destination is: the kernel's `RT_SCOPE_*`.
   *
   * Since: 0.1
   */
  properties[PROP_SCOPE] = g_param_spec_uint ("scope", NULL, NULL, 0, G_MAXUINT8, 0, built);
  /**
   * NlvirtRoute:tos: (getter get_tos)
   *
   * The type of service the route is for; 0 for all.
   *
   * Since: 0.1
   */
  properties[PROP_TOS] = g_param_spec_uint ("tos", NULL, NULL, 0, G_MAXUINT8, 0, built);
  /**
   * NlvirtRoute:mtu: (getter get_mtu)
   *
   * The largest packet the route takes, in bytes; 0 where the route does not say.
   *
   * Since: 0.1
   */
  properties[PROP_MTU] = g_param_spec_uint ("mtu", NULL, NULL, 0, G_MAXUINT, 0, built);
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
 * nlvirt_route_new:
 * @destination: the addresses the route is for; a length of 0 makes it a default route
 * @gateway: (nullable): the next machine on the way
 * @link_name: (nullable): the name of the interface the way leaves by
 *
 * Makes a unicast route of the main table, to be added to a table. What else there is to
 * say can be said with the properties at construction, such as
 * [property@Nlvirt.Route:nexthops] for a route of several ways, in which case there
 * is neither gateway nor interface here.
 *
 * The scope of an IPv4 route follows from its type and gateway, as *ip-route*(8) has it,
 * unless it is given.
 *
 * Returns: (transfer full): a new route
 *
 * Since: 0.1
 */
NlvirtRoute *
nlvirt_route_new (GInetAddressMask *destination, GInetAddress *gateway, const char *link_name)
{
  g_return_val_if_fail (G_IS_INET_ADDRESS_MASK (destination), NULL);
  g_return_val_if_fail (gateway == NULL || G_IS_INET_ADDRESS (gateway), NULL);
  return g_object_new (NLVIRT_TYPE_ROUTE, "destination", destination, "gateway", gateway, "link-name", link_name, NULL);
}

const NlvRoute *
nlvirt_route_peek_row (NlvirtRoute *self)
{
  return &self->row;
}

/* iproute_modify() chooses the scope that the kernel asks for. */
static guint8
natural_scope (const NlvRoute *row)
{
  if (row->family != AF_INET || row->scope != RT_SCOPE_UNIVERSE)
    return row->scope;
  if (row->type == RTN_LOCAL || row->type == RTN_NAT)
    return RT_SCOPE_HOST;
  if (row->type == RTN_BROADCAST || row->type == RTN_MULTICAST || row->type == RTN_ANYCAST)
    return RT_SCOPE_LINK;
  if (row->type == RTN_UNICAST && row->n_nexthops == 1 && row->nexthops[0].gateway_family == 0)
    return RT_SCOPE_LINK;
  return RT_SCOPE_UNIVERSE;
}

/* What no request can say. */
static const char *
find_fault (NlvirtRoute *self)
{
  guint8 family = self->row.family;

  if (self->fault != NULL)
    return self->fault;
  if (family == AF_UNSPEC)
    return "a route needs a destination";
  if (self->source_family != AF_UNSPEC && self->source_family != family)
    return "the source is of another address family than the destination";
  if (self->preferred_source_family != AF_UNSPEC && self->preferred_source_family != family)
    return "the preferred source is of another address family than the destination";
  return NULL;
}

gboolean
nlvirt_route_to_row (NlvirtRoute *self, NlvNetwork *network, NlvRoute *row, GError **error)
{
  const char *fault = find_fault (self);

  if (fault != NULL)
    {
      g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, fault);
      return FALSE;
    }
  nlv_route_copy (&self->row, row);
  row->scope = natural_scope (row);
  for (guint i = 0; i < row->n_nexthops; i++)
    {
      const char *link_name = nlvirt_nexthop_get_link_name (self->nexthops[i]);

      /* What the kernel shows of a link's state is not to be asked for. */
      row->nexthops[i].flags &= RTNH_F_ONLINK | RTNH_F_PERVASIVE;
      if (!nlvirt_find_link_index (network, link_name, &row->nexthops[i].link, error))
        {
          nlv_route_clear (row);
          return FALSE;
        }
    }
  return TRUE;
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One of the ways of a route as an object. */
#include "nlvirt-nexthop.h"

#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

/**
 * NlvirtNexthop:
 *
 * One of the ways of a route: the next machine, the interface, or both.
 * Immutable.
 *
 * They come from [method@Nlvirt.Route.get_nexthops], or are made to be a part of
 * a route of several ways.
 *
 * Since: 0.1
 */
struct _NlvirtNexthop
{
  GObject parent_instance;

  guint8 gateway_family;
  guint8 flags;
  guint weight;
  guint link_index;
  NlvIp gateway;
  char *link_name; /* (owned) (nullable) */
};

enum
{
  PROP_0,
  PROP_GATEWAY,
  PROP_LINK_INDEX,
  PROP_LINK_NAME,
  PROP_WEIGHT,
  PROP_FLAGS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtNexthop, nlvirt_nexthop, G_TYPE_OBJECT)

static void
nlvirt_nexthop_finalize (GObject *object)
{
  g_free (NLVIRT_NEXTHOP (object)->link_name);
  G_OBJECT_CLASS (nlvirt_nexthop_parent_class)->finalize (object);
}

static void
nlvirt_nexthop_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtNexthop *self = NLVIRT_NEXTHOP (object);

  switch (id)
    {
      case PROP_GATEWAY:
        g_value_take_object (value, nlvirt_nexthop_get_gateway (self));
        break;
      case PROP_LINK_INDEX:
        g_value_set_uint (value, nlvirt_nexthop_get_link_index (self));
        break;
      case PROP_LINK_NAME:
        g_value_set_string (value, nlvirt_nexthop_get_link_name (self));
        break;
      case PROP_WEIGHT:
        g_value_set_uint (value, nlvirt_nexthop_get_weight (self));
        break;
      case PROP_FLAGS:
        g_value_set_uint (value, nlvirt_nexthop_get_flags (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_nexthop_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtNexthop *self = NLVIRT_NEXTHOP (object);

  switch (id)
    {
      case PROP_GATEWAY:
        self->gateway_family = nlvirt_ip_from_inet_address (g_value_get_object (value), &self->gateway);
        break;
      case PROP_LINK_NAME:
        self->link_name = g_value_dup_string (value);
        break;
      case PROP_WEIGHT:
        self->weight = g_value_get_uint (value);
        break;
      case PROP_FLAGS:
        self->flags = (guint8) g_value_get_uint (value);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_nexthop_class_init (NlvirtNexthopClass *klass)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags built = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_nexthop_finalize;
  object_class->get_property = nlvirt_nexthop_get_property;
  object_class->set_property = nlvirt_nexthop_set_property;

  /**
   * NlvirtNexthop:gateway: (getter get_gateway)
   *
   * The next machine on the way, where there is one.
   *
   * Since: 0.1
   */
  properties[PROP_GATEWAY] = g_param_spec_object ("gateway", NULL, NULL, G_TYPE_INET_ADDRESS, built);
  /**
   * NlvirtNexthop:link-index: (getter get_link_index)
   *
   * The index of the interface the way leaves by.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_INDEX] = g_param_spec_uint ("link-index", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtNexthop:link-name: (getter get_link_name)
   *
   * The name the interface had when the route was read.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_NAME] = g_param_spec_string ("link-name", NULL, NULL, NULL, built);
  /**
   * NlvirtNexthop:weight: (getter get_weight)
   *
   * The share of the traffic, in proportion to the other ways of the route.
   *
   * Since: 0.1
   */
  properties[PROP_WEIGHT] = g_param_spec_uint ("weight", NULL, NULL, 0, 256, 1, built);
  /**
   * NlvirtNexthop:flags: (getter get_flags)
   *
   * The kernel's `RTNH_F_*`.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] = g_param_spec_uint ("flags", NULL, NULL, 0, G_MAXUINT8, 0, built);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_nexthop_init (NlvirtNexthop *self)
{
}

NlvirtNexthop *
nlvirt_nexthop_new_for_way (NlvNetwork *network, const NlvNexthop *way)
{
  NlvirtNexthop *self = g_object_new (NLVIRT_TYPE_NEXTHOP, NULL);

  self->gateway_family = way->gateway_family;
  self->gateway = way->gateway;
  self->flags = way->flags;
  self->weight = way->weight + 1u;
  self->link_index = way->link;
  self->link_name = nlvirt_dup_link_name (network, way->link);
  return self;
}

/**
 * nlvirt_nexthop_new:
 * @gateway: (nullable): the next machine on the way
 * @link_name: (nullable): the name of the interface the way leaves by
 * @weight: the share of the traffic, in proportion to the other ways: 1 to 256
 *
 * Makes one of the ways of a route that is to be added to a table.
 *
 * Returns: (transfer full): a new nexthop
 *
 * Since: 0.1
 */
NlvirtNexthop *
nlvirt_nexthop_new (GInetAddress *gateway, const char *link_name, guint weight)
{
  g_return_val_if_fail (gateway == NULL || G_IS_INET_ADDRESS (gateway), NULL);
  g_return_val_if_fail (gateway != NULL || link_name != NULL, NULL);
  g_return_val_if_fail (weight >= 1 && weight <= 256, NULL);
  return g_object_new (NLVIRT_TYPE_NEXTHOP, "gateway", gateway, "link-name", link_name, "weight", weight, NULL);
}

void
nlvirt_nexthop_describe (NlvirtNexthop *self, NlvNexthop *way)
{
  *way = (NlvNexthop){ .link = self->link_index,
                       .gateway_family = self->gateway_family,
                       .gateway = self->gateway,
                       .flags = self->flags,
                       .weight = (guint8) (MAX (self->weight, 1) - 1) };
}

/**
 * nlvirt_nexthop_get_gateway: (get-property gateway)
 * @self: a nexthop
 *
 * The next machine on the way, where there is one.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
GInetAddress *
nlvirt_nexthop_get_gateway (NlvirtNexthop *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEXTHOP (self), NULL);
  return nlvirt_inet_address (self->gateway_family, &self->gateway);
}

/**
 * nlvirt_nexthop_get_link_index: (get-property link-index)
 * @self: a nexthop
 *
 * The index of the interface the way leaves by.
 *
 * Returns: the index, or 0
 *
 * Since: 0.1
 */
guint
nlvirt_nexthop_get_link_index (NlvirtNexthop *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEXTHOP (self), 0);
  return self->link_index;
}

/**
 * nlvirt_nexthop_get_link_name: (get-property link-name)
 * @self: a nexthop
 *
 * The name the interface had when the route was read.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_nexthop_get_link_name (NlvirtNexthop *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEXTHOP (self), NULL);
  return self->link_name;
}

/**
 * nlvirt_nexthop_get_weight: (get-property weight)
 * @self: a nexthop
 *
 * The share of the traffic, in proportion to the other ways of the route.
 *
 * Returns: the weight, at least 1
 *
 * Since: 0.1
 */
guint
nlvirt_nexthop_get_weight (NlvirtNexthop *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEXTHOP (self), 0);
  return self->weight;
}

/**
 * nlvirt_nexthop_get_flags: (get-property flags)
 * @self: a nexthop
 *
 * The kernel's `RTNH_F_*`.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
nlvirt_nexthop_get_flags (NlvirtNexthop *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEXTHOP (self), 0);
  return self->flags;
}

/**
 * nlvirt_nexthop_to_string:
 * @self: a nexthop
 *
 * The way in the words of `ip route`, for people to read.
 *
 * Returns: (transfer full): a part of a line
 *
 * Since: 0.1
 */
char *
nlvirt_nexthop_to_string (NlvirtNexthop *self)
{
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_NEXTHOP (self), NULL);
  out = g_string_new ("nexthop");
  if (self->gateway_family != 0)
    {
      g_string_append (out, " via ");
      nlvirt_append_ip (out, self->gateway_family, &self->gateway);
    }
  if (self->link_name != NULL)
    g_string_append_printf (out, " dev %s", self->link_name);
  g_string_append_printf (out, " weight %u", self->weight);
  if ((self->flags & RTNH_F_ONLINK) != 0)
    g_string_append (out, " onlink");
  return g_string_free (out, FALSE);
}

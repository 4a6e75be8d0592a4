/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A neighbour as an object: made of a row or by its properties, and what is asked for when
 * it is added. */
#include "nlvirt-neighbor.h"

#include "nlvirt-error.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/neighbour.h>

/**
 * NlvirtNeighbor:
 *
 * What is known of a machine on a link, as a table had it at one moment, or as
 * it is to be added to one: an entry of the ARP cache or of its IPv6
 * counterpart. Immutable.
 *
 * Neighbours come from [method@Nlvirt.Table.get_neighbors], or are made to be
 * given to [method@Nlvirt.Table.add_neighbor].
 *
 * Since: 0.1
 */
struct _NlvirtNeighbor
{
  GObject parent_instance;

  NlvNeighbor row;
  char *link_name;  /* (owned) (nullable) */
  gboolean has_mac; /* one was given, be it a good one or not */
};

enum
{
  PROP_0,
  PROP_FAMILY,
  PROP_ADDRESS,
  PROP_MAC_ADDRESS,
  PROP_LINK_INDEX,
  PROP_LINK_NAME,
  PROP_STATE,
  PROP_FLAGS,
  PROP_PROXY,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtNeighbor, nlvirt_neighbor, G_TYPE_OBJECT)

static void
nlvirt_neighbor_finalize (GObject *object)
{
  g_free (NLVIRT_NEIGHBOR (object)->link_name);
  G_OBJECT_CLASS (nlvirt_neighbor_parent_class)->finalize (object);
}

static void
nlvirt_neighbor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtNeighbor *self = NLVIRT_NEIGHBOR (object);

  switch (id)
    {
      case PROP_FAMILY:
        g_value_set_enum (value, nlvirt_neighbor_get_family (self));
        break;
      case PROP_ADDRESS:
        g_value_take_object (value, nlvirt_neighbor_get_address (self));
        break;
      case PROP_MAC_ADDRESS:
        g_value_take_string (value, nlvirt_neighbor_get_mac_address (self));
        break;
      case PROP_LINK_INDEX:
        g_value_set_uint (value, nlvirt_neighbor_get_link_index (self));
        break;
      case PROP_LINK_NAME:
        g_value_set_string (value, nlvirt_neighbor_get_link_name (self));
        break;
      case PROP_STATE:
        g_value_set_uint (value, nlvirt_neighbor_get_state (self));
        break;
      case PROP_FLAGS:
        g_value_set_uint (value, nlvirt_neighbor_get_flags (self));
        break;
      case PROP_PROXY:
        g_value_set_boolean (value, nlvirt_neighbor_get_proxy (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_neighbor_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtNeighbor *self = NLVIRT_NEIGHBOR (object);
  NlvNeighbor *row = &self->row;

  switch (id)
    {
      case PROP_ADDRESS:
        row->family = nlvirt_ip_from_inet_address (g_value_get_object (value), &row->destination);
        break;
      case PROP_MAC_ADDRESS:
        self->has_mac = g_value_get_string (value) != NULL;
        if (self->has_mac)
          row->address_length = nlvirt_mac_from_string (g_value_get_string (value), row->address, sizeof row->address);
        break;
      case PROP_LINK_NAME:
        self->link_name = g_value_dup_string (value);
        break;
      case PROP_STATE:
        row->state = (guint16) g_value_get_uint (value);
        break;
      case PROP_FLAGS:
        row->flags = (guint8) g_value_get_uint (value);
        break;
      case PROP_PROXY:
        row->proxy = g_value_get_boolean (value);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_neighbor_class_init (NlvirtNeighborClass *klass)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags built = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_neighbor_finalize;
  object_class->get_property = nlvirt_neighbor_get_property;
  object_class->set_property = nlvirt_neighbor_set_property;

  /**
   * NlvirtNeighbor:family: (getter get_family)
   *
   * IPv4 or IPv6.
   *
   * Since: 0.1
   */
  properties[PROP_FAMILY] =
    g_param_spec_enum ("family", NULL, NULL, G_TYPE_SOCKET_FAMILY, G_SOCKET_FAMILY_INVALID, read_only);
  /**
   * NlvirtNeighbor:address: (getter get_address)
   *
   * The neighbour's address.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS] = g_param_spec_object ("address", NULL, NULL, G_TYPE_INET_ADDRESS, built);
  /**
   * NlvirtNeighbor:mac-address: (getter get_mac_address)
   *
   * The neighbour's link-layer address, in hexadecimal with colons.
   *
   * Since: 0.1
   */
  properties[PROP_MAC_ADDRESS] = g_param_spec_string ("mac-address", NULL, NULL, NULL, built);
  /**
   * NlvirtNeighbor:link-index: (getter get_link_index)
   *
   * The index of the interface.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_INDEX] = g_param_spec_uint ("link-index", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtNeighbor:link-name: (getter get_link_name)
   *
   * The name the interface had when this row was read.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_NAME] = g_param_spec_string ("link-name", NULL, NULL, NULL, built);
  /**
   * NlvirtNeighbor:state: (getter get_state)
   *
   * What is known of the neighbour: the kernel's `NUD_*`.
   *
   * Since: 0.1
   */
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, G_MAXUINT16, NUD_PERMANENT, built);
  /**
   * NlvirtNeighbor:flags: (getter get_flags)
   *
   * The kernel's `NTF_*`.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] = g_param_spec_uint ("flags", NULL, NULL, 0, G_MAXUINT8, 0, built);
  /**
   * NlvirtNeighbor:proxy: (getter get_proxy)
   *
   * Whether this machine answers for the address.
   *
   * Since: 0.1
   */
  properties[PROP_PROXY] = g_param_spec_boolean ("proxy", NULL, NULL, FALSE, built);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_neighbor_init (NlvirtNeighbor *self)
{
}

NlvirtNeighbor *
nlvirt_neighbor_new_for_row (NlvNetwork *network, const NlvNeighbor *row)
{
  NlvirtNeighbor *self = g_object_new (NLVIRT_TYPE_NEIGHBOR, NULL);

  self->row = *row;
  self->row.extra = NULL;
  self->link_name = nlvirt_dup_link_name (network, row->link);
  return self;
}

/**
 * nlvirt_neighbor_new:
 * @link_name: the name of an interface
 * @address: the neighbour's address
 * @mac_address: (nullable): its link-layer address, in hexadecimal with colons
 *
 * Makes a neighbour to be added to a table, one that stays (`NUD_PERMANENT`) unless
 * [property@Nlvirt.Neighbor:state] is given at construction.
 *
 * Returns: (transfer full): a new neighbour
 *
 * Since: 0.1
 */
NlvirtNeighbor *
nlvirt_neighbor_new (const char *link_name, GInetAddress *address, const char *mac_address)
{
  g_return_val_if_fail (link_name != NULL, NULL);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), NULL);
  return g_object_new (NLVIRT_TYPE_NEIGHBOR, "link-name", link_name, "address", address, "mac-address", mac_address,
                       NULL);
}

gboolean
nlvirt_neighbor_to_row (NlvirtNeighbor *self, NlvNetwork *network, NlvNeighbor *row, GError **error)
{
  *row = self->row;
  if (row->family == AF_UNSPEC || self->link_name == NULL)
    {
      g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, "a neighbour needs an interface and an address");
      return FALSE;
    }
  if (self->has_mac && row->address_length == 0)
    {
      g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID,
                           "the link-layer address is not hexadecimal with colons");
      return FALSE;
    }
  return nlvirt_find_link_index (network, self->link_name, &row->link, error);
}

/**
 * nlvirt_neighbor_get_family: (get-property family)
 * @self: a neighbor
 *
 * IPv4 or IPv6.
 *
 * Returns: the family
 *
 * Since: 0.1
 */
GSocketFamily
nlvirt_neighbor_get_family (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), G_SOCKET_FAMILY_INVALID);
  return nlvirt_inet_family (self->row.family);
}

/**
 * nlvirt_neighbor_get_address: (get-property address)
 * @self: a neighbor
 *
 * The neighbour's address.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL for a family that GIO does not know
 *
 * Since: 0.1
 */
GInetAddress *
nlvirt_neighbor_get_address (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), NULL);
  return nlvirt_inet_address (self->row.family, &self->row.destination);
}

/**
 * nlvirt_neighbor_get_mac_address: (get-property mac-address)
 * @self: a neighbor
 *
 * The neighbour's link-layer address, in hexadecimal with colons.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL as long as it is not known
 *
 * Since: 0.1
 */
char *
nlvirt_neighbor_get_mac_address (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), NULL);
  return nlvirt_mac_to_string (self->row.address, self->row.address_length);
}

/**
 * nlvirt_neighbor_get_link_index: (get-property link-index)
 * @self: a neighbor
 *
 * The index of the interface.
 *
 * Returns: the index, or 0
 *
 * Since: 0.1
 */
guint
nlvirt_neighbor_get_link_index (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), 0);
  return self->row.link;
}

/**
 * nlvirt_neighbor_get_link_name: (get-property link-name)
 * @self: a neighbor
 *
 * The name the interface had when this row was read.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_neighbor_get_link_name (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), NULL);
  return self->link_name;
}

/**
 * nlvirt_neighbor_get_state: (get-property state)
 * @self: a neighbor
 *
 * What is known of the neighbour: the kernel's `NUD_*`.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
guint
nlvirt_neighbor_get_state (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), 0);
  return self->row.state;
}

/**
 * nlvirt_neighbor_get_flags: (get-property flags)
 * @self: a neighbor
 *
 * The kernel's `NTF_*`.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
nlvirt_neighbor_get_flags (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), 0);
  return self->row.flags;
}

/**
 * nlvirt_neighbor_get_proxy: (get-property proxy)
 * @self: a neighbor
 *
 * Whether this machine answers for the address.
 *
 * Returns: %TRUE if it does
 *
 * Since: 0.1
 */
gboolean
nlvirt_neighbor_get_proxy (NlvirtNeighbor *self)
{
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), FALSE);
  return self->row.proxy;
}

/**
 * nlvirt_neighbor_to_string:
 * @self: a neighbor
 *
 * The neighbour in the words of `ip neighbour`, for people to read.
 *
 * Returns: (transfer full): one line
 *
 * Since: 0.1
 */
char *
nlvirt_neighbor_to_string (NlvirtNeighbor *self)
{
  static const NlvirtFlagWord flags[] = { { NTF_ROUTER, " router" }, { NTF_EXT_LEARNED, " extern_learn" } };
  static const NlvirtFlagWord states[] = {
    { NUD_INCOMPLETE, "INCOMPLETE" }, { NUD_REACHABLE, "REACHABLE" }, { NUD_STALE, "STALE" },
    { NUD_DELAY, "DELAY" },           { NUD_PROBE, "PROBE" },         { NUD_FAILED, "FAILED" },
    { NUD_NOARP, "NOARP" },           { NUD_PERMANENT, "PERMANENT" },
  };
  const NlvNeighbor *row;
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (self), NULL);
  row = &self->row;
  out = g_string_new (NULL);
  nlvirt_append_ip (out, row->family, &row->destination);
  if (self->link_name != NULL)
    g_string_append_printf (out, " dev %s", self->link_name);
  if (row->address_length > 0)
    {
      g_autofree char *mac = nlvirt_mac_to_string (row->address, row->address_length);

      g_string_append_printf (out, " lladdr %s", mac);
    }
  nlvirt_append_flags (out, flags, G_N_ELEMENTS (flags), row->flags, "");
  if (row->proxy)
    g_string_append (out, " proxy");
  if (row->state != 0)
    {
      g_string_append_c (out, ' ');
      nlvirt_append_flags (out, states, G_N_ELEMENTS (states), row->state, ",");
    }
  return g_string_free (out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An address as an object: made of a row or by its properties, and what is asked for when
 * it is added. What it says is in nlvirt-address-get.c. */
#include "nlvirt-address.h"

#include "nlvirt-error.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/if_addr.h>
#include <string.h>

/**
 * NlvirtAddress:
 *
 * An address of an interface, as a table had it at one moment, or as it is to
 * be added to one. Immutable.
 *
 * Addresses come from [method@Nlvirt.Table.get_addresses], or are made to be
 * given to [method@Nlvirt.Table.add_address].
 *
 * ```c
 * g_autoptr (GInetAddress) ip = g_inet_address_new_from_string ("192.0.2.7");
 * g_autoptr (NlvirtAddress) address = nlvirt_address_new ("eth0", ip, 24);
 *
 * if (!nlvirt_table_add_address (table, address, &error))
 *   g_printerr ("%s\n", error->message);
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtAddress
{
  GObject parent_instance;

  NlvAddress row;
  char *link_name;                      /* (owned) (nullable) */
  guint8 peer_family, broadcast_family; /* as given */
  gboolean label_too_long;
};

enum
{
  PROP_0,
  PROP_FAMILY,
  PROP_ADDRESS,
  PROP_PREFIX_LENGTH,
  PROP_PEER,
  PROP_BROADCAST,
  PROP_LINK_INDEX,
  PROP_LINK_NAME,
  PROP_LABEL,
  PROP_SCOPE,
  PROP_FLAGS,
  PROP_PROTOCOL,
  PROP_METRIC,
  PROP_VALID_LIFETIME,
  PROP_PREFERRED_LIFETIME,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtAddress, nlvirt_address, G_TYPE_OBJECT)

static void
nlvirt_address_finalize (GObject *object)
{
  g_free (NLVIRT_ADDRESS (object)->link_name);
  G_OBJECT_CLASS (nlvirt_address_parent_class)->finalize (object);
}

static void
nlvirt_address_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtAddress *self = NLVIRT_ADDRESS (object);

  switch (id)
    {
      case PROP_FAMILY:
        g_value_set_enum (value, nlvirt_address_get_family (self));
        break;
      case PROP_ADDRESS:
        g_value_take_object (value, nlvirt_address_get_address (self));
        break;
      case PROP_PREFIX_LENGTH:
        g_value_set_uint (value, nlvirt_address_get_prefix_length (self));
        break;
      case PROP_PEER:
        g_value_take_object (value, nlvirt_address_get_peer (self));
        break;
      case PROP_BROADCAST:
        g_value_take_object (value, nlvirt_address_get_broadcast (self));
        break;
      case PROP_LINK_INDEX:
        g_value_set_uint (value, nlvirt_address_get_link_index (self));
        break;
      case PROP_LINK_NAME:
        g_value_set_string (value, nlvirt_address_get_link_name (self));
        break;
      case PROP_LABEL:
        g_value_set_string (value, nlvirt_address_get_label (self));
        break;
      case PROP_SCOPE:
        g_value_set_uint (value, nlvirt_address_get_scope (self));
        break;
      case PROP_FLAGS:
        g_value_set_uint (value, nlvirt_address_get_flags (self));
        break;
      case PROP_PROTOCOL:
        g_value_set_uint (value, nlvirt_address_get_protocol (self));
        break;
      case PROP_METRIC:
        g_value_set_uint (value, nlvirt_address_get_metric (self));
        break;
      case PROP_VALID_LIFETIME:
        g_value_set_uint (value, nlvirt_address_get_valid_lifetime (self));
        break;
      case PROP_PREFERRED_LIFETIME:
        g_value_set_uint (value, nlvirt_address_get_preferred_lifetime (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_address_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtAddress *self = NLVIRT_ADDRESS (object);
  NlvAddress *row = &self->row;

  switch (id)
    {
      case PROP_ADDRESS:
        row->family = nlvirt_ip_from_inet_address (g_value_get_object (value), &row->local);
        break;
      case PROP_PREFIX_LENGTH:
        row->prefix_length = (guint8) g_value_get_uint (value);
        break;
      case PROP_PEER:
        self->peer_family = nlvirt_ip_from_inet_address (g_value_get_object (value), &row->peer);
        break;
      case PROP_BROADCAST:
        self->broadcast_family = nlvirt_ip_from_inet_address (g_value_get_object (value), &row->broadcast);
        row->has_broadcast = self->broadcast_family == AF_INET;
        break;
      case PROP_LINK_NAME:
        self->link_name = g_value_dup_string (value);
        break;
      case PROP_LABEL:
        if (g_value_get_string (value) != NULL)
          self->label_too_long =
            g_strlcpy (row->label, g_value_get_string (value), sizeof row->label) >= sizeof row->label;
        break;
      case PROP_SCOPE:
        row->scope = (guint8) g_value_get_uint (value);
        break;
      case PROP_FLAGS:
        row->flags = g_value_get_uint (value);
        break;
      case PROP_PROTOCOL:
        row->protocol = (guint8) g_value_get_uint (value);
        break;
      case PROP_METRIC:
        row->metric = g_value_get_uint (value);
        break;
      case PROP_VALID_LIFETIME:
        row->valid_lifetime = g_value_get_uint (value);
        break;
      case PROP_PREFERRED_LIFETIME:
        row->preferred_lifetime = g_value_get_uint (value);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_address_constructed (GObject *object)
{
  NlvirtAddress *self = NLVIRT_ADDRESS (object);

  G_OBJECT_CLASS (nlvirt_address_parent_class)->constructed (object);
  if (self->peer_family == AF_UNSPEC)
    self->row.peer = self->row.local;
}

static void
nlvirt_address_class_init (NlvirtAddressClass *klass)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags built = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_address_finalize;
  object_class->constructed = nlvirt_address_constructed;
  object_class->get_property = nlvirt_address_get_property;
  object_class->set_property = nlvirt_address_set_property;

  /**
   * NlvirtAddress:family: (getter get_family)
   *
   * IPv4 or IPv6.
   *
   * Since: 0.1
   */
  properties[PROP_FAMILY] =
    g_param_spec_enum ("family", NULL, NULL, G_TYPE_SOCKET_FAMILY, G_SOCKET_FAMILY_INVALID, read_only);
  /**
   * NlvirtAddress:address: (getter get_address)
   *
   * The address of the interface.
   *
   * Since: 0.1
   */
  properties[PROP_ADDRESS] = g_param_spec_object ("address", NULL, NULL, G_TYPE_INET_ADDRESS, built);
  /**
   * NlvirtAddress:prefix-length: (getter get_prefix_length)
   *
   * The length of the prefix that is on the link, in bits.
   *
   * Since: 0.1
   */
  properties[PROP_PREFIX_LENGTH] = g_param_spec_uint ("prefix-length", NULL, NULL, 0, 128, 0, built);
  /**
   * NlvirtAddress:peer: (getter get_peer)
   *
   * The address at the other end of a point-to-point link.
   *
   * Since: 0.1
   */
  properties[PROP_PEER] = g_param_spec_object ("peer", NULL, NULL, G_TYPE_INET_ADDRESS, built);
  /**
   * NlvirtAddress:broadcast: (getter get_broadcast)
   *
   * The broadcast address.
   *
   * Since: 0.1
   */
  properties[PROP_BROADCAST] = g_param_spec_object ("broadcast", NULL, NULL, G_TYPE_INET_ADDRESS, built);
  /**
   * NlvirtAddress:link-index: (getter get_link_index)
   *
   * The index of the interface.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_INDEX] = g_param_spec_uint ("link-index", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtAddress:link-name: (getter get_link_name)
   *
   * The name the interface had when this row was read.
   *
   * Since: 0.1
   */
  properties[PROP_LINK_NAME] = g_param_spec_string ("link-name", NULL, NULL, NULL, built);
  /**
   * NlvirtAddress:label: (getter get_label)
   *
   * The label of an IPv4 address, which older tools take for an interface name.
   *
   * Since: 0.1
   */
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, built);
  /**
   * NlvirtAddress:scope: (getter get_scope)
   *
   * How far the address is valid: the kernel's `RT_SCOPE_*`.
   *
   * Since: 0.1
   */
  properties[PROP_SCOPE] = g_param_spec_uint ("scope", NULL, NULL, 0, G_MAXUINT8, 0, built);
  /**
   * NlvirtAddress:flags: (getter get_flags)
   *
   * The kernel's `IFA_F_*`.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] = g_param_spec_uint ("flags", NULL, NULL, 0, G_MAXUINT, 0, built);
  /**
   * NlvirtAddress:protocol: (getter get_protocol)
   *
   * Who set the address: the kernel's `IFAPROT_*`.
   *
   * Since: 0.1
   */
  properties[PROP_PROTOCOL] = g_param_spec_uint ("protocol", NULL, NULL, 0, G_MAXUINT8, 0, built);
  /**
   * NlvirtAddress:metric: (getter get_metric)
   *
   * The metric of the route to the prefix; 0 for the kernel's own choice.
   *
   * Since: 0.1
   */
  properties[PROP_METRIC] = g_param_spec_uint ("metric", NULL, NULL, 0, G_MAXUINT, 0, built);
  /**
   * NlvirtAddress:valid-lifetime: (getter get_valid_lifetime)
   *
   * How long the address stays, in seconds; `G_MAXUINT` is for ever.
   *
   * Since: 0.1
   */
  properties[PROP_VALID_LIFETIME] = g_param_spec_uint ("valid-lifetime", NULL, NULL, 0, G_MAXUINT, G_MAXUINT, built);
  /**
   * NlvirtAddress:preferred-lifetime: (getter get_preferred_lifetime)
   *
   * How long new connections may use the address, in seconds; `G_MAXUINT` is for
   * ever.
   *
   * Since: 0.1
   */
  properties[PROP_PREFERRED_LIFETIME] =
    g_param_spec_uint ("preferred-lifetime", NULL, NULL, 0, G_MAXUINT, G_MAXUINT, built);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_address_init (NlvirtAddress *self)
{
}

NlvirtAddress *
nlvirt_address_new_for_row (NlvNetwork *network, const NlvAddress *row)
{
  NlvirtAddress *self = g_object_new (NLVIRT_TYPE_ADDRESS, NULL);

  self->row = *row;
  self->row.extra = NULL;
  self->link_name = nlvirt_dup_link_name (network, row->link);
  return self;
}

/**
 * nlvirt_address_new:
 * @link_name: the name of an interface
 * @address: the address
 * @prefix_length: the length of the prefix that is on the link, in bits
 *
 * Makes an address to be added to a table. All else has its usual value: the
 * address is valid forever, and has no peer. As with the kernel's interface, an IPv4
 * address has a broadcast address only when one is given. What else there is to
 * say can be said with the properties at construction.
 *
 * Returns: (transfer full): a new address
 *
 * Since: 0.1
 */
NlvirtAddress *
nlvirt_address_new (const char *link_name, GInetAddress *address, guint prefix_length)
{
  g_return_val_if_fail (link_name != NULL, NULL);
  g_return_val_if_fail (G_IS_INET_ADDRESS (address), NULL);
  g_return_val_if_fail (prefix_length <= g_inet_address_get_native_size (address) * 8, NULL);
  return g_object_new (NLVIRT_TYPE_ADDRESS, "link-name", link_name, "address", address, "prefix-length", prefix_length,
                       NULL);
}

const NlvAddress *
nlvirt_address_peek_row (NlvirtAddress *self)
{
  return &self->row;
}

gboolean
nlvirt_address_to_row (NlvirtAddress *self, NlvNetwork *network, NlvAddress *row, GError **error)
{
  const char *fault = NULL;

  *row = self->row;
  if (row->family == AF_UNSPEC || self->link_name == NULL)
    fault = "an address needs an interface and an address";
  else if (self->peer_family != AF_UNSPEC && self->peer_family != row->family)
    fault = "the peer is of another address family";
  else if (self->broadcast_family != AF_UNSPEC && (self->broadcast_family != AF_INET || row->family != AF_INET))
    fault = "only an IPv4 address has a broadcast address, and that is one of IPv4";
  else if (self->label_too_long)
    fault = "a label has at most 15 bytes";
  if (fault != NULL)
    {
      g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, fault);
      return FALSE;
    }
  /* What ip-address(8) asks for by itself. */
  if (row->family == AF_INET && row->scope == RT_SCOPE_UNIVERSE && row->local.bytes[0] == 127)
    row->scope = RT_SCOPE_HOST;
  return nlvirt_find_link_index (network, self->link_name, &row->link, error);
}

/**
 * nlvirt_address_get_link_name: (get-property link-name)
 * @self: an address
 *
 * The name the interface had when this row was read.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_address_get_link_name (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), NULL);
  return self->link_name;
}

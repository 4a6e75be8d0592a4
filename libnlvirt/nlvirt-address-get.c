/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What an address says of itself, one thing at a time and as one line. */
#include "nlvirt-address.h"

#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/if_addr.h>
#include <string.h>

/**
 * nlvirt_address_get_family: (get-property family)
 * @self: an address
 *
 * IPv4 or IPv6.
 *
 * Returns: the family
 *
 * Since: 0.1
 */
GSocketFamily
nlvirt_address_get_family (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), G_SOCKET_FAMILY_INVALID);
  return nlvirt_inet_family (nlvirt_address_peek_row (self)->family);
}

/**
 * nlvirt_address_get_address: (get-property address)
 * @self: an address
 *
 * The address of the interface.
 *
 * Returns: (transfer full): the address
 *
 * Since: 0.1
 */
GInetAddress *
nlvirt_address_get_address (NlvirtAddress *self)
{
  const NlvAddress *row;

  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), NULL);
  row = nlvirt_address_peek_row (self);
  return nlvirt_inet_address (row->family, &row->local);
}

/**
 * nlvirt_address_get_prefix_length: (get-property prefix-length)
 * @self: an address
 *
 * The length of the prefix that is on the link, in bits.
 *
 * Returns: the length
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_prefix_length (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->prefix_length;
}

/**
 * nlvirt_address_get_peer: (get-property peer)
 * @self: an address
 *
 * The address at the other end of a point-to-point link.
 *
 * Returns: (transfer full) (nullable): the address, or %NULL where there is no other end
 *
 * Since: 0.1
 */
GInetAddress *
nlvirt_address_get_peer (NlvirtAddress *self)
{
  const NlvAddress *row;

  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), NULL);
  row = nlvirt_address_peek_row (self);
  if (memcmp (&row->peer, &row->local, sizeof (NlvIp)) == 0)
    return NULL;
  return nlvirt_inet_address (row->family, &row->peer);
}

/**
 * nlvirt_address_get_broadcast: (get-property broadcast)
 * @self: an address
 *
 * The broadcast address.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
GInetAddress *
nlvirt_address_get_broadcast (NlvirtAddress *self)
{
  const NlvAddress *row;

  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), NULL);
  row = nlvirt_address_peek_row (self);
  return row->has_broadcast ? nlvirt_inet_address (row->family, &row->broadcast) : NULL;
}

/**
 * nlvirt_address_get_link_index: (get-property link-index)
 * @self: an address
 *
 * The index of the interface.
 *
 * Returns: the index, or 0
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_link_index (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->link;
}

/**
 * nlvirt_address_get_label: (get-property label)
 * @self: an address
 *
 * The label of an IPv4 address, which older tools take for an interface name.
 *
 * Returns: (transfer none) (nullable): the label
 *
 * Since: 0.1
 */
const char *
nlvirt_address_get_label (NlvirtAddress *self)
{
  const NlvAddress *row;

  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), NULL);
  row = nlvirt_address_peek_row (self);
  return row->label[0] != '\0' ? row->label : NULL;
}

/**
 * nlvirt_address_get_scope: (get-property scope)
 * @self: an address
 *
 * How far the address is valid: the kernel's `RT_SCOPE_*`.
 *
 * Returns: the scope
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_scope (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->scope;
}

/**
 * nlvirt_address_get_flags: (get-property flags)
 * @self: an address
 *
 * The kernel's `IFA_F_*`.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_flags (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->flags;
}

/**
 * nlvirt_address_get_protocol: (get-property protocol)
 * @self: an address
 *
 * Who set the address: the kernel's `IFAPROT_*`.
 *
 * Returns: the protocol
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_protocol (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->protocol;
}

/**
 * nlvirt_address_get_metric: (get-property metric)
 * @self: an address
 *
 * The metric of the route to the prefix; 0 for the kernel's own choice.
 *
 * Returns: the metric
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_metric (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->metric;
}

/**
 * nlvirt_address_get_valid_lifetime: (get-property valid-lifetime)
 * @self: an address
 *
 * How long the address stays, in seconds; `G_MAXUINT` is for ever.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_valid_lifetime (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->valid_lifetime;
}

/**
 * nlvirt_address_get_preferred_lifetime: (get-property preferred-lifetime)
 * @self: an address
 *
 * How long new connections may use the address, in seconds; `G_MAXUINT` is for
 * ever.
 *
 * Returns: seconds
 *
 * Since: 0.1
 */
guint
nlvirt_address_get_preferred_lifetime (NlvirtAddress *self)
{
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), 0);
  return nlvirt_address_peek_row (self)->preferred_lifetime;
}

static void
append_flags (GString *out, const NlvAddress *row)
{
  static const NlvirtFlagWord words[] = {
    { IFA_F_NODAD, " nodad" },
    { IFA_F_OPTIMISTIC, " optimistic" },
    { IFA_F_DADFAILED, " dadfailed" },
    { IFA_F_HOMEADDRESS, " home" },
    { IFA_F_DEPRECATED, " deprecated" },
    { IFA_F_TENTATIVE, " tentative" },
    { IFA_F_MANAGETEMPADDR, " mngtmpaddr" },
    { IFA_F_NOPREFIXROUTE, " noprefixroute" },
    { IFA_F_MCAUTOJOIN, " autojoin" },
    { IFA_F_STABLE_PRIVACY, " stable-privacy" },
  };

  /* One bit, two meanings: IFA_F_SECONDARY is IFA_F_TEMPORARY. */
  if ((row->flags & IFA_F_SECONDARY) != 0)
    g_string_append (out, row->family == AF_INET6 ? " temporary" : " secondary");
  /* One that is still to be added has no flag for that. */
  if ((row->flags & IFA_F_PERMANENT) == 0 && row->valid_lifetime != G_MAXUINT32)
    g_string_append (out, " dynamic");
  nlvirt_append_flags (out, words, G_N_ELEMENTS (words), row->flags, "");
}

/**
 * nlvirt_address_to_string:
 * @self: an address
 *
 * The address in the words of `ip address`, for people to read.
 *
 * Returns: (transfer full): one line
 *
 * Since: 0.1
 */
char *
nlvirt_address_to_string (NlvirtAddress *self)
{
  const NlvAddress *row;
  const char *link_name;
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_ADDRESS (self), NULL);
  row = nlvirt_address_peek_row (self);
  out = g_string_new (row->family == AF_INET6 ? "inet6 " : "inet ");
  nlvirt_append_ip (out, row->family, &row->local);
  if (memcmp (&row->peer, &row->local, sizeof (NlvIp)) != 0)
    {
      g_string_append (out, " peer ");
      nlvirt_append_ip (out, row->family, &row->peer);
    }
  g_string_append_printf (out, "/%u", row->prefix_length);
  if (row->metric != 0)
    g_string_append_printf (out, " metric %u", row->metric);
  if (row->has_broadcast)
    {
      g_string_append (out, " brd ");
      nlvirt_append_ip (out, row->family, &row->broadcast);
    }
  g_string_append (out, " scope ");
  nlvirt_append_word (out, NLVIRT_WORD_SCOPE, row->scope);
  append_flags (out, row);
  link_name = nlvirt_address_get_link_name (self);
  if (link_name != NULL)
    g_string_append_printf (out, " %s", row->label[0] != '\0' ? row->label : link_name);
  return g_string_free (out, FALSE);
}

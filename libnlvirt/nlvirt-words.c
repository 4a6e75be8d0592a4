/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nlvirt-words-private.h"

#include "nlvirt-error.h"

#include <arpa/inet.h>
#include <string.h>

static gsize
address_size (guint8 family)
{
  return family == AF_INET6 ? 16 : 4;
}

GInetAddress *
nlvirt_inet_address (guint8 family, const NlvIp *ip)
{
  if (family != AF_INET && family != AF_INET6)
    return NULL;
  return g_inet_address_new_from_bytes (ip->bytes, nlvirt_inet_family (family));
}

GInetAddressMask *
nlvirt_inet_mask (guint8 family, const NlvIp *ip, guint length)
{
  NlvIp masked = *ip;
  g_autoptr (GInetAddress) address = NULL;

  if (family != AF_INET && family != AF_INET6)
    return NULL;
  length = MIN (length, address_size (family) * 8);
  /* GInetAddressMask takes no address with bits beyond the mask. */
  for (gsize i = 0; i < address_size (family); i++)
    {
      gsize kept = length > i * 8 ? MIN (length - i * 8, 8) : 0;

      masked.bytes[i] &= 0xff00 >> kept;
    }
  address = nlvirt_inet_address (family, &masked);
  return g_inet_address_mask_new (address, length, NULL);
}

guint8
nlvirt_ip_from_inet_address (GInetAddress *address, NlvIp *ip)
{
  memset (ip, 0, sizeof *ip);
  if (address == NULL)
    return AF_UNSPEC;
  memcpy (ip->bytes, g_inet_address_to_bytes (address), g_inet_address_get_native_size (address));
  return g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6 ? AF_INET6 : AF_INET;
}

guint8
nlvirt_ip_from_inet_mask (GInetAddressMask *mask, NlvIp *ip, guint8 *length)
{
  *length = mask != NULL ? (guint8) g_inet_address_mask_get_length (mask) : 0;
  return nlvirt_ip_from_inet_address (mask != NULL ? g_inet_address_mask_get_address (mask) : NULL, ip);
}

GSocketFamily
nlvirt_inet_family (guint8 family)
{
  switch (family)
    {
      case AF_INET:
        return G_SOCKET_FAMILY_IPV4;
      case AF_INET6:
        return G_SOCKET_FAMILY_IPV6;
      default:
        return G_SOCKET_FAMILY_INVALID;
    }
}

char *
nlvirt_mac_to_string (const guint8 *mac, guint length)
{
  GString *out;

  if (length == 0)
    return NULL;
  out = g_string_sized_new (3 * length);
  for (guint i = 0; i < length; i++)
    g_string_append_printf (out, "%s%02x", i > 0 ? ":" : "", mac[i]);
  return g_string_free (out, FALSE);
}

guint8
nlvirt_mac_from_string (const char *text, guint8 *mac, gsize size)
{
  gsize n = 0;

  while (n < size && g_ascii_isxdigit (text[0]) && g_ascii_isxdigit (text[1]))
    {
      mac[n++] = (guint8) (g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));
      if (text[2] == '\0')
        return (guint8) n;
      if (text[2] != ':')
        return 0;
      text += 3;
    }
  return 0;
}

char *
nlvirt_dup_link_name (NlvNetwork *network, guint32 index)
{
  NlvLink *link;

  if (index == 0)
    return NULL;
  link = nlv_network_find_link (network, index);
  return link != NULL ? g_strdup (link->name) : g_strdup_printf ("if%u", index);
}

gboolean
nlvirt_find_link_index (NlvNetwork *network, const char *name, guint32 *index, GError **error)
{
  const NlvLink *link;

  *index = 0;
  if (name == NULL)
    return TRUE;
  link = nlv_network_find_link_by_name (network, name);
  if (link == NULL)
    {
      g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_NOT_FOUND, "there is no link “%s”", name);
      return FALSE;
    }
  *index = link->index;
  return TRUE;
}

void
nlvirt_append_ip (GString *out, guint8 family, const NlvIp *ip)
{
  char text[INET6_ADDRSTRLEN];

  if (inet_ntop (family == AF_INET6 ? AF_INET6 : AF_INET, ip->bytes, text, sizeof text) != NULL)
    g_string_append (out, text);
}

void
nlvirt_append_prefix (GString *out, guint8 family, const NlvIp *ip, guint length)
{
  nlvirt_append_ip (out, family, ip);
  if (length != address_size (family) * 8)
    g_string_append_printf (out, "/%u", length);
}

static const char *
scope_word (guint32 scope)
{
  switch (scope)
    {
      case RT_SCOPE_UNIVERSE:
        return "global";
      case RT_SCOPE_SITE:
        return "site";
      case RT_SCOPE_LINK:
        return "link";
      case RT_SCOPE_HOST:
        return "host";
      case RT_SCOPE_NOWHERE:
        return "nowhere";
      default:
        return NULL;
    }
}

static const char *
protocol_word (guint32 protocol)
{
  static const char *const low[] = { "none", "redirect", "kernel", "boot", "static",    NULL,   NULL,
                                     NULL,   "gated",    "ra",     "mrt",  "zebra",     "bird", "dnrouted",
                                     "xorp", "ntk",      "dhcp",   NULL,   "keepalived" };

  switch (protocol)
    {
      case RTPROT_BABEL:
        return "babel";
      case RTPROT_BGP:
        return "bgp";
      case RTPROT_ISIS:
        return "isis";
      case RTPROT_OSPF:
        return "ospf";
      case RTPROT_RIP:
        return "rip";
      case RTPROT_EIGRP:
        return "eigrp";
      default:
        return protocol < G_N_ELEMENTS (low) ? low[protocol] : NULL;
    }
}

static const char *
table_word (guint32 table)
{
  switch (table)
    {
      case RT_TABLE_UNSPEC:
        return "unspec";
      case RT_TABLE_DEFAULT:
        return "default";
      case RT_TABLE_MAIN:
        return "main";
      case RT_TABLE_LOCAL:
        return "local";
      default:
        return NULL;
    }
}

static const char *
route_type_word (guint32 type)
{
  static const char *const words[] = { "none",      "unicast",     "local",    "broadcast", "anycast", "multicast",
                                       "blackhole", "unreachable", "prohibit", "throw",     "nat",     "xresolve" };

  return type < G_N_ELEMENTS (words) ? words[type] : NULL;
}

void
nlvirt_append_word (GString *out, NlvirtWordKind kind, guint32 value)
{
  const char *word = NULL;

  switch (kind)
    {
      case NLVIRT_WORD_SCOPE:
        word = scope_word (value);
        break;
      case NLVIRT_WORD_PROTOCOL:
        word = protocol_word (value);
        break;
      case NLVIRT_WORD_TABLE:
        word = table_word (value);
        break;
      case NLVIRT_WORD_ROUTE_TYPE:
        word = route_type_word (value);
        break;
      default:
        break;
    }
  if (word != NULL)
    g_string_append (out, word);
  else
    g_string_append_printf (out, "%u", value);
}

guint32
nlvirt_append_flags (GString *out, const NlvirtFlagWord *words, gsize n_words, guint32 flags, const char *separator)
{
  gboolean first = TRUE;

  for (gsize i = 0; i < n_words; i++)
    if ((flags & words[i].bit) != 0)
      {
        if (!first)
          g_string_append (out, separator);
        g_string_append (out, words[i].word);
        flags &= ~words[i].bit;
        first = FALSE;
      }
  return flags;
}

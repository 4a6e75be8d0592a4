/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The ways of a [route LABEL]: gateway, device and onlink for one, nexthops
 * for several and for what the short keys cannot say. */
#include "model/fib.h"
#include "model/file/table-file-groups.h"

#include <linux/nexthop.h>
#include <string.h>

#define MAX_WAYS 4096

/* The flags that a way has by itself: the kernel marks what leaves through a
 * link without carrier. */
static guint8
default_flags (NlvNetwork *network, const NlvRoute *route, guint32 index)
{
  const NlvLink *link = nlv_network_find_link (network, index);

  return link != NULL && (link->flags & IFF_UP) && !link->carrier && route->type != RTN_LOCAL ? RTNH_F_LINKDOWN : 0;
}

static gboolean
is_reject (guint8 type)
{
  return type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT || type == RTN_THROW;
}

/* --- reading ----------------------------------------------------------------------- */

static gboolean
is_connected (const NlvRoute *route, gpointer user_data)
{
  return route->type == RTN_UNICAST && route->n_nexthops > 0 && route->nexthops[0].gateway_family == 0;
}

static gboolean
is_own (const NlvRoute *route, gpointer user_data)
{
  return route->type == RTN_LOCAL;
}

/* fib_check_nh(): the gateway must be on a link. */
static gboolean
find_device (NlvTableReader *reader, NlvSection *section, const char *key, NlvNexthop *nexthop)
{
  NlvFib *fib = nlv_network_get_fib (reader->network);
  const NlvIp *gateway = &nexthop->gateway;
  NlvRoute route;

  /* Where the route is asked for, the responder does so. */
  if (reader->live)
    return TRUE;
  if (nexthop->gateway_family == AF_INET6 && gateway->bytes[0] == 0xfe && (gateway->bytes[1] & 0xc0) == 0x80)
    {
      nlv_section_fault (section, key, "the gateway is link-local; expected a device beside it");
      return FALSE;
    }
  if (nlv_fib_lookup (fib, nexthop->gateway_family, RT_TABLE_LOCAL, gateway, NULL, is_own, NULL, NULL))
    {
      nlv_section_fault (section, key, "the gateway is an address of this host itself");
      return FALSE;
    }
  if (!nlv_fib_lookup (fib, nexthop->gateway_family, RT_TABLE_MAIN, gateway, NULL, is_connected, NULL, &route))
    {
      nlv_section_fault (section, key,
                         "the gateway is not on any link's network; expected a device beside it, or an address in its "
                         "network");
      return FALSE;
    }
  nexthop->link = route.nexthops[0].link;
  return TRUE;
}

static gboolean
check_gateway (NlvSection *section, const char *key, const NlvRoute *route, const NlvNexthop *nexthop)
{
  if (route->family != AF_INET6 || nexthop->gateway_family != AF_INET)
    return TRUE;
  nlv_section_fault (section, key, "expected an IPv6 gateway, as the destination is IPv6");
  return FALSE;
}

/* gateway, device and onlink. */
static gboolean
read_single (NlvTableReader *reader, NlvSection *section, NlvRoute *route, NlvNexthop *nexthop)
{
  gboolean onlink = FALSE;
  gboolean has_device = nlv_device_read (reader, section, "device", &nexthop->link);

  nlv_read_ip (section, "gateway", &nexthop->gateway_family, &nexthop->gateway);
  nlv_read_boolean (section, "onlink", &onlink);
  if (section->faulty || !check_gateway (section, "gateway", route, nexthop))
    return FALSE;
  if (!has_device && nexthop->gateway_family != 0 && !find_device (reader, section, "gateway", nexthop))
    return FALSE;
  nexthop->flags = default_flags (reader->network, route, nexthop->link);
  if (onlink)
    nexthop->flags |= RTNH_F_ONLINK;
  return TRUE;
}

static gboolean
parse_flags (const char *text, guint8 *flags)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);

  for (guint i = 0; names[i] != NULL; i++)
    {
      guint64 value;

      if (!nlv_names_to_value (nlv_names_nexthop_flag, names[i], G_MAXUINT8, &value))
        return FALSE;
      *flags |= (guint8) value;
    }
  return TRUE;
}

gboolean
nlv_parse_encap (const char *text, NlvNexthop *nexthop)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  guint64 type;

  if (parts[0] == NULL || parts[1] == NULL || nexthop->encap != NULL || strlen (parts[1]) > G_MAXUINT16 ||
      !g_ascii_string_to_unsigned (parts[0], 10, 0, G_MAXUINT16, &type, NULL) ||
      !nlv_parse_hex (parts[1], &nexthop->encap))
    return FALSE;
  nexthop->encap_type = (guint16) type;
  return TRUE;
}

static gboolean
parse_word (NlvTableReader *reader, NlvSection *section, const char *word, const char *value, NlvNexthop *nexthop)
{
  guint64 number;

  if (strcmp (word, "via") == 0)
    {
      nexthop->gateway_family = 0;
      return nlv_parse_ip (value, &nexthop->gateway_family, &nexthop->gateway);
    }
  if (strcmp (word, "dev") == 0)
    return nlv_device_find (reader, section, "nexthops", value, &nexthop->link);
  if (strcmp (word, "weight") == 0)
    {
      if (!g_ascii_string_to_unsigned (value, 10, 1, 256, &number, NULL))
        return FALSE;
      nexthop->weight = (guint8) (number - 1);
      return TRUE;
    }
  if (strcmp (word, "realm") == 0)
    {
      if (!g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT32, &number, NULL))
        return FALSE;
      nexthop->realm = (guint32) number;
      return TRUE;
    }
  if (strcmp (word, "flags") == 0)
    return parse_flags (value, &nexthop->flags);
  return strcmp (word, "encap") == 0 && nlv_parse_encap (value, nexthop);
}

/* "via 192.0.2.1 dev eth0 weight 2 onlink" */
static gboolean
parse_nexthop (NlvTableReader *reader, NlvSection *section, const char *text, const NlvRoute *route,
               NlvNexthop *nexthop)
{
  g_auto (GStrv) words = g_strsplit_set (text, " \t", -1);
  gboolean has_device = FALSE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      if (words[i][0] == '\0')
        continue;
      if (strcmp (words[i], "onlink") == 0)
        {
          nexthop->flags |= RTNH_F_ONLINK;
          continue;
        }
      if (words[i + 1] == NULL || !parse_word (reader, section, words[i], words[i + 1], nexthop))
        {
          if (section->faulty)
            return FALSE;
          nlv_section_fault (section, "nexthops",
                             "“%s”: expected via ADDRESS, dev NAME, weight 1 to 256, realm NUMBER, flags NAMES, encap "
                             "TYPE:HEX or onlink at “%s”",
                             text, words[i]);
          return FALSE;
        }
      has_device = has_device || strcmp (words[i], "dev") == 0;
      i++;
    }
  if (!check_gateway (section, "nexthops", route, nexthop))
    return FALSE;
  if (has_device || nexthop->gateway_family == 0)
    return TRUE;
  return find_device (reader, section, "nexthops", nexthop);
}

static void
read_list (NlvTableReader *reader, NlvSection *section, NlvRoute *route)
{
  g_auto (GStrv) list = nlv_section_take_list (section, "nexthops");
  guint n = list != NULL ? g_strv_length (list) : 0;

  if (n > MAX_WAYS)
    {
      nlv_section_fault (section, "nexthops", "expected at most %d", MAX_WAYS);
      return;
    }
  route->nexthops = n > 0 ? g_new0 (NlvNexthop, n) : NULL;
  route->n_nexthops = (guint16) n;
  for (guint i = 0; i < n; i++)
    parse_nexthop (reader, section, list[i], route, &route->nexthops[i]);
}

static void
take_way (NlvTableReader *reader, NlvRoute *route, const NlvNexthopObject *object, guint8 weight)
{
  NlvNexthop *way = &route->nexthops[route->n_nexthops++];

  *way = object->way;
  way->weight = weight;
  way->flags = default_flags (reader->network, route, way->link) | (object->flags & RTNH_F_ONLINK);
  if (way->encap != NULL)
    g_bytes_ref (way->encap);
}

/* Of a route that says no more than nexthop-id. Members of a group that are not
 * there, or are groups themselves, are left out. */
static void
take_ways (NlvTableReader *reader, NlvSection *section, NlvRoute *route)
{
  const NlvNexthopObject *object = nlv_network_find_nexthop (reader->network, route->nexthop_id);
  guint n = object != NULL && object->group != NULL ? object->group->len : 1;

  if (object == NULL || n > MAX_WAYS)
    {
      nlv_section_fault (section, "nexthop-id", "there is no usable [nexthop %u]; expected one, or ways beside it",
                         route->nexthop_id);
      return;
    }
  route->nexthops = g_new0 (NlvNexthop, n);
  if (object->group == NULL)
    take_way (reader, route, object, 0);
  if (object->blackhole)
    {
      route->type = RTN_BLACKHOLE;
      route->nexthops[0].link = 1; /* nh_create_blackhole() */
    }
  for (guint i = 0; object->group != NULL && i < n; i++)
    {
      const struct nexthop_grp *member = &g_array_index (object->group, struct nexthop_grp, i);
      const NlvNexthopObject *one = nlv_network_find_nexthop (reader->network, member->id);

      if (one != NULL && one->group == NULL)
        take_way (reader, route, one, member->weight);
    }
  route->as_multipath = route->family == AF_INET6 && object->group != NULL;
  for (guint i = 0; i < route->n_nexthops; i++)
    check_gateway (section, "nexthop-id", route, &route->nexthops[i]);
}

void
nlv_nexthops_read (NlvTableReader *reader, NlvSection *section, NlvRoute *route)
{
  NlvNexthop nexthop = { 0 };

  if (nlv_section_has (section, "nexthops"))
    {
      read_list (reader, section, route);
      return;
    }
  if (!read_single (reader, section, route, &nexthop))
    return;
  if (nexthop.link == 0 && reader->live)
    {
      /* What is missing, the responder knows. */
      if (nexthop.gateway_family == 0)
        return;
    }
  else if (nexthop.link == 0 && is_reject (route->type) && route->family == AF_INET6)
    nexthop.link = 1; /* ip6_route_info_create() hangs these on lo */
  else if (nexthop.link == 0 && is_reject (route->type))
    return;
  else if (nexthop.link == 0 && route->nexthop_id == 0)
    {
      nlv_section_fault (section, NULL, "expected the key gateway, device or nexthops");
      return;
    }
  else if (nexthop.link == 0)
    {
      take_ways (reader, section, route);
      return;
    }
  route->nexthops = g_memdup2 (&nexthop, sizeof nexthop);
  route->n_nexthops = 1;
}

/* --- writing ----------------------------------------------------------------------- */

/* A way of a route that rejects may have no more than a realm. */
static void
append_nexthop (GString *text, NlvNetwork *network, const NlvNexthop *nexthop)
{
  g_autoptr (GString) words = g_string_new (NULL);

  if (nexthop->gateway_family != 0)
    {
      g_string_append (words, " via ");
      nlv_append_ip (words, nexthop->gateway_family, &nexthop->gateway);
    }
  if (nexthop->link != 0)
    {
      g_string_append (words, " dev ");
      nlv_device_append (words, network, nexthop->link);
    }
  if (nexthop->realm != 0)
    g_string_append_printf (words, " realm %u", nexthop->realm);
  if (nexthop->weight != 0 || words->len == 0)
    g_string_append_printf (words, " weight %u", nexthop->weight + 1);
  if (nexthop->flags != 0)
    {
      g_string_append (words, " flags ");
      nlv_append_flags (words, nlv_names_nexthop_flag, nexthop->flags, ",");
    }
  if (nexthop->encap != NULL)
    {
      g_string_append_printf (words, " encap %u:", nexthop->encap_type);
      nlv_append_hex (words, nexthop->encap);
    }
  g_string_append_printf (text, "%s;", words->str + 1);
}

/* No answer of the kernel tells the weight of the only way of an IPv4 route. */
static gboolean
is_short (NlvNetwork *network, const NlvRoute *route)
{
  const NlvNexthop *nexthop = route->nexthops;

  return route->n_nexthops == 1 && nexthop->link != 0 && (nexthop->weight == 0 || route->family == AF_INET) &&
         nexthop->realm == 0 && nexthop->encap == NULL &&
         (nexthop->flags & ~RTNH_F_ONLINK) == default_flags (network, route, nexthop->link);
}

void
nlv_nexthops_write (GString *text, NlvNetwork *network, const NlvRoute *route)
{
  if (route->n_nexthops == 0 && route->family == AF_INET && is_reject (route->type))
    return;
  if (is_short (network, route))
    {
      const NlvNexthop *nexthop = route->nexthops;

      if (nexthop->gateway_family != 0)
        nlv_write_ip (text, "gateway", nexthop->gateway_family, &nexthop->gateway);
      nlv_device_write (text, "device", network, nexthop->link);
      if (nexthop->flags & RTNH_F_ONLINK)
        g_string_append (text, "onlink=true\n");
      return;
    }
  g_string_append (text, "nexthops=");
  for (guint i = 0; i < route->n_nexthops; i++)
    append_nexthop (text, network, &route->nexthops[i]);
  g_string_append_c (text, '\n');
}

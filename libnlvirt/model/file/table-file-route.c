/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [route LABEL] */
#include "model/fib.h"
#include "model/file/table-file-groups.h"

#include <string.h>

#define ROUTE(kind, key, member, names) NLV_FIELD (kind, key, NlvRoute, member, names)

/* IP6_RT_PRIO_USER */
#define IPV6_METRIC 1024

static const NlvField type_field[] = {
  ROUTE (NUMBER, "type", type, nlv_names_route_type),
};

static const NlvField fields[] = {
  ROUTE (NUMBER, "table", table, nlv_names_table),
  ROUTE (NUMBER, "protocol", protocol, nlv_names_protocol),
  ROUTE (NUMBER, "metric", metric, NULL),
  ROUTE (NUMBER, "tos", tos, NULL),
  ROUTE (NUMBER, "preference", preference, nlv_names_preference),
  ROUTE (NUMBER, "nexthop-id", nexthop_id, NULL),
  ROUTE (STRING, "congestion-control", congestion, NULL),
  ROUTE (NUMBER, "expires", expires, NULL),
  ROUTE (FLAGS, "flags", flags, nlv_names_route_flag),
  ROUTE (BOOLEAN, "multipath", as_multipath, NULL),
};

/* What depends on the ways. */
static const NlvField scope_field[] = {
  ROUTE (NUMBER, "scope", scope, nlv_names_scope),
};

static const struct
{
  const char *key;
  guint metric;
} metrics[] = {
  { "mtu", RTAX_MTU },           { "window", RTAX_WINDOW },         { "rtt", RTAX_RTT },
  { "rttvar", RTAX_RTTVAR },     { "ssthresh", RTAX_SSTHRESH },     { "cwnd", RTAX_CWND },
  { "advmss", RTAX_ADVMSS },     { "reordering", RTAX_REORDERING }, { "hoplimit", RTAX_HOPLIMIT },
  { "initcwnd", RTAX_INITCWND }, { "features", RTAX_FEATURES },     { "rto-min", RTAX_RTO_MIN },
  { "initrwnd", RTAX_INITRWND }, { "quickack", RTAX_QUICKACK },     { "fastopen-no-cookie", RTAX_FASTOPEN_NO_COOKIE },
};

typedef struct
{
  guint32 lock;
} Lock;

static const NlvField lock_field[] = {
  NLV_FIELD (FLAGS, "lock", Lock, lock, nlv_names_metric_lock),
};

/* What `ip route add` asks for. */
static void
set_defaults (NlvRoute *route)
{
  gboolean is_local =
    route->type == RTN_LOCAL || route->type == RTN_BROADCAST || route->type == RTN_ANYCAST || route->type == RTN_NAT;

  route->table = is_local ? RT_TABLE_LOCAL : RT_TABLE_MAIN;
  route->protocol = RTPROT_BOOT;
  route->metric = route->family == AF_INET6 ? IPV6_METRIC : 0;
}

static guint8
default_scope (const NlvRoute *route)
{
  if (route->family != AF_INET)
    return RT_SCOPE_UNIVERSE;
  switch (route->type)
    {
      case RTN_LOCAL:
      case RTN_NAT:
        return RT_SCOPE_HOST;
      case RTN_BROADCAST:
      case RTN_MULTICAST:
      case RTN_ANYCAST:
        return RT_SCOPE_LINK;
      case RTN_UNICAST:
        return route->n_nexthops == 1 && route->nexthops[0].gateway_family == 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
      default:
        return RT_SCOPE_UNIVERSE;
    }
}

/* --- reading ----------------------------------------------------------------------- */

/* Both ends of a route name the network, not a host in it. */
static void
check_host_bits (NlvSection *section, const char *key, guint8 family, const NlvIp *ip, guint length)
{
  for (guint bit = length; bit < (family == AF_INET ? 32 : 128); bit++)
    if (ip->bytes[bit / 8] & (0x80 >> bit % 8))
      {
        nlv_section_fault (section, key, "there are bits behind the prefix; expected the address of the network");
        return;
      }
}

static void
read_prefix (NlvSection *section, const char *key, guint8 *family, NlvIp *ip, guint8 *length)
{
  if (nlv_read_prefix (section, key, family, ip, length))
    check_host_bits (section, key, *family, ip, *length);
}

static gboolean
is_default (NlvSection *section)
{
  g_autofree char *text = nlv_section_take (section, "destination");

  return text != NULL && strcmp (g_strstrip (text), "default") == 0;
}

/* The family of a way's gateway, for a default route that says no more. */
static guint8
guess_family (NlvSection *section)
{
  g_autofree char *gateway = nlv_section_take (section, "gateway");
  g_autofree char *nexthops = nlv_section_take (section, "nexthops");
  const char *text = gateway != NULL ? gateway : nexthops;

  if (text == NULL || (gateway == NULL && strstr (text, "via") == NULL))
    return 0;
  return strchr (text, ':') != NULL ? AF_INET6 : AF_INET;
}

static void
read_ends (NlvSection *section, NlvRoute *route)
{
  guint64 family = 0;

  if (nlv_read_number (section, "family", nlv_names_family, G_MAXUINT8, &family) && family != AF_INET &&
      family != AF_INET6)
    nlv_section_fault (section, "family", "expected ipv4 or ipv6");
  route->family = (guint8) family;
  if (!nlv_section_has (section, "destination"))
    nlv_section_fault (section, NULL, "expected the key destination");
  else if (!is_default (section))
    read_prefix (section, "destination", &route->family, &route->destination, &route->destination_length);
  read_prefix (section, "from", &route->family, &route->source, &route->source_length);
  if (nlv_read_ip (section, "source", &route->family, &route->preferred_source))
    route->has_preferred_source = TRUE;
  if (route->family == 0)
    route->family = guess_family (section);
  if (route->family == 0 && !section->faulty)
    nlv_section_fault (section, NULL, "expected the key family: is it about IPv4 or IPv6?");
}

static void
read_metrics (NlvSection *section, NlvRoute *route)
{
  guint32 values[RTAX_MAX + 1] = { 0 }, all = 0;
  Lock lock = { 0 };

  nlv_fields_read (lock_field, G_N_ELEMENTS (lock_field), section, &lock);
  all = values[RTAX_LOCK] = lock.lock;
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    {
      guint64 value;

      if (nlv_read_number (section, metrics[i].key, NULL, G_MAXUINT32, &value))
        all |= values[metrics[i].metric] = (guint32) value;
    }
  if (all != 0)
    route->metrics = g_memdup2 (values, sizeof values);
}

void
nlv_route_read (NlvTableReader *reader, NlvSection *section)
{
  NlvRoute route = { .type = RTN_UNICAST };

  nlv_fields_read (type_field, G_N_ELEMENTS (type_field), section, &route);
  read_ends (section, &route);
  set_defaults (&route);
  nlv_fields_read (fields, G_N_ELEMENTS (fields), section, &route);
  nlv_nexthops_read (reader, section, &route);
  route.scope = default_scope (&route);
  nlv_fields_read (scope_field, G_N_ELEMENTS (scope_field), section, &route);
  read_metrics (section, &route);
  nlv_read_raw_attrs (section, &route.extra);
  if (section->faulty)
    nlv_route_clear (&route);
  else if (!nlv_network_add_route (reader->network, &route))
    nlv_section_fault (section, "destination", "there is such a route already");
}

/* --- writing ----------------------------------------------------------------------- */

static void
write_metrics (GString *text, const NlvRoute *route)
{
  Lock lock = { route->metrics[RTAX_LOCK] }, zero = { 0 };

  nlv_fields_write (lock_field, G_N_ELEMENTS (lock_field), &lock, &zero, text);
  for (guint i = 0; i < G_N_ELEMENTS (metrics); i++)
    if (route->metrics[metrics[i].metric] != 0)
      g_string_append_printf (text, "%s=%u\n", metrics[i].key, route->metrics[metrics[i].metric]);
}

static void
write_route (GString *text, NlvNetwork *network, const NlvRoute *route, guint number)
{
  NlvRoute reference = { .family = route->family, .type = route->type };
  static const NlvRoute unicast = { .type = RTN_UNICAST };
  NlvRoute scope = { .scope = default_scope (route) };

  set_defaults (&reference);
  g_string_append_printf (text, "\n[route %u]\n", number);
  if (route->destination_length > 0)
    nlv_write_prefix (text, "destination", route->family, &route->destination, route->destination_length);
  else
    g_string_append_printf (text, "family=%s\ndestination=default\n", route->family == AF_INET ? "ipv4" : "ipv6");
  if (route->source_length > 0)
    nlv_write_prefix (text, "from", route->family, &route->source, route->source_length);
  nlv_fields_write (type_field, G_N_ELEMENTS (type_field), route, &unicast, text);
  nlv_nexthops_write (text, network, route);
  nlv_fields_write (fields, G_N_ELEMENTS (fields), route, &reference, text);
  nlv_fields_write (scope_field, G_N_ELEMENTS (scope_field), route, &scope, text);
  if (route->has_preferred_source)
    nlv_write_ip (text, "source", route->family, &route->preferred_source);
  if (route->metrics != NULL)
    write_metrics (text, route);
  nlv_write_raw_attrs (text, route->extra);
}

/* Tables that have lost all their routes, or never had one, are there still. */
static const char *
empty_tables_key (guint8 family)
{
  return family == AF_INET ? "ipv4-empty-tables" : "ipv6-empty-tables";
}

void
nlv_empty_tables_read (NlvTableReader *reader, NlvSection *section, guint8 family)
{
  g_auto (GStrv) list = nlv_section_take_list (section, empty_tables_key (family));

  for (guint i = 0; list != NULL && list[i] != NULL; i++)
    {
      guint64 table;

      if (nlv_names_to_value (nlv_names_table, list[i], G_MAXUINT32, &table))
        nlv_fib_add_older_table (nlv_network_get_fib (reader->network), family, (guint32) table);
      else
        nlv_section_fault (section, empty_tables_key (family), "“%s”: expected a list of tables", list[i]);
    }
}

void
nlv_empty_tables_write (NlvNetwork *network, GString *text, guint8 family)
{
  NlvFib *fib = nlv_network_get_fib (network);
  g_autoptr (GArray) tables = nlv_fib_get_tables (fib, family);
  gboolean any = FALSE;

  for (guint i = 0; i < tables->len; i++)
    {
      guint32 table = g_array_index (tables, guint32, i);
      const char *name = nlv_names_from_value (nlv_names_table, table);

      if (nlv_fib_get_table_size (fib, family, table) > 0)
        continue;
      if (!any)
        g_string_append_printf (text, "%s=", empty_tables_key (family));
      any = TRUE;
      if (name != NULL)
        g_string_append_printf (text, "%s;", name);
      else
        g_string_append_printf (text, "%u;", table);
    }
  if (any)
    g_string_append_c (text, '\n');
}

/* The last table first: of those that share a hash bucket, the kernel has the
 * newest in front. */
static void
write_family (GString *text, NlvNetwork *network, guint8 family, guint *number)
{
  NlvFib *fib = nlv_network_get_fib (network);
  g_autoptr (GArray) tables = nlv_fib_get_tables (fib, family);

  for (guint i = tables->len; i > 0; i--)
    {
      NlvFibCursor cursor;
      const NlvRoute *route;

      nlv_fib_cursor_init_table (&cursor, family, g_array_index (tables, guint32, i - 1));
      while ((route = nlv_fib_next (fib, &cursor)) != NULL)
        write_route (text, network, route, ++*number);
    }
}

void
nlv_routes_write (NlvNetwork *network, GString *text)
{
  guint number = 0;

  write_family (text, network, AF_INET, &number);
  write_family (text, network, AF_INET6, &number);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes and the nexthops that they name. */
#include "model/capture/capture-private.h"

#include <string.h>

/* --- ways --------------------------------------------------------------------------- */

/* TRUE if the attribute is one of a way. */
static gboolean
read_way_attr (const NlvAttr *attr, guint8 family, NlvNexthop *way)
{
  guint16 via_family;
  NlvAttr via = *attr;

  switch (attr->type)
    {
      case RTA_OIF:
        way->link = nlv_attr_u32 (attr);
        return TRUE;
      case RTA_GATEWAY:
        way->gateway_family = family;
        way->gateway = nlv_capture_ip (attr);
        return TRUE;
      case RTA_VIA:
        via_family = nlv_attr_u16 (attr);
        via.payload = nlv_span_from (attr->payload, sizeof via_family);
        way->gateway_family = (guint8) via_family;
        way->gateway = nlv_capture_ip (&via);
        return TRUE;
      case RTA_FLOW:
        way->realm = nlv_attr_u32 (attr);
        return TRUE;
      case RTA_ENCAP:
        nlv_capture_bytes (attr, &way->encap);
        return TRUE;
      case RTA_ENCAP_TYPE:
        way->encap_type = nlv_attr_u16 (attr);
        return TRUE;
      default:
        return FALSE;
    }
}

/* Takes the next struct rtnexthop off @rest: rtnh_ok(), rtnh_next(). */
static gboolean
next_hop (NlvSpan *rest, struct rtnexthop *hop, NlvSpan *attrs)
{
  gsize len;

  if (rest->len < sizeof *hop)
    return FALSE;
  memcpy (hop, rest->data, sizeof *hop);
  len = hop->rtnh_len;
  if (len < sizeof *hop || len > rest->len)
    return FALSE;
  *attrs = nlv_span (rest->data + sizeof *hop, len - sizeof *hop);
  *rest = nlv_span_from (*rest, RTNH_ALIGN (len));
  return TRUE;
}

static void
read_multipath (NlvSpan hops, guint8 family, GArray *ways)
{
  struct rtnexthop hop;
  NlvSpan attrs;
  NlvAttr attr;

  while (next_hop (&hops, &hop, &attrs))
    {
      NlvNexthop way = { .link = hop.rtnh_ifindex, .flags = hop.rtnh_flags, .weight = hop.rtnh_hops };

      while (nlv_attr_next (&attrs, &attr))
        read_way_attr (&attr, family, &way);
      g_array_append_val (ways, way);
    }
}

static void
read_metrics (NlvSpan attrs, NlvRoute *route)
{
  NlvAttr attr;

  while (nlv_attr_next (&attrs, &attr))
    if (attr.type == RTAX_CC_ALGO)
      nlv_capture_string (&attr, &route->congestion);
    else if (attr.type != RTAX_UNSPEC && attr.type <= RTAX_MAX)
      {
        if (route->metrics == NULL)
          route->metrics = g_new0 (guint32, RTAX_MAX + 1);
        route->metrics[attr.type] = nlv_attr_u32 (&attr);
      }
}

/* --- routes ------------------------------------------------------------------------- */

/* A route on its way from a message into the network. */
typedef struct
{
  NlvRoute row;
  GArray *ways; /* (element-type NlvNexthop) (owned) of a RTA_MULTIPATH */
  NlvNexthop way;
  gboolean has_way;
} Route;

static void
read_route_attr (const NlvAttr *attr, guint64 now, Route *route)
{
  NlvRoute *row = &route->row;
  struct rta_cacheinfo info;

  switch (attr->type)
    {
      case RTA_TABLE:
        row->table = nlv_attr_u32 (attr);
        break;
      case RTA_DST:
        row->destination = nlv_capture_ip (attr);
        break;
      case RTA_SRC:
        row->source = nlv_capture_ip (attr);
        break;
      case RTA_PREFSRC:
        row->preferred_source = nlv_capture_ip (attr);
        row->has_preferred_source = TRUE;
        break;
      case RTA_PRIORITY:
        row->metric = nlv_attr_u32 (attr);
        break;
      case RTA_PREF:
        row->preference = nlv_attr_u8 (attr);
        break;
      case RTA_NH_ID:
        row->nexthop_id = nlv_attr_u32 (attr);
        break;
      case RTA_METRICS:
        read_metrics (attr->payload, row);
        break;
      case RTA_MULTIPATH:
        read_multipath (attr->payload, row->family, route->ways);
        break;
      case RTA_CACHEINFO:
        nlv_attr_copy (attr, &info, sizeof info);
        if (info.rta_expires != 0)
          row->expires = (guint32) now + (guint32) info.rta_expires;
        break;
      default:
        route->has_way |= read_way_attr (attr, row->family, &route->way);
        break;
    }
}

static void
take_ways (Route *route, guint32 flags)
{
  NlvRoute *row = &route->row;

  row->as_multipath = row->family == AF_INET6 && route->ways->len == 1;
  if (route->ways->len == 0 && route->has_way)
    {
      route->way.flags = (guint8) flags;
      g_array_append_val (route->ways, route->way);
      row->flags = flags & ~(guint32) G_MAXUINT8;
    }
  else
    {
      row->flags = flags;
      g_clear_pointer (&route->way.encap, g_bytes_unref);
    }
  row->n_nexthops = MIN (route->ways->len, G_MAXUINT16);
  row->nexthops = (NlvNexthop *) g_array_free (route->ways, FALSE);
}

static gboolean
is_way (NlvCapture *self, const NlvNexthop *way)
{
  return (way->gateway_family == 0 || way->gateway_family == AF_INET || way->gateway_family == AF_INET6) &&
         (way->link == 0 ? way->gateway_family == 0 : nlv_capture_knows_link (self, way->link));
}

static gboolean
has_known_ways (NlvCapture *self, const NlvRoute *row)
{
  for (guint i = 0; i < row->n_nexthops; i++)
    if (!is_way (self, &row->nexthops[i]) || (row->family == AF_INET6 && row->nexthops[i].gateway_family == AF_INET))
      return FALSE;
  return TRUE;
}

void
nlv_capture_route (NlvCapture *self, const NlvMessage *message)
{
  Route route = { 0 };
  struct rtmsg header;
  NlvWriter writer;
  gpointer out;
  NlvSpan attrs, rest;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs) ||
      (header.rtm_family != AF_INET && header.rtm_family != AF_INET6) ||
      !nlv_capture_is_prefix (header.rtm_family, header.rtm_dst_len) ||
      !nlv_capture_is_prefix (header.rtm_family, header.rtm_src_len))
    return;
  route.row = (NlvRoute){
    .family = header.rtm_family,
    .destination_length = header.rtm_dst_len,
    .source_length = header.rtm_src_len,
    .tos = header.rtm_tos,
    .protocol = header.rtm_protocol,
    .scope = header.rtm_scope,
    .type = header.rtm_type,
    .table = header.rtm_table,
  };
  route.ways = g_array_new (FALSE, FALSE, sizeof (NlvNexthop));
  for (rest = attrs; nlv_attr_next (&rest, &attr);)
    read_route_attr (&attr, self->now, &route);
  take_ways (&route, header.rtm_flags);

  if (!has_known_ways (self, &route.row))
    {
      nlv_route_clear (&route.row);
      return;
    }
  nlv_capture_begin_reply (&writer, sizeof header, &out);
  nlv_route_message (&writer, out, &route.row, 0, self->now);
  nlv_capture_compare (&writer, sizeof header, attrs, TRUE, &route.row.extra);
  /* The newest table comes first. */
  nlv_fib_add_older_table (nlv_network_get_fib (self->network), route.row.family, route.row.table);
  nlv_network_add_route (self->network, &route.row);
}

void
nlv_capture_table (NlvCapture *self, guint8 family, guint32 table)
{
  nlv_fib_add_older_table (nlv_network_get_fib (self->network), family, table);
}

/* --- nexthops ----------------------------------------------------------------------- */

static void
read_nexthop_attr (const NlvAttr *attr, NlvNexthopObject *nexthop)
{
  switch (attr->type)
    {
      case NHA_ID:
        nexthop->id = nlv_attr_u32 (attr);
        break;
      case NHA_GROUP:
        g_clear_pointer (&nexthop->group, g_array_unref);
        nexthop->group = g_array_new (FALSE, FALSE, sizeof (struct nexthop_grp));
        g_array_append_vals (nexthop->group, attr->payload.data, attr->payload.len / sizeof (struct nexthop_grp));
        break;
      case NHA_GROUP_TYPE:
        nexthop->group_type = nlv_attr_u16 (attr);
        break;
      case NHA_BLACKHOLE:
        nexthop->blackhole = TRUE;
        break;
      case NHA_FDB:
        nexthop->fdb = TRUE;
        break;
      case NHA_OIF:
        nexthop->way.link = nlv_attr_u32 (attr);
        break;
      case NHA_GATEWAY:
        nexthop->way.gateway = nlv_capture_ip (attr);
        nexthop->way.gateway_family = attr->payload.len == 4 ? AF_INET : AF_INET6;
        break;
      case NHA_ENCAP:
        nlv_capture_bytes (attr, &nexthop->way.encap);
        break;
      case NHA_ENCAP_TYPE:
        nexthop->way.encap_type = nlv_attr_u16 (attr);
        break;
      case NHA_RES_GROUP:
        nlv_raw_attrs_keep (&nexthop->extra, nlv_span (attr->payload.data - NLA_HDRLEN, NLA_HDRLEN + attr->payload.len),
                            nlv_span (NULL, 0));
        break;
      default:
        break;
    }
}

static gboolean
is_group (const NlvNexthopObject *nexthop)
{
  for (guint i = 0; i < nexthop->group->len; i++)
    {
      guint32 id = g_array_index (nexthop->group, struct nexthop_grp, i).id;

      if (id == 0 || id == nexthop->id)
        return FALSE;
    }
  return nexthop->group->len > 0 && !nexthop->blackhole && nexthop->way.link == 0 && nexthop->way.gateway_family == 0;
}

/* One for forwarding entries has no link, and need not have a gateway. */
static gboolean
is_nexthop (NlvCapture *self, const NlvNexthopObject *nexthop)
{
  const NlvNexthop *way = &nexthop->way;

  if (nexthop->id == 0 || (way->link != 0 && !nlv_capture_knows_link (self, way->link)))
    return FALSE;
  if (nexthop->group != NULL)
    return is_group (nexthop);
  return nexthop->blackhole || nexthop->fdb || way->link != 0 || way->gateway_family != 0;
}

void
nlv_capture_nexthop (NlvCapture *self, const NlvMessage *message)
{
  NlvNexthopObject nexthop = { 0 };
  struct nhmsg header;
  NlvWriter writer;
  gpointer out;
  NlvSpan attrs, rest;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs))
    return;
  nexthop.family = header.nh_family;
  nexthop.scope = header.nh_scope;
  nexthop.protocol = header.nh_protocol;
  nexthop.flags = (guint8) header.nh_flags;
  for (rest = attrs; nlv_attr_next (&rest, &attr);)
    read_nexthop_attr (&attr, &nexthop);

  if (!is_nexthop (self, &nexthop))
    {
      nlv_nexthop_object_clear (&nexthop);
      return;
    }
  nlv_capture_begin_reply (&writer, sizeof header, &out);
  nlv_nexthop_message (&writer, out, &nexthop);
  nlv_capture_compare (&writer, sizeof header, attrs, TRUE, &nexthop.extra);
  nlv_network_add_nexthop (self->network, &nexthop);
}

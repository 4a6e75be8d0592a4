/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWLINK's attributes in the kernel's order: rtnl_fill_ifinfo(). An
 * attribute that came raw with a link takes the place of the one that would be
 * made up, wherever that place is. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <linux/rtnetlink.h>
#include <string.h>

typedef void (*PutFunc) (NlvWriter *writer, const NlvLink *link, guint32 ext_mask);

typedef enum
{
  RAW, /* only if the link brought it */
  U8,
  U32,
  STRING,
  PUT,
} How;

typedef struct
{
  guint16 type;
  guint8 how; /* How */
  gsize field;
  PutFunc put;
} LinkAttr;

static void
put_bytes (NlvWriter *writer, guint16 type, GBytes *bytes)
{
  gsize len;
  gconstpointer data = g_bytes_get_data (bytes, &len);

  nlv_put (writer, type, data, len);
}

static void
put_zero_u32 (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  nlv_put_u32 (writer, NLV_IFLA_MAX_PACING_OFFLOAD_HORIZON, 0);
}

/* The loopback cannot leave its namespace. */
static void
put_netns_immutable (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  gboolean bridge = g_strcmp0 (link->kind, "bridge") == 0;

  nlv_put_u8 (writer, NLV_IFLA_NETNS_IMMUTABLE, (link->flags & IFF_LOOPBACK) != 0 || bridge);
}

static void
put_master (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->master != 0)
    nlv_put_u32 (writer, IFLA_MASTER, link->master);
}

static void
put_carrier_changes (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  nlv_put_u32 (writer, IFLA_CARRIER_CHANGES, link->carrier_up_count + link->carrier_down_count);
}

static void
put_headroom (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  nlv_put_u16 (writer, NLV_IFLA_HEADROOM, 0);
}

static void
put_tailroom (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  nlv_put_u16 (writer, NLV_IFLA_TAILROOM, 0);
}

static void
put_address (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->address_length > 0)
    nlv_put (writer, IFLA_ADDRESS, link->address, MIN (link->address_length, sizeof link->address));
}

static void
put_broadcast (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->address_length > 0)
    nlv_put (writer, IFLA_BROADCAST, link->broadcast, MIN (link->address_length, sizeof link->broadcast));
}

static void
put_stats64 (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  /* The running kernel's struct has one counter more than older headers. */
  guint8 *out = nlv_put_reserve (writer, IFLA_STATS64, 200);

  if (out != NULL)
    memcpy (out, &link->stats, MIN (sizeof link->stats, 200));
}

/* copy_rtnl_link_stats(): the same counters, cut to 32 bits. */
static void
put_stats (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  guint32 counters[sizeof (struct rtnl_link_stats) / sizeof (guint32)];

  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    {
      guint64 counter;
      memcpy (&counter, (const guint8 *) &link->stats + i * sizeof counter, sizeof counter);
      counters[i] = counter;
    }
  nlv_put (writer, IFLA_STATS, counters, sizeof counters);
}

/* Only for what sits on a bus: netdev parent, rtnl_vf_ports_fill(). */
static void
put_num_vf (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (nlv_raw_attrs_find (link->extra, IFLA_PARENT_DEV_NAME) != NULL)
    nlv_put_u32 (writer, IFLA_NUM_VF, 0);
}

static void
put_xdp (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  gsize nest = nlv_nest_begin (writer, IFLA_XDP);

  nlv_put_u8 (writer, IFLA_XDP_ATTACHED, XDP_ATTACHED_NONE);
  nlv_nest_end (writer, nest);
}

static void
put_link_info (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->kind == NULL && link->slave_kind == NULL)
    return;

  gsize nest = nlv_nest_begin (writer, IFLA_LINKINFO);
  if (link->kind != NULL)
    nlv_put_string (writer, IFLA_INFO_KIND, link->kind);
  if (link->kind_data != NULL)
    put_bytes (writer, IFLA_INFO_DATA, link->kind_data);
  if (link->slave_kind != NULL)
    nlv_put_string (writer, IFLA_INFO_SLAVE_KIND, link->slave_kind);
  if (link->slave_data != NULL)
    put_bytes (writer, IFLA_INFO_SLAVE_DATA, link->slave_data);
  nlv_nest_end (writer, nest);
}

static void
put_link_netnsid (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->has_lower && link->lower_netns >= 0)
    nlv_put_u32 (writer, IFLA_LINK_NETNSID, link->lower_netns);
}

static void
put_lower (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->has_lower)
    nlv_put_u32 (writer, IFLA_LINK, link->lower);
}

static void
put_permanent_address (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->permanent_address_length > 0)
    nlv_put (writer, IFLA_PERM_ADDRESS, link->permanent_address,
             MIN (link->permanent_address_length, sizeof link->permanent_address));
}

static void
put_map (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  nlv_put_reserve (writer, IFLA_MAP, sizeof (struct rtnl_link_ifmap));
}

static void
put_alt_names (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  if (link->alt_names == NULL || link->alt_names->len == 0)
    return;

  gsize nest = nlv_nest_begin (writer, IFLA_PROP_LIST | NLA_F_NESTED);
  for (guint i = 0; i < link->alt_names->len; i++)
    nlv_put_string (writer, IFLA_ALT_IFNAME, g_ptr_array_index (link->alt_names, i));
  nlv_nest_end (writer, nest);
}

static void
put_devlink_port (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  nlv_put_flag (writer, NLV_IFLA_DEVLINK_PORT | NLA_F_NESTED);
}

static void
put_dpll_pin (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  nlv_put_flag (writer, NLV_IFLA_DPLL_PIN | NLA_F_NESTED);
}

#define FIELD(type, how, member)                                                                                       \
  {                                                                                                                    \
    type, how, G_STRUCT_OFFSET (NlvLink, member), NULL                                                                 \
  }
#define CALL(type, function)                                                                                           \
  {                                                                                                                    \
    type, PUT, 0, function                                                                                             \
  }
#define KEPT(type)                                                                                                     \
  {                                                                                                                    \
    type, RAW, 0, NULL                                                                                                 \
  }

static const LinkAttr order[] = {
  FIELD (IFLA_TXQLEN, U32, tx_queue_length),
  FIELD (IFLA_OPERSTATE, U8, operational_state),
  FIELD (IFLA_LINKMODE, U8, link_mode),
  CALL (NLV_IFLA_NETNS_IMMUTABLE, put_netns_immutable),
  FIELD (IFLA_MTU, U32, mtu),
  FIELD (IFLA_MIN_MTU, U32, min_mtu),
  FIELD (IFLA_MAX_MTU, U32, max_mtu),
  FIELD (IFLA_GROUP, U32, group),
  FIELD (IFLA_PROMISCUITY, U32, promiscuity),
  FIELD (IFLA_ALLMULTI, U32, all_multicast),
  FIELD (IFLA_NUM_TX_QUEUES, U32, tx_queues),
  FIELD (IFLA_GSO_MAX_SEGS, U32, gso_max_segs),
  FIELD (IFLA_GSO_MAX_SIZE, U32, gso_max_size),
  FIELD (IFLA_GRO_MAX_SIZE, U32, gro_max_size),
  FIELD (NLV_IFLA_GSO_IPV4_MAX_SIZE, U32, gso_ipv4_max_size),
  FIELD (NLV_IFLA_GRO_IPV4_MAX_SIZE, U32, gro_ipv4_max_size),
  FIELD (IFLA_TSO_MAX_SIZE, U32, tso_max_size),
  FIELD (IFLA_TSO_MAX_SEGS, U32, tso_max_segs),
  CALL (NLV_IFLA_MAX_PACING_OFFLOAD_HORIZON, put_zero_u32),
  FIELD (IFLA_NUM_RX_QUEUES, U32, rx_queues),
  CALL (IFLA_MASTER, put_master),
  FIELD (IFLA_CARRIER, U8, carrier),
  FIELD (IFLA_IFALIAS, STRING, alias),
  CALL (IFLA_CARRIER_CHANGES, put_carrier_changes),
  FIELD (IFLA_CARRIER_UP_COUNT, U32, carrier_up_count),
  FIELD (IFLA_CARRIER_DOWN_COUNT, U32, carrier_down_count),
  CALL (NLV_IFLA_HEADROOM, put_headroom),
  CALL (NLV_IFLA_TAILROOM, put_tailroom),
  FIELD (IFLA_PROTO_DOWN, U8, protocol_down),
  KEPT (IFLA_PROTO_DOWN_REASON),
  CALL (IFLA_ADDRESS, put_address),
  CALL (IFLA_BROADCAST, put_broadcast),
  KEPT (IFLA_PHYS_PORT_ID),
  KEPT (IFLA_PHYS_PORT_NAME),
  KEPT (IFLA_PHYS_SWITCH_ID),
  CALL (IFLA_STATS64, put_stats64),
  CALL (IFLA_STATS, put_stats),
  CALL (IFLA_NUM_VF, put_num_vf),
  KEPT (IFLA_VFINFO_LIST),
  KEPT (IFLA_VF_PORTS),
  KEPT (IFLA_PORT_SELF),
  CALL (IFLA_XDP, put_xdp),
  CALL (IFLA_LINKINFO, put_link_info),
  CALL (IFLA_LINK_NETNSID, put_link_netnsid),
  CALL (IFLA_LINK, put_lower),
  CALL (IFLA_PERM_ADDRESS, put_permanent_address),
  FIELD (IFLA_QDISC, STRING, qdisc),
  CALL (IFLA_AF_SPEC, nlv_link_put_family),
  CALL (IFLA_MAP, put_map),
  CALL (IFLA_PROP_LIST, put_alt_names),
  KEPT (IFLA_PARENT_DEV_NAME),
  KEPT (IFLA_PARENT_DEV_BUS_NAME),
  CALL (NLV_IFLA_DEVLINK_PORT, put_devlink_port),
  CALL (NLV_IFLA_DPLL_PIN, put_dpll_pin),
};

/* What is told only to who asks for virtual functions. */
static gboolean
is_of_vf (guint16 type)
{
  return type == IFLA_NUM_VF || type == IFLA_VFINFO_LIST || type == IFLA_VF_PORTS || type == IFLA_PORT_SELF;
}

static gboolean
has_place (guint16 type)
{
  if (type == IFLA_IFNAME)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (order[i].type == type)
      return TRUE;
  return FALSE;
}

static void
put_attr (NlvWriter *writer, const NlvLink *link, const LinkAttr *attr, guint32 ext_mask)
{
  const guint8 *field = (const guint8 *) link + attr->field;
  const char *string;
  guint32 value;

  switch ((How) attr->how)
    {
      case U8:
        nlv_put_u8 (writer, attr->type, *field);
        break;
      case U32:
        memcpy (&value, field, sizeof value);
        nlv_put_u32 (writer, attr->type, value);
        break;
      case STRING:
        memcpy (&string, field, sizeof string);
        if (string != NULL)
          nlv_put_string (writer, attr->type, string);
        break;
      case PUT:
        attr->put (writer, link, ext_mask);
        break;
      case RAW:
      default:
        break;
    }
}

/* Attributes of a newer kernel than the one that this knows. */
static void
put_unplaced (NlvWriter *writer, const NlvLink *link)
{
  for (guint i = 0; link->extra != NULL && i < link->extra->len; i++)
    {
      const NlvRawAttr *attr = &g_array_index (link->extra, NlvRawAttr, i);
      if (!has_place (attr->type & NLA_TYPE_MASK))
        put_bytes (writer, attr->type, attr->payload);
    }
}

static void
put_link (NlvWriter *writer, const NlvLink *link, guint32 ext_mask, guint32 event)
{
  gboolean has_extra = link->extra != NULL && link->extra->len > 0;

  nlv_put_string (writer, IFLA_IFNAME, link->name);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      const NlvRawAttr *raw = has_extra ? nlv_raw_attrs_find (link->extra, order[i].type) : NULL;
      if (is_of_vf (order[i].type) && (ext_mask & RTEXT_FILTER_VF) == 0)
        continue;
      if (order[i].type == IFLA_ADDRESS && event != IFLA_EVENT_NONE)
        nlv_put_u32 (writer, IFLA_EVENT, event);
      if (raw != NULL)
        put_bytes (writer, raw->type, raw->payload);
      else
        put_attr (writer, link, &order[i], ext_mask);
    }
  if (has_extra)
    put_unplaced (writer, link);
}

void
nlv_link_message (NlvWriter *writer, const NlvLink *link, guint32 ext_mask)
{
  put_link (writer, link, ext_mask, IFLA_EVENT_NONE);
}

void
nlv_link_message_of_event (NlvWriter *writer, const NlvLink *link, guint32 event)
{
  put_link (writer, link, 0, event);
}

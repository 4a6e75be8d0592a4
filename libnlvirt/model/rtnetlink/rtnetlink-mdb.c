/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What bridges and vxlans know of multicast groups, and vxlans of VNIs:
 * rtnl_mdb_get() and rtnl_mdb_dump(), br_mdb.c, vxlan_mdb.c, vxlan_vnifilter.c. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

/* Newer than the headers that this builds with. */
#define GET_ENTRY 1
#define GET_ENTRY_ATTRS 2
#define GET_ENTRY_MAX 2
#define ENTRY_ATTR_SOURCE 1
#define ENTRY_ATTR_SRC_VNI 9
#define ENTRY_ATTR_MAX 10
#define EXTENDED_SRC_VNI 10
#define TUNNEL_STATISTICS 1

#define N_VNIS (1 << 24)

/* struct tunnel_msg */
typedef struct
{
  guint8 family;
  guint8 flags;
  guint16 reserved;
  guint32 link;
} TunnelHeader;

/* struct br_ip, struct vxlan_mdb_entry_key */
typedef struct
{
  guint16 protocol; /* network order, 0: a MAC address */
  guint16 vlan;
  guint8 group[16];
  guint8 source[16];
  guint32 vni;
} Group;

static gboolean
link_data (const NlvLink *link, guint16 type, NlvAttr *attr)
{
  memset (attr, 0, sizeof *attr);
  return link->kind_data != NULL &&
         nlv_span_find_attr (nlv_span (g_bytes_get_data (link->kind_data, NULL), g_bytes_get_size (link->kind_data)),
                             type, attr);
}

/* --- entries ----------------------------------------------------------------------- */

/* A walk over the entries that are kept of a link, of all of its messages. */
typedef struct
{
  NlvNetwork *network;
  guint32 link;
  guint object;
  NlvSpan rest;   /* of the message before */
  NlvSpan router; /* MDBA_ROUTER of some message */
} Entries;

static gboolean
is_of_link (const NlvObject *object, guint32 link)
{
  struct br_port_msg header;

  return (nlv_object_header (object, RTM_GETMDB, &header, sizeof header) ||
          nlv_object_header (object, RTM_NEWMDB, &header, sizeof header)) &&
         header.ifindex == link;
}

static gboolean
next_entry (Entries *entries, NlvAttr *entry)
{
  for (;;)
    {
      NlvAttr nest;

      if (nlv_attr_next (&entries->rest, entry))
        return TRUE;
      if (entries->object >= nlv_network_get_n_objects (entries->network))
        return FALSE;
      const NlvObject *object = nlv_network_get_object (entries->network, entries->object++);
      if (!is_of_link (object, entries->link))
        continue;
      NlvSpan attrs = nlv_object_attrs (object, sizeof (struct br_port_msg));
      if (nlv_span_find_attr (attrs, MDBA_ROUTER, &nest))
        entries->router = nest.payload;
      nlv_span_find_attr (attrs, MDBA_MDB, &nest);
      entries->rest = nest.payload;
    }
}

/* What a bridge or vxlan says of which nothing else is known. */
static gboolean
is_usual (const NlvObject *object)
{
  NlvSpan attrs = nlv_object_attrs (object, sizeof (struct br_port_msg));
  NlvAttr attr;

  return nlv_attr_next (&attrs, &attr) && attr.type == MDBA_MDB && attr.payload.len == 0 && attrs.len == 0;
}

void
nlv_mdb_drop_usual (NlvNetwork *network)
{
  for (guint i = nlv_network_get_n_objects (network); i > 0; i--)
    {
      NlvObject *object = nlv_network_get_object (network, i - 1);

      if ((object->type == RTM_GETMDB || object->type == RTM_NEWMDB) && is_usual (object))
        nlv_network_remove_object (network, object);
    }
}

/* --- dump -------------------------------------------------------------------------- */

/* Whether the bridge itself is told of, which comes before its ports. */
static gboolean
is_host (const NlvAttr *info, guint32 link)
{
  struct br_mdb_entry head;

  nlv_attr_copy (info, &head, sizeof head);
  return head.ifindex == link;
}

/* A part of br_mdb_fill_info(): the ports of an entry that fit, from
 * walk->position_in_part on. When one does not fit, the entry ends there,
 * even without any; it is left out if it is the bridge itself that does not. */
static gboolean
put_entry (NlvWalk *walk, NlvWriter *writer, const NlvAttr *entry, guint32 bridge)
{
  gsize nest = nlv_nest_begin (writer, MDBA_MDB_ENTRY);
  guint first = walk->position_in_part, port = 0;
  NlvSpan rest = entry->payload;
  NlvAttr info;

  if (writer->full)
    return FALSE;
  while (nlv_attr_next (&rest, &info))
    {
      gboolean host = bridge != 0 && is_host (&info, bridge);

      if (host ? first > 0 : port++ < first)
        continue;
      if (!nlv_put (writer, info.type | info.type_flags, info.payload.data, info.payload.len))
        {
          nlv_writer_keep (writer);
          if (host)
            nlv_nest_cancel (writer, nest);
          else
            nlv_nest_end (writer, nest);
          return FALSE;
        }
      walk->position_in_part = port;
    }
  nlv_nest_end (writer, nest);
  return TRUE;
}

/* The entries of a link that fit, from where the message before ended. */
static gboolean
put_entries (NlvWalk *walk, NlvWriter *writer, const NlvLink *link, NlvSpan *router)
{
  guint32 bridge = nlv_link_is_kind (link, "bridge") ? link->index : 0;
  Entries entries = { .network = walk->dump.network, .link = link->index };
  gsize nest = nlv_nest_begin (writer, MDBA_MDB);
  gboolean fits = TRUE;
  NlvAttr entry;

  *router = nlv_span (NULL, 0);
  if (writer->full)
    return FALSE;
  for (guint position = 0; fits && next_entry (&entries, &entry); position++)
    {
      if (position < walk->position_in_row || entry.payload.len == 0)
        continue;
      fits = put_entry (walk, writer, &entry, bridge);
      if (!fits)
        break;
      walk->position_in_row = position + 1;
      walk->position_in_part = 0;
    }
  nlv_writer_keep (writer);
  nlv_nest_end (writer, nest);
  *router = entries.router;
  return fits;
}

/* br_mdb_dump(), vxlan_mdb_dump(): what fits of a message stays. */
static gboolean
put_link (NlvWalk *walk, NlvWriter *writer, const NlvLink *link)
{
  gboolean bridge = nlv_link_is_kind (link, "bridge"), alone = writer->len == 0;
  guint row = walk->position_in_row, part = walk->position_in_part;
  struct br_port_msg *header;
  NlvSpan router;

  header = nlv_walk_begin (walk, writer, bridge ? RTM_GETMDB : RTM_NEWMDB, 0, sizeof *header);
  if (header == NULL)
    {
      nlv_writer_cancel (writer);
      return FALSE;
    }
  header->family = bridge ? AF_UNSPEC : AF_BRIDGE;
  header->ifindex = link->index;
  gboolean fits = put_entries (walk, writer, link, &router);
  if (fits && router.data != NULL)
    fits = nlv_put (writer, MDBA_ROUTER, router.data, router.len);
  nlv_writer_keep (writer);
  nlv_writer_end (writer);
  /* What fits into no message would be tried for ever. */
  if (!fits && alone && walk->position_in_row == row && walk->position_in_part == part)
    {
      walk->position_in_row++;
      walk->position_in_part = 0;
    }
  return fits;
}

/* rtnl_mdb_valid_dump_req() */
static int
check_dump (NlvWalk *walk)
{
  struct br_port_msg header;

  if (!walk->dump.caller.strict)
    return 0;
  if (!nlv_request_header (&walk->request, &header, sizeof header))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid header for mdb dump request");
  if (header.ifindex != 0)
    return nlv_walk_refuse (walk, -EINVAL, "Filtering by device index is not supported for mdb dump request");
  if (nlv_request_body (&walk->request).len > sizeof header)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid data after header in mdb dump request");
  return 0;
}

/* rtnl_mdb_dump() */
int
nlv_dump_mdb (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  int error = nlv_walk_check (walk, check_dump);

  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++, walk->position_in_row = 0)
    {
      const NlvLink *link = nlv_network_get_link_by_age (network, walk->position);

      if ((nlv_link_is_kind (link, "bridge") || nlv_link_is_kind (link, "vxlan")) && !put_link (walk, writer, link))
        return -EMSGSIZE;
    }
  return 0;
}

/* --- one group --------------------------------------------------------------------- */

int
nlv_mdb_check_entry (const NlvAttr *attr, NlvExtack *extack, NlvMdbFault fault)
{
  struct br_mdb_entry entry;
  const char *words;

  if (attr->payload.len != sizeof entry)
    {
      nlv_extack_set (extack, "Invalid attribute length", attr);
      return -EINVAL;
    }
  memcpy (&entry, attr->payload.data, sizeof entry);
  words = fault (&entry);
  if (words == NULL)
    return 0;
  nlv_extack_set (extack, words, NULL);
  return -EINVAL;
}

static const char *
asked_fault (const struct br_mdb_entry *entry)
{
  if (entry->ifindex != 0)
    return "Entry ifindex cannot be specified";
  if (entry->state != 0)
    return "Entry state cannot be specified";
  if (entry->flags != 0)
    return "Entry flags cannot be specified";
  if (entry->vid >= NLV_MDB_MAX_VLAN)
    return "Invalid entry VLAN id";
  if (entry->addr.proto != htons (ETHERTYPE_IP) && entry->addr.proto != htons (ETHERTYPE_IPV6) &&
      entry->addr.proto != 0)
    return "Unknown entry protocol";
  return NULL;
}

/* rtnl_validate_mdb_entry_get() */
static int
check_entry (const NlvAttr *attr, NlvExtack *extack)
{
  return nlv_mdb_check_entry (attr, extack, asked_fault);
}

/* is_valid_mdb_source(), vxlan_mdb_is_valid_source(): what is wrong with it. */
static const char *
source_fault (const NlvAttr *source, guint16 protocol, gboolean bridge)
{
  if (protocol == htons (ETHERTYPE_IP))
    {
      if (source->payload.len != 4)
        return bridge ? "bridge: IPv4 invalid source address length" : "vxlan: IPv4 invalid source address length";
      if (IN_MULTICAST (GUINT32_FROM_BE (nlv_attr_u32 (source))))
        return bridge ? "bridge: IPv4 multicast source address is not allowed"
                      : "vxlan: IPv4 multicast source address is not allowed";
      return NULL;
    }
  if (protocol == htons (ETHERTYPE_IPV6))
    {
      if (source->payload.len != 16)
        return bridge ? "bridge: IPv6 invalid source address length" : "vxlan: IPv6 invalid source address length";
      if (source->payload.data[0] == 0xff)
        return bridge ? "bridge: IPv6 multicast source address is not allowed"
                      : "vxlan: IPv6 multicast source address is not allowed";
      return NULL;
    }
  return bridge ? "bridge: Invalid protocol used with source address"
                : "vxlan: Invalid protocol used with source address";
}

/* __mdb_entry_to_br_ip(), vxlan_mdb_group_set() */
static void
read_group (const struct br_mdb_entry *entry, const NlvAttr *source, const NlvAttr *vni, const NlvLink *link,
            Group *group)
{
  gsize size = entry->addr.proto == htons (ETHERTYPE_IP) ? 4 : entry->addr.proto != 0 ? 16 : ETHER_ADDR_LEN;
  gboolean bridge = nlv_link_is_kind (link, "bridge");
  NlvAttr own;

  memset (group, 0, sizeof *group);
  group->protocol = entry->addr.proto;
  memcpy (group->group, &entry->addr.u, size);
  if (size != ETHER_ADDR_LEN)
    nlv_attr_copy (source, group->source, size);
  if (bridge)
    group->vlan = entry->vid;
  else if (nlv_attr_present (vni))
    group->vni = nlv_attr_u32 (vni);
  else if (link_data (link, IFLA_VXLAN_ID, &own))
    group->vni = nlv_attr_u32 (&own);
}

/* MDBA_MDB_ENTRY_INFO of the first port that an entry names. */
static gboolean
read_entry_group (const NlvAttr *entry, const NlvLink *link, Group *group)
{
  struct br_mdb_entry head;
  NlvAttr info, source, vni;

  if (!nlv_span_find_attr (entry->payload, MDBA_MDB_ENTRY_INFO, &info) || info.payload.len < sizeof head)
    return FALSE;
  memcpy (&head, info.payload.data, sizeof head);
  NlvSpan attrs = nlv_span_from (info.payload, sizeof head);
  nlv_span_find_attr (attrs, MDBA_MDB_EATTR_SOURCE, &source);
  nlv_span_find_attr (attrs, EXTENDED_SRC_VNI, &vni);
  read_group (&head, &source, &vni, link, group);
  return TRUE;
}

/* br_mdb_get_parse(), vxlan_mdb_get_parse() */
static int
parse_group (const NlvRequest *request, const NlvAttr *attrs, const NlvLink *link, Group *group)
{
  static const NlvPolicy bridge_policy[ENTRY_ATTR_MAX + 1] = {
    [ENTRY_ATTR_SOURCE] = { .kind = NLV_KIND_BINARY, .bounded = TRUE, .min = 4, .max = 16 },
  };
  static const NlvPolicy vxlan_policy[ENTRY_ATTR_MAX + 1] = {
    [ENTRY_ATTR_SOURCE] = { .kind = NLV_KIND_BINARY, .bounded = TRUE, .min = 4, .max = 16 },
    [ENTRY_ATTR_SRC_VNI] = { .kind = NLV_KIND_U32, .bounded = TRUE, .min = 0, .max = N_VNIS - 1 },
  };
  NlvAttr more[ENTRY_ATTR_MAX + 1] = { 0 };
  gboolean bridge = nlv_link_is_kind (link, "bridge");
  struct br_mdb_entry entry;

  nlv_attr_copy (&attrs[GET_ENTRY], &entry, sizeof entry);
  if (nlv_attr_present (&attrs[GET_ENTRY_ATTRS]))
    {
      int error = nlv_attrs_parse (attrs[GET_ENTRY_ATTRS].payload, more, ENTRY_ATTR_MAX,
                                   bridge ? bridge_policy : vxlan_policy, NLV_VALIDATE_STRICT, request->extack);
      if (error < 0)
        return error;
    }
  if (nlv_attr_present (&more[ENTRY_ATTR_SOURCE]))
    {
      const char *fault = source_fault (&more[ENTRY_ATTR_SOURCE], entry.addr.proto, bridge);
      if (fault != NULL)
        return nlv_request_refuse (request, -EINVAL, fault);
    }
  read_group (&entry, &more[ENTRY_ATTR_SOURCE], &more[ENTRY_ATTR_SRC_VNI], link, group);
  return 0;
}

/* br_mdb_get(), vxlan_mdb_get() */
static int
reply_group (const NlvRequest *request, const NlvAttr *attrs, const NlvLink *link)
{
  Entries entries = { .network = request->network, .link = link->index };
  Group group, other;
  NlvAttr entry;
  NlvWriter writer;
  int error = parse_group (request, attrs, link, &group);

  if (error < 0)
    return error;
  while (next_entry (&entries, &entry))
    {
      if (!read_entry_group (&entry, link, &other) || memcmp (&group, &other, sizeof group) != 0)
        continue;
      struct br_port_msg *header = nlv_reply_begin (request, &writer, RTM_NEWMDB, sizeof *header);
      header->family = AF_BRIDGE;
      header->ifindex = link->index;
      gsize nest = nlv_nest_begin (&writer, MDBA_MDB);
      nlv_put (&writer, MDBA_MDB_ENTRY, entry.payload.data, entry.payload.len);
      nlv_nest_end (&writer, nest);
      return nlv_reply_finish (request, &writer);
    }
  return nlv_request_refuse (
    request, -ENOENT, nlv_link_is_kind (link, "bridge") ? "bridge: MDB entry not found" : "vxlan: MDB entry not found");
}

int
nlv_mdb_check_request (const NlvRequest *request, const NlvAttr *entry, guint16 entry_type, const char *missing,
                       const NlvLink **link)
{
  struct br_port_msg header;

  nlv_request_header (request->message, &header, sizeof header);
  if (header.ifindex == 0)
    return nlv_request_refuse (request, -EINVAL, "Invalid ifindex");
  *link = nlv_network_find_link (request->network, header.ifindex);
  if (*link == NULL)
    return nlv_request_refuse (request, -ENODEV, "Device doesn't exist");
  if (!nlv_attr_present (entry))
    {
      request->extack->has_miss_type = TRUE;
      request->extack->miss_type = entry_type;
      return nlv_request_refuse (request, -EINVAL, missing);
    }
  if (!nlv_link_is_kind (*link, "bridge") && !nlv_link_is_kind (*link, "vxlan"))
    return nlv_request_refuse (request, -EOPNOTSUPP, "Device does not support MDB operations");
  return 0;
}

/* rtnl_mdb_get() */
int
nlv_getmdb (const NlvRequest *request)
{
  static const NlvPolicy policy[GET_ENTRY_MAX + 1] = {
    [GET_ENTRY] = { .kind = NLV_KIND_BINARY, .len = sizeof (struct br_mdb_entry), .validate = check_entry },
    [GET_ENTRY_ATTRS] = { .kind = NLV_KIND_NESTED },
  };
  NlvAttr attrs[GET_ENTRY_MAX + 1];
  const NlvLink *link;
  int error = nlv_request_attrs (request->message, sizeof (struct br_port_msg), attrs, GET_ENTRY_MAX, policy,
                                 NLV_VALIDATE_STRICT, request->extack);

  if (error == 0)
    error = nlv_mdb_check_request (request, &attrs[GET_ENTRY], GET_ENTRY, "Missing MDBA_GET_ENTRY attribute", &link);
  if (error < 0)
    return error;
  return reply_group (request, attrs, link);
}

/* --- tunnels ----------------------------------------------------------------------- */

/* vxlan_vnifilter_dump_dev(): with statistics, VNIs are not put together. */
static gboolean
put_tunnels (NlvWalk *walk, NlvWriter *writer, guint32 link, gboolean statistics)
{
  NlvNetwork *network = walk->dump.network;
  TunnelHeader header;

  for (guint n = nlv_network_get_n_objects (network); walk->position_in_row < n; walk->position_in_row++)
    {
      const NlvObject *object = nlv_network_get_object (network, walk->position_in_row);

      if (nlv_object_header (object, RTM_NEWTUNNEL, &header, sizeof header) && header.link == link &&
          object->hidden == statistics && !nlv_walk_put_object (walk, writer, object))
        return FALSE;
    }
  return TRUE;
}

static int
dump_tunnels_of (NlvWalk *walk, NlvWriter *writer, guint32 index, gboolean statistics)
{
  const NlvLink *link = nlv_network_find_link (walk->dump.network, index);
  NlvAttr filter;

  if (link == NULL)
    return -ENODEV;
  if (!nlv_link_is_kind (link, "vxlan"))
    return nlv_walk_refuse (walk, -EINVAL, "The device is not a vxlan device");
  link_data (link, IFLA_VXLAN_VNIFILTER, &filter);
  if (nlv_attr_u8 (&filter) == 0)
    return -EINVAL;
  walk->ending = NLV_ENDING_JOINED;
  return put_tunnels (walk, writer, index, statistics) ? 0 : -EMSGSIZE;
}

/* vxlan_vnifilter_dump() */
int
nlv_dump_tunnels (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  TunnelHeader asked;

  if (!nlv_request_header (&walk->request, &asked, sizeof asked))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid msg length");
  if ((asked.flags & ~TUNNEL_STATISTICS) != 0)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid tunnelmsg flags in ancillary header");
  if (asked.link != 0)
    return dump_tunnels_of (walk, writer, asked.link, asked.flags != 0);
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++, walk->position_in_row = 0)
    if (!put_tunnels (walk, writer, nlv_network_get_link_by_age (network, walk->position)->index, asked.flags != 0))
      return -EMSGSIZE;
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETNEIGH of AF_BRIDGE, the forwarding entries of bridges and of other
 * devices: rtnl_fdb_dump(), rtnl_fdb_get(). */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

/* netif_is_bridge_port() */
static gboolean
is_port (NlvNetwork *network, const NlvLink *link)
{
  return link != NULL && link->master != 0 &&
         nlv_link_is_kind (nlv_network_find_link (network, link->master), "bridge");
}

/* fdb_fill_info() of net/bridge; what a device filters for itself has no more
 * than its address: ndo_dflt_fdb_dump(). */
void
nlv_fdb_put_entry (NlvNetwork *network, NlvWriter *writer, struct ndmsg *header, const NlvNeighbor *neighbor)
{
  const NlvLink *link = nlv_network_find_link (network, neighbor->link);

  header->ndm_family = AF_BRIDGE;
  header->ndm_flags = neighbor->flags;
  header->ndm_type = neighbor->type;
  header->ndm_ifindex = neighbor->link;
  header->ndm_state = neighbor->state;
  if (neighbor->address_length > 0)
    nlv_put (writer, NDA_LLADDR, neighbor->address, MIN (neighbor->address_length, sizeof neighbor->address));
  if ((neighbor->flags & NTF_SELF) != 0)
    return;
  if (nlv_link_is_kind (link, "bridge"))
    nlv_put_u32 (writer, NDA_MASTER, link->index);
  else if (link != NULL && link->master != 0)
    nlv_put_u32 (writer, NDA_MASTER, link->master);
  nlv_put_u32 (writer, NLV_NDA_FLAGS_EXT, neighbor->extended_flags);
  nlv_put (writer, NDA_CACHEINFO, &neighbor->times, sizeof neighbor->times);
}

/* --- dumps ------------------------------------------------------------------------- */

/* valid_fdb_dump_legacy(): a header of the right kind is told from an older one
 * by its length. */
static int
check_legacy (NlvWalk *walk)
{
  gsize len = nlv_request_body (&walk->request).len;
  struct ifinfomsg header;
  NlvAttr attrs[NLV_IFLA_MAX + 1];

  if (len == sizeof (struct ndmsg) || len == sizeof (struct ndmsg) + NLA_HDRLEN + sizeof (guint32))
    return 0;
  if (nlv_request_attrs (&walk->request, sizeof header, attrs, NLV_IFLA_MAX, nlv_link_policy, NLV_VALIDATE_LIBERAL,
                         &walk->dump.why) < 0)
    return -EINVAL;
  nlv_request_header (&walk->request, &header, sizeof header);
  walk->filter.master = nlv_attr_u32 (&attrs[IFLA_MASTER]);
  walk->filter.link = header.ifi_index;
  return 0;
}

/* valid_fdb_dump_strict() */
static int
check_strict (NlvWalk *walk)
{
  struct ndmsg header;
  NlvAttr attrs[NLV_NDA_MAX + 1];

  if (!nlv_request_header (&walk->request, &header, sizeof header))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid header for fdb dump request");
  if (header.ndm_pad1 != 0 || header.ndm_pad2 != 0 || header.ndm_state != 0 || header.ndm_flags != 0 ||
      header.ndm_type != 0)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid values in header for fdb dump request");

  int error = nlv_request_attrs (&walk->request, sizeof header, attrs, NLV_NDA_MAX, NULL,
                                 NLV_VALIDATE_DEPRECATED_STRICT, &walk->dump.why);
  if (error < 0)
    return error;
  walk->filter.link = header.ndm_ifindex;
  for (guint i = 0; i <= NLV_NDA_MAX; i++)
    {
      if (!nlv_attr_present (&attrs[i]))
        continue;
      if (i != NDA_IFINDEX && i != NDA_MASTER)
        return nlv_walk_refuse (walk, -EINVAL, "Unsupported attribute in fdb dump request");
      if (attrs[i].payload.len != sizeof (guint32))
        return nlv_walk_refuse (walk, -EINVAL,
                                i == NDA_IFINDEX ? "Invalid IFINDEX attribute in fdb dump request"
                                                 : "Invalid MASTER attribute in fdb dump request");
      if (i == NDA_IFINDEX)
        walk->filter.link = nlv_attr_u32 (&attrs[i]);
      else
        walk->filter.master = nlv_attr_u32 (&attrs[i]);
    }
  return 0;
}

static int
check_dump (NlvWalk *walk)
{
  return walk->dump.caller.strict ? check_strict (walk) : check_legacy (walk);
}

static gboolean
is_filtered (NlvWalk *walk, const NlvNeighbor *entry)
{
  NlvNetwork *network = walk->dump.network;
  const NlvLink *link = nlv_network_find_link (network, entry->link);
  guint32 wanted = walk->filter.link, bridge = walk->filter.master;

  if (wanted != 0 && entry->link != wanted)
    return TRUE;
  if (bridge == 0)
    return FALSE;
  return !(entry->link == bridge && nlv_link_is_kind (link, "bridge")) &&
         !(is_port (network, link) && link->master == bridge);
}

int
nlv_dump_bridge_neighbors (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  int error = nlv_walk_check (walk, check_dump);

  if (error < 0)
    return error;
  if (walk->filter.master != 0 && nlv_network_find_link (network, walk->filter.master) == NULL)
    return -ENODEV;
  for (guint n = nlv_network_get_n_neighbors (network); walk->position < n; walk->position++)
    {
      const NlvNeighbor *entry = nlv_network_get_neighbor (network, walk->position);
      struct ndmsg *header;

      if (entry->family != AF_BRIDGE || is_filtered (walk, entry))
        continue;
      header = nlv_walk_begin (walk, writer, RTM_NEWNEIGH, 0, sizeof *header);
      if (header != NULL)
        nlv_neighbor_message (network, writer, header, entry);
      if (header == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
    }
  return 0;
}

/* --- one entry --------------------------------------------------------------------- */

typedef struct
{
  struct ndmsg header;
  NlvAttr attrs[NLV_NDA_MAX + 1];
  guint16 vlan;
} Query;

/* fdb_vid_parse() */
static int
parse_vlan (const NlvRequest *request, Query *query)
{
  const NlvAttr *attr = &query->attrs[NDA_VLAN];

  if (attr->payload.len != sizeof query->vlan)
    return nlv_request_refuse (request, -EINVAL, "invalid vlan attribute size");
  query->vlan = nlv_attr_u16 (attr);
  if (query->vlan == 0 || query->vlan >= 4095)
    return nlv_request_refuse (request, -EINVAL, "invalid vlan id");
  return 0;
}

static int
check_attr (const NlvRequest *request, Query *query, guint type)
{
  switch (type)
    {
      case NDA_MASTER:
      case NDA_VNI:
        return 0;
      case NDA_LLADDR:
        if (query->attrs[type].payload.len != 6)
          return nlv_request_refuse (request, -EINVAL, "Invalid address in fdb get request");
        return 0;
      case NDA_VLAN:
        return parse_vlan (request, query);
      default:
        return nlv_request_refuse (request, -EINVAL, "Unsupported attribute in fdb get request");
    }
}

/* valid_fdb_get_strict() */
static int
parse_query (const NlvRequest *request, Query *query)
{
  struct ndmsg *header = &query->header;

  if (!nlv_request_header (request->message, header, sizeof *header))
    return nlv_request_refuse (request, -EINVAL, "Invalid header for fdb get request");
  if (header->ndm_pad1 != 0 || header->ndm_pad2 != 0 || header->ndm_state != 0 || header->ndm_type != 0)
    return nlv_request_refuse (request, -EINVAL, "Invalid values in header for fdb get request");
  if ((header->ndm_flags & ~(NTF_MASTER | NTF_SELF)) != 0)
    return nlv_request_refuse (request, -EINVAL, "Invalid flags in header for fdb get request");
  int error = nlv_request_attrs (request->message, sizeof *header, query->attrs, NLV_NDA_MAX, nlv_neighbor_policy,
                                 NLV_VALIDATE_DEPRECATED_STRICT, request->extack);
  for (guint i = 0; i <= NLV_NDA_MAX && error == 0; i++)
    if (nlv_attr_present (&query->attrs[i]))
      error = check_attr (request, query, i);
  if (error == 0 && !nlv_attr_present (&query->attrs[NDA_LLADDR]))
    return nlv_request_refuse (request, -EINVAL, "Missing lookup address for fdb get request");
  return error;
}

/* Which device is asked: a bridge, or the named one itself. */
static int
find_device (const NlvRequest *request, const Query *query, const NlvLink **device)
{
  NlvNetwork *network = request->network;
  guint32 index = query->header.ndm_ifindex, master = nlv_attr_u32 (&query->attrs[NDA_MASTER]);
  const NlvLink *link = index != 0 ? nlv_network_find_link (network, index) : NULL;

  if (index != 0 && link == NULL)
    return nlv_request_refuse (request, -ENODEV, "Unknown device ifindex");
  if (master != 0)
    {
      if (link != NULL)
        return nlv_request_refuse (request, -EINVAL, "Master and device are mutually exclusive");
      *device = nlv_network_find_link (network, master);
      if (*device == NULL)
        return nlv_request_refuse (request, -EINVAL, "Invalid master ifindex");
      return 0;
    }
  if (link == NULL)
    return nlv_request_refuse (request, -ENODEV, "No device specified");
  if (query->header.ndm_flags == NTF_SELF)
    {
      *device = link;
      return 0;
    }
  if (!is_port (network, link))
    return nlv_request_refuse (request, -EINVAL, "Device is not a bridge port");
  *device = nlv_network_find_link (network, link->master);
  return 0;
}

/* A number that an entry has among its raw attributes, or 0. */
static guint32
number_of (const NlvNeighbor *entry, guint16 type)
{
  const NlvRawAttr *raw = nlv_raw_attrs_find (entry->extra, type);
  guint32 number = 0;

  if (raw != NULL)
    memcpy (&number, g_bytes_get_data (raw->payload, NULL), MIN (g_bytes_get_size (raw->payload), sizeof number));
  return number;
}

/* VXLAN_F_COLLECT_METADATA */
static gboolean
collects_metadata (const NlvLink *device)
{
  gsize len = 0;
  gconstpointer data = device->kind_data != NULL ? g_bytes_get_data (device->kind_data, &len) : NULL;
  NlvSpan rest = nlv_span (data, len);
  NlvAttr attr;

  while (nlv_attr_next (&rest, &attr))
    if (attr.type == IFLA_VXLAN_COLLECT_METADATA)
      return nlv_attr_u8 (&attr) != 0;
  return FALSE;
}

/* br_fdb_find() by VLAN; vxlan_find_mac() by VNI, where there are several. */
static gboolean
is_in_network (const NlvNeighbor *entry, const Query *query, const NlvLink *device)
{
  if (nlv_link_is_kind (device, "bridge"))
    return number_of (entry, NDA_VLAN) == query->vlan;
  return !collects_metadata (device) || number_of (entry, NDA_SRC_VNI) == nlv_attr_u32 (&query->attrs[NDA_VNI]);
}

/* A bridge knows what is behind its ports; others know their own. */
static gboolean
is_of_device (NlvNetwork *network, const NlvNeighbor *entry, const NlvLink *device)
{
  const NlvLink *link = nlv_network_find_link (network, entry->link);

  if (!nlv_link_is_kind (device, "bridge"))
    return entry->link == device->index && (entry->flags & NTF_SELF) != 0;
  return (entry->flags & NTF_SELF) == 0 &&
         (entry->link == device->index || (link != NULL && link->master == device->index));
}

/* br_fdb_get(), vxlan_fdb_get() */
static const NlvNeighbor *
find_entry (NlvNetwork *network, const Query *query, const NlvLink *device)
{
  const guint8 *address = query->attrs[NDA_LLADDR].payload.data;

  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    {
      const NlvNeighbor *entry = nlv_network_get_neighbor (network, i);

      if (entry->family == AF_BRIDGE && entry->address_length == 6 && memcmp (entry->address, address, 6) == 0 &&
          is_of_device (network, entry, device) && is_in_network (entry, query, device))
        return entry;
    }
  return NULL;
}

int
nlv_getneigh_bridge (const NlvRequest *request)
{
  NlvNetwork *network = request->network;
  Query query = { .vlan = 0 };
  const NlvLink *device = NULL;
  NlvWriter writer;
  int error = parse_query (request, &query);

  if (error == 0)
    error = find_device (request, &query, &device);
  if (error < 0)
    return error;
  if (!nlv_link_is_kind (device, "bridge") && !nlv_link_is_kind (device, "vxlan"))
    return nlv_request_refuse (request, -EOPNOTSUPP, "Fdb get operation not supported by device");
  const NlvNeighbor *entry = find_entry (network, &query, device);
  if (entry == NULL)
    return nlv_request_refuse (request, -ENOENT, "Fdb entry not found");

  struct ndmsg *out = nlv_reply_begin (request, &writer, RTM_NEWNEIGH, sizeof *out);
  nlv_neighbor_message (network, &writer, out, entry);
  return nlv_reply_finish (request, &writer);
}

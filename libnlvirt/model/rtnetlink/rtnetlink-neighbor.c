/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETNEIGH: neigh_dump_info() and neigh_get(). */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

#define NUD_VALID (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY)

const NlvPolicy nlv_neighbor_policy[NLV_NDA_MAX + 1] = {
  [NDA_UNSPEC] = { .min = NDA_NH_ID },
  [NDA_DST] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [NDA_LLADDR] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [NDA_CACHEINFO] = { .kind = NLV_KIND_UNSPEC, .len = sizeof (struct nda_cacheinfo) },
  [NDA_PROBES] = { .kind = NLV_KIND_U32 },
  [NDA_VLAN] = { .kind = NLV_KIND_U16 },
  [NDA_PORT] = { .kind = NLV_KIND_U16 },
  [NDA_VNI] = { .kind = NLV_KIND_U32 },
  [NDA_IFINDEX] = { .kind = NLV_KIND_U32 },
  [NDA_MASTER] = { .kind = NLV_KIND_U32 },
  [NDA_PROTOCOL] = { .kind = NLV_KIND_U8 },
  [NDA_NH_ID] = { .kind = NLV_KIND_U32 },
  [NLV_NDA_FLAGS_EXT] = { .kind = NLV_KIND_U32, .mask = 0x5 }, /* NTF_EXT_MASK */
  [NDA_FDB_EXT_ATTRS] = { .kind = NLV_KIND_NESTED },
};

/* pneigh_fill_info() */
static void
put_proxy (NlvWriter *writer, struct ndmsg *header, const NlvNeighbor *neighbor)
{
  header->ndm_family = neighbor->family;
  header->ndm_flags = neighbor->flags | NTF_PROXY;
  header->ndm_type = RTN_UNICAST;
  header->ndm_ifindex = neighbor->link;
  header->ndm_state = NUD_NONE;
  nlv_put_ip (writer, NDA_DST, &neighbor->destination, neighbor->family);
  if (neighbor->protocol != 0)
    nlv_put_u8 (writer, NDA_PROTOCOL, neighbor->protocol);
  if (neighbor->extended_flags != 0)
    nlv_put_u32 (writer, NLV_NDA_FLAGS_EXT, neighbor->extended_flags);
}

/* A link without addresses has one of no length. */
static gboolean
shows_address (NlvNetwork *network, const NlvNeighbor *neighbor)
{
  const NlvLink *link = nlv_network_find_link (network, neighbor->link);

  return (neighbor->state & NUD_VALID) != 0 &&
         (neighbor->address_length > 0 || (link != NULL && link->address_length == 0));
}

/* neigh_fill_info() */
static void
put_neighbor (NlvNetwork *network, NlvWriter *writer, struct ndmsg *header, const NlvNeighbor *neighbor)
{
  header->ndm_family = neighbor->family;
  header->ndm_flags = neighbor->flags;
  header->ndm_type = neighbor->type;
  header->ndm_ifindex = neighbor->link;
  header->ndm_state = neighbor->state;
  nlv_put_ip (writer, NDA_DST, &neighbor->destination, neighbor->family);
  if (shows_address (network, neighbor))
    nlv_put (writer, NDA_LLADDR, neighbor->address, MIN (neighbor->address_length, sizeof neighbor->address));
  nlv_put_u32 (writer, NDA_PROBES, neighbor->probes);
  nlv_put (writer, NDA_CACHEINFO, &neighbor->times, sizeof neighbor->times);
  if (neighbor->protocol != 0)
    nlv_put_u8 (writer, NDA_PROTOCOL, neighbor->protocol);
  if (neighbor->extended_flags != 0)
    nlv_put_u32 (writer, NLV_NDA_FLAGS_EXT, neighbor->extended_flags);
}

void
nlv_neighbor_message (NlvNetwork *network, NlvWriter *writer, struct ndmsg *header, const NlvNeighbor *neighbor)
{
  if (neighbor->family == AF_BRIDGE)
    nlv_fdb_put_entry (network, writer, header, neighbor);
  else if (neighbor->proxy)
    put_proxy (writer, header, neighbor);
  else
    put_neighbor (network, writer, header, neighbor);
  nlv_raw_attrs_put (neighbor->extra, writer, sizeof *header);
}

/* neigh_valid_dump_req() */
static int
check_dump (NlvWalk *walk)
{
  gboolean strict = walk->dump.caller.strict;
  struct ndmsg header;
  NlvAttr attrs[NLV_NDA_MAX + 1];
  gboolean whole = nlv_request_header (&walk->request, &header, sizeof header);

  walk->filter.proxy = whole && header.ndm_flags == NTF_PROXY;
  if (strict)
    {
      if (!whole)
        return nlv_walk_refuse (walk, -EINVAL, "Invalid header for neighbor dump request");
      if (header.ndm_pad1 != 0 || header.ndm_pad2 != 0 || header.ndm_ifindex != 0 || header.ndm_state != 0 ||
          header.ndm_type != 0)
        return nlv_walk_refuse (walk, -EINVAL, "Invalid values in header for neighbor dump request");
      if ((header.ndm_flags & ~NTF_PROXY) != 0)
        return nlv_walk_refuse (walk, -EINVAL, "Invalid flags in header for neighbor dump request");
    }

  int error = nlv_request_attrs (&walk->request, sizeof header, attrs, NLV_NDA_MAX, nlv_neighbor_policy,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, &walk->dump.why);
  if (error < 0)
    return strict ? error : 0;
  for (guint i = 0; i <= NLV_NDA_MAX; i++)
    {
      if (!nlv_attr_present (&attrs[i]))
        continue;
      if (i == NDA_IFINDEX)
        walk->filter.link = nlv_attr_u32 (&attrs[i]);
      else if (i == NDA_MASTER)
        walk->filter.master = nlv_attr_u32 (&attrs[i]);
      else if (strict)
        return nlv_walk_refuse (walk, -EINVAL, "Unsupported attribute in neighbor dump request");
    }
  return 0;
}

static gboolean
is_filtered (NlvWalk *walk, const NlvNeighbor *neighbor)
{
  return (walk->filter.link != 0 && neighbor->link != walk->filter.link) ||
         nlv_link_filtered (walk->dump.network, neighbor->link, walk->filter.master);
}

static int
dump_table (NlvWalk *walk, NlvWriter *writer, guint8 family)
{
  NlvNetwork *network = walk->dump.network;
  guint16 flags = walk->filter.link != 0 || walk->filter.master != 0 ? NLM_F_DUMP_FILTERED : 0;

  for (guint n = nlv_network_get_n_neighbors (network); walk->position < n; walk->position++)
    {
      const NlvNeighbor *neighbor = nlv_network_get_neighbor (network, walk->position);
      if (neighbor->family != family || neighbor->proxy != walk->filter.proxy || is_filtered (walk, neighbor))
        continue;
      struct ndmsg *header = nlv_walk_begin (walk, writer, RTM_NEWNEIGH, flags, sizeof *header);
      if (header != NULL)
        nlv_neighbor_message (network, writer, header, neighbor);
      if (header == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_dump_neighbors (NlvWalk *walk, NlvWriter *writer)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  int error = nlv_walk_check (walk, check_dump);

  if (error < 0)
    return error;
  return nlv_walk_families (walk, writer, families, G_N_ELEMENTS (families), dump_table);
}

/* neigh_valid_get_req() */
static int
parse_get (const NlvRequest *request, struct ndmsg *header, NlvAttr *attrs)
{
  if (!nlv_request_header (request->message, header, sizeof *header))
    return nlv_request_refuse (request, -EINVAL, "Invalid header for neighbor get request");
  if (header->ndm_pad1 != 0 || header->ndm_pad2 != 0 || header->ndm_state != 0 || header->ndm_type != 0)
    return nlv_request_refuse (request, -EINVAL, "Invalid values in header for neighbor get request");
  if ((header->ndm_flags & ~NTF_PROXY) != 0)
    return nlv_request_refuse (request, -EINVAL, "Invalid flags in header for neighbor get request");
  if ((header->ndm_flags & NTF_PROXY) == 0 && header->ndm_ifindex == 0)
    return nlv_request_refuse (request, -EINVAL, "No device specified");

  int error = nlv_request_attrs (request->message, sizeof *header, attrs, NLV_NDA_MAX, nlv_neighbor_policy,
                                 NLV_VALIDATE_DEPRECATED_STRICT, request->extack);
  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[NDA_DST]))
    {
      request->extack->has_miss_type = TRUE;
      request->extack->miss_type = NDA_DST;
      return -EINVAL;
    }
  for (guint i = 0; i <= NLV_NDA_MAX; i++)
    if (i != NDA_DST && nlv_attr_present (&attrs[i]))
      return nlv_request_refuse (request, -EINVAL, "Unsupported attribute in neighbor get request");
  return 0;
}

static const NlvNeighbor *
find_neighbor (NlvNetwork *network, const struct ndmsg *wanted, const NlvIp *destination)
{
  gboolean proxy = (wanted->ndm_flags & NTF_PROXY) != 0;

  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    {
      const NlvNeighbor *neighbor = nlv_network_get_neighbor (network, i);
      if (neighbor->family == wanted->ndm_family && neighbor->proxy == proxy &&
          neighbor->link == (guint32) wanted->ndm_ifindex &&
          nlv_ip_equal (&neighbor->destination, destination, neighbor->family))
        return neighbor;
    }
  return NULL;
}

int
nlv_getneigh (const NlvRequest *request)
{
  struct ndmsg header;
  NlvAttr attrs[NLV_NDA_MAX + 1];
  NlvIp destination;
  NlvWriter writer;
  int error = parse_get (request, &header, attrs);

  if (error < 0)
    return error;
  if (header.ndm_family != AF_INET && header.ndm_family != AF_INET6)
    return nlv_request_refuse (request, -EAFNOSUPPORT, "Unsupported family in header for neighbor get request");
  if (attrs[NDA_DST].payload.len != nlv_ip_size (header.ndm_family))
    return nlv_request_refuse (request, -EINVAL, "Invalid network address in neighbor get request");
  if (header.ndm_ifindex != 0 && nlv_network_find_link (request->network, header.ndm_ifindex) == NULL)
    return nlv_request_refuse (request, -ENODEV, "Unknown device ifindex");

  nlv_attr_copy (&attrs[NDA_DST], &destination, sizeof destination);
  const NlvNeighbor *neighbor = find_neighbor (request->network, &header, &destination);
  if (neighbor == NULL)
    return nlv_request_refuse (request, -ENOENT,
                               (header.ndm_flags & NTF_PROXY) != 0 ? "Proxy neighbour entry not found"
                                                                   : "Neighbour entry not found");
  /* neigh_get() holds the entry while it tells of it. */
  NlvNeighbor held = *neighbor;
  held.times.ndm_refcnt++;
  struct ndmsg *out = nlv_reply_begin (request, &writer, RTM_NEWNEIGH, sizeof *out);
  nlv_neighbor_message (request->network, &writer, out, &held);
  return nlv_reply_finish (request, &writer);
}

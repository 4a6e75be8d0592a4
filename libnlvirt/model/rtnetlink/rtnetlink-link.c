/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETLINK: one link, or all with the kernel's filters. rtnl_getlink() and
 * rtnl_dump_ifinfo(). */
#include "model/device/device.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

/* The longest alternative name, with its NUL. */
#define ALTIFNAMSIZ 128

#define U32                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U32                                                                                               \
  }
#define U8                                                                                                             \
  {                                                                                                                    \
    .kind = NLV_KIND_U8                                                                                                \
  }
#define NESTED                                                                                                         \
  {                                                                                                                    \
    .kind = NLV_KIND_NESTED                                                                                            \
  }
#define REJECT                                                                                                         \
  {                                                                                                                    \
    .kind = NLV_KIND_REJECT                                                                                            \
  }
#define MIN_U32(low)                                                                                                   \
  {                                                                                                                    \
    .kind = NLV_KIND_U32, .bounded = TRUE, .min = low, .max = G_MAXUINT32                                              \
  }

/* MAX_TCP_HEADER + 1 without wireless devices */
#define MIN_GSO_SIZE 193

const NlvPolicy nlv_link_policy[NLV_IFLA_MAX + 1] = {
  [IFLA_UNSPEC] = { .min = NLV_IFLA_DPLL_PIN },
  [IFLA_IFNAME] = { .kind = NLV_KIND_STRING, .len = IFNAMSIZ - 1 },
  [IFLA_ADDRESS] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [IFLA_BROADCAST] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [IFLA_MAP] = { .kind = NLV_KIND_UNSPEC, .len = sizeof (struct rtnl_link_ifmap) },
  [IFLA_MTU] = U32,
  [IFLA_LINK] = U32,
  [IFLA_MASTER] = U32,
  [IFLA_CARRIER] = U8,
  [IFLA_TXQLEN] = U32,
  [IFLA_WEIGHT] = U32,
  [IFLA_OPERSTATE] = U8,
  [IFLA_LINKMODE] = U8,
  [IFLA_LINKINFO] = NESTED,
  [IFLA_NET_NS_PID] = U32,
  [IFLA_NET_NS_FD] = U32,
  [IFLA_IFALIAS] = { .kind = NLV_KIND_BINARY, .len = 255 },
  [IFLA_VFINFO_LIST] = NESTED,
  [IFLA_VF_PORTS] = NESTED,
  [IFLA_PORT_SELF] = NESTED,
  [IFLA_AF_SPEC] = NESTED,
  [IFLA_EXT_MASK] = U32,
  [IFLA_PROMISCUITY] = U32,
  [IFLA_NUM_TX_QUEUES] = U32,
  [IFLA_NUM_RX_QUEUES] = U32,
  [IFLA_GSO_MAX_SEGS] = U32,
  [IFLA_GSO_MAX_SIZE] = MIN_U32 (MIN_GSO_SIZE),
  [IFLA_PHYS_PORT_ID] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [IFLA_CARRIER_CHANGES] = U32,
  [IFLA_PHYS_SWITCH_ID] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [IFLA_LINK_NETNSID] = { .kind = NLV_KIND_S32 },
  [IFLA_PROTO_DOWN] = U8,
  [IFLA_XDP] = NESTED,
  [IFLA_EVENT] = U32,
  [IFLA_GROUP] = U32,
  [IFLA_TARGET_NETNSID] = { .kind = NLV_KIND_S32 },
  [IFLA_CARRIER_UP_COUNT] = U32,
  [IFLA_CARRIER_DOWN_COUNT] = U32,
  [IFLA_MIN_MTU] = U32,
  [IFLA_MAX_MTU] = U32,
  [IFLA_PROP_LIST] = NESTED,
  [IFLA_ALT_IFNAME] = { .kind = NLV_KIND_STRING, .len = ALTIFNAMSIZ - 1 },
  [IFLA_PERM_ADDRESS] = REJECT,
  [IFLA_PROTO_DOWN_REASON] = NESTED,
  [IFLA_NEW_IFINDEX] = { .kind = NLV_KIND_S32, .bounded = TRUE, .min = 1, .max = G_MAXINT32 },
  [IFLA_PARENT_DEV_NAME] = { .kind = NLV_KIND_NUL_STRING },
  [IFLA_GRO_MAX_SIZE] = U32,
  [IFLA_TSO_MAX_SIZE] = REJECT,
  [IFLA_TSO_MAX_SEGS] = REJECT,
  [IFLA_ALLMULTI] = REJECT,
  [NLV_IFLA_GSO_IPV4_MAX_SIZE] = MIN_U32 (MIN_GSO_SIZE),
  [NLV_IFLA_GRO_IPV4_MAX_SIZE] = U32,
  [NLV_IFLA_NETNS_IMMUTABLE] = REJECT,
  [NLV_IFLA_HEADROOM] = REJECT,
  [NLV_IFLA_TAILROOM] = REJECT,
};

static const NlvPolicy info_policy[IFLA_INFO_MAX + 1] = {
  [IFLA_INFO_KIND] = { .kind = NLV_KIND_STRING },
  [IFLA_INFO_DATA] = { .kind = NLV_KIND_BINARY },
  [IFLA_INFO_SLAVE_KIND] = { .kind = NLV_KIND_STRING },
  [IFLA_INFO_SLAVE_DATA] = { .kind = NLV_KIND_BINARY },
};

static void
put_link (NlvWriter *writer, struct ifinfomsg *header, const NlvLink *link, guint32 ext_mask)
{
  header->ifi_type = link->hardware_type;
  header->ifi_index = link->index;
  header->ifi_flags = link->flags;
  nlv_link_message (writer, link, ext_mask);
}

static gboolean
has_header_values (const struct ifinfomsg *header)
{
  return header->__ifi_pad != 0 || header->ifi_type != 0 || header->ifi_flags != 0 || header->ifi_change != 0;
}

/* rtnl_valid_getlink_req() */
static int
parse_getlink (const NlvRequest *request, struct ifinfomsg *header, NlvAttr *attrs)
{
  gboolean strict = request->caller->strict;

  if (!nlv_request_header (request->message, header, sizeof *header))
    return nlv_request_refuse (request, -EINVAL, "Invalid header for get link");
  if (strict && has_header_values (header))
    return nlv_request_refuse (request, -EINVAL, "Invalid values in header for get link request");

  int error = nlv_request_attrs (request->message, sizeof *header, attrs, NLV_IFLA_MAX, nlv_link_policy,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0 || !strict)
    return error;
  for (guint i = 0; i <= NLV_IFLA_MAX; i++)
    {
      gboolean known = i == IFLA_IFNAME || i == IFLA_EXT_MASK || i == IFLA_TARGET_NETNSID || i == IFLA_ALT_IFNAME;
      if (nlv_attr_present (&attrs[i]) && !known)
        return nlv_request_refuse (request, -EINVAL, "Unsupported attribute in get link request");
    }
  return 0;
}

static NlvLink *
find_named (NlvNetwork *network, const NlvAttr *name, gsize size)
{
  char *string = nlv_attr_dup_string (name);
  NlvLink *link = NULL;

  if (strlen (string) < size)
    link = nlv_network_find_link_by_name (network, string);
  g_free (string);
  return link;
}

int
nlv_getlink (const NlvRequest *request)
{
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  struct ifinfomsg header;
  NlvChange change;
  NlvLink *link;
  NlvWriter writer;
  int error = parse_getlink (request, &header, attrs);

  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[IFLA_NET_NS_PID]) || nlv_attr_present (&attrs[IFLA_NET_NS_FD]))
    return nlv_request_refuse (request, -EOPNOTSUPP, "specified netns attribute not supported");
  if (nlv_attr_present (&attrs[IFLA_TARGET_NETNSID]))
    return nlv_other_netns_error (request->network, &attrs[IFLA_TARGET_NETNSID]);

  if (header.ifi_index > 0)
    link = nlv_network_find_link (request->network, header.ifi_index);
  else if (nlv_attr_present (&attrs[IFLA_IFNAME]))
    link = find_named (request->network, &attrs[IFLA_IFNAME], IFNAMSIZ);
  else if (nlv_attr_present (&attrs[IFLA_ALT_IFNAME]))
    link = find_named (request->network, &attrs[IFLA_ALT_IFNAME], ALTIFNAMSIZ);
  else
    return -EINVAL;
  if (link == NULL)
    return -ENODEV;
  nlv_change_init (&change, request->network, request->caller->now);
  nlv_link_watch_sync (&change, link);

  struct ifinfomsg *out = nlv_reply_begin (request, &writer, RTM_NEWLINK, sizeof *out);
  put_link (&writer, out, link, nlv_attr_u32 (&attrs[IFLA_EXT_MASK]));
  return nlv_reply_finish (request, &writer);
}

/* rtnl_valid_dump_ifinfo_req(). Old programs send a short header: the body is
 * then taken for a rtgenmsg. */
static int
parse_dump (NlvWalk *walk, NlvAttr *attrs)
{
  NlvExtack *extack = &walk->dump.why;
  struct ifinfomsg header;
  gboolean whole = nlv_request_header (&walk->request, &header, sizeof header);

  if (!walk->dump.caller.strict)
    return nlv_request_attrs (&walk->request, whole ? sizeof header : sizeof (struct rtgenmsg), attrs, NLV_IFLA_MAX,
                              nlv_link_policy, NLV_VALIDATE_LIBERAL, extack);
  if (!whole)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid header for link dump");
  if (has_header_values (&header))
    return nlv_walk_refuse (walk, -EINVAL, "Invalid values in header for link dump request");
  if (header.ifi_index != 0)
    return nlv_walk_refuse (walk, -EINVAL, "Filter by device index not supported for link dumps");
  return nlv_request_attrs (&walk->request, sizeof header, attrs, NLV_IFLA_MAX, nlv_link_policy,
                            NLV_VALIDATE_DEPRECATED_STRICT, extack);
}

/* linkinfo_to_kind_ops(): a kind without a driver is no filter. */
static char *
requested_kind (NlvNetwork *network, const NlvAttr *info)
{
  g_autofree char *kind = NULL;
  NlvAttr attrs[IFLA_INFO_MAX + 1];

  if (nlv_attrs_parse (info->payload, attrs, IFLA_INFO_MAX, info_policy, NLV_VALIDATE_LIBERAL, NULL) < 0 ||
      !nlv_attr_present (&attrs[IFLA_INFO_KIND]))
    return NULL;
  kind = nlv_attr_dup_string (&attrs[IFLA_INFO_KIND]);
  return nlv_network_knows_kind (network, kind) ? g_steal_pointer (&kind) : NULL;
}

static int
check_dump (NlvWalk *walk)
{
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  int error = parse_dump (walk, attrs);

  if (error < 0)
    return walk->dump.caller.strict ? error : 0;
  for (guint i = 0; i <= NLV_IFLA_MAX; i++)
    {
      if (!nlv_attr_present (&attrs[i]))
        continue;
      if (i == IFLA_TARGET_NETNSID)
        return nlv_walk_refuse (walk, nlv_other_netns_error (walk->dump.network, &attrs[i]),
                                "Invalid target network namespace id");
      if (i == IFLA_EXT_MASK)
        walk->filter.ext_mask = nlv_attr_u32 (&attrs[i]);
      else if (i == IFLA_MASTER)
        walk->filter.master = nlv_attr_u32 (&attrs[i]);
      else if (i == IFLA_LINKINFO)
        walk->filter.kind = requested_kind (walk->dump.network, &attrs[i]);
      else if (walk->dump.caller.strict)
        return nlv_walk_refuse (walk, -EINVAL, "Unsupported attribute in link dump request");
    }
  return 0;
}

static gboolean
is_filtered (NlvWalk *walk, const NlvLink *link)
{
  const NlvDumpFilter *filter = &walk->filter;

  if (nlv_link_filtered (walk->dump.network, link->index, filter->master))
    return TRUE;
  return filter->kind != NULL && g_strcmp0 (filter->kind, link->kind) != 0;
}

/* The position is the last link's index, so that links may come and go. */
static guint
first_behind (NlvNetwork *network, guint32 index)
{
  guint low = 0, high = nlv_network_get_n_links (network);

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      if (nlv_network_get_link (network, middle)->index <= index)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

int
nlv_dump_links (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  int error = nlv_walk_check (walk, check_dump);

  if (error < 0)
    return error;
  guint16 flags = walk->filter.master != 0 || walk->filter.kind != NULL ? NLM_F_DUMP_FILTERED : 0;
  for (guint i = first_behind (network, walk->position); i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      if (!is_filtered (walk, link))
        {
          struct ifinfomsg *header = nlv_walk_begin (walk, writer, RTM_NEWLINK, flags, sizeof *header);
          if (header != NULL)
            put_link (writer, header, link, walk->filter.ext_mask);
          if (header == NULL || !nlv_writer_end (writer))
            {
              error = -EMSGSIZE;
              break;
            }
        }
      walk->position = link->index;
    }
  nlv_walk_check_consistent (walk, writer);
  return error;
}

static gsize
bytes_size (GBytes *bytes)
{
  return bytes != NULL ? g_bytes_get_size (bytes) : 0;
}

/* rtnl_calcit(): only a reader that asks for more than the ordinary gets
 * datagrams that hold the largest link at any rate. */
guint32
nlv_dump_links_min_room (NlvNetwork *network, const NlvMessage *message)
{
  const gsize ordinary = 2048;
  struct ifinfomsg header;
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  gsize largest = 0;

  gboolean whole = nlv_request_header (message, &header, sizeof header);
  if (nlv_request_attrs (message, whole ? sizeof header : sizeof (struct rtgenmsg), attrs, NLV_IFLA_MAX,
                         nlv_link_policy, NLV_VALIDATE_LIBERAL, NULL) < 0 ||
      nlv_attr_u32 (&attrs[IFLA_EXT_MASK]) == 0)
    return 0;
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      gsize size = ordinary + bytes_size (link->kind_data) + bytes_size (link->slave_data);
      for (guint j = 0; link->alt_names != NULL && j < link->alt_names->len; j++)
        size += strlen (g_ptr_array_index (link->alt_names, j)) + 8;
      size += nlv_raw_attrs_size (link->extra);
      largest = MAX (largest, size);
    }
  return MIN (largest, 1 << 16);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWLINK as a link, and the groups that it is in. */
#include "model/capture/capture-private.h"

#include <linux/if_link.h>
#include <string.h>

static void
read_numbers (const NlvAttr *attr, NlvLink *link, NlvLinkSettings which, gsize width)
{
  for (guint i = 0; i < attr->payload.len / width; i++)
    {
      gint32 narrow;
      gint64 value;

      if (width == sizeof narrow)
        {
          memcpy (&narrow, attr->payload.data + i * width, width);
          value = narrow;
        }
      else
        memcpy (&value, attr->payload.data + i * width, width);
      nlv_link_set_setting (link, which, i, value);
    }
}

static void
read_inet6 (NlvSpan attrs, NlvLink *link)
{
  struct ifla_cacheinfo times;
  NlvAttr attr;

  while (nlv_attr_next (&attrs, &attr))
    switch (attr.type)
      {
        case IFLA_INET6_FLAGS:
          nlv_link_set_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_FLAGS, nlv_attr_u32 (&attr));
          break;
        case IFLA_INET6_CACHEINFO:
          nlv_attr_copy (&attr, &times, sizeof times);
          nlv_link_set_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_MAX_REASSEMBLY_LEN, times.max_reasm_len);
          nlv_link_set_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_UPDATED, times.tstamp);
          nlv_link_set_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_REACHABLE_TIME, times.reachable_time);
          nlv_link_set_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_RETRANS_TIME, times.retrans_time);
          break;
        case IFLA_INET6_CONF:
          read_numbers (&attr, link, NLV_LINK_IPV6, sizeof (gint32));
          break;
        case IFLA_INET6_STATS:
          read_numbers (&attr, link, NLV_LINK_IPV6_STATISTICS, sizeof (gint64));
          break;
        case IFLA_INET6_ICMP6STATS:
          read_numbers (&attr, link, NLV_LINK_ICMPV6_STATISTICS, sizeof (gint64));
          break;
        case IFLA_INET6_TOKEN:
          link->ipv6_token = nlv_capture_ip (&attr);
          break;
        case IFLA_INET6_ADDR_GEN_MODE:
          link->address_generation = nlv_attr_u8 (&attr);
          break;
        case NLV_IFLA_INET6_RA_MTU:
          nlv_link_set_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_RA_MTU, nlv_attr_u32 (&attr));
          break;
        default:
          break;
      }
}

static void
read_families (NlvSpan attrs, NlvLink *link)
{
  NlvAttr family, attr;

  while (nlv_attr_next (&attrs, &family))
    if (family.type == AF_INET6)
      read_inet6 (family.payload, link);
    else if (family.type == AF_INET)
      for (NlvSpan rest = family.payload; nlv_attr_next (&rest, &attr);)
        if (attr.type == IFLA_INET_CONF)
          read_numbers (&attr, link, NLV_LINK_IPV4, sizeof (gint32));
}

static void
read_info (NlvSpan attrs, NlvLink *link)
{
  NlvAttr attr;

  while (nlv_attr_next (&attrs, &attr))
    switch (attr.type)
      {
        case IFLA_INFO_KIND:
          nlv_capture_string (&attr, &link->kind);
          break;
        case IFLA_INFO_DATA:
          nlv_capture_bytes (&attr, &link->kind_data);
          break;
        case IFLA_INFO_SLAVE_KIND:
          nlv_capture_string (&attr, &link->slave_kind);
          break;
        case IFLA_INFO_SLAVE_DATA:
          nlv_capture_bytes (&attr, &link->slave_data);
          break;
        default:
          break;
      }
}

static gboolean
is_alt_name (const char *name, const NlvLink *link)
{
  return strlen (name) < NLV_ALT_NAME_SIZE && strcmp (name, link->name) != 0 &&
         !g_ptr_array_find_with_equal_func (link->alt_names, name, g_str_equal, NULL);
}

static void
read_alt_names (NlvSpan attrs, NlvLink *link)
{
  NlvAttr attr;

  g_clear_pointer (&link->alt_names, g_ptr_array_unref);
  link->alt_names = g_ptr_array_new_with_free_func (g_free);
  while (nlv_attr_next (&attrs, &attr))
    if (attr.type == IFLA_ALT_IFNAME)
      {
        char *name = NULL;

        nlv_capture_string (&attr, &name);
        if (is_alt_name (name, link))
          g_ptr_array_add (link->alt_names, name);
        else
          g_free (name);
      }
}

static void
read_hardware_address (const NlvAttr *attr, guint8 address[32], guint8 *length)
{
  *length = MIN (attr->payload.len, 32);
  nlv_attr_copy (attr, address, 32);
}

/* The members that are a number each. */
typedef struct
{
  guint16 type;
  guint8 width;
  guint16 offset;
} Number;

#define NUMBER(type, member)                                                                                           \
  {                                                                                                                    \
    type, sizeof (((NlvLink *) NULL)->member), G_STRUCT_OFFSET (NlvLink, member)                                       \
  }

static const Number numbers[] = {
  NUMBER (IFLA_TXQLEN, tx_queue_length),
  NUMBER (IFLA_OPERSTATE, operational_state),
  NUMBER (IFLA_LINKMODE, link_mode),
  NUMBER (IFLA_MTU, mtu),
  NUMBER (IFLA_MIN_MTU, min_mtu),
  NUMBER (IFLA_MAX_MTU, max_mtu),
  NUMBER (IFLA_GROUP, group),
  NUMBER (IFLA_PROMISCUITY, promiscuity),
  NUMBER (IFLA_ALLMULTI, all_multicast),
  NUMBER (IFLA_NUM_TX_QUEUES, tx_queues),
  NUMBER (IFLA_NUM_RX_QUEUES, rx_queues),
  NUMBER (IFLA_GSO_MAX_SEGS, gso_max_segs),
  NUMBER (IFLA_GSO_MAX_SIZE, gso_max_size),
  NUMBER (IFLA_GRO_MAX_SIZE, gro_max_size),
  NUMBER (NLV_IFLA_GSO_IPV4_MAX_SIZE, gso_ipv4_max_size),
  NUMBER (NLV_IFLA_GRO_IPV4_MAX_SIZE, gro_ipv4_max_size),
  NUMBER (IFLA_TSO_MAX_SIZE, tso_max_size),
  NUMBER (IFLA_TSO_MAX_SEGS, tso_max_segs),
  NUMBER (IFLA_CARRIER, carrier),
  NUMBER (IFLA_CARRIER_UP_COUNT, carrier_up_count),
  NUMBER (IFLA_CARRIER_DOWN_COUNT, carrier_down_count),
  NUMBER (IFLA_PROTO_DOWN, protocol_down),
  NUMBER (IFLA_MASTER, master),
};

static gboolean
read_number (const NlvAttr *attr, NlvLink *link)
{
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (numbers[i].type == attr->type)
      {
        nlv_attr_copy (attr, (guint8 *) link + numbers[i].offset, numbers[i].width);
        return TRUE;
      }
  return FALSE;
}

static void
read_attr (const NlvAttr *attr, NlvLink *link)
{
  guint8 length;

  switch (attr->type)
    {
      case IFLA_IFNAME:
        nlv_capture_name (attr, link->name);
        break;
      case IFLA_IFALIAS:
        nlv_capture_string (attr, &link->alias);
        break;
      case IFLA_QDISC:
        nlv_capture_string (attr, &link->qdisc);
        break;
      case IFLA_ADDRESS:
        read_hardware_address (attr, link->address, &link->address_length);
        break;
      case IFLA_BROADCAST:
        read_hardware_address (attr, link->broadcast, &length);
        break;
      case IFLA_PERM_ADDRESS:
        read_hardware_address (attr, link->permanent_address, &link->permanent_address_length);
        break;
      case IFLA_LINK:
        link->lower = nlv_attr_u32 (attr);
        link->has_lower = TRUE;
        break;
      case IFLA_LINK_NETNSID:
        link->lower_netns = (gint32) nlv_attr_u32 (attr);
        break;
      case IFLA_STATS64:
        nlv_attr_copy (attr, &link->stats, sizeof link->stats);
        break;
      case IFLA_LINKINFO:
        read_info (attr->payload, link);
        break;
      default:
        read_number (attr, link);
        break;
    }
}

void
nlv_capture_link (NlvCapture *self, const NlvMessage *message)
{
  struct ifinfomsg header;
  NlvWriter writer;
  gpointer out;
  NlvSpan attrs, rest;
  NlvLink link;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs) || header.ifi_family != AF_UNSPEC ||
      header.ifi_index <= 0)
    return;
  nlv_link_init (&link);
  link.index = header.ifi_index;
  link.hardware_type = header.ifi_type;
  link.flags = header.ifi_flags;
  for (rest = attrs; nlv_attr_next (&rest, &attr);)
    read_attr (&attr, &link);
  /* What is usual depends on the MTU and the like. */
  for (rest = attrs; nlv_attr_next (&rest, &attr);)
    if (attr.type == IFLA_AF_SPEC)
      read_families (attr.payload, &link);
    else if (attr.type == IFLA_PROP_LIST)
      read_alt_names (attr.payload, &link);

  if (nlv_link_name_fault (link.name) != NULL)
    {
      nlv_link_clear (&link);
      return;
    }
  nlv_capture_begin_reply (&writer, sizeof header, &out);
  nlv_link_message (&writer, &link, RTEXT_FILTER_VF);
  nlv_capture_compare (&writer, sizeof header, attrs, FALSE, &link.extra);
  nlv_network_add_link (self->network, &link);
}

void
nlv_capture_finish_links (NlvCapture *self)
{
  for (guint i = 0; i < nlv_network_get_n_links (self->network); i++)
    {
      NlvLink *link = nlv_network_get_link (self->network, i);

      if (link->master == link->index || !nlv_capture_knows_link (self, link->master))
        link->master = 0;
    }
}

/* --- groups ------------------------------------------------------------------------- */

void
nlv_capture_groups (NlvCapture *self, const NlvMessage *message)
{
  gboolean anycast = message->header.nlmsg_type == RTM_GETANYCAST;
  struct ifaddrmsg header;
  struct ifa_cacheinfo info;
  NlvMembership group = { 0 };
  NlvSpan attrs;
  NlvAttr attr;

  if (!nlv_capture_split (message, &header, sizeof header, &attrs))
    return;
  NlvLink *link = nlv_network_find_link (self->network, header.ifa_index);
  GArray **groups;
  if (link == NULL)
    return;
  groups = &link->groups[anycast                        ? NLV_GROUPS_ANYCAST
                         : header.ifa_family == AF_INET ? NLV_GROUPS_IPV4
                                                        : NLV_GROUPS_IPV6];
  if (*groups == NULL)
    *groups = g_array_new (FALSE, FALSE, sizeof group);
  while (nlv_attr_next (&attrs, &attr))
    if (attr.type == (anycast ? IFA_ANYCAST : IFA_MULTICAST))
      group.ip = nlv_capture_ip (&attr);
    else if (attr.type == IFA_CACHEINFO)
      {
        nlv_attr_copy (&attr, &info, sizeof info);
        group.created = info.cstamp;
        group.updated = info.tstamp;
      }
  g_array_append_val (*groups, group);
}

static gboolean
equal_groups (const GArray *a, const GArray *b)
{
  return a->len == b->len && (a->len == 0 || memcmp (a->data, b->data, a->len * sizeof (NlvMembership)) == 0);
}

/* A link without a group is told of by silence. */
void
nlv_capture_finish_groups (NlvCapture *self)
{
  for (guint i = 0; i < nlv_network_get_n_links (self->network); i++)
    {
      NlvLink *link = nlv_network_get_link (self->network, i);

      for (guint which = 0; which < NLV_N_GROUPS; which++)
        {
          g_autoptr (GArray) usual = nlv_link_usual_groups (self->network, link, which);

          if (link->groups[which] == NULL)
            link->groups[which] = g_array_new (FALSE, FALSE, sizeof (NlvMembership));
          if (equal_groups (link->groups[which], usual))
            g_clear_pointer (&link->groups[which], g_array_unref);
        }
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Multicast groups of bridges and VNIs of vxlans, which stay as they were
 * recorded: what is wrong with a request to change them, as far as that shows
 * before a device is asked. rtnl_mdb_add(), vxlan_vnifilter_process() */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>

#define SET_ENTRY_MAX 2
/* enum of newer headers: VXLAN_VNIFILTER_ENTRY */
#define VNI_ENTRY 1

/* What is wrong with the group of an entry. */
static const char *
group_fault (const struct br_mdb_entry *entry)
{
  static const struct in6_addr all_nodes = { { { 0xff, 0x02, [15] = 1 } } };
  guint32 group = g_ntohl (entry->addr.u.ip4);

  switch (g_ntohs (entry->addr.proto))
    {
      case ETHERTYPE_IP:
        if (group != 0 && !IN_MULTICAST (group))
          return "IPv4 entry group address is not multicast or 0.0.0.0";
        return (group & 0xffffff00) == INADDR_UNSPEC_GROUP ? "IPv4 entry group address is local multicast" : NULL;
      case ETHERTYPE_IPV6:
        return memcmp (&entry->addr.u.ip6, &all_nodes, sizeof all_nodes) == 0
                 ? "IPv6 entry group address is link-local all nodes"
                 : NULL;
      case 0:
        return (entry->addr.u.mac_addr[0] & 1) == 0 ? "L2 entry group is not multicast" : NULL;
      default:
        return "Unknown entry protocol";
    }
}

static const char *
entry_fault (const struct br_mdb_entry *entry)
{
  const char *words = entry->ifindex == 0 ? "Zero entry ifindex is not allowed" : group_fault (entry);

  if (words != NULL)
    return words;
  if (entry->state != MDB_PERMANENT && entry->state != MDB_TEMPORARY)
    return "Unknown entry state";
  return entry->vid >= NLV_MDB_MAX_VLAN ? "Invalid entry VLAN id" : NULL;
}

/* rtnl_validate_mdb_entry() */
static int
check_entry (const NlvAttr *attr, NlvExtack *extack)
{
  return nlv_mdb_check_entry (attr, extack, entry_fault);
}

static const char *
bulk_fault (const struct br_mdb_entry *entry)
{
  static const struct br_mdb_entry none;

  if (entry->state != MDB_PERMANENT && entry->state != MDB_TEMPORARY)
    return "Unknown entry state";
  if (entry->flags != 0)
    return "Entry flags cannot be set";
  if (entry->vid >= NLV_MDB_MAX_VLAN)
    return "Invalid entry VLAN id";
  return memcmp (&entry->addr, &none.addr, sizeof entry->addr) != 0 ? "Entry address cannot be set" : NULL;
}

/* rtnl_validate_mdb_entry_del_bulk() */
static int
check_bulk_entry (const NlvAttr *attr, NlvExtack *extack)
{
  return nlv_mdb_check_entry (attr, extack, bulk_fault);
}

static const NlvPolicy policy[SET_ENTRY_MAX + 1] = {
  [MDBA_SET_ENTRY] = { .kind = NLV_KIND_BINARY, .len = sizeof (struct br_mdb_entry), .validate = check_entry },
  [MDBA_SET_ENTRY_ATTRS] = { .kind = NLV_KIND_NESTED },
};

static const NlvPolicy bulk_policy[SET_ENTRY_MAX + 1] = {
  [MDBA_SET_ENTRY] = { .kind = NLV_KIND_BINARY, .len = sizeof (struct br_mdb_entry), .validate = check_bulk_entry },
  [MDBA_SET_ENTRY_ATTRS] = { .kind = NLV_KIND_NESTED },
};

int
nlv_change_mdb (const NlvRequest *request)
{
  const struct nlmsghdr *asked = &request->message->header;
  gboolean bulk = asked->nlmsg_type == RTM_DELMDB && (asked->nlmsg_flags & NLM_F_BULK) != 0;
  NlvAttr attrs[SET_ENTRY_MAX + 1];
  const NlvLink *link;
  int error =
    nlv_request_attrs (request->message, sizeof (struct br_port_msg), attrs, SET_ENTRY_MAX, bulk ? bulk_policy : policy,
                       bulk ? NLV_VALIDATE_STRICT : NLV_VALIDATE_LIBERAL, request->extack);

  if (error == 0)
    error = nlv_mdb_check_request (request, &attrs[MDBA_SET_ENTRY], MDBA_SET_ENTRY, "Missing MDBA_SET_ENTRY attribute",
                                   &link);
  return error < 0 ? error : -EOPNOTSUPP;
}

int
nlv_change_tunnel (const NlvRequest *request)
{
  static const NlvPolicy vni_policy[VNI_ENTRY + 1] = { [VNI_ENTRY] = { .kind = NLV_KIND_NESTED } };
  struct br_port_msg header; /* its layout is struct tunnel_msg's */
  NlvAttr attrs[VNI_ENTRY + 1];
  const NlvLink *link;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, VNI_ENTRY, vni_policy, NLV_VALIDATE_STRICT,
                                 request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  link = nlv_network_find_link (request->network, header.ifindex);
  if (link == NULL)
    return -ENODEV;
  if (!nlv_link_is_kind (link, "vxlan"))
    return nlv_request_refuse (request, -EINVAL, "vxlan: The device is not a vxlan device");
  return -EOPNOTSUPP;
}

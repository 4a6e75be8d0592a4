/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Objects that the model does not hold: their dumps are empty, or show what
 * follows from the links, and single ones are not found. */
#include "model/rtnetlink-private.h"

#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if_bridge.h>
#include <linux/net_namespace.h>
#include <linux/nexthop.h>
#include <linux/pkt_sched.h>
#include <string.h>

#define N_TC_ATTRS 18

static const NlvPolicy tc_policy[N_TC_ATTRS + 1] = {
  [TCA_KIND] = { .kind = NLV_KIND_STRING },      [TCA_RATE] = { .kind = NLV_KIND_BINARY, .len = 8 },
  [TCA_STAB] = { .kind = NLV_KIND_NESTED },      [TCA_DUMP_INVISIBLE] = { .kind = NLV_KIND_FLAG },
  [TCA_CHAIN] = { .kind = NLV_KIND_U32 },        [TCA_INGRESS_BLOCK] = { .kind = NLV_KIND_U32 },
  [TCA_EGRESS_BLOCK] = { .kind = NLV_KIND_U32 },
};

/* tc_fill_qdisc() of a queue without statistics */
static gboolean
put_qdisc (NlvWalk *walk, NlvWriter *writer, const NlvLink *link)
{
  struct tcmsg *header = nlv_walk_begin (walk, writer, RTM_NEWQDISC, 0, sizeof *header);

  if (header == NULL)
    return FALSE;
  header->tcm_ifindex = link->index;
  header->tcm_parent = TC_H_ROOT;
  header->tcm_info = 2; /* references */
  nlv_put_string (writer, TCA_KIND, link->qdisc);
  nlv_put_u8 (writer, TCA_HW_OFFLOAD, 0);
  gsize nest = nlv_nest_begin (writer, TCA_STATS2);
  nlv_put_reserve (writer, TCA_STATS_BASIC, sizeof (struct gnet_stats_basic));
  nlv_put_reserve (writer, TCA_STATS_QUEUE, sizeof (struct gnet_stats_queue));
  nlv_nest_end (writer, nest);
  nlv_put_reserve (writer, TCA_STATS, sizeof (struct tc_stats));
  return nlv_writer_end (writer);
}

int
nlv_dump_qdiscs (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  NlvAttr attrs[N_TC_ATTRS + 1];
  int error = nlv_request_attrs (&walk->request, sizeof (struct tcmsg), attrs, N_TC_ATTRS, tc_policy,
                                 NLV_VALIDATE_LIBERAL, &walk->dump.why);

  if (error < 0)
    return error;
  for (guint n = nlv_network_get_n_links (network); walk->position < n; walk->position++)
    {
      const NlvLink *link = nlv_network_get_link (network, walk->position);
      /* qdisc_dump_filter() hides noop, which a link that is down has. */
      gboolean shown = link->qdisc != NULL && strcmp (link->qdisc, "noop") != 0;
      if (shown && !put_qdisc (walk, writer, link))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_dump_nothing (NlvWalk *walk, NlvWriter *writer)
{
  return 0;
}

/* rtm_dump_nexthop_bucket() */
int
nlv_dump_buckets (NlvWalk *walk, NlvWriter *writer)
{
  return nlv_request_body (&walk->request).len == sizeof (struct nhmsg) ? 0 : -EINVAL;
}

/* tc_dump_action(): no kind of action is asked for that is loaded. */
int
nlv_dump_actions (NlvWalk *walk, NlvWriter *writer)
{
  NlvAttr attrs[3];

  return nlv_request_attrs (&walk->request, sizeof (struct tcamsg), attrs, 2, NULL, NLV_VALIDATE_LIBERAL,
                            &walk->dump.why);
}

int
nlv_get_tc_object (const NlvRequest *request)
{
  struct tcmsg header;
  NlvAttr attrs[N_TC_ATTRS + 1];
  int error = nlv_request_attrs (request->message, sizeof header, attrs, N_TC_ATTRS, tc_policy, NLV_VALIDATE_LIBERAL,
                                 request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  if (request->message->header.nlmsg_type == RTM_GETTFILTER && TC_H_MAJ (header.tcm_info) == 0)
    return nlv_request_refuse (request, -ENOENT, "Invalid filter command with priority of zero");
  if (nlv_network_find_link (request->network, header.tcm_ifindex) == NULL)
    return -ENODEV;
  return -ENOENT;
}

int
nlv_get_action (const NlvRequest *request)
{
  NlvAttr attrs[3];
  int error =
    nlv_request_attrs (request->message, sizeof (struct tcamsg), attrs, 2, NULL, NLV_VALIDATE_LIBERAL, request->extack);

  return error < 0 ? error : nlv_request_refuse (request, -EINVAL, "Netlink action attributes missing");
}

/* dcb_doit(): no device has a handler. */
int
nlv_getdcb (const NlvRequest *request)
{
  NlvAttr attrs[2];
  int error = nlv_request_attrs (request->message, 4, attrs, 1, NULL, NLV_VALIDATE_LIBERAL, request->extack);

  return error < 0 ? error : -EOPNOTSUPP;
}

/* The least number of a namespace that is @from or more, of those that links
 * have their other end in; -1 when there is none. */
static gint32
next_netns (NlvNetwork *network, gint32 from)
{
  gint32 found = -1;

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      if (link->has_lower && link->lower_netns >= from && (found < 0 || link->lower_netns < found))
        found = link->lower_netns;
    }
  return found;
}

/* rtnl_net_dumpid() */
int
nlv_dump_netns_ids (NlvWalk *walk, NlvWriter *writer)
{
  NlvAttr attrs[NETNSA_MAX + 1];
  gint32 id;

  if (walk->dump.caller.strict && !walk->checked)
    {
      int error = nlv_request_attrs (&walk->request, sizeof (struct rtgenmsg), attrs, NETNSA_MAX, NULL,
                                     NLV_VALIDATE_DEPRECATED_STRICT, &walk->dump.why);
      if (error < 0)
        return error;
    }
  walk->checked = TRUE;
  while (walk->position <= G_MAXINT32 && (id = next_netns (walk->dump.network, walk->position)) >= 0)
    {
      if (nlv_walk_begin (walk, writer, RTM_NEWNSID, 0, sizeof (struct rtgenmsg)) == NULL)
        return -EMSGSIZE;
      nlv_put_u32 (writer, NETNSA_NSID, id);
      if (!nlv_writer_end (writer))
        return -EMSGSIZE;
      walk->position = (guint32) id + 1;
    }
  return 0;
}

int
nlv_getnsid (const NlvRequest *request)
{
  static const NlvPolicy policy[NETNSA_MAX + 1] = {
    [NETNSA_NSID] = { .kind = NLV_KIND_S32 },
    [NETNSA_PID] = { .kind = NLV_KIND_U32 },
    [NETNSA_FD] = { .kind = NLV_KIND_U32 },
    [NETNSA_TARGET_NSID] = { .kind = NLV_KIND_S32 },
  };
  gboolean strict = request->caller->strict;
  NlvAttr attrs[NETNSA_MAX + 1];
  NlvWriter writer;
  int error = nlv_request_attrs (request->message, sizeof (struct rtgenmsg), attrs, NETNSA_MAX, policy,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  gint32 id = NETNSA_NSID_NOT_ASSIGNED;
  if (nlv_attr_present (&attrs[NETNSA_NSID]))
    {
      id = nlv_attr_u32 (&attrs[NETNSA_NSID]);
      if (id < 0 || next_netns (request->network, id) != id)
        return -ENOENT;
    }
  else if (!nlv_attr_present (&attrs[NETNSA_PID]) && !nlv_attr_present (&attrs[NETNSA_FD]))
    return nlv_request_refuse (request, -EINVAL, "Peer netns reference is missing");

  nlv_reply_begin (request, &writer, RTM_NEWNSID, sizeof (struct rtgenmsg));
  nlv_put_u32 (&writer, NETNSA_NSID, id);
  return nlv_reply_finish (request, &writer);
}

int
nlv_dump_nexthops (NlvWalk *walk, NlvWriter *writer)
{
  NlvAttr attrs[NHA_MAX + 1];

  return nlv_request_attrs (&walk->request, sizeof (struct nhmsg), attrs, NHA_MAX, NULL, NLV_VALIDATE_TRAILING,
                            &walk->dump.why);
}

int
nlv_getnexthop (const NlvRequest *request)
{
  NlvAttr attrs[NHA_MAX + 1];
  int error = nlv_request_attrs (request->message, sizeof (struct nhmsg), attrs, NHA_MAX, NULL, NLV_VALIDATE_TRAILING,
                                 request->extack);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[NHA_ID]))
    return nlv_request_refuse (request, -EINVAL, "Nexthop id is missing");
  return nlv_attr_u32 (&attrs[NHA_ID]) == 0 ? nlv_request_refuse (request, -EINVAL, "Invalid nexthop id") : -ENOENT;
}

/* br_mdb_dump(): nobody has joined a group behind a bridge. */
int
nlv_dump_mdb (NlvWalk *walk, NlvWriter *writer)
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

int
nlv_getmdb (const NlvRequest *request)
{
  NlvAttr attrs[2];
  int error = nlv_request_attrs (request->message, sizeof (struct br_port_msg), attrs, 1, NULL, NLV_VALIDATE_TRAILING,
                                 request->extack);

  return error < 0 ? error : -EINVAL;
}

/* vxlan_vnifilter_dump() */
int
nlv_dump_tunnels (NlvWalk *walk, NlvWriter *writer)
{
  /* struct tunnel_msg: family, flags, a reserved half word, a link. */
  if (nlv_request_body (&walk->request).len < 8)
    return nlv_walk_refuse (walk, -EINVAL, "Invalid msg length");
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which handler answers a request, and what all dumps have in common: the
 * kernel's rtnetlink_rcv_msg(), rtnl_dump_all() and rtnl_dumpit(). */
#include "model/change/change-link.h"
#include "model/network-limits.h"
#include "model/rtnetlink/rtnetlink-private.h"
#include "model/timer.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  guint16 type;
  guint8 family;
  NlvDoit doit;
  NlvDumpit dumpit;
  NlvEnding ending;
  gboolean bulk; /* NLM_F_BULK: RTNL_FLAG_BULK_DEL_SUPPORTED */
} Handler;

static int dump_all_families (NlvWalk *walk, NlvWriter *writer);

static const Handler handlers[] = {
  { RTM_GETLINK, AF_UNSPEC, nlv_getlink, nlv_dump_links, NLV_ENDING_SPLIT },
  { RTM_NEWLINK, AF_UNSPEC, nlv_newlink },
  { RTM_SETLINK, AF_UNSPEC, nlv_setlink },
  { RTM_DELLINK, AF_UNSPEC, nlv_dellink },
  { RTM_SETLINK, AF_BRIDGE, nlv_bridge_setlink },
  { RTM_DELLINK, AF_BRIDGE, nlv_bridge_dellink },
  { RTM_NEWLINKPROP, AF_UNSPEC, nlv_linkprop },
  { RTM_DELLINKPROP, AF_UNSPEC, nlv_linkprop },
  { RTM_GETLINK, AF_BRIDGE, NULL, nlv_dump_bridge_links, NLV_ENDING_ASKED },
  { RTM_GETLINK, AF_INET6, NULL, nlv_dump_inet6_links, NLV_ENDING_JOINED },
  { RTM_GETLINK, RTNL_FAMILY_IPMR, NULL, nlv_dump_ipmr_links, NLV_ENDING_SPLIT },
  { RTM_NEWADDR, AF_INET, nlv_newaddr_ipv4 },
  { RTM_DELADDR, AF_INET, nlv_deladdr_ipv4 },
  { RTM_NEWADDR, AF_INET6, nlv_newaddr_ipv6 },
  { RTM_DELADDR, AF_INET6, nlv_deladdr_ipv6 },
  { RTM_GETADDR, AF_UNSPEC, NULL, dump_all_families, NLV_ENDING_SPLIT },
  { RTM_GETADDR, AF_INET, NULL, nlv_dump_addresses, NLV_ENDING_SPLIT },
  { RTM_GETADDR, AF_INET6, nlv_getaddr_inet6, nlv_dump_addresses, NLV_ENDING_JOINED },
  { RTM_GETROUTE, AF_UNSPEC, NULL, dump_all_families, NLV_ENDING_SPLIT },
  { RTM_NEWROUTE, AF_INET, nlv_newroute_ipv4, NULL, NLV_ENDING_JOINED },
  { RTM_NEWROUTE, AF_INET6, nlv_newroute_ipv6, NULL, NLV_ENDING_JOINED },
  { RTM_DELROUTE, AF_INET, nlv_delroute_ipv4, NULL, NLV_ENDING_JOINED },
  { RTM_DELROUTE, AF_INET6, nlv_delroute_ipv6, NULL, NLV_ENDING_JOINED },
  { RTM_NEWROUTE, RTNL_FAMILY_IPMR, nlv_newroute_multicast },
  { RTM_DELROUTE, RTNL_FAMILY_IPMR, nlv_delroute_multicast },
  { RTM_GETROUTE, AF_INET, nlv_getroute_ipv4, nlv_dump_routes, NLV_ENDING_SPLIT },
  { RTM_GETROUTE, AF_INET6, nlv_getroute_ipv6, nlv_dump_routes, NLV_ENDING_SPLIT },
  { RTM_GETROUTE, RTNL_FAMILY_IPMR, nlv_getroute_multicast, nlv_dump_multicast_routes, NLV_ENDING_JOINED },
  { RTM_GETROUTE, RTNL_FAMILY_IP6MR, nlv_getroute_multicast, nlv_dump_multicast_routes, NLV_ENDING_JOINED },
  { RTM_NEWNEIGH, AF_UNSPEC, nlv_newneigh, NULL, 0 },
  { RTM_DELNEIGH, AF_UNSPEC, nlv_delneigh, NULL, 0 },
  { RTM_NEWNEIGH, AF_BRIDGE, nlv_newneigh_bridge },
  { RTM_DELNEIGH, AF_BRIDGE, nlv_delneigh_bridge, .bulk = TRUE },
  { RTM_GETNEIGH, AF_UNSPEC, nlv_getneigh, nlv_dump_neighbors, NLV_ENDING_JOINED },
  { RTM_GETNEIGH, AF_BRIDGE, nlv_getneigh_bridge, nlv_dump_bridge_neighbors, NLV_ENDING_ASKED },
  { RTM_NEWRULE, AF_UNSPEC, nlv_newrule, NULL, 0 },
  { RTM_DELRULE, AF_UNSPEC, nlv_delrule, NULL, 0 },
  { RTM_GETRULE, AF_UNSPEC, NULL, nlv_dump_rules, NLV_ENDING_JOINED },
  { RTM_GETQDISC, AF_UNSPEC, nlv_get_qdisc, nlv_dump_qdiscs, NLV_ENDING_ASKED },
  { RTM_NEWQDISC, AF_UNSPEC, nlv_new_qdisc },
  { RTM_DELQDISC, AF_UNSPEC, nlv_del_qdisc },
  { RTM_GETTCLASS, AF_UNSPEC, nlv_get_class, nlv_dump_classes, NLV_ENDING_ASKED },
  { RTM_NEWTCLASS, AF_UNSPEC, nlv_change_class },
  { RTM_DELTCLASS, AF_UNSPEC, nlv_change_class },
  { RTM_GETTFILTER, AF_UNSPEC, nlv_get_filter, nlv_dump_filters, NLV_ENDING_ASKED },
  { RTM_NEWTFILTER, AF_UNSPEC, nlv_new_filter },
  { RTM_DELTFILTER, AF_UNSPEC, nlv_del_filter },
  { RTM_GETCHAIN, AF_UNSPEC, nlv_get_chain, nlv_dump_chains, NLV_ENDING_ASKED },
  { RTM_NEWCHAIN, AF_UNSPEC, nlv_change_chain },
  { RTM_DELCHAIN, AF_UNSPEC, nlv_change_chain },
  { RTM_GETACTION, AF_UNSPEC, nlv_get_action, nlv_dump_actions, NLV_ENDING_ASKED },
  { RTM_NEWACTION, AF_UNSPEC, nlv_new_action },
  { RTM_DELACTION, AF_UNSPEC, nlv_del_action },
  { RTM_GETMULTICAST, AF_INET, NULL, nlv_dump_multicast, NLV_ENDING_JOINED },
  { RTM_GETMULTICAST, AF_INET6, NULL, nlv_dump_multicast, NLV_ENDING_JOINED },
  { RTM_GETANYCAST, AF_INET6, NULL, nlv_dump_anycast, NLV_ENDING_JOINED },
  { RTM_GETNEIGHTBL, AF_UNSPEC, NULL, nlv_dump_neighbor_tables, NLV_ENDING_SPLIT },
  { RTM_SETNEIGHTBL, AF_UNSPEC, nlv_setneightbl },
  { RTM_NEWADDRLABEL, AF_INET6, nlv_newaddrlabel },
  { RTM_DELADDRLABEL, AF_INET6, nlv_deladdrlabel },
  { RTM_GETADDRLABEL, AF_INET6, nlv_getaddrlabel, nlv_dump_address_labels, NLV_ENDING_JOINED },
  { RTM_GETDCB, AF_UNSPEC, nlv_getdcb, NULL, NLV_ENDING_JOINED },
  { RTM_SETDCB, AF_UNSPEC, nlv_getdcb },
  { RTM_GETNETCONF, AF_UNSPEC, NULL, dump_all_families, NLV_ENDING_SPLIT },
  { RTM_GETNETCONF, AF_INET, nlv_getnetconf, nlv_dump_netconf, NLV_ENDING_JOINED },
  { RTM_GETNETCONF, AF_INET6, nlv_getnetconf, nlv_dump_netconf, NLV_ENDING_JOINED },
  { RTM_NEWMDB, AF_BRIDGE, nlv_change_mdb },
  { RTM_DELMDB, AF_BRIDGE, nlv_change_mdb, .bulk = TRUE },
  { RTM_GETMDB, AF_BRIDGE, nlv_getmdb, nlv_dump_mdb, NLV_ENDING_ASKED },
  { RTM_NEWNSID, AF_UNSPEC, nlv_newnsid },
  { RTM_GETNSID, AF_UNSPEC, nlv_getnsid, nlv_dump_netns_ids, NLV_ENDING_JOINED },
  { RTM_SETSTATS, AF_UNSPEC, nlv_setstats },
  { RTM_GETSTATS, AF_UNSPEC, nlv_getstats, nlv_dump_stats, NLV_ENDING_JOINED },
  { RTM_NEWNEXTHOP, AF_UNSPEC, nlv_newnexthop, NULL, 0 },
  { RTM_DELNEXTHOP, AF_UNSPEC, nlv_delnexthop, NULL, 0 },
  { RTM_GETNEXTHOP, AF_UNSPEC, nlv_getnexthop, nlv_dump_nexthops, NLV_ENDING_JOINED },
  { RTM_GETNEXTHOPBUCKET, AF_UNSPEC, nlv_getbucket, nlv_dump_buckets, NLV_ENDING_JOINED },
  { RTM_NEWTUNNEL, AF_BRIDGE, nlv_change_tunnel },
  { RTM_DELTUNNEL, AF_BRIDGE, nlv_change_tunnel },
  { RTM_GETTUNNEL, AF_BRIDGE, NULL, nlv_dump_tunnels, NLV_ENDING_ASKED },
};

static const Handler *
find_exact (guint16 type, guint8 family, gboolean dump)
{
  for (guint i = 0; i < G_N_ELEMENTS (handlers); i++)
    {
      const Handler *handler = &handlers[i];
      if (handler->type == type && handler->family == family &&
          (dump ? handler->dumpit != NULL : handler->doit != NULL))
        return handler;
    }
  return NULL;
}

/* A family without a handler of its own is served by AF_UNSPEC's. */
static const Handler *
find_handler (guint16 type, guint8 family, gboolean dump)
{
  const Handler *handler = find_exact (type, family, dump);

  return handler != NULL ? handler : find_exact (type, AF_UNSPEC, dump);
}

static void
walk_free (NlvDump *dump)
{
  NlvWalk *walk = (NlvWalk *) dump;

  g_free (walk->filter.kind);
  g_bytes_unref (walk->bytes);
  nlv_network_unref (dump->network);
  g_free (walk);
}

/* netlink_dump_done(): words go out at any rate, the attribute with an error. */
static void
note_words (NlvWalk *walk, int error)
{
  NlvExtack *why = &walk->dump.why;

  walk->dump.extack = why->message;
  if (error == 0)
    why->where = NULL;
  if (why->where != NULL)
    walk->dump.offset = why->where - walk->request.bytes.data;
}

/* rtnl_dumpit() and what netlink_dump() makes of its result. */
static int
walk_fill (NlvDump *dump, NlvWriter *writer)
{
  NlvWalk *walk = (NlvWalk *) dump;

  if (walk->finished)
    {
      /* Only the call before had anything to say. */
      walk->dump.why = (NlvExtack){ 0 };
      note_words (walk, 0);
      return 0;
    }

  int error = walk->dumpit (walk, writer);
  note_words (walk, error);
  if (error == -EMSGSIZE && writer->len > 0)
    return 1;
  if (error != 0)
    return error;
  if (walk->ending == NLV_ENDING_ASKED)
    return writer->len > 0;
  walk->finished = TRUE;
  return walk->ending == NLV_ENDING_SPLIT && writer->len > 0;
}

static NlvDump *
walk_new (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, const Handler *handler,
          guint8 family)
{
  NlvWalk *walk = g_new0 (NlvWalk, 1);

  walk->dump.fill = walk_fill;
  walk->dump.free = walk_free;
  walk->dump.network = nlv_network_ref (network);
  walk->dump.caller = *caller;
  walk->dump.seq = message->header.nlmsg_seq;
  walk->dump.generation = nlv_network_get_generation (network);
  walk->dumpit = handler->dumpit;
  walk->ending = handler->ending;
  walk->family = family;
  walk->bytes = g_bytes_new (message->bytes.data, message->bytes.len);
  walk->request = *message;
  walk->request.bytes.data = g_bytes_get_data (walk->bytes, NULL);
  return &walk->dump;
}

/* The state that one family's dump leaves is nothing to the next. */
static void
restart (NlvWalk *walk, guint8 family)
{
  walk->family = family;
  walk->position = 0;
  walk->position_in_row = 0;
  walk->position_in_part = 0;
  walk->started = FALSE;
  walk->checked = FALSE;
}

/* rtnl_dump_all(): the families that have a dump of this type, in order of
 * their numbers. */
static int
dump_all_families (NlvWalk *walk, NlvWriter *writer)
{
  static const guint8 families[] = { AF_INET, AF_INET6, RTNL_FAMILY_IPMR, RTNL_FAMILY_IP6MR };

  for (; walk->family_step < G_N_ELEMENTS (families); walk->family_step++)
    {
      guint8 family = families[walk->family_step];
      const Handler *handler = find_exact (walk->request.header.nlmsg_type, family, TRUE);

      if (handler == NULL)
        continue;
      if (walk->family != family)
        restart (walk, family);
      int error = handler->dumpit (walk, writer);
      if (error != 0)
        return error;
    }
  return 0;
}

/* A request that changes the network, or is answered at once. */
static int
serve_single (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, NlvAnswer *answer,
              const Handler *handler)
{
  const NlvRequest request = { network, caller, message, answer, &answer->extack };
  guint kind = (message->header.nlmsg_type - RTM_BASE) & 3;
  gboolean is_delete = kind == 1, is_new = kind == 0;
  const char *words = NULL;
  int error;

  if (is_delete && (message->header.nlmsg_flags & NLM_F_BULK) != 0 && !handler->bulk)
    return nlv_request_refuse (&request, -EOPNOTSUPP, "Bulk delete is not supported");
  /* Who adds without end is stopped, as by a kernel that has no memory left. */
  if (is_new)
    words = nlv_network_lacks_room (network, message->header.nlmsg_type, message->header.nlmsg_flags);
  if (words != NULL)
    return nlv_request_refuse (&request, -ENOMEM, words);
  nlv_network_hold (network);
  error = handler->doit (&request);
  nlv_network_release (network);
  return error;
}

int
nlv_rtnetlink_request (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, NlvAnswer *answer)
{
  guint16 type = message->header.nlmsg_type;
  NlvSpan body = nlv_message_payload (message);

  memset (answer, 0, sizeof *answer);
  if (type > NLV_RTM_MAX)
    return -EOPNOTSUPP;
  if (body.len < sizeof (struct rtgenmsg))
    return 0;

  gboolean is_get = ((type - RTM_BASE) & 3) == 2;
  if (!is_get && !(caller->admin && caller->writable))
    return -EPERM;

  NlvCaller now = *caller;
  if (!caller->goes_on)
    nlv_network_run_timers (network, caller->now);
  now.now = nlv_network_tell_time (network, caller->now);
  caller = &now;

  guint8 family = body.data[0];
  gboolean is_dump = is_get && (message->header.nlmsg_flags & NLM_F_DUMP) != 0;
  const Handler *handler = find_handler (type, family, is_dump);
  if (handler == NULL)
    return -EOPNOTSUPP;
  if (!is_dump)
    return serve_single (network, caller, message, answer, handler);
  answer->dump = walk_new (network, caller, message, handler, family);
  if (handler->dumpit == nlv_dump_links)
    answer->dump->min_room = nlv_dump_links_min_room (network, message);
  return 0;
}

void
nlv_answer_clear (NlvAnswer *answer)
{
  g_clear_pointer (&answer->reply, g_bytes_unref);
  g_clear_pointer (&answer->dump, nlv_dump_free);
}

void
nlv_dump_free (NlvDump *dump)
{
  dump->free (dump);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks the kernel one dump after the other, and hands every message to the
 * model's capture. When something changes meanwhile, all is asked anew. */
#include "nlvirt-table-kernel-private.h"

#include "model/capture.h"
#include "model/fib.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A network that never comes to rest is taken as it is in the end. */
#define MAX_TRIES 10
#define MAX_TABLE_TRIED 1023
#define READ_SIZE 65536
#define REQUEST_ROOM 256
#define RECEIVE_BUFFER (8 * 1024 * 1024)

typedef struct
{
  int fd;
  guint32 seq;
  guint8 *buffer; /* (owned) READ_SIZE */
  NlvCapture *capture;
  gboolean interrupted;
  gboolean saw_loopback;
  /* What the dumps of disciplines have told. */
  GHashTable *ordinary; /* set of (owned) GBytes: seen without TCA_DUMP_INVISIBLE */
  GArray *parents;      /* (element-type Parent) (owned): where filters may hang */
  GHashTable *blocks;   /* set of numbers of filter blocks that are shared */
  guint32 chains_of;    /* the handle of the block whose chains are being told */
} Recorder;

/* A discipline or class of a link. */
typedef struct
{
  gint32 link;
  guint32 handle;
  char kind[IFNAMSIZ];
  guint32 ingress_block, egress_block; /* shared ones, 0 none */
} Parent;

typedef void (*OnMessage) (Recorder *self, const NlvMessage *message);

static gboolean
fail (GError **error, const char *what)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s: %s", what, g_strerror (saved));
  return FALSE;
}

/* --- one dump ----------------------------------------------------------------------- */

/* Hands on what one datagram holds. 0 to go on, 1 at the end, or -errno. */
static int
take_datagram (Recorder *self, gsize len, OnMessage on_message)
{
  NlvSpan rest = nlv_span (self->buffer, len);
  NlvMessage message;
  gint32 result = 0;

  while (nlv_message_next (&rest, &message))
    {
      NlvSpan body = nlv_message_payload (&message);

      if (message.header.nlmsg_seq != self->seq)
        continue;
      if ((message.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0)
        self->interrupted = TRUE;
      if (message.header.nlmsg_type == NLMSG_DONE || message.header.nlmsg_type == NLMSG_ERROR)
        {
          memcpy (&result, body.data, MIN (sizeof result, body.len));
          return result < 0 ? result : 1;
        }
      on_message (self, &message);
      if ((message.header.nlmsg_flags & NLM_F_MULTI) == 0)
        return 1;
    }
  return 0;
}

static int
receive_all (Recorder *self, OnMessage on_message)
{
  int result;

  do
    {
      ssize_t len = recv (self->fd, self->buffer, READ_SIZE, 0);

      if (len < 0 && errno == EINTR)
        result = 0;
      else if (len < 0)
        return -errno;
      else
        result = take_datagram (self, (gsize) len, on_message);
    }
  while (result == 0);
  return result < 0 ? result : 0;
}

/* Sends the request in @writer and hands on the answers. -errno of the call or
 * of the answer. */
static int
ask (Recorder *self, NlvWriter *writer, OnMessage on_message)
{
  ssize_t sent;

  nlv_writer_end (writer);
  do
    sent = send (self->fd, writer->data, writer->len, 0);
  while (sent < 0 && errno == EINTR);
  nlv_writer_clear (writer);
  return sent < 0 ? -errno : receive_all (self, on_message);
}

static gpointer
begin (Recorder *self, NlvWriter *writer, guint16 type, guint16 flags, gsize header)
{
  nlv_writer_init (writer, REQUEST_ROOM);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | flags, ++self->seq, 0, header);
}

static void
on_row (Recorder *self, const NlvMessage *message)
{
  nlv_capture_message (self->capture, message, FALSE);
}

/* A dump with nothing but a family in its header. */
static int
dump (Recorder *self, guint16 type, guint8 family, gsize header)
{
  NlvWriter writer;
  guint8 *body = begin (self, &writer, type, NLM_F_DUMP, header);

  body[0] = family;
  return ask (self, &writer, on_row);
}

static int
dump_links (Recorder *self)
{
  NlvWriter writer;

  begin (self, &writer, RTM_GETLINK, NLM_F_DUMP, sizeof (struct ifinfomsg));
  nlv_put_u32 (&writer, IFLA_EXT_MASK, RTEXT_FILTER_VF);
  return ask (self, &writer, on_row);
}

static int
dump_proxies (Recorder *self)
{
  NlvWriter writer;
  struct ndmsg *body = begin (self, &writer, RTM_GETNEIGH, NLM_F_DUMP, sizeof *body);

  body->ndm_flags = NTF_PROXY;
  return ask (self, &writer, on_row);
}

static void
on_loopback_route (Recorder *self, const NlvMessage *message)
{
  NlvSpan rest = nlv_span_from (nlv_message_payload (message), sizeof (struct rtmsg));
  NlvAttr attr;

  if (message->header.nlmsg_type != RTM_NEWROUTE)
    return;
  while (nlv_attr_next (&rest, &attr))
    if (attr.type == RTA_TABLE)
      nlv_capture_local_table (self->capture, nlv_attr_u32 (&attr) == RT_TABLE_MAIN);
}

/* In which table 127.0.0.1 is found tells whether fib_unmerge() has run. */
static int
ask_local_table (Recorder *self)
{
  static const guint8 loopback[] = { 127, 0, 0, 1 };
  NlvWriter writer;
  struct rtmsg *body = begin (self, &writer, RTM_GETROUTE, 0, sizeof *body);

  body->rtm_family = AF_INET;
  body->rtm_dst_len = 32;
  body->rtm_flags = RTM_F_LOOKUP_TABLE;
  nlv_put (&writer, RTA_DST, loopback, sizeof loopback);
  return ask (self, &writer, on_loopback_route);
}

static void
on_nothing (Recorder *self, const NlvMessage *message)
{
}

/* An empty table is there too, and is told from one that is not. */
static void
ask_table (Recorder *self, guint8 family, guint32 table)
{
  NlvFib *fib = nlv_network_get_fib (nlv_capture_peek (self->capture));
  NlvWriter writer;
  struct rtmsg *body;

  /* 0 asks for all. */
  if (table == 0 || nlv_fib_has_table (fib, family, table))
    return;
  body = begin (self, &writer, RTM_GETROUTE, NLM_F_DUMP, sizeof *body);
  body->rtm_family = family;
  nlv_put_u32 (&writer, RTA_TABLE, table);
  if (ask (self, &writer, on_nothing) == 0)
    nlv_capture_table (self->capture, family, table);
}

/* Those with a small number, and those that something names. */
static void
ask_tables (Recorder *self)
{
  static const guint8 families[] = { AF_INET, AF_INET6 };
  NlvNetwork *network = nlv_capture_peek (self->capture);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 id = 1; id <= MAX_TABLE_TRIED; id++)
    g_array_append_val (ids, id);
  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    g_array_append_val (ids, nlv_network_get_rule (network, i)->table);
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_autoptr (GArray) tables = nlv_fib_get_tables (nlv_network_get_fib (network), families[i]);

      g_array_append_vals (ids, tables->data, tables->len);
    }
  for (guint i = 0; i < ids->len; i++)
    for (guint j = 0; j < G_N_ELEMENTS (families); j++)
      ask_table (self, families[j], g_array_index (ids, guint32, i));
}

static void
on_link_of_kind (Recorder *self, const NlvMessage *message)
{
  NlvSpan body = nlv_message_payload (message);
  struct ifinfomsg header = { 0 };

  memcpy (&header, body.data, MIN (sizeof header, body.len));
  if ((header.ifi_flags & IFF_LOOPBACK) != 0)
    self->saw_loopback = TRUE;
}

/* A filter by a kind that the kernel does not know shows all links, and the
 * loopback has none. */
static void
ask_kinds (Recorder *self)
{
  static const char *const kinds[] = {
    "amt",   "bareudp", "batadv", "bond",   "bridge", "can",       "dsa",     "dummy",     "erspan", "geneve",
    "gre",   "gretap",  "gtp",    "hsr",    "ifb",    "ip6erspan", "ip6gre",  "ip6gretap", "ip6tnl", "ipip",
    "ipoib", "ipvlan",  "ipvtap", "lowpan", "macsec", "macvlan",   "macvtap", "netdevsim", "netkit", "nlmon",
    "ovpn",  "pfcp",    "ppp",    "rmnet",  "sit",    "team",      "tun",     "vcan",      "veth",   "vlan",
    "vrf",   "vti",     "vti6",   "vxcan",  "vxlan",  "wireguard", "wwan",    "xfrm",
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      NlvWriter writer;
      gsize info;

      self->saw_loopback = FALSE;
      begin (self, &writer, RTM_GETLINK, NLM_F_DUMP, sizeof (struct ifinfomsg));
      info = nlv_nest_begin (&writer, IFLA_LINKINFO | NLA_F_NESTED);
      nlv_put_string (&writer, IFLA_INFO_KIND, kinds[i]);
      nlv_nest_end (&writer, info);
      if (ask (self, &writer, on_link_of_kind) == 0 && !self->saw_loopback)
        nlv_capture_kind (self->capture, kinds[i]);
    }
}

/* --- traffic control ------------------------------------------------------------------ */

/* What tells a discipline from another. */
static GBytes *
identify (const NlvMessage *message)
{
  NlvSpan body = nlv_message_payload (message);

  return g_bytes_new (body.data, MIN (body.len, offsetof (struct tcmsg, tcm_info)));
}

static void
add_parent (Recorder *self, const NlvMessage *message)
{
  NlvSpan body = nlv_message_payload (message);
  NlvSpan rest = nlv_span_from (body, sizeof (struct tcmsg));
  struct tcmsg header;
  NlvAttr attr;

  if (body.len < sizeof header)
    return;
  memcpy (&header, body.data, sizeof header);
  Parent parent = { .link = header.tcm_ifindex, .handle = header.tcm_handle };
  while (nlv_attr_next (&rest, &attr))
    if (attr.type == TCA_KIND)
      nlv_attr_copy (&attr, parent.kind, sizeof parent.kind - 1);
    else if (attr.type == TCA_INGRESS_BLOCK)
      parent.ingress_block = nlv_attr_u32 (&attr);
    else if (attr.type == TCA_EGRESS_BLOCK)
      parent.egress_block = nlv_attr_u32 (&attr);
  /* mq has classes without a handle. */
  if (header.tcm_handle != 0 || strcmp (parent.kind, "mq") == 0)
    g_array_append_val (self->parents, parent);
}

static void
on_ordinary_qdisc (Recorder *self, const NlvMessage *message)
{
  g_hash_table_add (self->ordinary, identify (message));
}

static void
on_qdisc (Recorder *self, const NlvMessage *message)
{
  g_autoptr (GBytes) identity = identify (message);

  nlv_capture_message (self->capture, message, !g_hash_table_contains (self->ordinary, identity));
  add_parent (self, message);
}

static void
on_class (Recorder *self, const NlvMessage *message)
{
  nlv_capture_message (self->capture, message, FALSE);
  add_parent (self, message);
}

static int
dump_qdiscs (Recorder *self)
{
  NlvWriter writer;
  int error;

  begin (self, &writer, RTM_GETQDISC, NLM_F_DUMP, sizeof (struct tcmsg));
  error = ask (self, &writer, on_ordinary_qdisc);
  if (error < 0)
    return error;
  begin (self, &writer, RTM_GETQDISC, NLM_F_DUMP, sizeof (struct tcmsg));
  nlv_put_flag (&writer, TCA_DUMP_INVISIBLE);
  return ask (self, &writer, on_qdisc);
}

static int
dump_of_parent (Recorder *self, guint16 type, gint32 link, guint32 parent, OnMessage on_message)
{
  NlvWriter writer;
  struct tcmsg *body = begin (self, &writer, type, NLM_F_DUMP, sizeof *body);

  body->tcm_ifindex = link;
  body->tcm_parent = parent;
  return ask (self, &writer, on_message);
}

/* The kernel calls a chain's parent its discipline, whatever its block. */
static void
on_chain (Recorder *self, const NlvMessage *message)
{
  g_autofree guint8 *copy = g_memdup2 (message->bytes.data, message->bytes.len);
  NlvMessage named = { .header = message->header, .bytes = nlv_span (copy, message->bytes.len) };

  if (nlv_message_payload (message).len < sizeof (struct tcmsg))
    return;
  memcpy (copy + NLMSG_HDRLEN + offsetof (struct tcmsg, tcm_parent), &self->chains_of, sizeof self->chains_of);
  nlv_capture_message (self->capture, &named, FALSE);
}

/* Of one block: a shared one is the same wherever it is met. */
static void
dump_filters (Recorder *self, gint32 link, guint32 parent, guint32 shared)
{
  if (shared != 0 && !g_hash_table_add (self->blocks, GUINT_TO_POINTER (shared)))
    return;
  if (shared != 0)
    {
      link = (gint32) TCM_IFINDEX_MAGIC_BLOCK;
      parent = shared;
    }
  self->chains_of = parent;
  dump_of_parent (self, RTM_GETTFILTER, link, parent, on_row);
  dump_of_parent (self, RTM_GETCHAIN, link, parent, on_chain);
}

/* Filters hang on disciplines and classes, and on both ends of a clsact. */
static void
dump_filters_of (Recorder *self, const Parent *parent)
{
  if (strcmp (parent->kind, "clsact") == 0)
    {
      dump_filters (self, parent->link, TC_H_MAKE (TC_H_CLSACT, TC_H_MIN_INGRESS), parent->ingress_block);
      dump_filters (self, parent->link, TC_H_MAKE (TC_H_CLSACT, TC_H_MIN_EGRESS), parent->egress_block);
    }
  else if (parent->handle != 0)
    dump_filters (self, parent->link, parent->handle, parent->ingress_block);
}

static void
dump_classes_and_filters (Recorder *self)
{
  g_autoptr (GHashTable) links = g_hash_table_new (NULL, NULL);
  guint n_qdiscs = self->parents->len;

  for (guint i = 0; i < n_qdiscs; i++)
    {
      Parent qdisc = g_array_index (self->parents, Parent, i);

      if (g_hash_table_add (links, GINT_TO_POINTER (qdisc.link)))
        dump_of_parent (self, RTM_GETTCLASS, qdisc.link, 0, on_class);
    }
  for (guint i = 0; i < self->parents->len; i++)
    dump_filters_of (self, &g_array_index (self->parents, Parent, i));
}

/* A dump of actions is of one kind. */
static void
dump_actions (Recorder *self)
{
  static const char *const kinds[] = {
    "bpf", "connmark", "csum",   "ct",     "ctinfo", "gact",    "gate",   "ife",        "mirred", "mpls",
    "nat", "pedit",    "police", "sample", "simple", "skbedit", "skbmod", "tunnel_key", "vlan",   "xt",
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const struct nla_bitfield32 large = { TCA_FLAG_LARGE_DUMP_ON, TCA_FLAG_LARGE_DUMP_ON };
      gsize table, action;
      NlvWriter writer;

      begin (self, &writer, RTM_GETACTION, NLM_F_DUMP, sizeof (struct tcamsg));
      table = nlv_nest_begin (&writer, TCA_ACT_TAB);
      action = nlv_nest_begin (&writer, 1);
      nlv_put_string (&writer, TCA_ACT_KIND, kinds[i]);
      nlv_nest_end (&writer, action);
      nlv_nest_end (&writer, table);
      nlv_put (&writer, TCA_ROOT_FLAGS, &large, sizeof large);
      ask (self, &writer, on_row);
    }
}

/* --- counters ------------------------------------------------------------------------- */

static int
dump_bridge_stats (Recorder *self)
{
  NlvWriter writer;
  struct if_stats_msg *body = begin (self, &writer, RTM_GETSTATS, NLM_F_DUMP, sizeof *body);

  body->filter_mask =
    IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_XSTATS) | IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_XSTATS_SLAVE);
  return ask (self, &writer, on_row);
}

static void
on_tunnel_stats (Recorder *self, const NlvMessage *message)
{
  nlv_capture_message (self->capture, message, TRUE);
}

static int
dump_tunnel_stats (Recorder *self)
{
  NlvWriter writer;
  /* struct tunnel_msg */
  guint8 *body = begin (self, &writer, RTM_GETTUNNEL, NLM_F_DUMP, 8);

  body[0] = AF_BRIDGE;
  body[1] = 1; /* TUNNEL_MSG_FLAG_STATS */
  return ask (self, &writer, on_tunnel_stats);
}

/* --- the whole ------------------------------------------------------------------------ */

/* What each network has; links first, since the rest is about them. */
static int
record_rows (Recorder *self)
{
  int error = dump_links (self);

  if (error == 0)
    error = dump (self, RTM_GETADDR, AF_UNSPEC, sizeof (struct ifaddrmsg));
  if (error == 0)
    error = dump (self, RTM_GETROUTE, AF_INET, sizeof (struct rtmsg));
  return error;
}

/* What a kernel may be built without, and then refuses. */
static void
record_more (Recorder *self)
{
  dump (self, RTM_GETROUTE, AF_INET6, sizeof (struct rtmsg));
  dump (self, RTM_GETRULE, AF_UNSPEC, sizeof (struct rtmsg));
  dump (self, RTM_GETNEIGH, AF_UNSPEC, sizeof (struct ndmsg));
  dump_proxies (self);
  dump (self, RTM_GETNEIGH, AF_BRIDGE, sizeof (struct ndmsg));
  dump (self, RTM_GETNEXTHOP, AF_UNSPEC, sizeof (struct nhmsg));
  dump (self, RTM_GETNEXTHOPBUCKET, AF_UNSPEC, sizeof (struct nhmsg));
  dump (self, RTM_GETNEIGHTBL, AF_UNSPEC, sizeof (struct ndtmsg));
  dump (self, RTM_GETNETCONF, AF_INET, 4);
  dump (self, RTM_GETNETCONF, AF_INET6, 4);
  if (dump (self, RTM_GETADDRLABEL, AF_INET6, 12) == 0)
    nlv_capture_end_labels (self->capture);
  dump (self, RTM_GETNSID, AF_UNSPEC, sizeof (struct rtgenmsg));
  dump (self, RTM_GETMULTICAST, AF_INET, sizeof (struct ifaddrmsg));
  dump (self, RTM_GETMULTICAST, AF_INET6, sizeof (struct ifaddrmsg));
  dump (self, RTM_GETANYCAST, AF_INET6, sizeof (struct ifaddrmsg));
  dump (self, RTM_GETMDB, AF_BRIDGE, sizeof (struct br_port_msg));
  dump (self, RTM_GETTUNNEL, AF_BRIDGE, 8);
  dump_tunnel_stats (self);
  dump_bridge_stats (self);
  /* First, since asking for them is what makes used_hw_stats valid. */
  dump_actions (self);
  dump_qdiscs (self);
  dump_classes_and_filters (self);
  ask_local_table (self);
  ask_tables (self);
  ask_kinds (self);
}

static NlvCapture *
record_once (Recorder *self, GError **error)
{
  int result;

  self->interrupted = FALSE;
  self->ordinary = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);
  self->parents = g_array_new (FALSE, FALSE, sizeof (Parent));
  self->blocks = g_hash_table_new (NULL, NULL);
  self->capture = nlv_capture_new ((guint64) g_get_monotonic_time () / 10000);
  result = record_rows (self);
  if (result == 0)
    record_more (self);
  g_hash_table_unref (self->ordinary);
  g_array_unref (self->parents);
  g_hash_table_unref (self->blocks);
  if (result == 0)
    return self->capture;
  nlv_capture_free (self->capture);
  errno = -result;
  fail (error, "cannot ask the kernel for its network");
  return NULL;
}

static int
open_socket (guint32 groups)
{
  const struct sockaddr_nl name = { .nl_family = AF_NETLINK, .nl_groups = groups };
  static const int on = 1, size = RECEIVE_BUFFER;
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt (fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on);
  if (bind (fd, (const struct sockaddr *) &name, sizeof name) == 0)
    return fd;
  close (fd);
  return -1;
}

/* Whether anything changed since it was last asked. */
static gboolean
take_events (int monitor)
{
  gboolean any = FALSE;
  char byte;

  while (recv (monitor, &byte, sizeof byte, MSG_DONTWAIT) >= 0 || errno == ENOBUFS || errno == EINTR)
    any = TRUE;
  return any;
}

static NlvCapture *
record_at_rest (Recorder *self, int monitor, GError **error)
{
  NlvCapture *capture = NULL;

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_clear_pointer (&capture, nlv_capture_free);
      take_events (monitor);
      capture = record_once (self, error);
      if (capture == NULL || (!self->interrupted && !take_events (monitor)))
        break;
    }
  return capture;
}

NlvNetwork *
nlvirt_record_kernel (GError **error)
{
  const guint32 groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE |
                         RTMGRP_IPV4_RULE | 1u << (RTNLGRP_IPV6_RULE - 1);
  Recorder self = { .fd = open_socket (0) };
  int monitor = open_socket (groups);
  NlvCapture *capture = NULL;

  if (self.fd < 0 || monitor < 0)
    fail (error, "cannot open a netlink socket");
  else
    {
      self.buffer = g_malloc (READ_SIZE);
      capture = record_at_rest (&self, monitor, error);
      g_free (self.buffer);
    }
  if (self.fd >= 0)
    close (self.fd);
  if (monitor >= 0)
    close (monitor);
  return capture != NULL ? nlv_capture_finish (capture) : NULL;
}

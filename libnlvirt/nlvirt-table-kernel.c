/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks the kernel one dump after the other, and hands every message to the
 * model's capture. What traffic control has is asked for in
 * nlvirt-recorder-traffic.c. When something changes meanwhile, all is asked anew. */
#include "nlvirt-table-kernel-private.h"

#include "model/fib.h"
#include "nlvirt-recorder-private.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A network that never comes to rest is taken as it is in the end. */
#define MAX_TRIES 10
#define MAX_TABLE_TRIED 1023
#define RECEIVE_BUFFER (8 * 1024 * 1024)

static gboolean
fail (GError **error, const char *what)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s: %s", what, g_strerror (saved));
  return FALSE;
}

/* A dump with nothing but a family in its header. */
static int
dump (NlvirtRecorder *self, guint16 type, guint8 family, gsize header)
{
  NlvWriter writer;
  guint8 *body = nlvirt_recorder_begin (self, &writer, type, NLM_F_DUMP, header);

  body[0] = family;
  return nlvirt_recorder_ask (self, &writer, nlvirt_recorder_take_row, self);
}

static int
dump_links (NlvirtRecorder *self)
{
  NlvWriter writer;

  nlvirt_recorder_begin (self, &writer, RTM_GETLINK, NLM_F_DUMP, sizeof (struct ifinfomsg));
  nlv_put_u32 (&writer, IFLA_EXT_MASK, RTEXT_FILTER_VF);
  return nlvirt_recorder_ask (self, &writer, nlvirt_recorder_take_row, self);
}

static int
dump_proxies (NlvirtRecorder *self)
{
  NlvWriter writer;
  struct ndmsg *body = nlvirt_recorder_begin (self, &writer, RTM_GETNEIGH, NLM_F_DUMP, sizeof *body);

  body->ndm_flags = NTF_PROXY;
  return nlvirt_recorder_ask (self, &writer, nlvirt_recorder_take_row, self);
}

static void
on_loopback_route (const NlvMessage *message, gpointer data)
{
  NlvirtRecorder *self = data;
  NlvSpan payload = nlv_message_payload (message), rest = nlv_span_from (payload, sizeof (struct rtmsg));
  struct rtmsg header;
  NlvAttr attr;

  if (message->header.nlmsg_type != RTM_NEWROUTE || payload.len < sizeof header)
    return;
  memcpy (&header, payload.data, sizeof header);
  /* Without a rule for the local table, another route may be found. */
  if (header.rtm_type != RTN_LOCAL)
    return;
  while (nlv_attr_next (&rest, &attr))
    if (attr.type == RTA_TABLE)
      nlv_capture_local_table (self->capture, nlv_attr_u32 (&attr) == RT_TABLE_MAIN);
}

/* In which table 127.0.0.1 is found tells whether fib_unmerge() has run. */
static int
ask_local_table (NlvirtRecorder *self)
{
  static const guint8 loopback[] = { 127, 0, 0, 1 };
  NlvWriter writer;
  struct rtmsg *body = nlvirt_recorder_begin (self, &writer, RTM_GETROUTE, 0, sizeof *body);

  body->rtm_family = AF_INET;
  body->rtm_dst_len = 32;
  body->rtm_flags = RTM_F_LOOKUP_TABLE;
  nlv_put (&writer, RTA_DST, loopback, sizeof loopback);
  return nlvirt_recorder_ask (self, &writer, on_loopback_route, self);
}

static void
on_nothing (const NlvMessage *message, gpointer data)
{
}

/* An empty table is there too, and is told from one that is not. */
static void
ask_table (NlvirtRecorder *self, guint8 family, guint32 table)
{
  NlvFib *fib = nlv_network_get_fib (nlv_capture_peek (self->capture));
  NlvWriter writer;
  struct rtmsg *body;

  /* 0 asks for all. */
  if (table == 0 || nlv_fib_has_table (fib, family, table))
    return;
  body = nlvirt_recorder_begin (self, &writer, RTM_GETROUTE, NLM_F_DUMP, sizeof *body);
  body->rtm_family = family;
  nlv_put_u32 (&writer, RTA_TABLE, table);
  if (nlvirt_recorder_ask (self, &writer, on_nothing, NULL) == 0)
    nlv_capture_table (self->capture, family, table);
}

/* Those with a small number, and those that something names. */
static void
ask_tables (NlvirtRecorder *self)
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
on_link_of_kind (const NlvMessage *message, gpointer data)
{
  gboolean *saw_loopback = data;
  NlvSpan body = nlv_message_payload (message);
  struct ifinfomsg header = { 0 };

  memcpy (&header, body.data, MIN (sizeof header, body.len));
  if ((header.ifi_flags & IFF_LOOPBACK) != 0)
    *saw_loopback = TRUE;
}

/* A filter by a kind that the kernel does not know shows all links, and the
 * loopback has none. */
static void
ask_kinds (NlvirtRecorder *self)
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
      gboolean saw_loopback = FALSE;
      NlvWriter writer;
      gsize info;

      nlvirt_recorder_begin (self, &writer, RTM_GETLINK, NLM_F_DUMP, sizeof (struct ifinfomsg));
      info = nlv_nest_begin (&writer, IFLA_LINKINFO | NLA_F_NESTED);
      nlv_put_string (&writer, IFLA_INFO_KIND, kinds[i]);
      nlv_nest_end (&writer, info);
      if (nlvirt_recorder_ask (self, &writer, on_link_of_kind, &saw_loopback) == 0 && !saw_loopback)
        nlv_capture_kind (self->capture, kinds[i]);
    }
}

/* --- counters ------------------------------------------------------------------------- */

static int
dump_bridge_stats (NlvirtRecorder *self)
{
  NlvWriter writer;
  struct if_stats_msg *body = nlvirt_recorder_begin (self, &writer, RTM_GETSTATS, NLM_F_DUMP, sizeof *body);

  body->filter_mask =
    IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_XSTATS) | IFLA_STATS_FILTER_BIT (IFLA_STATS_LINK_XSTATS_SLAVE);
  return nlvirt_recorder_ask (self, &writer, nlvirt_recorder_take_row, self);
}

static void
on_tunnel_stats (const NlvMessage *message, gpointer data)
{
  NlvirtRecorder *self = data;

  nlv_capture_message (self->capture, message, TRUE);
}

static int
dump_tunnel_stats (NlvirtRecorder *self)
{
  NlvWriter writer;
  /* struct tunnel_msg */
  guint8 *body = nlvirt_recorder_begin (self, &writer, RTM_GETTUNNEL, NLM_F_DUMP, 8);

  body[0] = AF_BRIDGE;
  body[1] = 1; /* TUNNEL_MSG_FLAG_STATS */
  return nlvirt_recorder_ask (self, &writer, on_tunnel_stats, self);
}

/* --- the whole ------------------------------------------------------------------------ */

/* What each network has; links first, since the rest is about them. */
static int
record_rows (NlvirtRecorder *self)
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
record_more (NlvirtRecorder *self)
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
  nlvirt_recorder_ask_traffic (self);
  ask_local_table (self);
  ask_tables (self);
  ask_kinds (self);
}

static NlvCapture *
record_once (NlvirtRecorder *self, GError **error)
{
  int result;

  self->interrupted = FALSE;
  self->capture = nlv_capture_new ((guint64) g_get_monotonic_time () / 10000);
  result = record_rows (self);
  if (result == 0)
    record_more (self);
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
record_at_rest (NlvirtRecorder *self, int monitor, GError **error)
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
  NlvirtRecorder self = { .fd = open_socket (0) };
  int monitor = open_socket (groups);
  NlvCapture *capture = NULL;

  if (self.fd < 0 || monitor < 0)
    fail (error, "cannot open a netlink socket");
  else
    {
      self.buffer = g_malloc (NLVIRT_RECORDER_READ_SIZE);
      capture = record_at_rest (&self, monitor, error);
      g_free (self.buffer);
    }
  if (self.fd >= 0)
    close (self.fd);
  if (monitor >= 0)
    close (monitor);
  return capture != NULL ? nlv_capture_finish (capture) : NULL;
}

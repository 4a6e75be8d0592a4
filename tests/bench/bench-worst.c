/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The requests that cost the most: each of a network that a program can build,
 * and of which it then asks one thing. While that is done, nobody else is served.
 * Prints "NAME VALUE ms" lines: the slowest request of each network. */
#include "model/fib.h"
#include "model/file/table-file.h"
#include "model/network-limits.h"
#include "model/observer.h"
#include "model/rtnetlink/rtnetlink.h"
#include "model/timer.h"

#include <linux/fib_rules.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MEMBERS NLV_MAX_GROUP_SIZE
#define BUCKETS (NLV_MAX_BUCKETS / 2)

#define ADD (NLM_F_CREATE | NLM_F_EXCL)

typedef struct
{
  NlvNetwork *network; /* (owned) */
  NlvWriter writer;
  guint64 time;
  double slowest, all; /* milliseconds */
  guint n_refused;
  int error;
} Bench;

static double
now (void)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

static gboolean
listens (gpointer owner, guint group)
{
  return TRUE;
}

static void
hear (gpointer owner, const NlvEvent *event)
{
}

static const NlvObserver observer = { .listens = listens, .event = hear };

/* --- requests ------------------------------------------------------------------- */

static gpointer
begin (Bench *self, guint16 type, guint16 flags, gsize header)
{
  nlv_writer_reset (&self->writer, G_MAXUINT32);
  return nlv_writer_begin (&self->writer, type, NLM_F_REQUEST | flags, 1, 0, header);
}

static int
ask (Bench *self)
{
  NlvMessage message;
  NlvAnswer answer;
  NlvSpan rest;
  NlvCaller caller = { .port = 7, .admin = TRUE, .writable = TRUE, .now = ++self->time };
  double start;

  nlv_writer_end (&self->writer);
  rest = nlv_span (self->writer.data, self->writer.len);
  g_assert_true (nlv_message_next (&rest, &message));
  start = now ();
  self->error = nlv_rtnetlink_request (self->network, &caller, &message, &answer);
  start = now () - start;
  self->all += start;
  self->slowest = MAX (self->slowest, start);
  self->n_refused += self->error != 0;
  nlv_answer_clear (&answer);
  return self->error;
}

static void
begin_network (Bench *self)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  static const char text[] = "[link eth0]\naddresses=192.0.2.1/24;2001:db8::1/64\n";

  self->network = nlv_table_file_parse (text, strlen (text), faults);
  nlv_network_add_observer (self->network, &observer, self);
}

static void
report (Bench *self, const char *name)
{
  printf ("%s %.1f ms", name, self->slowest);
  if (self->n_refused > 0)
    printf (" (%u refused, %d)", self->n_refused, self->error);
  printf (" [all %.0f ms]\n", self->all);
  fflush (stdout);
  self->slowest = self->all = 0;
  self->n_refused = 0;
}

static void
end_network (Bench *self)
{
  nlv_network_remove_observer (self->network, &observer, self);
  nlv_network_unref (self->network);
}

static guint32
find (Bench *self, const char *name)
{
  const NlvLink *link = nlv_network_find_link_by_name (self->network, name);

  return link != NULL ? link->index : 0;
}

static void
set_link (Bench *self, guint32 index, guint32 flags)
{
  struct ifinfomsg *header = begin (self, RTM_NEWLINK, 0, sizeof *header);

  header->ifi_index = (int) index;
  header->ifi_flags = flags;
  header->ifi_change = IFF_UP;
  ask (self);
}

static void
del_link (Bench *self, guint32 index)
{
  struct ifinfomsg *header = begin (self, RTM_DELLINK, 0, sizeof *header);

  header->ifi_index = (int) index;
  ask (self);
}

static void
add_link (Bench *self, const char *name, const char *kind, guint32 lower, guint32 group, gboolean up, guint32 master)
{
  struct ifinfomsg *header = begin (self, RTM_NEWLINK, ADD, sizeof *header);
  gsize nest;

  header->ifi_flags = header->ifi_change = up ? IFF_UP : 0;
  nlv_put_string (&self->writer, IFLA_IFNAME, name);
  if (lower != 0)
    nlv_put_u32 (&self->writer, IFLA_LINK, lower);
  if (group != 0)
    nlv_put_u32 (&self->writer, IFLA_GROUP, group);
  if (master != 0)
    nlv_put_u32 (&self->writer, IFLA_MASTER, master);
  nest = nlv_nest_begin (&self->writer, IFLA_LINKINFO);
  nlv_put_string (&self->writer, IFLA_INFO_KIND, kind);
  if (strcmp (kind, "vxlan") == 0)
    {
      gsize data = nlv_nest_begin (&self->writer, IFLA_INFO_DATA);

      nlv_put_u32 (&self->writer, IFLA_VXLAN_ID, group + (guint32) atoi (name + 1));
      nlv_put_u16 (&self->writer, IFLA_VXLAN_PORT, GUINT16_TO_BE (4789));
      nlv_nest_end (&self->writer, data);
    }
  if (strcmp (kind, "vlan") == 0)
    {
      gsize data = nlv_nest_begin (&self->writer, IFLA_INFO_DATA);

      nlv_put_u16 (&self->writer, IFLA_VLAN_ID, (guint16) atoi (name + 1));
      nlv_nest_end (&self->writer, data);
    }
  nlv_nest_end (&self->writer, nest);
  ask (self);
}

static void
add_links (Bench *self, guint n, const char *kind, guint32 lower, guint32 group, gboolean up, guint32 master)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%c%u", kind[0], i);

      add_link (self, name, kind, lower, group, up, master);
    }
}

static void
address (Bench *self, guint16 type, guint32 link, guint8 family, guint32 number, guint8 length)
{
  struct ifaddrmsg *header = begin (self, type, type == RTM_NEWADDR ? ADD : 0, sizeof *header);
  guint8 ip[16] = { 0x20, 1, 0xd, 0xb8, 0, 1 };
  guint32 v4 = g_htonl (0x0a000000 + number);

  header->ifa_family = family;
  header->ifa_prefixlen = length;
  header->ifa_index = link;
  if (family == AF_INET6)
    {
      guint32 low = g_htonl (number);

      memcpy (ip + 12, &low, 4);
      nlv_put (&self->writer, IFA_LOCAL, ip, 16);
      nlv_put_u32 (&self->writer, IFA_FLAGS, 0x02);
    }
  else
    nlv_put (&self->writer, IFA_LOCAL, &v4, 4);
  ask (self);
}

static void
nexthop (Bench *self, guint16 type, guint32 id, guint32 link, guint32 gateway)
{
  struct nhmsg *header = begin (self, type, type == RTM_NEWNEXTHOP ? ADD : 0, sizeof *header);

  header->nh_family = type == RTM_NEWNEXTHOP ? AF_INET : 0;
  nlv_put_u32 (&self->writer, NHA_ID, id);
  if (link != 0)
    {
      nlv_put_u32 (&self->writer, NHA_OIF, link);
      nlv_put_u32 (&self->writer, NHA_GATEWAY, g_htonl (gateway));
    }
  ask (self);
}

static void
group (Bench *self, guint16 flags, guint32 id, guint n, guint first, guint buckets)
{
  g_autofree struct nexthop_grp *members = g_new0 (struct nexthop_grp, n);

  begin (self, RTM_NEWNEXTHOP, flags, sizeof (struct nhmsg));
  for (guint i = 0; i < n; i++)
    members[i].id = first + i;
  nlv_put_u32 (&self->writer, NHA_ID, id);
  nlv_put (&self->writer, NHA_GROUP, members, n * sizeof *members);
  if (buckets > 0)
    {
      gsize nest;

      nlv_put_u16 (&self->writer, NHA_GROUP_TYPE, NEXTHOP_GRP_TYPE_RES);
      nest = nlv_nest_begin (&self->writer, NHA_RES_GROUP | NLA_F_NESTED);
      nlv_put_u16 (&self->writer, NHA_RES_GROUP_BUCKETS, (guint16) buckets);
      nlv_nest_end (&self->writer, nest);
    }
  ask (self);
}

static void
route (Bench *self, guint16 type, guint32 table, guint32 number, guint32 link, guint32 nexthop, guint32 metric)
{
  struct rtmsg *header = begin (self, type, ADD, sizeof *header);

  header->rtm_family = AF_INET;
  header->rtm_dst_len = 32;
  header->rtm_protocol = RTPROT_BOOT;
  header->rtm_scope = nexthop != 0 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  header->rtm_type = RTN_UNICAST;
  nlv_put_u32 (&self->writer, RTA_DST, g_htonl (0x14000000 + number));
  nlv_put_u32 (&self->writer, RTA_TABLE, table);
  if (metric != 0)
    nlv_put_u32 (&self->writer, RTA_PRIORITY, metric);
  if (nexthop != 0)
    nlv_put_u32 (&self->writer, RTA_NH_ID, nexthop);
  else
    nlv_put_u32 (&self->writer, RTA_OIF, link);
  ask (self);
}

static void
neighbor (Bench *self, guint8 family, guint32 link, guint32 number, guint8 flags)
{
  struct ndmsg *header = begin (self, RTM_NEWNEIGH, ADD, sizeof *header);
  guint8 ip[16] = { 0x20, 1, 0xd, 0xb8 }, mac[6] = { 2 };
  guint32 v4 = g_htonl (0xc0000000 + number), low = g_htonl (number);

  memcpy (mac + 2, &low, 4);
  header->ndm_family = family;
  header->ndm_ifindex = (int) link;
  header->ndm_state = NUD_PERMANENT;
  header->ndm_flags = flags;
  if (family == AF_INET)
    nlv_put (&self->writer, NDA_DST, &v4, 4);
  if (family == AF_INET6)
    {
      memcpy (ip + 4, &low, 4);
      nlv_put (&self->writer, NDA_DST, ip, 16);
    }
  nlv_put (&self->writer, NDA_LLADDR, mac, 6);
  ask (self);
}

static void
rule (Bench *self, guint16 type, guint32 number)
{
  struct fib_rule_hdr *header = begin (self, type, ADD, sizeof *header);

  header->family = AF_INET;
  header->action = FR_ACT_TO_TBL;
  header->table = RT_TABLE_MAIN;
  nlv_put_u32 (&self->writer, FRA_PRIORITY, 100 + number);
  ask (self);
}

/* --- networks ---------------------------------------------------------------------- */

static void
bench_nexthops (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    nexthop (self, RTM_NEWNEXTHOP, 10 + i, eth0, 0xc0000205);
  report (self, "nexthops-add");
  set_link (self, eth0, 0);
  report (self, "nexthops-link-down");
}

static void
bench_groups (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < MEMBERS; i++)
    nexthop (self, RTM_NEWNEXTHOP, 10 + i, eth0, 0xc0000205);
  report (self, "members-add");
  for (guint i = 0; i < n; i++)
    group (self, ADD, 100000 + i, MEMBERS, 10, 0);
  report (self, "groups-add");
  for (guint i = 0; i < n; i++)
    route (self, RTM_NEWROUTE, 254, i, 0, 100000 + i, 0);
  report (self, "groups-route-add");
  nexthop (self, RTM_DELNEXTHOP, 10, 0, 0);
  report (self, "groups-member-delete");
  set_link (self, eth0, 0);
  report (self, "groups-link-down");
}

static void
bench_shared_group (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < MEMBERS; i++)
    nexthop (self, RTM_NEWNEXTHOP, 10 + i, eth0, 0xc0000205);
  group (self, ADD, 100000, 1, 10, 0);
  for (guint i = 0; i < n; i++)
    route (self, RTM_NEWROUTE, 254, i, 0, 100000, 0);
  report (self, "shared-group-add");
  group (self, NLM_F_REPLACE, 100000, MEMBERS, 10, 0);
  report (self, "shared-group-replace");
}

static void
bench_buckets (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < MEMBERS; i++)
    nexthop (self, RTM_NEWNEXTHOP, 10 + i, eth0, 0xc0000205);
  report (self, "members-add");
  for (guint i = 0; i < n; i++)
    group (self, ADD, 100000 + i, MEMBERS, 10, BUCKETS);
  report (self, "buckets-add");
  group (self, NLM_F_REPLACE, 100000, MEMBERS - 1, 10, 0);
  group (self, NLM_F_REPLACE, 100000, MEMBERS - 1, 10, BUCKETS);
  report (self, "buckets-replace");
  nexthop (self, RTM_DELNEXTHOP, 11, 0, 0);
  report (self, "buckets-member-delete");
  nexthop (self, RTM_DELNEXTHOP, 100000, 0, 0);
  report (self, "buckets-delete");
}

static void
bench_addresses (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    address (self, RTM_NEWADDR, eth0, AF_INET, i + 1, 8);
  report (self, "addresses-add");
  set_link (self, eth0, 0);
  report (self, "addresses-down");
  set_link (self, eth0, IFF_UP);
  report (self, "addresses-up");
  address (self, RTM_DELADDR, eth0, AF_INET, 1, 8);
  report (self, "addresses-primary-delete");
}

static void
bench_subnets (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    address (self, RTM_NEWADDR, eth0, AF_INET, i * 256 + 1, 24);
  report (self, "subnets-add");
  set_link (self, eth0, 0);
  set_link (self, eth0, IFF_UP);
  report (self, "subnets-down-up");
  address (self, RTM_DELADDR, eth0, AF_INET, 1, 24);
  report (self, "subnets-delete");
}

static void
bench_addresses6 (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    address (self, RTM_NEWADDR, eth0, AF_INET6, i + 1, 64);
  report (self, "addresses6-add");
  set_link (self, eth0, 0);
  report (self, "addresses6-down");
  set_link (self, eth0, IFF_UP);
  report (self, "addresses6-up");
}

static void
bench_links_of (Bench *self, guint n, const char *kind, const char *name, gboolean up)
{
  g_autofree char *text = NULL;
  gboolean stacked = strcmp (kind, "macvlan") == 0 || strcmp (kind, "vlan") == 0;

  add_link (self, "base", "ifb", 0, 0, TRUE, 0);
  add_links (self, n, kind, stacked ? find (self, "base") : 0, 7, up, 0);
  text = g_strconcat (name, "-add", NULL);
  report (self, text);
  set_link (self, find (self, "base"), 0);
  set_link (self, find (self, "base"), IFF_UP);
  g_free (text);
  text = g_strconcat (name, "-base-down-up", NULL);
  report (self, text);
  if (stacked)
    del_link (self, find (self, "base"));
  else
    {
      begin (self, RTM_DELLINK, 0, sizeof (struct ifinfomsg));
      nlv_put_u32 (&self->writer, IFLA_GROUP, 7);
      ask (self);
    }
  g_free (text);
  text = g_strconcat (name, "-delete", NULL);
  report (self, text);
}

static void
bench_veths (Bench *self, guint n)
{
  bench_links_of (self, n, "veth", "veths", TRUE);
}

static void
bench_macvlans (Bench *self, guint n)
{
  bench_links_of (self, n, "macvlan", "macvlans", TRUE);
}

static void
bench_vxlans (Bench *self, guint n)
{
  bench_links_of (self, n, "vxlan", "vxlans", TRUE);
}

static void
bench_ports (Bench *self, guint n)
{
  add_link (self, "br", "bridge", 0, 0, TRUE, 0);
  add_links (self, n, "ifb", 0, 7, TRUE, find (self, "br"));
  report (self, "ports-add");
  set_link (self, find (self, "br"), 0);
  set_link (self, find (self, "br"), IFF_UP);
  report (self, "ports-bridge-down-up");
  del_link (self, find (self, "br"));
  report (self, "ports-bridge-delete");
}

static void
bench_rules (Bench *self, guint n)
{
  for (guint i = 0; i < n; i++)
    rule (self, RTM_NEWRULE, n - i);
  report (self, "rules-add");
  for (guint i = 0; i < 10; i++)
    rule (self, RTM_DELRULE, i + 1);
  report (self, "rules-delete");
}

static void
bench_neighbors (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    neighbor (self, AF_INET, eth0, i, 0);
  report (self, "neighbors-add");
  set_link (self, eth0, 0);
  report (self, "neighbors-down");
}

static void
bench_proxies (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    neighbor (self, AF_INET6, eth0, i, NTF_PROXY);
  report (self, "proxies-add");
  set_link (self, eth0, 0);
  report (self, "proxies-down");
}

static void
bench_fdb (Bench *self, guint n)
{
  guint32 br;

  add_link (self, "br", "bridge", 0, 0, TRUE, 0);
  br = find (self, "br");
  add_link (self, "i0", "ifb", 0, 0, TRUE, br);
  for (guint i = 0; i < n; i++)
    neighbor (self, AF_BRIDGE, find (self, "i0"), i, NTF_MASTER);
  report (self, "fdb-add");
  set_link (self, find (self, "i0"), 0);
  report (self, "fdb-port-down");
  del_link (self, br);
  report (self, "fdb-bridge-delete");
}

static void
bench_filter (Bench *self, guint n)
{
  guint32 lower;

  add_link (self, "base", "ifb", 0, 0, TRUE, 0);
  lower = find (self, "base");
  add_links (self, 100, "macvlan", lower, 0, TRUE, 0);
  for (guint i = 0; i < n; i++)
    neighbor (self, AF_BRIDGE, find (self, "m0"), i | 0x01000000, NTF_SELF);
  report (self, "filter-add");
  set_link (self, find (self, "m0"), 0);
  set_link (self, find (self, "m0"), IFF_UP);
  report (self, "filter-macvlan-down-up");
  del_link (self, lower);
  report (self, "filter-base-delete");
}

static void
bench_routes (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    route (self, RTM_NEWROUTE, 254, i, eth0, 0, i % 64);
  report (self, "routes-add");
  set_link (self, eth0, 0);
  report (self, "routes-down");
}

static void
bench_metrics (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    route (self, RTM_NEWROUTE, 254, 1, eth0, 0, i + 1);
  report (self, "routes-of-one-prefix-add");
  route (self, RTM_DELROUTE, 254, 1, eth0, 0, n);
  report (self, "routes-of-one-prefix-delete");
}

static void
bench_tables (Bench *self, guint n)
{
  guint32 eth0 = find (self, "eth0");

  for (guint i = 0; i < n; i++)
    route (self, RTM_NEWROUTE, 1000 + i * 256, i, eth0, 0, 0);
  report (self, "tables-add");
  set_link (self, eth0, 0);
  report (self, "tables-down");
}

static void
bench_labels (Bench *self, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      struct
      {
        guint8 family, reserved, length, flags;
        guint32 index, seq;
      } *header = begin (self, RTM_NEWADDRLABEL, ADD, sizeof *header);
      guint32 ip[4] = { g_htonl (0x20010db8), g_htonl (i), 0, 0 };

      header->family = AF_INET6;
      header->length = 128;
      nlv_put (&self->writer, 1, ip, sizeof ip);
      nlv_put_u32 (&self->writer, 2, i);
      ask (self);
    }
  report (self, "labels-add");
}

static const struct
{
  const char *name;
  void (*run) (Bench *self, guint n);
  guint n;
} benches[] = {
  { "nexthops", bench_nexthops, NLV_MAX_NEXTHOPS },
  { "groups", bench_groups, NLV_MAX_GROUP_MEMBERS / MEMBERS },
  { "shared-group", bench_shared_group, 1000 },
  { "buckets", bench_buckets, 2 },
  { "addresses", bench_addresses, 10000 },
  { "subnets", bench_subnets, 10000 },
  { "addresses6", bench_addresses6, 10000 },
  { "veths", bench_veths, 4000 },
  { "macvlans", bench_macvlans, 4000 },
  { "vxlans", bench_vxlans, 4000 },
  { "ports", bench_ports, 1023 },
  { "rules", bench_rules, 20000 },
  { "neighbors", bench_neighbors, 100000 },
  { "proxies", bench_proxies, 20000 },
  { "fdb", bench_fdb, 50000 },
  { "filter", bench_filter, 10000 },
  { "routes", bench_routes, 500000 },
  { "metrics", bench_metrics, 100000 },
  { "tables", bench_tables, 50000 },
  { "labels", bench_labels, 20000 },
};

int
main (int argc, char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (benches); i++)
    {
      Bench self = { 0 };

      if (argc > 1 && strcmp (argv[1], benches[i].name) != 0)
        continue;
      nlv_writer_init (&self.writer, G_MAXUINT32);
      begin_network (&self);
      benches[i].run (&self, argc > 2 ? (guint) atoi (argv[2]) : benches[i].n);
      end_network (&self);
      nlv_writer_clear (&self.writer);
    }
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The same network twice: made with ip(8) in a network namespace, and read
 * from a table file. Links, addresses, routes and rules that the kernel dumps
 * must be those that follow in the model, in the same order. */
#include "model/device/consequences.h"
#include "model/fib.h"
#include "model/file/table-file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef void (*Describe) (const struct nlmsghdr *message, GPtrArray *lines);

/* --- the kernel's side ---------------------------------------------------------- */

static void
parse_attributes (const struct nlmsghdr *message, gsize header, const struct rtattr **attributes, guint max)
{
  const guint8 *data = (const guint8 *) message + NLMSG_SPACE (header);
  int len = (int) message->nlmsg_len - (int) NLMSG_SPACE (header);

  memset (attributes, 0, (max + 1) * sizeof *attributes);
  for (const struct rtattr *at = (gconstpointer) data; RTA_OK (at, len); at = RTA_NEXT (at, len))
    if ((at->rta_type & NLA_TYPE_MASK) <= max)
      attributes[at->rta_type & NLA_TYPE_MASK] = at;
}

static guint64
get_number (const struct rtattr *attribute)
{
  guint64 value = 0;

  if (attribute != NULL)
    memcpy (&value, RTA_DATA (attribute), MIN (RTA_PAYLOAD (attribute), sizeof value));
  return value;
}

static NlvIp
get_ip (const struct rtattr *attribute)
{
  NlvIp ip = { 0 };

  if (attribute != NULL)
    memcpy (ip.bytes, RTA_DATA (attribute), MIN (RTA_PAYLOAD (attribute), sizeof ip));
  return ip;
}

static const char *
get_string (const struct rtattr *attribute)
{
  return attribute != NULL ? RTA_DATA (attribute) : "";
}

static GPtrArray *
dump (guint16 type, guint8 family, gsize header, Describe describe)
{
  struct
  {
    struct nlmsghdr header;
    guint8 body[32];
  } request = {
    .header = { .nlmsg_len = NLMSG_LENGTH (header), .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
    .body = { family }
  };
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  static guint8 buffer[65536] __attribute__ ((aligned (8)));
  gboolean done = FALSE;

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (send (fd, &request, request.header.nlmsg_len, 0), >, 0);
  while (!done)
    {
      gssize n = recv (fd, buffer, sizeof buffer, 0);
      int len = (int) n;

      g_assert_cmpint (n, >, 0);
      for (const struct nlmsghdr *at = (gconstpointer) buffer; NLMSG_OK (at, len); at = NLMSG_NEXT (at, len))
        {
          g_assert_cmpint (at->nlmsg_type, !=, NLMSG_ERROR);
          done = at->nlmsg_type == NLMSG_DONE;
          if (!done)
            describe (at, lines);
        }
    }
  close (fd);
  return lines;
}

/* --- one line a row, the same for both sides --------------------------------------- */

static char *
print_ip (guint8 family, const NlvIp *ip)
{
  char buffer[INET6_ADDRSTRLEN];

  return g_strdup (inet_ntop (family, ip->bytes, buffer, sizeof buffer));
}

static char *
describe_link (const NlvLink *link)
{
  return g_strdup_printf (
    "%u %s type %u flags %x mtu %u %u %u qlen %u queues %u %u gso %u %u %u %u %u tso %u %u state %u "
    "mode %u carrier %u %u %u qdisc %s kind %s slave %s master %u link %u promisc %u allmulti %u "
    "group %u mac %02x broadcast %02x",
    link->index, link->name, link->hardware_type, link->flags, link->mtu, link->min_mtu, link->max_mtu,
    link->tx_queue_length, link->tx_queues, link->rx_queues, link->gso_max_segs, link->gso_max_size, link->gro_max_size,
    link->gso_ipv4_max_size, link->gro_ipv4_max_size, link->tso_max_size, link->tso_max_segs, link->operational_state,
    link->link_mode, link->carrier, link->carrier_up_count, link->carrier_down_count, link->qdisc,
    link->kind != NULL ? link->kind : "", link->slave_kind != NULL ? link->slave_kind : "", link->master, link->lower,
    link->promiscuity, link->all_multicast, link->group, link->address[5], link->broadcast[0]);
}

static char *
describe_address (const NlvAddress *address)
{
  g_autofree char *local = print_ip (address->family, &address->local);
  g_autofree char *peer = print_ip (address->family, &address->peer);
  g_autofree char *broadcast = print_ip (AF_INET, &address->broadcast);

  return g_strdup_printf (
    "%s peer %s/%u link %u flags %x scope %u broadcast %s label %s protocol %u metric %u valid %u "
    "preferred %u",
    local, peer, address->prefix_length, address->link, address->flags, address->scope,
    address->has_broadcast ? broadcast : "none", address->label, address->protocol, address->metric,
    address->valid_lifetime, address->preferred_lifetime);
}

static char *
describe_route (const NlvRoute *route)
{
  g_autofree char *destination = print_ip (route->family, &route->destination);
  g_autofree char *origin = print_ip (route->family, &route->source);
  g_autofree char *source = print_ip (route->family, &route->preferred_source);
  GString *line = g_string_new (NULL);

  g_string_printf (
    line, "table %u %s/%u from %s/%u tos %u type %u scope %u protocol %u metric %u preference %u source %s",
    route->table, destination, route->destination_length, origin, route->source_length, route->tos, route->type,
    route->scope, route->protocol, route->metric, route->preference, route->has_preferred_source ? source : "none");
  for (guint i = 0; i < route->n_nexthops; i++)
    {
      const NlvNexthop *nexthop = &route->nexthops[i];
      g_autofree char *gateway =
        print_ip (nexthop->gateway_family != 0 ? nexthop->gateway_family : AF_INET, &nexthop->gateway);

      g_string_append_printf (line, "; via %s dev %u weight %u flags %x", gateway, nexthop->link, nexthop->weight + 1,
                              nexthop->flags);
    }
  return g_string_free (line, FALSE);
}

static char *
describe_rule (const NlvRule *rule)
{
  return g_strdup_printf ("family %u priority %u table %u action %u protocol %u suppress %u flags %x", rule->family,
                          rule->priority, rule->table, rule->action, rule->protocol, rule->suppress_prefix_length,
                          rule->flags);
}

/* net.core.default_qdisc, which is fq_codel in the model. No namespace but the first has it. */
static char *usual_qdisc;

static void
describe_kernel_link (const struct nlmsghdr *message, GPtrArray *lines)
{
  const struct rtattr *attributes[IFLA_MAX + 1], *info[IFLA_INFO_MAX + 1] = { NULL };
  const struct ifinfomsg *header = NLMSG_DATA (message);
  NlvLink link = { .index = (guint32) header->ifi_index,
                   .hardware_type = header->ifi_type,
                   .flags = header->ifi_flags };

  parse_attributes (message, sizeof *header, attributes, IFLA_MAX);
  if (attributes[IFLA_LINKINFO] != NULL)
    {
      int len = (int) RTA_PAYLOAD (attributes[IFLA_LINKINFO]);

      for (const struct rtattr *at = RTA_DATA (attributes[IFLA_LINKINFO]); RTA_OK (at, len); at = RTA_NEXT (at, len))
        if (at->rta_type <= IFLA_INFO_MAX)
          info[at->rta_type] = at;
    }
  g_strlcpy (link.name, get_string (attributes[IFLA_IFNAME]), sizeof link.name);
  link.mtu = (guint32) get_number (attributes[IFLA_MTU]);
  link.min_mtu = (guint32) get_number (attributes[IFLA_MIN_MTU]);
  link.max_mtu = (guint32) get_number (attributes[IFLA_MAX_MTU]);
  link.tx_queue_length = (guint32) get_number (attributes[IFLA_TXQLEN]);
  link.tx_queues = (guint32) get_number (attributes[IFLA_NUM_TX_QUEUES]);
  link.rx_queues = (guint32) get_number (attributes[IFLA_NUM_RX_QUEUES]);
  link.gso_max_segs = (guint32) get_number (attributes[IFLA_GSO_MAX_SEGS]);
  link.gso_max_size = (guint32) get_number (attributes[IFLA_GSO_MAX_SIZE]);
  link.gro_max_size = (guint32) get_number (attributes[IFLA_GRO_MAX_SIZE]);
  /* IFLA_GSO_IPV4_MAX_SIZE and IFLA_GRO_IPV4_MAX_SIZE are younger than the oldest headers this builds with. */
  link.gso_ipv4_max_size = link.gro_ipv4_max_size = 65536;
  link.tso_max_size = (guint32) get_number (attributes[IFLA_TSO_MAX_SIZE]);
  link.tso_max_segs = (guint32) get_number (attributes[IFLA_TSO_MAX_SEGS]);
  link.operational_state = (guint8) get_number (attributes[IFLA_OPERSTATE]);
  link.link_mode = (guint8) get_number (attributes[IFLA_LINKMODE]);
  link.carrier = (guint8) get_number (attributes[IFLA_CARRIER]);
  link.carrier_up_count = (guint32) get_number (attributes[IFLA_CARRIER_UP_COUNT]);
  link.carrier_down_count = (guint32) get_number (attributes[IFLA_CARRIER_DOWN_COUNT]);
  link.qdisc = (char *) get_string (attributes[IFLA_QDISC]);
  if (g_strcmp0 (link.qdisc, usual_qdisc) == 0)
    link.qdisc = (char *) "fq_codel";
  link.kind = (char *) get_string (info[IFLA_INFO_KIND]);
  link.slave_kind = (char *) get_string (info[IFLA_INFO_SLAVE_KIND]);
  link.master = (guint32) get_number (attributes[IFLA_MASTER]);
  link.lower = (guint32) get_number (attributes[IFLA_LINK]);
  link.promiscuity = (guint32) get_number (attributes[IFLA_PROMISCUITY]);
  link.all_multicast = (guint32) get_number (attributes[IFLA_ALLMULTI]);
  link.group = (guint32) get_number (attributes[IFLA_GROUP]);
  if (attributes[IFLA_ADDRESS] != NULL)
    memcpy (link.address, RTA_DATA (attributes[IFLA_ADDRESS]), 6);
  if (attributes[IFLA_BROADCAST] != NULL)
    memcpy (link.broadcast, RTA_DATA (attributes[IFLA_BROADCAST]), 6);
  g_ptr_array_add (lines, describe_link (&link));
}

static void
describe_kernel_address (const struct nlmsghdr *message, GPtrArray *lines)
{
  enum
  {
    PROTOCOL = 11
  }; /* IFA_PROTO */
  const struct rtattr *attributes[PROTOCOL + 1];
  const struct ifaddrmsg *header = NLMSG_DATA (message);
  NlvAddress address = { .family = header->ifa_family,
                         .prefix_length = header->ifa_prefixlen,
                         .scope = header->ifa_scope,
                         .link = header->ifa_index };
  struct ifa_cacheinfo cache;

  parse_attributes (message, sizeof *header, attributes, PROTOCOL);
  address.peer = get_ip (attributes[IFA_ADDRESS]);
  address.local = get_ip (attributes[IFA_LOCAL] != NULL ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS]);
  address.broadcast = get_ip (attributes[IFA_BROADCAST]);
  address.has_broadcast = attributes[IFA_BROADCAST] != NULL;
  address.flags = (guint32) get_number (attributes[IFA_FLAGS]);
  address.protocol = (guint8) get_number (attributes[PROTOCOL]);
  address.metric = (guint32) get_number (attributes[IFA_RT_PRIORITY]);
  g_strlcpy (address.label, get_string (attributes[IFA_LABEL]), sizeof address.label);
  memcpy (&cache, RTA_DATA (attributes[IFA_CACHEINFO]), sizeof cache);
  address.valid_lifetime = cache.ifa_valid;
  address.preferred_lifetime = cache.ifa_prefered;
  g_ptr_array_add (lines, describe_address (&address));
}

static guint
read_multipath (const struct rtattr *multipath, guint8 family, NlvNexthop *nexthops, guint max)
{
  int len = (int) RTA_PAYLOAD (multipath);
  guint n = 0;

  for (const struct rtnexthop *at = RTA_DATA (multipath); RTNH_OK (at, len) && n < max;
       len -= (int) NLMSG_ALIGN (at->rtnh_len), at = RTNH_NEXT (at), n++)
    {
      int rest = (int) (at->rtnh_len - sizeof *at);

      nexthops[n] =
        (NlvNexthop){ .link = (guint32) at->rtnh_ifindex, .flags = at->rtnh_flags, .weight = at->rtnh_hops };
      for (const struct rtattr *attribute = RTNH_DATA (at); RTA_OK (attribute, rest);
           attribute = RTA_NEXT (attribute, rest))
        if (attribute->rta_type == RTA_GATEWAY)
          {
            nexthops[n].gateway_family = family;
            nexthops[n].gateway = get_ip (attribute);
          }
    }
  return n;
}

static void
describe_kernel_route (const struct nlmsghdr *message, GPtrArray *lines)
{
  const struct rtattr *attributes[RTA_MAX + 1];
  const struct rtmsg *header = NLMSG_DATA (message);
  NlvNexthop nexthops[16] = { 0 };
  NlvRoute route = { .family = header->rtm_family,
                     .destination_length = header->rtm_dst_len,
                     .source_length = header->rtm_src_len,
                     .tos = header->rtm_tos,
                     .protocol = header->rtm_protocol,
                     .scope = header->rtm_scope,
                     .type = header->rtm_type,
                     .nexthops = nexthops };

  parse_attributes (message, sizeof *header, attributes, RTA_MAX);
  route.table = (guint32) get_number (attributes[RTA_TABLE]);
  route.metric = (guint32) get_number (attributes[RTA_PRIORITY]);
  route.preference = (guint8) get_number (attributes[RTA_PREF]);
  route.destination = get_ip (attributes[RTA_DST]);
  route.source = get_ip (attributes[RTA_SRC]);
  route.preferred_source = get_ip (attributes[RTA_PREFSRC]);
  route.has_preferred_source = attributes[RTA_PREFSRC] != NULL;
  if (attributes[RTA_MULTIPATH] != NULL)
    route.n_nexthops = (guint16) read_multipath (attributes[RTA_MULTIPATH], route.family, nexthops, 16);
  else if (attributes[RTA_OIF] != NULL)
    {
      route.n_nexthops = 1;
      nexthops->link = (guint32) get_number (attributes[RTA_OIF]);
      nexthops->flags = (guint8) (header->rtm_flags & 0xff);
      nexthops->gateway = get_ip (attributes[RTA_GATEWAY]);
      nexthops->gateway_family = attributes[RTA_GATEWAY] != NULL ? route.family : 0;
    }
  g_ptr_array_add (lines, describe_route (&route));
}

static void
describe_kernel_rule (const struct nlmsghdr *message, GPtrArray *lines)
{
  const struct rtattr *attributes[FRA_MAX + 1];
  const struct fib_rule_hdr *header = NLMSG_DATA (message);
  NlvRule rule = { .family = header->family, .action = header->action, .flags = header->flags };

  parse_attributes (message, sizeof *header, attributes, FRA_MAX);
  rule.priority = (guint32) get_number (attributes[FRA_PRIORITY]);
  rule.table = (guint32) get_number (attributes[FRA_TABLE]);
  rule.protocol = (guint8) get_number (attributes[FRA_PROTOCOL]);
  rule.suppress_prefix_length = (guint32) get_number (attributes[FRA_SUPPRESS_PREFIXLEN]);
  g_ptr_array_add (lines, describe_rule (&rule));
}

/* --- comparing ---------------------------------------------------------------------- */

static NlvNetwork *
parse (const char *text)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
  NlvNetwork *network = nlv_table_file_parse (text, strlen (text), faults);

  for (guint i = 0; i < faults->len; i++)
    {
      const NlvFault *fault = g_ptr_array_index (faults, i);

      g_test_message ("%u: [%s] %s: %s", fault->line, fault->group, fault->key, fault->message);
    }
  g_assert_nonnull (network);
  return network;
}

static void
compare (const char *what, GPtrArray *kernel, GPtrArray *model)
{
  guint n = MAX (kernel->len, model->len);

  for (guint i = 0; i < n; i++)
    {
      const char *expected = i < kernel->len ? g_ptr_array_index (kernel, i) : "(none)";
      const char *found = i < model->len ? g_ptr_array_index (model, i) : "(none)";

      if (strcmp (expected, found) != 0)
        {
          g_test_message ("%s %u\n  kernel: %s\n  model:  %s", what, i, expected, found);
          g_test_fail ();
        }
    }
  g_ptr_array_unref (kernel);
  g_ptr_array_unref (model);
}

static void
compare_links (NlvNetwork *network)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    g_ptr_array_add (lines, describe_link (nlv_network_get_link (network, i)));
  compare ("link", dump (RTM_GETLINK, AF_UNSPEC, sizeof (struct ifinfomsg), describe_kernel_link), lines);
}

static void
compare_addresses (NlvNetwork *network)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    g_ptr_array_add (lines, describe_address (nlv_network_get_address (network, i)));
  compare ("address", dump (RTM_GETADDR, AF_UNSPEC, sizeof (struct ifaddrmsg), describe_kernel_address), lines);
}

static void
compare_routes (NlvNetwork *network, guint8 family)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  NlvFibCursor cursor;
  const NlvRoute *route;

  nlv_fib_cursor_init (&cursor, family);
  while ((route = nlv_fib_next (nlv_network_get_fib (network), &cursor)) != NULL)
    g_ptr_array_add (lines, describe_route (route));
  compare (family == AF_INET ? "IPv4 route" : "IPv6 route",
           dump (RTM_GETROUTE, family, sizeof (struct rtmsg), describe_kernel_route), lines);
}

static void
compare_rules (NlvNetwork *network)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < nlv_network_get_n_rules (network); i++)
    g_ptr_array_add (lines, describe_rule (nlv_network_get_rule (network, i)));
  compare ("rule", dump (RTM_GETRULE, AF_UNSPEC, sizeof (struct fib_rule_hdr), describe_kernel_rule), lines);
}

static void
compare_all (NlvNetwork *network)
{
  compare_links (network);
  compare_addresses (network);
  compare_routes (network, AF_INET);
  compare_routes (network, AF_INET6);
  compare_rules (network);
}

static gboolean
run (const char *commands)
{
  const char *const argv[] = { "/bin/sh", "-ec", commands, NULL };
  g_autofree char *errors = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &errors, &status, NULL))
    return FALSE;
  if (errors[0] != '\0')
    g_test_message ("%s", errors);
  return status == 0;
}

/* A namespace of its own, in which addresses are ready at once. */
static gboolean
enter_namespace (void)
{
  if (unshare (CLONE_NEWNET) != 0)
    {
      g_test_skip ("needs the right to make a network namespace");
      return FALSE;
    }
  if (run ("command -v ip >/dev/null; for f in all default; do echo 0 >/proc/sys/net/ipv6/conf/$f/accept_dad; done"))
    return TRUE;
  g_test_skip ("needs iproute2 and a writable /proc/sys/net");
  return FALSE;
}

typedef struct
{
  const char *name;
  const char *commands;
  const char *table;
  gboolean links_too;
} Scenario;

/* Carrier needs a moment until linkwatch has told of it. */
#define SETTLE "sleep 1.2\n"
#define VETH                                                                                                           \
  "ip link set lo up\n"                                                                                                \
  "ip link add v0 index 3 address 02:00:5e:00:53:03 type veth peer name v1 index 2 address 02:00:5e:00:53:02\n"
#define VETH_TABLE                                                                                                     \
  "[link v1]\nindex=2\nkind=veth\nlink=v0\nmac-address=02:00:5e:00:53:02\nipv6-address-generation=eui64\n"             \
  "[link v0]\nindex=3\nkind=veth\nlink=v1\nmac-address=02:00:5e:00:53:03\nipv6-address-generation=eui64\n"

static const Scenario scenarios[] = {
  { "loopback", "ip link set lo up\n", "[network]\nfill=true\n", TRUE },
  { "addresses",
    VETH
    "ip link set v0 up\nip link set v1 up\n" SETTLE
    "ip addr add 10.2.0.1/16 brd + dev v1\nip addr add 192.0.2.99/24 brd + dev v1\n"
    "ip addr add 192.0.2.10/24 brd + dev v0\nip addr add 192.0.2.11/24 brd + dev v0\n"
    "ip addr add 198.51.100.1/31 dev v0\nip addr add 203.0.113.5/32 dev v0\nip addr add 10.1.0.1/30 brd + dev v0\n"
    "ip addr add 169.254.7.7/16 brd + dev v0\nip addr add 10.3.0.0/24 brd + dev v0\n"
    "ip -6 addr add 2001:db8::1/64 dev v0\nip -6 addr add 2001:db8::2/64 dev v0\n"
    "ip -6 addr add 2001:db8:1::2/128 dev v0\nip -6 addr add fe80::5/64 dev v0\nip -6 addr add fec0::5/64 dev v0\n",
    VETH_TABLE "addresses=192.0.2.10/24;192.0.2.11/24;198.51.100.1/31;203.0.113.5/32;10.1.0.1/30;169.254.7.7/16;"
               "10.3.0.0/24;2001:db8::1/64;2001:db8::2/64;2001:db8:1::2/128;fe80::5/64;fec0::5/64\n"
               "[address a]\ndevice=v1\naddress=10.2.0.1/16\n[address b]\ndevice=v1\naddress=192.0.2.99/24\n",
    TRUE },
  { "details",
    VETH
    "ip link set v0 up\nip link set v1 up\n" SETTLE
    "ip addr add 10.0.0.1 peer 10.0.0.2/32 dev v0\nip addr add 10.0.7.1 peer 10.0.8.0/24 dev v0\n"
    "ip addr add 10.4.0.1/24 brd 10.4.0.9 label v0:x metric 7 dev v0\nip addr add 10.5.0.1/24 scope link dev v0\n"
    "ip addr add 10.6.0.1/24 noprefixroute dev v0\nip addr add 127.9.9.9/24 dev lo\nip addr add 10.9.9.9/32 dev lo\n"
    "ip -6 addr add fd00::1 peer fd00::2/128 dev v0\nip -6 addr add fd01::1/64 noprefixroute metric 9 dev v0\n"
    "ip -6 addr add fd02::1/64 metric 9 dev v0\nip -6 addr add fd03::1/128 dev lo\n",
    "[link lo]\naddresses=127.0.0.1/8;::1/128;127.9.9.9/24;10.9.9.9/32;fd03::1/128\n" VETH_TABLE
    "[address 1]\ndevice=v0\naddress=10.0.0.1/32\npeer=10.0.0.2\n"
    "[address 2]\ndevice=v0\naddress=10.0.7.1/24\npeer=10.0.8.0\n"
    "[address 3]\ndevice=v0\naddress=10.4.0.1/24\nbroadcast=10.4.0.9\nlabel=v0:x\nmetric=7\n"
    "[address 4]\ndevice=v0\naddress=10.5.0.1/24\nbroadcast=none\nscope=link\n"
    "[address 5]\ndevice=v0\naddress=10.6.0.1/24\nbroadcast=none\nflags=permanent;no-prefix-route\n"
    "[address 6]\ndevice=v0\naddress=fd00::1/128\npeer=fd00::2\n"
    "[address 7]\ndevice=v0\naddress=fd01::1/64\nmetric=9\nflags=permanent;no-prefix-route\n"
    "[address 8]\ndevice=v0\naddress=fd02::1/64\nmetric=9\n",
    TRUE },
  { "down", VETH "ip addr add 192.0.2.10/24 brd + dev v0\nip -6 addr add 2001:db8::1/64 dev v0\n",
    "[link v1]\nindex=2\nkind=veth\nlink=v0\nmac-address=02:00:5e:00:53:02\nup=false\n"
    "[link v0]\nindex=3\nkind=veth\nlink=v1\nmac-address=02:00:5e:00:53:03\nup=false\n"
    "addresses=192.0.2.10/24;2001:db8::1/64\n",
    TRUE },
  { "no-carrier",
    VETH "ip link set v0 up\n" SETTLE "ip addr add 192.0.2.10/24 brd + dev v0\nip -6 addr add 2001:db8::1/64 dev v0\n"
         "ip route add 10.0.0.0/8 via 192.0.2.1\nip -6 route add 2001:db8:5::/48 via 2001:db8::9\n",
    "[link v1]\nindex=2\nkind=veth\nlink=v0\nmac-address=02:00:5e:00:53:02\nup=false\n"
    "[link v0]\nindex=3\nkind=veth\nlink=v1\nmac-address=02:00:5e:00:53:03\ncarrier=false\n"
    "addresses=192.0.2.10/24;2001:db8::1/64\n"
    "[route 1]\ndestination=10.0.0.0/8\ngateway=192.0.2.1\n"
    "[route 2]\ndestination=2001:db8:5::/48\ngateway=2001:db8::9\n",
    TRUE },
  { "kinds-up",
    VETH "ip link set v0 up\nip link set v1 up\n" SETTLE
         "ip link add br0 index 4 address 02:00:5e:00:53:04 type bridge\n"
         "ip link add ifb7 index 5 address 02:00:5e:00:53:05 type ifb\n"
         "ip link add vx0 index 6 address 02:00:5e:00:53:06 type vxlan id 5 dstport 4789 remote 192.0.2.1\n"
         "ip link add link v1 mv0 index 7 address 02:00:5e:00:53:07 type macvlan mode bridge\n"
         "for i in br0 ifb7 vx0 mv0; do ip link set $i up; done\n" SETTLE,
    "[link v1]\nindex=2\nkind=veth\nlink=v0\nmac-address=02:00:5e:00:53:02\nipv6-address-generation=eui64\n"
    "promiscuity=1\n"
    "[link v0]\nindex=3\nkind=veth\nlink=v1\nmac-address=02:00:5e:00:53:03\nipv6-address-generation=eui64\n"
    "[link br0]\nkind=bridge\nmac-address=02:00:5e:00:53:04\nipv6-address-generation=eui64\n"
    "[link ifb7]\nkind=ifb\nmac-address=02:00:5e:00:53:05\nipv6-address-generation=eui64\n"
    "[link vx0]\nkind=vxlan\nmac-address=02:00:5e:00:53:06\nipv6-address-generation=eui64\n"
    "[link mv0]\nkind=macvlan\nlink=v1\nmac-address=02:00:5e:00:53:07\nipv6-address-generation=eui64\n",
    TRUE },
  { "bridge-ports",
    VETH
    "ip link add br0 index 4 address 02:00:5e:00:53:04 type bridge\n"
    "ip link add br1 index 5 address 02:00:5e:00:53:05 type bridge\n"
    "ip link set v0 up\nip link set br0 up\n ip link set v1 master br0\nip link set v1 up\nip link set br1 up\n" SETTLE
    "ip addr add 192.0.2.1/24 brd + dev br0\nip addr add 198.51.100.1/24 brd + dev br1\n",
    "[link v1]\nindex=2\nkind=veth\nlink=v0\nmaster=br0\nmac-address=02:00:5e:00:53:02\nipv6-address-generation=eui64\n"
    "[link v0]\nindex=3\nkind=veth\nlink=v1\nmac-address=02:00:5e:00:53:03\nipv6-address-generation=eui64\n"
    "[link br0]\nkind=bridge\nmac-address=02:00:5e:00:53:04\nipv6-address-generation=eui64\naddresses=192.0.2.1/24\n"
    "[link "
    "br1]\nkind=bridge\nmac-address=02:00:5e:00:53:05\nipv6-address-generation=eui64\naddresses=198.51.100.1/24\n",
    TRUE },
  { "kinds-down",
    "ip link add br0 index 4 address 02:00:5e:00:53:04 type bridge\n"
    "ip link add ifb7 index 5 address 02:00:5e:00:53:05 type ifb\n"
    "ip link add vx0 index 6 address 02:00:5e:00:53:06 type vxlan id 5 dstport 4789 remote 192.0.2.1\n",
    "[link lo]\nup=false\n[link br0]\nindex=4\nkind=bridge\nmac-address=02:00:5e:00:53:04\nup=false\n"
    "[link ifb7]\nindex=5\nkind=ifb\nmac-address=02:00:5e:00:53:05\nup=false\n"
    "[link vx0]\nindex=6\nkind=vxlan\nmac-address=02:00:5e:00:53:06\nup=false\n",
    TRUE },
  { "routes",
    VETH
    "ip link set v0 up\nip link set v1 up\n" SETTLE
    "ip addr add 192.0.2.10/24 brd + dev v0\nip -6 addr add 2001:db8::1/64 dev v0\n"
    "ip route add default via 192.0.2.1\nip route add 0.0.0.0/1 via 192.0.2.1\n"
    "for t in 300 44 556; do ip route add 192.0.0.0/16 via 192.0.2.1 table $t; ip -6 route add 2001:db8:e::/48 via "
    "2001:db8::7 table $t; done\n"
    "ip route add 10.0.0.0/8 nexthop via 192.0.2.2 weight 3 nexthop via 192.0.2.3\n"
    "ip route add blackhole 10.1.0.0/16\nip route add unreachable 10.2.0.0/16 metric 5\nip route add throw "
    "10.3.0.0/16\n"
    "ip route add prohibit 10.4.0.0/16\nip route add 10.5.0.0/16 dev v0 src 192.0.2.10\n"
    "ip route add local 10.6.0.0/16 dev lo\nip route append 10.5.0.0/16 via 192.0.2.9\n"
    "ip -6 route add default via 2001:db8::9\nip -6 route append default via 2001:db8::8\n"
    "ip -6 route add blackhole 2001:db8:f::/48\nip -6 route add unreachable 2001:db8:f1::/48\n"
    "ip -6 route add 2001:db8:a::/48 via 2001:db8::7 pref high\nip -6 route add 2001:db8:b::/48 from 2001:db8:c::/48 "
    "dev v0\nip -6 route add 2001:db8:a::/64 via 2001:db8::7\n",
    VETH_TABLE
    "addresses=192.0.2.10/24;2001:db8::1/64\n"
    "[route a]\ndestination=default\ngateway=192.0.2.1\n[route b]\ndestination=0.0.0.0/1\ngateway=192.0.2.1\n"
    "[route c]\ndestination=192.0.0.0/16\ngateway=192.0.2.1\ntable=300\n"
    "[route d]\ndestination=192.0.0.0/16\ngateway=192.0.2.1\ntable=44\n"
    "[route e]\ndestination=192.0.0.0/16\ngateway=192.0.2.1\ntable=556\n"
    "[route f]\ndestination=2001:db8:e::/48\ngateway=2001:db8::7\ntable=300\n"
    "[route g]\ndestination=2001:db8:e::/48\ngateway=2001:db8::7\ntable=44\n"
    "[route h]\ndestination=2001:db8:e::/48\ngateway=2001:db8::7\ntable=556\n"
    "[route i]\ndestination=10.0.0.0/8\nnexthops=via 192.0.2.2 weight 3;via 192.0.2.3\n"
    "[route j]\ndestination=10.1.0.0/16\ntype=blackhole\n"
    "[route k]\ndestination=10.2.0.0/16\ntype=unreachable\nmetric=5\n"
    "[route l]\ndestination=10.3.0.0/16\ntype=throw\n[route m]\ndestination=10.4.0.0/16\ntype=prohibit\n"
    "[route n]\ndestination=10.5.0.0/16\ndevice=v0\nsource=192.0.2.10\n"
    "[route o]\ndestination=10.6.0.0/16\ntype=local\ndevice=lo\n"
    "[route p]\ndestination=10.5.0.0/16\ngateway=192.0.2.9\n"
    "[route q]\ndestination=default\ngateway=2001:db8::9\n"
    "[route q2]\ndestination=default\ngateway=2001:db8::8\n"
    "[route r]\ndestination=2001:db8:f::/48\ntype=blackhole\n"
    "[route s]\ndestination=2001:db8:f1::/48\ntype=unreachable\n"
    "[route t]\ndestination=2001:db8:a::/48\ngateway=2001:db8::7\npreference=high\n"
    "[route u]\ndestination=2001:db8:b::/48\nfrom=2001:db8:c::/48\ndevice=v0\n"
    "[route v]\ndestination=2001:db8:a::/64\ngateway=2001:db8::7\n",
    TRUE },
};

static void
test_scenario (gconstpointer data)
{
  const Scenario *scenario = data;
  NlvNetwork *network = parse (scenario->table);

  if (enter_namespace ())
    {
      g_autofree char *commands = g_strconcat (scenario->commands, "sleep 0.5\n", NULL);

      if (run (commands))
        compare_all (network);
      else
        g_test_skip ("this kernel lacks a kind of link that is needed");
    }
  nlv_network_unref (network);
}

/* --- the order of many routes --------------------------------------------------------- */

static void
add_random_ipv4 (GRand *random, GString *commands, GString *table, guint number)
{
  guint length = (guint) g_rand_int_range (random, 0, 33);
  guint32 mask = length == 0 ? 0 : G_MAXUINT32 << (32 - length);
  NlvIp ip = { .v4 = g_htonl ((g_rand_int (random) & 0x070f0007 & mask) | (0x0a000000 & mask)) };
  guint metric = (guint) g_rand_int_range (random, 1, 4), id = (guint) g_rand_int_range (random, 1, 3) * 256 + 9;
  guint tos = (guint) g_rand_int_range (random, 0, 3) * 8;
  g_autofree char *text = print_ip (AF_INET, &ip);

  g_string_append_printf (commands, "route append %s/%u via 192.0.2.1 metric %u table %u tos %#x proto %u\n", text,
                          length, metric, id, tos, 100 + number % 100);
  g_string_append_printf (
    table, "[route r%u]\ndestination=%s/%u\ngateway=192.0.2.1\nmetric=%u\ntable=%u\ntos=%u\nprotocol=%u\n", number,
    text, length, metric, id, tos, 100 + number % 100);
}

static void
clear_host_bits (NlvIp *ip, guint length)
{
  for (guint bit = length; bit < 128; bit++)
    ip->bytes[bit / 8] &= (guint8) ~(0x80 >> bit % 8);
}

static void
add_random_ipv6 (GRand *random, GString *commands, GString *table, guint number)
{
  guint length = (guint) g_rand_int_range (random, 0, 65), from_length = (guint) g_rand_int_range (random, 0, 49);
  guint metric = (guint) g_rand_int_range (random, 1, 4), id = (guint) g_rand_int_range (random, 1, 3) * 256 + 9;
  NlvIp ip = { .bytes = { 0x20, 0x01, 0x0d, 0xb8 } }, from = ip;
  g_autofree char *text = NULL, *from_text = NULL;

  for (guint i = 1; i < 8; i++)
    {
      ip.bytes[i] ^= (guint8) (g_rand_int (random) & 0x81);
      from.bytes[i] ^= (guint8) (g_rand_int (random) & 0x81);
    }
  if (number % 3 != 0)
    from_length = 0;
  clear_host_bits (&ip, length);
  clear_host_bits (&from, from_length);
  text = print_ip (AF_INET6, &ip);
  from_text = print_ip (AF_INET6, &from);
  g_string_append_printf (commands, "route append %s/%u from %s/%u dev v%u metric %u table %u\n", text, length,
                          from_text, from_length, number % 2, metric, id);
  g_string_append_printf (table, "[route s%u]\ndestination=%s/%u\nfrom=%s/%u\ndevice=v%u\nmetric=%u\ntable=%u\n",
                          number, text, length, from_text, from_length, number % 2, metric, id);
}

/* Equal routes must fail in both places, so a failing line is nothing. */
static NlvNetwork *
parse_without_repetitions (const char *text)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
  g_auto (GStrv) groups = g_strsplit (text, "[", -1);
  g_autoptr (GString) clean = g_string_new (NULL);
  NlvNetwork *network = nlv_table_file_parse (text, strlen (text), faults);

  if (network != NULL)
    return network;
  for (guint i = 1; groups[i] != NULL; i++)
    {
      g_autofree char *name = g_strndup (groups[i], strcspn (groups[i], "]"));
      gboolean is_faulty = FALSE;

      for (guint j = 0; j < faults->len; j++)
        is_faulty = is_faulty || strcmp (((const NlvFault *) g_ptr_array_index (faults, j))->group, name) == 0;
      if (!is_faulty)
        g_string_append_printf (clean, "[%s", groups[i]);
    }
  return parse (clean->str);
}

static void
test_order (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autoptr (GString) table = g_string_new (VETH_TABLE "addresses=192.0.2.10/24;2001:db8::1/64\n");
  g_autoptr (GString) ipv4 = g_string_new (NULL), ipv6 = g_string_new (NULL), commands = g_string_new (NULL);
  NlvNetwork *network;

  for (guint i = 0; i < 800; i++)
    {
      add_random_ipv4 (random, ipv4, table, i);
      add_random_ipv6 (random, ipv6, table, i);
    }
  network = parse_without_repetitions (table->str);
  if (enter_namespace ())
    {
      g_string_append (commands, VETH "ip link set v0 up\nip link set v1 up\n" SETTLE
                                      "ip addr add 192.0.2.10/24 brd + dev v0\nip addr add 2001:db8::1/64 dev v0\n");
      g_string_append_printf (commands, "ip -force -batch - <<END 2>/dev/null || true\n%sEND\n", ipv4->str);
      g_string_append_printf (commands, "ip -6 -force -batch - <<END 2>/dev/null || true\n%sEND\n", ipv6->str);
      g_assert_true (run (commands->str));
      compare_routes (network, AF_INET);
      compare_routes (network, AF_INET6);
    }
  nlv_network_unref (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (g_file_get_contents ("/proc/sys/net/core/default_qdisc", &usual_qdisc, NULL, NULL))
    g_strchomp (usual_qdisc);
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *path = g_strdup_printf ("/oracle/consequences/%s", scenarios[i].name);

      g_test_add_data_func (path, &scenarios[i], test_scenario);
    }
  g_test_add_func ("/oracle/consequences/order", test_order);
  return g_test_run ();
}

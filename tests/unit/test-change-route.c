/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes that are added and deleted by request, and what is told of it: the kernel's
 * answers. The same is compared with the kernel itself in tests/oracle. */
#include "model/device/consequences.h"
#include "model/device/netdev.h"
#include "model/fib.h"
#include "model/file/table-file.h"
#include "model/network-limits.h"
#include "model/timer.h"
#include "test-change-request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#define PORT 77
#define SEQ 5

#define ADD (NLM_F_CREATE | NLM_F_EXCL)
#define REPLACE (NLM_F_CREATE | NLM_F_REPLACE)
#define APPEND (NLM_F_CREATE | NLM_F_APPEND)
#define PREPEND NLM_F_CREATE
#define CHANGE NLM_F_REPLACE

typedef struct
{
  NlvNetwork *network; /* (owned) */
  GString *heard;      /* (owned) a line for each event */
  guint64 now;
  NlvAnswer answer;
} Fixture;

/* --- routes as text ---------------------------------------------------------------- */

static guint8
parse_ip (const char *text, NlvIp *ip)
{
  *ip = (NlvIp){ 0 };
  if (inet_pton (AF_INET, text, ip->bytes) == 1)
    return AF_INET;
  g_assert_cmpint (inet_pton (AF_INET6, text, ip->bytes), ==, 1);
  return AF_INET6;
}

static void
put_prefix (NlvWriter *writer, guint16 type, const char *text, guint8 family, guint8 *length)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  NlvIp ip;

  g_assert_cmpuint (parse_ip (parts[0], &ip), ==, family);
  *length = (guint8) atoi (parts[1]);
  nlv_put_ip (writer, type, &ip, family);
}

static void
put_via (NlvWriter *writer, const char *text, guint8 family)
{
  guint8 via[18] = { 0 };
  guint8 other;
  NlvIp ip;

  other = parse_ip (text, &ip);
  if (other == family)
    {
      nlv_put_ip (writer, RTA_GATEWAY, &ip, family);
      return;
    }
  memcpy (via, &(guint16){ other }, sizeof (guint16));
  memcpy (via + 2, ip.bytes, nlv_ip_size (other));
  nlv_put (writer, RTA_VIA, via, 2 + nlv_ip_size (other));
}

/* "nexthop via ADDRESS dev NUMBER …" from @words on. */
static void
put_ways (NlvWriter *writer, char **words, guint8 family)
{
  gsize nest = nlv_nest_begin (writer, RTA_MULTIPATH);

  while (*words != NULL)
    {
      struct rtnexthop header = { 0 };
      gsize start = writer->len;

      g_assert_cmpstr (*words++, ==, "nexthop");
      nlv_put_reserve (writer, 0, sizeof header - sizeof (struct nlattr));
      for (; *words != NULL && strcmp (*words, "nexthop") != 0; words += 2)
        if (strcmp (words[0], "via") == 0)
          put_via (writer, words[1], family);
        else
          header.rtnh_ifindex = atoi (words[1]);
      header.rtnh_len = (guint16) (writer->len - start);
      memcpy (writer->data + start, &header, sizeof header);
    }
  nlv_nest_end (writer, nest);
}

static gboolean
put_number (NlvWriter *writer, struct rtmsg *header, const char *name, guint32 value)
{
  static const struct
  {
    const char *name;
    guint16 type;
  } attrs[] = { { "dev", RTA_OIF },
                { "metric", RTA_PRIORITY },
                { "table", RTA_TABLE },
                { "nhid", RTA_NH_ID },
                { "expires", RTA_EXPIRES } };

  for (guint i = 0; i < G_N_ELEMENTS (attrs); i++)
    if (strcmp (name, attrs[i].name) == 0)
      return nlv_put_u32 (writer, attrs[i].type, value);
  if (strcmp (name, "proto") == 0)
    header->rtm_protocol = (guint8) value;
  else if (strcmp (name, "scope") == 0)
    header->rtm_scope = (guint8) value;
  else if (strcmp (name, "type") == 0)
    header->rtm_type = (guint8) value;
  else if (strcmp (name, "tos") == 0)
    header->rtm_tos = (guint8) value;
  else
    return FALSE;
  return TRUE;
}

static void
put_hoplimit (NlvWriter *writer, guint32 value)
{
  gsize nest = nlv_nest_begin (writer, RTA_METRICS);

  nlv_put_u32 (writer, RTAX_HOPLIMIT, value);
  nlv_nest_end (writer, nest);
}

static void
put_words (NlvWriter *writer, struct rtmsg *header, char **words)
{
  NlvIp ip;

  for (; *words != NULL; words += 2)
    if (strcmp (*words, "nexthop") == 0)
      {
        put_ways (writer, words, header->rtm_family);
        return;
      }
    else if (strcmp (*words, "onlink") == 0)
      {
        header->rtm_flags |= RTNH_F_ONLINK;
        words--;
      }
    else if (strcmp (words[0], "via") == 0)
      put_via (writer, words[1], header->rtm_family);
    else if (strcmp (words[0], "from") == 0)
      put_prefix (writer, RTA_SRC, words[1], header->rtm_family, &header->rtm_src_len);
    else if (strcmp (words[0], "src") == 0)
      {
        parse_ip (words[1], &ip);
        nlv_put_ip (writer, RTA_PREFSRC, &ip, header->rtm_family);
      }
    else if (strcmp (words[0], "hoplimit") == 0)
      put_hoplimit (writer, (guint32) strtoul (words[1], NULL, 10));
    else
      g_assert_true (put_number (writer, header, words[0], (guint32) strtoul (words[1], NULL, 10)));
}

static void
append_ip (GString *text, const char *name, const NlvAttr *attr, guint8 family)
{
  char buffer[INET6_ADDRSTRLEN];
  NlvIp ip;

  if (!nlv_attr_present (attr))
    return;
  nlv_attr_copy (attr, &ip, sizeof ip);
  g_string_append_printf (text, " %s%s", name, inet_ntop (family, ip.bytes, buffer, sizeof buffer));
}

static void
append_way (GString *text, const NlvAttr *attrs, guint8 family, guint32 link)
{
  append_ip (text, "via ", &attrs[RTA_GATEWAY], family);
  if (nlv_attr_present (&attrs[RTA_VIA]))
    g_string_append (text, " via other");
  if (link != 0)
    g_string_append_printf (text, " dev %u", link);
}

static void
append_ways (GString *text, NlvSpan rest, guint8 family)
{
  while (rest.len > 0)
    {
      NlvAttr attrs[NLV_RTA_MAX + 1];
      struct rtnexthop header;

      memcpy (&header, rest.data, sizeof header);
      nlv_attrs_parse (nlv_span (rest.data + sizeof header, header.rtnh_len - sizeof header), attrs, NLV_RTA_MAX, NULL,
                       NLV_VALIDATE_LIBERAL, NULL);
      g_string_append (text, " |");
      append_way (text, attrs, family, (guint32) header.rtnh_ifindex);
      rest = nlv_span_from (rest, RTNH_ALIGN (header.rtnh_len));
    }
}

static void
append_hoplimit (GString *text, const NlvAttr *metrics)
{
  NlvAttr attr;

  for (NlvSpan rest = metrics->payload; nlv_attr_next (&rest, &attr);)
    if (attr.type == RTAX_HOPLIMIT)
      g_string_append_printf (text, " hoplimit %u", nlv_attr_u32 (&attr));
}

/* Without what is usual. */
static void
append_route (GString *text, const NlvMessage *message)
{
  NlvAttr attrs[NLV_RTA_MAX + 1];
  struct rtmsg header;
  guint8 family;

  nlv_request_header (message, &header, sizeof header);
  nlv_request_attrs (message, sizeof header, attrs, NLV_RTA_MAX, NULL, 0, NULL);
  family = header.rtm_family;
  append_ip (text, "", &attrs[RTA_DST], family);
  g_string_append_printf (text, "/%u", header.rtm_dst_len);
  if (header.rtm_type != RTN_UNICAST)
    g_string_append_printf (text, " type %u", header.rtm_type);
  if (header.rtm_protocol != RTPROT_BOOT)
    g_string_append_printf (text, " proto %u", header.rtm_protocol);
  if (header.rtm_table != RT_TABLE_MAIN)
    g_string_append_printf (text, " table %u", header.rtm_table);
  if (nlv_attr_u32 (&attrs[RTA_PRIORITY]) != (family == AF_INET6 ? 1024 : 0))
    g_string_append_printf (text, " metric %u", nlv_attr_u32 (&attrs[RTA_PRIORITY]));
  if (nlv_attr_present (&attrs[RTA_NH_ID]))
    g_string_append_printf (text, " nhid %u", nlv_attr_u32 (&attrs[RTA_NH_ID]));
  append_ip (text, "src ", &attrs[RTA_PREFSRC], family);
  append_way (text, attrs, family, nlv_attr_u32 (&attrs[RTA_OIF]));
  append_ways (text, attrs[RTA_MULTIPATH].payload, family);
  if ((header.rtm_flags & RTNH_F_ONLINK) != 0)
    g_string_append (text, " onlink");
  append_hoplimit (text, &attrs[RTA_METRICS]);
}

/* --- events ---------------------------------------------------------------------------- */

static gboolean
listens (gpointer owner, guint group)
{
  return group == RTNLGRP_IPV4_ROUTE || group == RTNLGRP_IPV6_ROUTE;
}

static void
hear (gpointer owner, const NlvEvent *event)
{
  static const struct
  {
    guint16 flag;
    const char *name;
  } names[] = {
    { NLM_F_REPLACE, " =" }, { NLM_F_EXCL, " first" }, { NLM_F_CREATE, " new" }, { NLM_F_APPEND, " append" }
  };
  Fixture *self = owner;
  NlvSpan rest = event->message;
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_cmpuint (message.header.nlmsg_seq, ==, event->port != 0 ? SEQ : 0);
  g_assert_cmpuint (message.header.nlmsg_pid, ==, event->port);
  g_string_append (self->heard, message.header.nlmsg_type == RTM_NEWROUTE ? "+" : "-");
  append_route (self->heard, &message);
  for (guint i = 0; message.header.nlmsg_type == RTM_NEWROUTE && i < G_N_ELEMENTS (names); i++)
    if ((message.header.nlmsg_flags & names[i].flag) != 0)
      g_string_append (self->heard, names[i].name);
  g_string_append_c (self->heard, '\n');
}

static const NlvObserver observer = { .listens = listens, .event = hear };

#define assert_heard(self, text)                                                                                       \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    g_assert_cmpstr ((self)->heard->str, ==, text);                                                                    \
    g_string_truncate ((self)->heard, 0);                                                                              \
  }                                                                                                                    \
  G_STMT_END

/* --- the network ------------------------------------------------------------------------ */

static const char start[] = "[link lo]\nindex=1\nup=true\n"
                            "[link eth0]\nindex=2\nmac-address=02:00:5e:00:53:10\nup=true\n"
                            "addresses=192.0.2.10/24;2001:db8::10/64\n"
                            "[link eth1]\nindex=3\nmac-address=02:00:5e:00:53:11\nup=true\n"
                            "addresses=198.51.100.1/24\n"
                            "[link eth2]\nindex=4\nmac-address=02:00:5e:00:53:12\nup=false\n"
                            "[nexthop 1]\ngateway=192.0.2.1\ndevice=eth0\n"
                            "[nexthop 2]\ngateway=2001:db8::1\ndevice=eth0\n"
                            "[nexthop 3]\nfamily=ipv4\nblackhole=true\n";

static void
fixture_init_with (Fixture *self, const char *table)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);

  *self = (Fixture){ .now = 5000 };
  self->network = nlv_table_file_parse (table, strlen (table), faults);
  g_assert_cmpuint (faults->len, ==, 0);
  self->heard = g_string_new (NULL);
  nlv_network_tell_time (self->network, self->now);
  nlv_network_add_observer (self->network, &observer, self);
}

static void
fixture_init (Fixture *self)
{
  fixture_init_with (self, start);
}

static void
fixture_clear (Fixture *self)
{
  nlv_answer_clear (&self->answer);
  nlv_network_remove_observer (self->network, &observer, self);
  g_string_free (self->heard, TRUE);
  nlv_network_unref (self->network);
}

static void
pass (Fixture *self, guint64 hundredths)
{
  self->now += hundredths;
  nlv_network_run_timers (self->network, self->now);
}

/* "PREFIX …" */
static int
ask (Fixture *self, guint16 type, guint16 flags, const char *text)
{
  const NlvCaller caller = { .port = PORT, .admin = TRUE, .writable = TRUE, .now = self->now };

  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  guint8 family = strchr (words[0], ':') != NULL ? AF_INET6 : AF_INET;
  struct rtmsg header = { .rtm_family = family, .rtm_table = RT_TABLE_MAIN };
  NlvWriter writer;

  header.rtm_scope = type == RTM_DELROUTE ? RT_SCOPE_NOWHERE : RT_SCOPE_UNIVERSE;
  if (type == RTM_NEWROUTE)
    {
      header.rtm_protocol = RTPROT_BOOT;
      header.rtm_type = RTN_UNICAST;
    }
  nlv_writer_init (&writer, 8192);
  nlv_writer_begin (&writer, type, NLM_F_REQUEST | flags, SEQ, 0, sizeof header);
  put_prefix (&writer, RTA_DST, words[0], family, &header.rtm_dst_len);
  put_words (&writer, &header, words + 1);
  memcpy (writer.data + sizeof (struct nlmsghdr), &header, sizeof header);
  return test_change_ask (self->network, &caller, &writer, &self->answer);
}

#define assert_add(self, flags, text) g_assert_cmpint (ask (self, RTM_NEWROUTE, flags, text), ==, 0)
#define assert_delete(self, text) g_assert_cmpint (ask (self, RTM_DELROUTE, 0, text), ==, 0)

static void
assert_refused (Fixture *self, guint16 type, guint16 flags, const char *text, int error, const char *words)
{
  g_assert_cmpint (ask (self, type, flags, text), ==, error);
  g_assert_cmpstr (self->answer.extack.message, ==, words);
  assert_heard (self, "");
}

/* The routes of a prefix, as they are dumped. */
static void
assert_dumped (Fixture *self, const char *prefix, const char *text)
{
  const NlvCaller caller = { .port = PORT, .now = self->now };
  g_autofree char *wanted = g_strdup_printf (" %s", prefix);
  g_autoptr (GString) all = g_string_new (NULL);
  struct
  {
    struct nlmsghdr header;
    struct rtmsg route;
  } request = { { sizeof request, RTM_GETROUTE, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 }, { 0 } };
  NlvMessage message;
  NlvWriter writer;
  NlvSpan rest = nlv_span (&request, sizeof request);

  request.route.rtm_family = strchr (prefix, ':') != NULL ? AF_INET6 : AF_INET;
  g_assert_true (nlv_message_next (&rest, &message));
  nlv_answer_clear (&self->answer);
  g_assert_cmpint (nlv_rtnetlink_request (self->network, &caller, &message, &self->answer), ==, 0);
  nlv_writer_init (&writer, 65536);
  g_assert_cmpint (self->answer.dump->fill (self->answer.dump, &writer), >=, 0);
  rest = nlv_span (writer.data, writer.len);
  while (nlv_message_next (&rest, &message))
    {
      g_autoptr (GString) line = g_string_new (NULL);

      append_route (line, &message);
      if (g_str_has_prefix (line->str, wanted))
        g_string_append_printf (all, "%s\n", line->str + strlen (wanted));
    }
  nlv_writer_clear (&writer);
  g_assert_cmpstr (all->str, ==, text);
}

/* --- tests ------------------------------------------------------------------------------ */

/* fib_table_insert() */
static void
test_ipv4_flags (void)
{
  Fixture self;

  fixture_init (&self);
  assert_add (&self, ADD, "10.1.0.0/16 via 192.0.2.1");
  assert_heard (&self, "+ 10.1.0.0/16 via 192.0.2.1 dev 2 first new\n");
  assert_refused (&self, RTM_NEWROUTE, ADD, "10.1.0.0/16 via 192.0.2.2", -EEXIST, NULL);
  assert_refused (&self, RTM_NEWROUTE, APPEND, "10.1.0.0/16 via 192.0.2.1", -EEXIST, NULL);
  assert_refused (&self, RTM_NEWROUTE, CHANGE, "10.2.0.0/16 via 192.0.2.1", -ENOENT, NULL);
  assert_add (&self, APPEND, "10.1.0.0/16 via 192.0.2.2");
  assert_heard (&self, "+ 10.1.0.0/16 via 192.0.2.2 dev 2 new append\n");
  assert_add (&self, PREPEND, "10.1.0.0/16 via 192.0.2.3");
  assert_heard (&self, "+ 10.1.0.0/16 via 192.0.2.3 dev 2 new\n");
  assert_dumped (&self, "10.1.0.0/16", " via 192.0.2.3 dev 2\n via 192.0.2.1 dev 2\n via 192.0.2.2 dev 2\n");
  /* Only the first is replaced, and not by one that comes behind it. */
  assert_refused (&self, RTM_NEWROUTE, REPLACE, "10.1.0.0/16 via 192.0.2.2", -EEXIST, NULL);
  assert_add (&self, REPLACE, "10.1.0.0/16 via 192.0.2.3");
  assert_heard (&self, "");
  assert_add (&self, CHANGE, "10.1.0.0/16 via 192.0.2.4");
  assert_heard (&self, "+ 10.1.0.0/16 via 192.0.2.4 dev 2 =\n");
  assert_add (&self, REPLACE, "10.1.0.0/16 via 192.0.2.4 metric 7");
  assert_heard (&self, "+ 10.1.0.0/16 metric 7 via 192.0.2.4 dev 2 first new\n");
  assert_dumped (&self, "10.1.0.0/16",
                 " via 192.0.2.4 dev 2\n via 192.0.2.1 dev 2\n via 192.0.2.2 dev 2\n metric 7 via 192.0.2.4 dev 2\n");
  fixture_clear (&self);
}

/* fib_create_info() and what comes before it */
static void
test_ipv4_refused (void)
{
  static const struct
  {
    const char *route;
    int error;
    const char *words;
  } refused[] = {
    { "10.1.0.0/8 dev 2", -EINVAL, "Invalid prefix for given prefix length" },
    { "10.1.0.0/33 dev 2", -EINVAL, "Invalid prefix length" },
    { "10.1.0.0/16 tos 1 dev 2", -EINVAL, "Invalid dsfield (tos): ECN bits must be 0" },
    { "10.1.0.0/16 type 12 dev 2", -EINVAL, "Invalid route type" },
    { "10.1.0.0/16 via 203.0.113.1", -ENETUNREACH, "Nexthop has invalid gateway" },
    { "10.1.0.0/16 via 192.0.2.1 dev 3", -ENETUNREACH, "Nexthop has invalid gateway" },
    { "10.1.0.0/16 via 192.0.2.255", -EINVAL, "Nexthop has invalid gateway" },
    { "10.1.0.0/16 via 192.0.2.1 scope 253", -ENETUNREACH, "Nexthop has invalid gateway" },
    { "10.1.0.0/16 via 203.0.113.1 dev 4 onlink", -ENETDOWN, "Nexthop device is not up" },
    { "10.1.0.0/16 via 192.0.2.10 dev 2 onlink", -EINVAL, "Nexthop has invalid gateway" },
    { "10.1.0.0/16 dev 4", -ENETDOWN, "Device for nexthop is not up" },
    { "10.1.0.0/16 dev 9", -ENODEV, NULL },
    { "10.1.0.0/16", -ENODEV, NULL },
    { "10.1.0.0/16 dev 2 type 2", -EINVAL, "Invalid scope" },
    { "10.1.0.0/16 dev 2 type 7", -EINVAL, "Gateway, device and multipath can not be specified for this route type" },
    { "10.1.0.0/16 dev 2 src 192.0.2.11", -EINVAL, "Invalid prefsrc address" },
    { "10.1.0.0/16 nhid 9", -EINVAL, "Nexthop id does not exist" },
    { "10.1.0.0/16 nhid 1 dev 2", -EINVAL, "Nexthop specification and nexthop id are mutually exclusive" },
    { "10.1.0.0/16 via 2001:db8:9::1 dev 2", -EHOSTUNREACH, NULL },
    { "10.1.0.0/16 dev 3 nexthop via 192.0.2.1", -EINVAL, "Nexthop device index does not match RTA_OIF" },
    { "10.1.0.0/16 scope 254 nexthop dev 2 nexthop dev 3", -EINVAL,
      "Route with host scope can not have multiple nexthops" },
  };
  Fixture self;

  fixture_init (&self);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    assert_refused (&self, RTM_NEWROUTE, ADD, refused[i].route, refused[i].error, refused[i].words);
  assert_add (&self, ADD, "10.1.0.0/16 via 203.0.113.1 dev 3 onlink");
  assert_add (&self, ADD, "10.2.0.0/16 type 7");
  assert_add (&self, ADD, "10.3.0.0/16 via 2001:db8::1 dev 2");
  assert_add (&self, ADD, "10.4.0.0/16 nexthop via 192.0.2.1 nexthop dev 3");
  assert_add (&self, ADD, "10.5.0.0/16 nhid 1");
  assert_add (&self, ADD, "10.6.0.0/16 nhid 3");
  assert_heard (&self, "+ 10.1.0.0/16 via 203.0.113.1 dev 3 onlink first new\n"
                       "+ 10.2.0.0/16 type 7 first new\n"
                       "+ 10.3.0.0/16 via other dev 2 first new\n"
                       "+ 10.4.0.0/16 | via 192.0.2.1 dev 2 | dev 3 first new\n"
                       "+ 10.5.0.0/16 nhid 1 via 192.0.2.1 dev 2 first new\n"
                       "+ 10.6.0.0/16 type 6 nhid 3 dev 1 first new\n");
  fixture_clear (&self);
}

/* fib_find_info_nh() */
static void
test_ipv4_shared_metrics (void)
{
  Fixture self;

  fixture_init (&self);
  assert_add (&self, ADD, "10.1.0.0/16 nhid 1");
  assert_add (&self, ADD, "10.2.0.0/16 nhid 1 hoplimit 9");
  assert_add (&self, ADD, "10.3.0.0/16 nhid 1 hoplimit 7");
  g_string_truncate (self.heard, 0);
  assert_add (&self, ADD, "10.4.0.0/16 nhid 1");
  assert_heard (&self, "+ 10.4.0.0/16 nhid 1 via 192.0.2.1 dev 2 hoplimit 7 first new\n");
  assert_add (&self, ADD, "10.5.0.0/16 nhid 1 metric 3");
  assert_heard (&self, "+ 10.5.0.0/16 metric 3 nhid 1 via 192.0.2.1 dev 2 first new\n");
  assert_add (&self, ADD, "10.5.0.0/16 nhid 1 table 9");
  assert_heard (&self, "+ 10.5.0.0/16 table 9 nhid 1 via 192.0.2.1 dev 2 first new\n");
  /* The same as there is. */
  assert_refused (&self, RTM_NEWROUTE, APPEND, "10.3.0.0/16 nhid 1", -EEXIST, NULL);
  fixture_clear (&self);
}

/* fib_table_delete() */
static void
test_ipv4_delete (void)
{
  Fixture self;

  fixture_init (&self);
  assert_refused (&self, RTM_DELROUTE, 0, "10.1.0.0/16", -ESRCH, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "10.1.0.0/16 table 100", -ESRCH, "FIB table does not exist");
  assert_add (&self, ADD, "10.1.0.0/16 via 192.0.2.1 metric 5");
  assert_add (&self, ADD, "10.1.0.0/16 via 192.0.2.2 metric 6 proto 4");
  assert_add (&self, ADD, "10.1.0.0/16 dev 3 tos 8");
  assert_add (&self, ADD, "10.1.0.0/16 metric 7 nexthop via 192.0.2.1 nexthop via 192.0.2.2");
  g_string_truncate (self.heard, 0);
  assert_refused (&self, RTM_DELROUTE, 0, "10.1.0.0/16 via 192.0.2.3", -ESRCH, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "10.1.0.0/16 proto 3 metric 6", -ESRCH, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "10.1.0.0/16 type 7", -ESRCH, NULL);
  assert_delete (&self, "10.1.0.0/16 proto 4");
  assert_delete (&self, "10.1.0.0/16 metric 7 nexthop via 192.0.2.1 nexthop via 192.0.2.2");
  assert_delete (&self, "10.1.0.0/16");
  assert_heard (&self, "- 10.1.0.0/16 proto 4 metric 6 via 192.0.2.2 dev 2\n"
                       "- 10.1.0.0/16 metric 7 | via 192.0.2.1 dev 2 | via 192.0.2.2 dev 2\n"
                       "- 10.1.0.0/16 metric 5 via 192.0.2.1 dev 2\n");
  assert_refused (&self, RTM_DELROUTE, 0, "10.1.0.0/16 tos 4", -ESRCH, NULL);
  fixture_clear (&self);
}

/* fib6_add_rt2node(): the event of one that joins others begins with it. */
static void
test_ipv6_siblings (void)
{
  Fixture self;

  fixture_init (&self);
  assert_add (&self, ADD, "2001:db8:a::/48 via 2001:db8::1");
  assert_add (&self, APPEND, "2001:db8:a::/48 via 2001:db8::2 proto 4");
  assert_add (&self, PREPEND, "2001:db8:a::/48 via fe80::3 dev 3");
  assert_heard (&self, "+ 2001:db8:a::/48 via 2001:db8::1 dev 2 first new\n"
                       "+ 2001:db8:a::/48 proto 4 | via 2001:db8::2 dev 2 | via 2001:db8::1 dev 2 new append\n"
                       "+ 2001:db8:a::/48 | via fe80::3 dev 3 | via 2001:db8::1 dev 2 | via 2001:db8::2 dev 2 new\n");
  assert_refused (&self, RTM_NEWROUTE, APPEND, "2001:db8:a::/48 via 2001:db8::2", -EEXIST, NULL);
  /* What it was added with stays with each. */
  assert_delete (&self, "2001:db8:a::/48 via 2001:db8::1");
  assert_heard (&self, "- 2001:db8:a::/48 via 2001:db8::1 dev 2\n");
  assert_dumped (&self, "2001:db8:a::/48", " proto 4 | via 2001:db8::2 dev 2 | via fe80::3 dev 3\n");
  assert_refused (&self, RTM_DELROUTE, 0, "2001:db8:a::/48 proto 4 dev 3", -ESRCH, NULL);
  assert_delete (&self, "2001:db8:a::/48 dev 3");
  assert_heard (&self, "- 2001:db8:a::/48 | via fe80::3 dev 3 | via 2001:db8::2 dev 2\n");
  assert_dumped (&self, "2001:db8:a::/48", "");
  fixture_clear (&self);
}

/* fib6_dump_node() */
static void
test_ipv6_between_siblings (void)
{
  Fixture self;

  fixture_init (&self);
  assert_add (&self, ADD, "2001:db8:a::/48 via 2001:db8::1");
  assert_add (&self, APPEND, "2001:db8:a::/48 dev 3");
  assert_dumped (&self, "2001:db8:a::/48", " via 2001:db8::1 dev 2\n dev 3\n");
  assert_add (&self, APPEND, "2001:db8:a::/48 via 2001:db8::2");
  assert_dumped (&self, "2001:db8:a::/48", " | via 2001:db8::1 dev 2 | via 2001:db8::2 dev 2\n");
  assert_delete (&self, "2001:db8:a::/48 via 2001:db8::1");
  assert_dumped (&self, "2001:db8:a::/48", " dev 3\n via 2001:db8::2 dev 2\n");
  /* The first of the same kind is replaced. */
  g_string_truncate (self.heard, 0);
  assert_add (&self, REPLACE, "2001:db8:a::/48 via 2001:db8::3");
  assert_heard (&self, "+ 2001:db8:a::/48 via 2001:db8::3 dev 2 =\n");
  assert_dumped (&self, "2001:db8:a::/48", " dev 3\n via 2001:db8::3 dev 2\n");
  assert_add (&self, REPLACE, "2001:db8:a::/48 type 7");
  assert_dumped (&self, "2001:db8:a::/48", " type 7 dev 1\n via 2001:db8::3 dev 2\n");
  fixture_clear (&self);
}

/* ip6_route_multipath_add(): one event for all ways, and none stays if one fails. */
static void
test_ipv6_multipath (void)
{
  Fixture self;

  fixture_init (&self);
  assert_add (&self, ADD, "2001:db8:a::/48 nexthop via 2001:db8::1 nexthop via 2001:db8::2");
  assert_add (&self, APPEND, "2001:db8:a::/48 nexthop via 2001:db8::3");
  g_assert_cmphex (self.answer.flags_cleared, ==, NLM_F_EXCL | NLM_F_REPLACE);
  g_assert_cmphex (self.answer.flags_set, ==, NLM_F_CREATE);
  assert_add (&self, PREPEND, "2001:db8:a::/48 nexthop via 2001:db8::4 nexthop via 2001:db8::5");
  assert_heard (&self,
                "+ 2001:db8:a::/48 | via 2001:db8::1 dev 2 | via 2001:db8::2 dev 2 new\n"
                "+ 2001:db8:a::/48 | via 2001:db8::1 dev 2 | via 2001:db8::2 dev 2 | via 2001:db8::3 dev 2 new append\n"
                "+ 2001:db8:a::/48 | via 2001:db8::4 dev 2 | via 2001:db8::5 dev 2 | via 2001:db8::1 dev 2"
                " | via 2001:db8::2 dev 2 | via 2001:db8::3 dev 2 new\n");
  assert_add (&self, REPLACE, "2001:db8:a::/48 nexthop via 2001:db8::6 nexthop via 2001:db8::7");
  assert_heard (&self, "+ 2001:db8:a::/48 | via 2001:db8::6 dev 2 | via 2001:db8::7 dev 2 =\n");
  g_assert_cmpint (ask (&self, RTM_NEWROUTE, APPEND, "2001:db8:a::/48 nexthop via 2001:db8::8 nexthop via 2001:db8::7"),
                   ==, -EEXIST);
  assert_heard (&self,
                "+ 2001:db8:a::/48 | via 2001:db8::6 dev 2 | via 2001:db8::7 dev 2 | via 2001:db8::8 dev 2 new append\n"
                "- 2001:db8:a::/48 via 2001:db8::8 dev 2\n");
  assert_refused (&self, RTM_NEWROUTE, ADD, "2001:db8:b::/48 nexthop via 2001:db8::1 nexthop via 2001:db8::1", -EEXIST,
                  NULL);
  g_assert_cmphex (self.answer.flags_cleared, ==, 0);
  assert_refused (&self, RTM_NEWROUTE, ADD, "2001:db8:b::/48 nexthop dev 2", -EINVAL,
                  "Device only routes can not be added for IPv6 using the multipath API.");
  g_assert_cmpint (ask (&self, RTM_DELROUTE, 0, "2001:db8:a::/48 nexthop via 2001:db8::6 nexthop via 2001:db8::9"), ==,
                   -ESRCH);
  assert_heard (&self, "- 2001:db8:a::/48 via 2001:db8::6 dev 2\n");
  fixture_clear (&self);
}

static void
test_ipv6_refused (void)
{
  static const struct
  {
    guint16 flags;
    const char *route;
    int error;
    const char *words;
  } refused[] = {
    { CHANGE, "2001:db8:a::/48 dev 2", -ENOENT, "Can not replace route - no match found" },
    { CHANGE, "::/0 dev 2", -ENOENT, NULL },
    { ADD, "2001:db8:a::/48 via 2001:db8:9::1", -EHOSTUNREACH, NULL },
    { ADD, "2001:db8:a::/48 via 2001:db8::1 dev 3", -EHOSTUNREACH, NULL },
    { ADD, "2001:db8:a::/48 via 2001:db8::10", -EINVAL, "Gateway can not be a local address" },
    { ADD, "2001:db8:a::/48 via 2001:db8::10 dev 2", -EINVAL, "Gateway can not be a local address" },
    { ADD, "2001:db8:a::/48 via fe80::1", -EINVAL, "Egress device not specified" },
    { ADD, "2001:db8:a::/48 via ff02::1 dev 2", -EINVAL, "Invalid gateway address" },
    { ADD, "2001:db8:a::/48 via fe80::1 dev 1", -EINVAL, "Egress device can not be loopback device for this route" },
    { ADD, "2001:db8:a::/48 via fe80::1 dev 4", -ENETDOWN, "Nexthop device is not up" },
    { ADD, "2001:db8:a::/48 dev 9", -ENODEV, NULL },
    { ADD, "2001:db8:a::/48 tos 8 dev 2", -EINVAL, "Invalid dsfield (tos): option not available for IPv6" },
    { ADD, "2001:db8:a::/48 dev 2 src 2001:db8::11", -EINVAL, "Invalid source address" },
    { ADD, "2001:db8:a::/48 nhid 1", -EINVAL, "IPv6 routes can not use an IPv4 nexthop" },
    { ADD, "2001:db8:a::/48 from 2001:db8::/32 nhid 2", -EINVAL, "Nexthops can not be used with source routing" },
  };
  Fixture self;

  fixture_init (&self);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    assert_refused (&self, RTM_NEWROUTE, refused[i].flags, refused[i].route, refused[i].error, refused[i].words);
  /* A table without a default route has something at its root all the same. */
  assert_refused (&self, RTM_DELROUTE, 0, "::/0", -ENOENT, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "::/0 dev 2", -ESRCH, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "2001:db8:a::/48", -ESRCH, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "::/0 table 100", -ESRCH, "FIB table does not exist");
  assert_add (&self, ADD, "2001:db8:a::/48 nhid 2");
  assert_heard (&self, "+ 2001:db8:a::/48 nhid 2 via 2001:db8::1 dev 2 first new\n");
  /* For some sources; without any such, the one for all is meant. */
  assert_delete (&self, "2001:db8:a::/48 from 2001:db8::/32");
  assert_heard (&self, "- 2001:db8:a::/48 nhid 2 via 2001:db8::1 dev 2\n");
  /* An anycast route over the loopback leads nowhere, a local one to the loopback. */
  assert_add (&self, ADD, "2001:db8:b::/48 dev 1 type 4");
  assert_add (&self, ADD, "2001:db8:c::/48 dev 1 type 2");
  g_string_truncate (self.heard, 0);
  assert_refused (&self, RTM_NEWROUTE, ADD, "2001:db8:a::/48 via 2001:db8:b::1", -EHOSTUNREACH, NULL);
  assert_refused (&self, RTM_NEWROUTE, ADD, "2001:db8:a::/48 via 2001:db8:c::1", -EINVAL,
                  "Egress device can not be loopback device for this route");
  fixture_clear (&self);
}

/* fib6_run_gc() looks every thirty seconds. */
static void
test_ipv6_expiry (void)
{
  Fixture self;

  fixture_init (&self);
  assert_add (&self, ADD, "2001:db8:a::/48 via 2001:db8::1 expires 20");
  assert_add (&self, APPEND, "2001:db8:a::/48 via 2001:db8::2");
  assert_add (&self, ADD, "2001:db8:b::/48 dev 2 expires 40");
  /* Added again, it runs out later. */
  g_assert_cmpint (ask (&self, RTM_NEWROUTE, APPEND, "2001:db8:b::/48 dev 2 expires 80"), ==, -EEXIST);
  g_string_truncate (self.heard, 0);
  pass (&self, 2999);
  assert_heard (&self, "");
  pass (&self, 1);
  assert_heard (&self, "- 2001:db8:a::/48 via 2001:db8::1 dev 2\n");
  pass (&self, 3000);
  assert_heard (&self, "");
  pass (&self, 3000);
  assert_heard (&self, "- 2001:db8:b::/48 dev 2\n");
  assert_dumped (&self, "2001:db8:a::/48", " via 2001:db8::2 dev 2\n");
  fixture_clear (&self);
}

/* From the beginning on; and when a link gets another address, or goes down. */
static void
test_ipv6_expiry_of_table (void)
{
  g_autofree char *table =
    g_strconcat (start, "[route 1]\ndestination=2001:db8:a::/48\ndevice=eth0\nexpires=100\n", NULL);
  NlvChange change;
  Fixture self;

  fixture_init_with (&self, table);
  pass (&self, 2999);
  assert_heard (&self, "");
  pass (&self, 1);
  assert_heard (&self, "- 2001:db8:a::/48 dev 2\n");
  assert_add (&self, ADD, "2001:db8:b::/48 dev 2 expires 20");
  assert_add (&self, ADD, "2001:db8:c::/48 dev 2 expires 40");
  g_string_truncate (self.heard, 0);
  pass (&self, 2100);
  assert_heard (&self, "");
  nlv_change_init (&change, self.network, nlv_network_tell_time (self.network, self.now));
  nlv_netdev_notify (&change, nlv_network_find_link (self.network, 4), NLV_NETDEV_CHANGE_ADDRESS);
  assert_heard (&self, "- 2001:db8:b::/48 dev 2\n");
  fixture_clear (&self);
}

/* Tables that were made for a route that is then refused stay. */
static void
test_tables (void)
{
  Fixture self;

  fixture_init (&self);
  assert_refused (&self, RTM_NEWROUTE, ADD, "10.1.0.0/16 dev 9 table 100", -ENODEV, NULL);
  assert_refused (&self, RTM_NEWROUTE, ADD, "2001:db8:a::/48 dev 9 table 100", -ENODEV, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "10.1.0.0/16 table 100", -ESRCH, NULL);
  assert_refused (&self, RTM_DELROUTE, 0, "2001:db8:a::/48 table 100", -ESRCH, NULL);
  fixture_clear (&self);
}

/* Who adds without end is stopped, and may still take away. */
static void
test_full (void)
{
  Fixture self;
  guint n;

  fixture_init (&self);
  n = nlv_network_get_n_routes (self.network);
  nlv_network_set_room (self.network, 100000);
  while (nlv_network_has_room (self.network))
    {
      g_autofree char *route = g_strdup_printf ("10.9.%u.0/24 dev 2", nlv_network_get_n_routes (self.network) % 256);

      assert_add (&self, ADD, route);
    }
  g_assert_cmpuint (nlv_network_get_n_routes (self.network), >, n);
  g_string_truncate (self.heard, 0);
  assert_refused (&self, RTM_NEWROUTE, ADD, "10.10.0.0/16 dev 2", -ENOMEM, "The network is full");
  nlv_network_set_room (self.network, 1000000);
  assert_add (&self, ADD, "10.10.0.0/16 dev 2");
  nlv_network_set_room (self.network, 0);
  assert_delete (&self, "10.10.0.0/16 dev 2");
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/route/ipv4/flags", test_ipv4_flags);
  g_test_add_func ("/route/ipv4/refused", test_ipv4_refused);
  g_test_add_func ("/route/ipv4/shared-metrics", test_ipv4_shared_metrics);
  g_test_add_func ("/route/ipv4/delete", test_ipv4_delete);
  g_test_add_func ("/route/ipv6/siblings", test_ipv6_siblings);
  g_test_add_func ("/route/ipv6/between-siblings", test_ipv6_between_siblings);
  g_test_add_func ("/route/ipv6/multipath", test_ipv6_multipath);
  g_test_add_func ("/route/ipv6/refused", test_ipv6_refused);
  g_test_add_func ("/route/ipv6/expiry", test_ipv6_expiry);
  g_test_add_func ("/route/ipv6/expiry-of-table", test_ipv6_expiry_of_table);
  g_test_add_func ("/route/tables", test_tables);
  g_test_add_func ("/route/full", test_full);
  return g_test_run ();
}

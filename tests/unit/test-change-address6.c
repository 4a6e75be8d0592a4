/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv6 addresses that come and go, by request, with a link and with time, and what
 * is told of it. The same is compared with the kernel's in tests/oracle. */
#include "model/device/addrconf.h"
#include "model/device/consequences.h"
#include "model/device/device-settings.h"
#include "model/device/device.h"
#include "model/device/netdev.h"
#include "model/fib.h"
#include "model/timer.h"
#include "test-change-request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addrlabel.h>
#include <linux/ipv6.h>
#include <string.h>

#define PORT 77
#define LINK 2

typedef struct
{
  NlvNetwork *network; /* (owned) */
  GString *heard;      /* (owned) a line for each event */
  guint64 now;
  NlvAnswer answer;
} Fixture;

/* --- events as text --------------------------------------------------------------------- */

static void
append_ip (GString *text, const NlvAttr *attr)
{
  char buffer[INET6_ADDRSTRLEN];
  NlvIp ip;

  if (!nlv_attr_present (attr))
    return;
  nlv_attr_copy (attr, &ip, sizeof ip);
  g_string_append_printf (text, " %s", inet_ntop (AF_INET6, ip.bytes, buffer, sizeof buffer));
}

static void
append_address (GString *text, const NlvMessage *message, const char *name)
{
  NlvAttr attrs[NLV_IFA_MAX + 1];
  struct ifaddrmsg header;
  guint32 flags;

  nlv_request_header (message, &header, sizeof header);
  nlv_request_attrs (message, sizeof header, attrs, NLV_IFA_MAX, NULL, 0, NULL);
  flags = nlv_attr_u32 (&attrs[IFA_FLAGS]);
  g_string_append (text, name);
  append_ip (text, &attrs[IFA_LOCAL]);
  append_ip (text, &attrs[IFA_ADDRESS]);
  append_ip (text, &attrs[IFA_MULTICAST]);
  append_ip (text, &attrs[IFA_ANYCAST]);
  g_string_append_printf (text, "%s%s\n", (flags & IFA_F_TENTATIVE) != 0 ? " tentative" : "",
                          (flags & IFA_F_DEPRECATED) != 0 ? " deprecated" : "");
}

static void
append_route (GString *text, const NlvMessage *message, const char *name)
{
  NlvAttr attrs[NLV_RTA_MAX + 1];
  struct rtmsg header;

  nlv_request_header (message, &header, sizeof header);
  nlv_request_attrs (message, sizeof header, attrs, NLV_RTA_MAX, NULL, 0, NULL);
  g_string_append (text, name);
  append_ip (text, &attrs[RTA_DST]);
  g_string_append_printf (text, "/%u table %u metric %u%s%s\n", header.rtm_dst_len, header.rtm_table,
                          nlv_attr_u32 (&attrs[RTA_PRIORITY]),
                          (message->header.nlmsg_flags & NLM_F_EXCL) != 0 ? " first" : "",
                          (header.rtm_flags & RTNH_F_LINKDOWN) != 0 ? " linkdown" : "");
}

static gboolean
listens (gpointer owner, guint group)
{
  return group == RTNLGRP_IPV6_IFADDR || group == RTNLGRP_IPV6_ROUTE || group == RTNLGRP_IPV6_IFINFO || group == 38 ||
         group == 39;
}

static void
hear (gpointer owner, const NlvEvent *event)
{
  Fixture *self = owner;
  NlvSpan rest = event->message;
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_cmpuint (message.header.nlmsg_seq, ==, 0);
  g_assert_cmpuint (message.header.nlmsg_pid, ==, 0);
  switch (message.header.nlmsg_type)
    {
      case RTM_NEWADDR:
        append_address (self->heard, &message, "+address");
        break;
      case RTM_DELADDR:
        append_address (self->heard, &message, "-address");
        break;
      case RTM_NEWROUTE:
        append_route (self->heard, &message, "+route");
        break;
      case RTM_DELROUTE:
        append_route (self->heard, &message, "-route");
        break;
      case RTM_NEWLINK:
        g_string_append (self->heard, "link\n");
        break;
      default:
        append_address (self->heard, &message, (message.header.nlmsg_type & 3) == 0 ? "+group" : "-group");
        break;
    }
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

/* lo, and eth0, which is up. */
static void
fixture_init (Fixture *self, guint8 generation)
{
  NlvLink link;

  *self = (Fixture){ .network = nlv_network_new_loopback (), .now = 5000 };
  self->heard = g_string_new (NULL);
  nlv_link_init_like_kernel (&link, "eth0", NULL);
  link.index = LINK;
  link.address_generation = generation;
  memcpy (link.address, "\x02\x00\x5e\x00\x53\x10", 6);
  nlv_link_set_up (&link, TRUE, TRUE);
  nlv_network_add_link (self->network, &link);
  nlv_network_derive_routes (self->network);
  nlv_network_tell_time (self->network, self->now);
  nlv_network_add_observer (self->network, &observer, self);
}

static void
fixture_clear (Fixture *self)
{
  nlv_answer_clear (&self->answer);
  nlv_network_remove_observer (self->network, &observer, self);
  g_string_free (self->heard, TRUE);
  nlv_network_unref (self->network);
}

static NlvLink *
get_link (Fixture *self)
{
  return nlv_network_find_link (self->network, LINK);
}

static void
pass (Fixture *self, guint64 hundredths)
{
  self->now += hundredths;
  nlv_network_run_timers (self->network, self->now);
}

static NlvIp
parse_ip (const char *text)
{
  NlvIp ip;

  g_assert_cmpint (inet_pton (AF_INET6, text, ip.bytes), ==, 1);
  return ip;
}

typedef struct
{
  guint16 type, nlmsg_flags;
  guint32 link;
  const char *local, *peer;
  guint8 length;
  guint32 flags, metric, preferred, valid;
} Ask;

static int
ask (Fixture *self, const Ask *what)
{
  const NlvCaller caller = { .port = PORT, .admin = TRUE, .writable = TRUE, .origin = self, .now = self->now };
  struct ifa_cacheinfo times = { .ifa_prefered = what->preferred, .ifa_valid = what->valid };
  struct ifaddrmsg *header;
  NlvWriter writer;
  NlvIp ip;

  nlv_writer_init (&writer, 1 << 16);
  header = nlv_writer_begin (&writer, what->type, NLM_F_REQUEST | what->nlmsg_flags, 5, 0, sizeof *header);
  header->ifa_family = AF_INET6;
  header->ifa_prefixlen = what->length;
  header->ifa_index = what->link != 0 ? what->link : LINK;
  if (what->local != NULL)
    {
      ip = parse_ip (what->local);
      nlv_put (&writer, IFA_LOCAL, ip.bytes, 16);
    }
  if (what->peer != NULL)
    {
      ip = parse_ip (what->peer);
      nlv_put (&writer, IFA_ADDRESS, ip.bytes, 16);
    }
  nlv_put_u32 (&writer, IFA_FLAGS, what->flags);
  if (what->metric != 0)
    nlv_put_u32 (&writer, IFA_RT_PRIORITY, what->metric);
  if (what->valid != 0 || what->preferred != 0)
    nlv_put (&writer, IFA_CACHEINFO, &times, sizeof times);
  return test_change_ask (self->network, &caller, &writer, &self->answer);
}

#define assert_refused(self, error, words, ...)                                                                        \
  G_STMT_START                                                                                                         \
  {                                                                                                                    \
    const Ask what_ = { __VA_ARGS__ };                                                                                 \
    g_assert_cmpint (ask (self, &what_), ==, error);                                                                   \
    g_assert_cmpstr ((self)->answer.extack.message, ==, words);                                                        \
  }                                                                                                                    \
  G_STMT_END
#define assert_done(self, ...) assert_refused (self, 0, NULL, __VA_ARGS__)

static const NlvAddress *
find_address (Fixture *self, const char *text)
{
  const NlvAddress like = { .family = AF_INET6, .link = LINK, .local = parse_ip (text) };

  return nlv_network_find_address (self->network, &like);
}

static const NlvMembership *
find_group (Fixture *self, const char *text)
{
  g_autoptr (GArray) groups = nlv_link_get_groups (self->network, get_link (self), NLV_GROUPS_IPV6);
  NlvIp ip = parse_ip (text);

  for (guint i = 0; i < groups->len; i++)
    if (nlv_ip_equal (&g_array_index (groups, NlvMembership, i).ip, &ip, AF_INET6))
      return &g_array_index (groups, NlvMembership, i);
  return NULL;
}

/* --- requests --------------------------------------------------------------------------- */

static void
test_without_check (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 64, IFA_F_NODAD);
  assert_heard (&self, "+route 2001:db8::/64 table 254 metric 256 first\n");
  pass (&self, 0);
  assert_heard (&self, "+group ff02::1:ff00:1\n"
                       "+address 2001:db8::1\n"
                       "+route 2001:db8::1/128 table 255 metric 0 first\n");
  g_assert_cmpuint (find_group (&self, "ff02::1:ff00:1")->users, ==, 1);
  /* The network and the group are there already. */
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8::a00:1", NULL, 64, IFA_F_NODAD, 77);
  pass (&self, 0);
  assert_heard (&self, "+route 2001:db8::/64 table 254 metric 77 first\n"
                       "+address 2001:db8::a00:1\n"
                       "+route 2001:db8::a00:1/128 table 255 metric 0 first\n");
  assert_done (&self, RTM_DELADDR, 0, 0, "2001:db8::1", NULL, 64);
  assert_heard (&self, "-address 2001:db8::1\n"
                       "-route 2001:db8::1/128 table 255 metric 0\n");
  assert_done (&self, RTM_DELADDR, 0, 0, "2001:db8::a00:1", NULL, 64);
  assert_heard (&self, "-address 2001:db8::a00:1\n"
                       "-group ff02::1:ff00:1\n"
                       "-route 2001:db8::a00:1/128 table 255 metric 0\n"
                       "-route 2001:db8::/64 table 254 metric 77\n");
  fixture_clear (&self);
}

static void
test_with_check (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 64);
  assert_heard (&self, "+route 2001:db8::/64 table 254 metric 256 first\n"
                       "+address 2001:db8::1 tentative\n");
  pass (&self, 0);
  assert_heard (&self, "+group ff02::1:ff00:1\n");
  /* Half a second, which is drawn, then one for an answer. */
  pass (&self, 149);
  assert_heard (&self, "");
  pass (&self, 1);
  assert_heard (&self, "");
  pass (&self, 1);
  pass (&self, 100);
  assert_heard (&self, "+address 2001:db8::1\n"
                       "+route 2001:db8::1/128 table 255 metric 0 first\n");
  g_assert_cmpuint (nlv_network_get_deadline (self.network), ==, G_MAXUINT64);
  /* Gone while it is looked for. */
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8::2", NULL, 64);
  pass (&self, 60);
  assert_done (&self, RTM_DELADDR, 0, 0, "2001:db8::2", NULL, 64);
  g_assert_cmpuint (nlv_network_get_deadline (self.network), ==, G_MAXUINT64);
  assert_heard (&self, "+address 2001:db8::2 tentative\n"
                       "+group ff02::1:ff00:2\n"
                       "-address 2001:db8::2 tentative\n"
                       "-group ff02::1:ff00:2\n");
  fixture_clear (&self);
}

static void
test_peer (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8:1::1", "2001:db8:2::1", 64, IFA_F_NODAD);
  pass (&self, 0);
  assert_heard (&self, "+route 2001:db8:1::/64 table 254 metric 256 first\n"
                       "+group ff02::1:ff00:1\n"
                       "+address 2001:db8:1::1 2001:db8:2::1\n"
                       "+route 2001:db8:1::1/128 table 255 metric 0 first\n"
                       "+route 2001:db8:2::1/128 table 254 metric 256 first\n");
  assert_done (&self, RTM_NEWADDR, NLM_F_REPLACE, 0, "2001:db8:1::1", "2001:db8:3::1", 64, IFA_F_NODAD, 77);
  assert_heard (&self, "+address 2001:db8:1::1 2001:db8:3::1\n"
                       "-route 2001:db8:1::/64 table 254 metric 256\n"
                       "+route 2001:db8:1::/64 table 254 metric 77 first\n"
                       "+route 2001:db8:3::/64 table 254 metric 77 first\n");
  assert_done (&self, RTM_DELADDR, 0, 0, "2001:db8:1::1", NULL, 64);
  assert_heard (&self, "-address 2001:db8:1::1 2001:db8:3::1\n"
                       "-group ff02::1:ff00:1\n"
                       "-route 2001:db8:1::1/128 table 255 metric 0\n"
                       "-route 2001:db8:1::/64 table 254 metric 77\n");
  fixture_clear (&self);
}

static void
test_autojoin (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  assert_refused (&self, -EADDRNOTAVAIL, "ipv6: Cannot assign multicast address without \"IFA_F_MCAUTOJOIN\" flag",
                  RTM_NEWADDR, 0, 0, "ff05::5", NULL, 128, IFA_F_NODAD);
  assert_refused (&self, -EINVAL, "ipv6: Multicast auto join failed", RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 128,
                  IFA_F_MCAUTOJOIN);
  assert_done (&self, RTM_NEWADDR, 0, 0, "ff05::5", NULL, 128, IFA_F_NODAD | IFA_F_MCAUTOJOIN | IFA_F_NOPREFIXROUTE);
  pass (&self, 0);
  g_assert_cmpuint (find_address (&self, "ff05::5")->scope, ==, RT_SCOPE_SITE);
  assert_done (&self, RTM_DELADDR, 0, 0, "ff05::5", NULL, 128);
  assert_heard (&self, "+group ff05::5\n"
                       "+group ff02::1:ff00:5\n"
                       "+address ff05::5\n"
                       "+route ff05::5/128 table 255 metric 0 first\n"
                       "-address ff05::5\n"
                       "-group ff02::1:ff00:5\n"
                       "-route ff05::5/128 table 255 metric 0\n"
                       "-group ff05::5\n");
  fixture_clear (&self);
}

static void
test_refused (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  assert_refused (&self, -EINVAL, NULL, RTM_NEWADDR);
  assert_refused (&self, -ENODEV, "ipv6: Unable to find the interface", RTM_NEWADDR, 0, 9, "2001:db8::1");
  assert_refused (&self, -EINVAL, "ipv6: Invalid prefix length", RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 129);
  assert_refused (&self, -EINVAL, "ipv6: address with \"mngtmpaddr\" flag must have a prefix length of 64", RTM_NEWADDR,
                  0, 0, "2001:db8::1", NULL, 65, IFA_F_MANAGETEMPADDR);
  assert_refused (&self, -EINVAL, "ipv6: address lifetime invalid", RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 64, 0, 0,
                  20, 10);
  assert_refused (&self, -EADDRNOTAVAIL, "ipv6: Invalid address", RTM_NEWADDR, 0, 0, "::", NULL, 64);
  assert_refused (&self, -EADDRNOTAVAIL, "ipv6: Cannot assign loopback address on this device", RTM_NEWADDR, 0, 0,
                  "::1", NULL, 128);
  assert_refused (&self, -EEXIST, "ipv6: address already assigned", RTM_NEWADDR, 0, 1, "::1", NULL, 128);
  assert_refused (&self, -EINVAL, "ipv6: Invalid prefix length", RTM_DELADDR, 0, 0, "2001:db8::1", NULL, 129);
  assert_refused (&self, -ENODEV, "ipv6: Unable to find the interface", RTM_DELADDR, 0, 9, "2001:db8::1");
  assert_refused (&self, -EADDRNOTAVAIL, "ipv6: address not found", RTM_DELADDR, 0, 1, "::1", NULL, 64);
  nlv_link_set_setting (get_link (&self), NLV_LINK_IPV6, DEVCONF_DISABLE_IPV6, 1);
  assert_refused (&self, -EACCES, "ipv6: IPv6 is disabled on this device", RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 64);
  assert_heard (&self, "");
  fixture_clear (&self);
}

/* --- links ------------------------------------------------------------------------------ */

static void
set_up (Fixture *self, gboolean up)
{
  NlvChange change;

  nlv_change_init (&change, self->network, nlv_network_tell_time (self->network, self->now));
  g_assert_cmpint (nlv_link_change_flags (&change, get_link (self), up ? IFF_UP : 0, IFF_UP), ==, 0);
  pass (self, 0);
}

static void
test_link (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_EUI64);
  set_up (&self, FALSE);
  assert_heard (&self, "-route ff00::/8 table 255 metric 256\n");
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 64);
  pass (&self, 500);
  /* The link will tell when it may be looked for. */
  assert_heard (&self, "+address 2001:db8::1 tentative\n"
                       "+group ff02::1:ff00:1\n");
  set_up (&self, TRUE);
  assert_heard (&self, "+route 2001:db8::/64 table 254 metric 256 first\n"
                       "+route ff00::/8 table 255 metric 256 first\n"
                       "+route fe80::/64 table 254 metric 256 first\n"
                       "link\n"
                       "+group ff02::1:ff00:5310\n");
  for (guint i = 0; i < 4; i++)
    pass (&self, 100);
  assert_heard (&self, "+address 2001:db8::1\n"
                       "+route 2001:db8::1/128 table 255 metric 0 first\n"
                       "+address fe80::5eff:fe00:5310\n"
                       "+route fe80::5eff:fe00:5310/128 table 255 metric 0 first\n");
  set_up (&self, FALSE);
  assert_heard (&self, "-route 2001:db8::/64 table 254 metric 256\n"
                       "-route fe80::/64 table 254 metric 256\n"
                       "-route 2001:db8::1/128 table 255 metric 0\n"
                       "-route fe80::5eff:fe00:5310/128 table 255 metric 0\n"
                       "-route ff00::/8 table 255 metric 256\n"
                       "-address 2001:db8::1\n"
                       "-group ff02::1:ff00:1\n"
                       "-address fe80::5eff:fe00:5310\n"
                       "-group ff02::1:ff00:5310\n");
  g_assert_nonnull (find_group (&self, "ff02::1"));
  fixture_clear (&self);
}

/* The loopback keeps IPv6 whatever its MTU, and loses its address again when it is ready. */
static void
test_small_loopback (void)
{
  NlvChange change;
  Fixture self;
  NlvLink *lo;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  lo = nlv_network_find_link (self.network, 1);
  nlv_change_init (&change, self.network, self.now);
  nlv_link_set_mtu (&change, lo, 1000);
  assert_heard (&self, "-route ::1/128 table 255 metric 0\n"
                       "-address ::1\n");
  nlv_netdev_notify (&change, lo, NLV_NETDEV_CHANGE);
  assert_heard (&self, "+address ::1\n"
                       "+route ::1/128 table 255 metric 0 first\n"
                       "link\n"
                       "-route ::1/128 table 255 metric 0\n"
                       "-address ::1\n");
  fixture_clear (&self);
}

/* keep_addr_on_down */
static void
test_kept (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  nlv_link_set_setting (get_link (&self), NLV_LINK_IPV6, DEVCONF_KEEP_ADDR_ON_DOWN, 1);
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 64, IFA_F_NODAD);
  assert_done (&self, RTM_NEWADDR, 0, 0, "fe80::1", NULL, 64, IFA_F_NODAD);
  pass (&self, 0);
  g_string_truncate (self.heard, 0);
  set_up (&self, FALSE);
  assert_heard (&self, "-route 2001:db8::/64 table 254 metric 256\n"
                       "-route fe80::/64 table 254 metric 256\n"
                       "-route 2001:db8::1/128 table 255 metric 0\n"
                       "-route fe80::1/128 table 255 metric 0\n"
                       "-route ff00::/8 table 255 metric 256\n"
                       "-address fe80::1\n"
                       "-group ff02::1:ff00:1\n");
  g_assert_cmpuint (find_address (&self, "2001:db8::1")->check, ==, NLV_CHECK_BEGINS);
  set_up (&self, TRUE);
  assert_heard (&self, "+route 2001:db8::/64 table 254 metric 256 first\n"
                       "+route ff00::/8 table 255 metric 256 first\n"
                       "link\n"
                       "+group ff02::1:ff00:1\n"
                       "+address 2001:db8::1\n"
                       "+route 2001:db8::1/128 table 255 metric 0 first\n");
  fixture_clear (&self);
}

/* --- time ------------------------------------------------------------------------------- */

static void
test_lifetimes (void)
{
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  assert_done (&self, RTM_NEWADDR, 0, 0, "2001:db8::1", NULL, 64, IFA_F_NODAD | IFA_F_NOPREFIXROUTE, 0, 10, 20);
  pass (&self, 0);
  g_string_truncate (self.heard, 0);
  pass (&self, 999);
  assert_heard (&self, "");
  pass (&self, 1);
  assert_heard (&self, "+address 2001:db8::1 deprecated\n");
  assert_done (&self, RTM_NEWADDR, NLM_F_REPLACE, 0, "2001:db8::1", NULL, 64, IFA_F_NODAD | IFA_F_NOPREFIXROUTE, 0, 5,
               20);
  assert_heard (&self, "+address 2001:db8::1\n");
  pass (&self, 500);
  pass (&self, 1500);
  assert_heard (&self, "+address 2001:db8::1 deprecated\n"
                       "-address 2001:db8::1 deprecated\n"
                       "-group ff02::1:ff00:1\n"
                       "-route 2001:db8::1/128 table 255 metric 0\n");
  g_assert_null (find_address (&self, "2001:db8::1"));
  g_assert_cmpuint (nlv_network_get_deadline (self.network), ==, G_MAXUINT64);
  fixture_clear (&self);
}

/* An address in the midst of its check, and one with an end, when the network
 * begins; a copy goes on by itself. */
static void
test_begin (void)
{
  NlvNetwork *network = nlv_network_new_loopback (), *copy;
  NlvAddress tentative = { .family = AF_INET6,
                           .link = LINK,
                           .prefix_length = 64,
                           .flags = IFA_F_PERMANENT | IFA_F_TENTATIVE,
                           .preferred_lifetime = G_MAXUINT32,
                           .valid_lifetime = G_MAXUINT32,
                           .local = parse_ip ("2001:db8::1") },
             ending = tentative;
  NlvLink link;

  tentative.peer = tentative.local;
  ending.local = ending.peer = parse_ip ("2001:db8::2");
  ending.flags = 0;
  ending.valid_lifetime = ending.preferred_lifetime = 10;
  nlv_link_init_like_kernel (&link, "eth0", NULL);
  link.index = LINK;
  nlv_link_set_up (&link, TRUE, TRUE);
  nlv_network_add_link (network, &link);
  nlv_network_add_address (network, &tentative);
  nlv_network_add_address (network, &ending);
  nlv_network_tell_time (network, 7000);
  copy = nlv_network_copy (network);
  nlv_network_unref (network);
  for (guint64 now = 7000; now < 7300; now += 50)
    nlv_network_run_timers (copy, now);
  g_assert_cmphex (nlv_network_get_address (copy, 3)->flags, ==, IFA_F_PERMANENT);
  g_assert_cmpuint (nlv_network_get_n_addresses (copy), ==, 4);
  nlv_network_run_timers (copy, 8000);
  g_assert_cmpuint (nlv_network_get_n_addresses (copy), ==, 3);
  nlv_network_unref (copy);
}

/* --- labels ----------------------------------------------------------------------------- */

static int
ask_label (Fixture *self, guint16 type, const char *prefix, guint8 length, guint32 link, guint32 label)
{
  const NlvCaller caller = { .port = PORT, .admin = TRUE, .writable = TRUE, .origin = self, .now = self->now };
  struct ifaddrlblmsg *header;
  NlvIp ip = parse_ip (prefix);
  NlvWriter writer;

  nlv_writer_init (&writer, 1 << 16);
  header = nlv_writer_begin (&writer, type, NLM_F_REQUEST, 5, 0, sizeof *header);
  header->ifal_family = AF_INET6;
  header->ifal_prefixlen = length;
  header->ifal_index = link;
  nlv_put (&writer, IFAL_ADDRESS, ip.bytes, 16);
  nlv_put_u32 (&writer, IFAL_LABEL, label);
  return test_change_ask (self->network, &caller, &writer, &self->answer);
}

static void
test_labels (void)
{
  NlvIp ip = parse_ip ("2001:db8::1");
  Fixture self;

  fixture_init (&self, IN6_ADDR_GEN_MODE_NONE);
  g_assert_cmpuint (nlv_address_label (self.network, &ip, LINK), ==, 1);
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "2001:db8::9", 32, 0, 99), ==, 0);
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "2001:db8::", 32, 0, 98), ==, -EEXIST);
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "2001:db8::", 32, 9, 98), ==, -EINVAL);
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "2001:db8::", 129, 0, 98), ==, -EINVAL);
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "::ffff:192.0.2.1", 97, 0, 98), ==, -EINVAL);
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "2001:db8::", 48, 0, G_MAXUINT32), ==, -EINVAL);
  g_assert_cmpuint (nlv_address_label (self.network, &ip, LINK), ==, 99);
  /* That of a link comes before that of all. */
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "2001:db8::", 32, LINK, 97), ==, 0);
  g_assert_cmpuint (nlv_address_label (self.network, &ip, LINK), ==, 97);
  g_assert_cmpuint (nlv_address_label (self.network, &ip, 1), ==, 99);
  g_assert_cmpint (ask_label (&self, RTM_DELADDRLABEL, "2001:db8::", 32, 0, 0), ==, 0);
  g_assert_cmpint (ask_label (&self, RTM_DELADDRLABEL, "2001:db8::", 32, 0, 0), ==, -ESRCH);
  g_assert_cmpuint (nlv_address_label (self.network, &ip, 1), ==, 1);
  /* Behind another of its length nobody looks for the same one. */
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "::ffff:0:0", 96, 0, 99), ==, 0);
  g_assert_cmpint (ask_label (&self, RTM_NEWADDRLABEL, "::ffff:0:0", 96, 0, 98), ==, -EEXIST);
  g_assert_cmpint (ask_label (&self, RTM_DELADDRLABEL, "::ffff:0:0", 96, 0, 0), ==, 0);
  g_assert_cmpint (ask_label (&self, RTM_DELADDRLABEL, "::ffff:0:0", 96, 0, 0), ==, 0);
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change-address6/without-check", test_without_check);
  g_test_add_func ("/change-address6/with-check", test_with_check);
  g_test_add_func ("/change-address6/peer", test_peer);
  g_test_add_func ("/change-address6/autojoin", test_autojoin);
  g_test_add_func ("/change-address6/refused", test_refused);
  g_test_add_func ("/change-address6/link", test_link);
  g_test_add_func ("/change-address6/small-loopback", test_small_loopback);
  g_test_add_func ("/change-address6/kept", test_kept);
  g_test_add_func ("/change-address6/lifetimes", test_lifetimes);
  g_test_add_func ("/change-address6/begin", test_begin);
  g_test_add_func ("/change-address6/labels", test_labels);
  return g_test_run ();
}

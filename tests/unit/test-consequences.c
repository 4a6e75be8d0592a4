/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What follows by itself. That it is what the kernel does is tested by the
 * oracle, where there is the right to ask it. */
#include "model/device/consequences.h"
#include "model/fib.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <string.h>

static void
test_loopback (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();
  const NlvLink *link = nlv_network_find_link_by_name (network, "lo");

  g_assert_cmpuint (nlv_network_get_n_links (network), ==, 1);
  g_assert_cmpuint (link->index, ==, 1);
  g_assert_cmphex (link->flags, ==, IFF_UP | IFF_LOOPBACK | IFF_RUNNING | IFF_LOWER_UP);
  g_assert_cmpuint (link->operational_state, ==, IF_OPER_UNKNOWN);
  g_assert_cmpuint (link->mtu, ==, 65536);
  g_assert_cmpstr (link->qdisc, ==, "noqueue");
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, 2);
  g_assert_false (nlv_network_get_address (network, 0)->has_broadcast);
  g_assert_cmpuint (nlv_network_get_address (network, 0)->scope, ==, RT_SCOPE_HOST);
  g_assert_cmpuint (nlv_network_get_address (network, 1)->scope, ==, RT_SCOPE_HOST);
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 4);
  g_assert_cmpuint (nlv_network_get_n_rules (network), ==, 7);
  nlv_network_unref (network);
}

static void
test_states (void)
{
  NlvLink link;

  nlv_link_init_like_kernel (&link, "veth0", "veth");
  g_assert_cmpstr (link.qdisc, ==, "noop");
  g_assert_cmpuint (link.operational_state, ==, IF_OPER_DOWN);
  link.has_lower = TRUE;
  nlv_link_set_up (&link, TRUE, FALSE);
  g_assert_cmpuint (link.operational_state, ==, IF_OPER_LOWERLAYERDOWN);
  g_assert_cmphex (link.flags, ==, IFF_UP | IFF_BROADCAST | IFF_MULTICAST);
  nlv_link_set_up (&link, TRUE, TRUE);
  g_assert_cmpuint (link.operational_state, ==, IF_OPER_UP);
  g_assert_cmphex (link.flags, ==, IFF_UP | IFF_BROADCAST | IFF_MULTICAST | IFF_RUNNING | IFF_LOWER_UP);
  g_assert_cmpuint (link.carrier_up_count, ==, 1);
  g_assert_cmpuint (link.carrier_down_count, ==, 1);
  nlv_link_set_up (&link, FALSE, FALSE);
  g_assert_cmphex (link.flags, ==, IFF_BROADCAST | IFF_MULTICAST);
  g_assert_cmpstr (link.qdisc, ==, "noqueue");
  nlv_link_clear (&link);
}

static void
test_kinds (void)
{
  static const char *const kinds[] = { "bond", "bridge", "dummy", "ifb",   "macvlan",   "ppp",
                                       "tun",  "veth",   "vlan",  "vxlan", "wireguard", "unheard-of" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      NlvLink link;

      nlv_link_init_like_kernel (&link, "a-name-that-is-too-long", kinds[i]);
      g_assert_cmpstr (link.kind, ==, kinds[i]);
      g_assert_cmpuint (strlen (link.name), <, sizeof link.name);
      g_assert_cmpuint (link.mtu, >=, 1280);
      g_assert_cmpuint (link.address_length, ==, link.hardware_type == ARPHRD_ETHER ? 6 : 0);
      nlv_link_set_up (&link, TRUE, TRUE);
      g_assert_true (link.flags & IFF_RUNNING);
      nlv_link_clear (&link);
    }
}

static void
test_fill (void)
{
  NlvLink link;
  NlvAddress address = { .family = AF_INET, .prefix_length = 24, .local.bytes = { 192, 0, 2, 10 } };

  nlv_link_init_like_kernel (&link, "eth0", NULL);
  nlv_address_fill (&address, &link);
  g_assert_cmphex (address.flags, ==, IFA_F_PERMANENT);
  g_assert_cmpstr (address.label, ==, "eth0");
  g_assert_true (address.has_broadcast);
  g_assert_cmphex (g_ntohl (address.broadcast.v4), ==, 0xc00002ff);
  g_assert_cmphex (address.peer.v4, ==, address.local.v4);
  address = (NlvAddress){ .family = AF_INET, .prefix_length = 31, .local.bytes = { 192, 0, 2, 10 } };
  nlv_address_fill (&address, &link);
  g_assert_false (address.has_broadcast);
  address = (NlvAddress){ .family = AF_INET6, .prefix_length = 64, .local.bytes = { 0xfe, 0x80, [15] = 1 } };
  nlv_address_fill (&address, &link);
  g_assert_cmpuint (address.scope, ==, RT_SCOPE_LINK);
  nlv_link_clear (&link);
}

static void
test_link_local (void)
{
  static const guint8 expected[16] = { 0xfe, 0x80, [8] = 0x00, 0x00, 0x5e, 0xff, 0xfe, 0x00, 0x53, 0x10 };
  NlvLink link;
  NlvAddress address;

  nlv_link_init_like_kernel (&link, "eth0", NULL);
  memcpy (link.address, "\x02\x00\x5e\x00\x53\x10", 6);
  g_assert_true (nlv_address_init_link_local (&address, &link));
  g_assert_cmpmem (address.local.bytes, 16, expected, 16);
  nlv_link_clear (&link);
  nlv_link_init_like_kernel (&link, "wg0", "wireguard");
  g_assert_false (nlv_address_init_link_local (&address, &link));
  nlv_link_clear (&link);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/consequences/loopback", test_loopback);
  g_test_add_func ("/model/consequences/states", test_states);
  g_test_add_func ("/model/consequences/kinds", test_kinds);
  g_test_add_func ("/model/consequences/fill", test_fill);
  g_test_add_func ("/model/consequences/link-local", test_link_local);
  return g_test_run ();
}

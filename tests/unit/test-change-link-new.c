/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that come and go: what is refused, what is told in which order, and what else
 * follows. The same words and events are compared with the kernel's in tests/oracle. */
#include "model/device/consequences.h"
#include "model/link-settings.h"
#include "test-change-links.h"

#include <errno.h>
#include <string.h>

static void
test_names (void)
{
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (make (&self, NULL, "ifb", 0), ==, 0);
  g_assert_cmpstr (self.heard->str, ==, "+link:ifb0!");
  g_assert_cmpint (make (&self, NULL, "ifb", 0), ==, 0);
  g_assert_cmpint (make (&self, "x%dy", "dummy", 0), ==, 0);
  g_assert_cmpint (make (&self, "x%dy", "dummy", 0), ==, 0);
  g_assert_cmpuint (get_link (&self, "ifb1")->index, ==, 3);
  g_assert_cmpuint (get_link (&self, "x1y")->index, ==, 5);
  g_assert_cmpint (make (&self, "x1y", "dummy", 0), ==, -EEXIST);
  g_assert_cmpint (make (&self, "a/b", "dummy", 0), ==, -EINVAL);
  g_assert_cmpint (make (&self, "..", "dummy", 0), ==, -EINVAL);
  g_assert_cmpint (make (&self, "a%d%d", "dummy", 0), ==, -EINVAL);
  g_assert_cmpint (make_pair (&self, "a", "all"), ==, -EINVAL);
  g_assert_cmpuint (nlv_network_get_n_links (self.network), ==, 5);
  /* A number is not used again. */
  g_assert_cmpint (delete (&self, "x1y"), ==, 0);
  g_assert_cmpint (make (&self, "x1y", "dummy", 0), ==, 0);
  g_assert_cmpuint (get_link (&self, "x1y")->index, ==, 7);
  fixture_clear (&self);
}

static void
test_next_index (void)
{
  NlvLink row;
  Fixture self;

  fixture_init (&self);
  nlv_link_init_like_kernel (&row, "d", "dummy");
  row.index = 30;
  nlv_network_add_link (self.network, &row);
  g_assert_cmpint (delete (&self, "d"), ==, 0);
  g_assert_cmpint (make (&self, "e", "dummy", 0), ==, 0);
  g_assert_cmpuint (get_link (&self, "e")->index, ==, 31);
  fixture_clear (&self);
}

static void
test_index (void)
{
  struct ifinfomsg *header;
  NlvWriter writer;
  Fixture self;

  fixture_init (&self);
  begin (&writer, RTM_NEWLINK, NLM_F_CREATE)->ifi_index = 40;
  put_kind (&writer, "bridge");
  g_assert_cmpint (ask (&self, &writer), ==, 0);
  g_assert_cmpuint (get_link (&self, "bridge0")->index, ==, 40);
  header = begin (&writer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  header->ifi_index = 40;
  put_kind (&writer, "bridge");
  g_assert_cmpint (ask (&self, &writer), ==, -EEXIST);
  begin (&writer, RTM_NEWLINK, 0);
  nlv_put_string (&writer, IFLA_IFNAME, "absent");
  put_kind (&writer, "bridge");
  g_assert_cmpint (ask (&self, &writer), ==, -ENODEV);
  fixture_clear (&self);
}

static void
test_kinds (void)
{
  Fixture self;
  NlvWriter writer;

  fixture_init (&self);
  g_assert_cmpint (make (&self, "n0", "nonsense", 0), ==, -EOPNOTSUPP);
  g_assert_cmpstr (self.answer.extack.message, ==, "Unknown device type");
  begin (&writer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  nlv_put_string (&writer, IFLA_IFNAME, "n0");
  g_assert_cmpint (ask (&self, &writer), ==, -EOPNOTSUPP);
  g_assert_cmpint (make (&self, "n0", "dummy", 0), ==, 0);

  /* A recorded kernel has what it has. */
  nlv_network_get_globals (self.network)->kinds = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (nlv_network_get_globals (self.network)->kinds, g_strdup ("bridge"));
  g_assert_cmpint (make (&self, "n1", "dummy", 0), ==, -EOPNOTSUPP);
  g_assert_cmpint (make (&self, "n1", "bridge", 0), ==, 0);
  fixture_clear (&self);
}

static void
test_pair (void)
{
  NlvLink *first, *second;
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (make_pair (&self, "a", "b"), ==, 0);
  g_assert_cmpstr (self.heard->str, ==, "+link:b +link:a!");
  first = get_link (&self, "a");
  second = get_link (&self, "b");
  g_assert_cmpuint (second->index, <, first->index);
  g_assert_cmpuint (first->lower, ==, second->index);
  g_assert_cmpuint (second->lower, ==, first->index);
  /* Their own addresses, locally administered. */
  g_assert_cmphex (first->address[0] & 3, ==, 2);
  g_assert_cmphex (second->address[0] & 3, ==, 2);
  g_assert_cmpint (memcmp (first->address, second->address, 6), !=, 0);

  g_assert_cmpint (make_pair (&self, "c", "a"), ==, -EEXIST);
  g_assert_cmpint (make_pair (&self, "a", "c"), ==, -EEXIST);
  g_assert_null (nlv_network_find_link_by_name (self.network, "c"));
  g_assert_cmpint (make_pair (&self, "c", "c"), ==, -EEXIST);
  g_assert_null (nlv_network_find_link_by_name (self.network, "c"));

  g_assert_cmpint (set_up (&self, "a", TRUE), ==, 0);
  g_assert_cmpint (set_up (&self, "b", TRUE), ==, 0);
  settle (&self, 0);
  g_assert_cmpstr (self.heard->str, ==, "+link:b +link:a");
  g_assert_cmpint (delete (&self, "b"), ==, 0);
  g_assert_cmpuint (nlv_network_get_n_links (self.network), ==, 1);
  g_assert_true (g_str_has_suffix (self.heard->str, "-link:b! -link:a!"));
  settle (&self, 1000);
  g_assert_cmpstr (self.heard->str, ==, "");
  fixture_clear (&self);
}

static void
test_drawn (void)
{
  NlvNetwork *copy, *own;
  guint8 address[6];
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (make (&self, "a", "dummy", 0), ==, 0);
  copy = nlv_network_copy (self.network);
  g_assert_cmpint (make (&self, "b", "dummy", 0), ==, 0);
  memcpy (address, get_link (&self, "b")->address, 6);
  g_assert_cmpint (memcmp (address, get_link (&self, "a")->address, 6), !=, 0);

  own = self.network;
  self.network = copy;
  g_assert_cmpint (make (&self, "b", "dummy", 0), ==, 0);
  g_assert_cmpmem (get_link (&self, "b")->address, 6, address, 6);
  nlv_network_unref (copy);
  self.network = own;
  fixture_clear (&self);
}

static void
test_delete (void)
{
  NlvWriter writer;
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (make (&self, "d", "dummy", 0), ==, 0);
  g_assert_cmpint (delete (&self, "lo"), ==, -EOPNOTSUPP);
  g_assert_cmpint (delete (&self, "absent"), ==, -ENODEV);
  begin (&writer, RTM_DELLINK, 0);
  g_assert_cmpint (ask (&self, &writer), ==, -EINVAL);
  begin (&writer, RTM_DELLINK, 0)->ifi_index = 99;
  g_assert_cmpint (ask (&self, &writer), ==, -ENODEV);
  g_assert_cmpint (delete (&self, "d"), ==, 0);
  g_assert_cmpstr (self.heard->str, ==, "-link:d!");
  fixture_clear (&self);
}

static int
delete_group (Fixture *self, guint32 group)
{
  NlvWriter writer;

  begin (&writer, RTM_DELLINK, 0);
  nlv_put_u32 (&writer, IFLA_GROUP, group);
  return ask (self, &writer);
}

static void
test_group (void)
{
  Fixture self;

  fixture_init (&self);
  make_pair (&self, "a", "b");
  make (&self, "d", "dummy", 0);
  make (&self, "m", "macvlan", get_link (&self, "d")->index);
  g_assert_cmpint (delete_group (&self, 0), ==, -EPERM);
  g_assert_cmpint (delete_group (&self, 7), ==, -ENODEV);
  set (&self, "a", IFLA_GROUP, 7);
  set (&self, "b", IFLA_GROUP, 7);
  set (&self, "d", IFLA_GROUP, 7);
  set (&self, "m", IFLA_GROUP, 7);
  set (&self, "lo", IFLA_GROUP, 7);
  g_assert_cmpint (delete_group (&self, 7), ==, -EOPNOTSUPP);
  g_assert_cmpuint (nlv_network_get_n_links (self.network), ==, 5);
  set (&self, "lo", IFLA_GROUP, 0);
  g_assert_cmpint (delete_group (&self, 7), ==, 0);
  g_assert_cmpuint (nlv_network_get_n_links (self.network), ==, 1);
  fixture_clear (&self);
}

static void
test_wireguard (void)
{
  NlvLink *link;
  Fixture self;

  fixture_init (&self);
  g_assert_cmpint (make (&self, "wg", "wireguard", 0), ==, 0);
  link = get_link (&self, "wg");
  g_assert_cmpuint (link->address_generation, ==, IN6_ADDR_GEN_MODE_EUI64);
  g_assert_cmpint (set_up (&self, "wg", TRUE), ==, 0);
  settle (&self, 200);
  g_assert_cmpuint (link->address_generation, ==, IN6_ADDR_GEN_MODE_NONE);
  g_assert_cmpint (nlv_link_get_setting (link, NLV_LINK_IPV4, NLV_IPV4_SEND_REDIRECTS), ==, 0);
  g_assert_null (nlv_network_get_link_address (self.network, AF_INET6, link->index,
                                               nlv_network_find_addresses (self.network, AF_INET6, link->index)));
  fixture_clear (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change-link-new/names", test_names);
  g_test_add_func ("/change-link-new/index", test_index);
  g_test_add_func ("/change-link-new/next-index", test_next_index);
  g_test_add_func ("/change-link-new/kinds", test_kinds);
  g_test_add_func ("/change-link-new/pair", test_pair);
  g_test_add_func ("/change-link-new/drawn", test_drawn);
  g_test_add_func ("/change-link-new/delete", test_delete);
  g_test_add_func ("/change-link-new/group", test_group);
  g_test_add_func ("/change-link-new/wireguard", test_wireguard);
  return g_test_run ();
}

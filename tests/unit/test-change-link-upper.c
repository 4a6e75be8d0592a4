/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that are given to bridges, and those that stand on others: what is refused, what
 * is told in which order, and what else follows. The same words and events are compared
 * with the kernel's in tests/oracle. */
#include "model/device/consequences.h"
#include "model/device/link-info.h"
#include "test-change-links.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <string.h>

static guint
count_local (Fixture *self)
{
  guint n = 0;

  for (guint i = 0; i < nlv_network_get_n_neighbors (self->network); i++)
    {
      const NlvNeighbor *entry = nlv_network_get_neighbor (self->network, i);

      if (entry->family == AF_BRIDGE && (entry->flags & NTF_SELF) == 0)
        n++;
    }
  return n;
}

static void
test_bridge (void)
{
  NlvLink *bridge, *port;
  Fixture self;

  fixture_init (&self);
  make (&self, "br", "bridge", 0);
  make (&self, "d", "dummy", 0);
  bridge = get_link (&self, "br");
  port = get_link (&self, "d");
  g_assert_cmpint (set_master (&self, "lo", "br"), ==, -EINVAL);
  g_assert_cmpint (set_master (&self, "br", "br"), ==, -ELOOP);
  g_assert_cmpstr (self.answer.extack.message, ==, "Can not enslave a bridge to a bridge");
  g_assert_cmpint (set_master (&self, "d", "lo"), ==, -EOPNOTSUPP);
  g_assert_cmpint (set (&self, "d", IFLA_MASTER, 99), ==, -EINVAL);

  g_assert_cmpint (set_master (&self, "d", "br"), ==, 0);
  g_assert_cmpstr (self.heard->str, ==, "+link:d@br +link:d@br +link:br +fdb:d -fdb:br +port:d@br +link:br");
  g_assert_cmpuint (port->promiscuity, ==, 1);
  g_assert_cmpstr (port->slave_kind, ==, "bridge");
  g_assert_cmpmem (bridge->address, 6, port->address, 6);
  g_assert_cmpint (set_master (&self, "d", "br"), ==, 0);

  /* It follows its ports as far as it can, and says nothing. */
  g_assert_cmpint (set (&self, "d", IFLA_MTU, 67), ==, 0);
  g_assert_null (self.answer.extack.message);
  g_assert_cmpuint (bridge->mtu, ==, 1500);
  g_assert_cmpint (set (&self, "d", IFLA_MTU, 1400), ==, 0);
  g_assert_cmpuint (bridge->mtu, ==, 1400);
  set (&self, "d", IFLA_MTU, 1500);

  g_assert_cmpint (set_master (&self, "d", NULL), ==, 0);
  g_assert_cmpuint (port->promiscuity, ==, 0);
  g_assert_null (port->slave_kind);
  g_assert_null (port->slave_data);
  /* A bridge without ports has no address, and none is kept for it. */
  g_assert_cmpuint (bridge->address[0], ==, 0);
  g_assert_cmpuint (count_local (&self), ==, 0);

  /* Its ports are let go first. */
  set_master (&self, "d", "br");
  g_assert_cmpint (delete (&self, "br"), ==, 0);
  g_assert_cmpuint (port->master, ==, 0);
  g_assert_cmpuint (count_local (&self), ==, 0);
  fixture_clear (&self);
}

static void
test_bridge_address (void)
{
  static const guint8 low[6] = { 2, 0, 0, 0, 0, 1 }, high[6] = { 2, 0xff, 0xff, 0xff, 0xff, 0xff };
  NlvLink *bridge;
  Fixture self;

  fixture_init (&self);
  make (&self, "br", "bridge", 0);
  make (&self, "d0", "dummy", 0);
  make (&self, "d1", "dummy", 0);
  memcpy (get_link (&self, "d0")->address, high, 6);
  memcpy (get_link (&self, "d1")->address, low, 6);
  bridge = get_link (&self, "br");
  set_master (&self, "d0", "br");
  g_assert_cmpmem (bridge->address, 6, high, 6);
  set (&self, "d0", IFLA_MTU, 1400);
  g_assert_cmpuint (bridge->mtu, ==, 1400);
  set_master (&self, "d1", "br");
  g_assert_cmpmem (bridge->address, 6, low, 6);
  set_master (&self, "d1", NULL);
  g_assert_cmpmem (bridge->address, 6, high, 6);

  set (&self, "br", IFLA_MTU, 1300);
  set (&self, "d0", IFLA_MTU, 1350);
  g_assert_cmpuint (bridge->mtu, ==, 1300);
  fixture_clear (&self);
}

static guint8
get_port_state (Fixture *self, const char *name)
{
  return nlv_info_get_u8 (get_link (self, name)->slave_data, IFLA_BRPORT_STATE);
}

static int
change_bridge (Fixture *self, guint16 type, guint32 value, gsize size)
{
  NlvWriter writer;
  gsize info, data;

  begin (&writer, RTM_NEWLINK, 0)->ifi_index = (gint32) get_link (self, "br")->index;
  info = nlv_nest_begin (&writer, IFLA_LINKINFO);
  nlv_put_string (&writer, IFLA_INFO_KIND, "bridge");
  data = nlv_nest_begin (&writer, IFLA_INFO_DATA);
  nlv_put (&writer, type, &value, size);
  nlv_nest_end (&writer, data);
  nlv_nest_end (&writer, info);
  return ask (self, &writer);
}

static void
test_spanning_tree (void)
{
  Fixture self;

  fixture_init (&self);
  make (&self, "br", "bridge", 0);
  make (&self, "d", "dummy", 0);
  set_up (&self, "br", TRUE);
  set_up (&self, "d", TRUE);
  set_master (&self, "d", "br");
  g_assert_cmpuint (get_port_state (&self, "d"), ==, BR_STATE_FORWARDING);
  set_up (&self, "d", FALSE);
  g_assert_cmpuint (get_port_state (&self, "d"), ==, BR_STATE_DISABLED);
  settle (&self, 200);

  g_assert_cmpint (change_bridge (&self, IFLA_BR_STP_STATE, 1, 4), ==, 0);
  set_up (&self, "d", TRUE);
  g_assert_cmpuint (get_port_state (&self, "d"), ==, BR_STATE_LISTENING);
  settle (&self, 1501);
  g_assert_cmpuint (get_port_state (&self, "d"), ==, BR_STATE_LEARNING);
  settle (&self, 1501);
  g_assert_cmpuint (get_port_state (&self, "d"), ==, BR_STATE_FORWARDING);
  settle (&self, 5000);
  g_assert_cmpuint (get_port_state (&self, "d"), ==, BR_STATE_FORWARDING);

  g_assert_cmpint (change_bridge (&self, IFLA_BR_FORWARD_DELAY, 100, 4), ==, -ERANGE);
  g_assert_cmpint (change_bridge (&self, IFLA_BR_VLAN_FILTERING, 1, 1), ==, -EOPNOTSUPP);
  g_assert_cmpint (change_bridge (&self, IFLA_BR_AGEING_TIME, 1000, 4), ==, 0);
  g_assert_cmpuint (nlv_info_get_u32 (get_link (&self, "br")->kind_data, IFLA_BR_AGEING_TIME), ==, 1000);
  fixture_clear (&self);
}

static void
test_bare_table (void)
{
  NlvLink row;
  Fixture self;

  fixture_init (&self);
  nlv_link_init_like_kernel (&row, "br", "bridge");
  row.index = 10;
  nlv_network_add_link (self.network, &row);
  nlv_link_init_like_kernel (&row, "d", "dummy");
  row.index = 11;
  row.master = 10;
  nlv_network_add_link (self.network, &row);
  nlv_link_init_like_kernel (&row, "v", "vxlan");
  row.index = 12;
  nlv_network_add_link (self.network, &row);
  nlv_link_init_like_kernel (&row, "w", "vlan");
  row.index = 13;
  nlv_network_add_link (self.network, &row);
  g_assert_cmpint (set_up (&self, "br", TRUE), ==, 0);
  g_assert_cmpint (set_up (&self, "d", TRUE), ==, 0);
  g_assert_cmpint (set_up (&self, "v", TRUE), ==, 0);
  g_assert_cmpint (set_up (&self, "w", TRUE), ==, 0);
  g_assert_cmpuint (get_port_state (&self, "d"), ==, BR_STATE_FORWARDING);
  g_assert_cmpint (change_bridge (&self, IFLA_BR_STP_STATE, 1, 4), ==, 0);
  g_assert_cmpint (delete (&self, "v"), ==, 0);
  g_assert_cmpint (delete (&self, "w"), ==, 0);
  g_assert_cmpint (delete (&self, "d"), ==, 0);
  g_assert_cmpint (delete (&self, "br"), ==, 0);
  fixture_clear (&self);
}

static int
set_port (Fixture *self, const char *name, guint16 type, guint32 value, gsize size)
{
  NlvWriter writer;
  struct ifinfomsg *header = begin (&writer, RTM_SETLINK, 0);
  gsize nest;

  header->ifi_family = AF_BRIDGE;
  header->ifi_index = (gint32) get_link (self, name)->index;
  nest = nlv_nest_begin (&writer, IFLA_PROTINFO | NLA_F_NESTED);
  nlv_put (&writer, type, &value, size);
  nlv_nest_end (&writer, nest);
  return ask (self, &writer);
}

static void
test_port (void)
{
  Fixture self;

  fixture_init (&self);
  make (&self, "br", "bridge", 0);
  make (&self, "d", "dummy", 0);
  g_assert_cmpint (set_port (&self, "d", IFLA_BRPORT_COST, 50, 4), ==, -EOPNOTSUPP);
  set_master (&self, "d", "br");
  g_assert_cmpint (set_port (&self, "d", IFLA_BRPORT_COST, 50, 4), ==, 0);
  g_assert_cmpstr (self.heard->str, ==, "+port:d@br");
  g_assert_cmpuint (nlv_info_get_u32 (get_link (&self, "d")->slave_data, IFLA_BRPORT_COST), ==, 50);
  g_assert_cmpint (set_port (&self, "d", IFLA_BRPORT_COST, 0, 4), ==, -ERANGE);
  g_assert_cmpint (set_port (&self, "d", IFLA_BRPORT_STATE, 9, 1), ==, -EINVAL);
  /* Two ports only can be isolated, or hairpin. */
  g_assert_cmpint (set_port (&self, "d", IFLA_BRPORT_MODE, 1, 1), ==, 0);
  g_assert_cmpuint (nlv_info_get_u8 (get_link (&self, "d")->slave_data, IFLA_BRPORT_MODE), ==, 1);
  fixture_clear (&self);
}

static void
test_macvlan (void)
{
  NlvLink *link;
  Fixture self;

  fixture_init (&self);
  make_pair (&self, "a", "b");
  g_assert_cmpint (make (&self, "m", "macvlan", 0), ==, -EINVAL);
  g_assert_cmpint (make (&self, "m", "macvlan", 99), ==, -ENODEV);
  set (&self, "a", IFLA_MTU, 1400);
  g_assert_cmpint (make (&self, "m", "macvlan", get_link (&self, "a")->index), ==, 0);
  link = get_link (&self, "m");
  g_assert_cmpuint (link->mtu, ==, 1400);
  g_assert_cmpint (set (&self, "m", IFLA_MTU, 1401), ==, -EINVAL);
  set_up (&self, "m", TRUE);
  settle (&self, 200);
  g_assert_false (link->flags & IFF_RUNNING);
  set_up (&self, "a", TRUE);
  set_up (&self, "b", TRUE);
  settle (&self, 200);
  settle (&self, 200);
  g_assert_true (link->flags & IFF_RUNNING);
  set (&self, "a", IFLA_MTU, 1300);
  g_assert_cmpuint (link->mtu, ==, 1300);
  /* One on another is one beside it. */
  g_assert_cmpint (make (&self, "n", "macvlan", link->index), ==, 0);
  g_assert_cmpuint (get_link (&self, "n")->lower, ==, get_link (&self, "a")->index);
  g_assert_cmpint (make_with (&self, "p", "macvlan", "a", IFLA_MACVLAN_MODE, MACVLAN_MODE_PASSTHRU, 4), ==, -EINVAL);
  g_assert_cmpint (make_with (&self, "p", "macvlan", "b", IFLA_MACVLAN_MODE, MACVLAN_MODE_PASSTHRU, 4), ==, 0);
  g_assert_cmpmem (get_link (&self, "p")->address, 6, get_link (&self, "b")->address, 6);

  /* What stands on it goes first. */
  g_assert_cmpint (delete (&self, "a"), ==, 0);
  g_assert_cmpuint (nlv_network_get_n_links (self.network), ==, 1);
  g_assert_nonnull (strstr (self.heard->str, "-link:m "));
  g_assert_true (g_str_has_suffix (self.heard->str, "-link:b!"));
  fixture_clear (&self);
}

static void
test_macvlan_dormant (void)
{
  Fixture self;

  fixture_init (&self);
  make_pair (&self, "a", "b");
  make (&self, "m", "macvlan", get_link (&self, "a")->index);
  set_up (&self, "b", TRUE);
  set_up (&self, "m", TRUE);
  get_link (&self, "a")->link_mode = IF_LINK_MODE_DORMANT;
  settle (&self, 200);
  set_up (&self, "a", TRUE);
  settle (&self, 200);
  g_assert_cmpstr (self.heard->str, ==, "+link:a +link:b +link:m");
  settle (&self, 200);
  g_assert_cmpstr (self.heard->str, ==, "");
  fixture_clear (&self);
}

static void
test_vlan (void)
{
  NlvLink *link;
  Fixture self;

  fixture_init (&self);
  make (&self, "d", "dummy", 0);
  g_assert_cmpint (make (&self, "v", "vlan", get_link (&self, "d")->index), ==, -EINVAL);
  g_assert_cmpstr (self.answer.extack.message, ==, "8021q: VLAN properties not specified");
  g_assert_cmpint (make_with (&self, "v", "vlan", NULL, IFLA_VLAN_ID, 5, 2), ==, -EINVAL);
  g_assert_cmpint (make_with (&self, "v", "vlan", "lo", IFLA_VLAN_ID, 5, 2), ==, -EOPNOTSUPP);
  g_assert_cmpint (make_with (&self, "v", "vlan", "d", IFLA_VLAN_ID, 4095, 2), ==, -ERANGE);
  g_assert_cmpint (make_with (&self, "v", "vlan", "d", IFLA_VLAN_ID, 5, 2), ==, 0);
  g_assert_cmpint (make_with (&self, "w", "vlan", "d", IFLA_VLAN_ID, 5, 2), ==, -EEXIST);
  link = get_link (&self, "v");
  g_assert_cmpmem (link->address, 6, get_link (&self, "d")->address, 6);
  g_assert_cmpint (set_up (&self, "v", TRUE), ==, -ENETDOWN);
  set_up (&self, "d", TRUE);
  g_assert_true (link->flags & IFF_UP);
  set_up (&self, "d", FALSE);
  g_assert_false (link->flags & IFF_UP);
  g_assert_cmpint (set (&self, "v", IFLA_MTU, 1501), ==, -ERANGE);
  g_assert_cmpint (delete (&self, "d"), ==, 0);
  g_assert_cmpuint (nlv_network_get_n_links (self.network), ==, 1);
  fixture_clear (&self);
}

static void
test_vxlan (void)
{
  NlvLink *link;
  Fixture self;

  fixture_init (&self);
  make (&self, "d", "dummy", 0);
  g_assert_cmpint (make (&self, "v", "vxlan", 0), ==, -EINVAL);
  g_assert_cmpint (make_with (&self, "v", "vxlan", NULL, IFLA_VXLAN_ID, 1 << 24, 4), ==, -ERANGE);
  g_assert_cmpstr (self.answer.extack.message, ==, "VXLAN ID must be lower than 16777216");
  g_assert_cmpint (make_with (&self, "v", "vxlan", NULL, IFLA_VXLAN_ID, 5, 4), ==, 0);
  g_assert_cmpint (make_with (&self, "w", "vxlan", NULL, IFLA_VXLAN_ID, 5, 4), ==, -EEXIST);
  link = get_link (&self, "v");
  g_assert_cmpuint (nlv_info_get_u8 (link->kind_data, IFLA_VXLAN_LEARNING), ==, 1);
  g_assert_cmpuint (nlv_info_get_u16 (link->kind_data, IFLA_VXLAN_PORT), ==, g_htons (8472));
  g_assert_cmpuint (nlv_info_get_u32 (link->kind_data, IFLA_VXLAN_AGEING), ==, 300);
  g_assert_cmpint (delete (&self, "v"), ==, 0);
  fixture_clear (&self);
}

static void
test_receive_mode (void)
{
  static const guint8 address[6] = { 2, 0, 0, 0, 0, 9 };
  NlvLink *vxlan;
  NlvWriter writer;
  Fixture self;

  fixture_init (&self);
  make_with (&self, "v", "vxlan", NULL, IFLA_VXLAN_ID, 5, 4);
  vxlan = get_link (&self, "v");
  make (&self, "m", "macvlan", vxlan->index);
  set_up (&self, "v", TRUE);
  set_up (&self, "m", TRUE);
  g_assert_cmpuint (vxlan->promiscuity, ==, 1);
  begin (&writer, RTM_NEWLINK, 0)->ifi_index = (gint32) get_link (&self, "m")->index;
  nlv_put (&writer, IFLA_ADDRESS, address, sizeof address);
  g_assert_cmpint (ask (&self, &writer), ==, 0);
  g_assert_cmpuint (vxlan->promiscuity, ==, 1);
  set_up (&self, "m", FALSE);
  g_assert_cmpuint (vxlan->promiscuity, ==, 0);
  fixture_clear (&self);
}

static void
test_loops (void)
{
  Fixture self;

  fixture_init (&self);
  make (&self, "br", "bridge", 0);
  make (&self, "m", "macvlan", get_link (&self, "br")->index);
  g_assert_cmpint (set_master (&self, "m", "br"), ==, -EBUSY);
  g_assert_cmpuint (get_link (&self, "m")->master, ==, 0);
  fixture_clear (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/change-link-upper/bridge", test_bridge);
  g_test_add_func ("/change-link-upper/bridge-address", test_bridge_address);
  g_test_add_func ("/change-link-upper/spanning-tree", test_spanning_tree);
  g_test_add_func ("/change-link-upper/bare-table", test_bare_table);
  g_test_add_func ("/change-link-upper/port", test_port);
  g_test_add_func ("/change-link-upper/macvlan", test_macvlan);
  g_test_add_func ("/change-link-upper/macvlan/dormant", test_macvlan_dormant);
  g_test_add_func ("/change-link-upper/vlan", test_vlan);
  g_test_add_func ("/change-link-upper/vxlan", test_vxlan);
  g_test_add_func ("/change-link-upper/receive-mode", test_receive_mode);
  g_test_add_func ("/change-link-upper/loops", test_loops);
  return g_test_run ();
}

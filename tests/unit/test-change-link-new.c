/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that come and go, and that are given to others: what is refused, what is
 * told in which order, and what else follows. The same words and events are
 * compared with the kernel's in tests/oracle. */
#include "model/change/change-link.h"
#include "model/device/consequences.h"
#include "model/device/link-info.h"
#include "model/link-settings.h"
#include "model/timer.h"
#include "test-change-request.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <string.h>

#define PORT 77
#define SEQ 5

typedef struct
{
  NlvNetwork *network; /* (owned) */
  GString *heard;      /* (owned) a word for each event */
  guint64 now;
  NlvAnswer answer;
} Fixture;

static gboolean
listens (gpointer owner, guint group)
{
  return group == RTNLGRP_LINK || group == RTNLGRP_NEIGH;
}

static const char *
name_of (Fixture *self, guint32 index)
{
  const NlvLink *link = nlv_network_find_link (self->network, index);

  return link != NULL ? link->name : "?";
}

static void
hear_link (Fixture *self, const NlvMessage *message)
{
  struct ifinfomsg header;
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  char name[IFNAMSIZ] = "";

  g_assert_true (nlv_request_header (message, &header, sizeof header));
  g_assert_cmpint (nlv_request_attrs (message, sizeof header, attrs, NLV_IFLA_MAX, NULL, 0, NULL), ==, 0);
  nlv_attr_copy (&attrs[IFLA_IFNAME], name, sizeof name - 1);
  g_string_append_printf (self->heard, "%s%s%s:%s", self->heard->len > 0 ? " " : "",
                          message->header.nlmsg_type == RTM_NEWLINK ? "+" : "-",
                          header.ifi_family == AF_BRIDGE ? "port" : "link", name);
  if (nlv_attr_present (&attrs[IFLA_MASTER]))
    g_string_append_printf (self->heard, "@%s", name_of (self, nlv_attr_u32 (&attrs[IFLA_MASTER])));
  if (message->header.nlmsg_seq == SEQ)
    g_string_append_c (self->heard, '!');
}

static void
hear (gpointer owner, const NlvEvent *event)
{
  Fixture *self = owner;
  NlvSpan rest = event->message;
  struct ndmsg neighbor;
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  if (event->group == RTNLGRP_LINK)
    {
      hear_link (self, &message);
      return;
    }
  g_assert_true (nlv_request_header (&message, &neighbor, sizeof neighbor));
  g_string_append_printf (self->heard, "%s%sfdb:%s", self->heard->len > 0 ? " " : "",
                          message.header.nlmsg_type == RTM_NEWNEIGH ? "+" : "-",
                          name_of (self, (guint32) neighbor.ndm_ifindex));
}

static const NlvObserver observer = { .listens = listens, .event = hear };

static void
fixture_init (Fixture *self)
{
  *self = (Fixture){ .network = nlv_network_new_loopback (), .now = 1000, .heard = g_string_new (NULL) };
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
get_link (Fixture *self, const char *name)
{
  NlvLink *link = nlv_network_find_link_by_name (self->network, name);

  g_assert_nonnull (link);
  return link;
}

/* Everything is heard, also what comes by itself until nothing is due. */
static void
settle (Fixture *self, guint time)
{
  g_string_truncate (self->heard, 0);
  self->now += time;
  nlv_network_run_timers (self->network, self->now);
}

/* --- asking ----------------------------------------------------------------------------- */

static struct ifinfomsg *
begin (NlvWriter *writer, guint16 type, guint16 flags)
{
  nlv_writer_init (writer, 1 << 16);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | NLM_F_ECHO | flags, SEQ, 0, sizeof (struct ifinfomsg));
}

static int
ask (Fixture *self, NlvWriter *writer)
{
  const NlvCaller caller = { .port = PORT, .admin = TRUE, .writable = TRUE, .origin = self, .now = self->now };

  g_string_truncate (self->heard, 0);
  return test_change_ask (self->network, &caller, writer, &self->answer);
}

static void
put_kind (NlvWriter *writer, const char *kind)
{
  gsize nest = nlv_nest_begin (writer, IFLA_LINKINFO);

  nlv_put_string (writer, IFLA_INFO_KIND, kind);
  nlv_nest_end (writer, nest);
}

static int
make (Fixture *self, const char *name, const char *kind, guint32 lower)
{
  NlvWriter writer;

  begin (&writer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  if (name != NULL)
    nlv_put_string (&writer, IFLA_IFNAME, name);
  if (lower != 0)
    nlv_put_u32 (&writer, IFLA_LINK, lower);
  put_kind (&writer, kind);
  return ask (self, &writer);
}

/* With one number in its data. */
static int
make_with (Fixture *self, const char *name, const char *kind, const char *lower, guint16 type, guint32 value,
           gsize size)
{
  NlvWriter writer;
  gsize info, data;

  begin (&writer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  nlv_put_string (&writer, IFLA_IFNAME, name);
  if (lower != NULL)
    nlv_put_u32 (&writer, IFLA_LINK, get_link (self, lower)->index);
  info = nlv_nest_begin (&writer, IFLA_LINKINFO);
  nlv_put_string (&writer, IFLA_INFO_KIND, kind);
  data = nlv_nest_begin (&writer, IFLA_INFO_DATA);
  nlv_put (&writer, type, &value, size);
  nlv_nest_end (&writer, data);
  nlv_nest_end (&writer, info);
  return ask (self, &writer);
}

static int
make_pair (Fixture *self, const char *name, const char *peer)
{
  struct
  {
    struct ifinfomsg header;
    struct nlattr attr;
    char name[IFNAMSIZ];
  } other = { .attr = { sizeof other.attr + sizeof other.name, IFLA_IFNAME } };
  NlvWriter writer;
  gsize info, data;

  g_strlcpy (other.name, peer, sizeof other.name);
  begin (&writer, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
  nlv_put_string (&writer, IFLA_IFNAME, name);
  info = nlv_nest_begin (&writer, IFLA_LINKINFO);
  nlv_put_string (&writer, IFLA_INFO_KIND, "veth");
  data = nlv_nest_begin (&writer, IFLA_INFO_DATA);
  nlv_put (&writer, VETH_INFO_PEER, &other, sizeof other);
  nlv_nest_end (&writer, data);
  nlv_nest_end (&writer, info);
  return ask (self, &writer);
}

static int
set_up (Fixture *self, const char *name, gboolean up)
{
  NlvWriter writer;
  struct ifinfomsg *header = begin (&writer, RTM_NEWLINK, 0);

  header->ifi_index = (gint32) get_link (self, name)->index;
  header->ifi_flags = up ? IFF_UP : 0;
  header->ifi_change = IFF_UP;
  return ask (self, &writer);
}

static int
set (Fixture *self, const char *name, guint16 type, guint32 value)
{
  NlvWriter writer;

  begin (&writer, RTM_SETLINK, 0)->ifi_index = (gint32) get_link (self, name)->index;
  nlv_put_u32 (&writer, type, value);
  return ask (self, &writer);
}

static int
set_master (Fixture *self, const char *name, const char *master)
{
  return set (self, name, IFLA_MASTER, master != NULL ? get_link (self, master)->index : 0);
}

static int delete (Fixture *self, const char *name)
{
  NlvWriter writer;

  begin (&writer, RTM_DELLINK, 0);
  nlv_put_string (&writer, IFLA_IFNAME, name);
  return ask (self, &writer);
}

/* --- tests -------------------------------------------------------------------------------- */

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

/* The next index is beyond all that there were, whether they are there yet or not. */
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

/* Copies go on as the network itself would, so that what is run again gets the same. */
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
  nlv_network_add_observer (copy, &observer, &self);
  g_assert_cmpint (make (&self, "b", "dummy", 0), ==, 0);
  g_assert_cmpmem (get_link (&self, "b")->address, 6, address, 6);
  nlv_network_remove_observer (copy, &observer, &self);
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

/* A bridge's own entries, not those of what a device lets in. */
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

/* Of several ports, the lowest address; of one that was given, no other. */
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

/* With the protocol a port comes to forward in two steps; without, at once. */
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

/* What a table says little of gets the usual values when it is first changed. */
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

/* It is dormant with the one below, which the watch looks at first, and told of once. */
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

/* What cannot filter takes everything for one that stands on it, whatever its address. */
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

/* A tunnel of ARPHRD_NONE draws an address, but WireGuard's makes none: wg_open(). */
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

/* A device may not come to stand on itself. */
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
  g_test_add_func ("/change-link-new/names", test_names);
  g_test_add_func ("/change-link-new/index", test_index);
  g_test_add_func ("/change-link-new/next-index", test_next_index);
  g_test_add_func ("/change-link-new/kinds", test_kinds);
  g_test_add_func ("/change-link-new/pair", test_pair);
  g_test_add_func ("/change-link-new/drawn", test_drawn);
  g_test_add_func ("/change-link-new/delete", test_delete);
  g_test_add_func ("/change-link-new/group", test_group);
  g_test_add_func ("/change-link-new/bridge", test_bridge);
  g_test_add_func ("/change-link-new/bridge-address", test_bridge_address);
  g_test_add_func ("/change-link-new/spanning-tree", test_spanning_tree);
  g_test_add_func ("/change-link-new/bare-table", test_bare_table);
  g_test_add_func ("/change-link-new/port", test_port);
  g_test_add_func ("/change-link-new/macvlan", test_macvlan);
  g_test_add_func ("/change-link-new/macvlan/dormant", test_macvlan_dormant);
  g_test_add_func ("/change-link-new/vlan", test_vlan);
  g_test_add_func ("/change-link-new/vxlan", test_vxlan);
  g_test_add_func ("/change-link-new/receive-mode", test_receive_mode);
  g_test_add_func ("/change-link-new/loops", test_loops);
  g_test_add_func ("/change-link-new/wireguard", test_wireguard);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "test-change-links.h"

#include "model/device/consequences.h"
#include "model/timer.h"

#include <linux/if.h>
#include <linux/neighbour.h>
#include <linux/veth.h>
#include <string.h>

#define PORT 77
#define SEQ 5

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

void
fixture_init (Fixture *self)
{
  *self = (Fixture){ .network = nlv_network_new_loopback (), .now = 1000, .heard = g_string_new (NULL) };
  nlv_network_tell_time (self->network, self->now);
  nlv_network_add_observer (self->network, &observer, self);
}

void
fixture_clear (Fixture *self)
{
  nlv_answer_clear (&self->answer);
  nlv_network_remove_observer (self->network, &observer, self);
  g_string_free (self->heard, TRUE);
  nlv_network_unref (self->network);
}

NlvLink *
get_link (Fixture *self, const char *name)
{
  NlvLink *link = nlv_network_find_link_by_name (self->network, name);

  g_assert_nonnull (link);
  return link;
}

/* Everything is heard, also what comes by itself until nothing is due. */
void
settle (Fixture *self, guint time)
{
  g_string_truncate (self->heard, 0);
  self->now += time;
  nlv_network_run_timers (self->network, self->now);
}

/* --- asking ----------------------------------------------------------------------------- */

struct ifinfomsg *
begin (NlvWriter *writer, guint16 type, guint16 flags)
{
  nlv_writer_init (writer, 1 << 16);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | NLM_F_ECHO | flags, SEQ, 0, sizeof (struct ifinfomsg));
}

int
ask (Fixture *self, NlvWriter *writer)
{
  const NlvCaller caller = { .port = PORT, .admin = TRUE, .writable = TRUE, .origin = self, .now = self->now };

  g_string_truncate (self->heard, 0);
  return test_change_ask (self->network, &caller, writer, &self->answer);
}

void
put_kind (NlvWriter *writer, const char *kind)
{
  gsize nest = nlv_nest_begin (writer, IFLA_LINKINFO);

  nlv_put_string (writer, IFLA_INFO_KIND, kind);
  nlv_nest_end (writer, nest);
}

int
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
int
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

int
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

int
set_up (Fixture *self, const char *name, gboolean up)
{
  NlvWriter writer;
  struct ifinfomsg *header = begin (&writer, RTM_NEWLINK, 0);

  header->ifi_index = (gint32) get_link (self, name)->index;
  header->ifi_flags = up ? IFF_UP : 0;
  header->ifi_change = IFF_UP;
  return ask (self, &writer);
}

int
set (Fixture *self, const char *name, guint16 type, guint32 value)
{
  NlvWriter writer;

  begin (&writer, RTM_SETLINK, 0)->ifi_index = (gint32) get_link (self, name)->index;
  nlv_put_u32 (&writer, type, value);
  return ask (self, &writer);
}

int
set_master (Fixture *self, const char *name, const char *master)
{
  return set (self, name, IFLA_MASTER, master != NULL ? get_link (self, master)->index : 0);
}

int delete (Fixture *self, const char *name)
{
  NlvWriter writer;

  begin (&writer, RTM_DELLINK, 0);
  nlv_put_string (&writer, IFLA_IFNAME, name);
  return ask (self, &writer);
}

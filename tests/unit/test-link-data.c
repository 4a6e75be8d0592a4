/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a program may put much of into the data of one link: priorities of a VLAN,
 * sources of a macvlan. A message as long as they come must not take long. */
#include "model/change/change-link.h"
#include "model/device/consequences.h"
#include "model/device/link-info.h"
#include "test-change-request.h"

#include <errno.h>
#include <linux/if.h>
#include <linux/if_link.h>
#include <string.h>

/* As many as an attribute holds. */
#define MANY_MAPPINGS 5400
#define MANY_SOURCES 5400
#define MANY_REQUESTS 1000

static struct ifinfomsg *
begin (NlvWriter *writer, guint16 flags)
{
  nlv_writer_init (writer, G_MAXUINT32);
  return nlv_writer_begin (writer, RTM_NEWLINK, NLM_F_REQUEST | flags, 1, 0, sizeof (struct ifinfomsg));
}

static int
ask (NlvNetwork *network, NlvWriter *writer)
{
  const NlvCaller caller = { .port = 7, .admin = TRUE, .writable = TRUE };
  NlvAnswer answer = { 0 };
  int error = test_change_ask (network, &caller, writer, &answer);

  nlv_answer_clear (&answer);
  return error;
}

/* Of a link that is there, or that is made on top of "d". */
static int
ask_data (NlvNetwork *network, const char *name, const char *kind, const NlvWriter *data)
{
  const NlvLink *link = nlv_network_find_link_by_name (network, name);
  NlvWriter writer;
  struct ifinfomsg *header = begin (&writer, link != NULL ? 0 : NLM_F_CREATE | NLM_F_EXCL);
  const NlvLink *lower = nlv_network_find_link_by_name (network, "d");
  gsize info;

  header->ifi_index = link != NULL ? (int) link->index : 0;
  nlv_put_string (&writer, IFLA_IFNAME, name);
  if (link == NULL && lower != NULL)
    nlv_put_u32 (&writer, IFLA_LINK, lower->index);
  info = nlv_nest_begin (&writer, IFLA_LINKINFO);
  nlv_put_string (&writer, IFLA_INFO_KIND, kind);
  if (data != NULL)
    nlv_put (&writer, IFLA_INFO_DATA, data->data, data->len);
  nlv_nest_end (&writer, info);
  return ask (network, &writer);
}

static NlvNetwork *
new_network (void)
{
  NlvNetwork *network = nlv_network_new_loopback ();

  g_assert_cmpint (ask_data (network, "d", "dummy", NULL), ==, 0);
  return network;
}

/* --- VLANs -------------------------------------------------------------------------- */

static void
put_mapping (NlvWriter *writer, guint32 from, guint32 to)
{
  const struct ifla_vlan_qos_mapping mapping = { from, to };

  nlv_put (writer, IFLA_VLAN_QOS_MAPPING, &mapping, sizeof mapping);
}

static void
begin_vlan (NlvWriter *data, guint16 id)
{
  nlv_writer_init (data, G_MAXUINT16);
  if (id != 0)
    nlv_put_u16 (data, IFLA_VLAN_ID, id);
}

/* "I" and "E" with pairs of numbers, in the order in which they are told. */
static char *
describe (NlvNetwork *network, const char *name)
{
  GString *text = g_string_new (NULL);
  NlvSpan rest = nlv_info_span (nlv_network_find_link_by_name (network, name)->kind_data);
  NlvAttr attr, entry;

  while (nlv_attr_next (&rest, &attr))
    {
      if (attr.type != IFLA_VLAN_INGRESS_QOS && attr.type != IFLA_VLAN_EGRESS_QOS)
        continue;
      g_string_append (text, attr.type == IFLA_VLAN_INGRESS_QOS ? "I" : "E");
      while (nlv_attr_next (&attr.payload, &entry))
        {
          struct ifla_vlan_qos_mapping mapping;

          nlv_attr_copy (&entry, &mapping, sizeof mapping);
          g_string_append_printf (text, " %u:%u", mapping.from, mapping.to);
        }
      g_string_append_c (text, ';');
    }
  return g_string_free (text, FALSE);
}

static void
assert_mappings (NlvNetwork *network, const char *name, const char *expected)
{
  g_autofree char *text = describe (network, name);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_priorities (void)
{
  NlvNetwork *network = new_network ();
  NlvWriter data;
  gsize nest;

  begin_vlan (&data, 5);
  nest = nlv_nest_begin (&data, IFLA_VLAN_EGRESS_QOS);
  put_mapping (&data, 1, 2);
  put_mapping (&data, 17, 9);
  put_mapping (&data, 0, 3);
  put_mapping (&data, 2, 8);
  nlv_nest_end (&data, nest);
  g_assert_cmpint (ask_data (network, "v", "vlan", &data), ==, 0);
  assert_mappings (network, "v", "E 0:3 17:1 1:2;");
  nlv_writer_clear (&data);

  begin_vlan (&data, 0);
  nest = nlv_nest_begin (&data, IFLA_VLAN_INGRESS_QOS);
  put_mapping (&data, 12, 100);
  put_mapping (&data, 1, 7);
  nlv_nest_end (&data, nest);
  nest = nlv_nest_begin (&data, IFLA_VLAN_EGRESS_QOS);
  put_mapping (&data, 1, 5);
  put_mapping (&data, 0, 0);
  put_mapping (&data, 33, 4);
  nlv_nest_end (&data, nest);
  g_assert_cmpint (ask_data (network, "v", "vlan", &data), ==, 0);
  assert_mappings (network, "v", "I 1:7 4:100;E 33:4 17:1 1:5;");
  nlv_writer_clear (&data);

  begin_vlan (&data, 0);
  nest = nlv_nest_begin (&data, IFLA_VLAN_INGRESS_QOS);
  put_mapping (&data, 9, 0);
  put_mapping (&data, 4, 0);
  nlv_nest_end (&data, nest);
  g_assert_cmpint (ask_data (network, "v", "vlan", &data), ==, 0);
  assert_mappings (network, "v", "E 33:4 17:1 1:5;");
  nlv_writer_clear (&data);
  nlv_network_unref (network);
}

static void
test_many_priorities (void)
{
  NlvNetwork *network = new_network ();

  for (guint round = 0; round < 20; round++)
    {
      NlvWriter data;
      gsize nest;

      begin_vlan (&data, round == 0 ? 5 : 0);
      nest = nlv_nest_begin (&data, IFLA_VLAN_EGRESS_QOS);
      for (guint i = 0; i < MANY_MAPPINGS; i++)
        put_mapping (&data, i + round, 1);
      nlv_nest_end (&data, nest);
      g_assert_cmpint (ask_data (network, "v", "vlan", &data), ==, 0);
      nlv_writer_clear (&data);
    }
  nlv_network_unref (network);
}

/* --- macvlans ----------------------------------------------------------------------- */

static void
put_address (NlvWriter *data, guint32 number)
{
  guint8 address[6] = { 2, 0 };

  memcpy (address + 2, &number, 4);
  nlv_put (data, IFLA_MACVLAN_MACADDR, address, sizeof address);
}

static void
begin_sources (NlvWriter *data, guint32 mode)
{
  nlv_writer_init (data, G_MAXUINT16);
  nlv_put_u32 (data, IFLA_MACVLAN_MODE, MACVLAN_MODE_SOURCE);
  nlv_put_u32 (data, IFLA_MACVLAN_MACADDR_MODE, mode);
}

static guint32
count_sources (NlvNetwork *network)
{
  return nlv_info_get_u32 (nlv_network_find_link_by_name (network, "m")->kind_data, IFLA_MACVLAN_MACADDR_COUNT);
}

static int
ask_source (NlvNetwork *network, guint32 mode, guint32 number)
{
  NlvWriter data;
  int error;

  begin_sources (&data, mode);
  put_address (&data, number);
  error = ask_data (network, "m", "macvlan", &data);
  nlv_writer_clear (&data);
  return error;
}

static void
set_sources (NlvNetwork *network, guint n, guint n_different)
{
  NlvWriter data;
  gsize nest;

  begin_sources (&data, MACVLAN_MACADDR_SET);
  nest = nlv_nest_begin (&data, IFLA_MACVLAN_MACADDR_DATA);
  for (guint i = 0; i < n; i++)
    put_address (&data, i % n_different);
  nlv_nest_end (&data, nest);
  g_assert_cmpint (ask_data (network, "m", "macvlan", &data), ==, 0);
  nlv_writer_clear (&data);
}

static void
test_sources (void)
{
  NlvNetwork *network = new_network ();

  g_assert_cmpint (ask_source (network, MACVLAN_MACADDR_ADD, 1), ==, 0);
  g_assert_cmpint (ask_source (network, MACVLAN_MACADDR_ADD, 2), ==, 0);
  g_assert_cmpint (ask_source (network, MACVLAN_MACADDR_ADD, 1), ==, 0);
  g_assert_cmpuint (count_sources (network), ==, 2);
  g_assert_cmpint (ask_source (network, MACVLAN_MACADDR_DEL, 1), ==, 0);
  g_assert_cmpuint (count_sources (network), ==, 1);
  set_sources (network, 10, 4);
  g_assert_cmpuint (count_sources (network), ==, 4);
  nlv_network_unref (network);
}

static void
test_many_sources (void)
{
  NlvNetwork *network = new_network ();

  for (guint round = 0; round < 20; round++)
    set_sources (network, MANY_SOURCES, MANY_SOURCES);
  g_assert_cmpuint (count_sources (network), ==, MANY_SOURCES);
  for (guint i = 0; i < MANY_REQUESTS; i++)
    g_assert_cmpint (ask_source (network, MACVLAN_MACADDR_ADD, MANY_SOURCES - 1), ==, 0);
  g_assert_cmpuint (count_sources (network), ==, MANY_SOURCES);
  nlv_network_unref (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-data/priorities", test_priorities);
  g_test_add_func ("/link-data/priorities/many", test_many_priorities);
  g_test_add_func ("/link-data/sources", test_sources);
  g_test_add_func ("/link-data/sources/many", test_many_sources);
  return g_test_run ();
}

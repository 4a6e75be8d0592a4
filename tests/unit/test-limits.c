/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who adds without end is told that there is no memory, kind by kind; what is there
 * can still be changed and taken away. */
#include "model/fib.h"
#include "model/network-limits.h"
#include "test-change-request.h"

#include <errno.h>
#include <linux/if_addrlabel.h>
#include <linux/nexthop.h>
#include <string.h>

/* --- requests ---------------------------------------------------------------------- */

static gpointer
begin (NlvWriter *writer, guint16 type, guint16 flags, gsize header)
{
  nlv_writer_init (writer, G_MAXUINT32);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | flags, 1, 0, header);
}

/* The words go to @words, which is nullable. */
static int
ask (NlvNetwork *network, NlvWriter *writer, const char **words)
{
  const NlvCaller caller = { .port = 7, .admin = TRUE, .writable = TRUE };
  NlvAnswer answer = { 0 };
  int error = test_change_ask (network, &caller, writer, &answer);

  if (words != NULL)
    *words = answer.extack.message;
  nlv_answer_clear (&answer);
  return error;
}

static int
ask_empty (NlvNetwork *network, guint16 type, guint16 flags, const char **words)
{
  NlvWriter writer;
  struct rtgenmsg *header = begin (&writer, type, flags, 64);

  header->rtgen_family = AF_INET6;
  return ask (network, &writer, words);
}

/* --- what fills a network ---------------------------------------------------------------- */

static NlvNetwork *
new_network (void)
{
  NlvNetwork *network = nlv_network_new ();
  NlvLink link;

  nlv_link_init (&link);
  link.index = 1;
  g_strlcpy (link.name, "lo", sizeof link.name);
  link.flags = IFF_UP | IFF_LOOPBACK;
  g_assert_nonnull (nlv_network_add_link (network, &link));
  return network;
}

static void
fill_links (NlvNetwork *network)
{
  for (guint i = 2; i <= NLV_MAX_LINKS; i++)
    {
      NlvLink link;

      nlv_link_init (&link);
      link.index = i;
      g_snprintf (link.name, sizeof link.name, "x%u", i);
      g_assert_nonnull (nlv_network_add_link (network, &link));
    }
}

static void
fill_alt_names (NlvNetwork *network)
{
  for (guint i = 0; i < NLV_MAX_ALT_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf ("a%u", i);

      g_assert_true (nlv_network_add_alt_name (network, nlv_network_find_link (network, 1), name));
    }
}

static void
fill_addresses (NlvNetwork *network)
{
  for (guint i = 0; i < NLV_MAX_ADDRESSES; i++)
    {
      NlvAddress row = { .family = AF_INET, .prefix_length = 32, .link = 1, .local.v4 = g_htonl (0x0a000000 + i) };

      row.peer = row.local;
      g_assert_nonnull (nlv_network_add_address (network, &row));
    }
}

static void
fill_tables (NlvNetwork *network)
{
  for (guint i = 0; i < NLV_MAX_TABLES; i++)
    nlv_fib_ensure_table (nlv_network_get_fib (network), AF_INET6, 1000 + i);
}

static void
fill_rules (NlvNetwork *network)
{
  for (guint i = 0; i < NLV_MAX_RULES; i++)
    {
      NlvRule row = { .family = AF_INET, .priority = i, .table = RT_TABLE_MAIN };

      nlv_network_add_rule (network, &row);
    }
}

static void
fill_neighbors (NlvNetwork *network)
{
  for (guint i = 0; i < NLV_MAX_NEIGHBORS; i++)
    {
      NlvNeighbor row = { .family = AF_INET, .link = 1, .destination.v4 = g_htonl (0x0a000000 + i) };

      g_assert_nonnull (nlv_network_add_neighbor (network, &row));
    }
}

static void
fill_nexthops (NlvNetwork *network)
{
  for (guint i = 1; i <= NLV_MAX_NEXTHOPS; i++)
    {
      NlvNexthopObject row = { .id = i, .family = AF_INET, .blackhole = TRUE };

      g_assert_nonnull (nlv_network_add_nexthop (network, &row));
    }
}

static int
add_label (NlvNetwork *network, guint32 number)
{
  guint32 prefix[4] = { g_htonl (0x20010db8), g_htonl (number) };
  NlvWriter writer;
  struct ifaddrlblmsg *header = begin (&writer, RTM_NEWADDRLABEL, NLM_F_CREATE, sizeof *header);

  header->ifal_family = AF_INET6;
  header->ifal_prefixlen = 64;
  nlv_put (&writer, IFAL_ADDRESS, prefix, sizeof prefix);
  nlv_put_u32 (&writer, IFAL_LABEL, 7);
  return ask (network, &writer, NULL);
}

static void
fill_labels (NlvNetwork *network)
{
  guint n = 0;

  while (add_label (network, n) == 0)
    n++;
  g_assert_cmpuint (n, >, NLV_MAX_ADDRESS_LABELS / 2);
  g_assert_cmpuint (n, <=, NLV_MAX_ADDRESS_LABELS);
}

/* --- kinds ----------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  void (*fill) (NlvNetwork *network);
  guint16 type;
  const char *words;
} Kind;

static const Kind kinds[] = {
  { "links", fill_links, RTM_NEWLINK, "The network holds as many links as it may" },
  { "names", fill_alt_names, RTM_NEWLINKPROP, "The network's links have as many names as they may" },
  { "addresses", fill_addresses, RTM_NEWADDR, "The network holds as many addresses as it may" },
  { "tables", fill_tables, RTM_NEWROUTE, "The network holds as many route tables as it may" },
  { "tables-of-rules", fill_tables, RTM_NEWRULE, "The network holds as many route tables as it may" },
  { "rules", fill_rules, RTM_NEWRULE, "The network holds as many rules as it may" },
  { "neighbors", fill_neighbors, RTM_NEWNEIGH, "The network holds as many neighbours as it may" },
  { "nexthops", fill_nexthops, RTM_NEWNEXTHOP, "The network holds as many nexthops as it may" },
  { "labels", fill_labels, RTM_NEWADDRLABEL, "The network holds as many address labels as it may" },
};

static void
test_kind (gconstpointer data)
{
  const Kind *kind = data;
  NlvNetwork *network = new_network ();
  const char *words;

  /* It asks for nothing that there is, but it gets as far as that. */
  g_assert_cmpint (ask_empty (network, kind->type, NLM_F_CREATE, NULL), !=, -ENOMEM);
  kind->fill (network);
  g_assert_cmpint (ask_empty (network, kind->type, NLM_F_CREATE, &words), ==, -ENOMEM);
  g_assert_cmpstr (words, ==, kind->words);
  g_assert_cmpint (ask_empty (network, kind->type + 1, 0, NULL), !=, -ENOMEM);
  nlv_network_unref (network);
}

/* RTM_NEWLINK is also how a link is changed. */
static void
test_change (void)
{
  NlvNetwork *network = new_network ();
  struct ifinfomsg *header;
  NlvWriter writer;

  fill_links (network);
  header = begin (&writer, RTM_NEWLINK, 0, sizeof *header);
  header->ifi_index = 1;
  nlv_put_u32 (&writer, IFLA_TXQLEN, 77);
  g_assert_cmpint (ask (network, &writer, NULL), ==, 0);
  g_assert_cmpuint (nlv_network_find_link (network, 1)->tx_queue_length, ==, 77);
  nlv_network_unref (network);
}

/* --- groups of nexthops ------------------------------------------------------------------- */

static int
add_group (NlvNetwork *network, guint32 id, guint n_members, guint n_buckets, guint16 flags, const char **words)
{
  g_autofree struct nexthop_grp *members = g_new0 (struct nexthop_grp, n_members);
  NlvWriter writer;
  gsize nest;

  begin (&writer, RTM_NEWNEXTHOP, flags, sizeof (struct nhmsg));
  for (guint i = 0; i < n_members; i++)
    members[i].id = i + 1;
  nlv_put_u32 (&writer, NHA_ID, id);
  nlv_put (&writer, NHA_GROUP, members, n_members * sizeof *members);
  if (n_buckets > 0)
    {
      nlv_put_u16 (&writer, NHA_GROUP_TYPE, NEXTHOP_GRP_TYPE_RES);
      nest = nlv_nest_begin (&writer, NHA_RES_GROUP | NLA_F_NESTED);
      nlv_put_u16 (&writer, NHA_RES_GROUP_BUCKETS, (guint16) n_buckets);
      nlv_nest_end (&writer, nest);
    }
  return ask (network, &writer, words);
}

static NlvNetwork *
new_members (void)
{
  NlvNetwork *network = new_network ();

  for (guint i = 1; i <= NLV_MAX_GROUP_SIZE + 1; i++)
    {
      NlvNexthopObject row = { .id = i, .family = AF_INET, .way.link = 1 };

      g_assert_nonnull (nlv_network_add_nexthop (network, &row));
    }
  return network;
}

static void
test_members (void)
{
  const guint n_groups = NLV_MAX_GROUP_MEMBERS / NLV_MAX_GROUP_SIZE;
  NlvNetwork *network = new_members ();
  const char *words;

  g_assert_cmpint (add_group (network, 10000, NLV_MAX_GROUP_SIZE + 1, 0, NLM_F_CREATE, &words), ==, -ENOMEM);
  g_assert_cmpstr (words, ==, "The network's groups of nexthops have as many members as they may");
  for (guint i = 0; i < n_groups; i++)
    g_assert_cmpint (add_group (network, 10000 + i, NLV_MAX_GROUP_SIZE, 0, NLM_F_CREATE, NULL), ==, 0);
  g_assert_cmpint (add_group (network, 10000 + n_groups, 1, 0, NLM_F_CREATE, &words), ==, -ENOMEM);
  g_assert_cmpstr (words, ==, "The network's groups of nexthops have as many members as they may");
  /* What it had is free for its replacement. */
  g_assert_cmpint (add_group (network, 10000, NLV_MAX_GROUP_SIZE, 0, NLM_F_REPLACE, NULL), ==, 0);
  nlv_network_unref (network);
}

static void
test_buckets (void)
{
  NlvNetwork *network = new_members ();
  const char *words;

  g_assert_cmpint (add_group (network, 10000, 2, NLV_MAX_BUCKETS / 2, NLM_F_CREATE, NULL), ==, 0);
  g_assert_cmpint (add_group (network, 10001, 2, NLV_MAX_BUCKETS / 2 + 1, NLM_F_CREATE, &words), ==, -ENOMEM);
  g_assert_cmpstr (words, ==, "The network's groups of nexthops have as many buckets as they may");
  g_assert_cmpint (add_group (network, 10001, 2, NLV_MAX_BUCKETS / 2, NLM_F_CREATE, NULL), ==, 0);
  g_assert_cmpint (add_group (network, 10002, 2, 1, NLM_F_CREATE, NULL), ==, -ENOMEM);
  nlv_network_unref (network);
}

/* A group of one may grow, and with it all that its routes share. */
static void
test_routes_of_group (void)
{
  NlvNetwork *network = new_members ();
  gsize before, room;
  const char *words;

  g_assert_cmpint (add_group (network, 10000, 1, 0, NLM_F_CREATE, NULL), ==, 0);
  for (guint i = 0; i < 100; i++)
    {
      NlvRoute row = { .family = AF_INET,
                       .destination_length = 32,
                       .type = RTN_UNICAST,
                       .table = RT_TABLE_MAIN,
                       .nexthop_id = 10000,
                       .destination.v4 = g_htonl (0x0a000000 + i),
                       .preferred_source.v4 = g_htonl (0x0b000000 + i),
                       .has_preferred_source = TRUE,
                       .n_nexthops = 1,
                       .nexthops = g_new0 (NlvNexthop, 1) };

      g_assert_true (nlv_network_add_route (network, &row));
    }
  before = nlv_fib_get_shared_size (nlv_network_get_fib (network));
  room = (NLV_MAX_GROUP_SIZE + 1000) * (gsize) 8192 + 200000;
  nlv_network_set_room (network, room);
  g_assert_cmpint (add_group (network, 10000, NLV_MAX_GROUP_SIZE, 0, NLM_F_REPLACE, NULL), ==, 0);
  g_assert_cmpuint (nlv_fib_get_shared_size (nlv_network_get_fib (network)), >, before + 100000 * sizeof (NlvNexthop));
  g_assert_cmpint (add_group (network, 10000, 1, 0, NLM_F_REPLACE, NULL), ==, 0);
  g_assert_cmpuint (nlv_fib_get_shared_size (nlv_network_get_fib (network)), ==, before);
  nlv_network_set_room (network, room - 1000 * 8192);
  g_assert_cmpint (add_group (network, 10000, NLV_MAX_GROUP_SIZE, 0, NLM_F_REPLACE, &words), ==, -ENOMEM);
  g_assert_cmpstr (words, ==, "The network is full");
  nlv_network_unref (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path = g_strconcat ("/limits/", kinds[i].name, NULL);

      g_test_add_data_func (path, &kinds[i], test_kind);
    }
  g_test_add_func ("/limits/change", test_change);
  g_test_add_func ("/limits/members", test_members);
  g_test_add_func ("/limits/buckets", test_buckets);
  g_test_add_func ("/limits/routes-of-group", test_routes_of_group);
  return g_test_run ();
}

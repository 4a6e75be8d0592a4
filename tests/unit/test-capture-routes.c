/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes that a kernel told of come out again, byte by byte. */
#include "test-capture-message.h"

#include <linux/lwtunnel.h>
#include <linux/rtnetlink.h>
#include <string.h>

static void
begin_route (Told *told, guint8 family, guint8 length, guint8 type, guint32 table, guint32 flags)
{
  const struct rtmsg header = { .rtm_family = family,
                                .rtm_dst_len = length,
                                .rtm_table = table < 256 ? (guint8) table : RT_TABLE_COMPAT,
                                .rtm_protocol = RTPROT_STATIC,
                                .rtm_type = type,
                                .rtm_flags = flags };

  told_begin (told, RTM_NEWROUTE, &header, sizeof header);
  nlv_put_u32 (&told->writer, RTA_TABLE, table);
}

/* One struct rtnexthop of a RTA_MULTIPATH, with its attributes to come. */
static gsize
begin_hop (Told *told, guint32 link, guint8 weight, guint8 flags)
{
  gsize start = told->writer.len;
  struct rtnexthop hop = { .rtnh_ifindex = (int) link, .rtnh_hops = weight, .rtnh_flags = flags };

  nlv_put_reserve (&told->writer, 0, sizeof hop - sizeof (struct nlattr));
  memcpy (told->writer.data + start, &hop, sizeof hop);
  return start;
}

static void
end_hop (Told *told, gsize start)
{
  guint16 len = told->writer.len - start;

  memcpy (told->writer.data + start, &len, sizeof len);
}

static void
put_encap (NlvWriter *writer)
{
  static const guint8 labels[] = { 8, 0, 1, 0, 0, 0x06, 0x41, 0 };

  nlv_put (writer, RTA_ENCAP | NLA_F_NESTED, labels, sizeof labels);
  nlv_put_u16 (writer, RTA_ENCAP_TYPE, LWTUNNEL_ENCAP_MPLS);
}

static void
add_ipv4_routes (GPtrArray *expected)
{
  gsize nest, hop;
  Told told;

  begin_route (&told, AF_INET, 8, RTN_UNICAST, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "10.0.0.0");
  nlv_put_u32 (&told.writer, RTA_PRIORITY, 7);
  nest = nlv_nest_begin (&told.writer, RTA_METRICS);
  nlv_put_u32 (&told.writer, RTAX_LOCK, 1 << RTAX_MTU);
  nlv_put_u32 (&told.writer, RTAX_MTU, 1400);
  nlv_put_string (&told.writer, RTAX_CC_ALGO, "cubic");
  nlv_nest_end (&told.writer, nest);
  told_ip (&told, RTA_PREFSRC, "192.0.2.1");
  told_ip (&told, RTA_GATEWAY, "192.0.2.9");
  nlv_put_u32 (&told.writer, RTA_OIF, 2);
  nlv_put_u32 (&told.writer, RTA_FLOW, 9);
  g_ptr_array_add (expected, told_end (&told));

  /* Two ways, one of them over IPv6 and in MPLS. */
  begin_route (&told, AF_INET, 16, RTN_UNICAST, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "11.1.0.0");
  nest = nlv_nest_begin (&told.writer, RTA_MULTIPATH);
  hop = begin_hop (&told, 2, 0, RTNH_F_ONLINK);
  told_ip (&told, RTA_GATEWAY, "192.0.2.9");
  end_hop (&told, hop);
  hop = begin_hop (&told, 3, 255, RTNH_F_DEAD | RTNH_F_LINKDOWN);
  nlv_put (&told.writer, RTA_VIA, "\12\0\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\11", 18);
  put_encap (&told.writer);
  end_hop (&told, hop);
  nlv_nest_end (&told.writer, nest);
  g_ptr_array_add (expected, told_end (&told));

  begin_route (&told, AF_INET, 16, RTN_UNICAST, RT_TABLE_MAIN, RTM_F_OFFLOAD | RTNH_F_ONLINK);
  told_ip (&told, RTA_DST, "12.1.0.0");
  told_ip (&told, RTA_GATEWAY, "192.0.2.9");
  nlv_put_u32 (&told.writer, RTA_OIF, 3);
  put_encap (&told.writer);
  nlv_put_u32 (&told.writer, 99, 1); /* of a kernel to come */
  g_ptr_array_add (expected, told_end (&told));
}

static void
add_more_ipv4_routes (GPtrArray *expected)
{
  Told told;

  /* A nexthop's, which shows what it names as well. */
  begin_route (&told, AF_INET, 16, RTN_UNICAST, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "13.1.0.0");
  nlv_put_u32 (&told.writer, RTA_NH_ID, G_MAXUINT32);
  told_ip (&told, RTA_GATEWAY, "192.0.2.9");
  nlv_put_u32 (&told.writer, RTA_OIF, 3);
  g_ptr_array_add (expected, told_end (&told));

  begin_route (&told, AF_INET, 16, RTN_UNREACHABLE, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "14.1.0.0");
  g_ptr_array_add (expected, told_end (&told));

  /* Of where it does not go, no more than a realm. */
  begin_route (&told, AF_INET, 16, RTN_PROHIBIT, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "14.2.0.0");
  nlv_put_u32 (&told.writer, RTA_FLOW, 5);
  g_ptr_array_add (expected, told_end (&told));

  /* In an order of its own. */
  begin_route (&told, AF_INET, 16, RTN_UNICAST, RT_TABLE_MAIN, 0);
  nlv_put_u32 (&told.writer, RTA_OIF, 3);
  told_ip (&told, RTA_DST, "15.1.0.0");
  g_ptr_array_add (expected, told_end (&told));

  begin_route (&told, AF_INET, 0, RTN_UNICAST, 70000, 0);
  nlv_put_u32 (&told.writer, RTA_OIF, 3);
  g_ptr_array_add (expected, told_end (&told));
}

static void
end_ipv6_route (Told *told, GPtrArray *expected, gint32 expires)
{
  const struct rta_cacheinfo info = { .rta_expires = expires };

  nlv_put (&told->writer, RTA_CACHEINFO, &info, sizeof info);
  nlv_put_u8 (&told->writer, RTA_PREF, 3);
  g_ptr_array_add (expected, told_end (told));
}

static void
add_ipv6_routes (GPtrArray *expected)
{
  gsize nest, hop;
  Told told;

  begin_route (&told, AF_INET6, 32, RTN_UNICAST, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "2001:db8::");
  nlv_put_u32 (&told.writer, RTA_PRIORITY, 1024);
  told_ip (&told, RTA_GATEWAY, "fe80::9");
  nlv_put_u32 (&told.writer, RTA_OIF, 2);
  end_ipv6_route (&told, expected, 180000);

  begin_route (&told, AF_INET6, 32, RTN_UNICAST, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "2001:db9::");
  told_ip (&told, RTA_PREFSRC, "2001:db8::1");
  nlv_put_u32 (&told.writer, RTA_PRIORITY, 1024);
  nest = nlv_nest_begin (&told.writer, RTA_MULTIPATH);
  hop = begin_hop (&told, 2, 0, 0);
  told_ip (&told, RTA_GATEWAY, "fe80::9");
  end_hop (&told, hop);
  hop = begin_hop (&told, 3, 1, RTNH_F_LINKDOWN);
  told_ip (&told, RTA_GATEWAY, "fe80::9");
  put_encap (&told.writer);
  end_hop (&told, hop);
  nlv_nest_end (&told.writer, nest);
  end_ipv6_route (&told, expected, 0);

  begin_route (&told, AF_INET6, 32, RTN_UNICAST, RT_TABLE_MAIN, 0);
  told_ip (&told, RTA_DST, "2001:dba::");
  nlv_put_u32 (&told.writer, RTA_PRIORITY, 1024);
  nlv_put_u32 (&told.writer, RTA_NH_ID, 5);
  told_ip (&told, RTA_GATEWAY, "fe80::9");
  nlv_put_u32 (&told.writer, RTA_OIF, 2);
  end_ipv6_route (&told, expected, 0);

  begin_route (&told, AF_INET6, 0, RTN_PROHIBIT, RT_TABLE_MAIN, 0);
  nlv_put_u32 (&told.writer, RTA_PRIORITY, G_MAXUINT32);
  nlv_put_u32 (&told.writer, RTA_OIF, 1);
  end_ipv6_route (&told, expected, 0);
}

static void
test_ipv4_routes (void)
{
  const guint8 header[32] = { AF_INET };
  GPtrArray *told = new_bodies (), *expected = new_bodies ();

  /* 70000 is hashed in front of main. */
  add_ipv4_routes (told);
  add_more_ipv4_routes (told);
  g_ptr_array_add (expected, g_bytes_ref (g_ptr_array_index (told, told->len - 1)));
  for (guint i = 0; i + 1 < told->len; i++)
    g_ptr_array_add (expected, g_bytes_ref (g_ptr_array_index (told, i)));
  g_ptr_array_unref (told);
  assert_told_again (capture_new_with_links (), RTM_GETROUTE, header, 12, expected);
}

static void
test_ipv6_routes (void)
{
  const guint8 header[32] = { AF_INET6 };
  GPtrArray *expected = new_bodies ();

  add_ipv6_routes (expected);
  assert_told_again (capture_new_with_links (), RTM_GETROUTE, header, 12, expected);
}

/* Tables that share a bucket, 1 and 257, in either order. */
static void
test_route_tables (void)
{
  static const guint32 orders[][3] = { { 1, 257, 513 }, { 513, 257, 1 }, { 257, 1, 513 } };
  const guint8 header[32] = { AF_INET };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      GPtrArray *expected = new_bodies ();
      Told told;

      for (guint j = 0; j < G_N_ELEMENTS (orders[i]); j++)
        for (guint k = 0; k < 2; k++)
          {
            begin_route (&told, AF_INET, 16, RTN_UNICAST, orders[i][j], 0);
            told_ip (&told, RTA_DST, k == 0 ? "10.0.0.0" : "11.0.0.0");
            nlv_put_u32 (&told.writer, RTA_OIF, 2);
            g_ptr_array_add (expected, told_end (&told));
          }
      assert_told_again (capture_new_with_links (), RTM_GETROUTE, header, 12, expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/capture/routes/ipv4", test_ipv4_routes);
  g_test_add_func ("/model/capture/routes/ipv6", test_ipv6_routes);
  g_test_add_func ("/model/capture/routes/tables", test_route_tables);
  return g_test_run ();
}

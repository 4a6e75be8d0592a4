/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a capture makes of messages that do not fit together. What it makes of
 * a kernel's is tested by the oracle. */
#include "model/capture/capture.h"

#include "model/fib.h"
#include "model/file/table-file.h"
#include "wire/reader.h"
#include "wire/writer.h"

#include <linux/nexthop.h>
#include <string.h>

#define NOW 500000

static gpointer
begin (NlvWriter *writer, guint16 type, gsize header)
{
  nlv_writer_init (writer, 1024);
  return nlv_writer_begin (writer, type, 0, 0, 0, header);
}

static void
tell (NlvCapture *capture, NlvWriter *writer)
{
  NlvMessage message;
  NlvSpan rest;

  nlv_writer_end (writer);
  rest = nlv_span (writer->data, writer->len);
  g_assert_true (nlv_message_next (&rest, &message));
  nlv_capture_message (capture, &message, FALSE);
  nlv_writer_clear (writer);
}

static void
tell_link (NlvCapture *capture, gint32 index, const char *name, guint32 master)
{
  NlvWriter writer;
  struct ifinfomsg *header = begin (&writer, RTM_NEWLINK, sizeof *header);

  header->ifi_index = index;
  nlv_put_string (&writer, IFLA_IFNAME, name);
  if (master != 0)
    nlv_put_u32 (&writer, IFLA_MASTER, master);
  tell (capture, &writer);
}

static void
tell_address (NlvCapture *capture, gint32 index, guint32 preferred, guint32 valid)
{
  static const guint8 ip[] = { 192, 0, 2, 1 };
  struct ifa_cacheinfo info = {
    .ifa_prefered = preferred, .ifa_valid = valid, .cstamp = NOW - 700, .tstamp = NOW - 700
  };
  NlvWriter writer;
  struct ifaddrmsg *header = begin (&writer, RTM_NEWADDR, sizeof *header);

  *header = (struct ifaddrmsg){ .ifa_family = AF_INET, .ifa_prefixlen = 24, .ifa_index = (guint32) index };
  nlv_put (&writer, IFA_ADDRESS, ip, sizeof ip);
  nlv_put (&writer, IFA_LOCAL, ip, sizeof ip);
  nlv_put (&writer, IFA_CACHEINFO, &info, sizeof info);
  tell (capture, &writer);
}

static void
tell_route (NlvCapture *capture, guint32 link)
{
  NlvWriter writer;
  struct rtmsg *header = begin (&writer, RTM_NEWROUTE, sizeof *header);

  *header = (struct rtmsg){ .rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_type = RTN_UNICAST };
  nlv_put_u32 (&writer, RTA_OIF, link);
  tell (capture, &writer);
}

static void
tell_neighbor (NlvCapture *capture, gint32 link)
{
  static const guint8 ip[] = { 192, 0, 2, 2 };
  NlvWriter writer;
  struct ndmsg *header = begin (&writer, RTM_NEWNEIGH, sizeof *header);

  *header = (struct ndmsg){ .ndm_family = AF_INET, .ndm_ifindex = link };
  nlv_put (&writer, NDA_DST, ip, sizeof ip);
  tell (capture, &writer);
}

static void
tell_nexthop (NlvCapture *capture, guint32 id, guint32 link)
{
  NlvWriter writer;

  begin (&writer, RTM_NEWNEXTHOP, sizeof (struct nhmsg));
  nlv_put_u32 (&writer, NHA_ID, id);
  nlv_put_u32 (&writer, NHA_OIF, link);
  tell (capture, &writer);
}

/* What is captured can be written, and read again. */
static NlvNetwork *
finish (NlvCapture *capture)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  NlvNetwork *network = nlv_capture_finish (capture), *again;
  g_autofree char *text = nlv_table_file_format (network), *second = NULL;

  again = nlv_table_file_parse (text, strlen (text), faults);
  g_assert_cmpuint (faults->len, ==, 0);
  second = nlv_table_file_format (again);
  g_assert_cmpstr (text, ==, second);
  nlv_network_unref (again);
  return network;
}

static NlvCapture *
begin_capture (void)
{
  NlvCapture *capture = nlv_capture_new (NOW);

  tell_link (capture, 1, "lo", 0);
  return capture;
}

/* A link that came when the others had been told, or is gone already. */
static void
test_unknown_link (void)
{
  NlvCapture *capture = begin_capture ();
  NlvNetwork *network;

  tell_link (capture, 2, "eth0", 9);
  for (guint link = 2; link < 4; link++)
    {
      tell_address (capture, (gint32) link, G_MAXUINT32, G_MAXUINT32);
      tell_route (capture, link);
      tell_neighbor (capture, (gint32) link);
      tell_nexthop (capture, link, link);
    }
  network = finish (capture);
  g_assert_cmpuint (nlv_network_find_link (network, 2)->master, ==, 0);
  g_assert_cmpuint (nlv_network_get_n_addresses (network), ==, 1);
  g_assert_cmpuint (nlv_network_get_n_routes (network), ==, 1);
  g_assert_cmpuint (nlv_network_get_n_neighbors (network), ==, 1);
  g_assert_cmpuint (nlv_network_get_n_nexthops (network), ==, 1);
  nlv_network_unref (network);
}

/* The kernel shows an address whose time is up until it sweeps. */
static void
test_expired_address (void)
{
  NlvCapture *capture = begin_capture ();
  const NlvAddress *address;
  NlvNetwork *network;

  tell_address (capture, 1, 0, 0);
  network = finish (capture);
  address = nlv_network_get_address (network, 0);
  g_assert_nonnull (address);
  g_assert_cmpuint (address->preferred_lifetime, ==, 0);
  g_assert_cmpuint (address->valid_lifetime, ==, 7);
  nlv_network_unref (network);
}

/* The kernel takes any bytes but white space and two others. */
static void
test_name_of_bytes (void)
{
  NlvCapture *capture = begin_capture ();
  NlvNetwork *network;

  tell_link (capture, 2, "\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff", 0);
  tell_link (capture, 3, "2", 0);
  network = finish (capture);
  g_assert_cmpstr (nlv_network_find_link (network, 2)->name, ==, "\xfe\xff\xfe\xff\xfe\xff\xfe\xff\xfe\xff");
  nlv_network_unref (network);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/capture/unknown-link", test_unknown_link);
  g_test_add_func ("/capture/expired-address", test_expired_address);
  g_test_add_func ("/capture/name-of-bytes", test_name_of_bytes);
  return g_test_run ();
}

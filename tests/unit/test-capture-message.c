/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages to be captured, and answers. */
#include "test-capture-message.h"

#include "model/file/table-file.h"
#include "model/rtnetlink/rtnetlink.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <string.h>

void
told_begin (Told *told, guint16 type, const void *header, gsize size)
{
  gpointer out;

  nlv_writer_init (&told->writer, G_MAXSIZE);
  out = nlv_writer_begin (&told->writer, type, NLM_F_MULTI, 1, 1, size);
  memcpy (out, header, size);
}

void
told_ip (Told *told, guint16 type, const char *ip)
{
  guint8 family = strchr (ip, ':') != NULL ? AF_INET6 : AF_INET, bytes[16];

  g_assert_cmpint (inet_pton (family, ip, bytes), ==, 1);
  nlv_put (&told->writer, type, bytes, family == AF_INET ? 4 : 16);
}

GBytes *
told_end (Told *told)
{
  g_autoptr (GBytes) all = NULL;

  g_assert_true (nlv_writer_end (&told->writer));
  all = nlv_writer_steal (&told->writer);
  return g_bytes_new_from_bytes (all, NLMSG_HDRLEN, g_bytes_get_size (all) - NLMSG_HDRLEN);
}

/* In memory of its own, so that reading past its end is noticed. */
void
capture_bytes (NlvCapture *capture, guint16 type, const void *body, gsize len)
{
  struct nlmsghdr header = { .nlmsg_len = NLMSG_HDRLEN + len, .nlmsg_type = type, .nlmsg_flags = NLM_F_MULTI };
  g_autofree guint8 *bytes = g_malloc (NLMSG_HDRLEN + len);
  NlvSpan rest = nlv_span (bytes, NLMSG_HDRLEN + len);
  NlvMessage message;

  memcpy (bytes, &header, sizeof header);
  if (len > 0)
    memcpy (bytes + NLMSG_HDRLEN, body, len);
  g_assert_true (nlv_message_next (&rest, &message));
  nlv_capture_message (capture, &message, FALSE);
}

void
capture_told (NlvCapture *capture, guint16 type, Told *told)
{
  g_autoptr (GBytes) body = told_end (told);

  capture_bytes (capture, type, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
}

void
capture_link (NlvCapture *capture, gint32 index, const char *name)
{
  const struct ifinfomsg header = { .ifi_index = index,
                                    .ifi_type = 1,
                                    .ifi_flags = IFF_UP | IFF_RUNNING | IFF_BROADCAST | IFF_MULTICAST };
  static const guint8 address[6] = { 2, 0, 0x5e, 0, 0x53, 0 };
  Told told;

  told_begin (&told, RTM_NEWLINK, &header, sizeof header);
  if (name != NULL)
    nlv_put_string (&told.writer, IFLA_IFNAME, name);
  nlv_put_u32 (&told.writer, IFLA_MTU, 1500);
  nlv_put (&told.writer, IFLA_ADDRESS, address, sizeof address);
  capture_told (capture, RTM_NEWLINK, &told);
}

NlvCapture *
capture_new_with_links (void)
{
  static const char *const names[] = { "lo", "eth0", "eth1" };
  NlvCapture *capture = nlv_capture_new (NOW);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    capture_link (capture, (gint32) i + 1, names[i]);
  return capture;
}

static int
take_messages (NlvDump *dump, NlvWriter *writer, GPtrArray *bodies)
{
  int result = dump->fill (dump, writer);
  NlvSpan rest = nlv_span (writer->data, writer->len);
  NlvMessage message;

  while (nlv_message_next (&rest, &message))
    {
      NlvSpan body = nlv_message_payload (&message);

      g_ptr_array_add (bodies, g_bytes_new (body.data, body.len));
    }
  g_assert_cmpuint (rest.len, ==, 0);
  return result;
}

static void
free_bytes (gpointer data)
{
  g_bytes_unref (data);
}

GPtrArray *
new_bodies (void)
{
  return g_ptr_array_new_with_free_func (free_bytes);
}

GPtrArray *
ask_dump (NlvNetwork *network, guint16 type, const void *header, gsize size)
{
  const NlvCaller caller = { .port = 5, .now = 7 };
  GPtrArray *bodies = new_bodies ();
  NlvWriter request, writer;
  NlvMessage message;
  NlvAnswer answer;
  NlvSpan rest;

  nlv_writer_init (&request, G_MAXSIZE);
  memcpy (nlv_writer_begin (&request, type, NLM_F_REQUEST | NLM_F_DUMP, 1, 0, size), header, size);
  if (type == RTM_GETLINK)
    nlv_put_u32 (&request, IFLA_EXT_MASK, RTEXT_FILTER_VF);
  nlv_writer_end (&request);
  rest = nlv_span (request.data, request.len);
  g_assert_true (nlv_message_next (&rest, &message));
  if (nlv_rtnetlink_request (network, &caller, &message, &answer) == 0 && answer.dump != NULL)
    {
      nlv_writer_init (&writer, 65536);
      while (take_messages (answer.dump, &writer, bodies) > 0)
        nlv_writer_reset (&writer, 65536);
      nlv_writer_clear (&writer);
    }
  nlv_answer_clear (&answer);
  nlv_writer_clear (&request);
  return bodies;
}

GPtrArray *
ask_dump_of_family (NlvNetwork *network, guint16 type, guint8 family, gsize size)
{
  const guint8 header[32] = { family };

  g_assert_cmpuint (size, <=, sizeof header);
  return ask_dump (network, type, header, size);
}

void
ask_everything (NlvNetwork *network)
{
  static const guint8 families[] = { AF_UNSPEC, AF_INET, AF_INET6, AF_BRIDGE, RTNL_FAMILY_IPMR, RTNL_FAMILY_IP6MR };

  /* Of four types the third one gets. Traffic control has tests of its own. */
  for (guint16 type = RTM_GETLINK; type <= 120; type += 4)
    for (guint i = 0; i < G_N_ELEMENTS (families); i++)
      if (type < RTM_GETQDISC || type > RTM_GETACTION)
        g_ptr_array_unref (ask_dump_of_family (network, type, families[i], type == RTM_GETNEXTHOP ? 8 : 20));
}

static void
free_fault (gpointer data)
{
  nlv_fault_free (data);
}

NlvNetwork *
save_and_load (NlvNetwork *network)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new_with_free_func (free_fault);
  g_autofree char *text = nlv_table_file_format (network);
  g_autofree char *text_again = NULL;
  NlvNetwork *again = nlv_table_file_parse (text, strlen (text), faults);

  for (guint i = 0; i < faults->len; i++)
    {
      const NlvFault *fault = g_ptr_array_index (faults, i);

      g_test_message ("%u: [%s] %s: %s", fault->line, fault->group, fault->key, fault->message);
    }
  g_assert_nonnull (again);
  text_again = nlv_table_file_format (again);
  g_assert_cmpstr (text, ==, text_again);
  return again;
}

void
assert_sound (NlvNetwork *network)
{
  NlvNetwork *copy = nlv_network_copy (network);
  g_autofree char *text = nlv_table_file_format (network);
  g_autofree char *text_copy = nlv_table_file_format (copy);

  g_assert_cmpstr (text, ==, text_copy);
  g_assert_true (g_utf8_validate (text, -1, NULL));
  ask_everything (network);
  nlv_network_unref (copy);
}

static void
assert_dump (NlvNetwork *network, guint16 type, const guint8 header[32], gsize size, GPtrArray *expected)
{
  g_autoptr (GPtrArray) bodies = ask_dump (network, type, header, size);

  g_assert_cmpuint (bodies->len, ==, expected->len);
  for (guint i = 0; i < bodies->len; i++)
    {
      GBytes *body = g_ptr_array_index (bodies, i), *told = g_ptr_array_index (expected, i);

      g_test_message ("message %u", i);
      g_assert_cmpmem (g_bytes_get_data (body, NULL), g_bytes_get_size (body), g_bytes_get_data (told, NULL),
                       g_bytes_get_size (told));
    }
}

void
assert_told_again (NlvCapture *capture, guint16 type, const guint8 header[32], gsize size, GPtrArray *expected)
{
  NlvNetwork *network, *copy, *loaded;

  for (guint i = 0; i < expected->len; i++)
    {
      GBytes *body = g_ptr_array_index (expected, i);

      capture_bytes (capture, type - 2, g_bytes_get_data (body, NULL), g_bytes_get_size (body));
    }
  network = nlv_capture_finish (capture);
  copy = nlv_network_copy (network);
  loaded = save_and_load (network);
  assert_dump (network, type, header, size, expected);
  assert_dump (copy, type, header, size, expected);
  assert_dump (loaded, type, header, size, expected);
  nlv_network_unref (network);
  nlv_network_unref (copy);
  nlv_network_unref (loaded);
  g_ptr_array_unref (expected);
}

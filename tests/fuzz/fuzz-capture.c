/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The capture: every message of the input is one that a kernel's dump shows.
 * What comes out of them must be a table file that can be loaded and says the
 * same, and a network that the responder tells of. */
#include "ask.h"
#include "fuzz.h"
#include "model/capture/capture.h"
#include "model/file/table-file.h"

#include <net/if_arp.h>
#include <string.h>

#define CLOCK 500000

/* No network is without it. */
static void
capture_loopback (NlvCapture *self)
{
  NlvMessage message;
  NlvWriter writer;
  NlvSpan rest;

  nlv_writer_init (&writer, 128);
  struct ifinfomsg *body = nlv_writer_begin (&writer, RTM_NEWLINK, 0, 0, 0, sizeof *body);
  *body = (struct ifinfomsg){ .ifi_index = 1, .ifi_type = ARPHRD_LOOPBACK, .ifi_flags = IFF_LOOPBACK };
  nlv_put_string (&writer, IFLA_IFNAME, "lo");
  nlv_writer_end (&writer);
  rest = nlv_span (writer.data, writer.len);
  nlv_message_next (&rest, &message);
  nlv_capture_message (self, &message, FALSE);
  nlv_writer_clear (&writer);
}

static NlvNetwork *
capture (NlvSpan messages, guint8 hints)
{
  NlvCapture *self = nlv_capture_new (CLOCK);
  NlvMessage message;

  capture_loopback (self);
  /* A hidden one is marked by what no dump's message has. */
  while (nlv_message_next (&messages, &message))
    nlv_capture_message (self, &message, (message.header.nlmsg_flags & NLM_F_ECHO) != 0);
  if (hints & 1)
    nlv_capture_local_table (self, (hints & 2) != 0);
  if (hints & 4)
    nlv_capture_table (self, AF_INET, hints);
  if (hints & 8)
    nlv_capture_kind (self, "veth");
  return nlv_capture_finish (self);
}

static NlvNetwork *
load (const char *text)
{
  g_autoptr (GPtrArray) faults = g_ptr_array_new ();
  NlvNetwork *network = nlv_table_file_parse (text, strlen (text), faults);

  for (guint i = 0; i < faults->len; i++)
    {
      const NlvFault *fault = g_ptr_array_index (faults, i);

      g_printerr ("%u: %s: %s: %s\n", fault->line, fault->group, fault->key, fault->message);
    }
  g_assert_nonnull (network);
  return network;
}

static void
ask_usual (NlvNetwork *network)
{
  static const guint8 families[] = { AF_UNSPEC, AF_INET, AF_INET6, AF_BRIDGE, RTNL_FAMILY_IPMR, RTNL_FAMILY_IP6MR };
  const NlvCaller caller = { .port = 7, .now = CLOCK };
  NlvMessage message;
  NlvWriter writer;

  for (guint type = RTM_GETLINK; type <= RTM_MAX; type += 4)
    for (guint i = 0; i < G_N_ELEMENTS (families); i++)
      {
        guint8 *body;
        NlvSpan rest;

        nlv_writer_init (&writer, 128);
        body = nlv_writer_begin (&writer, (guint16) type, NLM_F_REQUEST | NLM_F_DUMP, 1, 0, sizeof (struct ndmsg));
        body[0] = families[i];
        nlv_writer_end (&writer);
        rest = nlv_span (writer.data, writer.len);
        nlv_message_next (&rest, &message);
        ask_responder (network, &caller, &message, 8192);
        nlv_writer_clear (&writer);
      }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = NULL, *second = NULL;
  NlvNetwork *network, *again;

  if (size == 0)
    return 0;
  network = capture (nlv_span (data + 1, size - 1), data[0]);
  text = nlv_table_file_format (network);
  again = load (text);
  second = nlv_table_file_format (again);
  g_assert_cmpstr (text, ==, second);
  ask_usual (network);
  nlv_network_unref (again);
  nlv_network_unref (network);
  return 0;
}

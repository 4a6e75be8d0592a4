/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bytes that nobody has checked, taken apart. */
#include "wire/reader.h"

#include <string.h>

static void
test_messages (void)
{
  guint32 words[] = { 17, 0, 1, 2, 0xff, 16, 0, 3, 4, 0 };
  NlvSpan rest = nlv_span (words, sizeof words);
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_cmpuint (message.header.nlmsg_seq, ==, 1);
  g_assert_cmpuint (nlv_message_payload (&message).len, ==, 1);
  g_assert_cmpuint (nlv_message_payload (&message).data[0], ==, 0xff);
  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_cmpuint (message.header.nlmsg_seq, ==, 3);
  g_assert_cmpuint (nlv_message_payload (&message).len, ==, 0);
  g_assert_false (nlv_message_next (&rest, &message));
  g_assert_cmpuint (rest.len, ==, 4);
}

/* Trailing zeros, a header beyond the datagram, one below itself. */
static void
test_bad_messages (void)
{
  static const guint32 lengths[] = { 0, 15, 17, G_MAXUINT32 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      guint32 words[4] = { lengths[i], 0, 0, 0 };
      NlvSpan rest = nlv_span (words, sizeof words);
      NlvMessage message;
      g_assert_false (nlv_message_next (&rest, &message));
    }
}

/* A request of 17 bytes has no padding behind it. */
static void
test_unpadded (void)
{
  guint8 bytes[17] = { 17 };
  NlvSpan rest = nlv_span (bytes, sizeof bytes);
  NlvMessage message;

  g_assert_true (nlv_message_next (&rest, &message));
  g_assert_cmpuint (rest.len, ==, 0);
}

static void
test_attributes (void)
{
  static const guint8 bytes[] = { 5, 0, 1, 0x80, 7, 0, 0, 0, 8, 0, 2, 0x40, 1, 2, 3, 4, 4, 0, 3, 0, 3, 0, 9, 9 };
  NlvSpan rest = nlv_span (bytes, sizeof bytes);
  NlvAttr attr;

  g_assert_true (nlv_attr_next (&rest, &attr));
  g_assert_cmpuint (attr.type, ==, 1);
  g_assert_cmpuint (attr.type_flags, ==, NLA_F_NESTED);
  g_assert_cmpuint (nlv_attr_u8 (&attr), ==, 7);
  g_assert_cmpuint (nlv_attr_u32 (&attr), ==, GUINT32_FROM_LE (7));
  g_assert_true (nlv_attr_next (&rest, &attr));
  g_assert_cmpuint (attr.type, ==, 2);
  g_assert_cmpuint (attr.type_flags, ==, NLA_F_NET_BYTEORDER);
  g_assert_cmpuint (nlv_attr_u32 (&attr), ==, GUINT32_FROM_LE (0x04030201));
  g_assert_true (nlv_attr_next (&rest, &attr));
  g_assert_cmpuint (attr.payload.len, ==, 0);
  g_assert_cmpuint (nlv_attr_u64 (&attr), ==, 0);
  g_assert_false (nlv_attr_next (&rest, &attr));
  g_assert_cmpuint (rest.len, ==, 4);
}

static void
test_strings (void)
{
  const NlvAttr ended = { .payload = nlv_span ("lo\0x", 4) };
  const NlvAttr open = { .payload = nlv_span ("eth0", 4) };
  char *string = nlv_attr_dup_string (&ended);

  g_assert_cmpstr (string, ==, "lo");
  g_free (string);
  string = nlv_attr_dup_string (&open);
  g_assert_cmpstr (string, ==, "eth0");
  g_free (string);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/reader/messages", test_messages);
  g_test_add_func ("/wire/reader/bad-messages", test_bad_messages);
  g_test_add_func ("/wire/reader/unpadded", test_unpadded);
  g_test_add_func ("/wire/reader/attributes", test_attributes);
  g_test_add_func ("/wire/reader/strings", test_strings);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages written into a fixed room. */
#include "wire/reader.h"
#include "wire/writer.h"

#include <string.h>

static void
test_message (void)
{
  static const guint8 expected[] = { 36, 0, 0, 0, 16, 0, 2,   0,   7, 0, 0, 0, 9, 0, 0, 0, 5, 0,
                                     0,  0, 7, 0, 1,  0, 'l', 'o', 0, 0, 8, 0, 2, 0, 4, 0, 3, 0 };
  NlvWriter writer;

  nlv_writer_init (&writer, 64);
  guint8 *body = nlv_writer_begin (&writer, 16, 2, 7, 9, 1);
  g_assert_nonnull (body);
  body[0] = 5;
  nlv_put_string (&writer, 1, "lo");
  gsize nest = nlv_nest_begin (&writer, 2);
  nlv_put_flag (&writer, 3);
  nlv_nest_end (&writer, nest);
  g_assert_true (nlv_writer_end (&writer));

  GBytes *bytes = nlv_writer_steal (&writer);
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, sizeof expected);
#endif
  g_bytes_unref (bytes);
  nlv_writer_clear (&writer);
}

/* The last byte of the room is used, and not one more. */
static void
test_room (void)
{
  for (gsize room = 0; room < 80; room++)
    {
      NlvWriter writer;

      nlv_writer_init (&writer, room);
      gboolean begun = nlv_writer_begin (&writer, 16, 0, 0, 0, 16) != NULL;
      g_assert_true (begun == (room >= 32));
      gboolean put = begun && nlv_put_u8 (&writer, 1, 1);
      g_assert_true (put == (room >= 40));
      put = put && nlv_put (&writer, 1, "12345678901234567", 17);
      g_assert_true (put == (room >= 64));
      if (begun)
        g_assert_true (nlv_writer_end (&writer) == put);
      g_assert_cmpuint (writer.len, ==, put ? 64 : 0);
      g_assert_cmpuint (writer.len, <=, room);
      nlv_writer_clear (&writer);
    }
}

/* What does not fit takes back its own message and no other. */
static void
test_take_back (void)
{
  NlvWriter writer;
  static const guint8 large[100];

  nlv_writer_init (&writer, 80);
  nlv_writer_begin (&writer, 16, 0, 1, 0, 4);
  g_assert_true (nlv_writer_end (&writer));
  nlv_writer_begin (&writer, 16, 0, 2, 0, 4);
  g_assert_false (nlv_put (&writer, 1, large, sizeof large));
  g_assert_false (nlv_put_u8 (&writer, 2, 1));
  g_assert_false (nlv_writer_end (&writer));
  g_assert_cmpuint (writer.len, ==, 20);
  g_assert_nonnull (nlv_writer_begin (&writer, 16, 0, 3, 0, 4));
  g_assert_true (nlv_writer_end (&writer));
  g_assert_cmpuint (writer.len, ==, 40);
  nlv_writer_clear (&writer);
}

/* Attribute lengths have 16 bits. */
static void
test_too_long (void)
{
  NlvWriter writer;
  guint8 *large = g_malloc0 (1 << 16);

  nlv_writer_init (&writer, 1 << 20);
  nlv_writer_begin (&writer, 16, 0, 1, 0, 4);
  g_assert_true (nlv_put (&writer, 1, large, G_MAXUINT16 - 4));
  g_assert_false (nlv_put (&writer, 1, large, G_MAXUINT16 - 3));
  g_assert_false (nlv_writer_end (&writer));

  nlv_writer_begin (&writer, 16, 0, 1, 0, 4);
  gsize nest = nlv_nest_begin (&writer, 1);
  nlv_put (&writer, 1, large, G_MAXUINT16 - 4);
  nlv_nest_end (&writer, nest);
  g_assert_false (nlv_writer_end (&writer));
  g_assert_cmpuint (writer.len, ==, 0);
  nlv_writer_clear (&writer);
  g_free (large);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/writer/message", test_message);
  g_test_add_func ("/wire/writer/room", test_room);
  g_test_add_func ("/wire/writer/take-back", test_take_back);
  g_test_add_func ("/wire/writer/too-long", test_too_long);
  return g_test_run ();
}

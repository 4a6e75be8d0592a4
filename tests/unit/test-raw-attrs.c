/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Attributes that are kept raw: where they go in an answer, and that what was
 * kept makes up for every difference. */
#include "model/raw-attrs.h"

#include <string.h>

#define HEADER 4

static void
add (GArray **attrs, guint16 type, const char *payload)
{
  g_autoptr (GBytes) bytes = g_bytes_new (payload, strlen (payload));

  nlv_raw_attrs_add (attrs, type, bytes);
}

/* A message of which "TYPE:PAYLOAD" are the attributes. */
static void
begin (NlvWriter *writer, const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  nlv_writer_init (writer, G_MAXSIZE);
  nlv_writer_begin (writer, 1, 0, 0, 0, HEADER);
  for (guint i = 0; words[i] != NULL; i++)
    {
      char *payload = strchr (words[i], ':');

      g_assert_nonnull (payload);
      nlv_put (writer, (guint16) atoi (words[i]), payload + 1, strlen (payload + 1));
    }
}

static NlvSpan
attrs_of (const NlvWriter *writer)
{
  gsize start = writer->message + NLMSG_HDRLEN + NLMSG_ALIGN (HEADER);

  return nlv_span (writer->data + start, writer->len - start);
}

static char *
read_attrs (NlvSpan attrs)
{
  GString *line = g_string_new (NULL);
  NlvAttr attr;

  while (nlv_attr_next (&attrs, &attr))
    g_string_append_printf (line, "%s%u:%.*s", line->len > 0 ? " " : "", attr.type | attr.type_flags,
                            (int) attr.payload.len, (const char *) attr.payload.data);
  return g_string_free (line, FALSE);
}

static void
assert_put (const GArray *attrs, const char *made, const char *expected)
{
  g_autofree char *line = NULL;
  NlvWriter writer;

  begin (&writer, made);
  nlv_raw_attrs_put (attrs, &writer, HEADER);
  line = read_attrs (attrs_of (&writer));
  g_assert_cmpstr (line, ==, expected);
  g_assert_true (nlv_writer_end (&writer));
  nlv_writer_clear (&writer);
}

static void
test_list (void)
{
  GArray *attrs = NULL, *copy;

  g_assert_null (nlv_raw_attrs_copy (NULL));
  g_assert_null (nlv_raw_attrs_find (NULL, 3));
  g_assert_cmpuint (nlv_raw_attrs_size (NULL), ==, 0);
  add (&attrs, 3, "abc");
  add (&attrs, 4 | NLA_F_NESTED, "");
  add (&attrs, 3, "second");
  g_assert_cmpuint (nlv_raw_attrs_size (attrs), ==, 4 + 4 + 4 + 4 + 8);
  g_assert_cmpuint (g_bytes_get_size (nlv_raw_attrs_find (attrs, 3)->payload), ==, 3);
  g_assert_cmphex (nlv_raw_attrs_find (attrs, 4)->type, ==, 4 | NLA_F_NESTED);
  g_assert_null (nlv_raw_attrs_find (attrs, 5));
  copy = nlv_raw_attrs_copy (attrs);
  g_array_unref (attrs);
  g_assert_cmpuint (copy->len, ==, 3);
  g_assert_cmpuint (g_bytes_get_size (g_array_index (copy, NlvRawAttr, 2).payload), ==, 6);
  g_array_unref (copy);
}

/* Each in the place of its like, the rest at the end. */
static void
test_places (void)
{
  GArray *attrs = NULL;

  assert_put (NULL, "1:a 2:b", "1:a 2:b");
  add (&attrs, 9, "new");
  add (&attrs, 2, "B");
  assert_put (attrs, "1:a 2:b 3:c", "1:a 2:B 3:c 9:new");
  /* Of two alike the first is replaced. */
  assert_put (attrs, "2:b 2:bb 1:a", "2:B 2:bb 1:a 9:new");
  add (&attrs, 2, "BB");
  assert_put (attrs, "2:b 1:a", "2:B 1:a 9:new 2:BB");
  g_array_unref (attrs);
}

static void
test_flags (void)
{
  GArray *attrs = NULL;
  NlvWriter writer;
  NlvSpan rest;
  NlvAttr attr;

  add (&attrs, 2 | NLA_F_NESTED, "nest");
  begin (&writer, "1:a 2:b");
  nlv_raw_attrs_put (attrs, &writer, HEADER);
  rest = attrs_of (&writer);
  g_assert_true (nlv_attr_next (&rest, &attr) && nlv_attr_next (&rest, &attr));
  g_assert_cmpuint (attr.type, ==, 2);
  g_assert_cmphex (attr.type_flags, ==, NLA_F_NESTED);
  g_assert_cmpuint (rest.len, ==, 0);
  nlv_writer_clear (&writer);
  g_array_unref (attrs);
}

/* One with type 0 is all that there is. */
static void
test_whole (void)
{
  GArray *attrs = NULL;

  add (&attrs, 0, "");
  assert_put (attrs, "1:a 2:b", "");
  add (&attrs, 2, "x");
  add (&attrs, 1, "y");
  assert_put (attrs, "1:a 2:b 3:c", "2:x 1:y");
  g_array_unref (attrs);
}

/* What does not fit is told by the writer, and nothing is written past its end. */
static void
test_no_room (void)
{
  g_autofree char *text = g_strnfill (300, 'x');
  GArray *attrs = NULL;
  NlvWriter writer;

  add (&attrs, 7, text);
  nlv_writer_init (&writer, 64);
  g_assert_nonnull (nlv_writer_begin (&writer, 1, 0, 0, 0, HEADER));
  nlv_put_u32 (&writer, 1, 5);
  nlv_raw_attrs_put (attrs, &writer, HEADER);
  g_assert_true (writer.full);
  g_assert_cmpuint (writer.len, <=, 64);
  nlv_raw_attrs_put (attrs, &writer, HEADER);
  g_assert_false (nlv_writer_end (&writer));
  g_assert_cmpuint (writer.len, ==, 0);
  nlv_writer_clear (&writer);
  g_array_unref (attrs);
}

typedef struct
{
  const char *name, *original, *made;
  guint n_kept;
  gboolean same; /* without keeping all */
} Keep;

static const Keep keeps[] = {
  { "equal", "1:a 2:b", "1:a 2:b", 0, TRUE },   { "value", "1:a 2:B", "1:a 2:b", 1, TRUE },
  { "length", "1:a 2:bb", "1:a 2:b", 1, TRUE }, { "end", "1:a 2:b 3:c 4:d", "1:a 2:b", 2, TRUE },
  { "nothing-made", "5:a", "", 1, TRUE },       { "middle", "1:a 9:x 2:b", "1:a 2:b", 1, FALSE },
  { "order", "2:b 1:a", "1:a 2:b", 0, FALSE },  { "too-many-made", "1:a", "1:a 2:b", 0, FALSE },
  { "twice", "1:a 1:a", "1:a", 0, FALSE },      { "two-values", "1:a 1:b", "1:a", 1, FALSE },
};

static void
begin_or_empty (NlvWriter *writer, const char *text)
{
  if (text[0] != '\0')
    {
      begin (writer, text);
      return;
    }
  nlv_writer_init (writer, G_MAXSIZE);
  nlv_writer_begin (writer, 1, 0, 0, 0, HEADER);
}

static void
test_keep (gconstpointer data)
{
  const Keep *keep = data;
  g_autofree char *line = NULL;
  NlvWriter original, made;
  GArray *attrs = NULL;
  gboolean same;

  begin_or_empty (&original, keep->original);
  begin_or_empty (&made, keep->made);
  same = nlv_raw_attrs_keep (&attrs, attrs_of (&original), attrs_of (&made));
  g_assert_cmpint (same, ==, keep->same);
  g_assert_cmpuint (attrs != NULL ? attrs->len : 0, ==, keep->n_kept);
  if (!same)
    nlv_raw_attrs_keep_whole (&attrs, attrs_of (&original));
  nlv_raw_attrs_put (attrs, &made, HEADER);
  line = read_attrs (attrs_of (&made));
  g_assert_cmpstr (line, ==, keep->original);
  g_assert_cmpmem (attrs_of (&made).data, attrs_of (&made).len, attrs_of (&original).data, attrs_of (&original).len);
  nlv_writer_clear (&original);
  nlv_writer_clear (&made);
  g_clear_pointer (&attrs, g_array_unref);
}

/* A whole list takes the place of one that was there. */
static void
test_keep_whole (void)
{
  GArray *attrs = NULL;
  NlvWriter original;

  add (&attrs, 5, "old");
  begin (&original, "1:a 2:b");
  nlv_raw_attrs_keep_whole (&attrs, attrs_of (&original));
  g_assert_cmpuint (attrs->len, ==, 3);
  g_assert_cmpuint (g_array_index (attrs, NlvRawAttr, 0).type, ==, 0);
  g_assert_null (nlv_raw_attrs_find (attrs, 5));
  assert_put (attrs, "7:x", "1:a 2:b");
  nlv_writer_clear (&original);
  g_array_unref (attrs);
}

/* Lengths that cannot be: what is behind them is lost, nothing else is. */
static void
test_broken_original (void)
{
  static const struct
  {
    guint8 bytes[16];
    gsize len, n_kept;
  } cases[] = {
    { { 0 }, 0, 0 },
    { { 8 }, 1, 0 },
    { { 8, 0, 1 }, 3, 0 },
    { { 8, 0, 1, 0, 1, 2, 3 }, 7, 0 },        /* cut off */
    { { 3, 0, 1, 0, 1, 2, 3, 4 }, 8, 0 },     /* shorter than its header */
    { { 0, 0, 0, 0, 8, 0, 1, 0 }, 8, 0 },     /* no length */
    { { 255, 255, 1, 0, 1, 2, 3, 4 }, 8, 0 }, /* longer than all */
    { { 5, 0, 1, 0, 1 }, 5, 1 },              /* without its padding */
    { { 4, 0, 1, 0, 9, 0, 2, 0 }, 8, 1 },     /* the second one is cut off */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GArray *attrs = NULL;

      g_test_message ("case %u", i);
      nlv_raw_attrs_keep (&attrs, nlv_span (cases[i].bytes, cases[i].len), nlv_span (cases[i].bytes, 0));
      g_assert_cmpuint (attrs != NULL ? attrs->len : 0, ==, cases[i].n_kept);
      nlv_raw_attrs_keep_whole (&attrs, nlv_span (cases[i].bytes, cases[i].len));
      g_assert_cmpuint (attrs->len, ==, cases[i].n_kept + 1);
      g_array_unref (attrs);
    }
}

/* As much as an attribute can hold, and as many as a message can. */
static void
test_huge (void)
{
  g_autofree char *text = g_strnfill (G_MAXUINT16 - NLA_HDRLEN, 'x');
  NlvWriter original, made;
  GArray *attrs = NULL;

  nlv_writer_init (&original, G_MAXSIZE);
  nlv_writer_begin (&original, 1, 0, 0, 0, HEADER);
  g_assert_true (nlv_put (&original, 7, text, strlen (text)));
  for (guint i = 0; i < 3000; i++)
    g_assert_true (nlv_put_u32 (&original, (guint16) (i + 8), i));
  nlv_writer_init (&made, G_MAXSIZE);
  nlv_writer_begin (&made, 1, 0, 0, 0, HEADER);
  g_assert_true (nlv_raw_attrs_keep (&attrs, attrs_of (&original), attrs_of (&made)));
  g_assert_cmpuint (attrs->len, ==, 3001);
  g_assert_cmpuint (nlv_raw_attrs_size (attrs), ==, attrs_of (&original).len);
  nlv_raw_attrs_put (attrs, &made, HEADER);
  g_assert_cmpmem (attrs_of (&made).data, attrs_of (&made).len, attrs_of (&original).data, attrs_of (&original).len);
  nlv_writer_clear (&original);
  nlv_writer_clear (&made);
  g_array_unref (attrs);
}

/* Any two messages: what was kept whole gives the one out of the other. */
static void
test_any (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);

  for (guint i = 0; i < 2000; i++)
    {
      NlvWriter writers[2];
      GArray *attrs = NULL;

      for (guint j = 0; j < 2; j++)
        {
          nlv_writer_init (&writers[j], G_MAXSIZE);
          nlv_writer_begin (&writers[j], 1, 0, 0, 0, HEADER);
          for (gint32 n = g_rand_int_range (random, 0, 5); n > 0; n--)
            nlv_put (&writers[j], (guint16) g_rand_int_range (random, 1, 5), "aaaabbbb",
                     (gsize) g_rand_int_range (random, 0, 9));
        }
      if (!nlv_raw_attrs_keep (&attrs, attrs_of (&writers[0]), attrs_of (&writers[1])))
        nlv_raw_attrs_keep_whole (&attrs, attrs_of (&writers[0]));
      nlv_raw_attrs_put (attrs, &writers[1], HEADER);
      g_assert_cmpmem (attrs_of (&writers[0]).data, attrs_of (&writers[0]).len, attrs_of (&writers[1]).data,
                       attrs_of (&writers[1]).len);
      nlv_writer_clear (&writers[0]);
      nlv_writer_clear (&writers[1]);
      g_clear_pointer (&attrs, g_array_unref);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/raw-attrs/list", test_list);
  g_test_add_func ("/model/raw-attrs/places", test_places);
  g_test_add_func ("/model/raw-attrs/flags", test_flags);
  g_test_add_func ("/model/raw-attrs/whole", test_whole);
  g_test_add_func ("/model/raw-attrs/no-room", test_no_room);
  for (guint i = 0; i < G_N_ELEMENTS (keeps); i++)
    {
      g_autofree char *path = g_strdup_printf ("/model/raw-attrs/keep/%s", keeps[i].name);

      g_test_add_data_func (path, &keeps[i], test_keep);
    }
  g_test_add_func ("/model/raw-attrs/keep-whole", test_keep_whole);
  g_test_add_func ("/model/raw-attrs/broken-original", test_broken_original);
  g_test_add_func ("/model/raw-attrs/huge", test_huge);
  g_test_add_func ("/model/raw-attrs/any", test_any);
  return g_test_run ();
}

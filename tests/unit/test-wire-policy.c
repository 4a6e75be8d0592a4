/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The kernel's verdicts on attributes, and its words. */
#include "wire/policy.h"

#include <errno.h>

static const NlvPolicy inner[] = {
  [1] = { .kind = NLV_KIND_U32 },
};

static int
validate (const NlvAttr *attr, NlvExtack *extack)
{
  if (nlv_attr_u8 (attr) == 'a')
    return 0;
  nlv_extack_set (extack, "not an a", NULL);
  return -EINVAL;
}

static const NlvPolicy policy[] = {
  [0] = { .min = 9 },
  [1] = { .kind = NLV_KIND_U32, .bounded = TRUE, .min = 2, .max = 5 },
  [2] = { .kind = NLV_KIND_STRING, .len = 3 },
  [3] = { .kind = NLV_KIND_NUL_STRING, .len = 3 },
  [4] = { .kind = NLV_KIND_BINARY, .len = 2 },
  [5] = { .kind = NLV_KIND_EXACT, .len = 2 },
  [6] = { .kind = NLV_KIND_NESTED, .len = 1, .nested = inner },
  [7] = { .kind = NLV_KIND_FLAG },
  [8] = { .kind = NLV_KIND_REJECT },
  [9] = { .kind = NLV_KIND_U16 },
  [10] = { .kind = NLV_KIND_U32, .mask = 0x80000005 },
  [11] = { .kind = NLV_KIND_BITFIELD32, .mask = 5 },
  [12] = { .kind = NLV_KIND_BINARY, .bounded = TRUE, .min = 2, .max = 3 },
  [13] = { .kind = NLV_KIND_BINARY, .len = 2, .validate = validate },
};

#define MAX_TYPE (G_N_ELEMENTS (policy) - 1)

typedef struct
{
  const char *bytes;
  gsize len;
  guint validation;
  int error;
  const char *words;
} Case;

#define BYTES(string) string, sizeof string - 1

static const Case cases[] = {
  { BYTES (""), NLV_VALIDATE_STRICT, 0, NULL },
  { BYTES ("\10\0\1\0\3\0\0\0"), 0, 0, NULL },
  { BYTES ("\10\0\1\0\6\0\0\0"), 0, -ERANGE, "integer out of range" },
  { BYTES ("\6\0\1\0\3\0\0\0"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\14\0\1\0\3\0\0\0\0\0\0\0"), 0, 0, NULL },
  { BYTES ("\14\0\1\0\3\0\0\0\0\0\0\0"), NLV_VALIDATE_STRICT_ATTRS, -EINVAL, "invalid attribute length" },
  { BYTES ("\7\0\2\0abc\0"), 0, 0, NULL },
  { BYTES ("\10\0\2\0abc\0"), 0, 0, NULL },
  { BYTES ("\10\0\2\0abcd"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\7\0\3\0abc\0"), 0, -EINVAL, "Attribute failed policy validation" },
  { BYTES ("\10\0\3\0abc\0"), 0, 0, NULL },
  { BYTES ("\7\0\4\0abc\0"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\7\0\5\0abc\0"), 0, -ERANGE, "binary attribute size out of range" },
  { BYTES ("\14\0\6\0\10\0\1\0\0\0\0\0"), 0, 0, NULL },
  { BYTES ("\14\0\6\0\10\0\1\0\0\0\0\0"), NLV_VALIDATE_NESTED, -EINVAL, "NLA_F_NESTED is missing" },
  { BYTES ("\10\0\1\200\3\0\0\0"), NLV_VALIDATE_NESTED, -EINVAL, "NLA_F_NESTED not expected" },
  { BYTES ("\6\0\6\0\10\0\0\0"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\12\0\6\0\6\0\1\0\0\0\0\0"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\5\0\7\0\1\0\0\0"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\4\0\10\0"), 0, -EINVAL, "Attribute failed policy validation" },
  { BYTES ("\10\0\11\0\1\0\0\0"), 0, -EINVAL, "invalid attribute length" },
  { BYTES ("\10\0\12\0\0\0\0\0"), NLV_VALIDATE_STRICT, 0, NULL },
  { BYTES ("\10\0\12\0\5\0\0\200"), NLV_VALIDATE_STRICT, 0, NULL },
  { BYTES ("\10\0\12\0\2\0\0\0"), 0, -EINVAL, "reserved bit set" },
  { BYTES ("\10\0\12\0\377\377\377\377"), NLV_VALIDATE_STRICT, -EINVAL, "reserved bit set" },
  { BYTES ("\6\0\12\0\1\0\0\0"), 0, -EINVAL, "invalid attribute length" },
  { BYTES ("\6\0\12\0\2\0\0\0"), NLV_VALIDATE_STRICT, -EINVAL, "invalid attribute length" },
  { BYTES ("\14\0\13\0\4\0\0\0\5\0\0\0"), 0, 0, NULL },
  { BYTES ("\14\0\13\0\2\0\0\0\2\0\0\0"), 0, -EINVAL, "Attribute failed policy validation" },
  { BYTES ("\14\0\13\0\0\0\0\0\2\0\0\0"), 0, -EINVAL, "Attribute failed policy validation" },
  { BYTES ("\14\0\13\0\5\0\0\0\4\0\0\0"), 0, -EINVAL, "Attribute failed policy validation" },
  { BYTES ("\10\0\13\0\4\0\0\0"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\14\0\13\200\4\0\0\0\4\0\0\0"), NLV_VALIDATE_NESTED, -EINVAL, "NLA_F_NESTED not expected" },
  { BYTES ("\5\0\14\0a\0\0\0"), 0, -ERANGE, "binary attribute size out of range" },
  { BYTES ("\7\0\14\0abc\0"), 0, 0, NULL },
  { BYTES ("\10\0\14\0abcd"), 0, -ERANGE, "binary attribute size out of range" },
  { BYTES ("\6\0\15\0ab\0\0"), 0, 0, NULL },
  { BYTES ("\6\0\15\0ba\0\0"), 0, -EINVAL, "not an a" },
  { BYTES ("\7\0\15\0bab\0"), 0, -ERANGE, "Attribute failed policy validation" },
  { BYTES ("\4\0\143\0"), 0, 0, NULL },
  { BYTES ("\4\0\143\0"), NLV_VALIDATE_MAXTYPE, -EINVAL, "Unknown attribute type" },
  { BYTES ("\4\0\0\0"), NLV_VALIDATE_MAXTYPE, -EINVAL, "Unknown attribute type" },
  { BYTES ("\1\2\3"), 0, 0, "bytes leftover after parsing attributes" },
  { BYTES ("\1\2\3"), NLV_VALIDATE_TRAILING, -EINVAL, "bytes leftover after parsing attributes" },
};

static void
test_verdicts (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const Case *c = &cases[i];
      NlvAttr out[MAX_TYPE + 1];
      NlvExtack extack = { 0 };
      int error = nlv_attrs_parse (nlv_span (c->bytes, c->len), out, MAX_TYPE, policy, c->validation, &extack);

      g_test_message ("case %u", i);
      g_assert_cmpint (error, ==, c->error);
      g_assert_cmpstr (extack.message, ==, c->words);
      /* Without a place for words the verdict is the same. */
      error = nlv_attrs_parse (nlv_span (c->bytes, c->len), out, MAX_TYPE, policy, c->validation, NULL);
      g_assert_cmpint (error, ==, c->error);
    }
}

static void
test_last_wins (void)
{
  static const guint8 bytes[] = { 8, 0, 1, 0, 3, 0, 0, 0, 8, 0, 1, 0, 4, 0, 0, 0 };
  NlvAttr out[MAX_TYPE + 1];

  g_assert_cmpint (nlv_attrs_parse (nlv_span (bytes, sizeof bytes), out, MAX_TYPE, policy, 0, NULL), ==, 0);
  g_assert_cmpuint (nlv_attr_u8 (&out[1]), ==, 4);
  g_assert_true (nlv_attr_present (&out[1]));
  g_assert_false (nlv_attr_present (&out[2]));
}

/* A nest in a nest in a nest, deeper than anybody needs. */
static void
test_depth (void)
{
  static NlvPolicy deep[2] = { [1] = { .kind = NLV_KIND_NESTED, .len = 1, .nested = deep } };
  guint16 words[64];
  NlvAttr out[2];
  NlvExtack extack = { 0 };

  for (guint i = 0; i < 32; i++)
    {
      words[2 * i] = GUINT16_TO_LE (sizeof words - 4 * i);
      words[2 * i + 1] = GUINT16_TO_LE (1);
    }
  g_assert_cmpint (nlv_attrs_parse (nlv_span (words, sizeof words), out, 1, deep, 0, &extack), ==, -EINVAL);
  g_assert_cmpstr (extack.message, ==, "allowed policy recursion depth exceeded");
}

static void
test_where (void)
{
  static const guint8 bytes[] = { 4, 0, 7, 0, 4, 0, 8, 0 };
  NlvAttr out[MAX_TYPE + 1];
  NlvExtack extack = { 0 };

  nlv_attrs_parse (nlv_span (bytes, sizeof bytes), out, MAX_TYPE, policy, 0, &extack);
  g_assert_true (extack.where == bytes + 4);
  g_assert_true (extack.policy == &policy[8]);
}

/* A bit outside the mask is told without the policy, a wrong length with it:
 * nla_validate_mask() and __nla_validate_parse(). */
static void
test_mask (void)
{
  static const NlvPolicy liberal[] = { [1] = { .kind = NLV_KIND_U32, .mask = 5 } };
  static const guint8 bit[] = { 8, 0, 10, 0, 2, 0, 0, 0 }, length[] = { 6, 0, 10, 0, 1, 0, 0, 0 };
  static const guint8 shorter[] = { 6, 0, 1, 0, 1, 0, 0, 0 },
                      longer[] = { 12, 0, 1, 0, 1, 0, 0, 0, 255, 255, 255, 255 };
  NlvAttr out[MAX_TYPE + 1];
  NlvExtack extack = { 0 };

  g_assert_cmpint (nlv_attrs_parse (nlv_span (bit, sizeof bit), out, MAX_TYPE, policy, NLV_VALIDATE_STRICT, &extack),
                   ==, -EINVAL);
  g_assert_true (extack.where == bit);
  g_assert_null (extack.policy);
  extack = (NlvExtack){ 0 };
  g_assert_cmpint (
    nlv_attrs_parse (nlv_span (length, sizeof length), out, MAX_TYPE, policy, NLV_VALIDATE_STRICT, &extack), ==,
    -EINVAL);
  g_assert_true (extack.where == length);
  g_assert_true (extack.policy == &policy[10]);
  /* Where shorter are not taken strictly, four bytes count. */
  g_assert_cmpint (nlv_attrs_parse (nlv_span (shorter, sizeof shorter), out, 1, liberal, 0, &extack), ==, -ERANGE);
  g_assert_cmpint (nlv_attrs_parse (nlv_span (longer, sizeof longer), out, 1, liberal, 0, &extack), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/policy/verdicts", test_verdicts);
  g_test_add_func ("/wire/policy/last-wins", test_last_wins);
  g_test_add_func ("/wire/policy/depth", test_depth);
  g_test_add_func ("/wire/policy/where", test_where);
  g_test_add_func ("/wire/policy/mask", test_mask);
  return g_test_run ();
}

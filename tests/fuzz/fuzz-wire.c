/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reader and policies: the first byte chooses how strictly to look at what
 * follows. */
#include "fuzz.h"
#include "wire/policy.h"
#include "wire/reader.h"

static const NlvPolicy policy[] = {
  [0] = { .min = 12 },
  [1] = { .kind = NLV_KIND_U8, .bounded = TRUE, .min = 1, .max = 9 },
  [2] = { .kind = NLV_KIND_U16 },
  [3] = { .kind = NLV_KIND_U32, .bounded = TRUE, .min = 1, .max = 1 << 20 },
  [4] = { .kind = NLV_KIND_U64 },
  [5] = { .kind = NLV_KIND_S32, .bounded = TRUE, .min = -5, .max = 5 },
  [6] = { .kind = NLV_KIND_STRING, .len = 15 },
  [7] = { .kind = NLV_KIND_NUL_STRING, .len = 15 },
  [8] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [9] = { .kind = NLV_KIND_NESTED, .len = 12, .nested = policy },
  [10] = { .kind = NLV_KIND_NESTED_ARRAY, .len = 12, .nested = policy },
  [11] = { .kind = NLV_KIND_FLAG },
  [12] = { .kind = NLV_KIND_MIN_LEN, .len = 4 },
};

static void
read_attr (const NlvAttr *attr)
{
  guint8 copy[40];

  nlv_attr_u8 (attr);
  nlv_attr_u16 (attr);
  nlv_attr_u32 (attr);
  nlv_attr_u64 (attr);
  nlv_attr_copy (attr, copy, sizeof copy);
  g_free (nlv_attr_dup_string (attr));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  NlvMessage message;
  NlvSpan rest;

  if (size == 0)
    return 0;
  rest = nlv_span (data + 1, size - 1);
  while (nlv_message_next (&rest, &message))
    {
      NlvAttr attrs[G_N_ELEMENTS (policy)];
      NlvExtack extack = { 0 };

      if (nlv_attrs_parse (nlv_message_payload (&message), attrs, G_N_ELEMENTS (policy) - 1, policy, data[0] & 0x1f,
                           &extack) < 0)
        g_assert_nonnull (extack.message);
      else
        for (guint i = 0; i < G_N_ELEMENTS (attrs); i++)
          if (nlv_attr_present (&attrs[i]))
            read_attr (&attrs[i]);
    }
  return 0;
}

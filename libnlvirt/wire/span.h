/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <glib.h>

/* Bytes that somebody else owns. */
typedef struct
{
  const guint8 *data;
  gsize len;
} NlvSpan;

static inline NlvSpan
nlv_span (const void *data, gsize len)
{
  return (NlvSpan){ data, len };
}

/* The bytes from @offset on; empty when there are none. */
static inline NlvSpan
nlv_span_from (NlvSpan span, gsize offset)
{
  if (offset >= span.len)
    return (NlvSpan){ span.data + span.len, 0 };
  return (NlvSpan){ span.data + offset, span.len - offset };
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Attributes that the model does not name, kept with their row as they came:
 * a list is a GArray of NlvRawAttr, NULL when it is empty. One that has an
 * attribute of type 0 is whole: there are these attributes and no others. */
#pragma once

#include "wire/reader.h"
#include "wire/writer.h"

typedef struct
{
  guint16 type;    /* with its flags */
  GBytes *payload; /* (owned) */
} NlvRawAttr;

/* Takes a reference of @payload. */
void nlv_raw_attrs_add (GArray **attrs, guint16 type, GBytes *payload);
void nlv_raw_attrs_remove (GArray **attrs, guint16 type);
GArray *nlv_raw_attrs_copy (const GArray *attrs);
const NlvRawAttr *nlv_raw_attrs_find (const GArray *attrs, guint16 type);
/* What a message of @attrs would need in all. */
gsize nlv_raw_attrs_size (const GArray *attrs);

/* Puts @attrs into the message that @writer is at, behind a family header of
 * @header bytes: each in the place of its like, or at the end. */
void nlv_raw_attrs_put (const GArray *attrs, NlvWriter *writer, gsize header);

/* Adds what is in @original but not, or not so, in @made; FALSE if that does
 * not make up for all differences. */
gboolean nlv_raw_attrs_keep (GArray **attrs, NlvSpan original, NlvSpan made);
/* Makes it a whole list. */
void nlv_raw_attrs_keep_whole (GArray **attrs, NlvSpan original);

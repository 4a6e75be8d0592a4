/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Keys that stand for one member of a row: described once, read and written
 * by the same description. And the values that every group uses. */
#pragma once

#include "model/file/table-file-names.h"
#include "model/file/table-file-section.h"

#include <stddef.h>

typedef enum
{
  NLV_FIELD_NUMBER, /* unsigned, or one of the names */
  NLV_FIELD_BOOLEAN,
  NLV_FIELD_FLAGS,  /* list of names and numbers */
  NLV_FIELD_NAME,   /* char[IFNAMSIZ] */
  NLV_FIELD_STRING, /* char *, NULL when empty */
  NLV_FIELD_BYTES,  /* GBytes *, NULL when empty */
} NlvFieldKind;

typedef struct
{
  const char *key;
  NlvFieldKind kind;
  guint8 width; /* of a number, in bytes */
  guint16 offset;
  const NlvName *names; /* (nullable) */
} NlvField;

#define NLV_FIELD(kind, key, type, member, names)                                                                      \
  {                                                                                                                    \
    (key), NLV_FIELD_##kind, sizeof (((type *) NULL)->member), offsetof (type, member), (names)                        \
  }

/* Reads those fields that are there, and reports what is wrong with them. */
void nlv_fields_read (const NlvField *fields, gsize n_fields, NlvSection *section, gpointer row);
/* Writes those fields that differ from @reference's. */
void nlv_fields_write (const NlvField *fields, gsize n_fields, gconstpointer row, gconstpointer reference,
                       GString *text);

/* Lists of NAME:VALUE. */
void nlv_read_settings (NlvSection *section, const char *key, const NlvName *names, GArray **settings);
void nlv_write_settings (GString *text, const char *key, const NlvName *names, const GArray *settings);
/* A list of "ADDRESS [CREATED UPDATED]"; NULL when the key is not there. (element-type NlvMembership) */
void nlv_read_groups (NlvSection *section, const char *key, guint8 family, GArray **groups);
void nlv_write_groups (GString *text, const char *key, guint8 family, const GArray *groups);
/* The parts of a text between white space. */
char **nlv_split_words (const char *text);
/* attribute-TYPE=HEX */
void nlv_read_raw_attrs (NlvSection *section, GArray **attrs);
void nlv_write_raw_attrs (GString *text, const GArray *attrs);

/* Single values: each FALSE when the key is not there, or after a report. */
gboolean nlv_read_number (NlvSection *section, const char *key, const NlvName *names, guint64 max, guint64 *value);
gboolean nlv_read_boolean (NlvSection *section, const char *key, gboolean *value);
/* @family 0 takes both and is set. */
gboolean nlv_read_ip (NlvSection *section, const char *key, guint8 *family, NlvIp *ip);
gboolean nlv_read_prefix (NlvSection *section, const char *key, guint8 *family, NlvIp *ip, guint8 *length);
/* 1 to 32 bytes, "02:00:5e:00:53:10". */
gboolean nlv_read_hardware_address (NlvSection *section, const char *key, guint8 address[32], guint8 *length);

gboolean nlv_parse_ip (const char *text, guint8 *family, NlvIp *ip);
gboolean nlv_parse_prefix (const char *text, guint8 *family, NlvIp *ip, guint8 *length);

void nlv_write_string (GString *text, const char *key, const char *value);
void nlv_write_named (GString *text, const char *key, const NlvName *names, guint64 value);
void nlv_write_ip (GString *text, const char *key, guint8 family, const NlvIp *ip);
void nlv_write_prefix (GString *text, const char *key, guint8 family, const NlvIp *ip, guint8 length);
void nlv_write_hardware_address (GString *text, const char *key, const guint8 *address, guint8 length);
void nlv_append_ip (GString *text, guint8 family, const NlvIp *ip);
void nlv_append_hex (GString *text, GBytes *bytes);
void nlv_append_flags (GString *text, const NlvName *names, guint64 value, const char *separator);
/* A string as a part of a list of strings. */
void nlv_append_part (GString *text, const char *part);

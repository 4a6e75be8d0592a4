/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the files of the capture share. */
#pragma once

#include "model/capture/capture.h"
#include "model/rtnetlink/rtnetlink-private.h"

struct _NlvCapture
{
  NlvNetwork *network; /* (owned) */
  guint64 now;
  GArray *ipv6; /* (element-type NlvAddress) (owned): the newest comes first in a dump */
  GArray *ages; /* (element-type guint32) (owned): indexes of links, the newest first */
};

/* The family header of @size bytes, and the attributes behind it; FALSE when
 * the message is too short. */
gboolean nlv_capture_split (const NlvMessage *message, gpointer header, gsize size, NlvSpan *attrs);
NlvIp nlv_capture_ip (const NlvAttr *attr);
/* A payload, in the place of what was in @out. */
void nlv_capture_bytes (const NlvAttr *attr, GBytes **out);
void nlv_capture_string (const NlvAttr *attr, char **out);
void nlv_capture_name (const NlvAttr *attr, char name[IFNAMSIZ]);

/* A link may come or go between two dumps, and a table file names no link that
 * is not in it: what is about others is left out. */
gboolean nlv_capture_knows_link (NlvCapture *self, guint32 index);
/* Whether @length is one of a prefix. */
gboolean nlv_capture_is_prefix (guint8 family, guint length);

/* What the responder would say, to be compared with what was said. */
void nlv_capture_begin_reply (NlvWriter *writer, gsize header, gpointer *out);
/* Keeps in @extra what differs. With @may_be_whole, everything if need be. */
void nlv_capture_compare (NlvWriter *writer, gsize header, NlvSpan original, gboolean may_be_whole, GArray **extra);

/* capture-link.c */
void nlv_capture_link (NlvCapture *self, const NlvMessage *message);
void nlv_capture_groups (NlvCapture *self, const NlvMessage *message);
void nlv_capture_finish_links (NlvCapture *self);
/* capture-route.c */
void nlv_capture_route (NlvCapture *self, const NlvMessage *message);
void nlv_capture_nexthop (NlvCapture *self, const NlvMessage *message);
/* capture-table.c */
void nlv_capture_neighbor_table (NlvCapture *self, const NlvMessage *message);
void nlv_capture_netconf (NlvCapture *self, const NlvMessage *message);
void nlv_capture_label (NlvCapture *self, const NlvMessage *message);
void nlv_capture_netns (NlvCapture *self, const NlvMessage *message);
/* At the end: what turns out to be as usual is dropped. */
void nlv_capture_finish_ages (NlvCapture *self);
void nlv_capture_finish_groups (NlvCapture *self);
/* capture-row.c */
void nlv_capture_address (NlvCapture *self, const NlvMessage *message);
void nlv_capture_rule (NlvCapture *self, const NlvMessage *message);
void nlv_capture_neighbor (NlvCapture *self, const NlvMessage *message);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A network whose links come and go by request, and what is told of it. */
#pragma once

#include "test-change-request.h"

typedef struct
{
  NlvNetwork *network; /* (owned) */
  GString *heard;      /* (owned) a word for each event */
  guint64 now;
  NlvAnswer answer;
} Fixture;

void fixture_init (Fixture *self);
void fixture_clear (Fixture *self);
NlvLink *get_link (Fixture *self, const char *name);
/* Everything is heard, also what comes by itself until nothing is due. */
void settle (Fixture *self, guint time);
struct ifinfomsg *begin (NlvWriter *writer, guint16 type, guint16 flags);
int ask (Fixture *self, NlvWriter *writer);
void put_kind (NlvWriter *writer, const char *kind);
int make (Fixture *self, const char *name, const char *kind, guint32 lower);
/* With one number in its data. */
int make_with (Fixture *self, const char *name, const char *kind, const char *lower, guint16 type, guint32 value,
               gsize size);
int make_pair (Fixture *self, const char *name, const char *peer);
int set_up (Fixture *self, const char *name, gboolean up);
int set (Fixture *self, const char *name, guint16 type, guint32 value);
int set_master (Fixture *self, const char *name, const char *master);
int delete (Fixture *self, const char *name);

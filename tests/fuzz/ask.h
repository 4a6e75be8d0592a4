/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "model/rtnetlink/rtnetlink.h"

/* Asks the responder, and reads the answer to its end in datagrams of @room
 * bytes: each is a row of whole messages. */
void ask_responder (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, gsize room);

/* A dump that goes on while others ask: each call reads one more datagram. */
typedef struct
{
  NlvDump *dump; /* (owned) (nullable) */
  guint n;
} OpenDump;

/* As ask_responder(), but a dump is left to @open, unless one is open. */
void ask_openly (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, gsize room, OpenDump *open);
void read_open_dump (OpenDump *open, gsize room);
/* To its end. */
void finish_open_dump (OpenDump *open, gsize room);

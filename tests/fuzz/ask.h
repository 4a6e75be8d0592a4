/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "model/rtnetlink/rtnetlink.h"

/* Asks the responder, and reads the answer to its end in datagrams of @room
 * bytes: each is a row of whole messages. */
void ask_responder (NlvNetwork *network, const NlvCaller *caller, const NlvMessage *message, gsize room);

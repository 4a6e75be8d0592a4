/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Requests that change a network, for the tests of what they change. */
#pragma once

#include "model/rtnetlink/rtnetlink-private.h"

/* Asks for what has been begun in @writer, and clears it. 0 or -errno; @answer has the words. */
int test_change_ask (NlvNetwork *network, const NlvCaller *caller, NlvWriter *writer, NlvAnswer *answer);

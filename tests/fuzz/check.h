/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "model/network.h"

/* Aborts if the network contradicts itself: whatever a row names is there, what
 * finds rows finds each of them, and they are in their order. */
void check_network (NlvNetwork *network);

/* Aborts unless the text of the network is that of what is read from it. */
void check_text (NlvNetwork *network);

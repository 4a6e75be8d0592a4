/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How much a network may come to hold by requests. The kernel charges what a
 * program makes it keep to the program, and a supervisor cannot: so beyond this
 * there is -ENOMEM, whatever the kernel would do. Nor may one request hold up the
 * other programs for long, which decides what is looked at row by row. What a
 * table file or its owner brings is not limited. */
#pragma once

#include "model/network.h"

#define NLV_MAX_LINKS 4096
#define NLV_MAX_ALT_NAMES 65536 /* of all links */
#define NLV_MAX_ADDRESSES 8192
#define NLV_MAX_ADDRESS_LABELS 4096
#define NLV_MAX_TABLES 65536 /* of each family */
#define NLV_MAX_RULES 16384
#define NLV_MAX_NEIGHBORS 65536
#define NLV_MAX_NEXTHOPS 16384
#define NLV_MAX_GROUP_SIZE 1024     /* members of one group of nexthops */
#define NLV_MAX_GROUP_MEMBERS 65536 /* of all groups */
#define NLV_MAX_BUCKETS 8192        /* of all resilient groups */

/* About how much memory the rows take, at the most @room bytes, 1 GiB if nobody
 * says otherwise. */
gboolean nlv_network_has_room (NlvNetwork *network);
void nlv_network_set_room (NlvNetwork *network, gsize room);

/* Whether a request of this type, that makes something, finds room for it: NULL, or
 * the words for why not. @flags: the request's NLM_F_* */
const char *nlv_network_lacks_room (NlvNetwork *network, guint16 type, guint16 flags);
/* The same for a group of nexthops with this many members and buckets: NHA_GROUP. */
const char *nlv_network_lacks_room_for_group (NlvNetwork *network, guint32 id, guint n_members, guint n_buckets);

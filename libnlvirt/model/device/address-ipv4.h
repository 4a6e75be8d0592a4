/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IPv4 addresses that come to links and leave them, with all that follows:
 * net/ipv4/devinet.c. With @asked the events bear the request's seq and port. */
#pragma once

#include "model/change.h"

/* __inet_insert_ifa(). Takes @row, whatever comes of it; 0 or -errno. */
int nlv_inet_insert_address (NlvChange *change, const NlvLink *link, NlvAddress *row, gboolean asked);
/* __inet_del_ifa(), where another address may take its place. */
void nlv_inet_remove_address (NlvChange *change, const NlvLink *link, NlvAddress *row, gboolean asked);
/* All addresses of a link that has no more to do with IPv4. */
void nlv_inet_remove_addresses (NlvChange *change, const NlvLink *link);
/* rtmsg_ifa(RTM_NEWADDR), of one that has changed. */
void nlv_inet_tell_address (NlvChange *change, const NlvAddress *address, gboolean asked);

/* set_ifa_lifetime(), in seconds; G_MAXUINT32 forever. */
void nlv_inet_set_lifetime (NlvChange *change, NlvAddress *address, guint32 valid, guint32 preferred);
/* The lifetimes of the addresses that are there begin to be watched. */
void nlv_inet_watch_lifetimes (NlvNetwork *network, guint64 now);

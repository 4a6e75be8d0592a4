/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What IPv6 does when something happens to a link: addrconf_notify(). */
#pragma once

#include "model/device/netdev.h"

void nlv_addrconf_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

/* inet6_set_iftoken(): the interface identifier that addresses by router
 * advertisement would have. 0 or -errno. */
int nlv_ipv6_set_token (NlvChange *change, NlvLink *link, const NlvIp *token);

/* device-link-local.c */
/* The interface identifier that a link's hardware address makes: FALSE when it
 * makes none. ipv6_generate_eui64() */
gboolean nlv_ipv6_generate_eui64 (const NlvLink *link, guint8 identifier[8]);
/* addrconf_add_dev(): ready for addresses, but where IPv6 is disabled. */
gboolean nlv_addrconf_add_device (NlvChange *change, const NlvLink *link);
/* addrconf_init_auto_addrs(): the addresses that a link is given by itself. */
void nlv_addrconf_init_addresses (NlvChange *change, NlvLink *link);

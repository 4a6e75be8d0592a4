/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What happens to a link, told to all that hang on links: the kernel's
 * netdevice notifier chain. */
#pragma once

#include "model/change.h"

/* NETDEV_*, those that something here follows from. */
typedef enum
{
  NLV_NETDEV_REGISTER,
  NLV_NETDEV_UNREGISTER,
  NLV_NETDEV_UP,
  NLV_NETDEV_GOING_DOWN,
  NLV_NETDEV_DOWN,
  NLV_NETDEV_CHANGE, /* flags other than IFF_UP, or the carrier */
  NLV_NETDEV_PRE_CHANGE_MTU,
  NLV_NETDEV_CHANGE_MTU,
  NLV_NETDEV_PRE_CHANGE_ADDRESS,
  NLV_NETDEV_CHANGE_ADDRESS,
  NLV_NETDEV_CHANGE_NAME,
  NLV_NETDEV_CHANGE_UPPER,
  NLV_NETDEV_CHANGE_LOWER_STATE,
  NLV_NETDEV_CHANGE_INFO_DATA,
  NLV_NETDEV_CHANGE_TX_QUEUE_LENGTH,
  NLV_NETDEV_FEATURES_CHANGE,
  NLV_NETDEV_POST_TYPE_CHANGE,
  NLV_NETDEV_NOTIFY_PEERS,
  NLV_NETDEV_RESEND_IGMP,
} NlvNetdevEvent;

/* call_netdevice_notifiers(): in the order in which the kernel's parts have
 * registered. */
void nlv_netdev_notify (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

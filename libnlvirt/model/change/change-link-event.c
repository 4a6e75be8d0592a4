/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is told of links: rtmsg_ifinfo(), and rtnetlink_event(), the first of
 * the notifier chain. */
#include "model/device/device.h"
#include "model/rtnetlink/rtnetlink-private.h"

void
nlv_link_event_full (NlvChange *change, const NlvLink *link, guint16 type, guint32 changed, guint32 event,
                     gboolean asked)
{
  /* rtmsg_ifinfo_build_skb(): nlmsg_report() */
  gboolean report = asked && change->echo;
  NlvWriter writer;
  struct ifinfomsg *header;

  /* rtmsg_ifinfo_event(): of what goes, only that it goes is told. */
  if (link->unregistering && type == RTM_NEWLINK)
    return;
  header = nlv_event_begin (change, &writer, RTNLGRP_LINK, type, 0, report, sizeof *header);
  if (header == NULL)
    return;
  header->ifi_type = link->hardware_type;
  header->ifi_index = (gint32) link->index;
  header->ifi_flags = link->flags;
  header->ifi_change = changed;
  nlv_link_message_of_event (&writer, link, event);
  nlv_event_send (change, &writer, RTNLGRP_LINK, report);
}

void
nlv_link_event (NlvChange *change, const NlvLink *link, guint32 changed, guint32 event)
{
  nlv_link_event_full (change, link, RTM_NEWLINK, changed, event, FALSE);
}

/* rtnl_get_event() */
static guint32
event_of (NlvNetdevEvent event)
{
  switch ((guint) event)
    {
      case NLV_NETDEV_FEATURES_CHANGE:
        return IFLA_EVENT_FEATURES;
      case NLV_NETDEV_NOTIFY_PEERS:
        return IFLA_EVENT_NOTIFY_PEERS;
      case NLV_NETDEV_RESEND_IGMP:
        return IFLA_EVENT_IGMP_RESEND;
      case NLV_NETDEV_CHANGE_INFO_DATA:
        return IFLA_EVENT_BONDING_OPTIONS;
      default:
        return IFLA_EVENT_NONE;
    }
}

void
nlv_link_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  switch ((guint) event)
    {
      case NLV_NETDEV_CHANGE_MTU:
      case NLV_NETDEV_CHANGE_ADDRESS:
      case NLV_NETDEV_CHANGE_NAME:
      case NLV_NETDEV_FEATURES_CHANGE:
      case NLV_NETDEV_POST_TYPE_CHANGE:
      case NLV_NETDEV_NOTIFY_PEERS:
      case NLV_NETDEV_CHANGE_UPPER:
      case NLV_NETDEV_RESEND_IGMP:
      case NLV_NETDEV_CHANGE_INFO_DATA:
      case NLV_NETDEV_CHANGE_LOWER_STATE:
      case NLV_NETDEV_CHANGE_TX_QUEUE_LENGTH:
        nlv_link_event (change, link, 0, event_of (event));
        /* The others of the chain are told only now. */
        link->former_mtu = 0;
        break;
      default:
        break;
    }
}

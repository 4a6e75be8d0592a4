/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a bridge makes of what happens to its ports: br_device_event(). */
#include "model/device/bridge.h"
#include "model/device/link-info.h"

#include <linux/if_bridge.h>
#include <string.h>

/* br_port_carrier_check(): TRUE when that has been told. */
static gboolean
check_carrier (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  gboolean works = nlv_link_is_operational (port);
  gboolean disabled = nlv_bridge_port_get_state (port) == BR_STATE_DISABLED;

  if (!nlv_link_is_up (bridge) || works != disabled)
    return FALSE;
  if (works)
    nlv_bridge_enable_port (change, bridge, port);
  else
    nlv_bridge_disable_port (change, bridge, port);
  return TRUE;
}

static void
change_address (NlvChange *change, NlvLink *bridge, NlvLink *port)
{
  const guint8 *old = change->old_address != NULL ? change->old_address : port->address;

  /* Where only the broadcast address is another one, nothing came before. */
  if (memcmp (old, port->address, 6) == 0)
    nlv_bridge_settle_choices (change->network, bridge);
  nlv_bridge_change_local (change, bridge, port, old, port->address);
  if (nlv_bridge_choose_address (change, bridge))
    nlv_netdev_notify (change, bridge, NLV_NETDEV_CHANGE_ADDRESS);
}

static void
port_event (NlvChange *change, NlvLink *bridge, NlvLink *port, NlvNetdevEvent event)
{
  gboolean told = FALSE;

  switch ((guint) event)
    {
      case NLV_NETDEV_PRE_CHANGE_ADDRESS:
      case NLV_NETDEV_PRE_CHANGE_MTU:
        nlv_bridge_settle_choices (change->network, bridge);
        return;
      case NLV_NETDEV_CHANGE_MTU:
        nlv_bridge_adjust_mtu (change, bridge);
        return;
      case NLV_NETDEV_FEATURES_CHANGE:
        return;
      case NLV_NETDEV_CHANGE_ADDRESS:
        change_address (change, bridge, port);
        break;
      case NLV_NETDEV_CHANGE:
        told = check_carrier (change, bridge, port);
        break;
      case NLV_NETDEV_DOWN:
        told = nlv_link_is_up (bridge);
        if (told)
          nlv_bridge_disable_port (change, bridge, port);
        break;
      case NLV_NETDEV_UP:
        told = nlv_link_is_up (bridge) && nlv_link_is_operational (port);
        if (told)
          nlv_bridge_enable_port (change, bridge, port);
        break;
      case NLV_NETDEV_UNREGISTER:
        nlv_bridge_remove_port (change, bridge, port);
        return;
      default:
        return;
    }
  if (!told)
    nlv_bridge_port_event (change, port, RTM_NEWLINK);
}

void
nlv_bridge_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  NlvLink *bridge = nlv_bridge_of_port (change->network, link);

  if (nlv_link_is_bridge (link) && event == NLV_NETDEV_REGISTER)
    nlv_bridge_change_local (change, link, NULL, link->address, link->address);
  if (bridge == NULL)
    return;
  nlv_bridge_complete (change->network, bridge);
  port_event (change, bridge, link, event);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that go up and down, and their flags: __dev_change_flags(),
 * __dev_notify_flags(), dev_open() and dev_close(). */
#include "model/device/consequences.h"
#include "model/device/device-driver.h"
#include "model/device/device.h"
#include "model/link-settings.h"

#include <linux/if.h>
#include <linux/ipv6.h>

/* What a person may set. */
#define SETTABLE (IFF_DEBUG | IFF_NOTRAILERS | IFF_NOARP | IFF_DYNAMIC | IFF_MULTICAST | IFF_PORTSEL | IFF_AUTOMEDIA)
/* IFF_VOLATILE, but for IFF_ECHO and what is derived */
#define FIXED (IFF_LOOPBACK | IFF_POINTOPOINT | IFF_BROADCAST | IFF_MASTER | IFF_SLAVE)
#define COUNTED (IFF_PROMISC | IFF_ALLMULTI)
#define DERIVED (IFF_RUNNING | IFF_LOWER_UP | IFF_DORMANT)

NlvDeviceFlags
nlv_link_get_flags (const NlvLink *link)
{
  NlvDeviceFlags flags = { link->flags & ~(guint32) (COUNTED | DERIVED), link->flags & COUNTED };

  if (link->promiscuity > 0)
    flags.all |= IFF_PROMISC;
  if (link->all_multicast > 0)
    flags.all |= IFF_ALLMULTI;
  return flags;
}

gboolean
nlv_link_is_up (const NlvLink *link)
{
  return (link->flags & IFF_UP) != 0;
}

static int
open_device (NlvChange *change, NlvLink *link)
{
  const NlvDeviceDriver *driver = nlv_link_get_driver (link);
  guint8 state = nlv_link_get_operational_state (link);
  int error;

  link->flags |= IFF_UP;
  nlv_link_set_operational_state (link, state);
  error = driver->open != NULL ? driver->open (change, link) : 0;
  if (error < 0)
    {
      link->flags &= ~(guint32) IFF_UP;
      nlv_link_set_operational_state (link, state);
    }
  else
    {
      nlv_link_resume_receive_mode (change->network, link);
      nlv_link_attach_qdiscs (change->network, link);
      link->transmits = link->carrier != 0;
    }
  nlv_link_derive_flags (link);
  nlv_network_touch_link (change->network, link);
  return error;
}

static void
begin_close (NlvChange *change, NlvLink *link)
{
  nlv_netdev_notify (change, link, NLV_NETDEV_GOING_DOWN);
}

static void
close_device (NlvChange *change, NlvLink *link)
{
  const NlvDeviceDriver *driver = nlv_link_get_driver (link);
  guint8 state = nlv_link_get_operational_state (link);

  link->flags &= ~(guint32) IFF_UP;
  link->transmits = FALSE;
  nlv_link_set_operational_state (link, state);
  if (driver->stop != NULL)
    driver->stop (change, link);
  nlv_link_derive_flags (link);
  nlv_network_touch_link (change->network, link);
}

/* dev_change_rx_flags() */
static void
tell_driver (NlvChange *change, NlvLink *link, guint32 flag)
{
  const NlvDeviceDriver *driver = nlv_link_get_driver (link);

  if (driver->change_rx_flags != NULL)
    driver->change_rx_flags (change, link, flag);
}

/* TRUE when the flag has changed. */
static gboolean
count (NlvChange *change, NlvLink *link, guint32 *counter, int more, guint32 flag)
{
  gboolean before = *counter > 0;

  if (more > 0 ? *counter == G_MAXUINT32 : *counter == 0)
    return FALSE;
  *counter += (guint32) more;
  if (before == (*counter > 0))
    return FALSE;
  tell_driver (change, link, flag);
  return TRUE;
}

void
nlv_link_add_promiscuity (NlvChange *change, NlvLink *link, int more)
{
  NlvDeviceFlags before = nlv_link_get_flags (link);

  count (change, link, &link->promiscuity, more, IFF_PROMISC);
  nlv_network_touch_link (change->network, link);
  nlv_link_notify_flags (change, link, before, IFF_PROMISC, FALSE);
}

void
nlv_link_add_all_multicast (NlvChange *change, NlvLink *link, int more)
{
  NlvDeviceFlags before = nlv_link_get_flags (link);
  gboolean changed = count (change, link, &link->all_multicast, more, IFF_ALLMULTI);

  nlv_network_touch_link (change->network, link);
  if (changed)
    nlv_link_notify_flags (change, link, before, 0, FALSE);
}

/* What IPv6 has taken from the flags when the link was made stays as it is. */
static void
set_flags (NlvLink *link, guint32 flags)
{
  gint64 accept_dad = nlv_link_get_setting (link, NLV_LINK_IPV6, DEVCONF_ACCEPT_DAD);

  link->flags = (flags & SETTABLE) | (link->flags & ~(guint32) SETTABLE);
  if (nlv_link_has_ipv6 (link))
    nlv_link_set_setting (link, NLV_LINK_IPV6, DEVCONF_ACCEPT_DAD, accept_dad);
}

int
nlv_link_apply_flags (NlvChange *change, NlvLink *link, guint32 flags, guint32 mask)
{
  guint32 before = link->flags;
  guint32 wanted = (flags & mask) | (before & ~mask);
  int error = 0;

  set_flags (link, wanted);
  nlv_network_touch_link (change->network, link);
  if (((before ^ wanted) & IFF_MULTICAST) != 0)
    tell_driver (change, link, IFF_MULTICAST);
  if (((before ^ wanted) & IFF_UP) != 0)
    {
      if ((before & IFF_UP) != 0)
        {
          begin_close (change, link);
          close_device (change, link);
        }
      else
        error = open_device (change, link);
    }
  if (((before ^ wanted) & IFF_PROMISC) != 0)
    {
      link->flags ^= IFF_PROMISC;
      count (change, link, &link->promiscuity, (wanted & IFF_PROMISC) != 0 ? 1 : -1, IFF_PROMISC);
    }
  if (((before ^ wanted) & IFF_ALLMULTI) != 0)
    {
      link->flags ^= IFF_ALLMULTI;
      count (change, link, &link->all_multicast, (wanted & IFF_ALLMULTI) != 0 ? 1 : -1, IFF_ALLMULTI);
    }
  nlv_network_touch_link (change->network, link);
  return error;
}

/* NETDEV_CHANGE with what has changed: struct netdev_notifier_change_info. */
static void
notify_change (NlvChange *change, NlvLink *link, guint32 flags)
{
  guint32 outer = change->flags_changed;

  change->flags_changed = flags;
  nlv_netdev_notify (change, link, NLV_NETDEV_CHANGE);
  change->flags_changed = outer;
}

void
nlv_link_notify_flags (NlvChange *change, NlvLink *link, NlvDeviceFlags before, guint32 changed, gboolean asked)
{
  guint32 differing = nlv_link_get_flags (link).all ^ before.all;

  if (changed != 0)
    nlv_link_event_full (change, link, RTM_NEWLINK, changed, IFLA_EVENT_NONE, asked);
  if ((differing & IFF_UP) != 0)
    nlv_netdev_notify (change, link, nlv_link_is_up (link) ? NLV_NETDEV_UP : NLV_NETDEV_DOWN);
  if (nlv_link_is_up (link) && (differing & ~(guint32) (IFF_UP | COUNTED | FIXED | IFF_ECHO)) != 0)
    notify_change (change, link, differing);
}

int
nlv_link_change_flags (NlvChange *change, NlvLink *link, guint32 flags, guint32 mask)
{
  NlvDeviceFlags before = nlv_link_get_flags (link), after;
  int error = nlv_link_apply_flags (change, link, flags, mask);

  if (error < 0)
    return error;
  after = nlv_link_get_flags (link);
  nlv_link_notify_flags (change, link, before, (before.all ^ after.all) | (before.own ^ after.own), FALSE);
  return 0;
}

void
nlv_link_close_many (NlvChange *change, NlvLink *const *links, guint n)
{
  g_autofree gboolean *up = g_new0 (gboolean, n);

  for (guint i = 0; i < n; i++)
    up[i] = nlv_link_is_up (links[i]);
  for (guint i = 0; i < n; i++)
    if (up[i])
      begin_close (change, links[i]);
  for (guint i = 0; i < n; i++)
    if (up[i])
      close_device (change, links[i]);
  for (guint i = 0; i < n; i++)
    if (up[i])
      {
        nlv_link_event (change, links[i], IFF_UP | IFF_RUNNING, IFLA_EVENT_NONE);
        nlv_netdev_notify (change, links[i], NLV_NETDEV_DOWN);
      }
}

void
nlv_link_state_changed (NlvChange *change, NlvLink *link)
{
  if (!nlv_link_is_up (link))
    return;
  notify_change (change, link, 0);
  nlv_link_event (change, link, 0, IFLA_EVENT_NONE);
}

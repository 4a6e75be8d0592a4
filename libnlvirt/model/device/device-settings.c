/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A link's address, MTU and other settings: net/core/dev.c, and
 * eth_mac_addr(). */
#include "model/device/device-settings.h"
#include "model/device/device-driver.h"

#include <errno.h>
#include <linux/if.h>
#include <string.h>

/* is_valid_ether_addr() */
static gboolean
is_good_address (const guint8 *address, guint8 length)
{
  static const guint8 none[32];

  return (address[0] & 1) == 0 && memcmp (address, none, length) != 0;
}

/* eth_prepare_mac_addr_change() */
static int
check_address (const NlvLink *link, const NlvDeviceDriver *driver, const guint8 *address)
{
  if (nlv_link_is_up (link) && (driver->abilities & NLV_DEVICE_LIVE_ADDRESS) == 0)
    return -EBUSY;
  return is_good_address (address, link->address_length) ? 0 : -EADDRNOTAVAIL;
}

int
nlv_link_set_address (NlvChange *change, NlvLink *link, const guint8 *address)
{
  const NlvDeviceDriver *driver = nlv_link_get_driver (link);
  const guint8 *outer = change->old_address;
  gsize length = MIN (link->address_length, sizeof link->address);
  guint8 old[sizeof link->address];
  int error;

  if ((driver->abilities & NLV_DEVICE_ADDRESS) == 0 || length == 0)
    return -EOPNOTSUPP;
  nlv_netdev_notify (change, link, NLV_NETDEV_PRE_CHANGE_ADDRESS);
  memcpy (old, link->address, sizeof old);
  if (memcmp (link->address, address, length) != 0)
    {
      error = check_address (link, driver, address);
      if (error == 0 && driver->set_address != NULL)
        error = driver->set_address (change, link, address);
      if (error < 0)
        return error;
      memcpy (link->address, address, length);
      nlv_network_touch_link (change->network, link);
    }
  link->address_choice = NLV_CHOICE_USER;
  change->old_address = old;
  nlv_netdev_notify (change, link, NLV_NETDEV_CHANGE_ADDRESS);
  change->old_address = outer;
  return 0;
}

int
nlv_link_validate_mtu (NlvChange *change, const NlvLink *link, guint32 mtu)
{
  if (mtu > G_MAXINT32 || mtu < link->min_mtu)
    return nlv_change_refuse (change, -EINVAL, "mtu less than device minimum");
  if (link->max_mtu > 0 && mtu > link->max_mtu)
    return nlv_change_refuse (change, -EINVAL, "mtu greater than device maximum");
  return 0;
}

int
nlv_link_set_mtu (NlvChange *change, NlvLink *link, guint32 mtu)
{
  const NlvDeviceDriver *driver = nlv_link_get_driver (link);
  guint32 outer = change->old_mtu;
  int error;

  if (mtu == link->mtu)
    return 0;
  error = nlv_link_validate_mtu (change, link, mtu);
  if (error < 0)
    return error;
  nlv_netdev_notify (change, link, NLV_NETDEV_PRE_CHANGE_MTU);
  if (driver->change_mtu != NULL)
    error = driver->change_mtu (change, link, mtu);
  if (error < 0)
    return error;
  change->old_mtu = link->mtu;
  link->former_mtu = MAX (link->mtu, 1);
  link->mtu = mtu;
  nlv_network_touch_link (change->network, link);
  nlv_netdev_notify (change, link, NLV_NETDEV_CHANGE_MTU);
  change->old_mtu = outer;
  return 0;
}

void
nlv_link_follow_mtu (NlvChange *change, NlvLink *link, guint32 mtu)
{
  NlvExtack *extack = change->extack;

  change->extack = NULL;
  nlv_link_set_mtu (change, link, mtu);
  change->extack = extack;
}

void
nlv_link_set_queue_length (NlvChange *change, NlvLink *link, guint32 length)
{
  if (link->tx_queue_length == length)
    return;
  link->tx_queue_length = length;
  nlv_network_touch_link (change->network, link);
  nlv_netdev_notify (change, link, NLV_NETDEV_CHANGE_TX_QUEUE_LENGTH);
}

int
nlv_link_change_carrier (NlvChange *change, NlvLink *link, gboolean carrier)
{
  const NlvDeviceDriver *driver = nlv_link_get_driver (link);

  return driver->change_carrier != NULL ? driver->change_carrier (change, link, carrier) : -EOPNOTSUPP;
}

void
nlv_link_change_operational_state (NlvChange *change, NlvLink *link, guint8 state)
{
  guint8 now = nlv_link_get_operational_state (link);
  gboolean up = now == IF_OPER_UP || now == IF_OPER_UNKNOWN;
  gboolean dormant = nlv_link_is_dormant (link);

  if (state == IF_OPER_UP)
    {
      if ((now != IF_OPER_DORMANT && now != IF_OPER_TESTING && now != IF_OPER_UNKNOWN) || dormant)
        return;
    }
  else if ((state != IF_OPER_TESTING && state != IF_OPER_DORMANT) || !up)
    return;
  nlv_link_set_operational_state (link, state);
  nlv_link_derive_flags (link);
  nlv_network_touch_link (change->network, link);
  nlv_link_state_changed (change, link);
}

/* dev->proto_down_reason, which is kept as it is shown. */
static guint32
get_reason (const NlvLink *link)
{
  const NlvRawAttr *raw = nlv_raw_attrs_find (link->extra, IFLA_PROTO_DOWN_REASON);
  NlvAttr attr;
  NlvSpan rest;
  gsize len;

  if (raw == NULL)
    return 0;
  rest.data = g_bytes_get_data (raw->payload, &len);
  rest.len = len;
  while (nlv_attr_next (&rest, &attr))
    if (attr.type == IFLA_PROTO_DOWN_REASON_VALUE)
      return nlv_attr_u32 (&attr);
  return 0;
}

static void
set_reason (NlvLink *link, guint32 reason)
{
  struct
  {
    struct nlattr header;
    guint32 value;
  } shown = { { sizeof shown, IFLA_PROTO_DOWN_REASON_VALUE }, reason };
  g_autoptr (GBytes) bytes = g_bytes_new (&shown, sizeof shown);

  nlv_raw_attrs_remove (&link->extra, IFLA_PROTO_DOWN_REASON);
  if (reason != 0)
    nlv_raw_attrs_add (&link->extra, IFLA_PROTO_DOWN_REASON | NLA_F_NESTED, bytes);
}

/* netdev_change_proto_down_reason_locked() */
static int
change_reason (NlvChange *change, NlvLink *link, const NlvAttr *reason)
{
  static const NlvPolicy policy[IFLA_PROTO_DOWN_REASON_MAX + 1] = {
    [IFLA_PROTO_DOWN_REASON_MASK] = { .kind = NLV_KIND_U32 },
    [IFLA_PROTO_DOWN_REASON_VALUE] = { .kind = NLV_KIND_U32 },
  };
  NlvAttr attrs[IFLA_PROTO_DOWN_REASON_MAX + 1];
  guint32 mask, value;
  int error = nlv_attrs_parse (reason->payload, attrs, IFLA_PROTO_DOWN_REASON_MAX, policy, NLV_VALIDATE_LIBERAL, NULL);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[IFLA_PROTO_DOWN_REASON_VALUE]))
    return nlv_change_refuse (change, -EINVAL, "Invalid protodown reason value");
  value = nlv_attr_u32 (&attrs[IFLA_PROTO_DOWN_REASON_VALUE]);
  mask = nlv_attr_u32 (&attrs[IFLA_PROTO_DOWN_REASON_MASK]);
  set_reason (link, mask == 0 ? value : (get_reason (link) & ~mask) | (value & mask));
  return 0;
}

int
nlv_link_set_protocol_down (NlvChange *change, NlvLink *link, const NlvAttr *down, const NlvAttr *reason)
{
  int error;

  if ((nlv_link_get_driver (link)->abilities & NLV_DEVICE_PROTOCOL_DOWN) == 0)
    return nlv_change_refuse (change, -EOPNOTSUPP, "Protodown not supported by device");
  if (reason != NULL)
    {
      error = change_reason (change, link, reason);
      if (error < 0)
        return error;
    }
  if (down == NULL)
    return 0;
  if (nlv_attr_u8 (down) == 0 && get_reason (link) != 0)
    return nlv_change_refuse (change, -EBUSY, "Cannot clear protodown, active reasons");
  nlv_link_set_carrier (change, link, nlv_attr_u8 (down) == 0);
  link->protocol_down = nlv_attr_u8 (down) != 0;
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a request sets of one link, in the kernel's order: do_setlink(). What is
 * done when something is refused stays done. */
#include "model/change/change-link.h"
#include "model/device/device-settings.h"
#include "model/device/link-kind.h"

#include <errno.h>
#include <string.h>

#define MAX_GSO_SEGS 65535
/* GRO_MAX_SIZE and GSO_LEGACY_MAX_SIZE */
#define MAX_GRO_SIZE (8 * 65535)
#define LEGACY_MAX_SIZE 65536
/* Pointers in KMALLOC_MAX_SIZE. */
#define MAX_QUEUE_LENGTH 524288

typedef int (*Step) (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status);

static const NlvAttr *
find (const NlvLinkRequest *self, guint16 type)
{
  const NlvAttr *attr = &self->attrs[type];

  return nlv_attr_present (attr) ? attr : NULL;
}

static void
modified (NlvLinkStatus *status)
{
  *status = MAX (*status, NLV_LINK_MODIFIED);
}

static gboolean
exceeds (const NlvLinkRequest *self, guint16 type, guint32 limit)
{
  const NlvAttr *attr = find (self, type);

  return attr != NULL && nlv_attr_u32 (attr) > limit;
}

static gboolean
is_shorter (const NlvLinkRequest *self, guint16 type, guint8 length)
{
  const NlvAttr *attr = find (self, type);

  return attr != NULL && attr->payload.len < length;
}

int
nlv_link_validate (NlvLinkRequest *self, const NlvLink *link)
{
  NlvChange *change = &self->change;

  if (is_shorter (self, IFLA_ADDRESS, link->address_length) || is_shorter (self, IFLA_BROADCAST, link->address_length))
    return -EINVAL;
  if (exceeds (self, IFLA_GSO_MAX_SIZE, link->tso_max_size))
    return nlv_change_refuse (change, -EINVAL, "too big gso_max_size");
  if (exceeds (self, IFLA_GSO_MAX_SEGS, MIN (MAX_GSO_SEGS, link->tso_max_segs)))
    return nlv_change_refuse (change, -EINVAL, "too big gso_max_segs");
  if (exceeds (self, IFLA_GRO_MAX_SIZE, MAX_GRO_SIZE))
    return nlv_change_refuse (change, -EINVAL, "too big gro_max_size");
  if (exceeds (self, NLV_IFLA_GSO_IPV4_MAX_SIZE, link->tso_max_size))
    return nlv_change_refuse (change, -EINVAL, "too big gso_ipv4_max_size");
  if (exceeds (self, NLV_IFLA_GRO_IPV4_MAX_SIZE, MAX_GRO_SIZE))
    return nlv_change_refuse (change, -EINVAL, "too big gro_ipv4_max_size");
  return nlv_link_validate_families (self, link);
}

/* No driver here has ndo_set_config. */
static int
set_map (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  return find (self, IFLA_MAP) != NULL ? -EOPNOTSUPP : 0;
}

static int
set_address (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_ADDRESS);
  int error = attr != NULL ? nlv_link_set_address (&self->change, link, attr->payload.data) : 0;

  if (attr != NULL && error == 0)
    modified (status);
  return error;
}

static int
set_mtu (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_MTU);
  int error = attr != NULL ? nlv_link_set_mtu (&self->change, link, nlv_attr_u32 (attr)) : 0;

  if (attr != NULL && error == 0)
    modified (status);
  return error;
}

static int
set_group (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_GROUP);

  if (attr == NULL)
    return 0;
  link->group = nlv_attr_u32 (attr);
  *status = NLV_LINK_NOTIFY;
  return 0;
}

/* A link that is chosen by its index is given the name. */
static int
set_name (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_IFNAME);
  g_autofree char *name = attr != NULL ? nlv_attr_dup_string (attr) : NULL;
  int error;

  if (self->header.ifi_index <= 0 || name == NULL || name[0] == '\0')
    return 0;
  error = nlv_link_set_name (&self->change, link, name);
  if (error == 0)
    modified (status);
  return error;
}

static int
set_alias (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_IFALIAS);

  if (attr == NULL)
    return 0;
  g_free (link->alias);
  link->alias = nlv_attr_dup_string (attr);
  /* rtnl_fill_ifinfo() does not show an empty one. */
  if (link->alias[0] == '\0')
    g_clear_pointer (&link->alias, g_free);
  *status = NLV_LINK_NOTIFY;
  return 0;
}

static int
set_broadcast (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_BROADCAST);

  if (attr == NULL)
    return 0;
  memcpy (link->broadcast, attr->payload.data, MIN (link->address_length, sizeof link->broadcast));
  nlv_network_touch_link (self->request->network, link);
  nlv_netdev_notify (&self->change, link, NLV_NETDEV_CHANGE_ADDRESS);
  return 0;
}

/* rtnl_dev_combine_flags(): no ifi_change is all of it. */
static int
set_flags (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  guint32 flags = self->header.ifi_flags, mask = self->header.ifi_change;

  if (flags == 0 && mask == 0)
    return 0;
  return nlv_link_change_flags (&self->change, link, flags, mask != 0 ? mask : G_MAXUINT32);
}

static int
set_master (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_MASTER);
  int error = attr != NULL ? nlv_link_set_master (&self->change, link, nlv_attr_u32 (attr)) : 0;

  if (attr != NULL && error == 0)
    modified (status);
  return error;
}

static int
set_carrier (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_CARRIER);
  int error = attr != NULL ? nlv_link_change_carrier (&self->change, link, nlv_attr_u8 (attr) != 0) : 0;

  if (attr != NULL && error == 0)
    modified (status);
  return error;
}

/* pfifo_fast_change_tx_queue_len() */
static gboolean
has_rings (const NlvLink *link)
{
  return g_strcmp0 (link->qdisc, "pfifo_fast") == 0 || g_strcmp0 (link->qdisc, "mq") == 0;
}

static int
set_queue_length (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, IFLA_TXQLEN);
  guint32 before;

  if (attr == NULL)
    return 0;
  before = link->tx_queue_length;
  nlv_link_set_queue_length (&self->change, link, nlv_attr_u32 (attr));
  if (link->tx_queue_length != before && link->tx_queue_length > MAX_QUEUE_LENGTH && has_rings (link))
    {
      /* Of the way back nobody is told. */
      link->tx_queue_length = before;
      nlv_network_touch_link (self->change.network, link);
      return -ENOMEM;
    }
  modified (status);
  return 0;
}

/* netif_set_gso_max_size() and its like: a size that IPv4 knew already is for
 * IPv4 too. */
static void
set_size (const NlvLinkRequest *self, guint16 type, guint32 *size, guint32 *size_ipv4, NlvLinkStatus *status)
{
  const NlvAttr *attr = find (self, type);
  guint32 value = attr != NULL ? nlv_attr_u32 (attr) : *size;

  if (value == *size)
    return;
  *size = value;
  if (size_ipv4 != NULL && value <= LEGACY_MAX_SIZE)
    *size_ipv4 = value;
  modified (status);
}

static int
set_sizes (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  set_size (self, IFLA_GSO_MAX_SIZE, &link->gso_max_size, &link->gso_ipv4_max_size, status);
  set_size (self, IFLA_GSO_MAX_SEGS, &link->gso_max_segs, NULL, status);
  set_size (self, IFLA_GRO_MAX_SIZE, &link->gro_max_size, &link->gro_ipv4_max_size, status);
  set_size (self, NLV_IFLA_GSO_IPV4_MAX_SIZE, &link->gso_ipv4_max_size, NULL, status);
  set_size (self, NLV_IFLA_GRO_IPV4_MAX_SIZE, &link->gro_ipv4_max_size, NULL, status);
  return 0;
}

static int
set_state (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *state = find (self, IFLA_OPERSTATE), *mode = find (self, IFLA_LINKMODE);

  if (state != NULL)
    nlv_link_change_operational_state (&self->change, link, nlv_attr_u8 (state));
  if (mode == NULL)
    return 0;
  if (link->link_mode != nlv_attr_u8 (mode))
    *status = NLV_LINK_NOTIFY;
  nlv_link_set_mode (link, nlv_attr_u8 (mode));
  return 0;
}

static int
set_functions (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  int error = nlv_link_set_functions (self, status);

  return error < 0 ? error : nlv_link_set_ports (self);
}

static int
set_protocol_down (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  const NlvAttr *down = find (self, IFLA_PROTO_DOWN), *reason = find (self, IFLA_PROTO_DOWN_REASON);
  int error;

  if (down == NULL && reason == NULL)
    return 0;
  error = nlv_link_set_protocol_down (&self->change, link, down, reason);
  if (error == 0)
    *status = NLV_LINK_NOTIFY;
  return error;
}

static int
set_xdp (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  return nlv_link_set_xdp (self, status);
}

int
nlv_link_set (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus status)
{
  static const Step steps[] = {
    set_map,           set_address,   set_mtu,   set_group,     set_name,
    set_alias,         set_broadcast, set_flags, set_master,    set_carrier,
    set_queue_length,  set_sizes,     set_state, set_functions, nlv_link_set_families,
    set_protocol_down, set_xdp,
  };
  int error = nlv_link_validate (self, link);

  if (error < 0)
    return error;
  for (guint i = 0; error == 0 && i < G_N_ELEMENTS (steps); i++)
    error = steps[i](self, link, &status);
  nlv_network_touch_link (self->request->network, link);
  if (status == NLV_LINK_NOTIFY)
    nlv_link_state_changed (&self->change, link);
  return error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links that go: RTM_DELLINK, rtnl_dellink(), and unregister_netdevice_many(). */
#include "model/device/device-driver.h"
#include "model/device/link-kind.h"

#include <errno.h>
#include <linux/if.h>
#include <string.h>

/* --- unregistering ------------------------------------------------------------------ */

/* dev_shutdown() */
static void
shut_down (NlvLink *link)
{
  g_free (link->qdisc);
  link->qdisc = g_strdup ("noop");
}

/* Of what is kept as the kernel told it. */
static gboolean
is_of_link (const NlvObject *object, guint32 index)
{
  switch (object->type)
    {
      case RTM_NEWQDISC:
      case RTM_NEWTCLASS:
      case RTM_NEWTFILTER:
      case RTM_NEWCHAIN:
      case RTM_GETMDB:
      case RTM_NEWMDB:
      case RTM_NEWSTATS:
      case RTM_NEWTUNNEL:
        return g_bytes_get_size (object->body) >= 8 &&
               memcmp ((const guint8 *) g_bytes_get_data (object->body, NULL) + 4, &index, sizeof index) == 0;
      default:
        return FALSE;
    }
}

static void
remove_objects (NlvNetwork *network, guint32 index)
{
  for (guint i = nlv_network_get_n_objects (network); i > 0; i--)
    {
      NlvObject *object = nlv_network_get_object (network, i - 1);

      if (is_of_link (object, index))
        nlv_network_remove_object (network, object);
    }
}

/* Those that a kind has not let go itself: what only a table can bring, as it
 * cannot be made here. */
static void
release_slaves (NlvChange *change, const NlvLink *master)
{
  for (guint i = 0; i < nlv_network_get_n_links (change->network); i++)
    {
      NlvLink *slave = nlv_network_get_link (change->network, i);

      if (slave->master != master->index)
        continue;
      slave->master = 0;
      slave->flags &= ~(guint32) IFF_SLAVE;
      g_clear_pointer (&slave->slave_kind, g_free);
      g_clear_pointer (&slave->slave_data, g_bytes_unref);
      nlv_network_touch_link (change->network, slave);
      nlv_netdev_notify (change, slave, NLV_NETDEV_CHANGE_UPPER);
    }
}

void
nlv_link_unregister_many (NlvChange *change, GPtrArray *doomed, gboolean asked)
{
  nlv_network_begin_indices (change->network);
  nlv_link_close_many (change, (NlvLink *const *) doomed->pdata, doomed->len);
  for (guint i = 0; i < doomed->len; i++)
    ((NlvLink *) g_ptr_array_index (doomed, i))->unregistering = TRUE;
  for (guint i = 0; i < doomed->len; i++)
    {
      NlvLink *link = g_ptr_array_index (doomed, i);
      const NlvDeviceDriver *driver = nlv_link_get_driver (link);

      shut_down (link);
      nlv_netdev_notify (change, link, NLV_NETDEV_UNREGISTER);
      if (driver->uninit != NULL)
        driver->uninit (change, link);
      release_slaves (change, link);
      if (!link->initializing)
        nlv_link_event_full (change, link, RTM_DELLINK, G_MAXUINT32, IFLA_EVENT_NONE, asked);
      remove_objects (change->network, link->index);
      nlv_network_remove_link (change->network, link);
    }
}

void
nlv_link_unregister (NlvChange *change, NlvLink *link)
{
  g_autoptr (GPtrArray) doomed = g_ptr_array_new ();

  g_ptr_array_add (doomed, link);
  nlv_link_unregister_many (change, doomed, FALSE);
}

/* --- deleting ------------------------------------------------------------------------- */

/* What its driver does not let go has no dellink: the loopback, and what is
 * made of hardware. */
static gboolean
can_go (const NlvLink *link)
{
  return link->kind != NULL;
}

static void
doom (NlvChange *change, NlvLink *link, GPtrArray *doomed)
{
  const NlvLinkKind *kind = nlv_link_kind_of (link);

  if (kind != NULL && kind->remove != NULL)
    kind->remove (change, link, doomed);
  else
    g_ptr_array_add (doomed, link);
}

int
nlv_link_delete (NlvChange *change, NlvLink *link, gboolean asked)
{
  g_autoptr (GPtrArray) doomed = g_ptr_array_new ();

  if (!can_go (link))
    return -EOPNOTSUPP;
  doom (change, link, doomed);
  nlv_link_unregister_many (change, doomed, asked);
  return 0;
}

int
nlv_link_take_out (NlvChange *change, NlvLink *link)
{
  if (can_go (link))
    return nlv_link_delete (change, link, FALSE);
  if (link->flags & IFF_LOOPBACK)
    return -EOPNOTSUPP;
  nlv_link_unregister (change, link);
  return 0;
}

/* rtnl_group_dellink() */
static int
delete_group (NlvChange *change, guint32 group)
{
  NlvNetwork *network = change->network;
  g_autoptr (GPtrArray) doomed = g_ptr_array_new (), members = g_ptr_array_new ();

  if (group == 0)
    return -EPERM;
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      NlvLink *link = nlv_network_get_link_by_age (network, i);

      if (link->group != group)
        continue;
      if (!can_go (link))
        return -EOPNOTSUPP;
      g_ptr_array_add (members, link);
    }
  if (members->len == 0)
    return -ENODEV;
  for (guint i = 0; i < members->len; i++)
    {
      NlvLink *link = g_ptr_array_index (members, i);

      /* Gone already with another, as a veth's peer. */
      if (!g_ptr_array_find (doomed, link, NULL))
        doom (change, link, doomed);
    }
  nlv_link_unregister_many (change, doomed, FALSE);
  return 0;
}

int
nlv_dellink (const NlvRequest *request)
{
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  struct ifinfomsg header;
  NlvChange change;
  NlvLink *link;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, NLV_IFLA_MAX, nlv_link_policy,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[IFLA_NET_NS_PID]) || nlv_attr_present (&attrs[IFLA_NET_NS_FD]))
    return nlv_request_refuse (request, -EOPNOTSUPP, "specified netns attribute not supported");
  if (nlv_attr_present (&attrs[IFLA_TARGET_NETNSID]))
    return nlv_other_netns_error (request->network, &attrs[IFLA_TARGET_NETNSID]);
  nlv_change_init_request (&change, request);
  nlv_request_header (request->message, &header, sizeof header);
  link = nlv_link_find_asked (request->network, &header, attrs);
  if (link != NULL)
    return nlv_link_delete (&change, link, TRUE);
  if (header.ifi_index > 0 || nlv_link_is_named (attrs))
    return -ENODEV;
  if (nlv_attr_present (&attrs[IFLA_GROUP]))
    return delete_group (&change, nlv_attr_u32 (&attrs[IFLA_GROUP]));
  return -EINVAL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The drivers by kind, and what they do with their links. */
#include "model/device-driver.h"

#include <string.h>

static NlvLink *
find_peer (NlvChange *change, const NlvLink *link)
{
  if (!link->has_lower || link->lower_netns >= 0)
    return NULL;
  return nlv_network_find_link (change->network, link->lower);
}

/* veth_open(). A peer in another namespace is not to be seen: it is taken for
 * one that is up. */
static int
open_veth (NlvChange *change, NlvLink *link)
{
  NlvLink *peer = find_peer (change, link);

  if (peer == NULL)
    nlv_link_set_carrier (change, link, TRUE);
  else if (nlv_link_is_up (peer))
    {
      nlv_link_set_carrier (change, link, TRUE);
      nlv_link_set_carrier (change, peer, TRUE);
    }
  return 0;
}

/* veth_close() */
static void
stop_veth (NlvChange *change, NlvLink *link)
{
  NlvLink *peer = find_peer (change, link);

  nlv_link_set_carrier (change, link, FALSE);
  if (peer != NULL)
    nlv_link_set_carrier (change, peer, FALSE);
}

static const NlvDeviceDriver other = { NULL };

static const NlvDeviceDriver drivers[] = {
  { "veth", .open = open_veth, .stop = stop_veth },
};

const NlvDeviceDriver *
nlv_link_get_driver (const NlvLink *link)
{
  for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
    if (g_strcmp0 (link->kind, drivers[i].kind) == 0)
      return &drivers[i];
  return &other;
}

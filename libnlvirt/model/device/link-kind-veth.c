/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Virtual Ethernet pairs: drivers/net/veth.c. Each has the other as IFLA_LINK. */
#include "model/device/link-kind.h"

#include <errno.h>
#include <string.h>

static const NlvPolicy policy[VETH_INFO_MAX + 1] = {
  [VETH_INFO_PEER] = { .kind = NLV_KIND_UNSPEC, .len = sizeof (struct ifinfomsg) },
};

#define MIN_MTU 68
#define MAX_MTU 65535

static int
validate (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data)
{
  int error = nlv_link_kind_check_address (attrs);
  guint32 mtu = nlv_attr_u32 (&attrs[IFLA_MTU]);

  if (error == 0 && nlv_attr_present (&attrs[IFLA_MTU]) && (mtu < MIN_MTU || mtu > MAX_MTU))
    return -EINVAL;
  return error;
}

/* What is asked of the peer: its own header and attributes, or those of the
 * other. rtnl_nla_parse_ifinfomsg() and rtnl_get_peer_net(). */
static int
parse_peer (NlvLinkRequest *self, NlvLinkRequest *peer)
{
  const NlvAttr *attr = &self->data[VETH_INFO_PEER];
  int error;

  memcpy (&peer->header, attr->payload.data, sizeof peer->header);
  if (peer->header.ifi_index < 0)
    return nlv_change_refuse_attr (&self->change, -EINVAL, "ifindex can't be negative", attr);
  error = nlv_attrs_parse (nlv_span_from (attr->payload, sizeof peer->header), peer->attrs, NLV_IFLA_MAX,
                           nlv_link_policy, NLV_VALIDATE_LIBERAL, self->change.extack);
  return error < 0 ? error : validate (&self->change, peer->attrs, NULL);
}

static gboolean
has_peer (const NlvLinkRequest *self)
{
  return self->data != NULL && nlv_attr_present (&self->data[VETH_INFO_PEER]);
}

static int
prepare (NlvLinkRequest *self)
{
  NlvLinkRequest peer = *self;
  int error = has_peer (self) ? parse_peer (self, &peer) : 0;

  return error < 0 ? error : nlv_link_check_target (self->request, peer.attrs);
}

/* Registered with a carrier, which it then loses: so the link watch looks at it. */
static NlvLink *
register_end (NlvChange *change, NlvLink *row, int *error)
{
  NlvLink *link;

  row->has_lower = TRUE;
  row->carrier = 1;
  row->carrier_down_count = 0;
  link = nlv_link_register (change, row, error);
  if (link != NULL)
    nlv_link_set_carrier (change, link, FALSE);
  return link;
}

/* The peer comes first, alone. */
static int
create_peer (NlvLinkRequest *self, const NlvLink *other, NlvLink **created)
{
  g_autofree char *name = g_strdup ("veth%d");
  NlvLinkRequest peer = *self;
  gboolean own = has_peer (self);
  NlvLink row, *link;
  int error = own ? parse_peer (self, &peer) : 0;

  if (error < 0)
    return error;
  if (own && nlv_attr_present (&peer.attrs[IFLA_IFNAME]))
    {
      g_free (name);
      name = nlv_attr_dup_string (&peer.attrs[IFLA_IFNAME]);
    }
  error = nlv_link_make (&peer, &nlv_kind_veth, name, &row);
  if (error < 0)
    return error;
  if (!own || !nlv_attr_present (&peer.attrs[IFLA_ADDRESS]))
    nlv_link_draw_address (self->change.network, &row);
  if (own && other->index != 0)
    row.index = (guint32) peer.header.ifi_index;
  nlv_link_inherit_tso (&row, other);
  link = register_end (&self->change, &row, &error);
  if (link == NULL)
    return error;
  error = nlv_link_configure (&self->change, link, own ? &peer.header : NULL, FALSE);
  if (error < 0)
    nlv_link_unregister (&self->change, link);
  *created = link;
  return error;
}

static int
create (NlvLinkRequest *self, NlvLink *row, NlvLink **created)
{
  NlvLink *peer, *link;
  int error = create_peer (self, row, &peer);

  if (error < 0)
    {
      nlv_link_clear (row);
      return error;
    }
  if (!nlv_attr_present (&self->attrs[IFLA_ADDRESS]))
    nlv_link_draw_address (self->change.network, row);
  link = register_end (&self->change, row, &error);
  if (link == NULL)
    {
      nlv_link_unregister (&self->change, peer);
      return error;
    }
  link->lower = peer->index;
  peer->lower = link->index;
  nlv_network_touch_link (self->change.network, peer);
  *created = link;
  return 0;
}

/* veth_dellink(): the peer goes with it. */
static void
remove_pair (NlvChange *change, NlvLink *link, GPtrArray *doomed)
{
  NlvLink *peer =
    link->has_lower && link->lower_netns < 0 ? nlv_network_find_link (change->network, link->lower) : NULL;

  g_ptr_array_add (doomed, link);
  link->lower = 0;
  link->lower_netns = -1;
  if (peer == NULL || peer == link || g_strcmp0 (peer->kind, "veth") != 0 || peer->lower != link->index)
    return;
  peer->lower = 0;
  g_ptr_array_add (doomed, peer);
}

const NlvLinkKind nlv_kind_veth = {
  .name = "veth",
  .max_type = VETH_INFO_MAX,
  .policy = policy,
  .validate = validate,
  .prepare = prepare,
  .create = create,
  .remove = remove_pair,
};

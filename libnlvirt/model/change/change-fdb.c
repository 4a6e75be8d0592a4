/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWNEIGH and RTM_DELNEIGH of AF_BRIDGE: rtnl_fdb_add(), rtnl_fdb_del(), and
 * what becomes of them at devices that only let addresses in: ndo_dflt_fdb_add(),
 * macvlan_fdb_add(). */
#include "model/change/change-fdb.h"

#include "model/device/bridge.h"
#include "model/device/device-driver.h"
#include "model/device/device-filter.h"
#include "model/device/stacked.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <string.h>

#define ADDRESS_LENGTH 6
#define MAX_VLAN 4095

gboolean
nlv_fdb_is_own (const NlvNeighbor *row, const NlvLink *link)
{
  return row->family == AF_BRIDGE && row->link == link->index && (row->flags & NTF_SELF) != 0;
}

/* --- devices that let addresses in ------------------------------------------------- */

static gboolean
is_multicast (const guint8 *address)
{
  return (address[0] & 1) != 0;
}

static NlvNeighbor
make_entry (const NlvFdbRequest *self, guint16 state)
{
  NlvNeighbor entry = {
    .family = AF_BRIDGE, .flags = NTF_SELF, .state = state, .link = self->link->index, .address_length = ADDRESS_LENGTH
  };

  memcpy (entry.address, self->address, ADDRESS_LENGTH);
  return entry;
}

/* rtnl_fdb_notify(): with the state that the request has. */
static void
tell (NlvFdbRequest *self, guint16 type)
{
  NlvNeighbor entry = make_entry (self, self->header.ndm_state);
  g_autoptr (GBytes) vlan = g_bytes_new (&self->vlan, sizeof self->vlan);

  if (self->vlan != 0)
    nlv_raw_attrs_add (&entry.extra, NDA_VLAN, vlan);
  nlv_fdb_event (&self->change, type, &entry);
  nlv_neighbor_clear (&entry);
}

static NlvNeighbor *
find_entry (const NlvFdbRequest *self)
{
  const NlvNeighbor like = make_entry (self, NUD_PERMANENT);

  return nlv_network_find_neighbor (self->change.network, &like);
}

/* dev_uc_add_excl(), dev_mc_add_excl() */
static int
let_in (NlvFdbRequest *self)
{
  NlvNeighbor *row = find_entry (self);

  if (row != NULL)
    return -EEXIST;
  nlv_link_let_in (self->change.network, self->link, self->address);
  row = find_entry (self);
  if (row != NULL)
    row->by_user = TRUE;
  return 0;
}

/* dev_uc_del(), dev_mc_del() */
static int
keep_out (NlvFdbRequest *self)
{
  NlvNeighbor *row = find_entry (self);

  if (row == NULL)
    return -ENOENT;
  nlv_filter_disown (self->change.network, self->link, row);
  nlv_link_keep_out (self->change.network, self->link, self->address);
  return 0;
}

/* ndo_dflt_fdb_add() */
static int
add_default (NlvFdbRequest *self)
{
  guint16 state = self->header.ndm_state;
  int error;

  if (state != 0 && (state & NUD_PERMANENT) == 0)
    return -EINVAL;
  if (nlv_attr_present (&self->attrs[NLV_NDA_FLAGS_EXT]) || self->vlan != 0)
    return -EINVAL;
  error = let_in (self);
  return error == -EEXIST && (self->nl_flags & NLM_F_EXCL) == 0 ? 0 : error;
}

static int
remove_default (NlvFdbRequest *self)
{
  return (self->header.ndm_state & NUD_PERMANENT) != 0 ? keep_out (self) : -EINVAL;
}

/* macvlan_fdb_add(): only one that has its device for itself lets others' addresses in. */
static gboolean
macvlan_can_let_in (const NlvFdbRequest *self)
{
  return is_multicast (self->address) || nlv_macvlan_is_passthru (self->link);
}

static int
add_macvlan (NlvFdbRequest *self)
{
  if (!macvlan_can_let_in (self) || (self->nl_flags & NLM_F_REPLACE) != 0)
    return -EOPNOTSUPP;
  return let_in (self);
}

static int
remove_macvlan (NlvFdbRequest *self)
{
  return macvlan_can_let_in (self) ? keep_out (self) : -EOPNOTSUPP;
}

/* --- by the device's kind -------------------------------------------------------------- */

static int
add_own (NlvFdbRequest *self)
{
  int error;

  if (nlv_link_is_bridge (self->link))
    return nlv_bridge_fdb_add (self);
  if (nlv_link_is_kind (self->link, "vxlan"))
    return nlv_vxlan_fdb_add (self);
  error = nlv_link_is_macvlan (self->link) ? add_macvlan (self) : add_default (self);
  if (error == 0)
    tell (self, RTM_NEWNEIGH);
  return error;
}

static int
remove_own (NlvFdbRequest *self)
{
  int error;

  if (nlv_link_is_bridge (self->link))
    return nlv_bridge_fdb_remove (self);
  if (nlv_link_is_kind (self->link, "vxlan"))
    return nlv_vxlan_fdb_remove (self);
  error = nlv_link_is_macvlan (self->link) ? remove_macvlan (self) : remove_default (self);
  if (error == 0)
    tell (self, RTM_DELNEIGH);
  return error;
}

static int
remove_many_own (NlvFdbRequest *self)
{
  if (nlv_link_is_bridge (self->link))
    return nlv_bridge_fdb_remove_many (self);
  return nlv_link_is_kind (self->link, "vxlan") ? nlv_vxlan_fdb_remove_many (self) : -EOPNOTSUPP;
}

/* --- requests ------------------------------------------------------------------------------ */

static int
refuse (NlvFdbRequest *self, int error, const char *words)
{
  return nlv_change_refuse (&self->change, error, words);
}

static int
begin (NlvFdbRequest *self, const NlvRequest *request, NlvValidation validation)
{
  int error;

  nlv_change_init_request (&self->change, request);
  self->message = request->message;
  self->nl_flags = request->message->header.nlmsg_flags;
  error = nlv_request_attrs (request->message, sizeof self->header, self->attrs, NLV_NDA_MAX, NULL, validation,
                             request->extack);
  if (error < 0)
    return error;
  nlv_request_header (request->message, &self->header, sizeof self->header);
  if (self->header.ndm_ifindex == 0)
    return refuse (self, -EINVAL, "invalid ifindex");
  self->link = nlv_network_find_link (request->network, (guint32) self->header.ndm_ifindex);
  return self->link != NULL ? 0 : refuse (self, -ENODEV, "unknown ifindex");
}

static int
read_address (NlvFdbRequest *self)
{
  const NlvAttr *attr = &self->attrs[NDA_LLADDR];

  if (!nlv_attr_present (attr) || attr->payload.len != ADDRESS_LENGTH)
    return refuse (self, -EINVAL, "invalid address");
  self->address = attr->payload.data;
  return 0;
}

/* fdb_vid_parse() */
static int
read_vlan (NlvFdbRequest *self)
{
  const NlvAttr *attr = &self->attrs[NDA_VLAN];

  if (!nlv_attr_present (attr))
    return 0;
  if (attr->payload.len != sizeof self->vlan)
    return refuse (self, -EINVAL, "invalid vlan attribute size");
  self->vlan = nlv_attr_u16 (attr);
  return self->vlan == 0 || self->vlan >= MAX_VLAN ? refuse (self, -EINVAL, "invalid vlan id") : 0;
}

static int
check_type (NlvFdbRequest *self, const char *words)
{
  return self->link->hardware_type == ARPHRD_ETHER ? 0 : refuse (self, -EINVAL, words);
}

/* At the bridge, if that is meant, then at the device itself. */
static int
forward (NlvFdbRequest *self, int (*at_bridge) (NlvFdbRequest *self), int (*at_device) (NlvFdbRequest *self))
{
  guint8 flags = self->header.ndm_flags;
  int error = -EOPNOTSUPP;

  if ((flags == 0 || (flags & NTF_MASTER) != 0) && nlv_bridge_of_port (self->change.network, self->link) != NULL)
    {
      error = at_bridge (self);
      if (error < 0)
        return error;
      self->header.ndm_flags &= ~NTF_MASTER;
    }
  return (flags & NTF_SELF) != 0 ? at_device (self) : error;
}

int
nlv_fdb_parse_many (NlvFdbRequest *self, const NlvPolicy *policy, guint16 states, guint8 flags, NlvAttr *attrs)
{
  int error = nlv_request_attrs (self->message, sizeof self->header, attrs, NLV_NDA_MAX, policy, NLV_VALIDATE_STRICT,
                                 self->change.extack);

  if (error < 0)
    return error;
  if ((self->header.ndm_flags & ~(flags | NTF_MASTER | NTF_SELF)) != 0)
    return nlv_change_refuse (&self->change, -EINVAL, "Unsupported fdb flush ndm flag bits set");
  if ((self->header.ndm_state & ~states) != 0)
    return nlv_change_refuse (&self->change, -EINVAL, "Unsupported fdb flush ndm state bits set");
  return 0;
}

int
nlv_newneigh_bridge (const NlvRequest *request)
{
  NlvFdbRequest self = { .vlan = 0 };
  int error = begin (&self, request, NLV_VALIDATE_LIBERAL);

  if (error == 0)
    error = read_address (&self);
  if (error == 0)
    error = check_type (&self, "FDB add only supported for Ethernet devices");
  if (error == 0)
    error = read_vlan (&self);
  return error == 0 ? forward (&self, nlv_bridge_fdb_add, add_own) : error;
}

int
nlv_delneigh_bridge (const NlvRequest *request)
{
  gboolean many = (request->message->header.nlmsg_flags & NLM_F_BULK) != 0;
  NlvFdbRequest self = { .vlan = 0 };
  int error = begin (&self, request, many ? NLV_VALIDATE_STRICT : NLV_VALIDATE_LIBERAL);

  if (error == 0 && !many)
    error = read_address (&self);
  if (error == 0 && !many)
    error = read_vlan (&self);
  if (error == 0)
    error = check_type (&self, "FDB delete only supported for Ethernet devices");
  if (error < 0)
    return error;
  return many ? forward (&self, nlv_bridge_fdb_remove_many, remove_many_own)
              : forward (&self, nlv_bridge_fdb_remove, remove_own);
}

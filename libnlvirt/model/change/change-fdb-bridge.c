/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a program has a bridge know: br_fdb_add(), br_fdb_delete(),
 * br_fdb_delete_bulk(), and how it forgets what it was told as if it had seen it.
 * Bridges have no VLANs here. */
#include "model/change/change-fdb.h"
#include "model/device/bridge.h"
#include "model/device/link-info.h"
#include "model/timer.h"

#include <errno.h>
#include <linux/if_bridge.h>
#include <string.h>

#define EXT_LOCKED 0x2
#define NOTIFY_MASK (FDB_NOTIFY_BIT | FDB_NOTIFY_INACTIVE_BIT)

/* --- what is kept of an entry ----------------------------------------------------------- */

static NlvLink *
get_bridge (const NlvFdbRequest *self)
{
  NlvLink *bridge = nlv_bridge_of_port (self->change.network, self->link);

  return nlv_link_is_bridge (self->link) ? self->link : bridge;
}

/* NULL when it is the bridge itself that is meant. */
static NlvLink *
get_port (const NlvFdbRequest *self)
{
  return nlv_link_is_bridge (self->link) ? NULL : self->link;
}

static guint8
get_notify (const NlvNeighbor *row)
{
  const NlvRawAttr *raw = nlv_raw_attrs_find (row->extra, NDA_FDB_EXT_ATTRS);

  return raw != NULL ? nlv_info_get_u8 (raw->payload, NFEA_ACTIVITY_NOTIFY) : 0;
}

/* fdb_handle_notify() */
static gboolean
set_notify (NlvNeighbor *row, guint8 wanted)
{
  guint8 before = get_notify (row), after = before | wanted;
  GBytes *nest = NULL;

  if ((wanted & FDB_NOTIFY_BIT) == 0)
    after = 0;
  if (after == before)
    return FALSE;
  nlv_raw_attrs_remove (&row->extra, NDA_FDB_EXT_ATTRS);
  if (after != 0)
    {
      nlv_info_set_u8 (&nest, NFEA_ACTIVITY_NOTIFY, after);
      nlv_raw_attrs_add (&row->extra, NDA_FDB_EXT_ATTRS | NLA_F_NESTED, nest);
      g_bytes_unref (nest);
    }
  return TRUE;
}

/* fdb_to_nud() */
static gboolean
set_state (NlvNeighbor *row, guint16 state)
{
  if (row->state == state)
    return FALSE;
  if ((state & NUD_PERMANENT) != 0)
    row->state = NUD_PERMANENT;
  else
    row->state = (state & NUD_NOARP) != 0 ? NUD_NOARP : NUD_REACHABLE;
  return TRUE;
}

static gboolean
set_flag (NlvNeighbor *row, guint8 flag, gboolean on)
{
  guint8 before = row->flags;

  row->flags = on ? before | flag : before & ~flag;
  return row->flags != before;
}

/* --- those that go by themselves ------------------------------------------------------------ */

/* hold_time() */
static guint32
hold_time (const NlvLink *bridge)
{
  gboolean changes = nlv_info_get_u8 (bridge->kind_data, IFLA_BR_TOPOLOGY_CHANGE) != 0;

  return nlv_info_get_u32 (bridge->kind_data, changes ? IFLA_BR_FORWARD_DELAY : IFLA_BR_AGEING_TIME);
}

/* br_fdb_cleanup() */
static void
on_due (NlvChange *change, guint64 key)
{
  NlvNeighbor *row = nlv_network_find_neighbor_by_key (change->network, key);

  if (row != NULL)
    nlv_fdb_remove (change, row);
}

static void
set_timer (NlvFdbRequest *self, const NlvNeighbor *row)
{
  guint64 key = nlv_network_get_neighbor_key (self->change.network, row);

  if ((row->state & (NUD_PERMANENT | NUD_NOARP)) == 0 && (row->flags & NTF_EXT_LEARNED) == 0)
    nlv_network_schedule (self->change.network, on_due, key, self->change.now + hold_time (get_bridge (self)));
  else
    nlv_network_cancel (self->change.network, on_due, key);
}

/* --- adding ----------------------------------------------------------------------------------- */

static NlvNeighbor *
create (NlvFdbRequest *self, guint16 state, guint8 flags)
{
  NlvNeighbor row = {
    .family = AF_BRIDGE, .link = self->link->index, .state = state, .flags = flags, .by_user = TRUE, .address_length = 6
  };

  memcpy (row.address, self->address, 6);
  return nlv_network_add_neighbor_first (self->change.network, &row);
}

/* From now on it is behind the link that is named. TRUE when it was not. */
static gboolean
move (NlvFdbRequest *self, NlvNeighbor **row)
{
  NlvNetwork *network = self->change.network;
  NlvNeighbor moved = **row;

  if (moved.link == self->link->index)
    return FALSE;
  moved.link = self->link->index;
  moved.extra = nlv_raw_attrs_copy (moved.extra);
  *row = nlv_network_replace_neighbor (network, *row, &moved);
  return TRUE;
}

static void
finish (NlvFdbRequest *self, NlvNeighbor *row, gboolean changed)
{
  set_timer (self, row);
  nlv_network_touch_neighbor (self->change.network, row);
  if (changed)
    nlv_fdb_event (&self->change, RTM_NEWNEIGH, row);
}

static NlvNeighbor *
find (NlvFdbRequest *self)
{
  return nlv_bridge_find_entry (self->change.network, get_bridge (self), self->address);
}

static gboolean
learns (const NlvLink *port)
{
  guint8 state = nlv_bridge_port_get_state (port);

  return state == BR_STATE_LEARNING || state == BR_STATE_FORWARDING;
}

/* br_fdb_update() */
static int
use (NlvFdbRequest *self)
{
  NlvNeighbor *row = find (self);
  gboolean changed = row == NULL;

  if (get_port (self) == NULL)
    return -EINVAL;
  if (!learns (self->link) || hold_time (get_bridge (self)) == 0)
    return 0;
  if (row == NULL)
    row = create (self, NUD_REACHABLE, 0);
  if (row->state == NUD_PERMANENT)
    return 0;
  if ((row->flags & NTF_STICKY) == 0 && move (self, &row))
    {
      set_flag (row, NTF_EXT_LEARNED, FALSE);
      row->extended_flags &= ~EXT_LOCKED;
      changed = TRUE;
    }
  row->by_user = TRUE;
  row->times.ndm_updated = 0;
  finish (self, row, changed);
  return 0;
}

/* br_fdb_external_learn_add() */
static int
learn (NlvFdbRequest *self)
{
  gboolean of_bridge = get_port (self) == NULL, changed = FALSE;
  NlvNeighbor *row = find (self);

  if (of_bridge && (self->header.ndm_state & NUD_PERMANENT) == 0)
    return nlv_change_refuse (&self->change, -EINVAL, "bridge: FDB entry towards bridge must be permanent");
  if (row == NULL)
    {
      row = create (self, of_bridge ? NUD_PERMANENT : NUD_REACHABLE, NTF_EXT_LEARNED);
      changed = TRUE;
    }
  else
    {
      changed = move (self, &row);
      changed |= set_flag (row, NTF_EXT_LEARNED, TRUE);
      changed |= (row->extended_flags & EXT_LOCKED) != 0;
      row->extended_flags &= ~EXT_LOCKED;
      row->by_user = TRUE;
      row->times.ndm_updated = 0;
      if (of_bridge)
        row->state = NUD_PERMANENT;
    }
  finish (self, row, changed);
  return 0;
}

static int
check_entry (NlvFdbRequest *self, const NlvAttr *notify)
{
  const NlvLink *port = get_port (self);
  guint16 state = self->header.ndm_state;
  guint8 bits = nlv_attr_present (notify) ? nlv_attr_u8 (notify) : 0;

  if (port != NULL && (state & (NUD_PERMANENT | NUD_NOARP)) == 0 && !learns (port))
    return -EPERM;
  if (port == NULL && (state & NUD_PERMANENT) == 0)
    return -EINVAL;
  if ((self->header.ndm_flags & NTF_STICKY) != 0 && (state & NUD_PERMANENT) != 0)
    return -EINVAL;
  return (bits & ~NOTIFY_MASK) != 0 || bits == FDB_NOTIFY_INACTIVE_BIT ? -EINVAL : 0;
}

/* fdb_add_entry() */
static int
add_entry (NlvFdbRequest *self, const NlvAttr *extended)
{
  const NlvAttr *notify = &extended[NFEA_ACTIVITY_NOTIFY];
  NlvNeighbor *row = find (self);
  int error = check_entry (self, notify);
  gboolean changed = row == NULL;

  if (error < 0)
    return error;
  if (row != NULL && (self->nl_flags & NLM_F_EXCL) != 0)
    return -EEXIST;
  if (row == NULL && (self->nl_flags & NLM_F_CREATE) == 0)
    return -ENOENT;
  if (row == NULL)
    row = create (self, NUD_REACHABLE, 0);
  changed |= move (self, &row);
  changed |= set_state (row, self->header.ndm_state);
  changed |= set_flag (row, NTF_STICKY, (self->header.ndm_flags & NTF_STICKY) != 0);
  changed |= (row->extended_flags & EXT_LOCKED) != 0;
  changed |= set_notify (row, nlv_attr_present (notify) ? nlv_attr_u8 (notify) : 0);
  row->extended_flags &= ~EXT_LOCKED;
  row->by_user = TRUE;
  row->times.ndm_used = 0;
  if (changed && !nlv_attr_present (&extended[NFEA_DONT_REFRESH]))
    row->times.ndm_updated = 0;
  finish (self, row, changed);
  return 0;
}

static int
parse_extended (NlvFdbRequest *self, NlvAttr *extended)
{
  static const NlvPolicy policy[NFEA_MAX + 1] = {
    [NFEA_ACTIVITY_NOTIFY] = { .kind = NLV_KIND_U8 },
    [NFEA_DONT_REFRESH] = { .kind = NLV_KIND_FLAG },
  };
  const NlvAttr *attr = &self->attrs[NDA_FDB_EXT_ATTRS];

  if (!nlv_attr_present (attr))
    return 0;
  if ((attr->type_flags & NLA_F_NESTED) == 0)
    return nlv_change_refuse_attr (&self->change, -EINVAL, "NLA_F_NESTED is missing", attr);
  return nlv_attrs_parse (attr->payload, extended, NFEA_MAX, policy, NLV_VALIDATE_STRICT, self->change.extack);
}

int
nlv_bridge_fdb_add (NlvFdbRequest *self)
{
  static const guint8 none[6];
  NlvAttr extended[NFEA_MAX + 1] = { 0 };
  int error;

  if ((self->header.ndm_state & (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE)) == 0)
    return -EINVAL;
  if (memcmp (self->address, none, sizeof none) == 0)
    return -EINVAL;
  if ((nlv_attr_u32 (&self->attrs[NLV_NDA_FLAGS_EXT]) & EXT_LOCKED) != 0)
    return nlv_change_refuse (&self->change, -EINVAL, "bridge: Cannot add FDB entry with \"locked\" flag set");
  error = parse_extended (self, extended);
  if (error < 0)
    return error;
  if (self->vlan != 0)
    return -EINVAL;
  if ((self->header.ndm_flags & NTF_USE) != 0)
    return use (self);
  return (self->header.ndm_flags & NTF_EXT_LEARNED) != 0 ? learn (self) : add_entry (self, extended);
}

/* --- removing ----------------------------------------------------------------------------------- */

int
nlv_bridge_fdb_remove (NlvFdbRequest *self)
{
  NlvNeighbor *row = self->vlan == 0 ? find (self) : NULL;

  if (row == NULL || row->link != self->link->index)
    return -ENOENT;
  nlv_fdb_remove (&self->change, row);
  return 0;
}

#define MANY_STATES (NUD_PERMANENT | NUD_NOARP)
#define MANY_FLAGS (NTF_USE | NTF_EXT_LEARNED | NTF_STICKY | NTF_OFFLOADED)

/* What an entry is, in the words of such a request: BR_FDB_LOCAL is its NUD_PERMANENT,
 * BR_FDB_STATIC NUD_NOARP, and BR_FDB_ADDED_BY_USER NTF_USE. */
static void
describe (NlvNetwork *network, const NlvNeighbor *row, guint16 *state, guint8 *flags)
{
  const NlvLink *link = nlv_network_find_link (network, row->link);
  gboolean local = row->state == NUD_PERMANENT;
  gboolean own = link != NULL && memcmp (link->address, row->address, 6) == 0;

  *state = local ? MANY_STATES : row->state & NUD_NOARP;
  *flags = row->flags & MANY_FLAGS & ~NTF_USE;
  if (row->by_user || (*state != 0 && !own))
    *flags |= NTF_USE;
}

/* __fdb_flush_validate_ifindex() */
static int
check_index (NlvFdbRequest *self, const NlvLink *bridge, guint32 index)
{
  const NlvLink *link = nlv_network_find_link (self->change.network, index), *own;

  if (link == NULL)
    return nlv_change_refuse (&self->change, -ENODEV, "bridge: Unknown flush device ifindex");
  own = nlv_bridge_of_port (self->change.network, link);
  if (!nlv_link_is_bridge (link) && own == NULL)
    return nlv_change_refuse (&self->change, -EINVAL, "bridge: Flush device is not a bridge or bridge port");
  if (nlv_link_is_bridge (link) && link != bridge)
    return nlv_change_refuse (&self->change, -EINVAL,
                              "bridge: Flush bridge device does not match target bridge device");
  if (own != NULL && own != bridge)
    return nlv_change_refuse (&self->change, -EINVAL, "bridge: Port belongs to a different bridge device");
  return 0;
}

static int
parse_many (NlvFdbRequest *self, NlvAttr *attrs)
{
  static const NlvPolicy policy[NLV_NDA_MAX + 1] = {
    [NDA_VLAN] = { .kind = NLV_KIND_U16, .bounded = TRUE, .min = 1, .max = 4094 },
    [NDA_IFINDEX] = { .kind = NLV_KIND_S32, .bounded = TRUE, .min = 1, .max = G_MAXINT32 },
    [NDA_NDM_STATE_MASK] = { .kind = NLV_KIND_U16 },
    [NDA_NDM_FLAGS_MASK] = { .kind = NLV_KIND_U8 },
  };

  return nlv_fdb_parse_many (self, policy, MANY_STATES, MANY_FLAGS, attrs);
}

/* __fdb_flush_matches() */
static gboolean
is_meant (NlvNetwork *network, const NlvNeighbor *row, const struct ndmsg *wanted, const NlvAttr *attrs)
{
  guint16 state_mask = nlv_attr_u16 (&attrs[NDA_NDM_STATE_MASK]) & MANY_STATES, state;
  guint8 flags_mask = nlv_attr_u8 (&attrs[NDA_NDM_FLAGS_MASK]) & MANY_FLAGS, flags;

  if (state_mask == 0 && flags_mask == 0)
    return TRUE;
  describe (network, row, &state, &flags);
  return (state & state_mask) == wanted->ndm_state && (flags & flags_mask) == (wanted->ndm_flags & MANY_FLAGS);
}

int
nlv_bridge_fdb_remove_many (NlvFdbRequest *self)
{
  NlvNetwork *network = self->change.network;
  const NlvLink *bridge = get_bridge (self), *port = get_port (self);
  guint32 index = port != NULL ? port->index : 0;
  NlvAttr attrs[NLV_NDA_MAX + 1];
  int error = parse_many (self, attrs);

  if (error == 0 && nlv_attr_present (&attrs[NDA_IFINDEX]))
    {
      index = nlv_attr_u32 (&attrs[NDA_IFINDEX]);
      error = check_index (self, bridge, index);
    }
  if (error < 0)
    return error;
  for (guint i = 0; i < nlv_network_get_n_neighbors (network);)
    {
      NlvNeighbor *row = nlv_network_get_neighbor (network, i);

      if (nlv_bridge_has_entry (network, bridge, row) && (index == 0 || row->link == index) &&
          !nlv_attr_present (&attrs[NDA_VLAN]) && is_meant (network, row, &self->header, attrs))
        nlv_fdb_remove (&self->change, row);
      else
        i++;
    }
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a program has a VXLAN device know: vxlan_fdb_add(), vxlan_fdb_delete(),
 * vxlan_fdb_delete_bulk(). */
#include "model/change/change-fdb.h"
#include "model/device/bridge.h"
#include "model/device/vxlan-fdb.h"
#include "model/timer.h"

#include <errno.h>
#include <string.h>

#define STAYS (NUD_PERMANENT | NUD_NOARP)

typedef struct
{
  NlvFdbRequest *base;
  NlvVxlanConfig config;
  NlvVxlanWay way;
} Asked;

/* --- rows --------------------------------------------------------------------------- */

static gboolean
is_unicast (const guint8 *address)
{
  static const guint8 none[6];

  return (address[0] & 1) == 0 && memcmp (address, none, sizeof none) != 0;
}

/* vxlan_fdb_find_rdst() */
static NlvNeighbor *
find_way (GPtrArray *rows, const Asked *asked)
{
  for (guint i = 0; i < rows->len; i++)
    {
      NlvNeighbor *row = g_ptr_array_index (rows, i);
      NlvVxlanWay way = nlv_vxlan_way_of (row, &asked->config);

      if (way.nexthop == 0 && nlv_ip_equal (&way.ip, &asked->way.ip, asked->way.family) &&
          way.port == asked->way.port && way.vni == asked->way.vni && way.link == asked->way.link)
        return row;
    }
  return NULL;
}

/* --- those that go by themselves ------------------------------------------------------ */

/* vxlan_cleanup() */
static void
on_due (NlvChange *change, guint64 key)
{
  NlvNeighbor *row = nlv_network_find_neighbor_by_key (change->network, key);

  if (row != NULL)
    nlv_fdb_remove (change, row);
}

static void
set_timer (const Asked *asked, const NlvNeighbor *row)
{
  NlvChange *change = &asked->base->change;
  guint64 key = nlv_network_get_neighbor_key (change->network, row);

  if ((row->state & STAYS) == 0 && (row->flags & NTF_EXT_LEARNED) == 0 && asked->config.ageing != 0)
    nlv_network_schedule (change->network, on_due, key, change->now + (guint64) asked->config.ageing * 100);
  else
    nlv_network_cancel (change->network, on_due, key);
}

/* --- what is asked ---------------------------------------------------------------------- */

static int
refuse (const Asked *asked, int error, const char *words)
{
  return nlv_change_refuse (&asked->base->change, error, words);
}

static const NlvAttr *
attr_of (const Asked *asked, guint type)
{
  return &asked->base->attrs[type];
}

static gboolean
has (const Asked *asked, guint type)
{
  return nlv_attr_present (attr_of (asked, type));
}

/* vxlan_nla_get_addr() */
static gboolean
read_ip (const NlvAttr *attr, NlvIp *ip, guint8 *family)
{
  *family = attr->payload.len >= 16 ? AF_INET6 : AF_INET;
  if (attr->payload.len < 4)
    return FALSE;
  memcpy (ip->bytes, attr->payload.data, nlv_ip_size (*family));
  return TRUE;
}

static int
read_number (const Asked *asked, guint type, guint32 *number, const char *words)
{
  if (!has (asked, type))
    return 0;
  if (attr_of (asked, type)->payload.len != sizeof *number)
    return refuse (asked, -EINVAL, words);
  *number = nlv_attr_u32 (attr_of (asked, type));
  return 0;
}

static int
read_link (Asked *asked)
{
  int error = read_number (asked, NDA_IFINDEX, &asked->way.link, "Invalid ifindex");

  if (error == 0 && has (asked, NDA_IFINDEX) &&
      nlv_network_find_link (asked->base->change.network, asked->way.link) == NULL)
    return refuse (asked, -EADDRNOTAVAIL, "Device not found");
  return error;
}

/* vxlan_fdb_parse() */
static int
parse (Asked *asked, NlvFdbRequest *base)
{
  NlvVxlanWay *way = &asked->way;
  int error;

  asked->base = base;
  nlv_vxlan_config_read (&asked->config, base->link->kind_data);
  *way = (NlvVxlanWay){
    .family = asked->config.family, .port = asked->config.port, .vni = asked->config.id, .source_vni = asked->config.id
  };
  if (has (asked, NDA_NH_ID) &&
      (has (asked, NDA_DST) || has (asked, NDA_VNI) || has (asked, NDA_IFINDEX) || has (asked, NDA_PORT)))
    return refuse (asked, -EINVAL, "DST, VNI, ifindex and port are mutually exclusive with NH_ID");
  if (has (asked, NDA_DST) && !read_ip (attr_of (asked, NDA_DST), &way->ip, &way->family))
    return refuse (asked, -EAFNOSUPPORT, "Unsupported address family");
  if (has (asked, NDA_PORT))
    {
      if (attr_of (asked, NDA_PORT)->payload.len != sizeof way->port)
        return refuse (asked, -EINVAL, "Invalid vxlan port");
      nlv_attr_copy (attr_of (asked, NDA_PORT), &way->port, sizeof way->port);
    }
  error = read_number (asked, NDA_VNI, &way->vni, "Invalid vni");
  if (error == 0)
    error = read_number (asked, NDA_SRC_VNI, &way->source_vni, "Invalid src vni");
  if (error == 0)
    error = read_link (asked);
  way->nexthop = nlv_attr_u32 (attr_of (asked, NDA_NH_ID));
  return error;
}

/* --- adding --------------------------------------------------------------------------------- */

/* vxlan_fdb_nh_update() */
static int
check_nexthop (const Asked *asked)
{
  NlvNetwork *network = asked->base->change.network;
  const NlvNexthopObject *nexthop = nlv_network_find_nexthop (network, asked->way.nexthop), *member;

  if (asked->way.nexthop == 0)
    return 0;
  if (nexthop == NULL)
    return refuse (asked, -EINVAL, "Nexthop id does not exist");
  if (!nexthop->fdb)
    return refuse (asked, -EINVAL, "Nexthop is not a fdb nexthop");
  if (nexthop->group == NULL || nexthop->group->len == 0)
    return refuse (asked, -EINVAL, "Nexthop is not a multipath group");
  member = nlv_network_find_nexthop (network, g_array_index (nexthop->group, struct nexthop_grp, 0).id);
  if (member != NULL && member->family != asked->config.family)
    return refuse (asked, -EAFNOSUPPORT, "Nexthop group family not supported");
  return 0;
}

static guint8
flags_of (const Asked *asked)
{
  return asked->base->header.ndm_flags & ~NTF_USE;
}

static NlvNeighbor
describe (const Asked *asked, guint16 state, guint8 flags)
{
  NlvNeighbor row = nlv_vxlan_make_row (asked->base->link, &asked->config, asked->base->address, &asked->way);

  row.state = state;
  row.flags = flags;
  return row;
}

/* addrcnt */
static guint
count_entries (const Asked *asked)
{
  const NlvLink *link = asked->base->link;
  const GPtrArray *rows = nlv_network_peek_neighbors (asked->base->change.network, link->index);
  guint n = 0;

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    n += nlv_fdb_is_own (g_ptr_array_index (rows, i), link) ? 1 : 0;
  return n;
}

/* vxlan_fdb_update_create() */
static int
create (const Asked *asked)
{
  const NlvFdbRequest *base = asked->base;
  NlvNeighbor row, *added;
  int error;

  if ((base->nl_flags & NLM_F_REPLACE) != 0 && !is_unicast (base->address))
    return -EOPNOTSUPP;
  if (asked->config.limit != 0 && count_entries (asked) >= asked->config.limit)
    return -ENOSPC;
  error = check_nexthop (asked);
  if (error < 0)
    return error;
  row = describe (asked, base->header.ndm_state, flags_of (asked));
  added = nlv_network_add_neighbor_first (base->change.network, &row);
  set_timer (asked, added);
  nlv_fdb_event (&asked->base->change, RTM_NEWNEIGH, added);
  return 0;
}

/* What an entry is, in all its rows. TRUE when it was not. */
static gboolean
set_kind (const Asked *asked, GPtrArray *rows)
{
  guint8 flags = flags_of (asked);
  gboolean changed = FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      NlvNeighbor *row = g_ptr_array_index (rows, i);

      if ((flags & NTF_EXT_LEARNED) != 0 && nlv_vxlan_is_by_user (row))
        continue;
      changed |= row->state != asked->base->header.ndm_state || row->flags != flags || !nlv_vxlan_is_by_user (row);
      row->state = asked->base->header.ndm_state;
      row->flags = flags;
      row->by_user = TRUE;
      set_timer (asked, row);
      nlv_network_touch_neighbor (asked->base->change.network, row);
    }
  return changed;
}

/* All ways of an entry have its age, which ends now. */
static void
refresh (GPtrArray *rows)
{
  struct nda_cacheinfo times = nlv_vxlan_get_times (g_ptr_array_index (rows, 0));

  times.ndm_updated = 0;
  for (guint i = 0; i < rows->len; i++)
    nlv_vxlan_set_times (g_ptr_array_index (rows, i), &times);
}

static NlvNeighbor *
replace_row (const Asked *asked, NlvNeighbor *row)
{
  NlvNeighbor with = describe (asked, row->state, row->flags);
  struct nda_cacheinfo times = nlv_vxlan_get_times (row);

  with.by_user = row->by_user;
  nlv_vxlan_set_times (&with, &times);
  return nlv_network_replace_neighbor (asked->base->change.network, row, &with);
}

/* vxlan_fdb_append(): (nullable) when the way cannot be told from one that is there. */
static NlvNeighbor *
append_row (const Asked *asked, const NlvNeighbor *first)
{
  NlvNeighbor row = describe (asked, first->state, first->flags), *added;
  struct nda_cacheinfo times = nlv_vxlan_get_times (first);

  row.by_user = first->by_user;
  times.ndm_updated = 0;
  nlv_vxlan_set_times (&row, &times);
  added = nlv_network_add_neighbor (asked->base->change.network, &row);
  if (added != NULL)
    set_timer (asked, added);
  return added;
}

/* NLM_F_REPLACE: @told is the row that is changed. */
static int
replace (const Asked *asked, GPtrArray *rows, NlvNeighbor **told)
{
  NlvNeighbor *first = g_ptr_array_index (rows, 0);
  guint32 nexthop = nlv_vxlan_way_of (first, &asked->config).nexthop;
  int error;

  if (!is_unicast (asked->base->address))
    return refuse (asked, -EOPNOTSUPP, "Cannot replace non-unicast fdb entries");
  if (asked->way.nexthop != 0 && asked->way.nexthop != nexthop)
    {
      error = check_nexthop (asked);
      if (error < 0)
        return error;
      *told = rows->pdata[0] = replace_row (asked, first);
    }
  else if (asked->way.nexthop == 0 && nexthop == 0 && find_way (rows, asked) == NULL)
    *told = rows->pdata[0] = replace_row (asked, first);
  return 0;
}

/* vxlan_fdb_update_existing() */
static int
update (const Asked *asked, GPtrArray *rows)
{
  const NlvFdbRequest *base = asked->base;
  NlvNeighbor *first = g_ptr_array_index (rows, 0), *told = NULL;
  gboolean changed;
  int error = 0;

  if (asked->way.nexthop != 0 && nlv_vxlan_way_of (first, &asked->config).nexthop == 0)
    return refuse (asked, -EOPNOTSUPP, "Cannot replace an existing non nexthop fdb with a nexthop");
  if (asked->way.nexthop != 0 && (base->nl_flags & NLM_F_APPEND) != 0)
    return refuse (asked, -EOPNOTSUPP, "Cannot append to a nexthop fdb");
  changed = set_kind (asked, rows);
  if ((base->nl_flags & NLM_F_REPLACE) != 0)
    error = replace (asked, rows, &told);
  if (error < 0)
    return error;
  if ((base->nl_flags & NLM_F_APPEND) != 0 && !is_unicast (base->address) && find_way (rows, asked) == NULL)
    told = append_row (asked, g_ptr_array_index (rows, 0));
  if (told == NULL && changed)
    told = g_ptr_array_index (rows, 0);
  if (told != NULL || (base->header.ndm_flags & NTF_USE) != 0)
    refresh (rows);
  if (told != NULL)
    nlv_fdb_event (&asked->base->change, RTM_NEWNEIGH, told);
  return 0;
}

int
nlv_vxlan_fdb_add (NlvFdbRequest *self)
{
  g_autoptr (GPtrArray) rows = NULL;
  Asked asked;
  int error;

  if ((self->header.ndm_state & (NUD_PERMANENT | NUD_REACHABLE)) == 0)
    return -EINVAL;
  if (!nlv_attr_present (&self->attrs[NDA_DST]) && !nlv_attr_present (&self->attrs[NDA_NH_ID]))
    return -EINVAL;
  error = parse (&asked, self);
  if (error < 0)
    return error;
  if (asked.config.family != asked.way.family)
    return -EAFNOSUPPORT;
  rows = nlv_vxlan_find_entry (self->change.network, self->link, &asked.config, self->address, asked.way.source_vni);
  if (rows->len == 0)
    return (self->nl_flags & NLM_F_CREATE) != 0 ? create (&asked) : -ENOENT;
  return (self->nl_flags & NLM_F_EXCL) != 0 ? -EEXIST : update (&asked, rows);
}

/* --- removing ----------------------------------------------------------------------------------- */

/* __vxlan_fdb_delete() */
int
nlv_vxlan_fdb_remove (NlvFdbRequest *self)
{
  g_autoptr (GPtrArray) rows = NULL;
  NlvNeighbor *row;
  Asked asked;
  guint n;
  int error = parse (&asked, self);

  if (error < 0)
    return error;
  rows = nlv_vxlan_find_entry (self->change.network, self->link, &asked.config, self->address, asked.way.source_vni);
  if (rows->len == 0)
    return -ENOENT;
  if (nlv_ip_is_any (&asked.way.ip, asked.way.family))
    while (rows->len > 0)
      nlv_vxlan_remove_way (&self->change, rows, 0);
  row = find_way (rows, &asked);
  if (row != NULL && g_ptr_array_find (rows, row, &n))
    nlv_vxlan_remove_way (&self->change, rows, n);
  return 0;
}

#define MANY_FLAGS (NTF_EXT_LEARNED | NTF_OFFLOADED | NTF_ROUTER)

static int
parse_many (NlvFdbRequest *self, NlvAttr *attrs)
{
  static const NlvPolicy policy[NLV_NDA_MAX + 1] = {
    [NDA_SRC_VNI] = { .kind = NLV_KIND_U32 },
    [NDA_NH_ID] = { .kind = NLV_KIND_U32 },
    [NDA_VNI] = { .kind = NLV_KIND_U32 },
    [NDA_PORT] = { .kind = NLV_KIND_U16 },
    [NDA_DST] = { .kind = NLV_KIND_BINARY, .bounded = TRUE, .min = 4, .max = 16 },
    [NDA_NDM_STATE_MASK] = { .kind = NLV_KIND_U16 },
    [NDA_NDM_FLAGS_MASK] = { .kind = NLV_KIND_U8 },
  };

  return nlv_fdb_parse_many (self, policy, STAYS, MANY_FLAGS, attrs);
}

/* A number that is given has to be the row's; 0 is any. */
static gboolean
fits (const NlvAttr *attr, guint32 number)
{
  guint32 wanted = attr->payload.len == sizeof (guint16) ? nlv_attr_u16 (attr) : nlv_attr_u32 (attr);

  return wanted == 0 || wanted == number;
}

/* vxlan_fdb_flush_matches(), vxlan_fdb_flush_remote_matches() */
static gboolean
is_meant (const NlvNeighbor *row, const NlvVxlanConfig *config, const struct ndmsg *wanted, const NlvAttr *attrs)
{
  guint16 state_mask = nlv_attr_u16 (&attrs[NDA_NDM_STATE_MASK]);
  guint8 flags_mask = nlv_attr_u8 (&attrs[NDA_NDM_FLAGS_MASK]), family;
  NlvVxlanWay way = nlv_vxlan_way_of (row, config);
  NlvIp ip = { 0 };

  if (state_mask != 0 && (row->state & state_mask) != wanted->ndm_state)
    return FALSE;
  if (flags_mask != 0 && (row->flags & flags_mask) != (wanted->ndm_flags & MANY_FLAGS))
    return FALSE;
  if (!fits (&attrs[NDA_SRC_VNI], way.source_vni) || !fits (&attrs[NDA_NH_ID], way.nexthop))
    return FALSE;
  if (!fits (&attrs[NDA_VNI], way.nexthop != 0 ? 0 : way.vni) ||
      !fits (&attrs[NDA_PORT], way.nexthop != 0 ? 0 : way.port))
    return FALSE;
  return !nlv_attr_present (&attrs[NDA_DST]) || (read_ip (&attrs[NDA_DST], &ip, &family) && family == way.family &&
                                                 way.nexthop == 0 && nlv_ip_equal (&ip, &way.ip, family));
}

int
nlv_vxlan_fdb_remove_many (NlvFdbRequest *self)
{
  g_autoptr (GPtrArray) entries = NULL;
  NlvAttr attrs[NLV_NDA_MAX + 1];
  NlvVxlanConfig config;
  int error = parse_many (self, attrs);

  if (error < 0)
    return error;
  nlv_vxlan_config_read (&config, self->link->kind_data);
  entries = nlv_vxlan_list_entries (self->change.network, self->link, &config);
  for (guint i = 0; i < entries->len; i++)
    {
      GPtrArray *rows = g_ptr_array_index (entries, i);

      for (guint n = 0; n < rows->len;)
        if (is_meant (g_ptr_array_index (rows, n), &config, &self->header, attrs))
          nlv_vxlan_remove_way (&self->change, rows, n);
        else
          n++;
    }
  return 0;
}

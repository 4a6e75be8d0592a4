/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Further addresses on an Ethernet device: drivers/net/macvlan.c, and macvtap,
 * which is the same with another end. */
#include "model/device/link-info.h"
#include "model/device/link-kind.h"
#include "model/device/stacked.h"
#include "model/network-keys.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <string.h>

#define QUEUE_LENGTH 1000
#define MIN_MTU 68
#define USUAL_CUTOFF 1
#define FLAGS (MACVLAN_FLAG_NOPROMISC | MACVLAN_FLAG_NODST)

static const NlvPolicy policy[NLV_IFLA_MACVLAN_MAX + 1] = {
  [IFLA_MACVLAN_MODE] = { .kind = NLV_KIND_U32 },
  [IFLA_MACVLAN_FLAGS] = { .kind = NLV_KIND_U16 },
  [IFLA_MACVLAN_MACADDR_MODE] = { .kind = NLV_KIND_U32 },
  [IFLA_MACVLAN_MACADDR] = { .kind = NLV_KIND_BINARY, .len = 32 },
  [IFLA_MACVLAN_MACADDR_DATA] = { .kind = NLV_KIND_NESTED },
  [IFLA_MACVLAN_MACADDR_COUNT] = { .kind = NLV_KIND_U32 },
  [IFLA_MACVLAN_BC_QUEUE_LEN] = { .kind = NLV_KIND_U32 },
  [IFLA_MACVLAN_BC_QUEUE_LEN_USED] = { .kind = NLV_KIND_REJECT },
  [NLV_IFLA_MACVLAN_BC_CUTOFF] = { .kind = NLV_KIND_S32 },
};

static gboolean
has (const NlvAttr *data, guint16 type)
{
  return data != NULL && nlv_attr_present (&data[type]);
}

/* --- what may be asked --------------------------------------------------------------- */

static int
check_source (NlvSpan address)
{
  if (address.len != 6)
    return -EINVAL;
  return nlv_is_unicast_address (address.data) ? 0 : -EADDRNOTAVAIL;
}

static int
check_sources (const NlvAttr *data)
{
  NlvSpan rest = has (data, IFLA_MACVLAN_MACADDR_DATA) ? data[IFLA_MACVLAN_MACADDR_DATA].payload : nlv_span ("", 0);
  int error = has (data, IFLA_MACVLAN_MACADDR) ? check_source (data[IFLA_MACVLAN_MACADDR].payload) : 0;
  NlvAttr attr;

  while (error == 0 && nlv_attr_next (&rest, &attr))
    error = attr.type == IFLA_MACVLAN_MACADDR ? check_source (attr.payload) : -EINVAL;
  return error;
}

static int
validate (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data)
{
  int error = nlv_link_kind_check_address (attrs);
  guint32 mode;

  if (error < 0 || data == NULL)
    return error;
  if ((nlv_attr_u16 (&data[IFLA_MACVLAN_FLAGS]) & ~FLAGS) != 0)
    return -EINVAL;
  mode = nlv_attr_u32 (&data[IFLA_MACVLAN_MODE]);
  if (has (data, IFLA_MACVLAN_MODE) && (mode == 0 || mode > MACVLAN_MODE_SOURCE || (mode & (mode - 1)) != 0))
    return -EINVAL;
  if (has (data, IFLA_MACVLAN_MACADDR_MODE) && nlv_attr_u32 (&data[IFLA_MACVLAN_MACADDR_MODE]) > MACVLAN_MACADDR_SET)
    return -EINVAL;
  error = check_sources (data);
  if (error == 0 && has (data, IFLA_MACVLAN_MACADDR_COUNT))
    error = -EINVAL;
  return error;
}

/* --- sources ------------------------------------------------------------------------- */

/* The addresses that a link in source mode listens to, in the order of their
 * coming; the kernel has them in that of a hash. */
static gboolean
has_source (const NlvWriter *list, const guint8 address[6])
{
  NlvSpan rest = nlv_span (list->data, list->len);
  NlvAttr attr;

  while (nlv_attr_next (&rest, &attr))
    if (attr.payload.len == 6 && memcmp (attr.payload.data, address, 6) == 0)
      return TRUE;
  return FALSE;
}

/* MACVLAN_MACADDR_SET: @known has those that are in the list. */
static void
add_source (NlvWriter *list, GHashTable *known, const guint8 address[6])
{
  guint64 number = 0;

  memcpy (&number, address, 6);
  if (g_hash_table_add (known, g_memdup2 (&number, sizeof number)))
    nlv_put (list, IFLA_MACVLAN_MACADDR, address, 6);
}

static void
write_sources (NlvLink *link, const NlvWriter *list)
{
  guint32 count = (guint32) (list->len / (NLA_HDRLEN + NLA_ALIGN (6)));
  guint32 length = nlv_info_get_u32 (link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN);
  guint32 used = nlv_info_get_u32 (link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN_USED);
  gint32 cutoff = (gint32) nlv_info_get_u32 (link->kind_data, NLV_IFLA_MACVLAN_BC_CUTOFF);

  nlv_info_set_u32 (&link->kind_data, IFLA_MACVLAN_MACADDR_COUNT, count);
  nlv_info_unset (&link->kind_data, IFLA_MACVLAN_MACADDR_DATA);
  if (count == 0)
    return;
  /* They stand before these. */
  nlv_info_unset (&link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN);
  nlv_info_unset (&link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN_USED);
  nlv_info_unset (&link->kind_data, NLV_IFLA_MACVLAN_BC_CUTOFF);
  nlv_info_set (&link->kind_data, IFLA_MACVLAN_MACADDR_DATA, list->data, list->len);
  nlv_info_set_u32 (&link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN, length);
  nlv_info_set_u32 (&link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN_USED, used);
  if (cutoff != 0)
    nlv_info_set_u32 (&link->kind_data, NLV_IFLA_MACVLAN_BC_CUTOFF, (guint32) cutoff);
}

static void
read_sources (const NlvLink *link, NlvWriter *list, const guint8 *except)
{
  NlvSpan rest = nlv_info_span (link->kind_data);
  NlvAttr attr, source;

  while (nlv_attr_next (&rest, &attr))
    while (attr.type == IFLA_MACVLAN_MACADDR_DATA && nlv_attr_next (&attr.payload, &source))
      if (source.payload.len == 6 && (except == NULL || memcmp (source.payload.data, except, 6) != 0))
        nlv_put (list, IFLA_MACVLAN_MACADDR, source.payload.data, 6);
}

static void
set_sources (NlvWriter *list, const guint8 *address, NlvSpan rest)
{
  g_autoptr (GHashTable) known = g_hash_table_new_full (nlv_hash_number, g_int64_equal, g_free, NULL);
  NlvAttr attr;

  if (address != NULL)
    add_source (list, known, address);
  while (nlv_attr_next (&rest, &attr))
    add_source (list, known, attr.payload.data);
}

/* macvlan_changelink_sources() */
static int
change_sources (NlvLink *link, const NlvAttr *data)
{
  guint32 mode = nlv_attr_u32 (&data[IFLA_MACVLAN_MACADDR_MODE]);
  const guint8 *address = has (data, IFLA_MACVLAN_MACADDR) ? data[IFLA_MACVLAN_MACADDR].payload.data : NULL;
  NlvSpan rest = has (data, IFLA_MACVLAN_MACADDR_DATA) ? data[IFLA_MACVLAN_MACADDR_DATA].payload : nlv_span ("", 0);
  NlvWriter list;

  if ((mode == MACVLAN_MACADDR_ADD || mode == MACVLAN_MACADDR_DEL) && address == NULL)
    return -EINVAL;
  /* What an attribute holds is the most that can be shown. */
  nlv_writer_init (&list, G_MAXUINT16 - NLA_HDRLEN);
  if (mode == MACVLAN_MACADDR_ADD || mode == MACVLAN_MACADDR_DEL)
    read_sources (link, &list, mode == MACVLAN_MACADDR_DEL ? address : NULL);
  if (mode == MACVLAN_MACADDR_ADD && !has_source (&list, address))
    nlv_put (&list, IFLA_MACVLAN_MACADDR, address, 6);
  if (mode == MACVLAN_MACADDR_SET)
    set_sources (&list, address, rest);
  write_sources (link, &list);
  nlv_writer_clear (&list);
  return 0;
}

/* --- making --------------------------------------------------------------------------- */

static guint32
mode_of (const NlvLink *link)
{
  return nlv_info_get_u32 (link->kind_data, IFLA_MACVLAN_MODE);
}

gboolean
nlv_link_is_macvlan (const NlvLink *link)
{
  return g_strcmp0 (link->kind, "macvlan") == 0 || g_strcmp0 (link->kind, "macvtap") == 0;
}

gboolean
nlv_macvlan_is_passthru (const NlvLink *link)
{
  return mode_of (link) == MACVLAN_MODE_PASSTHRU;
}

gboolean
nlv_macvlan_is_quiet (const NlvLink *link)
{
  return (nlv_info_get_u16 (link->kind_data, IFLA_MACVLAN_FLAGS) & MACVLAN_FLAG_NOPROMISC) != 0;
}

/* The oldest first. */
static GPtrArray *
find (NlvNetwork *network, const NlvLink *lower, gboolean with_detached)
{
  g_autoptr (GPtrArray) uppers = nlv_network_find_uppers (network, lower->index);
  GPtrArray *links = g_ptr_array_new ();

  for (guint i = 0; i < uppers->len; i++)
    {
      NlvLink *link = g_ptr_array_index (uppers, i);

      if (nlv_link_is_macvlan (link) && (with_detached || !link->detached))
        g_ptr_array_add (links, link);
    }
  return links;
}

GPtrArray *
nlv_macvlans_on (NlvNetwork *network, const NlvLink *lower)
{
  return find (network, lower, FALSE);
}

static guint32
queue_length_of (const NlvLink *link)
{
  return nlv_info_get_u32 (link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN);
}

static void
set_used_length (NlvNetwork *network, GPtrArray *links, guint32 length)
{
  for (guint i = 0; i < links->len; i++)
    {
      NlvLink *link = g_ptr_array_index (links, i);
      guint32 now;

      if (nlv_info_get (link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN_USED, &now, sizeof now) && now == length)
        continue;
      nlv_info_set_u32 (&link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN_USED, length);
      nlv_network_touch_link (network, link);
    }
}

/* update_port_bc_queue_len(): what the links on a device use is what one of
 * them wants most. */
static void
update_queue_lengths (NlvNetwork *network, const NlvLink *lower)
{
  g_autoptr (GPtrArray) links = find (network, lower, TRUE);
  guint32 most = 0;

  for (guint i = 0; i < links->len; i++)
    {
      const NlvLink *link = g_ptr_array_index (links, i);

      if (!link->detached)
        most = MAX (most, queue_length_of (link));
    }
  set_used_length (network, links, most);
}

/* One that is gone changes nothing if another wants as much. */
static gboolean
wants_most (NlvNetwork *network, const NlvLink *lower, const NlvLink *link)
{
  const GPtrArray *uppers = nlv_network_peek_uppers (network, lower->index);
  guint32 length = queue_length_of (link);

  for (guint i = 0; i < uppers->len; i++)
    {
      const NlvLink *other = g_ptr_array_index (uppers, i);

      if (other != link && !other->detached && nlv_link_is_macvlan (other) && queue_length_of (other) >= length)
        return FALSE;
    }
  return TRUE;
}

void
nlv_macvlans_forget (NlvNetwork *network, const NlvLink *lower)
{
  g_autoptr (GPtrArray) links = find (network, lower, TRUE);

  set_used_length (network, links, 0);
}

/* update_port_bc_cutoff(): one for all; the usual one is not shown. */
static void
update_cutoffs (NlvNetwork *network, const NlvLink *lower, NlvLink *row, gint32 cutoff)
{
  g_autoptr (GPtrArray) links = nlv_macvlans_on (network, lower);

  if (row != NULL)
    g_ptr_array_add (links, row);
  for (guint i = 0; i < links->len; i++)
    {
      NlvLink *link = g_ptr_array_index (links, i);

      nlv_info_unset (&link->kind_data, NLV_IFLA_MACVLAN_BC_CUTOFF);
      if (cutoff != USUAL_CUTOFF)
        nlv_info_set_u32 (&link->kind_data, NLV_IFLA_MACVLAN_BC_CUTOFF, (guint32) cutoff);
    }
}

/* macvlan_port_create() and what follows it */
static int
check_lower (NlvNetwork *network, const NlvLink *lower, guint32 mode)
{
  g_autoptr (GPtrArray) others = nlv_macvlans_on (network, lower);

  if (others->len == 0)
    {
      if (lower->hardware_type != ARPHRD_ETHER || (lower->flags & IFF_LOOPBACK) != 0)
        return -EINVAL;
      if (lower->master != 0)
        return -EBUSY;
      return 0;
    }
  if (mode == MACVLAN_MODE_PASSTHRU || nlv_macvlan_is_passthru (g_ptr_array_index (others, 0)))
    return -EINVAL;
  return 0;
}

static void
init_data (NlvLink *row, const NlvAttr *data, guint32 mode)
{
  guint32 length =
    has (data, IFLA_MACVLAN_BC_QUEUE_LEN) ? nlv_attr_u32 (&data[IFLA_MACVLAN_BC_QUEUE_LEN]) : QUEUE_LENGTH;

  nlv_info_set_u32 (&row->kind_data, IFLA_MACVLAN_MODE, mode);
  nlv_info_set_u16 (&row->kind_data, IFLA_MACVLAN_FLAGS,
                    has (data, IFLA_MACVLAN_FLAGS) ? nlv_attr_u16 (&data[IFLA_MACVLAN_FLAGS]) : 0);
  nlv_info_set_u32 (&row->kind_data, IFLA_MACVLAN_MACADDR_COUNT, 0);
  nlv_info_set_u32 (&row->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN, length);
  nlv_info_set_u32 (&row->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN_USED, 0);
}

/* A device below a macvlan is that macvlan's: macvlan_common_newlink(). */
static int
find_lower (NlvLinkRequest *self, NlvLink **lower)
{
  NlvLink *link;

  if (!nlv_attr_present (&self->attrs[IFLA_LINK]))
    return -EINVAL;
  link = nlv_network_find_link (self->change.network, nlv_attr_u32 (&self->attrs[IFLA_LINK]));
  if (link != NULL && nlv_link_is_macvlan (link))
    link = nlv_link_find_lower (self->change.network, link);
  *lower = link;
  return link != NULL ? 0 : -ENODEV;
}

static int
prepare (NlvLinkRequest *self, NlvLink *row, NlvLink *lower)
{
  const NlvAttr *data = self->data;
  guint32 mode = has (data, IFLA_MACVLAN_MODE) ? nlv_attr_u32 (&data[IFLA_MACVLAN_MODE]) : MACVLAN_MODE_VEPA;
  int error;

  if (!nlv_attr_present (&self->attrs[IFLA_MTU]))
    row->mtu = lower->mtu;
  else if (row->mtu > lower->mtu)
    return -EINVAL;
  row->min_mtu = MIN_MTU;
  row->max_mtu = lower->max_mtu;
  if (!nlv_attr_present (&self->attrs[IFLA_ADDRESS]))
    nlv_link_draw_address (self->change.network, row);
  error = check_lower (self->change.network, lower, mode);
  if (error < 0)
    return error;
  init_data (row, data, mode);
  if (mode == MACVLAN_MODE_PASSTHRU)
    memcpy (row->address, lower->address, 6);
  if (has (data, IFLA_MACVLAN_MACADDR_MODE))
    {
      error = mode == MACVLAN_MODE_SOURCE ? change_sources (row, data) : -EINVAL;
      if (error < 0)
        return error;
    }
  if (has (data, NLV_IFLA_MACVLAN_BC_CUTOFF))
    update_cutoffs (self->change.network, lower, row, (gint32) nlv_attr_u32 (&data[NLV_IFLA_MACVLAN_BC_CUTOFF]));
  /* macvlan_init() */
  row->carrier = lower->carrier;
  row->has_lower = TRUE;
  row->lower = lower->index;
  nlv_link_inherit_tso (row, lower);
  return 0;
}

static int
create (NlvLinkRequest *self, NlvLink *row, NlvLink **created)
{
  NlvChange *change = &self->change;
  NlvLink *lower = NULL;
  int error = find_lower (self, &lower);

  if (error == 0)
    error = prepare (self, row, lower);
  if (error < 0)
    {
      nlv_link_clear (row);
      return error;
    }
  error = nlv_stacked_register (change, row, lower, created);
  if (error < 0)
    return error;
  update_queue_lengths (change->network, lower);
  nlv_stacked_transfer_state (change, lower, *created);
  nlv_link_watch_fire (change, *created);
  return 0;
}

/* --- changing --------------------------------------------------------------------------- */

static int
change_macvlan (NlvChange *change, NlvLink *link, const NlvAttr *attrs, const NlvAttr *data)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);
  guint16 flags;

  if (data == NULL)
    return 0;
  if (has (data, IFLA_MACVLAN_MODE) &&
      (nlv_attr_u32 (&data[IFLA_MACVLAN_MODE]) == MACVLAN_MODE_PASSTHRU) != nlv_macvlan_is_passthru (link))
    return -EINVAL;
  if (has (data, IFLA_MACVLAN_FLAGS))
    {
      flags = nlv_attr_u16 (&data[IFLA_MACVLAN_FLAGS]);
      if (lower != NULL && nlv_macvlan_is_passthru (link) &&
          ((flags ^ nlv_info_get_u16 (link->kind_data, IFLA_MACVLAN_FLAGS)) & MACVLAN_FLAG_NOPROMISC) != 0)
        nlv_link_add_promiscuity (change, lower, (flags & MACVLAN_FLAG_NOPROMISC) != 0 ? -1 : 1);
      nlv_info_set_u16 (&link->kind_data, IFLA_MACVLAN_FLAGS, flags);
    }
  if (has (data, IFLA_MACVLAN_BC_QUEUE_LEN))
    {
      nlv_info_set_u32 (&link->kind_data, IFLA_MACVLAN_BC_QUEUE_LEN, nlv_attr_u32 (&data[IFLA_MACVLAN_BC_QUEUE_LEN]));
      if (lower != NULL)
        update_queue_lengths (change->network, lower);
    }
  if (has (data, NLV_IFLA_MACVLAN_BC_CUTOFF) && lower != NULL)
    update_cutoffs (change->network, lower, NULL, (gint32) nlv_attr_u32 (&data[NLV_IFLA_MACVLAN_BC_CUTOFF]));
  if (has (data, IFLA_MACVLAN_MODE))
    {
      NlvWriter none = { 0 };

      if (mode_of (link) == MACVLAN_MODE_SOURCE && nlv_attr_u32 (&data[IFLA_MACVLAN_MODE]) != MACVLAN_MODE_SOURCE)
        write_sources (link, &none);
      nlv_info_set_u32 (&link->kind_data, IFLA_MACVLAN_MODE, nlv_attr_u32 (&data[IFLA_MACVLAN_MODE]));
    }
  if (has (data, IFLA_MACVLAN_MACADDR_MODE))
    return mode_of (link) == MACVLAN_MODE_SOURCE ? change_sources (link, data) : -EINVAL;
  return 0;
}

/* macvlan_dellink() */
static void
remove_macvlan (NlvChange *change, NlvLink *link, GPtrArray *doomed)
{
  NlvLink *lower = nlv_link_find_lower (change->network, link);

  g_ptr_array_add (doomed, link);
  link->detached = TRUE;
  if (lower == NULL)
    return;
  if (!lower->unregistering && wants_most (change->network, lower, link))
    update_queue_lengths (change->network, lower);
  nlv_link_detach (change, lower);
}

#define KIND(text)                                                                                                     \
  {                                                                                                                    \
    .name = text, .max_type = NLV_IFLA_MACVLAN_MAX, .policy = policy, .validate = validate, .create = create,          \
    .change = change_macvlan, .remove = remove_macvlan,                                                                \
  }

const NlvLinkKind nlv_kind_macvlan = KIND ("macvlan");
const NlvLinkKind nlv_kind_macvtap = KIND ("macvtap");

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Carrier and operational state, and the link watch, which looks at links whose
 * carrier has changed: at once when something waits for it, or once a second.
 * net/core/link_watch.c. */
#include "model/device/consequences.h"
#include "model/device/device.h"
#include "model/network-private.h"

#include <linux/if.h>

#define SECOND 100

gboolean
nlv_link_is_dormant (const NlvLink *link)
{
  return link->hidden_dormant || (link->flags & IFF_DORMANT) != 0;
}

void
nlv_link_derive_flags (NlvLink *link)
{
  guint8 state = nlv_link_get_operational_state (link);

  link->flags &= ~(guint32) (IFF_RUNNING | IFF_LOWER_UP);
  if (!nlv_link_is_up (link))
    {
      link->hidden_dormant = nlv_link_is_dormant (link);
      link->flags &= ~(guint32) IFF_DORMANT;
      return;
    }
  if (link->hidden_dormant)
    link->flags |= IFF_DORMANT;
  link->hidden_dormant = FALSE;
  if (state == IF_OPER_UP || state == IF_OPER_UNKNOWN)
    link->flags |= IFF_RUNNING;
  if (link->carrier)
    link->flags |= IFF_LOWER_UP;
}

/* rfc2863_policy(): what its mode makes of a link that could be up. */
static guint8
state_by_mode (const NlvLink *link, guint8 state)
{
  if (state == IF_OPER_UP && link->link_mode == IF_LINK_MODE_DORMANT)
    return IF_OPER_DORMANT;
  if (state == IF_OPER_UP && link->link_mode == IF_LINK_MODE_TESTING)
    return IF_OPER_TESTING;
  return state;
}

guint8
nlv_link_get_operational_state (const NlvLink *link)
{
  if (nlv_link_is_up (link))
    return link->operational_state;
  return link->has_hidden_state ? link->hidden_state : state_by_mode (link, nlv_link_usual_state (link));
}

void
nlv_link_set_operational_state (NlvLink *link, guint8 state)
{
  link->has_hidden_state = !nlv_link_is_up (link);
  link->hidden_state = link->has_hidden_state ? state : 0;
  link->operational_state = link->has_hidden_state ? IF_OPER_DOWN : state;
}

/* default_operstate() */
static guint8
default_state (NlvNetwork *network, const NlvLink *link)
{
  const NlvLink *lower;

  if (link->carrier)
    return nlv_link_is_dormant (link) ? IF_OPER_DORMANT : IF_OPER_UP;
  if (!link->has_lower || link->lower == link->index)
    return IF_OPER_DOWN;
  /* The kernel looks for the index in this namespace, wherever the device is. */
  lower = nlv_network_find_link (network, link->lower);
  return lower != NULL && !lower->carrier ? IF_OPER_LOWERLAYERDOWN : IF_OPER_DOWN;
}

/* rfc2863_policy() */
static void
settle_state (NlvNetwork *network, NlvLink *link)
{
  guint8 state = default_state (network, link);

  if (state == nlv_link_get_operational_state (link))
    return;
  nlv_link_set_operational_state (link, state_by_mode (link, state));
}

void
nlv_link_set_mode (NlvLink *link, guint8 mode)
{
  nlv_link_set_operational_state (link, nlv_link_get_operational_state (link));
  link->link_mode = mode;
}

void
nlv_link_watch_begin (NlvChange *change, NlvLink *link)
{
  nlv_link_set_operational_state (link, IF_OPER_UNKNOWN);
  if (!link->carrier)
    settle_state (change->network, link);
}

/* linkwatch_do_dev() */
static void
look_at (NlvChange *change, NlvLink *link)
{
  settle_state (change->network, link);
  nlv_link_derive_flags (link);
  nlv_network_touch_link (change->network, link);
  if (!nlv_link_is_up (link))
    return;
  if (link->carrier)
    nlv_link_attach_qdiscs (change->network, link);
  link->transmits = link->carrier != 0;
  nlv_link_state_changed (change, link);
}

/* qdisc_tx_changing(): with the carrier its queues begin to go, those that it has. */
static gboolean
begins_to_transmit (const NlvLink *link)
{
  return link->carrier && !link->transmits && g_strcmp0 (link->qdisc, "noop") != 0;
}

/* linkwatch_urgent_event() */
static gboolean
is_urgent (const NlvLink *link)
{
  if (!nlv_link_is_up (link))
    return FALSE;
  return begins_to_transmit (link) || (link->has_lower && (link->lower_netns >= 0 || link->lower != link->index));
}

static void schedule (NlvChange *change, gboolean urgent);

/* Leaves an empty place. */
static guint32
take (NlvLinkWatch *self, guint place)
{
  guint32 index = g_array_index (self->pending, guint32, place);

  g_array_index (self->pending, guint32, place) = 0;
  return index;
}

/* __linkwatch_run_queue(): what still waits for its turn is not put in again. */
static void
run (NlvChange *change, gboolean urgent_only)
{
  NlvLinkWatch *self = &change->network->link_watch;
  guint n = self->pending->len;

  /* An observer wants it all, which it gets after this. */
  if (self->running)
    return;
  if (!urgent_only)
    self->next_event = change->now + SECOND;
  self->urgent = FALSE;
  self->running = TRUE;
  for (guint i = 0; i < n; i++)
    {
      guint32 index = take (self, i);
      NlvLink *link = index != 0 ? nlv_network_find_link (change->network, index) : NULL;

      if (link == NULL)
        continue;
      if (urgent_only && !is_urgent (link))
        g_array_append_val (self->pending, index);
      else
        look_at (change, link);
    }
  self->running = FALSE;
  g_array_remove_range (self->pending, 0, n);
  if (self->pending->len > 0)
    schedule (change, FALSE);
}

static void
run_in_time (NlvChange *change, guint64 key)
{
  NlvLinkWatch *self = &change->network->link_watch;

  self->scheduled = FALSE;
  run (change, self->next_event > change->now);
}

/* linkwatch_schedule_work() */
static void
schedule (NlvChange *change, gboolean urgent)
{
  NlvLinkWatch *self = &change->network->link_watch;
  guint64 due = MAX (self->next_event, change->now);

  if (self->urgent)
    return;
  if (urgent)
    {
      self->urgent = TRUE;
      due = change->now;
    }
  else if (self->scheduled)
    return;
  self->scheduled = TRUE;
  nlv_network_schedule (change->network, run_in_time, 0, MIN (due, change->now + SECOND));
}

static gboolean
find_pending (const GArray *pending, guint32 index, guint *place)
{
  for (guint i = 0; i < pending->len; i++)
    if (g_array_index (pending, guint32, i) == index)
      {
        *place = i;
        return TRUE;
      }
  return FALSE;
}

void
nlv_link_watch_fire (NlvChange *change, const NlvLink *link)
{
  NlvLinkWatch *self = &change->network->link_watch;
  gboolean urgent = is_urgent (link);
  guint place;

  if (!find_pending (self->pending, link->index, &place))
    g_array_append_val (self->pending, link->index);
  else if (!urgent)
    return;
  schedule (change, urgent);
}

void
nlv_link_watch_sync (NlvChange *change, NlvLink *link)
{
  NlvLinkWatch *self = &change->network->link_watch;
  guint place;

  if (!find_pending (self->pending, link->index, &place))
    return;
  if (self->running)
    take (self, place);
  else
    g_array_remove_index (self->pending, place);
  look_at (change, link);
}

void
nlv_link_watch_run (NlvChange *change)
{
  run (change, FALSE);
}

void
nlv_link_set_carrier (NlvChange *change, NlvLink *link, gboolean carrier)
{
  if ((link->carrier != 0) == (carrier != 0))
    return;
  link->carrier = carrier ? 1 : 0;
  if (carrier)
    link->carrier_up_count++;
  else
    link->carrier_down_count++;
  nlv_link_derive_flags (link);
  nlv_network_touch_link (change->network, link);
  nlv_link_watch_fire (change, link);
}

void
nlv_link_set_dormant (NlvChange *change, NlvLink *link, gboolean dormant)
{
  if (nlv_link_is_dormant (link) == (dormant != 0))
    return;
  if (nlv_link_is_up (link))
    link->flags ^= IFF_DORMANT;
  else
    link->hidden_dormant = dormant != 0;
  nlv_network_touch_link (change->network, link);
  nlv_link_watch_fire (change, link);
}

void
nlv_link_watch_init (NlvLinkWatch *self)
{
  self->pending = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
nlv_link_watch_clear (NlvLinkWatch *self)
{
  g_clear_pointer (&self->pending, g_array_unref);
}

void
nlv_link_watch_copy (const NlvLinkWatch *from, NlvLinkWatch *to)
{
  g_array_append_vals (to->pending, from->pending->data, from->pending->len);
  to->next_event = from->next_event;
  to->urgent = from->urgent;
  to->scheduled = from->scheduled;
}

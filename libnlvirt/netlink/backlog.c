/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "netlink/backlog.h"

/* Measured with SO_MEMINFO on x86-64. */
#define SKB_SIZE 256
#define SHARED_INFO_SIZE 320
#define SMALL_HEAD_SIZE 576
#define SMALLEST_LARGE_HEAD 1024

typedef struct
{
  guint32 len;
  guint32 charge;
} Entry;

gsize
nlv_backlog_charge_for (gsize len)
{
  gsize needed = len + SHARED_INFO_SIZE;
  gsize head = SMALLEST_LARGE_HEAD;

  if (needed <= SMALL_HEAD_SIZE)
    return SMALL_HEAD_SIZE + SKB_SIZE;
  while (head < needed)
    head *= 2;
  return head + SKB_SIZE;
}

static Entry *
entry_at (const NlvBacklog *backlog, guint position)
{
  return &g_array_index (backlog->entries, Entry, position);
}

void
nlv_backlog_init (NlvBacklog *backlog)
{
  *backlog = (NlvBacklog){ .entries = g_array_new (FALSE, FALSE, sizeof (Entry)) };
}

void
nlv_backlog_finish (NlvBacklog *backlog)
{
  g_array_unref (backlog->entries);
}

static void
clear (NlvBacklog *backlog)
{
  g_array_set_size (backlog->entries, 0);
  backlog->first = 0;
  backlog->charge = 0;
}

void
nlv_backlog_push (NlvBacklog *backlog, gsize len, gsize charge)
{
  const Entry entry = { (guint32) len, (guint32) charge };

  /* As many again as are in use may lie dead in front of them. */
  if (backlog->first > 64 && backlog->first > backlog->entries->len / 2)
    {
      g_array_remove_range (backlog->entries, 0, backlog->first);
      backlog->first = 0;
    }
  g_array_append_val (backlog->entries, entry);
  backlog->charge += charge;
}

void
nlv_backlog_pop (NlvBacklog *backlog, gsize len)
{
  guint position = backlog->first;

  while (position < backlog->entries->len && entry_at (backlog, position)->len != len)
    position++;
  /* Cut short by a socket filter: then it is the first. */
  if (position == backlog->entries->len)
    position = backlog->first;
  for (; backlog->first <= position && backlog->first < backlog->entries->len; backlog->first++)
    backlog->charge -= entry_at (backlog, backlog->first)->charge;
  if (nlv_backlog_is_empty (backlog))
    clear (backlog);
}

void
nlv_backlog_keep_last (NlvBacklog *backlog, guint n)
{
  for (; backlog->entries->len - backlog->first > n; backlog->first++)
    backlog->charge -= entry_at (backlog, backlog->first)->charge;
  if (nlv_backlog_is_empty (backlog))
    clear (backlog);
}

gboolean
nlv_backlog_is_empty (const NlvBacklog *backlog)
{
  return backlog->first == backlog->entries->len;
}

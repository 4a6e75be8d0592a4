/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who is told of a network's changes: the sockets that listen to its events,
 * and the objects that show its rows. */
#pragma once

#include "model/network.h"
#include "wire/span.h"

typedef enum
{
  NLV_ROW_LINK,
  NLV_ROW_ADDRESS,
  NLV_ROW_ROUTE,
  NLV_ROW_RULE,
  NLV_ROW_NEIGHBOR,
} NlvRowKind;

/* A message of the kernel's for the members of a group: nlmsg_notify(). */
typedef struct
{
  guint group;     /* RTNLGRP_*, 0: only for who asked to be told */
  NlvSpan message; /* one message */
  gpointer origin; /* (nullable) the observer through whom the change was asked for */
  guint32 port;    /* of who asked for it there */
  gboolean echo;   /* who asked is told by itself, with NLM_F_ECHO, and not as a member */
} NlvEvent;

/* While a network changes, it must not be changed or left by who is told;
 * each function may be NULL. */
typedef struct
{
  /* FALSE: an event for @group need not even be written. */
  gboolean (*listens) (gpointer owner, guint group);
  void (*event) (gpointer owner, const NlvEvent *event);
  /* FALSE: nobody wants to hear of rows now. */
  gboolean (*watches) (gpointer owner);
  /* Rows came at @position, or went from there. As for a list model, one change
   * after the other; @n_removed and @n_added are 0 or 1, and both 1 where a row
   * took another's place. */
  void (*row_changed) (gpointer owner, NlvRowKind kind, guint position, guint n_removed, guint n_added);
  /* A link that stays has other properties. */
  void (*link_changed) (gpointer owner, guint32 index);
  /* The change is over: now anything may be done. */
  void (*settled) (gpointer owner);
  /* Something is due at another time than before: see nlv_network_get_deadline(). */
  void (*deadline_changed) (gpointer owner);
} NlvObserver;

void nlv_network_add_observer (NlvNetwork *network, const NlvObserver *observer, gpointer owner);
/* With the same two. */
void nlv_network_remove_observer (NlvNetwork *network, const NlvObserver *observer, gpointer owner);

/* Between these, observers are told of rows, but not yet that the network has
 * settled. They nest. */
void nlv_network_hold (NlvNetwork *network);
void nlv_network_release (NlvNetwork *network);
/* As release, but where observers must not be told now: TRUE when something is
 * left to tell, which the next release does. */
gboolean nlv_network_let_go (NlvNetwork *network);

gboolean nlv_network_has_listeners (NlvNetwork *network, guint group);
void nlv_network_send_event (NlvNetwork *network, const NlvEvent *event);
/* Counts as a change, for NLM_F_DUMP_INTR too. */
void nlv_network_touch_link (NlvNetwork *network, const NlvLink *link);

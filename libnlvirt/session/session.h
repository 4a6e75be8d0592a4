/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One supervised process tree: its notification fd, its netlink sockets and
 * the network that answers them. */
#pragma once

#include "netlink/socket.h"
#include "session/engine.h"
#include "trap/filter.h"

typedef struct _NlvServedTree NlvServedTree;

typedef enum
{
  NLV_MESSAGE_REQUEST,
  NLV_MESSAGE_REPLY,
} NlvMessageDirection;

/* Calls back from nlv_engine_dispatch(). Each may be NULL. None may free the
 * tree, except from an idle callback of its own. */
typedef struct
{
  /* Nobody is under the filter any more. Called once. */
  void (*ended) (gpointer user_data);
  void (*socket_opened) (guint64 socket, guint32 pid, gpointer user_data);
  void (*socket_closed) (guint64 socket, gpointer user_data);
  /* One datagram, as the program sent it or as it will read it. */
  void (*message) (guint64 socket, NlvMessageDirection direction, NlvSpan datagram, gpointer user_data);
  /* A program has changed the network, which is yet to be settled. */
  void (*changed) (gpointer user_data);
} NlvTreeEvents;

/* Takes @listener_fd and serves it on @engine until it is freed. @window is
 * the one in the filter that made the listener. The tree may not change the
 * network. NULL with errno set, and the fd left to the caller, when it cannot
 * be served. */
NlvServedTree *nlv_served_tree_new (NlvEngine *engine, int listener_fd, NlvWindow window, NlvNetwork *network,
                                    const NlvTreeEvents *events, gpointer user_data);
/* @network answers the next request. If the tree may change it, its programs
 * count as the network's administrator, whoever they are. */
void nlv_served_tree_set_network (NlvServedTree *tree, NlvNetwork *network, gboolean writable);
/* What is to go wrong. */
void nlv_served_tree_set_failures (NlvServedTree *tree, NlvFailures *failures);
/* Closes the listener: what is trapped then gets ENOSYS. */
void nlv_served_tree_free (NlvServedTree *tree);

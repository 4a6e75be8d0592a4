/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A change of the network under way, and the events that tell of it. */
#pragma once

#include "model/observer.h"
#include "wire/policy.h"
#include "wire/writer.h"

/* Handed down through all that follows from one request, or from a timer. */
typedef struct
{
  NlvNetwork *network;
  guint64 now;       /* the network's time: hundredths of a second since boot */
  gpointer origin;   /* (nullable) who asks: NlvCaller */
  guint32 port, seq; /* of the request: nlmsg_pid and nlmsg_seq of the events that repeat it; 0 from within */
  gboolean echo;     /* NLM_F_ECHO */
  NlvExtack *extack; /* (nullable) */
  /* What is told with NLV_NETDEV_CHANGE and _CHANGE_MTU, while it is told. */
  guint32 flags_changed;
  guint32 old_mtu;
  gboolean name_refused;     /* with NLV_NETDEV_CHANGE_NAME: the former name is back */
  const guint8 *old_address; /* (nullable) with _CHANGE_ADDRESS */
} NlvChange;

/* One that nobody has asked for, within another or by itself. */
void nlv_change_init (NlvChange *change, NlvNetwork *network, guint64 now);

/* Why it cannot be done. Returns @error. */
int nlv_change_refuse (NlvChange *change, int error, const char *words);
int nlv_change_refuse_attr (NlvChange *change, int error, const char *words, const NlvAttr *attr);

/* An event with one message. begin returns its zeroed family header of @payload
 * bytes, or NULL when nobody would hear it; only then is there a send. With
 * @asked it bears the request's seq and port, and is echoed to who asked. */
gpointer nlv_event_begin (NlvChange *change, NlvWriter *writer, guint group, guint16 type, guint16 flags,
                          gboolean asked, gsize payload);
void nlv_event_send (NlvChange *change, NlvWriter *writer, guint group, gboolean asked);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A conversation with the running kernel: a request, and all messages of the
 * answer. */
#pragma once

#include "model/capture/capture.h"
#include "wire/reader.h"
#include "wire/writer.h"

G_BEGIN_DECLS

#define NLVIRT_RECORDER_READ_SIZE 65536

typedef struct
{
  int fd;
  guint32 seq;
  guint8 *buffer; /* (owned) NLVIRT_RECORDER_READ_SIZE */
  NlvCapture *capture;
  gboolean interrupted;
} NlvirtRecorder;

typedef void (*NlvirtOnMessage) (const NlvMessage *message, gpointer data);

/* Starts a request; what is returned is its family header of @header bytes. */
gpointer nlvirt_recorder_begin (NlvirtRecorder *self, NlvWriter *writer, guint16 type, guint16 flags, gsize header);
/* Sends the request in @writer and hands on the answers. -errno of the call or
 * of the answer. */
int nlvirt_recorder_ask (NlvirtRecorder *self, NlvWriter *writer, NlvirtOnMessage on_message, gpointer data);
/* For answers that go to the capture as they are. @data: the recorder. */
void nlvirt_recorder_take_row (const NlvMessage *message, gpointer data);

/* nlvirt-recorder-traffic.c: disciplines, classes, filters, chains, actions. */
void nlvirt_recorder_ask_traffic (NlvirtRecorder *self);

G_END_DECLS

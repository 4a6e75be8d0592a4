/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Events written and sent: nlmsg_notify(). */
#include "model/change.h"

/* An event is as large as it has to be. */
#define EVENT_ROOM (1 << 20)

void
nlv_change_init (NlvChange *change, NlvNetwork *network, guint64 now)
{
  *change = (NlvChange){ .network = network, .now = now };
}

int
nlv_change_refuse (NlvChange *change, int error, const char *words)
{
  return nlv_change_refuse_attr (change, error, words, NULL);
}

int
nlv_change_refuse_attr (NlvChange *change, int error, const char *words, const NlvAttr *attr)
{
  if (change->extack != NULL)
    nlv_extack_set (change->extack, words, attr);
  return error;
}

gpointer
nlv_event_begin (NlvChange *change, NlvWriter *writer, guint group, guint16 type, guint16 flags, gboolean asked,
                 gsize payload)
{
  gboolean echo = asked && change->echo;

  if (!echo && !nlv_network_has_listeners (change->network, group))
    return NULL;
  nlv_writer_init (writer, EVENT_ROOM);
  return nlv_writer_begin (writer, type, flags, asked ? change->seq : 0, asked ? change->port : 0, payload);
}

void
nlv_event_send (NlvChange *change, NlvWriter *writer, guint group, gboolean asked)
{
  if (nlv_writer_end (writer))
    {
      const NlvEvent event = {
        .group = group,
        .message = nlv_span (writer->data, writer->len),
        .origin = change->origin,
        .port = change->port,
        .echo = asked && change->echo,
      };

      nlv_network_send_event (change->network, &event);
    }
  nlv_writer_clear (writer);
}

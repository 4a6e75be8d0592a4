/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Small parts of the rtnetlink responder: requests taken apart, messages of
 * dumps and single answers begun and ended, addresses compared. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

/* A single answer is as large as it has to be. */
#define REPLY_ROOM (1 << 20)

NlvSpan
nlv_request_body (const NlvMessage *message)
{
  return nlv_message_payload (message);
}

gboolean
nlv_request_header (const NlvMessage *message, void *header, gsize size)
{
  NlvSpan body = nlv_message_payload (message);

  memset (header, 0, size);
  if (body.len < size)
    return FALSE;
  memcpy (header, body.data, size);
  return TRUE;
}

int
nlv_request_attrs (const NlvMessage *message, gsize size, NlvAttr *out, guint max_type, const NlvPolicy *policy,
                   NlvValidation validation, NlvExtack *extack)
{
  NlvSpan body = nlv_message_payload (message);

  if (body.len < size)
    {
      memset (out, 0, sizeof *out * (max_type + 1));
      nlv_extack_set (extack, "Invalid header length", NULL);
      return -EINVAL;
    }
  return nlv_attrs_parse (nlv_span_from (body, NLMSG_ALIGN (size)), out, max_type, policy, validation, extack);
}

int
nlv_walk_refuse (NlvWalk *walk, int error, const char *words)
{
  nlv_extack_set (&walk->dump.why, words, NULL);
  return error;
}

int
nlv_request_refuse (const NlvRequest *request, int error, const char *words)
{
  nlv_extack_set (request->extack, words, NULL);
  return error;
}

int
nlv_walk_check (NlvWalk *walk, int (*check) (NlvWalk *walk))
{
  int error = walk->checked ? 0 : check (walk);

  if (error == 0)
    walk->checked = TRUE;
  return error;
}

int
nlv_walk_families (NlvWalk *walk, NlvWriter *writer, const guint8 *families, gsize n, NlvDumpFamily dump)
{
  for (; walk->family_step < n; walk->family_step++, walk->position = 0)
    {
      guint8 family = families[walk->family_step];
      if (walk->family != AF_UNSPEC && walk->family != family)
        continue;
      int error = dump (walk, writer, family);
      if (error < 0)
        return error;
    }
  return 0;
}

gpointer
nlv_walk_begin (NlvWalk *walk, NlvWriter *writer, guint16 type, guint16 flags, gsize payload)
{
  return nlv_writer_begin (writer, type, NLM_F_MULTI | flags, walk->dump.seq, walk->dump.caller.port, payload);
}

void
nlv_walk_check_consistent (NlvWalk *walk, NlvWriter *writer)
{
  guint generation = nlv_network_get_generation (walk->dump.network);

  if (generation != walk->dump.generation)
    walk->dump.interrupted = TRUE;
  walk->dump.generation = generation;
  if (!walk->dump.interrupted || writer->len < sizeof (struct nlmsghdr))
    return;

  guint16 flags;
  guint8 *at = writer->data + G_STRUCT_OFFSET (struct nlmsghdr, nlmsg_flags);
  memcpy (&flags, at, sizeof flags);
  flags |= NLM_F_DUMP_INTR;
  memcpy (at, &flags, sizeof flags);
  walk->dump.interrupted = FALSE;
}

void
nlv_change_init_request (NlvChange *change, const NlvRequest *request)
{
  const NlvCaller *caller = request->caller;
  const struct nlmsghdr *header = &request->message->header;

  *change = (NlvChange){ .network = request->network,
                         .now = caller->now,
                         .origin = caller->origin,
                         .port = caller->port,
                         .seq = header->nlmsg_seq,
                         .echo = (header->nlmsg_flags & NLM_F_ECHO) != 0,
                         .extack = request->extack };
}

gpointer
nlv_reply_begin (const NlvRequest *request, NlvWriter *writer, guint16 type, gsize payload)
{
  nlv_writer_init (writer, REPLY_ROOM);
  return nlv_writer_begin (writer, type, 0, request->message->header.nlmsg_seq, request->caller->port, payload);
}

int
nlv_reply_finish (const NlvRequest *request, NlvWriter *writer)
{
  int error = nlv_writer_end (writer) ? 0 : -EMSGSIZE;

  if (error == 0)
    request->answer->reply = nlv_writer_steal (writer);
  nlv_writer_clear (writer);
  return error;
}

/* link_master_filtered(): @master G_MAXUINT32 asks for links without one. */
gboolean
nlv_link_filtered (NlvNetwork *network, guint32 link, guint32 master)
{
  if (master == 0)
    return FALSE;

  NlvLink *row = nlv_network_find_link (network, link);
  guint32 has = row != NULL ? row->master : 0;
  return master == G_MAXUINT32 ? has != 0 : has != master;
}

gsize
nlv_ip_size (guint8 family)
{
  return family == AF_INET ? 4 : 16;
}

gboolean
nlv_ip_is_any (const NlvIp *ip, guint8 family)
{
  static const NlvIp any;

  return nlv_ip_equal (ip, &any, family);
}

gboolean
nlv_ip_equal (const NlvIp *a, const NlvIp *b, guint8 family)
{
  return memcmp (a, b, nlv_ip_size (family)) == 0;
}

gboolean
nlv_ip_in_prefix (const NlvIp *ip, const NlvIp *prefix, guint bits, guint8 family)
{
  bits = MIN (bits, nlv_ip_size (family) * 8);

  guint whole = bits / 8, rest = bits % 8;
  if (memcmp (ip->bytes, prefix->bytes, whole) != 0)
    return FALSE;
  return rest == 0 || ((ip->bytes[whole] ^ prefix->bytes[whole]) >> (8 - rest)) == 0;
}

void
nlv_ip_mask (NlvIp *ip, guint n_bits, guint8 family)
{
  for (guint i = 0; i < nlv_ip_size (family); i++)
    {
      guint bits = n_bits > i * 8 ? MIN (n_bits - i * 8, 8) : 0;

      ip->bytes[i] &= (guint8) (0xff00 >> bits);
    }
}

void
nlv_put_ip (NlvWriter *writer, guint16 type, const NlvIp *ip, guint8 family)
{
  nlv_put (writer, type, ip->bytes, nlv_ip_size (family));
}

/* The byte that has no room for a large table id. */
guint8
nlv_table_byte (guint32 table)
{
  return table < 256 ? table : RT_TABLE_COMPAT;
}

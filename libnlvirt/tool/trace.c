/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nlvirt run --trace: a line for each datagram. */
#include "tool.h"

#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  guint32 bit;
  const char *name;
} FlagName;

static guint
append_names (GString *out, const FlagName *names, gsize n_names, guint flags)
{
  for (gsize i = 0; i < n_names; i++)
    if ((flags & names[i].bit) == names[i].bit)
      {
        g_string_append_printf (out, "%s%s", out->str[out->len - 1] == ' ' ? "" : "|", names[i].name);
        flags &= ~names[i].bit;
      }
  return flags;
}

/* What the upper flags mean depends on what is asked for, and that is in the
 * lower two bits of an rtnetlink type: new, delete, get, set. */
static void
append_flags (GString *out, guint16 type, guint flags)
{
  static const FlagName common[] = {
    { NLM_F_REQUEST, "REQUEST" }, { NLM_F_MULTI, "MULTI" },         { NLM_F_ACK, "ACK" },
    { NLM_F_ECHO, "ECHO" },       { NLM_F_DUMP_INTR, "DUMP_INTR" }, { NLM_F_DUMP_FILTERED, "DUMP_FILTERED" }
  };
  static const FlagName get[] = {
    { NLM_F_DUMP, "DUMP" }, { NLM_F_ROOT, "ROOT" }, { NLM_F_MATCH, "MATCH" }, { NLM_F_ATOMIC, "ATOMIC" }
  };
  static const FlagName set[] = {
    { NLM_F_REPLACE, "REPLACE" }, { NLM_F_EXCL, "EXCL" }, { NLM_F_CREATE, "CREATE" }, { NLM_F_APPEND, "APPEND" }
  };
  static const FlagName done[] = { { NLM_F_CAPPED, "CAPPED" }, { NLM_F_ACK_TLVS, "ACK_TLVS" } };

  flags = append_names (out, common, G_N_ELEMENTS (common), flags);
  if (type < NLMSG_MIN_TYPE)
    flags = append_names (out, done, G_N_ELEMENTS (done), flags);
  else if ((type & 3) == (RTM_GETLINK & 3))
    flags = append_names (out, get, G_N_ELEMENTS (get), flags);
  else if ((type & 3) == (RTM_NEWLINK & 3))
    flags = append_names (out, set, G_N_ELEMENTS (set), flags);
  if (flags != 0 || out->str[out->len - 1] == ' ')
    g_string_append_printf (out, "%s0x%x", out->str[out->len - 1] == ' ' ? "" : "|", flags);
}

static void
append_messages (GString *out, const struct nlmsghdr *header, guint n)
{
  const char *name = nlvirt_message_type_to_string (header->nlmsg_type);

  if (name != NULL)
    g_string_append_printf (out, " %s", name);
  else
    g_string_append_printf (out, " type %u", header->nlmsg_type);
  if (n > 1)
    g_string_append_printf (out, "*%u", n);
  g_string_append (out, " flags ");
  append_flags (out, header->nlmsg_type, header->nlmsg_flags);
  g_string_append_printf (out, " seq %u;", header->nlmsg_seq);
}

/* Messages that differ in their contents only are named once. */
static void
append_datagram (GString *out, const guint8 *data, gsize len)
{
  struct nlmsghdr header, last = { 0 };
  guint n = 0;
  gsize pos = 0;

  while (len - pos >= sizeof header)
    {
      memcpy (&header, data + pos, sizeof header);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > len - pos)
        break;
      if (n > 0 && (header.nlmsg_type != last.nlmsg_type || header.nlmsg_flags != last.nlmsg_flags ||
                    header.nlmsg_seq != last.nlmsg_seq))
        {
          append_messages (out, &last, n);
          n = 0;
        }
      last = header;
      n++;
      pos += MIN (NLMSG_ALIGN ((gsize) header.nlmsg_len), len - pos);
    }
  if (n > 0)
    append_messages (out, &last, n);
  if (pos < len)
    g_string_append_printf (out, " %" G_GSIZE_FORMAT " bytes more;", len - pos);
}

static void
on_socket_opened (NlvirtSession *session, guint64 socket, guint pid, gpointer user_data)
{
  GHashTable *pids = user_data;

  g_hash_table_insert (pids, g_memdup2 (&socket, sizeof socket), GUINT_TO_POINTER (pid));
}

static void
on_socket_closed (NlvirtSession *session, guint64 socket, gpointer user_data)
{
  GHashTable *pids = user_data;

  g_hash_table_remove (pids, &socket);
}

static void
on_message (NlvirtSession *session, guint64 socket, NlvirtMessageDirection direction, GBytes *datagram,
            gpointer user_data)
{
  GHashTable *pids = user_data;
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S.%f");
  g_autoptr (GString) out = g_string_new (time);
  gsize len;
  const guint8 *data = g_bytes_get_data (datagram, &len);

  g_string_append_printf (out, " pid %u socket %" G_GUINT64_FORMAT " %s %" G_GSIZE_FORMAT " bytes:",
                          GPOINTER_TO_UINT (g_hash_table_lookup (pids, &socket)), socket,
                          direction == NLVIRT_MESSAGE_DIRECTION_REQUEST ? "sends" : "receives", len);
  append_datagram (out, data, len);
  if (out->str[out->len - 1] == ';')
    g_string_truncate (out, out->len - 1);
  fprintf (stderr, "%s\n", out->str);
}

void
trace_session (NlvirtSession *session)
{
  GHashTable *pids = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  g_signal_connect (session, "socket-opened", G_CALLBACK (on_socket_opened), pids);
  g_signal_connect (session, "socket-closed", G_CALLBACK (on_socket_closed), pids);
  g_signal_connect (session, "message", G_CALLBACK (on_message), pids);
  g_object_set_data_full (G_OBJECT (session), "trace-pids", pids, (GDestroyNotify) g_hash_table_unref);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks the responder what the programs of the corpus asked a kernel, and wants
 * the same answers. Uses the public library only. */
#include "capture.h"
#include "compare.h"

#include <nlvirt.h>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_SOCKETS 1000

typedef struct
{
  char *name;
  NlvirtTable *table;  /* (owned) */
  GPtrArray *packets;  /* (element-type CapturePacket) (owned) */
  GPtrArray *sockets;  /* (element-type ReplaySocket) (owned) (nullable) by number */
  GHashTable *options; /* (element-type guint GStrv) (owned) by socket number */
} Conversation;

typedef struct
{
  NlvirtSocket *socket; /* (owned) */
  char **options;       /* (owned) (nullable) NAME=VALUE[@PACKETS] */
  guint n_options;      /* that are set */
  guint n_packets;      /* so far */
  guint32 port;         /* of the recorded one, once it is known */
  gboolean in_dump;     /* the last answer was not the end of it */
} ReplaySocket;

static int
option_number (const char *name)
{
  static const struct
  {
    const char *name;
    int number;
  } options[] = {
    { "NETLINK_ADD_MEMBERSHIP", NETLINK_ADD_MEMBERSHIP },
    { "NETLINK_DROP_MEMBERSHIP", NETLINK_DROP_MEMBERSHIP },
    { "NETLINK_PKTINFO", NETLINK_PKTINFO },
    { "NETLINK_BROADCAST_ERROR", NETLINK_BROADCAST_ERROR },
    { "NETLINK_NO_ENOBUFS", NETLINK_NO_ENOBUFS },
    { "NETLINK_LISTEN_ALL_NSID", NETLINK_LISTEN_ALL_NSID },
    { "NETLINK_CAP_ACK", NETLINK_CAP_ACK },
    { "NETLINK_EXT_ACK", NETLINK_EXT_ACK },
    { "NETLINK_GET_STRICT_CHK", NETLINK_GET_STRICT_CHK },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++)
    if (strcmp (options[i].name, name) == 0)
      return options[i].number;
  g_error ("the index has the unknown option %s", name);
}

static void
replay_socket_free (gpointer data)
{
  ReplaySocket *self = data;

  if (self == NULL)
    return;
  g_clear_object (&self->socket);
  g_strfreev (self->options);
  g_free (self);
}

/* Those that were set before the packet that comes now. */
static void
set_options (ReplaySocket *self)
{
  for (; self->options != NULL && self->options[self->n_options] != NULL; self->n_options++)
    {
      g_auto (GStrv) parts = g_strsplit_set (self->options[self->n_options], "=@", 3);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_strv_length (parts), >=, 2);
      if (parts[2] != NULL && (guint) atoi (parts[2]) > self->n_packets)
        return;
      nlvirt_socket_set_option (self->socket, option_number (parts[0]), atoi (parts[1]), &error);
      g_assert_no_error (error);
    }
}

static ReplaySocket *
get_socket (Conversation *self, guint number)
{
  ReplaySocket *socket;

  g_assert_cmpuint (number, <=, MAX_SOCKETS);
  if (number >= self->sockets->len)
    g_ptr_array_set_size (self->sockets, number + 1);
  socket = g_ptr_array_index (self->sockets, number);
  if (socket == NULL)
    {
      socket = g_new0 (ReplaySocket, 1);
      socket->socket = nlvirt_socket_new (self->table);
      socket->options = g_strdupv (g_hash_table_lookup (self->options, GUINT_TO_POINTER (number)));
      self->sockets->pdata[number] = socket;
    }
  set_options (socket);
  socket->n_packets++;
  return socket;
}

/* NULL, or in words what is wrong with the answer to be read next. */
static char *
check_reply (ReplaySocket *socket, const CapturePacket *packet)
{
  g_autoptr (GBytes) datagram = nlvirt_socket_receive (socket->socket);
  Reply got, expected = { packet->data, packet->len, 0 };

  if (datagram == NULL)
    return g_strdup_printf ("no answer, the kernel's has %" G_GSIZE_FORMAT " bytes", packet->len);
  /* What a socket got first, it got under the name that it kept. */
  if (socket->port == 0)
    socket->port = reply_port (packet->data, packet->len);
  expected.port = socket->port;
  socket->in_dump = reply_is_unfinished (packet->data, packet->len);
  got = (Reply){ .port = nlvirt_socket_get_port (socket->socket) };
  got.data = g_bytes_get_data (datagram, &got.len);
  return reply_compare (&got, &expected);
}

/* A dump that the program left unfinished is no surplus. */
static gboolean
has_surplus (const ReplaySocket *socket)
{
  g_autoptr (GBytes) more = NULL;

  if (socket == NULL || socket->in_dump)
    return FALSE;
  more = nlvirt_socket_receive (socket->socket);
  return more != NULL;
}

/* NULL, or (transfer full) in words where the conversation goes another way. */
static char *
replay (Conversation *self)
{
  g_clear_pointer (&self->sockets, g_ptr_array_unref);
  self->sockets = g_ptr_array_new_with_free_func (replay_socket_free);
  for (guint i = 0; i < self->packets->len; i++)
    {
      const CapturePacket *packet = g_ptr_array_index (self->packets, i);
      ReplaySocket *socket = get_socket (self, packet->socket);
      g_autofree char *wrong = NULL;
      g_autoptr (GError) error = NULL;

      if (!packet->to_kernel)
        wrong = check_reply (socket, packet);
      else if (!nlvirt_socket_send (socket->socket, packet->data, packet->len, &error))
        wrong = g_strdup (error->message);
      if (wrong != NULL)
        return g_strdup_printf ("%s: packet %u: %s", self->name, i + 1, wrong);
    }
  for (guint i = 1; i < self->sockets->len; i++)
    if (has_surplus (g_ptr_array_index (self->sockets, i)))
      return g_strdup_printf ("%s: socket %u: an answer where the kernel gave none", self->name, i);
  return NULL;
}

static void
conversation_free (Conversation *self)
{
  g_free (self->name);
  g_clear_object (&self->table);
  g_clear_pointer (&self->packets, g_ptr_array_unref);
  g_clear_pointer (&self->sockets, g_ptr_array_unref);
  g_clear_pointer (&self->options, g_hash_table_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Conversation, conversation_free)

static GKeyFile *
open_index (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "corpus", "index.ini", NULL);
  g_autoptr (GKeyFile) index = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  g_key_file_load_from_file (index, path, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&index);
}

static void
read_options (Conversation *self, GKeyFile *index)
{
  g_auto (GStrv) keys = g_key_file_get_keys (index, self->name, NULL, NULL);

  self->options = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_strfreev);
  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    if (g_str_has_prefix (keys[i], "socket-"))
      g_hash_table_replace (self->options, GUINT_TO_POINTER (atoi (keys[i] + strlen ("socket-"))),
                            g_key_file_get_string_list (index, self->name, keys[i], NULL, NULL));
}

static Conversation *
open_conversation (const char *name)
{
  g_autoptr (GKeyFile) index = open_index ();
  g_autofree char *network = g_key_file_get_string (index, name, "network", NULL);
  g_autofree char *table_name = g_strconcat (network, ".nlvirt", NULL);
  g_autofree char *capture_name = g_strconcat (name, ".pcap", NULL);
  g_autofree char *table = g_test_build_filename (G_TEST_DIST, "corpus", "networks", table_name, NULL);
  g_autofree char *capture = g_test_build_filename (G_TEST_DIST, "corpus", "captures", capture_name, NULL);
  g_autoptr (Conversation) self = g_new0 (Conversation, 1);
  g_autoptr (GError) error = NULL;

  self->name = g_strdup (name);
  read_options (self, index);
  self->table = nlvirt_table_new_from_file (table, &error);
  g_assert_no_error (error);
  self->packets = capture_read (capture, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (self->packets->len, >, 0);
  return g_steal_pointer (&self);
}

static void
test_conversation (gconstpointer data)
{
  g_autoptr (Conversation) conversation = open_conversation (data);
  g_autofree char *wrong = replay (conversation);

  if (wrong != NULL)
    {
      g_test_message ("%s", wrong);
      g_test_fail ();
    }
}

/* The first answer of a conversation. */
static CapturePacket *
first_reply (Conversation *conversation)
{
  for (guint i = 0; i < conversation->packets->len; i++)
    {
      CapturePacket *packet = g_ptr_array_index (conversation->packets, i);

      if (!packet->to_kernel)
        return packet;
    }
  g_assert_not_reached ();
}

/* Of the link in the first message. */
static void
change_counters (guint8 *data)
{
  const gsize start = NLMSG_LENGTH (sizeof (struct ifinfomsg));
  struct nlmsghdr header;
  struct nlattr attribute;
  gboolean found = FALSE;

  memcpy (&header, data, sizeof header);
  for (gsize pos = start; pos + sizeof attribute <= header.nlmsg_len; pos += NLA_ALIGN (attribute.nla_len))
    {
      memcpy (&attribute, data + pos, sizeof attribute);
      g_assert_cmpuint (attribute.nla_len, >=, sizeof attribute);
      if (attribute.nla_type == IFLA_STATS64)
        {
          data[pos + sizeof attribute] ^= 1;
          found = TRUE;
        }
    }
  g_assert_true (found);
}

/* NULL or what is wrong with @packet when it is answered with @data. */
static char *
compare (const CapturePacket *packet, const guint8 *data, gsize len)
{
  const guint32 port = reply_port (packet->data, packet->len);

  return reply_compare (&(Reply){ data, len, port }, &(Reply){ packet->data, packet->len, port });
}

/* The comparison finds what is wrong, and overlooks only what it is to. */
static void
test_difference (void)
{
  g_autoptr (Conversation) conversation = open_conversation ("glibc-getifaddrs");
  const CapturePacket *packet = first_reply (conversation);
  const gsize flags = sizeof (struct nlmsghdr) + offsetof (struct ifinfomsg, ifi_flags);
  g_autofree guint8 *data = g_memdup2 (packet->data, packet->len);
  g_autofree char *nothing = compare (packet, data, packet->len);
  g_autofree char *shortened = compare (packet, data, packet->len - 4);
  g_autofree char *changed = NULL, *renamed = NULL, *later = NULL;
  struct nlmsghdr header;

  g_assert_null (nothing);
  g_assert_nonnull (shortened);
  data[flags] ^= 1;
  changed = compare (packet, data, packet->len);
  g_assert_nonnull (changed);
  data[flags] ^= 1;

  /* The second message alone under another port id. */
  memcpy (&header, data, sizeof header);
  data[NLMSG_ALIGN (header.nlmsg_len) + offsetof (struct nlmsghdr, nlmsg_pid)] ^= 1;
  renamed = compare (packet, data, packet->len);
  g_assert_nonnull (renamed);
  data[NLMSG_ALIGN (header.nlmsg_len) + offsetof (struct nlmsghdr, nlmsg_pid)] ^= 1;

  change_counters (data);
  later = compare (packet, data, packet->len);
  g_assert_cmpstr (later, ==, NULL);
}

/* A replay fails that meets such a difference, and says where. */
static void
test_replayed_difference (void)
{
  g_autoptr (Conversation) conversation = open_conversation ("glibc-getifaddrs");
  g_autofree char *nothing = replay (conversation);
  g_autofree char *changed = NULL;
  CapturePacket *packet = first_reply (conversation);

  g_assert_cmpstr (nothing, ==, NULL);
  packet->data[sizeof (struct nlmsghdr) + offsetof (struct ifinfomsg, ifi_flags)] ^= 1;
  changed = replay (conversation);
  g_assert_nonnull (changed);
  g_assert_true (g_str_has_prefix (changed, "glibc-getifaddrs: packet 2: "));
}

int
main (int argc, char *argv[])
{
  g_autoptr (GKeyFile) index = NULL;
  g_auto (GStrv) names = NULL;

  g_test_init (&argc, &argv, NULL);
  /* What netlink sends is of the byte order of the machine. */
  if (G_BYTE_ORDER != G_LITTLE_ENDIAN)
    {
      puts ("1..0 # SKIP the corpus is little-endian");
      return 0;
    }
  index = open_index ();
  names = g_key_file_get_groups (index, NULL);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *path = g_strconcat ("/corpus/", names[i], NULL);

      g_test_add_data_func (path, names[i], test_conversation);
    }
  g_test_add_func ("/difference", test_difference);
  g_test_add_func ("/replayed-difference", test_replayed_difference);
  return g_test_run ();
}

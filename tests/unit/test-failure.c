/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* NlvirtFailure: as text, as an object, and on a socket of this process. */
#include <nlvirt.h>

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>

static void
test_text (void)
{
  static const struct
  {
    const char *text, *canonical;
    NlvirtFailureKind kind;
    guint type, number, limit, period;
    const char *words;
  } cases[] = {
    { "RTM_GETROUTE=EPERM", NULL, NLVIRT_FAILURE_KIND_ERROR, RTM_GETROUTE, EPERM, 0, 1, NULL },
    { "any=13:2", "any=EACCES:2", NLVIRT_FAILURE_KIND_ERROR, 0, EACCES, 2, 1, NULL },
    { "999=511", NULL, NLVIRT_FAILURE_KIND_ERROR, 999, 511, 0, 1, NULL },
    { "20=EBUSY:every=3:2:words=a:2=b", "RTM_NEWADDR=EBUSY:2:every=3:words=a:2=b", NLVIRT_FAILURE_KIND_ERROR,
      RTM_NEWADDR, EBUSY, 2, 3, "a:2=b" },
    { "RTM_NEWADDR=EBUSY:words=", NULL, NLVIRT_FAILURE_KIND_ERROR, RTM_NEWADDR, EBUSY, 0, 1, "" },
    { "any=2s:1", "any=2000ms:1", NLVIRT_FAILURE_KIND_DELAY, 0, 2000, 1, 1, NULL },
    { "RTM_GETLINK=1ms", NULL, NLVIRT_FAILURE_KIND_DELAY, RTM_GETLINK, 1, 0, 1, NULL },
    { "overrun", "overrun=any", NLVIRT_FAILURE_KIND_OVERRUN, 0, 0, 0, 1, NULL },
    { "overrun=RTM_NEWLINK:every=2", NULL, NLVIRT_FAILURE_KIND_OVERRUN, RTM_NEWLINK, 0, 0, 2, NULL },
    { "interrupt:1", "interrupt=any:1", NLVIRT_FAILURE_KIND_INTERRUPT, 0, 0, 1, 1, NULL },
    { "socket=EMFILE", NULL, NLVIRT_FAILURE_KIND_CALL, NLVIRT_CALL_SOCKET, EMFILE, 0, 1, NULL },
    { "bind=EPERM", NULL, NLVIRT_FAILURE_KIND_CALL, NLVIRT_CALL_BIND, EPERM, 0, 1, NULL },
    { "send=ENOBUFS", NULL, NLVIRT_FAILURE_KIND_CALL, NLVIRT_CALL_SEND, ENOBUFS, 0, 1, NULL },
    { "receive=EINTR", NULL, NLVIRT_FAILURE_KIND_CALL, NLVIRT_CALL_RECEIVE, EINTR, 0, 1, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (NlvirtFailure) failure = nlvirt_failure_new_from_string (cases[i].text, &error);
      gboolean is_call = cases[i].kind == NLVIRT_FAILURE_KIND_CALL;
      gboolean is_delay = cases[i].kind == NLVIRT_FAILURE_KIND_DELAY;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = nlvirt_failure_to_string (failure);
      g_assert_cmpstr (text, ==, cases[i].canonical != NULL ? cases[i].canonical : cases[i].text);
      g_assert_cmpint (nlvirt_failure_get_kind (failure), ==, cases[i].kind);
      g_assert_cmpuint (nlvirt_failure_get_message_type (failure), ==, is_call ? 0 : cases[i].type);
      g_assert_cmpint (nlvirt_failure_get_call (failure), ==, is_call ? cases[i].type : NLVIRT_CALL_NONE);
      g_assert_cmpuint (nlvirt_failure_get_milliseconds (failure), ==, is_delay ? cases[i].number : 0);
      g_assert_cmpint (nlvirt_failure_get_error_number (failure), ==, is_delay ? 0 : cases[i].number);
      g_assert_cmpuint (nlvirt_failure_get_limit (failure), ==, cases[i].limit);
      g_assert_cmpuint (nlvirt_failure_get_period (failure), ==, cases[i].period);
      g_assert_cmpstr (nlvirt_failure_get_words (failure), ==, cases[i].words);
    }
}

static void
test_wrong_text (void)
{
  static const struct
  {
    const char *text, *culprit;
  } cases[] = {
    { "", "“”" },
    { "RTM_GETFOO=EPERM", "“RTM_GETFOO”" },
    { "rtm_getlink=EPERM", "“rtm_getlink”" },
    { "65536=EPERM", "“65536”" },
    { "0=EPERM", "“0”" },
    { "-1=EPERM", "“-1”" },
    { "RTM_GETLINK", "missing" },
    { "RTM_GETLINK=", "“”" },
    { "RTM_GETLINK=EPERMIT", "“EPERMIT”" },
    { "RTM_GETLINK=512", "“512”" },
    { "RTM_GETLINK=18446744073709551617", "“18446744073709551617”" },
    { "RTM_GETLINK=0ms", "“0ms”" },
    { "RTM_GETLINK=1.5s", "“1.5s”" },
    { "RTM_GETLINK=99999999s", "“99999999s”" },
    { "RTM_GETLINK=ms", "“ms”" },
    { "socket", "missing" },
    { "socket=1s", "“1s”" },
    { "socket=EMFILE:words=x", "words" },
    { "overrun=EPERM", "“EPERM”" },
    { "interrupt=RTM_GETFOO", "“RTM_GETFOO”" },
    { "interrupt:0", "“0”" },
    { "interrupt:1:2", "“2”" },
    { "interrupt:every=2:every=3", "“every=3”" },
    { "interrupt:", "“”" },
    { "interrupt:1:", "“”" },
    { "interrupt:every=:1", "“every=”" },
    { "interrupt:every=x", "“every=x”" },
    { "interrupt:ever", "“ever”" },
    { "any=EPERM:words=\377", "UTF-8" },
  };
  g_autofree char *words = g_strnfill (256, 'w');
  g_autofree char *long_text = g_strconcat ("any=EPERM:words=", words, NULL);
  g_autoptr (NlvirtFailure) longest = nlvirt_failure_new_from_string (long_text, NULL);

  g_assert_null (longest);
  long_text[strlen (long_text) - 1] = '\0';
  longest = nlvirt_failure_new_from_string (long_text, NULL);
  g_assert_nonnull (longest);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (nlvirt_failure_new_from_string (cases[i].text, &error));
      g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID);
      if (strstr (error->message, cases[i].culprit) == NULL)
        g_error ("“%s”: %s", cases[i].text, error->message);
    }
}

static void
count (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

static void
test_properties (void)
{
  g_autoptr (NlvirtFailure) failure = nlvirt_failure_new_error (RTM_GETLINK, EPERM);
  g_autofree char *words = NULL;
  guint n = 0, type, limit, period, milliseconds, hits;
  NlvirtFailureKind kind;
  NlvirtCall call;
  int number;

  g_signal_connect (failure, "notify", G_CALLBACK (count), &n);
  g_object_set (failure, "words", "no", "limit", 3, "period", 4, NULL);
  g_assert_cmpuint (n, ==, 3);
  g_object_set (failure, "words", "no", "limit", 3, "period", 4, NULL);
  g_assert_cmpuint (n, ==, 3);
  g_object_get (failure, "kind", &kind, "message-type", &type, "call", &call, "error-number", &number, "words", &words,
                "limit", &limit, "period", &period, "milliseconds", &milliseconds, "hits", &hits, NULL);
  g_assert_cmpint (kind, ==, NLVIRT_FAILURE_KIND_ERROR);
  g_assert_cmpuint (type, ==, RTM_GETLINK);
  g_assert_cmpint (call, ==, NLVIRT_CALL_NONE);
  g_assert_cmpint (number, ==, EPERM);
  g_assert_cmpstr (words, ==, "no");
  g_assert_cmpuint (limit, ==, 3);
  g_assert_cmpuint (period, ==, 4);
  g_assert_cmpuint (milliseconds + hits, ==, 0);
}

static gboolean
ask (NlvirtSocket *socket, guint32 seq, GError **error)
{
  const struct
  {
    struct nlmsghdr header;
    struct ifinfomsg link;
  } request = { { sizeof request, RTM_GETLINK, NLM_F_REQUEST, seq, 0 }, { .ifi_index = 1 } };

  return nlvirt_socket_send (socket, (const guint8 *) &request, sizeof request, error);
}

/* The type of the next datagram's first message, 0 for none. */
static guint
receive_type (NlvirtSocket *socket)
{
  g_autoptr (GBytes) datagram = nlvirt_socket_receive (socket);

  return datagram != NULL ? ((const struct nlmsghdr *) g_bytes_get_data (datagram, NULL))->nlmsg_type : 0;
}

static void
test_socket (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  g_autoptr (NlvirtFailure) refusal = nlvirt_failure_new_error (RTM_GETLINK, EBUSY);
  g_autoptr (NlvirtFailure) send = nlvirt_failure_new_call_error (NLVIRT_CALL_SEND, ENOBUFS);
  g_autoptr (GListModel) failures = NULL;
  g_autoptr (GError) error = NULL;

  nlvirt_socket_add_failure (socket, refusal);
  g_object_get (socket, "failures", &failures, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (failures), ==, 1);
  g_assert_true (ask (socket, 1, NULL));
  g_assert_cmpuint (receive_type (socket), ==, NLMSG_ERROR);
  g_assert_cmpuint (nlvirt_failure_get_hits (refusal), ==, 1);
  g_assert_true (nlvirt_socket_remove_failure (socket, refusal));
  g_assert_false (nlvirt_socket_remove_failure (socket, refusal));
  g_assert_true (ask (socket, 1, NULL));
  g_assert_cmpuint (receive_type (socket), ==, RTM_NEWLINK);
  nlvirt_socket_add_failure (socket, send);
  g_assert_false (ask (socket, 1, &error));
  g_assert_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID);
  g_assert_cmpuint (receive_type (socket), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (failures), ==, 1);
}

static void
test_late_socket (void)
{
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (NlvirtSocket) socket = nlvirt_socket_new (table);
  g_autoptr (NlvirtFailure) failure = nlvirt_failure_new_delay (RTM_GETLINK, 50);
  gint64 start = g_get_monotonic_time ();

  nlvirt_failure_set_limit (failure, 1);
  nlvirt_socket_add_failure (socket, failure);
  g_assert_true (ask (socket, 1, NULL));
  g_assert_true (ask (socket, 2, NULL));
  g_assert_cmpuint (receive_type (socket), ==, 0);
  while (receive_type (socket) == 0)
    g_usleep (1000);
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 50000);
  g_assert_cmpuint (receive_type (socket), ==, RTM_NEWLINK);
  g_assert_cmpuint (receive_type (socket), ==, 0);
}

static void
test_message_types (void)
{
  g_assert_cmpstr (nlvirt_message_type_to_string (RTM_GETROUTE), ==, "RTM_GETROUTE");
  g_assert_cmpstr (nlvirt_message_type_to_string (NLMSG_DONE), ==, "NLMSG_DONE");
  g_assert_null (nlvirt_message_type_to_string (0));
  g_assert_null (nlvirt_message_type_to_string (G_MAXUINT));
  g_assert_cmpuint (nlvirt_message_type_from_string ("RTM_GETROUTE"), ==, RTM_GETROUTE);
  g_assert_cmpuint (nlvirt_message_type_from_string ("RTM_GETROUT"), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/failure/text", test_text);
  g_test_add_func ("/failure/wrong-text", test_wrong_text);
  g_test_add_func ("/failure/properties", test_properties);
  g_test_add_func ("/failure/socket", test_socket);
  g_test_add_func ("/failure/late-socket", test_late_socket);
  g_test_add_func ("/failure/message-types", test_message_types);
  return g_test_run ();
}

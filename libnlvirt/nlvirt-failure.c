/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A handle on a failure, which is a plain structure of the netlink layer that
 * counts. Its form as text is in nlvirt-failure-text.c. */
#include "nlvirt-failure-private.h"

#include "nlvirt-enum-types.h"

#include <string.h>

/**
 * NlvirtFailure:
 *
 * Something that is to go wrong with netlink sockets, and how often.
 *
 * What a program does when the kernel refuses a request, loses an event or
 * takes its time is hard to test, since the kernel hardly ever does. Failures
 * make it so on demand. A failure is added to a [class@Nlvirt.Session], for all
 * sockets of its programs, or to a single [class@Nlvirt.Socket], and can be
 * removed again while they run.
 *
 * Each failure counts the occasions on which it could strike, and strikes on
 * every one of them, unless [property@Nlvirt.Failure:period] and
 * [property@Nlvirt.Failure:limit] say otherwise. Of several that strike at the
 * same time, the one that was added first does. Added to several sessions, it
 * counts for them together.
 *
 * ```python
 * # The next two attempts to add an address are refused.
 * session.add_failure(Nlvirt.Failure.new_from_string('RTM_NEWADDR=EPERM:2'))
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtFailure
{
  GObject parent_instance;

  NlvFailure *failure; /* (owned) */
};

enum
{
  PROP_0,
  PROP_KIND,
  PROP_MESSAGE_TYPE,
  PROP_CALL,
  PROP_ERROR_NUMBER,
  PROP_MILLISECONDS,
  PROP_WORDS,
  PROP_LIMIT,
  PROP_PERIOD,
  PROP_HITS,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtFailure, nlvirt_failure, G_TYPE_OBJECT)

static void
nlvirt_failure_finalize (GObject *object)
{
  g_clear_pointer (&NLVIRT_FAILURE (object)->failure, nlv_failure_unref);
  G_OBJECT_CLASS (nlvirt_failure_parent_class)->finalize (object);
}

static void
nlvirt_failure_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtFailure *self = NLVIRT_FAILURE (object);

  switch (id)
    {
      case PROP_KIND:
        g_value_set_enum (value, nlvirt_failure_get_kind (self));
        break;
      case PROP_MESSAGE_TYPE:
        g_value_set_uint (value, nlvirt_failure_get_message_type (self));
        break;
      case PROP_CALL:
        g_value_set_enum (value, nlvirt_failure_get_call (self));
        break;
      case PROP_ERROR_NUMBER:
        g_value_set_int (value, nlvirt_failure_get_error_number (self));
        break;
      case PROP_MILLISECONDS:
        g_value_set_uint (value, nlvirt_failure_get_milliseconds (self));
        break;
      case PROP_WORDS:
        g_value_set_string (value, nlvirt_failure_get_words (self));
        break;
      case PROP_LIMIT:
        g_value_set_uint (value, nlvirt_failure_get_limit (self));
        break;
      case PROP_PERIOD:
        g_value_set_uint (value, nlvirt_failure_get_period (self));
        break;
      case PROP_HITS:
        g_value_set_uint (value, nlvirt_failure_get_hits (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_failure_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtFailure *self = NLVIRT_FAILURE (object);

  switch (id)
    {
      case PROP_WORDS:
        nlvirt_failure_set_words (self, g_value_get_string (value));
        break;
      case PROP_LIMIT:
        nlvirt_failure_set_limit (self, g_value_get_uint (value));
        break;
      case PROP_PERIOD:
        nlvirt_failure_set_period (self, g_value_get_uint (value));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
install_fixed_properties (void)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  /**
   * NlvirtFailure:kind: (getter get_kind)
   *
   * What goes wrong.
   *
   * Since: 0.1
   */
  properties[PROP_KIND] =
    g_param_spec_enum ("kind", NULL, NULL, NLVIRT_TYPE_FAILURE_KIND, NLVIRT_FAILURE_KIND_ERROR, read_only);
  /**
   * NlvirtFailure:message-type: (getter get_message_type)
   *
   * The `nlmsg_type` of the requests, or events, that it concerns; 0 for all.
   *
   * Since: 0.1
   */
  properties[PROP_MESSAGE_TYPE] = g_param_spec_uint ("message-type", NULL, NULL, 0, G_MAXUINT16, 0, read_only);
  /**
   * NlvirtFailure:call: (getter get_call)
   *
   * The system call that fails.
   *
   * Since: 0.1
   */
  properties[PROP_CALL] = g_param_spec_enum ("call", NULL, NULL, NLVIRT_TYPE_CALL, NLVIRT_CALL_NONE, read_only);
  /**
   * NlvirtFailure:error-number: (getter get_error_number)
   *
   * The `errno` of an error; 0 for what is none.
   *
   * Since: 0.1
   */
  properties[PROP_ERROR_NUMBER] = g_param_spec_int ("error-number", NULL, NULL, 0, G_MAXINT, 0, read_only);
  /**
   * NlvirtFailure:milliseconds: (getter get_milliseconds)
   *
   * How long a request waits, in milliseconds.
   *
   * Since: 0.1
   */
  properties[PROP_MILLISECONDS] = g_param_spec_uint ("milliseconds", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtFailure:hits: (getter get_hits)
   *
   * How often it has struck. There is no notification of it.
   *
   * Since: 0.1
   */
  properties[PROP_HITS] = g_param_spec_uint ("hits", NULL, NULL, 0, G_MAXUINT, 0, read_only);
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags settable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  install_fixed_properties ();
  /**
   * NlvirtFailure:words: (getter get_words) (setter set_words)
   *
   * How the kernel would explain the error, to those who set
   * `NETLINK_EXT_ACK`.
   *
   * Since: 0.1
   */
  properties[PROP_WORDS] = g_param_spec_string ("words", NULL, NULL, NULL, settable);
  /**
   * NlvirtFailure:limit: (getter get_limit) (setter set_limit)
   *
   * How often it strikes at most; 0 for any number of times.
   *
   * Since: 0.1
   */
  properties[PROP_LIMIT] = g_param_spec_uint ("limit", NULL, NULL, 0, G_MAXUINT, 0, settable);
  /**
   * NlvirtFailure:period: (getter get_period) (setter set_period)
   *
   * With 3, every third occasion is one on which it strikes.
   *
   * Since: 0.1
   */
  properties[PROP_PERIOD] = g_param_spec_uint ("period", NULL, NULL, 1, G_MAXUINT, 1, settable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_failure_class_init (NlvirtFailureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_failure_finalize;
  object_class->get_property = nlvirt_failure_get_property;
  object_class->set_property = nlvirt_failure_set_property;
  install_properties (object_class);
}

static void
nlvirt_failure_init (NlvirtFailure *self)
{
  self->failure = nlv_failure_new (NLV_FAILURE_ERROR, 0);
}

static NlvirtFailure *
new_failure (NlvFailureKind kind, guint what)
{
  NlvirtFailure *self = g_object_new (NLVIRT_TYPE_FAILURE, NULL);

  self->failure->kind = kind;
  self->failure->what = what;
  return self;
}

NlvFailure *
nlvirt_failure_get_failure (NlvirtFailure *self)
{
  return self->failure;
}

/**
 * nlvirt_failure_new_error:
 * @message_type: the `nlmsg_type` of requests, such as `RTM_NEWADDR`, or 0 for
 *   all
 * @error_number: an `errno`, below 512
 *
 * Requests are refused: they have no effect, and an `NLMSG_ERROR` with
 * @error_number is the answer.
 *
 * Returns: (transfer full): a new failure
 *
 * Since: 0.1
 */
NlvirtFailure *
nlvirt_failure_new_error (guint message_type, int error_number)
{
  NlvirtFailure *self;

  g_return_val_if_fail (message_type <= G_MAXUINT16, NULL);
  g_return_val_if_fail (error_number > 0 && error_number < 512, NULL);
  self = new_failure (NLV_FAILURE_ERROR, message_type);
  self->failure->error = error_number;
  return self;
}

/**
 * nlvirt_failure_new_call_error:
 * @call: the system call
 * @error_number: an `errno`, below 512
 *
 * A system call fails, and does nothing else: what it would have sent is not
 * sent, and what it would have received can be received later.
 *
 * Only `NETLINK_ROUTE` sockets are concerned, and of the calls on these only
 * those that the session sees. Of a [class@Nlvirt.Socket] it is
 * [method@Nlvirt.Socket.send] that can fail.
 *
 * Returns: (transfer full): a new failure
 *
 * Since: 0.1
 */
NlvirtFailure *
nlvirt_failure_new_call_error (NlvirtCall call, int error_number)
{
  NlvirtFailure *self;

  g_return_val_if_fail (call > NLVIRT_CALL_NONE && call <= NLVIRT_CALL_RECEIVE, NULL);
  g_return_val_if_fail (error_number > 0 && error_number < 512, NULL);
  self = new_failure (NLV_FAILURE_CALL, call);
  self->failure->error = error_number;
  return self;
}

/**
 * nlvirt_failure_new_overrun:
 * @message_type: the `nlmsg_type` of events, such as `RTM_NEWROUTE`, or 0 for
 *   all
 *
 * Events are lost, as if the socket that should hear of them had no room left.
 *
 * What comes next is the kernel's: the socket's next receive gets `ENOBUFS`,
 * once, and whatever comes before its queue has been emptied is lost too. With
 * the option `NETLINK_NO_ENOBUFS` the event is lost without a word.
 *
 * An occasion is one event for one socket. To have a receive fail without an
 * event, use [ctor@Nlvirt.Failure.new_call_error].
 *
 * Returns: (transfer full): a new failure
 *
 * Since: 0.1
 */
NlvirtFailure *
nlvirt_failure_new_overrun (guint message_type)
{
  g_return_val_if_fail (message_type <= G_MAXUINT16, NULL);
  return new_failure (NLV_FAILURE_OVERRUN, message_type);
}

/**
 * nlvirt_failure_new_interrupt:
 * @message_type: the `nlmsg_type` of dumps, such as `RTM_GETROUTE`, or 0 for
 *   all
 *
 * Dumps say that they may be inconsistent, by the flag `NLM_F_DUMP_INTR`, as
 * if the network had changed after the first datagram of each. The flag is on
 * the next message, or on the `NLMSG_DONE` of dumps that the kernel does not
 * check otherwise.
 *
 * Returns: (transfer full): a new failure
 *
 * Since: 0.1
 */
NlvirtFailure *
nlvirt_failure_new_interrupt (guint message_type)
{
  g_return_val_if_fail (message_type <= G_MAXUINT16, NULL);
  return new_failure (NLV_FAILURE_INTERRUPT, message_type);
}

/**
 * nlvirt_failure_new_delay:
 * @message_type: the `nlmsg_type` of requests, such as `RTM_GETLINK`, or 0 for
 *   all
 * @milliseconds: how long they wait
 *
 * Requests are served late, and with them all that is sent on the same socket
 * after them. Others are not held up.
 *
 * The send returns at once. A receive that may wait does so, as long as
 * `SO_RCVTIMEO` allows, and one that may not gets `EAGAIN`. Mind that the
 * kernel always has its answer ready when the send returns, and that some
 * programs rely on it: musl's `getifaddrs()` does not wait.
 *
 * Of a [class@Nlvirt.Socket] a request is served by the first receive, or send,
 * after the time. No more than 8 MiB of a session's requests wait at a time:
 * a send gets `ENOBUFS` then.
 *
 * Returns: (transfer full): a new failure
 *
 * Since: 0.1
 */
NlvirtFailure *
nlvirt_failure_new_delay (guint message_type, guint milliseconds)
{
  NlvirtFailure *self;

  g_return_val_if_fail (message_type <= G_MAXUINT16, NULL);
  g_return_val_if_fail (milliseconds > 0, NULL);
  self = new_failure (NLV_FAILURE_DELAY, message_type);
  self->failure->delay = milliseconds;
  return self;
}

/**
 * nlvirt_failure_get_kind: (get-property kind)
 * @self: a failure
 *
 * What goes wrong.
 *
 * Returns: the kind
 *
 * Since: 0.1
 */
NlvirtFailureKind
nlvirt_failure_get_kind (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), NLVIRT_FAILURE_KIND_ERROR);
  return (NlvirtFailureKind) self->failure->kind;
}

/**
 * nlvirt_failure_get_message_type: (get-property message-type)
 * @self: a failure
 *
 * The type of the messages that it concerns.
 *
 * Returns: the `nlmsg_type`, or 0 for all
 *
 * Since: 0.1
 */
guint
nlvirt_failure_get_message_type (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), 0);
  return self->failure->kind != NLV_FAILURE_CALL ? self->failure->what : 0;
}

/**
 * nlvirt_failure_get_call: (get-property call)
 * @self: a failure
 *
 * The system call that fails.
 *
 * Returns: the call, or %NLVIRT_CALL_NONE
 *
 * Since: 0.1
 */
NlvirtCall
nlvirt_failure_get_call (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), NLVIRT_CALL_NONE);
  return self->failure->kind == NLV_FAILURE_CALL ? (NlvirtCall) self->failure->what : NLVIRT_CALL_NONE;
}

/**
 * nlvirt_failure_get_error_number: (get-property error-number)
 * @self: a failure
 *
 * The error.
 *
 * Returns: an `errno`, or 0 for what is no error
 *
 * Since: 0.1
 */
int
nlvirt_failure_get_error_number (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), 0);
  return self->failure->error;
}

/**
 * nlvirt_failure_get_milliseconds: (get-property milliseconds)
 * @self: a failure
 *
 * How long a request waits.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
nlvirt_failure_get_milliseconds (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), 0);
  return self->failure->delay;
}

/**
 * nlvirt_failure_get_words: (get-property words)
 * @self: a failure
 *
 * How the error is explained.
 *
 * Returns: (transfer none) (nullable): the words
 *
 * Since: 0.1
 */
const char *
nlvirt_failure_get_words (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), NULL);
  return self->failure->words;
}

/**
 * nlvirt_failure_set_words: (set-property words)
 * @self: a failure
 * @words: (nullable): the words, of no more than 255 bytes
 *
 * Sets how the kernel would explain the error. It is told to those who set
 * `NETLINK_EXT_ACK`, by `NLMSGERR_ATTR_MSG`. Only errors of
 * [ctor@Nlvirt.Failure.new_error] have such.
 *
 * Since: 0.1
 */
void
nlvirt_failure_set_words (NlvirtFailure *self, const char *words)
{
  g_return_if_fail (NLVIRT_IS_FAILURE (self));
  g_return_if_fail (words == NULL || strlen (words) <= NLVIRT_MAX_WORDS);

  if (g_strcmp0 (words, self->failure->words) == 0)
    return;
  g_free (self->failure->words);
  self->failure->words = g_strdup (words);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WORDS]);
}

/**
 * nlvirt_failure_get_limit: (get-property limit)
 * @self: a failure
 *
 * How often it strikes at most.
 *
 * Returns: the limit, or 0 for any number of times
 *
 * Since: 0.1
 */
guint
nlvirt_failure_get_limit (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), 0);
  return self->failure->limit;
}

/**
 * nlvirt_failure_set_limit: (set-property limit)
 * @self: a failure
 * @limit: the limit, or 0 for any number of times
 *
 * Sets how often it strikes at most. What it has struck already counts.
 *
 * Since: 0.1
 */
void
nlvirt_failure_set_limit (NlvirtFailure *self, guint limit)
{
  g_return_if_fail (NLVIRT_IS_FAILURE (self));

  if (self->failure->limit == limit)
    return;
  self->failure->limit = limit;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LIMIT]);
}

/**
 * nlvirt_failure_get_period: (get-property period)
 * @self: a failure
 *
 * On each how many occasions it strikes.
 *
 * Returns: the period
 *
 * Since: 0.1
 */
guint
nlvirt_failure_get_period (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), 1);
  return self->failure->period;
}

/**
 * nlvirt_failure_set_period: (set-property period)
 * @self: a failure
 * @period: the period; 1 for each occasion
 *
 * Sets on each how many occasions it strikes: with 3, on the third, the sixth
 * and so on.
 *
 * Since: 0.1
 */
void
nlvirt_failure_set_period (NlvirtFailure *self, guint period)
{
  g_return_if_fail (NLVIRT_IS_FAILURE (self));
  g_return_if_fail (period > 0);

  if (self->failure->period == period)
    return;
  self->failure->period = period;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERIOD]);
}

/**
 * nlvirt_failure_get_hits: (get-property hits)
 * @self: a failure
 *
 * How often it has struck so far.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
nlvirt_failure_get_hits (NlvirtFailure *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), 0);
  return self->failure->hits;
}

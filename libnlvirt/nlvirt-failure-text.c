/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Failures as text: WHAT[=HOW][:OPTION…]. */
#include "nlvirt-error.h"
#include "nlvirt-failure-private.h"
#include "nlvirt-message.h"

#include <errno.h>
#include <string.h>

#define ANY "any"
#define EVERY "every="
#define WORDS "words="
/* A call could not fail with one of the kernel's own, from ERESTARTSYS on. */
#define MAX_ERROR 511

#define NAME(number)                                                                                                   \
  {                                                                                                                    \
    number, #number                                                                                                    \
  }

/* What netlink sockets and rtnetlink can come to. Others go by their number. */
static const struct
{
  int number;
  const char *name;
} error_names[] = {
  NAME (EPERM),        NAME (ENOENT),     NAME (ESRCH),         NAME (EINTR),           NAME (EIO),
  NAME (ENXIO),        NAME (E2BIG),      NAME (EBADF),         NAME (EAGAIN),          NAME (ENOMEM),
  NAME (EACCES),       NAME (EFAULT),     NAME (EBUSY),         NAME (EEXIST),          NAME (EXDEV),
  NAME (ENODEV),       NAME (EINVAL),     NAME (ENFILE),        NAME (EMFILE),          NAME (EFBIG),
  NAME (ENOSPC),       NAME (EPIPE),      NAME (ERANGE),        NAME (ENAMETOOLONG),    NAME (ENOSYS),
  NAME (ELOOP),        NAME (ENODATA),    NAME (ETIME),         NAME (EPROTO),          NAME (EBADMSG),
  NAME (EOVERFLOW),    NAME (ENOTSOCK),   NAME (EDESTADDRREQ),  NAME (EMSGSIZE),        NAME (EPROTOTYPE),
  NAME (ENOPROTOOPT),  NAME (EOPNOTSUPP), NAME (EAFNOSUPPORT),  NAME (EPROTONOSUPPORT), NAME (ESOCKTNOSUPPORT),
  NAME (EADDRINUSE),   NAME (ENETDOWN),   NAME (EADDRNOTAVAIL), NAME (ENETUNREACH),     NAME (ENETRESET),
  NAME (ECONNABORTED), NAME (ECONNRESET), NAME (ENOBUFS),       NAME (EISCONN),         NAME (ENOTCONN),
  NAME (ESHUTDOWN),    NAME (ETIMEDOUT),  NAME (ECONNREFUSED),  NAME (EHOSTUNREACH),    NAME (EALREADY),
  NAME (EINPROGRESS),  NAME (ECANCELED),  NAME (EHOSTDOWN),
};

static const struct
{
  NlvirtCall call;
  const char *name;
} call_names[] = {
  { NLVIRT_CALL_SOCKET, "socket" },
  { NLVIRT_CALL_BIND, "bind" },
  { NLVIRT_CALL_SEND, "send" },
  { NLVIRT_CALL_RECEIVE, "receive" },
};

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (NLVIRT_ERROR, NLVIRT_ERROR_INVALID, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* Nothing but digits, and from 1 to @max. */
static gboolean
read_number (const char *text, gsize len, guint max, guint *number)
{
  guint64 value = 0;

  for (gsize i = 0; i < len; i++)
    {
      if (!g_ascii_isdigit (text[i]))
        return FALSE;
      value = value * 10 + (guint) (text[i] - '0');
      if (value > max)
        return FALSE;
    }
  *number = (guint) value;
  return value > 0;
}

static gboolean
read_error_number (const char *text, int *number)
{
  guint value;

  for (gsize i = 0; i < G_N_ELEMENTS (error_names); i++)
    if (strcmp (error_names[i].name, text) == 0)
      {
        *number = error_names[i].number;
        return TRUE;
      }
  if (!read_number (text, strlen (text), MAX_ERROR, &value))
    return FALSE;
  *number = (int) value;
  return TRUE;
}

static gboolean
read_delay (const char *text, guint *milliseconds)
{
  gsize len = strlen (text);

  if (g_str_has_suffix (text, "ms"))
    return read_number (text, len - 2, G_MAXINT32, milliseconds);
  if (!g_str_has_suffix (text, "s") || !read_number (text, len - 1, G_MAXINT32 / 1000, milliseconds))
    return FALSE;
  *milliseconds *= 1000;
  return TRUE;
}

/* @name is NULL where nothing was said. */
static gboolean
read_message_type (const char *name, guint *type, GError **error)
{
  *type = 0;
  if (name == NULL || strcmp (name, ANY) == 0)
    return TRUE;
  *type = nlvirt_message_type_from_string (name);
  if (*type == 0 && !read_number (name, strlen (name), G_MAXUINT16, type))
    return refuse (error, "“%s” is no message type", name);
  return TRUE;
}

static NlvirtFailure *
new_for_call (NlvirtCall call, const char *how, GError **error)
{
  int number;

  if (how == NULL)
    refuse (error, "which error the call gets is missing");
  else if (!read_error_number (how, &number))
    refuse (error, "“%s” is no error, which would be a name such as EPERM, or a number", how);
  else
    return nlvirt_failure_new_call_error (call, number);
  return NULL;
}

static NlvirtFailure *
new_for_requests (const char *what, const char *how, GError **error)
{
  guint type, milliseconds;
  int number;

  if (!read_message_type (what, &type, NULL))
    refuse (error,
            "“%s” is none of: a message type such as RTM_GETROUTE, any, socket, bind, send, receive, overrun, "
            "interrupt",
            what);
  else if (how == NULL)
    refuse (error, "what happens to the request is missing: an error or a time");
  else if (read_error_number (how, &number))
    return nlvirt_failure_new_error (type, number);
  else if (read_delay (how, &milliseconds))
    return nlvirt_failure_new_delay (type, milliseconds);
  else
    refuse (error, "“%s” is neither an error, such as EPERM, nor a time, such as 300ms or 2s", how);
  return NULL;
}

static NlvirtFailure *
new_without_options (const char *what, const char *how, GError **error)
{
  gboolean is_overrun = strcmp (what, "overrun") == 0;
  guint type;

  for (gsize i = 0; i < G_N_ELEMENTS (call_names); i++)
    if (strcmp (call_names[i].name, what) == 0)
      return new_for_call (call_names[i].call, how, error);
  if (!is_overrun && strcmp (what, "interrupt") != 0)
    return new_for_requests (what, how, error);
  if (!read_message_type (how, &type, error))
    return NULL;
  return is_overrun ? nlvirt_failure_new_overrun (type) : nlvirt_failure_new_interrupt (type);
}

static gboolean
set_words (NlvirtFailure *failure, const char *words, GError **error)
{
  if (nlvirt_failure_get_kind (failure) != NLVIRT_FAILURE_KIND_ERROR)
    return refuse (error, "only the error of a request has words");
  if (strlen (words) > NLVIRT_MAX_WORDS || !g_utf8_validate (words, -1, NULL))
    return refuse (error, "the words are not UTF-8, or longer than %d bytes", NLVIRT_MAX_WORDS);
  nlvirt_failure_set_words (failure, words);
  return TRUE;
}

/* @options follows a colon: options with colons between them. */
static gboolean
read_options (NlvirtFailure *failure, const char *options, GError **error)
{
  while (options != NULL)
    {
      const char *end = strchrnul (options, ':');
      gsize len = (gsize) (end - options);
      guint number;

      /* The rest is words. */
      if (g_str_has_prefix (options, WORDS))
        return set_words (failure, options + strlen (WORDS), error);
      if (nlvirt_failure_get_limit (failure) == 0 && read_number (options, len, G_MAXINT32, &number))
        nlvirt_failure_set_limit (failure, number);
      else if (nlvirt_failure_get_period (failure) == 1 && g_str_has_prefix (options, EVERY) &&
               read_number (options + strlen (EVERY), len - strlen (EVERY), G_MAXINT32, &number))
        nlvirt_failure_set_period (failure, number);
      else
        return refuse (error, "“%.*s” is none of: a number of times, every=NUMBER, words=TEXT, each once", (int) len,
                       options);
      options = *end != '\0' ? end + 1 : NULL;
    }
  return TRUE;
}

/**
 * nlvirt_failure_new_from_string: (constructor)
 * @text: what goes wrong
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Makes a failure from the text that `nlvirt run --fail` takes:
 *
 * - `RTM_NEWADDR=EPERM`: an error for a type of request, `any` for all
 * - `RTM_GETLINK=300ms`, `any=2s`: requests are served late
 * - `socket=EMFILE`, `bind=…`, `send=…`, `receive=ENOBUFS`: a system call fails
 * - `overrun`, `overrun=RTM_NEWROUTE`: events are lost
 * - `interrupt`, `interrupt=RTM_GETADDR`: dumps are interrupted
 *
 * Errors and types may be numbers. After it, each with a colon before it:
 *
 * - `3`: three times at most
 * - `every=3`: on the third occasion, the sixth and so on
 * - `words=…`: what explains an error; the text goes on to the end
 *
 * The error is %NLVIRT_ERROR_INVALID, and says which part is wrong.
 *
 * Returns: (transfer full): a new failure
 *
 * Since: 0.1
 */
NlvirtFailure *
nlvirt_failure_new_from_string (const char *text, GError **error)
{
  g_autofree char *what = NULL;
  g_autoptr (NlvirtFailure) failure = NULL;
  char *how, *options;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  what = g_strdup (text);
  options = strchr (what, ':');
  if (options != NULL)
    *options++ = '\0';
  how = strchr (what, '=');
  if (how != NULL)
    *how++ = '\0';
  failure = new_without_options (what, how, error);
  if (failure == NULL || !read_options (failure, options, error))
    return NULL;
  return g_steal_pointer (&failure);
}

static void
append_message_type (GString *out, guint type)
{
  const char *name = type != 0 ? nlvirt_message_type_to_string (type) : ANY;

  if (name != NULL)
    g_string_append (out, name);
  else
    g_string_append_printf (out, "%u", type);
}

static void
append_error_number (GString *out, int number)
{
  for (gsize i = 0; i < G_N_ELEMENTS (error_names); i++)
    if (error_names[i].number == number)
      {
        g_string_append (out, error_names[i].name);
        return;
      }
  g_string_append_printf (out, "%d", number);
}

static void
append_call (GString *out, NlvirtCall call)
{
  for (gsize i = 0; i < G_N_ELEMENTS (call_names); i++)
    if (call_names[i].call == call)
      g_string_append (out, call_names[i].name);
}

static void
append_what (GString *out, NlvirtFailure *self)
{
  guint type = nlvirt_failure_get_message_type (self);

  switch (nlvirt_failure_get_kind (self))
    {
      case NLVIRT_FAILURE_KIND_OVERRUN:
        g_string_append (out, "overrun=");
        append_message_type (out, type);
        break;
      case NLVIRT_FAILURE_KIND_INTERRUPT:
        g_string_append (out, "interrupt=");
        append_message_type (out, type);
        break;
      case NLVIRT_FAILURE_KIND_DELAY:
        append_message_type (out, type);
        g_string_append_printf (out, "=%ums", nlvirt_failure_get_milliseconds (self));
        break;
      case NLVIRT_FAILURE_KIND_CALL:
        append_call (out, nlvirt_failure_get_call (self));
        g_string_append_c (out, '=');
        append_error_number (out, nlvirt_failure_get_error_number (self));
        break;
      case NLVIRT_FAILURE_KIND_ERROR:
      default:
        append_message_type (out, type);
        g_string_append_c (out, '=');
        append_error_number (out, nlvirt_failure_get_error_number (self));
        break;
    }
}

/**
 * nlvirt_failure_to_string:
 * @self: a failure
 *
 * The failure as [ctor@Nlvirt.Failure.new_from_string] takes it.
 *
 * Returns: (transfer full): the text
 *
 * Since: 0.1
 */
char *
nlvirt_failure_to_string (NlvirtFailure *self)
{
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_FAILURE (self), NULL);

  out = g_string_new (NULL);
  append_what (out, self);
  if (nlvirt_failure_get_limit (self) > 0)
    g_string_append_printf (out, ":%u", nlvirt_failure_get_limit (self));
  if (nlvirt_failure_get_period (self) > 1)
    g_string_append_printf (out, ":" EVERY "%u", nlvirt_failure_get_period (self));
  if (nlvirt_failure_get_words (self) != NULL)
    g_string_append_printf (out, ":" WORDS "%s", nlvirt_failure_get_words (self));
  return g_string_free (out, FALSE);
}

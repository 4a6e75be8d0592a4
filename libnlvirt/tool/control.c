/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The way to a session that runs elsewhere: D-Bus on its own socket. */
#include "tool.h"

#include <gio/gio.h>
#include <string.h>

#define OBJECT_PATH "/org/nlvirt/Control1"
#define INTERFACE "org.nlvirt.Control1"
/* Between two looks whether it is there by now. */
#define PAUSE 20000

/* A D-Bus address as it is, and anything else as a path. */
static char *
address_of (const char *name)
{
  g_autofree char *path = NULL, *escaped = NULL;

  if (g_dbus_is_address (name))
    return g_strdup (name);
  path = g_canonicalize_filename (name, NULL);
  escaped = g_dbus_address_escape_value (path);
  return g_strdup_printf ("unix:path=%s", escaped);
}

static gboolean
may_come (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

GDBusConnection *
control_connect (const char *name, double wait)
{
  gint64 deadline = g_get_monotonic_time () + (gint64) (wait * G_USEC_PER_SEC);
  g_autofree char *address = NULL;

  if (name == NULL)
    name = g_getenv ("NLVIRT_CONTROL");
  if (name == NULL || *name == '\0')
    {
      print_error ("which session? Expected --control PATH, or NLVIRT_CONTROL in the environment");
      return NULL;
    }
  address = address_of (name);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
        address, G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT, NULL, NULL, &error);

      if (connection != NULL)
        return connection;
      if (!may_come (error) || g_get_monotonic_time () >= deadline)
        {
          print_error (may_come (error) ? "there is no session at “%s”: %s"
                                        : "the session at “%s” does not let this process control it: %s",
                       name, error->message);
          return NULL;
        }
      g_usleep (PAUSE);
    }
}

GVariant *
control_call (GDBusConnection *connection, const char *method, const char *text, GError **error)
{
  GVariant *parameters = text != NULL ? g_variant_new ("(s)", text) : NULL;
  const GVariantType *type = G_VARIANT_TYPE (text != NULL ? "()" : "(s)");
  GVariant *result;

  /* Makes the names of its errors known. */
  nlvirt_error_quark ();
  result = g_dbus_connection_call_sync (connection, NULL, OBJECT_PATH, INTERFACE, method, parameters, type,
                                        G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);
  if (result == NULL && error != NULL)
    g_dbus_error_strip_remote_error (*error);
  return result;
}

gboolean
parse_wait (const char *text, double *wait)
{
  char *end;

  *wait = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && *wait >= 0 && *wait <= 1e6)
    return TRUE;
  print_error ("“%s”: expected a number of seconds", text);
  return FALSE;
}

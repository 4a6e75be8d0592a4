/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a table is asked through D-Bus: the methods of org.nlvirt.Control1, and the one that
 * clients of a message bus begin with. */
#include "nlvirt-control-interface.h"
#include "nlvirt-control-private.h"
#include "nlvirt-error.h"

#include <string.h>

#define OBJECT_PATH "/org/nlvirt/Control1"
/* Below the longest message that libdbus takes, 128 MiB, with room for what is around it. */
#define MAX_TEXT ((gsize) 127 << 20)

static void
show (NlvirtControl *self, GDBusMethodInvocation *invocation)
{
  g_autoptr (GBytes) data = nlvirt_table_to_data (nlvirt_control_get_table (self));
  gsize len;
  const char *text = g_bytes_get_data (data, &len);

  if (len > MAX_TEXT)
    {
      g_dbus_method_invocation_return_error_literal (invocation, NLVIRT_ERROR, NLVIRT_ERROR_NOT_SUPPORTED,
                                                     "the network is too large to be told of in one message");
      return;
    }
  g_dbus_method_invocation_return_value (invocation,
                                         g_variant_new ("(@s)", g_variant_new_take_string (g_strndup (text, len))));
}

static void
on_method_call (GDBusConnection *connection, const char *sender, const char *object_path, const char *interface_name,
                const char *method_name, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  static const struct
  {
    const char *name;
    gboolean (*change) (NlvirtTable *table, const guint8 *data, gsize len, GError **error);
  } methods[] = {
    { "Add", nlvirt_table_add_from_data },
    { "Replace", nlvirt_table_replace_from_data },
    { "Remove", nlvirt_table_remove_from_data },
  };
  /* Whoever is told of the change may let go of it. */
  g_autoptr (NlvirtControl) self = g_object_ref (user_data);
  g_autoptr (NlvirtTable) table = g_object_ref (nlvirt_control_get_table (self));

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      GError *error = NULL;
      const char *text;

      if (strcmp (method_name, methods[i].name) != 0)
        continue;
      g_variant_get (parameters, "(&s)", &text);
      if (methods[i].change (table, (const guint8 *) text, strlen (text), &error))
        g_dbus_method_invocation_return_value (invocation, NULL);
      else
        g_dbus_method_invocation_take_error (invocation, error);
      return;
    }
  show (self, invocation);
}

static const GDBusInterfaceVTable vtable = { .method_call = on_method_call };

/* Clients of a message bus say hello to it, and some tools can be nothing else: gdbus(1) with
 * --address. All names are this one's. */
static const GDBusArgInfo hello_name = { -1, (char *) "name", (char *) "s", NULL };
static const GDBusArgInfo *const hello_out[] = { &hello_name, NULL };
static const GDBusMethodInfo hello = { -1, (char *) "Hello", NULL, (GDBusArgInfo **) hello_out, NULL };
static const GDBusMethodInfo *const bus_methods[] = { &hello, NULL };
static const GDBusInterfaceInfo bus_interface = {
  -1, (char *) "org.freedesktop.DBus", (GDBusMethodInfo **) bus_methods, NULL, NULL, NULL
};

static void
on_hello (GDBusConnection *connection, const char *sender, const char *object_path, const char *interface_name,
          const char *method_name, GVariant *parameters, GDBusMethodInvocation *invocation, gpointer user_data)
{
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", ":1.1"));
}

static const GDBusInterfaceVTable bus_vtable = { .method_call = on_hello };

guint
nlvirt_control_register (NlvirtControl *self, GDBusConnection *connection)
{
  g_dbus_connection_register_object (connection, "/org/freedesktop/DBus", (GDBusInterfaceInfo *) &bus_interface,
                                     &bus_vtable, NULL, NULL, NULL);
  return g_dbus_connection_register_object (
    connection, OBJECT_PATH, (GDBusInterfaceInfo *) &org_nlvirt_control1_interface, &vtable, self, NULL, NULL);
}

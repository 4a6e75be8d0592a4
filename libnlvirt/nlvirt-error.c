/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The error domain, with its names on D-Bus. */
#include "nlvirt-error.h"

#include <gio/gio.h>

/* What the errors are called where they travel by D-Bus. */
static const GDBusErrorEntry names[] = {
  { NLVIRT_ERROR_FAILED, "org.nlvirt.Error.Failed" },   { NLVIRT_ERROR_PARSE, "org.nlvirt.Error.Parse" },
  { NLVIRT_ERROR_INVALID, "org.nlvirt.Error.Invalid" }, { NLVIRT_ERROR_NOT_FOUND, "org.nlvirt.Error.NotFound" },
  { NLVIRT_ERROR_EXISTS, "org.nlvirt.Error.Exists" },   { NLVIRT_ERROR_NOT_SUPPORTED, "org.nlvirt.Error.NotSupported" },
  { NLVIRT_ERROR_BUSY, "org.nlvirt.Error.Busy" },       { NLVIRT_ERROR_DENIED, "org.nlvirt.Error.Denied" },
};

/**
 * nlvirt_error_quark:
 *
 * The quark of [error@Nlvirt.Error].
 *
 * Returns: the error domain
 *
 * Since: 0.1
 */
GQuark
nlvirt_error_quark (void)
{
  static gsize quark;

  g_dbus_error_register_error_domain ("nlvirt-error-quark", &quark, names, G_N_ELEMENTS (names));
  return (GQuark) quark;
}

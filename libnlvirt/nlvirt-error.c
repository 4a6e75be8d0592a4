/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nlvirt-error.h"

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
  return g_quark_from_static_string ("nlvirt-error-quark");
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The library's error domain. */
#pragma once

#include <nlvirt-types.h>

G_BEGIN_DECLS

/**
 * NLVIRT_ERROR:
 *
 * The error domain of the library. Errors of this domain have a code from
 * [error@Nlvirt.Error].
 *
 * Since: 0.1
 */
#define NLVIRT_ERROR (nlvirt_error_quark ())

/**
 * NlvirtError:
 * @NLVIRT_ERROR_FAILED: none of the other codes
 * @NLVIRT_ERROR_PARSE: a table file is wrong; the message has one line for
 *   each fault, in the form `file:line: [group] key: message`
 * @NLVIRT_ERROR_INVALID: an argument cannot be used
 * @NLVIRT_ERROR_NOT_FOUND: what was asked for is not there
 * @NLVIRT_ERROR_EXISTS: what was to be made is there already
 * @NLVIRT_ERROR_NOT_SUPPORTED: the kernel, or the object in its present state,
 *   cannot do it
 * @NLVIRT_ERROR_BUSY: another supervisor's filter is in force already, so this
 *   process runs under a supervisor itself
 * @NLVIRT_ERROR_DENIED: a policy outside of the library, such as a container's
 *   seccomp profile, refuses it
 *
 * What a caller can tell apart. What a supervised *program* gets to see is
 * never one of these: it gets the kernel's error numbers.
 *
 * Since: 0.1
 */
typedef enum
{
  NLVIRT_ERROR_FAILED,
  NLVIRT_ERROR_PARSE,
  NLVIRT_ERROR_INVALID,
  NLVIRT_ERROR_NOT_FOUND,
  NLVIRT_ERROR_EXISTS,
  NLVIRT_ERROR_NOT_SUPPORTED,
  NLVIRT_ERROR_BUSY,
  NLVIRT_ERROR_DENIED,
} NlvirtError;

NLVIRT_AVAILABLE_IN_0_1
GQuark nlvirt_error_quark (void);

G_END_DECLS

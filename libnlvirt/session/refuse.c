/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Calls that a unix socket knows and a netlink socket does not. */
#include "session/session-private.h"

#include <errno.h>

/* listen(), accept(), accept4(), shutdown(): sock_no_listen() and the like. */
gint64
nlv_serve_unsupported (NlvSocketCall *c)
{
  return -EOPNOTSUPP;
}

/* SIOCINQ, SIOCOUTQ: netlink_ioctl() knows none. */
gint64
nlv_serve_ioctl (NlvSocketCall *c)
{
  return -ENOTTY;
}

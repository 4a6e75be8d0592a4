/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links given to a master, and taken from it: do_set_master(). */
#include "model/device/link-kind.h"

#include <errno.h>

static int
release (NlvChange *change, NlvLink *link)
{
  NlvLink *master = nlv_network_find_link (change->network, link->master);
  const NlvLinkKind *kind = master != NULL ? nlv_link_kind_of (master) : NULL;

  return kind != NULL && kind->remove_slave != NULL ? kind->remove_slave (change, master, link) : -EOPNOTSUPP;
}

int
nlv_link_set_master (NlvChange *change, NlvLink *link, guint32 index)
{
  const NlvLinkKind *kind;
  NlvLink *master;
  int error;

  if (link->master != 0)
    {
      if (link->master == index)
        return 0;
      error = release (change, link);
      if (error < 0)
        return error;
    }
  if (index == 0)
    return 0;
  master = nlv_network_find_link (change->network, index);
  if (master == NULL)
    return -EINVAL;
  kind = nlv_link_kind_of (master);
  return kind != NULL && kind->add_slave != NULL ? kind->add_slave (change, master, link) : -EOPNOTSUPP;
}

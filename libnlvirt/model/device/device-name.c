/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A link's name, and names that are found by a pattern: dev_change_name() and
 * __dev_alloc_name(). */
#include "model/device/device-settings.h"
#include "model/link-settings.h"

#include <errno.h>
#include <string.h>

/* 8 * PAGE_SIZE */
#define MAX_NUMBER 32768

/* The only conversion that a name may have. */
static gboolean
is_pattern (const char *wanted)
{
  const char *conversion = strchr (wanted, '%');

  return conversion != NULL && conversion[1] == 'd' && strchr (conversion + 2, '%') == NULL;
}

static int
pick_numbered (NlvNetwork *network, const char *pattern, char name[IFNAMSIZ])
{
  int prefix = (int) (strchr (pattern, '%') - pattern);

  for (int i = 0; i < MAX_NUMBER; i++)
    {
      g_snprintf (name, IFNAMSIZ, "%.*s%d%s", prefix, pattern, i, pattern + prefix + 2);
      if (nlv_network_find_link_by_name (network, name) == NULL)
        return 0;
    }
  return -ENFILE;
}

int
nlv_network_pick_link_name (NlvNetwork *network, const char *wanted, int taken, char name[IFNAMSIZ])
{
  if (nlv_link_name_fault (wanted) != NULL)
    return -EINVAL;
  if (strchr (wanted, '%') != NULL)
    return is_pattern (wanted) ? pick_numbered (network, wanted, name) : -EINVAL;
  if (nlv_network_find_link_by_name (network, wanted) != NULL)
    return taken;
  g_strlcpy (name, wanted, IFNAMSIZ);
  return 0;
}

static void
rename_link (NlvChange *change, NlvLink *link, const char *name)
{
  nlv_network_rename_link (change->network, link, name);
  nlv_network_touch_link (change->network, link);
  nlv_netdev_notify (change, link, NLV_NETDEV_CHANGE_NAME);
}

/* A name that IPv6 has no room for among its sysctls is taken back:
 * addrconf_notify(), and dev_change_name()'s rollback. */
static int
take_back (NlvChange *change, NlvLink *link, const char *name)
{
  change->name_refused = TRUE;
  rename_link (change, link, name);
  change->name_refused = FALSE;
  return -EINVAL;
}

int
nlv_link_set_name (NlvChange *change, NlvLink *link, const char *name)
{
  char picked[IFNAMSIZ], former[IFNAMSIZ];
  int error;

  if (strcmp (link->name, name) == 0)
    return 0;
  error = nlv_network_pick_link_name (change->network, name, -EEXIST, picked);
  if (error < 0)
    return error;
  g_strlcpy (former, link->name, sizeof former);
  rename_link (change, link, picked);
  if (nlv_link_has_ipv6 (link) && !nlv_link_name_has_sysctls (picked))
    return take_back (change, link, former);
  return 0;
}

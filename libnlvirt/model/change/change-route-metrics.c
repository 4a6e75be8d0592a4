/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A route's metrics, as requests state them: net/ipv4/metrics.c. */
#include "model/change/change-route.h"

#include "model/fib.h"

#include <errno.h>
#include <string.h>

/* TCP_CA_NAME_MAX */
#define CONGESTION_NAME_SIZE 16

/* RTAX_FEATURE_MASK of Linux 6.7 and later, with RTAX_FEATURE_TCP_USEC_TS. */
#define FEATURE_MASK 0x1fu

/* Those that the kernel has of itself, and not as modules. */
static const char *const congestion_controls[] = { "reno", "bbr", "cubic" };

/* tcp_ca_get_key_by_name(): @name is cut off as nla_strscpy() does. NULL when there is
 * none of that name. */
static const char *
find_congestion_control (const NlvAttr *attr)
{
  g_autofree char *name = nlv_attr_dup_string (attr);

  if (strlen (name) >= CONGESTION_NAME_SIZE)
    name[CONGESTION_NAME_SIZE - 1] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (congestion_controls); i++)
    if (strcmp (name, congestion_controls[i]) == 0)
      return congestion_controls[i];
  return NULL;
}

static guint32
clamp (guint type, guint32 value)
{
  switch (type)
    {
      case RTAX_ADVMSS:
        return MIN (value, 65535u - 40);
      case RTAX_MTU:
        return MIN (value, 65535u - 15);
      case RTAX_HOPLIMIT:
        return MIN (value, 255u);
      default:
        return value;
    }
}

/* ip_metrics_convert() of one */
static int
take_metric (NlvChange *change, const NlvAttr *attr, NlvRoute *row)
{
  if (attr->type == RTAX_CC_ALGO)
    {
      const char *name = find_congestion_control (attr);

      if (name == NULL)
        return nlv_change_refuse (change, -EINVAL, "Unknown tcp congestion algorithm");
      g_free (row->congestion);
      row->congestion = g_strdup (name);
      return 0;
    }
  if (attr->payload.len != sizeof (guint32))
    return nlv_change_refuse_attr (change, -EINVAL, "Invalid attribute in metrics", attr);
  if (attr->type == RTAX_FEATURES && (nlv_attr_u32 (attr) & ~FEATURE_MASK) != 0)
    return nlv_change_refuse (change, -EINVAL, "Unknown flag set in feature mask in metrics attribute");
  if (row->metrics == NULL)
    row->metrics = g_new0 (guint32, RTAX_MAX + 1);
  row->metrics[attr->type] = clamp (attr->type, nlv_attr_u32 (attr));
  return 0;
}

/* All zero is the same as none. */
static void
drop_default (NlvRoute *row)
{
  for (guint i = 0; row->metrics != NULL && i <= RTAX_MAX; i++)
    if (row->metrics[i] != 0)
      return;
  g_clear_pointer (&row->metrics, g_free);
}

int
nlv_route_take_metrics (NlvChange *change, const NlvRouteConfig *config, NlvRoute *row)
{
  NlvSpan rest = config->metrics;
  NlvAttr attr;
  int error = 0;

  if (!config->has_metrics)
    return 0;
  while (error == 0 && nlv_attr_next (&rest, &attr))
    if (attr.type > RTAX_MAX)
      error = nlv_change_refuse (change, -EINVAL, "Invalid metric type");
    else if (attr.type != 0)
      error = take_metric (change, &attr, row);
  drop_default (row);
  return error;
}

gboolean
nlv_route_has_metrics (const NlvRoute *row, const NlvRouteConfig *config)
{
  NlvSpan rest = config->metrics;
  NlvAttr attr;

  if (!config->has_metrics)
    return TRUE;
  while (nlv_attr_next (&rest, &attr))
    {
      if (attr.type == 0)
        continue;
      if (attr.type > RTAX_MAX)
        return FALSE;
      if (attr.type == RTAX_CC_ALGO)
        {
          if (g_strcmp0 (find_congestion_control (&attr), row->congestion) != 0)
            return FALSE;
        }
      else if (attr.payload.len != sizeof (guint32) ||
               nlv_attr_u32 (&attr) != (row->metrics != NULL ? row->metrics[attr.type] : 0))
        return FALSE;
    }
  return TRUE;
}

void
nlv_route_inherit_metrics (NlvNetwork *network, const NlvRouteConfig *config, NlvRoute *row)
{
  const NlvRoute *other =
    config->has_metrics ? NULL : nlv_fib_find_newest_of_nexthop (nlv_network_get_fib (network), row);

  if (other == NULL)
    return;
  if (other->metrics != NULL)
    row->metrics = g_memdup2 (other->metrics, (RTAX_MAX + 1) * sizeof *row->metrics);
  row->congestion = g_strdup (other->congestion);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a VXLAN device may be configured, beside others: vxlan_config_validate(). */
#include "model/device/link-info.h"
#include "model/device/vxlan-config.h"
#include "model/link-settings.h"

#include <errno.h>
#include <string.h>

#define USUAL_PORT 8472
#define GPE_PORT 4790
#define USUAL_AGEING 300

#define RECEIVE_FLAGS                                                                                                  \
  (NLV_VXLAN_GBP | NLV_VXLAN_GPE | NLV_VXLAN_ZERO_CSUM6_RX | NLV_VXLAN_REMCSUM_RX | NLV_VXLAN_REMCSUM_NOPARTIAL |      \
   NLV_VXLAN_METADATA | NLV_VXLAN_VNIFILTER)
#define GPE_FLAGS                                                                                                      \
  (NLV_VXLAN_GPE | NLV_VXLAN_ZERO_CSUM | NLV_VXLAN_ZERO_CSUM6_TX | NLV_VXLAN_ZERO_CSUM6_RX | NLV_VXLAN_METADATA |      \
   NLV_VXLAN_VNIFILTER | NLV_VXLAN_LOCALBYPASS)

static gboolean
is_multicast (const NlvIp *ip, guint8 family)
{
  return family == AF_INET6 ? ip->bytes[0] == 0xff : (ip->bytes[0] & 0xf0) == 0xe0;
}

static gboolean
is_any6 (const NlvIp *ip)
{
  static const NlvIp none;

  return memcmp (ip, &none, sizeof none) == 0;
}

/* IPV6_ADDR_LINKLOCAL, which a group may have too */
static gboolean
is_link_local (const NlvIp *ip)
{
  if (ip->bytes[0] == 0xff)
    return (ip->bytes[1] & 0x0f) == 2;
  return ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

static int
check_families (NlvVxlanConfig *config, NlvChange *change)
{
  if (config->family == 0 && config->local_family == 0)
    config->family = config->local_family = AF_INET;
  else if (config->family == 0)
    config->family = config->local_family;
  else if (config->local_family == 0)
    config->local_family = config->family;
  if (config->family != config->local_family)
    return nlv_change_refuse (change, -EINVAL, "Local and remote address must be from the same family");
  if (is_multicast (&config->local, config->family))
    return nlv_change_refuse (change, -EINVAL, "Local address cannot be multicast");
  return 0;
}

/* VXLAN_F_IPV6_LINKLOCAL */
static gboolean
is_of_one_link (const NlvVxlanConfig *config)
{
  return config->family == AF_INET6 && (config->flags & NLV_VXLAN_METADATA) == 0 && is_link_local (&config->local);
}

static int
check_scopes (const NlvVxlanConfig *config, NlvChange *change)
{
  const NlvIp *local = &config->local, *remote = &config->remote;
  gboolean fits;

  if (config->family != AF_INET6 || (config->flags & NLV_VXLAN_METADATA) != 0)
    return 0;
  if (is_link_local (local))
    fits = is_link_local (remote) || is_any6 (remote);
  else
    fits = !is_link_local (remote) || remote->bytes[0] == 0xff;
  return fits ? 0 : nlv_change_refuse (change, -EINVAL, "Invalid combination of local and remote address scopes");
}

static int
check_lower (const NlvVxlanConfig *config, NlvChange *change)
{
  const guint disable_ipv6 = 26;
  const NlvLink *lower;

  if (config->lower == 0)
    {
      if (is_multicast (&config->remote, config->family))
        return nlv_change_refuse (change, -EINVAL, "Local interface required for multicast remote destination");
      if (is_of_one_link (config))
        return nlv_change_refuse (change, -EINVAL, "Local interface required for link-local local/remote addresses");
      return 0;
    }
  lower = nlv_network_find_link (change->network, config->lower);
  if (lower == NULL)
    return nlv_change_refuse (change, -ENODEV, "Invalid local interface, device not found");
  if (config->family == AF_INET6 && nlv_link_has_ipv6 (lower) &&
      nlv_link_get_setting (lower, NLV_LINK_IPV6, disable_ipv6) != 0)
    return nlv_change_refuse (change, -EPERM, "IPv6 support disabled by administrator");
  return 0;
}

/* vxlan_vni_in_use() */
static gboolean
is_taken (const NlvVxlanConfig *config, NlvNetwork *network, const NlvLink *self)
{
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      NlvVxlanConfig other;

      if (link == self || link->unregistering || g_strcmp0 (link->kind, "vxlan") != 0 ||
          nlv_info_get_u32 (link->kind_data, IFLA_VXLAN_ID) != config->id)
        continue;
      nlv_vxlan_config_read (&other, link->kind_data);
      if ((other.flags & NLV_VXLAN_VNIFILTER) == 0 && other.id == config->id && other.port == config->port &&
          (other.flags & RECEIVE_FLAGS) == (config->flags & RECEIVE_FLAGS) && other.family == config->family &&
          (!is_of_one_link (config) || other.lower == config->lower))
        return TRUE;
    }
  return FALSE;
}

int
nlv_vxlan_config_check (NlvVxlanConfig *config, NlvChange *change, const NlvLink *link)
{
  int error;

  if ((config->flags & NLV_VXLAN_GPE) != 0 &&
      ((config->flags & ~GPE_FLAGS) != 0 || (config->flags & NLV_VXLAN_METADATA) == 0))
    return nlv_change_refuse (change, -EINVAL, "VXLAN GPE does not support this combination of attributes");
  error = check_families (config, change);
  if (error == 0)
    error = check_scopes (config, change);
  if (error < 0)
    return error;
  if (config->label != 0 && config->family != AF_INET6)
    return nlv_change_refuse (change, -EINVAL, "Label attribute only applies to IPv6 VXLAN devices");
  if (config->label_policy != 0 && config->family != AF_INET6)
    return nlv_change_refuse (change, -EINVAL, "Label policy only applies to IPv6 VXLAN devices");
  error = check_lower (config, change);
  if (error < 0)
    return error;
  if (config->port == 0)
    config->port = g_htons ((config->flags & NLV_VXLAN_GPE) != 0 ? GPE_PORT : USUAL_PORT);
  if (config->ageing == 0)
    config->ageing = USUAL_AGEING;
  if (is_taken (config, change->network, link))
    return nlv_change_refuse (change, -EEXIST, "A VXLAN device with the specified VNI already exists");
  return 0;
}

static gboolean
listens_by (const NlvVxlanConfig *config, guint8 family)
{
  guint8 own = config->family == AF_INET6 ? AF_INET6 : AF_INET;

  return own == family || (config->flags & NLV_VXLAN_METADATA) != 0;
}

/* Devices that receive in the same way share their sockets. */
static gboolean
collide (const NlvVxlanConfig *config, const NlvVxlanConfig *other)
{
  return config->port == other->port && (config->flags & RECEIVE_FLAGS) != (other->flags & RECEIVE_FLAGS) &&
         ((listens_by (config, AF_INET) && listens_by (other, AF_INET)) ||
          (listens_by (config, AF_INET6) && listens_by (other, AF_INET6)));
}

int
nlv_vxlan_config_listen (const NlvVxlanConfig *config, NlvNetwork *network, const NlvLink *self)
{
  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      NlvVxlanConfig other;

      if (link == self || !nlv_link_is_up (link) || g_strcmp0 (link->kind, "vxlan") != 0)
        continue;
      nlv_vxlan_config_read (&other, link->kind_data);
      if (collide (config, &other))
        return -EADDRINUSE;
    }
  return 0;
}

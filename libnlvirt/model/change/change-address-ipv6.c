/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWADDR and RTM_DELADDR of IPv6: inet6_rtm_newaddr(), inet6_rtm_deladdr(). */
#include "model/device/addrconf-route.h"
#include "model/device/addrconf.h"
#include "model/device/device-addrconf.h"
#include "model/device/device-filter.h"
#include "model/device/device-group.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

/* What a request may set. */
#define SETTABLE                                                                                                       \
  (IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN | IFA_F_OPTIMISTIC)

typedef struct
{
  NlvChange change;
  NlvLink *link;
  NlvAddress config;
  guint32 expires; /* of the prefix's route, 0 never */
} Job;

static gboolean
has_peer (const NlvAddress *address)
{
  return !nlv_ip_is_any (&address->peer, AF_INET6) && !nlv_ip_equal (&address->peer, &address->local, AF_INET6);
}

/* --- requests ------------------------------------------------------------------------- */

/* extract_addr(): a peer is unspecified where there is none. */
static gboolean
read_ips (const NlvAttr *attrs, NlvAddress *config)
{
  const NlvAttr *address = &attrs[IFA_ADDRESS], *local = &attrs[IFA_LOCAL];

  if (nlv_attr_present (address))
    nlv_attr_copy (address, &config->local, sizeof config->local);
  if (nlv_attr_present (local))
    {
      config->peer = config->local;
      nlv_attr_copy (local, &config->local, sizeof config->local);
      if (!nlv_attr_present (address) ||
          (local->payload.len == 16 && nlv_ip_equal (&config->peer, &config->local, AF_INET6)))
        config->peer = (NlvIp){ 0 };
    }
  return nlv_attr_present (address) || nlv_attr_present (local);
}

static int
parse (const NlvRequest *request, struct ifaddrmsg *header, NlvAttr *attrs, NlvAddress *config)
{
  int error = nlv_request_attrs (request->message, sizeof *header, attrs, NLV_IFA_MAX, nlv_address_policy_ipv6,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, header, sizeof *header);
  *config = (NlvAddress){ .prefix_length = header->ifa_prefixlen,
                          .flags = header->ifa_flags,
                          .preferred_lifetime = G_MAXUINT32,
                          .valid_lifetime = G_MAXUINT32 };
  if (!read_ips (attrs, config))
    return -EINVAL;
  if (nlv_attr_present (&attrs[IFA_FLAGS]))
    config->flags = nlv_attr_u32 (&attrs[IFA_FLAGS]);
  return 0;
}

static int
read_lifetimes (Job *job, const NlvAttr *attr)
{
  NlvAddress *config = &job->config;
  struct ifa_cacheinfo info;

  if (!nlv_attr_present (attr))
    return 0;
  nlv_attr_copy (attr, &info, sizeof info);
  if (info.ifa_valid == 0 || info.ifa_prefered > info.ifa_valid)
    return nlv_change_refuse (&job->change, -EINVAL, "ipv6: address lifetime invalid");
  config->valid_lifetime = info.ifa_valid;
  config->preferred_lifetime = info.ifa_prefered;
  if (info.ifa_valid != G_MAXUINT32)
    {
      config->flags &= ~(guint32) IFA_F_PERMANENT;
      job->expires = nlv_ipv6_expires_after (job->change.now, (guint64) info.ifa_valid * 100);
    }
  if (info.ifa_prefered == 0)
    config->flags |= IFA_F_DEPRECATED;
  return 0;
}

static int
read_job (const NlvRequest *request, Job *job)
{
  NlvAttr attrs[NLV_IFA_MAX + 1];
  struct ifaddrmsg header;
  int error = parse (request, &header, attrs, &job->config);

  if (error < 0)
    return error;
  job->config.flags = (job->config.flags & SETTABLE) | IFA_F_PERMANENT;
  job->config.metric = nlv_attr_u32 (&attrs[IFA_RT_PRIORITY]);
  job->config.protocol = nlv_attr_u8 (&attrs[NLV_IFA_PROTO]);
  error = read_lifetimes (job, &attrs[IFA_CACHEINFO]);
  if (error < 0)
    return error;
  job->link = nlv_network_find_link (request->network, header.ifa_index);
  if (job->link == NULL)
    return nlv_change_refuse (&job->change, -ENODEV, "ipv6: Unable to find the interface");
  if (!nlv_link_has_ipv6 (job->link))
    return -EINVAL;
  /* ipv6_find_idev() */
  if ((job->link->flags & IFF_UP) != 0)
    nlv_filter_join (request->network, job->link, NLV_GROUPS_IPV6);
  if (!nlv_ipv6_allows_optimistic (job->link))
    job->config.flags &= ~(guint32) IFA_F_OPTIMISTIC;
  if ((job->config.flags & (IFA_F_NODAD | IFA_F_OPTIMISTIC)) == (IFA_F_NODAD | IFA_F_OPTIMISTIC))
    return nlv_change_refuse (&job->change, -EINVAL, "IFA_F_NODAD and IFA_F_OPTIMISTIC are mutually exclusive");
  return 0;
}

static NlvAddress *
find_address (NlvNetwork *network, const NlvLink *link, const NlvIp *ip)
{
  const NlvAddress like = { .family = AF_INET6, .link = link->index, .local = *ip };

  return nlv_network_find_address (network, &like);
}

/* --- adding --------------------------------------------------------------------------- */

/* ipv6_mc_config(): the socket of the kernel's that joins what IFA_F_MCAUTOJOIN
 * names, once for each link. */
static int
join (Job *job)
{
  if (!nlv_ipv6_is_multicast (&job->config.local))
    return nlv_change_refuse (&job->change, -EINVAL, "ipv6: Multicast auto join failed");
  nlv_group_join (&job->change, job->link, NLV_GROUPS_IPV6, &job->config.local);
  return 0;
}

/* inet6_addr_add() */
static int
add_address (Job *job)
{
  gboolean joins = (job->config.flags & IFA_F_MCAUTOJOIN) != 0;
  NlvAddress *address;
  int error;

  if (job->config.prefix_length > 128)
    return nlv_change_refuse (&job->change, -EINVAL, "ipv6: Invalid prefix length");
  if ((job->config.flags & IFA_F_MANAGETEMPADDR) != 0 && job->config.prefix_length != 64)
    return nlv_change_refuse (&job->change, -EINVAL,
                              "ipv6: address with \"mngtmpaddr\" flag must have a prefix length of 64");
  if (!nlv_addrconf_add_device (&job->change, job->link))
    return nlv_change_refuse (&job->change, -EACCES, "ipv6: IPv6 is disabled on this device");
  error = joins ? join (job) : 0;
  if (error < 0)
    return error;
  error = nlv_addrconf_add (&job->change, job->link, &job->config, &address);
  if (error < 0)
    {
      if (joins)
        nlv_group_leave (&job->change, job->link, NLV_GROUPS_IPV6, &job->config.local);
      return error;
    }
  if ((address->flags & IFA_F_NOPREFIXROUTE) == 0)
    nlv_addrconf_add_prefix_route (&job->change, job->link, address, &address->local, address->prefix_length,
                                   job->expires);
  if ((address->flags & (IFA_F_OPTIMISTIC | IFA_F_NODAD)) == 0)
    nlv_addrconf_notify (&job->change, address, 0);
  nlv_addrconf_dad_start (&job->change, address);
  nlv_addrconf_watch_lifetime (&job->change, address);
  return 0;
}

/* --- changing ------------------------------------------------------------------------- */

/* inet6_addr_modify(): what the routes to the networks become. */
static void
modify_routes (Job *job, NlvAddress *address, gboolean had_route)
{
  NlvChange *change = &job->change;
  gboolean found = FALSE;

  if ((address->flags & IFA_F_NOPREFIXROUTE) != 0)
    {
      guint32 expires = 0;
      NlvPrefixCleanup cleanup = had_route ? nlv_addrconf_check_prefix (change, address, &expires) : NLV_PREFIX_STAYS;

      if (cleanup != NLV_PREFIX_STAYS)
        nlv_addrconf_clean_prefix (change, address, &address->local, cleanup, expires);
      return;
    }
  if (had_route)
    found = nlv_addrconf_modify_prefix (change, address, &address->local, job->expires);
  if (!found)
    nlv_addrconf_add_prefix_route (change, job->link, address, &address->local, address->prefix_length, job->expires);
  if (!has_peer (address))
    return;
  if (had_route)
    found = nlv_addrconf_modify_prefix (change, address, &address->peer, job->expires);
  if (!found)
    nlv_addrconf_add_prefix_route (change, job->link, address, &address->peer, address->prefix_length, job->expires);
}

static void
modify_row (Job *job, NlvAddress *address)
{
  const guint32 replaced =
    IFA_F_DEPRECATED | IFA_F_PERMANENT | IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE;
  const NlvAddress *config = &job->config;

  address->flags = (address->flags & ~replaced) | config->flags;
  address->updated = (guint32) job->change.now;
  address->valid_lifetime = config->valid_lifetime;
  address->preferred_lifetime = config->preferred_lifetime;
  address->protocol = config->protocol;
  if (config->metric != 0)
    address->metric = config->metric;
  if (has_peer (config))
    address->peer = config->peer;
  nlv_network_touch_address (job->change.network, address);
}

static int
modify_address (Job *job, NlvAddress *address)
{
  gboolean had_route = (address->flags & (IFA_F_PERMANENT | IFA_F_NOPREFIXROUTE)) == IFA_F_PERMANENT;
  NlvAddress *config = &job->config;

  if ((config->flags & IFA_F_MANAGETEMPADDR) != 0 &&
      ((address->flags & IFA_F_TEMPORARY) != 0 || address->prefix_length != 64))
    return -EINVAL;
  if ((address->flags & IFA_F_TENTATIVE) == 0 || (address->flags & IFA_F_DADFAILED) != 0)
    config->flags &= ~(guint32) IFA_F_OPTIMISTIC;
  if (has_peer (config) && has_peer (address) && !nlv_ip_equal (&config->peer, &address->peer, AF_INET6))
    nlv_addrconf_clean_prefix (&job->change, address, &address->peer, NLV_PREFIX_GOES, 0);
  modify_row (job, address);
  if ((address->flags & IFA_F_TENTATIVE) == 0)
    nlv_addrconf_notify (&job->change, address, 0);
  modify_routes (job, address, had_route);
  nlv_addrconf_watch_lifetime (&job->change, address);
  return 0;
}

int
nlv_newaddr_ipv6 (const NlvRequest *request)
{
  guint16 flags = request->message->header.nlmsg_flags;
  NlvAddress *address;
  Job job = { 0 };
  int error;

  nlv_change_init_request (&job.change, request);
  error = read_job (request, &job);
  if (error < 0)
    return error;
  address = find_address (request->network, job.link, &job.config.local);
  if (address == NULL)
    return add_address (&job);
  if ((flags & NLM_F_EXCL) != 0 || (flags & NLM_F_REPLACE) == 0)
    return nlv_change_refuse (&job.change, -EEXIST, "ipv6: address already assigned");
  return modify_address (&job, address);
}

/* --- removing ------------------------------------------------------------------------- */

int
nlv_deladdr_ipv6 (const NlvRequest *request)
{
  NlvAttr attrs[NLV_IFA_MAX + 1];
  struct ifaddrmsg header;
  NlvAddress config, *address;
  NlvChange change;
  NlvLink *link;
  int error = parse (request, &header, attrs, &config);

  if (error < 0)
    return error;
  nlv_change_init_request (&change, request);
  if (config.prefix_length > 128)
    return nlv_change_refuse (&change, -EINVAL, "ipv6: Invalid prefix length");
  link = nlv_network_find_link (request->network, header.ifa_index);
  if (link == NULL)
    return nlv_change_refuse (&change, -ENODEV, "ipv6: Unable to find the interface");
  if (!nlv_link_has_ipv6 (link))
    return nlv_change_refuse (&change, -ENXIO, "ipv6: IPv6 is disabled on this device");
  address = find_address (request->network, link, &config.local);
  if (address == NULL || address->prefix_length != config.prefix_length)
    return nlv_change_refuse (&change, -EADDRNOTAVAIL, "ipv6: address not found");
  nlv_addrconf_delete (&change, address);
  if (nlv_ipv6_is_multicast (&config.local))
    nlv_group_leave (&change, link, NLV_GROUPS_IPV6, &config.local);
  return 0;
}

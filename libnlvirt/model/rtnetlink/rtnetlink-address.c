/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETADDR, and the multicast and anycast addresses that follow from the
 * addresses: net/ipv4/devinet.c, net/ipv6/addrconf.c. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <string.h>

#define LEN(bytes)                                                                                                     \
  {                                                                                                                    \
    .kind = NLV_KIND_UNSPEC, .len = bytes                                                                              \
  }
#define U32                                                                                                            \
  {                                                                                                                    \
    .kind = NLV_KIND_U32                                                                                               \
  }

const NlvPolicy nlv_address_policy_ipv4[NLV_IFA_MAX + 1] = {
  [IFA_LOCAL] = U32,
  [IFA_ADDRESS] = U32,
  [IFA_BROADCAST] = U32,
  [IFA_LABEL] = { .kind = NLV_KIND_STRING, .len = IFNAMSIZ - 1 },
  [IFA_CACHEINFO] = LEN (sizeof (struct ifa_cacheinfo)),
  [IFA_FLAGS] = U32,
  [IFA_RT_PRIORITY] = U32,
  [IFA_TARGET_NETNSID] = { .kind = NLV_KIND_S32 },
  [NLV_IFA_PROTO] = { .kind = NLV_KIND_U8 },
};

const NlvPolicy nlv_address_policy_ipv6[NLV_IFA_MAX + 1] = {
  [IFA_ADDRESS] = LEN (16),
  [IFA_LOCAL] = LEN (16),
  [IFA_CACHEINFO] = LEN (sizeof (struct ifa_cacheinfo)),
  [IFA_FLAGS] = LEN (4),
  [IFA_RT_PRIORITY] = LEN (4),
  [IFA_TARGET_NETNSID] = { .kind = NLV_KIND_S32 },
  [NLV_IFA_PROTO] = { .kind = NLV_KIND_U8 },
};

static const NlvPolicy *
policy_of (guint8 family)
{
  return family == AF_INET ? nlv_address_policy_ipv4 : nlv_address_policy_ipv6;
}

/* A lifetime less the seconds that are over since it was set. */
static guint32
remaining (guint32 lifetime, guint64 seconds)
{
  if (lifetime == G_MAXUINT32)
    return lifetime;
  return lifetime > seconds ? lifetime - seconds : 0;
}

static void
put_cacheinfo (NlvWriter *writer, const NlvAddress *address, guint64 now)
{
  struct ifa_cacheinfo info = {
    .ifa_prefered = G_MAXUINT32,
    .ifa_valid = G_MAXUINT32,
    .cstamp = address->created,
    .tstamp = address->updated,
  };
  gboolean permanent = (address->flags & IFA_F_PERMANENT) != 0;

  if (address->family == AF_INET6 && address->preferred_lifetime != G_MAXUINT32)
    permanent = FALSE;
  if (!permanent)
    {
      guint64 seconds = now > address->updated ? (now - address->updated) / 100 : 0;
      info.ifa_prefered = remaining (address->preferred_lifetime, seconds);
      info.ifa_valid = address->valid_lifetime;
      if (address->preferred_lifetime != G_MAXUINT32)
        info.ifa_valid = remaining (address->valid_lifetime, seconds);
    }
  nlv_put (writer, IFA_CACHEINFO, &info, sizeof info);
}

/* inet_fill_ifaddr() */
static void
put_ipv4 (NlvWriter *writer, const NlvAddress *address, guint64 now)
{
  if (!nlv_ip_is_any (&address->peer, AF_INET))
    nlv_put_ip (writer, IFA_ADDRESS, &address->peer, AF_INET);
  if (!nlv_ip_is_any (&address->local, AF_INET))
    nlv_put_ip (writer, IFA_LOCAL, &address->local, AF_INET);
  if (address->has_broadcast)
    nlv_put_ip (writer, IFA_BROADCAST, &address->broadcast, AF_INET);
  if (address->label[0] != '\0')
    nlv_put_string (writer, IFA_LABEL, address->label);
  if (address->protocol != 0)
    nlv_put_u8 (writer, NLV_IFA_PROTO, address->protocol);
  nlv_put_u32 (writer, IFA_FLAGS, address->flags);
  if (address->metric != 0)
    nlv_put_u32 (writer, IFA_RT_PRIORITY, address->metric);
  put_cacheinfo (writer, address, now);
}

/* inet6_fill_ifaddr() */
static void
put_ipv6 (NlvWriter *writer, const NlvAddress *address, guint64 now)
{
  if (!nlv_ip_equal (&address->peer, &address->local, AF_INET6))
    {
      nlv_put_ip (writer, IFA_LOCAL, &address->local, AF_INET6);
      nlv_put_ip (writer, IFA_ADDRESS, &address->peer, AF_INET6);
    }
  else
    nlv_put_ip (writer, IFA_ADDRESS, &address->local, AF_INET6);
  if (address->metric != 0)
    nlv_put_u32 (writer, IFA_RT_PRIORITY, address->metric);
  put_cacheinfo (writer, address, now);
  nlv_put_u32 (writer, IFA_FLAGS, address->flags);
  if (address->protocol != 0)
    nlv_put_u8 (writer, NLV_IFA_PROTO, address->protocol);
}

void
nlv_address_message (NlvWriter *writer, struct ifaddrmsg *header, const NlvAddress *address, guint64 now)
{
  header->ifa_family = address->family;
  header->ifa_prefixlen = address->prefix_length;
  header->ifa_flags = address->flags;
  header->ifa_scope = address->scope;
  header->ifa_index = address->link;
  if (address->family == AF_INET)
    put_ipv4 (writer, address, now);
  else
    put_ipv6 (writer, address, now);
  nlv_raw_attrs_put (address->extra, writer, sizeof *header);
}

static const char *
words (guint8 family, const char *ipv4, const char *ipv6)
{
  return family == AF_INET ? ipv4 : ipv6;
}

/* inet_valid_dump_ifaddr_req() and its IPv6 sister */
int
nlv_address_check_dump (NlvWalk *walk)
{
  guint8 family = walk->family;
  struct ifaddrmsg header;
  NlvAttr attrs[NLV_IFA_MAX + 1];

  if (!walk->dump.caller.strict)
    return 0;
  if (!nlv_request_header (&walk->request, &header, sizeof header))
    return nlv_walk_refuse (
      walk, -EINVAL,
      words (family, "ipv4: Invalid header for address dump request", "ipv6: Invalid header for address dump request"));
  if (header.ifa_prefixlen != 0 || header.ifa_flags != 0 || header.ifa_scope != 0)
    return nlv_walk_refuse (walk, -EINVAL,
                            words (family, "ipv4: Invalid values in header for address dump request",
                                   "ipv6: Invalid values in header for address dump request"));
  walk->filter.link = header.ifa_index;
  if (header.ifa_index != 0)
    walk->dump.answer_flags |= NLM_F_DUMP_FILTERED;

  int error = nlv_request_attrs (&walk->request, sizeof header, attrs, NLV_IFA_MAX, policy_of (family),
                                 NLV_VALIDATE_DEPRECATED_STRICT, &walk->dump.why);
  if (error < 0)
    return error;
  for (guint i = 0; i <= NLV_IFA_MAX; i++)
    {
      if (!nlv_attr_present (&attrs[i]))
        continue;
      if (i == IFA_TARGET_NETNSID)
        return nlv_walk_refuse (
          walk, nlv_other_netns_error (walk->dump.network, &attrs[i]),
          words (family, "ipv4: Invalid target network namespace id", "ipv6: Invalid target network namespace id"));
      return nlv_walk_refuse (
        walk, -EINVAL,
        words (family, "ipv4: Unsupported attribute in dump request", "ipv6: Unsupported attribute in dump request"));
    }
  return 0;
}

int
nlv_dump_addresses (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  int error = nlv_walk_check (walk, nlv_address_check_dump);

  if (error < 0)
    return error;
  guint32 link = walk->filter.link;
  if (link != 0 && nlv_network_find_link (network, link) == NULL)
    return -ENODEV;

  for (guint n = nlv_network_get_n_addresses (network); walk->position < n; walk->position++)
    {
      const NlvAddress *address = nlv_network_get_address (network, walk->position);
      if (address->family != walk->family || (link != 0 && address->link != link))
        continue;
      struct ifaddrmsg *header =
        nlv_walk_begin (walk, writer, RTM_NEWADDR, link != 0 ? NLM_F_DUMP_FILTERED : 0, sizeof *header);
      if (header != NULL)
        nlv_address_message (writer, header, address, walk->dump.caller.now);
      if (header == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
      nlv_walk_check_consistent (walk, writer);
    }
  return 0;
}

/* inet6_rtm_valid_getaddr_req() */
static int
parse_getaddr (const NlvRequest *request, struct ifaddrmsg *header, NlvAttr *attrs)
{
  gboolean strict = request->caller->strict;

  if (!nlv_request_header (request->message, header, sizeof *header))
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid header for get address request");
  if (strict && (header->ifa_prefixlen != 0 || header->ifa_flags != 0 || header->ifa_scope != 0))
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid values in header for get address request");

  int error = nlv_request_attrs (request->message, sizeof *header, attrs, NLV_IFA_MAX, nlv_address_policy_ipv6,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0 || !strict)
    return error;
  for (guint i = 0; i <= NLV_IFA_MAX; i++)
    if (nlv_attr_present (&attrs[i]) && i != IFA_TARGET_NETNSID && i != IFA_ADDRESS && i != IFA_LOCAL)
      return nlv_request_refuse (request, -EINVAL, "ipv6: Unsupported attribute in get address request");
  return 0;
}

int
nlv_getaddr_inet6 (const NlvRequest *request)
{
  NlvNetwork *network = request->network;
  NlvAttr attrs[NLV_IFA_MAX + 1];
  struct ifaddrmsg header;
  NlvIp wanted;
  NlvWriter writer;
  int error = parse_getaddr (request, &header, attrs);

  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[IFA_TARGET_NETNSID]))
    return nlv_other_netns_error (network, &attrs[IFA_TARGET_NETNSID]);
  const NlvAttr *attr = &attrs[nlv_attr_present (&attrs[IFA_LOCAL]) ? IFA_LOCAL : IFA_ADDRESS];
  if (!nlv_attr_present (attr))
    return -EINVAL;
  nlv_attr_copy (attr, &wanted, sizeof wanted);

  guint32 link = nlv_network_find_link (network, header.ifa_index) != NULL ? header.ifa_index : 0;
  for (guint i = 0; i < nlv_network_get_n_addresses (network); i++)
    {
      const NlvAddress *address = nlv_network_get_address (network, i);
      if (address->family != AF_INET6 || !nlv_ip_equal (&address->local, &wanted, AF_INET6) ||
          (link != 0 && address->link != link))
        continue;
      struct ifaddrmsg *out = nlv_reply_begin (request, &writer, RTM_NEWADDR, sizeof *out);
      nlv_address_message (&writer, out, address, request->caller->now);
      return nlv_reply_finish (request, &writer);
    }
  return -EADDRNOTAVAIL;
}

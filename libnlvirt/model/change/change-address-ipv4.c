/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWADDR and RTM_DELADDR of AF_INET: inet_rtm_newaddr(), inet_rtm_deladdr(). */
#include "model/device/address-ipv4.h"
#include "model/device/connected-ipv4.h"
#include "model/device/device-group.h"
#include "model/network-keys.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <string.h>

/* net.ipv4.igmp_max_memberships */
#define MAX_MEMBERSHIPS 20

typedef struct
{
  NlvChange change;
  struct ifaddrmsg header;
  NlvAttr attrs[NLV_IFA_MAX + 1];
  guint32 valid, preferred;
} AddressRequest;

/* --- what is asked for -------------------------------------------------------------------- */

static int
parse (const NlvRequest *request, AddressRequest *self)
{
  nlv_change_init_request (&self->change, request);
  self->valid = self->preferred = G_MAXUINT32;
  nlv_request_header (request->message, &self->header, sizeof self->header);
  return nlv_request_attrs (request->message, sizeof self->header, self->attrs, NLV_IFA_MAX, nlv_address_policy_ipv4,
                            NLV_VALIDATE_LIBERAL, request->extack);
}

/* inet_validate_rtm() */
static int
validate (AddressRequest *self)
{
  struct ifa_cacheinfo info;

  if (self->header.ifa_prefixlen > 32)
    return nlv_change_refuse (&self->change, -EINVAL, "ipv4: Invalid prefix length");
  if (!nlv_attr_present (&self->attrs[IFA_LOCAL]))
    return nlv_change_refuse (&self->change, -EINVAL, "ipv4: Local address is not supplied");
  if (!nlv_attr_present (&self->attrs[IFA_CACHEINFO]))
    return 0;
  nlv_attr_copy (&self->attrs[IFA_CACHEINFO], &info, sizeof info);
  if (info.ifa_valid == 0 || info.ifa_prefered > info.ifa_valid)
    return nlv_change_refuse (&self->change, -EINVAL, "ipv4: address lifetime invalid");
  self->valid = info.ifa_valid;
  self->preferred = info.ifa_prefered;
  return 0;
}

/* inet_rtm_to_ifa() */
static NlvAddress
make_address (const AddressRequest *self, const NlvLink *link)
{
  const NlvAttr *attrs = self->attrs;
  NlvAddress address = { .family = AF_INET,
                         .prefix_length = self->header.ifa_prefixlen,
                         .scope = self->header.ifa_scope,
                         .flags = self->header.ifa_flags,
                         .link = link->index };

  address.local.v4 = nlv_attr_u32 (&attrs[IFA_LOCAL]);
  address.peer = address.local;
  if (nlv_attr_present (&attrs[IFA_ADDRESS]))
    address.peer.v4 = nlv_attr_u32 (&attrs[IFA_ADDRESS]);
  if (nlv_attr_present (&attrs[IFA_FLAGS]))
    address.flags = nlv_attr_u32 (&attrs[IFA_FLAGS]);
  if (nlv_attr_present (&attrs[IFA_BROADCAST]))
    address.broadcast.v4 = nlv_attr_u32 (&attrs[IFA_BROADCAST]);
  address.has_broadcast = address.broadcast.v4 != 0;
  if (nlv_attr_present (&attrs[IFA_LABEL]))
    {
      g_autofree char *label = nlv_attr_dup_string (&attrs[IFA_LABEL]);

      g_strlcpy (address.label, label, sizeof address.label);
    }
  else
    g_strlcpy (address.label, link->name, sizeof address.label);
  if (nlv_attr_present (&attrs[IFA_RT_PRIORITY]))
    address.metric = nlv_attr_u32 (&attrs[IFA_RT_PRIORITY]);
  if (nlv_attr_present (&attrs[NLV_IFA_PROTO]))
    address.protocol = nlv_attr_u8 (&attrs[NLV_IFA_PROTO]);
  return address;
}

/* --- IFA_F_MCAUTOJOIN ---------------------------------------------------------------------- */

/* The groups that the namespace's own socket is in. An address that goes with
 * another one does not leave its group. */

static NlvMembership *
find_membership (NlvLink *link, guint32 group)
{
  GArray *groups = link->groups[NLV_GROUPS_IPV4];

  for (guint i = 0; groups != NULL && i < groups->len; i++)
    if (g_array_index (groups, NlvMembership, i).ip.v4 == group)
      return &g_array_index (groups, NlvMembership, i);
  return NULL;
}

static guint
count_memberships (NlvNetwork *network)
{
  guint n = 0;

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const GArray *groups = nlv_network_get_link (network, i)->groups[NLV_GROUPS_IPV4];

      for (guint j = 0; groups != NULL && j < groups->len; j++)
        n += g_array_index (groups, NlvMembership, j).automatic ? 1 : 0;
    }
  return n;
}

/* ip_mc_join_group() */
static int
join (AddressRequest *self, NlvLink *link, const NlvAddress *address)
{
  NlvMembership *membership = find_membership (link, address->peer.v4);

  if (!nlv_ipv4_is_multicast (address->peer.v4))
    return -EINVAL;
  if (membership != NULL && membership->automatic)
    return -EADDRINUSE;
  if (count_memberships (self->change.network) >= MAX_MEMBERSHIPS)
    return -ENOBUFS;
  nlv_group_join (&self->change, link, NLV_GROUPS_IPV4, &address->peer);
  membership = find_membership (link, address->peer.v4);
  if (membership != NULL)
    membership->automatic = TRUE;
  return 0;
}

/* ip_mc_leave_group(), whichever of its addresses the link is in the group for */
static void
leave (AddressRequest *self, NlvLink *link, const NlvAddress *address)
{
  NlvMembership *membership = find_membership (link, address->peer.v4);

  if (membership == NULL || !(membership->automatic || (address->flags & IFA_F_MCAUTOJOIN) != 0))
    return;
  membership->automatic = FALSE;
  nlv_group_leave (&self->change, link, NLV_GROUPS_IPV4, &address->peer);
}

/* --- RTM_NEWADDR ------------------------------------------------------------------------------ */

static int
add (AddressRequest *self, NlvLink *link, NlvAddress *address)
{
  nlv_inet_set_lifetime (&self->change, address, self->valid, self->preferred);
  if ((address->flags & IFA_F_MCAUTOJOIN) != 0)
    {
      int error = join (self, link, address);

      if (error < 0)
        return nlv_change_refuse (&self->change, error, "ipv4: Multicast auto join failed");
    }
  return nlv_inet_insert_address (&self->change, link, address, TRUE);
}

static int
replace (AddressRequest *self, const NlvLink *link, const NlvAddress *wanted, NlvAddress *address, guint16 flags)
{
  if ((flags & NLM_F_EXCL) != 0 || (flags & NLM_F_REPLACE) == 0)
    return nlv_change_refuse (&self->change, -EEXIST, "ipv4: Address already assigned");
  if (address->metric != wanted->metric)
    nlv_ipv4_change_metric (&self->change, link, address, wanted->metric);
  address->metric = wanted->metric;
  address->protocol = wanted->protocol;
  nlv_inet_set_lifetime (&self->change, address, self->valid, self->preferred);
  nlv_inet_tell_address (&self->change, address, TRUE);
  return 0;
}

int
nlv_newaddr_ipv4 (const NlvRequest *request)
{
  AddressRequest self;
  NlvAddress address, *existing;
  NlvLink *link;
  int error = parse (request, &self);

  if (error == 0)
    error = validate (&self);
  if (error < 0)
    return error;
  if (nlv_attr_u32 (&self.attrs[IFA_LOCAL]) == 0)
    return 0;
  link = nlv_network_find_link (request->network, self.header.ifa_index);
  if (link == NULL)
    return nlv_request_refuse (request, -ENODEV, "ipv4: Device not found");
  if (!nlv_link_has_ipv4 (link))
    return -ENOBUFS;
  address = make_address (&self, link);
  existing = nlv_network_find_address (request->network, &address);
  if (existing != NULL)
    return replace (&self, link, &address, existing, request->message->header.nlmsg_flags);
  return add (&self, link, &address);
}

/* --- RTM_DELADDR ------------------------------------------------------------------------------ */

static gboolean
is_meant (const AddressRequest *self, const NlvAddress *address)
{
  const NlvAttr *attrs = self->attrs;

  if (nlv_attr_present (&attrs[IFA_LOCAL]) && address->local.v4 != nlv_attr_u32 (&attrs[IFA_LOCAL]))
    return FALSE;
  if (nlv_attr_present (&attrs[IFA_LABEL]) && !nlv_attr_is_string (&attrs[IFA_LABEL], address->label))
    return FALSE;
  return !nlv_attr_present (&attrs[IFA_ADDRESS]) ||
         (self->header.ifa_prefixlen == address->prefix_length &&
          ((nlv_attr_u32 (&attrs[IFA_ADDRESS]) ^ address->peer.v4) & nlv_ipv4_mask (address->prefix_length)) == 0);
}

int
nlv_deladdr_ipv4 (const NlvRequest *request)
{
  NlvNetwork *network = request->network;
  AddressRequest self;
  NlvLink *link;
  NlvAddress *at;
  int error = parse (request, &self);

  if (error < 0)
    return error;
  link = nlv_network_find_link (network, self.header.ifa_index);
  if (link == NULL || !nlv_link_has_ipv4 (link))
    return nlv_request_refuse (request, -ENODEV, "ipv4: Device not found");
  for (guint i = nlv_network_find_addresses (network, AF_INET, link->index);
       (at = nlv_network_get_link_address (network, AF_INET, link->index, i)) != NULL; i++)
    {
      if (!is_meant (&self, at))
        continue;
      leave (&self, link, at);
      nlv_inet_remove_address (&self.change, link, at, TRUE);
      return 0;
    }
  return nlv_request_refuse (request, -EADDRNOTAVAIL, "ipv4: Address not found");
}

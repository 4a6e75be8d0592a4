/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* IFLA_AF_SPEC in a request: what IPv4 and IPv6 have of a link. struct
 * rtnl_af_ops. */
#include "model/change/change-link.h"
#include "model/device/addrconf.h"
#include "model/device/device-addrconf.h"

#include <errno.h>
#include <string.h>

/* IPV4_DEVCONF_MAX */
#define MAX_CONF 33

static int
refuse_ra_mtu (const NlvAttr *attr, NlvExtack *extack)
{
  nlv_extack_set (extack, "IFLA_INET6_RA_MTU can not be set", attr);
  return -EINVAL;
}

static const NlvPolicy inet_policy[IFLA_INET_MAX + 1] = {
  [IFLA_INET_CONF] = { .kind = NLV_KIND_NESTED },
};

static const NlvPolicy inet6_policy[NLV_IFLA_INET6_RA_MTU + 1] = {
  [IFLA_INET6_TOKEN] = { .kind = NLV_KIND_UNSPEC, .len = sizeof (NlvIp) },
  [IFLA_INET6_ADDR_GEN_MODE] = { .kind = NLV_KIND_U8 },
  [NLV_IFLA_INET6_RA_MTU] = { .kind = NLV_KIND_BINARY, .validate = refuse_ra_mtu },
};

/* One that is being made has no device of either family: rtnl_create_link() */
static gboolean
is_registered (const NlvLink *link)
{
  return link->index != 0;
}

/* inet_validate_link_af() */
static int
validate_inet (NlvLinkRequest *self, const NlvLink *link, const NlvAttr *family)
{
  NlvAttr attrs[IFLA_INET_MAX + 1], conf;
  NlvSpan rest;
  int error;

  if (!is_registered (link) || !nlv_link_has_ipv4 (link))
    return -EAFNOSUPPORT;
  error =
    nlv_attrs_parse (family->payload, attrs, IFLA_INET_MAX, inet_policy, NLV_VALIDATE_LIBERAL, self->change.extack);
  if (error < 0)
    return error;
  rest = attrs[IFLA_INET_CONF].payload;
  while (nlv_attr_next (&rest, &conf))
    if (conf.payload.len < sizeof (guint32) || conf.type == 0 || conf.type > MAX_CONF)
      return -EINVAL;
  return 0;
}

/* inet6_validate_link_af(). There is no secret to make stable addresses of, but
 * where the link makes such already. */
static int
validate_inet6 (NlvLinkRequest *self, const NlvLink *link, const NlvAttr *family)
{
  NlvAttr attrs[NLV_IFLA_INET6_RA_MTU + 1];
  const NlvAttr *mode = &attrs[IFLA_INET6_ADDR_GEN_MODE];
  int error;

  if (!is_registered (link) || !nlv_link_has_ipv6 (link))
    return -EAFNOSUPPORT;
  error = nlv_attrs_parse (family->payload, attrs, NLV_IFLA_INET6_RA_MTU, inet6_policy, NLV_VALIDATE_LIBERAL,
                           self->change.extack);
  if (error < 0)
    return error;
  if (!nlv_attr_present (mode))
    return nlv_attr_present (&attrs[IFLA_INET6_TOKEN]) ? 0 : -EINVAL;
  if (nlv_attr_u8 (mode) > IN6_ADDR_GEN_MODE_RANDOM)
    return -EINVAL;
  if (nlv_attr_u8 (mode) == IN6_ADDR_GEN_MODE_STABLE_PRIVACY &&
      link->address_generation != IN6_ADDR_GEN_MODE_STABLE_PRIVACY)
    return -EINVAL;
  return 0;
}

int
nlv_link_validate_families (NlvLinkRequest *self, const NlvLink *link)
{
  NlvSpan rest = self->attrs[IFLA_AF_SPEC].payload;
  NlvAttr family;

  while (nlv_attr_next (&rest, &family))
    {
      int error = -EAFNOSUPPORT;

      if (family.type == AF_INET)
        error = validate_inet (self, link, &family);
      else if (family.type == AF_INET6)
        error = validate_inet6 (self, link, &family);
      else if (family.type == AF_BRIDGE)
        error = -EOPNOTSUPP;
      if (error < 0)
        return error;
    }
  return 0;
}

/* inet_set_link_af() */
static void
set_inet (NlvLink *link, const NlvAttr *family)
{
  NlvAttr attrs[IFLA_INET_MAX + 1], conf;
  NlvSpan rest;

  nlv_attrs_parse (family->payload, attrs, IFLA_INET_MAX, NULL, NLV_VALIDATE_LIBERAL, NULL);
  rest = attrs[IFLA_INET_CONF].payload;
  while (nlv_attr_next (&rest, &conf))
    nlv_link_set_setting (link, NLV_LINK_IPV4, conf.type - 1u, (gint32) nlv_attr_u32 (&conf));
}

/* inet6_set_link_af() */
static int
set_inet6 (NlvLinkRequest *self, NlvLink *link, const NlvAttr *family)
{
  NlvAttr attrs[NLV_IFLA_INET6_RA_MTU + 1];
  NlvIp token;
  int error = 0;

  nlv_attrs_parse (family->payload, attrs, NLV_IFLA_INET6_RA_MTU, NULL, NLV_VALIDATE_LIBERAL, NULL);
  if (nlv_attr_present (&attrs[IFLA_INET6_TOKEN]))
    {
      nlv_attr_copy (&attrs[IFLA_INET6_TOKEN], &token, sizeof token);
      error = nlv_ipv6_set_token (&self->change, link, &token);
    }
  if (error == 0 && nlv_attr_present (&attrs[IFLA_INET6_ADDR_GEN_MODE]))
    nlv_ipv6_set_generation (link, nlv_attr_u8 (&attrs[IFLA_INET6_ADDR_GEN_MODE]));
  return error;
}

int
nlv_link_set_families (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status)
{
  NlvSpan rest = self->attrs[IFLA_AF_SPEC].payload;
  NlvAttr family;

  while (nlv_attr_next (&rest, &family))
    {
      gboolean inet = family.type == AF_INET;
      int error = 0;

      /* What went before may have taken the family off the link. */
      if (inet ? !nlv_link_has_ipv4 (link) : !nlv_link_has_ipv6 (link))
        return -EAFNOSUPPORT;
      if (inet)
        set_inet (link, &family);
      else
        error = set_inet6 (self, link, &family);
      if (error < 0)
        return error;
      *status = NLV_LINK_NOTIFY;
    }
  return 0;
}

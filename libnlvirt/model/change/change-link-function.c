/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Virtual functions, ports and XDP in a request. No link has any of them: what
 * is refused, and in which words, is the kernel's. */
#include "model/change/change-link.h"

#include <errno.h>

/* Newer than the headers that this builds with. */
#define XDP_EXPECTED_FD 8
#define XDP_MAX 8
#define XDP_REPLACE (1U << 4)
#define XDP_ALL_FLAGS 0x1fU
#define XDP_ALL_MODES (XDP_FLAGS_SKB_MODE | XDP_FLAGS_DRV_MODE | XDP_FLAGS_HW_MODE)

#define FUNCTION(type)                                                                                                 \
  {                                                                                                                    \
    .kind = NLV_KIND_UNSPEC, .len = sizeof (struct type)                                                               \
  }

/* ifla_vf_policy */
static const NlvPolicy function_policy[IFLA_VF_MAX + 1] = {
  [IFLA_VF_MAC] = FUNCTION (ifla_vf_mac),
  [IFLA_VF_BROADCAST] = { .kind = NLV_KIND_REJECT },
  [IFLA_VF_VLAN] = FUNCTION (ifla_vf_vlan),
  [IFLA_VF_VLAN_LIST] = { .kind = NLV_KIND_NESTED },
  [IFLA_VF_TX_RATE] = FUNCTION (ifla_vf_tx_rate),
  [IFLA_VF_SPOOFCHK] = FUNCTION (ifla_vf_spoofchk),
  [IFLA_VF_RATE] = FUNCTION (ifla_vf_rate),
  [IFLA_VF_LINK_STATE] = FUNCTION (ifla_vf_link_state),
  [IFLA_VF_RSS_QUERY_EN] = FUNCTION (ifla_vf_rss_query_en),
  [IFLA_VF_STATS] = { .kind = NLV_KIND_NESTED },
  [IFLA_VF_TRUST] = FUNCTION (ifla_vf_trust),
  [IFLA_VF_IB_NODE_GUID] = FUNCTION (ifla_vf_guid),
  [IFLA_VF_IB_PORT_GUID] = FUNCTION (ifla_vf_guid),
};

static const NlvPolicy xdp_policy[XDP_MAX + 1] = {
  [IFLA_XDP_FD] = { .kind = NLV_KIND_S32 },     [IFLA_XDP_ATTACHED] = { .kind = NLV_KIND_U8 },
  [IFLA_XDP_FLAGS] = { .kind = NLV_KIND_U32 },  [IFLA_XDP_PROG_ID] = { .kind = NLV_KIND_U32 },
  [XDP_EXPECTED_FD] = { .kind = NLV_KIND_S32 },
};

/* do_setvfinfo() of a driver without virtual functions: the first attribute in
 * its order decides. */
static int
set_function (const NlvAttr *info)
{
  static const guint16 order[] = {
    IFLA_VF_MAC,   IFLA_VF_VLAN,         IFLA_VF_VLAN_LIST,    IFLA_VF_TX_RATE,
    IFLA_VF_RATE,  IFLA_VF_SPOOFCHK,     IFLA_VF_LINK_STATE,   IFLA_VF_RSS_QUERY_EN,
    IFLA_VF_TRUST, IFLA_VF_IB_NODE_GUID, IFLA_VF_IB_PORT_GUID,
  };
  NlvAttr attrs[IFLA_VF_MAX + 1];
  int error = nlv_attrs_parse (info->payload, attrs, IFLA_VF_MAX, function_policy, NLV_VALIDATE_LIBERAL, NULL);

  if (error < 0)
    return error;
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      const NlvAttr *attr = &attrs[order[i]];

      if (!nlv_attr_present (attr))
        continue;
      if (order[i] == IFLA_VF_VLAN_LIST)
        return -EOPNOTSUPP;
      /* The number of the function is what they all begin with. */
      return nlv_attr_u32 (attr) >= G_MAXINT32 ? -EINVAL : -EOPNOTSUPP;
    }
  return -EINVAL;
}

int
nlv_link_set_functions (NlvLinkRequest *self, NlvLinkStatus *status)
{
  NlvSpan rest = self->attrs[IFLA_VFINFO_LIST].payload;
  NlvAttr info;

  while (nlv_attr_next (&rest, &info))
    {
      int error = info.type == IFLA_VF_INFO && info.payload.len >= NLA_HDRLEN ? set_function (&info) : -EINVAL;

      if (error < 0)
        return error;
      *status = NLV_LINK_NOTIFY;
    }
  return 0;
}

int
nlv_link_set_ports (NlvLinkRequest *self)
{
  gboolean any = nlv_attr_present (&self->attrs[IFLA_VF_PORTS]) || nlv_attr_present (&self->attrs[IFLA_PORT_SELF]);

  return any ? -EOPNOTSUPP : 0;
}

static int
check_xdp_flags (guint32 flags)
{
  guint32 modes = flags & XDP_ALL_MODES;

  return (flags & ~XDP_ALL_FLAGS) != 0 || (modes & (modes - 1)) != 0 ? -EINVAL : 0;
}

/* There is no program to be found by its fd: dev_change_xdp_fd(). */
int
nlv_link_set_xdp (NlvLinkRequest *self, NlvLinkStatus *status)
{
  const NlvAttr *xdp = &self->attrs[IFLA_XDP];
  NlvAttr attrs[XDP_MAX + 1];
  guint32 flags;
  int error;

  if (!nlv_attr_present (xdp))
    return 0;
  error = nlv_attrs_parse (xdp->payload, attrs, XDP_MAX, xdp_policy, NLV_VALIDATE_LIBERAL, NULL);
  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[IFLA_XDP_ATTACHED]) || nlv_attr_present (&attrs[IFLA_XDP_PROG_ID]))
    return -EINVAL;
  flags = nlv_attr_present (&attrs[IFLA_XDP_FLAGS]) ? nlv_attr_u32 (&attrs[IFLA_XDP_FLAGS]) : 0;
  error = check_xdp_flags (flags);
  if (error < 0 || !nlv_attr_present (&attrs[IFLA_XDP_FD]))
    return error;
  if ((flags & XDP_REPLACE) != 0 && !nlv_attr_present (&attrs[XDP_EXPECTED_FD]))
    return -EINVAL;
  if ((gint32) nlv_attr_u32 (&attrs[IFLA_XDP_FD]) >= 0)
    return -EINVAL;
  *status = NLV_LINK_NOTIFY;
  return 0;
}

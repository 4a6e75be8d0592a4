/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Routes of IPv4 multicast that a request names, ipmr_rtm_route(). A link takes
 * part only once a daemon has said so by setsockopt(), which none does here: so
 * none can be added, and there is none to delete. */
#include "model/change/change-route.h"

#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

/* MAXVIFS */
#define MOST_LINKS 32

/* rtm_ipmr_policy */
static const NlvPolicy policy[NLV_RTA_MAX + 1] = {
  [RTA_SRC] = { .kind = NLV_KIND_U32 },
  [RTA_DST] = { .kind = NLV_KIND_U32 },
  [RTA_IIF] = { .kind = NLV_KIND_U32 },
  [RTA_TABLE] = { .kind = NLV_KIND_U32 },
  [RTA_MULTIPATH] = { .kind = NLV_KIND_UNSPEC, .len = sizeof (struct rtnexthop) },
};

/* ipmr_nla_get_ttls() */
static gboolean
are_ways (NlvSpan ways)
{
  struct rtnexthop header;
  NlvSpan attrs;

  for (guint n = 0; n < MOST_LINKS; n++)
    if (!nlv_rtnexthop_next (&ways, &header, &attrs))
      return ways.len == 0;
  /* The last that counts is not passed by. */
  return FALSE;
}

/* rtm_to_ipmr_mfcc() */
static int
check (const NlvRequest *request)
{
  NlvAttr attrs[NLV_RTA_MAX + 1], attr;
  struct rtmsg header;
  guint32 table = RT_TABLE_DEFAULT;
  NlvSpan rest;
  int error;

  if (!nlv_request_header (request->message, &header, sizeof header))
    return -EINVAL;
  error = nlv_request_attrs (request->message, sizeof header, attrs, NLV_RTA_MAX, policy, NLV_VALIDATE_LIBERAL,
                             request->extack);
  if (error < 0)
    return error;
  if (header.rtm_dst_len != 32 || header.rtm_type != RTN_MULTICAST || header.rtm_scope != RT_SCOPE_UNIVERSE ||
      (header.rtm_protocol != RTPROT_STATIC && header.rtm_protocol != RTPROT_MROUTED))
    return -EINVAL;
  rest = nlv_span_from (nlv_request_body (request->message), sizeof header);
  while (nlv_attr_next (&rest, &attr))
    {
      if (attr.type == RTA_IIF && nlv_network_find_link (request->network, nlv_attr_u32 (&attr)) == NULL)
        return -ENODEV;
      if (attr.type == RTA_MULTIPATH && !are_ways (attr.payload))
        return -EINVAL;
      if (attr.type == RTA_TABLE)
        table = nlv_attr_u32 (&attr);
    }
  return table == RT_TABLE_DEFAULT ? 0 : -ENOENT;
}

/* ipmr_mfc_add() of no link that takes part */
int
nlv_newroute_multicast (const NlvRequest *request)
{
  int error = check (request);

  return error < 0 ? error : -ENFILE;
}

/* ipmr_mfc_delete() */
int
nlv_delroute_multicast (const NlvRequest *request)
{
  int error = check (request);

  return error < 0 ? error : -ENOENT;
}

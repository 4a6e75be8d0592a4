/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_SETSTATS: counters of what a link's hardware forwards, which can be asked
 * for everywhere. rtnl_stats_set(). */
#include "model/change/change-link.h"

#include <errno.h>

static const NlvPolicy policy[IFLA_STATS_GETSET_MAX + 1] = {
  [IFLA_STATS_SET_OFFLOAD_XSTATS_L3_STATS] = { .kind = NLV_KIND_U8, .bounded = TRUE, .min = 0, .max = 1 },
};

static void
tell (NlvChange *change, const NlvLink *link)
{
  NlvWriter writer;
  struct if_stats_msg *header =
    nlv_event_begin (change, &writer, RTNLGRP_STATS, RTM_NEWSTATS, 0, FALSE, sizeof *header);

  if (header == NULL)
    return;
  nlv_stats_put_offload (&writer, header, link);
  nlv_event_send (change, &writer, RTNLGRP_STATS, FALSE);
}

int
nlv_setstats (const NlvRequest *request)
{
  const NlvAttr *wanted;
  struct if_stats_msg header;
  NlvAttr attrs[IFLA_STATS_GETSET_MAX + 1];
  NlvChange change;
  NlvLink *link;
  int error = nlv_stats_check_header (request->message, request->caller->strict, FALSE, &header, request->extack);

  if (error < 0)
    return error;
  if (header.family != AF_UNSPEC)
    return nlv_request_refuse (request, -EINVAL, "Address family should be AF_UNSPEC");
  if (header.ifindex == 0)
    return -EINVAL;
  link = nlv_network_find_link (request->network, header.ifindex);
  if (link == NULL)
    return -ENODEV;
  if (header.filter_mask != 0)
    return nlv_request_refuse (request, -EINVAL, "Filter mask must be 0 for stats set");
  error = nlv_request_attrs (request->message, sizeof header, attrs, IFLA_STATS_GETSET_MAX, policy, NLV_VALIDATE_STRICT,
                             request->extack);
  wanted = &attrs[IFLA_STATS_SET_OFFLOAD_XSTATS_L3_STATS];
  if (error < 0 || !nlv_attr_present (wanted) || (nlv_attr_u8 (wanted) != 0) == (link->counts_forwarded != 0))
    return error;
  link->counts_forwarded = nlv_attr_u8 (wanted) != 0;
  nlv_change_init_request (&change, request);
  nlv_network_touch_link (request->network, link);
  tell (&change, link);
  return 0;
}

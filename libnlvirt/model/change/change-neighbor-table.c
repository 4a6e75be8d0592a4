/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_SETNEIGHTBL: the parameters that a link's neighbours have, of which nobody
 * is told: neightbl_set(). */
#include "model/link-settings.h"
#include "model/observer.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>

/* SKB_TRUESIZE (ETH_FRAME_LEN) */
#define PACKET_SIZE 2090
/* Milliseconds in a jiffy of a common configuration, of which times are whole numbers. */
#define JIFFY 4

static const NlvPolicy table_policy[NDTA_MAX + 1] = {
  [NDTA_NAME] = { .kind = NLV_KIND_STRING },     [NDTA_THRESH1] = { .kind = NLV_KIND_U32 },
  [NDTA_THRESH2] = { .kind = NLV_KIND_U32 },     [NDTA_THRESH3] = { .kind = NLV_KIND_U32 },
  [NDTA_GC_INTERVAL] = { .kind = NLV_KIND_U64 }, [NDTA_PARMS] = { .kind = NLV_KIND_NESTED },
};

static const NlvPolicy parameter_policy[NLV_NDTPA_INTERVAL_PROBE_TIME_MS + 1] = {
  [NDTPA_IFINDEX] = { .kind = NLV_KIND_U32 },
  [NDTPA_QUEUE_LEN] = { .kind = NLV_KIND_U32 },
  [NLV_NDTPA_QUEUE_LENBYTES] = { .kind = NLV_KIND_U32 },
  [NDTPA_PROXY_QLEN] = { .kind = NLV_KIND_U32 },
  [NDTPA_APP_PROBES] = { .kind = NLV_KIND_U32 },
  [NDTPA_UCAST_PROBES] = { .kind = NLV_KIND_U32 },
  [NDTPA_MCAST_PROBES] = { .kind = NLV_KIND_U32 },
  [NLV_NDTPA_MCAST_REPROBES] = { .kind = NLV_KIND_U32 },
  [NDTPA_BASE_REACHABLE_TIME] = { .kind = NLV_KIND_U64 },
  [NDTPA_GC_STALETIME] = { .kind = NLV_KIND_U64 },
  [NDTPA_DELAY_PROBE_TIME] = { .kind = NLV_KIND_U64 },
  [NDTPA_RETRANS_TIME] = { .kind = NLV_KIND_U64 },
  [NDTPA_ANYCAST_DELAY] = { .kind = NLV_KIND_U64 },
  [NDTPA_PROXY_DELAY] = { .kind = NLV_KIND_U64 },
  [NDTPA_LOCKTIME] = { .kind = NLV_KIND_U64 },
  [NLV_NDTPA_INTERVAL_PROBE_TIME_MS] = { .kind = NLV_KIND_U64 },
};

/* nla_get_msecs() */
static gint64
read_time (const NlvAttr *attr)
{
  guint32 time = (guint32) nlv_attr_u64 (attr);

  return ((gint64) time + JIFFY - 1) / JIFFY * JIFFY;
}

static void
set_parameter (NlvLink *link, NlvLinkSettings which, guint id, const NlvAttr *attr)
{
  switch (id)
    {
      case NDTPA_QUEUE_LEN:
        nlv_link_set_setting (link, which, NLV_NDTPA_QUEUE_LENBYTES, (gint64) nlv_attr_u32 (attr) * PACKET_SIZE);
        nlv_link_set_setting (link, which, id, nlv_attr_u32 (attr));
        break;
      case NLV_NDTPA_QUEUE_LENBYTES:
        nlv_link_set_setting (link, which, NDTPA_QUEUE_LEN, nlv_attr_u32 (attr) / PACKET_SIZE);
        nlv_link_set_setting (link, which, id, nlv_attr_u32 (attr));
        break;
      case NDTPA_BASE_REACHABLE_TIME:
        /* What is drawn from it: neigh_rand_reach_time(). */
        nlv_link_set_setting (link, which, NDTPA_REACHABLE_TIME, read_time (attr));
        nlv_link_set_setting (link, which, id, read_time (attr));
        break;
      case NDTPA_PROXY_QLEN:
      case NDTPA_APP_PROBES:
      case NDTPA_UCAST_PROBES:
      case NDTPA_MCAST_PROBES:
      case NLV_NDTPA_MCAST_REPROBES:
        nlv_link_set_setting (link, which, id, nlv_attr_u32 (attr));
        break;
      case NDTPA_RETRANS_TIME:
        /* IFLA_INET6_CACHEINFO shows it too. */
        if (which == NLV_LINK_NDISC)
          nlv_link_set_setting (link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_RETRANS_TIME, read_time (attr));
        nlv_link_set_setting (link, which, id, read_time (attr));
        break;
      case NDTPA_GC_STALETIME:
      case NDTPA_DELAY_PROBE_TIME:
      case NDTPA_ANYCAST_DELAY:
      case NDTPA_PROXY_DELAY:
      case NDTPA_LOCKTIME:
      case NLV_NDTPA_INTERVAL_PROBE_TIME_MS:
        nlv_link_set_setting (link, which, id, read_time (attr));
        break;
      default:
        break;
    }
}

/* lookup_neigh_parms(): those of the whole table are the first namespace's to set. */
static int
set_parameters (const NlvRequest *request, guint8 family, const NlvAttr *nest)
{
  NlvAttr attrs[NLV_NDTPA_INTERVAL_PROBE_TIME_MS + 1];
  NlvLink *link;
  int error = nlv_attrs_parse (nest->payload, attrs, NLV_NDTPA_INTERVAL_PROBE_TIME_MS, parameter_policy,
                               NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  link = nlv_attr_present (&attrs[NDTPA_IFINDEX])
           ? nlv_network_find_link (request->network, nlv_attr_u32 (&attrs[NDTPA_IFINDEX]))
           : NULL;
  if (link == NULL || !(family == AF_INET ? nlv_link_has_ipv4 (link) : nlv_link_has_ipv6 (link)))
    return -ENOENT;
  for (guint i = 1; i < G_N_ELEMENTS (attrs); i++)
    if (nlv_attr_present (&attrs[i]))
      set_parameter (link, family == AF_INET ? NLV_LINK_ARP : NLV_LINK_NDISC, i, &attrs[i]);
  nlv_network_touch_link (request->network, link);
  return 0;
}

int
nlv_setneightbl (const NlvRequest *request)
{
  static const struct
  {
    guint8 family;
    const char *name;
  } tables[] = { { AF_INET, "arp_cache" }, { AF_INET6, "ndisc_cache" } };
  NlvAttr attrs[NDTA_MAX + 1];
  struct ndtmsg header;
  guint8 family = AF_UNSPEC;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, NDTA_MAX, table_policy, NLV_VALIDATE_LIBERAL,
                                 request->extack);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[NDTA_NAME]))
    return -EINVAL;
  nlv_request_header (request->message, &header, sizeof header);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if ((header.ndtm_family == AF_UNSPEC || header.ndtm_family == tables[i].family) &&
        nlv_attr_is_string (&attrs[NDTA_NAME], tables[i].name))
      family = tables[i].family;
  if (family == AF_UNSPEC)
    return -ENOENT;
  if (nlv_attr_present (&attrs[NDTA_PARMS]))
    error = set_parameters (request, family, &attrs[NDTA_PARMS]);
  if (error == 0 && (nlv_attr_present (&attrs[NDTA_THRESH1]) || nlv_attr_present (&attrs[NDTA_THRESH2]) ||
                     nlv_attr_present (&attrs[NDTA_THRESH3]) || nlv_attr_present (&attrs[NDTA_GC_INTERVAL])))
    error = -ENOENT;
  return error;
}

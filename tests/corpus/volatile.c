/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "volatile.h"

#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define DEPTH 4
#define TO_THE_END G_MAXUINT16

typedef struct
{
  guint16 type;        /* of the message */
  guint8 family;       /* of the message, where the numbers depend on it; else 0 */
  guint16 path[DEPTH]; /* attributes, from the outermost; 0 ends it */
  guint16 start, len;  /* within the payload of the last one */
  const char *kind;    /* IFLA_INFO_KIND or IFLA_INFO_SLAVE_KIND, where the numbers depend on it */
  const char *why;
} Volatile;

#define BRIDGE(...)                                                                                                    \
  {                                                                                                                    \
    RTM_NEWLINK, 0, { IFLA_LINKINFO, __VA_ARGS__ }, 0, TO_THE_END, "bridge", "a timer that runs"                       \
  }
/* The same is said in two places. */
#define INET6(attribute, start, len, why)                                                                              \
  { RTM_NEWLINK, 0, { IFLA_AF_SPEC, AF_INET6, attribute }, start, len, NULL, why },                                    \
  {                                                                                                                    \
    RTM_NEWLINK, AF_INET6, { IFLA_PROTINFO, attribute }, start, len, NULL, why                                         \
  }

static const Volatile fields[] = {
  { RTM_NEWLINK, 0, { IFLA_STATS }, 0, TO_THE_END, NULL, "counters" },
  { RTM_NEWLINK, 0, { IFLA_STATS64 }, 0, TO_THE_END, NULL, "counters" },
  INET6 (IFLA_INET6_STATS, 0, TO_THE_END, "counters"),
  INET6 (IFLA_INET6_ICMP6STATS, 0, TO_THE_END, "counters"),
  INET6 (IFLA_INET6_CACHEINFO, 4, 8, "the time of the last change; a random time"),
  BRIDGE (IFLA_INFO_DATA, IFLA_BR_HELLO_TIMER),
  BRIDGE (IFLA_INFO_DATA, IFLA_BR_TCN_TIMER),
  BRIDGE (IFLA_INFO_DATA, IFLA_BR_TOPOLOGY_CHANGE_TIMER),
  BRIDGE (IFLA_INFO_DATA, IFLA_BR_GC_TIMER),
  BRIDGE (IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_MESSAGE_AGE_TIMER),
  BRIDGE (IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_FORWARD_DELAY_TIMER),
  BRIDGE (IFLA_INFO_SLAVE_DATA, IFLA_BRPORT_HOLD_TIMER),
  { RTM_NEWADDR, 0, { IFA_CACHEINFO }, 8, 8, NULL, "times of creation and last change" },
  { RTM_NEWROUTE, 0, { RTA_UID }, 0, TO_THE_END, NULL, "who asks" },
  { RTM_NEWROUTE, 0, { RTA_CACHEINFO }, 0, 8, NULL, "who holds it just now, and the time of the last use" },
  { RTM_NEWROUTE, 0, { RTA_CACHEINFO }, 16, 4, NULL, "how often it was used" },
  { RTM_NEWNEIGH, 0, { NDA_CACHEINFO }, 0, 12, NULL, "times of use and change" },
  { RTM_NEWNEIGHTBL, 0, { NDTA_CONFIG }, 4, TO_THE_END, NULL, "entries of all namespaces, times, random keys" },
  { RTM_NEWNEIGHTBL, 0, { NDTA_STATS }, 0, TO_THE_END, NULL, "counters" },
  { RTM_NEWNEIGHTBL, 0, { NDTA_PARMS, NDTPA_REACHABLE_TIME }, 0, TO_THE_END, NULL, "a random time" },
  { RTM_NEWSTATS, 0, { IFLA_STATS_LINK_64 }, 0, TO_THE_END, NULL, "counters" },
  { RTM_NEWQDISC, 0, { TCA_STATS }, 0, TO_THE_END, NULL, "counters" },
  { RTM_NEWQDISC, 0, { TCA_STATS2 }, 0, TO_THE_END, NULL, "counters" },
};

/* What lies between a message's header and its attributes. */
static gsize
fixed_size (guint16 type)
{
  switch (type)
    {
      case RTM_NEWLINK:
        return sizeof (struct ifinfomsg);
      case RTM_NEWADDR:
        return sizeof (struct ifaddrmsg);
      case RTM_NEWROUTE:
        return sizeof (struct rtmsg);
      case RTM_NEWNEIGH:
        return sizeof (struct ndmsg);
      case RTM_NEWNEIGHTBL:
        return sizeof (struct ndtmsg);
      case RTM_NEWSTATS:
        return sizeof (struct if_stats_msg);
      case RTM_NEWQDISC:
        return sizeof (struct tcmsg);
      default:
        return 0;
    }
}

/* One level of attributes, and where it is. */
typedef struct
{
  guint16 message;
  guint8 family;
  guint16 path[DEPTH];
  guint depth;
  char kind[16]; /* the last one seen */
} Place;

static gboolean
is_at (const Volatile *field, const Place *place)
{
  return field->type == place->message && memcmp (field->path, place->path, sizeof place->path) == 0 &&
         (field->family == 0 || field->family == place->family) &&
         (field->kind == NULL || strcmp (field->kind, place->kind) == 0);
}

static gboolean
leads_to (const Volatile *field, const Place *place)
{
  return field->type == place->message && place->depth < DEPTH && field->path[place->depth] != 0 &&
         memcmp (field->path, place->path, place->depth * sizeof place->path[0]) == 0;
}

static void
note_kind (Place *place, const guint8 *payload, gsize len)
{
  const guint16 last = place->path[place->depth - 1];

  if (place->message == RTM_NEWLINK && place->depth == 2 && place->path[0] == IFLA_LINKINFO &&
      (last == IFLA_INFO_KIND || last == IFLA_INFO_SLAVE_KIND))
    {
      memset (place->kind, 0, sizeof place->kind);
      memcpy (place->kind, payload, MIN (len, sizeof place->kind - 1));
    }
}

static void mask_attributes (Place *place, guint8 *data, gsize len);

static void
mask_attribute (Place *place, guint8 *payload, gsize len)
{
  gboolean further = FALSE;

  note_kind (place, payload, len);
  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const Volatile *field = &fields[i];

      if (is_at (field, place) && field->start < len)
        memset (payload + field->start, 0, MIN (field->len, len - field->start));
      further |= leads_to (field, place);
    }
  if (further)
    mask_attributes (place, payload, len);
}

static void
mask_attributes (Place *place, guint8 *data, gsize len)
{
  struct nlattr header;
  gsize pos = 0;

  place->depth++;
  while (len - pos >= sizeof header)
    {
      memcpy (&header, data + pos, sizeof header);
      if (header.nla_len < sizeof header || header.nla_len > len - pos)
        break;
      place->path[place->depth - 1] = header.nla_type & NLA_TYPE_MASK;
      mask_attribute (place, data + pos + sizeof header, header.nla_len - sizeof header);
      pos += MIN (NLA_ALIGN ((gsize) header.nla_len), len - pos);
    }
  place->depth--;
  place->path[place->depth] = 0;
}

void
volatile_mask (guint8 *data, gsize len)
{
  struct nlmsghdr header;
  gsize pos = 0;

  while (len - pos >= sizeof header)
    {
      gsize start;

      memcpy (&header, data + pos, sizeof header);
      if (header.nlmsg_len < sizeof header || header.nlmsg_len > len - pos)
        break;
      start = sizeof header + NLMSG_ALIGN (fixed_size (header.nlmsg_type));
      if (start > sizeof header && start < header.nlmsg_len)
        mask_attributes (&(Place){ .message = header.nlmsg_type, .family = data[pos + sizeof header] },
                         data + pos + start, header.nlmsg_len - start);
      pos += MIN (NLMSG_ALIGN ((gsize) header.nlmsg_len), len - pos);
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWNEIGH and RTM_DELNEIGH of IPv4 and IPv6: neigh_add(), neigh_delete(),
 * __neigh_update() and what neigh_timer_handler() does to a neighbour that
 * nobody hears of. */
#include "model/change/change-neighbor.h"
#include "model/change/change-route-ipv6.h"
#include "model/device/device-group.h"
#include "model/link-settings.h"
#include "model/rtnetlink/rtnetlink-private.h"
#include "model/timer.h"

#include <errno.h>
#include <string.h>

#define NUD_IN_TIMER (NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE)
#define NUD_CONNECTED (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE)
#define NUD_VALID (NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY)

#define EXT_MANAGED 0x1
#define EXT_VALIDATED 0x4

/* In hundredths of a second: BASE_REACHABLE_TIME, DELAY_PROBE_TIME, and how long
 * it takes until nobody has answered. */
#define REACHABLE_TIME 3000
#define DELAY_TIME 500
#define PROBE_TIME 300

/* What __neigh_update() is told beside the state. */
typedef struct
{
  gboolean override;      /* NEIGH_UPDATE_F_OVERRIDE and _OVERRIDE_ISROUTER */
  gboolean use;           /* NTF_USE, or NTF_EXT_MANAGED */
  guint8 flags;           /* NTF_* */
  guint32 extended_flags; /* NTF_EXT_* */
  const guint8 *address;  /* (nullable) */
} Update;

static void on_due (NlvChange *change, guint64 key);

/* --- events -------------------------------------------------------------------- */

/* __neigh_notify(): with the port of who asked, but not the request's number. */
static void
tell (NlvChange *change, const NlvNeighbor *row, guint16 type, guint32 references)
{
  NlvChange cause = *change;
  NlvNeighbor told = *row;
  NlvWriter writer;
  struct ndmsg *header;

  cause.seq = 0;
  cause.echo = FALSE;
  if (type == RTM_DELNEIGH)
    cause.port = 0;
  header = nlv_event_begin (&cause, &writer, RTNLGRP_NEIGH, type, 0, TRUE, sizeof *header);
  if (header == NULL)
    return;
  told.times.ndm_refcnt += references;
  nlv_neighbor_message (change->network, &writer, header, &told);
  nlv_event_send (&cause, &writer, RTNLGRP_NEIGH, TRUE);
}

/* --- timers --------------------------------------------------------------------- */

/* One that is not valid shows no address: neigh_fill_info(). */
static void
put_state (NlvNeighbor *row, guint16 state)
{
  row->state = state;
  if (!(state & NUD_VALID))
    row->address_length = 0;
}

static void
set_timer (NlvChange *change, NlvNeighbor *row)
{
  guint64 key = nlv_network_get_neighbor_key (change->network, row);
  guint64 delay = row->state & NUD_REACHABLE ? REACHABLE_TIME : row->state & NUD_DELAY ? DELAY_TIME : PROBE_TIME;

  row->times.ndm_refcnt = row->state & NUD_IN_TIMER ? 1 : 0;
  if (row->state & NUD_IN_TIMER)
    nlv_network_schedule (change->network, on_due, key, change->now + delay);
  else
    nlv_network_cancel (change->network, on_due, key);
}

static void
set_state (NlvChange *change, NlvNeighbor *row, guint16 state)
{
  put_state (row, state);
  row->times.ndm_updated = 0;
  set_timer (change, row);
}

/* neigh_timer_handler() */
static void
on_due (NlvChange *change, guint64 key)
{
  NlvNeighbor *row = nlv_network_find_neighbor_by_key (change->network, key);

  if (row == NULL)
    return;
  if (row->state & NUD_REACHABLE)
    set_state (change, row, NUD_STALE);
  else
    set_state (change, row, row->state & NUD_DELAY ? NUD_PROBE : NUD_FAILED);
  tell (change, row, RTM_NEWNEIGH, 0);
  nlv_network_touch_neighbor (change->network, row);
}

/* --- what a new one is -------------------------------------------------------------- */

/* inet_addr_type_dev_table(), which asks for the link only to know its VRF. */
static guint8
address_type (NlvNetwork *network, const NlvIp *ip)
{
  const NlvFlow flow = { .family = AF_INET, .destination = *ip };
  NlvLookup lookup;

  if (ip->v4 == 0 || ip->v4 == G_MAXUINT32)
    return RTN_BROADCAST;
  if (nlv_ipv4_is_multicast (ip->v4))
    return RTN_MULTICAST;
  return nlv_lookup_table (network, &flow, RT_TABLE_LOCAL, &lookup) < 0 ? RTN_UNICAST : lookup.route.type;
}

static void
set_address (NlvNeighbor *row, const NlvLink *link, const guint8 *address)
{
  row->state = NUD_NOARP;
  row->address_length = link->address_length;
  memcpy (row->address, address, link->address_length);
}

/* ip_eth_mc_map(), ipv6_eth_mc_map() */
static void
set_multicast_address (NlvNeighbor *row, const NlvLink *link)
{
  const guint8 *ip = row->destination.bytes;
  guint8 mapped[sizeof link->address] = { 0x01, 0x00, 0x5e, ip[1] & 0x7f, ip[2], ip[3] };
  guint8 mapped6[sizeof link->address] = { 0x33, 0x33, ip[12], ip[13], ip[14], ip[15] };

  if (link->address_length != 6 || (link->flags & IFF_LOOPBACK))
    set_address (row, link, link->broadcast);
  else
    set_address (row, link, row->family == AF_INET ? mapped : mapped6);
}

/* arp_constructor() and ndisc_constructor() */
static void
construct (NlvNetwork *network, NlvNeighbor *row, const NlvLink *link)
{
  gboolean ipv4 = row->family == AF_INET;

  row->times.ndm_confirmed = 2 * REACHABLE_TIME;
  if (ipv4 && (link->flags & (IFF_LOOPBACK | IFF_POINTOPOINT)))
    row->destination = (NlvIp){ 0 };
  if (ipv4)
    row->type = address_type (network, &row->destination);
  else
    row->type = nlv_ipv6_is_multicast (&row->destination) ? RTN_MULTICAST : RTN_UNICAST;
  if (link->address_length == 0)
    row->state = NUD_NOARP;
  else if (row->type == RTN_MULTICAST)
    set_multicast_address (row, link);
  else if (link->flags & (IFF_NOARP | IFF_LOOPBACK))
    set_address (row, link, link->address);
  else if ((ipv4 && row->type == RTN_BROADCAST) || (link->flags & IFF_POINTOPOINT))
    set_address (row, link, link->broadcast);
  if (!ipv4 && (link->flags & IFF_LOOPBACK) && row->type != RTN_MULTICAST)
    row->type = RTN_LOCAL;
}

/* --- __neigh_update() ------------------------------------------------------------- */

static gboolean
toggle_flags (NlvNeighbor *row, const Update *update)
{
  guint8 flags = (row->flags & ~NTF_EXT_LEARNED) | (update->flags & NTF_EXT_LEARNED);
  gboolean changed = flags != row->flags || update->extended_flags != row->extended_flags;

  row->flags = flags;
  row->extended_flags = update->extended_flags;
  return changed;
}

static gboolean
toggle_router (NlvNeighbor *row, const Update *update)
{
  guint8 flags = (row->flags & ~NTF_ROUTER) | (update->flags & NTF_ROUTER);
  gboolean changed = flags != row->flags;

  row->flags = flags;
  return changed;
}

static gboolean
make_invalid (NlvChange *change, NlvNeighbor *row, guint16 state)
{
  gboolean told = (row->state & NUD_VALID) != 0 || ((row->state & (NUD_INCOMPLETE | NUD_PROBE)) && state == NUD_FAILED);

  put_state (row, state);
  row->times.ndm_refcnt = 0;
  nlv_network_cancel (change->network, on_due, nlv_network_get_neighbor_key (change->network, row));
  return told;
}

/* TRUE when it is to be told of. */
static gboolean
make_valid (NlvChange *change, NlvNeighbor *row, const NlvLink *link, guint16 state, const guint8 *address)
{
  gboolean same = link->address_length == 0 ||
                  (memcmp (row->address, address, link->address_length) == 0 && row->address_length != 0);
  gboolean told = state != row->state || !same;

  if (state & NUD_CONNECTED)
    row->times.ndm_confirmed = 0;
  if (state != row->state)
    set_state (change, row, state);
  if (!same)
    {
      row->address_length = link->address_length;
      memcpy (row->address, address, link->address_length);
      if (!(state & NUD_CONNECTED))
        row->times.ndm_confirmed = 2 * REACHABLE_TIME;
    }
  return told;
}

static int
update_row (NlvChange *change, NlvNeighbor *row, const NlvLink *link, guint16 state, const Update *update)
{
  gboolean was_valid = (row->state & NUD_VALID) != 0, told = toggle_flags (row, update);
  const guint8 *address = update->address;
  int error = 0;

  if (update->use)
    put_state (row, row->state & ~NUD_PERMANENT);
  else if (!(state & NUD_VALID))
    told = make_invalid (change, row, state);
  else if (address == NULL && !was_valid && link->address_length > 0)
    error = nlv_change_refuse (change, -EINVAL, "No link layer address given");
  else
    {
      gboolean other;

      if (address == NULL || link->address_length == 0)
        address = row->address;
      other = was_valid && memcmp (address, row->address, link->address_length) != 0;
      if (!other || update->override)
        {
          told |= make_valid (change, row, link, state, address);
          if (update->override)
            told |= toggle_router (row, update);
        }
    }
  if (told)
    tell (change, row, RTM_NEWNEIGH, 1);
  return error;
}

/* __neigh_event_send(): somebody wants to talk to it. */
static void
use (NlvChange *change, NlvNeighbor *row)
{
  if (row->state & NUD_STALE)
    set_state (change, row, NUD_DELAY);
  else if (!(row->state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE | NUD_INCOMPLETE)))
    set_state (change, row, NUD_INCOMPLETE);
}

/* --- requests ------------------------------------------------------------------------ */

typedef struct
{
  NlvChange change;
  guint16 nl_flags;
  struct ndmsg header;
  NlvAttr attrs[NLV_NDA_MAX + 1];
  NlvLink *link; /* (nullable) */
  NlvNeighbor like;
} Asked;

static gboolean
has (const Asked *asked, guint type)
{
  return nlv_attr_present (&asked->attrs[type]);
}

static int
find_link (Asked *asked)
{
  if (asked->header.ndm_ifindex == 0)
    return 0;
  asked->link = nlv_network_find_link (asked->change.network, (guint32) asked->header.ndm_ifindex);
  return asked->link != NULL ? 0 : -ENODEV;
}

/* neigh_find_table(), and the key. */
static int
read_key (Asked *asked)
{
  guint8 family = asked->header.ndm_family;

  if (family != AF_INET && family != AF_INET6)
    return -EAFNOSUPPORT;
  if (asked->attrs[NDA_DST].payload.len < nlv_ip_size (family))
    return nlv_change_refuse (&asked->change, -EINVAL, "Invalid network address");
  asked->like = (NlvNeighbor){ .family = family,
                               .link = (guint32) asked->header.ndm_ifindex,
                               .proxy = (asked->header.ndm_flags & NTF_PROXY) != 0 };
  memcpy (asked->like.destination.bytes, asked->attrs[NDA_DST].payload.data, nlv_ip_size (family));
  return 0;
}

/* pndisc_constructor(): who answers for an address is in its group. */
static gboolean
construct_proxy (NlvChange *change, const NlvNeighbor *row, NlvLink *link)
{
  NlvIp group = nlv_ipv6_solicited_node (&row->destination);

  if (row->family != AF_INET6)
    return TRUE;
  if (link == NULL || !nlv_link_has_ipv6 (link))
    return FALSE;
  nlv_group_join (change, link, NLV_GROUPS_IPV6, &group);
  return TRUE;
}

/* pndisc_destructor() */
static void
destroy_proxy (NlvChange *change, const NlvNeighbor *row)
{
  NlvLink *link = nlv_network_find_link (change->network, row->link);
  NlvIp group = nlv_ipv6_solicited_node (&row->destination);

  if (row->family == AF_INET6 && link != NULL)
    nlv_group_leave (change, link, NLV_GROUPS_IPV6, &group);
}

/* pneigh_create() */
static int
add_proxy (Asked *asked, guint32 extended_flags)
{
  NlvNetwork *network = asked->change.network;
  NlvNeighbor *row;

  if ((extended_flags & (EXT_MANAGED | EXT_VALIDATED)) != 0)
    return nlv_change_refuse (&asked->change, -EINVAL, "Invalid NTF_* flag combination");
  row = nlv_network_find_neighbor (network, &asked->like);
  if (row == NULL && !construct_proxy (&asked->change, &asked->like, asked->link))
    return -ENOBUFS;
  if (row == NULL)
    row = nlv_network_add_neighbor_first (network, &asked->like);
  row->type = RTN_UNICAST;
  row->flags = asked->header.ndm_flags & ~NTF_PROXY;
  row->is_passing = (asked->header.ndm_state & NUD_PERMANENT) == 0;
  if (has (asked, NDA_PROTOCOL) && nlv_attr_u8 (&asked->attrs[NDA_PROTOCOL]) != 0)
    row->protocol = nlv_attr_u8 (&asked->attrs[NDA_PROTOCOL]);
  nlv_network_touch_neighbor (network, row);
  return 0;
}

static NlvNeighbor *
create (Asked *asked, guint32 extended_flags)
{
  NlvNetwork *network = asked->change.network;
  NlvNeighbor row = asked->like, *there;

  construct (network, &row, asked->link);
  row.flags = asked->header.ndm_flags & NTF_EXT_LEARNED;
  row.extended_flags = extended_flags & (EXT_MANAGED | EXT_VALIDATED);
  there = nlv_network_find_neighbor (network, &row);
  return there != NULL ? there : nlv_network_add_neighbor (network, &row);
}

static int
add_neighbor (Asked *asked, guint32 extended_flags)
{
  NlvChange *change = &asked->change;
  NlvNeighbor *row = nlv_network_find_neighbor (change->network, &asked->like);
  Update update = { .override = TRUE,
                    .flags = asked->header.ndm_flags,
                    .extended_flags = extended_flags,
                    .use = (asked->header.ndm_flags & NTF_USE) != 0 || (extended_flags & EXT_MANAGED) != 0 };
  int error;

  if (has (asked, NDA_LLADDR))
    update.address = asked->attrs[NDA_LLADDR].payload.data;
  if (row == NULL)
    {
      if (!(asked->nl_flags & NLM_F_CREATE))
        return -ENOENT;
      if ((asked->header.ndm_state & NUD_PERMANENT) && (extended_flags & EXT_MANAGED))
        return nlv_change_refuse (change, -EINVAL, "Invalid NTF_* flag for permanent entry");
      row = create (asked, extended_flags);
    }
  else if (asked->nl_flags & NLM_F_EXCL)
    return -EEXIST;
  else
    update.override = (asked->nl_flags & NLM_F_REPLACE) != 0;
  if (has (asked, NDA_PROTOCOL) && nlv_attr_u8 (&asked->attrs[NDA_PROTOCOL]) != 0)
    row->protocol = nlv_attr_u8 (&asked->attrs[NDA_PROTOCOL]);
  /* neigh->nud_state is a byte. */
  error = update_row (change, row, asked->link, (guint8) asked->header.ndm_state, &update);
  if (error == 0 && update.use)
    use (change, row);
  nlv_network_touch_neighbor (change->network, row);
  return error;
}

int
nlv_newneigh (const NlvRequest *request)
{
  Asked asked = { 0 };
  guint32 extended_flags;
  int error;

  nlv_change_init_request (&asked.change, request);
  asked.nl_flags = request->message->header.nlmsg_flags;
  nlv_request_header (request->message, &asked.header, sizeof asked.header);
  error = nlv_request_attrs (request->message, sizeof asked.header, asked.attrs, NLV_NDA_MAX, nlv_neighbor_policy,
                             NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0)
    return error;
  if (!has (&asked, NDA_DST))
    return nlv_change_refuse (&asked.change, -EINVAL, "Network address not specified");
  error = find_link (&asked);
  if (error != 0)
    return error;
  if (asked.link != NULL && has (&asked, NDA_LLADDR) &&
      asked.attrs[NDA_LLADDR].payload.len < asked.link->address_length)
    return nlv_change_refuse (&asked.change, -EINVAL, "Invalid link address");
  error = read_key (&asked);
  if (error != 0)
    return error;
  extended_flags = has (&asked, NLV_NDA_FLAGS_EXT) ? nlv_attr_u32 (&asked.attrs[NLV_NDA_FLAGS_EXT]) : 0;
  if (asked.like.proxy)
    return add_proxy (&asked, extended_flags);
  if (asked.link == NULL)
    return nlv_change_refuse (&asked.change, -EINVAL, "Device not specified");
  if (asked.like.family == AF_INET6 && !nlv_link_has_ipv6 (asked.link))
    return nlv_change_refuse (&asked.change, -EINVAL, "IPv6 is disabled on this device");
  if (asked.like.family == AF_INET && !nlv_link_has_ipv4 (asked.link))
    return -EINVAL;
  return add_neighbor (&asked, extended_flags);
}

/* neigh_cleanup_and_release() */
static void
remove_row (NlvChange *change, NlvNeighbor *row)
{
  nlv_network_cancel (change->network, on_due, nlv_network_get_neighbor_key (change->network, row));
  row->times.ndm_refcnt = 0;
  if (row->proxy)
    destroy_proxy (change, row);
  else
    tell (change, row, RTM_DELNEIGH, 0);
  nlv_network_remove_neighbor (change->network, row);
}

/* nlmsg_find_attr(): the first one. */
static gboolean
find_destination (const NlvRequest *request, NlvAttr *attr)
{
  NlvSpan attrs = nlv_span_from (nlv_request_body (request->message), NLMSG_ALIGN (sizeof (struct ndmsg)));

  return nlv_span_find_attr (attrs, NDA_DST, attr);
}

int
nlv_delneigh (const NlvRequest *request)
{
  const Update failed = { .override = TRUE };
  Asked asked = { 0 };
  NlvNeighbor *row;
  int error;

  nlv_change_init_request (&asked.change, request);
  if (!nlv_request_header (request->message, &asked.header, sizeof asked.header))
    return -EINVAL;
  if (!find_destination (request, &asked.attrs[NDA_DST]))
    return nlv_change_refuse (&asked.change, -EINVAL, "Network address not specified");
  error = find_link (&asked);
  if (error == 0)
    error = read_key (&asked);
  if (error != 0)
    return error;
  if (!asked.like.proxy && asked.link == NULL)
    return -EINVAL;
  row = nlv_network_find_neighbor (request->network, &asked.like);
  if (row == NULL)
    return -ENOENT;
  if (!asked.like.proxy)
    error = update_row (&asked.change, row, asked.link, NUD_FAILED, &failed);
  remove_row (&asked.change, row);
  return error;
}

/* --- devices ---------------------------------------------------------------------------- */

static gboolean
is_lasting (const NlvNeighbor *row)
{
  return row->proxy ? !row->is_passing
                    : (row->state & NUD_PERMANENT) != 0 || (row->extended_flags & EXT_VALIDATED) != 0;
}

/* pneigh_hash(), which has no secret. */
static guint
proxy_bucket (const NlvNeighbor *row)
{
  const guint8 *last = row->destination.bytes + nlv_ip_size (row->family) - 4;
  guint8 mixed = last[0] ^ last[1] ^ last[2] ^ last[3];

  return (mixed ^ mixed >> 4) & 0x0f;
}

/* pneigh_ifdown() gathers them by bucket and lets the last one go first. */
static gint
compare_proxies (gconstpointer a, gconstpointer b)
{
  return (gint) proxy_bucket (*(NlvNeighbor *const *) b) - (gint) proxy_bucket (*(NlvNeighbor *const *) a);
}

/* neigh_flush_dev(), or pneigh_ifdown(). What goes with them is no neighbour of
 * the family. */
static void
flush_rows (NlvChange *change, const NlvLink *link, guint8 family, gboolean all, gboolean proxies)
{
  g_autoptr (GPtrArray) known = NULL, rows = NULL;

  if (nlv_network_peek_neighbors (change->network, link->index) == NULL)
    return;
  known = nlv_network_find_neighbors (change->network, link->index);
  rows = g_ptr_array_new ();
  for (guint i = known->len; i-- > 0;)
    {
      NlvNeighbor *row = g_ptr_array_index (known, i);

      if (row->family == family && row->link == link->index && row->proxy == proxies && (all || !is_lasting (row)))
        g_ptr_array_add (rows, row);
    }
  if (proxies)
    g_ptr_array_sort (rows, compare_proxies);
  for (guint i = 0; i < rows->len; i++)
    remove_row (change, g_ptr_array_index (rows, i));
}

static void
flush (NlvChange *change, const NlvLink *link, guint8 family, gboolean all, gboolean proxies)
{
  flush_rows (change, link, family, all, FALSE);
  if (proxies)
    flush_rows (change, link, family, all, TRUE);
}

void
nlv_neighbors_go_down (NlvChange *change, const NlvLink *link, guint8 family)
{
  flush (change, link, family, TRUE, TRUE);
}

/* arp_netdev_event(), arp_ifdown() and ndisc_netdev_event() */
static void
device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event, guint8 family)
{
  if (event == NLV_NETDEV_DOWN || event == NLV_NETDEV_UNREGISTER)
    flush (change, link, family, TRUE, TRUE);
  else if (event == NLV_NETDEV_CHANGE_ADDRESS)
    flush (change, link, family, TRUE, FALSE);
  else if (event == NLV_NETDEV_CHANGE && (change->flags_changed & IFF_NOARP) != 0)
    flush (change, link, family, TRUE, FALSE);
  else if (event == NLV_NETDEV_CHANGE && !link->carrier)
    flush (change, link, family, FALSE, TRUE);
}

void
nlv_arp_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  device_event (change, link, event, AF_INET);
}

void
nlv_ndisc_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event)
{
  device_event (change, link, event, AF_INET6);
  if (event == NLV_NETDEV_DOWN || event == NLV_NETDEV_CHANGE_ADDRESS)
    nlv_route_run_expiry (change);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Links as the kernel's drivers make them, before anybody configures them. */
#include "model/device/consequences.h"

#include <linux/if_arp.h>
#include <string.h>

/* GSO_MAX_SIZE, that of a driver which raises no limit, and GSO_MAX_SEGS. */
#define TSO_MAX_SIZE 524280
#define TSO_LEGACY_MAX_SIZE 65536
#define GSO_MAX_SEGS 65535

/* net.core.default_qdisc as most distributions set it. */
#define USUAL_QDISC "fq_codel"

typedef struct
{
  const char *kind; /* (nullable) */
  guint16 hardware_type;
  guint32 flags;
  guint32 mtu, min_mtu, max_mtu;
  guint32 n_queues;
  guint32 tx_queue_length;
  guint32 tso_max_size;
  gboolean queues;      /* IFF_NO_QUEUE is not set */
  gboolean has_carrier; /* from the start: no event tells of it */
  guint carrier_downs;  /* netif_carrier_off() by the driver's setup */
  gboolean stacked;     /* linkwatch looks at it when it is made */
} Driver;

#define ETHERNET ARPHRD_ETHER, IFF_BROADCAST | IFF_MULTICAST
#define NO_QUEUE FALSE
#define QUEUES TRUE
#define TUNNEL ARPHRD_NONE, IFF_POINTOPOINT | IFF_NOARP

static const Driver loopback = { NULL, ARPHRD_LOOPBACK, IFF_LOOPBACK, 65536, 0, 0, 1,
                                 1000, TSO_MAX_SIZE,    NO_QUEUE,     TRUE,  0 };
static const Driver ethernet = { NULL, ETHERNET, 1500, 68, 65535, 1, 1000, TSO_LEGACY_MAX_SIZE, QUEUES, FALSE, 1 };
static const Driver other = { NULL, ETHERNET, 1500, 68, 65535, 1, 1000, TSO_LEGACY_MAX_SIZE, NO_QUEUE, TRUE, 0 };

static const Driver drivers[] = {
  { "bond", ETHERNET | IFF_MASTER, 1500, 68, 65535, 16, 1000, TSO_LEGACY_MAX_SIZE, NO_QUEUE, FALSE, 1 },
  { "bridge", ETHERNET, 1500, 68, 65535, 1, 1000, TSO_LEGACY_MAX_SIZE, NO_QUEUE, TRUE, 0 },
  { "dummy", ARPHRD_ETHER, IFF_BROADCAST | IFF_NOARP, 1500, 0, 0, 1, 1000, TSO_MAX_SIZE, NO_QUEUE, TRUE, 0 },
  { "ifb", ARPHRD_ETHER, IFF_BROADCAST | IFF_NOARP, 1500, 0, 0, 1, 32, TSO_MAX_SIZE, QUEUES, TRUE, 0 },
  { "macvlan", ETHERNET, 1500, 68, 65535, 1, 1000, TSO_MAX_SIZE, NO_QUEUE, TRUE, 0, TRUE },
  { "macvtap", ETHERNET, 1500, 68, 65535, 1, 500, TSO_MAX_SIZE, QUEUES, TRUE, 0, TRUE },
  { "ppp", ARPHRD_PPP, IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST, 1500, 0, 65535, 1, 3, TSO_LEGACY_MAX_SIZE, QUEUES,
    TRUE, 0 },
  { "tun", TUNNEL | IFF_MULTICAST, 1500, 68, 65535, 1, 500, TSO_LEGACY_MAX_SIZE, QUEUES, TRUE, 0 },
  { "veth", ETHERNET, 1500, 68, 65535, 2, 1000, TSO_MAX_SIZE, NO_QUEUE, FALSE, 1 },
  { "vlan", ETHERNET, 1500, 0, 65535, 1, 1000, TSO_LEGACY_MAX_SIZE, NO_QUEUE, TRUE, 0, TRUE },
  { "vxlan", ETHERNET, 1500, 68, 65535, 1, 1000, TSO_LEGACY_MAX_SIZE, NO_QUEUE, TRUE, 0 },
  { "wireguard", TUNNEL, 1420, 0, 2147483552, 1, 1000, TSO_LEGACY_MAX_SIZE, NO_QUEUE, TRUE, 0 },
};

static const Driver *
find_driver (const char *name, const char *kind)
{
  if (kind == NULL)
    return g_strcmp0 (name, "lo") == 0 ? &loopback : &ethernet;
  for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
    if (strcmp (drivers[i].kind, kind) == 0)
      return &drivers[i];
  return &other;
}

void
nlv_link_init_like_kernel (NlvLink *link, const char *name, const char *kind)
{
  const Driver *driver = find_driver (name, kind);

  nlv_link_init (link);
  g_strlcpy (link->name, name, sizeof link->name);
  link->kind = g_strdup (kind);
  link->qdisc = g_strdup ("noop");
  link->hardware_type = driver->hardware_type;
  link->flags = driver->flags;
  link->mtu = driver->mtu;
  link->min_mtu = driver->min_mtu;
  link->max_mtu = driver->max_mtu;
  link->tx_queue_length = driver->tx_queue_length;
  link->tx_queues = link->rx_queues = driver->n_queues;
  link->gso_max_segs = link->tso_max_segs = GSO_MAX_SEGS;
  link->gso_max_size = link->gro_max_size = TSO_LEGACY_MAX_SIZE;
  link->gso_ipv4_max_size = link->gro_ipv4_max_size = TSO_LEGACY_MAX_SIZE;
  link->tso_max_size = driver->tso_max_size;
  link->operational_state = IF_OPER_DOWN;
  link->carrier = driver->has_carrier ? 1 : 0;
  link->carrier_down_count = driver->carrier_downs;
  if (driver->hardware_type == ARPHRD_ETHER || driver->hardware_type == ARPHRD_LOOPBACK)
    link->address_length = 6;
  if (driver->flags & IFF_BROADCAST)
    memset (link->broadcast, 0xff, link->address_length);
}

static void
set_carrier (NlvLink *link, gboolean carrier)
{
  if ((link->carrier != 0) == (carrier != 0))
    return;
  link->carrier = carrier ? 1 : 0;
  if (carrier)
    link->carrier_up_count++;
  else
    link->carrier_down_count++;
}

/* A device that linkwatch never looked at, because its carrier never changed,
 * stays in an unknown state; without carrier default_operstate() blames the
 * device below, if there is one here. */
guint8
nlv_link_usual_state (const NlvLink *link)
{
  if (!link->carrier)
    return link->has_lower && link->lower_netns < 0 ? IF_OPER_LOWERLAYERDOWN : IF_OPER_DOWN;
  if (link->carrier_up_count == 0 && link->carrier_down_count == 0 && !find_driver (link->name, link->kind)->stacked)
    return IF_OPER_UNKNOWN;
  return IF_OPER_UP;
}

void
nlv_link_set_up (NlvLink *link, gboolean up, gboolean carrier)
{
  link->flags &= ~(guint32) (IFF_UP | IFF_RUNNING | IFF_LOWER_UP | IFF_DORMANT);
  set_carrier (link, carrier);
  link->has_hidden_state = FALSE;
  link->operational_state = up ? nlv_link_usual_state (link) : IF_OPER_DOWN;
  if (!up)
    return;
  link->flags |= IFF_UP;
  if (carrier)
    link->flags |= IFF_RUNNING | IFF_LOWER_UP;
  nlv_link_attach_qdisc (link, USUAL_QDISC);
}

void
nlv_link_attach_qdisc (NlvLink *link, const char *usual)
{
  if (g_strcmp0 (link->qdisc, "noop") != 0)
    return;
  g_free (link->qdisc);
  link->qdisc = g_strdup (find_driver (link->name, link->kind)->queues ? usual : "noqueue");
}

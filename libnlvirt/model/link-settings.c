/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/link-settings.h"

#include <linux/ipv6.h>
#include <linux/neighbour.h>
#include <net/if_arp.h>
#include <string.h>

/* One number for each sysctl of Linux 6.18. */
#define N_INET_CONF 33
#define N_INET6_CONF 60
/* Counters, of which the first says how many they are. */
#define N_INET6_STATS 38
#define N_ICMP6_STATS 7
#define N_PARAMETERS 20

/* Flags of struct inet6_dev. */
#define IF_READY 0x80000000
#define IF_RS_SENT 0x10

#define IPV4_MIN_MTU 68
#define IPV6_MIN_MTU 1280

static gboolean
is_loopback (const NlvLink *link)
{
  return (link->flags & IFF_LOOPBACK) != 0;
}

/* What IPv4 and IPv6 know of it. */
static guint32
known_mtu (const NlvLink *link)
{
  return link->former_mtu != 0 ? link->former_mtu : link->mtu;
}

gboolean
nlv_link_has_ipv4 (const NlvLink *link)
{
  return known_mtu (link) >= IPV4_MIN_MTU;
}

gboolean
nlv_link_has_ipv6 (const NlvLink *link)
{
  return is_loopback (link) || known_mtu (link) >= IPV6_MIN_MTU;
}

static guint
usual_ipv4 (const NlvLink *link, gint64 *values)
{
  static const gint64 usual[N_INET_CONF] = {
    [3] = 1, [4] = 1, [5] = 1, [6] = 1, [8] = 1, [26] = 10000, [27] = 1000, [32] = 1,
  };

  memcpy (values, usual, sizeof usual);
  if (is_loopback (link))
    values[NLV_IPV4_NOXFRM] = values[NLV_IPV4_NOPOLICY] = 1;
  return N_INET_CONF;
}

/* ipv6_add_dev(): no temporary addresses, and none that is looked for twice. */
static guint
usual_ipv6 (const NlvLink *link, gint64 *values)
{
  static const gint64 usual[N_INET6_CONF] = {
    [1] = 64,      [3] = 1,      [4] = 1,      [5] = 1,     [6] = 1,   [7] = -1, [8] = 4000, [9] = 1000,
    [11] = 604800, [12] = 86400, [13] = 3,     [14] = 600,  [15] = 16, [17] = 1, [18] = 1,   [19] = 1,
    [20] = 60000,  [27] = 1,     [30] = 10000, [31] = 1000, [32] = 1,  [35] = 1, [38] = 1,   [43] = 3600000,
    [46] = 1,      [52] = 1024,  [54] = 65535, [55] = -1,   [56] = 1,
  };
  gboolean tunnel = link->hardware_type == ARPHRD_TUNNEL || link->hardware_type == ARPHRD_TUNNEL6 ||
                    link->hardware_type == ARPHRD_SIT || link->hardware_type == ARPHRD_NONE;

  memcpy (values, usual, sizeof usual);
  values[2] = known_mtu (link);
  values[DEVCONF_ADDR_GEN_MODE] = link->address_generation;
  if (is_loopback (link) || tunnel)
    values[10] = -1;
  if ((link->flags & (IFF_LOOPBACK | IFF_NOARP)) != 0)
    values[27] = -1;
  return N_INET6_CONF;
}

static guint
usual_ipv6_state (const NlvLink *link, gint64 *values)
{
  gboolean ready = (link->flags & IFF_UP) != 0 && (link->flags & IFF_RUNNING) != 0;
  gboolean solicits = ready && (link->flags & (IFF_LOOPBACK | IFF_NOARP)) == 0;

  memset (values, 0, (NLV_IPV6_STATE_RA_MTU + 1) * sizeof *values);
  values[NLV_IPV6_STATE_FLAGS] = (ready ? IF_READY : 0) | (solicits ? IF_RS_SENT : 0);
  values[NLV_IPV6_STATE_MAX_REASSEMBLY_LEN] = 65535;
  values[NLV_IPV6_STATE_REACHABLE_TIME] = 30000;
  values[NLV_IPV6_STATE_RETRANS_TIME] = 1000;
  return NLV_IPV6_STATE_RA_MTU + 1;
}

static guint
usual_counters (guint n, gint64 *values)
{
  memset (values, 0, n * sizeof *values);
  values[0] = n;
  return n;
}

/* neightbl_fill_parms(), with the kernel's default sysctls */
guint
nlv_neighbor_usual_parameters (guint8 family, gint64 values[NLV_MAX_SETTINGS])
{
  static const gint64 usual[N_PARAMETERS] = {
    [NDTPA_REFCNT] = 1,
    [NLV_NDTPA_QUEUE_LENBYTES] = 212992,
    [NDTPA_QUEUE_LEN] = 101,
    [NDTPA_PROXY_QLEN] = 64,
    [NDTPA_UCAST_PROBES] = 3,
    [NDTPA_MCAST_PROBES] = 3,
    [NDTPA_REACHABLE_TIME] = 30000,
    [NDTPA_BASE_REACHABLE_TIME] = 30000,
    [NDTPA_GC_STALETIME] = 60000,
    [NDTPA_DELAY_PROBE_TIME] = 5000,
    [NDTPA_RETRANS_TIME] = 1000,
    [NDTPA_ANYCAST_DELAY] = 1000,
    [NDTPA_PROXY_DELAY] = 800,
    [NLV_NDTPA_INTERVAL_PROBE_TIME_MS] = 5000,
  };

  memcpy (values, usual, sizeof usual);
  values[NDTPA_LOCKTIME] = family == AF_INET ? 1000 : 0;
  return N_PARAMETERS;
}

/* ip6addrlbl_init_table, the longest prefix first. */
const NlvAddressLabel *
nlv_usual_labels (guint *n)
{
  static const NlvAddressLabel labels[] = {
    { { .bytes = { [15] = 1 } }, 128, 0, 0 },
    { { .bytes = { 0 } }, 96, 3, 0 },
    { { .bytes = { [10] = 0xff, [11] = 0xff } }, 96, 4, 0 },
    { { .bytes = { 0x20, 0x01 } }, 32, 6, 0 },
    { { .bytes = { 0x20, 0x01, 0x00, 0x10 } }, 28, 7, 0 },
    { { .bytes = { 0x3f, 0xfe } }, 16, 12, 0 },
    { { .bytes = { 0x20, 0x02 } }, 16, 2, 0 },
    { { .bytes = { 0xfe, 0xc0 } }, 10, 11, 0 },
    { { .bytes = { 0xfc } }, 7, 5, 0 },
    { { .bytes = { 0 } }, 0, 1, 0 },
  };

  *n = G_N_ELEMENTS (labels);
  return labels;
}

static gboolean
are_usual (const GArray *labels, const NlvAddressLabel *usual, guint n)
{
  if (labels == NULL || labels->len != n)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      const NlvAddressLabel *label = &g_array_index (labels, NlvAddressLabel, i);

      if (memcmp (&label->prefix, &usual[i].prefix, sizeof label->prefix) != 0 || label->length != usual[i].length ||
          label->label != usual[i].label || label->link != usual[i].link)
        return FALSE;
    }
  return TRUE;
}

/* What they would be anyway is not said of a network. */
void
nlv_globals_forget_usual_labels (NlvGlobals *globals)
{
  guint n;
  const NlvAddressLabel *usual = nlv_usual_labels (&n);

  if (are_usual (globals->labels, usual, n))
    g_clear_pointer (&globals->labels, g_array_unref);
  if (globals->label_sequence == n)
    globals->label_sequence = 0;
}

/* What a person may have in a table, and what is common. */
const char *const nlv_usual_kinds[] = {
  "bond", "bridge", "dummy", "gre", "gretap", "ifb",  "ip6gre", "ip6tnl", "ipip", "ipvlan", "macvlan",   "macvtap",
  "ppp",  "sit",    "team",  "tun", "veth",   "vlan", "vrf",    "vti",    "vti6", "vxlan",  "wireguard", NULL,
};

gboolean
nlv_network_knows_kind (NlvNetwork *network, const char *kind)
{
  const GPtrArray *kinds = nlv_network_get_globals (network)->kinds;

  if (kinds == NULL)
    return g_strv_contains (nlv_usual_kinds, kind);
  for (guint i = 0; i < kinds->len; i++)
    if (strcmp (g_ptr_array_index (kinds, i), kind) == 0)
      return TRUE;
  return FALSE;
}

guint
nlv_link_usual_settings (const NlvLink *link, NlvLinkSettings which, gint64 values[NLV_MAX_SETTINGS])
{
  switch (which)
    {
      case NLV_LINK_IPV4:
        return usual_ipv4 (link, values);
      case NLV_LINK_IPV6:
        return usual_ipv6 (link, values);
      case NLV_LINK_IPV6_STATE:
        return usual_ipv6_state (link, values);
      case NLV_LINK_IPV6_STATISTICS:
        return usual_counters (N_INET6_STATS, values);
      case NLV_LINK_ICMPV6_STATISTICS:
        return usual_counters (N_ICMP6_STATS, values);
      case NLV_LINK_ARP:
        return nlv_neighbor_usual_parameters (AF_INET, values);
      case NLV_LINK_NDISC:
        return nlv_neighbor_usual_parameters (AF_INET6, values);
      default:
        return 0;
    }
}

/* What the link has a field for. */
static gboolean
is_derived (NlvLinkSettings which, guint id)
{
  return which == NLV_LINK_IPV6 && id == DEVCONF_ADDR_GEN_MODE;
}

guint
nlv_link_all_settings (const NlvLink *link, NlvLinkSettings which, gint64 values[NLV_MAX_SETTINGS])
{
  const GArray *own = link->settings[which];
  guint n_usual = nlv_link_usual_settings (link, which, values);
  guint n = MIN (nlv_settings_count (own, n_usual), NLV_MAX_SETTINGS);

  if (n > n_usual)
    memset (values + n_usual, 0, (n - n_usual) * sizeof *values);
  for (guint i = 0; own != NULL && i < own->len; i++)
    {
      const NlvSetting *setting = &g_array_index (own, NlvSetting, i);

      if (setting->id < n && !is_derived (which, setting->id))
        values[setting->id] = setting->value;
    }
  return n;
}

gint64
nlv_link_get_setting (const NlvLink *link, NlvLinkSettings which, guint id)
{
  gint64 values[NLV_MAX_SETTINGS];
  guint n = nlv_link_all_settings (link, which, values);

  return id < n ? values[id] : 0;
}

void
nlv_link_set_setting (NlvLink *link, NlvLinkSettings which, guint id, gint64 value)
{
  gint64 values[NLV_MAX_SETTINGS];
  guint n = nlv_link_usual_settings (link, which, values);

  if (is_derived (which, id))
    link->address_generation = (guint8) value;
  if (is_derived (which, id) || (id < n && values[id] == value))
    nlv_settings_unset (&link->settings[which], id);
  else if (id < NLV_MAX_SETTINGS)
    nlv_settings_set (&link->settings[which], id, value);
}

GArray *
nlv_link_unusual_settings (const NlvLink *link, NlvLinkSettings which)
{
  const GArray *own = link->settings[which];
  gint64 usual[NLV_MAX_SETTINGS];
  guint n = nlv_link_usual_settings (link, which, usual);
  GArray *unusual = NULL;

  for (guint i = 0; own != NULL && i < own->len; i++)
    {
      const NlvSetting *setting = &g_array_index (own, NlvSetting, i);

      if (setting->id >= n || setting->value != usual[setting->id])
        nlv_settings_set (&unusual, setting->id, setting->value);
    }
  return unusual;
}

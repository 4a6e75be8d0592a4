/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [link NAME]: a link as its driver would make it, and the keys that say what
 * is different. */
#include "model/file/table-file-link.h"

#include "model/device/consequences.h"
#include "model/link-settings.h"

#include <linux/if_arp.h>
#include <string.h>

#define LINK(kind, key, member, names) NLV_FIELD (kind, key, NlvLink, member, names)
#define STATISTIC(key, member) NLV_FIELD (NUMBER, key, NlvLink, stats.member, NULL)

const NlvField nlv_link_fields[] = {
  LINK (NUMBER, "hardware-type", hardware_type, nlv_names_hardware),
  LINK (FLAGS, "flags", flags, nlv_names_link_flag),
  LINK (STRING, "alias", alias, NULL),
  LINK (BYTES, "kind-data", kind_data, NULL),
  LINK (STRING, "slave-kind", slave_kind, NULL),
  LINK (BYTES, "slave-data", slave_data, NULL),
  LINK (STRING, "qdisc", qdisc, NULL),
  LINK (NUMBER, "mtu", mtu, NULL),
  LINK (NUMBER, "min-mtu", min_mtu, NULL),
  LINK (NUMBER, "max-mtu", max_mtu, NULL),
  LINK (NUMBER, "tx-queue-length", tx_queue_length, NULL),
  LINK (NUMBER, "group", group, NULL),
  LINK (NUMBER, "promiscuity", promiscuity, NULL),
  LINK (NUMBER, "all-multicast", all_multicast, NULL),
  LINK (NUMBER, "tx-queues", tx_queues, NULL),
  LINK (NUMBER, "rx-queues", rx_queues, NULL),
  LINK (NUMBER, "gso-max-segs", gso_max_segs, NULL),
  LINK (NUMBER, "gso-max-size", gso_max_size, NULL),
  LINK (NUMBER, "gro-max-size", gro_max_size, NULL),
  LINK (NUMBER, "gso-ipv4-max-size", gso_ipv4_max_size, NULL),
  LINK (NUMBER, "gro-ipv4-max-size", gro_ipv4_max_size, NULL),
  LINK (NUMBER, "tso-max-size", tso_max_size, NULL),
  LINK (NUMBER, "tso-max-segs", tso_max_segs, NULL),
  LINK (NUMBER, "operational-state", operational_state, nlv_names_operational_state),
  LINK (NUMBER, "link-mode", link_mode, nlv_names_link_mode),
  LINK (BOOLEAN, "protocol-down", protocol_down, NULL),
  LINK (NUMBER, "carrier-up-count", carrier_up_count, NULL),
  LINK (NUMBER, "carrier-down-count", carrier_down_count, NULL),
  LINK (NUMBER, "link-netns", lower_netns, nlv_names_none),
  LINK (NUMBER, "ipv6-address-generation", address_generation, nlv_names_address_generation),
  STATISTIC ("rx-packets", rx_packets),
  STATISTIC ("tx-packets", tx_packets),
  STATISTIC ("rx-bytes", rx_bytes),
  STATISTIC ("tx-bytes", tx_bytes),
  STATISTIC ("rx-errors", rx_errors),
  STATISTIC ("tx-errors", tx_errors),
  STATISTIC ("rx-dropped", rx_dropped),
  STATISTIC ("tx-dropped", tx_dropped),
  STATISTIC ("multicast-packets", multicast),
  STATISTIC ("collisions", collisions),
  STATISTIC ("rx-length-errors", rx_length_errors),
  STATISTIC ("rx-over-errors", rx_over_errors),
  STATISTIC ("rx-crc-errors", rx_crc_errors),
  STATISTIC ("rx-frame-errors", rx_frame_errors),
  STATISTIC ("rx-fifo-errors", rx_fifo_errors),
  STATISTIC ("rx-missed-errors", rx_missed_errors),
  STATISTIC ("tx-aborted-errors", tx_aborted_errors),
  STATISTIC ("tx-carrier-errors", tx_carrier_errors),
  STATISTIC ("tx-fifo-errors", tx_fifo_errors),
  STATISTIC ("tx-heartbeat-errors", tx_heartbeat_errors),
  STATISTIC ("tx-window-errors", tx_window_errors),
  STATISTIC ("rx-compressed", rx_compressed),
  STATISTIC ("tx-compressed", tx_compressed),
  STATISTIC ("rx-nohandler", rx_nohandler),
  STATISTIC ("rx-otherhost-dropped", rx_otherhost_dropped),
};

const gsize nlv_n_link_fields = G_N_ELEMENTS (nlv_link_fields);

gboolean
nlv_link_is_loopback (const NlvLink *link)
{
  return link->hardware_type == ARPHRD_LOOPBACK;
}

/* A locally administered MAC that is always the same for the same name. */
static void
make_hardware_address (const char *name, guint8 address[6])
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize len = sizeof digest;

  g_checksum_update (checksum, (const guchar *) name, -1);
  g_checksum_get_digest (checksum, digest, &len);
  memcpy (address, digest, 6);
  address[0] = (guint8) ((address[0] & 0xfc) | 0x02);
}

void
nlv_link_init_default (NlvLink *link, const NlvLinkDefaults *defaults)
{
  gboolean carrier = defaults->carrier != 0, is_bridge = g_strcmp0 (defaults->kind, "bridge") == 0;

  nlv_link_init_like_kernel (link, defaults->name, defaults->kind);
  link->has_lower = defaults->has_lower;
  if (!nlv_link_is_loopback (link))
    link->address_generation = IN6_ADDR_GEN_MODE_NONE;
  if (link->address_length == 6 && !nlv_link_is_loopback (link))
    make_hardware_address (link->name, link->address);
  /* br_port_state_selection() gives a bridge the carrier of its ports, and
   * br_set_gso_limits() their limits. */
  if (is_bridge)
    nlv_link_set_up (link, FALSE, FALSE);
  if (is_bridge && defaults->ports_tso_max_size != 0)
    link->tso_max_size = defaults->ports_tso_max_size;
  link->slave_kind = g_strdup (defaults->master_kind);
  if (g_strcmp0 (link->slave_kind, "bridge") == 0)
    link->promiscuity = link->all_multicast = 1;
  if (defaults->carrier < 0)
    carrier = is_bridge ? defaults->up && defaults->has_ports_up : defaults->up || link->carrier;
  nlv_link_set_up (link, defaults->up, carrier);
}

guint32
nlv_link_lower_tso_max_size (guint32 so_far, const char *name, const char *kind)
{
  NlvLink port;
  guint32 size;

  nlv_link_init_like_kernel (&port, name, kind);
  size = port.tso_max_size;
  nlv_link_clear (&port);
  return so_far == 0 ? size : MIN (so_far, size);
}

void
nlv_link_set_permanent_address (NlvLink *link)
{
  if (link->kind != NULL || link->hardware_type != ARPHRD_ETHER)
    return;
  link->permanent_address_length = link->address_length;
  memcpy (link->permanent_address, link->address, sizeof link->permanent_address);
}

/* --- settings ----------------------------------------------------------------------- */

static const struct
{
  const char *key;
  const NlvName *names;
} settings[NLV_N_LINK_SETTINGS] = {
  [NLV_LINK_IPV4] = { "ipv4-settings", nlv_names_ipv4_setting },
  [NLV_LINK_IPV6] = { "ipv6-settings", nlv_names_ipv6_setting },
  [NLV_LINK_IPV6_STATE] = { "ipv6-state", nlv_names_ipv6_state },
  [NLV_LINK_IPV6_STATISTICS] = { "ipv6-statistics", NULL },
  [NLV_LINK_ICMPV6_STATISTICS] = { "icmpv6-statistics", NULL },
  [NLV_LINK_ARP] = { "arp-settings", nlv_names_neighbor_setting },
  [NLV_LINK_NDISC] = { "ndisc-settings", nlv_names_neighbor_setting },
};

static const struct
{
  const char *key;
  guint8 family;
} groups[NLV_N_GROUPS] = {
  [NLV_GROUPS_IPV4] = { "ipv4-groups", AF_INET },
  [NLV_GROUPS_IPV6] = { "ipv6-groups", AF_INET6 },
  [NLV_GROUPS_ANYCAST] = { "ipv6-anycast", AF_INET6 },
};

void
nlv_link_read_settings (NlvSection *section, NlvLink *link)
{
  guint8 family = AF_INET6;

  nlv_read_ip (section, "ipv6-token", &family, &link->ipv6_token);
  for (guint i = 0; i < NLV_N_LINK_SETTINGS; i++)
    nlv_read_settings (section, settings[i].key, settings[i].names, &link->settings[i]);
  for (guint i = 0; i < NLV_N_GROUPS; i++)
    nlv_read_groups (section, groups[i].key, groups[i].family, &link->groups[i]);
}

void
nlv_link_write_settings (GString *text, const NlvLink *link)
{
  static const NlvIp no_token;

  if (memcmp (link->ipv6_token.bytes, no_token.bytes, sizeof no_token) != 0)
    nlv_write_ip (text, "ipv6-token", AF_INET6, &link->ipv6_token);
  for (guint i = 0; i < NLV_N_LINK_SETTINGS; i++)
    {
      /* A link's state is said once it changes: it may well be the usual one again. */
      g_autoptr (GArray) state = i == NLV_LINK_IPV6_STATE ? nlv_link_unusual_settings (link, i) : NULL;

      nlv_write_settings (text, settings[i].key, settings[i].names,
                          i == NLV_LINK_IPV6_STATE ? state : link->settings[i]);
    }
  for (guint i = 0; i < NLV_N_GROUPS; i++)
    nlv_write_groups (text, groups[i].key, groups[i].family, link->groups[i]);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [neighbor LABEL] */
#include "model/file/table-file-groups.h"

#include <linux/neighbour.h>
#include <string.h>

#define NEIGHBOR(kind, key, member, names) NLV_FIELD (kind, key, NlvNeighbor, member, names)

static const NlvField fields[] = {
  NEIGHBOR (NUMBER, "state", state, nlv_names_neighbor_state),
  NEIGHBOR (FLAGS, "flags", flags, nlv_names_neighbor_flag),
  NEIGHBOR (NUMBER, "extended-flags", extended_flags, NULL),
  NEIGHBOR (NUMBER, "type", type, nlv_names_route_type),
  NEIGHBOR (NUMBER, "protocol", protocol, nlv_names_protocol),
  NEIGHBOR (NUMBER, "probes", probes, NULL),
  NEIGHBOR (NUMBER, "confirmed", times.ndm_confirmed, NULL),
  NEIGHBOR (NUMBER, "used", times.ndm_used, NULL),
  NEIGHBOR (NUMBER, "updated", times.ndm_updated, NULL),
  NEIGHBOR (NUMBER, "references", times.ndm_refcnt, NULL),
};

/* A proxy entry has no MAC and no state of its own. */
static NlvNeighbor
make_default (guint8 family, gboolean proxy, gboolean router)
{
  return (NlvNeighbor){ .family = family,
                        .type = family == AF_BRIDGE ? RTN_UNSPEC : RTN_UNICAST,
                        .state = proxy ? NUD_NONE : NUD_PERMANENT,
                        .flags = (guint8) ((proxy ? NTF_PROXY : 0) | (router ? NTF_ROUTER : 0)),
                        .proxy = proxy };
}

static gboolean
read_addresses (NlvSection *section, NlvNeighbor *neighbor)
{
  if (neighbor->family != 0 && neighbor->family != AF_INET && neighbor->family != AF_INET6 &&
      neighbor->family != AF_BRIDGE)
    nlv_section_fault (section, "family", "expected ipv4, ipv6 or bridge");
  if (neighbor->family == AF_BRIDGE)
    {
      guint8 any_family = 0;

      nlv_read_ip (section, "address", &any_family, &neighbor->destination);
    }
  else if (!nlv_read_ip (section, "address", &neighbor->family, &neighbor->destination) &&
           !nlv_section_has (section, "address"))
    nlv_section_fault (section, NULL, "expected the key address");
  nlv_read_hardware_address (section, "mac-address", neighbor->address, &neighbor->address_length);
  return !section->faulty;
}

void
nlv_neighbor_read (NlvTableReader *reader, NlvSection *section)
{
  gboolean proxy = FALSE, router = FALSE;
  guint64 family = 0;
  NlvNeighbor neighbor;

  nlv_read_boolean (section, "proxy", &proxy);
  nlv_read_boolean (section, "router", &router);
  nlv_read_number (section, "family", nlv_names_family, G_MAXUINT8, &family);
  neighbor = make_default ((guint8) family, proxy, router);
  /* A proxy entry may be for all links. */
  if (!nlv_device_read (reader, section, "device", &neighbor.link) && !nlv_section_has (section, "device") && !proxy)
    nlv_section_fault (section, NULL, "expected the key device");
  read_addresses (section, &neighbor);
  nlv_fields_read (fields, G_N_ELEMENTS (fields), section, &neighbor);
  nlv_read_raw_attrs (section, &neighbor.extra);
  if (section->faulty)
    nlv_neighbor_clear (&neighbor);
  else if (nlv_network_add_neighbor (reader->network, &neighbor) == NULL)
    nlv_section_fault (section, "address", "the link has this neighbor already");
}

static void
write_neighbor (GString *text, NlvNetwork *network, const NlvNeighbor *neighbor, guint number)
{
  gboolean router = (neighbor->flags & NTF_ROUTER) != 0;
  NlvNeighbor reference = make_default (neighbor->family, neighbor->proxy, router);
  static const NlvIp any;

  g_string_append_printf (text, "\n[neighbor %u]\n", number);
  if (neighbor->link != 0 || !neighbor->proxy)
    nlv_device_write (text, "device", network, neighbor->link);
  if (neighbor->family != AF_BRIDGE)
    nlv_write_ip (text, "address", neighbor->family, &neighbor->destination);
  else
    {
      g_string_append (text, "family=bridge\n");
      if (memcmp (neighbor->destination.words + 1, any.words, 12) != 0)
        nlv_write_ip (text, "address", AF_INET6, &neighbor->destination);
      else if (neighbor->destination.v4 != 0)
        nlv_write_ip (text, "address", AF_INET, &neighbor->destination);
    }
  if (neighbor->address_length != 0)
    nlv_write_hardware_address (text, "mac-address", neighbor->address, neighbor->address_length);
  if (neighbor->proxy)
    g_string_append (text, "proxy=true\n");
  if (router)
    g_string_append (text, "router=true\n");
  nlv_fields_write (fields, G_N_ELEMENTS (fields), neighbor, &reference, text);
  nlv_write_raw_attrs (text, neighbor->extra);
}

void
nlv_neighbors_write (NlvNetwork *network, GString *text)
{
  for (guint i = 0; i < nlv_network_get_n_neighbors (network); i++)
    write_neighbor (text, network, nlv_network_get_neighbor (network, i), i + 1);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_GETADDRLABEL: RFC 6724's address labels. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/if_addrlabel.h>
#include <string.h>

const NlvPolicy nlv_label_policy[IFAL_MAX + 1] = {
  [IFAL_ADDRESS] = { .kind = NLV_KIND_UNSPEC, .len = 16 },
  [IFAL_LABEL] = { .kind = NLV_KIND_UNSPEC, .len = 4 },
};

const NlvAddressLabel *
nlv_network_get_labels (NlvNetwork *network, guint *n)
{
  const GArray *own = nlv_network_get_globals (network)->labels;

  if (own == NULL)
    return nlv_usual_labels (n);
  *n = own->len;
  return (const NlvAddressLabel *) own->data;
}

static gboolean
label_holds (const NlvAddressLabel *label, const NlvIp *ip, guint32 link)
{
  return (label->link == 0 || label->link == link) && nlv_ip_in_prefix (ip, &label->prefix, label->length, AF_INET6);
}

guint32
nlv_address_label (NlvNetwork *network, const NlvIp *ip, guint32 link)
{
  guint n;
  const NlvAddressLabel *labels = nlv_network_get_labels (network, &n);

  for (guint i = 0; i < n; i++)
    if (label_holds (&labels[i], ip, link))
      return labels[i].label;
  return G_MAXUINT32; /* IPV6_ADDR_LABEL_DEFAULT */
}

/* Labels of ::1 and of an embedded IPv4 address are for addresses of just that
 * type, and ip6addrlbl_get() names the type in another way: it never finds them. */
static gboolean
is_of_special_type (const NlvAddressLabel *label)
{
  static const NlvIp any;

  return (label->length == 128 && nlv_ipv6_is_loopback (&label->prefix)) ||
         (label->length == 96 && memcmp (&label->prefix, &any, 12) == 0 && g_ntohl (label->prefix.words[3]) > 1);
}

static const NlvAddressLabel *
find_label (NlvNetwork *network, const NlvIp *ip, guint32 link)
{
  guint n;
  const NlvAddressLabel *labels = nlv_network_get_labels (network, &n);

  for (guint i = 0; i < n; i++)
    if (!is_of_special_type (&labels[i]) && label_holds (&labels[i], ip, link))
      return &labels[i];
  return NULL;
}

/* ip6addrlbl_fill() */
static void
put_label (NlvNetwork *network, NlvWriter *writer, struct ifaddrlblmsg *header, const NlvAddressLabel *label)
{
  guint32 sequence = nlv_network_get_globals (network)->label_sequence;
  guint n;

  nlv_usual_labels (&n);
  header->ifal_family = AF_INET6;
  header->ifal_prefixlen = label->length;
  header->ifal_index = label->link;
  header->ifal_seq = sequence != 0 ? sequence : n;
  nlv_put (writer, IFAL_ADDRESS, label->prefix.bytes, 16);
  nlv_put_u32 (writer, IFAL_LABEL, label->label);
}

int
nlv_dump_address_labels (NlvWalk *walk, NlvWriter *writer)
{
  NlvNetwork *network = walk->dump.network;
  struct ifaddrlblmsg header;
  guint n;
  const NlvAddressLabel *labels = nlv_network_get_labels (network, &n);

  if (walk->dump.caller.strict)
    {
      if (!nlv_request_header (&walk->request, &header, sizeof header))
        return nlv_walk_refuse (walk, -EINVAL, "ipv6: Invalid header for address label dump request");
      if (header.__ifal_reserved != 0 || header.ifal_prefixlen != 0 || header.ifal_flags != 0 ||
          header.ifal_index != 0 || header.ifal_seq != 0)
        return nlv_walk_refuse (walk, -EINVAL, "ipv6: Invalid values in header for address label dump request");
      if (nlv_request_body (&walk->request).len > sizeof header)
        return nlv_walk_refuse (walk, -EINVAL, "ipv6: Invalid data after header for address label dump request");
    }
  for (; walk->position < n; walk->position++)
    {
      struct ifaddrlblmsg *out = nlv_walk_begin (walk, writer, RTM_NEWADDRLABEL, 0, sizeof *out);
      if (out != NULL)
        put_label (network, writer, out, &labels[walk->position]);
      if (out == NULL || !nlv_writer_end (writer))
        return -EMSGSIZE;
    }
  return 0;
}

int
nlv_getaddrlabel (const NlvRequest *request)
{
  gboolean strict = request->caller->strict;
  struct ifaddrlblmsg header;
  NlvAttr attrs[IFAL_MAX + 1];
  NlvIp ip;
  NlvWriter writer;

  if (!nlv_request_header (request->message, &header, sizeof header))
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid header for addrlabel get request");
  if (strict && (header.__ifal_reserved != 0 || header.ifal_flags != 0 || header.ifal_seq != 0))
    return nlv_request_refuse (request, -EINVAL, "ipv6: Invalid values in header for addrlabel get request");
  int error = nlv_request_attrs (request->message, sizeof header, attrs, IFAL_MAX, nlv_label_policy,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);
  if (error < 0)
    return error;
  for (guint i = 0; strict && i <= IFAL_MAX; i++)
    if (nlv_attr_present (&attrs[i]) && i != IFAL_ADDRESS)
      return nlv_request_refuse (request, -EINVAL, "ipv6: Unsupported attribute in addrlabel get request");
  if (header.ifal_family != AF_INET6 || header.ifal_prefixlen != 128)
    return -EINVAL;
  if (header.ifal_index != 0 && nlv_network_find_link (request->network, header.ifal_index) == NULL)
    return -EINVAL;
  if (!nlv_attr_present (&attrs[IFAL_ADDRESS]))
    return -EINVAL;

  nlv_attr_copy (&attrs[IFAL_ADDRESS], &ip, sizeof ip);
  const NlvAddressLabel *label = find_label (request->network, &ip, header.ifal_index);
  if (label == NULL)
    return -ESRCH;
  struct ifaddrlblmsg *out = nlv_reply_begin (request, &writer, RTM_NEWADDRLABEL, sizeof *out);
  put_label (request->network, &writer, out, label);
  return nlv_reply_finish (request, &writer);
}

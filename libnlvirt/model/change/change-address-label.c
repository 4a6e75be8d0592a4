/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWADDRLABEL and RTM_DELADDRLABEL, of which nobody is told:
 * net/ipv6/addrlabel.c. */
#include "model/link-settings.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/if_addrlabel.h>
#include <string.h>

#define NO_LABEL G_MAXUINT32 /* IPV6_ADDR_LABEL_DEFAULT */

/* From here on the network has its own. */
static GArray *
take_labels (NlvNetwork *network)
{
  NlvGlobals *globals = nlv_network_get_globals (network);
  guint n;

  if (globals->labels == NULL)
    {
      const NlvAddressLabel *labels = nlv_network_get_labels (network, &n);

      globals->labels = g_array_new (FALSE, FALSE, sizeof (NlvAddressLabel));
      g_array_append_vals (globals->labels, labels, n);
    }
  if (globals->label_sequence == 0)
    {
      nlv_usual_labels (&n);
      globals->label_sequence = n;
    }
  return globals->labels;
}

static int
parse (const NlvRequest *request, NlvAddressLabel *label)
{
  NlvAttr attrs[IFAL_MAX + 1];
  struct ifaddrlblmsg header;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, IFAL_MAX, nlv_label_policy,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  if (header.ifal_family != AF_INET6 || header.ifal_prefixlen > 128 || !nlv_attr_present (&attrs[IFAL_ADDRESS]) ||
      !nlv_attr_present (&attrs[IFAL_LABEL]))
    return -EINVAL;
  *label = (NlvAddressLabel){ .length = header.ifal_prefixlen,
                              .label = nlv_attr_u32 (&attrs[IFAL_LABEL]),
                              .link = header.ifal_index };
  nlv_attr_copy (&attrs[IFAL_ADDRESS], &label->prefix, sizeof label->prefix);
  return label->label == NO_LABEL ? -EINVAL : 0;
}

static gboolean
is_same (const NlvAddressLabel *a, const NlvAddressLabel *b)
{
  return a->length == b->length && a->link == b->link && nlv_ip_equal (&a->prefix, &b->prefix, AF_INET6);
}

/* An IPv4 address in an IPv6 one has no label of its own: ip6addrlbl_alloc(). */
static gboolean
is_mapped (const NlvIp *ip)
{
  static const guint8 mapped[12] = { [10] = 0xff, [11] = 0xff };

  return memcmp (ip->bytes, mapped, sizeof mapped) == 0;
}

static gboolean
find_label (NlvNetwork *network, const NlvAddressLabel *like, guint *place)
{
  guint n;
  const NlvAddressLabel *labels = nlv_network_get_labels (network, &n);

  for (guint i = 0; i < n; i++)
    if (is_same (&labels[i], like))
      {
        *place = i;
        return TRUE;
      }
  return FALSE;
}

/* __ip6addrlbl_add(): the longest prefix first, and in front of those of all links
 * with the same length. It looks for the same one only up to there. TRUE: it is there. */
static gboolean
find_place (NlvNetwork *network, const NlvAddressLabel *label, guint *place)
{
  guint n;
  const NlvAddressLabel *labels = nlv_network_get_labels (network, &n);

  for (*place = 0; *place < n; (*place)++)
    {
      const NlvAddressLabel *at = &labels[*place];

      if (is_same (at, label))
        return TRUE;
      if (at->length < label->length || (at->length == label->length && at->link == 0))
        return FALSE;
    }
  return FALSE;
}

int
nlv_newaddrlabel (const NlvRequest *request)
{
  gboolean replace = (request->message->header.nlmsg_flags & NLM_F_REPLACE) != 0;
  NlvAddressLabel label;
  GArray *labels;
  guint place;
  int error = parse (request, &label);

  if (error < 0)
    return error;
  if (label.link != 0 && nlv_network_find_link (request->network, label.link) == NULL)
    return -EINVAL;
  if (is_mapped (&label.prefix) && label.length > 96)
    return -EINVAL;
  nlv_ip_mask (&label.prefix, label.length, AF_INET6);
  if (!find_place (request->network, &label, &place))
    g_array_insert_val (take_labels (request->network), place, label);
  else if (replace)
    {
      labels = take_labels (request->network);
      g_array_index (labels, NlvAddressLabel, place) = label;
    }
  else
    return -EEXIST;
  nlv_network_get_globals (request->network)->label_sequence++;
  nlv_globals_forget_usual_labels (nlv_network_get_globals (request->network));
  return 0;
}

int
nlv_deladdrlabel (const NlvRequest *request)
{
  NlvAddressLabel label;
  guint place;
  int error = parse (request, &label);

  if (error < 0)
    return error;
  nlv_ip_mask (&label.prefix, label.length, AF_INET6);
  if (!find_label (request->network, &label, &place))
    return -ESRCH;
  g_array_remove_index (take_labels (request->network), place);
  nlv_globals_forget_usual_labels (nlv_network_get_globals (request->network));
  return 0;
}

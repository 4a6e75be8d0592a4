/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A link's alternative names: RTM_NEWLINKPROP and RTM_DELLINKPROP.
 * rtnl_linkprop(). */
#include "model/change/change-link.h"

#include <errno.h>
#include <string.h>

/* nla_total_size (ALTIFNAMSIZ), which is reckoned for each name. */
#define NAME_ROOM (NLA_HDRLEN + NLV_ALT_NAME_SIZE)

static gboolean
has_room (const NlvLink *link)
{
  gsize n = link->alt_names != NULL ? link->alt_names->len : 0;
  gsize size = n > 0 ? NLA_HDRLEN + n * NAME_ROOM : 0;

  return size + NAME_ROOM < G_MAXUINT16;
}

/* netdev_name_node_alt_create() and _destroy() */
static int
change_name (const NlvRequest *request, NlvLink *link, const char *name)
{
  NlvLink *holder = nlv_network_find_link_by_name (request->network, name);

  if (request->message->header.nlmsg_type == RTM_NEWLINKPROP)
    {
      if (!has_room (link))
        return nlv_request_refuse (request, -EINVAL, "effective property list too long");
      return nlv_network_add_alt_name (request->network, link, name) ? 0 : -EEXIST;
    }
  if (holder == NULL)
    return -ENOENT;
  return holder == link && nlv_network_remove_alt_name (request->network, link, name) ? 0 : -EINVAL;
}

static int
change_property (const NlvRequest *request, NlvLink *link, const NlvAttr *attr)
{
  /* The attribute with its header is checked once more, by itself. */
  NlvSpan whole = nlv_span (attr->payload.data - NLA_HDRLEN, NLA_HDRLEN + attr->payload.len);
  g_autofree char *name = NULL;
  int error = nlv_attrs_parse (whole, NULL, NLV_IFLA_MAX, nlv_link_policy, NLV_VALIDATE_STRICT, request->extack);

  if (error < 0)
    return error;
  name = nlv_attr_dup_string (attr);
  return change_name (request, link, name);
}

int
nlv_linkprop (const NlvRequest *request)
{
  NlvAttr attrs[NLV_IFLA_MAX + 1], attr;
  struct ifinfomsg header;
  NlvChange change;
  gboolean changed = FALSE;
  NlvLink *link;
  NlvSpan rest;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, NLV_IFLA_MAX, nlv_link_policy,
                                 NLV_VALIDATE_STRICT, request->extack);

  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[IFLA_NET_NS_PID]) || nlv_attr_present (&attrs[IFLA_NET_NS_FD]))
    return nlv_request_refuse (request, -EOPNOTSUPP, "specified netns attribute not supported");
  nlv_request_header (request->message, &header, sizeof header);
  if (header.ifi_index <= 0 && !nlv_link_is_named (attrs))
    return -EINVAL;
  link = nlv_link_find_asked (request->network, &header, attrs);
  if (link == NULL)
    return -ENODEV;
  rest = attrs[IFLA_PROP_LIST].payload;
  while (nlv_attr_next (&rest, &attr))
    {
      if (attr.type != IFLA_ALT_IFNAME)
        continue;
      error = change_property (request, link, &attr);
      if (error < 0)
        return error;
      changed = TRUE;
    }
  nlv_change_init_request (&change, request);
  if (changed)
    nlv_link_state_changed (&change, link);
  return 0;
}

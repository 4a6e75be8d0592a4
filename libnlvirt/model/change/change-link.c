/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* RTM_NEWLINK and RTM_SETLINK: which link, or which group of them, a request is
 * about. rtnl_newlink() and rtnl_setlink(). */
#include "model/device/link-kind.h"

#include <errno.h>
#include <string.h>

/* PID_MAX_LIMIT on 64-bit machines */
#define MAX_PID (4 * 1024 * 1024)

static const NlvPolicy info_policy[IFLA_INFO_MAX + 1] = {
  [IFLA_INFO_KIND] = { .kind = NLV_KIND_STRING },
  [IFLA_INFO_DATA] = { .kind = NLV_KIND_BINARY },
  [IFLA_INFO_SLAVE_KIND] = { .kind = NLV_KIND_STRING },
  [IFLA_INFO_SLAVE_DATA] = { .kind = NLV_KIND_BINARY },
};

static gboolean
has (const NlvAttr *attrs, guint16 type)
{
  return nlv_attr_present (&attrs[type]);
}

/* rtnl_ensure_unique_netns() */
static int
check_namespaces (const NlvRequest *request, const NlvAttr *attrs)
{
  if (has (attrs, IFLA_NET_NS_PID) + has (attrs, IFLA_NET_NS_FD) + has (attrs, IFLA_TARGET_NETNSID) > 1)
    return nlv_request_refuse (request, -EINVAL, "multiple netns identifying attributes specified");
  return 0;
}

/* rtnl_link_get_net_capable(). Other namespaces are none of the network's, so
 * nobody is allowed to put a link there. A port id that is a process's own pid
 * tells who it is. */
int
nlv_link_check_target (const NlvRequest *request, const NlvAttr *attrs)
{
  if (has (attrs, IFLA_NET_NS_PID))
    {
      guint32 pid = nlv_attr_u32 (&attrs[IFLA_NET_NS_PID]);

      if (pid == 0 || pid > MAX_PID)
        return -ESRCH;
      return pid == request->caller->port ? 0 : -EPERM;
    }
  if (has (attrs, IFLA_NET_NS_FD))
    return (gint32) nlv_attr_u32 (&attrs[IFLA_NET_NS_FD]) < 0 ? -EBADF : -EPERM;
  if (has (attrs, IFLA_TARGET_NETNSID))
    return nlv_other_netns_error (request->network, &attrs[IFLA_TARGET_NETNSID]);
  return 0;
}

static int
parse (NlvLinkRequest *self, const NlvRequest *request)
{
  int error = nlv_request_attrs (request->message, sizeof self->header, self->attrs, NLV_IFLA_MAX, nlv_link_policy,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  self->request = request;
  nlv_change_init_request (&self->change, request);
  nlv_request_header (request->message, &self->header, sizeof self->header);
  memset (self->info, 0, sizeof self->info);
  return check_namespaces (request, self->attrs);
}

static int
parse_info (NlvLinkRequest *self)
{
  const NlvAttr *info = &self->attrs[IFLA_LINKINFO];

  if (!nlv_attr_present (info))
    return 0;
  return nlv_attrs_parse (info->payload, self->info, IFLA_INFO_MAX, info_policy, NLV_VALIDATE_LIBERAL, NULL);
}

gboolean
nlv_link_is_named (const NlvAttr *attrs)
{
  return has (attrs, IFLA_IFNAME) || has (attrs, IFLA_ALT_IFNAME);
}

/* rtnl_dev_get() */
static NlvLink *
find_named (NlvNetwork *network, const NlvAttr *attrs)
{
  const NlvAttr *name = has (attrs, IFLA_IFNAME) ? &attrs[IFLA_IFNAME] : &attrs[IFLA_ALT_IFNAME];
  g_autofree char *string = nlv_attr_dup_string (name);

  return nlv_network_find_link_by_name (network, string);
}

NlvLink *
nlv_link_find_asked (NlvNetwork *network, const struct ifinfomsg *header, const NlvAttr *attrs)
{
  if (header->ifi_index > 0)
    return nlv_network_find_link (network, (guint32) header->ifi_index);
  return nlv_link_is_named (attrs) ? find_named (network, attrs) : NULL;
}

/* rtnl_changelink() */
static int
change_link (NlvLinkRequest *self, NlvLink *link)
{
  guint16 flags = self->request->message->header.nlmsg_flags;
  NlvLinkStatus status = NLV_LINK_UNCHANGED;
  int error;

  if ((flags & NLM_F_EXCL) != 0)
    return -EEXIST;
  if ((flags & NLM_F_REPLACE) != 0)
    return -EOPNOTSUPP;
  error = nlv_link_change_kind (self, link, &status);
  return error < 0 ? error : nlv_link_set (self, link, status);
}

/* rtnl_group_changelink() */
static int
change_group (NlvLinkRequest *self, guint32 group)
{
  NlvNetwork *network = self->request->network;
  guint n = nlv_network_get_n_links (network);
  g_autofree guint32 *indexes = g_new (guint32, n);

  for (guint i = 0; i < n; i++)
    indexes[i] = nlv_network_get_link_by_age (network, i)->index;
  for (guint i = 0; i < n; i++)
    {
      NlvLink *link = nlv_network_find_link (network, indexes[i]);
      int error = link != NULL && link->group == group ? nlv_link_set (self, link, NLV_LINK_UNCHANGED) : 0;

      if (error < 0)
        return error;
    }
  return 0;
}

/* __rtnl_newlink() without NLM_F_CREATE */
static int
change_missing (NlvLinkRequest *self)
{
  if (self->header.ifi_index > 0 || nlv_link_is_named (self->attrs) || !has (self->attrs, IFLA_GROUP))
    return -ENODEV;
  return change_group (self, nlv_attr_u32 (&self->attrs[IFLA_GROUP]));
}

int
nlv_newlink (const NlvRequest *request)
{
  NlvLinkRequest self;
  NlvLink *link;
  int error = parse (&self, request);

  if (error < 0)
    return error;
  error = parse_info (&self);
  if (error == 0)
    error = nlv_link_parse_kind (&self);
  if (error == 0 && self.kind != NULL && self.kind->prepare != NULL)
    error = self.kind->prepare (&self);
  if (error < 0)
    return error;
  error = nlv_link_check_target (request, self.attrs);
  if (error < 0)
    return error;
  if (has (self.attrs, IFLA_LINK_NETNSID) &&
      !nlv_knows_netns (request->network, (gint32) nlv_attr_u32 (&self.attrs[IFLA_LINK_NETNSID])))
    return nlv_request_refuse (request, -EINVAL, "Unknown network namespace id");
  if (self.header.ifi_index < 0)
    return nlv_request_refuse (request, -EINVAL, "ifindex can't be negative");
  link = nlv_link_find_asked (request->network, &self.header, self.attrs);
  if (link != NULL)
    return change_link (&self, link);
  if ((request->message->header.nlmsg_flags & NLM_F_CREATE) == 0)
    return change_missing (&self);
  if (has (self.attrs, IFLA_MAP) || has (self.attrs, IFLA_PROTINFO))
    return -EOPNOTSUPP;
  if (self.kind == NULL)
    return nlv_request_refuse (request, -EOPNOTSUPP, "Unknown device type");
  /* What it would stand on is not known here. */
  if (has (self.attrs, IFLA_LINK_NETNSID))
    return -EPERM;
  return nlv_link_create (&self);
}

int
nlv_setlink (const NlvRequest *request)
{
  NlvLinkRequest self;
  NlvLink *link;
  int error = parse (&self, request);

  if (error < 0)
    return error;
  error = nlv_link_check_target (request, self.attrs);
  if (error < 0)
    return error;
  if (self.header.ifi_index <= 0 && !nlv_link_is_named (self.attrs))
    return -EINVAL;
  link = nlv_link_find_asked (request->network, &self.header, self.attrs);
  return link != NULL ? nlv_link_set (&self, link, NLV_LINK_UNCHANGED) : -ENODEV;
}

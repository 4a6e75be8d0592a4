/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The numbers of other namespaces, and what no link here has. */
#include "model/rtnetlink/rtnetlink-private.h"

#include <errno.h>
#include <linux/dcbnl.h>
#include <linux/net_namespace.h>

/* PID_MAX_LIMIT */
#define MAX_PID (4 * 1024 * 1024)

static const NlvPolicy netns_policy[NETNSA_MAX + 1] = {
  [NETNSA_NSID] = { .kind = NLV_KIND_S32 },
  [NETNSA_PID] = { .kind = NLV_KIND_U32 },
  [NETNSA_FD] = { .kind = NLV_KIND_U32 },
  [NETNSA_TARGET_NSID] = { .kind = NLV_KIND_S32 },
};

#define DCB_IS_SET(command) ((1u << (command)) & DCB_SETTERS)
#define DCB_SETTERS                                                                                                    \
  (1u << DCB_CMD_SSTATE | 1u << DCB_CMD_PGTX_SCFG | 1u << DCB_CMD_PGRX_SCFG | 1u << DCB_CMD_PFC_SCFG |                 \
   1u << DCB_CMD_SET_ALL | 1u << DCB_CMD_SNUMTCS | 1u << DCB_CMD_PFC_SSTATE | 1u << DCB_CMD_BCN_SCFG |                 \
   1u << DCB_CMD_SAPP | 1u << DCB_CMD_IEEE_SET | 1u << DCB_CMD_SDCBX | 1u << DCB_CMD_SFEATCFG |                        \
   1u << DCB_CMD_IEEE_DEL)

/* dcb_doit(): no device has a handler. */
int
nlv_getdcb (const NlvRequest *request)
{
  static const NlvPolicy policy[DCB_ATTR_MAX + 1] = {
    [DCB_ATTR_IFNAME] = { .kind = NLV_KIND_NUL_STRING, .len = IFNAMSIZ - 1 },
    [DCB_ATTR_STATE] = { .kind = NLV_KIND_U8 },
    [DCB_ATTR_PFC_STATE] = { .kind = NLV_KIND_U8 },
    [DCB_ATTR_PFC_CFG] = { .kind = NLV_KIND_NESTED },
    [DCB_ATTR_PG_CFG] = { .kind = NLV_KIND_NESTED },
    [DCB_ATTR_SET_ALL] = { .kind = NLV_KIND_U8 },
    [DCB_ATTR_PERM_HWADDR] = { .kind = NLV_KIND_FLAG },
    [DCB_ATTR_CAP] = { .kind = NLV_KIND_NESTED },
    [DCB_ATTR_BCN] = { .kind = NLV_KIND_NESTED },
    [DCB_ATTR_APP] = { .kind = NLV_KIND_NESTED },
    [DCB_ATTR_IEEE] = { .kind = NLV_KIND_NESTED },
    [DCB_ATTR_DCBX] = { .kind = NLV_KIND_U8 },
    [DCB_ATTR_FEATCFG] = { .kind = NLV_KIND_NESTED },
  };
  NlvAttr attrs[DCB_ATTR_MAX + 1];
  struct dcbmsg header;
  int error = nlv_request_attrs (request->message, sizeof header, attrs, DCB_ATTR_MAX, policy, NLV_VALIDATE_LIBERAL,
                                 request->extack);

  if (error < 0)
    return error;
  nlv_request_header (request->message, &header, sizeof header);
  if (header.cmd > DCB_CMD_MAX)
    return -EINVAL;
  if (header.cmd == DCB_CMD_UNDEFINED)
    return -EOPNOTSUPP;
  if (DCB_IS_SET (header.cmd) && !request->caller->admin)
    return -EPERM;
  if (!nlv_attr_present (&attrs[DCB_ATTR_IFNAME]))
    return -EINVAL;
  g_autofree char *name = nlv_attr_dup_string (&attrs[DCB_ATTR_IFNAME]);
  return nlv_network_find_link_by_name (request->network, name) != NULL ? -EOPNOTSUPP : -ENODEV;
}

/* The least number of a namespace that is @from or more, of those that are
 * known or that links have their other end in; -1 when there is none. */
static gint32
next_netns (NlvNetwork *network, gint32 from)
{
  const GArray *known = nlv_network_get_globals (network)->namespaces;
  gint32 found = -1;

  for (guint i = 0; i < nlv_network_get_n_links (network); i++)
    {
      const NlvLink *link = nlv_network_get_link (network, i);
      if (link->has_lower && link->lower_netns >= from && (found < 0 || link->lower_netns < found))
        found = link->lower_netns;
    }
  for (guint i = 0; known != NULL && i < known->len; i++)
    {
      gint32 id = g_array_index (known, gint32, i);
      if (id >= from && (found < 0 || id < found))
        found = id;
    }
  return found;
}

gboolean
nlv_knows_netns (NlvNetwork *network, gint32 id)
{
  return id >= 0 && next_netns (network, id) == id;
}

int
nlv_other_netns_error (NlvNetwork *network, const NlvAttr *attr)
{
  gint32 id = (gint32) nlv_attr_u32 (attr);

  return nlv_knows_netns (network, id) ? -EACCES : -EINVAL;
}

/* rtnl_valid_dump_net_req() */
static int
check_dump_netns (NlvWalk *walk)
{
  NlvAttr attrs[NETNSA_MAX + 1];

  if (!walk->dump.caller.strict)
    return 0;
  int error = nlv_request_attrs (&walk->request, sizeof (struct rtgenmsg), attrs, NETNSA_MAX, netns_policy,
                                 NLV_VALIDATE_DEPRECATED_STRICT, &walk->dump.why);
  if (error < 0)
    return error;
  for (guint i = 0; i <= NETNSA_MAX; i++)
    {
      if (!nlv_attr_present (&attrs[i]))
        continue;
      nlv_extack_set (&walk->dump.why,
                      i == NETNSA_TARGET_NSID ? "Invalid target network namespace id"
                                              : "Unsupported attribute in dump request",
                      &attrs[i]);
      return i == NETNSA_TARGET_NSID ? nlv_other_netns_error (walk->dump.network, &attrs[i]) : -EINVAL;
    }
  return 0;
}

/* rtnl_net_dumpid() */
int
nlv_dump_netns_ids (NlvWalk *walk, NlvWriter *writer)
{
  int error = nlv_walk_check (walk, check_dump_netns);
  gint32 id;

  if (error < 0)
    return error;
  while (walk->position <= G_MAXINT32 && (id = next_netns (walk->dump.network, walk->position)) >= 0)
    {
      if (nlv_walk_begin (walk, writer, RTM_NEWNSID, 0, sizeof (struct rtgenmsg)) == NULL)
        return -EMSGSIZE;
      nlv_put_u32 (writer, NETNSA_NSID, id);
      if (!nlv_writer_end (writer))
        return -EMSGSIZE;
      walk->position = (guint32) id + 1;
    }
  return 0;
}

/* rtnl_net_valid_getid_req() */
static int
parse_getnsid (const NlvRequest *request, NlvAttr *attrs)
{
  gboolean strict = request->caller->strict;
  int error = nlv_request_attrs (request->message, sizeof (struct rtgenmsg), attrs, NETNSA_MAX, netns_policy,
                                 strict ? NLV_VALIDATE_DEPRECATED_STRICT : NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0 || !strict)
    return error;
  for (guint i = 0; i <= NETNSA_MAX; i++)
    if (nlv_attr_present (&attrs[i]) && i != NETNSA_PID && i != NETNSA_FD && i != NETNSA_NSID &&
        i != NETNSA_TARGET_NSID)
      return nlv_request_refuse (request, -EINVAL, "Unsupported attribute in peer netns getid request");
  return 0;
}

/* What no other namespace can be found by. */
static int
refuse_reference (const NlvRequest *request, const NlvAttr *attr, int error)
{
  nlv_extack_set (request->extack, "Peer netns reference is invalid", attr);
  return error;
}

/* The namespace that a request names by a pid or fd which cannot be one. */
static int
check_reference (const NlvRequest *request, const NlvAttr *attrs)
{
  if (nlv_attr_present (&attrs[NETNSA_PID]))
    {
      guint32 pid = nlv_attr_u32 (&attrs[NETNSA_PID]);

      return pid == 0 || pid > MAX_PID ? refuse_reference (request, &attrs[NETNSA_PID], -ESRCH) : 0;
    }
  if ((gint32) nlv_attr_u32 (&attrs[NETNSA_FD]) < 0)
    return refuse_reference (request, &attrs[NETNSA_FD], -EBADF);
  return 0;
}

/* rtnl_net_newid(), which gives another namespace a number: of those that a program
 * could name, the network knows nothing. */
int
nlv_newnsid (const NlvRequest *request)
{
  NlvAttr attrs[NETNSA_MAX + 1];
  int error = nlv_request_attrs (request->message, sizeof (struct rtgenmsg), attrs, NETNSA_MAX, netns_policy,
                                 NLV_VALIDATE_LIBERAL, request->extack);

  if (error < 0)
    return error;
  if (!nlv_attr_present (&attrs[NETNSA_NSID]))
    return nlv_request_refuse (request, -EINVAL, "nsid is missing");
  if (!nlv_attr_present (&attrs[NETNSA_PID]) && !nlv_attr_present (&attrs[NETNSA_FD]))
    return nlv_request_refuse (request, -EINVAL, "Peer netns reference is missing");
  error = check_reference (request, attrs);
  return error < 0 ? error : -EOPNOTSUPP;
}

/* rtnl_net_getid(). A program's own pids and fds name namespaces that the
 * network knows nothing of. */
int
nlv_getnsid (const NlvRequest *request)
{
  NlvAttr attrs[NETNSA_MAX + 1];
  NlvWriter writer;
  gint32 id = NETNSA_NSID_NOT_ASSIGNED;
  int error = parse_getnsid (request, attrs);

  if (error < 0)
    return error;
  if (nlv_attr_present (&attrs[NETNSA_PID]) || nlv_attr_present (&attrs[NETNSA_FD]))
    {
      error = check_reference (request, attrs);
      if (error < 0)
        return error;
    }
  else if (nlv_attr_present (&attrs[NETNSA_NSID]))
    {
      id = nlv_attr_u32 (&attrs[NETNSA_NSID]);
      if (!nlv_knows_netns (request->network, id))
        return refuse_reference (request, &attrs[NETNSA_NSID], -ENOENT);
    }
  else
    return nlv_request_refuse (request, -EINVAL, "Peer netns reference is missing");
  if (nlv_attr_present (&attrs[NETNSA_TARGET_NSID]))
    {
      nlv_extack_set (request->extack, "Target netns reference is invalid", &attrs[NETNSA_TARGET_NSID]);
      return nlv_other_netns_error (request->network, &attrs[NETNSA_TARGET_NSID]);
    }

  nlv_reply_begin (request, &writer, RTM_NEWNSID, sizeof (struct rtgenmsg));
  nlv_put_u32 (&writer, NETNSA_NSID, id);
  return nlv_reply_finish (request, &writer);
}

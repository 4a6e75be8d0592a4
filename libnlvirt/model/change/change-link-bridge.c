/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bridges and their ports set by AF_BRIDGE: rtnl_bridge_setlink() and
 * rtnl_bridge_dellink(). */
#include "model/device/bridge.h"

#include <errno.h>
#include <linux/if_bridge.h>

#define MAX_VLAN 4095

typedef struct
{
  NlvChange change;
  guint16 type;    /* RTM_SETLINK, RTM_DELLINK */
  NlvLink *link;   /* that is named */
  NlvLink *bridge; /* that it is, or is a port of */
  NlvSpan attrs;   /* of the request */
  guint16 flags;   /* IFLA_BRIDGE_FLAGS */
  gboolean changed;
} Request;

/* --- VLANs ---------------------------------------------------------------------------- */

/* br_vlan_valid_range() */
static const char *
range_fault (const struct bridge_vlan_info *vlan, const struct bridge_vlan_info *begun)
{
  if ((vlan->flags & BRIDGE_VLAN_INFO_PVID) != 0)
    return "bridge: Pvid isn't allowed in a range";
  if (begun->vid != 0 && (vlan->flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0)
    return "bridge: Found a new vlan range start while processing one";
  if (begun->vid != 0 && (vlan->flags & BRIDGE_VLAN_INFO_RANGE_END) == 0)
    return "bridge: Vlan range end flag is missing";
  if (begun->vid != 0 && vlan->vid <= begun->vid)
    return "bridge: End vlan id is less than or equal to start vlan id";
  if ((vlan->flags & (BRIDGE_VLAN_INFO_RANGE_BEGIN | BRIDGE_VLAN_INFO_RANGE_END)) == 0)
    return "bridge: Both vlan range flags are missing";
  return NULL;
}

/* br_process_vlan_info() of a kernel without VLANs on bridges: none can be
 * added, and there is none to be taken away. */
static int
process_vlan (Request *self, const NlvAttr *attr, struct bridge_vlan_info *begun)
{
  struct bridge_vlan_info vlan;
  const char *fault = NULL;

  if (attr->payload.len != sizeof vlan)
    return -EINVAL;
  nlv_attr_copy (attr, &vlan, sizeof vlan);
  if (vlan.vid == 0 || vlan.vid >= MAX_VLAN)
    return nlv_change_refuse (&self->change, -EINVAL, "bridge: Vlan id is invalid");
  if ((vlan.flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0 || begun->vid != 0)
    fault = range_fault (&vlan, begun);
  if (fault != NULL)
    return nlv_change_refuse (&self->change, -EINVAL, fault);
  if ((vlan.flags & BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0)
    {
      *begun = vlan;
      return 0;
    }
  begun->vid = 0;
  return self->type == RTM_SETLINK ? -EOPNOTSUPP : 0;
}

/* br_afspec() */
static int
process_family (Request *self, NlvSpan spec)
{
  struct bridge_vlan_info begun = { 0 };
  int error = 0;
  NlvAttr attr;

  while (error == 0 && nlv_attr_next (&spec, &attr))
    switch (attr.type)
      {
        case IFLA_BRIDGE_VLAN_TUNNEL_INFO:
          error = -EINVAL;
          break;
        case IFLA_BRIDGE_VLAN_INFO:
          error = process_vlan (self, &attr, &begun);
          break;
        case IFLA_BRIDGE_MRP:
        case IFLA_BRIDGE_CFM:
        case IFLA_BRIDGE_MST:
          error = -EOPNOTSUPP;
          break;
        default:
          break;
      }
  return error;
}

/* --- ports ------------------------------------------------------------------------------- */

/* An old program sends the bare state. */
static int
set_port (Request *self, const NlvAttr *info)
{
  NlvAttr attrs[NLV_IFLA_BRPORT_MAX + 1];
  int error;

  nlv_bridge_complete (self->change.network, self->bridge);
  if ((info->type_flags & NLA_F_NESTED) == 0)
    return info->payload.len < 1
             ? -EINVAL
             : nlv_bridge_set_port_state (&self->change, self->bridge, self->link, nlv_attr_u8 (info));
  error =
    nlv_attrs_parse (info->payload, attrs, NLV_IFLA_BRPORT_MAX, nlv_bridge_port_policy, NLV_VALIDATE_LIBERAL, NULL);
  return error < 0 ? error : nlv_bridge_set_port (&self->change, self->bridge, self->link, attrs);
}

static gboolean
is_port (const Request *self)
{
  return self->bridge != self->link;
}

/* br_setlink() */
static int
set_link (Request *self)
{
  NlvAttr info, spec;
  gboolean has_info = nlv_span_find_attr (self->attrs, IFLA_PROTINFO, &info);
  gboolean has_spec = nlv_span_find_attr (self->attrs, IFLA_AF_SPEC, &spec);
  int error = 0;

  if (!has_info && !has_spec)
    return 0;
  if (!is_port (self) && !has_spec)
    return -EINVAL;
  if (is_port (self) && has_info)
    {
      error = set_port (self, &info);
      if (error < 0)
        return error;
      self->changed = TRUE;
    }
  if (has_spec)
    error = process_family (self, spec.payload);
  if (self->changed)
    nlv_bridge_port_event (&self->change, self->link, RTM_NEWLINK);
  return error;
}

/* br_dellink() */
static int
delete_link (Request *self)
{
  NlvAttr spec;

  return nlv_span_find_attr (self->attrs, IFLA_AF_SPEC, &spec) ? process_family (self, spec.payload) : 0;
}

/* --- requests ------------------------------------------------------------------------------ */

static int
read_flags (Request *self)
{
  NlvAttr spec, attr;
  gboolean found = FALSE;

  if (!nlv_span_find_attr (self->attrs, IFLA_AF_SPEC, &spec))
    return 0;
  while (nlv_attr_next (&spec.payload, &attr))
    {
      if (attr.type != IFLA_BRIDGE_FLAGS && attr.type != IFLA_BRIDGE_MODE)
        continue;
      if (attr.payload.len < sizeof (guint16))
        return -EINVAL;
      if (attr.type == IFLA_BRIDGE_FLAGS && !found)
        {
          self->flags = nlv_attr_u16 (&attr);
          found = TRUE;
        }
    }
  return 0;
}

static int
run (Request *self, NlvLink *bridge)
{
  if (bridge == NULL)
    return -EOPNOTSUPP;
  self->bridge = bridge;
  return self->type == RTM_SETLINK ? set_link (self) : delete_link (self);
}

static int
serve (const NlvRequest *request)
{
  Request self = { .type = request->message->header.nlmsg_type };
  struct ifinfomsg header;
  int error;

  if (!nlv_request_header (request->message, &header, sizeof header))
    return -EINVAL;
  nlv_change_init_request (&self.change, request);
  self.link = nlv_network_find_link (request->network, (guint32) header.ifi_index);
  if (self.link == NULL)
    return nlv_request_refuse (request, -ENODEV, "unknown ifindex");
  self.attrs = nlv_span_from (nlv_request_body (request->message), NLMSG_ALIGN (sizeof header));
  error = read_flags (&self);
  if (error == 0 && (self.flags == 0 || (self.flags & BRIDGE_FLAGS_MASTER) != 0))
    error = run (&self, nlv_bridge_of_port (request->network, self.link));
  if (error == 0 && (self.flags & BRIDGE_FLAGS_SELF) != 0)
    error = run (&self, nlv_link_is_bridge (self.link) ? self.link : NULL);
  return error;
}

int
nlv_bridge_setlink (const NlvRequest *request)
{
  return serve (request);
}

int
nlv_bridge_dellink (const NlvRequest *request)
{
  return serve (request);
}

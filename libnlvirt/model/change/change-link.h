/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Requests that change links, taken apart. */
#pragma once

#include "model/device/device.h"
#include "model/rtnetlink/rtnetlink-private.h"

/* The most types that a kind's own attributes have. */
#define NLV_LINK_KIND_MAX_TYPE 50

typedef struct
{
  const NlvRequest *request;
  NlvChange change;
  struct ifinfomsg header;
  NlvAttr attrs[NLV_IFLA_MAX + 1];
  /* RTM_NEWLINK only: */
  NlvAttr info[IFLA_INFO_MAX + 1]; /* of IFLA_LINKINFO */
  const struct _NlvLinkKind *kind; /* (nullable) */
  NlvAttr kind_attrs[NLV_LINK_KIND_MAX_TYPE + 1];
  const NlvAttr *data; /* (nullable) these */
} NlvLinkRequest;

/* What do_setlink() has done so far: DO_SETLINK_MODIFIED and _NOTIFY. */
typedef enum
{
  NLV_LINK_UNCHANGED,
  NLV_LINK_MODIFIED, /* and told */
  NLV_LINK_NOTIFY,   /* to be told at the end */
} NlvLinkStatus;

/* change-link.c */
int nlv_newlink (const NlvRequest *request);
int nlv_setlink (const NlvRequest *request);
/* By its index, name or alternative name; NULL when there is none. */
NlvLink *nlv_link_find_asked (NlvNetwork *network, const struct ifinfomsg *header, const NlvAttr *attrs);
gboolean nlv_link_is_named (const NlvAttr *attrs);
/* Whether a link may be put where the attributes say. */
int nlv_link_check_target (const NlvRequest *request, const NlvAttr *attrs);

/* change-link-delete.c */
int nlv_dellink (const NlvRequest *request);
/* change-link-bridge.c: RTM_SETLINK and RTM_DELLINK of AF_BRIDGE */
int nlv_bridge_setlink (const NlvRequest *request);
int nlv_bridge_dellink (const NlvRequest *request);

/* change-link-set.c: do_setlink() */
int nlv_link_set (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus status);
/* validate_linkmsg() */
int nlv_link_validate (NlvLinkRequest *self, const NlvLink *link);

/* change-link-family.c: IFLA_AF_SPEC */
int nlv_link_validate_families (NlvLinkRequest *self, const NlvLink *link);
int nlv_link_set_families (NlvLinkRequest *self, NlvLink *link, NlvLinkStatus *status);

/* change-link-function.c: virtual functions and XDP */
int nlv_link_set_functions (NlvLinkRequest *self, NlvLinkStatus *status);
int nlv_link_set_ports (NlvLinkRequest *self);
int nlv_link_set_xdp (NlvLinkRequest *self, NlvLinkStatus *status);

/* change-link-stats.c */
int nlv_setstats (const NlvRequest *request);

/* change-link-names.c */
/* RTM_NEWLINKPROP and RTM_DELLINKPROP */
int nlv_linkprop (const NlvRequest *request);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The kinds of links that a program can make: struct rtnl_link_ops. What links
 * of a kind do later is in device-driver.h. */
#pragma once

#include "model/change/change-link.h"

#include <linux/veth.h>

/* Newer than the headers that this builds with. */
#define NLV_IFLA_VXLAN_LOCALBYPASS 31
#define NLV_IFLA_VXLAN_LABEL_POLICY 32
#define NLV_IFLA_VXLAN_RESERVED_BITS 33
#define NLV_IFLA_VXLAN_MC_ROUTE 34
#define NLV_IFLA_VXLAN_MAX 34
#define NLV_IFLA_MACVLAN_BC_CUTOFF 9
#define NLV_IFLA_MACVLAN_MAX 9
#define NLV_IFLA_BR_FDB_N_LEARNED 48
#define NLV_IFLA_BR_FDB_MAX_LEARNED 49
#define NLV_IFLA_BR_MAX 49
#define NLV_IFLA_BRPORT_MAB 40
#define NLV_IFLA_BRPORT_MCAST_N_GROUPS 41
#define NLV_IFLA_BRPORT_MCAST_MAX_GROUPS 42
#define NLV_IFLA_BRPORT_NEIGH_VLAN_SUPPRESS 43
#define NLV_IFLA_BRPORT_BACKUP_NHID 44
#define NLV_IFLA_BRPORT_MAX 44
typedef struct _NlvLinkKind NlvLinkKind;
struct _NlvLinkKind
{
  const char *name;
  guint max_type;
  const NlvPolicy *policy; /* of the kind's own attributes */
  int (*validate) (NlvChange *change, const NlvAttr *attrs, const NlvAttr *data);
  /* (nullable) What is looked at before it is known whether there is such a link. */
  int (*prepare) (NlvLinkRequest *request);
  /* Completes @row and registers it; newlink. What is registered when it fails is
   * taken back by it. NULL: with nothing of its own. */
  int (*create) (NlvLinkRequest *request, NlvLink *row, NlvLink **created);
  /* changelink; NULL: it cannot be changed. */
  int (*change) (NlvChange *change, NlvLink *link, const NlvAttr *attrs, const NlvAttr *data);
  /* Adds to @doomed what goes with the link, the link first; dellink. */
  void (*remove) (NlvChange *change, NlvLink *link, GPtrArray *doomed);
  guint slave_max_type;
  const NlvPolicy *slave_policy;
  int (*change_slave) (NlvChange *change, NlvLink *master, NlvLink *slave, const NlvAttr *data);
  /* ndo_add_slave and ndo_del_slave */
  int (*add_slave) (NlvChange *change, NlvLink *master, NlvLink *slave);
  int (*remove_slave) (NlvChange *change, NlvLink *master, NlvLink *slave);
};

extern const NlvLinkKind nlv_kind_bridge;
extern const NlvLinkKind nlv_kind_dummy;
extern const NlvLinkKind nlv_kind_ifb;
extern const NlvLinkKind nlv_kind_macvlan;
extern const NlvLinkKind nlv_kind_macvtap;
extern const NlvLinkKind nlv_kind_tun;
extern const NlvLinkKind nlv_kind_veth;
extern const NlvLinkKind nlv_kind_vlan;
extern const NlvLinkKind nlv_kind_vxlan;
extern const NlvLinkKind nlv_kind_wireguard;

/* rtnl_link_ops_get(): (nullable) */
const NlvLinkKind *nlv_link_kind_find (NlvNetwork *network, const char *name);
/* That of a link; (nullable) when nothing is known of it. */
const NlvLinkKind *nlv_link_kind_of (const NlvLink *link);

/* An Ethernet address must be one, and a unicast one: what most kinds' validate
 * has in common. */
int nlv_link_kind_check_address (const NlvAttr *attrs);
/* is_valid_ether_addr() */
gboolean nlv_is_unicast_address (const guint8 address[6]);
/* eth_hw_addr_random() */
void nlv_link_draw_address (NlvNetwork *network, NlvLink *row);

/* The device that is below it, not counting ports: of those that have one and
 * go with it. (nullable) */
/* Its index; 0 none, or none that is known to be below. */
guint32 nlv_link_get_lower (const NlvLink *link);
NlvLink *nlv_link_find_lower (NlvNetwork *network, const NlvLink *link);
/* netdev_upper_dev_link() and _unlink(), which tell of @lower; a master is told
 * by its kind. 0 or -errno. */
int nlv_link_attach (NlvChange *change, NlvLink *lower, NlvLink *upper);
void nlv_link_detach (NlvChange *change, NlvLink *lower);
/* Whether it may: __netdev_upper_dev_link(). */
int nlv_link_check_attach (NlvNetwork *network, const NlvLink *lower, const NlvLink *upper, gboolean as_master);

/* netif_inherit_tso_max() */
void nlv_link_inherit_tso (NlvLink *link, const NlvLink *from);
void nlv_link_set_tso_max (NlvLink *link, guint32 size, guint32 segs);
/* needed_headroom: IFLA_HEADROOM */
guint16 nlv_link_get_headroom (const NlvLink *link);
void nlv_link_set_headroom (NlvLink *link, guint16 bytes);

/* change-link-new.c */
/* The kind that is asked for, and its own attributes. 0 or -errno. */
int nlv_link_parse_kind (NlvLinkRequest *request);
/* rtnl_newlink_create() */
int nlv_link_create (NlvLinkRequest *request);
/* rtnl_create_link(): a row that is not yet in the network. 0 or -errno, and
 * then nothing is to be cleared. */
int nlv_link_make (NlvLinkRequest *request, const NlvLinkKind *kind, const char *name, NlvLink *row);
/* register_netdevice(): takes @row, whose name may be a pattern. NULL, and
 * @error, when it cannot be done; @row is cleared either way. */
NlvLink *nlv_link_register (NlvChange *change, NlvLink *row, int *error);
/* rtnl_configure_link(): up, if @header says so, and then it is told of. */
int nlv_link_configure (NlvChange *change, NlvLink *link, const struct ifinfomsg *header, gboolean asked);
/* What is asked of a link's kind and of its master's: rtnl_changelink(). */
int nlv_link_change_kind (NlvLinkRequest *request, NlvLink *link, NlvLinkStatus *status);

/* change-master.c: do_set_master(), 0 to have none. 0 or -errno. */
int nlv_link_set_master (NlvChange *change, NlvLink *link, guint32 index);

/* change-link-delete.c */
/* unregister_netdevice_many(): the links are gone afterwards. With @asked, what
 * is told of it may bear the request's seq and port. */
void nlv_link_unregister_many (NlvChange *change, GPtrArray *doomed, gboolean asked);
void nlv_link_unregister (NlvChange *change, NlvLink *link);
/* With all that its kind takes with it: rtnl_delete_link(). 0 or -errno. */
int nlv_link_delete (NlvChange *change, NlvLink *link, gboolean asked);
/* The same for whoever owns the machine, and can pull out a device. */
int nlv_link_take_out (NlvChange *change, NlvLink *link);

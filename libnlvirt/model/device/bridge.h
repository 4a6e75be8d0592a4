/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Bridges and their ports: net/bridge. A bridge's state is its IFLA_INFO_DATA, a
 * port's its IFLA_INFO_SLAVE_DATA. Nothing passes over a bridge here: no entry
 * is learned, and no other bridge is heard of, so each is the root of its tree. */
#pragma once

#include "model/device/link-kind.h"

#define NLV_BRIDGE_MAX_PORTS 1024
/* BR_PORT_BITS: of a port's id, below its priority */
#define NLV_BRIDGE_PORT_BITS 10

gboolean nlv_link_is_bridge (const NlvLink *link);
/* (nullable) the bridge that it is a port of */
NlvLink *nlv_bridge_of_port (NlvNetwork *network, const NlvLink *port);
/* Those of a bridge, the newest first. (transfer container) */
GPtrArray *nlv_bridge_get_ports (NlvNetwork *network, const NlvLink *bridge);
/* netif_oper_up() of what runs. */
gboolean nlv_link_is_operational (const NlvLink *link);

/* bridge-port.c */
/* br_ifinfo_notify(): of AF_BRIDGE */
void nlv_bridge_port_event (NlvChange *change, const NlvLink *port, guint16 type);
/* br_add_if(), br_del_if(): 0 or -errno */
int nlv_bridge_add_port (NlvChange *change, NlvLink *bridge, NlvLink *port);
int nlv_bridge_remove_port (NlvChange *change, NlvLink *bridge, NlvLink *port);
/* del_nbp() of all, as the bridge goes. */
void nlv_bridge_clear (NlvChange *change, NlvLink *bridge);
/* What a table does not say of it and of its ports gets the usual values. */
void nlv_bridge_complete (NlvNetwork *network, NlvLink *bridge);
/* Before something else could tell no more whether its address and MTU are its
 * own: see NlvChoice. */
void nlv_bridge_settle_choices (NlvNetwork *network, NlvLink *bridge);
/* br_mtu_auto_adjust() */
void nlv_bridge_adjust_mtu (NlvChange *change, NlvLink *bridge);
/* IFLA_BRPORT_*: br_setport() */
int nlv_bridge_set_port (NlvChange *change, NlvLink *bridge, NlvLink *port, const NlvAttr *attrs);
extern const NlvPolicy nlv_bridge_port_policy[NLV_IFLA_BRPORT_MAX + 1];

/* bridge-data.c */
void nlv_bridge_init_data (NlvLink *bridge);
void nlv_bridge_init_id (NlvLink *bridge);
void nlv_bridge_init_port_data (NlvLink *bridge, NlvLink *port, guint16 number, guint32 cost);
/* IFLA_BR_BRIDGE_ID or _ROOT_ID */
void nlv_bridge_get_id (const NlvLink *bridge, guint16 type, guint8 id[8]);
guint16 nlv_bridge_port_id (guint16 priority, guint16 number);
guint8 nlv_bridge_port_get_state (const NlvLink *port);
/* br_become_designated_port() */
void nlv_bridge_designate (const NlvLink *bridge, NlvLink *port);

/* bridge-stp.c */
void nlv_bridge_enable_port (NlvChange *change, NlvLink *bridge, NlvLink *port);
void nlv_bridge_disable_port (NlvChange *change, NlvLink *bridge, NlvLink *port);
void nlv_bridge_enable (NlvChange *change, NlvLink *bridge);
void nlv_bridge_disable (NlvChange *change, NlvLink *bridge);
/* br_stp_change_bridge_id(), br_stp_recalculate_bridge_id(): TRUE when it has
 * another address now. */
void nlv_bridge_change_address (NlvChange *change, NlvLink *bridge, const guint8 address[6]);
gboolean nlv_bridge_choose_address (NlvChange *change, NlvLink *bridge);
/* Whether its address stays as it is, whatever ports come and go. */
gboolean nlv_bridge_keeps_address (NlvNetwork *network, const NlvLink *bridge);
void nlv_bridge_set_stp (NlvChange *change, NlvLink *bridge, gboolean on);
void nlv_bridge_set_priority (NlvChange *change, NlvLink *bridge, guint16 priority);
int nlv_bridge_set_port_cost (NlvChange *change, NlvLink *bridge, NlvLink *port, guint32 cost);
int nlv_bridge_set_port_priority (NlvChange *change, NlvLink *bridge, NlvLink *port, guint16 priority);
int nlv_bridge_set_port_state (NlvChange *change, NlvLink *bridge, NlvLink *port, guint8 state);

/* bridge-fdb.c: of a bridge itself where @port is NULL */
void nlv_bridge_add_local (NlvChange *change, const NlvLink *bridge, const NlvLink *port, const guint8 address[6]);
/* br_fdb_changeaddr() and br_fdb_change_mac_address() */
void nlv_bridge_change_local (NlvChange *change, const NlvLink *bridge, const NlvLink *port, const guint8 old[6],
                              const guint8 address[6]);
/* Whether it is the bridge that forwards by it. */
gboolean nlv_bridge_has_entry (NlvNetwork *network, const NlvLink *bridge, const NlvNeighbor *entry);
/* br_fdb_find() of no VLAN: (nullable) */
NlvNeighbor *nlv_bridge_find_entry (NlvNetwork *network, const NlvLink *bridge, const guint8 *address);
/* br_fdb_delete_by_port(): with @all, also what does not age. */
void nlv_bridge_forget_port (NlvChange *change, const NlvLink *bridge, const NlvLink *port, gboolean all);
/* br_fdb_flush() of what is not static. */
void nlv_bridge_flush (NlvChange *change, const NlvLink *bridge);
/* A forwarding entry's event. */
void nlv_fdb_event (NlvChange *change, guint16 type, const NlvNeighbor *entry);
/* With its event. */
void nlv_fdb_remove (NlvChange *change, NlvNeighbor *entry);

/* bridge-mdb.c */
/* Those of a port; with @all, also what is permanent. */
void nlv_bridge_leave_groups (NlvChange *change, const NlvLink *bridge, NlvLink *port, gboolean all);
/* Whether it leads to a multicast router. */
void nlv_bridge_set_router (NlvChange *change, const NlvLink *bridge, const NlvLink *port, gboolean is);

/* device-bridge.c: the chain's, br_device_event() */
void nlv_bridge_device_event (NlvChange *change, NlvLink *link, NlvNetdevEvent event);

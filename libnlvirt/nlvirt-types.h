/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Forward declarations and enumerations, so that the class headers need not
 * include each other. */
#pragma once

#if !defined(NLVIRT_INSIDE) && !defined(NLVIRT_COMPILATION)
#error "Only <nlvirt.h> can be included directly."
#endif

#include <gio/gio.h>
#include <nlvirt-version.h>

G_BEGIN_DECLS

typedef struct _NlvirtAddress NlvirtAddress;
typedef struct _NlvirtFailure NlvirtFailure;
typedef struct _NlvirtFault NlvirtFault;
typedef struct _NlvirtLink NlvirtLink;
typedef struct _NlvirtNeighbor NlvirtNeighbor;
typedef struct _NlvirtNexthop NlvirtNexthop;
typedef struct _NlvirtRoute NlvirtRoute;
typedef struct _NlvirtRule NlvirtRule;
typedef struct _NlvirtSession NlvirtSession;
typedef struct _NlvirtSocket NlvirtSocket;
typedef struct _NlvirtSupervisor NlvirtSupervisor;
typedef struct _NlvirtTable NlvirtTable;

/**
 * NlvirtAccess:
 * @NLVIRT_ACCESS_READ_ONLY: programs may ask; a request that would change the
 *   table is refused as the kernel refuses it to a process without privileges
 * @NLVIRT_ACCESS_READ_WRITE: programs change a copy of the table, which is the
 *   session's own
 * @NLVIRT_ACCESS_SHARED: programs change the table itself, and all who use it
 *   see what they change
 *
 * What the programs of a session may do with its table.
 *
 * Programs that may change a table are the administrator of that network, no
 * matter as which user they run, and get the kernel's answers to an
 * administrator.
 *
 * Since: 0.1
 */
typedef enum
{
  NLVIRT_ACCESS_READ_ONLY,
  NLVIRT_ACCESS_READ_WRITE,
  NLVIRT_ACCESS_SHARED,
} NlvirtAccess;

/**
 * NlvirtCall:
 * @NLVIRT_CALL_NONE: none
 * @NLVIRT_CALL_SOCKET: `socket()`
 * @NLVIRT_CALL_BIND: `bind()`
 * @NLVIRT_CALL_SEND: `send()` and its like
 * @NLVIRT_CALL_RECEIVE: `recv()` and its like
 *
 * A system call on a netlink socket that can be made to fail.
 *
 * Since: 0.1
 */
typedef enum
{
  NLVIRT_CALL_NONE,
  NLVIRT_CALL_SOCKET,
  NLVIRT_CALL_BIND,
  NLVIRT_CALL_SEND,
  NLVIRT_CALL_RECEIVE,
} NlvirtCall;

/**
 * NlvirtFailureKind:
 * @NLVIRT_FAILURE_KIND_ERROR: a request is refused with an error
 * @NLVIRT_FAILURE_KIND_CALL: a system call fails
 * @NLVIRT_FAILURE_KIND_OVERRUN: an event is lost as if the socket had no room
 *   for it, and its next receive gets `ENOBUFS`
 * @NLVIRT_FAILURE_KIND_INTERRUPT: a dump bears `NLM_F_DUMP_INTR`, as if the
 *   network had changed meanwhile
 * @NLVIRT_FAILURE_KIND_DELAY: a request is served late
 *
 * What goes wrong.
 *
 * Since: 0.1
 */
typedef enum
{
  NLVIRT_FAILURE_KIND_ERROR,
  NLVIRT_FAILURE_KIND_CALL,
  NLVIRT_FAILURE_KIND_OVERRUN,
  NLVIRT_FAILURE_KIND_INTERRUPT,
  NLVIRT_FAILURE_KIND_DELAY,
} NlvirtFailureKind;

/**
 * NlvirtMessageDirection:
 * @NLVIRT_MESSAGE_DIRECTION_REQUEST: from the program
 * @NLVIRT_MESSAGE_DIRECTION_REPLY: to the program, answers and events alike
 *
 * Which way a datagram goes.
 *
 * Since: 0.1
 */
typedef enum
{
  NLVIRT_MESSAGE_DIRECTION_REQUEST,
  NLVIRT_MESSAGE_DIRECTION_REPLY,
} NlvirtMessageDirection;

/**
 * NlvirtOperationalState:
 * @NLVIRT_OPERATIONAL_STATE_UNKNOWN: the interface does not tell
 * @NLVIRT_OPERATIONAL_STATE_NOT_PRESENT: a part of the device is missing
 * @NLVIRT_OPERATIONAL_STATE_DOWN: cannot carry packets
 * @NLVIRT_OPERATIONAL_STATE_LOWER_LAYER_DOWN: an interface below is down
 * @NLVIRT_OPERATIONAL_STATE_TESTING: in a test
 * @NLVIRT_OPERATIONAL_STATE_DORMANT: waits for an outside event, such as
 *   authentication
 * @NLVIRT_OPERATIONAL_STATE_UP: carries packets
 *
 * The state of an interface in the sense of RFC 2863. The values are the
 * kernel's `IF_OPER_*`.
 *
 * Since: 0.1
 */
typedef enum
{
  NLVIRT_OPERATIONAL_STATE_UNKNOWN,
  NLVIRT_OPERATIONAL_STATE_NOT_PRESENT,
  NLVIRT_OPERATIONAL_STATE_DOWN,
  NLVIRT_OPERATIONAL_STATE_LOWER_LAYER_DOWN,
  NLVIRT_OPERATIONAL_STATE_TESTING,
  NLVIRT_OPERATIONAL_STATE_DORMANT,
  NLVIRT_OPERATIONAL_STATE_UP,
} NlvirtOperationalState;

/**
 * NlvirtRouteType:
 * @NLVIRT_ROUTE_TYPE_UNSPECIFIED: none
 * @NLVIRT_ROUTE_TYPE_UNICAST: a way to the destination
 * @NLVIRT_ROUTE_TYPE_LOCAL: the destination is an address of this machine
 * @NLVIRT_ROUTE_TYPE_BROADCAST: sent as a link-level broadcast
 * @NLVIRT_ROUTE_TYPE_ANYCAST: an anycast address of this machine
 * @NLVIRT_ROUTE_TYPE_MULTICAST: a multicast destination
 * @NLVIRT_ROUTE_TYPE_BLACKHOLE: dropped without a word
 * @NLVIRT_ROUTE_TYPE_UNREACHABLE: refused as unreachable
 * @NLVIRT_ROUTE_TYPE_PROHIBIT: refused as forbidden
 * @NLVIRT_ROUTE_TYPE_THROW: the lookup goes on with the next rule
 * @NLVIRT_ROUTE_TYPE_NAT: address translation; no longer in the kernel
 * @NLVIRT_ROUTE_TYPE_EXTERNAL_RESOLVE: left to an outside resolver
 *
 * What a route does. The values are the kernel's `RTN_*`.
 *
 * Since: 0.1
 */
typedef enum
{
  NLVIRT_ROUTE_TYPE_UNSPECIFIED,
  NLVIRT_ROUTE_TYPE_UNICAST,
  NLVIRT_ROUTE_TYPE_LOCAL,
  NLVIRT_ROUTE_TYPE_BROADCAST,
  NLVIRT_ROUTE_TYPE_ANYCAST,
  NLVIRT_ROUTE_TYPE_MULTICAST,
  NLVIRT_ROUTE_TYPE_BLACKHOLE,
  NLVIRT_ROUTE_TYPE_UNREACHABLE,
  NLVIRT_ROUTE_TYPE_PROHIBIT,
  NLVIRT_ROUTE_TYPE_THROW,
  NLVIRT_ROUTE_TYPE_NAT,
  NLVIRT_ROUTE_TYPE_EXTERNAL_RESOLVE,
} NlvirtRouteType;

G_END_DECLS

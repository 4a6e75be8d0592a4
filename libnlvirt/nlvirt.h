/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The one header that programs include. */
#pragma once

#define NLVIRT_INSIDE

#include <nlvirt-address.h>
#include <nlvirt-control.h>
#include <nlvirt-enum-types.h>
#include <nlvirt-error.h>
#include <nlvirt-failure.h>
#include <nlvirt-fault.h>
#include <nlvirt-link.h>
#include <nlvirt-message.h>
#include <nlvirt-neighbor.h>
#include <nlvirt-nexthop.h>
#include <nlvirt-route.h>
#include <nlvirt-rule.h>
#include <nlvirt-session.h>
#include <nlvirt-socket.h>
#include <nlvirt-supervisor.h>
#include <nlvirt-table.h>
#include <nlvirt-types.h>
#include <nlvirt-version.h>

#undef NLVIRT_INSIDE

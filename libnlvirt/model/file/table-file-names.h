/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The words that table files use for the kernel's numbers. */
#pragma once

#include <glib.h>

typedef struct
{
  const char *name; /* NULL ends the list */
  guint32 value;
} NlvName;

extern const NlvName nlv_names_address_flag[];
extern const NlvName nlv_names_address_generation[];
extern const NlvName nlv_names_address_protocol[];
extern const NlvName nlv_names_family[];
extern const NlvName nlv_names_forever[];
extern const NlvName nlv_names_hardware[];
extern const NlvName nlv_names_link_flag[];
extern const NlvName nlv_names_link_mode[];
extern const NlvName nlv_names_metric_lock[];
extern const NlvName nlv_names_neighbor_flag[];
extern const NlvName nlv_names_neighbor_state[];
extern const NlvName nlv_names_nexthop_flag[];
extern const NlvName nlv_names_ipv4_setting[];
extern const NlvName nlv_names_ipv6_setting[];
extern const NlvName nlv_names_ipv6_state[];
extern const NlvName nlv_names_netconf[];
extern const NlvName nlv_names_neighbor_setting[];
extern const NlvName nlv_names_neighbor_table[];
extern const NlvName nlv_names_nexthop_group[];
extern const NlvName nlv_names_object_type[];
extern const NlvName nlv_names_none[];
extern const NlvName nlv_names_operational_state[];
extern const NlvName nlv_names_preference[];
extern const NlvName nlv_names_protocol[];
extern const NlvName nlv_names_route_flag[];
extern const NlvName nlv_names_route_type[];
extern const NlvName nlv_names_rule_action[];
extern const NlvName nlv_names_rule_flag[];
extern const NlvName nlv_names_scope[];
extern const NlvName nlv_names_table[];

/* NULL where the value has no name. */
const char *nlv_names_from_value (const NlvName *names, guint64 value);
/* A name of the list, or a number up to @max. */
gboolean nlv_names_to_value (const NlvName *names, const char *text, guint64 max, guint64 *value);
/* "a, b, c" */
char *nlv_names_join (const NlvName *names);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One kind of group a file: how it is read into rows and written from them. */
#pragma once

#include "model/file/table-file-fields.h"

/* A file being read. */
typedef struct
{
  NlvNetwork *network;    /* (owned) */
  GPtrArray *faults;      /* (borrowed) */
  gboolean fill;          /* the kernel's routes and rules are added */
  gboolean live;          /* links are there already: those of a network that is changed */
  guint32 lowest_rule[2]; /* least priority above 0 so far: IPv4, IPv6 */
} NlvTableReader;

/* Links are read together, since they refer to each other; @groups are those
 * of the kind link, in the order of the file. Adds their addresses too. */
void nlv_links_read (NlvTableReader *reader, GPtrArray *groups);
void nlv_address_read (NlvTableReader *reader, NlvSection *section);
void nlv_route_read (NlvTableReader *reader, NlvSection *section);
void nlv_empty_tables_read (NlvTableReader *reader, NlvSection *section, guint8 family);
void nlv_nexthops_read (NlvTableReader *reader, NlvSection *section, NlvRoute *route);
void nlv_rule_read (NlvTableReader *reader, NlvSection *section);
void nlv_neighbor_read (NlvTableReader *reader, NlvSection *section);

/* The label of its group; read says what is wrong with it. */
gboolean nlv_nexthop_object_parse_id (const char *label, guint32 *id);
gboolean nlv_nexthop_object_read_id (NlvSection *section, guint32 *id);
void nlv_nexthop_object_read (NlvTableReader *reader, NlvSection *section);
void nlv_object_read (NlvTableReader *reader, NlvSection *section);
/* [network]: before the other groups, and once the links are there. */
void nlv_network_group_read_first (NlvTableReader *reader, NlvSection *section);
void nlv_network_group_read (NlvTableReader *reader, NlvSection *section);

void nlv_network_group_write (NlvNetwork *network, GString *text);
void nlv_links_write (NlvNetwork *network, GString *text);
void nlv_addresses_write (NlvNetwork *network, GString *text);
void nlv_routes_write (NlvNetwork *network, GString *text);
void nlv_empty_tables_write (NlvNetwork *network, GString *text, guint8 family);
void nlv_nexthops_write (GString *text, NlvNetwork *network, const NlvRoute *route);
void nlv_rules_write (NlvNetwork *network, GString *text);
void nlv_neighbors_write (NlvNetwork *network, GString *text);
void nlv_nexthop_objects_write (NlvNetwork *network, GString *text);
void nlv_objects_write (NlvNetwork *network, GString *text);

/* TYPE:HEX, what a way wraps packets in. */
gboolean nlv_parse_encap (const char *text, NlvNexthop *nexthop);

/* An address as "ADDRESS/LENGTH" alone gives it; lifetimes are given too. */
void nlv_address_complete (NlvAddress *address, const NlvLink *link);
/* Adds it, or reports under @key why not. */
void nlv_address_enter (NlvTableReader *reader, NlvSection *section, const char *key, NlvAddress *address);
/* The addresses that need no group of their own, as the links list them: index
 * of the link → GString. */
GHashTable *nlv_addresses_collect_plain (NlvNetwork *network);

/* A device is named by its name, or as "#INDEX". */
gboolean nlv_device_find (NlvTableReader *reader, NlvSection *section, const char *key, const char *text,
                          guint32 *index);
gboolean nlv_device_read (NlvTableReader *reader, NlvSection *section, const char *key, guint32 *index);
gboolean nlv_device_parse_index (const char *text, guint32 *index);
/* Whether the name can stand in a file as it is. */
gboolean nlv_device_name_is_plain (const char *name);
void nlv_device_append (GString *text, NlvNetwork *network, guint32 index);
void nlv_device_write (GString *text, const char *key, NlvNetwork *network, guint32 index);

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The memory of the rows that have little of it. */
#include "model/network.h"

void
nlv_address_clear (NlvAddress *address)
{
  g_clear_pointer (&address->extra, g_array_unref);
}

void
nlv_rule_clear (NlvRule *rule)
{
  g_clear_pointer (&rule->extra, g_array_unref);
}

void
nlv_neighbor_clear (NlvNeighbor *neighbor)
{
  g_clear_pointer (&neighbor->extra, g_array_unref);
}

void
nlv_nexthop_object_clear (NlvNexthopObject *nexthop)
{
  g_clear_pointer (&nexthop->way.encap, g_bytes_unref);
  g_clear_pointer (&nexthop->group, g_array_unref);
  g_clear_pointer (&nexthop->extra, g_array_unref);
}

void
nlv_nexthop_object_copy (const NlvNexthopObject *nexthop, NlvNexthopObject *copy)
{
  *copy = *nexthop;
  if (copy->way.encap != NULL)
    g_bytes_ref (copy->way.encap);
  copy->group = nexthop->group != NULL ? g_array_copy (nexthop->group) : NULL;
  copy->extra = nlv_raw_attrs_copy (nexthop->extra);
}

void
nlv_object_clear (NlvObject *object)
{
  g_clear_pointer (&object->body, g_bytes_unref);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The groups of a bridge's ports, and which of them lead to multicast routers:
 * net/bridge/br_multicast.c and br_mdb.c. They are kept as the kernel told them, in
 * the bridge's message of RTM_GETMDB or in several. */
#include "model/device/bridge.h"
#include "model/device/link-info.h"
#include "model/rtnetlink/rtnetlink-private.h"

#include <linux/if_bridge.h>
#include <string.h>

#define MAX_NEST (G_MAXUINT16 - NLA_HDRLEN)

typedef struct
{
  NlvChange *change;
  const NlvLink *bridge;
  NlvLink *port;
  gboolean all; /* also what is permanent */
} Removal;

/* --- events ------------------------------------------------------------------------ */

static struct br_port_msg *
begin_event (NlvChange *change, NlvWriter *writer, guint16 type, const NlvLink *bridge)
{
  struct br_port_msg *header = nlv_event_begin (change, writer, RTNLGRP_MDB, type, 0, FALSE, sizeof *header);

  if (header == NULL)
    return NULL;
  header->family = AF_BRIDGE;
  header->ifindex = bridge->index;
  return header;
}

/* br_mdb_notify() */
static void
tell_group_gone (const Removal *self, const NlvAttr *info)
{
  NlvWriter writer;
  gsize groups, entry;

  if (begin_event (self->change, &writer, RTM_DELMDB, self->bridge) == NULL)
    return;
  groups = nlv_nest_begin (&writer, MDBA_MDB);
  entry = nlv_nest_begin (&writer, MDBA_MDB_ENTRY);
  nlv_put (&writer, info->type | info->type_flags, info->payload.data, info->payload.len);
  nlv_nest_end (&writer, entry);
  nlv_nest_end (&writer, groups);
  nlv_event_send (self->change, &writer, RTNLGRP_MDB, FALSE);
}

/* br_rtr_notify() */
static void
tell_router (NlvChange *change, const NlvLink *bridge, const NlvLink *port, guint16 type)
{
  NlvWriter writer;
  gsize nest;

  if (begin_event (change, &writer, type, bridge) == NULL)
    return;
  nest = nlv_nest_begin (&writer, MDBA_ROUTER);
  nlv_put_u32 (&writer, MDBA_ROUTER_PORT, port->index);
  nlv_nest_end (&writer, nest);
  nlv_event_send (change, &writer, RTNLGRP_MDB, FALSE);
}

/* --- what is kept --------------------------------------------------------------------- */

/* The next of the bridge's messages from @position on; (nullable) */
static NlvObject *
next_message (NlvNetwork *network, const NlvLink *bridge, guint *position)
{
  struct br_port_msg header;

  for (; *position < nlv_network_get_n_objects (network); (*position)++)
    {
      NlvObject *object = nlv_network_get_object (network, *position);

      if (nlv_object_header (object, RTM_GETMDB, &header, sizeof header) && header.ifindex == bridge->index)
        return object;
    }
  return NULL;
}

static NlvSpan
find_part (const NlvObject *object, guint16 type)
{
  NlvAttr nest;

  return nlv_span_find_attr (nlv_object_attrs (object, sizeof (struct br_port_msg)), type, &nest) ? nest.payload
                                                                                                  : nlv_span ("", 0);
}

static void
append_nest (GByteArray *body, guint16 type, gconstpointer data, gsize len)
{
  const struct nlattr head = { (guint16) (sizeof head + len), type };

  g_byte_array_append (body, (const guint8 *) &head, sizeof head);
  if (len > 0)
    g_byte_array_append (body, data, (guint) len);
}

/* None of them is larger than MAX_NEST. */
static GBytes *
make_body (const NlvLink *bridge, NlvSpan groups, NlvSpan routers)
{
  const struct br_port_msg header = { .ifindex = bridge->index };
  GByteArray *body = g_byte_array_new ();

  g_byte_array_append (body, (const guint8 *) &header, sizeof header);
  append_nest (body, MDBA_MDB, groups.data, groups.len);
  if (routers.len > 0)
    append_nest (body, MDBA_ROUTER, routers.data, routers.len);
  return g_byte_array_free_to_bytes (body);
}

/* What has become of one of them; one that tells nothing is kept no more. TRUE if it
 * is. */
static gboolean
replace (NlvNetwork *network, const NlvLink *bridge, NlvObject *object, NlvSpan groups, NlvSpan routers)
{
  GBytes *body;

  if (groups.len == 0 && routers.len == 0)
    {
      nlv_network_remove_object (network, object);
      return FALSE;
    }
  body = make_body (bridge, groups, routers);
  g_bytes_unref (object->body);
  object->body = body;
  return TRUE;
}

/* --- groups ---------------------------------------------------------------------------- */

static gboolean
goes (const Removal *self, const NlvAttr *info)
{
  struct br_mdb_entry entry;

  nlv_attr_copy (info, &entry, sizeof entry);
  return entry.ifindex == self->port->index && (self->all || entry.state != MDB_PERMANENT);
}

static void
count_one_less (NlvLink *port)
{
  guint32 n = nlv_info_get_u32 (port->slave_data, NLV_IFLA_BRPORT_MCAST_N_GROUPS);

  if (n > 0)
    nlv_info_set_u32 (&port->slave_data, NLV_IFLA_BRPORT_MCAST_N_GROUPS, n - 1);
}

/* Writes what stays. */
static void
filter_entry (const Removal *self, NlvWriter *writer, const NlvAttr *entry)
{
  gsize nest = nlv_nest_begin (writer, MDBA_MDB_ENTRY);
  NlvSpan rest = entry->payload;
  gboolean stays = FALSE;
  NlvAttr info;

  while (nlv_attr_next (&rest, &info))
    if (goes (self, &info))
      {
        tell_group_gone (self, &info);
        count_one_less (self->port);
      }
    else
      {
        nlv_put (writer, info.type | info.type_flags, info.payload.data, info.payload.len);
        stays = TRUE;
      }
  if (stays)
    nlv_nest_end (writer, nest);
  else
    nlv_nest_cancel (writer, nest);
}

void
nlv_bridge_leave_groups (NlvChange *change, const NlvLink *bridge, NlvLink *port, gboolean all)
{
  const Removal self = { change, bridge, port, all };
  NlvObject *object;

  for (guint i = 0; (object = next_message (change->network, bridge, &i)) != NULL;)
    {
      NlvSpan rest = find_part (object, MDBA_MDB);
      NlvWriter groups;
      NlvAttr entry;

      nlv_writer_init (&groups, MAX_NEST);
      while (nlv_attr_next (&rest, &entry))
        filter_entry (&self, &groups, &entry);
      if (replace (change->network, bridge, object, nlv_span (groups.data, groups.len),
                   find_part (object, MDBA_ROUTER)))
        i++;
      nlv_writer_clear (&groups);
    }
}

/* --- routers ------------------------------------------------------------------------------ */

static gboolean
is_router (const NlvAttr *attr, const NlvLink *port)
{
  return attr->type == MDBA_ROUTER_PORT && nlv_attr_u32 (attr) == port->index;
}

static gboolean
has_router (NlvSpan routers, const NlvLink *port)
{
  NlvAttr attr;

  while (nlv_attr_next (&routers, &attr))
    if (is_router (&attr, port))
      return TRUE;
  return FALSE;
}

static void
remove_router (NlvNetwork *network, const NlvLink *bridge, NlvObject *object, const NlvLink *port)
{
  NlvSpan rest = find_part (object, MDBA_ROUTER);
  NlvWriter routers;
  NlvAttr attr;

  nlv_writer_init (&routers, MAX_NEST);
  while (nlv_attr_next (&rest, &attr))
    if (!is_router (&attr, port))
      nlv_put (&routers, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
  replace (network, bridge, object, find_part (object, MDBA_MDB), nlv_span (routers.data, routers.len));
  nlv_writer_clear (&routers);
}

/* A part of br_rports_fill_info(): one that stays for good has no time left. */
static void
put_router (NlvWriter *writer, const NlvLink *port)
{
  const struct
  {
    guint32 index;
    struct nlattr head;
    guint32 left;
    struct nlattr type_head;
    guint8 type;
    guint8 padding[3];
    struct nlattr ipv4_head;
    guint32 ipv4_left;
    struct nlattr ipv6_head;
    guint32 ipv6_left;
  } told = {
    .index = port->index,
    .head = { NLA_HDRLEN + sizeof told.left, MDBA_ROUTER_PATTR_TIMER },
    .type_head = { NLA_HDRLEN + sizeof told.type, MDBA_ROUTER_PATTR_TYPE },
    .type = nlv_info_get_u8 (port->slave_data, IFLA_BRPORT_MULTICAST_ROUTER),
    .ipv4_head = { NLA_HDRLEN + sizeof told.ipv4_left, MDBA_ROUTER_PATTR_INET_TIMER },
    .ipv6_head = { NLA_HDRLEN + sizeof told.ipv6_left, MDBA_ROUTER_PATTR_INET6_TIMER },
  };

  nlv_put (writer, MDBA_ROUTER_PORT, &told, sizeof told);
}

/* In the last of the bridge's messages, or in a new one. */
static void
keep_router (NlvNetwork *network, const NlvLink *bridge, const NlvLink *port)
{
  NlvObject *object = NULL, *next;
  NlvWriter routers;
  NlvSpan rest;
  NlvAttr attr;

  for (guint i = 0; (next = next_message (network, bridge, &i)) != NULL; i++)
    object = next;
  nlv_writer_init (&routers, MAX_NEST);
  rest = object != NULL ? find_part (object, MDBA_ROUTER) : nlv_span ("", 0);
  while (nlv_attr_next (&rest, &attr))
    nlv_put (&routers, attr.type | attr.type_flags, attr.payload.data, attr.payload.len);
  put_router (&routers, port);
  if (object != NULL)
    replace (network, bridge, object, find_part (object, MDBA_MDB), nlv_span (routers.data, routers.len));
  else
    {
      NlvObject row = { .type = RTM_GETMDB,
                        .body = make_body (bridge, nlv_span ("", 0), nlv_span (routers.data, routers.len)) };

      nlv_network_add_object (network, &row);
    }
  nlv_writer_clear (&routers);
}

void
nlv_bridge_set_router (NlvChange *change, const NlvLink *bridge, const NlvLink *port, gboolean is)
{
  NlvNetwork *network = change->network;
  NlvObject *object;
  guint position = 0;

  while ((object = next_message (network, bridge, &position)) != NULL &&
         !has_router (find_part (object, MDBA_ROUTER), port))
    position++;
  if ((object != NULL) == is)
    return;
  if (is)
    keep_router (network, bridge, port);
  else
    remove_router (network, bridge, object, port);
  tell_router (change, bridge, port, is ? RTM_NEWMDB : RTM_DELMDB);
}

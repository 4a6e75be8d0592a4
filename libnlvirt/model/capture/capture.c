/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which message becomes what. */
#include "model/capture/capture-private.h"
#include "model/link-settings.h"

#include <string.h>

NlvCapture *
nlv_capture_new (guint64 now)
{
  NlvCapture *self = g_new0 (NlvCapture, 1);

  self->network = nlv_network_new ();
  self->now = now;
  self->ipv6 = g_array_new (FALSE, FALSE, sizeof (NlvAddress));
  self->ages = g_array_new (FALSE, FALSE, sizeof (guint32));
  nlv_network_get_globals (self->network)->clock = now;
  return self;
}

void
nlv_capture_free (NlvCapture *self)
{
  for (guint i = 0; i < self->ipv6->len; i++)
    nlv_address_clear (&g_array_index (self->ipv6, NlvAddress, i));
  g_array_unref (self->ipv6);
  g_array_unref (self->ages);
  nlv_network_unref (self->network);
  g_free (self);
}

NlvNetwork *
nlv_capture_peek (NlvCapture *self)
{
  return self->network;
}

NlvNetwork *
nlv_capture_finish (NlvCapture *self)
{
  NlvNetwork *network = nlv_network_ref (self->network);

  for (guint i = self->ipv6->len; i > 0; i--)
    nlv_network_add_address (network, &g_array_index (self->ipv6, NlvAddress, i - 1));
  g_array_set_size (self->ipv6, 0);
  nlv_capture_finish_links (self);
  nlv_globals_forget_usual_labels (nlv_network_get_globals (network));
  nlv_capture_finish_ages (self);
  nlv_capture_finish_groups (self);
  nlv_qdiscs_drop_usual (network);
  nlv_mdb_drop_usual (network);
  nlv_stats_drop_usual (network);
  nlv_capture_free (self);
  return network;
}

void
nlv_capture_local_table (NlvCapture *self, gboolean merged)
{
  nlv_network_get_globals (self->network)->local_table = merged ? NLV_LOCAL_TABLE_MERGED : NLV_LOCAL_TABLE_OWN;
}

void
nlv_capture_kind (NlvCapture *self, const char *kind)
{
  NlvGlobals *globals = nlv_network_get_globals (self->network);

  if (globals->kinds == NULL)
    globals->kinds = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (globals->kinds, g_strdup (kind));
}

/* --- what the others use ------------------------------------------------------------ */

gboolean
nlv_capture_split (const NlvMessage *message, gpointer header, gsize size, NlvSpan *attrs)
{
  NlvSpan body = nlv_message_payload (message);

  if (body.len < size)
    return FALSE;
  memcpy (header, body.data, size);
  *attrs = nlv_span_from (body, NLMSG_ALIGN (size));
  return TRUE;
}

NlvIp
nlv_capture_ip (const NlvAttr *attr)
{
  NlvIp ip;

  nlv_attr_copy (attr, &ip, sizeof ip);
  return ip;
}

void
nlv_capture_bytes (const NlvAttr *attr, GBytes **out)
{
  g_clear_pointer (out, g_bytes_unref);
  *out = g_bytes_new (attr->payload.data, attr->payload.len);
}

void
nlv_capture_string (const NlvAttr *attr, char **out)
{
  g_free (*out);
  *out = nlv_attr_dup_string (attr);
}

void
nlv_capture_name (const NlvAttr *attr, char name[IFNAMSIZ])
{
  nlv_attr_copy (attr, name, IFNAMSIZ - 1);
  name[IFNAMSIZ - 1] = '\0';
}

gboolean
nlv_capture_knows_link (NlvCapture *self, guint32 index)
{
  return nlv_network_find_link (self->network, index) != NULL;
}

gboolean
nlv_capture_is_prefix (guint8 family, guint length)
{
  return length <= nlv_ip_size (family) * 8;
}

void
nlv_capture_begin_reply (NlvWriter *writer, gsize header, gpointer *out)
{
  nlv_writer_init (writer, G_MAXSIZE);
  *out = nlv_writer_begin (writer, 0, 0, 0, 0, header);
}

void
nlv_capture_compare (NlvWriter *writer, gsize header, NlvSpan original, gboolean may_be_whole, GArray **extra)
{
  gsize start = NLMSG_HDRLEN + NLMSG_ALIGN (header);

  if (!nlv_raw_attrs_keep (extra, original, nlv_span (writer->data + start, writer->len - start)) && may_be_whole)
    nlv_raw_attrs_keep_whole (extra, original);
  nlv_writer_clear (writer);
}

/* --- messages ----------------------------------------------------------------------- */

static void
keep_object (NlvCapture *self, const NlvMessage *message, gboolean hidden)
{
  NlvSpan body = nlv_message_payload (message);
  NlvObject object = {
    .type = message->header.nlmsg_type,
    .hidden = hidden,
    .body = g_bytes_new (body.data, body.len),
  };

  nlv_network_add_object (self->network, &object);
}

void
nlv_capture_message (NlvCapture *self, const NlvMessage *message, gboolean hidden)
{
  switch (message->header.nlmsg_type)
    {
      case RTM_NEWLINK:
        nlv_capture_link (self, message);
        break;
      case RTM_NEWADDR:
        nlv_capture_address (self, message);
        break;
      case RTM_NEWROUTE:
        nlv_capture_route (self, message);
        break;
      case RTM_NEWRULE:
        nlv_capture_rule (self, message);
        break;
      case RTM_NEWNEIGH:
        nlv_capture_neighbor (self, message);
        break;
      case RTM_NEWNEXTHOP:
        nlv_capture_nexthop (self, message);
        break;
      case RTM_NEWNEIGHTBL:
        nlv_capture_neighbor_table (self, message);
        break;
      case RTM_NEWNETCONF:
        nlv_capture_netconf (self, message);
        break;
      case RTM_NEWADDRLABEL:
        nlv_capture_label (self, message);
        break;
      case RTM_NEWNSID:
        nlv_capture_netns (self, message);
        break;
      case RTM_GETMULTICAST:
      case RTM_GETANYCAST:
        nlv_capture_groups (self, message);
        break;
      case RTM_NEWQDISC:
      case RTM_NEWTCLASS:
      case RTM_NEWTFILTER:
      case RTM_NEWCHAIN:
      case RTM_GETACTION:
      case RTM_GETMDB:
      case RTM_NEWMDB:
      case RTM_NEWSTATS:
      case RTM_NEWTUNNEL:
      case RTM_NEWNEXTHOPBUCKET:
        keep_object (self, message, hidden);
        break;
      default:
        break;
    }
}

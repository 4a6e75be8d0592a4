/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Rows added to a table and taken from it. There is one way in which a network
 * changes: a request to the responder. What an object says becomes such a
 * request, by the administrator, so that all checks and consequences are the
 * same as for a program. */
#include "model/rtnetlink/rtnetlink-private.h"
#include "nlvirt-address.h"
#include "nlvirt-error.h"
#include "nlvirt-neighbor.h"
#include "nlvirt-route.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-rule.h"

#include <errno.h>

/* A request is as large as it has to be. */
#define REQUEST_ROOM (1 << 20)

#define ADD (NLM_F_CREATE | NLM_F_EXCL)
#define REPLACE (NLM_F_CREATE | NLM_F_REPLACE)

int
nlvirt_error_code (int error)
{
  switch (error)
    {
      case EEXIST:
        return NLVIRT_ERROR_EXISTS;
      case ENODEV:
      case ENOENT:
      case ESRCH:
      case EADDRNOTAVAIL:
        return NLVIRT_ERROR_NOT_FOUND;
      case EOPNOTSUPP:
        return NLVIRT_ERROR_NOT_SUPPORTED;
      default:
        return NLVIRT_ERROR_INVALID;
    }
}

gboolean
nlvirt_table_ask (NlvirtTable *self, NlvWriter *writer, GError **error)
{
  const NlvCaller caller = { .admin = TRUE, .writable = TRUE, .now = nlvirt_table_get_time () };
  NlvNetwork *network = nlvirt_table_get_network (self);
  NlvAnswer answer = { 0 };
  NlvMessage message;
  NlvSpan rest;
  int result = -EMSGSIZE;

  /* What is due by now and what is asked are told of as one change, after which the
   * table may be gone. */
  nlv_network_hold (network);
  if (nlv_writer_end (writer))
    {
      rest = nlv_span (writer->data, writer->len);
      if (nlv_message_next (&rest, &message))
        result = nlv_rtnetlink_request (network, &caller, &message, &answer);
    }
  if (result < 0 && answer.extack.message != NULL)
    g_set_error (error, NLVIRT_ERROR, nlvirt_error_code (-result), "%s: %s", g_strerror (-result),
                 answer.extack.message);
  else if (result < 0)
    g_set_error_literal (error, NLVIRT_ERROR, nlvirt_error_code (-result), g_strerror (-result));
  nlv_answer_clear (&answer);
  nlv_writer_clear (writer);
  nlv_network_release (network);
  return result >= 0;
}

gpointer
nlvirt_request_begin (NlvWriter *writer, guint16 type, guint16 flags, gsize payload)
{
  nlv_writer_init (writer, REQUEST_ROOM);
  return nlv_writer_begin (writer, type, NLM_F_REQUEST | flags, 1, 0, payload);
}

/* Says which row was refused. Takes @text. */
static gboolean
refused (GError **error, char *text)
{
  g_prefix_error (error, "%s: ", g_strdelimit (text, "\t", ' '));
  g_free (text);
  return FALSE;
}

/* --- addresses -------------------------------------------------------------- */

static gboolean
ask_address (NlvirtTable *self, NlvirtAddress *address, guint16 type, guint16 flags, GError **error)
{
  struct ifaddrmsg *header;
  NlvAddress row;
  NlvWriter writer;

  if (!nlvirt_address_to_row (address, nlvirt_table_get_network (self), &row, error))
    return FALSE;
  header = nlvirt_request_begin (&writer, type, flags, sizeof *header);
  nlv_address_message (&writer, header, &row, row.updated);
  return nlvirt_table_ask (self, &writer, error) || refused (error, nlvirt_address_to_string (address));
}

/**
 * nlvirt_table_add_address:
 * @self: a table
 * @address: the address to add
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds an address to an interface, which [property@Nlvirt.Address:link-name] names.
 *
 * What follows is as in the kernel: routes to the address and to its prefix come
 * with it, and every program that listens is told. The error is %NLVIRT_ERROR_EXISTS if
 * the interface has the address.
 *
 * Returns: %TRUE if the address was added
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_add_address (NlvirtTable *self, NlvirtAddress *address, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_address (self, address, RTM_NEWADDR, ADD, error);
}

/**
 * nlvirt_table_replace_address:
 * @self: a table
 * @address: the address to add, or to change
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds an address, or, if the interface has it, gives it other lifetimes and
 * another metric.
 *
 * Returns: %TRUE if the address is there now
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_replace_address (NlvirtTable *self, NlvirtAddress *address, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_address (self, address, RTM_NEWADDR, REPLACE, error);
}

/**
 * nlvirt_table_remove_address:
 * @self: a table
 * @address: the address to remove
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Takes an address from its interface, with the routes that came with it.
 *
 * Returns: %TRUE if the address was removed
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_remove_address (NlvirtTable *self, NlvirtAddress *address, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_ADDRESS (address), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_address (self, address, RTM_DELADDR, 0, error);
}

/* --- routes ----------------------------------------------------------------- */

static gboolean
ask_route (NlvirtTable *self, NlvirtRoute *route, guint16 type, guint16 flags, GError **error)
{
  struct rtmsg *header;
  NlvRoute row;
  NlvWriter writer;

  if (!nlvirt_route_to_row (route, nlvirt_table_get_network (self), &row, error))
    return FALSE;
  if (type == RTM_NEWROUTE && row.protocol == RTPROT_UNSPEC)
    row.protocol = RTPROT_STATIC;
  header = nlvirt_request_begin (&writer, type, flags, sizeof *header);
  nlv_route_message (&writer, header, &row, 0, 0);
  nlv_route_clear (&row);
  return nlvirt_table_ask (self, &writer, error) || refused (error, nlvirt_route_to_string (route));
}

/**
 * nlvirt_table_add_route:
 * @self: a table
 * @route: the route to add
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds a route to its routing table.
 *
 * It is refused for the kernel's reasons: a gateway must be a neighbour on a link that
 * is up, and there may be no other route to this destination with the same metric
 * (%NLVIRT_ERROR_EXISTS).
 *
 * Returns: %TRUE if the route was added
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_add_route (NlvirtTable *self, NlvirtRoute *route, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_ROUTE (route), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_route (self, route, RTM_NEWROUTE, ADD, error);
}

/**
 * nlvirt_table_replace_route:
 * @self: a table
 * @route: the route to add
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds a route, in the place of one to the same destination with the same metric
 * if there is such.
 *
 * Returns: %TRUE if the route is there now
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_replace_route (NlvirtTable *self, NlvirtRoute *route, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_ROUTE (route), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_route (self, route, RTM_NEWROUTE, REPLACE, error);
}

/**
 * nlvirt_table_remove_route:
 * @self: a table
 * @route: the route to remove
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Removes the first route that is like @route.
 *
 * Returns: %TRUE if a route was removed
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_remove_route (NlvirtTable *self, NlvirtRoute *route, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_ROUTE (route), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_route (self, route, RTM_DELROUTE, 0, error);
}

/* --- rules ------------------------------------------------------------------ */

static gboolean
ask_rule (NlvirtTable *self, NlvirtRule *rule, guint16 type, guint16 flags, GError **error)
{
  struct fib_rule_hdr *header;
  NlvRule row;
  NlvWriter writer;

  if (!nlvirt_rule_to_row (rule, &row, error))
    return FALSE;
  if (type == RTM_NEWRULE && row.protocol == RTPROT_UNSPEC)
    row.protocol = RTPROT_STATIC;
  header = nlvirt_request_begin (&writer, type, flags, sizeof *header);
  nlv_rule_message (nlvirt_table_get_network (self), &writer, header, &row);
  return nlvirt_table_ask (self, &writer, error) || refused (error, nlvirt_rule_to_string (rule));
}

/**
 * nlvirt_table_add_rule:
 * @self: a table
 * @rule: the rule to add
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds a rule, behind those of the same priority.
 *
 * Returns: %TRUE if the rule was added
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_add_rule (NlvirtTable *self, NlvirtRule *rule, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_RULE (rule), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_rule (self, rule, RTM_NEWRULE, ADD, error);
}

/**
 * nlvirt_table_remove_rule:
 * @self: a table
 * @rule: the rule to remove
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Removes the first rule that is like @rule.
 *
 * Returns: %TRUE if a rule was removed
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_remove_rule (NlvirtTable *self, NlvirtRule *rule, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_RULE (rule), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_rule (self, rule, RTM_DELRULE, 0, error);
}

/* --- neighbours ------------------------------------------------------------- */

static gboolean
ask_neighbor (NlvirtTable *self, NlvirtNeighbor *neighbor, guint16 type, guint16 flags, GError **error)
{
  NlvNetwork *network = nlvirt_table_get_network (self);
  struct ndmsg *header;
  NlvNeighbor row;
  NlvWriter writer;

  if (!nlvirt_neighbor_to_row (neighbor, network, &row, error))
    return FALSE;
  header = nlvirt_request_begin (&writer, type, flags, sizeof *header);
  nlv_neighbor_message (network, &writer, header, &row);
  return nlvirt_table_ask (self, &writer, error) || refused (error, nlvirt_neighbor_to_string (neighbor));
}

/**
 * nlvirt_table_add_neighbor:
 * @self: a table
 * @neighbor: the neighbour to add
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds what is known of a machine on a link.
 *
 * Returns: %TRUE if the neighbour was added
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_add_neighbor (NlvirtTable *self, NlvirtNeighbor *neighbor, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (neighbor), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_neighbor (self, neighbor, RTM_NEWNEIGH, ADD, error);
}

/**
 * nlvirt_table_replace_neighbor:
 * @self: a table
 * @neighbor: the neighbour to add, or to change
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Adds what is known of a machine on a link, in place of what was known.
 *
 * Returns: %TRUE if the neighbour is there now
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_replace_neighbor (NlvirtTable *self, NlvirtNeighbor *neighbor, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (neighbor), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_neighbor (self, neighbor, RTM_NEWNEIGH, REPLACE, error);
}

/**
 * nlvirt_table_remove_neighbor:
 * @self: a table
 * @neighbor: the neighbour to remove
 * @error: return location for a [error@Nlvirt.Error]
 *
 * Forgets a machine on a link.
 *
 * Returns: %TRUE if the neighbour was removed
 *
 * Since: 0.1
 */
gboolean
nlvirt_table_remove_neighbor (NlvirtTable *self, NlvirtNeighbor *neighbor, GError **error)
{
  g_return_val_if_fail (NLVIRT_IS_TABLE (self), FALSE);
  g_return_val_if_fail (NLVIRT_IS_NEIGHBOR (neighbor), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  return ask_neighbor (self, neighbor, RTM_DELNEIGH, 0, error);
}

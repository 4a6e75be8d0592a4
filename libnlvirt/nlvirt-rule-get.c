/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a rule says of itself, one thing at a time and as one line. */
#include "nlvirt-rule.h"

#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/fib_rules.h>

/**
 * nlvirt_rule_get_family: (get-property family)
 * @self: a rule
 *
 * IPv4 or IPv6.
 *
 * Returns: the family, or %G_SOCKET_FAMILY_INVALID for the rules of the multicast tables
 *
 * Since: 0.1
 */
GSocketFamily
nlvirt_rule_get_family (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), G_SOCKET_FAMILY_INVALID);
  return nlvirt_inet_family (nlvirt_rule_peek_row (self)->family);
}

/**
 * nlvirt_rule_get_priority: (get-property priority)
 * @self: a rule
 *
 * The place among the rules; lower ones are asked first.
 *
 * Returns: the priority
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_priority (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->priority;
}

/**
 * nlvirt_rule_get_source: (get-property source)
 * @self: a rule
 *
 * The source addresses the rule is for, where it is not for all.
 *
 * Returns: (transfer full) (nullable): the source
 *
 * Since: 0.1
 */
GInetAddressMask *
nlvirt_rule_get_source (NlvirtRule *self)
{
  const NlvRule *row;

  g_return_val_if_fail (NLVIRT_IS_RULE (self), NULL);
  row = nlvirt_rule_peek_row (self);
  if (row->source_length == 0)
    return NULL;
  return nlvirt_inet_mask (row->family, &row->source, row->source_length);
}

/**
 * nlvirt_rule_get_destination: (get-property destination)
 * @self: a rule
 *
 * The destinations the rule is for, where it is not for all.
 *
 * Returns: (transfer full) (nullable): the destination
 *
 * Since: 0.1
 */
GInetAddressMask *
nlvirt_rule_get_destination (NlvirtRule *self)
{
  const NlvRule *row;

  g_return_val_if_fail (NLVIRT_IS_RULE (self), NULL);
  row = nlvirt_rule_peek_row (self);
  if (row->destination_length == 0)
    return NULL;
  return nlvirt_inet_mask (row->family, &row->destination, row->destination_length);
}

/**
 * nlvirt_rule_get_input_link: (get-property input-link)
 * @self: a rule
 *
 * The interface that packets must have come in by, where there is such a
 * condition.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_rule_get_input_link (NlvirtRule *self)
{
  const NlvRule *row;

  g_return_val_if_fail (NLVIRT_IS_RULE (self), NULL);
  row = nlvirt_rule_peek_row (self);
  return row->input[0] != '\0' ? row->input : NULL;
}

/**
 * nlvirt_rule_get_output_link: (get-property output-link)
 * @self: a rule
 *
 * The interface that sockets must be bound to, where there is such a condition.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_rule_get_output_link (NlvirtRule *self)
{
  const NlvRule *row;

  g_return_val_if_fail (NLVIRT_IS_RULE (self), NULL);
  row = nlvirt_rule_peek_row (self);
  return row->output[0] != '\0' ? row->output : NULL;
}

/**
 * nlvirt_rule_get_table_id: (get-property table-id)
 * @self: a rule
 *
 * The routing table to look in; 0 for a rule that does something else.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_table_id (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->table;
}

/**
 * nlvirt_rule_get_action: (get-property action)
 * @self: a rule
 *
 * What the rule does: the kernel's `FR_ACT_*`.
 *
 * Returns: the action
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_action (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->action;
}

/**
 * nlvirt_rule_get_flags: (get-property flags)
 * @self: a rule
 *
 * The kernel's `FIB_RULE_*`.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_flags (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->flags;
}

/**
 * nlvirt_rule_get_mark: (get-property mark)
 * @self: a rule
 *
 * The firewall mark that packets must have, under [property@Nlvirt.Rule:mask].
 *
 * Returns: the mark
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_mark (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->mark;
}

/**
 * nlvirt_rule_get_mask: (get-property mask)
 * @self: a rule
 *
 * The bits of the firewall mark that count; 0 if it is not asked for.
 *
 * Returns: the mask
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_mask (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->mask;
}

/**
 * nlvirt_rule_get_tos: (get-property tos)
 * @self: a rule
 *
 * The type of service that packets must have; 0 if it is not asked for.
 *
 * Returns: the type of service
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_tos (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->tos;
}

/**
 * nlvirt_rule_get_protocol: (get-property protocol)
 * @self: a rule
 *
 * Who set the rule: the kernel's `RTPROT_*`.
 *
 * Returns: the protocol
 *
 * Since: 0.1
 */
guint
nlvirt_rule_get_protocol (NlvirtRule *self)
{
  g_return_val_if_fail (NLVIRT_IS_RULE (self), 0);
  return nlvirt_rule_peek_row (self)->protocol;
}

static void
append_conditions (GString *out, const NlvRule *row)
{
  g_string_append (out, (row->flags & FIB_RULE_INVERT) != 0 ? "not from " : "from ");
  if (row->source_length == 0)
    g_string_append (out, "all");
  else
    nlvirt_append_prefix (out, row->family, &row->source, row->source_length);
  if (row->destination_length != 0)
    {
      g_string_append (out, " to ");
      nlvirt_append_prefix (out, row->family, &row->destination, row->destination_length);
    }
  if (row->tos != 0)
    g_string_append_printf (out, " tos 0x%02x", row->tos);
  if (row->mark != 0 || row->mask != 0)
    g_string_append_printf (out, " fwmark 0x%x", row->mark);
  if (row->mask != 0 && row->mask != G_MAXUINT32)
    g_string_append_printf (out, "/0x%x", row->mask);
  if (row->input[0] != '\0')
    g_string_append_printf (out, " iif %s", row->input);
  if ((row->flags & FIB_RULE_IIF_DETACHED) != 0)
    g_string_append (out, " [detached]");
  if (row->output[0] != '\0')
    g_string_append_printf (out, " oif %s", row->output);
  if ((row->flags & FIB_RULE_OIF_DETACHED) != 0)
    g_string_append (out, " [detached]");
  if (row->l3mdev)
    g_string_append (out, " lookup [l3mdev-table]");
  if (row->has_uid_range)
    g_string_append_printf (out, " uidrange %u-%u", row->uid_range[0], row->uid_range[1]);
}

static void
append_action (GString *out, const NlvRule *row)
{
  switch (row->action)
    {
      case FR_ACT_TO_TBL:
        if (row->table == RT_TABLE_UNSPEC)
          break;
        g_string_append (out, " lookup ");
        nlvirt_append_word (out, NLVIRT_WORD_TABLE, row->table);
        if (row->suppress_prefix_length != G_MAXUINT32)
          g_string_append_printf (out, " suppress_prefixlength %u", row->suppress_prefix_length);
        break;
      case FR_ACT_GOTO:
        g_string_append_printf (out, " goto %u", row->goto_target);
        if ((row->flags & FIB_RULE_UNRESOLVED) != 0)
          g_string_append (out, " [unresolved]");
        break;
      case FR_ACT_NOP:
        g_string_append (out, " nop");
        break;
      default:
        /* FR_ACT_BLACKHOLE and the rest share their numbers with RTN_*. */
        g_string_append_c (out, ' ');
        nlvirt_append_word (out, NLVIRT_WORD_ROUTE_TYPE, row->action);
        break;
    }
}

/**
 * nlvirt_rule_to_string:
 * @self: a rule
 *
 * The rule in the words of `ip rule`, for people to read.
 *
 * Returns: (transfer full): one line
 *
 * Since: 0.1
 */
char *
nlvirt_rule_to_string (NlvirtRule *self)
{
  const NlvRule *row;
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_RULE (self), NULL);
  row = nlvirt_rule_peek_row (self);
  out = g_string_new (NULL);
  g_string_append_printf (out, "%u:\t", row->priority);
  append_conditions (out, row);
  append_action (out, row);
  if (row->protocol != RTPROT_UNSPEC && row->protocol != RTPROT_KERNEL)
    {
      g_string_append (out, " proto ");
      nlvirt_append_word (out, NLVIRT_WORD_PROTOCOL, row->protocol);
    }
  return g_string_free (out, FALSE);
}

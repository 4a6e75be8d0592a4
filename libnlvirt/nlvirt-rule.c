/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A rule as an object: made of a row or by its properties, and what is asked for when it
 * is added. What it says is in nlvirt-rule-get.c. */
#include "nlvirt-rule.h"

#include "model/rtnetlink/rtnetlink-private.h"
#include "nlvirt-error.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/fib_rules.h>

/**
 * NlvirtRule:
 *
 * A rule that says which routing table is asked, as a table had it at one
 * moment, or as it is to be added to one. Immutable.
 *
 * Rules come from [method@Nlvirt.Table.get_rules], or are made to be given to
 * [method@Nlvirt.Table.add_rule].
 *
 * Since: 0.1
 */
struct _NlvirtRule
{
  GObject parent_instance;

  NlvRule row;
  guint8 source_family, destination_family; /* as given */
  gboolean name_too_long;
};

enum
{
  PROP_0,
  PROP_FAMILY,
  PROP_PRIORITY,
  PROP_SOURCE,
  PROP_DESTINATION,
  PROP_INPUT_LINK,
  PROP_OUTPUT_LINK,
  PROP_TABLE_ID,
  PROP_ACTION,
  PROP_FLAGS,
  PROP_MARK,
  PROP_MASK,
  PROP_TOS,
  PROP_PROTOCOL,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtRule, nlvirt_rule, G_TYPE_OBJECT)

static void
nlvirt_rule_finalize (GObject *object)
{
  G_OBJECT_CLASS (nlvirt_rule_parent_class)->finalize (object);
}

static void
nlvirt_rule_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtRule *self = NLVIRT_RULE (object);

  switch (id)
    {
      case PROP_FAMILY:
        g_value_set_enum (value, nlvirt_rule_get_family (self));
        break;
      case PROP_PRIORITY:
        g_value_set_uint (value, nlvirt_rule_get_priority (self));
        break;
      case PROP_SOURCE:
        g_value_take_object (value, nlvirt_rule_get_source (self));
        break;
      case PROP_DESTINATION:
        g_value_take_object (value, nlvirt_rule_get_destination (self));
        break;
      case PROP_INPUT_LINK:
        g_value_set_string (value, nlvirt_rule_get_input_link (self));
        break;
      case PROP_OUTPUT_LINK:
        g_value_set_string (value, nlvirt_rule_get_output_link (self));
        break;
      case PROP_TABLE_ID:
        g_value_set_uint (value, nlvirt_rule_get_table_id (self));
        break;
      case PROP_ACTION:
        g_value_set_uint (value, nlvirt_rule_get_action (self));
        break;
      case PROP_FLAGS:
        g_value_set_uint (value, nlvirt_rule_get_flags (self));
        break;
      case PROP_MARK:
        g_value_set_uint (value, nlvirt_rule_get_mark (self));
        break;
      case PROP_MASK:
        g_value_set_uint (value, nlvirt_rule_get_mask (self));
        break;
      case PROP_TOS:
        g_value_set_uint (value, nlvirt_rule_get_tos (self));
        break;
      case PROP_PROTOCOL:
        g_value_set_uint (value, nlvirt_rule_get_protocol (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
set_link (NlvirtRule *self, char name[IFNAMSIZ], const GValue *value)
{
  if (g_value_get_string (value) != NULL && g_strlcpy (name, g_value_get_string (value), IFNAMSIZ) >= IFNAMSIZ)
    self->name_too_long = TRUE;
}

static void
nlvirt_rule_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtRule *self = NLVIRT_RULE (object);
  NlvRule *row = &self->row;

  switch (id)
    {
      case PROP_FAMILY:
        row->family = g_value_get_enum (value) == G_SOCKET_FAMILY_IPV4   ? AF_INET
                      : g_value_get_enum (value) == G_SOCKET_FAMILY_IPV6 ? AF_INET6
                                                                         : AF_UNSPEC;
        break;
      case PROP_PRIORITY:
        row->priority = g_value_get_uint (value);
        break;
      case PROP_SOURCE:
        self->source_family = nlvirt_ip_from_inet_mask (g_value_get_object (value), &row->source, &row->source_length);
        break;
      case PROP_DESTINATION:
        self->destination_family =
          nlvirt_ip_from_inet_mask (g_value_get_object (value), &row->destination, &row->destination_length);
        break;
      case PROP_INPUT_LINK:
        set_link (self, row->input, value);
        break;
      case PROP_OUTPUT_LINK:
        set_link (self, row->output, value);
        break;
      case PROP_TABLE_ID:
        row->table = g_value_get_uint (value);
        break;
      case PROP_ACTION:
        row->action = (guint8) g_value_get_uint (value);
        break;
      case PROP_FLAGS:
        row->flags = g_value_get_uint (value);
        break;
      case PROP_MARK:
        row->mark = g_value_get_uint (value);
        break;
      case PROP_MASK:
        row->mask = g_value_get_uint (value);
        break;
      case PROP_TOS:
        row->tos = (guint8) g_value_get_uint (value);
        break;
      case PROP_PROTOCOL:
        row->protocol = (guint8) g_value_get_uint (value);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_rule_class_init (NlvirtRuleClass *klass)
{
  const GParamFlags built = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_rule_finalize;
  object_class->get_property = nlvirt_rule_get_property;
  object_class->set_property = nlvirt_rule_set_property;

  /**
   * NlvirtRule:family: (getter get_family)
   *
   * IPv4 or IPv6.
   *
   * Since: 0.1
   */
  properties[PROP_FAMILY] =
    g_param_spec_enum ("family", NULL, NULL, G_TYPE_SOCKET_FAMILY, G_SOCKET_FAMILY_INVALID, built);
  /**
   * NlvirtRule:priority: (getter get_priority)
   *
   * The place among the rules; lower ones are asked first.
   *
   * Since: 0.1
   */
  properties[PROP_PRIORITY] = g_param_spec_uint ("priority", NULL, NULL, 0, G_MAXUINT, 0, built);
  /**
   * NlvirtRule:source: (getter get_source)
   *
   * The source addresses the rule is for, where it is not for all.
   *
   * Since: 0.1
   */
  properties[PROP_SOURCE] = g_param_spec_object ("source", NULL, NULL, G_TYPE_INET_ADDRESS_MASK, built);
  /**
   * NlvirtRule:destination: (getter get_destination)
   *
   * The destinations the rule is for, where it is not for all.
   *
   * Since: 0.1
   */
  properties[PROP_DESTINATION] = g_param_spec_object ("destination", NULL, NULL, G_TYPE_INET_ADDRESS_MASK, built);
  /**
   * NlvirtRule:input-link: (getter get_input_link)
   *
   * The interface that packets must have come in by, where there is such a
   * condition.
   *
   * Since: 0.1
   */
  properties[PROP_INPUT_LINK] = g_param_spec_string ("input-link", NULL, NULL, NULL, built);
  /**
   * NlvirtRule:output-link: (getter get_output_link)
   *
   * The interface that sockets must be bound to, where there is such a condition.
   *
   * Since: 0.1
   */
  properties[PROP_OUTPUT_LINK] = g_param_spec_string ("output-link", NULL, NULL, NULL, built);
  /**
   * NlvirtRule:table-id: (getter get_table_id)
   *
   * The routing table to look in; 0 for a rule that does something else.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE_ID] = g_param_spec_uint ("table-id", NULL, NULL, 0, G_MAXUINT, RT_TABLE_MAIN, built);
  /**
   * NlvirtRule:action: (getter get_action)
   *
   * What the rule does: the kernel's `FR_ACT_*`.
   *
   * Since: 0.1
   */
  properties[PROP_ACTION] = g_param_spec_uint ("action", NULL, NULL, 0, G_MAXUINT8, FR_ACT_TO_TBL, built);
  /**
   * NlvirtRule:flags: (getter get_flags)
   *
   * The kernel's `FIB_RULE_*`.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] = g_param_spec_uint ("flags", NULL, NULL, 0, G_MAXUINT, 0, built);
  /**
   * NlvirtRule:mark: (getter get_mark)
   *
   * The firewall mark that packets must have, under [property@Nlvirt.Rule:mask].
   *
   * Since: 0.1
   */
  properties[PROP_MARK] = g_param_spec_uint ("mark", NULL, NULL, 0, G_MAXUINT, 0, built);
  /**
   * NlvirtRule:mask: (getter get_mask)
   *
   * The bits of the firewall mark that count; 0 if it is not asked for.
   * Where a rule is made with a mark and without a mask, all bits count.
   *
   * Since: 0.1
   */
  properties[PROP_MASK] = g_param_spec_uint ("mask", NULL, NULL, 0, G_MAXUINT, 0, built);
  /**
   * NlvirtRule:tos: (getter get_tos)
   *
   * The type of service that packets must have; 0 if it is not asked for.
   *
   * Since: 0.1
   */
  properties[PROP_TOS] = g_param_spec_uint ("tos", NULL, NULL, 0, G_MAXUINT8, 0, built);
  /**
   * NlvirtRule:protocol: (getter get_protocol)
   *
   * Who set the rule: the kernel's `RTPROT_*`. Where a rule is made without it, it is added as a
   * static one, and removed whoever has set it.
   *
   * Since: 0.1
   */
  properties[PROP_PROTOCOL] = g_param_spec_uint ("protocol", NULL, NULL, 0, G_MAXUINT8, RTPROT_UNSPEC, built);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_rule_init (NlvirtRule *self)
{
  self->row.suppress_prefix_length = self->row.suppress_group = G_MAXUINT32;
}

NlvirtRule *
nlvirt_rule_new_for_row (NlvNetwork *network, const NlvRule *row)
{
  NlvirtRule *self = g_object_new (NLVIRT_TYPE_RULE, NULL);

  self->row = *row;
  self->row.extra = NULL;
  self->row.flags = nlv_rule_flags (network, row);
  return self;
}

/**
 * nlvirt_rule_new:
 * @family: IPv4 or IPv6
 * @priority: the place among the rules; lower ones are asked first
 * @table_id: the routing table to look in
 *
 * Makes a rule for all packets, to be added to a table. What it is to ask for can
 * be said with the properties at construction.
 *
 * Returns: (transfer full): a new rule
 *
 * Since: 0.1
 */
NlvirtRule *
nlvirt_rule_new (GSocketFamily family, guint priority, guint table_id)
{
  g_return_val_if_fail (family == G_SOCKET_FAMILY_IPV4 || family == G_SOCKET_FAMILY_IPV6, NULL);
  return g_object_new (NLVIRT_TYPE_RULE, "family", family, "priority", priority, "table-id", table_id, NULL);
}

const NlvRule *
nlvirt_rule_peek_row (NlvirtRule *self)
{
  return &self->row;
}

gboolean
nlvirt_rule_to_row (NlvirtRule *self, NlvRule *row, GError **error)
{
  const char *fault = NULL;

  *row = self->row;
  /* That follows from the network. */
  row->flags &= ~(guint32) (FIB_RULE_UNRESOLVED | FIB_RULE_IIF_DETACHED | FIB_RULE_OIF_DETACHED);
  /* As with `ip rule`, a mark alone is all of it. */
  if (row->mark != 0 && row->mask == 0)
    row->mask = G_MAXUINT32;
  if (row->family == AF_UNSPEC)
    fault = "a rule needs an address family";
  else if ((self->source_family != AF_UNSPEC && self->source_family != row->family) ||
           (self->destination_family != AF_UNSPEC && self->destination_family != row->family))
    fault = "the source or the destination is of another address family than the rule";
  else if (self->name_too_long)
    fault = "the name of an interface has at most 15 bytes";
  if (fault != NULL)
    g_set_error_literal (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID, fault);
  return fault == NULL;
}

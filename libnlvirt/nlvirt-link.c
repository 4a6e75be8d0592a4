/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nlvirt-link.h"

#include "nlvirt-enum-types.h"
#include "nlvirt-rows-private.h"
#include "nlvirt-words-private.h"

#include <linux/if.h>

enum
{
  PROP_0,
  PROP_TABLE,
  PROP_NAME,
  PROP_INDEX,
  PROP_KIND,
  PROP_HARDWARE_TYPE,
  PROP_MAC_ADDRESS,
  PROP_PERMANENT_MAC_ADDRESS,
  PROP_BROADCAST,
  PROP_MTU,
  PROP_FLAGS,
  PROP_UP,
  PROP_RUNNING,
  PROP_CARRIER,
  PROP_OPERATIONAL_STATE,
  PROP_ALT_NAMES,
  PROP_ALIAS,
  PROP_MASTER,
  PROP_QDISC,
  PROP_TX_QUEUE_LENGTH,
  PROP_GROUP,
  N_PROPERTIES
};

/**
 * NlvirtLink:
 *
 * A network interface of a table.
 *
 * A link is a handle: it says what the table says now. There is one handle for
 * an interface at a time, so that two of them can be compared by their
 * address, and it keeps its table alive. Where an interface is no longer in
 * the table, its handle has no name, and every other property has the value
 * of an interface that has nothing.
 *
 * Strings that a getter lends are valid until the table changes.
 *
 * What can be set changes the table, with all that follows from it in the kernel, and every
 * program that listens hears of it. Properties do the same as the setters, which
 * have an error to tell: a property that cannot be set gives a warning. Notifications come
 * when the change is over, see [signal@Nlvirt.Table::changed].
 *
 * ```c
 * g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
 * g_autoptr (NlvirtLink) lo = nlvirt_table_get_link (table, "lo");
 *
 * g_print ("%s has an MTU of %u\n", nlvirt_link_get_name (lo), nlvirt_link_get_mtu (lo));
 * ```
 *
 * Since: 0.1
 */
struct _NlvirtLink
{
  GObject parent_instance;

  NlvirtTable *table; /* (owned) */
  guint32 index;
  guint32 told_master;
  GValue told[N_PROPERTIES]; /* what each property was when it was last told of */
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtLink, nlvirt_link, G_TYPE_OBJECT)

static const NlvLink *
find_row (NlvirtLink *self)
{
  /* g_object_new() of an application makes a link without a table. */
  return self->table != NULL ? nlv_network_find_link (nlvirt_table_get_network (self->table), self->index) : NULL;
}

static void
nlvirt_link_finalize (GObject *object)
{
  NlvirtLink *self = NLVIRT_LINK (object);

  for (guint id = PROP_0 + 1; id < N_PROPERTIES; id++)
    g_value_unset (&self->told[id]);
  if (self->table != NULL)
    nlvirt_table_forget_link (self->table, self->index);
  g_clear_object (&self->table);
  G_OBJECT_CLASS (nlvirt_link_parent_class)->finalize (object);
}

static void
nlvirt_link_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtLink *self = NLVIRT_LINK (object);

  switch (id)
    {
      case PROP_TABLE:
        g_value_set_object (value, nlvirt_link_get_table (self));
        break;
      case PROP_NAME:
        g_value_set_string (value, nlvirt_link_get_name (self));
        break;
      case PROP_INDEX:
        g_value_set_uint (value, nlvirt_link_get_index (self));
        break;
      case PROP_KIND:
        g_value_set_string (value, nlvirt_link_get_kind (self));
        break;
      case PROP_HARDWARE_TYPE:
        g_value_set_uint (value, nlvirt_link_get_hardware_type (self));
        break;
      case PROP_MAC_ADDRESS:
        g_value_take_string (value, nlvirt_link_get_mac_address (self));
        break;
      case PROP_PERMANENT_MAC_ADDRESS:
        g_value_take_string (value, nlvirt_link_get_permanent_mac_address (self));
        break;
      case PROP_BROADCAST:
        g_value_take_string (value, nlvirt_link_get_broadcast (self));
        break;
      case PROP_MTU:
        g_value_set_uint (value, nlvirt_link_get_mtu (self));
        break;
      case PROP_FLAGS:
        g_value_set_uint (value, nlvirt_link_get_flags (self));
        break;
      case PROP_UP:
        g_value_set_boolean (value, nlvirt_link_get_up (self));
        break;
      case PROP_RUNNING:
        g_value_set_boolean (value, nlvirt_link_get_running (self));
        break;
      case PROP_CARRIER:
        g_value_set_boolean (value, nlvirt_link_get_carrier (self));
        break;
      case PROP_OPERATIONAL_STATE:
        g_value_set_enum (value, nlvirt_link_get_operational_state (self));
        break;
      case PROP_ALT_NAMES:
        g_value_take_boxed (value, nlvirt_link_get_alt_names (self));
        break;
      case PROP_ALIAS:
        g_value_set_string (value, nlvirt_link_get_alias (self));
        break;
      case PROP_MASTER:
        g_value_take_object (value, nlvirt_link_get_master (self));
        break;
      case PROP_QDISC:
        g_value_set_string (value, nlvirt_link_get_qdisc (self));
        break;
      case PROP_TX_QUEUE_LENGTH:
        g_value_set_uint (value, nlvirt_link_get_tx_queue_length (self));
        break;
      case PROP_GROUP:
        g_value_set_uint (value, nlvirt_link_get_group (self));
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_link_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NlvirtLink *self = NLVIRT_LINK (object);
  g_autoptr (GError) error = NULL;

  switch (id)
    {
      case PROP_NAME:
        nlvirt_link_set_name (self, g_value_get_string (value) != NULL ? g_value_get_string (value) : "", &error);
        break;
      case PROP_MAC_ADDRESS:
        nlvirt_link_set_mac_address (self, g_value_get_string (value) != NULL ? g_value_get_string (value) : "",
                                     &error);
        break;
      case PROP_MTU:
        nlvirt_link_set_mtu (self, g_value_get_uint (value), &error);
        break;
      case PROP_UP:
        nlvirt_link_set_up (self, g_value_get_boolean (value), &error);
        break;
      case PROP_CARRIER:
        nlvirt_link_set_carrier (self, g_value_get_boolean (value), &error);
        break;
      case PROP_ALIAS:
        nlvirt_link_set_alias (self, g_value_get_string (value), &error);
        break;
      case PROP_MASTER:
        nlvirt_link_set_master (self, g_value_get_object (value), &error);
        break;
      case PROP_TX_QUEUE_LENGTH:
        nlvirt_link_set_tx_queue_length (self, g_value_get_uint (value), &error);
        break;
      case PROP_GROUP:
        nlvirt_link_set_group (self, g_value_get_uint (value), &error);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
  if (error != NULL)
    g_warning ("cannot set %s: %s", pspec->name, error->message);
}

static void
nlvirt_link_class_init (NlvirtLinkClass *klass)
{
  const GParamFlags read_only = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags settable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_link_finalize;
  object_class->get_property = nlvirt_link_get_property;
  object_class->set_property = nlvirt_link_set_property;

  /**
   * NlvirtLink:table: (getter get_table)
   *
   * The table the interface is in.
   *
   * Since: 0.1
   */
  properties[PROP_TABLE] = g_param_spec_object ("table", NULL, NULL, NLVIRT_TYPE_TABLE, read_only);
  /**
   * NlvirtLink:name: (getter get_name)
   *
   * The interface's name.
   *
   * Since: 0.1
   */
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, settable);
  /**
   * NlvirtLink:index: (getter get_index)
   *
   * The interface's number.
   *
   * Since: 0.1
   */
  properties[PROP_INDEX] = g_param_spec_uint ("index", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtLink:kind: (getter get_kind)
   *
   * The kind of a virtual interface, such as `bridge` or `vlan`.
   *
   * Since: 0.1
   */
  properties[PROP_KIND] = g_param_spec_string ("kind", NULL, NULL, NULL, read_only);
  /**
   * NlvirtLink:hardware-type: (getter get_hardware_type)
   *
   * What the link layer is: the kernel's `ARPHRD_*`.
   *
   * Since: 0.1
   */
  properties[PROP_HARDWARE_TYPE] = g_param_spec_uint ("hardware-type", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtLink:mac-address: (getter get_mac_address)
   *
   * The link-layer address, in hexadecimal with colons.
   *
   * Since: 0.1
   */
  properties[PROP_MAC_ADDRESS] = g_param_spec_string ("mac-address", NULL, NULL, NULL, settable);
  /**
   * NlvirtLink:permanent-mac-address: (getter get_permanent_mac_address)
   *
   * The link-layer address the hardware came with, where it tells.
   *
   * Since: 0.1
   */
  properties[PROP_PERMANENT_MAC_ADDRESS] = g_param_spec_string ("permanent-mac-address", NULL, NULL, NULL, read_only);
  /**
   * NlvirtLink:broadcast: (getter get_broadcast)
   *
   * The link-layer broadcast address.
   *
   * Since: 0.1
   */
  properties[PROP_BROADCAST] = g_param_spec_string ("broadcast", NULL, NULL, NULL, read_only);
  /**
   * NlvirtLink:mtu: (getter get_mtu)
   *
   * The largest packet the interface takes, in bytes.
   *
   * Since: 0.1
   */
  properties[PROP_MTU] = g_param_spec_uint ("mtu", NULL, NULL, 0, G_MAXUINT, 0, settable);
  /**
   * NlvirtLink:flags: (getter get_flags)
   *
   * The kernel's `IFF_*`.
   *
   * Since: 0.1
   */
  properties[PROP_FLAGS] = g_param_spec_uint ("flags", NULL, NULL, 0, G_MAXUINT, 0, read_only);
  /**
   * NlvirtLink:up: (getter get_up)
   *
   * Whether the interface is switched on.
   *
   * Since: 0.1
   */
  properties[PROP_UP] = g_param_spec_boolean ("up", NULL, NULL, FALSE, settable);
  /**
   * NlvirtLink:running: (getter get_running)
   *
   * Whether the interface can carry packets.
   *
   * Since: 0.1
   */
  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, read_only);
  /**
   * NlvirtLink:carrier: (getter get_carrier)
   *
   * Whether the cable is plugged in, as it were.
   *
   * Since: 0.1
   */
  properties[PROP_CARRIER] = g_param_spec_boolean ("carrier", NULL, NULL, FALSE, settable);
  /**
   * NlvirtLink:operational-state: (getter get_operational_state)
   *
   * The interface's state in the sense of RFC 2863.
   *
   * Since: 0.1
   */
  properties[PROP_OPERATIONAL_STATE] = g_param_spec_enum (
    "operational-state", NULL, NULL, NLVIRT_TYPE_OPERATIONAL_STATE, NLVIRT_OPERATIONAL_STATE_UNKNOWN, read_only);
  /**
   * NlvirtLink:alt-names: (getter get_alt_names)
   *
   * The interface's other names.
   *
   * Since: 0.1
   */
  properties[PROP_ALT_NAMES] = g_param_spec_boxed ("alt-names", NULL, NULL, G_TYPE_STRV, read_only);
  /**
   * NlvirtLink:alias: (getter get_alias)
   *
   * A description of the interface, for people.
   *
   * Since: 0.1
   */
  properties[PROP_ALIAS] = g_param_spec_string ("alias", NULL, NULL, NULL, settable);
  /**
   * NlvirtLink:master: (getter get_master)
   *
   * The interface this one is a part of, such as its bridge.
   *
   * Since: 0.1
   */
  properties[PROP_MASTER] = g_param_spec_object ("master", NULL, NULL, NLVIRT_TYPE_LINK, settable);
  /**
   * NlvirtLink:qdisc: (getter get_qdisc)
   *
   * The queueing discipline.
   *
   * Since: 0.1
   */
  properties[PROP_QDISC] = g_param_spec_string ("qdisc", NULL, NULL, NULL, read_only);
  /**
   * NlvirtLink:tx-queue-length: (getter get_tx_queue_length)
   *
   * The length of the transmit queue, in packets.
   *
   * Since: 0.1
   */
  properties[PROP_TX_QUEUE_LENGTH] = g_param_spec_uint ("tx-queue-length", NULL, NULL, 0, G_MAXUINT, 0, settable);
  /**
   * NlvirtLink:group: (getter get_group)
   *
   * The group of interfaces that this one is in.
   *
   * Since: 0.1
   */
  properties[PROP_GROUP] = g_param_spec_uint ("group", NULL, NULL, 0, G_MAXUINT, 0, settable);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_link_init (NlvirtLink *self)
{
  for (guint id = PROP_0 + 1; id < N_PROPERTIES; id++)
    g_value_init (&self->told[id], properties[id]->value_type);
}

static gboolean
equal_values (GParamSpec *pspec, const GValue *a, const GValue *b)
{
  const char *const *left, *const *right;

  if (pspec->value_type != G_TYPE_STRV)
    return g_param_values_cmp (pspec, a, b) == 0;
  left = g_value_get_boxed (a);
  right = g_value_get_boxed (b);
  return left == right || (left != NULL && right != NULL && g_strv_equal (left, right));
}

/* Which table and index never change; a master is known by its index, since
 * keeping its handle would keep it alive. */
static gboolean
is_told (guint id)
{
  return id != PROP_TABLE && id != PROP_INDEX && id != PROP_MASTER;
}

static guint32
master_index (NlvirtLink *self)
{
  const NlvLink *row = find_row (self);

  return row != NULL ? row->master : 0;
}

void
nlvirt_link_tell (NlvirtLink *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint id = PROP_0 + 1; id < N_PROPERTIES; id++)
    {
      GValue now = G_VALUE_INIT;

      if (!is_told (id))
        continue;
      g_value_init (&now, properties[id]->value_type);
      nlvirt_link_get_property (G_OBJECT (self), id, &now, properties[id]);
      if (!equal_values (properties[id], &self->told[id], &now))
        {
          g_value_copy (&now, &self->told[id]);
          g_object_notify_by_pspec (G_OBJECT (self), properties[id]);
        }
      g_value_unset (&now);
    }
  if (self->told_master != master_index (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MASTER]);
  self->told_master = master_index (self);
  g_object_thaw_notify (G_OBJECT (self));
}

NlvirtLink *
nlvirt_link_new_for_row (NlvirtTable *table, const NlvLink *row)
{
  NlvirtLink *self = g_object_new (NLVIRT_TYPE_LINK, NULL);

  self->table = g_object_ref (table);
  self->index = row->index;
  for (guint id = PROP_0 + 1; id < N_PROPERTIES; id++)
    if (is_told (id))
      nlvirt_link_get_property (G_OBJECT (self), id, &self->told[id], properties[id]);
  self->told_master = row->master;
  return self;
}

/**
 * nlvirt_link_get_table: (get-property table)
 * @self: a link
 *
 * The table the interface is in.
 *
 * Returns: (transfer none): the table
 *
 * Since: 0.1
 */
NlvirtTable *
nlvirt_link_get_table (NlvirtLink *self)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  return self->table;
}

/**
 * nlvirt_link_get_name: (get-property name)
 * @self: a link
 *
 * The interface's name.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL if the interface is gone
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_name (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? row->name : NULL;
}

/**
 * nlvirt_link_get_index: (get-property index)
 * @self: a link
 *
 * The interface's number.
 *
 * Returns: the index
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_index (NlvirtLink *self)
{
  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  return self->index;
}

/**
 * nlvirt_link_get_kind: (get-property kind)
 * @self: a link
 *
 * The kind of a virtual interface, such as `bridge` or `vlan`.
 *
 * Returns: (transfer none) (nullable): the kind, or %NULL for hardware and for loopback
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_kind (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? row->kind : NULL;
}

/**
 * nlvirt_link_get_hardware_type: (get-property hardware-type)
 * @self: a link
 *
 * What the link layer is: the kernel's `ARPHRD_*`.
 *
 * Returns: the type
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_hardware_type (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = find_row (self);
  return row != NULL ? row->hardware_type : 0;
}

/**
 * nlvirt_link_get_mac_address: (get-property mac-address)
 * @self: a link
 *
 * The link-layer address, in hexadecimal with colons.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
char *
nlvirt_link_get_mac_address (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? nlvirt_mac_to_string (row->address, row->address_length) : NULL;
}

/**
 * nlvirt_link_get_permanent_mac_address: (get-property permanent-mac-address)
 * @self: a link
 *
 * The link-layer address the hardware came with, where it tells.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
char *
nlvirt_link_get_permanent_mac_address (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? nlvirt_mac_to_string (row->permanent_address, row->permanent_address_length) : NULL;
}

/**
 * nlvirt_link_get_broadcast: (get-property broadcast)
 * @self: a link
 *
 * The link-layer broadcast address.
 *
 * Returns: (transfer full) (nullable): the address
 *
 * Since: 0.1
 */
char *
nlvirt_link_get_broadcast (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? nlvirt_mac_to_string (row->broadcast, row->address_length) : NULL;
}

/**
 * nlvirt_link_get_mtu: (get-property mtu)
 * @self: a link
 *
 * The largest packet the interface takes, in bytes.
 *
 * Returns: the size
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_mtu (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = find_row (self);
  return row != NULL ? row->mtu : 0;
}

/**
 * nlvirt_link_get_flags: (get-property flags)
 * @self: a link
 *
 * The kernel's `IFF_*`.
 *
 * Returns: the flags
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_flags (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = find_row (self);
  return row != NULL ? row->flags : 0;
}

/**
 * nlvirt_link_get_up: (get-property up)
 * @self: a link
 *
 * Whether the interface is switched on.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_get_up (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  row = find_row (self);
  return row != NULL ? (row->flags & IFF_UP) != 0 : FALSE;
}

/**
 * nlvirt_link_get_running: (get-property running)
 * @self: a link
 *
 * Whether the interface can carry packets.
 *
 * Returns: %TRUE if it can
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_get_running (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  row = find_row (self);
  return row != NULL ? (row->flags & IFF_RUNNING) != 0 : FALSE;
}

/**
 * nlvirt_link_get_carrier: (get-property carrier)
 * @self: a link
 *
 * Whether the cable is plugged in, as it were.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
nlvirt_link_get_carrier (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), FALSE);
  row = find_row (self);
  return row != NULL ? row->carrier != 0 : FALSE;
}

/**
 * nlvirt_link_get_operational_state: (get-property operational-state)
 * @self: a link
 *
 * The interface's state in the sense of RFC 2863.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
NlvirtOperationalState
nlvirt_link_get_operational_state (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NLVIRT_OPERATIONAL_STATE_UNKNOWN);
  row = find_row (self);
  if (row == NULL || row->operational_state > NLVIRT_OPERATIONAL_STATE_UP)
    return NLVIRT_OPERATIONAL_STATE_UNKNOWN;
  return (NlvirtOperationalState) row->operational_state;
}

/**
 * nlvirt_link_get_alt_names: (get-property alt-names)
 * @self: a link
 *
 * The interface's other names.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names; may be empty
 *
 * Since: 0.1
 */
char **
nlvirt_link_get_alt_names (NlvirtLink *self)
{
  const NlvLink *row;
  g_autoptr (GStrvBuilder) names = NULL;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  names = g_strv_builder_new ();
  if (row != NULL && row->alt_names != NULL)
    for (guint i = 0; i < row->alt_names->len; i++)
      g_strv_builder_add (names, g_ptr_array_index (row->alt_names, i));
  return g_strv_builder_end (names);
}

/**
 * nlvirt_link_get_alias: (get-property alias)
 * @self: a link
 *
 * A description of the interface, for people.
 *
 * Returns: (transfer none) (nullable): the description
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_alias (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? row->alias : NULL;
}

/**
 * nlvirt_link_get_master: (get-property master)
 * @self: a link
 *
 * The interface this one is a part of, such as its bridge.
 *
 * Returns: (transfer full) (nullable): the interface
 *
 * Since: 0.1
 */
NlvirtLink *
nlvirt_link_get_master (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? nlvirt_table_get_link_by_index (self->table, row->master) : NULL;
}

/**
 * nlvirt_link_get_qdisc: (get-property qdisc)
 * @self: a link
 *
 * The queueing discipline.
 *
 * Returns: (transfer none) (nullable): the name
 *
 * Since: 0.1
 */
const char *
nlvirt_link_get_qdisc (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  return row != NULL ? row->qdisc : NULL;
}

/**
 * nlvirt_link_get_tx_queue_length: (get-property tx-queue-length)
 * @self: a link
 *
 * The length of the transmit queue, in packets.
 *
 * Returns: the length
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_tx_queue_length (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = find_row (self);
  return row != NULL ? row->tx_queue_length : 0;
}

/**
 * nlvirt_link_get_group: (get-property group)
 * @self: a link
 *
 * The group of interfaces that this one is in.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
nlvirt_link_get_group (NlvirtLink *self)
{
  const NlvLink *row;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), 0);
  row = find_row (self);
  return row != NULL ? row->group : 0;
}

static void
append_flags (GString *out, guint32 flags)
{
  /* In the order of print_link_flags(). */
  static const NlvirtFlagWord words[] = {
    { IFF_LOOPBACK, "LOOPBACK" },   { IFF_BROADCAST, "BROADCAST" },   { IFF_POINTOPOINT, "POINTOPOINT" },
    { IFF_MULTICAST, "MULTICAST" }, { IFF_NOARP, "NOARP" },           { IFF_ALLMULTI, "ALLMULTI" },
    { IFF_PROMISC, "PROMISC" },     { IFF_MASTER, "MASTER" },         { IFF_SLAVE, "SLAVE" },
    { IFF_DEBUG, "DEBUG" },         { IFF_DYNAMIC, "DYNAMIC" },       { IFF_AUTOMEDIA, "AUTOMEDIA" },
    { IFF_PORTSEL, "PORTSEL" },     { IFF_NOTRAILERS, "NOTRAILERS" }, { IFF_UP, "UP" },
    { IFF_LOWER_UP, "LOWER_UP" },   { IFF_DORMANT, "DORMANT" },       { IFF_ECHO, "ECHO" },
  };
  gboolean no_carrier = (flags & IFF_UP) != 0 && (flags & IFF_RUNNING) == 0;

  g_string_append_c (out, '<');
  if (no_carrier)
    g_string_append (out, "NO-CARRIER");
  flags &= ~(guint32) IFF_RUNNING;
  if (no_carrier && flags != 0)
    g_string_append_c (out, ',');
  nlvirt_append_flags (out, words, G_N_ELEMENTS (words), flags, ",");
  g_string_append_c (out, '>');
}

static const char *
state_word (guint8 state)
{
  static const char *const words[] = { "UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP" };

  return words[state < G_N_ELEMENTS (words) ? state : IF_OPER_UNKNOWN];
}

/**
 * nlvirt_link_to_string:
 * @self: a link
 *
 * The interface in the words of `ip link`, for people to read.
 *
 * Returns: (transfer full): one line
 *
 * Since: 0.1
 */
char *
nlvirt_link_to_string (NlvirtLink *self)
{
  const NlvLink *row;
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_LINK (self), NULL);
  row = find_row (self);
  out = g_string_new (NULL);
  g_string_append_printf (out, "%u: ", self->index);
  if (row == NULL)
    {
      g_string_append (out, "gone");
      return g_string_free (out, FALSE);
    }
  g_string_append_printf (out, "%s: ", row->name);
  append_flags (out, row->flags);
  g_string_append_printf (out, " mtu %u", row->mtu);
  if (row->qdisc != NULL)
    g_string_append_printf (out, " qdisc %s", row->qdisc);
  if (row->master != 0)
    {
      g_autofree char *master = nlvirt_dup_link_name (nlvirt_table_get_network (self->table), row->master);

      g_string_append_printf (out, " master %s", master);
    }
  g_string_append_printf (out, " state %s", state_word (row->operational_state));
  if (row->address_length > 0)
    {
      g_autofree char *mac = nlvirt_mac_to_string (row->address, row->address_length);

      g_string_append_printf (out, " link %s", mac);
    }
  return g_string_free (out, FALSE);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The handle of a link: what it is, its properties, and who is told when one changes.
 * What it says is in nlvirt-link-get.c, and what is done to it in nlvirt-link-change.c. */
#include "nlvirt-link.h"

#include "nlvirt-enum-types.h"
#include "nlvirt-rows-private.h"

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

const NlvLink *
nlvirt_link_find_row (NlvirtLink *self)
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
   * The interface's name; %NULL if it is gone.
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
   * The kind of a virtual interface, such as `bridge` or `vlan`; %NULL for hardware and for
   * loopback.
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
   * The link-layer address, in hexadecimal with colons; %NULL where there is none.
   *
   * Since: 0.1
   */
  properties[PROP_MAC_ADDRESS] = g_param_spec_string ("mac-address", NULL, NULL, NULL, settable);
  /**
   * NlvirtLink:permanent-mac-address: (getter get_permanent_mac_address)
   *
   * The link-layer address the hardware came with; %NULL where it does not tell.
   *
   * Since: 0.1
   */
  properties[PROP_PERMANENT_MAC_ADDRESS] = g_param_spec_string ("permanent-mac-address", NULL, NULL, NULL, read_only);
  /**
   * NlvirtLink:broadcast: (getter get_broadcast)
   *
   * The link-layer broadcast address; %NULL where there is none.
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
   * A description of the interface, for people; %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_ALIAS] = g_param_spec_string ("alias", NULL, NULL, NULL, settable);
  /**
   * NlvirtLink:master: (getter get_master)
   *
   * The interface this one is a part of, such as its bridge; %NULL for none.
   *
   * Since: 0.1
   */
  properties[PROP_MASTER] = g_param_spec_object ("master", NULL, NULL, NLVIRT_TYPE_LINK, settable);
  /**
   * NlvirtLink:qdisc: (getter get_qdisc)
   *
   * The queueing discipline; %NULL if the interface is gone.
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
  const NlvLink *row = nlvirt_link_find_row (self);

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

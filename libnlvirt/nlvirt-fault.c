/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What is wrong with a table file: one fault as an object, and the list of all. */
#include "nlvirt-fault.h"

#include "model/file/table-file.h"
#include "nlvirt-rows-private.h"

/**
 * NlvirtFault:
 *
 * One thing that is wrong with a table file. Immutable.
 *
 * Faults come from [func@Nlvirt.Table.check].
 *
 * Since: 0.1
 */
struct _NlvirtFault
{
  GObject parent_instance;

  char *path; /* (owned) */
  guint line;
  char *group;   /* (owned) (nullable) */
  char *key;     /* (owned) (nullable) */
  char *message; /* (owned) */
};

enum
{
  PROP_0,
  PROP_PATH,
  PROP_LINE,
  PROP_GROUP,
  PROP_KEY,
  PROP_MESSAGE,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (NlvirtFault, nlvirt_fault, G_TYPE_OBJECT)

static void
nlvirt_fault_finalize (GObject *object)
{
  NlvirtFault *self = NLVIRT_FAULT (object);

  g_free (self->path);
  g_free (self->group);
  g_free (self->key);
  g_free (self->message);
  G_OBJECT_CLASS (nlvirt_fault_parent_class)->finalize (object);
}

static void
nlvirt_fault_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NlvirtFault *self = NLVIRT_FAULT (object);

  switch (id)
    {
      case PROP_PATH:
        g_value_set_string (value, self->path);
        break;
      case PROP_LINE:
        g_value_set_uint (value, self->line);
        break;
      case PROP_GROUP:
        g_value_set_string (value, self->group);
        break;
      case PROP_KEY:
        g_value_set_string (value, self->key);
        break;
      case PROP_MESSAGE:
        g_value_set_string (value, self->message);
        break;
      default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
nlvirt_fault_class_init (NlvirtFaultClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = nlvirt_fault_finalize;
  object_class->get_property = nlvirt_fault_get_property;

  /**
   * NlvirtFault:path: (getter get_path)
   *
   * The file.
   *
   * Since: 0.1
   */
  properties[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtFault:line: (getter get_line)
   *
   * The line, counted from 1; 0 if the file as a whole is meant.
   *
   * Since: 0.1
   */
  properties[PROP_LINE] =
    g_param_spec_uint ("line", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtFault:group: (getter get_group)
   *
   * The group of the key file, if the fault is in one.
   *
   * Since: 0.1
   */
  properties[PROP_GROUP] = g_param_spec_string ("group", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtFault:key: (getter get_key)
   *
   * The key in the group, if the fault is in one.
   *
   * Since: 0.1
   */
  properties[PROP_KEY] = g_param_spec_string ("key", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  /**
   * NlvirtFault:message: (getter get_message)
   *
   * What is wrong, and what was expected.
   *
   * Since: 0.1
   */
  properties[PROP_MESSAGE] =
    g_param_spec_string ("message", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
nlvirt_fault_init (NlvirtFault *self)
{
}

GListModel *
nlvirt_fault_list_new (const char *path, GPtrArray *faults)
{
  GListStore *list = g_list_store_new (NLVIRT_TYPE_FAULT);

  for (guint i = 0; i < faults->len; i++)
    {
      const NlvFault *row = g_ptr_array_index (faults, i);
      g_autoptr (NlvirtFault) self = g_object_new (NLVIRT_TYPE_FAULT, NULL);

      self->path = g_strdup (path);
      self->line = row->line;
      self->group = g_strdup (row->group);
      self->key = g_strdup (row->key);
      self->message = g_strdup (row->message);
      g_list_store_append (list, self);
    }
  return G_LIST_MODEL (list);
}

/**
 * nlvirt_fault_get_path: (get-property path)
 * @self: a fault
 *
 * The file the fault is in.
 *
 * Returns: (transfer none): the path, as it was given
 *
 * Since: 0.1
 */
const char *
nlvirt_fault_get_path (NlvirtFault *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAULT (self), NULL);
  return self->path;
}

/**
 * nlvirt_fault_get_line: (get-property line)
 * @self: a fault
 *
 * The line the fault is in.
 *
 * Returns: the line, counted from 1, or 0 if the file as a whole is meant
 *
 * Since: 0.1
 */
guint
nlvirt_fault_get_line (NlvirtFault *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAULT (self), 0);
  return self->line;
}

/**
 * nlvirt_fault_get_group: (get-property group)
 * @self: a fault
 *
 * The group the fault is in.
 *
 * Returns: (transfer none) (nullable): the group's name
 *
 * Since: 0.1
 */
const char *
nlvirt_fault_get_group (NlvirtFault *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAULT (self), NULL);
  return self->group;
}

/**
 * nlvirt_fault_get_key: (get-property key)
 * @self: a fault
 *
 * The key the fault is in.
 *
 * Returns: (transfer none) (nullable): the key
 *
 * Since: 0.1
 */
const char *
nlvirt_fault_get_key (NlvirtFault *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAULT (self), NULL);
  return self->key;
}

/**
 * nlvirt_fault_get_message: (get-property message)
 * @self: a fault
 *
 * What is wrong.
 *
 * Returns: (transfer none): a sentence
 *
 * Since: 0.1
 */
const char *
nlvirt_fault_get_message (NlvirtFault *self)
{
  g_return_val_if_fail (NLVIRT_IS_FAULT (self), NULL);
  return self->message;
}

/**
 * nlvirt_fault_to_string:
 * @self: a fault
 *
 * The fault in one line, `file:line: [group] key: message`, without the parts
 * it does not have.
 *
 * Returns: (transfer full): the line
 *
 * Since: 0.1
 */
char *
nlvirt_fault_to_string (NlvirtFault *self)
{
  GString *out;

  g_return_val_if_fail (NLVIRT_IS_FAULT (self), NULL);
  out = g_string_new (self->path);
  if (self->line != 0)
    g_string_append_printf (out, ":%u", self->line);
  g_string_append (out, ": ");
  if (self->group != NULL)
    g_string_append_printf (out, "[%s] ", self->group);
  if (self->key != NULL)
    g_string_append_printf (out, "%s: ", self->key);
  /* g_object_new() of an application makes a fault without one. */
  if (self->message != NULL)
    g_string_append (out, self->message);
  return g_string_free (out, FALSE);
}

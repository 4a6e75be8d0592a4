/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A list model over the rows of one kind. It holds no row: each object is made
 * when somebody asks for it, so that a table of a million routes needs no
 * million objects. */
#include "nlvirt-rows-private.h"

#include "model/fib.h"
#include "nlvirt-address.h"
#include "nlvirt-link.h"
#include "nlvirt-neighbor.h"
#include "nlvirt-route.h"
#include "nlvirt-rule.h"

struct _NlvirtRows
{
  GObject parent_instance;

  NlvirtTable *table; /* (owned) */
  NlvRowKind kind;

  /* What has changed since it was told: all but the rows before and behind these. */
  gboolean changed;
  guint n_before, n_behind;
  guint n_told; /* how many rows there were then */
};

static void nlvirt_rows_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NlvirtRows, nlvirt_rows, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, nlvirt_rows_list_model_init))

static void
nlvirt_rows_finalize (GObject *object)
{
  NlvirtRows *self = NLVIRT_ROWS (object);

  nlvirt_table_remove_list (self->table, self);
  g_object_unref (self->table);
  G_OBJECT_CLASS (nlvirt_rows_parent_class)->finalize (object);
}

static void
nlvirt_rows_class_init (NlvirtRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nlvirt_rows_finalize;
}

static void
nlvirt_rows_init (NlvirtRows *self)
{
}

static GType
nlvirt_rows_get_item_type (GListModel *model)
{
  switch (NLVIRT_ROWS (model)->kind)
    {
      case NLV_ROW_LINK:
        return NLVIRT_TYPE_LINK;
      case NLV_ROW_ADDRESS:
        return NLVIRT_TYPE_ADDRESS;
      case NLV_ROW_ROUTE:
        return NLVIRT_TYPE_ROUTE;
      case NLV_ROW_RULE:
        return NLVIRT_TYPE_RULE;
      case NLV_ROW_NEIGHBOR:
        return NLVIRT_TYPE_NEIGHBOR;
      default:
        g_return_val_if_reached (G_TYPE_OBJECT);
    }
}

static guint
nlvirt_rows_get_n_items (GListModel *model)
{
  NlvirtRows *self = NLVIRT_ROWS (model);
  NlvNetwork *network = nlvirt_table_get_network (self->table);

  switch (self->kind)
    {
      case NLV_ROW_LINK:
        return nlv_network_get_n_links (network);
      case NLV_ROW_ADDRESS:
        return nlv_network_get_n_addresses (network);
      case NLV_ROW_ROUTE:
        return nlv_network_get_n_routes (network);
      case NLV_ROW_RULE:
        return nlv_network_get_n_rules (network);
      case NLV_ROW_NEIGHBOR:
        return nlv_network_get_n_neighbors (network);
      default:
        g_return_val_if_reached (0);
    }
}

static gpointer
nlvirt_rows_get_item (GListModel *model, guint position)
{
  NlvirtRows *self = NLVIRT_ROWS (model);
  NlvNetwork *network = nlvirt_table_get_network (self->table);
  NlvRoute route;

  if (position >= nlvirt_rows_get_n_items (model))
    return NULL;
  switch (self->kind)
    {
      case NLV_ROW_LINK:
        return nlvirt_table_get_link_by_index (self->table, nlv_network_get_link (network, position)->index);
      case NLV_ROW_ADDRESS:
        return nlvirt_address_new_for_row (network, nlv_network_get_address (network, position));
      case NLV_ROW_ROUTE:
        if (!nlv_fib_nth (nlv_network_get_fib (network), position, &route))
          return NULL;
        return nlvirt_route_new_for_row (network, &route);
      case NLV_ROW_RULE:
        return nlvirt_rule_new_for_row (network, nlv_network_get_rule (network, position));
      case NLV_ROW_NEIGHBOR:
        return nlvirt_neighbor_new_for_row (network, nlv_network_get_neighbor (network, position));
      default:
        g_return_val_if_reached (NULL);
    }
}

static void
nlvirt_rows_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = nlvirt_rows_get_item_type;
  iface->get_n_items = nlvirt_rows_get_n_items;
  iface->get_item = nlvirt_rows_get_item;
}

void
nlvirt_rows_note (NlvirtRows *self, NlvRowKind kind, guint position, guint n_removed, guint n_added)
{
  guint n_items;

  if (kind != self->kind)
    return;
  n_items = nlvirt_rows_get_n_items (G_LIST_MODEL (self));
  if (!self->changed)
    self->n_before = self->n_behind = G_MAXUINT;
  self->changed = TRUE;
  self->n_before = MIN (self->n_before, position);
  self->n_behind = MIN (self->n_behind, n_items - position - n_added);
}

void
nlvirt_rows_tell (NlvirtRows *self)
{
  guint n_items = nlvirt_rows_get_n_items (G_LIST_MODEL (self)), n_told = self->n_told;
  guint kept = self->n_before + self->n_behind;

  if (!self->changed)
    return;
  self->changed = FALSE;
  self->n_told = n_items;
  /* What came has gone again. */
  if (kept == n_told && kept == n_items)
    return;
  g_list_model_items_changed (G_LIST_MODEL (self), self->n_before, n_told - kept, n_items - kept);
}

GListModel *
nlvirt_rows_new (NlvirtTable *table, NlvRowKind kind)
{
  NlvirtRows *self = g_object_new (NLVIRT_TYPE_ROWS, NULL);

  self->table = g_object_ref (table);
  self->kind = kind;
  self->n_told = nlvirt_rows_get_n_items (G_LIST_MODEL (self));
  nlvirt_table_add_list (table, self);
  return G_LIST_MODEL (self);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a kind keeps of its link, IFLA_INFO_DATA and IFLA_INFO_SLAVE_DATA, read
 * and edited attribute by attribute. */
#pragma once

#include "model/network.h"

/* All of it: empty when there is none. */
NlvSpan nlv_info_span (GBytes *info);
/* FALSE, and zero bytes, when it is not there; short ones are filled with
 * zero bytes. */
gboolean nlv_info_get (GBytes *info, guint16 type, gpointer value, gsize size);
guint8 nlv_info_get_u8 (GBytes *info, guint16 type);
guint16 nlv_info_get_u16 (GBytes *info, guint16 type);
guint32 nlv_info_get_u32 (GBytes *info, guint16 type);
/* In the place that it has, or at the end. */
void nlv_info_set (GBytes **info, guint16 type, gconstpointer value, gsize size);
void nlv_info_set_u8 (GBytes **info, guint16 type, guint8 value);
void nlv_info_set_u16 (GBytes **info, guint16 type, guint16 value);
void nlv_info_set_u32 (GBytes **info, guint16 type, guint32 value);
void nlv_info_unset (GBytes **info, guint16 type);

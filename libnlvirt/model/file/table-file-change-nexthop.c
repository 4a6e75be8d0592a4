/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* [nexthop ID] groups of a text as requests. A group of nexthops comes after its
 * members and goes before them, wherever it stands in the text. */
#include "model/file/table-file-change.h"

#include <linux/nexthop.h>

static void
put_new (NlvTableChange *self, NlvSection *section, const NlvNexthopObject *row)
{
  struct nhmsg *header;
  NlvWriter writer;

  header = nlv_step_begin (&writer, RTM_NEWNEXTHOP, nlv_step_flags (self), sizeof *header);
  header->nh_family = row->family;
  header->nh_protocol = row->protocol;
  /* Others follow from the link. */
  header->nh_flags = row->flags & RTNH_F_ONLINK;
  nlv_nexthop_put (&writer, row);
  nlv_raw_attrs_put (row->extra, &writer, sizeof *header);
  nlv_step_end (self, section, &writer);
}

static void
remove_nexthop (NlvTableChange *self, NlvSection *section)
{
  NlvWriter writer;
  guint32 id;

  nlv_section_refuse_others (section, "expected no keys for a nexthop that is to be removed");
  if (!nlv_nexthop_object_read_id (section, &id))
    return;
  nlv_step_begin (&writer, RTM_DELNEXTHOP, 0, sizeof (struct nhmsg));
  nlv_put_u32 (&writer, NHA_ID, id);
  nlv_step_end (self, section, &writer);
}

static NlvNexthopObject *
find (NlvTableChange *self, const NlvSection *section)
{
  guint32 id;

  return nlv_nexthop_object_parse_id (section->label, &id) ? nlv_network_find_nexthop (self->reader.network, id) : NULL;
}

static void
make_nexthop (NlvTableChange *self, NlvSection *section)
{
  NlvNexthopObject *known = find (self, section);

  /* From now on it is what is said here. */
  if (known != NULL)
    nlv_network_remove_nexthop (self->reader.network, known);
  nlv_nexthop_object_read (&self->reader, section);
  if (!section->faulty)
    put_new (self, section, find (self, section));
}

static gboolean
is_group (NlvTableChange *self, NlvSection *section)
{
  const NlvNexthopObject *known = self->verb == NLV_TABLE_REMOVE ? find (self, section) : NULL;

  return known != NULL ? known->group != NULL : nlv_section_has (section, "group");
}

void
nlv_nexthops_change (NlvTableChange *self, GArray *groups)
{
  g_autoptr (GPtrArray) sections = nlv_sections_load (groups, NLV_GROUP_NEXTHOP, self->reader.faults);
  gboolean removes = self->verb == NLV_TABLE_REMOVE;

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < sections->len; i++)
      {
        NlvSection *section = g_ptr_array_index (sections, i);

        if (is_group (self, section) != ((pass == 0) == removes))
          continue;
        if (removes)
          remove_nexthop (self, section);
        else
          make_nexthop (self, section);
      }
}

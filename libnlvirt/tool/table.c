/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Finds the table that an option names. */
#include "tool.h"

#include <string.h>

#define SUFFIX ".nlvirt"

static NlvirtTable *
read_table (const char *path)
{
  g_autoptr (GError) error = NULL;
  NlvirtTable *table = nlvirt_table_new_from_file (path, &error);

  if (table == NULL)
    print_error ("%s", error->message);
  return table;
}

/* The path of an installed network, or NULL. */
static char *
find_installed (const char *name)
{
  g_autofree char *file = g_strconcat (name, SUFFIX, NULL);
  g_autoptr (GPtrArray) dirs = g_ptr_array_new ();
  const char *const *system_dirs = g_get_system_data_dirs ();

  g_ptr_array_add (dirs, (char *) g_get_user_data_dir ());
  for (gsize i = 0; system_dirs[i] != NULL; i++)
    g_ptr_array_add (dirs, (char *) system_dirs[i]);
  g_ptr_array_add (dirs, (char *) DATADIR);
  for (guint i = 0; i < dirs->len; i++)
    {
      g_autofree char *path = g_build_filename (g_ptr_array_index (dirs, i), "nlvirt", "networks", file, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

NlvirtTable *
open_table (const char *name)
{
  g_autofree char *installed = NULL;

  if (name == NULL || strcmp (name, "loopback") == 0)
    return nlvirt_table_new_loopback ();
  if (strchr (name, '/') != NULL || g_str_has_suffix (name, SUFFIX) || g_file_test (name, G_FILE_TEST_EXISTS))
    return read_table (name);
  installed = find_installed (name);
  if (installed != NULL)
    return read_table (installed);
  print_error ("“%s” is neither a file nor the name of an installed network", name);
  return NULL;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Loads a table file and prints it as the library saves it, twice over. */
#include <nlvirt.h>
#include <stdio.h>

static GBytes *
load (const guint8 *data, gsize len)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NlvirtTable) table = nlvirt_table_new_from_data (data, len, &error);

  if (table == NULL)
    fprintf (stderr, "%s\n", error->message);
  return table != NULL ? nlvirt_table_to_data (table) : NULL;
}

int
main (int argc, char *argv[])
{
  g_autofree char *text = NULL;
  gsize len = 0;

  if (argc != 2 || !g_file_get_contents (argv[1], &text, &len, NULL))
    return 2;
  g_autoptr (GBytes) once = load ((const guint8 *) text, len);
  if (once == NULL)
    return 1;
  g_autoptr (GBytes) twice = load (g_bytes_get_data (once, NULL), g_bytes_get_size (once));
  if (twice == NULL || !g_bytes_equal (once, twice))
    {
      fprintf (stderr, "what was saved is saved in another way\n");
      return 1;
    }
  fwrite (g_bytes_get_data (once, NULL), 1, g_bytes_get_size (once), stdout);
  return fflush (stdout) == 0 ? 0 : 1;
}

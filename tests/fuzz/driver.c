/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs a fuzz target over every file of a directory, for compilers without
 * libFuzzer: the corpus as a test. Each file is also run cut short at every
 * length and with each byte disturbed, so that a small corpus goes far. */
#include "fuzz.h"

#include <glib.h>
#include <string.h>

static void
run_variants (const guint8 *data, gsize size)
{
  /* A copy of the exact size, so that a checker sees a read past the end. */
  for (gsize len = 0; len <= size; len++)
    {
      guint8 *cut = g_memdup2 (data, len);
      LLVMFuzzerTestOneInput (cut, len);
      g_free (cut);
    }
  for (gsize i = 0; i < size; i++)
    {
      guint8 *copy = g_memdup2 (data, size);
      copy[i] ^= 0x80;
      LLVMFuzzerTestOneInput (copy, size);
      copy[i] ^= 0x81;
      LLVMFuzzerTestOneInput (copy, size);
      copy[i] = 0;
      LLVMFuzzerTestOneInput (copy, size);
      g_free (copy);
    }
}

int
main (int argc, char **argv)
{
  GError *error = NULL;
  const char *name;
  guint n = 0;

  if (argc != 2)
    {
      g_printerr ("usage: %s DIRECTORY\n", argv[0]);
      return 2;
    }
  GDir *dir = g_dir_open (argv[1], 0, &error);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char *path = g_build_filename (argv[1], name, NULL);
      char *data;
      gsize size;

      if (!g_file_get_contents (path, &data, &size, &error))
        break;
      run_variants ((const guint8 *) data, size);
      g_free (data);
      g_free (path);
      n++;
    }
  if (error != NULL)
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  g_dir_close (dir);
  g_print ("%u files\n", n);
  return n > 0 ? 0 : 1;
}

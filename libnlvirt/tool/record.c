/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nlvirt record: the network as the kernel tells of it, as a table file. */
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_help (void)
{
  puts ("Usage: nlvirt record [--output FILE]\n"
        "\n"
        "Writes the network of this process, as the kernel tells of it, as a table file\n"
        "for “nlvirt run --table”. Needs no privileges. The file holds all addresses of\n"
        "this machine and of its neighbours: look at it before you give it away.\n"
        "\n"
        "  -o, --output FILE   the file to write; without it, or with “-”, the standard\n"
        "                      output\n"
        "  -h, --help          this text\n"
        "\n"
        "Exit status: 0, or 125 if the network cannot be read or the file not written.");
}

static gboolean
print_table (NlvirtTable *table)
{
  g_autoptr (GBytes) data = nlvirt_table_to_data (table);

  fwrite (g_bytes_get_data (data, NULL), 1, g_bytes_get_size (data), stdout);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return TRUE;
  print_error ("cannot write: %s", strerror (errno));
  return FALSE;
}

static int
record (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (NlvirtTable) table = nlvirt_table_new_from_kernel (&error);

  if (table == NULL)
    {
      print_error ("%s", error->message);
      return EXIT_NLVIRT_FAILED;
    }
  if (path == NULL || strcmp (path, "-") == 0)
    return print_table (table) ? EXIT_SUCCESS : EXIT_NLVIRT_FAILED;
  if (nlvirt_table_save (table, path, &error))
    return EXIT_SUCCESS;
  print_error ("%s", error->message);
  return EXIT_NLVIRT_FAILED;
}

int
handle_record (int argc, char *argv[])
{
  static const struct option options[] = {
    { "help", no_argument, NULL, 'h' },
    { "output", required_argument, NULL, 'o' },
    { 0 },
  };
  const char *path = NULL;
  int option;

  while ((option = getopt_long (argc, argv, "ho:", options, NULL)) >= 0)
    switch (option)
      {
        case 'h':
          print_help ();
          return EXIT_SUCCESS;
        case 'o':
          path = optarg;
          break;
        default:
          return EXIT_NLVIRT_FAILED;
      }
  if (optind < argc)
    {
      print_error ("“%s”: record takes no arguments; try “nlvirt record --help”", argv[optind]);
      return EXIT_NLVIRT_FAILED;
    }
  return record (path);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nlvirt check: every fault of table files, a line each. */
#include "tool.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

static void
print_help (void)
{
  puts ("Usage: nlvirt check FILE…\n"
        "\n"
        "Says what is wrong with table files: one line for each fault, in the form\n"
        "“file:line: [group] key: message”.\n"
        "\n"
        "  -h, --help     this text\n"
        "\n"
        "Exit status: 0 if all files can be used, 1 if not, 125 if one cannot be read.");
}

static int
check_file (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) faults = nlvirt_table_check (path, &error);
  guint n;

  if (faults == NULL)
    {
      print_error ("%s", error->message);
      return EXIT_NLVIRT_FAILED;
    }
  n = g_list_model_get_n_items (faults);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NlvirtFault) fault = g_list_model_get_item (faults, i);
      g_autofree char *line = nlvirt_fault_to_string (fault);

      puts (line);
    }
  return n > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

int
handle_check (int argc, char *argv[])
{
  static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { 0 } };
  int status = EXIT_SUCCESS;
  int option;

  while ((option = getopt_long (argc, argv, "h", options, NULL)) >= 0)
    {
      if (option != 'h')
        return EXIT_NLVIRT_FAILED;
      print_help ();
      return EXIT_SUCCESS;
    }
  if (optind == argc)
    {
      print_error ("no file to check was named");
      return EXIT_NLVIRT_FAILED;
    }
  for (int i = optind; i < argc; i++)
    {
      int file_status = check_file (argv[i]);

      status = MAX (status, file_status);
    }
  return status;
}

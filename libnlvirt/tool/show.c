/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nlvirt show: the network of a running session, as a table file. */
#include "tool.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
print_help (void)
{
  puts ("Usage: nlvirt show [OPTION…]\n"
        "\n"
        "Prints the network of a session that runs under “nlvirt run --control”, as it is\n"
        "now, as a table file.\n"
        "\n"
        "  -c, --control PATH   the session’s socket, or its D-Bus address; without it, what\n"
        "                       NLVIRT_CONTROL names\n"
        "  -w, --wait SECONDS   how long to wait for a session that is not yet there; default 5\n"
        "  -h, --help           this text\n"
        "\n"
        "Exit status: 0, or 125 if the session cannot be asked.");
}

static int
show (const char *control, double wait)
{
  g_autoptr (GDBusConnection) connection = control_connect (control, wait);
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *text;

  if (connection == NULL)
    return EXIT_NLVIRT_FAILED;
  result = control_call (connection, "Show", NULL, &error);
  if (result == NULL)
    {
      print_error ("%s", error->message);
      return EXIT_NLVIRT_FAILED;
    }
  g_variant_get (result, "(&s)", &text);
  fputs (text, stdout);
  if (fflush (stdout) == 0 && !ferror (stdout))
    return EXIT_SUCCESS;
  print_error ("cannot write: %s", strerror (errno));
  return EXIT_NLVIRT_FAILED;
}

int
handle_show (int argc, char *argv[])
{
  static const struct option options[] = {
    { "control", required_argument, NULL, 'c' },
    { "wait", required_argument, NULL, 'w' },
    { "help", no_argument, NULL, 'h' },
    { 0 },
  };
  const char *control = NULL;
  double wait = CONTROL_WAIT;
  int option;

  while ((option = getopt_long (argc, argv, "c:w:h", options, NULL)) >= 0)
    switch (option)
      {
        case 'c':
          control = optarg;
          break;
        case 'w':
          if (!parse_wait (optarg, &wait))
            return EXIT_NLVIRT_FAILED;
          break;
        case 'h':
          print_help ();
          return EXIT_SUCCESS;
        default:
          return EXIT_NLVIRT_FAILED;
      }
  if (optind < argc)
    {
      print_error ("“%s”: show takes no arguments; try “nlvirt show --help”", argv[optind]);
      return EXIT_NLVIRT_FAILED;
    }
  return show (control, wait);
}

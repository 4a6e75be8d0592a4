/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nlvirt(1): finds the verb. */
#include "tool.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct
{
  const char *name;
  int (*handle) (int argc, char *argv[]);
  const char *arguments;
  const char *description;
} verbs[] = {
  { "run", handle_run, "[OPTION…] [--] COMMAND [ARG…]", "runs a command with a network view of its own" },
  { "set", handle_set, "[OPTION…] link NAME up|down|KEY=VALUE…", "changes a link of a running session" },
  { "set", handle_set, "[OPTION…] add|replace|remove WHAT KEY=VALUE…",
    "changes other rows of its network: addresses, nexthops, routes, rules, neighbors" },
  { "show", handle_show, "[OPTION…]", "prints the network of a running session" },
  { "record", handle_record, "[--output FILE]", "writes this machine's network as a table file" },
  { "check", handle_check, "FILE…", "says what is wrong with table files" },
};

void
print_error (const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  fprintf (stderr, "nlvirt: %s\n", message);
}

static void
print_usage (FILE *out)
{
  fputs ("Usage: nlvirt VERB …\n\n", out);
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    fprintf (out, "  nlvirt %s %s\n        %s\n", verbs[i].name, verbs[i].arguments, verbs[i].description);
  fputs ("\n  -h, --help     this text; after a verb, its options\n  --version      the version\n", out);
}

/* What getopt_long() begins its errors with is the first word. */
static int
handle (int (*verb) (int argc, char *argv[]), int argc, char *argv[])
{
  g_autofree char *name = g_strconcat ("nlvirt ", argv[1], NULL);

  argv[1] = name;
  return verb (argc - 1, argv + 1);
}

int
main (int argc, char *argv[])
{
  setlocale (LC_ALL, "");
  if (argc < 2)
    {
      print_usage (stderr);
      return EXIT_NLVIRT_FAILED;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      puts ("nlvirt " NLVIRT_VERSION_S);
      return EXIT_SUCCESS;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    {
      print_usage (stdout);
      return EXIT_SUCCESS;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (verbs); i++)
    if (strcmp (argv[1], verbs[i].name) == 0)
      return handle (verbs[i].handle, argc, argv);
  print_error ("there is no verb “%s”; try “nlvirt --help”", argv[1]);
  return EXIT_NLVIRT_FAILED;
}

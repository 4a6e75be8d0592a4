/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nlvirt set: changes the network of a running session. The words of the command
 * become the text of a table file. */
#include "tool.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  EXIT_REFUSED = 1,
  EXIT_WRONG_WORDS = 2,
};

typedef struct
{
  const char *control;
  const char *file; /* (nullable) */
  double wait;
  int n_words;
  char **words;
} Options;

static void
print_help (void)
{
  puts ("Usage: nlvirt set [OPTION…] link NAME up|down|KEY=VALUE…\n"
        "       nlvirt set [OPTION…] add|replace|remove link NAME [KEY=VALUE…]\n"
        "       nlvirt set [OPTION…] add|replace|remove nexthop ID [KEY=VALUE…]\n"
        "       nlvirt set [OPTION…] add|replace|remove address|route|rule|neighbor KEY=VALUE…\n"
        "       nlvirt set [OPTION…] --file FILE add|replace|remove\n"
        "\n"
        "Changes the network of a session that runs under “nlvirt run --control”. The keys\n"
        "are those of table files, nlvirt(5); up and down stand for up=true and up=false.\n"
        "When it ends, the change is done, and the programs that listen have been told.\n"
        "\n"
        "  -c, --control PATH   the session’s socket, or its D-Bus address; without it, what\n"
        "                       NLVIRT_CONTROL names\n"
        "  -f, --file FILE      what is to be added, replaced or removed, as a table file;\n"
        "                       “-” is the standard input\n"
        "  -w, --wait SECONDS   how long to wait for a session that is not yet there; default 5\n"
        "  -h, --help           this text\n"
        "\n"
        "Exit status: 0 if it was done, 1 if it was refused, 2 if the words are wrong, 125 if\n"
        "the session cannot be reached, or a file not read.");
}

/* --- from words to text -------------------------------------------------------------- */

/* What has a name behind it. */
static const char *const named[] = { "link", "nexthop", NULL };

static gboolean
is_one_of (const char *word, const char *const *words)
{
  return word != NULL && g_strv_contains (words, word);
}

/* A line, unless it would be two. */
static gboolean
append_key (GString *text, const char *word)
{
  const char *equals = strchr (word, '=');

  if (equals == NULL || equals == word)
    print_error ("“%s”: expected KEY=VALUE", word);
  else if (strchr (word, '\n') != NULL || !g_utf8_validate (word, -1, NULL))
    print_error ("“%s”: expected one line of text; in a value, \\n stands for a new line", word);
  else
    {
      g_string_append_printf (text, "%s\n", word);
      return TRUE;
    }
  return FALSE;
}

static gboolean
append_keys (GString *text, const Options *options, int first)
{
  for (int i = first; i < options->n_words; i++)
    if (!append_key (text, options->words[i]))
      return FALSE;
  return TRUE;
}

/* "link NAME", "nexthop ID" */
static gboolean
append_named (GString *text, const char *kind, const char *name)
{
  if (name == NULL || *name == '\0' || strpbrk (name, "[]=\n") != NULL || !g_utf8_validate (name, -1, NULL))
    {
      print_error ("expected the %s behind “%s”", strcmp (kind, "link") == 0 ? "name of a link" : "id of a nexthop",
                   kind);
      return FALSE;
    }
  g_string_append_printf (text, "[%s %s]\n", kind, name);
  return TRUE;
}

/* link NAME up|down|KEY=VALUE…: the link is there. */
static gboolean
append_change (GString *text, const Options *options)
{
  if (!append_named (text, "link", options->n_words > 1 ? options->words[1] : NULL))
    return FALSE;
  if (options->n_words < 3)
    {
      print_error ("expected up, down or KEY=VALUE behind the name of the link");
      return FALSE;
    }
  for (int i = 2; i < options->n_words; i++)
    if (strcmp (options->words[i], "up") == 0)
      g_string_append (text, "up=true\n");
    else if (strcmp (options->words[i], "down") == 0)
      g_string_append (text, "up=false\n");
    else if (!append_key (text, options->words[i]))
      return FALSE;
  return TRUE;
}

/* address, route, rule, neighbor, link NAME or nexthop ID, and its keys. */
static gboolean
append_row (GString *text, const Options *options)
{
  static const char *const kinds[] = { "address", "route", "rule", "neighbor", NULL };
  const char *kind = options->n_words > 1 ? options->words[1] : NULL;

  if (is_one_of (kind, named))
    return append_named (text, kind, options->n_words > 2 ? options->words[2] : NULL) && append_keys (text, options, 3);
  if (!is_one_of (kind, kinds))
    {
      print_error ("expected link, address, nexthop, route, rule or neighbor behind “%s”", options->words[0]);
      return FALSE;
    }
  g_string_append_printf (text, "[%s 1]\n", kind);
  return append_keys (text, options, 2);
}

static gboolean
read_stdin (char **text, gsize *len, GError **error)
{
  g_autoptr (GString) all = g_string_new (NULL);
  char part[4096];
  gsize n;

  while ((n = fread (part, 1, sizeof part, stdin)) > 0)
    g_string_append_len (all, part, (gssize) n);
  *len = all->len;
  *text = g_strdup (all->str);
  return TRUE;
}

/* 0, or the exit status after an error has been printed. */
static int
append_file (GString *text, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *contents = NULL;
  gsize len;

  if (!(strcmp (path, "-") == 0 ? read_stdin (&contents, &len, &error)
                                : g_file_get_contents (path, &contents, &len, &error)))
    {
      print_error ("%s", error->message);
      return EXIT_NLVIRT_FAILED;
    }
  /* It travels as a string. */
  if (!g_utf8_validate_len (contents, len, NULL))
    {
      print_error ("“%s” is not text in UTF-8", path);
      return EXIT_REFUSED;
    }
  g_string_append (text, contents);
  return EXIT_SUCCESS;
}

/* 0 and the method that does it, or the exit status after an error has been printed. */
static int
write_text (GString *text, const Options *options, const char **method)
{
  static const char *const verbs[] = { "add", "replace", "remove", NULL };
  static const char *const methods[] = { "Add", "Replace", "Remove" };
  const char *verb = options->n_words > 0 ? options->words[0] : NULL;

  *method = methods[1];
  if (g_strcmp0 (verb, "link") == 0 && options->file == NULL)
    return append_change (text, options) ? EXIT_SUCCESS : EXIT_WRONG_WORDS;
  if (!is_one_of (verb, verbs))
    {
      print_error (options->file == NULL ? "expected link, add, replace or remove; try “nlvirt set --help”"
                                         : "expected add, replace or remove with --file");
      return EXIT_WRONG_WORDS;
    }
  for (guint i = 0; verbs[i] != NULL; i++)
    if (strcmp (verb, verbs[i]) == 0)
      *method = methods[i];
  if (options->file == NULL)
    return append_row (text, options) ? EXIT_SUCCESS : EXIT_WRONG_WORDS;
  if (options->n_words == 1)
    return append_file (text, options->file);
  print_error ("“%s”: expected nothing behind “%s” with --file", options->words[1], verb);
  return EXIT_WRONG_WORDS;
}

/* --- what comes of it ----------------------------------------------------------------- */

/* "link eth0", "add route", "remove link eth0" */
static char *
dup_subject (const Options *options)
{
  const char *name = is_one_of (options->words[1], named) ? options->words[2] : NULL;

  return g_strjoin (" ", options->words[0], options->words[1], name, NULL);
}

/* Faults are named by the line of a text that only a file has: "data:LINE: [GROUP] …" */
static void
print_faults (const char *message, const Options *options)
{
  g_autofree char *subject = options->file == NULL ? dup_subject (options) : NULL;
  g_auto (GStrv) lines = g_strsplit (message, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = lines[i], *end = strstr (line, "] ");

      if (!g_str_has_prefix (line, "data:"))
        print_error ("%s", line);
      else if (subject == NULL)
        print_error ("%s%s", options->file, line + strlen ("data"));
      else
        print_error ("%s: %s", subject, end != NULL ? end + 2 : strchr (line, ' ') + 1);
    }
}

static int
set (const Options *options)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GDBusConnection) connection = NULL;
  g_autoptr (GVariant) result = NULL;
  g_autoptr (GError) error = NULL;
  const char *method;
  int status = write_text (text, options, &method);

  if (status != EXIT_SUCCESS)
    return status;
  connection = control_connect (options->control, options->wait);
  if (connection == NULL)
    return EXIT_NLVIRT_FAILED;
  result = control_call (connection, method, text->str, &error);
  if (result != NULL)
    return EXIT_SUCCESS;
  if (error->domain != NLVIRT_ERROR)
    {
      print_error ("the session has not answered: %s", error->message);
      return EXIT_NLVIRT_FAILED;
    }
  print_faults (error->message, options);
  return EXIT_REFUSED;
}

int
handle_set (int argc, char *argv[])
{
  static const struct option known[] = {
    { "control", required_argument, NULL, 'c' },
    { "file", required_argument, NULL, 'f' },
    { "wait", required_argument, NULL, 'w' },
    { "help", no_argument, NULL, 'h' },
    { 0 },
  };
  Options options = { .wait = CONTROL_WAIT };
  int option;

  /* "+": a value may begin with a dash. */
  while ((option = getopt_long (argc, argv, "+c:f:w:h", known, NULL)) >= 0)
    switch (option)
      {
        case 'c':
          options.control = optarg;
          break;
        case 'f':
          options.file = optarg;
          break;
        case 'w':
          if (!parse_wait (optarg, &options.wait))
            return EXIT_WRONG_WORDS;
          break;
        case 'h':
          print_help ();
          return EXIT_SUCCESS;
        default:
          return EXIT_WRONG_WORDS;
      }
  options.words = argv + optind;
  options.n_words = argc - optind;
  return set (&options);
}

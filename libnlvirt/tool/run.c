/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* nlvirt run: one command under supervision.
 *
 * It is as if the command had been started without nlvirt. It has the same
 * standard files, process group and terminal; what is sent to nlvirt reaches
 * it, and when it stops, nlvirt stops. Signals of the terminal reach the
 * whole process group by themselves and are not passed on.
 *
 * nlvirt is there until the last descendant has gone, since it has to answer
 * them. It takes in orphans, and so reaps them. */
#include "signals.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct
{
  const char *table;
  const char *save;
  const char *control; /* (nullable) */
  gboolean control_inside;
  NlvirtAccess access;
  GPtrArray *failures; /* (element-type NlvirtFailure) (owned) */
  gboolean trace;
  const char *const *command;
} Options;

typedef struct
{
  GMainLoop *main_loop;   /* (owned) */
  NlvirtSession *session; /* (owned) */
  NlvirtControl *control; /* (owned) (nullable) */
  pid_t command;          /* 0 when it has exited */
  gboolean ended;
} Run;

static void
print_help (void)
{
  puts ("Usage: nlvirt run [OPTION…] [--] COMMAND [ARG…]\n"
        "\n"
        "Runs a command that is told of another network than the real one.\n"
        "\n"
        "  --table FILE|NAME      the network: a table file, or the name of an installed\n"
        "                         one; “loopback”, the default, has the loopback\n"
        "                         interface and nothing else\n"
        "  --access ACCESS        what the command may do with it: “read-only”, the default,\n"
        "                         or “read-write”: it changes a copy of its own\n"
        "  --save FILE            writes the network as it is when the command has ended\n"
        "  --fail WHAT            makes something go wrong; for example RTM_NEWADDR=EPERM,\n"
        "                         RTM_GETLINK=300ms, overrun, interrupt, socket=EMFILE;\n"
        "                         with :2 twice only, with :every=3 each third time\n"
        "  --control PATH         lets “nlvirt set” and “nlvirt show” of the same user change and\n"
        "                         print the network meanwhile, through a socket at PATH; but\n"
        "                         not the command and what it starts\n"
        "  --control-inside       lets these do so, too: NLVIRT_CONTROL in their environment\n"
        "                         names the socket\n"
        "  --trace                prints a line for each netlink datagram\n"
        "  -h, --help             this text\n"
        "\n"
        "Exit status: the command’s; 128 and the number if a signal ended it; 125 if\n"
        "nlvirt failed; 126 if the command cannot be executed; 127 if it is not found.");
}

/* Children that somebody left behind. The command itself is for GSubprocess to
 * reap; while it waits for that, it may hide others. */
static void
reap_strangers (Run *run)
{
  siginfo_t info = { 0 };

  while (waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0 && info.si_pid != run->command)
    {
      waitid (P_PID, info.si_pid, &info, WEXITED | WNOHANG);
      info.si_pid = 0;
    }
}

/* Only a process with a terminal is a job of a shell's. */
static gboolean
has_terminal (void)
{
  int fd = open ("/dev/tty", O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd >= 0)
    close (fd);
  return fd >= 0;
}

/* A shell that waits for nlvirt is to see its job stopped when the command
 * has stopped, and not earlier. Elsewhere nlvirt goes on serving: whoever
 * stopped the command will continue it, and not know of nlvirt. */
static void
stop_with_command (Run *run)
{
  siginfo_t info = { 0 };

  if (run->command != 0 && waitid (P_PID, run->command, &info, WSTOPPED | WNOHANG) == 0 && info.si_pid != 0 &&
      has_terminal ())
    raise (SIGSTOP);
}

static void
on_signal (int number, gboolean sent, gpointer user_data)
{
  Run *run = user_data;

  if (number == SIGCHLD)
    {
      reap_strangers (run);
      stop_with_command (run);
    }
  else if (run->command != 0)
    {
      if (sent)
        nlvirt_session_send_signal (run->session, number);
    }
  else if (number == SIGHUP || number == SIGINT || number == SIGQUIT || number == SIGTERM)
    g_main_loop_quit (run->main_loop);
}

static void
quit_if_done (Run *run)
{
  if (run->ended && run->command == 0)
    g_main_loop_quit (run->main_loop);
}

static void
on_exited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  nlvirt_session_wait_finish (NLVIRT_SESSION (source), result, NULL);
  run->command = 0;
  reap_strangers (run);
  quit_if_done (run);
}

static void
on_ended (NlvirtSession *session, gpointer user_data)
{
  Run *run = user_data;

  run->ended = TRUE;
  quit_if_done (run);
}

static int
status_of_error (const GError *error)
{
  if (error->domain != G_SPAWN_ERROR)
    return EXIT_NLVIRT_FAILED;
  switch (error->code)
    {
      case G_SPAWN_ERROR_NOENT:
        return EXIT_NOT_FOUND;
      case G_SPAWN_ERROR_FORK:
      case G_SPAWN_ERROR_READ:
      case G_SPAWN_ERROR_CHDIR:
        return EXIT_NLVIRT_FAILED;
      default:
        return EXIT_CANNOT_EXECUTE;
    }
}

/* Starts the command. 0, or an exit status after an error has been printed. */
static int
start (Run *run, NlvirtSupervisor *supervisor, NlvirtTable *table, const Options *options)
{
  g_autoptr (GError) error = NULL;
  const char *pid;

  if (!signals_watch (on_signal, run))
    {
      print_error ("cannot watch for signals: %s", g_strerror (errno));
      return EXIT_NLVIRT_FAILED;
    }
  run->session = nlvirt_supervisor_spawn (supervisor, table, options->command,
                                          G_SUBPROCESS_FLAGS_STDIN_INHERIT | G_SUBPROCESS_FLAGS_INHERIT_FDS, &error);
  if (run->session == NULL)
    {
      print_error ("%s", error->message);
      return status_of_error (error);
    }
  nlvirt_session_set_access (run->session, options->access);
  /* Which may have made a copy of it. */
  if (run->control != NULL)
    nlvirt_control_set_table (run->control, nlvirt_session_get_table (run->session));
  for (guint i = 0; i < options->failures->len; i++)
    nlvirt_session_add_failure (run->session, g_ptr_array_index (options->failures, i));
  /* None: it has exited already. */
  pid = g_subprocess_get_identifier (nlvirt_session_get_subprocess (run->session));
  run->command = pid != NULL ? atoi (pid) : 0;
  if (options->trace)
    trace_session (run->session);
  return 0;
}

static int
exit_status (NlvirtSession *session)
{
  if (nlvirt_session_get_if_signaled (session))
    return EXIT_SIGNALED + nlvirt_session_get_term_sig (session);
  return nlvirt_session_get_exit_status (session);
}

/* A program of the same user could otherwise take the listener out of this
 * process (pidfd_getfd()) and answer its own calls. Root still can. */
static void
close_to_others (void)
{
#ifndef __SANITIZE_ADDRESS__ /* its leak checker traces its own process */
  prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

/* What save() would come to, told before the command runs. It replaces the
 * file by another one, so nothing but a plain file is to be lost. */
static gboolean
can_save (const char *path)
{
  g_autofree char *attempt = g_strconcat (path, ".XXXXXX", NULL);
  const char *reason = NULL;
  struct stat info;
  int fd;

  if (stat (path, &info) == 0 && !S_ISREG (info.st_mode))
    reason = S_ISDIR (info.st_mode) ? g_strerror (EISDIR) : "it is no plain file";
  else if (*path == '\0')
    reason = g_strerror (ENOENT);
  else
    {
      fd = g_mkstemp_full (attempt, O_WRONLY | O_CLOEXEC, 0600);
      if (fd < 0)
        reason = g_strerror (errno);
      else
        {
          close (fd);
          unlink (attempt);
        }
    }
  if (reason != NULL)
    print_error ("cannot save to “%s”: %s", path, reason);
  return reason == NULL;
}

/* Before the command, so that it finds the socket. */
static gboolean
open_control (Run *run, NlvirtTable *table, const Options *options)
{
  g_autoptr (GError) error = NULL;

  if (options->control == NULL && !options->control_inside)
    return TRUE;
  run->control = nlvirt_control_new (table, options->control, &error);
  if (run->control == NULL)
    {
      print_error ("%s", error->message);
      return FALSE;
    }
  nlvirt_control_set_allow_descendants (run->control, options->control_inside);
  if (options->control_inside)
    g_setenv ("NLVIRT_CONTROL", nlvirt_control_get_address (run->control), TRUE);
  return TRUE;
}

static gboolean
save (NlvirtTable *table, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (nlvirt_table_save (table, path, &error))
    return TRUE;
  print_error ("%s", error->message);
  return FALSE;
}

static int
run_command (const Options *options)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = open_table (options->table);
  Run run = { 0 };
  int status;

  if (table == NULL || (options->save != NULL && !can_save (options->save)))
    return EXIT_NLVIRT_FAILED;
  close_to_others ();
  nlvirt_supervisor_set_child_subreaper (supervisor, TRUE);
  run.main_loop = g_main_loop_new (NULL, FALSE);
  status = open_control (&run, table, options) ? start (&run, supervisor, table, options) : EXIT_NLVIRT_FAILED;
  if (status == 0)
    {
      g_signal_connect (run.session, "ended", G_CALLBACK (on_ended), &run);
      nlvirt_session_wait_async (run.session, NULL, on_exited, &run);
      g_main_loop_run (run.main_loop);
      status = exit_status (run.session);
      g_signal_handlers_disconnect_by_data (run.session, &run);
      if (run.control != NULL)
        nlvirt_control_close (run.control);
      if (options->save != NULL && !save (nlvirt_session_get_table (run.session), options->save))
        status = EXIT_NLVIRT_FAILED;
    }
  nlvirt_supervisor_close (supervisor);
  g_clear_object (&run.control);
  g_clear_object (&run.session);
  g_main_loop_unref (run.main_loop);
  return status;
}

static gboolean
parse_access (const char *name, NlvirtAccess *access)
{
  if (strcmp (name, "read-only") == 0)
    *access = NLVIRT_ACCESS_READ_ONLY;
  else if (strcmp (name, "read-write") == 0)
    *access = NLVIRT_ACCESS_READ_WRITE;
  else
    {
      print_error ("there is no access “%s”; the known ones are: read-only, read-write", name);
      return FALSE;
    }
  return TRUE;
}

static gboolean
parse_failure (const char *text, GPtrArray *failures)
{
  g_autoptr (GError) error = NULL;
  NlvirtFailure *failure = nlvirt_failure_new_from_string (text, &error);

  if (failure == NULL)
    {
      print_error ("--fail “%s”: %s", text, error->message);
      return FALSE;
    }
  g_ptr_array_add (failures, failure);
  return TRUE;
}

enum
{
  TABLE = 1000,
  ACCESS,
  SAVE,
  CONTROL,
  CONTROL_INSIDE,
  FAIL,
  TRACE,
};

static const struct option known[] = {
  { "table", required_argument, NULL, TABLE },
  { "access", required_argument, NULL, ACCESS },
  { "control", required_argument, NULL, CONTROL },
  { "control-inside", no_argument, NULL, CONTROL_INSIDE },
  { "save", required_argument, NULL, SAVE },
  { "fail", required_argument, NULL, FAIL },
  { "trace", no_argument, NULL, TRACE },
  { "help", no_argument, NULL, 'h' },
  { 0 },
};

/* -1 to go on, or an exit status. */
static int
parse_options (int argc, char *argv[], Options *options)
{
  int option;

  /* "+": what comes after the command's name is the command's. */
  while ((option = getopt_long (argc, argv, "+h", known, NULL)) >= 0)
    switch (option)
      {
        case TABLE:
          options->table = optarg;
          break;
        case ACCESS:
          if (!parse_access (optarg, &options->access))
            return EXIT_NLVIRT_FAILED;
          break;
        case SAVE:
          options->save = optarg;
          break;
        case FAIL:
          if (!parse_failure (optarg, options->failures))
            return EXIT_NLVIRT_FAILED;
          break;
        case CONTROL:
          options->control = optarg;
          break;
        case CONTROL_INSIDE:
          options->control_inside = TRUE;
          break;
        case TRACE:
          options->trace = TRUE;
          break;
        case 'h':
          print_help ();
          return EXIT_SUCCESS;
        default:
          return EXIT_NLVIRT_FAILED;
      }
  if (optind == argc)
    {
      print_error ("no command to run was named");
      return EXIT_NLVIRT_FAILED;
    }
  options->command = (const char *const *) argv + optind;
  return -1;
}

int
handle_run (int argc, char *argv[])
{
  Options options = { .failures = g_ptr_array_new_with_free_func (g_object_unref) };
  int status = parse_options (argc, argv, &options);

  if (status < 0)
    status = run_command (&options);
  g_ptr_array_unref (options.failures);
  return status;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The memory of one supervisor with more and more sessions, each of a program
 * that holds a netlink socket. Prints "SESSIONS RSS PSS" lines in KiB, and the
 * microseconds that a getifaddrs() takes beside all of them. */

#include <nlvirt.h>

#include <stdio.h>
#include <stdlib.h>

/* The value of @key in a file of "Key: N kB" lines. */
static guint64
memory (const char *path, const char *key)
{
  g_autofree char *text = NULL;
  const char *found;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  found = strstr (text, key);
  return found ? g_ascii_strtoull (found + strlen (key), NULL, 10) : 0;
}

static void
report (guint n_sessions)
{
  for (int i = 0; i < 200; i++)
    {
      g_main_context_iteration (NULL, FALSE);
      g_usleep (2000);
    }
  printf ("%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n", n_sessions, memory ("/proc/self/status", "VmRSS:"),
          memory ("/proc/self/smaps_rollup", "\nPss:"));
}

int
main (int argc, char **argv)
{
  g_autoptr (NlvirtSupervisor) supervisor = nlvirt_supervisor_new ();
  g_autoptr (NlvirtTable) table = nlvirt_table_new_loopback ();
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  const guint counts[] = { 0, 1, 200 };

  if (argc < 2)
    return 2;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      while (sessions->len < counts[i])
        {
          const char *const sleeper[] = { argv[1], "block", NULL };
          g_autoptr (GError) error = NULL;
          NlvirtSession *session =
            nlvirt_supervisor_spawn (supervisor, table, sleeper, G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error);

          if (!session)
            {
              fprintf (stderr, "session %u: %s\n", sessions->len, error->message);
              return 1;
            }
          g_ptr_array_add (sessions, session);
        }
      report (counts[i]);
    }
  if (argc > 2)
    {
      const char *const timed[] = { argv[2], "getifaddrs", NULL };
      g_autoptr (NlvirtSession) session = nlvirt_supervisor_spawn (supervisor, table, timed, 0, NULL);

      fflush (stdout);
      if (!session || !nlvirt_session_wait (session, NULL, NULL))
        return 1;
    }
  for (guint i = 0; i < sessions->len; i++)
    nlvirt_session_force_exit (g_ptr_array_index (sessions, i));
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the hostile programs share: bare system calls, and what a socket that
 * was got somehow shows. "closed: …" is a door that did not open. */
#pragma once

#include "lib/probe.h"

#include <sys/syscall.h>

/* Shows the links that @fd knows, or why it knows none; @door names the way. */
static inline void
show_links (const char *door, long fd)
{
  char names[4096];
  int result;

  if (fd < 0)
    {
      printf ("closed: %s: %s\n", door, strerror (errno));
      return;
    }
  result = probe_ask_links ((int) fd, 9);
  if (result == 0)
    result = probe_take_links ((int) fd, 9, names, sizeof names);
  if (result == 0)
    printf ("%s: %s\n", door, names);
  else
    printf ("closed: %s: asked: %s\n", door, strerror (-result));
  close ((int) fd);
}

/* The scenes of one program, by name. */
typedef struct
{
  const char *name;
  void (*run) (void);
} Scene;

static inline int
run_scene (const Scene *scenes, size_t n_scenes, const char *name)
{
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (size_t i = 0; i < n_scenes; i++)
    if (strcmp (scenes[i].name, name) == 0)
      {
        scenes[i].run ();
        return 0;
      }
  fprintf (stderr, "unknown scene \"%s\"\n", name);
  return 2;
}

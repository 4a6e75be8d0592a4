/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "nlvirt-peer-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.5; newer than the headers that this builds with. */
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

/* Longer chains are nobody's. */
#define MAX_ANCESTORS 4096

/* 0 when it has none that can be seen, -1 when it is not there. */
static pid_t
parent_of (pid_t pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  const char *at;
  gint64 parent;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return -1;
  /* "PID (NAME) STATE PPID", and the name may have parentheses. */
  at = strrchr (text, ')');
  if (at == NULL || strlen (at) < 4)
    return -1;
  parent = g_ascii_strtoll (at + 4, NULL, 10);
  return (pid_t) parent;
}

static gboolean
is_outside (pid_t pid)
{
  pid_t self = getpid ();

  for (guint i = 0; i < MAX_ANCESTORS; i++)
    {
      if (pid == self || pid < 0)
        return FALSE;
      if (pid == 0)
        return TRUE;
      pid = parent_of (pid);
    }
  return FALSE;
}

/* Its number may be another's by now, where the kernel cannot tell. */
static gboolean
is_there (GSocket *socket)
{
  int fd = -1;
  socklen_t len = sizeof fd;
  gboolean there;

  if (getsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_PEERPIDFD, &fd, &len) != 0)
    return errno == ENOPROTOOPT;
  there = syscall (SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0;
  close (fd);
  return there;
}

gboolean
nlvirt_peer_is_allowed (GSocket *socket, gboolean descendants)
{
  struct ucred credentials;
  socklen_t len = sizeof credentials;

  if (getsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_PEERCRED, &credentials, &len) != 0 ||
      credentials.uid != geteuid ())
    return FALSE;
  if (descendants)
    return TRUE;
  /* A process outside of this one's pid namespace has no number here, and so cannot be
   * a descendant. */
  return credentials.pid == 0 || (is_outside (credentials.pid) && is_there (socket));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The unix socket that a control listens at, and its place in the file system. */
#include "nlvirt-control-private.h"
#include "nlvirt-error.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_PATH (sizeof ((struct sockaddr_un *) NULL)->sun_path - 1)

/* What is left of a process that was killed is in nobody's way. */
static void
remove_stale (const char *path, GSocketAddress *address)
{
  g_autoptr (GSocket) socket =
    g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;

  if (socket == NULL || g_lstat (path, &info) != 0 || !S_ISSOCK (info.st_mode) || info.st_uid != geteuid ())
    return;
  /* A queue that is full is somebody's. */
  g_socket_set_blocking (socket, FALSE);
  if (!g_socket_connect (socket, address, NULL, &error) &&
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    g_unlink (path);
}

/* Where nobody else can be in the way. */
static char *
make_path (char **directory, GError **error)
{
  const char *runtime = g_getenv ("XDG_RUNTIME_DIR");

  if (runtime != NULL && g_path_is_absolute (runtime))
    {
      *directory = g_build_filename (runtime, "nlvirt-XXXXXX", NULL);
      if (g_mkdtemp (*directory) == NULL)
        g_clear_pointer (directory, g_free);
    }
  if (*directory == NULL)
    *directory = g_dir_make_tmp ("nlvirt-XXXXXX", error);
  return *directory != NULL ? g_build_filename (*directory, "control", NULL) : NULL;
}

static gboolean
bind_service (GSocketService *service, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = NULL;

  if (strlen (path) > MAX_PATH)
    {
      g_set_error (error, NLVIRT_ERROR, NLVIRT_ERROR_INVALID,
                   "“%s” is too long for a socket: at most %" G_GSIZE_FORMAT " bytes", path, MAX_PATH);
      return FALSE;
    }
  address = g_unix_socket_address_new (path);
  remove_stale (path, address);
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, error))
    {
      g_prefix_error (error, "“%s”: ", path);
      return FALSE;
    }
  g_chmod (path, 0600);
  return TRUE;
}

GSocketService *
nlvirt_control_listen (const char *path, char **absolute_path, char **directory, GError **error)
{
  g_autoptr (GSocketService) service = g_socket_service_new ();
  g_autofree char *absolute = path != NULL ? g_canonicalize_filename (path, NULL) : make_path (directory, error);

  g_socket_service_stop (service);
  if (absolute == NULL)
    return NULL;
  if (bind_service (service, absolute, error))
    {
      *absolute_path = g_steal_pointer (&absolute);
      return g_steal_pointer (&service);
    }
  if (*directory != NULL)
    g_rmdir (*directory);
  return NULL;
}

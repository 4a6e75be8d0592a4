/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trap/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_ADDFD_FLAG_SEND
#define SECCOMP_ADDFD_FLAG_SEND (1UL << 1)
#endif
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW (4, __u64)
#endif
#ifndef SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

/* x32 calls come under the native architecture. */
#ifdef __x86_64__
#define X32_BIT 0x40000000
#else
#define X32_BIT 0
#endif

struct _NlvListener
{
  int fd; /* (owned) */
  /* The kernel's structs may be longer than ours. */
  gsize notif_size, response_size;
  struct seccomp_notif *notif;         /* (owned) */
  struct seccomp_notif_resp *response; /* (owned) */
};

/* Whether it is a listener, of a kernel that can put an fd into a program and
 * end its call in one step: asked about an id that no notification has. */
static gboolean
is_able (int fd)
{
  struct seccomp_notif_addfd addfd = { .id = 0, .flags = SECCOMP_ADDFD_FLAG_SEND, .srcfd = fd };
  guint64 none = 0;

  if (ioctl (fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &none) != 0 && errno != ENOENT)
    return FALSE;
  if (ioctl (fd, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd) == 0 || errno == ENOENT)
    return TRUE;
  errno = EOPNOTSUPP;
  return FALSE;
}

NlvListener *
nlv_listener_new (int fd)
{
  struct seccomp_notif_sizes sizes;
  NlvListener *listener;

  if (syscall (SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) != 0 || !is_able (fd))
    return NULL;

  listener = g_new0 (NlvListener, 1);
  listener->fd = fd;
  listener->notif_size = MAX (sizes.seccomp_notif, sizeof *listener->notif);
  listener->response_size = MAX (sizes.seccomp_notif_resp, sizeof *listener->response);
  listener->notif = g_malloc0 (listener->notif_size);
  listener->response = g_malloc0 (listener->response_size);
  /* Linux 6.6; slower without. */
  ioctl (fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
  return listener;
}

void
nlv_listener_free (NlvListener *listener)
{
  close (listener->fd);
  g_free (listener->notif);
  g_free (listener->response);
  g_free (listener);
}

gboolean
nlv_listener_receive (NlvListener *listener, NlvCall *call)
{
  struct seccomp_notif *notif = listener->notif;

  /* seccomp_notify_recv() refuses a buffer that is not zeroed. */
  memset (notif, 0, listener->notif_size);
  if (ioctl (listener->fd, SECCOMP_IOCTL_NOTIF_RECV, notif) != 0)
    return FALSE;
  call->id = notif->id;
  call->tid = notif->pid;
  call->native = notif->data.arch == seccomp_arch_native () && (notif->data.nr & X32_BIT) == 0;
  call->number = notif->data.nr;
  G_STATIC_ASSERT (sizeof call->arguments == sizeof notif->data.args);
  memcpy (call->arguments, notif->data.args, sizeof call->arguments);
  return TRUE;
}

gboolean
nlv_listener_is_waiting (NlvListener *listener, guint64 id)
{
  return ioctl (listener->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static void
respond (NlvListener *listener, guint64 id, gint64 value, gint32 error, guint32 flags)
{
  struct seccomp_notif_resp *response = listener->response;

  memset (response, 0, listener->response_size);
  response->id = id;
  response->val = value;
  response->error = error;
  response->flags = flags;
  ioctl (listener->fd, SECCOMP_IOCTL_NOTIF_SEND, response);
}

void
nlv_listener_answer (NlvListener *listener, guint64 id, gint64 result)
{
  respond (listener, id, result < 0 ? 0 : result, result < 0 ? result : 0, 0);
}

void
nlv_listener_pass (NlvListener *listener, guint64 id)
{
  respond (listener, id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
}

int
nlv_listener_inject (NlvListener *listener, guint64 id, int fd, int number, gboolean close_on_exec)
{
  struct seccomp_notif_addfd addfd = {
    .id = id,
    .flags = SECCOMP_ADDFD_FLAG_SEND | (number >= 0 ? SECCOMP_ADDFD_FLAG_SETFD : 0),
    .srcfd = fd,
    .newfd = number >= 0 ? number : 0,
    .newfd_flags = close_on_exec ? O_CLOEXEC : 0,
  };
  int r = ioctl (listener->fd, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);

  return r < 0 ? -errno : r;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "trap/target.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

#define MAX_TARGETS 32 /* each holds an fd */

typedef struct
{
  NlvTarget target;   /* its tgid 0: not learnt yet: it takes longer than a call */
  int pidfd;          /* (owned) -1 if there is none to be had */
  gboolean of_thread; /* the pidfd is the thread's own (Linux 6.9), else its leader's */
} Entry;

struct _NlvTargets
{
  GHashTable *entries; /* tid -> Entry */
};

static void
entry_free (Entry *entry)
{
  if (entry->pidfd >= 0)
    close (entry->pidfd);
  g_free (entry);
}

NlvTargets *
nlv_targets_new (void)
{
  NlvTargets *targets = g_new0 (NlvTargets, 1);

  targets->entries = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) entry_free);
  return targets;
}

void
nlv_targets_free (NlvTargets *targets)
{
  g_hash_table_unref (targets->entries);
  g_free (targets);
}

/* Fills the target. FALSE if there is no such thread. */
static gboolean
learn (Entry *entry)
{
  NlvTargetStatus status;
  int saved = errno;
  gboolean found = entry->target.tgid != 0 || nlv_target_read_status (entry->target.tid, &status);

  if (found && entry->target.tgid == 0)
    entry->target = (NlvTarget){ entry->target.tid, status.tgid, status.inner_tgid };
  errno = saved;
  return found;
}

/* NULL if there is no such thread, or no fd left to hold it by. */
static Entry *
entry_new (guint32 tid)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->target.tid = tid;
  entry->of_thread = TRUE;
  entry->pidfd = syscall (SYS_pidfd_open, tid, PIDFD_THREAD);
  if (entry->pidfd >= 0)
    return entry;
  if (!learn (entry))
    g_clear_pointer (&entry, g_free);
  else if (errno == EINVAL)
    {
      entry->of_thread = FALSE;
      entry->pidfd = syscall (SYS_pidfd_open, entry->target.tgid, 0);
    }
  if (entry != NULL && entry->pidfd < 0 && (errno == EMFILE || errno == ENFILE))
    g_clear_pointer (&entry, g_free);
  return entry;
}

/* Whether @tid still is the thread that the entry was made for, as far as its
 * pidfd does not tell by itself. */
static gboolean
entry_is_current (const Entry *entry)
{
  if (entry->of_thread || entry->target.tid == entry->target.tgid)
    return TRUE;
  return syscall (SYS_tgkill, entry->target.tgid, entry->target.tid, 0) == 0 || errno == EPERM;
}

static Entry *
lookup (NlvTargets *targets, guint32 tid)
{
  Entry *entry = g_hash_table_lookup (targets->entries, GUINT_TO_POINTER (tid));

  if (entry != NULL && entry_is_current (entry))
    return entry;
  if (g_hash_table_size (targets->entries) >= MAX_TARGETS)
    g_hash_table_remove_all (targets->entries);
  entry = entry_new (tid);
  if (entry == NULL && g_hash_table_size (targets->entries) > 0)
    {
      g_hash_table_remove_all (targets->entries);
      entry = entry_new (tid);
    }
  if (entry == NULL)
    return NULL;
  g_hash_table_replace (targets->entries, GUINT_TO_POINTER (tid), entry);
  return entry;
}

const NlvTarget *
nlv_targets_get (NlvTargets *targets, guint32 tid)
{
  Entry *entry = lookup (targets, tid);

  return entry != NULL && learn (entry) ? &entry->target : NULL;
}

int
nlv_targets_get_fd (NlvTargets *targets, guint32 tid, guint number)
{
  int fd = -ESRCH;

  /* Twice: the first pidfd may be of a thread that is gone. */
  for (guint i = 0; i < 2; i++)
    {
      Entry *entry = lookup (targets, tid);

      if (entry == NULL)
        return -ESRCH;
      if (entry->pidfd < 0)
        return -EPERM;
      fd = syscall (SYS_pidfd_getfd, entry->pidfd, number, 0);
      if (fd >= 0)
        return fd;
      fd = -errno;
      if (fd != -ESRCH)
        return fd;
      g_hash_table_remove (targets->entries, GUINT_TO_POINTER (tid));
    }
  return fd;
}

static gsize
total (const struct iovec *pieces, gsize n_pieces)
{
  gsize len = 0;

  for (gsize i = 0; i < n_pieces; i++)
    len += pieces[i].iov_len;
  return len;
}

/* What is left of @pieces after their first @done bytes; @first is where a
 * piece that was cut in two may lie. */
static void
advance (const struct iovec **pieces, gsize *n_pieces, struct iovec *first, gsize done)
{
  while (*n_pieces > 0 && done >= (*pieces)->iov_len)
    {
      done -= (*pieces)->iov_len;
      (*pieces)++;
      (*n_pieces)--;
    }
  if (done > 0 && *n_pieces > 0)
    {
      *first = (struct iovec){ (guint8 *) (*pieces)->iov_base + done, (*pieces)->iov_len - done };
      *pieces = first;
      *n_pieces = 1;
    }
}

/* Container profiles that refuse process_vm_readv() may allow this. */
static gssize
copy_by_proc (guint32 tid, gboolean writing, const struct iovec *there, gsize n_there, const struct iovec *here,
              gsize n_here)
{
  gsize done = 0, len = MIN (total (here, n_here), total (there, n_there));
  char path[32];
  int fd;

  g_snprintf (path, sizeof path, "/proc/%u/mem", tid);
  fd = open (path, (writing ? O_WRONLY : O_RDONLY) | O_CLOEXEC);
  if (fd < 0)
    return -EPERM;
  while (done < len)
    {
      const struct iovec *to = there, *from = here;
      gsize n_to = n_there, n_from = n_here, part;
      struct iovec cut_to, cut_from;
      off_t offset;
      ssize_t r;

      advance (&to, &n_to, &cut_to, done);
      advance (&from, &n_from, &cut_from, done);
      part = MIN (MIN (to->iov_len, from->iov_len), len - done);
      offset = (off_t) (guintptr) to->iov_base;
      r = writing ? pwrite (fd, from->iov_base, part, offset) : pread (fd, from->iov_base, part, offset);
      if (r <= 0)
        break;
      done += r;
    }
  close (fd);
  return done > 0 || len == 0 ? (gssize) done : -EFAULT;
}

static gssize
copy (guint32 tid, gboolean writing, const struct iovec *there, gsize n_there, const struct iovec *here, gsize n_here)
{
  ssize_t r;

  if (total (here, n_here) == 0)
    return 0;
  r = writing ? process_vm_writev (tid, here, n_here, there, n_there, 0)
              : process_vm_readv (tid, here, n_here, there, n_there, 0);
  if (r >= 0)
    return r;
  return errno == ENOSYS || errno == EPERM ? copy_by_proc (tid, writing, there, n_there, here, n_here) : -errno;
}

gssize
nlv_target_read (guint32 tid, const struct iovec *there, gsize n_there, const struct iovec *here, gsize n_here)
{
  return copy (tid, FALSE, there, n_there, here, n_here);
}

gssize
nlv_target_write (guint32 tid, const struct iovec *there, gsize n_there, const struct iovec *here, gsize n_here)
{
  return copy (tid, TRUE, there, n_there, here, n_here);
}

/* The value of a line "Name:\tvalue" of /proc/TID/status. */
static const char *
find_value (const char *text, const char *name)
{
  gsize len = strlen (name);

  for (const char *line = text; line != NULL && *line != '\0'; line = strchr (line, '\n'))
    {
      if (*line == '\n')
        line++;
      if (strncmp (line, name, len) == 0 && line[len] == ':')
        return line + len + 1;
    }
  return NULL;
}

/* Number @n (from 0) of a line; the last one if there are fewer. */
static guint64
value_number (const char *text, const char *name, guint n, int base)
{
  const char *value = find_value (text, name);
  guint64 number = 0;

  if (value == NULL)
    return 0;
  for (guint i = 0; i <= n; i++)
    {
      char *end;

      while (*value == '\t' || *value == ' ')
        value++;
      if (*value == '\n' || *value == '\0')
        break;
      number = strtoull (value, &end, base);
      if (end == value)
        break;
      value = end;
    }
  return number;
}

/* The whole file: a user's groups, which stand before what is wanted, may be
 * 65536. NULL if there is no such thread. */
static char *
read_status_text (guint32 tid)
{
  char path[32];
  gsize size = 4096, len = 0;
  char *text;
  ssize_t r;
  int fd;

  g_snprintf (path, sizeof path, "/proc/%u/status", tid);
  fd = open (path, O_RDONLY | O_CLOEXEC);
  if (fd < 0)
    return NULL;
  text = g_malloc (size);
  while ((r = read (fd, text + len, size - 1 - len)) > 0)
    {
      len += r;
      if (len == size - 1)
        text = g_realloc (text, size *= 4);
    }
  close (fd);
  text[len] = '\0';
  return text;
}

gboolean
nlv_target_read_status (guint32 tid, NlvTargetStatus *status)
{
  g_autofree char *text = read_status_text (tid);
  const char *state;

  if (text == NULL)
    return FALSE;
  state = find_value (text, "State");
  status->state = state != NULL ? state[strspn (state, "\t ")] : '\0';
  status->tgid = value_number (text, "Tgid", 0, 10);
  /* One number for each pid namespace, ours first, the innermost last. */
  status->inner_tgid = value_number (text, "NStgid", G_MAXUINT, 10);
  status->uid = value_number (text, "Uid", 0, 10);
  status->gid = value_number (text, "Gid", 0, 10);
  status->threads = value_number (text, "Threads", 0, 10);
  status->pending = value_number (text, "SigPnd", 0, 16);
  status->shared_pending = value_number (text, "ShdPnd", 0, 16);
  status->blocked = value_number (text, "SigBlk", 0, 16);
  status->ignored = value_number (text, "SigIgn", 0, 16);
  return status->tgid != 0;
}

gboolean
nlv_target_has_stopped_sibling (guint32 tid, guint32 tgid)
{
  char path[32];
  GDir *threads;
  const char *name;
  gboolean stopped = FALSE;

  g_snprintf (path, sizeof path, "/proc/%u/task", tgid);
  threads = g_dir_open (path, 0, NULL);
  if (threads == NULL)
    return FALSE;
  while ((name = g_dir_read_name (threads)) != NULL)
    {
      guint64 sibling = g_ascii_strtoull (name, NULL, 10);
      NlvTargetStatus status;

      if (sibling != tid)
        {
          /* A group stops as one, so one says it all. */
          stopped = nlv_target_read_status (sibling, &status) && status.state == 'T';
          break;
        }
    }
  g_dir_close (threads);
  return stopped;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Reaching into the threads of a supervised program: their fds, their memory,
 * and what /proc says of them. All of it may be refused (another user, not
 * dumpable, Yama), and a thread may be gone at any moment. */
#pragma once

#include <glib.h>
#include <sys/uio.h>

/* What was learnt of threads, bounded in size. */
typedef struct _NlvTargets NlvTargets;

typedef struct
{
  guint32 tid;
  guint32 tgid;
  guint32 inner_tgid; /* in the thread's own pid namespace */
} NlvTarget;

NlvTargets *nlv_targets_new (void);
void nlv_targets_free (NlvTargets *targets);

/* NULL when nothing can be learnt of it. Valid until the next call. A number
 * that went to another thread is noticed by nlv_targets_get_fd() only, so call
 * that first. */
const NlvTarget *nlv_targets_get (NlvTargets *targets, guint32 tid);

/* A copy of the thread's fd @number, or -errno: -EBADF where it has none,
 * -EPERM where it cannot be reached. */
int nlv_targets_get_fd (NlvTargets *targets, guint32 tid, guint number);

/* Between many pieces of ours and many of the thread's, as process_vm_readv()
 * and process_vm_writev(): as much as is accessible. The length, or -errno. */
gssize nlv_target_read (guint32 tid, const struct iovec *there, gsize n_there, const struct iovec *here, gsize n_here);
gssize nlv_target_write (guint32 tid, const struct iovec *there, gsize n_there, const struct iovec *here, gsize n_here);

/* What /proc/TID/status says at this moment. */
typedef struct
{
  guint32 tgid, inner_tgid;
  char state;       /* 'R', 'S', 'T' for stopped, … */
  guint32 uid, gid; /* real: current_uid() */
  guint32 threads;
  guint64 pending, shared_pending, blocked, ignored; /* signal sets */
} NlvTargetStatus;

gboolean nlv_target_read_status (guint32 tid, NlvTargetStatus *status);

/* Whether job control has stopped the other threads of @tid's process. */
gboolean nlv_target_has_stopped_sibling (guint32 tid, guint32 tgid);

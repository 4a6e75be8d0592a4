/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Looks into child processes whose contents are known. */
#include "trap/target.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define FD_IN_CHILD 77

typedef struct
{
  pid_t child;
  guint8 *shared; /* the same address in the child */
  gsize page;
} Fixture;

static void
be_the_child (int ready)
{
  sigset_t blocked;

  sigemptyset (&blocked);
  sigaddset (&blocked, SIGUSR1);
  sigprocmask (SIG_BLOCK, &blocked, NULL);
  raise (SIGUSR1);
  signal (SIGUSR2, SIG_IGN);
  dup2 (ready, FD_IN_CHILD);
  if (write (ready, "", 1) != 1)
    _exit (1);
  for (;;)
    pause ();
}

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  int ends[2];
  char byte;

  fixture->page = sysconf (_SC_PAGESIZE);
  fixture->shared = mmap (NULL, 2 * fixture->page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  g_assert_true (fixture->shared != MAP_FAILED);
  memcpy (fixture->shared + fixture->page - 4, "abcd", 4);
  g_assert_no_errno (pipe (ends));
  fixture->child = fork ();
  g_assert_cmpint (fixture->child, >=, 0);
  if (fixture->child == 0)
    {
      munmap (fixture->shared + fixture->page, fixture->page);
      be_the_child (ends[1]);
    }
  close (ends[1]);
  g_assert_cmpint (read (ends[0], &byte, 1), ==, 1);
  close (ends[0]);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  if (fixture->child > 0)
    {
      kill (fixture->child, SIGKILL);
      waitpid (fixture->child, NULL, 0);
    }
  munmap (fixture->shared, 2 * fixture->page);
}

static gssize
write_to (pid_t child, guint64 address, const char *text, gsize len)
{
  struct iovec there = { (void *) (guintptr) address, len };
  struct iovec here[] = { { (void *) text, 1 }, { (void *) (text + 1), len - 1 } };

  return nlv_target_write (child, &there, 1, here, 2);
}

static gssize
read_from (pid_t child, guint64 address, char *out, gsize len)
{
  struct iovec there = { (void *) (guintptr) address, len };
  struct iovec here = { out, len };

  return nlv_target_read (child, &there, 1, &here, 1);
}

static void
test_memory (Fixture *fixture, gconstpointer user_data)
{
  guint64 at = (guintptr) fixture->shared + fixture->page - 4;
  char text[8] = "";
  struct iovec pieces[] = { { (void *) (guintptr) at, 1 }, { (void *) (guintptr) (at + 2), 2 } };

  g_assert_cmpint (read_from (fixture->child, at, text, 4), ==, 4);
  g_assert_cmpstr (text, ==, "abcd");
  g_assert_cmpint (write_to (fixture->child, at, "wxyz", 4), ==, 4);
  g_assert_cmpint (nlv_target_read (fixture->child, pieces, 2, &(struct iovec){ text, 3 }, 1), ==, 3);
  g_assert_cmpint (memcmp (text, "wyz", 3), ==, 0);
  /* Ours is untouched: the page is private. */
  g_assert_cmpint (memcmp (fixture->shared + fixture->page - 4, "abcd", 4), ==, 0);

  /* The next page is not there. */
  g_assert_cmpint (read_from (fixture->child, at, text, 8), ==, 4);
  g_assert_cmpint (read_from (fixture->child, at + 4, text, 4), ==, -EFAULT);
  g_assert_cmpint (write_to (fixture->child, 0, "x", 1), ==, -EFAULT);
  g_assert_cmpint (read_from (fixture->child, G_MAXUINT64 - 7, text, 4), ==, -EFAULT);
}

static void
test_fds (Fixture *fixture, gconstpointer user_data)
{
  NlvTargets *targets = nlv_targets_new ();
  const NlvTarget *target = nlv_targets_get (targets, fixture->child);
  int fd;

  g_assert_nonnull (target);
  g_assert_cmpuint (target->tgid, ==, fixture->child);
  g_assert_cmpuint (target->inner_tgid, ==, fixture->child);
  fd = nlv_targets_get_fd (targets, fixture->child, FD_IN_CHILD);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (fcntl (fd, F_GETFL) & O_ACCMODE, ==, O_WRONLY);
  close (fd);
  g_assert_cmpint (nlv_targets_get_fd (targets, fixture->child, FD_IN_CHILD + 1), ==, -EBADF);
  g_assert_cmpint (nlv_targets_get_fd (targets, fixture->child, G_MAXUINT), ==, -EBADF);

  /* What was learnt of it does not outlive it. */
  kill (fixture->child, SIGKILL);
  waitpid (fixture->child, NULL, 0);
  g_assert_cmpint (nlv_targets_get_fd (targets, fixture->child, FD_IN_CHILD), ==, -ESRCH);
  g_assert_null (nlv_targets_get (targets, fixture->child));
  fixture->child = 0;
  nlv_targets_free (targets);
}

static void
test_status (Fixture *fixture, gconstpointer user_data)
{
  NlvTargetStatus status;

  g_assert_true (nlv_target_read_status (fixture->child, &status));
  g_assert_cmpuint (status.tgid, ==, fixture->child);
  g_assert_cmpuint (status.uid, ==, getuid ());
  g_assert_cmpuint (status.threads, ==, 1);
  g_assert_true (status.state == 'S' || status.state == 'R');
  g_assert_cmphex ((status.pending | status.shared_pending) & (1ull << (SIGUSR1 - 1)), !=, 0);
  g_assert_cmphex (status.blocked & (1ull << (SIGUSR1 - 1)), !=, 0);
  g_assert_cmphex (status.ignored & (1ull << (SIGUSR2 - 1)), !=, 0);
  g_assert_false (nlv_target_read_status (0, &status));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/trap/target/memory", Fixture, NULL, set_up, test_memory, tear_down);
  g_test_add ("/trap/target/fds", Fixture, NULL, set_up, test_fds, tear_down);
  g_test_add ("/trap/target/status", Fixture, NULL, set_up, test_status, tear_down);
  return g_test_run ();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Builds the seccomp program with libseccomp and loads it with seccomp(2):
 * libseccomp 2.5 cannot ask for SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV.
 *
 * What decides are registers, and of an int argument only its lower half,
 * since that is all the kernel looks at. close, read, write and the like are
 * in no rule, so the kernel lets them pass without running the program at all
 * (its cache of always-allowed calls). */
#include "trap/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define LOWER_HALF 0xffffffffull
#define WINDOW_SIZE 64
#define SELECT_LIMIT 1024

NlvWindow
nlv_window_for_limit (guint64 soft_limit)
{
  guint end = MIN (soft_limit, SELECT_LIMIT);
  guint count = WINDOW_SIZE;

  /* Under a low limit a process needs most of its numbers itself. */
  while (count > 1 && count * 4 > end)
    count /= 2;
  end = MAX (end - end % count, count);
  return (NlvWindow){ end - count, count };
}

/* Argument @n, as the int the kernel takes it for, is @value. */
static struct scmp_arg_cmp
argument_is (guint n, guint32 value)
{
  return SCMP_CMP64 (n, SCMP_CMP_MASKED_EQ, LOWER_HALF, value);
}

static struct scmp_arg_cmp
fd_in_window (const NlvWindow *window)
{
  return SCMP_CMP64 (0, SCMP_CMP_MASKED_EQ, LOWER_HALF & ~(guint64) (window->count - 1), window->first);
}

/* Calls that mean a socket by its number. */
static int
add_window_rules (scmp_filter_ctx context, const NlvWindow *window)
{
  static const int calls[] = {
    SCMP_SYS (bind),    SCMP_SYS (connect),  SCMP_SYS (getsockname), SCMP_SYS (getpeername),
    SCMP_SYS (sendto),  SCMP_SYS (sendmsg),  SCMP_SYS (sendmmsg),    SCMP_SYS (recvfrom),
    SCMP_SYS (recvmsg), SCMP_SYS (recvmmsg), SCMP_SYS (setsockopt),  SCMP_SYS (listen),
    SCMP_SYS (accept),  SCMP_SYS (accept4),  SCMP_SYS (shutdown),    SCMP_SYS (getsockopt),
  };
  /* Answered by unix sockets, and not by netlink sockets. */
  static const guint32 requests[] = { SIOCINQ, SIOCOUTQ };
  struct scmp_arg_cmp in_window = fd_in_window (window);
  int r = 0;

  for (guint i = 0; r == 0 && i < G_N_ELEMENTS (calls); i++)
    r = seccomp_rule_add (context, SCMP_ACT_NOTIFY, calls[i], 1, in_window);
  for (guint i = 0; r == 0 && i < G_N_ELEMENTS (requests); i++)
    r = seccomp_rule_add (context, SCMP_ACT_NOTIFY, SCMP_SYS (ioctl), 2, in_window, argument_is (1, requests[i]));
  return r;
}

/* Calls that only a netlink socket is likely to get, at whatever number. */
static int
add_anywhere_rules (scmp_filter_ctx context)
{
  static const struct
  {
    int call;
    guint argument;
    guint32 value;
  } rules[] = {
    { SCMP_SYS (bind), 2, sizeof (struct sockaddr_nl) },
    { SCMP_SYS (connect), 2, sizeof (struct sockaddr_nl) },
    { SCMP_SYS (setsockopt), 1, SOL_NETLINK },
    { SCMP_SYS (getsockopt), 1, SOL_NETLINK },
  };
  int r = 0;

  for (guint i = 0; r == 0 && i < G_N_ELEMENTS (rules); i++)
    r = seccomp_rule_add (context, SCMP_ACT_NOTIFY, rules[i].call, 1, argument_is (rules[i].argument, rules[i].value));
  return r;
}

static int
add_native_rules (scmp_filter_ctx context, const NlvWindow *window)
{
  int r;

  r = seccomp_rule_add (context, SCMP_ACT_NOTIFY, SCMP_SYS (socket), 1, argument_is (0, AF_NETLINK));
  if (r == 0)
    r = seccomp_rule_add (context, SCMP_ACT_ERRNO (EOPNOTSUPP), SCMP_SYS (socketpair), 1, argument_is (0, AF_NETLINK));
  /* IORING_OP_SOCKET never meets a seccomp filter. */
  if (r == 0)
    r = seccomp_rule_add (context, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (io_uring_setup), 0);
  if (r == 0)
    r = add_window_rules (context, window);
  if (r == 0)
    r = add_anywhere_rules (context);
  return r;
}

/* The other system call table that processes of this machine can enter. It
 * opens no netlink socket. Where it has socketcall(), which hides the family
 * in memory, libseccomp refuses every SYS_SOCKET of it with the same rule. */
static uint32_t
other_architecture (void)
{
  switch (seccomp_arch_native ())
    {
      case SCMP_ARCH_X86_64:
        return SCMP_ARCH_X86;
      case SCMP_ARCH_AARCH64:
        return SCMP_ARCH_ARM;
      case SCMP_ARCH_S390X:
        return SCMP_ARCH_S390;
      default:
        return 0;
    }
}

static int
add_other_rules (scmp_filter_ctx context)
{
  int r;

  r = seccomp_rule_add (context, SCMP_ACT_ERRNO (EAFNOSUPPORT), SCMP_SYS (socket), 1, argument_is (0, AF_NETLINK));
  if (r == 0)
    r = seccomp_rule_add (context, SCMP_ACT_ERRNO (ENOSYS), SCMP_SYS (io_uring_setup), 0);
  return r;
}

static scmp_filter_ctx
new_context (void)
{
  scmp_filter_ctx context = seccomp_init (SCMP_ACT_ALLOW);

  if (context == NULL)
    return NULL;
  /* What comes in by a table not named here, x32's among them, does not exist. */
  if (seccomp_attr_set (context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO (ENOSYS)) != 0 ||
      seccomp_attr_set (context, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0)
    g_clear_pointer (&context, seccomp_release);
  return context;
}

static scmp_filter_ctx
new_other_context (uint32_t architecture)
{
  scmp_filter_ctx context = new_context ();

  if (context != NULL && (seccomp_arch_remove (context, seccomp_arch_native ()) != 0 ||
                          seccomp_arch_add (context, architecture) != 0 || add_other_rules (context) != 0))
    g_clear_pointer (&context, seccomp_release);
  return context;
}

static gboolean
export_program (scmp_filter_ctx context, struct sock_fprog *program)
{
  int fd = memfd_create ("seccomp", MFD_CLOEXEC);
  off_t size;
  gboolean done = FALSE;

  if (fd < 0)
    return FALSE;
  if (seccomp_export_bpf (context, fd) == 0 && (size = lseek (fd, 0, SEEK_END)) > 0 &&
      size / sizeof (struct sock_filter) <= BPF_MAXINSNS)
    {
      program->filter = g_malloc (size);
      program->len = size / sizeof (struct sock_filter);
      done = pread (fd, program->filter, size, 0) == size;
    }
  close (fd);
  return done;
}

NlvFilter *
nlv_filter_new (NlvWindow window, const char **why)
{
  scmp_filter_ctx context = new_context ();
  uint32_t other = other_architecture ();
  NlvFilter *filter = NULL;
  int r;

  if (context == NULL)
    {
      *why = "out of memory for the seccomp filter";
      return NULL;
    }
  r = add_native_rules (context, &window);
  if (r != 0)
    *why = r == -EOPNOTSUPP || r == -EINVAL ? "the kernel has no seccomp user notification (Linux 5.0)"
                                            : "libseccomp does not know a system call of this architecture";
  if (r == 0 && other != 0)
    {
      scmp_filter_ctx second = new_other_context (other);

      r = second == NULL ? -ENOMEM : seccomp_merge (context, second);
      if (r != 0)
        {
          *why = "libseccomp cannot filter the second system call table of this architecture";
          g_clear_pointer (&second, seccomp_release);
        }
    }
  if (r == 0)
    {
      filter = g_new0 (NlvFilter, 1);
      filter->window = window;
      if (!export_program (context, &filter->program))
        {
          *why = "libseccomp cannot export the seccomp filter";
          g_clear_pointer (&filter, nlv_filter_free);
        }
    }
  seccomp_release (context);
  return filter;
}

void
nlv_filter_free (NlvFilter *filter)
{
  g_free (filter->program.filter);
  g_free (filter);
}

/* From here to the end of nlv_filter_install(): between fork and exec. */

static int
load (const struct sock_fprog *program)
{
  unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
  int listener;

  listener = syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, program);
  /* Before Linux 5.19. Emulations can then be cut short by signals. */
  if (listener < 0 && errno == EINVAL)
    listener = syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
  return listener;
}

static gboolean
send_report (int socket_fd, const NlvInstallReport *report, int listener)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control = { { 0 } };
  struct iovec iov = { (void *) report, sizeof *report };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
  ssize_t r;

  if (listener >= 0)
    {
      struct cmsghdr *cmsg;

      message.msg_control = control.bytes;
      message.msg_controllen = sizeof control.bytes;
      cmsg = CMSG_FIRSTHDR (&message);
      cmsg->cmsg_level = SOL_SOCKET;
      cmsg->cmsg_type = SCM_RIGHTS;
      cmsg->cmsg_len = CMSG_LEN (sizeof (int));
      memcpy (CMSG_DATA (cmsg), &listener, sizeof (int));
    }
  do
    r = sendmsg (socket_fd, &message, MSG_NOSIGNAL);
  while (r < 0 && errno == EINTR);
  return r == sizeof *report;
}

/* sendmsg() at a number in the window would wait for a supervisor that waits
 * for this very message. */
static int
move_out_of_window (const NlvWindow *window, int fd)
{
  int low;

  if ((guint) fd - window->first >= window->count)
    return fd;
  low = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (low >= 0 && (guint) low - window->first < window->count)
    {
      errno = EMFILE;
      return -1;
    }
  return low;
}

gboolean
nlv_filter_install (const NlvFilter *filter, int socket_fd)
{
  NlvInstallReport report = { NLV_INSTALL_DONE, 0 };
  int out = move_out_of_window (&filter->window, socket_fd);
  int listener = -1;

  if (out < 0)
    report = (NlvInstallReport){ NLV_INSTALL_HAND_OVER, errno };
  else if (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    report = (NlvInstallReport){ NLV_INSTALL_NO_NEW_PRIVS, errno };
  else if ((listener = load (&filter->program)) < 0)
    report = (NlvInstallReport){ NLV_INSTALL_SECCOMP, errno };

  if (!send_report (out >= 0 ? out : socket_fd, &report, listener))
    return FALSE;
  if (listener >= 0)
    close (listener);
  return report.stage == NLV_INSTALL_DONE;
}

int
nlv_filter_receive_listener (int socket_fd, NlvInstallReport *report)
{
  union
  {
    char bytes[CMSG_SPACE (sizeof (int))];
    struct cmsghdr align;
  } control;
  struct iovec iov = { report, sizeof *report };
  struct msghdr message = {
    .msg_iov = &iov,
    .msg_iovlen = 1,
    .msg_control = control.bytes,
    .msg_controllen = sizeof control.bytes,
  };
  struct cmsghdr *cmsg;
  int listener = -1;

  if (recvmsg (socket_fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != sizeof *report)
    {
      *report = (NlvInstallReport){ NLV_INSTALL_HAND_OVER, EPIPE };
      return -1;
    }
  cmsg = CMSG_FIRSTHDR (&message);
  if (cmsg != NULL && cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS &&
      cmsg->cmsg_len == CMSG_LEN (sizeof (int)))
    memcpy (&listener, CMSG_DATA (cmsg), sizeof (int));
  else if (report->stage == NLV_INSTALL_DONE)
    *report = (NlvInstallReport){ NLV_INSTALL_HAND_OVER, EBADMSG };
  return listener;
}

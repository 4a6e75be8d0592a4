/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Ways to a real netlink socket. Each scene tries one and shows the links that
 * the socket knows. */

#include "hostile.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/user.h>
#include <sys/wait.h>

#define X32 0x40000000L

static void
plain (void)
{
  show_links ("raw", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  show_links ("datagram", syscall (SYS_socket, AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_ROUTE));
}

/* The kernel takes ints: what is above is dropped. */
static void
high_bits (void)
{
  const long high = 0x100000000L;

  show_links ("family", syscall (SYS_socket, high | AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  show_links ("family, negative", syscall (SYS_socket, -0x100000000L | AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  show_links ("type", syscall (SYS_socket, AF_NETLINK, high | SOCK_RAW, NETLINK_ROUTE));
  show_links ("protocol", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, high | NETLINK_ROUTE));
  show_links ("all", syscall (SYS_socket, high << 7 | AF_NETLINK, high << 3 | SOCK_RAW, high << 30 | NETLINK_ROUTE));
}

static void
protocols (void)
{
  for (int protocol = 1; protocol < 64; protocol++)
    for (int high = 0; high < 2; high++)
      {
        long fd = syscall (SYS_socket, AF_NETLINK, SOCK_RAW, protocol | (long) high << 32);

        if (fd >= 0)
          {
            printf ("protocol %d opened\n", protocol);
            close ((int) fd);
          }
        else if (errno != EPROTONOSUPPORT && errno != EAFNOSUPPORT)
          printf ("protocol %d: errno %d\n", protocol, errno);
      }
}

static void
pair (void)
{
  int fds[2] = { -1, -1 };
  long result = syscall (SYS_socketpair, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, fds);

  show_links ("socketpair", result < 0 ? result : fds[0]);
  result = syscall (SYS_socketpair, 0x100000000L | AF_NETLINK, SOCK_DGRAM, NETLINK_ROUTE, fds);
  show_links ("socketpair, high bits", result < 0 ? result : fds[0]);
}

#ifdef __x86_64__
/* The i386 table, from a 64-bit program. */
static long
int80 (long number, long a, long b, long c)
{
  long result;

  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(a), "c"(b), "d"(c)
                   : "memory", "r8", "r9", "r10", "r11");
  if (result < 0 && result > -4096)
    {
      errno = (int) -result;
      return -1;
    }
  return (int) result;
}

static void
i386 (void)
{
  unsigned *low = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  const unsigned arguments[3] = { AF_NETLINK, SOCK_RAW, NETLINK_ROUTE };

  REQUIRE (low != MAP_FAILED);
  show_links ("i386 socket", int80 (359, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  memcpy (low, arguments, sizeof arguments);
  show_links ("i386 socketcall", int80 (102, 1, (long) low, 0));
  show_links ("i386 socketcall, high bits", int80 (102, 0x100000001L, (long) low, 0));
  show_links ("i386 io_uring_setup", int80 (425, 1, (long) (low + 64), 0));
}

static void
x32 (void)
{
  show_links ("x32 socket", syscall (X32 | SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  show_links ("high number", syscall (0x100000000L | SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}
#endif

/* One IORING_OP_SOCKET. -1 with errno, or the fd. */
static int
ring_socket (int ring, const struct io_uring_params *params)
{
  size_t size = params->sq_off.array + params->sq_entries * sizeof (unsigned);
  size_t completions = params->cq_off.cqes + params->cq_entries * sizeof (struct io_uring_cqe);
  char *base = mmap (NULL, size > completions ? size : completions, PROT_READ | PROT_WRITE, MAP_SHARED, ring, 0);
  struct io_uring_sqe *entry = mmap (NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring, (off_t) IORING_OFF_SQES);
  const struct io_uring_cqe *done;
  const int op_socket = 45;

  REQUIRE (base != MAP_FAILED && entry != MAP_FAILED);
  memset (entry, 0, sizeof *entry);
  entry->opcode = op_socket;
  entry->fd = AF_NETLINK;
  entry->off = SOCK_RAW;
  entry->len = NETLINK_ROUTE;
  ((unsigned *) (void *) (base + params->sq_off.array))[0] = 0;
  __atomic_store_n ((unsigned *) (void *) (base + params->sq_off.tail), 1, __ATOMIC_RELEASE);
  REQUIRE (syscall (SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) == 1);
  done = (const void *) (base + params->cq_off.cqes);
  if (done->res < 0)
    errno = -done->res;
  return done->res < 0 ? -1 : done->res;
}

static void
io_uring (void)
{
  struct io_uring_params params = { 0 };
  long ring = syscall (SYS_io_uring_setup, 1, &params);

  if (ring >= 0 && (params.features & IORING_FEAT_SINGLE_MMAP))
    ring = ring_socket ((int) ring, &params);
  show_links ("io_uring", ring);
}

/* Nobody may answer in the place of a supervisor that is gone. */
static void
orphaned (void)
{
  pid_t supervisor = getppid ();
  int open_before = probe_socket (0);

  REQUIRE (kill (supervisor, SIGKILL) == 0);
  while (getppid () == supervisor)
    usleep (1000);
  show_links ("after the supervisor", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  show_links ("opened before", open_before);
}

static void
not_dumpable (void)
{
  int before = probe_socket (0);

  REQUIRE (prctl (PR_SET_DUMPABLE, 0) == 0);
  show_links ("not dumpable", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  show_links ("opened before", before);
}

static long
own_filter (unsigned action, unsigned flags)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, action),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { sizeof code / sizeof code[0], code };

  REQUIRE (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  return syscall (SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static void
filter_allow (void)
{
  REQUIRE (own_filter (SECCOMP_RET_ALLOW, 0) == 0);
  show_links ("own filter that allows", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  REQUIRE (own_filter (SECCOMP_RET_LOG, 0) == 0);
  show_links ("own filter that logs", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

static void *
open_socket (void *fd)
{
  *(long *) fd = syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  return NULL;
}

/* With a listener of one's own, one would answer one's own calls. */
static void
filter_listener (void)
{
  long listener = own_filter (SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  struct seccomp_notif notification = { 0 };
  struct seccomp_notif_resp answer = { .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
  pthread_t thread;
  long fd = -1;

  if (listener < 0)
    {
      show_links ("own listener", -1);
      return;
    }
  REQUIRE (pthread_create (&thread, NULL, open_socket, &fd) == 0);
  REQUIRE (ioctl ((int) listener, SECCOMP_IOCTL_NOTIF_RECV, &notification) == 0);
  answer.id = notification.id;
  REQUIRE (ioctl ((int) listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0);
  pthread_join (thread, NULL);
  show_links ("own listener", fd);
}

static void
filter_trace (void)
{
  REQUIRE (own_filter (SECCOMP_RET_TRACE, 0) == 0);
  show_links ("own filter without a tracer", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

/* The tracer turns getppid() into socket(AF_NETLINK) at its entry. */
static void
traced_child (void)
{
  long fd;

  ptrace (PTRACE_TRACEME, 0, 0, 0);
  raise (SIGSTOP);
  fd = syscall (SYS_getppid, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  show_links ("rewritten by a tracer", fd);
  _exit (0);
}

static void
traced (void)
{
  pid_t child = fork ();
  struct user_regs_struct registers;
  int status;

  REQUIRE (child >= 0);
  if (child == 0)
    traced_child ();
  REQUIRE (waitpid (child, &status, 0) == child && WIFSTOPPED (status));
  /* Only the privileged outside any filter may have it. */
  if (ptrace (PTRACE_SETOPTIONS, child, 0, PTRACE_O_SUSPEND_SECCOMP) == 0)
    printf ("seccomp suspended\n");
  for (;;)
    {
      REQUIRE (ptrace (PTRACE_SYSCALL, child, 0, 0) == 0);
      REQUIRE (waitpid (child, &status, 0) == child);
      if (!WIFSTOPPED (status))
        break;
      REQUIRE (ptrace (PTRACE_GETREGS, child, 0, &registers) == 0);
      if (registers.orig_rax == SYS_getppid && registers.rax == (unsigned long long) -ENOSYS)
        {
          registers.orig_rax = SYS_socket;
          REQUIRE (ptrace (PTRACE_SETREGS, child, 0, &registers) == 0);
        }
    }
}

/* Another thread puts other fds at the numbers at which sockets appear. */
static atomic_int racing;

static void *
race_numbers (void *unused)
{
  int null = open ("/dev/null", O_RDWR);
  struct rlimit limit;

  REQUIRE (null >= 0 && getrlimit (RLIMIT_NOFILE, &limit) == 0);
  while (atomic_load (&racing))
    for (int number = 900; number < 1024 && number < (int) limit.rlim_cur; number++)
      {
        dup2 (null, number);
        close (number);
      }
  return NULL;
}

static void *
race_rights (void *address)
{
  volatile struct sockaddr_nl *name = address;

  while (atomic_load (&racing))
    {
      name->nl_family = AF_UNSPEC;
      name->nl_pid = 0xffffffff;
      name->nl_family = AF_NETLINK;
      name->nl_pid = 0;
    }
  return NULL;
}

static void
race (void)
{
  struct sockaddr_nl name = { .nl_family = AF_NETLINK };
  pthread_t threads[2];

  atomic_store (&racing, 1);
  REQUIRE (pthread_create (&threads[0], NULL, race_numbers, NULL) == 0);
  REQUIRE (pthread_create (&threads[1], NULL, race_rights, &name) == 0);
  for (int i = 0; i < 300; i++)
    {
      long fd = syscall (SYS_socket, AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_ROUTE);

      if (fd >= 0)
        bind ((int) fd, (struct sockaddr *) &name, sizeof name);
      show_links ("race", fd);
    }
  atomic_store (&racing, 0);
  pthread_join (threads[0], NULL);
  pthread_join (threads[1], NULL);
}

static int
vm_child (void *fd)
{
  *(long *) fd = syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
  return 0;
}

/* Children that share memory, and files or not. */
static void
clones (void)
{
  static char stack[65536] __attribute__ ((aligned (16)));
  const int flags[] = { CLONE_VM, CLONE_VM | CLONE_FILES, CLONE_VM | CLONE_VFORK | CLONE_FILES, CLONE_FILES };

  for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
    {
      long fd = -1;
      pid_t child = clone (vm_child, stack + sizeof stack, flags[i] | SIGCHLD, &fd);
      int status;

      REQUIRE (child > 0 && waitpid (child, &status, 0) == child);
      if (fd >= 0)
        show_links ("clone", fd);
    }
  show_links ("afterwards", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

/* What the supervisor itself holds open: its listener would let a program
 * answer its own calls. */
static void
steal (void)
{
  int supervisor = (int) syscall (SYS_pidfd_open, getppid (), 0);
  int n_taken = 0;

  REQUIRE (supervisor >= 0);
  for (int number = 3; number < 256; number++)
    {
      long fd = syscall (SYS_pidfd_getfd, supervisor, number, 0);
      int family = 0;
      socklen_t length = sizeof family;
      struct seccomp_notif_resp answer = { .id = 1 };

      if (fd < 0)
        continue;
      n_taken++;
      if (ioctl ((int) fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0 || errno == ENOENT || errno == EINPROGRESS)
        printf ("fd %d is a listener\n", number);
      if (getsockopt ((int) fd, SOL_SOCKET, SO_DOMAIN, &family, &length) == 0 && family == AF_NETLINK)
        show_links ("the supervisor's", fd);
      close ((int) fd);
    }
  printf ("%d fds taken\n", n_taken);
}

static void
limits (void)
{
  struct rlimit limit;

  REQUIRE (getrlimit (RLIMIT_NOFILE, &limit) == 0);
  limit.rlim_cur = limit.rlim_max;
  REQUIRE (setrlimit (RLIMIT_NOFILE, &limit) == 0);
  show_links ("highest limit", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  limit.rlim_cur = 8;
  REQUIRE (setrlimit (RLIMIT_NOFILE, &limit) == 0);
  show_links ("low limit", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  limit.rlim_cur = 1;
  REQUIRE (setrlimit (RLIMIT_NOFILE, &limit) == 0);
  show_links ("no fd left", syscall (SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
}

int
main (int argc, char **argv)
{
  static const Scene scenes[] = {
    { "plain", plain },
    { "high-bits", high_bits },
    { "protocols", protocols },
    { "socketpair", pair },
#ifdef __x86_64__
    { "i386", i386 },
    { "x32", x32 },
#endif
    { "io-uring", io_uring },
    { "orphaned", orphaned },
    { "not-dumpable", not_dumpable },
    { "filter-allow", filter_allow },
    { "filter-listener", filter_listener },
    { "filter-trace", filter_trace },
    { "traced", traced },
    { "race", race },
    { "clones", clones },
    { "limits", limits },
    { "steal", steal },
  };

  return run_scene (scenes, sizeof scenes / sizeof scenes[0], argc > 1 ? argv[1] : "");
}

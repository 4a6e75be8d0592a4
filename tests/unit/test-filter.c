/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Runs the seccomp program itself, over registers, in a small interpreter of
 * the classic BPF that libseccomp writes. */
#include "trap/filter.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#define I386_SOCKET 359
#define I386_SOCKETCALL 102
#define I386_IO_URING_SETUP 425
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#else
#error "name this architecture's AUDIT_ARCH here"
#endif

#define REFUSED(e) (SECCOMP_RET_ERRNO | (e))

static guint32
load (const struct seccomp_data *data, guint32 offset)
{
  guint32 value;

  g_assert_cmpuint (offset, <=, sizeof *data - sizeof value);
  memcpy (&value, (const guint8 *) data + offset, sizeof value);
  return value;
}

static guint32
run (const NlvFilter *filter, const struct seccomp_data *data)
{
  guint32 a = 0;

  for (guint i = 0; i < filter->program.len; i++)
    {
      const struct sock_filter *f = &filter->program.filter[i];

      switch (f->code)
        {
          case BPF_LD | BPF_W | BPF_ABS:
            a = load (data, f->k);
            break;
          case BPF_ALU | BPF_AND | BPF_K:
            a &= f->k;
            break;
          case BPF_JMP | BPF_JA:
            i += f->k;
            break;
          case BPF_JMP | BPF_JEQ | BPF_K:
            i += a == f->k ? f->jt : f->jf;
            break;
          case BPF_JMP | BPF_JGT | BPF_K:
            i += a > f->k ? f->jt : f->jf;
            break;
          case BPF_JMP | BPF_JGE | BPF_K:
            i += a >= f->k ? f->jt : f->jf;
            break;
          case BPF_RET | BPF_K:
            return f->k;
          default:
            g_error ("instruction %u has code 0x%x", i, f->code);
        }
    }
  g_assert_not_reached ();
}

typedef struct
{
  NlvFilter *filter;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  const char *why = NULL;

  fixture->filter = nlv_filter_new (nlv_window_for_limit (1024), &why);
  g_assert_cmpstr (why, ==, NULL);
  g_assert_nonnull (fixture->filter);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  nlv_filter_free (fixture->filter);
}

static guint32
decide (Fixture *fixture, guint32 arch, int number, guint64 a0, guint64 a1, guint64 a2)
{
  struct seccomp_data data = { .nr = number, .arch = arch, .args = { a0, a1, a2 } };

  return run (fixture->filter, &data);
}

static void
test_socket (Fixture *fixture, gconstpointer user_data)
{
  static const guint64 garbage[] = { 0, 0x100000000, 0xffffffff00000000, 0x8000000000000000 };

  for (guint i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_assert_cmphex (decide (fixture, NATIVE, SYS_socket, garbage[i] | AF_NETLINK, SOCK_RAW, 0), ==,
                       SECCOMP_RET_USER_NOTIF);
      g_assert_cmphex (decide (fixture, NATIVE, SYS_socket, garbage[i] | AF_INET, SOCK_RAW, 0), ==, SECCOMP_RET_ALLOW);
      g_assert_cmphex (decide (fixture, NATIVE, SYS_socketpair, garbage[i] | AF_NETLINK, SOCK_RAW, 0), ==,
                       REFUSED (EOPNOTSUPP));
    }
  g_assert_cmphex (decide (fixture, NATIVE, SYS_socketpair, AF_UNIX, SOCK_STREAM, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (decide (fixture, NATIVE, SYS_io_uring_setup, 8, 0, 0), ==, REFUSED (ENOSYS));
}

static void
test_other_tables (Fixture *fixture, gconstpointer user_data)
{
#if defined(__x86_64__)
  g_assert_cmphex (decide (fixture, AUDIT_ARCH_I386, I386_SOCKET, AF_NETLINK, SOCK_RAW, 0), ==, REFUSED (EAFNOSUPPORT));
  g_assert_cmphex (decide (fixture, AUDIT_ARCH_I386, I386_SOCKET, AF_INET, SOCK_RAW, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (decide (fixture, AUDIT_ARCH_I386, I386_SOCKETCALL, 1, 0, 0), ==, REFUSED (EAFNOSUPPORT));
  g_assert_cmphex (decide (fixture, AUDIT_ARCH_I386, I386_SOCKETCALL, 2, 0, 0), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (decide (fixture, AUDIT_ARCH_I386, I386_IO_URING_SETUP, 8, 0, 0), ==, REFUSED (ENOSYS));
  g_assert_cmphex (decide (fixture, NATIVE, 0x40000000 | SYS_socket, AF_NETLINK, SOCK_RAW, 0), ==, REFUSED (ENOSYS));
#endif
  g_assert_cmphex (decide (fixture, AUDIT_ARCH_MIPS64, SYS_socket, AF_NETLINK, SOCK_RAW, 0), ==, REFUSED (ENOSYS));
}

static void
test_window (Fixture *fixture, gconstpointer user_data)
{
  static const int calls[] = {
    SYS_bind,    SYS_connect,  SYS_getsockname, SYS_getpeername, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_recvfrom,
    SYS_recvmsg, SYS_recvmmsg, SYS_setsockopt,  SYS_getsockopt,  SYS_listen, SYS_accept4, SYS_shutdown,
  };
  guint first = fixture->filter->window.first;
  guint end = first + fixture->filter->window.count;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_assert_cmphex (decide (fixture, NATIVE, calls[i], first - 1, 0, 0), ==, SECCOMP_RET_ALLOW);
      g_assert_cmphex (decide (fixture, NATIVE, calls[i], first, 0, 0), ==, SECCOMP_RET_USER_NOTIF);
      g_assert_cmphex (decide (fixture, NATIVE, calls[i], end - 1, 0, 0), ==, SECCOMP_RET_USER_NOTIF);
      g_assert_cmphex (decide (fixture, NATIVE, calls[i], end, 0, 0), ==, SECCOMP_RET_ALLOW);
      g_assert_cmphex (decide (fixture, NATIVE, calls[i], G_MAXUINT64, 0, 0), ==, SECCOMP_RET_ALLOW);
    }
  g_assert_cmphex (decide (fixture, NATIVE, SYS_ioctl, first, FIONREAD, 0), ==, SECCOMP_RET_USER_NOTIF);
  g_assert_cmphex (decide (fixture, NATIVE, SYS_ioctl, first, FIONBIO, 0), ==, SECCOMP_RET_ALLOW);
}

static void
test_anywhere (Fixture *fixture, gconstpointer user_data)
{
  g_assert_cmphex (decide (fixture, NATIVE, SYS_bind, 3, 0, sizeof (struct sockaddr_nl)), ==, SECCOMP_RET_USER_NOTIF);
  g_assert_cmphex (decide (fixture, NATIVE, SYS_connect, 3, 0, sizeof (struct sockaddr_nl)), ==,
                   SECCOMP_RET_USER_NOTIF);
  g_assert_cmphex (decide (fixture, NATIVE, SYS_bind, 3, 0, 16), ==, SECCOMP_RET_ALLOW);
  g_assert_cmphex (decide (fixture, NATIVE, SYS_setsockopt, 3, SOL_NETLINK, 1), ==, SECCOMP_RET_USER_NOTIF);
  g_assert_cmphex (decide (fixture, NATIVE, SYS_getsockopt, 3, SOL_NETLINK, 1), ==, SECCOMP_RET_USER_NOTIF);
  g_assert_cmphex (decide (fixture, NATIVE, SYS_setsockopt, 3, SOL_SOCKET, 1), ==, SECCOMP_RET_ALLOW);
}

static void
test_never_trapped (Fixture *fixture, gconstpointer user_data)
{
  static const int calls[] = { SYS_close, SYS_read, SYS_write, SYS_dup, SYS_clone, SYS_wait4, SYS_execve };

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    for (guint fd = 0; fd < 1100; fd++)
      g_assert_cmphex (decide (fixture, NATIVE, calls[i], fd, fd, fd), ==, SECCOMP_RET_ALLOW);
}

static void
test_window_for_limit (void)
{
  static const struct
  {
    guint64 limit;
    guint first, count;
  } cases[] = {
    { 1024, 960, 64 }, { 20000, 960, 64 }, { G_MAXUINT64, 960, 64 }, { 1023, 896, 64 },
    { 256, 192, 64 },  { 255, 192, 32 },   { 64, 48, 16 },           { 20, 16, 4 },
    { 3, 2, 1 },       { 0, 0, 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      NlvWindow window = nlv_window_for_limit (cases[i].limit);

      g_assert_cmpuint (window.first, ==, cases[i].first);
      g_assert_cmpuint (window.count, ==, cases[i].count);
      g_assert_cmpuint (window.first % window.count, ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/trap/filter/socket", Fixture, NULL, set_up, test_socket, tear_down);
  g_test_add ("/trap/filter/other-tables", Fixture, NULL, set_up, test_other_tables, tear_down);
  g_test_add ("/trap/filter/window", Fixture, NULL, set_up, test_window, tear_down);
  g_test_add ("/trap/filter/anywhere", Fixture, NULL, set_up, test_anywhere, tear_down);
  g_test_add ("/trap/filter/never-trapped", Fixture, NULL, set_up, test_never_trapped, tear_down);
  g_test_add_func ("/trap/filter/window-for-limit", test_window_for_limit);
  return g_test_run ();
}

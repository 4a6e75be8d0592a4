/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks rtnetlink what a file says, and prints every datagram of the answers.
 *
 * One exchange a line: OPTIONS SIZES FLAGS HEX
 *   OPTIONS  of "s" strict checking, "e" extended acks, "c" capped acks, "p" a
 *            peek for the length before each read; "-" for none
 *   SIZES    of the reader's buffers, by comma; the last one stays
 *   FLAGS    of recvmsg(), in hexadecimal; it never waits
 *   HEX      what one send() sends
 *
 * Each has a socket of its own, which is bound to the same port. It prints
 *   > NUMBER
 *   ! CALL ERRNO                  a call that failed; EAGAIN ends the reading
 *   ? LENGTH FLAGS                a peek
 *   < LENGTH FLAGS SENDER HEX     a datagram: what recvmsg() said, and what it
 *                                 left in the buffer */
#include <errno.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum
{
  PORT = 0x6f7261, /* the same in every run, so that answers are */
  REQUEST_MAX = 1 << 17,
  BUFFER_MAX = 1 << 20,
  READS_MAX = 1 << 16,
};

static unsigned char request[REQUEST_MAX];
static unsigned char buffer[BUFFER_MAX];

static void
fail (const char *call)
{
  printf ("! %s %d\n", call, errno);
}

static void
print_hex (const unsigned char *bytes, size_t len)
{
  static const char digits[] = "0123456789abcdef";
  static char text[2 * BUFFER_MAX];

  for (size_t i = 0; i < len; i++)
    {
      text[2 * i] = digits[bytes[i] >> 4];
      text[2 * i + 1] = digits[bytes[i] & 15];
    }
  fwrite (text, 1, 2 * len, stdout);
}

static int
digit_value (char digit)
{
  return digit >= '0' && digit <= '9' ? digit - '0' : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static size_t
parse_hex (const char *text)
{
  size_t len = 0;

  while (len < REQUEST_MAX && digit_value (text[0]) >= 0 && digit_value (text[1]) >= 0)
    {
      request[len++] = (unsigned char) (digit_value (text[0]) << 4 | digit_value (text[1]));
      text += 2;
    }
  return len;
}

static size_t
next_size (const char **sizes)
{
  char *end;
  size_t size = strtoul (*sizes, &end, 10);

  if (*end == ',')
    *sizes = end + 1;
  return size < BUFFER_MAX ? size : BUFFER_MAX;
}

static int
open_socket (const char *options)
{
  struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_pid = PORT };
  int on = 1;
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

  if (fd < 0)
    {
      fail ("socket");
      return -1;
    }
  if (strchr (options, 's') && setsockopt (fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof on) != 0)
    fail ("setsockopt");
  if (strchr (options, 'e') && setsockopt (fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on) != 0)
    fail ("setsockopt");
  if (strchr (options, 'c') && setsockopt (fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on) != 0)
    fail ("setsockopt");
  if (bind (fd, (struct sockaddr *) &address, sizeof address) != 0)
    fail ("bind");
  return fd;
}

static ssize_t
receive (int fd, struct msghdr *message, struct sockaddr_nl *sender, size_t size, int flags)
{
  static struct iovec vector;

  memset (sender, 0, sizeof *sender);
  vector = (struct iovec){ .iov_base = buffer, .iov_len = size };
  *message = (struct msghdr){ .msg_name = sender, .msg_namelen = sizeof *sender, .msg_iov = &vector, .msg_iovlen = 1 };
  return recvmsg (fd, message, flags | MSG_DONTWAIT);
}

/* FALSE when there is no more. */
static int
read_datagram (int fd, int peeks, size_t size, int flags)
{
  struct msghdr message;
  struct sockaddr_nl sender;
  ssize_t len;

  if (peeks)
    {
      len = receive (fd, &message, &sender, 0, MSG_PEEK | MSG_TRUNC);
      if (len >= 0)
        printf ("? %zd %#x\n", len, (unsigned int) message.msg_flags);
      if (len > (ssize_t) size)
        size = (size_t) len < BUFFER_MAX ? (size_t) len : BUFFER_MAX;
    }
  len = receive (fd, &message, &sender, size, flags);
  if (len < 0)
    {
      if (errno != EAGAIN)
        fail ("recvmsg");
      return errno != EAGAIN;
    }
  printf ("< %zd %#x %u/%u/%u/%u ", len, (unsigned int) message.msg_flags, message.msg_namelen, sender.nl_family,
          sender.nl_pid, sender.nl_groups);
  print_hex (buffer, (size_t) len < size ? (size_t) len : size);
  putchar ('\n');
  return 1;
}

static void
exchange (const char *options, const char *sizes, const char *flags, const char *hex)
{
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
  size_t len = parse_hex (hex);
  int fd = open_socket (options);

  if (fd < 0)
    return;
  if (sendto (fd, request, len, 0, (struct sockaddr *) &kernel, sizeof kernel) != (ssize_t) len)
    fail ("sendto");
  for (unsigned int i = 0; i < READS_MAX; i++)
    if (!read_datagram (fd, strchr (options, 'p') != NULL, next_size (&sizes), (int) strtoul (flags, NULL, 16)))
      break;
  close (fd);
}

int
main (int argc, char *argv[])
{
  FILE *file = argc == 2 ? fopen (argv[1], "r") : NULL;
  char *line = NULL;
  size_t room = 0;

  if (file == NULL)
    {
      fprintf (stderr, "usage: ask FILE\n");
      return 2;
    }
  setvbuf (stdout, NULL, _IOFBF, 1 << 16);
  for (unsigned int number = 0; getline (&line, &room, file) > 0; number++)
    {
      char *rest = line;
      char *fields[4];

      for (size_t i = 0; i < 4; i++)
        fields[i] = strsep (&rest, " \n");
      if (rest == NULL)
        return 2;
      printf ("> %u\n", number);
      exchange (fields[0], fields[1], fields[2], fields[3]);
    }
  free (line);
  fclose (file);
  return fflush (stdout) == 0 ? 0 : 1;
}

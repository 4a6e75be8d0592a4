/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Level SOL_NETLINK, and the control messages that its options ask for. */
#include "netlink/socket-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

gboolean
nlv_netlink_socket_has_option (const NlvNetlinkSocket *self, int option)
{
  return (self->options >> option & 1) != 0;
}

static gboolean
is_flag (int option)
{
  switch (option)
    {
      case NETLINK_PKTINFO:
      case NETLINK_BROADCAST_ERROR:
      case NETLINK_NO_ENOBUFS:
      case NETLINK_LISTEN_ALL_NSID:
      case NETLINK_CAP_ACK:
      case NETLINK_EXT_ACK:
      case NETLINK_GET_STRICT_CHK:
        return TRUE;
      default:
        return FALSE;
    }
}

static int
set_membership (NlvNetlinkSocket *self, const NlvTask *task, guint32 group, gboolean member)
{
  guint64 bit;
  int error = 0;

  self->has_groups = TRUE;
  if (group < 1 || group > NLV_BUS_N_GROUPS)
    return -EINVAL;
  bit = G_GUINT64_CONSTANT (1) << (group - 1);
  if (member)
    error = nlv_netlink_socket_may_join (task, bit);
  if (error == 0)
    nlv_netlink_socket_set_groups (self, member ? self->groups | bit : self->groups & ~bit);
  return error;
}

static int
set_flag (NlvNetlinkSocket *self, const NlvTask *task, int option, gboolean on)
{
  if (option == NETLINK_LISTEN_ALL_NSID && !task->admin)
    return -EPERM;
  if (on)
    self->options |= 1u << option;
  else
    self->options &= ~(1u << option);
  if (option == NETLINK_NO_ENOBUFS && on)
    self->congested = FALSE;
  return 0;
}

int
nlv_netlink_socket_set_option (NlvNetlinkSocket *self, const NlvTask *task, int option, const void *value, gsize len)
{
  guint32 number = 0;

  /* netlink_setsockopt(): what is too short for an int counts as 0. */
  if (len >= sizeof number)
    memcpy (&number, value, sizeof number);
  if (is_flag (option))
    return set_flag (self, task, option, number != 0);
  if (option == NETLINK_ADD_MEMBERSHIP || option == NETLINK_DROP_MEMBERSHIP)
    return set_membership (self, task, number, option == NETLINK_ADD_MEMBERSHIP);
  return -ENOPROTOOPT;
}

/* One bit a group, as whole 32-bit words; as many of them as there is room
 * for, but the length of all. A socket that never named a group has none. */
static int
list_memberships (NlvNetlinkSocket *self, guint8 *value, gsize size, gsize *written, gsize *len)
{
  *len = self->has_groups ? (NLV_BUS_N_GROUPS + 31) / 32 * sizeof (guint32) : 0;
  *written = MIN (size, *len) / sizeof (guint32) * sizeof (guint32);
  for (gsize pos = 0; pos < *written; pos += sizeof (guint32))
    {
      guint32 word = (guint32) (self->groups >> (8 * pos));

      memcpy (value + pos, &word, sizeof word);
    }
  return 0;
}

int
nlv_netlink_socket_get_option (NlvNetlinkSocket *self, int option, void *value, gsize size, gsize *written, gsize *len)
{
  int number;

  *written = 0;
  if (option == NETLINK_LIST_MEMBERSHIPS)
    return list_memberships (self, value, size, written, len);
  if (!is_flag (option))
    return -ENOPROTOOPT;
  if (size < sizeof number)
    return -EINVAL;
  number = nlv_netlink_socket_has_option (self, option);
  memcpy (value, &number, sizeof number);
  *written = *len = sizeof number;
  return 0;
}

static void
add_control (GByteArray *control, int level, int type, const void *data, gsize len)
{
  struct cmsghdr header = { .cmsg_len = CMSG_LEN (len), .cmsg_level = level, .cmsg_type = type };
  guint start = control->len;

  g_byte_array_set_size (control, start + CMSG_SPACE (len));
  memset (control->data + start, 0, CMSG_SPACE (len));
  memcpy (control->data + start, &header, sizeof header);
  memcpy (control->data + start + CMSG_LEN (0), data, len);
}

GByteArray *
nlv_netlink_socket_control (NlvNetlinkSocket *self, const NlvDatagram *datagram, gboolean pass_credentials)
{
  GByteArray *control = g_byte_array_new ();

  if (nlv_netlink_socket_has_option (self, NETLINK_PKTINFO))
    {
      struct nl_pktinfo info = { .group = datagram->group };

      add_control (control, SOL_NETLINK, NETLINK_PKTINFO, &info, sizeof info);
    }
  if (pass_credentials)
    {
      struct ucred credentials = { (pid_t) datagram->pid, datagram->uid, datagram->gid };

      add_control (control, SOL_SOCKET, SCM_CREDENTIALS, &credentials, sizeof credentials);
    }
  return control;
}

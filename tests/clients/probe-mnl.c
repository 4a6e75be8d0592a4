/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* All links, read with libmnl. */

#include "lib/probe.h"

#include <libmnl/libmnl.h>

static int
show_attribute (const struct nlattr *attribute, void *name)
{
  if (mnl_attr_get_type (attribute) == IFLA_IFNAME && mnl_attr_validate (attribute, MNL_TYPE_STRING) >= 0)
    *(const char **) name = mnl_attr_get_str (attribute);
  return MNL_CB_OK;
}

static int
show_link (const struct nlmsghdr *message, void *unused)
{
  const struct ifinfomsg *link = mnl_nlmsg_get_payload (message);
  const char *name = "";

  mnl_attr_parse (message, sizeof *link, show_attribute, &name);
  printf ("%d %s %#x\n", link->ifi_index, name, link->ifi_flags);
  return MNL_CB_OK;
}

int
main (void)
{
  static char buffer[32768] __attribute__ ((aligned (8)));
  struct mnl_socket *sock = mnl_socket_open (NETLINK_ROUTE);
  struct nlmsghdr *request = mnl_nlmsg_put_header (buffer);
  struct rtgenmsg *body;
  int result = MNL_CB_OK;

  REQUIRE (sock && mnl_socket_bind (sock, 0, MNL_SOCKET_AUTOPID) == 0);
  request->nlmsg_type = RTM_GETLINK;
  request->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request->nlmsg_seq = 7;
  body = mnl_nlmsg_put_extra_header (request, sizeof *body);
  body->rtgen_family = AF_PACKET;
  REQUIRE (mnl_socket_sendto (sock, request, request->nlmsg_len) >= 0);
  while (result == MNL_CB_OK)
    {
      ssize_t length = mnl_socket_recvfrom (sock, buffer, sizeof buffer);

      REQUIRE (length > 0);
      result = mnl_cb_run (buffer, (size_t) length, 7, mnl_socket_get_portid (sock), show_link, NULL);
    }
  REQUIRE (result == MNL_CB_STOP);
  mnl_socket_close (sock);
  return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The names of message types. */
#include "nlvirt-message.h"

#include <linux/rtnetlink.h>
#include <string.h>

#define NAME(type)                                                                                                     \
  {                                                                                                                    \
    type, #type                                                                                                        \
  }

static const struct
{
  guint16 type;
  const char *name;
} names[] = {
  NAME (NLMSG_NOOP),           NAME (NLMSG_ERROR),          NAME (NLMSG_DONE),           NAME (NLMSG_OVERRUN),
  NAME (RTM_NEWLINK),          NAME (RTM_DELLINK),          NAME (RTM_GETLINK),          NAME (RTM_SETLINK),
  NAME (RTM_NEWADDR),          NAME (RTM_DELADDR),          NAME (RTM_GETADDR),          NAME (RTM_NEWROUTE),
  NAME (RTM_DELROUTE),         NAME (RTM_GETROUTE),         NAME (RTM_NEWNEIGH),         NAME (RTM_DELNEIGH),
  NAME (RTM_GETNEIGH),         NAME (RTM_NEWRULE),          NAME (RTM_DELRULE),          NAME (RTM_GETRULE),
  NAME (RTM_NEWQDISC),         NAME (RTM_DELQDISC),         NAME (RTM_GETQDISC),         NAME (RTM_NEWTCLASS),
  NAME (RTM_DELTCLASS),        NAME (RTM_GETTCLASS),        NAME (RTM_NEWTFILTER),       NAME (RTM_DELTFILTER),
  NAME (RTM_GETTFILTER),       NAME (RTM_NEWACTION),        NAME (RTM_DELACTION),        NAME (RTM_GETACTION),
  NAME (RTM_NEWPREFIX),        NAME (RTM_GETMULTICAST),     NAME (RTM_GETANYCAST),       NAME (RTM_NEWNEIGHTBL),
  NAME (RTM_GETNEIGHTBL),      NAME (RTM_SETNEIGHTBL),      NAME (RTM_NEWNDUSEROPT),     NAME (RTM_NEWADDRLABEL),
  NAME (RTM_DELADDRLABEL),     NAME (RTM_GETADDRLABEL),     NAME (RTM_GETDCB),           NAME (RTM_SETDCB),
  NAME (RTM_NEWNETCONF),       NAME (RTM_DELNETCONF),       NAME (RTM_GETNETCONF),       NAME (RTM_NEWMDB),
  NAME (RTM_DELMDB),           NAME (RTM_GETMDB),           NAME (RTM_NEWNSID),          NAME (RTM_DELNSID),
  NAME (RTM_GETNSID),          NAME (RTM_NEWSTATS),         NAME (RTM_GETSTATS),         NAME (RTM_SETSTATS),
  NAME (RTM_NEWCHAIN),         NAME (RTM_DELCHAIN),         NAME (RTM_GETCHAIN),         NAME (RTM_NEWNEXTHOP),
  NAME (RTM_DELNEXTHOP),       NAME (RTM_GETNEXTHOP),       NAME (RTM_NEWLINKPROP),      NAME (RTM_DELLINKPROP),
  NAME (RTM_GETLINKPROP),      NAME (RTM_NEWVLAN),          NAME (RTM_DELVLAN),          NAME (RTM_GETVLAN),
  NAME (RTM_NEWNEXTHOPBUCKET), NAME (RTM_DELNEXTHOPBUCKET), NAME (RTM_GETNEXTHOPBUCKET), NAME (RTM_NEWTUNNEL),
  NAME (RTM_DELTUNNEL),        NAME (RTM_GETTUNNEL),
};

/**
 * nlvirt_message_type_to_string:
 * @message_type: an `nlmsg_type`
 *
 * The name that the kernel's headers have for a type of message, such as
 * `RTM_GETROUTE`.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL if it has none
 *
 * Since: 0.1
 */
const char *
nlvirt_message_type_to_string (guint message_type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].type == message_type)
      return names[i].name;
  return NULL;
}

/**
 * nlvirt_message_type_from_string:
 * @name: a name such as `RTM_GETROUTE`
 *
 * The type of message that has a name in the kernel's headers.
 *
 * Returns: the `nlmsg_type`, or 0 if there is none of that name
 *
 * Since: 0.1
 */
guint
nlvirt_message_type_from_string (const char *name)
{
  g_return_val_if_fail (name != NULL, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i].name, name) == 0)
      return names[i].type;
  return 0;
}

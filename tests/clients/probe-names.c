/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The network as libc's own functions show it. Built against glibc and, as a
 * static program, against musl. */

#include "lib/probe.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netpacket/packet.h>

static void
show_hardware_address (const struct sockaddr_ll *address)
{
  printf (" packet index %d", address->sll_ifindex);
  for (int i = 0; i < address->sll_halen; i++)
    printf ("%c%02x", i ? ':' : ' ', address->sll_addr[i]);
}

static void
show_address (const char *label, const struct sockaddr *address)
{
  char text[INET6_ADDRSTRLEN] = "";

  if (!address)
    return;
  if (address->sa_family == AF_INET)
    inet_ntop (AF_INET, &((const struct sockaddr_in *) (const void *) address)->sin_addr, text, sizeof text);
  else if (address->sa_family == AF_INET6)
    inet_ntop (AF_INET6, &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr, text, sizeof text);
  else
    return;
  printf (" %s %s", label, text);
}

static void
show_interfaces (void)
{
  struct ifaddrs *list;

  REQUIRE (getifaddrs (&list) == 0);
  for (struct ifaddrs *i = list; i; i = i->ifa_next)
    {
      printf ("%s", i->ifa_name);
      if (i->ifa_addr && i->ifa_addr->sa_family == AF_PACKET)
        show_hardware_address ((const struct sockaddr_ll *) (const void *) i->ifa_addr);
      show_address ("address", i->ifa_addr);
      show_address ("mask", i->ifa_netmask);
      if (i->ifa_flags & IFF_BROADCAST)
        show_address ("broadcast", i->ifa_broadaddr);
      printf (" flags %#x\n", i->ifa_flags);
    }
  freeifaddrs (list);
}

static void
show_names (void)
{
  struct if_nameindex *list = if_nameindex ();

  REQUIRE (list);
  for (struct if_nameindex *i = list; i->if_name; i++)
    printf ("%u %s\n", i->if_index, i->if_name);
  if_freenameindex (list);
}

/* AI_ADDRCONFIG leaves out the families that no interface but lo has. Without
 * a name to look up, nothing but the interfaces decides. */
static void
show_families (void)
{
  struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM };
  struct addrinfo *list;

  REQUIRE (getaddrinfo (NULL, "80", &hints, &list) == 0);
  for (struct addrinfo *i = list; i; i = i->ai_next)
    {
      show_address (i->ai_family == AF_INET ? "IPv4" : "IPv6", i->ai_addr);
      putchar ('\n');
    }
  freeaddrinfo (list);
}

int
main (int argc, char **argv)
{
  const char *what = argc > 1 ? argv[1] : "";

  if (strcmp (what, "getifaddrs") == 0)
    show_interfaces ();
  else if (strcmp (what, "if_nameindex") == 0)
    show_names ();
  else if (strcmp (what, "addrconfig") == 0)
    show_families ();
  else
    probe_fail (__FILE__, __LINE__, "unknown probe \"%s\"", what);
  return 0;
}

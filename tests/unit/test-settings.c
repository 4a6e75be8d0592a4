/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Settings: what is usual is not kept, and what is kept is in order. */
#include "model/device/consequences.h"
#include "model/link-settings.h"

#include <linux/ipv6.h>
#include <linux/neighbour.h>
#include <net/if_arp.h>
#include <string.h>

static void
test_empty (void)
{
  GArray *settings = NULL;

  g_assert_cmpint (nlv_settings_get (NULL, 5, 77), ==, 77);
  g_assert_cmpuint (nlv_settings_count (NULL, 33), ==, 33);
  g_assert_null (nlv_settings_copy (NULL));
  nlv_settings_unset (&settings, 5);
  g_assert_null (settings);
}

static void
test_order (void)
{
  static const guint32 ids[] = { 9, 3, 100, 0, 50, 4, 3, G_MAXUINT32 };
  GArray *settings = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    nlv_settings_set (&settings, ids[i], i);
  g_assert_cmpuint (settings->len, ==, G_N_ELEMENTS (ids) - 1);
  for (guint i = 1; i < settings->len; i++)
    g_assert_cmpuint (g_array_index (settings, NlvSetting, i - 1).id, <, g_array_index (settings, NlvSetting, i).id);
  g_assert_cmpint (nlv_settings_get (settings, 9, 77), ==, 0);
  g_assert_cmpint (nlv_settings_get (settings, 3, 77), ==, 6);
  g_assert_cmpint (nlv_settings_get (settings, 5, 77), ==, 77);
  g_assert_cmpint (nlv_settings_get (settings, 101, 77), ==, 77);
  g_assert_cmpint (nlv_settings_get (settings, G_MAXUINT32, 77), ==, 7);
  nlv_settings_unset (&settings, 5);
  nlv_settings_unset (&settings, 9);
  g_assert_cmpint (nlv_settings_get (settings, 9, 77), ==, 77);
  g_assert_cmpuint (settings->len, ==, G_N_ELEMENTS (ids) - 2);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    nlv_settings_unset (&settings, ids[i]);
  g_assert_null (settings);
}

static void
test_count (void)
{
  GArray *settings = NULL;

  nlv_settings_set (&settings, 7, 1);
  g_assert_cmpuint (nlv_settings_count (settings, 0), ==, 8);
  g_assert_cmpuint (nlv_settings_count (settings, 8), ==, 8);
  g_assert_cmpuint (nlv_settings_count (settings, 9), ==, 9);
  g_array_unref (settings);
}

static void
test_copy (void)
{
  GArray *settings = NULL, *copy;

  nlv_settings_set (&settings, 7, G_MININT64);
  nlv_settings_set (&settings, 1, G_MAXINT64);
  copy = nlv_settings_copy (settings);
  g_assert_cmpuint (copy->len, ==, 2);
  g_assert_cmpint (nlv_settings_get (copy, 1, 0), ==, G_MAXINT64);
  nlv_settings_set (&settings, 7, 0);
  nlv_settings_set (&settings, 8, 0);
  g_assert_cmpint (nlv_settings_get (copy, 7, 0), ==, G_MININT64);
  g_assert_cmpuint (copy->len, ==, 2);
  g_array_unref (settings);
  g_array_unref (copy);
}

/* --- a link's ----------------------------------------------------------------------- */

static void
init_link (NlvLink *link, const char *name, const char *kind)
{
  nlv_link_init_like_kernel (link, name, kind);
  link->index = 2;
}

/* What is usual is not kept, and comes back all the same. */
static void
test_usual (void)
{
  static const char *const names[] = { "lo", "eth0" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    for (guint which = 0; which < NLV_N_LINK_SETTINGS; which++)
      {
        gint64 usual[NLV_MAX_SETTINGS], all[NLV_MAX_SETTINGS];
        NlvLink link;
        guint n;

        init_link (&link, names[i], NULL);
        n = nlv_link_usual_settings (&link, which, usual);
        g_assert_cmpuint (n, >, 0);
        g_assert_cmpuint (n, <=, NLV_MAX_SETTINGS);
        g_assert_cmpuint (nlv_link_all_settings (&link, which, all), ==, n);
        g_assert_cmpmem (all, n * sizeof *all, usual, n * sizeof *usual);
        for (guint id = 0; id < n; id++)
          {
            nlv_link_set_setting (&link, which, id, usual[id]);
            g_assert_null (link.settings[which]);
            nlv_link_set_setting (&link, which, id, usual[id] + 1);
            g_assert_cmpint (nlv_link_get_setting (&link, which, id), ==, usual[id] + 1);
            /* What the link has a field for is not kept twice. */
            if (which == NLV_LINK_IPV6 && id == DEVCONF_ADDR_GEN_MODE)
              g_assert_cmpuint (link.address_generation, ==, usual[id] + 1);
            else
              g_assert_cmpuint (link.settings[which]->len, ==, 1);
            nlv_link_set_setting (&link, which, id, usual[id]);
            g_assert_null (link.settings[which]);
            g_assert_cmpint (nlv_link_get_setting (&link, which, id), ==, usual[id]);
          }
        nlv_link_clear (&link);
      }
}

/* A newer kernel has more of them. */
static void
test_more (void)
{
  gint64 values[NLV_MAX_SETTINGS];
  NlvLink link;
  guint n;

  init_link (&link, "eth0", NULL);
  n = nlv_link_usual_settings (&link, NLV_LINK_IPV4, values);
  memset (values, 0xff, sizeof values);
  nlv_link_set_setting (&link, NLV_LINK_IPV4, n + 2, 0);
  g_assert_cmpuint (nlv_link_all_settings (&link, NLV_LINK_IPV4, values), ==, n + 3);
  g_assert_cmpint (values[n], ==, 0);
  g_assert_cmpint (values[n + 1], ==, 0);
  g_assert_cmpint (values[n + 2], ==, 0);
  nlv_link_set_setting (&link, NLV_LINK_IPV4, NLV_MAX_SETTINGS - 1, -7);
  g_assert_cmpuint (nlv_link_all_settings (&link, NLV_LINK_IPV4, values), ==, NLV_MAX_SETTINGS);
  g_assert_cmpint (values[NLV_MAX_SETTINGS - 1], ==, -7);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_IPV4, NLV_MAX_SETTINGS - 1), ==, -7);
  nlv_link_clear (&link);
}

/* Ids that no list has are not taken, nor believed when they are there. */
static void
test_beyond (void)
{
  gint64 values[NLV_MAX_SETTINGS];
  NlvLink link;

  init_link (&link, "eth0", NULL);
  nlv_link_set_setting (&link, NLV_LINK_IPV6, NLV_MAX_SETTINGS, 5);
  nlv_link_set_setting (&link, NLV_LINK_IPV6, G_MAXUINT, 5);
  g_assert_null (link.settings[NLV_LINK_IPV6]);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_IPV6, G_MAXUINT), ==, 0);
  nlv_settings_set (&link.settings[NLV_LINK_IPV6], NLV_MAX_SETTINGS, 5);
  nlv_settings_set (&link.settings[NLV_LINK_IPV6], G_MAXUINT32, 5);
  g_assert_cmpuint (nlv_link_all_settings (&link, NLV_LINK_IPV6, values), <=, NLV_MAX_SETTINGS);
  nlv_link_clear (&link);
}

/* What is usual follows the link: its MTU, its flags, its hardware. */
static void
test_dependent (void)
{
  gint64 values[NLV_MAX_SETTINGS];
  NlvLink link;

  init_link (&link, "eth0", NULL);
  link.mtu = 9000;
  nlv_link_usual_settings (&link, NLV_LINK_IPV6, values);
  g_assert_cmpint (values[2], ==, 9000);
  link.flags = IFF_UP | IFF_RUNNING;
  g_assert_cmphex (nlv_link_get_setting (&link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_FLAGS), ==, 0x80000010);
  link.flags = IFF_UP;
  g_assert_cmphex (nlv_link_get_setting (&link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_FLAGS), ==, 0);
  link.flags = IFF_UP | IFF_RUNNING | IFF_LOOPBACK;
  g_assert_cmphex (nlv_link_get_setting (&link, NLV_LINK_IPV6_STATE, NLV_IPV6_STATE_FLAGS), ==, 0x80000000);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_IPV4, 14), ==, 1);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_IPV6, 10), ==, -1);
  link.flags = 0;
  link.hardware_type = ARPHRD_NONE;
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_IPV4, 14), ==, 0);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_IPV6, 10), ==, -1);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_ARP, NDTPA_LOCKTIME), ==, 1000);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_NDISC, NDTPA_LOCKTIME), ==, 0);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_IPV6_STATISTICS, 0), ==, 38);
  g_assert_cmpint (nlv_link_get_setting (&link, NLV_LINK_ICMPV6_STATISTICS, 0), ==, 7);
  nlv_link_clear (&link);
}

static void
test_families (void)
{
  NlvLink link;

  nlv_link_init (&link);
  link.mtu = 67;
  g_assert_false (nlv_link_has_ipv4 (&link));
  link.mtu = 68;
  g_assert_true (nlv_link_has_ipv4 (&link));
  g_assert_false (nlv_link_has_ipv6 (&link));
  link.mtu = 1279;
  g_assert_false (nlv_link_has_ipv6 (&link));
  link.mtu = 1280;
  g_assert_true (nlv_link_has_ipv6 (&link));
  nlv_link_clear (&link);
}

/* A copy of a link has its own settings. */
static void
test_link_copy (void)
{
  NlvLink link, copy;

  init_link (&link, "eth0", NULL);
  nlv_link_set_setting (&link, NLV_LINK_IPV4, NLV_IPV4_FORWARDING, 1);
  nlv_link_copy (&link, &copy);
  nlv_link_set_setting (&link, NLV_LINK_IPV4, NLV_IPV4_FORWARDING, 0);
  g_assert_null (link.settings[NLV_LINK_IPV4]);
  g_assert_cmpint (nlv_link_get_setting (&copy, NLV_LINK_IPV4, NLV_IPV4_FORWARDING), ==, 1);
  nlv_link_clear (&link);
  nlv_link_clear (&copy);
}

/* --- the network's ------------------------------------------------------------------ */

/* RFC 6724's, the longest prefix first and each once. */
static void
test_labels (void)
{
  guint n;
  const NlvAddressLabel *labels = nlv_usual_labels (&n);

  g_assert_cmpuint (n, ==, 10);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (labels[i].link, ==, 0);
      if (i > 0)
        g_assert_cmpuint (labels[i - 1].length, >=, labels[i].length);
      for (guint j = 0; j < i; j++)
        g_assert_cmpuint (labels[j].label, !=, labels[i].label);
    }
}

static void
test_kinds (void)
{
  NlvNetwork *network = nlv_network_new ();
  NlvGlobals *globals = nlv_network_get_globals (network);

  for (guint i = 0; nlv_usual_kinds[i] != NULL; i++)
    {
      g_assert_true (nlv_network_knows_kind (network, nlv_usual_kinds[i]));
      if (i > 0)
        g_assert_cmpstr (nlv_usual_kinds[i - 1], <, nlv_usual_kinds[i]);
    }
  g_assert_false (nlv_network_knows_kind (network, "amt"));
  g_assert_false (nlv_network_knows_kind (network, ""));
  globals->kinds = g_ptr_array_new_with_free_func (g_free);
  g_assert_false (nlv_network_knows_kind (network, "veth"));
  g_ptr_array_add (globals->kinds, g_strdup ("amt"));
  g_assert_true (nlv_network_knows_kind (network, "amt"));
  g_assert_false (nlv_network_knows_kind (network, "veth"));
  nlv_network_unref (network);
}

/* Everything that there is one of is copied with the network. */
static void
test_globals_copy (void)
{
  NlvNetwork *network = nlv_network_new (), *copy;
  NlvGlobals *globals = nlv_network_get_globals (network), *of_copy;
  gint32 namespace = 7;
  NlvAddressLabel label = { .length = 5 };

  for (guint i = 0; i < NLV_N_NETWORK_SETTINGS; i++)
    nlv_settings_set (&globals->settings[i], i, i + 1);
  globals->labels = g_array_new (FALSE, FALSE, sizeof label);
  g_array_append_val (globals->labels, label);
  globals->namespaces = g_array_new (FALSE, FALSE, sizeof namespace);
  g_array_append_val (globals->namespaces, namespace);
  globals->label_sequence = 11;
  globals->local_table = NLV_LOCAL_TABLE_OWN;
  globals->clock = 12345;
  copy = nlv_network_copy (network);
  nlv_network_unref (network);
  of_copy = nlv_network_get_globals (copy);
  for (guint i = 0; i < NLV_N_NETWORK_SETTINGS; i++)
    g_assert_cmpint (nlv_settings_get (of_copy->settings[i], i, 0), ==, i + 1);
  g_assert_cmpuint (g_array_index (of_copy->labels, NlvAddressLabel, 0).length, ==, 5);
  g_assert_cmpint (g_array_index (of_copy->namespaces, gint32, 0), ==, 7);
  g_assert_cmpuint (of_copy->label_sequence, ==, 11);
  g_assert_cmpuint (of_copy->local_table, ==, NLV_LOCAL_TABLE_OWN);
  g_assert_cmpuint (nlv_network_tell_time (copy, 1000), ==, 12345);
  g_assert_cmpuint (nlv_network_tell_time (copy, 1007), ==, 12352);
  /* Time does not go back. */
  g_assert_cmpuint (nlv_network_tell_time (copy, 5), ==, 12345);
  nlv_network_unref (copy);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/settings/empty", test_empty);
  g_test_add_func ("/model/settings/order", test_order);
  g_test_add_func ("/model/settings/count", test_count);
  g_test_add_func ("/model/settings/copy", test_copy);
  g_test_add_func ("/model/settings/link/usual", test_usual);
  g_test_add_func ("/model/settings/link/more", test_more);
  g_test_add_func ("/model/settings/link/beyond", test_beyond);
  g_test_add_func ("/model/settings/link/dependent", test_dependent);
  g_test_add_func ("/model/settings/link/families", test_families);
  g_test_add_func ("/model/settings/link/copy", test_link_copy);
  g_test_add_func ("/model/settings/network/labels", test_labels);
  g_test_add_func ("/model/settings/network/kinds", test_kinds);
  g_test_add_func ("/model/settings/network/copy", test_globals_copy);
  return g_test_run ();
}

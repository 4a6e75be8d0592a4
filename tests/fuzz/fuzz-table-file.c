/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The loader of table files: what it takes, it writes so that it takes it
 * again; what it refuses, it gives reasons for. And the same text as a change of
 * a network that is there, which afterwards can be written and read. */
#include "check.h"
#include "fuzz.h"
#include "model/file/table-file.h"
#include "model/timer.h"

#include <string.h>

#define BASE                                                                                                           \
  "[link eth0]\naddresses=192.0.2.10/24;2001:db8::10/64\n[link br0]\nkind=bridge\n"                                    \
  "[link veth0]\nkind=veth\nlink=veth1\nmaster=br0\n[link veth1]\nkind=veth\nlink=veth0\n"

static void
change (NlvTableVerb verb, const char *text, size_t size, GPtrArray *faults)
{
  NlvNetwork *network = nlv_table_file_parse (BASE, strlen (BASE), faults);
  guint n_before = faults->len;
  int result = nlv_table_file_change (network, verb, text, size, 1000, faults);

  g_assert_true ((result == 0) == (faults->len == n_before));
  /* What has been added can be added no more, and be removed. */
  if (result == 0)
    nlv_table_file_change (network, NLV_TABLE_REMOVE, text, size, 2000, faults);
  nlv_network_run_timers (network, 100000);
  check_network (network);
  check_text (network);
  nlv_network_unref (network);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GPtrArray *faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
  NlvNetwork *network = nlv_table_file_parse ((const char *) data, size, faults);

  if (network != NULL)
    {
      check_text (network);
      nlv_network_unref (network);
    }
  else
    g_assert_cmpuint (faults->len, >, 0);
  /* One of the three, so that each input is quick. */
  change ((NlvTableVerb) (size % 3), (const char *) data, size, faults);
  g_ptr_array_unref (faults);
  return 0;
}

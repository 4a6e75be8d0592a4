/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The loader of table files: what it takes, it writes so that it takes it
 * again; what it refuses, it gives reasons for. */
#include "fuzz.h"
#include "model/table-file.h"

#include <string.h>

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GPtrArray *faults = g_ptr_array_new_with_free_func ((GDestroyNotify) nlv_fault_free);
  NlvNetwork *network = nlv_table_file_parse ((const char *) data, size, faults);

  if (network != NULL)
    {
      char *text = nlv_table_file_format (network);
      NlvNetwork *again = nlv_table_file_parse (text, strlen (text), faults);
      g_assert_nonnull (again);
      char *second = nlv_table_file_format (again);
      g_assert_cmpstr (text, ==, second);
      g_free (second);
      nlv_network_unref (again);
      g_free (text);
      nlv_network_unref (network);
    }
  else
    g_assert_cmpuint (faults->len, >, 0);
  g_ptr_array_unref (faults);
  return 0;
}

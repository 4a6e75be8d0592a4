/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The program's memory, for the time of a call. What costs is less the bytes
 * than the pieces that they come in. */
#include "session/session-private.h"

#include <errno.h>
#include <string.h>

/* What lies within this much, as on a stack, is read in one piece: so much is
 * copied in less time than another piece takes. */
#define MAX_SPAN 2048
/* No machine has smaller ones, and what is true of all of a larger one is true
 * of its parts. */
#define PAGE_SIZE 4096

static int
check_copied (NlvSocketCall *c, gssize copied, gsize len)
{
  if (copied == (gssize) len)
    return 0;
  c->unreachable |= copied == -EPERM;
  return copied == -EPERM ? -EPERM : -EFAULT;
}

/* Returns the length of all; *n becomes the number of vectors. */
static gsize
to_vectors (const NlvCallCopy *copies, guint n_copies, struct iovec *there, struct iovec *here, guint *n)
{
  gsize len = 0;

  *n = 0;
  for (guint i = 0; i < n_copies; i++)
    if (copies[i].len > 0)
      {
        there[*n] = (struct iovec){ (void *) (guintptr) copies[i].address, copies[i].len };
        here[*n] = (struct iovec){ copies[i].data, copies[i].len };
        len += copies[i].len;
        ++*n;
      }
  return len;
}

/* All with what lies between. FALSE if that is too much, or not all of it can
 * be read. */
static gboolean
read_span (NlvSocketCall *c, const struct iovec *there, guint n, const struct iovec *here)
{
  guint8 bytes[MAX_SPAN];
  guintptr first = G_MAXSIZE, last = 0;
  struct iovec span;

  for (guint i = 0; i < n; i++)
    {
      guintptr start = (guintptr) there[i].iov_base;

      if (there[i].iov_len - 1 > G_MAXSIZE - start)
        return FALSE;
      first = MIN (first, start);
      last = MAX (last, start + (there[i].iov_len - 1));
    }
  if (last - first >= sizeof bytes)
    return FALSE;
  span = (struct iovec){ (void *) first, last - first + 1 };
  if (nlv_target_read (c->call.tid, &span, 1, &(struct iovec){ bytes, span.iov_len }, 1) != (gssize) span.iov_len)
    return FALSE;
  for (guint i = 0; i < n; i++)
    memcpy (here[i].iov_base, bytes + ((guintptr) there[i].iov_base - first), here[i].iov_len);
  return TRUE;
}

/* *len becomes the length of all. */
static gssize
read_copies (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies, gsize *len)
{
  struct iovec there[NLV_MAX_CALL_COPIES], here[NLV_MAX_CALL_COPIES];
  guint n;

  *len = to_vectors (copies, MIN (n_copies, NLV_MAX_CALL_COPIES), there, here, &n);
  if (n > 1 && read_span (c, there, n, here))
    return *len;
  return nlv_target_read (c->call.tid, there, n, here, n);
}

gssize
nlv_call_read_some (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies)
{
  gsize len;

  return read_copies (c, copies, n_copies, &len);
}

int
nlv_call_read (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies)
{
  gsize len;
  gssize r = read_copies (c, copies, n_copies, &len);

  return check_copied (c, r, len);
}

int
nlv_call_read_pieces (NlvSocketCall *c, const struct iovec *pieces, gsize n_pieces, void *out, gsize len)
{
  struct iovec here = { out, len };

  return check_copied (c, nlv_target_read (c->call.tid, pieces, n_pieces, &here, 1), len);
}

int
nlv_call_read_last (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies)
{
  int r = nlv_call_read (c, copies, n_copies);

  return r < 0 ? r : nlv_call_confirm (c);
}

int
nlv_call_confirm (NlvSocketCall *c)
{
  return nlv_listener_is_waiting (c->tree->listener, c->call.id) ? 0 : -ESRCH;
}

static gboolean
is_new (const NlvCallCopy *copy)
{
  return copy->len > 0 && (copy->there == NULL || memcmp (copy->there, copy->data, copy->len) != 0);
}

static gboolean
is_on_page (const NlvCallCopy *copy, guint64 page)
{
  return copy->address / PAGE_SIZE == page && (copy->address + copy->len - 1) / PAGE_SIZE == page;
}

static gboolean
overlap (const NlvCallCopy *a, const NlvCallCopy *b)
{
  return b->address - a->address < a->len || a->address - b->address < b->len;
}

/* Bytes that are there already need no writing; but whether they could be
 * written counts, so something else on their page has to be. */
static gboolean
may_be_left_out (const NlvCallCopy *copy, const NlvCallCopy *copies, guint n_copies)
{
  guint64 page = copy->address / PAGE_SIZE;
  gboolean page_is_written = FALSE;

  if (is_new (copy) || !is_on_page (copy, page))
    return FALSE;
  for (guint i = 0; i < n_copies; i++)
    if (&copies[i] != copy)
      {
        if (overlap (copy, &copies[i]))
          return FALSE;
        page_is_written |= is_new (&copies[i]) && is_on_page (&copies[i], page);
      }
  return page_is_written;
}

int
nlv_call_write (NlvSocketCall *c, const NlvCallCopy *copies, guint n_copies)
{
  struct iovec there[NLV_MAX_CALL_COPIES], here[NLV_MAX_CALL_COPIES];
  NlvCallCopy writes[NLV_MAX_CALL_COPIES];
  guint n_writes = 0, n;
  gsize len;

  n_copies = MIN (n_copies, NLV_MAX_CALL_COPIES);
  for (guint i = 0; i < n_copies; i++)
    if (!may_be_left_out (&copies[i], copies, n_copies))
      writes[n_writes++] = copies[i];
  len = to_vectors (writes, n_writes, there, here, &n);
  return check_copied (c, nlv_target_write (c->call.tid, there, n, here, n), len);
}

int
nlv_call_write_pieces (NlvSocketCall *c, const struct iovec *pieces, gsize n_pieces, NlvSpan data)
{
  struct iovec here = { (void *) data.data, data.len };

  return check_copied (c, nlv_target_write (c->call.tid, pieces, n_pieces, &here, 1), data.len);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the verbs of the command share. */
#pragma once

#include <nlvirt.h>

/* Exit statuses of env(1) and its like. */
enum
{
  EXIT_NLVIRT_FAILED = 125,
  EXIT_CANNOT_EXECUTE = 126,
  EXIT_NOT_FOUND = 127,
  EXIT_SIGNALED = 128, /* plus the signal */
};

/* The verbs. @argv[0] is the verb; each returns an exit status. */
int handle_check (int argc, char *argv[]);
int handle_record (int argc, char *argv[]);
int handle_run (int argc, char *argv[]);
int handle_set (int argc, char *argv[]);
int handle_show (int argc, char *argv[]);

/* "nlvirt: ..." and a newline to standard error. */
void print_error (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* The table that --table names, "loopback" for NULL. NULL after an error has
 * been printed. */
NlvirtTable *open_table (const char *name);

/* Prints every datagram of @session to standard error. */
void trace_session (NlvirtSession *session);

/* The session that --control names, or NLVIRT_CONTROL for NULL. It is waited for, in
 * seconds. NULL after an error has been printed. */
#define CONTROL_WAIT 5.0
GDBusConnection *control_connect (const char *name, double wait);
/* @text is NULL for a method that returns one. */
GVariant *control_call (GDBusConnection *connection, const char *method, const char *text, GError **error);
/* FALSE after an error has been printed. */
gboolean parse_wait (const char *text, double *wait);

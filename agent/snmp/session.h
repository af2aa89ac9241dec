/* SPDX-License-Identifier: GPL-2.0-or-later */
/* net-snmp's library, its log, and the AgentX session. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_SESSION_H
#define GUESTLIST_AGENT_SNMP_SESSION_H

#include <stdbool.h>

#include "agent/mib/rows.h"
#include "agent/options.h"
#include "agent/snmp/responder.h"
#include "lib/base/log.h"

/* The name of the application. net-snmp makes the names of configuration files from it. */
#define SESSION_NAME "guestlistd"

/* net-snmp's snmp_log_options(), for options_parse(). */
int session_take_log_option(char *words, int argc, char *const *argv);

/* Prepares the library. Opens nothing yet. */
void session_prepare(const struct options *options);

/* Opens the log. Without -L, lines go to stderr. If the agent goes to the background, they go to the system's log
 * as well, and after session_daemonize() only to the system's log. False if a file of -Lf cannot be opened; stderr
 * has the reason. */
bool session_open_log(const struct options *options);

/* Opens the files of -Lf again, because logrotate renames them. If that fails, lines go to the old file. */
void session_reopen_log(void);

/* The AgentX address: `given`, or if that is NULL the one of the configuration, or else net-snmp's default. Valid
 * until the configuration is read again. */
const char *session_address(const char *given);

/* Opens the AgentX session, which registers the objects of region.h. If the master does not answer, logs that
 * once, and net-snmp tries again every 5 s. Blocks for some seconds if the master hangs. The settings are for
 * capabilities_advertise(). `responder` must live until session_close(). Returns the watch over the session, for
 * loop_run(); NULL if out of memory. */
struct wire_watch *session_connect(const struct answer_settings *settings, struct responder *responder);

/* Closes the session (AgentX Close) and the library. */
void session_close(void);

/* Goes to the background as net-snmp's daemons do, and to the root directory. False on failure. */
bool session_daemonize(const struct options *options);

/* Logs one line. */
void session_log_line(enum log_level level, const char *line);
/* session_log_line() as a sink. */
extern const struct log_sink session_log;

#endif

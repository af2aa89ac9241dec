/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subagent: net-snmp's library and the AgentX session. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_SESSION_H
#define GUESTLIST_AGENT_SNMP_SESSION_H

#include <stdbool.h>

#include "agent/mib/rows.h"
#include "agent/options.h"
#include "lib/base/log.h"

#define SESSION_NAME "guestlistd" /* of the application, as net-snmp names configuration files after it */

/* For options_parse(). */
int session_take_log_option(char *words, int argc, char *const *argv);

/* Prepares the library; nothing is opened yet. */
void session_prepare(const struct options *options);

/* Where log lines go that -L did not direct: stderr in the foreground, else the system's log, and stderr as well
 * as long as somebody may see it. False if a file of -Lf cannot be opened, which stderr then says. */
bool session_open_log(const struct options *options);

/* Opens the files of -Lf anew, since logrotate renames them. Lines go on into the old one where that fails. */
void session_reopen_log(void);

/* The AgentX address in force: of the command line (`given`; NULL: none), of the configuration, or net-snmp's own.
 */
const char *session_address(const char *given);

/* Opens the AgentX session and registers what region.h has; if the master does not answer, says so once
 * and goes on trying. The settings are for session_advertise(). */
void session_connect(const struct answer_settings *settings);

/* Says in sysORTable what the agent can do by these settings; again whenever they have changed. */
void session_advertise(const struct answer_settings *settings);

/* Tells the master that we are going (AgentX Close). */
void session_close(void);

/* Goes to the background as net-snmp's daemons do, to the root directory. False if it cannot. */
bool session_daemonize(const struct options *options);

/* Logs one line; and the same as a sink. Main thread only, as all of net-snmp's log. */
void session_log_line(enum log_level level, const char *line);
extern const struct log_sink session_log;

#endif

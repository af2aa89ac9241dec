/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The subagent: net-snmp's library and the AgentX session. Main thread only. */
#ifndef GUESTLIST_AGENT_SESSION_H
#define GUESTLIST_AGENT_SESSION_H

#include <stdbool.h>

#include "agent/options.h"
#include "agent/view.h"
#include "core/log.h"

#define SESSION_NAME "guestlistd" /* of the application, as net-snmp names configuration files after it */

/* For options_parse(). */
int session_take_log_option(char *words, int argc, char *const *argv);

/* Prepares the library; nothing is opened yet. */
void session_prepare(const struct options *options);

/* Where log lines go that -L did not direct: stderr in the foreground, else the system's log. */
void session_open_log(const struct options *options);

/* Opens the AgentX session and registers what region.h has; if the master does not answer, says so once
 * and goes on trying. The settings are for session_advertise(). */
void session_connect(const struct answer_settings *settings);

/* Says in sysORTable what the agent can do by these settings; again whenever they have changed. */
void session_advertise(const struct answer_settings *settings);

/* Tells the master that we are going (AgentX Close). */
void session_close(void);

/* Goes to the background as net-snmp's daemons do. False if it cannot. */
bool session_daemonize(void);

/* Logs one line; and the same as a sink. Main thread only, as all of net-snmp's log. */
void session_log_line(enum log_level level, const char *line);
extern const struct log_sink session_log;

#endif

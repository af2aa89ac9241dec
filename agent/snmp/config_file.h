/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestlistd.conf. net-snmp finds and parses the files. Main thread only. */
#ifndef GUESTLIST_AGENT_SNMP_CONFIG_FILE_H
#define GUESTLIST_AGENT_SNMP_CONFIG_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "agent/options.h"
#include "agent/settings.h"

/* Registers the directives of guestlistd with net-snmp. Call it after init_agent(), which registers the directives
 * of AgentX subagents. */
void config_file_register(void);

/* Reads the files on net-snmp's search path and the file of -c into `settings`. The AgentX address of the command
 * line stays in force. False if a file exists but cannot
 * be read, or if it has an unknown or wrong directive. Then `complaints` has a line for each problem, with file,
 * line, value and what was expected. */
bool config_file_read(const struct options *options, struct settings *settings, char *complaints, size_t size);

/* Calls `visit` for each path at which net-snmp looks for NAME.conf and NAME.local.conf, whether the file exists
 * or not. */
typedef void config_file_visitor(void *data, const char *path);
void config_file_visit(const char *name, config_file_visitor *visit, void *data);

/* Why the file cannot be read, or NULL if it can be read. The text is valid until the next call of strerror(). */
const char *config_file_problem(const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guestlistd.conf, found and parsed by net-snmp. */
#ifndef GUESTLIST_AGENT_SNMP_CONFIG_FILE_H
#define GUESTLIST_AGENT_SNMP_CONFIG_FILE_H

#include <stddef.h>
#include <stdio.h>

#include "agent/options.h"
#include "agent/settings.h"

/* Tells net-snmp our directives. After init_agent(), so that those of every AgentX subagent are known too. */
void config_file_register(void);

/* Reads the files on net-snmp's search path and the one of -c into `settings`. False if a file that is there
 * cannot be read, or if anything in them is not understood: `complaints` then holds a line each, with file, line,
 * value and what was expected. */
bool config_file_read(const struct options *options, struct settings *settings, char *complaints, size_t size);

/* Visits where net-snmp looks for NAME.conf and NAME.local.conf, whether they are there or not. */
typedef void config_file_visitor(void *data, const char *path);
void config_file_visit(const char *name, config_file_visitor *visit, void *data);

/* Why the file cannot be read, or NULL if it can. Valid until the next call. */
const char *config_file_problem(const char *path);

#endif

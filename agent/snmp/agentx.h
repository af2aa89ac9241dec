/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A minimal AgentX subagent (RFC 2741), for --check: it opens a session, tries to register a subtree, and closes.
 * All steps together block for a limited time, except for the look-up of a host name. net-snmp's library has a
 * subagent only as a part of its agent, which does not report the answer of the master and never stops trying. */
#ifndef GUESTLIST_AGENT_SNMP_AGENTX_H
#define GUESTLIST_AGENT_SNMP_AGENTX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/mib/mib.h"

/* The address of a master. */
struct agentx_address {
    bool is_unix;
    char path[PATH_MAX]; /* of a Unix socket */
    char host[256], service[32];
};

/* Parses the address of -x or agentXSocket: a path with a slash, unix:PATH, tcp:HOST:PORT, tcp6:HOST:PORT,
 * HOST:PORT, or tcp:PORT, which is on this host. False if it has another form, even if net-snmp accepts that one,
 * such as a port alone. */
bool agentx_parse(const char *text, struct agentx_address *address);

/* A connection to a master. Zeroed with fd = -1: none. */
struct agentx_link {
    int fd;
    int64_t until_boot_ms; /* when all steps must be done */
};

/* Connects to that address. This and all steps over the connection together take at most `patience_ms`. False with
 * errno on failure: EINVAL if agentx_parse() fails. */
bool agentx_connect(struct agentx_link *link, const char *text, int64_t patience_ms);

/* Does nothing without a connection. */
void agentx_disconnect(struct agentx_link *link);

/* Results: the error in the answer of the master, or AGENTX_NO_ANSWER. */
enum { AGENTX_NO_ERROR = 0, AGENTX_DUPLICATE_REGISTRATION = 263, AGENTX_NO_ANSWER = -1 };

/* Opens a session over the connection, and stores its number. */
int agentx_open(const struct agentx_link *link, uint32_t *session);

/* Tries to register the subtree in that context (empty: the default one). If it succeeds, the master sends
 * requests for the subtree, which nothing answers: close the session soon. */
int agentx_register(const struct agentx_link *link, uint32_t session, const char *context,
                    const mib_subid *subtree, size_t length);

/* Closes the session, and waits until the master has removed what was registered. The connection stays open. */
void agentx_close(const struct agentx_link *link, uint32_t session);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A minimal AgentX subagent (RFC 2741), for --check: it opens a session, tries to register a subtree, and closes.
 * Each step blocks for a limited time, except for the look-up of a host name. net-snmp's library has a subagent
 * only as a part of its agent, which does not report the answer of the master and never stops trying. */
#ifndef GUESTLIST_AGENT_SNMP_AGENTX_H
#define GUESTLIST_AGENT_SNMP_AGENTX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The address of a master. */
struct agentx_address {
    bool is_unix;
    char path[PATH_MAX]; /* of a Unix socket */
    char host[256], service[32];
};

/* Parses the address of -x or agentXSocket: a path with a slash, unix:PATH, tcp:HOST:PORT, tcp6:HOST:PORT or
 * HOST:PORT. False if it has another form, even if net-snmp accepts that one, such as a port alone. */
bool agentx_parse(const char *text, struct agentx_address *address);

/* Connects to that address. Connecting, and each send and receive later, take at most `patience_ms`. -1 with errno
 * on failure: EINVAL if agentx_parse() fails. The caller closes the descriptor. */
int agentx_connect(const char *text, int64_t patience_ms);

/* Results: the error in the answer of the master, or AGENTX_NO_ANSWER. */
enum { AGENTX_NO_ERROR = 0, AGENTX_DUPLICATE_REGISTRATION = 263, AGENTX_NO_ANSWER = -1 };

/* Opens a session over the connection, and stores its number. */
int agentx_open(int fd, uint32_t *session);

/* Tries to register the subtree in that context (empty: the default one). If it succeeds, the master sends
 * requests for the subtree, which nothing answers: close the session soon. */
int agentx_register(int fd, uint32_t session, const char *context, const uint32_t *subtree, size_t length);

/* Closes the session, and waits until the master has removed what was registered. The connection stays open. */
void agentx_close(int fd, uint32_t session);

#endif

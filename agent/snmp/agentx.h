/* SPDX-License-Identifier: GPL-2.0-or-later */
/* As much of an AgentX subagent (RFC 2741) as it takes to see what a master answers: it opens a session, tries to
 * register a subtree, and closes. Each step is bounded in time, but for looking up the name of a host. net-snmp's
 * own library can do it only as a part of its agent, which would go on trying. */
#ifndef GUESTLIST_AGENT_SNMP_AGENTX_H
#define GUESTLIST_AGENT_SNMP_AGENTX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a master listens. */
struct agentx_address {
    bool is_unix;
    char path[PATH_MAX]; /* of a Unix socket */
    char host[256], service[32];
};

/* Understands what -x and agentXSocket take: a path, unix:PATH, tcp:HOST:PORT or HOST:PORT. */
bool agentx_parse(const char *text, struct agentx_address *address);

/* A connection to that address, or -1 with errno: EINVAL if it is not understood. */
int agentx_connect(const char *text, int64_t patience_ms);

/* What the master answered. */
enum { AGENTX_NO_ERROR = 0, AGENTX_DUPLICATE_REGISTRATION = 263, AGENTX_NO_ANSWER = -1 };

/* Opens a session over the connection and puts its number. The master's error, or AGENTX_NO_ANSWER. */
int agentx_open(int fd, uint32_t *session);

/* Tries to register the subtree in that context (empty: the default one). The session is then to be closed soon:
 * the master sends requests for what it has registered. */
int agentx_register(int fd, uint32_t session, const char *context, const uint32_t *subtree, size_t length);

void agentx_close(int fd, uint32_t session);

#endif

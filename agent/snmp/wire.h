/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads from the master's socket in place of Net-SNMP's library. Get and GetNext are answered here
 * (agent/snmp/responder.h). All other PDUs are passed on to the library, but only complete ones that a master may
 * send (agent/snmp/guard.h). If the master sends anything else, or does not read the answers, the connection is
 * closed and the log says why. The library then tries to reconnect, as after any lost connection. Main thread
 * only. */
#ifndef GUESTLIST_AGENT_SNMP_WIRE_H
#define GUESTLIST_AGENT_SNMP_WIRE_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdbool.h>

#include "agent/snmp/responder.h"

struct wire_watch;

/* Watches each session from its start. Call it once, before the session is opened. It lives until snmp_shutdown().
 * The requests that `responder` answers do not reach the library; it must live as long. NULL if out of memory. */
struct wire_watch *wire_watch(struct responder *responder);

/* True if a PDU has been read from the socket, but was not passed on to the library yet. The socket does not wake
 * up the library for it. So do not wait for the socket, but call wire_read_rest(). `watch` may be NULL. */
bool wire_has_rest(const struct wire_watch *watch);

/* Passes one such PDU on to the library, if there is any. Only the loop may call this, because the library must
 * have finished its work on the PDU before. `watch` may be NULL. */
void wire_read_rest(struct wire_watch *watch);

/* True if the connection has ended, which the library will see in its next round. */
bool wire_is_closing(netsnmp_session *session);

/* Closes the connection to the master for that reason, in words. */
void wire_give_up(netsnmp_session *session, const char *fault);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between Net-SNMP's library and the master's socket. Get and GetNext are answered here (agent/snmp/responder.h).
 * The library gets only complete other PDUs, which a master may send (agent/snmp/guard.h). If the master sends
 * anything else, or does not read the answers, the connection is closed and the log says why. The library then
 * tries to reconnect, as after any lost connection. Main thread only. */
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

/* True if a PDU has been read from the socket, and the library has not got it yet. The socket does not wake the
 * library for it: do not wait, but call wire_read_rest(). `watch` may be NULL. */
bool wire_has_rest(const struct wire_watch *watch);

/* Gives the library one such PDU, if there is any. Only for the loop: the library must have finished its own work
 * in between. `watch` may be NULL. */
void wire_read_rest(struct wire_watch *watch);

/* True if the connection has ended, which the library will see in its next round. */
bool wire_is_closing(netsnmp_session *session);

/* Closes the connection to the master for that reason, in words. */
void wire_give_up(netsnmp_session *session, const char *fault);

#endif

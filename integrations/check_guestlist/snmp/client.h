/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks an SNMP agent: single objects, and columns of a table all at once. Bounded in time. One thread. */
#ifndef GUESTLIST_CHECK_SNMP_CLIENT_H
#define GUESTLIST_CHECK_SNMP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "integrations/check_guestlist/object.h"
#include "integrations/check_guestlist/arguments.h"

struct client;

/* Opens a session; with SNMPv3 that asks the agent who it is. Everything ends at `deadline_ms` of the boot clock.
 * NULL with a sentence in `why`. */
struct client *client_open(const struct arguments *arguments, int64_t deadline_ms, char *why, size_t size);

/* Called for each value, with the place of its object and, of a column, the row's index. False ends the request.
 */
typedef bool client_put(void *data, size_t place, uint32_t index, const struct object_value *value);

/* One GET of all these objects; those that are missing are not put. False with a sentence in `why`. */
bool client_get(struct client *client, const struct object *objects, size_t count, client_put *put, void *data,
                char *why, size_t size);

/* Reads these columns with one index each, all in each GETBULK. A row's values may arrive apart; a missing one
 * does not arrive. False with a sentence in `why`. */
bool client_walk(struct client *client, const struct object *const *columns, size_t count, client_put *put,
                 void *data, char *why, size_t size);

/* How many requests were made so far. */
unsigned client_requests(const struct client *client);

/* NULL is allowed. */
void client_close(struct client *client);

#endif

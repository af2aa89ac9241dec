/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads objects from an SNMP agent: single objects, and several columns of a table at the same time. The functions
 * block until there is an answer, or until the deadline of the client. There may be one client at a time, on one
 * thread. */
#ifndef GUESTLIST_CHECK_SNMP_CLIENT_H
#define GUESTLIST_CHECK_SNMP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "integrations/check_guestlist/object.h"
#include "integrations/check_guestlist/arguments.h"

struct client;

/* Opens a session, which must be closed by client_close(). With SNMPv3, this already sends a request. All requests
 * of the client end at `deadline_ms` of the boot clock; only name servers may take longer. Returns NULL, with a
 * sentence in `why`, if it fails. The functions below write to `why` as well if they fail, so it must live until
 * client_close(). */
struct client *client_open(const struct arguments *arguments, int64_t deadline_ms, char *why, size_t size);

/* Is called for each value. `object` is the object or column that the caller passed, and `index` the index of the
 * row, or 0 for a single object. `value` is valid during the call. If it returns false, the request ends as out of
 * memory. */
typedef bool client_put(void *data, const struct object *object, uint32_t index, const struct object_value *value);

/* Reads these objects by one GET. It does not call `put` for an object that is missing. False if it fails. */
bool client_get(struct client *client, const struct object *objects, size_t count, client_put *put, void *data);

/* Reads these columns, whose index has one number, by GETBULK requests for all columns. The values of a row may
 * come in different answers. It does not call `put` for a value that is missing. False if it fails. */
bool client_walk(struct client *client, const struct object *const *columns, size_t count, client_put *put,
                 void *data);

/* How many requests were sent so far. */
unsigned client_requests(const struct client *client);

/* NULL is allowed. */
void client_close(struct client *client);

#endif

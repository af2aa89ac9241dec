/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one bulk call that a hung domain can hang: CPU time, memory and vCPUs come from its process's monitor,
 * and libvirt's NOWAIT waits for no other job but does wait for the monitor itself. So it is made by
 * threads of their own, on connections of their own. One that hangs costs the listing nothing but those
 * numbers; and since its call is then a pending job of that domain, the next thread's call passes that
 * domain by and gets everybody else's. */
#ifndef GUESTLIST_CORE_DETAILS_H
#define GUESTLIST_CORE_DETAILS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/domain.h"

enum { DETAILS_WORKERS_MAX = 8 };

/* What is asked for: all there is, of active domains; or of all domains, without what stands in `usage`
 * (decode.h says why). */
enum details_scope { DETAILS_ACTIVE, DETAILS_ALL };

/* What one call brought: rows of which only the UUID, the id, `numbers`, `usage` and `answered` have a
 * meaning; sorted by UUID. */
struct details_result {
    size_t count;
    struct domain *rows;
    uint32_t calls;
};

struct details;

/* `uri` and `with_events` as for hypervisor_new(). No thread runs until the first request. NULL if out of
 * memory. */
struct details *details_new(const char *uri, bool with_events);

/* Ends its threads and frees it; false if one still hangs after `patience_ms`: what it uses is freed when
 * it returns. */
bool details_stop(struct details *details, int64_t patience_ms);

/* Asks an idle thread, or a new one, for the details of the domains that fit `filter` (only its state words
 * count). Returns a ticket for details_wait(), or 0 if every thread hangs. Never blocks. */
uint64_t details_request(struct details *details, uint32_t filter, enum details_scope scope);

enum details_outcome { DETAILS_CAME, DETAILS_FAILED, DETAILS_LATE };

/* Waits for that request until the boot clock reads `until_boot_ms`, and moves its result to the caller,
 * who releases it with details_clear(). DETAILS_LATE: it is not back, its thread hangs. */
enum details_outcome details_wait(struct details *details, uint64_t ticket, int64_t until_boot_ms,
                                  struct details_result *result);
void details_clear(struct details_result *result);

/* Puts the numbers and the usage into the rows of the same domain and run in `rows`, sorted by UUID. Rows that
 * the result does not have stay as they are. */
void details_merge(const struct details_result *result, struct domain *rows, size_t count);

#endif

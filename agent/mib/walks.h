/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows answer a GETNEXT. Pure; main thread only. Each hypervisor has its own walks, and all modules share
 * them.
 *
 * New rows are served at once. A GETNEXT that continues from a name that the agent has returned recently is
 * answered from the rows on which that walk began, for up to the hold. Any other request is answered from the
 * newest rows: GET, SET, and a GETNEXT from a name that was not returned. So a walk that is repeated starts on the
 * newest rows, and so does a walk that leaves one module and enters the next at its root.
 *
 * A subagent cannot see which manager asks. It sees the names, and which requests belong to one SNMP request: a
 * GETBULK becomes one AgentX request for each repetition and module, all with one transaction number. If several
 * walks have returned the same name, the request belongs to the walk that fits best: it has returned most of the
 * requested names, and they were the last names of a response that was not continued yet. If several walks fit
 * equally well, the request belongs to the walk whose manager is expected first, by the pace of that manager so
 * far. A walk that has waited for so long that its manager may be gone comes last. In snmpd, the manager is known,
 * and only its own walks are compared.
 *
 * Names inside a truncated response are known too: the last WALK_NAMES_ROOM names of each walk. A walk ends after
 * the hold, after WALKS_IDLE_US without a request (after its first response: 2 s), or a second after it left the
 * subtree in which it started. At most WALKS_MAX walks and WALKS_ROWS_MAX sets of rows are kept. If there are too
 * many, those that were idle for the longest time are dropped. */
#ifndef GUESTLIST_AGENT_MIB_WALKS_H
#define GUESTLIST_AGENT_MIB_WALKS_H

#include <stddef.h>
#include <stdint.h>

#include "agent/mib/mib.h"
#include "agent/mib/rows.h"

enum {
    WALKS_MAX = 16,
    WALKS_ROWS_MAX = 8, /* with the newest ones */
    WALKS_MIBS_MAX = 4,
    WALKS_IDLE_US = 10 * 1000 * 1000,
};

struct walks;

/* `hold_us` 0: every request is answered from the newest rows. NULL if out of memory. */
struct walks *walks_new(int64_t hold_us);
void walks_free(struct walks *walks); /* NULL does nothing */

/* New settings: changes the hold and forgets all gaps. */
void walks_change(struct walks *walks, int64_t hold_us);

/* Takes over the reference to new rows, which are the newest ones from now on. Drops the walks that are over, and
 * the rows that no walk needs any more. */
void walks_publish(struct walks *walks, struct rows *rows, int64_t now_us);

/* The newest rows, NULL before the first ones. Borrowed until the next walks_publish(). */
const struct rows *walks_newest(const struct walks *walks);

/* A GETNEXT takes four steps: walks_begin(), walks_ask() for each name that it continues from, walks_choose(),
 * which returns the rows to answer from (borrowed until the next walks_publish()), and walks_returned() for each
 * name of the answer. `transaction` is the same number in all requests that come from one SNMP request; 0: not
 * known. */
void walks_begin(struct walks *walks, uint32_t transaction, int64_t now_us);

/* Call it after walks_begin() if it is known which manager asks: `manager` is a number of its own, not 0. Then the
 * request continues only walks of this manager. */
void walks_come_from(struct walks *walks, uint64_t manager);
void walks_ask(struct walks *walks, const mib_subid *name, size_t length);
const struct rows *walks_choose(struct walks *walks);
void walks_returned(struct walks *walks, const mib_subid *name, size_t length);

/* The gaps that mib_next() has found in the rows that walks_choose() returned last, for module `number`, which is
 * below WALKS_MIBS_MAX and always the same for that module. NULL if out of memory or before the first rows. */
struct mib_gap *walks_gaps(struct walks *walks, size_t number, const struct mib *mib);

#endif

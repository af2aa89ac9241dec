/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "tests/churn/churn.h"

enum { PRINTED_MAX = 5 };

static void violations_report(uint64_t *counter, const char *way, const char *what, const struct domain *domain)
{
    if ((*counter)++ < PRINTED_MAX)
        (void)printf("  %s: %s: %s, id %d, state %s\n", way, what, domain->name, domain->id,
                     domain_state_word(domain->state));
}

static void violations_check_row(struct violations *violations, const struct domain *domain, const char *way)
{
    const char *contradiction = domain_contradiction(domain);

    violations->rows++;
    violations->unknown += domain->persistent == TRISTATE_UNKNOWN || domain->autostart == TRISTATE_UNKNOWN ||
                           domain->state == DOMAIN_STATE_UNREAD;
    if (contradiction)
        violations_report(&violations->impossible, way, contradiction, domain);
}

void violations_check(struct violations *violations, const struct snapshot *snapshot, const char *way)
{
    violations->listings++;
    for (size_t i = 0; i < snapshot->count; i++) {
        violations_check_row(violations, &snapshot->domains[i], way);
        if (i > 0 && uuid_compare(&snapshot->domains[i - 1], &snapshot->domains[i]) == 0)
            violations_report(&violations->doubled, way, "two rows in one listing", &snapshot->domains[i]);
    }
    for (unsigned number = 0; number < DOMAINS; number++) {
        unsigned char uuid[UUID_BYTES];

        churn_uuid(number, uuid);
        if (churn_is_kept(number) && !snapshot_find(snapshot, uuid) && violations->lost++ < PRINTED_MAX)
            (void)printf("  %s: domain %u existed all the time, but is not listed\n", way, number);
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaces the functions of libvirt that a domain's process, or the peer, can block. The rest is libvirt's test
 * driver, which is inside the library. Its domains are d0, d1, ..., with the UUIDs of fixture_uuid(). In a program
 * that uses this, all of these functions are replaced. They answer as QEMU's driver does, unless a test changes
 * that. */
#ifndef GUESTLIST_TESTS_UNIT_MOCK_LIBVIRT_H
#define GUESTLIST_TESTS_UNIT_MOCK_LIBVIRT_H

#include <dlfcn.h>
#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "tests/unit/libvirt/standin.h"

enum { MOCK_DOMAINS_MAX = 40 };

#define MOCK_URI "test:///default"

/* Everything but the gates is under the lock of mock_lock(). */
struct mock_libvirt {
    virConnectPtr conn; /* the test's own connection */
    struct gate opening, active_stats, inactive_stats, version, every_xml;
    const char *type; /* of the driver: "QEMU" */

    /* Bulk statistics. Careful calls ask for CPU times only. */
    unsigned stats_calls, careful_calls, inactive_calls, stats_hang;
    unsigned last_flags;
    int stats_error, nowait_error, inactive_error; /* libvirt's error codes; 0: the calls succeed */
    int whole_error;                               /* of a call for all active domains together */
    bool has_no_statistic;

    unsigned control_calls;
    int control_error, xml_error;
    unsigned lookups;

    struct mock_domain {
        bool hangs;               /* its process does not answer its monitor */
        int64_t occupied_boot_ms; /* since when its monitor has been busy; 0: it is not */
        int control_state;        /* a virDomainControlState, if its monitor is not busy */
        struct gate xml, job;     /* if closed, that call hangs */
        int job_operation, job_error;
        unsigned stats_hang; /* how many calls hang in this domain */
    } domains[MOCK_DOMAINS_MAX];
};

extern struct mock_libvirt mock;

/* Makes `count` running domains, and resets what an earlier test has set. False if that fails. */
bool mock_begin(unsigned count);

/* Opens all gates and removes the domains. False if a call still hangs after a minute. */
bool mock_end(void);

void mock_lock(void);
void mock_unlock(void);

/* The process of that domain stops answering, or answers again. */
void mock_hang(unsigned at, bool hangs);

/* For a replaced function of a test: makes it fail with that libvirt code, and returns what it returns. 0: the
 * code is libvirt's own. */
int mock_fail(int code);

/* For a replaced function: declares `real`, libvirt's own function of that name, and clears the last error. */
#define MOCK_REAL(name)                                                                                           \
    __typeof__(&name) real;                                                                                       \
    void *found_ = dlsym(RTLD_NEXT, #name);                                                                       \
                                                                                                                  \
    memcpy(&real, &found_, sizeof(real));                                                                         \
    (void)mock_fail(0)

/* A member of `mock`, read with the lock held. */
unsigned mock_read(const unsigned *number);

/* Waits for two more calls for statistics of active domains. Settings that were made before are in effect in the
 * second one. */
#define EVENTUALLY_TWO_CALLS_ON()                                                                                 \
    do {                                                                                                          \
        unsigned calls_ = mock_read(&mock.stats_calls);                                                           \
                                                                                                                  \
        EVENTUALLY(mock_read(&mock.stats_calls) >= calls_ + 2);                                                   \
    } while (0)

#endif

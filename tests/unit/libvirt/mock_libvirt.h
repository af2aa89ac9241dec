/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands in for those functions of libvirt that a domain's process, or the peer, can hold up. Beneath is libvirt's
 * test driver, which lives inside the library: its domains are d0, d1, ... here, with the UUIDs of fixture_uuid().
 * A program that uses this has all of these functions replaced; what is not asked to differ answers as QEMU's
 * driver would. */
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

/* Under the lock of mock_lock(), but for the gates. */
struct mock_libvirt {
    virConnectPtr conn; /* the test's own */
    struct gate opening, active_stats, inactive_stats, version, every_xml;
    const char *type; /* of the driver: "QEMU" */

    /* Bulk statistics. Careful calls ask for CPU times only. */
    unsigned stats_calls, careful_calls, inactive_calls, stats_hang;
    unsigned last_flags;
    int stats_error, nowait_error, inactive_error; /* libvirt's codes; 0: none */
    int whole_error;                               /* of a call about all active domains at once */
    bool has_no_statistic;

    unsigned control_calls;
    int control_error, xml_error;
    unsigned lookups;

    struct mock_domain {
        bool hangs;               /* its process does not answer its monitor */
        int64_t occupied_boot_ms; /* since when its monitor is busy; 0: it is not */
        int control_state;        /* a virDomainControlState, if its monitor is not busy */
        struct gate xml, job;     /* closed: that call hangs */
        int job_operation, job_error;
        unsigned stats_hang; /* calls that hang in it */
    } domains[MOCK_DOMAINS_MAX];
};

extern struct mock_libvirt mock;

/* Makes `count` domains that run, and forgets what an earlier test wanted. False if that fails. */
bool mock_begin(unsigned count);

/* Opens all gates and removes the domains. False if a call still hangs after a minute. */
bool mock_end(void);

void mock_lock(void);
void mock_unlock(void);

/* The process of that domain stops answering, or answers again. */
void mock_hang(unsigned at, bool hangs);

/* What a test's own stand-in returns, as a libvirt call that failed with that code. 0: libvirt's own code counts.
 */
int mock_fail(int code);

/* For a stand-in: declares `real`, libvirt's own function of that name, and forgets what failed before. */
#define MOCK_REAL(name)                                                                                           \
    __typeof__(&name) real;                                                                                       \
    void *found_ = dlsym(RTLD_NEXT, #name);                                                                       \
                                                                                                                  \
    memcpy(&real, &found_, sizeof(real));                                                                         \
    (void)mock_fail(0)

/* The value of a number of `mock`, read with the lock held. */
unsigned mock_read(const unsigned *number);

/* Waits for two more calls for statistics of active domains: what was wanted before has come with the first. */
#define EVENTUALLY_TWO_CALLS_ON()                                                                                 \
    do {                                                                                                          \
        unsigned calls_ = mock_read(&mock.stats_calls);                                                           \
                                                                                                                  \
        EVENTUALLY(mock_read(&mock.stats_calls) >= calls_ + 2);                                                   \
    } while (0)

#endif

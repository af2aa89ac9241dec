/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/array.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/libvirt/mock_libvirt.h"

#include <libvirt/virterror.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "tests/unit/fixtures.h"

struct mock_libvirt mock;

/* The threads of this program between two tests. The thread sanitizer has a thread of its own. */
#ifdef __SANITIZE_THREAD__
enum { MOCK_THREADS = 2 };
#else
enum { MOCK_THREADS = 1 };
#endif

static pthread_mutex_t mock_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t mock_changed = PTHREAD_COND_INITIALIZER;
static _Thread_local int mock_code; /* of the last mocked call that failed on this thread; 0: ask libvirt */

void mock_lock(void)
{
    (void)pthread_mutex_lock(&mock_mutex);
}

void mock_unlock(void)
{
    (void)pthread_cond_broadcast(&mock_changed);
    (void)pthread_mutex_unlock(&mock_mutex);
}

unsigned mock_read(const unsigned *number)
{
    unsigned copy;

    mock_lock();
    copy = *number;
    mock_unlock();
    return copy;
}

void mock_hang(unsigned at, bool hangs)
{
    mock_lock();
    mock.domains[at].hangs = hangs;
    if (!hangs)
        mock.domains[at].occupied_boot_ms = 0;
    mock_unlock();
}

static struct mock_domain *mock_of(virDomainPtr domain)
{
    return &mock.domains[atoi(virDomainGetName(domain) + 1) % MOCK_DOMAINS_MAX];
}

int mock_fail(int code)
{
    mock_code = code;
    return -1;
}

int virGetLastErrorCode(void)
{
    __typeof__(&virGetLastErrorCode) real;
    void *found = dlsym(RTLD_NEXT, "virGetLastErrorCode");

    if (mock_code)
        return mock_code;
    memcpy(&real, &found, sizeof(real));
    return real();
}

const char *virConnectGetType(virConnectPtr conn)
{
    (void)conn;
    return mock.type;
}

virConnectPtr virConnectOpenAuth(const char *name, virConnectAuthPtr auth, unsigned flags)
{
    MOCK_REAL(virConnectOpenAuth);

    gate_pass(&mock.opening);
    return real(name, auth, flags);
}

virDomainPtr virDomainLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
    MOCK_REAL(virDomainLookupByUUID);

    mock_lock();
    mock.lookups++;
    mock_unlock();
    return real(conn, uuid);
}

int virConnectGetVersion(virConnectPtr conn, unsigned long *version)
{
    (void)conn;
    gate_pass(&mock.version);
    *version = 7002001;
    return 0;
}

char *virDomainGetXMLDesc(virDomainPtr domain, unsigned flags)
{
    int error;
    MOCK_REAL(virDomainGetXMLDesc);

    gate_pass(&mock.every_xml);
    gate_pass(&mock_of(domain)->xml);
    mock_lock();
    error = mock.xml_error;
    mock_unlock();
    if (!error)
        return real(domain, flags);
    (void)mock_fail(error);
    return NULL;
}

int virDomainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info, unsigned flags)
{
    struct mock_domain *asked = mock_of(domain);
    int error;

    (void)flags;
    mock_code = 0;
    mock_lock();
    mock.control_calls++;
    error = mock.control_error;
    memset(info, 0, sizeof(*info));
    info->state = (unsigned)asked->control_state;
    if (asked->occupied_boot_ms > 0) {
        info->state = VIR_DOMAIN_CONTROL_OCCUPIED;
        info->stateTime = (unsigned long long)(clock_boot_ms() - asked->occupied_boot_ms);
    }
    mock_unlock();
    return error ? mock_fail(error) : 0;
}

int virDomainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *parameters, int *count,
                         unsigned flags)
{
    struct mock_domain *asked = mock_of(domain);
    int maximum = 0, operation, error;

    (void)flags;
    mock_code = 0;
    gate_pass(&asked->job);
    mock_lock();
    operation = asked->job_operation;
    error = asked->job_error;
    mock_unlock();
    if (error)
        return mock_fail(error);
    *type = operation ? VIR_DOMAIN_JOB_UNBOUNDED : VIR_DOMAIN_JOB_NONE;
    *count = 0;
    *parameters = NULL;
    return operation ? virTypedParamsAddInt(parameters, count, &maximum, VIR_DOMAIN_JOB_OPERATION, operation) : 0;
}

/* Does what QEMU's driver does: with NOWAIT it skips a domain whose monitor is busy, else it waits for the
 * process. Called with the lock held, which is released while it waits. False if the domain was skipped. */
static bool mock_ask_process(struct mock_domain *domain, unsigned flags)
{
    if (domain->occupied_boot_ms > 0 && flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT)
        return false;
    if (!domain->hangs)
        return true;
    if (domain->occupied_boot_ms == 0)
        domain->occupied_boot_ms = clock_boot_ms();
    mock.stats_hang++;
    domain->stats_hang++;
    while (domain->hangs)
        (void)pthread_cond_wait(&mock_changed, &mock_mutex);
    mock.stats_hang--;
    domain->stats_hang--;
    domain->occupied_boot_ms = 0;
    return true;
}

static void mock_add(virDomainStatsRecordPtr record, const char *name, unsigned long long value)
{
    int maximum = record->nparams;

    if (virTypedParamsAddULLong(&record->params, &record->nparams, &maximum, name, value) < 0)
        abort();
}

static virDomainStatsRecordPtr mock_record(virDomainPtr domain, unsigned groups, unsigned flags)
{
    virDomainStatsRecordPtr record = calloc(1, sizeof(*record));
    bool is_active = virDomainIsActive(domain) == 1, has_answered = true;

    if (!record)
        abort();
    record->dom = domain;
    mock_lock();
    if (is_active && groups & VIR_DOMAIN_STATS_BALLOON)
        has_answered = mock_ask_process(mock_of(domain), flags);
    if (!mock.has_no_statistic) {
        if (is_active)
            mock_add(record, "cpu.time", (unsigned long long)clock_boot_us());
        if (groups & VIR_DOMAIN_STATS_BALLOON)
            mock_add(record, "balloon.current", 1024);
        if (is_active && has_answered && groups & VIR_DOMAIN_STATS_BALLOON)
            mock_add(record, "balloon.rss", 512);
    }
    mock_unlock();
    return record;
}

/* Counts the call. Returns libvirt's error code if the call is to fail, else 0. */
static int mock_count_stats(unsigned groups, unsigned flags)
{
    int error;

    mock_lock();
    mock.last_flags = flags;
    if (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE)
        mock.inactive_calls++;
    else if (groups & VIR_DOMAIN_STATS_BALLOON)
        mock.stats_calls++;
    else
        mock.careful_calls++;
    error = mock.stats_error;
    if (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE && !error)
        error = mock.inactive_error;
    if (flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT && !error)
        error = mock.nowait_error;
    if ((flags & 0xff) == VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE && !error)
        error = mock.whole_error;
    mock_unlock();
    return error;
}

int virConnectGetAllDomainStats(virConnectPtr conn, unsigned groups, virDomainStatsRecordPtr **records,
                                unsigned flags)
{
    int error = mock_count_stats(groups, flags), count;
    virDomainPtr *domains = NULL;

    mock_code = 0;
    if (error)
        return mock_fail(error);
    gate_pass(flags & VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE ? &mock.inactive_stats : &mock.active_stats);
    count = virConnectListAllDomains(conn, &domains, flags & 0xff);
    *records = calloc((size_t)(count < 0 ? 0 : count) + 1, sizeof(**records));
    if (count < 0 || !*records)
        abort();
    for (int i = 0; i < count; i++)
        (*records)[i] = mock_record(domains[i], groups, flags);
    free(domains);
    return count;
}

static bool mock_define(unsigned at)
{
    char xml[400], text[UUID_TEXT];
    unsigned char uuid[UUID_BYTES];
    virDomainPtr domain;
    bool is_made;

    fixture_uuid(at, uuid);
    uuid_format(uuid, text);
    (void)snprintf(xml, sizeof(xml),
                   "<domain type='test'><name>d%u</name><uuid>%s</uuid><title>domain %u</title>"
                   "<memory>1024</memory><vcpu>2</vcpu><os><type>hvm</type></os></domain>",
                   at, text, at);
    domain = virDomainDefineXML(mock.conn, xml);
    is_made = domain && virDomainCreate(domain) == 0;
    if (domain)
        (void)virDomainFree(domain);
    return is_made;
}

static void mock_drop_error(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void mock_remove_all(void)
{
    virDomainPtr *domains = NULL;
    int count = virConnectListAllDomains(mock.conn, &domains, 0);

    for (int i = 0; i < count; i++) {
        if (virDomainIsActive(domains[i]) == 1)
            (void)virDomainDestroy(domains[i]);
        (void)virDomainUndefineFlags(domains[i], VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA);
        (void)virDomainFree(domains[i]);
    }
    free(domains);
}

bool mock_begin(unsigned count)
{
    static const struct gate open_gate = GATE_INIT;

    domain_xml_parser_free(
        domain_xml_parser_new(NULL)); /* initializes libxml2, which the test driver uses, on one thread */
    memset(&mock, 0, sizeof(mock));
    mock.opening = mock.active_stats = mock.inactive_stats = mock.version = mock.every_xml = open_gate;
    for (unsigned i = 0; i < MOCK_DOMAINS_MAX; i++)
        mock.domains[i].xml = mock.domains[i].job = open_gate;
    mock.type = "QEMU";
    mock.conn = virConnectOpen(MOCK_URI);
    if (!mock.conn)
        return false;
    virConnSetErrorFunc(mock.conn, NULL, mock_drop_error);
    mock_remove_all(); /* the test driver starts with one domain */
    for (unsigned i = 0; i < count; i++)
        if (!mock_define(i))
            return false;
    return true;
}

bool mock_end(void)
{
    struct gate *const gates[] = { &mock.opening, &mock.active_stats, &mock.inactive_stats, &mock.version,
                                   &mock.every_xml };
    unsigned slept = 0;

    for (size_t i = 0; i < ARRAY_COUNT(gates); i++)
        gate_open(gates[i]);
    for (unsigned i = 0; i < MOCK_DOMAINS_MAX; i++) {
        gate_open(&mock.domains[i].xml);
        gate_open(&mock.domains[i].job);
        mock_hang(i, false);
    }
    while (standin_threads() > MOCK_THREADS)
        if (!standin_sleep(&slept))
            return false;
    mock_remove_all();
    return virConnectClose(mock.conn) == 0;
}

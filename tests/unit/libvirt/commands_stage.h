/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands to libvirt's test driver, which is inside the library. virDomainSuspend() is replaced: it hangs when a
 * test wants it to, as it does with a guest whose process is stopped. virConnectOpenAuth() fails when a test wants
 * it to. For test_commands*.c, which must not define names of this file. */
#ifndef GUESTLIST_TESTS_UNIT_COMMANDS_STAGE_H
#define GUESTLIST_TESTS_UNIT_COMMANDS_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <sched.h>

#include "lib/base/array.h"
#include "lib/base/clock.h"
#include "lib/base/thread.h"
#include "lib/libvirt/commands.h"
#include "lib/libvirt/command_queue.h"
#include "tests/unit/fixtures.h"

enum { FAR_MS = 20 * 60 * 1000, DOMAINS = 4, LINES_MAX = 128 };

/* What the threads did and reported, under the lock. */
static struct witness {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_gate_shut; /* virDomainSuspend() hangs */
    unsigned inside;   /* how many threads are inside virDomainSuspend() */
    unsigned opened;   /* how many connections were opened */
    unsigned closed;
    unsigned lines, failures;
    char log[LINES_MAX][160];
    char failed[LINES_MAX][300];
    unsigned reports; /* of access */
    enum commands_access access;
    char why[300];
    int refusal; /* the error of opening a connection; VIR_ERR_OK: it succeeds */
} witness = { .lock = PTHREAD_MUTEX_INITIALIZER };

static virConnectPtr connection;
static virDomainPtr domains[DOMAINS];
static unsigned char uuids[DOMAINS][UUID_BYTES];

static inline void enter(void)
{
    assert_int_equal(pthread_mutex_lock(&witness.lock), 0);
}

static inline void leave(void)
{
    (void)pthread_cond_broadcast(&witness.changed);
    assert_int_equal(pthread_mutex_unlock(&witness.lock), 0);
}

int virDomainSuspend(virDomainPtr domain)
{
    int (*real)(virDomainPtr);

    enter();
    witness.inside++;
    (void)pthread_cond_broadcast(&witness.changed);
    while (witness.is_gate_shut)
        (void)pthread_cond_wait(&witness.changed, &witness.lock);
    witness.inside--;
    leave();
    *(void **)&real = dlsym(RTLD_NEXT, "virDomainSuspend");
    return real(domain);
}

int virConnectClose(virConnectPtr closed)
{
    int (*real)(virConnectPtr);

    enter();
    witness.closed++;
    leave();
    *(void **)&real = dlsym(RTLD_NEXT, "virConnectClose");
    return real(closed);
}

/* libvirt's last error on this thread, if opening a connection failed because the test wanted it. */
static _Thread_local virError refused;
static char refused_message[] = "not you";

virConnectPtr virConnectOpenAuth(const char *uri, virConnectAuthPtr auth, unsigned int flags)
{
    virConnectPtr (*real)(const char *, virConnectAuthPtr, unsigned int);

    enter();
    witness.opened++;
    refused = (virError){ .code = witness.refusal, .message = refused_message, .int1 = EACCES };
    leave();
    if (refused.code != VIR_ERR_OK)
        return NULL;
    *(void **)&real = dlsym(RTLD_NEXT, "virConnectOpenAuth");
    return real(uri, auth, flags);
}

virErrorPtr virGetLastError(void)
{
    virErrorPtr (*real)(void);

    *(void **)&real = dlsym(RTLD_NEXT, "virGetLastError");
    return refused.code != VIR_ERR_OK ? &refused : real();
}

const char *virGetLastErrorMessage(void)
{
    const char *(*real)(void);

    *(void **)&real = dlsym(RTLD_NEXT, "virGetLastErrorMessage");
    return refused.code != VIR_ERR_OK ? refused_message : real();
}

static void write_line(void *data, enum log_level level, const char *line)
{
    (void)data;
    (void)level;
    enter();
    if (witness.lines < LINES_MAX)
        (void)snprintf(witness.log[witness.lines++], sizeof(witness.log[0]), "%s", line);
    leave();
}

static void on_failed(void *data, const unsigned char uuid[UUID_BYTES], enum command_action action,
                      const char *why)
{
    (void)data;
    enter();
    if (witness.failures < LINES_MAX)
        (void)snprintf(witness.failed[witness.failures++], sizeof(witness.failed[0]), "%02x: %s: %s", uuid[15],
                       commands_action_word(action), why);
    leave();
}

static void on_access(void *data, enum commands_access access, const char *why)
{
    (void)data;
    enter();
    witness.reports++;
    witness.access = access;
    (void)snprintf(witness.why, sizeof(witness.why), "%s", why);
    leave();
}

static const struct log_sink sink = { .write = write_line };
static const struct commands_host host = { .failed = on_failed, .access = on_access, .log = &sink };

static inline int stage_begin(void **state)
{
    char xml[300], text[UUID_TEXT];

    (void)state;
    if (!thread_condition_init(&witness.changed))
        return -1;
    connection = virConnectOpen("test:///default");
    for (unsigned i = 0; i < DOMAINS; i++) {
        fixture_uuid(i, uuids[i]);
        uuid_format(uuids[i], text);
        (void)snprintf(xml, sizeof(xml),
                       "<domain type='test'><name>d%u</name><uuid>%s</uuid><memory>1024</memory>"
                       "<os><type>hvm</type></os></domain>",
                       i, text);
        domains[i] = virDomainDefineXML(connection, xml);
        if (!domains[i])
            return -1;
    }
    return 0;
}

static inline int stage_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DOMAINS; i++)
        (void)virDomainFree(domains[i]);
    return virConnectClose(connection) == 0 ? 0 : -1;
}

static inline int stage_reset(void **state)
{
    for (unsigned i = 0; i < DOMAINS; i++)
        if (virDomainIsActive(domains[i]) == 1)
            (void)virDomainDestroy(domains[i]);
    witness.is_gate_shut = false;
    witness.lines = witness.failures = witness.closed = witness.reports = witness.opened = 0;
    witness.refusal = VIR_ERR_OK;
    *state = commands_new("test:///default", false, &host);
    return *state ? 0 : -1;
}

static inline void command(struct commands *commands, unsigned domain, enum command_action action)
{
    assert_true(commands_put(commands, uuids[domain], action));
}

/* Waits until so many commands have succeeded or failed. */
static inline void wait_until_done(unsigned wanted)
{
    enter();
    while (witness.lines + witness.failures < wanted)
        assert_true(thread_wait(&witness.changed, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
}

static inline void wait_until_hung(unsigned wanted)
{
    enter();
    while (witness.inside != wanted)
        assert_true(thread_wait(&witness.changed, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
}

#endif

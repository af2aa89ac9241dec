/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Orders to libvirt's test driver, which lives inside the library. Only suspending is ours: it hangs where a test
 * wants it to, as it does with a guest whose process is stopped. */
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

#include "lib/base/clock.h"
#include "lib/base/thread.h"
#include "lib/libvirt/commands.h"
#include "lib/libvirt/command_queue.h"
#include "tests/unit/fixtures.h"

enum { FAR_MS = 20 * 60 * 1000, DOMAINS = 4, LINES_MAX = 128 };

/* What the threads did, under a lock. */
static struct witness {
    pthread_mutex_t lock;
    pthread_cond_t queue;
    bool gate_shut;  /* suspending hangs */
    unsigned inside; /* of virDomainSuspend() */
    unsigned closed; /* connections */
    unsigned lines, failures;
    char log[LINES_MAX][160];
    char failed[LINES_MAX][300];
    unsigned words; /* about access */
    enum commands_access access;
    char why[300];
    int refusal; /* opening a connection fails so; VIR_ERR_OK: it does not */
    unsigned opened;
} witness = { .lock = PTHREAD_MUTEX_INITIALIZER };

static virConnectPtr connection;
static virDomainPtr domains[DOMAINS];
static unsigned char uuids[DOMAINS][UUID_BYTES];

static void enter(void)
{
    assert_int_equal(pthread_mutex_lock(&witness.lock), 0);
}

static void leave(void)
{
    (void)pthread_cond_broadcast(&witness.queue);
    assert_int_equal(pthread_mutex_unlock(&witness.lock), 0);
}

int virDomainSuspend(virDomainPtr domain)
{
    int (*real)(virDomainPtr);

    enter();
    witness.inside++;
    (void)pthread_cond_broadcast(&witness.queue);
    while (witness.gate_shut)
        (void)pthread_cond_wait(&witness.queue, &witness.lock);
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

/* libvirt's last error on this thread, where opening a connection failed because the test wanted it. */
static _Thread_local virError refused;
static char refused_message[] = "not you";

/* Control's threads open connections by it. */
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
                       command_action_word(action), why);
    leave();
}

static void on_access(void *data, enum commands_access access, const char *why)
{
    (void)data;
    enter();
    witness.words++;
    witness.access = access;
    (void)snprintf(witness.why, sizeof(witness.why), "%s", why);
    leave();
}

static const struct log_sink sink = { .write = write_line };
static const struct commands_host host = { .failed = on_failed, .access = on_access, .log = &sink };

static int make(void **state)
{
    char xml[300], text[UUID_TEXT];

    (void)state;
    if (!thread_condition_init(&witness.queue))
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

static int drop(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DOMAINS; i++)
        (void)virDomainFree(domains[i]);
    return virConnectClose(connection) == 0 ? 0 : -1;
}

static int all_off(void **state)
{
    for (unsigned i = 0; i < DOMAINS; i++)
        if (virDomainIsActive(domains[i]) == 1)
            (void)virDomainDestroy(domains[i]);
    witness.gate_shut = false;
    witness.lines = witness.failures = witness.closed = witness.words = witness.opened = 0;
    witness.refusal = VIR_ERR_OK;
    *state = commands_new("test:///default", false, &host);
    return *state ? 0 : -1;
}

static void command(struct commands *commands, unsigned domain, enum command_action action)
{
    assert_true(commands_put(commands, uuids[domain], action));
}

/* Waits until so many orders are done, well or not. */
static void wait_until_done(unsigned wanted)
{
    enter();
    while (witness.lines + witness.failures < wanted)
        assert_true(thread_wait(&witness.queue, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
}

static void wait_until_hung(unsigned wanted)
{
    enter();
    while (witness.inside != wanted)
        assert_true(thread_wait(&witness.queue, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
}

static void shut_gate(bool shut)
{
    enter();
    witness.gate_shut = shut;
    leave();
}

static void assert_state(unsigned domain, int wanted)
{
    int state, reason;

    assert_int_equal(virDomainGetState(domains[domain], &state, &reason, 0), 0);
    assert_int_equal(state, wanted);
}

static void assert_carried_out(unsigned line, unsigned domain, const char *word)
{
    char wanted[160], text[UUID_TEXT];

    uuid_format(uuids[domain], text);
    (void)snprintf(wanted, sizeof(wanted), "domain %s: %s carried out", text, word);
    assert_string_equal(witness.log[line], wanted);
}

static void each_action_does_what_virsh_calls_so(void **state)
{
    static const struct {
        enum command_action action;
        const char *word;
        int state;
    } steps[] = {
        { COMMAND_START, "start", VIR_DOMAIN_RUNNING },
        { COMMAND_SUSPEND, "suspend", VIR_DOMAIN_PAUSED },
        { COMMAND_RESUME, "resume", VIR_DOMAIN_RUNNING },
        { COMMAND_SHUTDOWN, "shutdown", VIR_DOMAIN_SHUTOFF },
        { COMMAND_START_PAUSED, "start --paused", VIR_DOMAIN_PAUSED },
        { COMMAND_DESTROY, "destroy", VIR_DOMAIN_SHUTOFF },
    };

    for (unsigned i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        command(*state, 1, steps[i].action);
        wait_until_done(i + 1);
        assert_carried_out(i, 1, steps[i].word);
        assert_state(1, steps[i].state);
    }
    assert_int_equal(witness.failures, 0);
    assert_true(commands_stop(*state, FAR_MS));
}

static void what_cannot_be_done_is_told_with_libvirts_words(void **state)
{
    unsigned char nobody[UUID_BYTES];

    fixture_uuid(99, nobody);
    assert_true(commands_put(*state, nobody, COMMAND_START));
    wait_until_done(1);
    assert_non_null(strstr(witness.failed[0], "63: start: Domain not found"));
    command(*state, 2, COMMAND_DESTROY);
    wait_until_done(2);
    assert_non_null(strstr(witness.failed[1], "02: destroy: "));
    assert_non_null(strstr(witness.failed[1], "not running"));
    command(*state, 2, COMMAND_START);
    wait_until_done(3);
    assert_int_equal(witness.lines, 1); /* the next order is none the worse */
    assert_true(commands_stop(*state, FAR_MS));
}

static void without_a_connection_the_order_fails(void **state)
{
    struct commands *commands = commands_new("test:///no/such/file?password=hush", false, &host);

    assert_true(commands_stop(*state, FAR_MS)); /* it had nothing to do */
    assert_non_null(commands);
    command(commands, 1, COMMAND_START);
    wait_until_done(1);
    assert_non_null(strstr(witness.failed[0], "01: start: cannot connect: "));
    assert_null(strstr(witness.failed[0], "hush"));
    assert_true(commands_stop(commands, FAR_MS));
}

static void wait_for_words(unsigned wanted)
{
    enter();
    while (witness.words < wanted)
        assert_true(thread_wait(&witness.queue, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
}

static void wait_until_it_may(struct commands *commands)
{
    for (int64_t until = clock_boot_ms() + FAR_MS; !commands_may(commands) && clock_boot_ms() < until;)
        (void)sched_yield();
    assert_true(commands_may(commands));
}

static void refuse_connections(int error)
{
    enter();
    witness.refusal = error;
    leave();
}

static void a_try_finds_out_whether_libvirt_gives_a_connection(void **state)
{
    assert_false(commands_may(*state)); /* nothing was tried */
    commands_try(*state);
    wait_until_it_may(*state);
    assert_int_equal(witness.opened, 1);
    assert_int_equal(witness.words, 0); /* that all is well is nothing to tell */
    command(*state, 1, COMMAND_START);
    wait_until_done(1);
    assert_int_equal(witness.opened, 1); /* by the connection that is open already */
    assert_true(commands_stop(*state, FAR_MS));
}

static void who_may_not_is_told_once_and_why(void **state)
{
    static const struct {
        int error;
        enum commands_access access;
    } steps[] = {
        { VIR_ERR_AUTH_UNAVAILABLE, COMMANDS_ACCESS_DENIED }, { VIR_ERR_NO_CONNECT, COMMANDS_ACCESS_FAILED },
        { VIR_ERR_AUTH_FAILED, COMMANDS_ACCESS_DENIED },      { VIR_ERR_INTERNAL_ERROR, COMMANDS_ACCESS_FAILED },
        { VIR_ERR_AUTH_CANCELLED, COMMANDS_ACCESS_DENIED },   { VIR_ERR_NO_CONNECT, COMMANDS_ACCESS_FAILED },
        { VIR_ERR_SYSTEM_ERROR, COMMANDS_ACCESS_DENIED }, /* the socket is closed to this user */
    };
    unsigned i;

    for (i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        refuse_connections(steps[i].error);
        commands_try(*state);
        wait_for_words(i + 1);
        assert_int_equal(witness.access, steps[i].access);
        assert_non_null(strstr(witness.why, "not you"));
        assert_false(commands_may(*state));
    }
    commands_try(*state); /* the same again: there is nothing to tell */
    commands_retry(*state);
    refuse_connections(VIR_ERR_OK);
    commands_try(*state);
    wait_for_words(i + 1);
    assert_int_equal(witness.access, COMMANDS_ACCESS_GRANTED);
    assert_int_equal(witness.words, i + 1);
    assert_true(commands_may(*state));
    assert_true(commands_stop(*state, FAR_MS));
}

static void an_order_without_a_connection_shows_that_access_is_lost(void **state)
{
    refuse_connections(VIR_ERR_AUTH_UNAVAILABLE);
    command(*state, 1, COMMAND_START);
    wait_until_done(1);
    wait_for_words(1);
    assert_int_equal(witness.access, COMMANDS_ACCESS_DENIED);
    assert_false(commands_may(*state));
    assert_true(commands_stop(*state, FAR_MS));
}

static void a_hung_domain_holds_up_its_own_orders_only(void **state)
{
    command(*state, 0, COMMAND_START);
    command(*state, 1, COMMAND_START);
    wait_until_done(2);
    shut_gate(true);
    command(*state, 0, COMMAND_SUSPEND);
    command(*state, 0, COMMAND_RESUME);
    command(*state, 0, COMMAND_SHUTDOWN);
    wait_until_hung(1);
    command(*state, 2, COMMAND_START);
    command(*state, 1, COMMAND_SHUTDOWN);
    command(*state, 2, COMMAND_SHUTDOWN);
    wait_until_done(5);
    assert_state(0, VIR_DOMAIN_RUNNING);
    assert_state(1, VIR_DOMAIN_SHUTOFF);
    assert_state(2, VIR_DOMAIN_SHUTOFF);
    shut_gate(false);
    wait_until_done(8);
    assert_int_equal(witness.failures, 0); /* resuming what is not suspended would be one */
    assert_carried_out(5, 0, "suspend");
    assert_carried_out(6, 0, "resume");
    assert_carried_out(7, 0, "shutdown");
    assert_true(commands_stop(*state, FAR_MS));
}

static void where_all_other_threads_hang_one_still_destroys(void **state)
{
    for (unsigned i = 0; i < DOMAINS; i++)
        command(*state, i, COMMAND_START);
    wait_until_done(DOMAINS);
    shut_gate(true);
    for (unsigned i = 0; i < DOMAINS; i++)
        command(*state, i, COMMAND_SUSPEND);
    wait_until_hung(3);
    command(*state, 3, COMMAND_DESTROY); /* the order of before, for which there was no thread, is of no use now */
    wait_until_done(DOMAINS + 2);
    assert_state(3, VIR_DOMAIN_SHUTOFF);
    assert_int_equal(witness.failures, 1);
    assert_string_equal(witness.failed[0], "03: suspend: a later command to destroy the domain came first");
    command(*state, 0, COMMAND_DESTROY);
    wait_until_done(DOMAINS + 3); /* in a while: it overtakes what hangs */
    assert_state(0, VIR_DOMAIN_SHUTOFF);
    shut_gate(false);
    wait_until_done(DOMAINS + 6);
    assert_int_equal(witness.failures, 2); /* suspending the one that was destroyed meanwhile */
    assert_true(commands_stop(*state, FAR_MS));
}

static void more_orders_than_there_is_room_for_are_refused(void **state)
{
    shut_gate(true);
    command(*state, 0, COMMAND_START);
    command(*state, 0, COMMAND_SUSPEND);
    wait_until_hung(1); /* so the first has left */
    for (unsigned i = 1; i < COMMAND_QUEUE_MAX; i++)
        command(*state, 0, COMMAND_SUSPEND);
    assert_false(commands_put(*state, uuids[0], COMMAND_SUSPEND));
    assert_false(commands_put(*state, uuids[1], COMMAND_SUSPEND));
    shut_gate(false);
    wait_until_done(1 + COMMAND_QUEUE_MAX);
    command(*state, 1, COMMAND_START);
    wait_until_done(2 + COMMAND_QUEUE_MAX);
    assert_true(commands_stop(*state, FAR_MS));
}

static void at_the_end_what_hangs_is_left_behind_and_heard_of_no_more(void **state)
{
    command(*state, 0, COMMAND_START);
    wait_until_done(1);
    shut_gate(true);
    command(*state, 0, COMMAND_SUSPEND);
    command(*state, 0, COMMAND_RESUME);
    command(*state, 0, COMMAND_SHUTDOWN);
    wait_until_hung(1);
    assert_false(commands_stop(*state, 20));
    assert_int_equal(witness.lines, 2);
    assert_string_equal(witness.log[1], "2 commands to domains not carried out: the program ends");
    shut_gate(false);
    enter();
    while (witness.closed == 0) /* by then it has left all behind */
        assert_true(thread_wait(&witness.queue, &witness.lock, clock_boot_ms() + FAR_MS));
    leave();
    assert_int_equal(witness.lines, 2);
    assert_int_equal(witness.failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_action_does_what_virsh_calls_so, all_off),
        cmocka_unit_test_setup(what_cannot_be_done_is_told_with_libvirts_words, all_off),
        cmocka_unit_test_setup(without_a_connection_the_order_fails, all_off),
        cmocka_unit_test_setup(a_try_finds_out_whether_libvirt_gives_a_connection, all_off),
        cmocka_unit_test_setup(who_may_not_is_told_once_and_why, all_off),
        cmocka_unit_test_setup(an_order_without_a_connection_shows_that_access_is_lost, all_off),
        cmocka_unit_test_setup(a_hung_domain_holds_up_its_own_orders_only, all_off),
        cmocka_unit_test_setup(where_all_other_threads_hang_one_still_destroys, all_off),
        cmocka_unit_test_setup(more_orders_than_there_is_room_for_are_refused, all_off),
        cmocka_unit_test_setup(at_the_end_what_hangs_is_left_behind_and_heard_of_no_more, all_off),
    };

    return cmocka_run_group_tests(tests, make, drop);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When the text of the I/O errors that paused a domain is read. This program exports virDomainGetMessages(), as
 * libvirt does since 7.1, and answers as libvirt does since 11.1. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libvirt/virterror.h>

#include "lib/model/io_error.h"
#include "tests/unit/collect/facts_stage.h"

enum { PAUSED_USER = 1, PAUSED_IO_ERROR = 5, MESSAGES_MAX = 2 };

static struct gate asking = GATE_INIT;
static const char *messages[MESSAGES_MAX]; /* libvirt's answer */
static int message_count, code;
static unsigned flags_seen;

#if LIBVIR_VERSION_NUMBER < 7001000 /* later headers declare it */
int virDomainGetMessages(virDomainPtr domain, char ***msgs, unsigned flags);
#endif
int virDomainGetMessages(virDomainPtr domain, char ***msgs, unsigned flags)
{
    int count;

    (void)domain;
    gate_pass(&asking);
    mock_lock();
    flags_seen = flags;
    count = code ? mock_fail(code) : message_count;
    *msgs = calloc(MESSAGES_MAX, sizeof(**msgs));
    for (int i = 0; *msgs && i < count; i++)
        (*msgs)[i] = strdup(messages[i]);
    if (count < 0) {
        free(*msgs);
        *msgs = NULL;
    }
    mock_unlock();
    return count;
}

/* Sets the answer: texts up to a NULL, or an error. */
static void answer(int error, const char *one, const char *other)
{
    mock_lock();
    code = error;
    messages[0] = one;
    messages[1] = other;
    message_count = (one != NULL) + (other != NULL);
    mock_unlock();
}

static int begin(void **state)
{
    (void)state;
    gate_reset(&asking);
    answer(0, "full", NULL);
    return stage_begin(true);
}

static int end(void **state)
{
    (void)state;
    gate_open(&asking);
    return stage_end();
}

/* Lists the domains. Domain 1 is paused for that reason (0: it runs) and has had an event if `kinds` is not 0. */
static void list(int reason, uint32_t kinds)
{
    struct domain domains[DOMAINS];
    struct mail_item item = { .kinds = kinds };
    struct mail mail = { .count = kinds != 0, .items = &item };

    fixture_uuid(1, item.uuid);
    for (unsigned i = 0; i < DOMAINS; i++) {
        domains[i] = fixture_domain(i, 1);
        domains[i].persistent = TRISTATE_FALSE; /* it is not asked for autostart once */
    }
    domains[1].state = domains[1].last_state = reason ? DOMAIN_PAUSED : DOMAIN_RUNNING;
    domains[1].reason = domains[1].last_reason = reason;
    publish_listing(domains, DOMAINS, &mail);
}

/* Another fact may arrive before the answer: libvirt 11.2 is also asked for autostart once. */
static bool is_answered(void)
{
    if (facts_due(facts) == 0)
        publish(facts_renew(facts, published));
    return !(published->domains[1].pending & DOMAIN_QUESTION_IO_ERROR);
}

static void take(void)
{
    assert_true(published->domains[1].pending & DOMAIN_QUESTION_IO_ERROR);
    EVENTUALLY(is_answered());
}

static void assert_text(const char *wanted)
{
    const struct domain *domain = &published->domains[1];

    assert_false(domain->pending & DOMAIN_QUESTION_IO_ERROR);
    assert_non_null(domain->io_error);
    assert_string_equal(domain->io_error->text, wanted);
}

static void only_a_domain_that_an_io_error_paused_is_asked_and_only_once(void **state)
{
    (void)state;
    list(0, 0);
    list(PAUSED_USER, MAIL_CHANGED);
    assert_int_equal(gate_calls(&asking), 0);
    list(PAUSED_IO_ERROR, MAIL_CHANGED);
    assert_true(published->domains[1].pending & DOMAIN_QUESTION_IO_ERROR);
    assert_null(published->domains[1].io_error);
    take();
    assert_text("full");
    assert_int_equal(flags_seen, 4); /* VIR_DOMAIN_MESSAGE_IOERRORS */
    for (int i = 0; i < 3; i++)
        list(PAUSED_IO_ERROR, 0);
    assert_text("full");
    assert_int_equal(gate_calls(&asking), 1);
    list(0, MAIL_CHANGED);
    assert_null(published->domains[1].io_error);
}

/* It was resumed, and paused again by another error, between two listings. */
static void a_new_pause_is_asked_again(void **state)
{
    (void)state;
    list(PAUSED_IO_ERROR, MAIL_CHANGED);
    take();
    answer(0, "full", "broken");
    list(PAUSED_IO_ERROR, MAIL_CHANGED);
    assert_null(published->domains[1].io_error);
    take();
    assert_text("full; broken");
    answer(0, NULL, NULL);
    list(PAUSED_IO_ERROR, MAIL_CHANGED);
    take();
    assert_text("");
}

static void the_next_listing_asks_again_after_a_failure(void **state)
{
    (void)state;
    answer(VIR_ERR_OPERATION_FAILED, NULL, NULL);
    list(PAUSED_IO_ERROR, MAIL_CHANGED);
    take();
    assert_null(published->domains[1].io_error);
    assert_false(published->domains[1].pending & DOMAIN_QUESTION_IO_ERROR);
    answer(0, "full", NULL);
    list(PAUSED_IO_ERROR, 0);
    take();
    assert_text("full");
}

static void a_libvirt_without_the_texts_is_asked_once(void **state)
{
    (void)state;
    answer(VIR_ERR_INVALID_ARG, NULL, NULL); /* it rejects the flag */
    list(PAUSED_IO_ERROR, MAIL_CHANGED);
    take();
    for (int i = 0; i < 3; i++) {
        list(PAUSED_IO_ERROR, MAIL_CHANGED);
        assert_false(published->domains[1].pending & DOMAIN_QUESTION_IO_ERROR);
    }
    assert_int_equal(gate_calls(&asking), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(only_a_domain_that_an_io_error_paused_is_asked_and_only_once, begin, end),
        cmocka_unit_test_setup_teardown(a_new_pause_is_asked_again, begin, end),
        cmocka_unit_test_setup_teardown(the_next_listing_asks_again_after_a_failure, begin, end),
        cmocka_unit_test_setup_teardown(a_libvirt_without_the_texts_is_asked_once, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

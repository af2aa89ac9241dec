/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deadlines here are either past, or later than the test's own time limit. So no test depends on the speed of the
 * machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "lib/base/clock.h"
#include "lib/libvirt/mailbox.h"
#include "tests/unit/fixtures.h"

enum { FAR_MS = 20 * 60 * 1000 };

static int make(void **state)
{
    *state = mailbox_new();
    return *state ? 0 : -1;
}

static int drop(void **state)
{
    mailbox_unref(*state);
    return 0;
}

static void put(struct mailbox *mailbox, unsigned number, uint32_t kinds)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    mailbox_put_event(mailbox, uuid, kinds);
}

static uint32_t kinds_of(const struct mail *mail, unsigned number)
{
    unsigned char uuid[UUID_BYTES];

    fixture_uuid(number, uuid);
    return mail_kinds(mail, uuid);
}

static void assert_sorted_without_doubles(const struct mail *mail)
{
    for (size_t i = 1; i < mail->count; i++)
        if (memcmp(mail->items[i - 1].uuid, mail->items[i].uuid, UUID_BYTES) >= 0)
            fail_msg("item %zu does not come before item %zu", i - 1, i);
}

static void a_new_mailbox_is_empty(void **state)
{
    struct mail taken = mailbox_take(*state), peeked = mailbox_peek(*state);

    assert_int_equal(taken.count, 0);
    assert_int_equal(taken.first_boot_ms, 0);
    assert_false(taken.overflowed);
    assert_int_equal(peeked.count, 0);
    assert_int_equal(kinds_of(&taken, 1), 0);
    assert_int_equal(mailbox_first_event(*state), 0);
    assert_int_equal(mailbox_event_count(*state), 0);
    assert_false(mailbox_wait(*state, 0));
    mail_clear(&taken);
    mail_clear(&taken);
    mail_clear(&peeked);
}

static void events_are_sorted_and_merged_by_domain(void **state)
{
    struct mail mail;

    put(*state, 900, MAIL_CHANGED);
    put(*state, 3, MAIL_CHANGED);
    put(*state, 3, MAIL_CHANGED);
    put(*state, 70000, MAIL_XML_CHANGED);
    put(*state, 3, MAIL_XML_CHANGED);
    put(*state, 900, MAIL_CHANGED);
    put(*state, 8, MAIL_XML_CHANGED);
    put(*state, 8, MAIL_CHANGED);
    mail = mailbox_take(*state);
    assert_int_equal(mail.count, 4);
    assert_sorted_without_doubles(&mail);
    assert_int_equal(kinds_of(&mail, 3), MAIL_CHANGED | MAIL_XML_CHANGED);
    assert_int_equal(kinds_of(&mail, 8), MAIL_CHANGED | MAIL_XML_CHANGED);
    assert_int_equal(kinds_of(&mail, 900), MAIL_CHANGED);
    assert_int_equal(kinds_of(&mail, 70000), MAIL_XML_CHANGED);
    assert_int_equal(kinds_of(&mail, 4), 0);
    assert_false(mail.overflowed);
    assert_int_equal(mailbox_event_count(*state), 8);
    mail_clear(&mail);
    assert_int_equal(mail.count, 0);
    assert_int_equal(kinds_of(&mail, 3), 0);
}

static void taking_empties_the_mailbox_and_peeking_does_not(void **state)
{
    struct mail peeked, again, taken, nothing;

    put(*state, 5, MAIL_CHANGED);
    put(*state, 4, MAIL_XML_CHANGED);
    peeked = mailbox_peek(*state);
    put(*state, 6, MAIL_CHANGED);
    again = mailbox_peek(*state);
    taken = mailbox_take(*state);
    nothing = mailbox_take(*state);

    assert_int_equal(peeked.count, 2);
    assert_sorted_without_doubles(&peeked);
    assert_int_equal(kinds_of(&peeked, 4), MAIL_XML_CHANGED);
    assert_int_equal(again.count, 3);
    assert_int_equal(taken.count, 3);
    assert_ptr_not_equal(again.items, taken.items);
    assert_int_equal(taken.first_boot_ms, peeked.first_boot_ms);
    assert_int_equal(nothing.count, 0);
    assert_int_equal(nothing.first_boot_ms, 0);
    assert_int_equal(mailbox_event_count(*state), 3); /* since the mailbox was made */
    mail_clear(&peeked);
    mail_clear(&again);
    mail_clear(&taken);
    mail_clear(&nothing);
}

static void the_time_of_the_first_event_is_known(void **state)
{
    int64_t before = clock_boot_ms(), first;
    struct mail mail;

    put(*state, 1, MAIL_CHANGED);
    first = mailbox_first_event(*state);
    assert_true(first >= before && first <= clock_boot_ms());
    while (clock_boot_ms() == first)
        continue;
    put(*state, 2, MAIL_CHANGED);
    assert_int_equal(mailbox_first_event(*state), first);
    mail = mailbox_peek(*state);
    assert_int_equal(mail.first_boot_ms, first);
    mail_clear(&mail);
    mail = mailbox_take(*state);
    assert_int_equal(mail.first_boot_ms, first);
    mail_clear(&mail);
    assert_int_equal(mailbox_first_event(*state), 0);
    put(*state, 1, MAIL_CHANGED);
    assert_true(mailbox_first_event(*state) > first);
}

static void a_wake_is_not_an_event(void **state)
{
    mailbox_put_wake(*state);
    assert_int_equal(mailbox_first_event(*state), 0);
    assert_int_equal(mailbox_event_count(*state), 0);
}

static void the_maximum_of_domains_is_no_overflow(void **state)
{
    struct mail mail;

    for (unsigned i = 0; i < MAIL_MAX; i++)
        put(*state, MAIL_MAX - i, MAIL_CHANGED);
    mail = mailbox_take(*state);
    assert_int_equal(mail.count, MAIL_MAX);
    assert_false(mail.overflowed);
    assert_sorted_without_doubles(&mail);
    mail_clear(&mail);
}

static void one_domain_more_is_an_overflow_until_it_is_taken(void **state)
{
    struct mail mail;

    for (unsigned i = 0; i <= MAIL_MAX; i++)
        put(*state, i, MAIL_CHANGED);
    put(*state, 2 * MAIL_MAX, MAIL_CHANGED);
    mail = mailbox_peek(*state);
    assert_true(mail.overflowed);
    mail_clear(&mail);
    mail = mailbox_take(*state);
    assert_true(mail.overflowed);
    assert_int_equal(mail.count, MAIL_MAX);
    assert_int_equal(kinds_of(&mail, 0), MAIL_CHANGED);
    assert_int_equal(kinds_of(&mail, 2 * MAIL_MAX), 0);
    mail_clear(&mail);
    assert_int_equal(mailbox_event_count(*state), MAIL_MAX + 2);

    put(*state, 7, MAIL_CHANGED);
    mail = mailbox_take(*state);
    assert_false(mail.overflowed);
    assert_int_equal(mail.count, 1);
    mail_clear(&mail);
}

static void many_events_of_few_domains_are_no_overflow(void **state)
{
    struct mail mail;

    for (unsigned i = 0; i < 3 * MAIL_MAX; i++)
        put(*state, i % 3, i % 2 ? MAIL_CHANGED : MAIL_XML_CHANGED);
    mail = mailbox_take(*state);
    assert_int_equal(mail.count, 3);
    assert_false(mail.overflowed);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(kinds_of(&mail, i), MAIL_CHANGED | MAIL_XML_CHANGED);
    mail_clear(&mail);
}

static void returned_mail_comes_before_newer_mail(void **state)
{
    unsigned char uuid[UUID_BYTES];
    struct mail mail;

    fixture_uuid(1, uuid);
    mailbox_put_domain_event(*state, uuid, DOMAIN_EVENT_STARTED, 0);
    put(*state, 1, MAIL_CHANGED | MAIL_JOB);
    mail = mailbox_take(*state);
    mailbox_put_domain_event(*state, uuid, DOMAIN_EVENT_STOPPED, 0);
    put(*state, 1, MAIL_CHANGED);
    mailbox_return(*state, &mail);
    mail_clear(&mail);
    mail = mailbox_take(*state);
    assert_int_equal(mail.event_count, 2);
    assert_int_equal(mail.events[0].event, DOMAIN_EVENT_STARTED);
    assert_int_equal(kinds_of(&mail, 1), MAIL_CHANGED | MAIL_JOB);
    mail_clear(&mail);
}

static void a_wait_ends_at_its_deadline(void **state)
{
    int64_t until = clock_boot_ms() + 30;

    assert_false(mailbox_wait(*state, until));
    assert_true(clock_boot_ms() >= until - 1); /* the two clocks may differ by less */
    assert_false(mailbox_wait(*state, until));
    assert_false(mailbox_wait(*state, 0));
    assert_false(mailbox_wait(*state, -1));
}

static void earlier_mail_ends_one_wait_at_once(void **state)
{
    mailbox_put_wake(*state);
    mailbox_put_wake(*state);
    assert_false(mailbox_wait(*state, clock_boot_ms() + FAR_MS));
    assert_false(mailbox_wait(*state, clock_boot_ms() + 1)); /* nothing new: until its deadline */
    put(*state, 1, MAIL_CHANGED);
    assert_false(mailbox_wait(*state, clock_boot_ms() + FAR_MS));
}

static void a_stop_ends_every_wait(void **state)
{
    mailbox_put_stop(*state);
    for (int i = 0; i < 3; i++)
        assert_true(mailbox_wait(*state, clock_boot_ms() + FAR_MS));
    assert_true(mailbox_wait(*state, 0));
}

struct sleeper {
    struct mailbox *mailbox;
    atomic_bool asleep; /* about to wait */
    bool stop;
};

static void *sleep_long(void *data)
{
    struct sleeper *sleeper = data;

    atomic_store(&sleeper->asleep, true);
    sleeper->stop = mailbox_wait(sleeper->mailbox, clock_boot_ms() + FAR_MS);
    return NULL;
}

/* Runs a thread that waits for long, wakes it with `wake`, and returns what its wait returned. */
static bool woken_by(struct mailbox *mailbox, void (*wake)(struct mailbox *))
{
    struct sleeper sleeper = { .mailbox = mailbox };
    const struct timespec moment = { .tv_nsec = 2000000 };
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, sleep_long, &sleeper), 0);
    while (!atomic_load(&sleeper.asleep))
        continue;
    (void)nanosleep(&moment, NULL); /* the thread mostly waits by then; if not, it finds the mail */
    wake(mailbox);
    assert_int_equal(pthread_join(thread, NULL), 0);
    return sleeper.stop;
}

static void put_one(struct mailbox *mailbox)
{
    put(mailbox, 1, MAIL_CHANGED);
}

static void any_mail_wakes_a_thread_that_waits(void **state)
{
    for (int turn = 0; turn < 20; turn++) {
        assert_false(woken_by(*state, mailbox_put_wake));
        assert_false(woken_by(*state, put_one));
    }
    assert_true(woken_by(*state, mailbox_put_stop));
}

enum { WRITERS = 6, EVENTS = 3000, DOMAINS = 500 };

struct writer {
    struct mailbox *mailbox; /* has its own reference */
    unsigned number;
};

static void *write_events(void *data)
{
    const struct writer *writer = data;

    for (unsigned i = 0; i < EVENTS; i++)
        put(writer->mailbox, (i * 7 + writer->number) % DOMAINS, i % 2 ? MAIL_CHANGED : MAIL_XML_CHANGED);
    mailbox_put_wake(writer->mailbox);
    mailbox_unref(writer->mailbox);
    return NULL;
}

/* Adds the kinds of the mail to `known`. */
static void note_mail(struct mail *mail, uint32_t known[DOMAINS])
{
    assert_sorted_without_doubles(mail);
    for (unsigned i = 0; i < DOMAINS; i++)
        known[i] |= kinds_of(mail, i);
    mail_clear(mail);
}

static void several_writers_and_one_reader_lose_nothing(void **state)
{
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    uint32_t known[DOMAINS] = { 0 };
    struct mail mail;

    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){ mailbox_ref(*state), i };
        assert_int_equal(pthread_create(&threads[i], NULL, write_events, &writers[i]), 0);
    }
    while (mailbox_event_count(*state) < WRITERS * EVENTS) {
        assert_false(mailbox_wait(*state, clock_boot_ms() + FAR_MS));
        mail = mailbox_peek(*state);
        assert_sorted_without_doubles(&mail);
        mail_clear(&mail);
        mail = mailbox_take(*state);
        note_mail(&mail, known);
    }
    for (unsigned i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    mail = mailbox_take(*state);
    note_mail(&mail, known);
    assert_int_equal(mailbox_event_count(*state), WRITERS * EVENTS);
    for (unsigned i = 0; i < DOMAINS; i++)
        assert_int_equal(known[i], MAIL_CHANGED | MAIL_XML_CHANGED);
}

static void a_mailbox_lives_as_long_as_a_reference(void **state)
{
    struct mailbox *mailbox = mailbox_new();

    (void)state;
    assert_non_null(mailbox);
    assert_ptr_equal(mailbox_ref(mailbox), mailbox);
    put(mailbox, 1, MAIL_CHANGED);
    mailbox_unref(mailbox);
    put(mailbox, 2, MAIL_CHANGED);
    assert_int_equal(mailbox_event_count(mailbox), 2);
    mailbox_unref(mailbox); /* with mail in it */
    mailbox_unref(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_mailbox_is_empty),
        TEST(events_are_sorted_and_merged_by_domain),
        TEST(taking_empties_the_mailbox_and_peeking_does_not),
        TEST(the_time_of_the_first_event_is_known),
        TEST(a_wake_is_not_an_event),
        TEST(the_maximum_of_domains_is_no_overflow),
        TEST(one_domain_more_is_an_overflow_until_it_is_taken),
        TEST(many_events_of_few_domains_are_no_overflow),
        TEST(returned_mail_comes_before_newer_mail),
        TEST(a_wait_ends_at_its_deadline),
        TEST(earlier_mail_ends_one_wait_at_once),
        TEST(a_stop_ends_every_wait),
        TEST(any_mail_wakes_a_thread_that_waits),
        TEST(several_writers_and_one_reader_lose_nothing),
        TEST(a_mailbox_lives_as_long_as_a_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

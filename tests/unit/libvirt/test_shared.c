/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>

#include "lib/base/clock.h"
#include "lib/libvirt/domain_xml.h"
#include "lib/libvirt/mailbox.h"
#include "lib/model/filter.h"
#include "lib/model/snapshot.h"
#include "tests/unit/fixtures.h"

enum { THREADS = 4, EACH = 500 };

static void what_is_left_is_sorted_merged_and_taken_once(void **state)
{
    static const unsigned char one[UUID_BYTES] = { 1 }, two[UUID_BYTES] = { 2 }, three[UUID_BYTES] = { 3 };
    struct mailbox *mailbox = mailbox_new();
    struct mail peeked, taken, nothing;

    (void)state;
    assert_non_null(mailbox);
    mailbox_put_event(mailbox, two, MAIL_CHANGED);
    mailbox_put_event(mailbox, one, MAIL_CHANGED);
    mailbox_put_event(mailbox, two, MAIL_DESCRIBED);
    peeked = mailbox_peek(mailbox);
    taken = mailbox_take(mailbox);
    nothing = mailbox_take(mailbox);
    assert_int_equal(peeked.count, 2);
    assert_int_equal(taken.count, 2);
    assert_int_equal(nothing.count, 0);
    assert_true(taken.first_boot_ms > 0 && nothing.first_boot_ms == 0);
    assert_int_equal(mail_kinds(&taken, two), MAIL_CHANGED | MAIL_DESCRIBED);
    assert_int_equal(mail_kinds(&taken, one), MAIL_CHANGED);
    assert_int_equal(mail_kinds(&taken, three), 0);
    assert_int_equal(mailbox_events(mailbox), 3);
    mail_clear(&peeked);
    mail_clear(&taken);
    mailbox_unref(mailbox);
}

static void too_many_domains_are_said_to_be_too_many(void **state)
{
    struct mailbox *mailbox = mailbox_new();
    struct mail mail;

    (void)state;
    assert_non_null(mailbox);
    for (unsigned i = 0; i < MAIL_MAX + 1; i++) {
        unsigned char uuid[UUID_BYTES] = { (unsigned char)(i >> 8), (unsigned char)i };

        mailbox_put_event(mailbox, uuid, MAIL_CHANGED);
    }
    mail = mailbox_take(mailbox);
    assert_true(mail.overflowed);
    assert_int_equal(mail.count, MAIL_MAX);
    mail_clear(&mail);
    mailbox_unref(mailbox);
}

static void *put_events(void *mailbox)
{
    for (unsigned i = 0; i < EACH; i++) {
        unsigned char uuid[UUID_BYTES] = { (unsigned char)(i >> 8), (unsigned char)i };

        mailbox_put_event(mailbox, uuid, MAIL_CHANGED);
    }
    mailbox_unref(mailbox);
    return NULL;
}

static void threads_lose_nothing(void **state)
{
    struct mailbox *mailbox = mailbox_new();
    pthread_t threads[THREADS];
    struct mail mail;

    (void)state;
    assert_non_null(mailbox);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, put_events, mailbox_ref(mailbox)), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(mailbox_events(mailbox), THREADS * EACH);
    mail = mailbox_take(mailbox);
    assert_int_equal(mail.count, EACH);
    mail_clear(&mail);
    mailbox_unref(mailbox);
}

static void waiting_ends_by_news_by_the_deadline_and_by_a_stop(void **state)
{
    static const unsigned char one[UUID_BYTES] = { 1 };
    struct mailbox *mailbox = mailbox_new();
    int64_t far = clock_boot_ms() + 3600000;

    (void)state;
    assert_non_null(mailbox);
    mailbox_put_event(mailbox, one, MAIL_CHANGED);
    assert_false(mailbox_wait(mailbox, far));
    mailbox_put_wake(mailbox);
    assert_false(mailbox_wait(mailbox, far));
    mailbox_put_lost(mailbox);
    assert_false(mailbox_wait(mailbox, far));
    assert_false(mailbox_wait(mailbox, clock_boot_ms() + 1));
    assert_false(mailbox_stopping(mailbox));
    mailbox_put_stop(mailbox);
    assert_true(mailbox_wait(mailbox, far));
    assert_true(mailbox_stopping(mailbox));
    mailbox_unref(mailbox);
}

static struct snapshot *three_domains(void)
{
    struct snapshot *snapshot = snapshot_new(3);

    assert_non_null(snapshot);
    for (unsigned char i = 0; i < 3; i++) {
        snapshot->domains[i] = (struct domain){ .uuid = { i }, .id = i == 0 ? DOMAIN_ID_INACTIVE : i };
        snapshot->domains[i].state = i == 0 ? DOMAIN_SHUTOFF : DOMAIN_RUNNING;
        snapshot->domains[i].name = snapshot_keep(snapshot, i == 0 ? "zero" : "other");
        assert_non_null(snapshot->domains[i].name);
        snapshot->count++;
    }
    return snapshot;
}

static void a_snapshot_finds_and_counts(void **state)
{
    static const unsigned char here[UUID_BYTES] = { 2 }, nowhere[UUID_BYTES] = { 9 };
    struct snapshot *snapshot = three_domains();

    (void)state;
    assert_ptr_equal(snapshot_find(snapshot, here), &snapshot->domains[2]);
    assert_null(snapshot_find(snapshot, nowhere));
    assert_int_equal(fixture_count(snapshot, 0), 3);
    assert_int_equal(fixture_count(snapshot, FILTER_ACTIVE), 2);
    assert_int_equal(fixture_count(snapshot, FILTER_STATE_PAUSED), 0);
    snapshot_unref(snapshot);
}

static void a_copy_stands_by_itself_and_shares_names_and_descriptions(void **state)
{
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);
    struct snapshot *snapshot = three_domains(), *copy;

    (void)state;
    assert_non_null(parser);
    snapshot->domains[1].xml_facts = domain_xml_parse(parser, "<domain><title>t</title></domain>");
    copy = snapshot_copy(snapshot);
    assert_non_null(copy);
    assert_ptr_equal(copy->domains[1].xml_facts, snapshot->domains[1].xml_facts);
    assert_ptr_equal(copy->domains[0].name, snapshot->domains[0].name);
    assert_ptr_not_equal(copy->domains, snapshot->domains);
    snapshot_unref(snapshot);
    assert_string_equal(copy->domains[0].name, "zero");
    assert_string_equal(copy->domains[1].xml_facts->title, "t");
    snapshot_unref(copy);
    domain_xml_parser_free(parser);
}

static void names_of_any_length_are_kept(void **state)
{
    struct snapshot *snapshot = snapshot_new(0);
    char *long_name = malloc(100001);
    const char *first, *kept;

    (void)state;
    assert_true(snapshot && long_name);
    memset(long_name, 'x', 100000);
    long_name[100000] = '\0';
    first = snapshot_keep(snapshot, "first");
    kept = snapshot_keep(snapshot, long_name);
    assert_string_equal(kept, long_name);
    assert_string_equal(first, "first");
    free(long_name);
    snapshot_unref(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_left_is_sorted_merged_and_taken_once),
        cmocka_unit_test(too_many_domains_are_said_to_be_too_many),
        cmocka_unit_test(threads_lose_nothing),
        cmocka_unit_test(waiting_ends_by_news_by_the_deadline_and_by_a_stop),
        cmocka_unit_test(a_snapshot_finds_and_counts),
        cmocka_unit_test(a_copy_stands_by_itself_and_shares_names_and_descriptions),
        cmocka_unit_test(names_of_any_length_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

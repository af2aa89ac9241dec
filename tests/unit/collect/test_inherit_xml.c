/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/collect/inherit.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"
#include "tests/unit/collect/inherit_stage.h"

static struct snapshot *with_xml(int64_t read_boot_ms)
{
    struct snapshot *snapshot = one_domain(3, DOMAIN_RUNNING, NOW);
    struct domain_xml_parser *parser = domain_xml_parser_new(NULL);

    assert_non_null(parser);
    snapshot->domains[0].xml_facts = domain_xml_parse(parser, "<domain/>");
    assert_non_null(snapshot->domains[0].xml_facts);
    snapshot->domains[0].xml_facts->read_boot_ms = read_boot_ms;
    domain_xml_parser_free(parser);
    return snapshot;
}

/* Whether the XML of a domain is to be read again. It was read at `read_boot_ms`, when the domain ran with id 3.
 */
static bool is_asked_again(int64_t read_boot_ms, int id, const struct mail *mail, bool has_events)
{
    struct snapshot *before = with_xml(read_boot_ms), *after = one_domain(id, DOMAIN_RUNNING, NOW + 1);
    bool again;

    if (id == DOMAIN_ID_INACTIVE)
        before->domains[0].id = id;
    inherit_all(after, before, mail, has_events);
    assert_ptr_equal(after->domains[0].xml_facts, before->domains[0].xml_facts);
    again = after->domains[0].xml_changed_boot_ms > before->domains[0].xml_facts->read_boot_ms;
    snapshot_unref(before);
    snapshot_unref(after);
    return again;
}

static void xml_is_read_again_after_an_event_or_by_age(void **state)
{
    struct mail_item item = { .uuid = { 1 }, .kinds = MAIL_XML_CHANGED };
    const struct mail xml_mail = { .count = 1, .items = &item }, overflowed = { .overflowed = true };
    struct mail_item change = { .uuid = { 1 }, .kinds = MAIL_CHANGED };
    const struct mail changed_mail = { .count = 1, .items = &change };

    (void)state;
    assert_false(is_asked_again(NOW, 3, &nothing, true));
    assert_false(is_asked_again(NOW, 3, &changed_mail, true));
    assert_true(is_asked_again(NOW, 3, &xml_mail, true));
    assert_true(is_asked_again(NOW, 3, &overflowed, true));
    assert_true(is_asked_again(NOW, 4, &nothing, true));
    assert_false(is_asked_again(NOW - 3600000, 3, &nothing, true));
    assert_true(is_asked_again(NOW - 3600000, 3, &nothing, false)); /* no event reports a change */
    assert_false(is_asked_again(NOW - 60000, 3, &nothing, false));
    assert_true(is_asked_again(NOW - 3600000, DOMAIN_ID_INACTIVE, &nothing,
                               true)); /* no event reports a change of its devices */
    assert_false(is_asked_again(NOW - 60000, DOMAIN_ID_INACTIVE, &nothing, true));
}

static void xml_facts_live_as_long_as_any_snapshot_uses_them(void **state)
{
    struct snapshot *before = with_xml(NOW), *after = one_domain(3, DOMAIN_RUNNING, NOW + 1);
    struct snapshot *gone = taken(snapshot_new(0), NOW + 2), *back = one_domain(3, DOMAIN_RUNNING, NOW + 3);

    (void)state;
    inherit_all(after, before, &nothing, true);
    snapshot_unref(before);
    assert_int_equal(after->domains[0].xml_facts->memory_kib, XML_FACTS_ABSENT);
    inherit_all(gone, after, &nothing, true);
    inherit_all(back, gone, &nothing, true);
    assert_null(back->domains[0].xml_facts); /* it may be another domain by now */
    assert_int_equal(back->domains[0].started_boot_ms, NOW + 3);
    snapshot_unref(after);
    snapshot_unref(gone);
    snapshot_unref(back);
}

static void a_pending_change_of_xml_is_not_forgotten(void **state)
{
    struct snapshot *before = with_xml(NOW), *after = one_domain(3, DOMAIN_RUNNING, NOW + 1);

    (void)state;
    before->domains[0].xml_changed_boot_ms = NOW + 1; /* it was not read again yet */
    inherit_all(after, before, &nothing, true);
    assert_int_equal(after->domains[0].xml_changed_boot_ms, NOW + 1);
    snapshot_unref(before);
    snapshot_unref(after);
}

/* Pending questions, and the time before which a question is not repeated. */
static void pending_questions_belong_to_one_run(void **state)
{
    struct snapshot *before = with_xml(NOW), *same = one_domain(3, DOMAIN_RUNNING, NOW + 1);
    struct snapshot *other = one_domain(4, DOMAIN_RUNNING, NOW + 2);

    (void)state;
    before->domains[0].pending = DOMAIN_QUESTION_XML | DOMAIN_QUESTION_JOB;
    before->domains[0].xml_retry_boot_ms = NOW + 5000;
    before->domains[0].job = DOMAIN_JOB_RESTORE;
    before->domains[0].is_job_unread = true;
    before->domains[0].stats_boot_ms = NOW - 77;
    before->domains[0].started_boot_ms = NOW - 99;
    inherit_all(same, before, &nothing, true);
    assert_int_equal(same->domains[0].pending, DOMAIN_QUESTION_XML | DOMAIN_QUESTION_JOB);
    assert_int_equal(same->domains[0].xml_retry_boot_ms, NOW + 5000);
    assert_int_equal(same->domains[0].job, DOMAIN_JOB_RESTORE);
    assert_true(same->domains[0].is_job_unread);
    assert_int_equal(same->domains[0].stats_boot_ms, NOW - 77);
    inherit_all(other, same, &nothing, true);
    assert_int_equal(other->domains[0].pending, 0);
    assert_int_equal(other->domains[0].xml_retry_boot_ms, 0);
    assert_int_equal(other->domains[0].job, DOMAIN_JOB_NONE);
    assert_false(other->domains[0].is_job_unread);
    assert_int_equal(other->domains[0].stats_boot_ms, NOW + 2); /* its first statistics were not read yet */
    snapshot_unref(before);
    snapshot_unref(same);
    snapshot_unref(other);
}

static void an_event_concerns_only_its_own_domain(void **state)
{
    struct mail_item items[2] = { { .uuid = { 0 }, .kinds = MAIL_XML_CHANGED },
                                  { .uuid = { 2 }, .kinds = MAIL_XML_CHANGED } };
    const struct mail mail = { .count = 2, .items = items };

    (void)state;
    assert_false(is_asked_again(NOW, 3, &mail, true));
    items[1].uuid[0] = 1;
    items[1].kinds = MAIL_CHANGED | MAIL_XML_CHANGED;
    assert_true(is_asked_again(NOW, 3, &mail, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_is_read_again_after_an_event_or_by_age),
        cmocka_unit_test(xml_facts_live_as_long_as_any_snapshot_uses_them),
        cmocka_unit_test(a_pending_change_of_xml_is_not_forgotten),
        cmocka_unit_test(pending_questions_belong_to_one_run),
        cmocka_unit_test(an_event_concerns_only_its_own_domain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

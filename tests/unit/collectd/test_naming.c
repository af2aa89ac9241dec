/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "collectd-plugin/naming.h"
#include "lib/base/text.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"

enum { NAME_MAX_BYTES = 128 };

static char why[256], name[NAME_MAX_BYTES];

static const char *write_by(const char *format, const struct domain *domain)
{
    struct naming naming;

    if (!naming_parse(format, true, &naming, why, sizeof(why)))
        fail_msg("\"%s\" is refused: %s", format, why);
    naming_write(&naming, domain, "hv1.example.net", name, sizeof(name));
    return name;
}

static void fields_are_joined_with_colons(void **state)
{
    const struct domain *domain = &fixture_guests[GUEST_RUNNING];

    (void)state;
    assert_string_equal(write_by("name", domain), "running");
    assert_string_equal(write_by("uuid", domain), "474c0000-0000-0000-0000-000000000001");
    assert_string_equal(write_by("hostname", domain), "hv1.example.net");
    assert_string_equal(write_by("Name UUID", domain), "running:474c0000-0000-0000-0000-000000000001");
    assert_string_equal(write_by(" uuid,name ", domain), "474c0000-0000-0000-0000-000000000001:running");
    assert_string_equal(write_by("none", domain), "");
}

static void metadata_replaces_the_name(void **state)
{
    char metadata[] = "web server";
    struct xml_facts xml_facts = { .metadata = metadata };
    struct domain domain = fixture_guests[GUEST_RUNNING];

    (void)state;
    assert_string_equal(write_by("metadata", &domain), "running");
    domain.xml_facts = &xml_facts;
    assert_string_equal(write_by("metadata", &domain), "web server");
    assert_string_equal(write_by("hostname metadata", &domain), "hv1.example.net:web server");
    xml_facts.metadata = NULL;
    assert_string_equal(write_by("metadata", &domain), "running");
}

static void a_format_with_metadata_needs_metadata(void **state)
{
    struct naming naming;

    (void)state;
    assert_true(naming_parse("name metadata", false, &naming, why, sizeof(why)));
    assert_true(naming_needs_metadata(&naming));
    assert_true(naming_parse("name uuid hostname", false, &naming, why, sizeof(why)));
    assert_false(naming_needs_metadata(&naming));
}

/* collectd's plugins write names to files, terminals and other programs. */
static void hostile_names_become_harmless_and_stay_short(void **state)
{
    (void)state;
    for (int i = 0; i < FIXTURE_HOSTILE_NAMES; i++) {
        struct domain domain = fixture_domain(1, 1);
        const char *written;

        domain.name = fixture_hostile_names[i];
        written = write_by("name uuid", &domain);
        assert_true(strlen(written) > 0 && strlen(written) < NAME_MAX_BYTES);
        for (; *written; written++)
            assert_true((unsigned char)*written >= ' ' && *written != '\x7f');
    }
}

static void no_name_is_one_dot_or_two(void **state)
{
    struct domain domain = fixture_domain(1, 1);

    (void)state;
    domain.name = "..";
    assert_string_equal(write_by("name", &domain), "\\x2e\\x2e");
    domain.name = ".";
    assert_string_equal(write_by("name", &domain), "\\x2e");
    domain.name = "..x";
    assert_string_equal(write_by("name", &domain), "..x");
}

static void a_wrong_format_is_refused_and_changes_nothing(void **state)
{
    static const struct {
        const char *format;
        bool may_be_none;
    } rows[] = {
        { "", true },      { " , ", false },      { "nam", true },       { "name name", true },
        { "none", false }, { "none name", true }, { "name none", true }, { "uuid nonsense", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct naming naming = { 1, { NAMING_UUID } };

        why[0] = '\0';
        if (naming_parse(rows[i].format, rows[i].may_be_none, &naming, why, sizeof(why)))
            fail_msg("\"%s\" is taken", rows[i].format);
        assert_non_null(strstr(why, "expected"));
        assert_true(naming.count == 1 && naming.fields[0] == NAMING_UUID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_joined_with_colons),
        cmocka_unit_test(metadata_replaces_the_name),
        cmocka_unit_test(a_format_with_metadata_needs_metadata),
        cmocka_unit_test(hostile_names_become_harmless_and_stay_short),
        cmocka_unit_test(no_name_is_one_dot_or_two),
        cmocka_unit_test(a_wrong_format_is_refused_and_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

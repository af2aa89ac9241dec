/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state directory: which files a context has, which process may have them, and what happens to a file that
 * cannot be used. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <limits.h>
#include <net/if.h>

#include "agent/index/indexes.h"
#include "agent/index/statefile.h"
#include "agent/index/vmindex.h"
#include "lib/libvirt/domain_xml.h"
#include "tests/unit/fixtures.h"

enum { WHY_MAX = PATH_MAX + 256, ROUND = 700 };

static char folder[64], why[WHY_MAX], said[1024];
static struct domain_xml_parser *parser;

static void hear(void *data, enum log_level level, const char *line)
{
    (void)data;
    (void)level;
    (void)snprintf(said, sizeof(said), "%s", line);
}

static const struct log_sink sink = { hear, NULL };

static int make_describer(void **state)
{
    (void)state;
    parser = domain_xml_parser_new(NULL);
    return parser ? 0 : -1;
}

static int free_describer(void **state)
{
    (void)state;
    domain_xml_parser_free(parser);
    return 0;
}

static int make_folder(void **state)
{
    (void)state;
    said[0] = why[0] = '\0';
    (void)strcpy(folder, "/tmp/indexes.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[128];

    (void)state;
    (void)snprintf(command, sizeof(command), "rm -r '%s'", folder);
    return system(command);
}

static const char *in_folder(const char *name)
{
    static char path[160];

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static bool is_there(const char *name)
{
    return access(in_folder(name), F_OK) == 0;
}

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(in_folder(name), "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *name, const char *text)
{
    char held[256] = "";
    FILE *file = fopen(in_folder(name), "r");

    assert_non_null(file);
    held[fread(held, 1, sizeof(held) - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    assert_string_equal(held, text);
}

static size_t line_count(const char *name)
{
    FILE *file = fopen(in_folder(name), "r");
    size_t lines = 0;

    assert_non_null(file);
    for (int c; (c = fgetc(file)) != EOF;)
        lines += c == '\n';
    assert_int_equal(fclose(file), 0);
    return lines;
}

static struct indexes *opened(const char *context)
{
    struct indexes *indexes = indexes_open(folder, context, &sink, why, sizeof(why));

    if (!indexes)
        fail_msg("it does not open: %s", why);
    return indexes;
}

static void assert_refused(const char *context, const char *wanted)
{
    assert_null(indexes_open(folder, context, &sink, why, sizeof(why)));
    if (!strstr(why, wanted))
        fail_msg("it is refused with \"%s\", without \"%s\"", why, wanted);
}

/* A listing of the domains with these numbers, each with a disk and an interface. */
static void list(struct indexes *indexes, unsigned first, size_t count)
{
    struct domain *domains = calloc(count + 1, sizeof(*domains));
    struct snapshot *snapshot;
    struct rows *rows;

    assert_non_null(domains);
    for (size_t i = 0; i < count; i++) {
        domains[i] = fixture_domain(first + (unsigned)i, 1);
        domains[i].xml_facts =
            domain_xml_parse(parser, "<domain><devices><disk><target dev='vda'/></disk>"
                                     "<interface><mac address='a'/></interface></devices></domain>");
    }
    snapshot = fixture_snapshot(domains, count);
    rows = indexes_rows(indexes, snapshot);
    assert_non_null(rows);
    assert_int_equal(rows->count, count);
    rows_unref(rows);
    snapshot_unref(snapshot);
    free(domains);
}

static void indexes_that_were_shown_are_on_disk(void **state)
{
    struct indexes *indexes = opened(NULL);
    unsigned char uuid[UUID_BYTES];
    uint32_t index;

    (void)state;
    list(indexes, 1, 9);
    list(indexes, 5, 3);
    fixture_uuid(6, uuid);
    index = indexes_of(indexes, uuid);
    assert_true(index > 0);
    indexes_free(indexes);
    indexes = opened(NULL);
    assert_int_equal(indexes_of(indexes, uuid), index);
    indexes_free(indexes);
    assert_string_equal(said, "");
}

/* For any names of contexts. */
static void contexts_never_share_a_file(void **state)
{
    static const char *const contexts[] = { NULL,    "new", "damaged", "lock",   "%new", "%damaged",
                                            "%lock", "x",   "x.new",   "x%new",  "a/b",  "a%2fb",
                                            ".",     "..",  "x%",      "x%25new" };
    enum { CONTEXTS = sizeof(contexts) / sizeof(*contexts) };
    struct indexes *indexes[CONTEXTS];
    unsigned char uuid[UUID_BYTES];

    (void)state;
    for (size_t i = 0; i < CONTEXTS; i++)
        indexes[i] = opened(contexts[i]);
    for (size_t i = 0; i < CONTEXTS; i++)
        list(indexes[i], 100 * (unsigned)i, 2);
    for (size_t i = CONTEXTS; i-- > 0;) /* each is saved before and after the others */
        list(indexes[i], 100 * (unsigned)i, 3);
    for (size_t i = 0; i < CONTEXTS; i++)
        indexes_free(indexes[i]);
    for (size_t i = 0; i < CONTEXTS; i++) {
        indexes[i] = opened(contexts[i]);
        for (size_t other = 0; other < CONTEXTS; other++) {
            fixture_uuid(100 * (unsigned)other, uuid);
            assert_int_equal(indexes_of(indexes[i], uuid) > 0, other == i);
        }
    }
    for (size_t i = 0; i < CONTEXTS; i++)
        indexes_free(indexes[i]);
    assert_string_equal(said, "");
    assert_true(is_there("vmindex") && is_there("vmindex.x") && is_there("deviceindex.x") &&
                is_there("vmindex.a%2fb"));
}

static void a_damaged_file_is_moved_aside_and_logged(void **state)
{
    struct indexes *indexes;

    (void)state;
    write_file("vmindex.lab", "nonsense\n");
    indexes = opened("lab");
    assert_non_null(strstr(said, "line 1"));
    assert_non_null(strstr(said, "moved to "));
    assert_holds("vmindex.lab%damaged", "nonsense\n");
    list(indexes, 1, 2);
    indexes_free(indexes);
    assert_int_equal(line_count("vmindex.lab"), 6);
}

static void a_damaged_file_that_cannot_be_moved_ends_the_start(void **state)
{
    (void)state;
    write_file("vmindex", "nonsense\n");
    assert_int_equal(mkdir(in_folder("vmindex%damaged"), 0755), 0);
    assert_refused(NULL, "it cannot be moved to ");
    assert_non_null(strstr(why, "line 1"));
    assert_holds("vmindex", "nonsense\n");
}

/* Neither file is changed: the next start finds the damage as well. */
static void a_file_that_cannot_be_read_ends_the_start(void **state)
{
    (void)state;
    write_file("vmindex", "nonsense\n");
    assert_int_equal(mkdir(in_folder("deviceindex"), 0755), 0);
    assert_refused(NULL, "/deviceindex: Is a directory");
    assert_holds("vmindex", "nonsense\n");
    assert_int_equal(rmdir(in_folder("deviceindex")), 0);
    assert_int_equal(unlink(in_folder("vmindex")), 0);
    write_file("deviceindex", "nonsense\n");
    assert_int_equal(mkdir(in_folder("vmindex"), 0755), 0);
    assert_refused(NULL, "/vmindex: Is a directory");
    assert_holds("deviceindex", "nonsense\n");
    assert_false(is_there("vmindex%damaged") || is_there("deviceindex%damaged"));
}

static void only_one_process_has_the_files_of_a_context(void **state)
{
    struct indexes *indexes = opened("lab"), *other;
    char process[32];

    (void)state;
    (void)snprintf(process, sizeof(process), "process %ld", (long)getpid());
    assert_refused("lab", "/vmindex.lab is locked: another guestlistd uses it");
    assert_null(strstr(why, "process"));
    indexes_sign(indexes);
    assert_refused("lab", process);
    other = opened("elsewhere");
    indexes_free(other);
    indexes_free(indexes);
    indexes_free(opened("lab"));
}

/* A killed agent cannot unlock its files. */
static void a_killed_process_leaves_no_lock(void **state)
{
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        struct indexes *indexes = indexes_open(folder, NULL, &sink, why, sizeof(why));

        if (indexes)
            indexes_sign(indexes);
        (void)kill(getpid(), SIGKILL);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_true(is_there("vmindex%lock"));
    indexes_free(opened(NULL));
}

/* In a directory that cannot be written there is no file to protect. */
static void without_a_directory_indexes_are_assigned_but_not_saved(void **state)
{
    struct indexes *indexes = indexes_open("/proc/no-directory", NULL, &sink, why, sizeof(why));

    (void)state;
    assert_non_null(indexes);
    list(indexes, 1, 2);
    assert_non_null(strstr(said, "cannot save the indexes"));
    indexes_free(indexes);
}

/* Transient domains come and go, seven hundred at a time. When a domain is forgotten, so are its devices. */
static void devices_of_gone_domains_are_bounded(void **state)
{
    struct indexes *indexes = opened(NULL);
    size_t rounds = 2 * VMINDEX_GONE_MAX / ROUND + 3, domains;

    (void)state;
    for (size_t round = 0; round < rounds; round++)
        list(indexes, (unsigned)(round * ROUND), ROUND);
    domains = line_count("vmindex") - 4;
    assert_true(domains >= VMINDEX_GONE_MAX && domains <= VMINDEX_GONE_MAX + 2 * ROUND);
    assert_int_equal(line_count("deviceindex") - 2, 2 * domains);
    indexes_free(indexes);
}

/* Old versions never forgot a device. */
static void devices_that_belong_to_no_domain_are_forgotten_at_the_start(void **state)
{
    struct indexes *indexes;

    (void)state;
    write_file("deviceindex", "guestlist deviceindex 1\n01000000-0000-0000-0000-00000000ffff disk 1 vda\nend 1\n");
    indexes = opened(NULL);
    list(indexes, 1, 1);
    indexes_free(indexes);
    assert_int_equal(line_count("deviceindex"), 4);
    assert_string_equal(said, "");
}

static void assert_on_the_host(struct indexes *indexes, bool is_local, uint32_t wanted)
{
    struct domain domain = fixture_domain(1, 1);
    struct snapshot *snapshot;
    struct rows *rows;

    domain.xml_facts =
        domain_xml_parse(parser, "<domain><devices><disk><target dev='vda'/></disk><interface type='"
                                 "bridge'><source bridge='lo'/><target dev='lo'/></interface></devices>"
                                 "</domain>");
    snapshot = fixture_snapshot(&domain, 1);
    snapshot->source.local = is_local;
    rows = indexes_rows(indexes, snapshot);
    assert_non_null(rows);
    assert_int_equal(rows->items[0].disks[0], 1);
    assert_int_equal(rows->items[0].interfaces[0], 1);
    assert_int_equal(rows->items[0].host_interfaces[0], wanted);
    assert_int_equal(rows->items[0].host_parents[0], wanted);
    rows_unref(rows);
    snapshot_unref(snapshot);
}

static void guests_of_another_host_have_no_interfaces_on_this_one(void **state)
{
    struct indexes *indexes = opened(NULL);

    (void)state;
    assert_on_the_host(indexes, true, if_nametoindex("lo"));
    assert_on_the_host(indexes, false, 0);
    indexes_free(indexes);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(indexes_that_were_shown_are_on_disk),
        IN_FOLDER(contexts_never_share_a_file),
        IN_FOLDER(a_damaged_file_is_moved_aside_and_logged),
        IN_FOLDER(a_damaged_file_that_cannot_be_moved_ends_the_start),
        IN_FOLDER(a_file_that_cannot_be_read_ends_the_start),
        IN_FOLDER(only_one_process_has_the_files_of_a_context),
        IN_FOLDER(a_killed_process_leaves_no_lock),
        IN_FOLDER(without_a_directory_indexes_are_assigned_but_not_saved),
        IN_FOLDER(devices_of_gone_domains_are_bounded),
        IN_FOLDER(devices_that_belong_to_no_domain_are_forgotten_at_the_start),
        IN_FOLDER(guests_of_another_host_have_no_interfaces_on_this_one),
    };

    return cmocka_run_group_tests(tests, make_describer, free_describer);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a block of the collectd plugin. The input is one line after the other: a name and values with
 * tabs between them, and a zero byte. */
#include <stdlib.h>
#include <string.h>

#include "collectd-plugin/instance_options.h"
#include "lib/model/filter.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/fixtures.h"

enum { VALUES_MAX = 8 };

/* glibc can take gigabytes for a regular expression. So only names are tested here. */
static bool is_regex(const char *value)
{
    return *value == '/';
}

static void set(struct instance_options *options, char *line)
{
    const char *values[VALUES_MAX];
    char why[INSTANCE_OPTIONS_WHY_MAX] = "", *key = strsep(&line, "\t");
    uint32_t filter = options->filter;
    size_t count = 0;

    for (char *value; count < VALUES_MAX && (value = strsep(&line, "\t")) != NULL;)
        if (!is_regex(value))
            values[count++] = value;
    if (instance_options_set(options, key, values, count, why) == INSTANCE_OPTIONS_TAKEN)
        return;
    fuzz_require(*why, "%s is refused without a message", key);
    fuzz_require(options->filter == filter, "%s is refused, and changed the filter", key);
}

static void use(const struct instance_options *options)
{
    char text[64];

    fuzz_require(!filter_impossible(options->filter), "%x", options->filter);
    for (size_t i = 0; i < GUEST_HOSTILE_NAME; i++) {
        naming_write(&options->host, &fixture_guests[i], "host", text, sizeof(text));
        naming_write(&options->instance, &fixture_guests[i], "host", text, sizeof(text));
        (void)selection_wants(&options->selection, fixture_guests[i].name);
    }
}

void fuzz_one(struct fuzz_input *input)
{
    struct instance_options *options = instance_options_new("block");
    char why[INSTANCE_OPTIONS_WHY_MAX] = "";

    fuzz_require(options, "out of memory");
    while (input->size > 0) {
        AUTO_FREE char *line = fuzz_text(input);

        set(options, line);
    }
    if (instance_options_complete(options, why))
        use(options);
    else
        fuzz_require(*why, "refused without a message");
    instance_options_free(options);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. The input is one argument after the other, each with a zero byte behind it. */
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "tests/fuzz/fuzz.h"

enum { ARGUMENTS_MAX = 80 };

/* In place of net-snmp's function. */
static int accept_log(char *words, int argc, char *const *argv)
{
    (void)argc;
    (void)argv;
    return *words == 'x' ? -1 : 0;
}

static void apply(const struct options *options)
{
    static struct settings settings;
    char why[1024] = "";

    fuzz_require(options->override_count <= OPTIONS_OVERRIDES_MAX, "%zu", options->override_count);
    settings_default(&settings);
    if (!options_apply(options, &settings, why, sizeof(why)))
        fuzz_require_sentence(why);
}

void fuzz_one(struct fuzz_input *input)
{
    char *arguments[ARGUMENTS_MAX + 2] = { strdup("guestlistd") };
    struct options options;
    char why[1024] = "";
    int count = 1;

    while (count < ARGUMENTS_MAX && input->size > 0)
        arguments[count++] = fuzz_text(input);
    if (options_parse(&options, count, arguments, accept_log, why, sizeof(why))) {
        apply(&options);
        if (!options_make_absolute(&options, why, sizeof(why)))
            fuzz_require_sentence(why);
        options_free(&options);
    } else {
        fuzz_require_sentence(why);
    }
    while (count > 0)
        free(arguments[--count]);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings, as the configuration file and the command line set them. The input is one directive after the other:
 * a name, a blank, a value, and a zero byte. */
#include <stdlib.h>
#include <string.h>

#include "agent/settings.h"
#include "lib/model/filter.h"
#include "tests/fuzz/fuzz.h"

/* What holds for any settings. */
static void check_settings(const struct settings *settings)
{
    fuzz_require(settings->hypervisor_count <= SETTINGS_HYPERVISORS_MAX, "%zu", settings->hypervisor_count);
    for (size_t i = 0; i < settings->hypervisor_count; i++) {
        const struct settings_hypervisor *hypervisor = &settings->hypervisors[i];

        fuzz_require(hypervisor->uri[0] && strlen(hypervisor->uri) <= SETTINGS_URI_MAX, "%s", hypervisor->uri);
        for (size_t other = 0; other < i; other++)
            fuzz_require(strcmp(hypervisor->context, settings->hypervisors[other].context) != 0, "%s twice",
                         hypervisor->context);
    }
    fuzz_require(!filter_impossible(settings->filter), "%x", settings->filter);
    fuzz_require(settings->interval_s >= 1 && settings->walk_hold_s >= 0 && settings->stale_after_s >= 0,
                 "%ld, %ld, %ld", settings->interval_s, settings->walk_hold_s, settings->stale_after_s);
    fuzz_require(settings->state_directory[0] == '/', "%s", settings->state_directory);
}

static void set(struct settings *settings, const char *name, const char *value)
{
    static struct settings before;
    char why[1024] = "";

    before = *settings;
    if (settings_set(settings, name, value, why, sizeof(why))) {
        check_settings(settings);
        return;
    }
    fuzz_require_sentence(why);
    fuzz_require(memcmp(&before, settings, sizeof(before)) == 0, "%s %s: refused, and changed the settings", name,
                 value);
}

/* What a hypervisor gets from any settings. */
static void check_instance(const struct settings *settings)
{
    struct instance_settings instance = settings_for_instance(settings);

    fuzz_require(instance.collector.interval_ms >= 1000 && instance.collector.stale_after_ms >= 1000, "%ld, %ld",
                 (long)instance.collector.interval_ms, (long)instance.collector.stale_after_ms);
    fuzz_require(settings_same_hypervisors(settings, settings), "not the same as itself");
    fuzz_require(settings_hypervisors(settings) >= 1, "none");
}

void fuzz_one(struct fuzz_input *input)
{
    static struct settings settings;

    settings_default(&settings);
    check_settings(&settings);
    while (input->size > 0) {
        AUTO_FREE char *name = fuzz_text(input);
        char *blank = strchr(name, ' ');

        if (blank)
            *blank = '\0';
        set(&settings, name, blank ? blank + 1 : "");
    }
    check_instance(&settings);
}

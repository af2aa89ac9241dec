/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmpd_module/hypervisor.h"

#include <string.h>

#include "agent/index/indexes.h"
#include "agent/snmpd_module/report.h"
#include "lib/base/clock.h"

enum { FIRST_LISTING_MS = 2000, WORKERS_MS = 200, REFUSED_MS = 60000 };

static const char *hypervisor_context(const struct hypervisor *hypervisor)
{
    return *hypervisor->settings.context ? hypervisor->settings.context : NULL;
}

bool hypervisor_is_same(const struct settings_hypervisor *one, const struct settings_hypervisor *other)
{
    return strcmp(one->uri, other->uri) == 0 && strcmp(one->context, other->context) == 0;
}

static void hypervisor_log(const struct hypervisor *hypervisor, enum log_level level, const char *what,
                           const char *why)
{
    const char *context = hypervisor_context(hypervisor);

    log_say(&report_log, level, "%s%s%s: %s", context ? "context " : "the default context", context ? context : "",
            what, why);
}

static void hypervisor_fail_start(struct hypervisor *hypervisor, const char *why)
{
    if (!hypervisor->is_unstarted)
        hypervisor_log(hypervisor, LOG_LEVEL_ERROR, " is not served yet, trying again each second", why);
    hypervisor->is_unstarted = true;
}

void hypervisor_start(struct hypervisor *hypervisor, const struct settings *settings,
                      const struct service_host *host)
{
    const struct instance_settings instance = settings_for_instance(settings);
    const char *context = hypervisor_context(hypervisor);
    char why[PATH_MAX + 512];
    struct indexes *indexes = indexes_open(settings->state_directory, context, host->log, why, sizeof(why));

    if (!indexes) {
        hypervisor_fail_start(hypervisor, why);
        return;
    }
    indexes_sign(indexes);
    hypervisor->register_boot_ms = clock_boot_ms() + FIRST_LISTING_MS;
    hypervisor->service = service_start(hypervisor->settings.uri, context, indexes, &instance, host);
    if (!hypervisor->service) {
        hypervisor_fail_start(hypervisor, "out of memory or threads");
    } else if (!service_begin(hypervisor->service)) {
        hypervisor_log(hypervisor, LOG_LEVEL_ERROR, " is not served", "out of memory or descriptors");
        hypervisor_leave(hypervisor);
    } else if (hypervisor->is_unstarted) {
        hypervisor_log(hypervisor, LOG_LEVEL_NOTICE, "", "started now");
    }
}

/* A manager must not mistake "not listed yet" for "no domains". So the objects are registered with the first rows,
 * or after the same time as in guestlistd. */
static bool hypervisor_may_register(const struct hypervisor *hypervisor)
{
    struct answer answer;

    if (!hypervisor->service || hypervisor->is_leaving)
        return false;
    (void)instance_answer(service_instance(hypervisor->service), false, &answer);
    return answer.now_boot_ms >= hypervisor->register_boot_ms || (answer.rows && !hypervisor->is_refused);
}

void hypervisor_change(struct hypervisor *hypervisor, const struct instance_settings *settings)
{
    if (hypervisor->service)
        instance_change_settings(service_instance(hypervisor->service), settings);
    if (hypervisor->is_refused)
        hypervisor->register_boot_ms = 0;
}

/* snmpd logs each refusal, so it is not asked often. */
void hypervisor_register(struct hypervisor *hypervisor, const struct answer_settings *settings)
{
    bool was_refused = hypervisor->is_refused;

    if (!hypervisor_may_register(hypervisor))
        return;
    hypervisor->is_refused = !service_register(hypervisor->service, settings);
    if (hypervisor->is_refused)
        hypervisor->register_boot_ms = clock_boot_ms() + REFUSED_MS;
    if (hypervisor->is_refused && !was_refused)
        hypervisor_log(hypervisor, LOG_LEVEL_ERROR, " is not served yet, trying again each minute",
                       "snmpd refuses the objects, maybe because guestlistd serves them");
    else if (was_refused && !hypervisor->is_refused)
        hypervisor_log(hypervisor, LOG_LEVEL_NOTICE, "", "snmpd has accepted all objects now");
}

void hypervisor_leave(struct hypervisor *hypervisor)
{
    hypervisor->is_leaving = true;
    if (!hypervisor->service)
        return;
    service_withdraw(hypervisor->service);
    service_ask_to_stop(hypervisor->service);
}

/* When the thread that makes the rows has ended, the others get a moment. Those that still hang then use memory of
 * their own only. */
bool hypervisor_is_gone(struct hypervisor *hypervisor, int64_t until_boot_ms)
{
    int64_t left = until_boot_ms - clock_boot_ms();

    if (hypervisor->service && !service_has_stopped(hypervisor->service, left > 0 ? left : 0))
        return false;
    (void)service_stop(hypervisor->service, WORKERS_MS);
    hypervisor->service = NULL;
    return true;
}

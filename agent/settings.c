/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/base/text.h"
#include "lib/base/uri.h"
#include "lib/model/filter.h"

enum { MS = 1000, DAY_S = 24 * 60 * 60 };

/* Messages do not show longer values, and no more of an unknown name. No useful URI or filter is that long. */
enum { SETTINGS_SHOWN_MAX = 255, SETTINGS_NAME_SHOWN_MAX = 64, SETTINGS_REASON_MAX = 512 };

/* Copies the next word of `*text`, and moves `*text` behind it. The word is empty at the end of the text. False,
 * with a sentence in `why`, if it is too long. */
static bool settings_take_word(const char **text, const char *what, char *word, size_t max, char *why, size_t size)
{
    static const char blanks[] = " \t\r\n\v\f";
    const char *start = *text + strspn(*text, blanks);
    size_t length = strcspn(start, blanks);

    *text = start + length;
    if (length > max) {
        (void)snprintf(why, size, "expected a %s of at most %zu octets, not of %zu", what, max, length);
        return false;
    }
    memcpy(word, start, length);
    word[length] = '\0';
    return true;
}

static bool settings_read_hypervisor(struct settings_hypervisor *hypervisor, const char *value, char *why,
                                     size_t size)
{
    char rest[2];

    if (!settings_take_word(&value, "URI", hypervisor->uri, SETTINGS_URI_MAX, why, size) ||
        !settings_take_word(&value, "CONTEXT", hypervisor->context, SETTINGS_CONTEXT_MAX, why, size))
        return false;
    if (!hypervisor->uri[0] || !settings_take_word(&value, "word", rest, sizeof(rest) - 1, why, size) || rest[0]) {
        (void)snprintf(why, size, "expected URI [CONTEXT]");
        return false;
    }
    return uri_check(hypervisor->uri, why, size);
}

static bool settings_set_hypervisor(struct settings *settings, const char *value, char *why, size_t size)
{
    struct settings_hypervisor hypervisor = { .uri = "" };

    if (!settings_read_hypervisor(&hypervisor, value, why, size))
        return false;
    for (size_t i = 0; i < settings->hypervisor_count; i++)
        if (strcmp(settings->hypervisors[i].context, hypervisor.context) == 0) {
            (void)snprintf(why, size, "expected a CONTEXT that no other hypervisor has%s",
                           hypervisor.context[0] ? "" : " (only one can be without)");
            return false;
        }
    if (settings->hypervisor_count == SETTINGS_HYPERVISORS_MAX) {
        (void)snprintf(why, size, "expected at most %d hypervisors", SETTINGS_HYPERVISORS_MAX);
        return false;
    }
    settings->hypervisors[settings->hypervisor_count++] = hypervisor;
    return true;
}

static bool settings_set_filter(struct settings *settings, const char *value, char *why, size_t size)
{
    return filter_parse(value, &settings->filter, why, size);
}

static bool settings_add_metadata(struct settings *settings, const char *value, char *why, size_t size)
{
    return metadata_rules_add(&settings->metadata, value, why, size);
}

static bool settings_set_state_directory(struct settings *settings, const char *value, char *why, size_t size)
{
    if (*value == '/' && strlen(value) < sizeof(settings->state_directory) - NAME_MAX) {
        (void)snprintf(settings->state_directory, sizeof(settings->state_directory), "%s", value);
        return true;
    }
    (void)snprintf(why, size, "expected an absolute path");
    return false;
}

static bool settings_set_notifications(struct settings *settings, const char *value, char *why, size_t size)
{
    static const struct {
        const char *word;
        bool per_vm, bulk;
    } kinds[] = {
        { "none", false, false },
        { "perVM", true, false },
        { "bulk", false, true },
        { "both", true, true },
    };

    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
        if (strcasecmp(kinds[i].word, value) == 0) {
            settings->notifications.per_vm = kinds[i].per_vm;
            settings->notifications.bulk = kinds[i].bulk;
            return true;
        }
    (void)snprintf(why, size, "expected none, perVM, bulk or both");
    return false;
}

/* The numbers of all host CPUs, which follow the first one, must fit into an INTEGER. */
static bool settings_set_host_cpu_base(struct settings *settings, const char *value, char *why, size_t size)
{
    long number;

    if (!text_number(value, 1, INT32_MAX - SNAPSHOT_HOST_CPUS_MAX, &number)) {
        (void)snprintf(why, size, "expected a number from 1 to %d, hrDeviceIndex of the host's first CPU",
                       INT32_MAX - SNAPSHOT_HOST_CPUS_MAX);
        return false;
    }
    settings->answer.host_cpu_base = (uint32_t)number;
    return true;
}

/* clang-format off: a directive a row. */
const struct settings_directive settings_directives[] = {
    { "hypervisor", "URI [CONTEXT]", settings_set_hypervisor, 0, 0, 0 },
    { "filter", "WORDS", settings_set_filter, 0, 0, 0 },
    { "interval", "SECONDS", NULL, offsetof(struct settings, interval_s), 1, DAY_S },
    { "staleAfter", "SECONDS", NULL, offsetof(struct settings, stale_after_s), 1, 7 * DAY_S },
    { "walkHold", "SECONDS", NULL, offsetof(struct settings, walk_hold_s), 0, 600 },
    { "metadata", "openstack | NAMESPACE XPATH KEY", settings_add_metadata, 0, 0, 0 },
    { "snapshots", "yes|no", NULL, offsetof(struct settings, answer.snapshots), 0, 0 },
    { "stateDirectory", "DIRECTORY", settings_set_state_directory, 0, 0, 0 },
    { "notifications", "none|perVM|bulk|both", settings_set_notifications, 0, 0, 0 },
    { "libvirtMibNotifications", "yes|no", NULL, offsetof(struct settings, notifications.libvirt), 0, 0 },
    { "writableSwitches", "yes|no", NULL, offsetof(struct settings, answer.writable_switches), 0, 0 },
    { "allowControl", "yes|no", NULL, offsetof(struct settings, answer.allow_control), 0, 0 },
    { "libvirtMibActiveOnly", "yes|no", NULL, offsetof(struct settings, answer.active_only), 0, 0 },
    { "vmwareVmTable", "yes|no", NULL, offsetof(struct settings, answer.vmware_vm_table), 0, 0 },
    { "hostCpuBase", "NUMBER", settings_set_host_cpu_base, 0, 0, 0 },
};
/* clang-format on */
const size_t settings_directive_count = ARRAY_COUNT(settings_directives);

void settings_default(struct settings *settings)
{
    memset(settings, 0, sizeof(*settings));
    settings->interval_s = SETTINGS_INTERVAL_S;
    settings->walk_hold_s = SETTINGS_WALK_HOLD_S;
    (void)snprintf(settings->state_directory, sizeof(settings->state_directory), "%s", GUESTLIST_STATE_DIR);
}

static void settings_explain_unknown(const char *name, char *why, size_t size)
{
    AUTO_FREE char *public = uri_public(name);
    char shown[SETTINGS_NAME_SHOWN_MAX + 1];
    size_t length;

    (void)text_printable(public ? public : "", shown, sizeof(shown));
    length = (size_t)snprintf(why, size, "unknown directive \"%s\"; expected one of:", shown);
    for (size_t i = 0; i < settings_directive_count && length < size; i++)
        length += (size_t)snprintf(why + length, size - length, " %s", settings_directives[i].name);
}

static bool settings_apply(const struct settings_directive *directive, struct settings *settings,
                           const char *value, char *why, size_t size)
{
    void *member = (char *)settings + directive->offset;

    if (directive->set)
        return directive->set(settings, value, why, size);
    if (directive->high > 0) {
        (void)snprintf(why, size, "expected whole seconds from %ld to %ld", directive->low, directive->high);
        return text_number(value, directive->low, directive->high, member);
    }
    (void)snprintf(why, size, "expected yes or no");
    if (strcasecmp(value, "yes") != 0 && strcasecmp(value, "no") != 0)
        return false;
    *(bool *)member = strcasecmp(value, "yes") == 0;
    return true;
}

/* The wrong value of any directive may contain a password, because a URI can be in the wrong place. The reason may
 * quote a part of it, maybe cut within the password. So the reason is made once more, from the value without
 * passwords. */
static void settings_conceal_reason(const struct settings_directive *directive, const struct settings *settings,
                                    const char *value, const char *concealed, char *reason, size_t size)
{
    AUTO_FREE struct settings *scratch = strcmp(value, concealed) != 0 ? malloc(sizeof(*scratch)) : NULL;
    char again[SETTINGS_REASON_MAX];

    if (!scratch)
        return;
    *scratch = *settings;
    if (!settings_apply(directive, scratch, concealed, again, sizeof(again)))
        (void)snprintf(reason, size, "%s", again);
}

static void settings_explain(const char *name, const char *value, const char *concealed, const char *reason,
                             char *why, size_t size)
{
    char shown[SETTINGS_SHOWN_MAX + 1];

    if (strlen(value) > SETTINGS_SHOWN_MAX) {
        (void)snprintf(why, size, "%s (%zu octets, not shown): %s", name, strlen(value), reason);
        return;
    }
    (void)text_printable(concealed, shown, sizeof(shown));
    (void)snprintf(why, size, "%s \"%s\": %s", name, shown, reason);
}

static bool settings_refuse(const struct settings_directive *directive, const struct settings *settings,
                            const char *value, char *reason, char *why, size_t size)
{
    AUTO_FREE char *concealed = uri_public(value);

    if (!concealed) {
        (void)snprintf(why, size, "%s: out of memory", directive->name);
        return false;
    }
    settings_conceal_reason(directive, settings, value, concealed, reason, SETTINGS_REASON_MAX);
    settings_explain(directive->name, value, concealed, reason, why, size);
    return false;
}

bool settings_set(struct settings *settings, const char *name, const char *value, char *why, size_t size)
{
    for (size_t i = 0; i < settings_directive_count; i++) {
        char reason[SETTINGS_REASON_MAX];

        if (strcasecmp(settings_directives[i].name, name) != 0)
            continue;
        return settings_apply(&settings_directives[i], settings, value, reason, sizeof(reason)) ||
               settings_refuse(&settings_directives[i], settings, value, reason, why, size);
    }
    settings_explain_unknown(name, why, size);
    return false;
}

size_t settings_hypervisors(const struct settings *settings)
{
    return settings->hypervisor_count > 0 ? settings->hypervisor_count : 1;
}

bool settings_same_hypervisors(const struct settings *one, const struct settings *other)
{
    if (one->hypervisor_count != other->hypervisor_count)
        return false;
    for (size_t i = 0; i < one->hypervisor_count; i++)
        if (strcmp(one->hypervisors[i].uri, other->hypervisors[i].uri) != 0 ||
            strcmp(one->hypervisors[i].context, other->hypervisors[i].context) != 0)
            return false;
    return true;
}

struct instance_settings settings_for_instance(const struct settings *settings)
{
    long stale_s = settings->stale_after_s;

    if (stale_s == 0)
        stale_s =
            3 * settings->interval_s > SETTINGS_STALE_MIN_S ? 3 * settings->interval_s : SETTINGS_STALE_MIN_S;
    return (struct instance_settings){
        .collector = {
            .filter = settings->filter,
            .interval_ms = settings->interval_s * MS,
            .stale_after_ms = stale_s * MS,
            .metadata = settings->metadata,
            .with_snapshots = settings->answer.snapshots,
        },
        .walk_hold_ms = settings->walk_hold_s * MS,
        .answer = settings->answer,
        .switches = settings->notifications,
    };
}

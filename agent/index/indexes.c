/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/index/indexes.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "agent/index/deviceindex_file.h"
#include "agent/index/host_nic.h"
#include "agent/index/statelock.h"
#include "agent/index/vmindex_file.h"
#include "lib/base/cleanup.h"
#include "lib/base/clock.h"
#include "lib/base/log_throttle.h"

enum { TICK_MS = 10 };

struct indexes {
    const struct log_sink *log;
    int lock;           /* -1: none, because the directory cannot be written */
    bool is_locked_out; /* another agent has the lock */
    bool is_first;
    struct vmindex vmindex;
    struct deviceindex deviceindex;
    struct rows *rows; /* the last ones; NULL: none yet */
    char vm_path[PATH_MAX], device_path[PATH_MAX];
    struct log_throttle vm_throttle, device_throttle, lock_throttle;
};

/* The administrator chooses the names of contexts, so a name may contain a slash, which is escaped. The percent
 * sign is escaped as well. So no two files have the same name, not even with the endings of statefile.h. */
static void indexes_make_path(char path[PATH_MAX], const char *directory, const char *name, const char *context)
{
    size_t length = (size_t)snprintf(path, PATH_MAX, "%s/%s%s", directory, name, context ? "." : "");

    for (const char *c = context ? context : ""; *c && length + 4 < PATH_MAX; c++) {
        if (*c == '/' || *c == '%')
            length += (size_t)sprintf(path + length, "%%%02x", (unsigned char)*c);
        else
            path[length++] = *c;
        path[length] = '\0';
    }
}

static struct indexes *indexes_new(const char *directory, const char *context, const struct log_sink *log)
{
    struct indexes *indexes = calloc(1, sizeof(*indexes));

    if (!indexes)
        return NULL;
    indexes->log = log;
    indexes->lock = -1;
    indexes->is_first = true;
    indexes_make_path(indexes->vm_path, directory, "vmindex", context);
    indexes_make_path(indexes->device_path, directory, "deviceindex", context);
    return indexes;
}

void indexes_free(struct indexes *indexes)
{
    if (!indexes)
        return;
    rows_unref(indexes->rows);
    vmindex_clear(&indexes->vmindex);
    deviceindex_clear(&indexes->deviceindex);
    if (indexes->lock >= 0)
        (void)close(indexes->lock);
    free(indexes);
}

static void indexes_read_boot_id(char boot[VMINDEX_BOOT_MAX])
{
    AUTO_FCLOSE FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (!file || fscanf(file, "%63s", boot) != 1)
        (void)snprintf(boot, VMINDEX_BOOT_MAX, "unknown");
}

/* Moves a damaged file aside, so that the agent can start and does not overwrite it: the administrator may want to
 * look at the file. `why` says what is damaged. False if the file cannot be moved; the reason is then added to
 * `why`. */
static bool indexes_move_aside(const struct indexes *indexes, const char *path, char *why, size_t size)
{
    char aside[PATH_MAX];
    size_t length = strlen(why);

    if (statefile_move_aside(path, aside)) {
        log_say(indexes->log, LOG_LEVEL_WARNING, "%s; moved to %s, indexes start anew", why, aside);
        return true;
    }
    (void)snprintf(why + length, size - length, "; it cannot be moved to %s: %s", aside, strerror(errno));
    return false;
}

/* Reads both files before it moves one: if a file cannot be read, the start fails, and nothing has changed. */
static bool indexes_load(struct indexes *indexes, char *why, size_t size)
{
    char vm_why[PATH_MAX + 256];
    enum statefile_loaded vm = vmindex_file_load(&indexes->vmindex, indexes->vm_path, vm_why, sizeof(vm_why));
    enum statefile_loaded devices;

    if (vm == STATEFILE_UNREADABLE) {
        (void)snprintf(why, size, "%s", vm_why);
        return false;
    }
    devices = deviceindex_file_load(&indexes->deviceindex, indexes->device_path, why, size);
    if (devices == STATEFILE_UNREADABLE)
        return false;
    if (devices == STATEFILE_DAMAGED && !indexes_move_aside(indexes, indexes->device_path, why, size))
        return false;
    if (vm != STATEFILE_DAMAGED)
        return true;
    (void)snprintf(why, size, "%s", vm_why);
    return indexes_move_aside(indexes, indexes->vm_path, why, size);
}

struct indexes *indexes_open(const char *directory, const char *context, const struct log_sink *log, char *why,
                             size_t size)
{
    struct indexes *indexes = indexes_new(directory, context, log);

    if (!indexes) {
        (void)snprintf(why, size, "out of memory");
        return NULL;
    }
    if (statelock_take(indexes->vm_path, &indexes->lock, why, size) && indexes_load(indexes, why, size)) {
        indexes->vmindex.forgot =
            true; /* the file of devices may have some of unknown domains: see indexes_forget_devices() */
        return indexes;
    }
    indexes_free(indexes);
    return NULL;
}

void indexes_sign(const struct indexes *indexes)
{
    statelock_sign(indexes->lock);
}

static void indexes_log_save(const struct indexes *indexes, struct log_throttle *throttle, bool saved,
                             const char *path, const char *why)
{
    if (saved)
        log_throttle_end(throttle, indexes->log, clock_boot_ms(), "%s: indexes are saved again", path);
    else
        log_throttle_say(throttle, indexes->log, clock_boot_ms(),
                         "cannot save the indexes, they may change when the agent restarts: %s", why);
}

/* Someone may remove the state directory and make it again. Then another agent could take the lock in the new
 * directory, so this agent takes it first, and writes its files there. The old lock is held until then: the old
 * directory may come back, for instance when a mount that covers it ends. */
static void indexes_keep_lock(struct indexes *indexes)
{
    char why[PATH_MAX + 256];
    bool is_lost = indexes->lock >= 0 && !statelock_is_kept(indexes->vm_path, indexes->lock);
    int lock;

    if (indexes->lock >= 0 && !is_lost)
        return;
    indexes->vmindex.dirty |= is_lost;
    indexes->deviceindex.dirty |= is_lost;
    indexes->is_locked_out = !statelock_take(indexes->vm_path, &lock, why, sizeof(why));
    if (indexes->is_locked_out)
        log_throttle_say(&indexes->lock_throttle, indexes->log, clock_boot_ms(),
                         "cannot save the indexes, they may change when the agent restarts: %s", why);
    if (lock < 0)
        return;
    if (indexes->lock >= 0)
        (void)close(indexes->lock);
    indexes->lock = lock;
    statelock_sign(lock);
    log_throttle_end(&indexes->lock_throttle, indexes->log, clock_boot_ms(), "%s: this agent has the lock again",
                     indexes->vm_path);
}

static void indexes_save(struct indexes *indexes)
{
    char why[PATH_MAX + 256];

    if (indexes->is_locked_out)
        return;
    if (indexes->vmindex.dirty) {
        indexes->vmindex.dirty = !vmindex_file_save(&indexes->vmindex, indexes->vm_path, why, sizeof(why));
        indexes_log_save(indexes, &indexes->vm_throttle, !indexes->vmindex.dirty, indexes->vm_path, why);
    }
    if (indexes->deviceindex.dirty) {
        indexes->deviceindex.dirty =
            !deviceindex_file_save(&indexes->deviceindex, indexes->device_path, why, sizeof(why));
        indexes_log_save(indexes, &indexes->device_throttle, !indexes->deviceindex.dirty, indexes->device_path,
                         why);
    }
}

static bool indexes_has_domain(const void *data, const unsigned char uuid[UUID_BYTES])
{
    return vmindex_find(data, uuid) != NULL;
}

/* Forgets the devices of domains that are forgotten. Otherwise the file would grow with each transient domain. */
static void indexes_forget_devices(struct indexes *indexes)
{
    if (!indexes->vmindex.forgot)
        return;
    deviceindex_compact(&indexes->deviceindex, indexes_has_domain, &indexes->vmindex);
    indexes->vmindex.forgot = false;
}

/* vmTableLastChange is a value of vmHvUpTime. The saved value is right only if vmHvUpTime has not started again
 * since: the hypervisor must be on this host, and the host must not have booted. */
static void indexes_stamp_change(struct indexes *indexes, const struct snapshot *snapshot, bool changed)
{
    int64_t up_ms = snapshot->taken_boot_ms - snapshot->source.up_since_boot_ms;
    char boot[VMINDEX_BOOT_MAX];

    if (indexes->is_first) {
        indexes_read_boot_id(boot);
        if (strcmp(boot, indexes->vmindex.boot) != 0) {
            memcpy(indexes->vmindex.boot, boot, sizeof(boot));
            vmindex_compact(&indexes->vmindex);
            changed = true;
        }
        changed |= !snapshot->source.local;
        indexes->is_first = false;
    }
    if (!changed)
        return;
    indexes->vmindex.last_change_cs = (uint32_t)((up_ms > 0 ? up_ms : 0) / TICK_MS);
    indexes->vmindex.dirty = true;
}

static size_t indexes_count_device_numbers(const struct snapshot *snapshot)
{
    size_t count = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        count += rows_device_numbers(snapshot->domains[i].xml_facts);
    return count;
}

/* Writes the numbers of the domain's devices. `host` is a socket, or -1 if the domain runs on another host. */
static bool indexes_number_devices(struct indexes *indexes, const struct domain *domain, int host,
                                   uint32_t *numbers)
{
    const struct xml_facts *xml_facts = domain->xml_facts;
    uint32_t *hosts = numbers + xml_facts->disk_count + xml_facts->interface_count;

    if (host >= 0)
        host_nic_find(host, domain, hosts, hosts + xml_facts->interface_count);
    return deviceindex_assign(&indexes->deviceindex, domain->uuid, xml_facts, numbers);
}

/* The numbers of all devices, as rows_new() needs them; NULL if out of memory. */
static uint32_t *indexes_assign_devices(struct indexes *indexes, const struct snapshot *snapshot)
{
    uint32_t *devices = calloc(indexes_count_device_numbers(snapshot) + 1, sizeof(*devices)), *at = devices;
    AUTO_CLOSE int host = snapshot->source.local ? host_nic_socket() : -1;

    for (size_t i = 0; devices && i < snapshot->count; i++) {
        const struct domain *domain = &snapshot->domains[i];

        if (domain->xml_facts && !indexes_number_devices(indexes, domain, host, at)) {
            free(devices);
            return NULL;
        }
        at += rows_device_numbers(domain->xml_facts);
    }
    return devices;
}

static struct rows *indexes_new_rows(struct indexes *indexes, const struct snapshot *snapshot, uint32_t *devices)
{
    AUTO_FREE uint32_t *domains = calloc(snapshot->count + 1, sizeof(*domains));
    bool changed;

    indexes_keep_lock(indexes);
    if (!domains || !vmindex_assign(&indexes->vmindex, snapshot, clock_real_ms() / 1000, domains, &changed))
        return NULL;
    indexes_stamp_change(indexes, snapshot, changed);
    indexes_forget_devices(indexes);
    /* Indexes are saved before they are shown: an index that a manager has seen must never get another domain. */
    indexes_save(indexes);
    return rows_new(snapshot, domains, devices, indexes->vmindex.last_change_cs);
}

/* Rows of the same listing, after more was read about its domains. Only devices can be new. */
static struct rows *indexes_renewed_rows(struct indexes *indexes, const struct snapshot *snapshot,
                                         uint32_t *devices)
{
    indexes_save(indexes);
    return rows_renew(indexes->rows, snapshot, devices);
}

struct rows *indexes_rows(struct indexes *indexes, const struct snapshot *snapshot)
{
    bool is_renewed = indexes->rows && snapshot_is_same_listing(indexes->rows->snapshot, snapshot);
    uint32_t *devices = indexes_assign_devices(indexes, snapshot);
    struct rows *rows = NULL;

    if (devices)
        rows = is_renewed ? indexes_renewed_rows(indexes, snapshot, devices)
                          : indexes_new_rows(indexes, snapshot, devices);
    if (!rows) {
        free(devices);
        return NULL;
    }
    rows_unref(indexes->rows);
    indexes->rows = rows_ref(rows);
    return rows;
}

uint32_t indexes_of(const struct indexes *indexes, const unsigned char uuid[UUID_BYTES])
{
    const struct vmindex_entry *entry = vmindex_find(&indexes->vmindex, uuid);

    return entry ? entry->index : 0;
}

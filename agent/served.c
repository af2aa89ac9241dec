/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/served.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "agent/vmindex.h"
#include "agent/vmindex_file.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/complaint.h"

/* A manager that walks sends its next request within this, or its walk is over. */
enum { WALK_GAP_MS = 1000, TICK_MS = 10 };

struct served {
    char *context;
    const struct log_sink *log;
    struct collector *collector;
    int fd;

    /* The collector's thread's own. */
    char path[PATH_MAX];
    struct vmindex vmindex;
    struct complaint complaint;
    bool is_loaded, is_first;

    /* Shared, under the lock. */
    pthread_mutex_t lock;
    struct view *latest; /* published, not yet taken by the main thread */

    /* The main thread's own. */
    struct view *current;
    int64_t walk_hold_ms, walked_boot_ms, waiting_boot_ms;
};

static void read_boot_id(char boot[VMINDEX_BOOT_MAX])
{
    AUTO_FCLOSE FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

    if (!file || fscanf(file, "%63s", boot) != 1)
        (void)snprintf(boot, VMINDEX_BOOT_MAX, "unknown");
}

/* A map that cannot be used must not cost the agent its start, nor be overwritten before somebody could look. If
 * it cannot even be renamed, saving will fail as well, and that is said there. */
static void move_aside(struct served *served, const char *why)
{
    char aside[PATH_MAX + 16];

    (void)snprintf(aside, sizeof(aside), "%s.damaged", served->path);
    if (rename(served->path, aside) == 0)
        log_say(served->log, LOG_LEVEL_WARNING, "%s; moved to %s, indexes start anew", why, aside);
}

static void load_indexes(struct served *served)
{
    char why[PATH_MAX + 256];
    enum vmindex_loaded loaded = vmindex_load(&served->vmindex, served->path, why, sizeof(why));

    if (loaded == VMINDEX_DAMAGED || loaded == VMINDEX_UNREADABLE)
        move_aside(served, why);
}

static void save_indexes(struct served *served)
{
    char why[PATH_MAX + 256];

    if (!served->vmindex.dirty)
        return;
    if (vmindex_save(&served->vmindex, served->path, why, sizeof(why))) {
        served->vmindex.dirty = false;
        complaint_over(&served->complaint, served->log, "%s: indexes are saved again", served->path);
    } else {
        complaint_say(&served->complaint, served->log, clock_boot_ms(),
                      "cannot save the indexes, they may change when the agent restarts: %s", why);
    }
}

/* vmTableLastChange stands on vmHvUpTime's clock. What was saved still counts if that clock went on
 * meanwhile: the same boot of this host, and a hypervisor of this host. */
static void stamp_change(struct served *served, const struct snapshot *snapshot, bool changed)
{
    int64_t up_ms = snapshot->taken_boot_ms - snapshot->source.up_since_boot_ms;
    char boot[VMINDEX_BOOT_MAX];

    if (served->is_first) {
        read_boot_id(boot);
        if (strcmp(boot, served->vmindex.boot) != 0) {
            memcpy(served->vmindex.boot, boot, sizeof(boot));
            vmindex_compact(&served->vmindex);
            changed = true;
        }
        changed |= !snapshot->source.local;
        served->is_first = false;
    }
    if (!changed)
        return;
    served->vmindex.last_change_cs = (uint32_t)((up_ms > 0 ? up_ms : 0) / TICK_MS);
    served->vmindex.dirty = true;
}

static struct view *make_view(struct served *served, const struct snapshot *snapshot)
{
    AUTO_FREE uint32_t *indexes = calloc(snapshot->count + 1, sizeof(*indexes));
    bool changed;

    if (!served->is_loaded)
        load_indexes(served);
    served->is_loaded = true;
    if (!indexes || !vmindex_assign(&served->vmindex, snapshot, clock_real_ms() / 1000, indexes, &changed))
        return NULL;
    stamp_change(served, snapshot, changed);
    /* On disk before it is shown: an index that a manager has seen must not become another domain's. */
    save_indexes(served);
    return view_new(snapshot, indexes, served->vmindex.last_change_cs);
}

static void ring(struct served *served)
{
    uint64_t one = 1;

    if (write(served->fd, &one, sizeof(one)) < 0)
        return; /* full of news already: the reader will come */
}

/* Runs on the collector's thread. */
static void publish(void *data, const struct snapshot *snapshot)
{
    struct served *served = data;
    struct view *view = make_view(served, snapshot), *unseen;

    if (!view) {
        log_say(served->log, LOG_LEVEL_ERROR, "out of memory: a listing of %zu domains is not shown",
                snapshot->count);
        return;
    }
    (void)pthread_mutex_lock(&served->lock);
    unseen = served->latest;
    served->latest = view;
    (void)pthread_mutex_unlock(&served->lock);
    view_unref(unseen);
    ring(served);
}

static void served_free(struct served *served)
{
    view_unref(served->latest);
    view_unref(served->current);
    vmindex_clear(&served->vmindex);
    if (served->fd >= 0)
        (void)close(served->fd);
    (void)pthread_mutex_destroy(&served->lock);
    free(served->context);
    free(served);
}

/* Contexts are the administrator's words and may hold a slash. */
static void name_file(struct served *served, const char *directory)
{
    size_t length = (size_t)snprintf(served->path, sizeof(served->path), "%s/vmindex%s", directory,
                                     served->context ? "." : "");

    for (const char *c = served->context ? served->context : ""; *c && length + 4 < sizeof(served->path); c++) {
        if (*c == '/' || *c == '%')
            length += (size_t)sprintf(served->path + length, "%%%02x", (unsigned char)*c);
        else
            served->path[length++] = *c;
        served->path[length] = '\0';
    }
}

struct served *served_start(const char *uri, const char *context, const char *state_directory,
                            const struct collector_settings *settings, int64_t walk_hold_ms,
                            const struct log_sink *log)
{
    struct served *served = calloc(1, sizeof(*served));
    struct collector_host host = { .publish = publish, .data = served, .log = log, .with_events = true };

    if (!served)
        return NULL;
    (void)pthread_mutex_init(&served->lock, NULL); /* cannot fail for a default mutex */
    served->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    served->context = context ? strdup(context) : NULL;
    served->log = log;
    served->is_first = true;
    served->walk_hold_ms = walk_hold_ms;
    name_file(served, state_directory);
    if (served->fd >= 0 && (!context || served->context))
        served->collector = collector_start(uri, settings, &host);
    if (served->collector)
        return served;
    served_free(served);
    return NULL;
}

bool served_stop(struct served *served, int64_t patience_ms)
{
    if (!served)
        return true;
    if (!collector_stop(served->collector, patience_ms))
        return false;
    served_free(served);
    return true;
}

void served_change(struct served *served, const struct collector_settings *settings, int64_t walk_hold_ms)
{
    served->walk_hold_ms = walk_hold_ms;
    collector_change(served->collector, settings);
}

const char *served_context(const struct served *served)
{
    return served->context;
}

int served_fd(const struct served *served)
{
    return served->fd;
}

int64_t served_refresh(struct served *served)
{
    int64_t now = clock_boot_ms();
    struct view *latest;
    uint64_t news;

    if (read(served->fd, &news, sizeof(news)) == sizeof(news) && served->waiting_boot_ms == 0)
        served->waiting_boot_ms = now;
    if (served->waiting_boot_ms == 0)
        return 0;
    if (served->current && now - served->walked_boot_ms < WALK_GAP_MS &&
        now - served->waiting_boot_ms < served->walk_hold_ms)
        return served->walked_boot_ms + WALK_GAP_MS - now;
    (void)pthread_mutex_lock(&served->lock);
    latest = served->latest;
    served->latest = NULL;
    (void)pthread_mutex_unlock(&served->lock);
    served->waiting_boot_ms = 0;
    if (latest) {
        view_unref(served->current);
        served->current = latest;
    }
    return 0;
}

void served_answer(struct served *served, bool is_walk, bool with_status, struct answer *answer)
{
    answer->now_boot_ms = clock_boot_ms();
    answer->view = served->current;
    answer->stale = collector_is_stale(served->collector, answer->now_boot_ms);
    if (with_status)
        collector_status(served->collector, &answer->status);
    if (is_walk)
        served->walked_boot_ms = answer->now_boot_ms;
}

void served_wait_first(struct served *served, int64_t patience_ms)
{
    struct pollfd news = { .fd = served->fd, .events = POLLIN };

    if (poll(&news, 1, (int)patience_ms) > 0)
        (void)served_refresh(served);
}

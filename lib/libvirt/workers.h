/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few threads with connections of their own for calls that a domain's process, or anything else, may hold up:
 * XML, jobs, the hypervisor's version, autostart once, process start times. A call that hangs keeps its thread and
 * holds up nothing else: another thread takes its place, up to a bound. Tasks are done in the order in which they
 * came, XML last. */
#ifndef GUESTLIST_LIBVIRT_WORKERS_H
#define GUESTLIST_LIBVIRT_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"
#include "lib/libvirt/metadata.h"
#include "lib/libvirt/process.h"
#include "lib/model/xml_facts.h"
#include "lib/model/snapshot.h"

enum {
    WORKERS_AT_ONCE = 2,    /* threads that work at the same time */
    WORKERS_HUNG_MS = 2000, /* a call that takes longer does not count as one of these any more */
    WORKERS_MAX = 4,        /* threads, those included that hang */
};

enum workers_task {
    WORKERS_XML,            /* of the domain: `description` */
    WORKERS_JOB,            /* of the domain: `job` */
    WORKERS_VERSION,        /* of the hypervisor: `version` */
    WORKERS_AUTOSTART_ONCE, /* of all domains: `once` */
    WORKERS_PROCESS_STARTS, /* of this host's QEMU processes: `starts` */
    WORKERS_TASKS,
};

struct workers_result {
    enum workers_task task;
    unsigned char uuid[DOMAIN_UUID_BYTES]; /* of the domain, if the task is about one */
    bool is_failed;                        /* then there is nothing below */
    int64_t began_boot_ms, ended_boot_ms;
    struct xml_facts *xml_facts;
    enum domain_job job;
    char version[SNAPSHOT_WORD_MAX];
    struct autostart_once *once;
    struct process_starts *starts;
};

struct workers;

/* `uri` and `with_events` as for hypervisor_new(), `metadata` as for domain_xml_parser_new(). `mailbox` is woken by
 * results. No thread runs before there is a task. NULL if out of memory. */
struct workers *workers_new(const char *uri, bool with_events, const struct metadata_query *metadata,
                            struct driver *driver, struct mailbox *mailbox);

/* Ends the threads and drops what waits. False if a thread still hangs after `patience_ms`: it frees what it uses
 * when it returns. Takes NULL. */
bool workers_stop(struct workers *workers, int64_t patience_ms);

/* Adds a task; `uuid` is NULL if it is about no domain. False if out of memory. Any thread may call this, and it
 * does not block. */
bool workers_ask(struct workers *workers, enum workers_task task, const unsigned char *uuid);

/* Moves all results to the caller, who frees each with workers_result_clear() and then the array. Returns how many
 * there are. */
size_t workers_take(struct workers *workers, struct workers_result **results);
void workers_result_clear(struct workers_result *result);

/* When results should be taken, on the boot clock. Now, if a result waits that is not XML, or if nothing more will
 * come soon. Else `batch_ms` after the first. INT64_MAX: there are none. */
int64_t workers_due(struct workers *workers, int64_t batch_ms);

/* As crew_lacks_connection(). */
bool workers_lack_connection(struct workers *workers, int64_t since_boot_ms, char *why, size_t size);

#endif

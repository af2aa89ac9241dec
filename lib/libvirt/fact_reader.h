/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few threads with connections of their own for calls that a domain's process, or anything else, may hold up:
 * XML, jobs, the hypervisor's version, autostart once, process start times. A call that hangs keeps its thread and
 * holds up nothing else: another thread takes its place, up to a bound. Tasks are done in the order in which they
 * came, XML last. */
#ifndef GUESTLIST_LIBVIRT_FACT_READER_H
#define GUESTLIST_LIBVIRT_FACT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"
#include "lib/libvirt/metadata.h"
#include "lib/libvirt/proc_start.h"
#include "lib/model/xml_facts.h"
#include "lib/model/snapshot.h"

enum {
    FACT_READER_AT_ONCE = 2,    /* threads that work at the same time */
    FACT_READER_HUNG_MS = 2000, /* a call that takes longer does not count as one of these any more */
    FACT_READER_MAX = 4,        /* threads, those included that hang */
};

enum fact_reader_task {
    FACT_READER_XML,            /* of the domain: `description` */
    FACT_READER_JOB,            /* of the domain: `job` */
    FACT_READER_VERSION,        /* of the hypervisor: `version` */
    FACT_READER_AUTOSTART_ONCE, /* of all domains: `once` */
    FACT_READER_PROCESS_STARTS, /* of this host's QEMU processes: `starts` */
    FACT_READER_TASKS,
};

struct fact_reader_result {
    enum fact_reader_task task;
    unsigned char uuid[UUID_BYTES]; /* of the domain, if the task is about one */
    bool is_failed;                 /* then there is nothing below */
    int64_t began_boot_ms, ended_boot_ms;
    struct xml_facts *xml_facts;
    enum domain_job job;
    char version[SNAPSHOT_WORD_MAX];
    struct autostart_once *once;
    struct proc_starts *starts;
};

struct fact_reader;

/* `uri` and `with_events` as for connection_new(), `metadata` as for domain_xml_parser_new(). `mailbox` is woken
 * by results. No thread runs before there is a task. NULL if out of memory. */
struct fact_reader *fact_reader_new(const char *uri, bool with_events, const struct metadata_query *metadata,
                                    struct driver *driver, struct mailbox *mailbox);

/* Ends the threads and drops what waits. False if a thread still hangs after `patience_ms`: it frees what it uses
 * when it returns. Takes NULL. */
bool fact_reader_stop(struct fact_reader *reader, int64_t patience_ms);

/* Adds a task; `uuid` is NULL if it is about no domain. False if out of memory. Any thread may call this, and it
 * does not block. */
bool fact_reader_ask(struct fact_reader *reader, enum fact_reader_task task, const unsigned char *uuid);

/* Moves all results to the caller, who frees each with fact_reader_result_clear() and then the array. Returns how
 * many there are. */
size_t fact_reader_take(struct fact_reader *reader, struct fact_reader_result **results);
void fact_reader_result_clear(struct fact_reader_result *result);

/* When results should be taken, on the boot clock. Now, if a result waits that is not XML, or if nothing more will
 * come soon. Else `batch_ms` after the first. INT64_MAX: there are none. */
int64_t fact_reader_due(struct fact_reader *reader, int64_t batch_ms);

/* As worker_pool_lacks_connection(). */
bool fact_reader_lack_connection(struct fact_reader *reader, int64_t since_boot_ms, char *why, size_t size);

#endif

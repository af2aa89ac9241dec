/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A few threads with their own connections, for calls that may take long, because a domain's process or something
 * else delays them: XML, jobs, I/O errors, the hypervisor's version, autostart once, process start times,
 * snapshots. A call that hangs keeps its thread and delays nothing else: another thread starts, up to a limit.
 * Tasks are done in the order in which they were asked for, but XML and snapshots only when there is no other
 * task. */
#ifndef GUESTLIST_LIBVIRT_FACT_READER_H
#define GUESTLIST_LIBVIRT_FACT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/domain_snapshots_reader.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/mailbox.h"
#include "lib/libvirt/metadata.h"
#include "lib/libvirt/metadata_rules.h"
#include "lib/libvirt/proc_start.h"
#include "lib/model/io_error.h"
#include "lib/model/job_stats.h"
#include "lib/model/xml_facts.h"
#include "lib/model/snapshot.h"

enum {
    FACT_READER_AT_ONCE = 2,    /* calls at the same time, without those that hang */
    FACT_READER_HUNG_MS = 2000, /* a call that takes longer is taken to hang */
    FACT_READER_MAX = 4,        /* calls at the same time, with those that hang */
};

enum fact_reader_task {
    FACT_READER_XML,            /* of one domain; the result is `xml_facts` */
    FACT_READER_JOB,            /* of one domain: `job_stats` */
    FACT_READER_VERSION,        /* of the hypervisor: `version` */
    FACT_READER_AUTOSTART_ONCE, /* of all domains: `once` */
    FACT_READER_PROCESS_STARTS, /* of the QEMU processes of this host: `starts` */
    FACT_READER_SNAPSHOTS,      /* of one domain: `domain_snapshots` */
    FACT_READER_IO_ERROR,       /* of one domain: `io_error` */
    FACT_READER_TASKS,
};

struct fact_reader_result {
    struct fact_reader_result *next; /* NULL: the last one */
    enum fact_reader_task task;
    unsigned char uuid[UUID_BYTES];       /* if the task is about one domain */
    bool is_failed;                       /* if true, none of the members from `xml_facts` on is set */
    int64_t began_boot_ms, ended_boot_ms; /* of the call */
    struct xml_facts *xml_facts;
    struct job_stats *job_stats; /* NULL: it has none */
    char version[SNAPSHOT_WORD_MAX];
    struct autostart_once *once;
    struct proc_starts *starts;
    struct domain_snapshots *domain_snapshots;
    struct io_error *io_error;
};

struct fact_reader;

/* `uri` and `with_events` as for worker_pool_new(), `metadata` as for domain_xml_parser_new(). Takes a reference
 * to `driver`, and one to `mailbox`, which is woken by results. No thread runs before there is a task. NULL if out
 * of memory. */
struct fact_reader *fact_reader_new(const char *uri, bool with_events, const struct metadata_query *metadata,
                                    struct driver *driver, struct mailbox *mailbox);

/* As domain_xml_parser_set_rules(), for XML that is parsed from now on. Any thread; it never waits for libvirt. */
bool fact_reader_set_rules(struct fact_reader *reader, const struct metadata_rules *rules);

/* Ends the threads, and drops the tasks that have not begun and all results. False if a thread still hangs after
 * `patience_ms`: it frees what it uses when it returns, `metadata` must live until then, and the mailbox may still
 * be woken. Takes NULL. */
bool fact_reader_stop(struct fact_reader *reader, int64_t patience_ms);

/* Asks for a task; `uuid` is NULL if it is not about one domain. False if out of memory. Any thread may call this
 * and the functions below, and none of them blocks. */
bool fact_reader_ask(struct fact_reader *reader, enum fact_reader_task task, const unsigned char *uuid);

/* Moves all results to the caller, linked in the order in which they came. NULL if there are none. The caller
 * frees each with fact_reader_result_free(). No result is lost if there is no memory: fact_reader_ask() has
 * allocated all that these functions need. Also starts threads that could not be started before. */
struct fact_reader_result *fact_reader_take(struct fact_reader *reader);
void fact_reader_result_free(struct fact_reader_result *result);

/* The boot clock at which the results should be taken. 0 (now) if one of them is urgent (neither XML nor
 * snapshots), or if no other result will come soon. Otherwise `batch_ms` after the first of them. INT64_MAX if
 * there is none. */
int64_t fact_reader_due(struct fact_reader *reader, int64_t batch_ms);

/* As worker_pool_lacks_connection(). */
bool fact_reader_lacks_connection(struct fact_reader *reader, int64_t since_boot_ms, char *why, size_t size);

#endif

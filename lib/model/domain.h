/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One domain in one listing. Units are in the names. */
#ifndef GUESTLIST_MODEL_DOMAIN_H
#define GUESTLIST_MODEL_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/tristate.h"
#include "lib/base/uuid.h"

/* libvirt's virDomainState; static assertions in stats_decode.c compare the numbers. A newer libvirt may send
 * larger numbers. They are kept. */
enum domain_state {
    DOMAIN_NOSTATE,
    DOMAIN_RUNNING,
    DOMAIN_BLOCKED,
    DOMAIN_PAUSED,
    DOMAIN_SHUTDOWN,
    DOMAIN_SHUTOFF,
    DOMAIN_CRASHED,
    DOMAIN_PMSUSPENDED,
    DOMAIN_STATES,
    DOMAIN_STATE_UNREAD = -1, /* listed, but its state could not be read */
};

enum { DOMAIN_ID_INACTIVE = -1 };

/* A job that changes what the domain's state means (job_stats_domain_job()). */
enum domain_job {
    DOMAIN_JOB_NONE, /* or another one */
    DOMAIN_JOB_MIGRATION_OUT,
    DOMAIN_JOB_MIGRATION_IN,
    DOMAIN_JOB_RESTORE,
};

/* Facts that other threads ask for. Listings do not wait for the answers. */
enum domain_question {
    DOMAIN_QUESTION_XML = 1 << 0,
    DOMAIN_QUESTION_JOB = 1 << 1,
    DOMAIN_QUESTION_SNAPSHOTS = 1 << 2,
    DOMAIN_QUESTION_IO_ERROR = 1 << 3,
};

/* Whether libvirt can send commands to the domain's process (virDomainGetControlInfo()). The names are
 * virDomainControlState's; the numbers are those of GUESTLIST-MIB. */
enum domain_control {
    DOMAIN_CONTROL_UNKNOWN,  /* libvirt cannot say, or was not asked because the process gave all statistics */
    DOMAIN_CONTROL_OK,       /* it can */
    DOMAIN_CONTROL_JOB,      /* a long job is going on, such as a migration */
    DOMAIN_CONTROL_OCCUPIED, /* the process has not answered a command yet */
    DOMAIN_CONTROL_ERROR,    /* it cannot */
};

/* Which statistics below hold a value. The others have no meaning. */
enum domain_stat {
    DOMAIN_STAT_CPU_TIME = 1 << 0,
    DOMAIN_STAT_MEMORY = 1 << 1,
    DOMAIN_STAT_MEMORY_MAXIMUM = 1 << 2,
    DOMAIN_STAT_VCPUS = 1 << 3,
    DOMAIN_STAT_VCPUS_MAXIMUM = 1 << 4,
    DOMAIN_STAT_END = 1 << 5, /* the bit after the last one */
};

/* Statistics of the whole domain. They come from another call than its state. */
struct domain_stats {
    uint32_t known; /* enum domain_stat */
    uint32_t vcpus, vcpus_maximum;
    uint64_t cpu_time_ns;
    uint64_t memory_kib, memory_maximum_kib;
};

/* Replaces the statistics that are known in `newer`, and keeps the others. */
void domain_stats_update(struct domain_stats *stats, const struct domain_stats *newer);

struct xml_facts;
struct device_stats;
struct domain_snapshots;
struct job_stats;
struct io_error;

struct domain {
    unsigned char uuid[UUID_BYTES]; /* in RFC 4122's order; identifies the domain */
    int id;                         /* libvirt's; another one after each start; or DOMAIN_ID_INACTIVE */
    int state, reason;              /* libvirt's numbers */
    int last_state, last_reason;    /* the same, from the last listing that could read them */
    enum domain_job job;
    bool is_job_unread; /* the last attempt to read its job failed */
    enum tristate persistent, autostart, managed_save, snapshot, checkpoint;
    enum tristate autostart_once; /* only at the next boot of the host (libvirt 11.2) */
    bool is_saved_now;            /* its managed-save image appeared while it was running: it is being saved */
    unsigned pending;             /* enum domain_question: asked, and not answered yet */
    int64_t xml_changed_boot_ms;  /* XML that was read before this time may be outdated */
    int64_t xml_retry_boot_ms;    /* reading it failed; do not try again before this time; 0: it did not fail */
    int64_t stats_boot_ms; /* when its statistics were last read completely; at first, when it was first seen
                              running */
    struct domain_stats stats;
    enum domain_control control;    /* when its statistics were last requested */
    int64_t control_since_boot_ms;  /* since when; no meaning for DOMAIN_CONTROL_UNKNOWN and _OK */
    enum tristate answers;          /* its process gives its statistics in time; unknown for inactive domains */
    enum tristate answers_reliably; /* false until `answers` has been true for a while (lib/collect/answering.h) */
    int64_t answering_since_boot_ms; /* since when `answers` has been true without a break; 0: it is not */
    bool is_start_guessed;           /* started_boot_ms is a guess, because it ran before the first listing */
    int64_t started_boot_ms;         /* when it became active; only for active domains */
    int64_t state_since_real_ms;     /* when last_state was first seen; corrected when the real-time clock steps */
    const char *name;                /* any bytes; lives as long as the snapshot */
    struct xml_facts *xml_facts;     /* NULL: not read yet */
    struct job_stats *job_stats;     /* its job, when it was last read; NULL: it had none */
    struct io_error *io_error;       /* of the present pause by an I/O error; NULL: not read, or there is none */
    struct device_stats *device_stats; /* of this run; if it is inactive, of its last run; NULL: none */
    int64_t snapshots_due_boot_ms;     /* when to read `domain_snapshots` again; INT64_MAX: it is being read */
    struct domain_snapshots *domain_snapshots; /* libvirt's snapshots of it; NULL: not read, or it has none */
};

static inline bool domain_active(const struct domain *domain)
{
    return domain->id != DOMAIN_ID_INACTIVE;
}

/* True if the domain starts at the next boot of the host: it is persistent, and starts at each boot or at the next
 * one. */
enum tristate domain_starts_at_boot(const struct domain *domain);

/* True if the domain should run and does not: it starts at the next boot, but is inactive now. */
enum tristate domain_autostart_inactive(const struct domain *domain);

/* True if the domain would not run after a boot: it is active now, but does not start at the next boot. */
enum tristate domain_active_no_autostart(const struct domain *domain);

/* True if the domain's process does not answer libvirt. An inactive domain has no process. */
enum tristate domain_not_answering(const struct domain *domain);

/* For how many seconds the domain has had `control`, which is its own or DOMAIN_CONTROL_OK. 0 for the latter. */
uint32_t domain_control_seconds(const struct domain *domain, enum domain_control control, int64_t now_boot_ms);

/* True if an error paused the domain, and nobody wanted it: an I/O error, the watchdog, a migration or a snapshot
 * after which it could not go on. */
bool domain_is_paused_by_error(const struct domain *domain);
bool domain_is_paused_by_io_error(const struct domain *domain);

/* A state and its reason in virsh's words ("running", "booted"). An unknown number is "other". */
const char *domain_state_word(int state);
const char *domain_reason_word(int state, int reason);

/* Describes the contradiction in an impossible row (for instance inactive and transient), or returns NULL. Such a
 * row mixes two moments and must be read again. */
const char *domain_contradiction(const struct domain *domain);

#endif

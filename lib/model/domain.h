/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One domain's facts as one listing found them: a plain struct with the units in the names. */
#ifndef GUESTLIST_MODEL_DOMAIN_H
#define GUESTLIST_MODEL_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/uuid.h"

/* What the hypervisor may not be able to say is unknown, never a guess. */
enum tristate { TRISTATE_UNKNOWN, TRISTATE_FALSE, TRISTATE_TRUE };

/* libvirt's virDomainState (static assertions in stats_decode.c hold them together). A libvirt newer than
 * this program may send larger numbers: they are kept as they come. */
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
    DOMAIN_STATE_UNREAD = -1, /* listed, but its state could not be had */
};

enum { DOMAIN_ID_INACTIVE = -1 };

/* What is being done with a domain, as far as its state does not tell. */
enum domain_job {
    DOMAIN_JOB_NONE, /* or none that is known */
    DOMAIN_JOB_MIGRATION_OUT,
    DOMAIN_JOB_MIGRATION_IN,
    DOMAIN_JOB_RESTORE,
};

/* What workers ask about a domain, beside the listing. */
enum domain_question {
    DOMAIN_QUESTION_XML = 1 << 0,
    DOMAIN_QUESTION_JOB = 1 << 1,
};

/* Which of the numbers below hold a value; one that does not has no meaning. */
enum domain_stat {
    DOMAIN_STAT_CPU_TIME = 1 << 0,
    DOMAIN_STAT_MEMORY = 1 << 1,
    DOMAIN_STAT_MEMORY_MAXIMUM = 1 << 2,
    DOMAIN_STAT_VCPUS = 1 << 3,
    DOMAIN_STAT_VCPUS_MAXIMUM = 1 << 4,
    DOMAIN_STAT_MEMORY_MINIMUM = 1 << 5,
};

/* What its statistics say; they come from another call than its state, and are handed on as one. */
struct domain_stats {
    uint32_t known; /* enum domain_stat */
    uint32_t vcpus, vcpus_maximum;
    uint64_t cpu_time_ns;
    uint64_t memory_kib, memory_maximum_kib;
};

struct xml_facts;
struct device_stats;

struct domain {
    unsigned char uuid[UUID_BYTES]; /* RFC 4122 order; what identifies a domain */
    int id;                         /* libvirt's, new at each start; DOMAIN_ID_INACTIVE */
    int state, reason;              /* libvirt's numbers */
    int last_state, last_reason;    /* the same, or what they were when they last could be read */
    enum domain_job job;
    bool is_job_unread; /* the last question for it failed */
    enum tristate persistent, autostart, managed_save, snapshot, checkpoint;
    enum tristate autostart_once; /* starts at the next boot of the host only (libvirt 11.2) */
    bool is_saved_now; /* its managed-save image came while it ran: it is being saved, not resumed from it */
    unsigned pending;  /* what was asked of the domain (enum domain_question) and is not answered yet */
    int64_t xml_changed_boot_ms; /* XML that was read before this may be old */
    int64_t xml_retry_boot_ms;   /* reading it failed: it is not tried again before this; 0: it did not */
    int64_t stats_boot_ms;       /* when its statistics were last complete, or when this run was first seen */
    struct domain_stats stats;
    bool is_start_guessed;             /* it ran before it was first seen, and its process may know more */
    int64_t started_boot_ms;           /* boot clock when it became active; only while it is */
    int64_t state_since_real_ms;       /* when last_state was first seen, by today's clock: it follows its steps */
    const char *name;                  /* any bytes but NUL; owned by the snapshot */
    struct xml_facts *xml_facts;       /* what its XML says, or NULL: not read yet */
    struct device_stats *device_stats; /* of its vCPUs and disks, now or when it last ran; NULL: nothing known */
};

static inline bool domain_active(const struct domain *domain)
{
    return domain->id != DOMAIN_ID_INACTIVE;
}

/* Whether it starts at the next boot of the host: it is persistent, and starts at each boot or at the next one. */
enum tristate domain_starts_at_boot(const struct domain *domain);

/* Whether it should run and does not: it starts at the next boot, but is not active now. */
enum tristate domain_autostart_inactive(const struct domain *domain);

/* Whether a boot would end it: it is active now, but does not start at the next boot. */
enum tristate domain_active_no_autostart(const struct domain *domain);

/* libvirt's word for a state and for the reason of one, as virsh spells the reason ("booted", "saved");
 * "other" for a number this program does not know. */
const char *domain_state_word(int state);
const char *domain_reason_word(int state, int reason);

/* Names the contradiction in a row that no domain can have (inactive and transient, autostart and
 * transient, a state that is at odds with being active), or returns NULL. Such a row mixes two moments
 * and must be read again. */
const char *domain_contradiction(const struct domain *domain);

#endif

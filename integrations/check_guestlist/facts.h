/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the agent reports about one hypervisor: scalars, and a row for each domain. A value that the agent did not
 * send is missing, which is not the same as 0. Pure. */
#ifndef GUESTLIST_CHECK_FACTS_H
#define GUESTLIST_CHECK_FACTS_H

#include "integrations/check_guestlist/object.h"
#include "lib/base/tristate.h"

enum facts_scalar {
    SCALAR_NUMBER,   /* vmNumber */
    SCALAR_SOFTWARE, /* vmHvSoftware */
    SCALAR_STATUS,   /* glHypervisorStatus; this one and the following are from GUESTLIST-MIB */
    SCALAR_LAST_ERROR,
    SCALAR_FILTER,
    SCALAR_AGE,            /* hundredths of a second */
    SCALAR_STATISTICS_AGE, /* the same */
    SCALAR_COUNT
};

enum facts_column {
    COLUMN_NAME,
    COLUMN_ADMIN,
    COLUMN_OPER,
    COLUMN_AUTOSTART, /* vmAutoStart: at the next boot */
    COLUMN_PERSISTENT,
    COLUMN_UP_TIME,  /* hundredths of a second */
    COLUMN_VM_COUNT, /* the number of columns of VM-MIB; the following are from GUESTLIST-MIB */
    COLUMN_STATE = COLUMN_VM_COUNT,
    COLUMN_REASON,
    COLUMN_REASON_TEXT,
    COLUMN_ACTIVE,
    COLUMN_LIBVIRT_AUTOSTART, /* glDomainAutostart: at each boot */
    COLUMN_MANAGED_SAVE,
    COLUMN_SNAPSHOT,
    COLUMN_CHECKPOINT,
    COLUMN_DETAILS,
    COLUMN_STARTS_AT_BOOT,
    COLUMN_IO_ERROR,
    COLUMN_COUNT
};

#define COLUMN_BIT(column) (1u << (column))

enum facts_status { HYPERVISOR_CONNECTING = 1, HYPERVISOR_CONNECTED, HYPERVISOR_STALE, HYPERVISOR_DISCONNECTED };
enum facts_oper {
    OPER_UNKNOWN = 1,
    OPER_OTHER,
    OPER_PREPARING,
    OPER_RUNNING,
    OPER_SUSPENDING,
    OPER_SUSPENDED,
    OPER_RESUMING,
    OPER_PAUSED,
    OPER_MIGRATING,
    OPER_SHUTTINGDOWN,
    OPER_SHUTDOWN,
    OPER_CRASHED
};
enum facts_autostart { AUTOSTART_ENABLED = 2, AUTOSTART_DISABLED };
enum facts_persistent { PERSISTENT_TRUE = 2, PERSISTENT_FALSE };
enum facts_admin { ADMIN_RUNNING = 1 };
/* libvirt's numbers. */
enum facts_state { STATE_RUNNING = 1, STATE_PAUSED = 3, STATE_SHUTOFF = 5, STATE_PMSUSPENDED = 7 };
enum facts_details { DETAILS_PARTIAL = 2 };

/* TruthValue, and GlTruth of GUESTLIST-MIB. */
enum facts_truth { TRUTH_TRUE = 1, TRUTH_FALSE, TRUTH_UNKNOWN };

enum { FACTS_MISSING = -1 };

/* The type of an object decides whether its value is in `number` or in `text`. */
struct facts_row {
    uint32_t index; /* vmIndex */
    int64_t number[COLUMN_COUNT];
    char *text[COLUMN_COUNT]; /* NULL: missing */
};

struct facts {
    int64_t number[SCALAR_COUNT];
    char *text[SCALAR_COUNT]; /* NULL: missing */
    struct facts_row *rows;   /* in the order of vmIndex */
    size_t count;
    unsigned requests; /* how many requests were needed to read this */
    int64_t took_ms;
};

extern const struct object facts_scalars[SCALAR_COUNT];
extern const struct object facts_columns[COLUMN_COUNT];

/* All values are missing, and there are no rows. */
void facts_init(struct facts *facts);

/* Frees all values. */
void facts_clear(struct facts *facts);

/* Store a copy of a value. facts_put() adds the row if there is none with that index. False if out of memory. */
bool facts_put_scalar(struct facts *facts, enum facts_scalar scalar, const struct object_value *value);
bool facts_put(struct facts *facts, uint32_t index, enum facts_column column, const struct object_value *value);

/* True if the agent serves GUESTLIST-MIB. */
bool facts_has_guestlist_mib(const struct facts *facts);

/* The value of a column of type GlTruth; unknown if it is missing. */
enum tristate facts_truth(const struct facts_row *row, enum facts_column column);

/* The value of GUESTLIST-MIB, or if it is missing, the value that follows from VM-MIB. facts_is_persistent()
 * always uses VM-MIB. */
enum tristate facts_is_active(const struct facts_row *row);
enum tristate facts_is_persistent(const struct facts_row *row);
enum tristate facts_starts_at_boot(const struct facts_row *row);

#endif

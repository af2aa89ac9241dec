/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of walks share. No other file includes this. */
#ifndef GUESTLIST_AGENT_MIB_WALKS_STATE_H
#define GUESTLIST_AGENT_MIB_WALKS_STATE_H

#include <stdbool.h>

#include "agent/mib/walk_names.h"
#include "agent/mib/walks.h"

/* Many walks end with their first response. So the first responses of all walks on the same rows are kept in one
 * struct walk, which is called their beginning. A manager that sends the same GETNEXT again and again then needs
 * no further room. The beginning of the walks on rows number n is walk number n, below WALKS_ROWS_MAX. A walk that
 * is continued gets a number of its own, from WALKS_ROWS_MAX on. */
enum {
    WALKS_NUMBERS = WALKS_ROWS_MAX + WALKS_MAX,
    WALKS_NONE = WALKS_NUMBERS,
    WALKS_TRANSACTIONS = 32,
    WALKS_ASKED_MAX = 64,
};

struct walks_rows {
    struct rows *rows;                    /* NULL: this place is free */
    struct mib_gap *gaps[WALKS_MIBS_MAX]; /* NULL: none are known */
};

struct walk {
    size_t rows; /* the number of its rows */
    bool is_used;
    bool is_truncated;     /* its manager has continued from inside the last response but one */
    uint16_t truncated_at; /* after how many requests of that response; 0: not known */
    uint16_t place;        /* how many requests belong to its latest response so far */
    bool is_finished;      /* its last answer had no name below `root` */
    int64_t began_us, active_us;
    int64_t pace_us; /* how long its manager takes between a response and the next request */
    uint32_t response;
    size_t root_length; /* 0: not known */
    mib_subid root[MIB_OID_MAX];
};

struct walks_transaction {
    uint32_t number;
    size_t walk;
    int64_t active_us;
    size_t width;
};

/* How well a walk knows a name, the best last. */
enum walks_match { WALKS_UNKNOWN, WALKS_INSIDE, WALKS_RETRY, WALKS_LAST };

/* How well a walk fits the current request. */
struct walks_fit {
    unsigned points;
    size_t known;           /* how many of the names it has returned */
    bool is_sure;           /* its manager is expected to continue from one of them */
    bool is_shared;         /* several managers may continue from one of them */
    enum walks_match match; /* the best one */
    uint16_t place;
    int64_t returned_us;
};

struct walks {
    int64_t hold_us, now_us;
    int64_t pace_us; /* of managers whose own pace is not known yet */
    size_t newest;   /* WALKS_NONE before the first rows */
    struct walks_rows rowsets[WALKS_ROWS_MAX];
    struct walk walks[WALKS_NUMBERS];
    struct walks_transaction transactions[WALKS_TRANSACTIONS];

    /* The current request. */
    uint32_t transaction;
    uint64_t manager; /* 0: not known */
    size_t at;        /* the walk that it belongs to, WALKS_NONE if not known yet */
    struct walks_fit fits[WALKS_NUMBERS];
    size_t width; /* how many names the first request of its transaction asks for */
    size_t asked_count;
    uint64_t asked[WALKS_ASKED_MAX];
    size_t first_length; /* of the first name that it asks for */
    mib_subid first[MIB_OID_MAX];

    struct walk_names names;
};

static inline bool walks_is_beginning(size_t number)
{
    return number < WALKS_ROWS_MAX;
}

/* walks_fit.c: the walk to which the current request belongs. */

/* The walk that fits best, WALKS_NONE if there is none. Fills in `fits`. */
size_t walks_fit_best(struct walks *walks);

/* walks_bounds.c: when walks end, and which one is dropped if there are too many. */

bool walks_bounds_is_over(const struct walks *walks, const struct walk *walk);

/* Ends all walks that are over, except those whose response may be incomplete. */
void walks_bounds_sweep(struct walks *walks);

/* A free place for a walk. If there is none, the walk that has been idle for the longest time ends. */
size_t walks_bounds_walk(struct walks *walks);

/* A free place for rows. Rows that no walk needs are dropped. If that is not enough, the rows that have been idle
 * for the longest time are dropped with their walks. */
size_t walks_bounds_rows(struct walks *walks);

/* Frees the gaps of these rows. */
void walks_bounds_forget_gaps(struct walks_rows *rows);

#endif

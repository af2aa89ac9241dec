/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET and GETNEXT over column tables. Pure: knows neither net-snmp nor libvirt, holds no state, and finds
 * its rows through functions that the tables bring. */
#ifndef GUESTLIST_AGENT_MIB_MIB_H
#define GUESTLIST_AGENT_MIB_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned long mib_subid; /* as wide as net-snmp's oid (static assertion in snmp.c) */

enum { MIB_OID_MAX = 128, MIB_INDEX_MAX = 100, MIB_BYTES_MAX = 256, MIB_MADE_MAX = 32 };

/* Types on the wire. */
enum mib_type {
    MIB_INTEGER,
    MIB_OCTETS,
    MIB_OID,
    MIB_GAUGE32,
    MIB_COUNTER32,
    MIB_COUNTER64,
    MIB_TIMETICKS,
};

struct mib_value {
    enum mib_type type; /* set by the tree, from the column */
    union {
        int32_t integer;
        uint32_t unsigned32; /* gauge, counter, ticks */
        uint64_t counter64;
    };
    const void *bytes;          /* octets, or sub-identifiers (mib_subid) of an OID */
    size_t length;              /* in bytes */
    char buffer[MIB_BYTES_MAX]; /* room for octets that stand nowhere else */
};

/* One row of one table for one request. */
struct mib_row {
    const void *data;
    mib_subid index[MIB_INDEX_MAX];
    size_t length;
    _Alignas(
        max_align_t) char made[MIB_MADE_MAX]; /* room for data that is made on request: `data` then points here */
};

/* Fills in the value of one column of `row`. False: there is none, and the answer is noSuchInstance. `answer`
 * is what the caller of mib_get() handed in. */
typedef bool mib_getter(const void *answer, const void *row, struct mib_value *value);

struct mib_column {
    mib_subid number;
    enum mib_type type;
    mib_getter *get;
    const char *name; /* the MIB's descriptor */
};

/* How a table finds its rows. `next` gives the first row whose index is greater than the given one in
 * the order of the MIB (an empty index is before all). Both fill in all of `row`. */
struct mib_rows {
    bool (*find)(const void *answer, const mib_subid *index, size_t length, struct mib_row *row);
    bool (*next)(const void *answer, const mib_subid *index, size_t length, struct mib_row *row);
};

/* A conceptual table, or a run of scalars: those are the columns of one row whose index is 0. */
struct mib_table {
    const mib_subid *base; /* of the entry; a column's number follows */
    size_t base_length;
    const struct mib_column *columns; /* in order */
    size_t column_count;
    const struct mib_rows *rows;
};

/* Tables in the order of their first column's OID, none inside another's column. */
struct mib {
    const struct mib_table *tables;
    size_t count;
};

enum mib_found { MIB_FOUND, MIB_NO_INSTANCE, MIB_NO_OBJECT };

enum mib_found mib_get(const struct mib *mib, const void *answer, const mib_subid *oid, size_t length,
                       struct mib_value *value);

/* Finds the first instance after `oid` that has a value, and puts its name into `next` (room for
 * MIB_OID_MAX). False at the end of the MIB. */
bool mib_next(const struct mib *mib, const void *answer, const mib_subid *oid, size_t length, mib_subid *next,
              size_t *next_length, struct mib_value *value);

/* Where GETNEXT stepped over many rows without a value. A manager that reads a table row by row asks for what
 * comes next in each column of each row: in a column that is empty it would be the same rows over and over. All
 * zero at first, and again whenever answers may have changed. */
enum { MIB_GAPS_MAX = 64, MIB_GAP_INDEX_MAX = 20 };

struct mib_gap {
    const struct mib_table *table;
    const struct mib_column *column;
    /* What comes after `from`, and after all before `to`, is `to`. */
    mib_subid from[MIB_GAP_INDEX_MAX], to[MIB_GAP_INDEX_MAX];
    size_t from_length, to_length;
    bool is_end; /* nothing comes after `from` */
};

struct mib_gaps {
    size_t kept; /* ever; past MIB_GAPS_MAX the oldest is replaced */
    struct mib_gap gaps[MIB_GAPS_MAX];
};

/* mib_next(), which looks into `gaps` before it steps over rows, and keeps there what it learns. */
bool mib_next_by_gaps(const struct mib *mib, const void *answer, struct mib_gaps *gaps, const mib_subid *oid,
                      size_t length, mib_subid *next, size_t *next_length, struct mib_value *value);

/* The rows of a run of scalars: one, with index 0 and no data. */
extern const struct mib_rows mib_scalar_rows;

/* For getters: `text` as SnmpAdminString (SIZE (0..255)), whatever bytes it holds. Always true. */
bool mib_put_text(struct mib_value *value, const char *text);

/* For getters: a number, or the nearest that the type holds. Always true. */
bool mib_put_integer(struct mib_value *value, int64_t number);

/* Orders two OIDs. */
int mib_compare(const mib_subid *one, size_t one_length, const mib_subid *other, size_t other_length);

#endif

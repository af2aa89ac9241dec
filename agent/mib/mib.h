/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GET, GETNEXT and SET over tables of columns. Pure: these functions use neither net-snmp nor libvirt, and keep no
 * state. */
#ifndef GUESTLIST_AGENT_MIB_MIB_H
#define GUESTLIST_AGENT_MIB_MIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/array.h"

/* Getters read `answer`, and setters fill in `set_effect`: see agent/mib/rows.h. The functions here only pass them
 * on. */
struct answer;
struct set_effect;

typedef unsigned long mib_subid; /* as wide as net-snmp's oid (static assertion in varbind.c) */

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
    enum mib_type type; /* of the column */
    union {
        int32_t integer;
        uint32_t unsigned32; /* gauge, counter, ticks */
        uint64_t counter64;
    };
    const void *bytes; /* octets, or sub-identifiers (mib_subid) of an OID; valid as long as the answer */
    size_t length;     /* in bytes */
    /* For octets that are made on request: `bytes` then points here, so the struct must not be copied. */
    char buffer[MIB_BYTES_MAX];
};

/* One row of one table, for one request. */
struct mib_row {
    const void *data;
    mib_subid index[MIB_INDEX_MAX];
    size_t length;
    /* Room for data that is made on request: `data` then points here. */
    _Alignas(max_align_t) char made[MIB_MADE_MAX];
};

/* One value that is asked for. */
struct mib_cell {
    const struct answer *answer;
    const void *row; /* the row's data; NULL in scalars */
    struct mib_value *value;
};

/* Fills in the value of the cell. False if there is none: the answer is noSuchInstance. */
typedef bool mib_getter(const struct mib_cell *cell);

/* How SET writes a column, which is an INTEGER. First all objects of a request are tested, then all are
 * applied. */
struct mib_setter {
    bool (*is_allowed)(const struct answer *answer);   /* by the settings */
    bool (*is_available)(const struct answer *answer); /* at this moment; NULL: always */
    bool (*is_valid)(int32_t value);
    /* Notes in `effect` what the value does to the row with that data. It cannot fail. */
    void (*apply)(const void *row, int32_t value, struct set_effect *effect);
};

struct mib_column {
    mib_subid number;
    enum mib_type type;
    mib_getter *get;
    const char *name;             /* the MIB's descriptor */
    const struct mib_setter *set; /* NULL: read-only */
};

/* Finds the first row whose index, in the order of the MIB, is equal to the given one or comes after it. An index
 * of length 0 comes before all others. Fills in `row`; its members that are not needed may stay as they are. False
 * if there is no such row. */
typedef bool mib_seek(const struct answer *answer, const mib_subid *index, size_t length, struct mib_row *row);

/* A conceptual table, or a group of scalars. The scalars of a group are the columns of one row, whose index is 0.
 */
struct mib_table {
    const mib_subid *base; /* of the entry; a column's number follows */
    size_t base_length;
    const struct mib_column *columns; /* in the order of their numbers */
    size_t column_count;
    mib_seek *seek;
};

/* A struct mib_table of arrays. */
#define MIB_TABLE(base, columns, seek)                                                                            \
    {                                                                                                             \
        base, ARRAY_COUNT(base), columns, ARRAY_COUNT(columns), seek                                              \
    }

/* A module. Its tables are in the order of the OIDs of their first columns. No table lies below a column of
 * another table. */
struct mib {
    const char *name;
    const mib_subid *root; /* what is registered */
    size_t root_length;
    const struct mib_table *const *tables;
    size_t count;
};

/* A struct mib of arrays. */
#define MIB_MODULE(name, root, tables)                                                                            \
    {                                                                                                             \
        name, root, ARRAY_COUNT(root), tables, ARRAY_COUNT(tables)                                                \
    }

enum mib_found { MIB_FOUND, MIB_NO_INSTANCE, MIB_NO_OBJECT };

enum mib_found mib_get(const struct mib *mib, const struct answer *answer, const mib_subid *oid, size_t length,
                       struct mib_value *value);

/* A gap: rows of one column that have no value. GETNEXT steps over them. A manager that reads a table row by row
 * asks for the next value of each column once for each row, so in an empty column each of these requests would
 * step over the same rows again. */
enum { MIB_GAP_INDEX_MAX = 20 };

/* If all is zero, no gap is known. */
struct mib_gap {
    bool is_known;
    /* `to` is the first row at or after `from` that has a value; `to_length` 0: there is no such row. */
    mib_subid from[MIB_GAP_INDEX_MAX], to[MIB_GAP_INDEX_MAX];
    size_t from_length, to_length;
};

/* How many gaps mib_next() keeps for that module. */
size_t mib_gap_count(const struct mib *mib);

/* Finds the first instance after `oid` that has a value, and puts its name into `next` (room for MIB_OID_MAX).
 * False at the end of the module. `gaps` holds the gaps that earlier calls have found, and is updated. It is NULL,
 * or an array of mib_gap_count() items. The caller sets all of it to zero at first, and again whenever answers may
 * have changed. */
bool mib_next(const struct mib *mib, const struct answer *answer, struct mib_gap *gaps, const mib_subid *oid,
              size_t length, mib_subid *next, size_t *next_length, struct mib_value *value);

enum mib_set {
    MIB_SET_FINE,
    MIB_SET_NOT_WRITABLE,
    MIB_SET_WRONG_TYPE,
    MIB_SET_WRONG_VALUE,
    MIB_SET_NO_CREATION, /* there is no such row, and SET makes none */
    MIB_SET_UNAVAILABLE, /* it may be set, but not at this moment */
};

/* Whether `oid` may be set to `value`, which is NULL if it is no INTEGER. */
enum mib_set mib_set_test(const struct mib *mib, const struct answer *answer, const mib_subid *oid, size_t length,
                          const int32_t *value);

/* Notes in `effect` what one object of a SET does. mib_set_test() must have accepted the object before. Does
 * nothing if its row is gone by now. */
void mib_set_apply(const struct mib *mib, const struct answer *answer, const mib_subid *oid, size_t length,
                   int32_t value, struct set_effect *effect);

/* The row of a group of scalars: its index is 0, and it has no data. */
mib_seek mib_scalar_seek;

/* Orders two OIDs, or two indexes. */
int mib_compare(const mib_subid *one, size_t one_length, const mib_subid *other, size_t other_length);

/* For an index that is IMPLIED: it has the octets of a text, without their number in front. Orders a text and such
 * an index. */
int mib_text_compare(const char *text, const mib_subid *index, size_t length);

/* Writes the index of a text, which must have room for it. Returns its length. */
size_t mib_text_index(const char *text, mib_subid *index);

#endif

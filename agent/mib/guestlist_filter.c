/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glFilterTable: the words of libvirt's filter, a row each, and how many domains each fits. */
#include <assert.h>

#include "agent/mib/guestlist_tables.h"

/* TruthValue. */
enum { TRUE = 1, FALSE = 2 };

struct filter_row {
    unsigned bit; /* number, 0 to 15 */
};

static_assert(sizeof(struct filter_row) <= MIB_MADE_MAX, "it fits into a row");

static bool guestlist_filter_fill(mib_subid flag, struct mib_row *row)
{
    struct filter_row *made = (struct filter_row *)(void *)row->made;

    if (flag < 1 || flag > FILTER_WORDS)
        return false;
    made->bit = (unsigned)flag - 1;
    row->data = made;
    row->index[0] = flag;
    row->length = 1;
    return true;
}

static bool guestlist_filter_find(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    return length == 1 && guestlist_filter_fill(index[0], row);
}

static bool guestlist_filter_next(const void *answer, const mib_subid *index, size_t length, struct mib_row *row)
{
    (void)answer;
    if (length == 0)
        return guestlist_filter_fill(1, row);
    return index[0] < FILTER_WORDS && guestlist_filter_fill(index[0] + 1, row);
}

const struct mib_rows gl_filter_rows = { guestlist_filter_find, guestlist_filter_next };

static unsigned guestlist_filter_bit(const void *row)
{
    return ((const struct filter_row *)row)->bit;
}

static bool guestlist_filter_get_word(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_text(value, filter_word(guestlist_filter_bit(row)));
}

static bool guestlist_filter_get_group(const void *answer, const void *row, struct mib_value *value)
{
    (void)answer;
    return mib_put_text(value, filter_group(guestlist_filter_bit(row)));
}

static bool guestlist_filter_has_bit(uint32_t bits, const void *row)
{
    return bits >> guestlist_filter_bit(row) & 1;
}

static bool guestlist_filter_get_supported(const void *answer, const void *row, struct mib_value *value)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    return rows &&
           mib_put_integer(value, guestlist_filter_has_bit(rows->snapshot->unsupported, row) ? FALSE : TRUE);
}

static bool guestlist_filter_get_in_force(const void *answer, const void *row, struct mib_value *value)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    return rows && mib_put_integer(value, guestlist_filter_has_bit(rows->snapshot->filter, row) ? TRUE : FALSE);
}

/* Of a word that the hypervisor does not know, nobody can say how many it fits. */
static bool guestlist_filter_get_domains(const void *answer, const void *row, struct mib_value *value)
{
    const struct rows *rows = ((const struct answer *)answer)->rows;

    if (!rows || guestlist_filter_has_bit(rows->snapshot->unsupported, row))
        return false;
    value->unsigned32 = rows->fits[guestlist_filter_bit(row)];
    return true;
}

const struct mib_column gl_filter_columns[GL_FILTER_COLUMNS] = {
    { 2, MIB_OCTETS, guestlist_filter_get_word, "glFilterWord" },
    { 3, MIB_OCTETS, guestlist_filter_get_group, "glFilterGroup" },
    { 4, MIB_INTEGER, guestlist_filter_get_supported, "glFilterSupported" },
    { 5, MIB_INTEGER, guestlist_filter_get_in_force, "glFilterInForce" },
    { 6, MIB_GAUGE32, guestlist_filter_get_domains, "glFilterDomains" },
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB, glFilterTable: a row for each word of libvirt's filter, with how many domains fit it. */
#include <assert.h>

#include "agent/mib/guestlist_tables.h"

struct filter_row {
    unsigned bit; /* number, 0 to 15 */
};

static_assert(sizeof(struct filter_row) <= MIB_MADE_MAX, "a filter row fits into a row");

/* These rows exist even before the first listing. */
static bool guestlist_filter_seek(const struct answer *answer, const mib_subid *index, size_t length,
                                  struct mib_row *row)
{
    struct filter_row *made = (struct filter_row *)(void *)row->made;
    mib_subid flag = length > 0 ? index[0] : 1;

    (void)answer;
    if (flag > FILTER_WORDS)
        return false;
    if (flag == 0 || length > 1)
        flag++;
    if (flag > FILTER_WORDS)
        return false;
    made->bit = (unsigned)flag - 1;
    row->data = made;
    row->index[0] = flag;
    row->length = 1;
    return true;
}

static unsigned guestlist_filter_bit(const struct mib_cell *cell)
{
    return ((const struct filter_row *)cell->row)->bit;
}

static bool guestlist_filter_get_word(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, filter_word(guestlist_filter_bit(cell)));
}

static bool guestlist_filter_get_group(const struct mib_cell *cell)
{
    return mib_put_text(cell->value, filter_group(guestlist_filter_bit(cell)));
}

static bool guestlist_filter_has_bit(uint32_t bits, const struct mib_cell *cell)
{
    return bits >> guestlist_filter_bit(cell) & 1;
}

static bool guestlist_filter_get_supported(const struct mib_cell *cell)
{
    const struct rows *rows = cell->answer->rows;

    return rows && mib_put_truth(cell->value, !guestlist_filter_has_bit(rows->snapshot->unsupported, cell));
}

static bool guestlist_filter_get_in_force(const struct mib_cell *cell)
{
    const struct rows *rows = cell->answer->rows;

    return rows && mib_put_truth(cell->value, guestlist_filter_has_bit(rows->snapshot->filter, cell));
}

/* If the hypervisor does not know the word, the number of domains that fit it is not known. */
static bool guestlist_filter_get_domains(const struct mib_cell *cell)
{
    const struct rows *rows = cell->answer->rows;

    if (!rows || guestlist_filter_has_bit(rows->snapshot->unsupported, cell))
        return false;
    return mib_put_unsigned(cell->value, rows->fits[guestlist_filter_bit(cell)]);
}

static const struct mib_column columns[] = {
    { 2, MIB_OCTETS, guestlist_filter_get_word, "glFilterWord", NULL },
    { 3, MIB_OCTETS, guestlist_filter_get_group, "glFilterGroup", NULL },
    { 4, MIB_INTEGER, guestlist_filter_get_supported, "glFilterSupported", NULL },
    { 5, MIB_INTEGER, guestlist_filter_get_in_force, "glFilterInForce", NULL },
    { 6, MIB_GAUGE32, guestlist_filter_get_domains, "glFilterDomains", NULL },
};

static const mib_subid base[] = { GUESTLIST_ENTERPRISE_OID, 1, 3, 1 };

const struct mib_table guestlist_filter_table = MIB_TABLE(base, columns, guestlist_filter_seek);

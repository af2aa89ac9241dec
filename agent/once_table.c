/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of --once and --once=unwell. A column is a row in a table below. */
#include <assert.h>
#include <string.h>

#include "agent/once.h"
#include "agent/unwell.h"
#include "lib/base/array.h"
#include "lib/base/text.h"
#include "lib/model/filter.h"

#define ONCE_RED    "\033[1;31m"
#define ONCE_YELLOW "\033[33m"
#define ONCE_PLAIN  "\033[0m"

enum { CELL_MAX = 512, COLUMNS_MAX = 16 };

struct once_column {
    const char *title;
    void (*fill)(const struct domain *domain, char *cell);
    const char *(*paint)(const struct domain *domain); /* the escape sequence before the cell, or ""; NULL: none */
};

struct once_table {
    const struct once_column *columns;
    size_t count;
    bool is_coloured;
    bool (*shows)(const struct domain *domain); /* the others have no row; NULL: every domain has one */
    size_t widths[COLUMNS_MAX];
};

static const char *once_table_tristate(enum tristate tristate)
{
    static const char *const words[] = {
        [TRISTATE_UNKNOWN] = "unknown", [TRISTATE_FALSE] = "no", [TRISTATE_TRUE] = "yes"
    };

    return words[tristate];
}

static void once_table_id(const struct domain *domain, char *cell)
{
    if (domain_active(domain))
        (void)snprintf(cell, CELL_MAX, "%d", domain->id);
    else
        (void)snprintf(cell, CELL_MAX, "-");
}

static void once_table_name(const struct domain *domain, char *cell)
{
    (void)text_printable(domain->name, cell, CELL_MAX);
}

static void once_table_state(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", domain_state_word(domain->state));
}

static void once_table_reason(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", domain_reason_word(domain->state, domain->reason));
}

static void once_table_persistent(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", once_table_tristate(domain->persistent));
}

/* One column is enough for both flags: a domain that starts at each boot also starts at the next boot. */
static void once_table_autostart(const struct domain *domain, char *cell)
{
    bool is_once = domain->autostart != TRISTATE_TRUE && domain->autostart_once == TRISTATE_TRUE;

    (void)snprintf(cell, CELL_MAX, "%s", is_once ? "once" : once_table_tristate(domain->autostart));
}

/* What the next boot of the host does to the domain. */
static void once_table_next_boot(const struct domain *domain, char *cell)
{
    static const char *const active[] = {
        [TRISTATE_UNKNOWN] = "unknown", [TRISTATE_FALSE] = "ends", [TRISTATE_TRUE] = "returns"
    };
    static const char *const inactive[] = {
        [TRISTATE_UNKNOWN] = "unknown", [TRISTATE_FALSE] = "off", [TRISTATE_TRUE] = "starts"
    };

    (void)snprintf(cell, CELL_MAX, "%s",
                   (domain_active(domain) ? active : inactive)[domain_starts_at_boot(domain)]);
}

static void once_table_managed_save(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", once_table_tristate(domain->managed_save));
}

static void once_table_uuid(const struct domain *domain, char *cell)
{
    uuid_format(domain->uuid, cell);
}

static void once_table_why(const struct domain *domain, char *cell)
{
    (void)unwell_describe(domain, cell);
}

static const char *once_table_paint_missing(const struct domain *domain)
{
    return domain_autostart_inactive(domain) == TRISTATE_TRUE ? ONCE_RED : "";
}

static const char *once_table_paint_transient(const struct domain *domain)
{
    return domain_active(domain) && domain->persistent == TRISTATE_FALSE ? ONCE_YELLOW : "";
}

static const char *once_table_paint_until_boot(const struct domain *domain)
{
    return domain_active_no_autostart(domain) == TRISTATE_TRUE ? ONCE_YELLOW : "";
}

static const char *once_table_paint_next_boot(const struct domain *domain)
{
    const char *paint = once_table_paint_missing(domain);

    return *paint ? paint : once_table_paint_until_boot(domain);
}

static const struct once_column listing_columns[] = {
    { "ID", once_table_id, NULL },
    { "NAME", once_table_name, once_table_paint_missing },
    { "STATE", once_table_state, once_table_paint_missing },
    { "REASON", once_table_reason, NULL },
    { "PERSISTENT", once_table_persistent, once_table_paint_transient },
    { "AUTOSTART", once_table_autostart, once_table_paint_until_boot },
    { "NEXT-BOOT", once_table_next_boot, once_table_paint_next_boot },
    { "MANAGED-SAVE", once_table_managed_save, NULL },
    { "UUID", once_table_uuid, NULL },
};

static const struct once_column unwell_columns[] = {
    { "NAME", once_table_name, NULL },
    { "STATE", once_table_state, NULL },
    { "REASON", once_table_reason, NULL },
    { "WHY", once_table_why, NULL },
};

static_assert(ARRAY_COUNT(listing_columns) <= COLUMNS_MAX, "a width for each column");
static_assert((int)UNWELL_TEXT_MAX <= (int)CELL_MAX, "a cell has room for all reasons");

static bool once_table_shows(const struct once_table *table, const struct domain *domain)
{
    return !table->shows || table->shows(domain);
}

static size_t once_table_width(const struct once_table *table, const struct once_column *column,
                               const struct snapshot *snapshot)
{
    size_t width = strlen(column->title);
    char cell[CELL_MAX];

    for (size_t i = 0; i < snapshot->count; i++) {
        if (!once_table_shows(table, &snapshot->domains[i]))
            continue;
        column->fill(&snapshot->domains[i], cell);
        if (text_columns(cell) > width)
            width = text_columns(cell);
    }
    return width;
}

static void once_table_put_cell(const char *cell, const char *paint, size_t width, FILE *out)
{
    (void)fprintf(out, "%s%s%s", paint, cell, *paint ? ONCE_PLAIN : "");
    if (width > 0)
        (void)fprintf(out, "%*s", (int)(width - text_columns(cell) + 2), "");
    else
        (void)fputc('\n', out);
}

static void once_table_put_row(const struct once_table *table, const struct domain *domain, FILE *out)
{
    char cell[CELL_MAX];

    for (size_t c = 0; c < table->count; c++) {
        bool is_painted = table->is_coloured && table->columns[c].paint;

        table->columns[c].fill(domain, cell);
        once_table_put_cell(cell, is_painted ? table->columns[c].paint(domain) : "", table->widths[c], out);
    }
}

/* The last column needs no padding, so its width stays 0. */
static void once_table_put(struct once_table *table, const struct snapshot *snapshot, FILE *out)
{
    for (size_t c = 0; c + 1 < table->count; c++)
        table->widths[c] = once_table_width(table, &table->columns[c], snapshot);
    for (size_t c = 0; c < table->count; c++)
        once_table_put_cell(table->columns[c].title, "", table->widths[c], out);
    for (size_t i = 0; i < snapshot->count; i++)
        if (once_table_shows(table, &snapshot->domains[i]))
            once_table_put_row(table, &snapshot->domains[i], out);
}

void once_table(const struct snapshot *snapshot, const char *uri, bool is_coloured, FILE *out)
{
    struct once_table table = { listing_columns, ARRAY_COUNT(listing_columns), is_coloured, NULL, { 0 } };
    char filter[FILTER_TEXT_MAX];

    once_table_put(&table, snapshot, out);
    filter_format(snapshot->filter, filter, sizeof(filter));
    (void)fprintf(out, "%zu domain%s of %s%s%s, %u libvirt calls", snapshot->count,
                  snapshot->count == 1 ? "" : "s", uri, *filter ? " that fit " : "", filter, snapshot->calls);
    if (snapshot->parts > 1)
        (void)fprintf(out, "; NOT one moment: too many for one call, listed in %u parts", snapshot->parts);
    (void)fputc('\n', out);
}

static bool once_table_is_unwell(const struct domain *domain)
{
    char text[UNWELL_TEXT_MAX];

    return unwell_describe(domain, text);
}

size_t once_unwell(const struct snapshot *snapshot, const char *uri, FILE *out)
{
    struct once_table table = { unwell_columns, ARRAY_COUNT(unwell_columns), false, once_table_is_unwell, { 0 } };
    size_t found = 0;

    for (size_t i = 0; i < snapshot->count; i++)
        found += once_table_is_unwell(&snapshot->domains[i]);
    if (found == 0)
        return 0;
    once_table_put(&table, snapshot, out);
    (void)fprintf(out, "%zu of %zu domain%s of %s need%s a look\n", found, snapshot->count,
                  snapshot->count == 1 ? "" : "s", uri, found == 1 ? "s" : "");
    return found;
}

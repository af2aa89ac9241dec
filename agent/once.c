/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/once.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/array.h"
#include "lib/base/text.h"
#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/listing.h"
#include "lib/model/filter.h"

#define ONCE_RED    "\033[1;31m"
#define ONCE_YELLOW "\033[33m"
#define ONCE_PLAIN  "\033[0m"

enum { CELL_MAX = 512 };

static const char *once_tristate_word(enum tristate tristate)
{
    static const char *const words[] = {
        [TRISTATE_UNKNOWN] = "unknown", [TRISTATE_FALSE] = "no", [TRISTATE_TRUE] = "yes"
    };

    return words[tristate];
}

static void once_cell_id(const struct domain *domain, char *cell)
{
    if (domain_active(domain))
        (void)snprintf(cell, CELL_MAX, "%d", domain->id);
    else
        (void)snprintf(cell, CELL_MAX, "-");
}

static void once_cell_name(const struct domain *domain, char *cell)
{
    (void)text_printable(domain->name, cell, CELL_MAX);
}

static void once_cell_state(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", domain_state_word(domain->state));
}

static void once_cell_reason(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", domain_reason_word(domain->state, domain->reason));
}

static void once_cell_persistent(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", once_tristate_word(domain->persistent));
}

/* One column is enough for both flags: a domain that starts at each boot also starts at the next boot. */
static void once_cell_autostart(const struct domain *domain, char *cell)
{
    bool is_once = domain->autostart != TRISTATE_TRUE && domain->autostart_once == TRISTATE_TRUE;

    (void)snprintf(cell, CELL_MAX, "%s", is_once ? "once" : once_tristate_word(domain->autostart));
}

static void once_cell_managed_save(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", once_tristate_word(domain->managed_save));
}

static void once_cell_uuid(const struct domain *domain, char *cell)
{
    uuid_format(domain->uuid, cell);
}

static const char *once_paint_missing(const struct domain *domain)
{
    return domain_autostart_inactive(domain) == TRISTATE_TRUE ? ONCE_RED : "";
}

static const char *once_paint_transient(const struct domain *domain)
{
    return domain_active(domain) && domain->persistent == TRISTATE_FALSE ? ONCE_YELLOW : "";
}

static const char *once_paint_until_boot(const struct domain *domain)
{
    return domain_active_no_autostart(domain) == TRISTATE_TRUE ? ONCE_YELLOW : "";
}

static const struct {
    const char *title;
    void (*fill)(const struct domain *domain, char *cell);
    const char *(*paint)(const struct domain *domain); /* the escape sequence before the cell, or ""; NULL: none */
} cells[] = {
    { "ID", once_cell_id, NULL },
    { "NAME", once_cell_name, once_paint_missing },
    { "STATE", once_cell_state, once_paint_missing },
    { "REASON", once_cell_reason, NULL },
    { "PERSISTENT", once_cell_persistent, once_paint_transient },
    { "AUTOSTART", once_cell_autostart, once_paint_until_boot },
    { "MANAGED-SAVE", once_cell_managed_save, NULL },
    { "UUID", once_cell_uuid, NULL },
};

static void once_measure(const struct snapshot *snapshot, size_t widths[ARRAY_COUNT(cells)])
{
    char cell[CELL_MAX];

    for (size_t c = 0; c < ARRAY_COUNT(cells); c++) {
        widths[c] = strlen(cells[c].title);
        for (size_t i = 0; i < snapshot->count; i++) {
            cells[c].fill(&snapshot->domains[i], cell);
            if (text_columns(cell) > widths[c])
                widths[c] = text_columns(cell);
        }
    }
}

static void once_put_cell(const char *cell, const char *paint, size_t width, FILE *out)
{
    (void)fprintf(out, "%s%s%s", paint, cell, *paint ? ONCE_PLAIN : "");
    if (width > 0)
        (void)fprintf(out, "%*s", (int)(width - text_columns(cell) + 2), "");
    else
        (void)fputc('\n', out);
}

static void once_put_row(const struct domain *domain, const size_t widths[ARRAY_COUNT(cells)], bool is_coloured,
                         FILE *out)
{
    char cell[CELL_MAX];

    for (size_t c = 0; c < ARRAY_COUNT(cells); c++) {
        cells[c].fill(domain, cell);
        once_put_cell(cell, is_coloured && cells[c].paint ? cells[c].paint(domain) : "", widths[c], out);
    }
}

void once_table(const struct snapshot *snapshot, const char *uri, bool is_coloured, FILE *out)
{
    size_t widths[ARRAY_COUNT(cells)];
    char cell[CELL_MAX];

    once_measure(snapshot, widths);
    widths[ARRAY_COUNT(cells) - 1] = 0; /* the last column needs no padding */
    for (size_t c = 0; c < ARRAY_COUNT(cells); c++)
        once_put_cell(cells[c].title, "", widths[c], out);
    for (size_t i = 0; i < snapshot->count; i++)
        once_put_row(&snapshot->domains[i], widths, is_coloured, out);
    filter_format(snapshot->filter, cell, sizeof(cell));
    (void)fprintf(out, "%zu domain%s of %s%s%s, %u libvirt calls", snapshot->count,
                  snapshot->count == 1 ? "" : "s", uri, *cell ? " that fit " : "", cell, snapshot->calls);
    if (snapshot->parts > 1)
        (void)fprintf(out, "; NOT one moment: too many for one call, listed in %u parts", snapshot->parts);
    (void)fputc('\n', out);
}

static void once_put_piece(void *data, const char *piece)
{
    (void)fputs(piece, data);
}

static void once_put_string(const char *key, const char *text, FILE *out)
{
    (void)fprintf(out, "\"%s\": ", key);
    text_json(text, once_put_piece, out);
}

static void once_put_tristate(const char *key, enum tristate tristate, FILE *out)
{
    static const char *const words[] = {
        [TRISTATE_UNKNOWN] = "null", [TRISTATE_FALSE] = "false", [TRISTATE_TRUE] = "true"
    };

    (void)fprintf(out, ", \"%s\": %s", key, words[tristate]);
}

static void once_put_domain(const struct domain *domain, FILE *out)
{
    char uuid[UUID_TEXT];

    uuid_format(domain->uuid, uuid);
    (void)fputs("\n    { ", out);
    once_put_string("name", domain->name, out);
    (void)fprintf(out, ", \"uuid\": \"%s\", \"id\": ", uuid);
    if (domain_active(domain))
        (void)fprintf(out, "%d, ", domain->id);
    else
        (void)fputs("null, ", out);
    once_put_string("state", domain_state_word(domain->state), out);
    (void)fputs(", ", out);
    once_put_string("reason", domain_reason_word(domain->state, domain->reason), out);
    once_put_tristate("active", domain_active(domain) ? TRISTATE_TRUE : TRISTATE_FALSE, out);
    once_put_tristate("persistent", domain->persistent, out);
    once_put_tristate("autostart", domain->autostart, out);
    once_put_tristate("autostart_once", domain->autostart_once, out);
    once_put_tristate("starts_at_boot", domain_starts_at_boot(domain), out);
    once_put_tristate("managed_save", domain->managed_save, out);
    once_put_tristate("snapshot", domain->snapshot, out);
    once_put_tristate("checkpoint", domain->checkpoint, out);
    (void)fputs(" }", out);
}

void once_json(const struct snapshot *snapshot, const char *uri, FILE *out)
{
    char text[FILTER_TEXT_MAX];
    time_t seconds = (time_t)(snapshot->taken_real_ms / 1000);
    struct tm utc;

    (void)fputs("{\n  ", out);
    once_put_string("hypervisor", uri, out);
    filter_format(snapshot->filter, text, sizeof(text));
    (void)fputs(",\n  ", out);
    once_put_string("filter", text, out);
    (void)fputs(",\n  ", out);
    if (!gmtime_r(&seconds, &utc) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        text[0] = '\0';
    once_put_string("time", text, out);
    (void)fprintf(out, ",\n  \"calls\": %u,\n  \"domains\": [", snapshot->calls);
    for (size_t i = 0; i < snapshot->count; i++) {
        (void)fputs(i > 0 ? "," : "", out);
        once_put_domain(&snapshot->domains[i], out);
    }
    (void)fputs(snapshot->count > 0 ? "\n  ]\n}\n" : "]\n}\n", out);
}

static int once_compare(const void *one, const void *other)
{
    const struct domain *a = one, *b = other;
    int order;

    if (domain_active(a) != domain_active(b))
        return domain_active(a) ? -1 : 1;
    if (domain_active(a) && a->id != b->id)
        return a->id < b->id ? -1 : 1;
    order = strcasecmp(a->name, b->name);
    return order ? order : uuid_compare(a, b);
}

void once_sort(struct snapshot *snapshot)
{
    qsort(snapshot->domains, snapshot->count, sizeof(*snapshot->domains), once_compare);
}

/* True if the output is a terminal with colours, and the user did not switch them off (no-color.org). */
static bool once_wants_colour(FILE *out)
{
    const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

    return (!no_colour || !*no_colour) && terminal && *terminal && strcmp(terminal, "dumb") != 0 &&
           isatty(fileno(out));
}

/* For libvirt 11.2 and later. No flag of a listing selects these domains, so this takes a call for each domain. */
static void once_read_autostart_once(struct connection *connection, struct snapshot *snapshot)
{
    struct autostart_once *once = autostart_once_read(connection);

    snapshot->calls += once ? 1 + (uint32_t)once->count : 0;
    autostart_once_fill(once, connection_driver(connection), snapshot);
    autostart_once_free(once);
}

static bool once_list(struct connection *connection, struct mailbox *mailbox, uint32_t filter, bool as_json,
                      FILE *out, char *why, size_t size)
{
    struct snapshot *snapshot;

    if (!connection_open(connection)) {
        (void)snprintf(why, size, "%s: cannot connect: %s", connection_uri(connection),
                       connection_error(connection));
        return false;
    }
    snapshot = listing_take(connection, filter, mailbox, why, size);
    if (!snapshot)
        return false;
    once_read_autostart_once(connection, snapshot);
    once_sort(snapshot);
    if (as_json)
        once_json(snapshot, connection_uri(connection), out);
    else
        once_table(snapshot, connection_uri(connection), once_wants_colour(out), out);
    snapshot_unref(snapshot);
    if (fflush(out) == 0 && !ferror(out))
        return true;
    (void)snprintf(why, size, "cannot write the listing");
    return false;
}

bool once_print(const struct settings *settings, bool as_json, FILE *out, char *why, size_t size)
{
    const char *uri = settings->hypervisor_count > 0 ? settings->hypervisors[0].uri : NULL;
    struct mailbox *mailbox = mailbox_new();
    struct connection *connection = mailbox ? connection_new(uri, CONNECTION_WATCH_NOTHING, mailbox, NULL) : NULL;
    bool printed = false;

    (void)snprintf(why, size, "out of memory");
    if (connection)
        printed = once_list(connection, mailbox, settings->filter, as_json, out, why, size);
    connection_free(connection);
    mailbox_unref(mailbox);
    return printed;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/once.h"

#include <string.h>
#include <time.h>

#include "core/filter.h"
#include "core/hypervisor.h"
#include "core/listing.h"
#include "core/text.h"
#include "lib/libvirt/autostart_once.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { CELL_MAX = 512 };

static const char *truth_word(enum truth truth)
{
    static const char *const words[] = { [TRUTH_UNKNOWN] = "unknown", [TRUTH_FALSE] = "no", [TRUTH_TRUE] = "yes" };

    return words[truth];
}

static void cell_id(const struct domain *domain, char *cell)
{
    if (domain_active(domain))
        (void)snprintf(cell, CELL_MAX, "%d", domain->id);
    else
        (void)snprintf(cell, CELL_MAX, "-");
}

static void cell_name(const struct domain *domain, char *cell)
{
    (void)text_printable(domain->name, cell, CELL_MAX);
}

static void cell_state(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", domain_state_word(domain->state));
}

static void cell_reason(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", domain_reason_word(domain->state, domain->reason));
}

static void cell_persistent(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", truth_word(domain->persistent));
}

/* A domain that starts at each boot also starts at the next one, so one column is enough for both marks. */
static void cell_autostart(const struct domain *domain, char *cell)
{
    bool is_once = domain->autostart != TRUTH_TRUE && domain->autostart_once == TRUTH_TRUE;

    (void)snprintf(cell, CELL_MAX, "%s", is_once ? "once" : truth_word(domain->autostart));
}

static void cell_managed_save(const struct domain *domain, char *cell)
{
    (void)snprintf(cell, CELL_MAX, "%s", truth_word(domain->managed_save));
}

static void cell_uuid(const struct domain *domain, char *cell)
{
    domain_format_uuid(domain->uuid, cell);
}

static const struct {
    const char *title;
    void (*fill)(const struct domain *domain, char *cell);
} cells[] = {
    { "ID", cell_id },
    { "NAME", cell_name },
    { "STATE", cell_state },
    { "REASON", cell_reason },
    { "PERSISTENT", cell_persistent },
    { "AUTOSTART", cell_autostart },
    { "MANAGED-SAVE", cell_managed_save },
    { "UUID", cell_uuid },
};

static void measure(const struct snapshot *snapshot, size_t widths[COUNT(cells)])
{
    char cell[CELL_MAX];

    for (size_t c = 0; c < COUNT(cells); c++) {
        widths[c] = strlen(cells[c].title);
        for (size_t i = 0; i < snapshot->count; i++) {
            cells[c].fill(&snapshot->domains[i], cell);
            if (text_columns(cell) > widths[c])
                widths[c] = text_columns(cell);
        }
    }
}

static void put_cell(const char *cell, size_t width, bool is_last, FILE *out)
{
    (void)fputs(cell, out);
    if (is_last)
        (void)fputc('\n', out);
    else
        (void)fprintf(out, "%*s", (int)(width - text_columns(cell) + 2), "");
}

void once_table(const struct snapshot *snapshot, const char *uri, FILE *out)
{
    size_t widths[COUNT(cells)];
    char cell[CELL_MAX];

    measure(snapshot, widths);
    for (size_t c = 0; c < COUNT(cells); c++)
        put_cell(cells[c].title, widths[c], c + 1 == COUNT(cells), out);
    for (size_t i = 0; i < snapshot->count; i++)
        for (size_t c = 0; c < COUNT(cells); c++) {
            cells[c].fill(&snapshot->domains[i], cell);
            put_cell(cell, widths[c], c + 1 == COUNT(cells), out);
        }
    filter_format(snapshot->filter, cell, sizeof(cell));
    (void)fprintf(out, "%zu domain%s of %s%s%s, %u libvirt calls", snapshot->count,
                  snapshot->count == 1 ? "" : "s", uri, *cell ? " that fit " : "", cell, snapshot->calls);
    if (snapshot->parts > 1)
        (void)fprintf(out, "; NOT one moment: too many for one call, listed in %u parts", snapshot->parts);
    (void)fputc('\n', out);
}

static void put_piece(void *data, const char *piece)
{
    (void)fputs(piece, data);
}

static void put_string(const char *key, const char *text, FILE *out)
{
    (void)fprintf(out, "\"%s\": ", key);
    text_json(text, put_piece, out);
}

static void put_truth(const char *key, enum truth truth, FILE *out)
{
    static const char *const words[] = {
        [TRUTH_UNKNOWN] = "null", [TRUTH_FALSE] = "false", [TRUTH_TRUE] = "true"
    };

    (void)fprintf(out, ", \"%s\": %s", key, words[truth]);
}

static void put_domain(const struct domain *domain, FILE *out)
{
    char uuid[DOMAIN_UUID_TEXT];

    domain_format_uuid(domain->uuid, uuid);
    (void)fputs("\n    { ", out);
    put_string("name", domain->name, out);
    (void)fprintf(out, ", \"uuid\": \"%s\", \"id\": ", uuid);
    if (domain_active(domain))
        (void)fprintf(out, "%d, ", domain->id);
    else
        (void)fputs("null, ", out);
    put_string("state", domain_state_word(domain->state), out);
    (void)fputs(", ", out);
    put_string("reason", domain_reason_word(domain->state, domain->reason), out);
    put_truth("active", domain_active(domain) ? TRUTH_TRUE : TRUTH_FALSE, out);
    put_truth("persistent", domain->persistent, out);
    put_truth("autostart", domain->autostart, out);
    put_truth("autostart_once", domain->autostart_once, out);
    put_truth("starts_at_boot", domain_starts_at_boot(domain), out);
    put_truth("managed_save", domain->managed_save, out);
    put_truth("snapshot", domain->snapshot, out);
    put_truth("checkpoint", domain->checkpoint, out);
    (void)fputs(" }", out);
}

void once_json(const struct snapshot *snapshot, const char *uri, FILE *out)
{
    char text[FILTER_TEXT_MAX];
    time_t seconds = (time_t)(snapshot->taken_real_ms / 1000);
    struct tm utc;

    (void)fputs("{\n  ", out);
    put_string("hypervisor", uri, out);
    filter_format(snapshot->filter, text, sizeof(text));
    (void)fputs(",\n  ", out);
    put_string("filter", text, out);
    (void)fputs(",\n  ", out);
    if (!gmtime_r(&seconds, &utc) || strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
        text[0] = '\0';
    put_string("time", text, out);
    (void)fprintf(out, ",\n  \"calls\": %u,\n  \"domains\": [", snapshot->calls);
    for (size_t i = 0; i < snapshot->count; i++) {
        (void)fputs(i > 0 ? "," : "", out);
        put_domain(&snapshot->domains[i], out);
    }
    (void)fputs(snapshot->count > 0 ? "\n  ]\n}\n" : "]\n}\n", out);
}

/* No listing flag finds them, so each domain is asked, where libvirt knows the question. */
static void ask_autostart_once(struct hypervisor *hypervisor, struct snapshot *snapshot)
{
    struct autostart_once *once = autostart_once_read(hypervisor);

    snapshot->calls += once ? 1 + (uint32_t)once->count : 0;
    autostart_once_fill(once, hypervisor_driver(hypervisor), snapshot);
    autostart_once_free(once);
}

static bool list_and_print(struct hypervisor *hypervisor, struct mailbox *mailbox, uint32_t filter, bool as_json,
                           FILE *out, char *why, size_t size)
{
    struct snapshot *snapshot;

    if (!hypervisor_connect(hypervisor)) {
        (void)snprintf(why, size, "%s: cannot connect: %s", hypervisor_uri(hypervisor),
                       hypervisor_error(hypervisor));
        return false;
    }
    snapshot = listing_take(hypervisor, filter, mailbox, why, size);
    if (!snapshot)
        return false;
    ask_autostart_once(hypervisor, snapshot);
    if (as_json)
        once_json(snapshot, hypervisor_uri(hypervisor), out);
    else
        once_table(snapshot, hypervisor_uri(hypervisor), out);
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
    struct hypervisor *hypervisor = mailbox ? hypervisor_new(uri, HYPERVISOR_WATCH_NOTHING, mailbox, NULL) : NULL;
    bool printed = false;

    (void)snprintf(why, size, "out of memory");
    if (hypervisor)
        printed = list_and_print(hypervisor, mailbox, settings->filter, as_json, out, why, size);
    hypervisor_free(hypervisor);
    mailbox_unref(mailbox);
    return printed;
}

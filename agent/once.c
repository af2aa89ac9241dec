/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/once.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/text.h"
#include "lib/libvirt/autostart_once.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/listing.h"
#include "lib/model/filter.h"

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

/* Returns how many domains need a look; 0 unless the form asks for them. */
static size_t once_put(const struct snapshot *snapshot, const char *uri, enum once_form form, FILE *out)
{
    switch (form) {
    case ONCE_JSON:
        once_json(snapshot, uri, out);
        return 0;
    case ONCE_UNWELL:
        return once_unwell(snapshot, uri, out);
    case ONCE_TABLE:
    default:
        once_table(snapshot, uri, once_wants_colour(out), out);
        return 0;
    }
}

static enum once_result once_list(struct connection *connection, struct mailbox *mailbox, uint32_t filter,
                                  enum once_form form, FILE *out, char *why, size_t size)
{
    struct snapshot *snapshot;
    size_t found;

    if (!connection_open(connection)) {
        (void)snprintf(why, size, "%s: cannot connect: %s", connection_uri(connection),
                       connection_error(connection));
        return ONCE_FAILED;
    }
    snapshot = listing_take(connection, filter, mailbox, why, size);
    if (!snapshot)
        return ONCE_FAILED;
    once_read_autostart_once(connection, snapshot);
    once_sort(snapshot);
    found = once_put(snapshot, connection_uri(connection), form, out);
    snapshot_unref(snapshot);
    if (fflush(out) == 0 && !ferror(out))
        return found > 0 ? ONCE_FOUND : ONCE_PRINTED;
    (void)snprintf(why, size, "cannot write the listing");
    return ONCE_FAILED;
}

enum once_result once_print(const struct settings *settings, enum once_form form, FILE *out, char *why,
                            size_t size)
{
    const char *uri = settings->hypervisor_count > 0 ? settings->hypervisors[0].uri : NULL;
    struct mailbox *mailbox = mailbox_new();
    struct connection *connection = mailbox ? connection_new(uri, CONNECTION_WATCH_NOTHING, mailbox, NULL) : NULL;
    enum once_result result = ONCE_FAILED;

    (void)snprintf(why, size, "out of memory");
    if (connection)
        result = once_list(connection, mailbox, settings->filter, form, out, why, size);
    connection_free(connection);
    mailbox_unref(mailbox);
    return result;
}

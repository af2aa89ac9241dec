/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/reader.h"

#include "integrations/check_guestlist/snmp/client.h"
#include "lib/base/clock.h"

#define BASE_COLUMNS                                                                                              \
    (COLUMN_BIT(COLUMN_NAME) | COLUMN_BIT(COLUMN_OPER) | COLUMN_BIT(COLUMN_STATE) | COLUMN_BIT(COLUMN_REASON_TEXT))
#define HEALTH_COLUMNS                                                                                            \
    (COLUMN_BIT(COLUMN_ADMIN) | COLUMN_BIT(COLUMN_AUTOSTART) | COLUMN_BIT(COLUMN_UP_TIME) |                       \
     COLUMN_BIT(COLUMN_REASON) | COLUMN_BIT(COLUMN_ACTIVE) | COLUMN_BIT(COLUMN_DETAILS) |                         \
     COLUMN_BIT(COLUMN_STARTS_AT_BOOT) | COLUMN_BIT(COLUMN_IO_ERROR))

unsigned reader_columns(const struct arguments *arguments)
{
    return BASE_COLUMNS |
           (arguments->mode == MODE_HEALTH ? HEALTH_COLUMNS : criteria_columns(&arguments->criteria));
}

static bool reader_put_scalar(void *data, const struct object *object, uint32_t index,
                              const struct object_value *value)
{
    (void)index;
    return facts_put_scalar(data, (enum facts_scalar)(object - facts_scalars), value);
}

static bool reader_put(void *data, const struct object *object, uint32_t index, const struct object_value *value)
{
    return facts_put(data, index, (enum facts_column)(object - facts_columns), value);
}

/* If there are fewer rows than domains, a domain may have disappeared between the first request and the walk. Then
 * the number of domains has changed as well. Otherwise rows are hidden. */
static bool reader_count_again(struct client *client, struct facts *facts)
{
    return (int64_t)facts->count >= facts->number[SCALAR_NUMBER] ||
           client_get(client, &facts_scalars[SCALAR_NUMBER], 1, reader_put_scalar, facts);
}

static bool reader_walk(struct client *client, unsigned wanted, struct facts *facts)
{
    size_t known = facts_has_guestlist_mib(facts) ? COLUMN_COUNT : COLUMN_VM_COUNT, count = 0;
    const struct object *columns[COLUMN_COUNT];

    for (size_t column = 0; column < known; column++)
        if (wanted & COLUMN_BIT(column))
            columns[count++] = &facts_columns[column];
    return client_walk(client, columns, count, reader_put, facts);
}

static bool reader_request(struct client *client, const struct arguments *arguments, struct facts *facts)
{
    if (!client_get(client, facts_scalars, SCALAR_COUNT, reader_put_scalar, facts))
        return false;
    if (facts->number[SCALAR_NUMBER] == FACTS_MISSING)
        return true;
    return reader_walk(client, reader_columns(arguments), facts) && reader_count_again(client, facts);
}

bool reader_read(const struct arguments *arguments, int64_t deadline_ms, struct facts *facts, char *why,
                 size_t size)
{
    int64_t began_ms = clock_boot_ms();
    struct client *client = client_open(arguments, deadline_ms, why, size);
    bool is_good = client && reader_request(client, arguments, facts);

    facts->requests = client ? client_requests(client) : 0;
    facts->took_ms = clock_boot_ms() - began_ms;
    client_close(client);
    return is_good;
}

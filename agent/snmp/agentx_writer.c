/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/agentx_writer.h"

#include <string.h>

#include "agent/snmp/agentx_pdu.h"

/* Room for that many octets. NULL if there is none. */
static uint8_t *agentx_writer_take(struct agentx_writer *writer, size_t octets)
{
    uint8_t *place = writer->octets + writer->length;

    writer->is_full = writer->is_full || writer->size - writer->length < octets;
    if (writer->is_full)
        return NULL;
    writer->length += octets;
    return place;
}

static void agentx_writer_put_number(uint8_t *place, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        place[i] = (uint8_t)(number >> (24 - 8 * i));
}

struct agentx_writer agentx_writer_begin(uint8_t *octets, size_t size, uint8_t type, uint8_t flags,
                                         const struct agentx_numbers *numbers)
{
    struct agentx_writer writer = { .octets = octets, .size = size };

    agentx_writer_octets(&writer, AGENTX_VERSION, type, flags | FLAG_NETWORK_ORDER, 0);
    agentx_writer_number(&writer, numbers->session);
    agentx_writer_number(&writer, numbers->transaction);
    agentx_writer_number(&writer, numbers->packet);
    agentx_writer_number(&writer, 0); /* the length of the payload */
    return writer;
}

void agentx_writer_octets(struct agentx_writer *writer, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    const uint8_t octets[] = { a, b, c, d };
    uint8_t *place = agentx_writer_take(writer, sizeof(octets));

    if (place)
        memcpy(place, octets, sizeof(octets));
}

void agentx_writer_number(struct agentx_writer *writer, uint32_t number)
{
    uint8_t *place = agentx_writer_take(writer, sizeof(number));

    if (place)
        agentx_writer_put_number(place, number);
}

void agentx_writer_number64(struct agentx_writer *writer, uint64_t number)
{
    agentx_writer_number(writer, (uint32_t)(number >> 32));
    agentx_writer_number(writer, (uint32_t)number);
}

void agentx_writer_string(struct agentx_writer *writer, const void *text, size_t length)
{
    size_t padded = (length + 3) / 4 * 4;
    uint8_t *place;

    agentx_writer_number(writer, (uint32_t)length);
    place = agentx_writer_take(writer, padded);
    if (!place || length == 0)
        return;
    memcpy(place, text, length);
    memset(place + length, 0, padded - length);
}

static bool agentx_writer_has_prefix(const mib_subid *name, size_t length)
{
    return length >= AGENTX_PREFIX_SUBIDS && memcmp(name, agentx_pdu_internet, sizeof(agentx_pdu_internet)) == 0 &&
           name[AGENTX_PREFIX_SUBIDS - 1] - 1 < AGENTX_PREFIX_MAX;
}

void agentx_writer_name(struct agentx_writer *writer, const mib_subid *name, size_t length)
{
    size_t done = agentx_writer_has_prefix(name, length) ? AGENTX_PREFIX_SUBIDS : 0;
    uint8_t prefix = done ? (uint8_t)name[AGENTX_PREFIX_SUBIDS - 1] : 0;
    uint8_t *place;

    agentx_writer_octets(writer, (uint8_t)(length - done), prefix, 0, 0);
    place = agentx_writer_take(writer, 4 * (length - done));
    for (; place && done < length; done++, place += 4)
        agentx_writer_put_number(place, (uint32_t)name[done]);
}

size_t agentx_writer_end(struct agentx_writer *writer)
{
    if (writer->is_full)
        return 0;
    agentx_writer_put_number(writer->octets + AGENTX_LENGTH_AT, (uint32_t)(writer->length - AGENTX_HEADER_OCTETS));
    return writer->length;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/agentx_reader.h"

#include <string.h>

#include "agent/snmp/agentx_pdu.h"

struct agentx_reader agentx_reader_begin(const uint8_t *pdu, size_t length)
{
    return (struct agentx_reader){ pdu + AGENTX_HEADER_OCTETS, length - AGENTX_HEADER_OCTETS,
                                   agentx_pdu_is_network_order(pdu) };
}

bool agentx_reader_skip(struct agentx_reader *reader, size_t octets)
{
    if (reader->left < octets)
        return false;
    reader->at += octets;
    reader->left -= octets;
    return true;
}

const char *agentx_reader_string(struct agentx_reader *reader, const uint8_t **text, size_t *length)
{
    if (reader->left < 4)
        return "a string is cut off";
    *length = agentx_pdu_number(reader->at, reader->network_order);
    *text = reader->at + 4;
    if (*length > reader->left || !agentx_reader_skip(reader, 4 + (*length + 3) / 4 * 4))
        return "a string is cut off";
    return NULL;
}

const char *agentx_reader_skip_name(struct agentx_reader *reader)
{
    size_t subids;

    if (reader->left < 4)
        return "a name is cut off";
    subids = reader->at[0];
    if (subids + (reader->at[1] ? AGENTX_PREFIX_SUBIDS : 0) > MIB_OID_MAX)
        return "a name has more than 128 numbers";
    return agentx_reader_skip(reader, 4 + 4 * subids) ? NULL : "a name is cut off";
}

const char *agentx_reader_name(struct agentx_reader *reader, struct agentx_name *name)
{
    const uint8_t *octets = reader->at;
    const char *fault = agentx_reader_skip_name(reader);

    if (fault)
        return fault;
    name->length = 0;
    name->is_included = octets[2] != 0;
    if (octets[1]) {
        memcpy(name->subids, agentx_pdu_internet, sizeof(agentx_pdu_internet));
        name->length = ARRAY_COUNT(agentx_pdu_internet);
        name->subids[name->length++] = octets[1];
    }
    for (size_t i = 0; i < octets[0]; i++)
        name->subids[name->length++] = agentx_pdu_number(octets + 4 + 4 * i, reader->network_order);
    return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/xml_reader.h"

#include <pthread.h>
#include <stdlib.h>

#include "lib/base/clock.h"
#include "lib/libvirt/control_info.h"
#include "lib/libvirt/virt.h"

enum { PINNED_VCPUS_MAX = 4096 }; /* more than any domain has */

struct xml_reader {
    pthread_mutex_t lock; /* for `parser`, which only one thread at a time may use */
    struct domain_xml_parser *parser;
};

struct xml_reader *xml_reader_new(const struct metadata_query *metadata)
{
    struct xml_reader *reader = calloc(1, sizeof(*reader));

    if (!reader)
        return NULL;
    reader->parser = domain_xml_parser_new(metadata);
    if (!reader->parser) {
        free(reader);
        return NULL;
    }
    (void)pthread_mutex_init(&reader->lock, NULL); /* cannot fail for a default mutex */
    return reader;
}

void xml_reader_free(struct xml_reader *reader)
{
    if (!reader)
        return;
    domain_xml_parser_free(reader->parser);
    (void)pthread_mutex_destroy(&reader->lock);
    free(reader);
}

bool xml_reader_set_rules(struct xml_reader *reader, const struct metadata_rules *rules)
{
    bool is_set;

    (void)pthread_mutex_lock(&reader->lock);
    is_set = domain_xml_parser_set_rules(reader->parser, rules);
    (void)pthread_mutex_unlock(&reader->lock);
    return is_set;
}

static struct xml_facts *xml_reader_parse(struct xml_reader *reader, const char *xml)
{
    struct xml_facts *xml_facts;

    (void)pthread_mutex_lock(&reader->lock);
    xml_facts = domain_xml_parse(reader->parser, xml);
    (void)pthread_mutex_unlock(&reader->lock);
    return xml_facts;
}

/* The XML has only a pinning that was configured, not the default nor one that libvirt chose. If the driver does
 * not support the call, the pinning is unknown. */
static void xml_reader_read_pinning(struct connection *connection, virDomainPtr domain,
                                    struct xml_facts *xml_facts)
{
    struct pinning *pinning = &xml_facts->pinning;
    size_t bytes = (connection_source(connection)->cpus + 7) / 8, room = (size_t)xml_facts->vcpus_maximum;
    unsigned flags =
        virt_domain_id(domain) == DOMAIN_ID_INACTIVE ? VIR_DOMAIN_AFFECT_CONFIG : VIR_DOMAIN_AFFECT_LIVE;
    int count;

    if (bytes == 0 || xml_facts->vcpus_maximum < 1 || room > PINNED_VCPUS_MAX)
        return;
    pinning->maps = calloc(room, bytes);
    if (!pinning->maps)
        return;
    count = virDomainGetVcpuPinInfo(domain, (int)room, pinning->maps, (int)bytes, flags);
    pinning->bytes = bytes;
    pinning->count = count > 0 ? (size_t)count : 0;
}

static bool xml_reader_may_ask(struct connection *connection, virDomainPtr domain)
{
    return virt_domain_id(domain) == DOMAIN_ID_INACTIVE || !control_info_hangs(connection, domain);
}

struct xml_facts *xml_reader_read(struct xml_reader *reader, struct connection *connection,
                                  const unsigned char uuid[UUID_BYTES])
{
    int64_t began_boot_ms = clock_boot_ms();
    AUTO_DOMAIN virDomainPtr domain = virDomainLookupByUUID(connection_conn(connection), uuid);
    bool may_ask = domain && xml_reader_may_ask(connection, domain);
    AUTO_FREE char *xml = may_ask ? virDomainGetXMLDesc(domain, 0) : NULL;
    struct xml_facts *xml_facts = xml ? xml_reader_parse(reader, xml) : NULL;

    if (!xml_facts)
        return NULL;
    xml_facts->read_boot_ms = began_boot_ms;
    xml_reader_read_pinning(connection, domain, xml_facts);
    return xml_facts;
}

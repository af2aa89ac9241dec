/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/domain_snapshots_reader.h"

#include <libxml/xmlreader.h>
#include <limits.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/libvirt/virt.h"

/* 9999-12-31. DateAndTime has no later year. */
static const int64_t latest_s = INT64_C(253402300799);

static bool domain_snapshots_reader_is_time(xmlTextReaderPtr reader)
{
    return xmlTextReaderNodeType(reader) == XML_READER_TYPE_ELEMENT && xmlTextReaderDepth(reader) == 1 &&
           strcmp((const char *)xmlTextReaderConstLocalName(reader), "creationTime") == 0;
}

/* The reader is at <creationTime>. */
static int64_t domain_snapshots_reader_number(xmlTextReaderPtr reader)
{
    xmlChar *text = xmlTextReaderReadString(reader);
    long seconds;
    bool is_number = text && text_number((const char *)text, 1, LONG_MAX, &seconds);

    xmlFree(text);
    return is_number && (int64_t)seconds <= latest_s ? seconds : DOMAIN_SNAPSHOTS_NO_TIME;
}

/* libvirt puts the time before the XML of the whole domain, which is long. So the rest is not parsed. */
int64_t domain_snapshots_reader_time(const char *xml)
{
    size_t length = strlen(xml);
    int64_t seconds = DOMAIN_SNAPSHOTS_NO_TIME;
    xmlTextReaderPtr reader = NULL;
    int step;

    if (length <= INT_MAX)
        reader = xmlReaderForMemory(xml, (int)length, NULL, NULL,
                                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (!reader)
        return seconds;
    step = xmlTextReaderRead(reader);
    while (step == 1 && !domain_snapshots_reader_is_time(reader))
        step = xmlTextReaderDepth(reader) < 1 ? xmlTextReaderRead(reader) : xmlTextReaderNext(reader);
    if (step == 1)
        seconds = domain_snapshots_reader_number(reader);
    xmlFreeTextReader(reader);
    return seconds;
}

/* A snapshot that was deleted since it was listed is not counted. False if it cannot be read for another reason.
 */
static bool domain_snapshots_reader_add(virDomainSnapshotPtr snapshot, struct domain_snapshots *snapshots)
{
    AUTO_FREE char *xml = virDomainSnapshotGetXMLDesc(snapshot, 0);

    if (!xml)
        return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN_SNAPSHOT;
    domain_snapshots_add(snapshots, domain_snapshots_reader_time(xml));
    return true;
}

/* Frees the list, which ends with NULL. The daemon sends the list and its length, and libvirt's library does not
 * compare them. So the length is not used. */
static bool domain_snapshots_reader_add_all(virDomainSnapshotPtr *list, struct domain_snapshots *snapshots)
{
    bool complete = snapshots != NULL;

    for (size_t i = 0; list && list[i]; i++) {
        complete = complete && domain_snapshots_reader_add(list[i], snapshots);
        (void)virDomainSnapshotFree(list[i]);
    }
    free(list);
    return complete;
}

struct domain_snapshots *domain_snapshots_reader_read(struct connection *connection,
                                                      const unsigned char uuid[UUID_BYTES])
{
    int64_t began_boot_ms = clock_boot_ms();
    AUTO_DOMAIN virDomainPtr domain = virDomainLookupByUUID(connection_conn(connection), uuid);
    virDomainSnapshotPtr *list = NULL;
    bool is_listed = domain && virDomainListAllSnapshots(domain, &list, 0) >= 0;
    struct domain_snapshots *snapshots = is_listed ? domain_snapshots_new() : NULL;

    if (!domain_snapshots_reader_add_all(list, snapshots)) {
        domain_snapshots_unref(snapshots);
        return NULL;
    }
    snapshots->read_boot_ms = began_boot_ms;
    return snapshots;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/churn/churn.h"

struct writer {
    virConnectPtr connection;
    unsigned first, random;
    uint64_t changes;
    pthread_t thread;
    struct writers *all;
};

struct writers {
    atomic_bool stop;
    unsigned started;
    struct writer writers[WRITERS];
};

void churn_uuid(unsigned number, unsigned char uuid[UUID_BYTES])
{
    static const unsigned char pattern[UUID_BYTES] = { 0xc4, 0,    0, 0, 0x11, 0x11, 0x42, 0x22,
                                                       0x83, 0x33, 0, 0, 0,    0,    0,    0 };

    memcpy(uuid, pattern, sizeof(pattern));
    uuid[3] = uuid[15] = (unsigned char)number;
}

bool churn_is_kept(unsigned number)
{
    return number % DOMAINS_PER_WRITER < KEPT_PER_WRITER;
}

static void writers_domain_xml(unsigned number, char *xml, size_t size)
{
    unsigned char uuid[UUID_BYTES];
    char text[UUID_TEXT];

    churn_uuid(number, uuid);
    uuid_format(uuid, text);
    (void)snprintf(xml, size,
                   "<domain type='test'><name>churn-%02u</name><uuid>%s</uuid><memory>1024</memory>"
                   "<os><type>hvm</type></os></domain>",
                   number, text);
}

/* rand_r() is good enough to choose actions, and repeatable. */
static unsigned writers_choose(struct writer *writer, unsigned count)
{
    return (unsigned)rand_r(&writer->random) % count;
}

static virDomainPtr writers_find(struct writer *writer, unsigned number)
{
    unsigned char uuid[UUID_BYTES];

    churn_uuid(number, uuid);
    return virDomainLookupByUUID(writer->connection, uuid);
}

/* Only one writer changes a domain, so its state does not change between two calls. A transient domain must not
 * have autostart. QEMU's driver removes the mark when a running domain is undefined, but the test driver keeps it.
 * So remove the mark first. */
static bool writers_undefine(virDomainPtr domain)
{
    return virDomainSetAutostart(domain, 0) == 0 && virDomainUndefine(domain) == 0;
}

static bool writers_change(struct writer *writer, unsigned number, virDomainPtr domain)
{
    bool persistent = virDomainIsPersistent(domain) == 1, active = virDomainIsActive(domain) == 1;

    switch (writers_choose(writer, persistent && !churn_is_kept(number) ? 4 : 3)) {
    case 0:
        return active ? virDomainDestroy(domain) == 0 : virDomainCreate(domain) == 0;
    case 1:
        return persistent && virDomainSetAutostart(domain, (int)writers_choose(writer, 2)) == 0;
    case 2:
        return active && virDomainSuspend(domain) == 0 && virDomainResume(domain) == 0;
    default:
        return writers_undefine(domain);
    }
}

static void writers_act(struct writer *writer)
{
    unsigned number = writer->first + writers_choose(writer, DOMAINS_PER_WRITER);
    virDomainPtr domain = writers_find(writer, number);
    char xml[512];

    if (domain) {
        writer->changes += writers_change(writer, number, domain);
    } else {
        writers_domain_xml(number, xml, sizeof(xml));
        domain = writers_choose(writer, 2) ? virDomainDefineXML(writer->connection, xml)
                                           : virDomainCreateXML(writer->connection, xml, 0);
        writer->changes += domain != NULL;
    }
    if (domain)
        (void)virDomainFree(domain);
}

static void *writers_run(void *data)
{
    struct writer *writer = data;

    while (!atomic_load(&writer->all->stop))
        writers_act(writer);
    return NULL;
}

static bool writers_define_kept(struct writer *writer)
{
    char xml[512];

    for (unsigned i = 0; i < KEPT_PER_WRITER; i++) {
        virDomainPtr domain;

        writers_domain_xml(writer->first + i, xml, sizeof(xml));
        domain = virDomainDefineXML(writer->connection, xml);
        if (!domain)
            return false;
        (void)virDomainFree(domain);
    }
    return true;
}

struct writers *writers_start(const char *uri)
{
    struct writers *writers = calloc(1, sizeof(*writers));

    for (unsigned i = 0; writers && i < WRITERS; i++) {
        struct writer *writer = &writers->writers[i];

        *writer = (struct writer){
            .connection = virConnectOpen(uri), .first = i * DOMAINS_PER_WRITER, .random = i + 1, .all = writers
        };
        if (!writer->connection || !writers_define_kept(writer) ||
            pthread_create(&writer->thread, NULL, writers_run, writer)) {
            (void)fprintf(stderr, "writer %u: %s\n", i, virGetLastErrorMessage());
            (void)writers_stop(writers);
            return NULL;
        }
        writers->started++;
    }
    return writers;
}

uint64_t writers_stop(struct writers *writers)
{
    uint64_t changes = 0;

    atomic_store(&writers->stop, true);
    for (unsigned i = 0; i < writers->started; i++) {
        (void)pthread_join(writers->writers[i].thread, NULL);
        changes += writers->writers[i].changes;
    }
    for (unsigned i = 0; i < WRITERS; i++)
        if (writers->writers[i].connection)
            (void)virConnectClose(writers->writers[i].connection);
    free(writers);
    return changes;
}

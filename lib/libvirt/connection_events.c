/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/connection_events.h"

#include <assert.h>

#include "lib/base/array.h"
#include "lib/libvirt/virt.h"

#define UNUSED __attribute__((unused))

#define SAME(word) static_assert((int)DOMAIN_EVENT_##word == (int)VIR_DOMAIN_EVENT_##word, "libvirt's number")
SAME(DEFINED);
SAME(UNDEFINED);
SAME(STARTED);
SAME(SUSPENDED);
SAME(RESUMED);
SAME(STOPPED);
SAME(SHUTDOWN);
SAME(PMSUSPENDED);
SAME(CRASHED);

static void connection_events_put(virDomainPtr domain, uint32_t kinds, void *data)
{
    unsigned char uuid[UUID_BYTES];

    if (virDomainGetUUID(domain, uuid) == 0)
        mailbox_put_event(data, uuid, kinds);
}

/* This and the other callbacks run on the thread of the event loop. A domain's XML changes when it is defined and
 * when it starts. */
static int connection_events_on_lifecycle(virConnectPtr conn UNUSED, virDomainPtr domain, int event, int detail,
                                          void *data)
{
    bool is_described = event == VIR_DOMAIN_EVENT_DEFINED || event == VIR_DOMAIN_EVENT_STARTED;
    unsigned char uuid[UUID_BYTES];

    if (virDomainGetUUID(domain, uuid) < 0)
        return 0;
    mailbox_put_domain_event(data, uuid, event, detail);
    mailbox_put_event(data, uuid, is_described ? MAIL_CHANGED | MAIL_XML_CHANGED : MAIL_CHANGED);
    return 0;
}

static void connection_events_on_metadata(virConnectPtr conn UNUSED, virDomainPtr domain, int type UNUSED,
                                          const char *uri UNUSED, void *data)
{
    connection_events_put(domain, MAIL_XML_CHANGED, data);
}

static void connection_events_on_device(virConnectPtr conn UNUSED, virDomainPtr domain, const char *alias UNUSED,
                                        void *data)
{
    connection_events_put(domain, MAIL_XML_CHANGED, data);
}

static void connection_events_on_disk(virConnectPtr conn UNUSED, virDomainPtr domain, const char *before UNUSED,
                                      const char *after UNUSED, const char *alias UNUSED, int reason UNUSED,
                                      void *data)
{
    connection_events_put(domain, MAIL_XML_CHANGED, data);
}

static void connection_events_on_tray(virConnectPtr conn UNUSED, virDomainPtr domain, const char *alias UNUSED,
                                      int reason UNUSED, void *data)
{
    connection_events_put(domain, MAIL_XML_CHANGED, data);
}

/* Among others, the pinning of vCPUs has changed. */
static void connection_events_on_tunable(virConnectPtr conn UNUSED, virDomainPtr domain,
                                         virTypedParameterPtr parameters UNUSED, int count UNUSED, void *data)
{
    connection_events_put(domain, MAIL_XML_CHANGED, data);
}

/* When a disk was copied, or its overlay was merged, it has another file. When a disk was backed up, the backup
 * of other disks may go on: libvirt sends no other event while a backup is under way. */
static void connection_events_on_block_job(virConnectPtr conn UNUSED, virDomainPtr domain,
                                           const char *target UNUSED, int type UNUSED, int status UNUSED,
                                           void *data)
{
    connection_events_put(domain, MAIL_XML_CHANGED | MAIL_JOB, data);
}

static void connection_events_on_job_end(virConnectPtr conn UNUSED, virDomainPtr domain,
                                         virTypedParameterPtr parameters UNUSED, int count UNUSED, void *data)
{
    connection_events_put(domain, MAIL_JOB, data);
}

/* Memory is being sent: the first sign of a migration, a dump, or a snapshot with memory. */
static void connection_events_on_iteration(virConnectPtr conn UNUSED, virDomainPtr domain, int iteration UNUSED,
                                           void *data)
{
    connection_events_put(domain, MAIL_JOB, data);
}

static void connection_events_on_close(virConnectPtr conn UNUSED, int reason UNUSED, void *data)
{
    mailbox_put_wake(data);
}

static void connection_events_release_mailbox(void *data)
{
    mailbox_unref(data);
}

/* libvirt stores callbacks of many types as one type. The cast goes through void (*)(void), which compilers accept
 * without a warning about incompatible functions; libvirt's own VIR_DOMAIN_EVENT_CALLBACK() does not. */
#define EVENT_CALLBACK(function) ((virConnectDomainEventGenericCallback)(void (*)(void))(function))

/* Lifecycle events start listings and become notifications. The others only cause XML and jobs to be read sooner.
 */
static const struct {
    int event;
    virConnectDomainEventGenericCallback callback;
    const char *name;
} watched[] = {
    { VIR_DOMAIN_EVENT_ID_LIFECYCLE, EVENT_CALLBACK(connection_events_on_lifecycle), "lifecycle" },
    { VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, EVENT_CALLBACK(connection_events_on_metadata), "metadata" },
    { VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, EVENT_CALLBACK(connection_events_on_device), "device added" },
    { VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, EVENT_CALLBACK(connection_events_on_device), "device removed" },
    { VIR_DOMAIN_EVENT_ID_DISK_CHANGE, EVENT_CALLBACK(connection_events_on_disk), "disk change" },
    { VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, EVENT_CALLBACK(connection_events_on_tray), "tray change" },
    { VIR_DOMAIN_EVENT_ID_TUNABLE, EVENT_CALLBACK(connection_events_on_tunable), "tunable" },
    { VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, EVENT_CALLBACK(connection_events_on_block_job), "block job" },
    { VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, EVENT_CALLBACK(connection_events_on_iteration), "migration" },
    { VIR_DOMAIN_EVENT_ID_JOB_COMPLETED, EVENT_CALLBACK(connection_events_on_job_end), "job completed" },
};

static_assert(ARRAY_COUNT(watched) == CONNECTION_EVENTS, "a callback for each");

/* A connection that is lost is reported elsewhere, once and not for each kind of event. */
static void connection_events_log_missing(struct connection *connection, const char *name)
{
    if (!connection_is_alive(connection))
        return;
    if (virt_is_unsupported(virGetLastErrorCode()) &&
        !driver_learn(connection_driver(connection), DRIVER_NO_EVENTS))
        return;
    log_say(connection_log(connection), LOG_LEVEL_INFO,
            "%s: no %s events: %s; changes show with the next interval", connection_uri(connection), name,
            connection_error(connection));
}

void connection_events_init(struct connection_events *events)
{
    for (size_t i = 0; i < CONNECTION_EVENTS; i++)
        events->callbacks[i] = -1;
}

void connection_events_start(struct connection_events *events, struct connection *connection,
                             struct mailbox *mailbox)
{
    virConnectPtr conn = connection_conn(connection);

    /* This callback gets no reference to the mailbox. Some drivers accept a close callback although they do not
     * support it: they never call it, and would never release the reference. The mailbox lives long enough,
     * because libvirt holds a lock while it calls back, and connection_events_end() waits for that lock. */
    (void)virConnectRegisterCloseCallback(conn, connection_events_on_close, mailbox, NULL);
    for (size_t i = 0; i < CONNECTION_EVENTS; i++) {
        events->callbacks[i] =
            virConnectDomainEventRegisterAny(conn, NULL, watched[i].event, watched[i].callback,
                                             mailbox_ref(mailbox), connection_events_release_mailbox);
        if (events->callbacks[i] >= 0)
            continue;
        mailbox_unref(mailbox);
        connection_events_log_missing(connection, watched[i].name);
    }
}

void connection_events_end(struct connection_events *events, struct connection *connection)
{
    virConnectPtr conn = connection_conn(connection);

    for (size_t i = 0; i < CONNECTION_EVENTS; i++)
        if (events->callbacks[i] >= 0)
            (void)virConnectDomainEventDeregisterAny(conn, events->callbacks[i]);
    connection_events_init(events);
    (void)virConnectUnregisterCloseCallback(conn, connection_events_on_close);
}

bool connection_events_has_lifecycle(const struct connection_events *events)
{
    return events->callbacks[0] >= 0;
}

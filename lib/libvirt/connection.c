/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/array.h"
#include "lib/libvirt/connection.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/clock.h"
#include "lib/base/uri.h"
#include "lib/libvirt/connector.h"
#include "lib/libvirt/virt.h"

/* A dead peer is found after about 20 s, which is later than any pause of a healthy libvirtd. */
enum { KEEPALIVE_SECONDS = 5, KEEPALIVE_COUNT = 3 };

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

static int connection_events_on_lifecycle(virConnectPtr conn, virDomainPtr domain, int event, int detail,
                                          void *data);
static void connection_events_on_metadata(virConnectPtr conn, virDomainPtr domain, int type, const char *uri,
                                          void *data);
static void connection_events_on_device(virConnectPtr conn, virDomainPtr domain, const char *alias, void *data);
static void connection_events_on_disk(virConnectPtr conn, virDomainPtr domain, const char *before,
                                      const char *after, const char *alias, int reason, void *data);
static void connection_events_on_tray(virConnectPtr conn, virDomainPtr domain, const char *alias, int reason,
                                      void *data);
static void connection_events_on_tunable(virConnectPtr conn, virDomainPtr domain, virTypedParameterPtr parameters,
                                         int count, void *data);
static void connection_events_on_block_job(virConnectPtr conn, virDomainPtr domain, const char *target, int type,
                                           int status, void *data);
static void connection_events_on_iteration(virConnectPtr conn, virDomainPtr domain, int iteration, void *data);

/* libvirt keeps functions of many types as one. Only by way of a function that promises nothing is such a cast
 * meant for the compiler; libvirt's own VIR_DOMAIN_EVENT_CALLBACK() leaves that out. */
#define EVENT_CALLBACK(function) ((virConnectDomainEventGenericCallback)(void (*)(void))(function))

/* The first makes rows and notifications; without the others what the XML says would be seen late. */
static const struct watched {
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
};

struct connection {
    char *uri;   /* as given, may hold a password; NULL: libvirt's default */
    char *shown; /* as it may be shown */
    enum connection_watch watch;
    bool may_change;
    struct connector *connector; /* NULL before the first connection_open() */
    struct mailbox *mailbox;
    const struct log_sink *log;
    virConnectPtr conn;
    int callbacks[ARRAY_COUNT(watched)];
    struct driver *driver;
    struct snapshot_source source;
    char connect_why[CONNECTOR_WHY_MAX]; /* why the last connection_open() failed, without passwords */
    char error[256];
};

static void connection_drop_error(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void connection_events_put(virDomainPtr domain, uint32_t kinds, void *data)
{
    unsigned char uuid[UUID_BYTES];

    if (virDomainGetUUID(domain, uuid) == 0)
        mailbox_put_event(data, uuid, kinds);
}

static void connection_events_put_lifecycle(virDomainPtr domain, int event, int detail, void *data)
{
    unsigned char uuid[UUID_BYTES];

    if (virDomainGetUUID(domain, uuid) == 0)
        mailbox_put_domain_event(data, uuid, event, detail);
}

/* Runs on the event thread, as do the next ones. Its XML changes when a domain is defined and when it
 * starts; the rest is seen by the listing. */
static int connection_events_on_lifecycle(virConnectPtr conn, virDomainPtr domain, int event, int detail,
                                          void *data)
{
    bool described = event == VIR_DOMAIN_EVENT_DEFINED || event == VIR_DOMAIN_EVENT_STARTED;

    (void)conn;
    connection_events_put_lifecycle(domain, event, detail, data);
    connection_events_put(domain, described ? MAIL_CHANGED | MAIL_DESCRIBED : MAIL_CHANGED, data);
    return 0;
}

static void connection_events_on_metadata(virConnectPtr conn, virDomainPtr domain, int type, const char *uri,
                                          void *data)
{
    (void)conn;
    (void)type;
    (void)uri;
    connection_events_put(domain, MAIL_DESCRIBED, data);
}

static void connection_events_on_device(virConnectPtr conn, virDomainPtr domain, const char *alias, void *data)
{
    (void)conn;
    (void)alias;
    connection_events_put(domain, MAIL_DESCRIBED, data);
}

static void connection_events_on_disk(virConnectPtr conn, virDomainPtr domain, const char *before,
                                      const char *after, const char *alias, int reason, void *data)
{
    (void)conn;
    (void)before;
    (void)after;
    (void)alias;
    (void)reason;
    connection_events_put(domain, MAIL_DESCRIBED, data);
}

static void connection_events_on_tray(virConnectPtr conn, virDomainPtr domain, const char *alias, int reason,
                                      void *data)
{
    (void)conn;
    (void)alias;
    (void)reason;
    connection_events_put(domain, MAIL_DESCRIBED, data);
}

/* Of the pinning of vCPUs, among others. */
static void connection_events_on_tunable(virConnectPtr conn, virDomainPtr domain, virTypedParameterPtr parameters,
                                         int count, void *data)
{
    (void)conn;
    (void)parameters;
    (void)count;
    connection_events_put(domain, MAIL_DESCRIBED, data);
}

/* A disk that is copied, or whose overlay is merged, goes on with another file. */
static void connection_events_on_block_job(virConnectPtr conn, virDomainPtr domain, const char *target, int type,
                                           int status, void *data)
{
    (void)conn;
    (void)target;
    (void)type;
    (void)status;
    connection_events_put(domain, MAIL_DESCRIBED, data);
}

/* Memory is being sent away: the first sign of a migration, but a save sends it as well. */
static void connection_events_on_iteration(virConnectPtr conn, virDomainPtr domain, int iteration, void *data)
{
    (void)conn;
    (void)iteration;
    connection_events_put(domain, MAIL_JOB, data);
}

static void connection_events_on_close(virConnectPtr conn, int reason, void *data)
{
    (void)conn;
    (void)reason;
    mailbox_put_lost(data);
}

static void connection_events_release_mailbox(void *data)
{
    mailbox_unref(data);
}

struct connection *connection_new(const char *uri, enum connection_watch watch, struct mailbox *mailbox,
                                  const struct log_sink *log)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (!connection)
        return NULL;
    if (uri && *uri)
        connection->uri = strdup(uri);
    connection->shown = uri_public(uri ? uri : "");
    connection->driver = driver_new();
    if ((uri && *uri && !connection->uri) || !connection->shown || !connection->driver) {
        driver_unref(connection->driver);
        free(connection->uri);
        free(connection->shown);
        free(connection);
        return NULL;
    }
    connection->watch = watch;
    connection->mailbox = mailbox_ref(mailbox);
    connection->log = log;
    for (size_t i = 0; i < ARRAY_COUNT(watched); i++)
        connection->callbacks[i] = -1;
    return connection;
}

void connection_free(struct connection *connection)
{
    if (!connection)
        return;
    connection_close(connection);
    (void)connector_free(connection->connector, 0); /* an attempt that hangs frees what it uses */
    mailbox_unref(connection->mailbox);
    driver_unref(connection->driver);
    free(connection->uri);
    free(connection->shown);
    free(connection);
}

void connection_share_driver(struct connection *connection, struct driver *driver)
{
    driver_unref(connection->driver);
    connection->driver = driver_ref(driver);
}

struct driver *connection_driver(const struct connection *connection)
{
    return connection->driver;
}

static void connection_events_log_missing(struct connection *connection, const char *name)
{
    if (virt_is_unsupported(virGetLastErrorCode()) && !driver_learn(connection->driver, DRIVER_NO_EVENTS))
        return;
    log_say(connection->log, LOG_LEVEL_INFO, "%s: no %s events: %s; changes show with the next interval",
            connection->shown, name, connection_error(connection));
}

static void connection_events_start(struct connection *connection)
{
    /* Without a reference of its own: drivers that know no closing take the callback and forget it, and would
     * never release one. libvirt holds a lock while it calls back that connection_events_end() waits for. */
    (void)virConnectRegisterCloseCallback(connection->conn, connection_events_on_close, connection->mailbox, NULL);
    for (size_t i = 0; i < ARRAY_COUNT(watched); i++) {
        connection->callbacks[i] =
            virConnectDomainEventRegisterAny(connection->conn, NULL, watched[i].event, watched[i].callback,
                                             mailbox_ref(connection->mailbox), connection_events_release_mailbox);
        if (connection->callbacks[i] >= 0)
            continue;
        mailbox_unref(connection->mailbox);
        connection_events_log_missing(connection, watched[i].name);
    }
}

static void connection_start_watch(struct connection *connection)
{
    /* Fails only for drivers inside the client library, which have no peer that could die. */
    if (connection->watch != CONNECTION_WATCH_NOTHING)
        (void)virConnectSetKeepAlive(connection->conn, KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
    if (connection->watch == CONNECTION_WATCH_EVENTS)
        connection_events_start(connection);
}

static void connection_events_end(struct connection *connection)
{
    for (size_t i = 0; i < ARRAY_COUNT(watched); i++) {
        if (connection->callbacks[i] >= 0)
            (void)virConnectDomainEventDeregisterAny(connection->conn, connection->callbacks[i]);
        connection->callbacks[i] = -1;
    }
    if (connection->watch == CONNECTION_WATCH_EVENTS)
        (void)virConnectUnregisterCloseCallback(connection->conn, connection_events_on_close);
}

/* Which CPUs the host has, for the affinity of vCPUs. Asked once a connection: CPUs seldom come or go. */
static void connection_learn_cpus(struct connection *connection)
{
    struct snapshot_source *source = &connection->source;
    AUTO_FREE unsigned char *map = NULL;
    unsigned online;
    int count = virNodeGetCPUMap(connection->conn, &map, &online, 0);

    if (count > SNAPSHOT_HOST_CPUS_MAX)
        count = SNAPSHOT_HOST_CPUS_MAX;
    memset(source->online, 0, sizeof(source->online));
    source->cpus = count > 0 ? (uint32_t)count : 0;
    if (source->cpus > 0)
        memcpy(source->online, map, (source->cpus + 7) / 8);
}

static void connection_learn_uri(struct connection *connection)
{
    char *uri = virConnectGetURI(connection->conn);
    char *shown = uri ? uri_public(uri) : NULL;

    if (shown) {
        free(connection->shown);
        connection->shown = shown;
    }
    connection->source.local = uri && uri_is_local(uri);
    free(uri);
}

/* vmHvUpTime: the RFC ties it to the hypervisor's re-initialization, and a hypervisor of this host
 * starts its autostart domains once per boot. Of another host only the first connection is known. */
static void connection_learn_source(struct connection *connection)
{
    struct snapshot_source *source = &connection->source;
    const char *software = virConnectGetType(connection->conn);
    unsigned long library = 0;

    connection_learn_uri(connection);
    connection_learn_cpus(connection);
    (void)snprintf(source->software, sizeof(source->software), "%s", software ? software : "");
    driver_set_type(connection->driver, source->software);
    if (virConnectGetLibVersion(connection->conn, &library) == 0)
        driver_set_version(connection->driver, library);
    if (source->local)
        source->up_since_boot_ms = 0;
    else if (source->up_since_boot_ms == 0)
        source->up_since_boot_ms = clock_boot_ms();
}

void connection_allow_changes(struct connection *connection)
{
    connection->may_change = true;
}

void connection_adopt(struct connection *connection, virConnectPtr conn)
{
    connection->conn = conn;
    virConnSetErrorFunc(conn, NULL, connection_drop_error);
    connection_start_watch(connection);
    connection_learn_source(connection);
}

bool connection_open(struct connection *connection)
{
    if (connection->conn)
        return true;
    if (!connection->connector)
        connection->connector = connector_new(connection->uri, connection->may_change, connection->mailbox);
    (void)snprintf(connection->connect_why, sizeof(connection->connect_why), "out of memory");
    return connection->connector && connector_connect(connection->connector, connection, connection->connect_why);
}

bool connection_was_denied(const struct connection *connection)
{
    return connection->connector && connector_was_denied(connection->connector);
}

void connection_read_version(struct connection *connection, char *version)
{
    unsigned long number = 0;

    version[0] = '\0';
    if (virConnectGetVersion(connection->conn, &number) == 0 && number > 0)
        (void)snprintf(version, SNAPSHOT_WORD_MAX, "%lu.%lu.%lu", number / 1000000, number / 1000 % 1000,
                       number % 1000);
}

void connection_close(struct connection *connection)
{
    if (!connection->conn)
        return;
    connection_events_end(connection);
    (void)virConnectClose(connection->conn);
    connection->conn = NULL;
}

bool connection_is_open(const struct connection *connection)
{
    return connection->conn != NULL;
}

bool connection_alive(struct connection *connection)
{
    /* Drivers inside the client library (test:///default) have no opinion: they cannot be lost. */
    return connection->conn && virConnectIsAlive(connection->conn) != 0;
}

bool connection_has_events(const struct connection *connection)
{
    return connection->callbacks[0] >= 0;
}

const char *connection_error(struct connection *connection)
{
    if (!connection->conn && connection->connect_why[0])
        return connection->connect_why;
    uri_conceal_line(connection->uri, virGetLastErrorMessage(), connection->error, sizeof(connection->error));
    return connection->error;
}

const char *connection_uri(const struct connection *connection)
{
    return *connection->shown ? connection->shown : "libvirt's default URI";
}

const struct log_sink *connection_log(const struct connection *connection)
{
    return connection->log;
}

const struct snapshot_source *connection_source(const struct connection *connection)
{
    return &connection->source;
}

virConnectPtr connection_conn(struct connection *connection)
{
    return connection->conn;
}

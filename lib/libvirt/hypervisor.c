/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/hypervisor.h"

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

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

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

static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void *data);
static void on_metadata(virConnectPtr connection, virDomainPtr domain, int type, const char *uri, void *data);
static void on_device(virConnectPtr connection, virDomainPtr domain, const char *alias, void *data);
static void on_disk(virConnectPtr connection, virDomainPtr domain, const char *before, const char *after,
                    const char *alias, int reason, void *data);
static void on_tray(virConnectPtr connection, virDomainPtr domain, const char *alias, int reason, void *data);
static void on_tunable(virConnectPtr connection, virDomainPtr domain, virTypedParameterPtr parameters, int count,
                       void *data);
static void on_block_job(virConnectPtr connection, virDomainPtr domain, const char *target, int type, int status,
                         void *data);
static void on_iteration(virConnectPtr connection, virDomainPtr domain, int iteration, void *data);

/* libvirt keeps functions of many types as one. Only by way of a function that promises nothing is such a cast
 * meant for the compiler; libvirt's own VIR_DOMAIN_EVENT_CALLBACK() leaves that out. */
#define EVENT_CALLBACK(function) ((virConnectDomainEventGenericCallback)(void (*)(void))(function))

/* The first makes rows and notifications; without the others what the XML says would be seen late. */
static const struct watched {
    int event;
    virConnectDomainEventGenericCallback callback;
    const char *name;
} watched[] = {
    { VIR_DOMAIN_EVENT_ID_LIFECYCLE, EVENT_CALLBACK(on_lifecycle), "lifecycle" },
    { VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, EVENT_CALLBACK(on_metadata), "metadata" },
    { VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, EVENT_CALLBACK(on_device), "device added" },
    { VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, EVENT_CALLBACK(on_device), "device removed" },
    { VIR_DOMAIN_EVENT_ID_DISK_CHANGE, EVENT_CALLBACK(on_disk), "disk change" },
    { VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, EVENT_CALLBACK(on_tray), "tray change" },
    { VIR_DOMAIN_EVENT_ID_TUNABLE, EVENT_CALLBACK(on_tunable), "tunable" },
    { VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, EVENT_CALLBACK(on_block_job), "block job" },
    { VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION, EVENT_CALLBACK(on_iteration), "migration" },
};

struct hypervisor {
    char *uri;   /* as given, may hold a password; NULL: libvirt's default */
    char *shown; /* as it may be shown */
    enum hypervisor_watch watch;
    bool may_change;
    struct connector *connector; /* NULL before the first hypervisor_connect() */
    struct mailbox *mailbox;
    const struct log_sink *log;
    virConnectPtr connection;
    int callbacks[COUNT(watched)];
    struct driver *driver;
    struct snapshot_source source;
    char connect_why[CONNECTOR_WHY_MAX]; /* why the last hypervisor_connect() failed, without passwords */
    char error[256];
};

static void keep_quiet(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void note_event(virDomainPtr domain, uint32_t kinds, void *data)
{
    unsigned char uuid[DOMAIN_UUID_BYTES];

    if (virDomainGetUUID(domain, uuid) == 0)
        mailbox_put_event(data, uuid, kinds);
}

static void note_lifecycle(virDomainPtr domain, int event, int detail, void *data)
{
    unsigned char uuid[DOMAIN_UUID_BYTES];

    if (virDomainGetUUID(domain, uuid) == 0)
        mailbox_put_domain_event(data, uuid, event, detail);
}

/* Runs on the event thread, as do the next ones. Its XML changes when a domain is defined and when it
 * starts; the rest is seen by the listing. */
static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void *data)
{
    bool described = event == VIR_DOMAIN_EVENT_DEFINED || event == VIR_DOMAIN_EVENT_STARTED;

    (void)connection;
    note_lifecycle(domain, event, detail, data);
    note_event(domain, described ? MAIL_CHANGED | MAIL_DESCRIBED : MAIL_CHANGED, data);
    return 0;
}

static void on_metadata(virConnectPtr connection, virDomainPtr domain, int type, const char *uri, void *data)
{
    (void)connection;
    (void)type;
    (void)uri;
    note_event(domain, MAIL_DESCRIBED, data);
}

static void on_device(virConnectPtr connection, virDomainPtr domain, const char *alias, void *data)
{
    (void)connection;
    (void)alias;
    note_event(domain, MAIL_DESCRIBED, data);
}

static void on_disk(virConnectPtr connection, virDomainPtr domain, const char *before, const char *after,
                    const char *alias, int reason, void *data)
{
    (void)connection;
    (void)before;
    (void)after;
    (void)alias;
    (void)reason;
    note_event(domain, MAIL_DESCRIBED, data);
}

static void on_tray(virConnectPtr connection, virDomainPtr domain, const char *alias, int reason, void *data)
{
    (void)connection;
    (void)alias;
    (void)reason;
    note_event(domain, MAIL_DESCRIBED, data);
}

/* Of the pinning of vCPUs, among others. */
static void on_tunable(virConnectPtr connection, virDomainPtr domain, virTypedParameterPtr parameters, int count,
                       void *data)
{
    (void)connection;
    (void)parameters;
    (void)count;
    note_event(domain, MAIL_DESCRIBED, data);
}

/* A disk that is copied, or whose overlay is merged, goes on with another file. */
static void on_block_job(virConnectPtr connection, virDomainPtr domain, const char *target, int type, int status,
                         void *data)
{
    (void)connection;
    (void)target;
    (void)type;
    (void)status;
    note_event(domain, MAIL_DESCRIBED, data);
}

/* Memory is being sent away: the first sign of a migration, but a save sends it as well. */
static void on_iteration(virConnectPtr connection, virDomainPtr domain, int iteration, void *data)
{
    (void)connection;
    (void)iteration;
    note_event(domain, MAIL_JOB, data);
}

static void on_close(virConnectPtr connection, int reason, void *data)
{
    (void)connection;
    (void)reason;
    mailbox_put_lost(data);
}

static void release_mailbox(void *data)
{
    mailbox_unref(data);
}

struct hypervisor *hypervisor_new(const char *uri, enum hypervisor_watch watch, struct mailbox *mailbox,
                                  const struct log_sink *log)
{
    struct hypervisor *hypervisor = calloc(1, sizeof(*hypervisor));

    if (!hypervisor)
        return NULL;
    if (uri && *uri)
        hypervisor->uri = strdup(uri);
    hypervisor->shown = uri_public(uri ? uri : "");
    hypervisor->driver = driver_new();
    if ((uri && *uri && !hypervisor->uri) || !hypervisor->shown || !hypervisor->driver) {
        driver_unref(hypervisor->driver);
        free(hypervisor->uri);
        free(hypervisor->shown);
        free(hypervisor);
        return NULL;
    }
    hypervisor->watch = watch;
    hypervisor->mailbox = mailbox_ref(mailbox);
    hypervisor->log = log;
    for (size_t i = 0; i < COUNT(watched); i++)
        hypervisor->callbacks[i] = -1;
    return hypervisor;
}

void hypervisor_free(struct hypervisor *hypervisor)
{
    if (!hypervisor)
        return;
    hypervisor_disconnect(hypervisor);
    (void)connector_free(hypervisor->connector, 0); /* an attempt that hangs frees what it uses */
    mailbox_unref(hypervisor->mailbox);
    driver_unref(hypervisor->driver);
    free(hypervisor->uri);
    free(hypervisor->shown);
    free(hypervisor);
}

void hypervisor_share_driver(struct hypervisor *hypervisor, struct driver *driver)
{
    driver_unref(hypervisor->driver);
    hypervisor->driver = driver_ref(driver);
}

struct driver *hypervisor_driver(const struct hypervisor *hypervisor)
{
    return hypervisor->driver;
}

static void say_no_events(struct hypervisor *hypervisor, const char *name)
{
    if (virt_is_unsupported(virGetLastErrorCode()) && !driver_learn(hypervisor->driver, DRIVER_NO_EVENTS))
        return;
    log_say(hypervisor->log, LOG_LEVEL_INFO, "%s: no %s events: %s; changes show with the next interval",
            hypervisor->shown, name, hypervisor_error(hypervisor));
}

static void watch_events(struct hypervisor *hypervisor)
{
    /* Without a reference of its own: drivers that know no closing take the callback and forget it, and would
     * never release one. libvirt holds a lock while it calls back that end_watch() waits for. */
    (void)virConnectRegisterCloseCallback(hypervisor->connection, on_close, hypervisor->mailbox, NULL);
    for (size_t i = 0; i < COUNT(watched); i++) {
        hypervisor->callbacks[i] =
            virConnectDomainEventRegisterAny(hypervisor->connection, NULL, watched[i].event, watched[i].callback,
                                             mailbox_ref(hypervisor->mailbox), release_mailbox);
        if (hypervisor->callbacks[i] >= 0)
            continue;
        mailbox_unref(hypervisor->mailbox);
        say_no_events(hypervisor, watched[i].name);
    }
}

static void start_watch(struct hypervisor *hypervisor)
{
    /* Fails only for drivers inside the client library, which have no peer that could die. */
    if (hypervisor->watch != HYPERVISOR_WATCH_NOTHING)
        (void)virConnectSetKeepAlive(hypervisor->connection, KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
    if (hypervisor->watch == HYPERVISOR_WATCH_EVENTS)
        watch_events(hypervisor);
}

static void end_watch(struct hypervisor *hypervisor)
{
    for (size_t i = 0; i < COUNT(watched); i++) {
        if (hypervisor->callbacks[i] >= 0)
            (void)virConnectDomainEventDeregisterAny(hypervisor->connection, hypervisor->callbacks[i]);
        hypervisor->callbacks[i] = -1;
    }
    if (hypervisor->watch == HYPERVISOR_WATCH_EVENTS)
        (void)virConnectUnregisterCloseCallback(hypervisor->connection, on_close);
}

/* Which CPUs the host has, for the affinity of vCPUs. Asked once a connection: CPUs seldom come or go. */
static void learn_cpus(struct hypervisor *hypervisor)
{
    struct snapshot_source *source = &hypervisor->source;
    AUTO_FREE unsigned char *map = NULL;
    unsigned online;
    int count = virNodeGetCPUMap(hypervisor->connection, &map, &online, 0);

    if (count > SNAPSHOT_HOST_CPUS_MAX)
        count = SNAPSHOT_HOST_CPUS_MAX;
    memset(source->online, 0, sizeof(source->online));
    source->cpus = count > 0 ? (uint32_t)count : 0;
    if (source->cpus > 0)
        memcpy(source->online, map, (source->cpus + 7) / 8);
}

static void learn_uri(struct hypervisor *hypervisor)
{
    char *uri = virConnectGetURI(hypervisor->connection);
    char *shown = uri ? uri_public(uri) : NULL;

    if (shown) {
        free(hypervisor->shown);
        hypervisor->shown = shown;
    }
    hypervisor->source.local = uri && uri_is_local(uri);
    free(uri);
}

/* vmHvUpTime: the RFC ties it to the hypervisor's re-initialization, and a hypervisor of this host
 * starts its autostart domains once per boot. Of another host only the first connection is known. */
static void learn_source(struct hypervisor *hypervisor)
{
    struct snapshot_source *source = &hypervisor->source;
    const char *software = virConnectGetType(hypervisor->connection);
    unsigned long library = 0;

    learn_uri(hypervisor);
    learn_cpus(hypervisor);
    (void)snprintf(source->software, sizeof(source->software), "%s", software ? software : "");
    driver_set_type(hypervisor->driver, source->software);
    if (virConnectGetLibVersion(hypervisor->connection, &library) == 0)
        driver_set_version(hypervisor->driver, library);
    if (source->local)
        source->up_since_boot_ms = 0;
    else if (source->up_since_boot_ms == 0)
        source->up_since_boot_ms = clock_boot_ms();
}

void hypervisor_allow_changes(struct hypervisor *hypervisor)
{
    hypervisor->may_change = true;
}

void hypervisor_adopt(struct hypervisor *hypervisor, virConnectPtr connection)
{
    hypervisor->connection = connection;
    virConnSetErrorFunc(connection, NULL, keep_quiet);
    start_watch(hypervisor);
    learn_source(hypervisor);
}

bool hypervisor_connect(struct hypervisor *hypervisor)
{
    if (hypervisor->connection)
        return true;
    if (!hypervisor->connector)
        hypervisor->connector = connector_new(hypervisor->uri, hypervisor->may_change, hypervisor->mailbox);
    (void)snprintf(hypervisor->connect_why, sizeof(hypervisor->connect_why), "out of memory");
    return hypervisor->connector && connector_connect(hypervisor->connector, hypervisor, hypervisor->connect_why);
}

bool hypervisor_was_denied(const struct hypervisor *hypervisor)
{
    return hypervisor->connector && connector_was_denied(hypervisor->connector);
}

void hypervisor_read_version(struct hypervisor *hypervisor, char *version)
{
    unsigned long number = 0;

    version[0] = '\0';
    if (virConnectGetVersion(hypervisor->connection, &number) == 0 && number > 0)
        (void)snprintf(version, SNAPSHOT_WORD_MAX, "%lu.%lu.%lu", number / 1000000, number / 1000 % 1000,
                       number % 1000);
}

void hypervisor_disconnect(struct hypervisor *hypervisor)
{
    if (!hypervisor->connection)
        return;
    end_watch(hypervisor);
    (void)virConnectClose(hypervisor->connection);
    hypervisor->connection = NULL;
}

bool hypervisor_is_open(const struct hypervisor *hypervisor)
{
    return hypervisor->connection != NULL;
}

bool hypervisor_alive(struct hypervisor *hypervisor)
{
    /* Drivers inside the client library (test:///default) have no opinion: they cannot be lost. */
    return hypervisor->connection && virConnectIsAlive(hypervisor->connection) != 0;
}

bool hypervisor_has_events(const struct hypervisor *hypervisor)
{
    return hypervisor->callbacks[0] >= 0;
}

const char *hypervisor_error(struct hypervisor *hypervisor)
{
    if (!hypervisor->connection && hypervisor->connect_why[0])
        return hypervisor->connect_why;
    uri_conceal_line(hypervisor->uri, virGetLastErrorMessage(), hypervisor->error, sizeof(hypervisor->error));
    return hypervisor->error;
}

const char *hypervisor_uri(const struct hypervisor *hypervisor)
{
    return *hypervisor->shown ? hypervisor->shown : "libvirt's default URI";
}

const struct log_sink *hypervisor_log(const struct hypervisor *hypervisor)
{
    return hypervisor->log;
}

const struct snapshot_source *hypervisor_source(const struct hypervisor *hypervisor)
{
    return &hypervisor->source;
}

virConnectPtr hypervisor_connection(struct hypervisor *hypervisor)
{
    return hypervisor->connection;
}

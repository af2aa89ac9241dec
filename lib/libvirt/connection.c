/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/connection.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/cleanup.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/base/uri.h"
#include "lib/libvirt/connection_events.h"
#include "lib/libvirt/connector.h"
#include "lib/libvirt/opening.h"
#include "lib/libvirt/virt.h"

/* A peer that does not answer for about 20 s is dead. No pause of a healthy libvirtd is that long. */
enum { KEEPALIVE_SECONDS = 5, KEEPALIVE_COUNT = 3 };

struct connection {
    char *uri;   /* as given, may hold a password; empty: libvirt's default */
    char *shown; /* without a password; libvirt's own URI once connected */
    enum connection_watch watch;
    bool may_change;
    struct connector *connector; /* NULL before the first connection_open() */
    struct mailbox *mailbox;
    const struct log_sink *log;
    virConnectPtr conn;
    struct connection_events events;
    struct driver *driver;
    struct snapshot_source source;
    char connect_why[CONNECTOR_WHY_MAX]; /* why the last connection_open() failed, without passwords */
    char error[OPENING_WHY_MAX];
};

static void connection_drop_error(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

/* A long URI must not leave the reason out of a message that names both. */
static void connection_show_uri(struct connection *connection, const char *uri)
{
    static const char more[] = "...";
    AUTO_FREE char *whole = uri_public(uri);
    char cut[CONNECTION_URI_MAX + 1];
    char *shown;

    if (!whole)
        return;
    (void)text_snmp(whole, cut, CONNECTION_URI_MAX);
    if (strlen(whole) > CONNECTION_URI_MAX) {
        size_t length = text_snmp(whole, cut, CONNECTION_URI_MAX - strlen(more));
        memcpy(cut + length, more, sizeof(more));
    }
    shown = strdup(cut);
    if (!shown)
        return;
    free(connection->shown);
    connection->shown = shown;
}

struct connection *connection_new(const char *uri, enum connection_watch watch, struct mailbox *mailbox,
                                  const struct log_sink *log)
{
    struct connection *connection = calloc(1, sizeof(*connection));

    if (!connection)
        return NULL;
    connection->uri = strdup(uri ? uri : "");
    connection_show_uri(connection, uri ? uri : "");
    connection->driver = driver_new();
    connection->watch = watch;
    connection->mailbox = mailbox_ref(mailbox);
    connection->log = log;
    connection_events_init(&connection->events);
    if (connection->uri && connection->shown && connection->driver)
        return connection;
    connection_free(connection);
    return NULL;
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

static void connection_start_watch(struct connection *connection)
{
    /* Fails only if the driver is inside the client library: then there is no peer that could die. */
    if (connection->watch != CONNECTION_WATCH_NOTHING)
        (void)virConnectSetKeepAlive(connection->conn, KEEPALIVE_SECONDS, KEEPALIVE_COUNT);
    if (connection->watch == CONNECTION_WATCH_EVENTS)
        connection_events_start(&connection->events, connection, connection->mailbox);
}

/* Which CPUs the host has, for the affinity of vCPUs. They seldom change, so each connection reads them once.
 * The daemon sends the map and a number of CPUs, and libvirt's library does not compare them. So the number is
 * not used if the map's memory is smaller. */
static void connection_learn_cpus(struct connection *connection)
{
    struct snapshot_source *source = &connection->source;
    AUTO_FREE unsigned char *map = NULL;
    unsigned online;
    int count = virNodeGetCPUMap(connection->conn, &map, &online, 0);

    if (count > SNAPSHOT_HOST_CPUS_MAX)
        count = SNAPSHOT_HOST_CPUS_MAX;
    if (count > 0 && malloc_usable_size(map) < ((size_t)count + 7) / 8)
        count = 0;
    memset(source->online, 0, sizeof(source->online));
    source->cpus = count > 0 ? (uint32_t)count : 0;
    if (source->cpus > 0)
        memcpy(source->online, map, (source->cpus + 7) / 8);
}

/* libvirt's versions are 1000000 * major + 1000 * minor + release. 0 is unknown: the text is empty. */
static void connection_format_version(char *text, unsigned long number)
{
    text[0] = '\0';
    if (number > 0)
        (void)snprintf(text, SNAPSHOT_WORD_MAX, "%lu.%lu.%lu", number / 1000000, number / 1000 % 1000,
                       number % 1000);
}

static void connection_learn_uri(struct connection *connection)
{
    char *uri = virConnectGetURI(connection->conn);

    if (uri)
        connection_show_uri(connection, uri);
    connection->source.local = uri && uri_is_local(uri);
    free(uri);
}

/* vmHvUpTime is the time since the hypervisor was initialized (RFC 7666). For a hypervisor of this host that is
 * the boot, when it starts its autostart domains. For another host it is taken to be the first connection. */
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
    connection_format_version(source->library, library);
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

    if (virConnectGetVersion(connection->conn, &number) != 0)
        number = 0;
    connection_format_version(version, number);
}

void connection_close(struct connection *connection)
{
    if (!connection->conn)
        return;
    if (connection->watch == CONNECTION_WATCH_EVENTS)
        connection_events_end(&connection->events, connection);
    (void)virConnectClose(connection->conn);
    connection->conn = NULL;
}

bool connection_is_open(const struct connection *connection)
{
    return connection->conn != NULL;
}

bool connection_is_alive(struct connection *connection)
{
    /* -1 comes from drivers inside the client library (test:///default), whose connections cannot be lost. */
    return connection->conn && virConnectIsAlive(connection->conn) != 0;
}

bool connection_has_events(const struct connection *connection)
{
    return connection_events_has_lifecycle(&connection->events);
}

const char *connection_error(struct connection *connection)
{
    if (!connection->conn && connection->connect_why[0])
        return connection->connect_why;
    uri_conceal_line(opening_uri(connection->uri), virGetLastErrorMessage(), connection->error,
                     sizeof(connection->error));
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

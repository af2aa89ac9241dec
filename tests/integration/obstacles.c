/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A library for LD_PRELOAD that makes libvirt calls slow, makes them fail, or cuts the connection. It also logs
 * each call. A file in the directory $OBSTACLES, with the name of the call, has an obstacle. It can change at any
 * time:
 *
 *     delay MILLISECONDS [DOMAIN]     delay the call
 *     fail CODE [DOMAIN]              return libvirt's error with this number
 *     cut                             break all connections to libvirt before the call, as if libvirtd had died
 *
 * It applies to all domains, or to calls about the domain with that name. $OBSTACLES/calls gets a line for each
 * call: the time in seconds, and the name of the call. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* libvirt refuses this flag in every call. obstacles_fail() then changes the number of the error. */
#define BAD_FLAG (1U << 30)

enum { SOCKETS_MAX = 1024 };

#define REAL(function) ((__typeof__(&(function)))dlsym(RTLD_NEXT, #function))

struct obstacle {
    char verb[16];
    char domain[128];
    int number;
};

static void obstacles_path(const char *name, char *path, size_t size)
{
    const char *directory = getenv("OBSTACLES");

    (void)snprintf(path, size, "%s/%s", directory ? directory : "/nonexistent", name);
}

/* Logs a call. It uses a single write(), so that the lines of threads do not mix. */
static void obstacles_log_call(const char *name)
{
    char path[256], line[96];
    struct timespec now;
    int fd, length;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    obstacles_path("calls", path, sizeof(path));
    length = snprintf(line, sizeof(line), "%lld.%06ld %s\n", (long long)now.tv_sec, now.tv_nsec / 1000, name);
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, line, (size_t)length) != length)
        (void)fputs("obstacles: cannot log a call\n", stderr);
    if (fd >= 0)
        (void)close(fd);
}

static struct obstacle obstacles_read(const char *name)
{
    struct obstacle obstacle = { "", "", 0 };
    char path[256];
    FILE *file;

    obstacles_path(name, path, sizeof(path));
    file = fopen(path, "re");
    if (!file)
        return obstacle;
    if (fscanf(file, "%15s %d %127s", obstacle.verb, &obstacle.number, obstacle.domain) < 1)
        obstacle.verb[0] = '\0';
    (void)fclose(file);
    return obstacle;
}

static bool obstacles_is_libvirt_socket(int fd)
{
    struct sockaddr_un peer = { .sun_family = AF_UNSPEC };
    socklen_t length = sizeof(peer) - 1;

    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.sun_family == AF_UNIX &&
           strstr(peer.sun_path, "libvirt-sock");
}

static void obstacles_cut(void)
{
    for (int fd = 3; fd < SOCKETS_MAX; fd++)
        if (obstacles_is_libvirt_socket(fd))
            (void)shutdown(fd, SHUT_RDWR);
}

static void obstacles_wait(int milliseconds)
{
    struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

    while (nanosleep(&left, &left) < 0)
        continue;
}

/* Logs the call and applies its obstacle. Returns the number of the error that the call must fail with, or 0. */
static int obstacles_apply(const char *name, virDomainPtr domain)
{
    struct obstacle obstacle = obstacles_read(name);
    const char *about = domain ? virDomainGetName(domain) : NULL;

    obstacles_log_call(name);
    if (*obstacle.domain && (!about || strcmp(about, obstacle.domain) != 0))
        return 0;
    if (strcmp(obstacle.verb, "delay") == 0)
        obstacles_wait(obstacle.number);
    else if (strcmp(obstacle.verb, "cut") == 0)
        obstacles_cut();
    return strcmp(obstacle.verb, "fail") == 0 ? obstacle.number : 0;
}

/* Sets the number of the error after a call with BAD_FLAG. */
static int obstacles_fail(int code)
{
    virErrorPtr error = virGetLastError();

    if (error) {
        error->code = code;
        free(error->message);
        error->message = strdup("an obstacle of the test");
    }
    return -1;
}

static const char *obstacles_list_name(unsigned flags)
{
    if (flags & VIR_CONNECT_LIST_DOMAINS_PERSISTENT)
        return "persistent";
    if (flags & VIR_CONNECT_LIST_DOMAINS_AUTOSTART)
        return "autostart";
    if (flags & VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
        return "managed-save";
    if (flags & VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT)
        return "snapshot";
    return flags & VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT ? "checkpoint" : "list";
}

int virConnectListAllDomains(virConnectPtr connection, virDomainPtr **domains, unsigned flags)
{
    int code = obstacles_apply(obstacles_list_name(flags), NULL);
    int count = REAL(virConnectListAllDomains)(connection, domains, code ? BAD_FLAG : flags);

    return code ? obstacles_fail(code) : count;
}

static const char *obstacles_stats_name(unsigned stats)
{
    return stats == VIR_DOMAIN_STATS_STATE ? "states" : "statistics";
}

int virDomainListGetStats(virDomainPtr *domains, unsigned stats, virDomainStatsRecordPtr **records, unsigned flags)
{
    int code = obstacles_apply(obstacles_stats_name(stats), NULL);
    int count = REAL(virDomainListGetStats)(domains, stats, records, code ? BAD_FLAG : flags);

    return code ? obstacles_fail(code) : count;
}

int virConnectGetAllDomainStats(virConnectPtr connection, unsigned stats, virDomainStatsRecordPtr **records,
                                unsigned flags)
{
    int code = obstacles_apply(obstacles_stats_name(stats), NULL);
    int count = REAL(virConnectGetAllDomainStats)(connection, stats, records, code ? BAD_FLAG : flags);

    return code ? obstacles_fail(code) : count;
}

char *virDomainGetXMLDesc(virDomainPtr domain, unsigned flags)
{
    int code = obstacles_apply("xml", domain);
    char *xml = REAL(virDomainGetXMLDesc)(domain, code ? BAD_FLAG : flags);

    return code && obstacles_fail(code) ? NULL : xml;
}

/* These calls can be slow, but cannot be made to fail. */

int virConnectGetVersion(virConnectPtr connection, unsigned long *version)
{
    (void)obstacles_apply("version", NULL);
    return REAL(virConnectGetVersion)(connection, version);
}

virConnectPtr virConnectOpen(const char *uri)
{
    (void)obstacles_apply("open", NULL);
    return REAL(virConnectOpen)(uri);
}

virConnectPtr virConnectOpenReadOnly(const char *uri)
{
    (void)obstacles_apply("open", NULL);
    return REAL(virConnectOpenReadOnly)(uri);
}

virConnectPtr virConnectOpenAuth(const char *uri, virConnectAuthPtr auth, unsigned flags)
{
    (void)obstacles_apply("open", NULL);
    return REAL(virConnectOpenAuth)(uri, auth, flags);
}

int virDomainGetState(virDomainPtr domain, int *state, int *reason, unsigned flags)
{
    (void)obstacles_apply("state", domain);
    return REAL(virDomainGetState)(domain, state, reason, flags);
}

int virDomainGetInfo(virDomainPtr domain, virDomainInfoPtr info)
{
    (void)obstacles_apply("info", domain);
    return REAL(virDomainGetInfo)(domain, info);
}

virDomainPtr virDomainLookupByUUID(virConnectPtr connection, const unsigned char *uuid)
{
    (void)obstacles_apply("lookup", NULL);
    return REAL(virDomainLookupByUUID)(connection, uuid);
}

int virDomainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *parameters, int *count,
                         unsigned flags)
{
    (void)obstacles_apply("job", domain);
    return REAL(virDomainGetJobStats)(domain, type, parameters, count, flags);
}

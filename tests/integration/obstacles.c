/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Put before libvirt's own library (LD_PRELOAD), it makes calls slow, makes them fail, or cuts the connection, and
 * it writes each call down. The directory $OBSTACLES says what happens, and can be changed at any time: a file
 * named like the call holds an order,
 *
 *     delay MILLISECONDS [DOMAIN]     the call is made that much later
 *     fail CODE [DOMAIN]              libvirt's error of that number instead of an answer
 *     cut                             first, each connection to libvirt breaks, as if libvirtd had died
 *
 * for all domains, or for the one of that name where the call is about one. $OBSTACLES/calls gets a line a call:
 * the time in seconds, and the name. */
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

/* Libvirt refuses this flag everywhere, with an error of its own that can be rewritten. */
#define BAD_FLAG (1U << 30)

enum { SOCKETS_MAX = 1024 };

#define REAL(function) ((__typeof__(&(function)))dlsym(RTLD_NEXT, #function))

struct order {
    char verb[16];
    char domain[128];
    int number;
};

static void path_of(const char *name, char *path, size_t size)
{
    const char *directory = getenv("OBSTACLES");

    (void)snprintf(path, size, "%s/%s", directory ? directory : "/nonexistent", name);
}

/* In one write each, so that threads do not mix their lines. */
static void write_down(const char *name)
{
    char path[256], line[96];
    struct timespec now;
    int fd, length;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    path_of("calls", path, sizeof(path));
    length = snprintf(line, sizeof(line), "%lld.%06ld %s\n", (long long)now.tv_sec, now.tv_nsec / 1000, name);
    fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, line, (size_t)length) != length)
        (void)fputs("obstacles: a call is not written down\n", stderr);
    if (fd >= 0)
        (void)close(fd);
}

static struct order read_order(const char *name)
{
    struct order order = { "", "", 0 };
    char path[256];
    FILE *file;

    path_of(name, path, sizeof(path));
    file = fopen(path, "re");
    if (!file)
        return order;
    if (fscanf(file, "%15s %d %127s", order.verb, &order.number, order.domain) < 1)
        order.verb[0] = '\0';
    (void)fclose(file);
    return order;
}

static bool is_libvirt_socket(int fd)
{
    struct sockaddr_un peer = { .sun_family = AF_UNSPEC };
    socklen_t length = sizeof(peer) - 1;

    return getpeername(fd, (struct sockaddr *)&peer, &length) == 0 && peer.sun_family == AF_UNIX &&
           strstr(peer.sun_path, "libvirt-sock");
}

static void cut_connections(void)
{
    for (int fd = 3; fd < SOCKETS_MAX; fd++)
        if (is_libvirt_socket(fd))
            (void)shutdown(fd, SHUT_RDWR);
}

static void wait_milliseconds(int milliseconds)
{
    struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

    while (nanosleep(&left, &left) < 0)
        continue;
}

/* Writes the call down and does what was ordered. The number of the error that the call is to fail with; 0: none.
 */
static int meet(const char *name, virDomainPtr domain)
{
    struct order order = read_order(name);
    const char *about = domain ? virDomainGetName(domain) : NULL;

    write_down(name);
    if (*order.domain && (!about || strcmp(about, order.domain) != 0))
        return 0;
    if (strcmp(order.verb, "delay") == 0)
        wait_milliseconds(order.number);
    else if (strcmp(order.verb, "cut") == 0)
        cut_connections();
    return strcmp(order.verb, "fail") == 0 ? order.number : 0;
}

/* After a call that was made to fail: gives its error the number that was ordered. */
static int fail_with(int code)
{
    virErrorPtr error = virGetLastError();

    if (error) {
        error->code = code;
        free(error->message);
        error->message = strdup("an obstacle of the test");
    }
    return -1;
}

static const char *name_of_list(unsigned flags)
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
    int code = meet(name_of_list(flags), NULL);
    int count = REAL(virConnectListAllDomains)(connection, domains, code ? BAD_FLAG : flags);

    return code ? fail_with(code) : count;
}

static const char *name_of_stats(unsigned stats)
{
    return stats == VIR_DOMAIN_STATS_STATE ? "states" : "statistics";
}

int virDomainListGetStats(virDomainPtr *domains, unsigned stats, virDomainStatsRecordPtr **records, unsigned flags)
{
    int code = meet(name_of_stats(stats), NULL);
    int count = REAL(virDomainListGetStats)(domains, stats, records, code ? BAD_FLAG : flags);

    return code ? fail_with(code) : count;
}

int virConnectGetAllDomainStats(virConnectPtr connection, unsigned stats, virDomainStatsRecordPtr **records,
                                unsigned flags)
{
    int code = meet(name_of_stats(stats), NULL);
    int count = REAL(virConnectGetAllDomainStats)(connection, stats, records, code ? BAD_FLAG : flags);

    return code ? fail_with(code) : count;
}

char *virDomainGetXMLDesc(virDomainPtr domain, unsigned flags)
{
    int code = meet("xml", domain);
    char *xml = REAL(virDomainGetXMLDesc)(domain, code ? BAD_FLAG : flags);

    return code && fail_with(code) ? NULL : xml;
}

/* These can be slow, but they cannot be made to fail. */

int virConnectGetVersion(virConnectPtr connection, unsigned long *version)
{
    (void)meet("version", NULL);
    return REAL(virConnectGetVersion)(connection, version);
}

virConnectPtr virConnectOpen(const char *uri)
{
    (void)meet("open", NULL);
    return REAL(virConnectOpen)(uri);
}

virConnectPtr virConnectOpenReadOnly(const char *uri)
{
    (void)meet("open", NULL);
    return REAL(virConnectOpenReadOnly)(uri);
}

virConnectPtr virConnectOpenAuth(const char *uri, virConnectAuthPtr auth, unsigned flags)
{
    (void)meet("open", NULL);
    return REAL(virConnectOpenAuth)(uri, auth, flags);
}

int virDomainGetState(virDomainPtr domain, int *state, int *reason, unsigned flags)
{
    (void)meet("state", domain);
    return REAL(virDomainGetState)(domain, state, reason, flags);
}

int virDomainGetInfo(virDomainPtr domain, virDomainInfoPtr info)
{
    (void)meet("info", domain);
    return REAL(virDomainGetInfo)(domain, info);
}

virDomainPtr virDomainLookupByUUID(virConnectPtr connection, const unsigned char *uuid)
{
    (void)meet("lookup", NULL);
    return REAL(virDomainLookupByUUID)(connection, uuid);
}

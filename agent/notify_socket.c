/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/notify_socket.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"

/* A name that begins with "@" is in the abstract namespace, where the first byte is 0. False if the name is not
 * valid. */
static bool notify_socket_address(const char *name, struct sockaddr_un *address, socklen_t *length)
{
    size_t size = strlen(name);

    if ((name[0] != '/' && name[0] != '@') || size >= sizeof(address->sun_path))
        return false;
    *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
    memcpy(address->sun_path, name, size);
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    return true;
}

bool notify_socket_is_set(void)
{
    return getenv("NOTIFY_SOCKET") != NULL;
}

static void notify_socket_send(const char *text)
{
    const char *name = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t length;
    int fd;

    if (!name || !notify_socket_address(name, &address, &length))
        return;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    (void)sendto(fd, text, strlen(text), MSG_NOSIGNAL, (const struct sockaddr *)&address, length);
    (void)close(fd);
}

void notify_socket_ready(void)
{
    notify_socket_send("READY=1");
}

void notify_socket_reloading(void)
{
    char text[64];

    /* For a service of Type=notify-reload, systemd compares this time with the time of its signal. */
    (void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRId64, clock_monotonic_us());
    notify_socket_send(text);
}

void notify_socket_stopping(void)
{
    notify_socket_send("STOPPING=1");
}

void notify_socket_status(const char *line)
{
    char text[NOTIFY_SOCKET_TEXT_MAX + sizeof("STATUS=")] = "STATUS=";

    /* systemd does not show a text that is not UTF-8, or that is cut within a character. */
    (void)text_snmp(line, text + strlen(text), NOTIFY_SOCKET_TEXT_MAX - 1);
    /* A newline would begin another assignment of the protocol. */
    for (char *end = strchr(text, '\n'); end; end = strchr(end, '\n'))
        *end = ' ';
    notify_socket_send(text);
}

static const char *notify_socket_word(const struct collector_status *status)
{
    switch (status->state) {
    case HYPERVISOR_CONNECTED:
        return status->stale ? "connected, but silent" : "connected";
    case HYPERVISOR_DISCONNECTED:
        return "disconnected";
    case HYPERVISOR_CONNECTING:
    default:
        return "connecting";
    }
}

void notify_socket_describe(char *line, const struct collector_status *status)
{
    size_t used = strlen(line);
    const char *comma = used > 0 ? "; " : "", *colon = status->last_error[0] ? ": " : "";

    (void)snprintf(line + used, NOTIFY_SOCKET_TEXT_MAX - used, "%s%s %s, %" PRIu32 " domain%s%s%s", comma,
                   status->uri, notify_socket_word(status), status->domains, status->domains == 1 ? "" : "s",
                   colon, status->last_error);
}

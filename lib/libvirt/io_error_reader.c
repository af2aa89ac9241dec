/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/io_error_reader.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "lib/libvirt/virt.h"

/* libvirt's VIR_DOMAIN_MESSAGE_IOERRORS. */
enum { MESSAGE_IO_ERRORS = 1 << 2 };

static const char between[] = "; ";

/* As libvirt has declared it since 7.1. Versions before 11.1 reject the flag. */
typedef int io_error_reader_function(virDomainPtr domain, char ***messages, unsigned flags);

/* NULL if this libvirt does not have the function. */
static io_error_reader_function *io_error_reader_find(void)
{
    void *found = dlsym(RTLD_DEFAULT, "virDomainGetMessages");
    io_error_reader_function *function;

    memcpy(&function, &found, sizeof(function)); /* C has no conversion between the two */
    return function;
}

bool io_error_reader_is_unsupported(const struct driver *driver)
{
    return driver_lacks(driver, DRIVER_NO_IO_ERRORS) || !io_error_reader_find();
}

/* NULL if out of memory. */
static char *io_error_reader_join(char *const *messages, int count)
{
    size_t bytes = 1, used = 0;
    char *text;

    for (int i = 0; i < count; i++)
        bytes += strlen(messages[i]) + sizeof(between);
    text = calloc(1, bytes);
    for (int i = 0; text && i < count; i++) {
        char *end = stpcpy(text + used, i > 0 ? between : "");

        used = (size_t)(stpcpy(end, messages[i]) - text);
    }
    return text;
}

static void io_error_reader_free(char **messages, int count)
{
    for (int i = 0; i < count; i++)
        free(messages[i]);
    free(messages);
}

struct io_error *io_error_reader_read(struct connection *connection, const unsigned char uuid[UUID_BYTES])
{
    AUTO_DOMAIN virDomainPtr domain = virDomainLookupByUUID(connection_conn(connection), uuid);
    io_error_reader_function *get = io_error_reader_find();
    AUTO_FREE char *text = NULL;
    char **messages = NULL;
    int count;

    if (!domain || !get)
        return NULL;
    count = get(domain, &messages, MESSAGE_IO_ERRORS);
    if (count < 0) {
        if (virt_is_unsupported(virGetLastErrorCode()))
            (void)driver_learn(connection_driver(connection), DRIVER_NO_IO_ERRORS);
        return NULL;
    }
    text = io_error_reader_join(messages, count);
    io_error_reader_free(messages, count);
    return text ? io_error_new(text) : NULL;
}

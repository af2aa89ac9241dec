/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/io_error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct io_error *io_error_new(const char *text)
{
    size_t bytes = strlen(text) + 1;
    struct io_error *error = malloc(sizeof(*error) + bytes);

    if (!error)
        return NULL;
    refcount_init(&error->refcount);
    memcpy(error->text, text, bytes);
    return error;
}

/* The text after `start`, up to `end`. Returns its length; 0: there is none. */
static int io_error_part(const char *text, const char *start, const char *end, const char **part)
{
    const char *found = strstr(text, start), *last = found ? strstr(found + strlen(start), end) : NULL;

    *part = found ? found + strlen(start) : text;
    return last ? (int)(last - *part) : 0;
}

/* libvirt 11.1 writes: I/O error: disk='vda', index='1', path='/a', timestamp='...', message='...' */
void io_error_summarize(const char *text, char *out, size_t size)
{
    const char *disk, *message;
    int disk_length = io_error_part(text, "disk='", "'", &disk);
    int message_length = io_error_part(text, "message='", "'", &message);

    if (disk_length > 0 && message_length > 0)
        (void)snprintf(out, size, "%.*s: %.*s", disk_length, disk, message_length, message);
    else
        (void)snprintf(out, size, "%s", text);
}

struct io_error *io_error_ref(struct io_error *error)
{
    if (error)
        refcount_take(&error->refcount);
    return error;
}

void io_error_unref(struct io_error *error)
{
    if (error && refcount_drop(&error->refcount))
        free(error);
}

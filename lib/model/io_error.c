/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/io_error.h"

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

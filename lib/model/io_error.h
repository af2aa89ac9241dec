/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of the I/O errors that paused a domain. It does not change once it is made: any thread may read it, and
 * snapshots share it by reference as long as the domain is paused. */
#ifndef GUESTLIST_MODEL_IO_ERROR_H
#define GUESTLIST_MODEL_IO_ERROR_H

#include <stddef.h>

#include "lib/base/refcount.h"

struct io_error {
    struct refcount refcount; /* for io_error_ref() and io_error_unref() alone */
    char text[];              /* libvirt's, any bytes; empty: libvirt has none */
};

/* The caller has the reference. NULL if out of memory. */
struct io_error *io_error_new(const char *text);

/* Puts the first error into `out` in a short form: "vda: No space left on device". A text that is not in libvirt's
 * form is copied as it is. Cut off if it does not fit into `size`. */
void io_error_summarize(const char *text, char *out, size_t size);

/* Both accept NULL. The last unref frees the struct. */
struct io_error *io_error_ref(struct io_error *error);
void io_error_unref(struct io_error *error);

#endif

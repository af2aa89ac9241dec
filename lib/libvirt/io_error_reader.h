/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of the I/O errors that paused a domain (virDomainGetMessages(), libvirt 11.1). It takes no job of the
 * domain and is allowed on a read-only connection. It is only asked for domains that an I/O error has paused, on
 * the threads of fact_reader.h. The function is looked up at run time, so that one binary works with every
 * libvirt. */
#ifndef GUESTLIST_LIBVIRT_IO_ERROR_READER_H
#define GUESTLIST_LIBVIRT_IO_ERROR_READER_H

#include <stdbool.h>

#include "lib/base/uuid.h"
#include "lib/libvirt/connection.h"
#include "lib/libvirt/driver.h"
#include "lib/model/io_error.h"

/* True if this libvirt or this driver does not support it. */
bool io_error_reader_is_unsupported(const struct driver *driver);

/* Asks for one domain over an open connection. Blocks as long as libvirt does. Several errors are one text, with
 * "; " between them. The caller has the reference. NULL if it failed, or if the driver does not support it, which
 * is then learned. */
struct io_error *io_error_reader_read(struct connection *connection, const unsigned char uuid[UUID_BYTES]);

#endif

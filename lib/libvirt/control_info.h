/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a domain's process answers libvirtd (virDomainGetControlInfo()). No process can delay this call, and it
 * is allowed on a read-only connection. */
#ifndef GUESTLIST_LIBVIRT_CONTROL_INFO_H
#define GUESTLIST_LIBVIRT_CONTROL_INFO_H

#include <libvirt/libvirt.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"

/* For how many milliseconds the domain's process has not answered a command of its monitor. 0 if it answers, if
 * the call failed, or if the driver does not support the call, which is then learned. */
int64_t control_info_occupied_ms(struct connection *connection, virDomainPtr domain);

#endif

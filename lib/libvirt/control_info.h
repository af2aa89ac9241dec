/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether libvirtd can send commands to a domain's process (virDomainGetControlInfo()). The call takes no job of
 * the domain, no process can delay it, and it is allowed on a read-only connection. */
#ifndef GUESTLIST_LIBVIRT_CONTROL_INFO_H
#define GUESTLIST_LIBVIRT_CONTROL_INFO_H

#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/libvirt/connection.h"
#include "lib/model/domain.h"

/* DOMAIN_CONTROL_UNKNOWN if the call failed, or if the driver does not support it, which is then learned.
 * `*for_ms` becomes for how long the domain has been in this state; 0 if libvirt does not say. */
enum domain_control control_info_read(struct connection *connection, virDomainPtr domain, int64_t *for_ms);

/* For how many milliseconds the domain's process has not answered a command of its monitor. 0 if it answers, or if
 * this is not known. */
int64_t control_info_occupied_ms(struct connection *connection, virDomainPtr domain);

/* True if it has not answered for a second: then it is taken to hang. */
bool control_info_hangs(struct connection *connection, virDomainPtr domain);

#endif

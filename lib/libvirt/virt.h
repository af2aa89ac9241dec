/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the files that call libvirt: cleanup attributes for libvirt's types, what its error codes mean, and
 * libvirt's own connection inside a struct connection. */
#ifndef GUESTLIST_LIBVIRT_VIRT_H
#define GUESTLIST_LIBVIRT_VIRT_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/cleanup.h"
#include "lib/libvirt/driver.h"
#include "lib/libvirt/connection.h"
#include "lib/model/domain.h"

static inline void cleanup_domain(virDomainPtr *domain)
{
    if (*domain)
        (void)virDomainFree(*domain);
}

static inline void cleanup_stats(virDomainStatsRecordPtr **records)
{
    virDomainStatsRecordListFree(*records); /* takes NULL */
}

#define AUTO_DOMAIN CLEANUP(cleanup_domain)
#define AUTO_STATS  CLEANUP(cleanup_stats)

/* libvirt's connection, or NULL if it is not open. struct connection owns it, and only the thread that uses struct
 * connection may use it. */
virConnectPtr connection_conn(struct connection *connection);

/* Takes over a connection that was just opened, registers callbacks, and asks the hypervisor what it is. */
void connection_adopt(struct connection *connection, virConnectPtr conn);

/* The id of this run of the domain, or DOMAIN_ID_INACTIVE. */
static inline int virt_domain_id(virDomainPtr domain)
{
    unsigned id = virDomainGetID(domain);

    return id == (unsigned)-1 ? DOMAIN_ID_INACTIVE : (int)id;
}

/* True if the code means that the driver does not support the call, or the flag. */
static inline bool virt_is_unsupported(int code)
{
    return code == VIR_ERR_NO_SUPPORT || code == VIR_ERR_INVALID_ARG || code == VIR_ERR_ARGUMENT_UNSUPPORTED ||
           code == VIR_ERR_OPERATION_UNSUPPORTED || code == VIR_ERR_CONFIG_UNSUPPORTED;
}

/* True if the code can mean that a reply did not fit on the wire. libvirt has no code of its own for that, so
 * smaller calls may fail as well. */
static inline bool virt_is_too_much(int code)
{
    return code == VIR_ERR_RPC || code == VIR_ERR_INTERNAL_ERROR;
}

/* True if libvirt's last error on this thread means that the domain is gone. To be called before any other call of
 * libvirt: even freeing a domain clears the last error. */
static inline bool virt_is_gone(void)
{
    return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
}

#endif

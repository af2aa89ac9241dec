/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the few files that talk to libvirt, and by no others: cleanups for what libvirt hands out,
 * and the inside of a connection. */
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

/* The open connection, or NULL. It belongs to the hypervisor; only the thread that uses the hypervisor may use it.
 */
virConnectPtr connection_conn(struct connection *connection);

/* Takes over a connection that was opened elsewhere, as if connection_open() had opened it. */
void connection_adopt(struct connection *connection, virConnectPtr conn);

/* The id of this run of the domain, or DOMAIN_ID_INACTIVE. */
static inline int virt_domain_id(virDomainPtr domain)
{
    unsigned id = virDomainGetID(domain);

    return id == (unsigned)-1 ? DOMAIN_ID_INACTIVE : (int)id;
}

/* True if the code means that the driver does not know the call, or the flag, at all. */
static inline bool virt_is_unsupported(int code)
{
    return code == VIR_ERR_NO_SUPPORT || code == VIR_ERR_INVALID_ARG || code == VIR_ERR_ARGUMENT_UNSUPPORTED ||
           code == VIR_ERR_OPERATION_UNSUPPORTED || code == VIR_ERR_CONFIG_UNSUPPORTED;
}

/* True if the code can mean that a reply holds more than the wire carries; libvirt has none of its own for
 * that, so what is asked for next in halves may fail again. */
static inline bool virt_is_too_much(int code)
{
    return code == VIR_ERR_RPC || code == VIR_ERR_INTERNAL_ERROR;
}

/* True if libvirt's last error on this thread means that the domain is gone. Ask before any other call:
 * each one, freeing included, forgets the last error. */
static inline bool virt_is_gone(void)
{
    return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
}

#endif

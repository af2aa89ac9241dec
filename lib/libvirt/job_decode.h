/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes the answer of virDomainGetJobStats(). Pure. */
#ifndef GUESTLIST_LIBVIRT_JOB_DECODE_H
#define GUESTLIST_LIBVIRT_JOB_DECODE_H

#include <libvirt/libvirt.h>
#include <stdbool.h>

#include "lib/model/job_stats.h"

/* `*stats` becomes the job, which the caller unrefs, or NULL if no job is under way. Unknown names, unexpected
 * types and negative values are ignored. False if out of memory. */
bool job_decode(int type, const virTypedParameter *parameters, int count, struct job_stats **stats);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of a <Hypervisor> block. Each option is a row of the table in instance_options.c. Pure. */
#ifndef GUESTLIST_COLLECTD_INSTANCE_OPTIONS_H
#define GUESTLIST_COLLECTD_INSTANCE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectd-plugin/naming.h"
#include "collectd-plugin/stats_metrics.h"
#include "lib/base/selection.h"
#include "lib/libvirt/metadata.h"
#include "lib/libvirt/metadata_rules.h"

struct instance_options {
    char *name;       /* of the block */
    char *connection; /* NULL: libvirt's own default */
    uint32_t filter;
    struct selection selection;
    struct naming host, instance;
    struct stats_choice stats; /* its selections have the `ignore` of `selection` */
    char *metadata_namespace;  /* NULL: OpenStack Nova's */
    char *metadata_xpath;
    struct metadata_query *metadata; /* NULL unless a format has metadata; set by instance_options_complete() */
    struct metadata_rules metadata_values; /* which metadata the values and notifications of a domain carry */
    bool report_domains, report_totals, notifications;
};

/* The defaults, for a block of that name, which is copied. NULL if out of memory. */
struct instance_options *instance_options_new(const char *name);

/* NULL is allowed. */
void instance_options_free(struct instance_options *options);

enum instance_options_result {
    INSTANCE_OPTIONS_TAKEN,
    INSTANCE_OPTIONS_IGNORED, /* the option or its value is wrong; the options did not change */
    INSTANCE_OPTIONS_REFUSED, /* the block must not be used with this value */
};

enum { INSTANCE_OPTIONS_WHY_MAX = 512 };

/* Sets the option `key` to the values on its line, which are copied. `key` may be in upper or lower case. If the
 * result is not INSTANCE_OPTIONS_TAKEN, `why` gets a sentence that says what was expected. */
enum instance_options_result instance_options_set(struct instance_options *options, const char *key,
                                                  const char *const *values, size_t count,
                                                  char why[INSTANCE_OPTIONS_WHY_MAX]);

/* Checks the block when all its options are set. False, with a sentence in `why`, if the block cannot be used. */
bool instance_options_complete(struct instance_options *options, char why[INSTANCE_OPTIONS_WHY_MAX]);

#endif

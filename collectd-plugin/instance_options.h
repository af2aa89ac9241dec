/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a <Hypervisor> block can say. An option is a row of the table in options.c. Pure. */
#ifndef GUESTLIST_COLLECTD_INSTANCE_OPTIONS_H
#define GUESTLIST_COLLECTD_INSTANCE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collectd-plugin/naming.h"
#include "lib/base/selection.h"
#include "lib/libvirt/metadata.h"

struct instance_options {
    char *name;       /* the block's */
    char *connection; /* NULL: libvirt's own default */
    uint32_t filter;
    struct selection selection;
    struct naming host, instance;
    char *metadata_namespace; /* NULL: Nova's */
    char *metadata_xpath;
    struct metadata_query *metadata; /* only if a format has it, and after instance_options_complete() */
    bool report_domains, report_totals, notifications;
};

/* The defaults. NULL if out of memory. */
struct instance_options *instance_options_new(const char *name);
void instance_options_free(struct instance_options *options);

enum instance_options_result {
    INSTANCE_OPTIONS_TAKEN,
    INSTANCE_OPTIONS_IGNORED, /* the option is unknown or its value bad; what it sets stays as it was */
    INSTANCE_OPTIONS_REFUSED, /* with that value the block cannot work */
};

enum { INSTANCE_OPTIONS_WHY_MAX = 512 };

/* Sets the option of that name, in any case, from the words of its line. If it is not taken, `why` gets a sentence
 * that says what was expected. */
enum instance_options_result instance_options_set(struct instance_options *options, const char *key,
                                                  const char *const *values, size_t count,
                                                  char why[INSTANCE_OPTIONS_WHY_MAX]);

/* Checks what only the whole block tells. False with a sentence in `why` if it cannot work. */
bool instance_options_complete(struct instance_options *options, char why[INSTANCE_OPTIONS_WHY_MAX]);

#endif

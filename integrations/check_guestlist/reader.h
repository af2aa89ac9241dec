/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what a check needs of a hypervisor, in few requests. */
#ifndef GUESTLIST_CHECK_READER_H
#define GUESTLIST_CHECK_READER_H

#include "integrations/check_guestlist/facts.h"
#include "integrations/check_guestlist/arguments.h"

/* The columns that the mode looks at, as COLUMN_BITs. Pure. */
unsigned reader_columns(const struct arguments *arguments);

/* Fills `facts`, which facts_init() has made, until `deadline_ms` of the boot clock. False with a sentence in
 * `why`: then nothing in `facts` may be used but `requests`. */
bool reader_read(const struct arguments *arguments, int64_t deadline_ms, struct facts *facts, char *why,
                 size_t size);

#endif

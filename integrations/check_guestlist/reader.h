/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the objects that a check needs, in few requests. */
#ifndef GUESTLIST_CHECK_READER_H
#define GUESTLIST_CHECK_READER_H

#include "integrations/check_guestlist/facts.h"
#include "integrations/check_guestlist/arguments.h"

/* The columns that the mode needs, as COLUMN_BITs. Pure. */
unsigned reader_columns(const struct arguments *arguments);

/* Fills `facts`, for which facts_init() was called. It blocks until `deadline_ms` of the boot clock, or longer
 * while it resolves the name of the host. False, with a sentence in `why`: then `facts` is incomplete, except for
 * `requests`. */
bool reader_read(const struct arguments *arguments, int64_t deadline_ms, struct facts *facts, char *why,
                 size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes memory run out in a test. A program that uses this has its own malloc(), calloc() and realloc(), which
 * call those of glibc. */
#ifndef GUESTLIST_TESTS_UNIT_SCARCE_MEMORY_H
#define GUESTLIST_TESTS_UNIT_SCARCE_MEMORY_H

#include <stdbool.h>

/* The next `good` allocations of this thread succeed, and then `bad` fail. */
void scarce_memory_after(long good, long bad);

/* How many allocations this thread has made since the last scarce_memory_after(). */
long scarce_memory_count(void);

/* True if an allocation has failed since the last scarce_memory_after(). */
bool scarce_memory_was_hit(void);

/* False with sanitizers, which need these functions for themselves: then nothing ever fails. */
bool scarce_memory_works(void);

#endif

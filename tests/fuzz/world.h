/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small hypervisor whose domains, devices and numbers are chosen by an input, and the rows that are made of it.
 */
#ifndef GUESTLIST_TESTS_FUZZ_WORLD_H
#define GUESTLIST_TESTS_FUZZ_WORLD_H

#include "agent/mib/rows.h"
#include "tests/fuzz/fuzz.h"

enum { WORLD_DOMAINS_MAX = 6, WORLD_DEVICES_MAX = 4, WORLD_VCPUS_MAX = 24 };

struct world {
    struct answer answer;
    struct rows *rows; /* NULL: before the first listing */
};

/* All of it must be released with world_free(). */
void world_make(struct world *world, struct fuzz_input *input);
void world_free(struct world *world);

/* Makes the rows of a snapshot, which is taken over, with the given vmIndexes. The devices of each domain get
 * numbers that `input` chooses, each once. */
void world_make_rows(struct world *world, struct fuzz_input *input, struct snapshot *snapshot,
                     const uint32_t *indexes);

/* All modules that the agent serves. */
enum { WORLD_MODULES = 4 };
const struct mib *world_module(unsigned number);

/* Walks a module from its root to its end. Each name must come after the one before, and GET must return the same
 * value. A text must be valid UTF-8 of at most 255 octets. Returns the number of values. */
size_t world_walk(const struct mib *mib, const struct answer *answer);

/* Both values are the same. */
bool world_is_same_value(const struct mib_value *one, const struct mib_value *other);

#endif

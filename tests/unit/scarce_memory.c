/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/scarce_memory.h"

#include <errno.h>
#include <stdlib.h>

/* gcc defines macros for its sanitizers. clang has features instead. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SCARCE_MEMORY_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SCARCE_MEMORY_SANITIZED 1
#endif

#ifdef SCARCE_MEMORY_SANITIZED
enum { SCARCE_MEMORY_WORKS = 0 };
#else
enum { SCARCE_MEMORY_WORKS = 1 };
#endif

static _Thread_local long scarce_memory_good, scarce_memory_bad, scarce_memory_made;
static _Thread_local bool scarce_memory_hit;

void scarce_memory_after(long good, long bad)
{
    scarce_memory_good = good;
    scarce_memory_bad = bad;
    scarce_memory_made = 0;
    scarce_memory_hit = false;
}

long scarce_memory_count(void)
{
    return scarce_memory_made;
}

bool scarce_memory_was_hit(void)
{
    return scarce_memory_hit;
}

bool scarce_memory_works(void)
{
    return SCARCE_MEMORY_WORKS;
}

#ifndef SCARCE_MEMORY_SANITIZED
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool scarce_memory_fails(void)
{
    scarce_memory_made++;
    if (scarce_memory_bad == 0)
        return false;
    if (scarce_memory_good > 0) {
        scarce_memory_good--;
        return false;
    }
    scarce_memory_bad--;
    scarce_memory_hit = true;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size)
{
    return scarce_memory_fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return scarce_memory_fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return scarce_memory_fails() ? NULL : __libc_realloc(old, size);
}
#endif

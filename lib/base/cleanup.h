/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frees or closes what libc returned, at the end of the variable's scope. So an early return leaks nothing, and no
 * function needs a goto chain. The cleanups of libvirt's types are in lib/libvirt/virt.h. */
#ifndef GUESTLIST_BASE_CLEANUP_H
#define GUESTLIST_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CLEANUP(function) __attribute__((cleanup(function)))
#define AUTO_FREE         CLEANUP(cleanup_free)
#define AUTO_CLOSE        CLEANUP(cleanup_close)
#define AUTO_FCLOSE       CLEANUP(cleanup_fclose)

static inline void cleanup_free(void *pointer)
{
    free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static inline void cleanup_fclose(FILE **file)
{
    if (*file)
        (void)fclose(*file);
}

#endif

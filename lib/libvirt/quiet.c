/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/quiet.h"

#include <libvirt/virterror.h>
#include <stdbool.h>
#include <stddef.h>

static _Thread_local bool quiet_is_own_thread;

static void quiet_drop_error(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

static void quiet_handle_error(void *data, virErrorPtr error)
{
    (void)data;
    if (!quiet_is_own_thread)
        virDefaultErrorFunc(error);
}

void quiet_libvirt(void)
{
    virSetErrorFunc(NULL, quiet_drop_error);
}

void quiet_own_threads(void)
{
    virSetErrorFunc(NULL, quiet_handle_error);
}

void quiet_this_thread(void)
{
    quiet_is_own_thread = true;
}

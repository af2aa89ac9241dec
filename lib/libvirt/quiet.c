/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/libvirt/quiet.h"

#include <libvirt/virterror.h>
#include <stddef.h>

static void quiet_drop_error(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

void quiet_libvirt(void)
{
    virSetErrorFunc(NULL, quiet_drop_error);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/description.h"

struct description *description_ref(struct description *description)
{
    atomic_fetch_add(&description->references, 1);
    return description;
}

void description_unref(struct description *description)
{
    if (description && atomic_fetch_sub(&description->references, 1) == 1)
        description->release(description);
}

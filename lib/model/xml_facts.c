/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/xml_facts.h"

/* "hvm" alone tells a reader nothing, so what libosinfo knows comes first. */
const char *description_os(const struct xml_facts *xml_facts)
{
    if (xml_facts && xml_facts->os_id)
        return xml_facts->os_id;
    return xml_facts && xml_facts->os_type ? xml_facts->os_type : "";
}

struct xml_facts *xml_facts_ref(struct xml_facts *xml_facts)
{
    atomic_fetch_add(&xml_facts->references, 1);
    return xml_facts;
}

void xml_facts_unref(struct xml_facts *xml_facts)
{
    if (xml_facts && atomic_fetch_sub(&xml_facts->references, 1) == 1)
        xml_facts->release(xml_facts);
}

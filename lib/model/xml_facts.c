/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/model/xml_facts.h"

/* "hvm" alone does not help a reader, so libosinfo's name comes first. */
const char *xml_facts_os(const struct xml_facts *facts)
{
    if (facts && facts->os_id)
        return facts->os_id;
    return facts && facts->os_type ? facts->os_type : "";
}

struct xml_facts *xml_facts_ref(struct xml_facts *facts)
{
    if (facts)
        refcount_take(&facts->refcount);
    return facts;
}

void xml_facts_unref(struct xml_facts *facts)
{
    if (facts && refcount_drop(&facts->refcount))
        facts->release(facts);
}

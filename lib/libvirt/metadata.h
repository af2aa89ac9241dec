/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value out of the metadata that others, such as OpenStack's Nova, keep in a domain's XML. */
#ifndef GUESTLIST_LIBVIRT_METADATA_H
#define GUESTLIST_LIBVIRT_METADATA_H

#include <stdbool.h>

struct _xmlNode; /* libxml2's xmlNode */

/* Which element of <metadata>, by its namespace, and where in it. Used by one thread at a time. */
struct metadata_query;

/* Nova's: the first since OpenStack Wallaby (2021), the second before. And the name of Nova's instance. */
#define METADATA_NAMESPACE_NOVA     "http://openstack.org/xmlns/libvirt/nova/1.1"
#define METADATA_NAMESPACE_NOVA_OLD "http://openstack.org/xmlns/libvirt/nova/1.0"
#define METADATA_XPATH_DEFAULT      "/instance/name/text()"

/* `namespace` NULL: Nova's, the first one that the domain has. `xpath` is evaluated in the element of that
 * namespace as if it were a document of its own, in which names of this namespace stand without a prefix, as
 * virDomainGetMetadata() returns it. NULL if it is no XPath, or out of memory. */
struct metadata_query *metadata_query_new(const char *namespace, const char *xpath);
void metadata_query_free(struct metadata_query *query);

/* Puts what the query finds under the <domain> element, allocated, into `found`, or NULL if there is no such
 * element or nothing in it. False if out of memory. */
bool metadata_find(const struct metadata_query *query, struct _xmlNode *domain, char **found);

#endif

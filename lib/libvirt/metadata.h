/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds one value in the metadata that other software, such as OpenStack's Nova, keeps in a domain's XML. */
#ifndef GUESTLIST_LIBVIRT_METADATA_H
#define GUESTLIST_LIBVIRT_METADATA_H

#include <stdbool.h>

struct _xmlNode; /* libxml2's xmlNode */

/* Which element of <metadata>, by its namespace, and which value in it. Only one thread at a time may use it. */
struct metadata_query;

/* Nova's namespaces, since OpenStack Wallaby (2021) and before, and the XPath of an instance's name. */
#define METADATA_NAMESPACE_NOVA     "http://openstack.org/xmlns/libvirt/nova/1.1"
#define METADATA_NAMESPACE_NOVA_OLD "http://openstack.org/xmlns/libvirt/nova/1.0"
#define METADATA_XPATH_DEFAULT      "/instance/name/text()"

/* `namespace` NULL: Nova's, whichever of the two the domain has. `xpath` is evaluated as if the element of that
 * namespace were a document of its own, and names of this namespace had no prefix, just as virDomainGetMetadata()
 * returns it. So `xpath` has no prefixes. NULL if `xpath` is not valid, or if out of memory. */
struct metadata_query *metadata_query_new(const char *namespace, const char *xpath);

/* Takes NULL. */
void metadata_query_free(struct metadata_query *query);

/* Looks in the <domain> element. `found` becomes the value, which the caller frees, or NULL if there is no such
 * element or if the value is empty. False if out of memory. */
bool metadata_find(const struct metadata_query *query, struct _xmlNode *domain, char **found);

#endif

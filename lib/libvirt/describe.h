/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a domain's XML. Pure: XML text in, struct out; libxml2 with neither network nor entity expansion. */
#ifndef GUESTLIST_LIBVIRT_DESCRIBE_H
#define GUESTLIST_LIBVIRT_DESCRIBE_H

#include "lib/libvirt/metadata.h"
#include "lib/model/description.h"

/* The compiled queries; one per thread that reads XML. `metadata` is what to look for in the domain's metadata as
 * well, or NULL; it must outlive the describer. NULL if out of memory. */
struct describer;
struct describer *describer_new(const struct metadata_query *metadata);
void describer_free(struct describer *describer);

/* Reads domain XML. NULL if it is not well-formed, if its root is not <domain>, if it has a
 * document type, or if out of memory.
 * The reference is the caller's. */
struct description *describe(struct describer *describer, const char *xml);

#endif

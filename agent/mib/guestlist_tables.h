/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GUESTLIST-MIB's tables: their columns and how their rows are found. guestlist_mib.c puts them into their
 * places. */
#ifndef GUESTLIST_AGENT_MIB_GUESTLIST_TABLES_H
#define GUESTLIST_AGENT_MIB_GUESTLIST_TABLES_H

#include "agent/mib/mib.h"
#include "agent/mib/rows.h"

enum { GL_DOMAIN_COLUMNS = 15, GL_FILTER_COLUMNS = 5, GL_NAME_COLUMNS = 1 };

extern const struct mib_column gl_domain_columns[GL_DOMAIN_COLUMNS]; /* of the rows in vm_rows */

extern const struct mib_column gl_filter_columns[GL_FILTER_COLUMNS];
extern const struct mib_rows gl_filter_rows;

extern const struct mib_column gl_name_columns[GL_NAME_COLUMNS];
extern const struct mib_rows gl_name_rows;

/* For getters: GlTruth. Always true. */
bool gl_put_tristate(struct mib_value *value, enum tristate tristate);

/* For getters: SNMPv2-TC's DateAndTime in local time with its distance from UTC, 11 octets. False for a
 * moment that has no date. */
bool gl_put_date(struct mib_value *value, int64_t real_ms);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts values into the forms that MIBs define. Each function fills in a value and returns true, so that a getter
 * can end with it. A function that can find no value says so below. Pure. */
#ifndef GUESTLIST_AGENT_MIB_MIB_PUT_H
#define GUESTLIST_AGENT_MIB_MIB_PUT_H

#include "agent/mib/mib.h"
#include "lib/model/domain.h"

/* SnmpAdminString, SIZE (0..255). The text may contain any bytes. */
bool mib_put_text(struct mib_value *value, const char *text);

/* A number, or the nearest one that the type has. */
bool mib_put_integer(struct mib_value *value, int64_t number);

bool mib_put_unsigned(struct mib_value *value, uint32_t number);

/* A statistic of a domain, divided by `unit`; `number` NULL: the statistic is not known, and the result is false.
 * A counter starts at 0 in each run of the domain, so it is 0 while the domain is not active. A gauge has no value
 * then: false. */
bool mib_put_counter(struct mib_value *value, const struct domain *domain, const uint64_t *number, uint64_t unit);
bool mib_put_gauge(struct mib_value *value, const struct domain *domain, const uint64_t *number);

/* SNMPv2-TC's TruthValue. */
bool mib_put_truth(struct mib_value *value, bool is_true);

/* TimeTicks, which wrap after 497 days. False if the time is negative. */
bool mib_put_ticks(struct mib_value *value, int64_t ms);

/* SNMPv2-TC's DateAndTime in local time with its difference to UTC, 11 octets. False if the time is too far away
 * to have a date. */
bool mib_put_date(struct mib_value *value, int64_t real_ms);

/* GlTruth. */
bool mib_put_gl_truth(struct mib_value *value, enum tristate tristate);

/* VirtualMachineAutoStart and VirtualMachinePersistent, whose numbers are the same. */
bool mib_put_vm_tristate(struct mib_value *value, enum tristate tristate);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which domains an administrator should look at, and why. Pure. guestlistd(8) describes the same rules. */
#ifndef GUESTLIST_AGENT_UNWELL_H
#define GUESTLIST_AGENT_UNWELL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/model/domain.h"

enum { UNWELL_TEXT_MAX = 256 };

/* Writes all reasons why the domain needs a look into `text`, with a semicolon between them. False, with an empty
 * text, if there is no reason: it runs and will run again after the next boot of the host, or it is off and nobody
 * wants it to start. A domain that somebody paused needs a look only if it starts at boot. Any thread may call
 * this. */
bool unwell_describe(const struct domain *domain, char text[UNWELL_TEXT_MAX]);

#endif

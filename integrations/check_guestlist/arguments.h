/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. Pure, except usage_print(). */
#ifndef GUESTLIST_CHECK_ARGUMENTS_H
#define GUESTLIST_CHECK_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/base/selection.h"
#include "integrations/check_guestlist/criteria.h"
#include "integrations/check_guestlist/range.h"

enum arguments_mode { MODE_HEALTH, MODE_DOMAIN, MODE_COUNT };
enum arguments_task { TASK_CHECK, TASK_HELP, TASK_VERSION };
enum arguments_level { LEVEL_NONE, LEVEL_AUTH, LEVEL_PRIV };
enum arguments_protocol { PROTOCOL_UNSET, PROTOCOL_2C, PROTOCOL_3 };

enum { ARGUMENTS_DOMAINS_MAX = 64 };

/* The strings are those of the command line; NULL: not given. */
struct arguments {
    enum arguments_task task;
    const char *host;
    long port, timeout_s;
    enum arguments_protocol protocol;
    enum arguments_level level;
    const char *community, *context, *user;
    const char *auth_protocol, *auth_password, *priv_protocol, *priv_password;
    enum arguments_mode mode;
    const char *domains[ARGUMENTS_DOMAINS_MAX]; /* names and /regular expressions/, as on the command line */
    size_t domain_count;
    struct selection selected, ignored; /* by --domain and --ignore */
    struct criteria criteria;
    struct range warning, critical;
    unsigned verbosity;
};

/* Parses the command line. False, with a sentence in `why`, if it is wrong. Call arguments_clear() in both cases.
 * Not thread-safe, because getopt is not. */
bool arguments_parse(struct arguments *arguments, int argc, char **argv, char *why, size_t size);

/* Writes the help. */
void usage_print(FILE *out);

/* True if the domain of that name is to be checked: --domain selects it, and --ignore does not leave it out. */
bool arguments_want(const struct arguments *arguments, const char *name);

void arguments_clear(struct arguments *arguments);

#endif

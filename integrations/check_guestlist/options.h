/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line. Pure, but for options_usage(). */
#ifndef GUESTLIST_CHECK_OPTIONS_H
#define GUESTLIST_CHECK_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/base/selection.h"
#include "integrations/check_guestlist/criteria.h"
#include "integrations/check_guestlist/range.h"

enum options_mode { MODE_HEALTH, MODE_DOMAIN, MODE_COUNT };
enum options_task { TASK_CHECK, TASK_HELP, TASK_VERSION };
enum options_level { LEVEL_NONE, LEVEL_AUTH, LEVEL_PRIV };
enum options_protocol { PROTOCOL_UNSET, PROTOCOL_2C, PROTOCOL_3 };

enum { OPTIONS_DOMAINS_MAX = 64 };

/* Strings belong to the command line; NULL: not given. */
struct options {
    enum options_task task;
    const char *host;
    long port, timeout_s;
    enum options_protocol protocol;
    enum options_level level;
    const char *community, *context, *user;
    const char *auth_protocol, *auth_password, *priv_protocol, *priv_password;
    enum options_mode mode;
    const char *domains[OPTIONS_DOMAINS_MAX]; /* as given: names and /regular expressions/ */
    size_t domain_count;
    struct selection selected, ignored; /* domains, and those of --ignore */
    struct criteria criteria;
    struct range warning, critical;
    unsigned verbosity;
};

/* Fills `options`, also if it fails. False with a sentence in `why` if the command line is wrong. */
bool options_parse(struct options *options, int argc, char **argv, char *why, size_t size);

void options_usage(FILE *out);

/* Whether a domain of that name is to be looked at. */
bool options_want(const struct options *options, const char *name);

void options_clear(struct options *options);

#endif

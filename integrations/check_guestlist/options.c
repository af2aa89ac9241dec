/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/options.h"

#include <getopt.h>
#include <string.h>
#include <strings.h>

#include "lib/base/text.h"

static const char letters[] = ":H:p:P:C:L:N:U:a:A:x:X:t:w:c:m:d:s:i:vVh";
static const struct option words[] = {
    { "hostname", required_argument, NULL, 'H' },
    { "port", required_argument, NULL, 'p' },
    { "protocol", required_argument, NULL, 'P' },
    { "community", required_argument, NULL, 'C' },
    { "seclevel", required_argument, NULL, 'L' },
    { "context", required_argument, NULL, 'N' },
    { "secname", required_argument, NULL, 'U' },
    { "authproto", required_argument, NULL, 'a' },
    { "authpasswd", required_argument, NULL, 'A' },
    { "privproto", required_argument, NULL, 'x' },
    { "privpasswd", required_argument, NULL, 'X' },
    { "timeout", required_argument, NULL, 't' },
    { "warning", required_argument, NULL, 'w' },
    { "critical", required_argument, NULL, 'c' },
    { "mode", required_argument, NULL, 'm' },
    { "domain", required_argument, NULL, 'd' },
    { "state", required_argument, NULL, 's' },
    { "ignore", required_argument, NULL, 'i' },
    { "verbose", no_argument, NULL, 'v' },
    { "version", no_argument, NULL, 'V' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

/* A reason, and where it goes. */
struct options_reason {
    char *text;
    size_t size;
};

static bool options_refuse(const struct options_reason *reason, const char *option, const char *value,
                           const char *expected)
{
    (void)snprintf(reason->text, reason->size, "%s \"%s\": expected %s", option, value, expected);
    return false;
}

/* The place of `value` in `list`, whose case does not matter; false if it is not there. */
static bool options_choose(const char *value, const char *const *list, int *place)
{
    for (*place = 0; list[*place]; (*place)++)
        if (strcasecmp(list[*place], value) == 0)
            return true;
    return false;
}

static bool options_set_protocol(struct options *options, const struct options_reason *reason)
{
    if (strcmp(optarg, "2c") == 0 || strcmp(optarg, "2") == 0)
        options->protocol = PROTOCOL_2C;
    else if (strcmp(optarg, "3") == 0)
        options->protocol = PROTOCOL_3;
    else
        return options_refuse(reason, "-P", optarg,
                              "2c or 3; SNMPv1 has no GETBULK and no word for a missing object");
    return true;
}

static bool options_set_level(struct options *options, const struct options_reason *reason)
{
    static const char *const levels[] = { "noAuthNoPriv", "authNoPriv", "authPriv", NULL };
    int level;

    if (!options_choose(optarg, levels, &level))
        return options_refuse(reason, "-L", optarg, "noAuthNoPriv, authNoPriv or authPriv");
    options->level = (enum options_level)level;
    return true;
}

static bool options_set_mode(struct options *options, const struct options_reason *reason)
{
    static const char *const modes[] = { "health", "domain", "count", NULL };
    int mode;

    if (!options_choose(optarg, modes, &mode))
        return options_refuse(reason, "-m", optarg, "health, domain or count");
    options->mode = (enum options_mode)mode;
    return true;
}

static bool options_add_domain(struct options *options, const struct options_reason *reason)
{
    if (options->domain_count == OPTIONS_DOMAINS_MAX)
        return options_refuse(reason, "-d", optarg, "at most 64 of them");
    options->domains[options->domain_count++] = optarg;
    return selection_add(&options->selected, optarg, reason->text, reason->size);
}

static bool options_take_check(struct options *options, int option, const struct options_reason *reason)
{
    switch (option) {
    case 'm':
        return options_set_mode(options, reason);
    case 'd':
        return options_add_domain(options, reason);
    case 's':
        return criteria_parse(&options->criteria, optarg, reason->text, reason->size);
    case 'i':
        return selection_add(&options->ignored, optarg, reason->text, reason->size);
    case 'w':
        return range_parse(optarg, &options->warning) ||
               options_refuse(reason, "-w", optarg, "a range, such as 10, 10:, ~:10, 10:20 or @10:20");
    case 'c':
        return range_parse(optarg, &options->critical) ||
               options_refuse(reason, "-c", optarg, "a range, such as 10, 10:, ~:10, 10:20 or @10:20");
    case 'v':
        options->verbosity++;
        return true;
    default:
        options->task = option == 'h' ? TASK_HELP : TASK_VERSION;
        return true;
    }
}

/* Where the value of a plain string goes; NULL if the option has none. */
static const char **options_string(struct options *options, int option)
{
    switch (option) {
    case 'H':
        return &options->host;
    case 'C':
        return &options->community;
    case 'N':
        return &options->context;
    case 'U':
        return &options->user;
    case 'a':
        return &options->auth_protocol;
    case 'A':
        return &options->auth_password;
    case 'x':
        return &options->priv_protocol;
    case 'X':
        return &options->priv_password;
    default:
        return NULL;
    }
}

static bool options_take(struct options *options, int option, const struct options_reason *reason)
{
    const char **string = options_string(options, option);

    if (string) {
        *string = optarg;
        return *optarg || options_refuse(reason, (const char[]){ '-', (char)option, '\0' }, "", "something");
    }
    switch (option) {
    case 'p':
        return text_number(optarg, 1, 65535, &options->port) ||
               options_refuse(reason, "-p", optarg, "a port from 1 to 65535");
    case 't':
        return text_number(optarg, 1, 3600, &options->timeout_s) ||
               options_refuse(reason, "-t", optarg, "seconds from 1 to 3600");
    case 'P':
        return options_set_protocol(options, reason);
    case 'L':
        return options_set_level(options, reason);
    default:
        return options_take_check(options, option, reason);
    }
}

static bool options_complain(const struct options_reason *reason, const char *what, const char *word)
{
    (void)snprintf(reason->text, reason->size, "%s %s; -h lists the options", what, word);
    return false;
}

/* getopt_long() has put the letter of a short option into optopt; of a long one, it has passed the whole word. */
static bool options_complain_of(const struct options_reason *reason, int option, char **argv)
{
    const char letter[] = { '-', (char)optopt, '\0' };
    const char *word = optopt && strncmp(argv[optind - 1], "--", 2) != 0 ? letter : argv[optind - 1];

    return options_complain(reason, option == ':' ? "a value is missing behind" : "unknown option", word);
}

static bool options_check_security(struct options *options, const struct options_reason *reason)
{
    if (options->protocol == PROTOCOL_UNSET)
        options->protocol = options->user || options->level != LEVEL_NONE ? PROTOCOL_3 : PROTOCOL_2C;
    if (options->protocol == PROTOCOL_3 && options->community)
        return options_complain(reason, "SNMPv3 has no community:", "-C");
    if (options->protocol == PROTOCOL_2C && (options->user || options->level != LEVEL_NONE))
        return options_complain(reason, "SNMPv2c has no users and no security levels:", "-U and -L want -P 3");
    if (options->protocol == PROTOCOL_2C && options->context)
        return options_complain(reason,
                                "SNMPv2c has no contexts:", "-N wants -P 3; with 2c the community decides");
    return true;
}

/* A guest that is migrated runs. */
static bool options_default_state(struct options *options)
{
    char ignored[16];

    if (!criteria_parse(&options->criteria, options->mode == MODE_DOMAIN ? "running migrating" : "running",
                        ignored, sizeof(ignored)))
        return false;
    (void)snprintf(options->criteria.text, sizeof(options->criteria.text), "running");
    return true;
}

static bool options_check_whole(struct options *options, const struct options_reason *reason)
{
    if (!options->host)
        return options_complain(reason, "no host:", "-H is missing");
    if (!options_check_security(options, reason))
        return false;
    if (options->mode == MODE_DOMAIN && options->domain_count == 0)
        return options_complain(reason, "mode domain wants a name:", "-d is missing");
    if (options->mode == MODE_HEALTH && options->criteria.count > 0)
        return options_complain(reason, "mode health knows what should run by itself:", "-s is of no use");
    return options->criteria.count > 0 || options_default_state(options);
}

bool options_parse(struct options *options, int argc, char **argv, char *why, size_t size)
{
    const struct options_reason reason = { why, size };
    int option;

    *options = (struct options){ .port = 161, .timeout_s = 10, .ignored.ignore = true };
    optind = 0; /* so that it can be called again */
    while ((option = getopt_long(argc, argv, letters, words, NULL)) != -1) {
        if (option == '?' || option == ':')
            return options_complain_of(&reason, option, argv);
        if (!options_take(options, option, &reason))
            return false;
        if (options->task != TASK_CHECK)
            return true;
    }
    if (optind < argc)
        return options_complain(&reason, "unknown argument", argv[optind]);
    return options_check_whole(options, &reason);
}

bool options_want(const struct options *options, const char *name)
{
    return selection_wants(&options->selected, name) && selection_wants(&options->ignored, name);
}

void options_clear(struct options *options)
{
    selection_clear(&options->selected);
    selection_clear(&options->ignored);
}

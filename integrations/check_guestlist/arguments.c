/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/arguments.h"

#include <getopt.h>
#include <string.h>
#include <strings.h>

#include "lib/base/array.h"
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

/* Where the reason for refusing the command line is written. */
struct arguments_reason {
    char *text;
    size_t size;
};

static bool arguments_refuse_value(const struct arguments_reason *reason, const char *option, const char *value,
                                   const char *expected)
{
    (void)snprintf(reason->text, reason->size, "%s \"%s\": expected %s", option, value, expected);
    return false;
}

/* Finds `value` in `list`, in upper or lower case. False if it is not there. */
static bool arguments_choose(const char *value, const char *const *list, int *place)
{
    for (*place = 0; list[*place]; (*place)++)
        if (strcasecmp(list[*place], value) == 0)
            return true;
    return false;
}

static bool arguments_set_protocol(struct arguments *arguments, const struct arguments_reason *reason)
{
    if (strcmp(optarg, "2c") == 0 || strcmp(optarg, "2") == 0)
        arguments->protocol = PROTOCOL_2C;
    else if (strcmp(optarg, "3") == 0)
        arguments->protocol = PROTOCOL_3;
    else
        return arguments_refuse_value(reason, "-P", optarg,
                                      "2c or 3; SNMPv1 has no GETBULK and cannot report a missing object");
    return true;
}

static bool arguments_set_level(struct arguments *arguments, const struct arguments_reason *reason)
{
    static const char *const levels[] = { "noAuthNoPriv", "authNoPriv", "authPriv", NULL };
    int level;

    if (!arguments_choose(optarg, levels, &level))
        return arguments_refuse_value(reason, "-L", optarg, "noAuthNoPriv, authNoPriv or authPriv");
    arguments->level = (enum arguments_level)level;
    return true;
}

static bool arguments_set_mode(struct arguments *arguments, const struct arguments_reason *reason)
{
    static const char *const modes[] = { "health", "domain", "count", NULL };
    int mode;

    if (!arguments_choose(optarg, modes, &mode))
        return arguments_refuse_value(reason, "-m", optarg, "health, domain or count");
    arguments->mode = (enum arguments_mode)mode;
    return true;
}

static bool arguments_add_domain(struct arguments *arguments, const struct arguments_reason *reason)
{
    if (arguments->domain_count == ARGUMENTS_DOMAINS_MAX)
        return arguments_refuse_value(reason, "-d", optarg, "at most 64 of them");
    arguments->domains[arguments->domain_count++] = optarg;
    return selection_add(&arguments->selected, optarg, reason->text, reason->size);
}

static bool arguments_set_range(struct range *range, const char *option, const struct arguments_reason *reason)
{
    return range_parse(optarg, range) ||
           arguments_refuse_value(reason, option, optarg, "a range, such as 10, 10:, ~:10, 10:20 or @10:20");
}

static bool arguments_take_check(struct arguments *arguments, int option, const struct arguments_reason *reason)
{
    switch (option) {
    case 'm':
        return arguments_set_mode(arguments, reason);
    case 'd':
        return arguments_add_domain(arguments, reason);
    case 's':
        return criteria_parse(&arguments->criteria, optarg, reason->text, reason->size);
    case 'i':
        return selection_add(&arguments->ignored, optarg, reason->text, reason->size);
    case 'w':
        return arguments_set_range(&arguments->warning, "-w", reason);
    case 'c':
        return arguments_set_range(&arguments->critical, "-c", reason);
    case 'v':
        arguments->verbosity++;
        return true;
    default:
        arguments->task = option == 'h' ? TASK_HELP : TASK_VERSION;
        return true;
    }
}

/* The member for an option whose value is any string, or NULL if it is another option. */
static const char **arguments_string(struct arguments *arguments, int option)
{
    const struct {
        char option;
        const char **string;
    } strings[] = {
        { 'H', &arguments->host },          { 'C', &arguments->community },     { 'N', &arguments->context },
        { 'U', &arguments->user },          { 'a', &arguments->auth_protocol }, { 'A', &arguments->auth_password },
        { 'x', &arguments->priv_protocol }, { 'X', &arguments->priv_password },
    };

    for (size_t i = 0; i < ARRAY_COUNT(strings); i++)
        if (strings[i].option == option)
            return strings[i].string;
    return NULL;
}

static bool arguments_take(struct arguments *arguments, int option, const struct arguments_reason *reason)
{
    const char **string = arguments_string(arguments, option);

    if (string) {
        *string = optarg;
        return *optarg ||
               arguments_refuse_value(reason, (const char[]){ '-', (char)option, '\0' }, "", "something");
    }
    switch (option) {
    case 'p':
        return text_number(optarg, 1, 65535, &arguments->port) ||
               arguments_refuse_value(reason, "-p", optarg, "a port from 1 to 65535");
    case 't':
        return text_number(optarg, 1, 3600, &arguments->timeout_s) ||
               arguments_refuse_value(reason, "-t", optarg, "seconds from 1 to 3600");
    case 'P':
        return arguments_set_protocol(arguments, reason);
    case 'L':
        return arguments_set_level(arguments, reason);
    default:
        return arguments_take_check(arguments, option, reason);
    }
}

static bool arguments_refuse(const struct arguments_reason *reason, const char *what, const char *word)
{
    (void)snprintf(reason->text, reason->size, "%s %s; -h lists the options", what, word);
    return false;
}

/* For a short option, getopt_long() puts the letter into optopt. For a long option, the word is the last argument
 * that it read. */
static bool arguments_refuse_option(const struct arguments_reason *reason, int option, char **argv)
{
    const char letter[] = { '-', (char)optopt, '\0' };
    const char *word = optopt && strncmp(argv[optind - 1], "--", 2) != 0 ? letter : argv[optind - 1];

    return arguments_refuse(reason, option == ':' ? "a value is missing after" : "unknown option", word);
}

static bool arguments_check_security(struct arguments *arguments, const struct arguments_reason *reason)
{
    if (arguments->protocol == PROTOCOL_UNSET)
        arguments->protocol = arguments->user || arguments->level != LEVEL_NONE ? PROTOCOL_3 : PROTOCOL_2C;
    if (arguments->protocol == PROTOCOL_3 && arguments->community)
        return arguments_refuse(reason, "SNMPv3 has no community:", "-C");
    if (arguments->protocol == PROTOCOL_2C && (arguments->user || arguments->level != LEVEL_NONE))
        return arguments_refuse(reason, "SNMPv2c has no users and no security levels:", "-U and -L need -P 3");
    if (arguments->protocol == PROTOCOL_2C && arguments->context)
        return arguments_refuse(reason,
                                "SNMPv2c has no contexts:", "-N needs -P 3; with 2c the community decides");
    return true;
}

/* A guest runs during its live migration. */
static bool arguments_default_state(struct arguments *arguments)
{
    char ignored[16];

    if (!criteria_parse(&arguments->criteria, arguments->mode == MODE_DOMAIN ? "running migrating" : "running",
                        ignored, sizeof(ignored)))
        return false;
    (void)snprintf(arguments->criteria.text, sizeof(arguments->criteria.text), "running");
    return true;
}

static bool arguments_check_whole(struct arguments *arguments, const struct arguments_reason *reason)
{
    if (!arguments->host)
        return arguments_refuse(reason, "no host:", "-H is missing");
    if (!arguments_check_security(arguments, reason))
        return false;
    if (arguments->mode == MODE_DOMAIN && arguments->domain_count == 0)
        return arguments_refuse(reason, "mode domain needs a name:", "-d is missing");
    if (arguments->mode == MODE_HEALTH && arguments->criteria.count > 0)
        return arguments_refuse(reason, "mode health judges all states:", "-s has no effect");
    return arguments->criteria.count > 0 || arguments_default_state(arguments);
}

bool arguments_parse(struct arguments *arguments, int argc, char **argv, char *why, size_t size)
{
    const struct arguments_reason reason = { why, size };
    int option;

    *arguments = (struct arguments){ .port = 161, .timeout_s = 10, .ignored.ignore = true };
    optind = 0; /* the tests call it more than once */
    while ((option = getopt_long(argc, argv, letters, words, NULL)) != -1) {
        if (option == '?' || option == ':')
            return arguments_refuse_option(&reason, option, argv);
        if (!arguments_take(arguments, option, &reason))
            return false;
        if (arguments->task != TASK_CHECK)
            return true;
    }
    if (optind < argc)
        return arguments_refuse(&reason, "unknown argument", argv[optind]);
    return arguments_check_whole(arguments, &reason);
}

bool arguments_want(const struct arguments *arguments, const char *name)
{
    return selection_wants(&arguments->selected, name) && selection_wants(&arguments->ignored, name);
}

void arguments_clear(struct arguments *arguments)
{
    selection_clear(&arguments->selected);
    selection_clear(&arguments->ignored);
}

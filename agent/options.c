/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/base/uri.h"

enum { OPTION_STATE_DIR = 256, OPTION_ONCE, OPTION_CHECK };

static const char letters[] = ":fx:c:CD:L:p:HhVu:F:i:";
static const struct option words[] = {
    { "uri", required_argument, NULL, 'u' },
    { "filter", required_argument, NULL, 'F' },
    { "interval", required_argument, NULL, 'i' },
    { "state-dir", required_argument, NULL, OPTION_STATE_DIR },
    { "once", optional_argument, NULL, OPTION_ONCE },
    { "check", no_argument, NULL, OPTION_CHECK },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { NULL, 0, NULL, 0 },
};

void options_usage(FILE *out)
{
    (void)fputs("Usage: guestlistd [OPTIONS]\n"
                "Serves libvirt's domains as rows of VM-MIB (RFC 7666) through an AgentX master such as snmpd.\n"
                "\n"
                "  -u, --uri URI            hypervisor (default: libvirt's own choice)\n"
                "  -F, --filter \"WORDS\"     list only domains that fit; words as of virsh list\n"
                "  -i, --interval SECONDS   time between listings (default: 10)\n"
                "      --state-dir DIR      where vmIndex numbers are kept (default: " GUESTLIST_STATE_DIR ")\n"
                "      --once[=json]        print one listing as a table, or as JSON, and exit; no SNMP\n"
                "      --check              find out why there are no rows, say what to do, and exit\n"
                "\n"
                "  -x ADDRESS               AgentX address of the master (default: net-snmp's)\n"
                "  -f                       stay in the foreground\n"
                "  -c FILE                  read this configuration file as well\n"
                "  -C                       do not read the default configuration files\n"
                "  -L LOGOPTS               where to log, as of snmpd (-Le stderr, -Lo stdout, -Lf FILE, -Ls d)\n"
                "  -D TOKENS                debugging output of net-snmp for these tokens\n"
                "  -p FILE                  write the process id to FILE\n"
                "  -H                       list the configuration directives and exit\n"
                "  -h, --help               this text\n"
                "  -V, --version            version\n"
                "\n"
                "See guestlistd(8) and guestlistd.conf(5).\n",
                out);
}

static bool options_override(struct options *options, const char *directive, const char *value)
{
    if (options->override_count == OPTIONS_OVERRIDES_MAX)
        return false;
    options->overrides[options->override_count].directive = directive;
    options->overrides[options->override_count++].value = value;
    return true;
}

static bool options_set_once(struct options *options, const char *format)
{
    options->task = format ? TASK_ONCE_JSON : TASK_ONCE_TABLE;
    return !format || strcmp(format, "json") == 0;
}

/* Takes an option of guestlistd. -1 if it is not one of them, 0 if its value is wrong. */
static int options_take_own(struct options *options, int option)
{
    switch (option) {
    case 'u':
        return options_override(options, "hypervisor", optarg);
    case 'F':
        return options_override(options, "filter", optarg);
    case 'i':
        return options_override(options, "interval", optarg);
    case OPTION_STATE_DIR:
        return options_override(options, "stateDirectory", optarg);
    case OPTION_ONCE:
        return options_set_once(options, optarg);
    case OPTION_CHECK:
        options->task = TASK_CHECK;
        return true;
    default:
        return -1;
    }
}

static bool options_take_log(struct options *options, int argc, char **argv, options_log *log)
{
    options->has_log = true;
    return log(optarg, argc, argv) >= 0;
}

/* Takes an option that all net-snmp daemons have. False if it is not one of them. */
static bool options_take_common(struct options *options, int option)
{
    switch (option) {
    case 'f':
        options->foreground = true;
        return true;
    case 'x':
        options->agentx = optarg;
        return true;
    case 'c':
        options->configuration = optarg;
        return true;
    case 'C':
        options->no_configuration = true;
        return true;
    case 'D':
        options->debug_tokens = optarg;
        return true;
    case 'p':
        options->pid_file = optarg;
        return true;
    case 'H':
        options->task = TASK_DIRECTIVES;
        return true;
    case 'h':
        options->task = TASK_HELP;
        return true;
    case 'V':
        options->task = TASK_VERSION;
        return true;
    default:
        return false;
    }
}

static void options_explain(int option, char **argv, char *why, size_t size)
{
    const char *given = argv[optind - 1];

    if (option == ':')
        (void)snprintf(why, size, "option %s: expected a value after it; see guestlistd -h", given);
    else if (option == '?' && optopt > 0 && optopt < 256)
        (void)snprintf(why, size, "unknown option -%c; see guestlistd -h", optopt);
    else if (option == '?')
        (void)snprintf(why, size, "unknown option %s; see guestlistd -h", given);
    else if (option == OPTION_ONCE)
        (void)snprintf(why, size, "option %s: expected --once or --once=json", given);
    else
        (void)snprintf(why, size, "option %s: value not understood; see guestlistd -h", given);
}

bool options_parse(struct options *options, int argc, char **argv, options_log *log, char *why, size_t size)
{
    int option;

    *options = (struct options){ .task = TASK_SERVE };
    opterr = 0;
    optind = 1;
    while ((option = getopt_long(argc, argv, letters, words, NULL)) != -1) {
        int taken = option == 'L' ? options_take_log(options, argc, argv, log) : options_take_own(options, option);

        if (taken < 0)
            taken = options_take_common(options, option);
        if (!taken) {
            options_explain(option, argv, why, size);
            return false;
        }
    }
    if (optind < argc) {
        AUTO_FREE char *shown = uri_public(argv[optind]);

        (void)snprintf(why, size,
                       "unexpected argument \"%.255s\"; guestlistd takes only options, see guestlistd -h",
                       shown ? shown : "");
        return false;
    }
    return true;
}

char *options_absolute(const char *path)
{
    AUTO_FREE char *here = *path == '/' ? strdup("") : getcwd(NULL, 0);
    char *absolute = NULL;

    if (!here || asprintf(&absolute, "%s%s%s", here, *path == '/' ? "" : "/", path) < 0)
        return NULL;
    return absolute;
}

static bool options_make_path_absolute(const char **path, char **owned, char *why, size_t size)
{
    if (!*path)
        return true;
    *owned = options_absolute(*path);
    if (!*owned) {
        (void)snprintf(why, size, "%s: no absolute path: %s", *path, strerror(errno));
        return false;
    }
    *path = *owned;
    return true;
}

/* The address of a Unix socket begins with "unix:", or has a slash and no colon. All others name a host or a port.
 */
static bool options_make_address_absolute(const char **address, char **owned, char *why, size_t size)
{
    size_t domain = *address && strncmp(*address, "unix:", 5) == 0 ? 5 : 0;
    const char *path = *address ? *address + domain : "/";
    AUTO_FREE char *absolute = NULL;

    if (*path == '/' || (domain == 0 && (!strchr(path, '/') || strchr(path, ':'))))
        return true;
    absolute = options_absolute(path);
    if (!absolute || asprintf(owned, "%.*s%s", (int)domain, *address, absolute) < 0) {
        *owned = NULL; /* asprintf() leaves it undefined */
        (void)snprintf(why, size, "%s: no absolute path: %s", *address, strerror(errno));
        return false;
    }
    *address = *owned;
    return true;
}

static bool options_append(char **list, const char *directory)
{
    AUTO_FREE char *absolute = options_absolute(directory);
    char *longer;

    if (!absolute || asprintf(&longer, "%s%s%s", *list, **list ? ":" : "", absolute) < 0)
        return false;
    free(*list);
    *list = longer;
    return true;
}

/* SNMPCONFPATH holds directories with colons between them. */
static bool options_make_search_path_absolute(void)
{
    const char *given = getenv("SNMPCONFPATH");
    AUTO_FREE char *copy = given ? strdup(given) : NULL, *absolute = strdup("");
    char *rest = copy;

    if (!given)
        return true;
    if (!copy || !absolute)
        return false;
    for (char *directory; (directory = strsep(&rest, ":")) != NULL;)
        if (*directory && !options_append(&absolute, directory))
            return false;
    return setenv("SNMPCONFPATH", absolute, 1) == 0;
}

bool options_make_absolute(struct options *options, char *why, size_t size)
{
    if (!options_make_path_absolute(&options->configuration, &options->owned_paths[0], why, size) ||
        !options_make_path_absolute(&options->pid_file, &options->owned_paths[1], why, size) ||
        !options_make_address_absolute(&options->agentx, &options->owned_paths[2], why, size))
        return false;
    if (options_make_search_path_absolute())
        return true;
    (void)snprintf(why, size, "SNMPCONFPATH: no absolute path: %s", strerror(errno));
    return false;
}

void options_free(struct options *options)
{
    for (size_t i = 0; i < ARRAY_COUNT(options->owned_paths); i++)
        free(options->owned_paths[i]);
}

bool options_apply(const struct options *options, struct settings *settings, char *why, size_t size)
{
    bool has_uri = false;

    for (size_t i = 0; i < options->override_count; i++) {
        /* Hypervisors of the command line replace those of the file. */
        if (strcmp(options->overrides[i].directive, "hypervisor") == 0 && !has_uri) {
            settings->hypervisor_count = 0;
            has_uri = true;
        }
        if (!settings_set(settings, options->overrides[i].directive, options->overrides[i].value, why, size))
            return false;
    }
    return true;
}

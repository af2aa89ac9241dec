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
#include "lib/base/text.h"
#include "lib/base/uri.h"

enum { OPTION_STATE_DIR = 256, OPTION_ONCE, OPTION_CHECK };

enum { OPTIONS_SHOWN_MAX = 255 };

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
                "      --once=unwell        print only domains that need a look, with the reasons; no SNMP\n"
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

/* What an option does: it sets a bool, a text or the task, or it is a directive of the configuration file. */
enum options_effect { SET_FLAG, SET_TEXT, SET_TASK, SET_DIRECTIVE };

/* clang-format off: an option a row. */
static const struct options_row {
    int option;
    enum options_effect effect;
    size_t offset; /* of the bool or the text in struct options */
    enum options_task task;
    const char *directive;
} rows[] = {
    { 'u', SET_DIRECTIVE, 0, 0, "hypervisor" },
    { 'F', SET_DIRECTIVE, 0, 0, "filter" },
    { 'i', SET_DIRECTIVE, 0, 0, "interval" },
    { OPTION_STATE_DIR, SET_DIRECTIVE, 0, 0, "stateDirectory" },
    { OPTION_ONCE, SET_TASK, 0, TASK_ONCE, NULL },
    { OPTION_CHECK, SET_TASK, 0, TASK_CHECK, NULL },
    { 'H', SET_TASK, 0, TASK_DIRECTIVES, NULL },
    { 'h', SET_TASK, 0, TASK_HELP, NULL },
    { 'V', SET_TASK, 0, TASK_VERSION, NULL },
    { 'f', SET_FLAG, offsetof(struct options, foreground), 0, NULL },
    { 'C', SET_FLAG, offsetof(struct options, no_configuration), 0, NULL },
    { 'L', SET_FLAG, offsetof(struct options, has_log), 0, NULL },
    { 'x', SET_TEXT, offsetof(struct options, agentx), 0, NULL },
    { 'c', SET_TEXT, offsetof(struct options, configuration), 0, NULL },
    { 'D', SET_TEXT, offsetof(struct options, debug_tokens), 0, NULL },
    { 'p', SET_TEXT, offsetof(struct options, pid_file), 0, NULL },
};
/* clang-format on */

static bool options_override(struct options *options, const char *directive)
{
    if (options->override_count == OPTIONS_OVERRIDES_MAX)
        return false;
    options->overrides[options->override_count].directive = directive;
    options->overrides[options->override_count++].value = optarg;
    return true;
}

static bool options_apply_row(struct options *options, const struct options_row *row)
{
    void *member = (char *)options + row->offset;

    switch (row->effect) {
    case SET_FLAG:
        *(bool *)member = true;
        return true;
    case SET_TEXT:
        *(const char **)member = optarg;
        return true;
    case SET_TASK:
        options->task = row->task;
        return true;
    case SET_DIRECTIVE:
    default:
        return options_override(options, row->directive);
    }
}

/* False if the option is unknown or its value is wrong. */
static bool options_take(struct options *options, int option)
{
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        if (rows[i].option == option)
            return options_apply_row(options, &rows[i]);
    return false;
}

/* `form` NULL: --once alone. */
static bool options_take_once_form(struct options *options, const char *form)
{
    static const struct {
        const char *word;
        enum once_form form;
    } forms[] = { { "json", ONCE_JSON }, { "unwell", ONCE_UNWELL } };

    options->once_form = ONCE_TABLE;
    for (size_t i = 0; form && i < ARRAY_COUNT(forms); i++)
        if (strcmp(form, forms[i].word) == 0) {
            options->once_form = forms[i].form;
            return true;
        }
    return form == NULL;
}

/* Handles the two options whose value is not only stored. False if the value is wrong. */
static bool options_take_value(struct options *options, int option, int argc, char **argv, options_log *log)
{
    if (option == 'L')
        return log(optarg, argc, argv) >= 0;
    return option != OPTION_ONCE || options_take_once_form(options, optarg);
}

/* Makes an argument safe for a message. It may have a URI with a password in the wrong place. */
static void options_show(const char *argument, char shown[OPTIONS_SHOWN_MAX + 1])
{
    AUTO_FREE char *public = uri_public(argument);

    (void)text_printable(public ? public : "", shown, OPTIONS_SHOWN_MAX + 1);
}

static void options_explain(int option, char **argv, char *why, size_t size)
{
    char given[OPTIONS_SHOWN_MAX + 1];

    options_show(argv[optind - 1], given);
    if (option == ':')
        (void)snprintf(why, size, "option %s: expected a value after it; see guestlistd -h", given);
    else if (option == '?' && optopt > ' ' && optopt < 0x7f)
        (void)snprintf(why, size, "unknown option -%c; see guestlistd -h", optopt);
    else if (option == '?')
        (void)snprintf(why, size, "unknown option %s; see guestlistd -h", given);
    else if (option == OPTION_ONCE)
        (void)snprintf(why, size, "option %s: expected --once, --once=json or --once=unwell", given);
    else
        (void)snprintf(why, size, "option %s: value not understood; see guestlistd -h", given);
}

bool options_parse(struct options *options, int argc, char **argv, options_log *log, char *why, size_t size)
{
    int option;

    *options = (struct options){ .task = TASK_SERVE };
    opterr = 0;
    optind = 0; /* forgets what is left of an argument that an earlier call refused */
    while ((option = getopt_long(argc, argv, letters, words, NULL)) != -1) {
        if (!options_take(options, option) || !options_take_value(options, option, argc, argv, log)) {
            options_explain(option, argv, why, size);
            return false;
        }
    }
    if (optind < argc) {
        char shown[OPTIONS_SHOWN_MAX + 1];

        options_show(argv[optind], shown);
        (void)snprintf(why, size, "unexpected argument \"%s\"; guestlistd takes only options, see guestlistd -h",
                       shown);
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

/* Makes the path behind the first `prefix` bytes of `*text` absolute. */
static bool options_make_path_absolute(const char **text, size_t prefix, char **owned, char *why, size_t size)
{
    AUTO_FREE char *absolute = NULL;

    if (!*text || (*text)[prefix] == '/')
        return true;
    absolute = options_absolute(*text + prefix);
    if (!absolute || asprintf(owned, "%.*s%s", (int)prefix, *text, absolute) < 0) {
        *owned = NULL; /* asprintf() leaves it undefined */
        (void)snprintf(why, size, "%s: no absolute path: %s", *text, strerror(errno));
        return false;
    }
    *text = *owned;
    return true;
}

/* The address of a Unix socket begins with "unix:", or has a slash and no colon. All others name a host or a port.
 */
static bool options_make_address_absolute(const char **address, char **owned, char *why, size_t size)
{
    size_t prefix = *address && strncmp(*address, "unix:", 5) == 0 ? 5 : 0;

    if (*address && prefix == 0 && (!strchr(*address, '/') || strchr(*address, ':')))
        return true;
    return options_make_path_absolute(address, prefix, owned, why, size);
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
    if (!options_make_path_absolute(&options->configuration, 0, &options->owned_paths[0], why, size) ||
        !options_make_path_absolute(&options->pid_file, 0, &options->owned_paths[1], why, size) ||
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

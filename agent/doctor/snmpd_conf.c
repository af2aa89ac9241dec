/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/doctor/snmpd_conf.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "agent/snmp/config_file.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"

#define MODULE_NAME "guestlist"

enum { WORDS_MAX = 8, SUBTREE_MAX = 128, LINE_MAX_BYTES = 2048, DEPTH_MAX = 4 };

/* The words of a line. */
struct snmpd_conf_line {
    const char *path;
    size_t count;
    char *words[WORDS_MAX];
    unsigned depth; /* how many includes lead to the file */
};

static void snmpd_conf_read_at(struct snmpd_conf *conf, const char *path, unsigned depth);

static void snmpd_conf_copy(char text[SNMPD_CONF_TEXT_MAX], const char *from)
{
    (void)snprintf(text, SNMPD_CONF_TEXT_MAX, "%s", from);
}

static void snmpd_conf_take_master(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    conf->has_master |= strncasecmp(line->words[1], "agentx", 6) == 0;
}

/* Takes the first address that a client on this host can use. */
static void snmpd_conf_take_address(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    char *rest = line->words[1];

    for (char *one; !*conf->address && (one = strsep(&rest, ",")) != NULL;) {
        const char *prefix = strncmp(one, "udp:", 4) == 0 ? "udp:" : "";
        const char *host = one + strlen(prefix);

        if (strncmp(one, "tcp", 3) == 0 || strncmp(one, "unix", 4) == 0 || !*host)
            continue;
        (void)snprintf(conf->address, sizeof(conf->address), "%s%s%.200s", prefix,
                       strspn(host, "0123456789") == strlen(host) ? "localhost:" : "", host);
    }
}

static bool snmpd_conf_is_here(const char *source)
{
    return strcmp(source, "default") == 0 || strcmp(source, "localhost") == 0 || strncmp(source, "127.", 4) == 0 ||
           strncmp(source, "0.0.0.0", 7) == 0;
}

/* True for a community that every host may use and that sees everything: monitoring uses such a community. */
static bool snmpd_conf_is_open(const struct snmpd_conf_line *line)
{
    const char *source = line->count > 2 ? line->words[2] : "default";

    return strcasecmp(line->words[0], "rocommunity") == 0 && line->count <= 3 && snmpd_conf_is_here(source) &&
           strcmp(source, "localhost") != 0 && strncmp(source, "127.", 4) != 0;
}

/* Prefers the first community that is open. If none is open, takes the first community. */
static bool snmpd_conf_prefers(const struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    bool is_restricted = *conf->view || *conf->only;

    return !*conf->community || (is_restricted && snmpd_conf_is_open(line));
}

/* rocommunity COMMUNITY [SOURCE [OID | -V VIEW [CONTEXT]]] */
static void snmpd_conf_take_community(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    if (!snmpd_conf_prefers(conf, line) || (line->count > 2 && !snmpd_conf_is_here(line->words[2])))
        return;
    snmpd_conf_copy(conf->community, line->words[1]);
    (void)snprintf(conf->file, sizeof(conf->file), "%s", line->path);
    *conf->view = *conf->only = '\0';
    if (line->count > 4 && strcmp(line->words[3], "-V") == 0)
        snmpd_conf_copy(conf->view, line->words[4]);
    else if (line->count > 3)
        snmpd_conf_copy(conf->only, line->words[3]);
}

/* Directives that define communities in another way, which this program does not read. */
static void snmpd_conf_take_other(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    if (!*conf->other)
        snmpd_conf_copy(conf->other, line->words[0]);
}

/* view NAME included|excluded SUBTREE [MASK]. A word in quotes may be empty; snmpd refuses such a line. */
static void snmpd_conf_take_view(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    struct snmpd_conf_view *view = &conf->views[conf->view_count];
    bool is_complete = line->count >= 4 && *line->words[1] && *line->words[3];

    if (!is_complete || conf->view_count == SNMPD_CONF_VIEWS_MAX)
        return;
    snmpd_conf_copy(view->name, line->words[1]);
    snmpd_conf_copy(view->subtree, line->words[3]);
    snmpd_conf_copy(view->mask, line->count > 4 ? line->words[4] : "");
    view->is_included = strcasecmp(line->words[2], "included") == 0;
    conf->view_count++;
}

/* dlmod NAME PATH. snmpd calls a function that has the name in its own name, so a wrong name loads nothing. */
static void snmpd_conf_take_module(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    const char *path = line->count > 2 ? line->words[2] : "";
    bool is_ours = strcmp(line->words[1], MODULE_NAME) == 0 || strstr(path, MODULE_NAME "-snmpd");

    if (!is_ours || *conf->module.name)
        return;
    snmpd_conf_copy(conf->module.name, line->words[1]);
    snmpd_conf_copy(conf->module.path, path);
    (void)snprintf(conf->module.file, sizeof(conf->module.file), "%s", line->path);
}

/* A directive of the module. snmpd does not know it before it has loaded the module. */
static void snmpd_conf_take_directive(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    struct snmpd_conf_module *module = &conf->module;

    if (!*module->name && !*module->early) {
        snmpd_conf_copy(module->early, line->words[0]);
        (void)snprintf(module->early_file, sizeof(module->early_file), "%s", line->path);
    }
    module->has_contexts |= strcasecmp(line->words[0], MODULE_NAME "Hypervisor") == 0 && line->count > 2;
}

static void snmpd_conf_take_file(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    snmpd_conf_read_at(conf, line->words[1], line->depth + 1);
}

static int snmpd_conf_is_conf(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return length > 5 && strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static void snmpd_conf_take_directory(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    struct dirent **entries = NULL;
    int count = scandir(line->words[1], &entries, snmpd_conf_is_conf, alphasort);

    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];

        if (snprintf(path, sizeof(path), "%s/%s", line->words[1], entries[i]->d_name) < (int)sizeof(path))
            snmpd_conf_read_at(conf, path, line->depth + 1);
        free(entries[i]);
    }
    free(entries);
}

static const struct {
    const char *name;
    void (*take)(struct snmpd_conf *conf, const struct snmpd_conf_line *line);
} directives[] = {
    { "master", snmpd_conf_take_master },
    { "agentaddress", snmpd_conf_take_address },
    { "rocommunity", snmpd_conf_take_community },
    { "rwcommunity", snmpd_conf_take_community },
    { "com2sec", snmpd_conf_take_other },
    { "rocommunity6", snmpd_conf_take_other },
    { "rwcommunity6", snmpd_conf_take_other },
    { "com2sec6", snmpd_conf_take_other },
    { "view", snmpd_conf_take_view },
    { "dlmod", snmpd_conf_take_module },
    { "includeFile", snmpd_conf_take_file },
    { "includeDir", snmpd_conf_take_directory },
};

/* Cuts off the next word in place, as net-snmp does: quotes of both kinds may surround it, and a backslash takes
 * the meaning of the next character. Returns the text behind the word. */
static char *snmpd_conf_cut_word(char *text)
{
    char quote = *text == '"' || *text == '\'' ? *text : '\0', *end = text, *from = text + (quote != '\0');

    while (*from && (quote ? *from != quote : !isspace((unsigned char)*from))) {
        from += *from == '\\' && from[1];
        *end++ = *from++;
    }
    from += *from != '\0';
    *end = '\0';
    return from;
}

/* As in net-snmp, a word that begins with "#" begins a comment, up to the end of the line. */
static void snmpd_conf_split(char *text, struct snmpd_conf_line *line)
{
    static const char blanks[] = " \t\r\n";
    char *word = text + strspn(text, blanks);

    while (*word && *word != '#' && line->count < WORDS_MAX) {
        line->words[line->count++] = word;
        word = snmpd_conf_cut_word(word);
        word += strspn(word, blanks);
    }
}

static void snmpd_conf_take(struct snmpd_conf *conf, const struct snmpd_conf_line *line)
{
    if (line->count < 2)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(directives); i++)
        if (strcasecmp(directives[i].name, line->words[0]) == 0)
            directives[i].take(conf, line);
    if (strncasecmp(line->words[0], MODULE_NAME, strlen(MODULE_NAME)) == 0)
        snmpd_conf_take_directive(conf, line);
}

static void snmpd_conf_read_at(struct snmpd_conf *conf, const char *path, unsigned depth)
{
    AUTO_FCLOSE FILE *file = depth < DEPTH_MAX ? fopen(path, "re") : NULL;
    char text[LINE_MAX_BYTES];

    if (!file && depth < DEPTH_MAX && errno != ENOENT && errno != ENOTDIR)
        (void)snprintf(conf->unreadable, sizeof(conf->unreadable), "%s", path);
    conf->has_file |= file != NULL;
    while (file && fgets(text, sizeof(text), file)) {
        struct snmpd_conf_line line = { .path = path, .depth = depth };

        snmpd_conf_split(text, &line);
        snmpd_conf_take(conf, &line);
    }
}

void snmpd_conf_read(struct snmpd_conf *conf, const char *path)
{
    snmpd_conf_read_at(conf, path, 0);
}

static void snmpd_conf_visit(void *data, const char *path)
{
    snmpd_conf_read(data, path);
}

struct snmpd_conf *snmpd_conf_load(void)
{
    struct snmpd_conf *conf = calloc(1, sizeof(*conf));

    if (conf)
        config_file_visit("snmpd", snmpd_conf_visit, conf);
    return conf;
}

/* Reads numbers with dots between them, maybe with a dot in front. Returns how many there are. */
static size_t snmpd_conf_parse(const char *text, uint32_t numbers[SUBTREE_MAX])
{
    size_t count = 0;

    text += *text == '.';
    while (isdigit((unsigned char)*text) && count < SUBTREE_MAX) {
        char *end;

        numbers[count++] = (uint32_t)strtoul(text, &end, 10);
        text = *end == '.' ? end + 1 : end;
    }
    return count;
}

/* A mask is octets in hexadecimal digits with "." or ":" between them. A bit for each number says whether that
 * must be the same (RFC 3415). Missing bits are ones. */
static bool snmpd_conf_is_wildcard(const char *mask, size_t at)
{
    char *end;

    for (size_t octet = 0; *mask; octet++) {
        unsigned long bits = strtoul(mask, &end, 16);

        if (octet == at / 8)
            return !(bits >> (7 - at % 8) & 1);
        mask = end == mask || !*end ? "" : end + 1;
    }
    return false;
}

/* How many numbers `prefix` has if it contains `subtree`, otherwise 0. */
static size_t snmpd_conf_covers(const char *prefix, const char *mask, const char *subtree)
{
    uint32_t outer[SUBTREE_MAX], inner[SUBTREE_MAX];
    size_t length = snmpd_conf_parse(prefix, outer);

    if (length > snmpd_conf_parse(subtree, inner))
        return 0;
    for (size_t i = 0; i < length; i++)
        if (outer[i] != inner[i] && !snmpd_conf_is_wildcard(mask, i))
            return 0;
    return length;
}

static bool snmpd_conf_is_number(const char *subtree)
{
    return strspn(subtree, ".0123456789") == strlen(subtree);
}

static bool snmpd_conf_is_later(const struct snmpd_conf_view *one, const struct snmpd_conf_view *other)
{
    uint32_t ours[SUBTREE_MAX], theirs[SUBTREE_MAX];
    size_t count = snmpd_conf_parse(one->subtree, ours), at = 0;

    (void)snmpd_conf_parse(other->subtree, theirs); /* it has as many numbers */
    while (at < count && ours[at] == theirs[at])
        at++;
    return at == count || ours[at] > theirs[at];
}

/* As in VACM (RFC 3415), the longest subtree of the view that contains `subtree` decides; of two that are equally
 * long because of a mask, the later one in the order of names. */
enum snmpd_conf_shown snmpd_conf_shows(const struct snmpd_conf *conf, const char *subtree)
{
    enum snmpd_conf_shown shown = SNMPD_CONF_HIDDEN;
    size_t longest = 0, best = 0;
    bool is_numeric = snmpd_conf_is_number(conf->only);

    if (!*conf->community || !is_numeric)
        return SNMPD_CONF_UNKNOWN;
    if (!*conf->view)
        return !*conf->only || snmpd_conf_covers(conf->only, "", subtree) ? SNMPD_CONF_SHOWN : SNMPD_CONF_HIDDEN;
    for (size_t i = 0; i < conf->view_count; i++) {
        const struct snmpd_conf_view *view = &conf->views[i];
        size_t covered =
            strcmp(view->name, conf->view) == 0 ? snmpd_conf_covers(view->subtree, view->mask, subtree) : 0;

        is_numeric &= strcmp(view->name, conf->view) != 0 || snmpd_conf_is_number(view->subtree);
        if (covered > longest ||
            (covered > 0 && covered == longest && snmpd_conf_is_later(view, &conf->views[best]))) {
            longest = covered;
            best = i;
            shown = view->is_included ? SNMPD_CONF_SHOWN : SNMPD_CONF_HIDDEN;
        }
    }
    return is_numeric ? shown : SNMPD_CONF_UNKNOWN;
}

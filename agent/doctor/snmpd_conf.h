/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what --check needs from snmpd's configuration files: the address, a community that this host may use, what
 * the view of that community shows, and whether snmpd loads the module of this project. */
#ifndef GUESTLIST_AGENT_DOCTOR_SNMPD_CONF_H
#define GUESTLIST_AGENT_DOCTOR_SNMPD_CONF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { SNMPD_CONF_TEXT_MAX = 256, SNMPD_CONF_VIEWS_MAX = 256 };

struct snmpd_conf {
    bool has_file, has_master;
    char address[SNMPD_CONF_TEXT_MAX];   /* of snmpd, for a client on this host; empty: none found */
    char community[SNMPD_CONF_TEXT_MAX]; /* one that this host may use, preferably without a view; or empty */
    char other[SNMPD_CONF_TEXT_MAX];     /* a directive that defines communities in another way, or empty */
    char file[PATH_MAX];                 /* the file that has the community */
    char view[SNMPD_CONF_TEXT_MAX];      /* of the community (-V), or empty */
    char only[SNMPD_CONF_TEXT_MAX];      /* the only subtree that the community may see, or empty */
    char unreadable[PATH_MAX];           /* a file that exists but cannot be read, or empty */
    struct snmpd_conf_module { /* the first line "dlmod guestlist PATH", or one with another name and our file */
        char name[SNMPD_CONF_TEXT_MAX];  /* empty: there is no such line */
        char path[SNMPD_CONF_TEXT_MAX];  /* as it is in the line; empty: there is none */
        char file[PATH_MAX];             /* the file with the line */
        bool has_contexts;               /* a line guestlistHypervisor has a context */
        char early[SNMPD_CONF_TEXT_MAX]; /* the first directive of the module before the line, or empty */
        char early_file[PATH_MAX];       /* the file that has it */
    } module;
    size_t view_count;
    struct snmpd_conf_view {
        char name[SNMPD_CONF_TEXT_MAX], subtree[SNMPD_CONF_TEXT_MAX];
        char mask[SNMPD_CONF_TEXT_MAX]; /* empty: none */
        bool is_included;
    } views[SNMPD_CONF_VIEWS_MAX];
};

/* Reads one file, and the files that it includes, and adds the result to `conf`. */
void snmpd_conf_read(struct snmpd_conf *conf, const char *path);

/* Reads the files on net-snmp's search path. The caller frees the result with free(). NULL if out of memory. */
struct snmpd_conf *snmpd_conf_load(void);

enum snmpd_conf_shown { SNMPD_CONF_UNKNOWN, SNMPD_CONF_HIDDEN, SNMPD_CONF_SHOWN };

/* Whether the community may see the subtree (numbers with dots between them, and no dot in front). Unknown if a
 * view has names instead of numbers, or if no rocommunity or rwcommunity is usable. */
enum snmpd_conf_shown snmpd_conf_shows(const struct snmpd_conf *conf, const char *subtree);

#endif

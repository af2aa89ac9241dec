/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --check needs of snmpd's configuration: where it listens, a community that may ask from this host, and what
 * the view of that community shows. Only files; nobody is asked. */
#ifndef GUESTLIST_AGENT_DOCTOR_SNMPD_CONF_H
#define GUESTLIST_AGENT_DOCTOR_SNMPD_CONF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum { SNMPD_CONF_TEXT_MAX = 256, SNMPD_CONF_VIEWS_MAX = 256 };

struct snmpd_conf {
    bool has_file, has_master;
    char address[SNMPD_CONF_TEXT_MAX];   /* where it listens, for a client of this host */
    char community[SNMPD_CONF_TEXT_MAX]; /* empty: none that could ask; one that is open to all comes first */
    char other[SNMPD_CONF_TEXT_MAX];     /* a directive that gives communities and is not read here, or empty */
    char file[PATH_MAX];                 /* which has the community */
    char view[SNMPD_CONF_TEXT_MAX];      /* of the community; empty: it is not narrowed so */
    char only[SNMPD_CONF_TEXT_MAX];      /* the subtree that the community is narrowed to, or empty */
    char unreadable[PATH_MAX];           /* a file that is there and cannot be read, or empty */
    size_t rows_count;
    struct snmpd_conf_view {
        char name[SNMPD_CONF_TEXT_MAX], subtree[SNMPD_CONF_TEXT_MAX];
        bool is_included;
    } views[SNMPD_CONF_VIEWS_MAX];
};

/* Reads one file, and the files that it includes, on top of what is there. */
void snmpd_conf_read(struct snmpd_conf *conf, const char *path);

/* Reads the files that net-snmp's search path leads to. The caller frees the result; NULL if out of memory. */
struct snmpd_conf *snmpd_conf_load(void);

enum snmpd_conf_shown { SNMPD_CONF_UNKNOWN, SNMPD_CONF_HIDDEN, SNMPD_CONF_SHOWN };

/* Whether the community may see the subtree (numbers with dots between them, none in front). Unknown if views are
 * not written in numbers, or say it in another way than by rocommunity or rwcommunity. */
enum snmpd_conf_shown snmpd_conf_shows(const struct snmpd_conf *conf, const char *subtree);

#endif

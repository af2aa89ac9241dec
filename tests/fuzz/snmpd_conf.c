/* SPDX-License-Identifier: GPL-2.0-or-later */
/* snmpd.conf, as --check reads it. The input is the file. */
#include <stdlib.h>
#include <string.h>

#include "agent/doctor/snmpd_conf.h"
#include "tests/fuzz/fuzz.h"

static void check_views(const struct snmpd_conf *conf)
{
    fuzz_require(conf->view_count <= SNMPD_CONF_VIEWS_MAX, "%zu views", conf->view_count);
    for (size_t i = 0; i < conf->view_count; i++)
        fuzz_require(conf->views[i].name[0] && conf->views[i].subtree[0], "view %zu is empty", i);
}

void fuzz_one(struct fuzz_input *input)
{
    static struct snmpd_conf conf;
    const char *path = fuzz_path("snmpd.conf");
    char *text;

    fuzz_write_rest(input, path);
    text = fuzz_read_file(path);
    memset(&conf, 0, sizeof(conf));
    if (!strcasestr(text, "include")) { /* other files, which are not part of the input */
        snmpd_conf_read(&conf, path);
        check_views(&conf);
        fuzz_require(conf.has_file && !*conf.unreadable, "not read: %s", conf.unreadable);
        fuzz_require(snmpd_conf_shows(&conf, "1.3.6.1.2.1.236") <= SNMPD_CONF_SHOWN, "no answer");
        fuzz_require(snmpd_conf_shows(&conf, "1") <= SNMPD_CONF_SHOWN, "no answer");
    }
    free(text);
}

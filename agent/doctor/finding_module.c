/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/doctor/finding.h"
#include "agent/doctor/running_module.h"
#include "agent/doctor/snmpd_conf.h"
#include "lib/base/cleanup.h"

/* True if the line that loads the module is wrong. */
static bool finding_module_is_wrong(const struct finding_case *input, const struct snmpd_conf_module *module,
                                    struct finding_result *result)
{
    struct stat status;
    int why = stat(module->path, &status) < 0 ? errno : 0;

    if (strcmp(module->name, "guestlist") != 0) {
        finding_put(result, FINDING_WRONG, "%s loads %s with the name \"%s\": expected guestlist", module->file,
                    module->path, module->name);
        finding_add_remedy(result, "write \"dlmod guestlist %s\", and restart snmpd", module->path);
    } else if (*module->path != '/') {
        finding_put(result, FINDING_WRONG, "%s loads \"%s\": expected an absolute path", module->file,
                    module->path);
        finding_add_remedy(result, "write \"dlmod guestlist /PATH/guestlist-snmpd.so\", and restart snmpd");
    } else if (why == EACCES) {
        finding_put(result, FINDING_NOTE, "%s loads %s, which %s cannot see", module->file, module->path,
                    input->user);
    } else if (why) {
        finding_put(result, FINDING_WRONG, "%s loads %s: %s", module->file, module->path, strerror(why));
        finding_add_remedy(result, "install the module, or correct the path, and restart snmpd");
    } else
        return false;
    return true;
}

/* snmpd does not know the module's directives before the line that loads the module, and ignores them. Without
 * that line, somebody may have turned off the module. */
static void finding_module_early(const struct snmpd_conf_module *module, struct finding_result *result)
{
    finding_put(result, *module->name ? FINDING_WRONG : FINDING_NOTE,
                "%s has \"%s\", but no line \"dlmod guestlist\" above it: snmpd ignores it", module->early_file,
                module->early);
    finding_add_remedy(result, "put all lines with guestlist... below the line \"dlmod guestlist PATH\"");
}

static void finding_module_loaded(const struct snmpd_conf_module *module, struct finding_result *result)
{
    pid_t process = 0;

    switch (running_module_find(module->path, &process)) {
    case RUNNING_MODULE_UNSEEN:
        finding_put(result, FINDING_FINE, "%s loads %s", module->file, module->path);
        break;
    case RUNNING_MODULE_SAME:
        finding_put(result, FINDING_FINE, "%s loads %s, and snmpd, process %ld, has it", module->file,
                    module->path, (long)process);
        break;
    case RUNNING_MODULE_REPLACED:
        finding_put(result, FINDING_NOTE, "%s loads %s, but snmpd, process %ld, has an older version of this file",
                    module->file, module->path, (long)process);
        finding_add_remedy(result, "restart snmpd (a reload is not enough)");
    }
}

/* Prints no line if snmpd does not load the module. */
void finding_module(struct finding_case *input, struct finding_result *result)
{
    AUTO_FREE struct snmpd_conf *conf = snmpd_conf_load();

    if (!conf || (!*conf->module.name && !*conf->module.early))
        return;
    if (*conf->module.early)
        finding_module_early(&conf->module, result);
    else if (!finding_module_is_wrong(input, &conf->module, result))
        finding_module_loaded(&conf->module, result);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module that snmpd loads with the line "dlmod guestlist PATH". This file has snmpd's view of it: it is
 * loaded, gets directives from snmpd.conf, and is unloaded. At SIGHUP, snmpd unloads all modules, reads
 * snmpd.conf, and loads those that it names. So nothing starts or stops in the two functions that snmpd calls.
 * They only plan it for the next turn of snmpd's loop, when it is known whether the module is still wanted. Then a
 * hypervisor that did not change is left as it is.
 *
 * At the first start, snmpd loads the module before it goes to the background and changes to its own user. A
 * thread that is started too early is lost in the background, and a file that is made too early belongs to root.
 * The loop begins after both. */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "agent/settings.h"
#include "agent/snmpd_module/hypervisors.h"
#include "agent/snmpd_module/only_copy.h"
#include "agent/snmpd_module/own_file.h"
#include "agent/snmpd_module/report.h"
#include "lib/libvirt/quiet.h"

#define DIRECTIVE_PREFIX "guestlist"
#define EXPORTED         __attribute__((visibility("default")))

enum { DIRECTIVE_MAX = 64, WHY_MAX = 1024, RETRY_SECONDS = 1 };

/* snmpd passes no argument to the functions below. And the hypervisors must outlive each unloading: a SIGHUP keeps
 * them, and a thread that hangs inside libvirt cannot be ended. For the same reason, the module is linked with
 * -z nodelete: its code and this variable stay in memory when snmpd unloads it. snmpd's thread only. */
static struct module_state {
    bool is_loaded, is_registered;
    bool is_wrong; /* a directive was wrong */
    unsigned alarm;
    struct settings *settings; /* being read; NULL: not yet, or applied */
    struct hypervisors *hypervisors;
    struct own_file file;
} module;

void init_guestlist(void);
void deinit_guestlist(void);

/* The directives of snmpd.conf are those of guestlistd.conf with a prefix: "guestlistInterval" for "interval".
 * Adds the prefix to a text that begins with the name of a directive. */
static const char *module_add_prefix(const char *text, char *result, size_t size)
{
    (void)snprintf(result, size, DIRECTIVE_PREFIX "%c%s", toupper((unsigned char)text[0]), text + 1);
    return result;
}

/* Only guestlistd may act on domains. snmpd would need a connection to libvirt that may change them, and everybody
 * who finds a way into snmpd would have this connection. */
static bool module_set(const char *name, const char *value, char *why, size_t size)
{
    if (!settings_set(module.settings, name + strlen(DIRECTIVE_PREFIX), value, why, size))
        return false;
    if (!module.settings->answer.allow_control)
        return true;
    module.settings->answer.allow_control = false; /* the next directive is not to blame */
    (void)snprintf(why, size, "allowControl \"%s\": expected no: in snmpd, SET never starts or stops domains",
                   value);
    return false;
}

static void module_on_directive(const char *name, char *value)
{
    char why[WHY_MAX], line[WHY_MAX + sizeof(DIRECTIVE_PREFIX)];

    /* netsnmp_config_error() adds the file and the line. */
    if (!module.settings)
        netsnmp_config_error("%s: expected below a line \"dlmod guestlist PATH\"", name);
    else if (!module_set(name, value, why, sizeof(why))) {
        module.is_wrong = true;
        netsnmp_config_error("%s", module_add_prefix(why, line, sizeof(line)));
    }
}

/* False if a thread hangs inside libvirt. */
static bool module_stop(void)
{
    if (module.hypervisors && !hypervisors_stop(module.hypervisors))
        return false;
    module.hypervisors = NULL;
    return true;
}

static int module_on_shutdown(int major, int minor, void *server, void *data)
{
    (void)major;
    (void)minor;
    (void)server;
    (void)data;
    (void)module_stop();
    return SNMPERR_SUCCESS;
}

/* If another copy of the module had the directives, they are those of this one now. */
static void module_register(void)
{
    char name[DIRECTIVE_MAX];

    for (size_t i = 0; i < settings_directive_count; i++)
        (void)snmpd_register_config_handler(module_add_prefix(settings_directives[i].name, name, sizeof(name)),
                                            module_on_directive, NULL, settings_directives[i].usage);
    if (module.is_registered)
        return;
    (void)snmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_SHUTDOWN, module_on_shutdown, NULL);
    module.is_registered = true;
}

static const char *module_path(void)
{
    return module.file.path ? module.file.path : "the module";
}

static void module_unregister_directives(void)
{
    char name[DIRECTIVE_MAX];

    for (size_t i = 0; i < settings_directive_count; i++)
        snmpd_unregister_config_handler(module_add_prefix(settings_directives[i].name, name, sizeof(name)));
}

static void module_unregister(void)
{
    if (!module.is_registered)
        return;
    if (!only_copy_owner()) { /* otherwise they are those of another copy of the module now */
        module_unregister_directives();
        log_say(&report_log, LOG_LEVEL_WARNING,
                "nothing is served any more: snmpd's configuration has no line for %s, or snmpd cannot read the "
                "file with it",
                module_path());
    }
    (void)snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_SHUTDOWN, module_on_shutdown, NULL, 0);
    module.is_registered = false;
}

/* A reload after an upgrade changes nothing, which surprises. Debian's snmpd logs only warnings and errors. */
static void module_warn_of_upgrade(void)
{
    if (own_file_is_replaced(&module.file))
        log_say(&report_log, LOG_LEVEL_WARNING,
                "reload: %s was replaced or removed since snmpd loaded it; restart snmpd to use what is there now",
                module_path());
}

/* As guestlistd, the module does not start with a wrong configuration, and keeps its settings at a wrong reload.
 */
static void module_apply(void)
{
    bool is_reload = module.hypervisors != NULL;

    module_warn_of_upgrade();
    if (module.is_wrong) {
        log_say(&report_log, LOG_LEVEL_ERROR, "%s, because of the errors in snmpd's configuration",
                is_reload ? "reload: the settings stay as they were" : "nothing is served");
        return;
    }
    if (!is_reload)
        module.hypervisors = hypervisors_new();
    if (!module.hypervisors) {
        log_say(&report_log, LOG_LEVEL_ERROR, "nothing is served: out of memory, threads or descriptors");
        return;
    }
    hypervisors_apply(module.hypervisors, module.settings);
    if (is_reload)
        log_say(&report_log, LOG_LEVEL_NOTICE, "reload: done");
}

static void module_forget_settings(void)
{
    free(module.settings);
    module.settings = NULL;
}

static void module_on_turn(unsigned alarm, void *data);

static void module_plan(unsigned seconds)
{
    if (module.alarm)
        snmp_alarm_unregister(module.alarm);
    module.alarm = snmp_alarm_register(seconds, 0, module_on_turn, NULL);
}

/* Called in snmpd's loop, after the functions below. */
static void module_on_turn(unsigned alarm, void *data)
{
    (void)alarm;
    (void)data;
    module.alarm = 0;
    if (!module.is_loaded) {
        module_unregister();
        if (!module_stop())
            module_plan(RETRY_SECONDS);
    } else if (module.settings) {
        module_apply();
        module_forget_settings();
    }
}

/* False if this file or another one of the module is loaded already. */
static bool module_is_only_copy(void)
{
    const char *path = module_path();
    const char *owner = only_copy_take(path);

    if (!owner)
        return true;
    if (strcmp(owner, path) == 0)
        log_say(&report_log, LOG_LEVEL_WARNING, "snmpd's configuration loads %s twice: the second line is ignored",
                path);
    else if (*owner)
        log_say(&report_log, LOG_LEVEL_ERROR, "%s is not used, because snmpd's configuration loads %s already",
                path, owner);
    else
        log_say(&report_log, LOG_LEVEL_ERROR, "out of memory");
    return false;
}

static struct settings *module_new_settings(void)
{
    struct settings *settings = malloc(sizeof(*settings));

    if (!settings) {
        log_say(&report_log, LOG_LEVEL_ERROR, "out of memory");
        return NULL;
    }
    settings_default(settings);
    (void)snprintf(settings->state_directory, sizeof(settings->state_directory), "%s/" DIRECTIVE_PREFIX,
                   get_persistent_directory());
    return settings;
}

/* snmpd calls this when it loads the module, and reads the lines below afterwards. */
EXPORTED void init_guestlist(void)
{
    if (!module.file.path)
        own_file_find(&module.file, &module);
    if (!module_is_only_copy())
        return;
    module.is_loaded = true;
    module.settings = module_new_settings();
    module.is_wrong = false;
    quiet_own_threads();
    module_register();
    module_plan(0);
}

/* snmpd calls this when it unloads the module, also before it loads it again. */
EXPORTED void deinit_guestlist(void)
{
    if (!module.is_loaded)
        return;
    only_copy_release();
    module_forget_settings();
    module.is_loaded = false;
    module_plan(0);
}

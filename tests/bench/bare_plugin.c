/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plugin for collectd that only dispatches: for each of `Guests N` guests, the seven values that guestlist
 * reports of a state, always the same. So its cost is that of collectd. */
#include "collectd/core/daemon/collectd.h"
#include "collectd/core/daemon/plugin.h"

#define PLUGIN_NAME "bare_plugin"

static int guests;

static void bare_plugin_dispatch(int guest, const char *type, const char *type_instance, size_t count)
{
    value_t values[] = { { .gauge = 1 }, { .gauge = 1 } };
    value_list_t list = VALUE_LIST_INIT;

    list.values = values;
    list.values_len = count;
    (void)snprintf(list.plugin, sizeof(list.plugin), "%s", PLUGIN_NAME);
    (void)snprintf(list.plugin_instance, sizeof(list.plugin_instance), "vm-%05d", guest);
    (void)snprintf(list.type, sizeof(list.type), "%s", type);
    (void)snprintf(list.type_instance, sizeof(list.type_instance), "%s", type_instance);
    (void)plugin_dispatch_values(&list);
}

static int bare_plugin_read(void)
{
    static const char *const attributes[] = { "persistent", "autostart", "starts_at_boot", "managed_save",
                                              "snapshot" };

    for (int guest = 0; guest < guests; guest++) {
        bare_plugin_dispatch(guest, "domain_state", "", 2);
        for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
            bare_plugin_dispatch(guest, "bool", attributes[i], 1);
        bare_plugin_dispatch(guest, "uptime", "", 1);
    }
    return 0;
}

static int bare_plugin_config(const char *key, const char *value)
{
    (void)key;
    guests = atoi(value);
    return 0;
}

/* collectd finds the module by this name. */
void module_register(void)
{
    static const char *keys[] = { "Guests" };

    (void)plugin_register_config(PLUGIN_NAME, bare_plugin_config, keys, 1);
    (void)plugin_register_read(PLUGIN_NAME, bare_plugin_read);
}

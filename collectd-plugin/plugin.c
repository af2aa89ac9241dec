/* SPDX-License-Identifier: GPL-2.0-or-later */
/* collectd's side of the plugin: configuration in, values and notifications out. The only file that sees
 * collectd's headers; these bring collectd's own config.h, so ours cannot be included here. */
#include "collectd/core/daemon/collectd.h"
#include "collectd/core/daemon/plugin.h"

#include "collectd-plugin/instance.h"

#define PLUGIN_NAME "guestlist"

/* Names what is watched where the configuration names nothing. */
#define DEFAULT_BLOCK "local"

/* What a line of the configuration can hold; a number is written as %.15g. */
enum { VALUES_MAX = 16, NUMBER_MAX = 32 };

_Static_assert((int)ALARM_FAILURE == NOTIF_FAILURE && (int)ALARM_WARNING == NOTIF_WARNING &&
                   (int)ALARM_OKAY == NOTIF_OKAY,
               "collectd's numbers");
_Static_assert((int)INSTANCE_NAME_MAX == DATA_MAX_NAME_LEN && (int)ALARM_MESSAGE_MAX == NOTIF_MAX_MSG_LEN,
               "collectd's sizes");

static void write_log(void *data, enum log_level level, const char *line)
{
    (void)data;
    plugin_log((int)level, PLUGIN_NAME " plugin: %s", line);
}

static const struct log_sink log_sink = { write_log, NULL };

static void copy(char *field, size_t size, const char *text)
{
    (void)snprintf(field, size, "%s", text);
}

/* ---- Reading ---- */

static void dispatch_value(void *data, const char *host, const char *plugin_instance, const struct metric *metric)
{
    value_t values[METRIC_SOURCES_MAX];
    value_list_t list = VALUE_LIST_INIT;

    list.time = *(const cdtime_t *)data;
    list.values = values;
    list.values_len = metric->count;
    for (size_t i = 0; i < metric->count; i++)
        values[i].gauge = metric->values[i];
    copy(list.host, sizeof(list.host), host);
    copy(list.plugin, sizeof(list.plugin), PLUGIN_NAME);
    copy(list.plugin_instance, sizeof(list.plugin_instance), plugin_instance);
    copy(list.type, sizeof(list.type), metric->type);
    copy(list.type_instance, sizeof(list.type_instance), metric->type_instance);
    (void)plugin_dispatch_values(&list); /* says itself what it does not like */
}

static void dispatch_alarm(void *data, const char *host, const char *plugin_instance, const struct alarm *alarm)
{
    notification_t notification = { .severity = (int)alarm->severity, .time = *(const cdtime_t *)data };
    char uuid[UUID_TEXT];

    uuid_format(alarm->domain->uuid, uuid);
    copy(notification.message, sizeof(notification.message), alarm->message);
    copy(notification.host, sizeof(notification.host), host);
    copy(notification.plugin, sizeof(notification.plugin), PLUGIN_NAME);
    copy(notification.plugin_instance, sizeof(notification.plugin_instance), plugin_instance);
    copy(notification.type, sizeof(notification.type), alarm->type);
    copy(notification.type_instance, sizeof(notification.type_instance), alarm->type_instance);
    /* Without memory for these the message still says the most of it. */
    (void)plugin_notification_meta_add_string(&notification, "uuid", uuid);
    (void)plugin_notification_meta_add_string(&notification, "state", domain_state_word(alarm->state));
    (void)plugin_notification_meta_add_string(&notification, "reason",
                                              domain_reason_word(alarm->state, alarm->reason));
    (void)plugin_dispatch_notification(&notification);
    if (notification.meta)
        (void)plugin_notification_meta_free(notification.meta);
}

static int read_instance(user_data_t *user)
{
    cdtime_t now = cdtime();
    struct instance_host host = { .hostname = hostname_g,
                                  .interval_ms = (int64_t)CDTIME_T_TO_MS(plugin_get_interval()),
                                  .value = dispatch_value,
                                  .alarm = dispatch_alarm,
                                  .data = &now };

    return instance_read(user->data, &host) ? 0 : -1;
}

static void free_instance(void *data)
{
    instance_free(data);
}

/* ---- Configuration ---- */

/* The item's values as texts: a name may be a number, and a truth may stand without quotes. `numbers` has room for
 * those that are no text. False if there are too many. */
static bool read_values(const oconfig_item_t *item, const char *values[VALUES_MAX],
                        char numbers[VALUES_MAX][NUMBER_MAX])
{
    if (item->values_num > VALUES_MAX)
        return false;
    for (int i = 0; i < item->values_num; i++) {
        const oconfig_value_t *value = &item->values[i];

        values[i] = numbers[i];
        if (value->type == OCONFIG_TYPE_STRING)
            values[i] = value->value.string;
        else if (value->type == OCONFIG_TYPE_BOOLEAN)
            copy(numbers[i], NUMBER_MAX, value->value.boolean ? "true" : "false");
        else
            (void)snprintf(numbers[i], NUMBER_MAX, "%.15g", value->value.number);
    }
    return true;
}

/* False if the block cannot work with it. */
static bool take_option(struct options *options, const oconfig_item_t *item)
{
    const char *values[VALUES_MAX];
    char numbers[VALUES_MAX][NUMBER_MAX], why[OPTIONS_WHY_MAX];

    if (item->children_num > 0 || !read_values(item, values, numbers)) {
        WARNING(PLUGIN_NAME " plugin: hypervisor \"%s\": ignoring option \"%s\": a block, or more than %d values",
                options->name, item->key, VALUES_MAX);
        return true;
    }
    switch (options_set(options, item->key, values, (size_t)item->values_num, why)) {
    case OPTIONS_REFUSED:
        ERROR(PLUGIN_NAME " plugin: hypervisor \"%s\" is not watched: option \"%s\": %s", options->name, item->key,
              why);
        return false;
    case OPTIONS_IGNORED:
        WARNING(PLUGIN_NAME " plugin: hypervisor \"%s\": ignoring option \"%s\": %s", options->name, item->key,
                why);
        return true;
    default:
        return true;
    }
}

/* All options are looked at, so that one run tells all that is wrong. */
static bool take_options(struct options *options, const oconfig_item_t *block)
{
    char why[OPTIONS_WHY_MAX];
    bool good = true;

    for (int i = 0; i < block->children_num; i++)
        good &= take_option(options, &block->children[i]);
    if (good && !options_complete(options, why)) {
        ERROR(PLUGIN_NAME " plugin: hypervisor \"%s\" is not watched: %s", options->name, why);
        return false;
    }
    return good;
}

static struct options *read_block(const oconfig_item_t *block)
{
    struct options *options;

    if (block->values_num != 1 || block->values[0].type != OCONFIG_TYPE_STRING ||
        !*block->values[0].value.string) {
        ERROR(PLUGIN_NAME " plugin: a <Hypervisor> block is left out: expected a name for its values, such as "
                          "<Hypervisor \"local\">");
        return NULL;
    }
    options = options_new(block->values[0].value.string);
    if (!options)
        ERROR(PLUGIN_NAME " plugin: out of memory");
    else if (take_options(options, block))
        return options;
    options_free(options);
    return NULL;
}

/* Takes the options over. Returns what it registered, or NULL. */
static struct instance *add_instance(struct options *options, struct instance *sibling)
{
    struct instance *instance = options ? instance_new(options, &log_sink, sibling) : NULL;
    char name[DATA_MAX_NAME_LEN];

    if (!instance) {
        options_free(options);
        return NULL;
    }
    (void)snprintf(name, sizeof(name), PLUGIN_NAME "-%s", options->name);
    /* Frees the watch also when it fails, as for a name that is there already: it says so itself. */
    if (plugin_register_complex_read(PLUGIN_NAME, name, read_instance, 0,
                                     &(user_data_t){ instance, free_instance }))
        return NULL;
    return instance;
}

/* Runs after the configuration was read, if that had no block for this plugin. */
static int instance_default(void)
{
    struct options *options = options_new(DEFAULT_BLOCK);

    NOTICE(PLUGIN_NAME " plugin: there is no <Hypervisor \"NAME\"> block in <Plugin " PLUGIN_NAME
                       ">: libvirt's default "
                       "hypervisor is watched, under the name \"" DEFAULT_BLOCK "\"");
    return add_instance(options, NULL) ? 0 : -1;
}

/* collectd leaves out blocks that have neither a name nor a line, so one that is empty may have been meant for
 * more. */
static int configure(oconfig_item_t *plugin)
{
    struct instance *instance = NULL;

    (void)plugin_unregister_init(PLUGIN_NAME);
    if (plugin->children_num == 0)
        return instance_default();
    for (int i = 0; i < plugin->children_num; i++) {
        const oconfig_item_t *block = &plugin->children[i];
        struct instance *added;

        if (strcasecmp(block->key, "Hypervisor") != 0) {
            WARNING(PLUGIN_NAME " plugin: ignoring unknown option \"%s\"; expected <Hypervisor \"name\"> blocks",
                    block->key);
            continue;
        }
        added = add_instance(read_block(block), instance);
        instance = added ? added : instance;
    }
    if (!instance)
        ERROR(PLUGIN_NAME
              " plugin: no hypervisor is watched: no <Hypervisor \"NAME\"> block can be used, see above");
    return 0;
}

__attribute__((visibility("default"))) void module_register(void)
{
    (void)plugin_register_complex_config(PLUGIN_NAME, configure);
    (void)plugin_register_init(PLUGIN_NAME, instance_default); /* configure() takes it back */
}

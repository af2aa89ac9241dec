/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The module that collectd loads. It reads the configuration, and dispatches values and notifications. Only this
 * file includes collectd's headers. They include collectd's own config.h, so ours cannot be included here. */
#include "collectd/core/daemon/collectd.h"
#include "collectd/core/daemon/plugin.h"

#include "collectd-plugin/instance.h"
#include "lib/base/text.h"
#include "lib/libvirt/quiet.h"
#include "lib/model/xml_facts.h"

#define PLUGIN_NAME "guestlist"

/* The name of the instance if the configuration has no block. */
#define DEFAULT_BLOCK "local"

/* The most values on a line of the configuration, and the length of a number that is written as %.15g. */
enum { VALUES_MAX = 16, NUMBER_MAX = 32 };

/* A metadata value has at most 255 octets, each of which becomes at most 4. */
enum { METADATA_TEXT_MAX = 4 * TEXT_SNMP_MAX + 1 };

_Static_assert((int)ALARM_FAILURE == NOTIF_FAILURE && (int)ALARM_WARNING == NOTIF_WARNING &&
                   (int)ALARM_OKAY == NOTIF_OKAY,
               "collectd's numbers");
_Static_assert((int)INSTANCE_NAME_MAX == DATA_MAX_NAME_LEN && (int)ALARM_MESSAGE_MAX == NOTIF_MAX_MSG_LEN,
               "collectd's sizes");

static void module_log(void *data, enum log_level level, const char *line)
{
    (void)data;
    plugin_log((int)level, PLUGIN_NAME " plugin: %s", line);
}

static const struct log_sink log_sink = { module_log, NULL };

/* Cuts the text to the size of the field. There are five copies for each value, and snprintf() would take a tenth
 * of a read's CPU time. */
static void module_copy(char *field, size_t size, const char *text)
{
    if (!memccpy(field, text, '\0', size))
        field[size - 1] = '\0';
}

/* ---- Reading ---- */

/* Calls `add` for each metadata value of the domain, which is NULL for a value of the hypervisor. Write plugins
 * and programs that collectd runs for a notification put these texts into lines. So they get them printable. */
static void module_add_metadata(const struct domain *domain,
                                void (*add)(void *data, const char *key, const char *value), void *data)
{
    const struct xml_facts *xml_facts = domain ? domain->xml_facts : NULL;

    for (size_t i = 0; xml_facts && i < xml_facts->metadata_count; i++) {
        char text[METADATA_TEXT_MAX];

        (void)text_printable(xml_facts->metadata_values[i].value, text, sizeof(text));
        add(data, xml_facts->metadata_values[i].key, text);
    }
}

/* Makes the metadata of the list with its first value. If out of memory, the value has less metadata. */
static void module_add_to_list(void *data, const char *key, const char *value)
{
    value_list_t *list = data;

    if (!list->meta)
        list->meta = meta_data_create();
    if (list->meta)
        (void)meta_data_add_string(list->meta, key, value);
}

static void module_add_to_notification(void *data, const char *key, const char *value)
{
    (void)plugin_notification_meta_add_string(data, key, value);
}

static value_t module_value(const struct metric *metric, size_t source)
{
    return metric->is_derive ? (value_t){ .derive = metric->values[source].derive }
                             : (value_t){ .gauge = metric->values[source].gauge };
}

static void module_dispatch_value(void *data, const struct instance_target *target, const struct metric *metric)
{
    value_t values[METRIC_SOURCES_MAX];
    value_list_t list = VALUE_LIST_INIT;

    list.time = *(const cdtime_t *)data - MS_TO_CDTIME_T(target->age_ms);
    list.values = values;
    list.values_len = metric->count;
    for (size_t i = 0; i < metric->count; i++)
        values[i] = module_value(metric, i);
    module_copy(list.host, sizeof(list.host), target->host);
    module_copy(list.plugin, sizeof(list.plugin), PLUGIN_NAME);
    module_copy(list.plugin_instance, sizeof(list.plugin_instance), target->plugin_instance);
    module_copy(list.type, sizeof(list.type), metric->type);
    module_copy(list.type_instance, sizeof(list.type_instance), metric->type_instance);
    module_add_metadata(target->domain, module_add_to_list, &list);
    (void)plugin_dispatch_values(&list); /* it copies the list, and logs its own errors */
    if (list.meta)
        meta_data_destroy(list.meta);
}

static void module_dispatch_alarm(void *data, const char *host, const char *plugin_instance,
                                  const struct alarm *alarm)
{
    notification_t notification = { .severity = (int)alarm->severity, .time = *(const cdtime_t *)data };
    char uuid[UUID_TEXT];

    uuid_format(alarm->domain->uuid, uuid);
    module_copy(notification.message, sizeof(notification.message), alarm->message);
    module_copy(notification.host, sizeof(notification.host), host);
    module_copy(notification.plugin, sizeof(notification.plugin), PLUGIN_NAME);
    module_copy(notification.plugin_instance, sizeof(notification.plugin_instance), plugin_instance);
    module_copy(notification.type, sizeof(notification.type), alarm->type);
    module_copy(notification.type_instance, sizeof(notification.type_instance), alarm->type_instance);
    /* These fail only if out of memory. The message has the most important part anyway. */
    (void)plugin_notification_meta_add_string(&notification, "uuid", uuid);
    (void)plugin_notification_meta_add_string(&notification, "state", domain_state_word(alarm->state));
    (void)plugin_notification_meta_add_string(&notification, "reason",
                                              domain_reason_word(alarm->state, alarm->reason));
    module_add_metadata(alarm->domain, module_add_to_notification, &notification);
    (void)plugin_dispatch_notification(&notification);
    if (notification.meta)
        (void)plugin_notification_meta_free(notification.meta);
}

static int module_read(user_data_t *user)
{
    cdtime_t now = cdtime();
    struct instance_host host = { .hostname = hostname_g,
                                  .interval_ms = (int64_t)CDTIME_T_TO_MS(plugin_get_interval()),
                                  .value = module_dispatch_value,
                                  .alarm = module_dispatch_alarm,
                                  .data = &now };

    return instance_read(user->data, &host) ? 0 : -1;
}

static void module_free(void *data)
{
    instance_free(data);
}

/* ---- Configuration ---- */

/* Reads the item's values as texts. collectd has parsed names such as 101 as numbers, and true without quotes as a
 * boolean; `numbers` gets the texts of such values. False if there are too many values. */
static bool module_read_values(const oconfig_item_t *item, const char *values[VALUES_MAX],
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
            module_copy(numbers[i], NUMBER_MAX, value->value.boolean ? "true" : "false");
        else
            (void)snprintf(numbers[i], NUMBER_MAX, "%.15g", value->value.number);
    }
    return true;
}

/* False if the block cannot be used. It has logged the reason. */
static bool module_set_option(struct instance_options *options, const oconfig_item_t *item)
{
    const char *values[VALUES_MAX];
    char numbers[VALUES_MAX][NUMBER_MAX], why[INSTANCE_OPTIONS_WHY_MAX];

    if (item->children_num > 0 || !module_read_values(item, values, numbers)) {
        WARNING(PLUGIN_NAME " plugin: hypervisor \"%s\": ignoring option \"%s\": a block, or more than %d values",
                options->name, item->key, VALUES_MAX);
        return true;
    }
    switch (instance_options_set(options, item->key, values, (size_t)item->values_num, why)) {
    case INSTANCE_OPTIONS_REFUSED:
        ERROR(PLUGIN_NAME " plugin: hypervisor \"%s\" is not watched: option \"%s\": %s", options->name, item->key,
              why);
        return false;
    case INSTANCE_OPTIONS_IGNORED:
        WARNING(PLUGIN_NAME " plugin: hypervisor \"%s\": ignoring option \"%s\": %s", options->name, item->key,
                why);
        return true;
    default:
        return true;
    }
}

/* It checks all options, so that one run logs all errors. */
static bool module_set_options(struct instance_options *options, const oconfig_item_t *block)
{
    char why[INSTANCE_OPTIONS_WHY_MAX];
    bool good = true;

    for (int i = 0; i < block->children_num; i++)
        good &= module_set_option(options, &block->children[i]);
    if (good && !instance_options_complete(options, why)) {
        ERROR(PLUGIN_NAME " plugin: hypervisor \"%s\" is not watched: %s", options->name, why);
        return false;
    }
    return good;
}

static struct instance_options *module_read_block(const oconfig_item_t *block)
{
    struct instance_options *options;

    if (block->values_num != 1 || block->values[0].type != OCONFIG_TYPE_STRING ||
        !*block->values[0].value.string) {
        ERROR(PLUGIN_NAME " plugin: a <Hypervisor> block is left out: expected a name, such as "
                          "<Hypervisor \"local\">");
        return NULL;
    }
    options = instance_options_new(block->values[0].value.string);
    if (!options)
        ERROR(PLUGIN_NAME " plugin: out of memory");
    else if (module_set_options(options, block))
        return options;
    instance_options_free(options);
    return NULL;
}

/* Registers the read callback of a new instance, which takes over the options. Returns NULL if `options` is NULL,
 * or if it fails: then the options are freed. */
static struct instance *module_add_instance(struct instance_options *options, struct instance *sibling)
{
    struct instance *instance = options ? instance_new(options, &log_sink, sibling) : NULL;
    char name[DATA_MAX_NAME_LEN];

    if (!instance) {
        instance_options_free(options);
        return NULL;
    }
    (void)snprintf(name, sizeof(name), PLUGIN_NAME "-%s", options->name);
    /* If it fails, for instance because two blocks have the same name, it logs this and frees the instance. */
    if (plugin_register_complex_read(PLUGIN_NAME, name, module_read, 0, &(user_data_t){ instance, module_free }))
        return NULL;
    return instance;
}

/* collectd calls this after it has read a configuration without a block for this plugin. */
static int module_init(void)
{
    struct instance_options *options = instance_options_new(DEFAULT_BLOCK);

    NOTICE(PLUGIN_NAME " plugin: there is no <Hypervisor \"NAME\"> block in <Plugin " PLUGIN_NAME
                       ">: libvirt's default "
                       "hypervisor is watched, under the name \"" DEFAULT_BLOCK "\"");
    return module_add_instance(options, NULL) ? 0 : -1;
}

/* collectd drops <Hypervisor> blocks that have neither a name nor a line, so a <Plugin> block may be empty. Then
 * there is one instance with the defaults. */
static int module_configure(oconfig_item_t *plugin)
{
    struct instance *instance = NULL;

    (void)plugin_unregister_init(PLUGIN_NAME);
    if (plugin->children_num == 0)
        return module_init();
    for (int i = 0; i < plugin->children_num; i++) {
        const oconfig_item_t *block = &plugin->children[i];
        struct instance *added;

        if (strcasecmp(block->key, "Hypervisor") != 0) {
            WARNING(PLUGIN_NAME " plugin: ignoring unknown option \"%s\"; expected <Hypervisor \"name\"> blocks",
                    block->key);
            continue;
        }
        added = module_add_instance(module_read_block(block), instance);
        instance = added ? added : instance;
    }
    if (!instance)
        ERROR(PLUGIN_NAME
              " plugin: no hypervisor is watched: no <Hypervisor \"NAME\"> block can be used, see above");
    return 0;
}

__attribute__((visibility("default"))) void module_register(void)
{
    quiet_own_threads();
    (void)plugin_register_complex_config(PLUGIN_NAME, module_configure);
    (void)plugin_register_init(PLUGIN_NAME, module_init); /* module_configure() removes it */
}

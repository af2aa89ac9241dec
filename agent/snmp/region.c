/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/region.h"

#include <assert.h>
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <string.h>

#include "agent/mib/guestlist_mib.h"
#include "agent/mib/libvirt_mib.h"
#include "agent/mib/vm_mib.h"
#include "agent/mib/vmware_mib.h"
#include "agent/snmp/varbind.h"

#include "lib/base/array.h"
#include "lib/base/hash.h"

/* A module, and whether the settings want it; NULL: they always do. */
struct region_module {
    const struct mib *mib;
    bool (*is_wanted)(const struct answer_settings *settings);
};

/* One module of one hypervisor. */
struct region {
    const struct region_module *module;
    struct instance *instance;
};

static bool region_wants_vmware(const struct answer_settings *settings)
{
    return settings->vmware_vm_table;
}

static const struct region_module modules[] = {
    { &vm_mib, NULL },
    { &guestlist_mib, NULL },
    { &libvirt_mib, NULL },
    { &vmware_mib, region_wants_vmware },
};

static_assert((int)ARRAY_COUNT(modules) == (int)WALKS_MIBS_MAX, "walks keep the gaps of each");

static void region_get(struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                       netsnmp_request_info *request)
{
    netsnmp_variable_list *varbind = request->requestvb;
    mib_subid name[MIB_OID_MAX];
    struct mib_value value;

    switch (
        mib_get(region->module->mib, answer, varbind_name(varbind, name), varbind_name_length(varbind), &value)) {
    case MIB_FOUND:
        if (!varbind_put(varbind, &value))
            netsnmp_set_request_error(info, request, SNMP_ERR_RESOURCEUNAVAILABLE);
        break;
    case MIB_NO_INSTANCE:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHINSTANCE);
        break;
    case MIB_NO_OBJECT:
        netsnmp_set_request_error(info, request, SNMP_NOSUCHOBJECT);
        break;
    }
}

/* At the end of the module the varbind does not change, and the library goes on to the next subtree. */
static void region_get_next(struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                            netsnmp_request_info *request)
{
    struct walks *walks = instance_walks(region->instance);
    struct mib_gap *gaps = walks_gaps(walks, (size_t)(region->module - modules), region->module->mib);
    netsnmp_variable_list *varbind = request->requestvb;
    mib_subid name[MIB_OID_MAX], next[MIB_OID_MAX];
    struct mib_value value;
    size_t length;

    if (!mib_next(region->module->mib, answer, gaps, varbind_name(varbind, name), varbind_name_length(varbind),
                  next, &length, &value))
        return;
    walks_returned(walks, next, length);
    if (snmp_set_var_objid(varbind, next, length) != 0 || !varbind_put(varbind, &value))
        netsnmp_set_request_error(info, request, SNMP_ERR_RESOURCEUNAVAILABLE);
}

static void region_test_set(struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                            netsnmp_request_info *request)
{
    static const int errors[] = {
        [MIB_SET_FINE] = SNMP_ERR_NOERROR,           [MIB_SET_NOT_WRITABLE] = SNMP_ERR_NOTWRITABLE,
        [MIB_SET_WRONG_TYPE] = SNMP_ERR_WRONGTYPE,   [MIB_SET_WRONG_VALUE] = SNMP_ERR_WRONGVALUE,
        [MIB_SET_NO_CREATION] = SNMP_ERR_NOCREATION, [MIB_SET_UNAVAILABLE] = SNMP_ERR_RESOURCEUNAVAILABLE,
    };
    const netsnmp_variable_list *varbind = request->requestvb;
    mib_subid name[MIB_OID_MAX];
    int32_t number;
    bool is_integer = varbind_integer(varbind, &number);
    enum mib_set found = mib_set_test(region->module->mib, answer, varbind_name(varbind, name),
                                      varbind_name_length(varbind), is_integer ? &number : NULL);

    if (found != MIB_SET_FINE)
        netsnmp_set_request_error(info, request, errors[found]);
}

static void region_apply_set(struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                             netsnmp_request_info *request)
{
    const netsnmp_variable_list *varbind = request->requestvb;
    struct instance *instance = region->instance;
    struct set_effect effect = { .switches = instance_switches(instance) };
    mib_subid name[MIB_OID_MAX];
    int32_t number;

    (void)info;
    if (!varbind_integer(varbind, &number))
        return;
    mib_set_apply(region->module->mib, answer, varbind_name(varbind, name), varbind_name_length(varbind), number,
                  &effect);
    instance_set_switches(instance, effect.switches);
    if (effect.domain)
        instance_add_command(instance, effect.domain->uuid, effect.action);
}

/* A number for the manager that asks: a hash of its address and port. 0 if it is not known: a subagent
 * gets all requests from the master. */
static uint64_t region_find_manager(const netsnmp_pdu *pdu)
{
    bool is_known = pdu->transport_data && pdu->transport_data_length > 0;

    if (!is_known || netsnmp_ds_get_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_ROLE))
        return 0;
    return hash_add(HASH_BEGIN, pdu->transport_data, (size_t)pdu->transport_data_length);
}

/* The rows of the walk that the requests continue. */
static const struct rows *region_find_rows(struct walks *walks, const netsnmp_agent_request_info *info,
                                           const netsnmp_request_info *requests, int64_t now_us)
{
    walks_begin(walks, (uint32_t)info->asp->pdu->transid, now_us);
    walks_come_from(walks, region_find_manager(info->asp->pdu));
    for (const netsnmp_request_info *request = requests; request; request = request->next) {
        mib_subid name[MIB_OID_MAX];

        if (!request->processed)
            walks_ask(walks, varbind_name(request->requestvb, name), varbind_name_length(request->requestvb));
    }
    return walks_choose(walks);
}

/* A SET is applied in its last step. That step comes when all objects of the request were tested, in other agents
 * as well, and the master does not wait for it: so it cannot fail and is never undone. */
static int region_handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
                         netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
    static void (*const steps[])(struct region *, const struct answer *, netsnmp_agent_request_info *,
                                 netsnmp_request_info *) = {
        [MODE_SET_RESERVE1] = region_test_set,
        [MODE_SET_COMMIT] = region_apply_set,
        [MODE_GET] = region_get,
        [MODE_GETNEXT] = region_get_next,
    };
    struct region *region = handler->myvoid;
    struct answer answer;
    int64_t now_us;

    (void)registration;
    if (info->mode < 0 || (size_t)info->mode >= ARRAY_COUNT(steps) || !steps[info->mode])
        return SNMP_ERR_NOERROR;
    /* One moment and one set of rows for all of a request. */
    now_us = instance_answer(region->instance, region->module->mib == &guestlist_mib, &answer);
    if (info->mode == MODE_GETNEXT)
        answer.rows = region_find_rows(instance_walks(region->instance), info, requests, now_us);
    if (MODE_IS_SET(info->mode)) {
        answer.settings.active_only = false; /* an inactive domain can be started even if its row is not shown */
        answer.may_control = instance_may_control(region->instance);
    }
    for (netsnmp_request_info *request = requests; request; request = request->next)
        if (!request->processed)
            steps[info->mode](region, &answer, info, request);
    if (info->mode == MODE_SET_COMMIT)
        instance_start_commands(region->instance);
    return SNMP_ERR_NOERROR;
}

static bool region_register_module(struct instance *instance, const struct region_module *module)
{
    const struct mib *mib = module->mib;
    const char *context = instance_context(instance);
    struct region *region = calloc(1, sizeof(*region));
    netsnmp_handler_registration *registration = netsnmp_create_handler_registration(
        mib->name, region_handle, mib->root, mib->root_length, HANDLER_CAN_RWRITE);

    if (!region || !registration) {
        free(region);
        netsnmp_handler_registration_free(registration);
        return false;
    }
    region->module = module;
    region->instance = instance;
    registration->handler->myvoid = region;
    registration->handler->data_free = free;
    if (context)
        registration->contextName = strdup(context);
    if (context && !registration->contextName) {
        netsnmp_handler_registration_free(registration);
        return false;
    }
    return netsnmp_register_handler(registration) == MIB_REGISTERED_OK;
}

static bool region_wants(const struct region_module *module, const struct answer_settings *settings)
{
    return !module->is_wanted || module->is_wanted(settings);
}

size_t region_modules(const struct answer_settings *settings, struct responder_module wanted[WALKS_MIBS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < ARRAY_COUNT(modules); i++)
        if (region_wants(&modules[i], settings))
            wanted[count++] = (struct responder_module){ modules[i].mib, i };
    return count;
}

/* Net-SNMP knows a registration by its root, priority and context. */
static bool region_unregister_module(const struct instance *instance, const struct region_module *module)
{
    oid root[MIB_OID_MAX];

    memcpy(root, module->mib->root, module->mib->root_length * sizeof(*root));
    return unregister_mib_context(root, module->mib->root_length, DEFAULT_MIB_PRIORITY, 0, 0,
                                  instance_context(instance)) == MIB_UNREGISTERED_OK;
}

bool region_register(struct instance *instance, const struct answer_settings *settings, unsigned *registered)
{
    bool is_fine = true;

    for (size_t i = 0; i < ARRAY_COUNT(modules); i++) {
        bool is_wanted = region_wants(&modules[i], settings);
        bool is_registered = *registered & 1U << i;

        if (is_wanted == is_registered)
            continue;
        if (is_wanted ? region_register_module(instance, &modules[i])
                      : region_unregister_module(instance, &modules[i]))
            *registered ^= 1U << i;
        else
            is_fine = false;
    }
    return is_fine;
}

void region_unregister(const struct instance *instance, unsigned *registered)
{
    for (size_t i = 0; i < ARRAY_COUNT(modules); i++)
        if (*registered & 1U << i && region_unregister_module(instance, &modules[i]))
            *registered ^= 1U << i;
}

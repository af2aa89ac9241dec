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
#include "agent/writable.h"

#include "lib/base/array.h"

/* A module, where it stands, and whether the settings want it (NULL: they always do). */
struct subtree {
    const struct mib *mib;
    const struct mib_writables *writables;
    const char *name;
    const oid *root;
    const size_t *length;
    bool (*is_wanted)(const struct answer_settings *settings);
};

/* One subtree of one hypervisor. */
struct region {
    const struct subtree *subtree;
    struct instance *instance;
};

static const oid vm_root[] = { VM_MIB_OID };
static const oid libvirt_root[] = { LIBVIRT_MIB_OID };
static const oid vmware_root[] = { VMWARE_MIB_OID };
static const size_t vm_root_length = ARRAY_COUNT(vm_root), libvirt_root_length = ARRAY_COUNT(libvirt_root),
                    vmware_root_length = ARRAY_COUNT(vmware_root);

static bool region_wants_vmware(const struct answer_settings *settings)
{
    return settings->vmware_vm_table;
}

static const struct subtree subtrees[] = {
    { &vm_mib, &vm_writables, "vmMIB", vm_root, &vm_root_length, NULL },
    { &guestlist_mib, &no_writables, "guestlistMIB", guestlist_root, &guestlist_root_length, NULL },
    { &libvirt_mib, &libvirt_writables, "libvirtMIB", libvirt_root, &libvirt_root_length, NULL },
    { &vmware_mib, &no_writables, "vmwVmTable", vmware_root, &vmware_root_length, region_wants_vmware },
};

static_assert((int)ARRAY_COUNT(subtrees) == (int)WALKS_MIBS_MAX, "walks keep the gaps of each");

static void region_get(struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                       netsnmp_request_info *request)
{
    netsnmp_variable_list *varbind = request->requestvb;
    mib_subid name[MIB_OID_MAX];
    struct mib_value value;

    switch (mib_get(region->subtree->mib, answer, varbind_name(varbind, name), varbind->name_length, &value)) {
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

/* At the end of the subtree the varbind stays as it is, and the library goes on to the next one. */
static void region_get_next(struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                            netsnmp_request_info *request)
{
    struct walks *walks = instance_walks(region->instance);
    struct mib_gaps *gaps = walks_gaps(walks, (size_t)(region->subtree - subtrees));
    netsnmp_variable_list *varbind = request->requestvb;
    mib_subid name[MIB_OID_MAX], next[MIB_OID_MAX];
    struct mib_value value;
    size_t length;

    if (!mib_next_by_gaps(region->subtree->mib, answer, gaps, varbind_name(varbind, name), varbind->name_length,
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
    enum mib_set found =
        mib_set_test(region->subtree->mib, region->subtree->writables, answer, varbind_name(varbind, name),
                     varbind->name_length, is_integer ? &number : NULL);

    if (found != MIB_SET_FINE)
        netsnmp_set_request_error(info, request, errors[found]);
}

static void region_commit_set(struct region *region, const struct answer *answer, netsnmp_agent_request_info *info,
                              netsnmp_request_info *request)
{
    const netsnmp_variable_list *varbind = request->requestvb;
    mib_subid name[MIB_OID_MAX];
    int32_t number;

    (void)info;
    if (varbind_integer(varbind, &number))
        mib_set_commit(region->subtree->mib, region->subtree->writables, answer, region->instance,
                       varbind_name(varbind, name), varbind->name_length, number);
}

/* The view of the walk that the requests continue. */
static const struct rows *region_find_rows(struct walks *walks, const netsnmp_agent_request_info *info,
                                           const netsnmp_request_info *requests, int64_t now_us)
{
    walks_begin(walks, (uint32_t)info->asp->pdu->transid, now_us);
    for (const netsnmp_request_info *request = requests; request; request = request->next) {
        mib_subid name[MIB_OID_MAX];

        if (!request->processed)
            walks_ask(walks, varbind_name(request->requestvb, name), request->requestvb->name_length);
    }
    return walks_choose(walks);
}

/* What a SET wants is done in its last step, which comes when all others that take part in it are done and which
 * nobody waits for: it cannot fail and need not be undone. */
static int region_handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
                         netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
    static void (*const steps[])(struct region *, const struct answer *, netsnmp_agent_request_info *,
                                 netsnmp_request_info *) = {
        [MODE_SET_RESERVE1] = region_test_set,
        [MODE_SET_COMMIT] = region_commit_set,
        [MODE_GET] = region_get,
        [MODE_GETNEXT] = region_get_next,
    };
    struct region *region = handler->myvoid;
    struct answer answer;
    int64_t now_us;

    (void)registration;
    if (info->mode < 0 || (size_t)info->mode >= ARRAY_COUNT(steps) || !steps[info->mode])
        return SNMP_ERR_NOERROR;
    /* One moment and one view for all of a request. */
    now_us = instance_answer(region->instance, region->subtree->mib == &guestlist_mib, &answer);
    if (info->mode == MODE_GETNEXT)
        answer.rows = region_find_rows(instance_walks(region->instance), info, requests, now_us);
    if (MODE_IS_SET(info->mode)) {
        answer.settings.active_only = false; /* what is off can be started, shown or not */
        answer.may_control = instance_may_control(region->instance);
    }
    for (netsnmp_request_info *request = requests; request; request = request->next)
        if (!request->processed)
            steps[info->mode](region, &answer, info, request);
    if (info->mode == MODE_SET_COMMIT)
        instance_carry_out(region->instance);
    return SNMP_ERR_NOERROR;
}

static bool region_register_subtree(struct instance *instance, const struct subtree *subtree)
{
    struct region *region = calloc(1, sizeof(*region));
    netsnmp_handler_registration *registration = netsnmp_create_handler_registration(
        subtree->name, region_handle, subtree->root, *subtree->length, HANDLER_CAN_RWRITE);

    if (!region || !registration) {
        free(region);
        netsnmp_handler_registration_free(registration);
        return false;
    }
    region->subtree = subtree;
    region->instance = instance;
    registration->handler->myvoid = region;
    registration->handler->data_free = free;
    if (instance_context(instance))
        registration->contextName = strdup(instance_context(instance));
    if (instance_context(instance) && !registration->contextName) {
        netsnmp_handler_registration_free(registration);
        return false;
    }
    return netsnmp_register_handler(registration) == MIB_REGISTERED_OK;
}

static bool region_is_wanted(const struct subtree *subtree, const struct answer_settings *settings)
{
    return !subtree->is_wanted || subtree->is_wanted(settings);
}

bool region_register(struct instance *instance, const struct answer_settings *settings)
{
    for (size_t i = 0; i < ARRAY_COUNT(subtrees); i++)
        if (region_is_wanted(&subtrees[i], settings) && !region_register_subtree(instance, &subtrees[i]))
            return false;
    return true;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/doctor/finding.h"
#include "agent/doctor/other_agents.h"
#include "agent/doctor/snmpd_conf.h"
#include "agent/mib/vm_mib.h"
#include "agent/snmp/agentx.h"
#include "agent/snmp/session.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"

enum { PATIENCE_MS = 3000 };

static const mib_subid vm_mib_oid[] = { VM_MIB_OID };

/* The part of the path that this user cannot use: the first directory that it cannot enter, or else the socket. */
static void finding_master_find_closed(const char *path, char part[PATH_MAX])
{
    (void)snprintf(part, PATH_MAX, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (access(part, X_OK) < 0)
            return;
        *slash = '/';
    }
}

static void finding_master_closed(const struct finding_case *input, const char *path,
                                  struct finding_result *result)
{
    char part[PATH_MAX];
    struct stat status = { .st_mode = 0 };

    finding_master_find_closed(path, part);
    if (stat(part, &status) < 0)
        finding_put(result, FINDING_WRONG, "%s is closed to %s: %s: %s", path, input->user, part, strerror(errno));
    else
        finding_put(result, FINDING_WRONG, "%s is closed to %s: %s has mode %04o, owner uid %ld, group gid %ld",
                    path, input->user, part, (unsigned)status.st_mode & 07777, (long)status.st_uid,
                    (long)status.st_gid);
    finding_add_remedy(result,
                       "add \"agentXPerms 0660 0755 root GROUP\" to /etc/snmp/snmpd.conf, with a group of %s, "
                       "and restart snmpd",
                       input->user);
    if (strcmp(part, path) != 0)
        finding_add_remedy(result, "the directory must be open, too: chmod 755 %s", part);
}

static void finding_master_away(const struct finding_case *input, const struct snmpd_conf *conf,
                                const char *address, struct finding_result *result)
{
    int why = errno;
    struct agentx_address parsed;

    if (agentx_parse(address, &parsed) && parsed.is_unix && why == EACCES) {
        finding_master_closed(input, parsed.path, result);
        return;
    }
    finding_put(result, FINDING_WRONG, "nothing listens at %s: %s", address, strerror(why));
    if (conf && conf->has_master)
        finding_add_remedy(result, "snmpd.conf says \"master agentx\" already: start snmpd, or see why it ended");
    else
        finding_add_remedy(result, "add \"master agentx\" to /etc/snmp/snmpd.conf, and restart snmpd");
    finding_add_remedy(result, "if snmpd has another agentXSocket, put the same line into %s, or give -x",
                       input->file);
}

static void finding_master_ask(const struct finding_case *input, const struct snmpd_conf *conf,
                               struct finding_result *result)
{
    const char *address = session_address(input->options->agentx);
    CLEANUP(agentx_disconnect) struct agentx_link link;
    uint32_t session = 0;
    int error;

    if (!agentx_connect(&link, address, PATIENCE_MS)) {
        finding_master_away(input, conf, address, result);
        return;
    }
    error = agentx_open(&link, &session);
    if (error == AGENTX_NO_ERROR) {
        agentx_close(&link, session);
        finding_put(result, FINDING_FINE, "%s answers %s", address, input->user);
    } else if (error == AGENTX_NO_ANSWER) {
        finding_put(result, FINDING_WRONG, "%s takes the connection, but does not answer within %d seconds",
                    address, PATIENCE_MS / 1000);
        finding_add_remedy(result, "snmpd hangs, or it is no AgentX master: restart snmpd");
    } else {
        finding_put(result, FINDING_WRONG, "%s refuses a subagent: AgentX error %d", address, error);
        finding_add_remedy(result, "see snmpd's log");
    }
}

/* Only guestlistd needs a master. */
void finding_master(struct finding_case *input, struct finding_result *result)
{
    AUTO_FREE struct snmpd_conf *conf = snmpd_conf_load();

    finding_master_ask(input, conf, result);
    if (!conf || !*conf->module.name || result->mark != FINDING_WRONG)
        return;
    result->mark = FINDING_NOTE;
    *result->remedy = '\0';
    finding_add_remedy(result, "nothing: the module inside snmpd needs no master");
}

/* VM-MIB is registered, and no guestlistd runs. */
static void finding_registration_without_agent(const struct finding_case *input, const struct snmpd_conf *conf,
                                               struct finding_result *result)
{
    if (*conf->module.name)
        finding_put(result, FINDING_FINE, "VM-MIB is registered, and no guestlistd runs: the module serves it");
    else if (*conf->unreadable) {
        finding_put(result, FINDING_NOTE,
                    "another subagent or a module of snmpd has registered VM-MIB: %s cannot read %s", input->user,
                    conf->unreadable);
        finding_add_remedy(result, "run --check as root");
    } else {
        finding_put(result, FINDING_WRONG,
                    "another AgentX subagent has registered VM-MIB, and no guestlistd is seen");
        finding_add_remedy(result,
                           "find it with \"ss -xp\" or \"ss -tp\" at the socket of the master, and end it");
    }
}

/* VM-MIB is registered. That is fine if one guestlistd or the module has done it. */
static void finding_registration_taken(struct finding_case *input, const struct snmpd_conf *conf,
                                       struct finding_result *result)
{
    char processes[256];
    size_t count = other_agents_find(input->options->agentx, processes, sizeof(processes));

    if (count == 0)
        finding_registration_without_agent(input, conf, result);
    else if (*conf->module.name && !conf->module.has_contexts) {
        finding_put(result, FINDING_WRONG,
                    "guestlistd runs, process %s, and %s loads the module: snmpd takes VM-MIB from one only",
                    processes, conf->module.file);
        finding_add_remedy(result, "end and disable guestlistd, or take out the line \"dlmod guestlist\" and "
                                   "restart snmpd");
    } else if (count == 1)
        finding_put(result, FINDING_FINE, "VM-MIB is served by guestlistd, process %s", processes);
    else {
        finding_put(result, FINDING_WRONG, "%zu guestlistd run, processes %s: a master takes VM-MIB from one only",
                    count, processes);
        finding_add_remedy(result,
                           "end all but one; several hypervisors are one agent with a line \"hypervisor URI "
                           "CONTEXT\" for each");
    }
}

/* Nothing has registered VM-MIB in this context. */
static void finding_registration_unused(const struct finding_case *input, const struct snmpd_conf *conf,
                                        struct finding_result *result)
{
    char processes[256];

    if (*conf->module.name && !conf->module.has_contexts) {
        finding_put(result, FINDING_WRONG, "%s loads the module, but snmpd does not serve VM-MIB",
                    conf->module.file);
        finding_add_remedy(result,
                           "restart snmpd; lines of its log that begin with \"guestlist:\" have the reason");
        return;
    }
    finding_put(result, FINDING_NOTE, "no subagent serves VM-MIB at this master now");
    if (other_agents_find(input->options->agentx, processes, sizeof(processes)) > 0)
        finding_add_remedy(result,
                           "guestlistd runs, process %s: it has not registered yet, or at another master; see "
                           "its log",
                           processes);
    else if (*conf->module.name)
        finding_add_remedy(result, "%s loads the module, which may serve it in other contexts", conf->module.file);
    else
        finding_add_remedy(result, "start guestlistd");
}

/* The registration has failed, for another reason than that VM-MIB is registered already. */
static void finding_registration_fails(int error, struct finding_result *result)
{
    if (error == AGENTX_NO_ANSWER) {
        finding_put(result, FINDING_WRONG, "the master opens a session, but does not answer a registration");
        finding_add_remedy(result, "snmpd hangs, or it is no AgentX master: restart snmpd");
    } else {
        finding_put(result, FINDING_WRONG, "the master refuses to register VM-MIB: AgentX error %d", error);
        finding_add_remedy(result, "see snmpd's log");
    }
}

/* Registers VM-MIB at the master as guestlistd does, and closes that session at once. */
void finding_registration(struct finding_case *input, struct finding_result *result)
{
    CLEANUP(agentx_disconnect) struct agentx_link link;
    bool is_connected = agentx_connect(&link, session_address(input->options->agentx), PATIENCE_MS);
    AUTO_FREE struct snmpd_conf *conf = snmpd_conf_load();
    uint32_t session = 0;
    int error = is_connected ? agentx_open(&link, &session) : AGENTX_NO_ANSWER;

    if (!conf)
        return;
    if (error == AGENTX_NO_ANSWER) {
        finding_put(result, FINDING_NOTE, "not tried, because the master does not answer");
        return;
    }
    if (error == AGENTX_NO_ERROR) {
        error = agentx_register(&link, session, input->hypervisor->context, vm_mib_oid, ARRAY_COUNT(vm_mib_oid));
        agentx_close(&link, session);
    }
    input->is_registered = error == AGENTX_DUPLICATE_REGISTRATION;
    if (input->is_registered)
        finding_registration_taken(input, conf, result);
    else if (error == AGENTX_NO_ERROR)
        finding_registration_unused(input, conf, result);
    else
        finding_registration_fails(error, result);
}

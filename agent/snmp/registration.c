/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "agent/snmp/registration.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <net-snmp/agent/agent_callbacks.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp/agentx.h"
#include "agent/snmp/log_listener.h"
#include "agent/snmp/wire.h"

enum { RETRY_SECONDS = 5, REFUSED_MAX = 64, CONTEXT_MAX = 256 };

/* A registration that the master refused. */
struct refused {
    oid name[MAX_OID_LEN];
    char context[CONTEXT_MAX];
    struct register_parameters parameters; /* its name and context point to those above */
};

/* net-snmp's subagent registers in a callback, and reports a failure only to the log. registration_before() is
 * called before that callback, and begins to receive log lines. registration_after() is called after it, and reads
 * the result from these lines. net-snmp frees the data of its callbacks with free() at the end, so this is one
 * block of memory. */
struct registration {
    netsnmp_session *session; /* NULL while there is none */
    bool is_silent, is_reported;
    long error;     /* of the present registration; 0: none yet */
    char line[512]; /* another line that was logged during the present registration */
    int line_priority;
    struct log_listener listener; /* during a registration */
    uint64_t silenced; /* the other log handlers that are turned off: a bit for each place in the list */
    unsigned alarm;    /* for registration_retry(), while is_reported */
    size_t refused_count;
    struct refused refused[REFUSED_MAX];
};

static int registration_on_log(int major, int minor, void *server, void *data)
{
    static const char refusal[] = "registering pdu failed: ";
    const struct snmp_log_message *message = server;
    struct registration *registration = data;

    (void)major;
    (void)minor;
    if (!registration->listener.at_least)
        return 0;
    if (strncmp(message->msg, refusal, strlen(refusal)) == 0) {
        registration->error = strtol(message->msg + strlen(refusal), NULL, 10);
        return 0;
    }
    registration->line_priority = message->priority;
    (void)snprintf(registration->line, sizeof(registration->line), "%s", message->msg);
    return 0;
}

/* Turns the other log handlers off, so that net-snmp's line, which has only a number, does not appear in the log.
 */
static void registration_silence(struct registration *registration)
{
    unsigned place = 0;

    registration->is_silent = true;
    registration->silenced = 0;
    for (netsnmp_log_handler *handler = get_logh_head(); handler && place < 64; handler = handler->next, place++)
        if (handler->enabled) {
            netsnmp_disable_this_loghandler(handler);
            registration->silenced |= UINT64_C(1) << place;
        }
    (void)log_listener_begin(&registration->listener, LOG_DEBUG); /* if it fails, a refusal is not reported */
}

static void registration_unsilence(struct registration *registration)
{
    unsigned place = 0;

    registration->is_silent = false;
    log_listener_end(&registration->listener);
    for (netsnmp_log_handler *handler = get_logh_head(); handler && place < 64; handler = handler->next, place++)
        if (registration->silenced & UINT64_C(1) << place)
            netsnmp_enable_this_loghandler(handler);
    if (*registration->line)
        snmp_log(registration->line_priority, "%s", registration->line);
    registration->line[0] = '\0';
}

static int registration_before(int major, int minor, void *parameters, void *data)
{
    struct registration *registration = data;

    (void)major;
    (void)minor;
    (void)parameters;
    registration->error = 0;
    if (!registration->session)
        return 0;
    registration->session->s_snmp_errno = SNMPERR_SUCCESS;
    registration_silence(registration);
    return 0;
}

static struct refused *registration_find_refused(struct registration *registration,
                                                 const struct register_parameters *parameters)
{
    const char *context = parameters->contextName ? parameters->contextName : "";

    for (size_t i = 0; i < registration->refused_count; i++) {
        struct refused *refused = &registration->refused[i];

        if (snmp_oid_compare(refused->name, refused->parameters.namelen, parameters->name, parameters->namelen) ==
                0 &&
            strcmp(refused->context, context) == 0)
            return refused;
    }
    return NULL;
}

static void registration_add_refused(struct registration *registration,
                                     const struct register_parameters *parameters)
{
    struct refused *refused = &registration->refused[registration->refused_count];

    if (registration->refused_count == REFUSED_MAX || parameters->namelen > MAX_OID_LEN)
        return;
    refused->parameters = *parameters;
    memcpy(refused->name, parameters->name, parameters->namelen * sizeof(oid));
    (void)snprintf(refused->context, sizeof(refused->context), "%s",
                   parameters->contextName ? parameters->contextName : "");
    registration->refused_count++;
}

static void registration_remove_refused(struct registration *registration, struct refused *refused)
{
    *refused = registration->refused[--registration->refused_count];
}

/* Lets net-snmp's subagent register again. registration_after() is called with the result. */
static void registration_try(const struct refused *refused)
{
    struct refused copy = *refused;

    copy.parameters.name = copy.name;
    copy.parameters.contextName = *copy.context ? copy.context : NULL;
    (void)snmp_call_callbacks(SNMP_CALLBACK_APPLICATION, SNMPD_CALLBACK_REGISTER_OID, &copy.parameters);
}

static void registration_retry(unsigned alarm, void *data)
{
    struct registration *registration = data;

    (void)alarm;
    for (size_t i = registration->refused_count; i > 0 && i <= registration->refused_count; i--)
        registration_try(&registration->refused[i - 1]);
}

static void registration_report(struct registration *registration)
{
    if (registration->error && !registration->is_reported) {
        registration->is_reported = true;
        if (registration->error == AGENTX_DUPLICATE_REGISTRATION)
            snmp_log(LOG_WARNING,
                     "another AgentX subagent serves these objects at this master already, such as a "
                     "second guestlistd: they are not served from here; trying again every %d s\n",
                     RETRY_SECONDS);
        else
            snmp_log(LOG_WARNING,
                     "the AgentX master refuses a registration, error %ld: these objects are not served; "
                     "trying again every %d s\n",
                     registration->error, RETRY_SECONDS);
        registration->alarm = snmp_alarm_register(RETRY_SECONDS, SA_REPEAT, registration_retry, registration);
    } else if (registration->is_reported && registration->refused_count == 0) {
        registration->is_reported = false;
        snmp_alarm_unregister(registration->alarm);
        snmp_log(LOG_NOTICE, "the AgentX master has taken all registrations now\n");
    }
}

static int registration_after(int major, int minor, void *data_of_call, void *data)
{
    const struct register_parameters *parameters = data_of_call;
    struct registration *registration = data;
    struct refused *refused;

    (void)major;
    (void)minor;
    if (registration->is_silent) /* also if the session has ended in the meantime */
        registration_unsilence(registration);
    if (!registration->session)
        return 0;
    if (wire_is_closing(registration->session)) /* the next session registers everything anew */
        return 0;
    if (registration->session->s_snmp_errno == SNMPERR_TIMEOUT) {
        wire_give_up(registration->session, "it does not answer a registration");
        return 0;
    }
    refused = registration_find_refused(registration, parameters);
    if (registration->error && !refused)
        registration_add_refused(registration, parameters);
    else if (!registration->error && refused)
        registration_remove_refused(registration, refused);
    registration_report(registration);
    return 0;
}

static int registration_on_session(int major, int minor, void *session, void *data)
{
    struct registration *registration = data;

    (void)major;
    registration->session = minor == SNMPD_CALLBACK_INDEX_START ? session : NULL;
    if (registration->session)
        return 0;
    /* The next session registers everything again. */
    registration->refused_count = 0;
    if (registration->is_reported)
        snmp_alarm_unregister(registration->alarm);
    registration->is_reported = false;
    return 0;
}

static bool registration_add_callback(int event, SNMPCallback *callback, struct registration *registration,
                                      int priority)
{
    return netsnmp_register_callback(SNMP_CALLBACK_APPLICATION, event, callback, registration, priority) ==
           SNMPERR_SUCCESS;
}

bool registration_watch(void)
{
    struct registration *registration = calloc(1, sizeof(*registration));

    return registration &&
           registration_add_callback(SNMPD_CALLBACK_INDEX_START, registration_on_session, registration,
                                     NETSNMP_CALLBACK_HIGHEST_PRIORITY) &&
           registration_add_callback(SNMPD_CALLBACK_INDEX_STOP, registration_on_session, registration,
                                     NETSNMP_CALLBACK_HIGHEST_PRIORITY) &&
           registration_add_callback(SNMPD_CALLBACK_REGISTER_OID, registration_before, registration,
                                     NETSNMP_CALLBACK_HIGHEST_PRIORITY) &&
           registration_add_callback(SNMPD_CALLBACK_REGISTER_OID, registration_after, registration,
                                     NETSNMP_CALLBACK_LOWEST_PRIORITY) &&
           netsnmp_register_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_LOGGING, registration_on_log,
                                     registration, NETSNMP_CALLBACK_DEFAULT_PRIORITY) == SNMPERR_SUCCESS;
}

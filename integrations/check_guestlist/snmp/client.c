/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/snmp/client.h"

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "integrations/check_guestlist/snmp/security.h"
#include "lib/base/array.h"
#include "lib/base/cleanup.h"
#include "lib/base/clock.h"

/* By default, snmpd's answer has at most 100 values. */
enum { VALUES_MAX = 100, RETRIES = 3, COLUMNS_MAX = 32 };

struct client {
    void *session;
    int64_t deadline_ms;
    unsigned requests, answers;
    char peer[300];
    char *why; /* the caller's, of `why_size` bytes */
    size_t why_size;
};

/* How far the walk of one column has come. */
struct client_cursor {
    const struct object *column;
    oid name[MAX_OID_LEN];
    size_t length;
    bool is_done;
};

struct client_walk {
    struct client_cursor cursors[COLUMNS_MAX];
    size_t count;
    client_put *put;
    void *data;
};

/* net-snmp's configuration provides communities and users. MIB files are not needed, and loading them takes time.
 */
static void client_init_library(void)
{
    snmp_disable_log();
    (void)setenv("MIBS", "", 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    init_snmp("check_guestlist");
}

static bool client_has_transport(const char *host)
{
    static const char *const transports[] = { "udp:", "udp6:", "tcp:", "tcp6:" };

    for (size_t i = 0; i < ARRAY_COUNT(transports); i++)
        if (strncmp(host, transports[i], strlen(transports[i])) == 0)
            return true;
    return false;
}

/* net-snmp expects an IPv6 address between brackets. */
static void client_name_peer(struct client *client, const struct arguments *arguments)
{
    const char *host = arguments->host;
    bool has_transport = client_has_transport(host);
    const char *address = has_transport ? strchr(host, ':') + 1 : host;
    bool is_bare_v6 = strchr(address, ':') && *address != '[';
    const char *transport = has_transport ? "" : strchr(address, ':') ? "udp6:" : "udp:";

    (void)snprintf(client->peer, sizeof(client->peer), "%s%.*s%s%s%s:%ld", transport, (int)(address - host), host,
                   is_bare_v6 ? "[" : "", address, is_bare_v6 ? "]" : "", arguments->port);
}

/* Sets the timeout so that all retries of a request end before the deadline. False if the deadline is over. */
static bool client_set_timeout(const struct client *client, netsnmp_session *session)
{
    int64_t left_ms = client->deadline_ms - clock_boot_ms();

    session->retries = RETRIES;
    session->timeout = (long)(left_ms * 1000 / (RETRIES + 1));
    return left_ms > 0;
}

__attribute__((format(printf, 2, 3))) static bool client_fail(const struct client *client, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(client->why, client->why_size, format, args);
    va_end(args);
    return false;
}

static bool client_fail_memory(const struct client *client)
{
    return client_fail(client, "out of memory");
}

static bool client_fail_timeout(const struct client *client)
{
    if (client->answers > 0)
        return client_fail(client, "%s did not answer all requests in time: it stopped, or a larger -t is needed",
                           client->peer);
    return client_fail(client,
                       "no answer from %s: there is no SNMP agent, or it does not accept this community, user or "
                       "context",
                       client->peer);
}

/* `text` is net-snmp's text about its last error. */
static bool client_fail_error(const struct client *client, const char *text)
{
    if (strstr(text, "Timeout") || strstr(text, "timed out"))
        return client_fail_timeout(client);
    return client_fail(client, "%s: %s", client->peer, text);
}

static bool client_connect(struct client *client, const struct arguments *arguments)
{
    netsnmp_session wanted;
    AUTO_FREE char *text = NULL;

    snmp_sess_init(&wanted);
    wanted.peername = client->peer;
    (void)client_set_timeout(client, &wanted);
    if (!security_set(&wanted, arguments, client->why, client->why_size))
        return false;
    client->session = snmp_sess_open(&wanted);
    if (client->session)
        return true;
    snmp_error(&wanted, NULL, NULL, &text);
    return client_fail_error(client, text ? text : "no session");
}

struct client *client_open(const struct arguments *arguments, int64_t deadline_ms, char *why, size_t size)
{
    struct client *client = calloc(1, sizeof(*client));

    if (!client) {
        (void)snprintf(why, size, "out of memory");
        return NULL;
    }
    client->deadline_ms = deadline_ms;
    client->why = why;
    client->why_size = size;
    client_name_peer(client, arguments);
    client_init_library();
    if (client_connect(client, arguments))
        return client;
    client_close(client);
    return NULL;
}

void client_close(struct client *client)
{
    if (!client)
        return;
    if (client->session)
        (void)snmp_sess_close(client->session);
    snmp_shutdown("check_guestlist");
    free(client);
}

unsigned client_requests(const struct client *client)
{
    return client->requests;
}

static void client_free_response(netsnmp_pdu **response)
{
    snmp_free_pdu(*response);
}

static size_t client_name(const struct object *object, oid name[MAX_OID_LEN])
{
    for (size_t i = 0; i < object->length; i++)
        name[i] = object->part[i];
    return object->length;
}

/* snmpd answers with genErr if its subagent does not answer in time. */
static bool client_fail_response(const struct client *client, const netsnmp_pdu *response)
{
    if (response->errstat == SNMP_ERR_GENERR)
        return client_fail(client, "%s answers with genErr: the agent behind it may hang", client->peer);
    if (response->errstat != SNMP_ERR_NOERROR)
        return client_fail(client, "%s answers with an error: %s", client->peer,
                           snmp_errstring((int)response->errstat));
    if (!response->variables)
        return client_fail(client, "%s answers without a value", client->peer);
    return true;
}

/* False, with a sentence in `why`, if there is no response with values. */
static bool client_check(const struct client *client, int status, const netsnmp_pdu *response)
{
    AUTO_FREE char *text = NULL;

    if (status == STAT_SUCCESS && response)
        return client_fail_response(client, response);
    if (status == STAT_TIMEOUT)
        return client_fail_timeout(client);
    snmp_sess_error(client->session, NULL, NULL, &text);
    return client_fail_error(client, text ? text : "unknown error");
}

/* Sends `request` and frees it. Returns the response, to be freed by the caller, or NULL with a sentence in `why`.
 */
static netsnmp_pdu *client_send(struct client *client, netsnmp_pdu *request)
{
    netsnmp_pdu *response = NULL;
    int status;

    if (!client_set_timeout(client, snmp_sess_session(client->session))) {
        snmp_free_pdu(request);
        (void)client_fail_timeout(client);
        return NULL;
    }
    client->requests++;
    status = snmp_sess_synch_response(client->session, request, &response);
    client->answers += status == STAT_SUCCESS;
    if (client_check(client, status, response))
        return response;
    snmp_free_pdu(response);
    return NULL;
}

/* False if the varbind has no value, or a value of another type than our objects have. */
static bool client_value(const netsnmp_variable_list *varbind, struct object_value *value)
{
    *value = (struct object_value){ 0 };
    switch (varbind->type) {
    case ASN_INTEGER:
        value->number = *varbind->val.integer;
        return true;
    case ASN_GAUGE:
    case ASN_TIMETICKS:
    case ASN_COUNTER:
        value->number = (int64_t)(uint32_t)*varbind->val.integer;
        return true;
    case ASN_OCTET_STR:
        *value =
            (struct object_value){ .is_text = true, .octets = varbind->val.string, .length = varbind->val_len };
        return true;
    default:
        return false;
    }
}

/* True if the varbind is this object, or a row of this column. */
static bool client_belongs_to(const netsnmp_variable_list *varbind, const struct object *object)
{
    oid name[MAX_OID_LEN];
    size_t length = client_name(object, name);

    return netsnmp_oid_is_subtree(name, length, varbind->name, varbind->name_length) == 0;
}

bool client_get(struct client *client, const struct object *objects, size_t count, client_put *put, void *data)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GET);
    CLEANUP(client_free_response) netsnmp_pdu *response = NULL;
    const struct object *object = objects;
    oid name[MAX_OID_LEN];

    if (!request)
        return client_fail_memory(client);
    for (size_t i = 0; i < count; i++)
        (void)snmp_add_null_var(request, name, client_name(&objects[i], name));
    response = client_send(client, request);
    if (!response)
        return false;
    for (const netsnmp_variable_list *varbind = response->variables; varbind && object < objects + count;
         varbind = varbind->next_variable, object++) {
        struct object_value value;

        if (client_belongs_to(varbind, object) && client_value(varbind, &value) && !put(data, object, 0, &value))
            return client_fail_memory(client);
    }
    return true;
}

/* Writes the columns whose walk is not done, and returns their number. */
static size_t client_active(struct client_walk *walk, struct client_cursor *active[COLUMNS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < walk->count; i++)
        if (!walk->cursors[i].is_done)
            active[count++] = &walk->cursors[i];
    return count;
}

/* Processes one varbind of a column: a value, or the end of the column. */
static bool client_walk_value(const struct client *client, const struct client_walk *walk,
                              struct client_cursor *cursor, const netsnmp_variable_list *varbind)
{
    size_t prefix = cursor->column->length;
    struct object_value value;

    if (cursor->is_done)
        return true;
    if (varbind->type == SNMP_ENDOFMIBVIEW || !client_belongs_to(varbind, cursor->column)) {
        cursor->is_done = true;
        return true;
    }
    if (snmp_oid_compare(varbind->name, varbind->name_length, cursor->name, cursor->length) <= 0)
        return client_fail(client, "the agent's answers are not in order: the walk would never end");
    memcpy(cursor->name, varbind->name, varbind->name_length * sizeof(oid));
    cursor->length = varbind->name_length;
    if (varbind->name_length != prefix + 1 || !client_value(varbind, &value))
        return true;
    return walk->put(walk->data, cursor->column, (uint32_t)varbind->name[prefix], &value) ||
           client_fail_memory(client);
}

/* Sends one GETBULK for all active columns. The agent may cut its answer after any varbind. */
static bool client_walk_step(struct client *client, struct client_walk *walk, struct client_cursor *const *active,
                             size_t count)
{
    netsnmp_pdu *request = snmp_pdu_create(SNMP_MSG_GETBULK);
    CLEANUP(client_free_response) netsnmp_pdu *response = NULL;
    size_t place = 0;

    if (!request)
        return client_fail_memory(client);
    request->non_repeaters = 0;
    request->max_repetitions = VALUES_MAX / (long)count;
    for (size_t i = 0; i < count; i++)
        (void)snmp_add_null_var(request, active[i]->name, active[i]->length);
    response = client_send(client, request);
    if (!response)
        return false;
    for (const netsnmp_variable_list *varbind = response->variables; varbind; varbind = varbind->next_variable)
        if (!client_walk_value(client, walk, active[place++ % count], varbind))
            return false;
    return true;
}

bool client_walk(struct client *client, const struct object *const *columns, size_t count, client_put *put,
                 void *data)
{
    AUTO_FREE struct client_walk *walk = calloc(1, sizeof(*walk));
    struct client_cursor *active[COLUMNS_MAX];

    if (!walk || count > COLUMNS_MAX)
        return client_fail_memory(client);
    *walk = (struct client_walk){ .count = count, .put = put, .data = data };
    for (size_t i = 0; i < count; i++) {
        walk->cursors[i].column = columns[i];
        walk->cursors[i].length = client_name(columns[i], walk->cursors[i].name);
    }
    while ((count = client_active(walk, active)) > 0)
        if (!client_walk_step(client, walk, active, count))
            return false;
    return true;
}

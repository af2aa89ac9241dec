/* SPDX-License-Identifier: GPL-2.0-or-later */
/* bare_agent AGENTX-SOCKET ROWS: the smallest possible subagent with net-snmp's library. It answers one table like
 * vmTable (columns 2 to 17, index 1 to ROWS, the same types) with constants. It has no snapshot and no lookup. So
 * its cost per PDU is the cost of net-snmp. */
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>
#include <net-snmp/agent/net-snmp-agent-includes.h>
#include <signal.h>

enum { FIRST = 2, LAST = 17, ENTRY_LENGTH = 10 };

static const oid entry[ENTRY_LENGTH] = { 1, 3, 6, 1, 2, 1, 236, 1, 4, 1 };
static unsigned long rows;
static volatile sig_atomic_t stop;

static void bare_agent_on_signal(int signal)
{
    (void)signal;
    stop = 1;
}

static void bare_agent_put(netsnmp_variable_list *varbind, oid column)
{
    struct counter64 counter = { .high = 1, .low = 7 };
    u_long ticks = 100;

    if (column <= 4)
        (void)snmp_set_var_typed_value(varbind, ASN_OCTET_STR, column == 3 ? "0123456789abcdef" : "vm-00001",
                                       column == 3 ? 16 : 8);
    else if (column == 16)
        (void)snmp_set_var_typed_value(varbind, ASN_TIMETICKS, &ticks, sizeof(ticks));
    else if (column == 17)
        (void)snmp_set_var_typed_value(varbind, ASN_COUNTER64, &counter, sizeof(counter));
    else
        (void)snmp_set_var_typed_integer(varbind, ASN_INTEGER, 1);
}

/* Sets column and row to the requested cell, or for GETNEXT to the cell after it. False after the last cell. */
static int bare_agent_locate(const netsnmp_variable_list *varbind, int is_next, oid *column, oid *row)
{
    const oid *name = varbind->name;
    size_t length = varbind->name_length;

    *column = length > ENTRY_LENGTH && snmp_oid_compare(name, ENTRY_LENGTH, entry, ENTRY_LENGTH) == 0
                  ? name[ENTRY_LENGTH]
                  : FIRST;
    *row = length > ENTRY_LENGTH + 1 ? name[ENTRY_LENGTH + 1] : 0;
    if (*column < FIRST) {
        *column = FIRST;
        *row = 0;
    }
    if (is_next && ++*row > rows) {
        ++*column;
        *row = 1;
    }
    return *column <= LAST && *row >= 1 && *row <= rows;
}

static int bare_agent_handle(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
                             netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
    (void)handler;
    (void)registration;
    for (netsnmp_request_info *request = requests; request; request = request->next) {
        oid name[ENTRY_LENGTH + 2];

        memcpy(name, entry, sizeof(entry));
        if (!bare_agent_locate(request->requestvb, info->mode == MODE_GETNEXT, &name[ENTRY_LENGTH],
                               &name[ENTRY_LENGTH + 1]))
            continue;
        if (info->mode == MODE_GETNEXT)
            (void)snmp_set_var_objid(request->requestvb, name, ENTRY_LENGTH + 2);
        bare_agent_put(request->requestvb, name[ENTRY_LENGTH]);
    }
    return SNMP_ERR_NOERROR;
}

int main(int argc, char **argv)
{
    static const oid root[] = { 1, 3, 6, 1, 2, 1, 236 };

    if (argc != 3)
        return 2;
    rows = strtoul(argv[2], NULL, 10);
    (void)setenv("MIBS", "", 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    (void)netsnmp_ds_set_boolean(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_NO_ROOT_ACCESS, 1);
    netsnmp_enable_subagent();
    (void)init_agent("bare_agent");
    (void)netsnmp_ds_set_string(NETSNMP_DS_APPLICATION_ID, NETSNMP_DS_AGENT_X_SOCKET, argv[1]);
    (void)netsnmp_register_handler(
        netsnmp_create_handler_registration("bare", bare_agent_handle, root, 7, HANDLER_CAN_RONLY));
    init_snmp("bare_agent");
    (void)signal(SIGTERM, bare_agent_on_signal);
    while (!stop)
        (void)agent_check_and_process(1);
    snmp_shutdown("bare_agent");
    return 0;
}

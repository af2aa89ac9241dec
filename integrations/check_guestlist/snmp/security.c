/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/snmp/security.h"

#include <string.h>

enum { PASSWORD_MIN = 8 }; /* net-snmp makes a key of nothing shorter */

static bool security_refuse(char *why, size_t size, const char *what, const char *word)
{
    (void)snprintf(why, size, "%s%s%s", what, *word ? " " : "", word);
    return false;
}

static void security_set_community(netsnmp_session *session, const char *community)
{
    session->version = SNMP_VERSION_2c;
    if (!community && !netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_COMMUNITY))
        community = "public";
    if (!community)
        return;
    session->community = (unsigned char *)(uintptr_t)community; /* net-snmp copies it */
    session->community_len = strlen(community);
}

/* net-snmp makes the key, once it knows the agent, of what is kept here. */
static bool security_set_password(int item, const char *password)
{
    if (password)
        return strlen(password) >= PASSWORD_MIN &&
               netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, item, password) == SNMPERR_SUCCESS;
    return netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, item) ||
           netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_PASSPHRASE);
}

static bool security_set_auth(netsnmp_session *session, const struct options *options, char *why, size_t size)
{
    int type = options->auth_protocol ? usm_lookup_auth_type(options->auth_protocol) : 0;

    if (!security_set_password(NETSNMP_DS_LIB_AUTHPASSPHRASE, options->auth_password))
        return security_refuse(why, size, "-A: expected an authentication password of at least 8 characters", "");
    if (!options->auth_protocol)
        return true;
    if (type > 0)
        session->securityAuthProto = sc_get_auth_oid(type, &session->securityAuthProtoLen);
    return session->securityAuthProto ||
           security_refuse(why, size, "-a: net-snmp knows no authentication protocol", options->auth_protocol);
}

static bool security_set_priv(netsnmp_session *session, const struct options *options, char *why, size_t size)
{
    int type = options->priv_protocol ? usm_lookup_priv_type(options->priv_protocol) : 0;

    if (!security_set_password(NETSNMP_DS_LIB_PRIVPASSPHRASE, options->priv_password))
        return security_refuse(why, size, "-X: expected a privacy password of at least 8 characters", "");
    if (!options->priv_protocol)
        return true;
    if (type > 0)
        session->securityPrivProto = sc_get_priv_oid(type, &session->securityPrivProtoLen);
    return session->securityPrivProto ||
           security_refuse(why, size, "-x: net-snmp knows no privacy protocol", options->priv_protocol);
}

static bool security_set_user(netsnmp_session *session, const struct options *options, char *why, size_t size)
{
    static const int levels[] = { SNMP_SEC_LEVEL_NOAUTH, SNMP_SEC_LEVEL_AUTHNOPRIV, SNMP_SEC_LEVEL_AUTHPRIV };

    session->version = SNMP_VERSION_3;
    session->securityLevel = levels[options->level];
    session->securityName = (char *)(uintptr_t)options->user;
    session->securityNameLen = options->user ? strlen(options->user) : 0;
    session->contextName = (char *)(uintptr_t)options->context;
    session->contextNameLen = options->context ? strlen(options->context) : 0;
    if (!options->user && !netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_SECNAME))
        return security_refuse(why, size, "SNMPv3 wants a user: -U is missing", "");
    return (options->level == LEVEL_NONE || security_set_auth(session, options, why, size)) &&
           (options->level != LEVEL_PRIV || security_set_priv(session, options, why, size));
}

bool security_set(netsnmp_session *session, const struct options *options, char *why, size_t size)
{
    if (options->protocol == PROTOCOL_3)
        return security_set_user(session, options, why, size);
    security_set_community(session, options->community);
    return true;
}

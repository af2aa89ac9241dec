/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/snmp/security.h"

#include <string.h>

enum { PASSWORD_MIN = 8 }; /* net-snmp does not accept shorter passwords */

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

/* net-snmp computes the key from this password when it knows the agent's engine ID. */
static bool security_set_password(int item, const char *password)
{
    if (password)
        return strlen(password) >= PASSWORD_MIN &&
               netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, item, password) == SNMPERR_SUCCESS;
    return netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, item) ||
           netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_PASSPHRASE);
}

static bool security_set_auth(netsnmp_session *session, const struct arguments *arguments, char *why, size_t size)
{
    int type = arguments->auth_protocol ? usm_lookup_auth_type(arguments->auth_protocol) : 0;

    if (!security_set_password(NETSNMP_DS_LIB_AUTHPASSPHRASE, arguments->auth_password))
        return security_refuse(why, size, "-A: expected an authentication password of at least 8 characters", "");
    if (!arguments->auth_protocol)
        return true;
    if (type > 0)
        session->securityAuthProto = sc_get_auth_oid(type, &session->securityAuthProtoLen);
    return session->securityAuthProto ||
           security_refuse(why, size, "-a: net-snmp does not support the authentication protocol",
                           arguments->auth_protocol);
}

static bool security_set_priv(netsnmp_session *session, const struct arguments *arguments, char *why, size_t size)
{
    int type = arguments->priv_protocol ? usm_lookup_priv_type(arguments->priv_protocol) : 0;

    if (!security_set_password(NETSNMP_DS_LIB_PRIVPASSPHRASE, arguments->priv_password))
        return security_refuse(why, size, "-X: expected a privacy password of at least 8 characters", "");
    if (!arguments->priv_protocol)
        return true;
    if (type > 0)
        session->securityPrivProto = sc_get_priv_oid(type, &session->securityPrivProtoLen);
    return session->securityPrivProto ||
           security_refuse(why, size, "-x: net-snmp does not support the privacy protocol",
                           arguments->priv_protocol);
}

static bool security_set_user(netsnmp_session *session, const struct arguments *arguments, char *why, size_t size)
{
    static const int levels[] = { SNMP_SEC_LEVEL_NOAUTH, SNMP_SEC_LEVEL_AUTHNOPRIV, SNMP_SEC_LEVEL_AUTHPRIV };

    session->version = SNMP_VERSION_3;
    session->securityLevel = levels[arguments->level];
    session->securityName = (char *)(uintptr_t)arguments->user;
    session->securityNameLen = arguments->user ? strlen(arguments->user) : 0;
    session->contextName = (char *)(uintptr_t)arguments->context;
    session->contextNameLen = arguments->context ? strlen(arguments->context) : 0;
    if (!arguments->user && !netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_SECNAME))
        return security_refuse(why, size, "SNMPv3 needs a user: -U is missing", "");
    return (arguments->level == LEVEL_NONE || security_set_auth(session, arguments, why, size)) &&
           (arguments->level != LEVEL_PRIV || security_set_priv(session, arguments, why, size));
}

bool security_set(netsnmp_session *session, const struct arguments *arguments, char *why, size_t size)
{
    if (arguments->protocol == PROTOCOL_3)
        return security_set_user(session, arguments, why, size);
    security_set_community(session, arguments->community);
    return true;
}

# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts for Zabbix's import, with the template of integrations/zabbix. Zabbix knows one SNMP context for each host, so a host with
several hypervisors is several hosts there: NAME for the default context, and "NAME CONTEXT" for each other one."""
import hashlib
import re

from .auths import DEFAULT_AUTH, macro_part
from .refusal import Collector, Refusal

TEMPLATE = 'Guestlist by SNMP'
NAME = re.compile(r'[0-9A-Za-z_.-]([0-9A-Za-z_. -]{0,126}[0-9A-Za-z_.-])?\Z')
GROUP_UUIDS = {'Hypervisors': '1b837a3c078647049a0c00c61b4d57b5'}  # Zabbix has this group from the start
LEVELS = {'noAuthNoPriv': 'NOAUTHNOPRIV', 'authNoPriv': 'AUTHNOPRIV', 'authPriv': 'AUTHPRIV'}
AUTH_PROTOCOLS = {'MD5': 'MD5', 'SHA': 'SHA1', 'SHA-224': 'SHA224', 'SHA-256': 'SHA256', 'SHA-384': 'SHA384', 'SHA-512': 'SHA512'}
PRIV_PROTOCOLS = {'DES': 'DES', 'AES': 'AES128', 'AES-192': 'AES192', 'AES-256': 'AES256'}
MAX_REPETITIONS = 50  # rows that a walk of Zabbix 7.0 asks for at a time; docs/zabbix.md has what it saves
MACRO_VALUE_MAX = 2048


def text(value):
    """A string of YAML. Values have no control characters."""
    return "'" + value.replace("'", "''") + "'"


def group_uuid(name):
    """Always the same for a name, in the form of a random UUID, which Zabbix wants."""
    digits = hashlib.sha256(('guestlist host group ' + name).encode()).hexdigest()[:32]
    return GROUP_UUIDS.get(name, digits[:12] + '4' + digits[13:16] + '8' + digits[17:])


def macro(auth, secret):
    """The user macro that stands for a password. The default community has Zabbix's own name."""
    if auth.name == DEFAULT_AUTH and secret == 'community':
        return '{$SNMP_COMMUNITY}'
    return '{$SNMP.%s.%s}' % (macro_part(auth.name), secret.upper())


def zabbix_name(host, hypervisor):
    name = host.name if not hypervisor.context else '%s %s' % (host.name, hypervisor.context)
    if not NAME.match(name):
        raise Refusal(host.place, "host '%s'" % name, 'at most 128 of A-Z a-z 0-9 . _ - and blanks: Zabbix takes no others in the name of a host')
    return name


def interface_lines(host, hypervisor, auth, version):
    address = host.address
    is_ip = host.is_ipv4() or host.is_ipv6()
    lines = ['- type: SNMP', '  useip: %s' % ("'YES'" if is_ip else "'NO'"), '  ip: %s' % text(address if is_ip else ''),
             '  dns: %s' % text('' if is_ip else address), "  port: '%d'" % host.port, '  details:']
    details = ['version: SNMPV3' if auth.version == '3' else 'version: SNMPV2']
    if auth.version == '2c':
        details.append('community: %s' % text(macro(auth, 'community')))
    else:
        details += ['contextname: %s' % text(hypervisor.context), 'securityname: %s' % text(auth.user),
                    'securitylevel: %s' % LEVELS[auth.level]]
        if 'auth_password' in auth.needed():
            details += ['authprotocol: %s' % AUTH_PROTOCOLS[auth.auth_protocol], 'authpassphrase: %s' % text(macro(auth, 'auth_password'))]
        if 'priv_password' in auth.needed():
            details += ['privprotocol: %s' % PRIV_PROTOCOLS[auth.priv_protocol], 'privpassphrase: %s' % text(macro(auth, 'priv_password'))]
    if version != '6.0':
        details.append("max_repetitions: '%d'" % MAX_REPETITIONS)
    return lines + ['    ' + line for line in details] + ['  interface_ref: if1']


def proxy_lines(host, version):
    if not host.proxy:
        return []
    return ([] if version == '6.0' else ['monitored_by: PROXY']) + ['proxy:', '  name: %s' % text(host.proxy)]


def macro_lines(auth, with_secrets):
    """With the passwords, each host has them as secret macros. Without, they are those of Zabbix's administrator."""
    lines = []
    for secret in auth.needed() if with_secrets else ():
        value = auth.secret(secret)
        if len(value) > MACRO_VALUE_MAX:
            raise Refusal(auth.place, '%s of auth %s' % (secret, auth.name), 'at most %d characters' % MACRO_VALUE_MAX)
        lines += ['- macro: %s' % text(macro(auth, secret)), '  type: SECRET_TEXT', '  value: %s' % text(value)]
    return ['macros:'] + ['  ' + line for line in lines] if lines else []


def tag_lines(host):
    lines = []
    for label, value in sorted(host.labels.items()):
        lines += ['  - tag: %s' % text(label), '    value: %s' % text(value)]
    return ['tags:'] + lines if lines else []


def host_lines(host, hypervisor, auth, options):
    name = zabbix_name(host, hypervisor)
    lines = ['host: %s' % text(name), 'name: %s' % text(name)]
    lines += proxy_lines(host, options.zabbix_version)
    lines += ['templates:', '  - name: %s' % text(TEMPLATE), 'groups:', '  - name: %s' % text(options.group), 'interfaces:']
    lines += ['  ' + line for line in interface_lines(host, hypervisor, auth, options.zabbix_version)]
    lines += tag_lines(host) + macro_lines(auth, options.with_secrets) + ['inventory_mode: DISABLED']
    return ['    - ' + lines[0]] + ['      ' + line for line in lines[1:]]


def header_lines(options):
    """Zabbix asks for a date in 6.0. It is always the same, so that the same input makes the same file."""
    is_old = options.zabbix_version == '6.0'
    lines = ['zabbix_export:', '  version: %s' % text(options.zabbix_version)]
    lines += ["  date: '2026-11-27T00:00:00Z'", '  groups:'] if is_old else ['  host_groups:']
    return lines + ['    - uuid: %s' % text(group_uuid(options.group)), '      name: %s' % text(options.group)]


def write_hosts(hosts, auths, options):
    lines = []
    collector = Collector()
    names = {}
    for host in hosts:
        for hypervisor in host.hypervisors if host.has_snmp else []:
            with collector:
                lines += host_lines(host, hypervisor, auths[hypervisor.auth], options)
                name = zabbix_name(host, hypervisor)
                other = names.setdefault(name, host)
                if other is not host:
                    raise Refusal(host.place, "host '%s'" % name, 'each name once in Zabbix, and the host at %s has it' % other.place)
    collector.finish()
    return '\n'.join(header_lines(options) + (['  hosts:'] if lines else []) + lines) + '\n'

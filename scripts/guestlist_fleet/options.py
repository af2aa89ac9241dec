# SPDX-License-Identifier: GPL-2.0-or-later
"""The options, their help and their values."""
import getopt

from .host import DEFAULT_AUTH, SNMP_PORT
from .nagios import nagios_name
from .refusal import Place, Refusal

ROOT = '1.3.6.1.4.1.8072.9999.9999.2512'
PARALLEL_MAX = 128

# Letter, long name, argument, what it does.
INPUTS = [
    ('i', 'inventory', 'FILE', 'lines NAME [ADDRESS] [KEY=VALUE...]'),
    ('a', 'ansible', 'FILE', 'an Ansible inventory in the INI format'),
    ('j', 'ansible-json', 'FILE', 'the output of ansible-inventory --list'),
    ('g', 'ansible-group', 'GROUP', 'use only the hosts of this Ansible group [all]'),
    ('A', 'auths', 'FILE', 'credentials for SNMP: versions, users, and where the passwords are'),
]
SCAN = [
    ('s', 'scan', 'NETWORK', 'scan this address, or the addresses of this network (up to /22), by SNMP'),
    ('u', 'scan-auth', 'AUTH', 'use this auth for the scan; several are tried one after the other [guestlist]'),
    ('x', 'scan-contexts', 'LIST', 'scan these contexts, such as -,lab; - is the default one [-]'),
    ('p', 'scan-port', 'PORT', 'the port for the scan [161]'),
    ('t', 'scan-timeout', 'SECONDS', 'how long to wait for an answer [1]'),
    ('r', 'scan-retries', 'NUMBER', 'how often a request is repeated [1]'),
    ('m', 'scan-parallel', 'NUMBER', 'how many addresses are scanned at the same time [32]'),
    ('e', 'enterprise-oid', 'OID', "the root of GUESTLIST-MIB, if guestlistd was built with another one [%s]" % ROOT),
]
OUTPUTS = [
    ('P', 'prometheus', 'FILE', 'targets for snmp_exporter (file_sd, JSON)'),
    ('C', 'collectd', 'FILE', "targets for collectd's write_prometheus (file_sd, JSON)"),
    ('Z', 'zabbix', 'FILE', "hosts for Zabbix's import (YAML)"),
    ('N', 'nagios', 'FILE', 'hosts and services for Nagios'),
    ('I', 'icinga2', 'FILE', 'hosts for Icinga 2'),
    ('l', 'list', 'FILE', 'an inventory, with one line for each host'),
]
DETAILS = [
    ('z', 'zabbix-version', 'VERSION', 'the version of the import: 6.0 or 7.0 [7.0]'),
    ('G', 'group', 'NAME', 'the host group in Zabbix, Nagios and Icinga 2 [Hypervisors]'),
    ('H', 'host-template', 'NAME', 'the template of hosts in Nagios and Icinga 2 [generic-host]'),
    ('S', 'service-template', 'NAME', 'the template of services in Nagios [generic-service]'),
    ('w', 'with-secrets', None, 'write the passwords, not references to them; the files get the mode 600'),
    ('V', 'version', None, 'print the version'),
    ('h', 'help', None, 'print this text'),
]
TABLE = INPUTS + SCAN + OUTPUTS + DETAILS
PLACE = Place('options')


def help_text():
    lines = ['Usage: guestlist-fleet INPUT... OUTPUT... [OPTION...]',
             'Turns an inventory of hypervisors, or a scan of given addresses, into what monitoring systems read.',
             'The file - is the standard input or output. A file is replaced only if it changes.']
    for title, rows in (('Input', INPUTS), ('Scan', SCAN), ('Output', OUTPUTS), ('Other options', DETAILS)):
        lines += ['', title + ':']
        for letter, name, argument, text in rows:
            option = '-%s, --%s%s' % (letter, name, ' ' + argument if argument else '')
            lines.append('  %-30s %s' % (option, text))
    lines += ['', 'Exit status: 0 done, 1 something could not be done, 2 wrong input or options. After 1 and 2, no file was changed,',
              'except that writing one file may fail after another was written.']
    return '\n'.join(lines) + '\n'


class Options:
    """The values of all options, and the inputs in their order."""

    def __init__(self):
        self.inputs = []
        self.groups = []
        self.networks = []
        self.outputs = {}
        self.auths = []
        self.auths_file = None
        self.contexts = None
        self.port = SNMP_PORT
        self.timeout = 1
        self.retries = 1
        self.parallel = 32
        self.root = ROOT
        self.zabbix_version = '7.0'
        self.group = 'Hypervisors'
        self.host_template = 'generic-host'
        self.service_template = 'generic-service'
        self.with_secrets = False


def number(name, value, least, most):
    if not (value.isascii() and value.isdigit() and len(value) < 8 and least <= int(value) <= most):
        raise Refusal(PLACE, "--%s '%s'" % (name, value), 'a number from %d to %d' % (least, most))
    return int(value)


def word(name, value):
    """The name of a group or a template."""
    if not value.strip() or not value.isprintable():
        raise Refusal(PLACE, "--%s '%s'" % (name, value), 'a name without control characters')
    return nagios_name(value, PLACE, '--' + name)


def oid(value):
    parts = value.strip('.').split('.')
    if len(parts) < 2 or not all(part.isascii() and part.isdigit() and len(part) < 11 for part in parts):
        raise Refusal(PLACE, "--enterprise-oid '%s'" % value, 'numbers with dots, as guestlistd -V prints them')
    return '.'.join(parts)


def zabbix_version(value):
    if value not in ('6.0', '7.0'):
        raise Refusal(PLACE, "--zabbix-version '%s'" % value, '6.0 or 7.0')
    return value


NUMBERS = {'scan-port': ('port', 1, 65535), 'scan-timeout': ('timeout', 1, 60), 'scan-retries': ('retries', 0, 10),
           'scan-parallel': ('parallel', 1, PARALLEL_MAX)}
WORDS = {'group': 'group', 'host-template': 'host_template', 'service-template': 'service_template'}
LISTS = {'ansible-group': 'groups', 'scan': 'networks', 'scan-auth': 'auths'}


def set_option(options, name, value):
    if name in NUMBERS:
        field, least, most = NUMBERS[name]
        setattr(options, field, number(name, value, least, most))
    elif name in WORDS:
        setattr(options, WORDS[name], word(name, value))
    elif name in LISTS:
        getattr(options, LISTS[name]).append(value)
    elif name in ('inventory', 'ansible', 'ansible-json'):
        options.inputs.append((name, value))
    elif name in [row[1] for row in OUTPUTS]:
        options.outputs[name] = value
    elif name == 'enterprise-oid':
        options.root = oid(value)
    elif name == 'zabbix-version':
        options.zabbix_version = zabbix_version(value)
    elif name == 'with-secrets':
        options.with_secrets = True
    else:
        setattr(options, {'auths': 'auths_file', 'scan-contexts': 'contexts'}[name], value)


def parse_options(arguments):
    """The options, or the text that --help or --version print."""
    letters = ''.join(letter + (':' if argument else '') for letter, _, argument, _ in TABLE)
    names = [name + ('=' if argument else '') for _, name, argument, _ in TABLE]
    by_letter = {'-' + letter: name for letter, name, _, _ in TABLE}
    try:
        pairs, rest = getopt.gnu_getopt(arguments, letters, names)
    except getopt.GetoptError as error:
        raise Refusal(PLACE, error.msg, 'an option that --help lists') from None
    if rest:
        raise Refusal(PLACE, "'%s'" % rest[0], 'options only')
    options = Options()
    for option, value in pairs:
        name = by_letter.get(option, option[2:])
        if name in ('help', 'version'):
            return name
        set_option(options, name, value)
    if not options.inputs and not options.networks:
        raise Refusal(PLACE, 'no input', '--inventory, --ansible, --ansible-json or --scan')
    if not options.outputs:
        raise Refusal(PLACE, 'no output', 'an option such as --prometheus FILE')
    options.auths = options.auths or [DEFAULT_AUTH]
    return options

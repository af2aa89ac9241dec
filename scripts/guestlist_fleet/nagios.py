# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects for Nagios, which use the commands of integrations/nagios/guestlist.cfg: a host with a service for each hypervisor."""
import shlex

from .host import SNMP_PORT
from .refusal import Refusal, each

ILLEGAL = set('`~!$%^&*|\'"<>?,()=;#{}\\')  # Nagios's illegal_object_name_chars, and what its files give a meaning
ILLEGAL_IN_SECRETS = set("';\\")  # the commands have them between single quotes


def nagios_name(name, place, what):
    if set(name) & ILLEGAL:
        raise Refusal(place, "%s '%s'" % (what, name), 'a name without %s: Nagios takes none of them' % ' '.join(sorted(ILLEGAL)))
    return name


def argument(word):
    """A part of check_command, in which ! separates arguments and $ begins a macro."""
    return word.replace('!', '\\!').replace('$', '$$')


def secret_argument(auth, name, options):
    """The password, or the macro of resource.cfg that stands for it."""
    if options.with_secrets:
        value = auth.secret(name)
        if set(value) & ILLEGAL_IN_SECRETS:
            raise Refusal(auth.place, '%s of auth %s' % (name, auth.name), "a password without ' ; and \\ in it for Nagios")
        return argument(value)
    if name not in auth.nagios:
        raise Refusal(auth.place, "auth '%s' without nagios_%s" % (auth.name, name),
                      'a line such as nagios_%s = $USER5$, or --with-secrets' % name)
    return auth.nagios[name]


def options_argument(host, hypervisor, auth):
    words = []
    if host.port != SNMP_PORT:
        words += ['-p', str(host.port)]
    if auth.version == '3':
        if hypervisor.context:
            words += ['-N', hypervisor.context]
        if auth.level != 'authPriv':
            words += ['-L', auth.level]
        words += ['-a', auth.auth_protocol] if auth.auth_protocol != 'SHA' else []
        words += ['-x', auth.priv_protocol] if auth.priv_protocol != 'AES' else []
    text = ' '.join(shlex.quote(word) for word in words)
    if ';' in text or '\\' in text:
        raise Refusal(host.place, "context '%s'" % hypervisor.context, 'a context without ; and \\ in it for Nagios')
    return argument(text)


def check_command(host, hypervisor, auth, options):
    if auth.version == '2c':
        parts = ['check_guestlist', secret_argument(auth, 'community', options)]
    else:
        needed = auth.needed()
        # The command wants three arguments. An option with an unused password would have to be empty, which check_guestlist refuses.
        parts = ['check_guestlist_v3', argument(nagios_name(auth.user, auth.place, 'user'))]
        parts += [secret_argument(auth, name, options) if name in needed else 'not used' for name in ('auth_password', 'priv_password')]
    last = options_argument(host, hypervisor, auth)
    return '!'.join(parts + ([last] if last else []))


def define(kind, pairs):
    width = max(len(key) for key, _ in pairs)
    return ['define %s {' % kind] + ['    %-*s  %s' % (width, key, value) for key, value in pairs] + ['}']


def host_lines(host, auths, options):
    name = nagios_name(host.name, host.place, 'host')
    lines = define('host', [('use', options.host_template), ('host_name', name), ('address', host.address),
                            ('hostgroups', nagios_name(options.group, host.place, 'group'))])
    for hypervisor in host.hypervisors:
        description = ('guests ' + hypervisor.context).strip()
        lines += define('service', [('use', options.service_template), ('host_name', name),
                                    ('service_description', nagios_name(description, host.place, 'service')),
                                    ('check_command', check_command(host, hypervisor, auths[hypervisor.auth], options))])
    return lines


def write_hosts(hosts, auths, options):
    lines = ['# Written by guestlist-fleet. The commands are those of guestlist.cfg.']
    lines += define('hostgroup', [('hostgroup_name', options.group), ('alias', options.group)])
    for more in each(hosts, lambda host: host_lines(host, auths, options) if host.has_snmp else []):
        lines += more
    return '\n'.join(lines) + '\n'

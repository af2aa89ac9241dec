# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts for Icinga 2, whose variables make the rules of integrations/icinga2/guestlist-services.conf create the services. Passwords
are references to the constant GuestlistAuth, a dictionary with an entry for each auth."""
from .host import SNMP_PORT
from .refusal import Refusal, each

CONSTANT = 'GuestlistAuth'


def text(value):
    """A string of Icinga's language."""
    return '"' + value.replace('\\', '\\\\').replace('"', '\\"') + '"'


def literal(value):
    """A string in a variable, in which $ would begin a macro."""
    return text(value.replace('$', '$$'))


def secret(auth, name, options):
    return literal(auth.secret(name)) if options.with_secrets else '%s[%s].%s' % (CONSTANT, text(auth.name), name)


def auth_pairs(hypervisor, auth, options):
    """The variables of the CheckCommand that say how to ask this hypervisor."""
    if auth.version == '2c':
        return [('guestlist_community', secret(auth, 'community', options))]
    pairs = [('guestlist_version', text('3')), ('guestlist_seclevel', text(auth.level)), ('guestlist_user', literal(auth.user))]
    if hypervisor.context:
        pairs.append(('guestlist_context', literal(hypervisor.context)))
    if 'auth_password' in auth.needed():
        pairs += [('guestlist_auth_protocol', text(auth.auth_protocol)), ('guestlist_auth_password', secret(auth, 'auth_password', options))]
    if 'priv_password' in auth.needed():
        pairs += [('guestlist_priv_protocol', text(auth.priv_protocol)), ('guestlist_priv_password', secret(auth, 'priv_password', options))]
    return pairs


def hypervisor_lines(hypervisor, auth, options):
    pairs = auth_pairs(hypervisor, auth, options)
    if not hypervisor.context:
        return ['  vars.guestlist = true'] + ['  vars.%s = %s' % pair for pair in pairs]
    return (['  vars.guestlist_contexts[%s] = {' % text(hypervisor.context)] + ['    %s = %s' % pair for pair in pairs] + ['  }'])


def host_lines(host, auths, options):
    if '!' in host.name:
        raise Refusal(host.place, "host '%s'" % host.name, 'a name without !, which Icinga puts between a host and its service')
    versions = {auths[hypervisor.auth].version for hypervisor in host.hypervisors}
    if len(versions) > 1:
        # A service takes each variable that it does not have from its host.
        raise Refusal(host.place, "host '%s'" % host.name, 'one version of SNMP for all contexts of a host in Icinga 2')
    lines = ['object Host %s {' % text(host.name), '  import %s' % text(options.host_template),
             '  address%s = %s' % ('6' if host.is_ipv6() else '', text(host.address)), '  groups += [ %s ]' % text(options.group)]
    if host.port != SNMP_PORT:
        lines.append('  vars.guestlist_port = "%d"' % host.port)
    for hypervisor in host.hypervisors:
        lines += hypervisor_lines(hypervisor, auths[hypervisor.auth], options)
    return lines + ['}']


def write_hosts(hosts, auths, options):
    lines = ['/* Written by guestlist-fleet. The services are those of guestlist-services.conf. */',
             'object HostGroup %s {' % text(options.group), '}']
    for more in each(hosts, lambda host: host_lines(host, auths, options) if host.has_snmp else []):
        lines += more
    return '\n'.join(lines) + '\n'

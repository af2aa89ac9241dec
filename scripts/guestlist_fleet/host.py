# SPDX-License-Identifier: GPL-2.0-or-later
"""A host of the inventory, its keys, and what they may be."""
import ipaddress
import re

from .refusal import Refusal

SNMP_PORT = 161
COLLECTD_PORT = 9103
DEFAULT_AUTH = 'guestlist'
NAME_MAX = 128
CONTEXT_MAX = 32  # octets, as in guestlistd.conf
CONTEXTS_MAX = 16

# Labels that the rules of integrations/prometheus make themselves, and those that Prometheus keeps for itself.
RESERVED_LABELS = {'instance', 'job', 'collectd', 'hypervisor', 'domain', 'reason', 'from', 'le', 'quantile', 'vmName', 'vmIndex',
                   'module', 'auth', 'guestlist', 'type', 'severity', 'alertname', 'alertstate'}

HOST_NAME = re.compile(r'(?=.{1,253}\Z)(?!\d+(\.\d+)*\.?\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\.?\Z')
WORD = re.compile(r'[A-Za-z0-9][A-Za-z0-9_-]{0,63}\Z')


class Hypervisor:
    """What one SNMP context of a host serves. The default context is ''."""

    def __init__(self, context, auth):
        self.context = context
        self.auth = auth


class Host:
    """Where it is, and what of it is monitored. `collectd` is (address, port) or None; `is_collector` if that is another host."""

    def __init__(self, name, address, place):
        self.name = name
        self.address = address
        self.place = place
        self.port = SNMP_PORT
        self.hypervisors = [Hypervisor('', DEFAULT_AUTH)]
        self.module = None
        self.has_snmp = True
        self.collectd = (address, COLLECTD_PORT)
        self.is_collector = False
        self.labels = {}
        self.proxy = None

    def is_ipv4(self):
        return is_ip(self.address, 4)

    def is_ipv6(self):
        return is_ip(self.address, 6)


def is_ip(text, version):
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def host_name(text, place):
    """The name of a host: any text on one line. Each format has its own rules, which the writers check."""
    if not text or len(text) > NAME_MAX or text != text.strip() or not all(c == ' ' or c.isprintable() for c in text):
        raise Refusal(place, "host name '%s'" % text,
                      'a name of 1 to %d characters, without control characters, and no blank at its ends' % NAME_MAX)
    return text


def host_address(text, place):
    """An address in the form in which it is compared and written."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        if HOST_NAME.match(text):
            return text
        raise Refusal(place, "address '%s'" % text, 'an IPv4 or IPv6 address, or a host name') from None
    if address.is_multicast or address.is_unspecified or '%' in text:
        raise Refusal(place, "address '%s'" % text, 'the address of one host')
    return str(address)


def host_port(text, place, key='port'):
    if not re.match(r'[0-9]{1,5}\Z', text) or not 1 <= int(text) <= 65535:
        raise Refusal(place, "%s '%s'" % (key, text), 'a port from 1 to 65535')
    return int(text)


def join_port(address, port):
    return ('[%s]:%d' if ':' in address else '%s:%d') % (address, port)


# ---- Keys -----------------------------------------------------------------------------------------


def set_address(host, value, place):
    host.address = host_address(value, place)
    if not host.is_collector and host.collectd:
        host.collectd = (host.address, host.collectd[1])


def set_port(host, value, place):
    host.port = host_port(value, place)


def auth_name(value, place):
    if not WORD.match(value):
        raise Refusal(place, "auth '%s'" % value, 'the name of an auth: letters, digits, - and _')
    return value


def set_auth(host, value, place):
    auth = auth_name(value, place)
    for hypervisor in host.hypervisors:
        hypervisor.auth = auth


def context_name(text, place):
    if not text or len(text.encode()) > CONTEXT_MAX or not text.isprintable() or any(c.isspace() or c in ',:' for c in text):
        raise Refusal(place, "context '%s'" % text,
                      '- for the default context, or a name of at most %d octets without blanks, commas and colons' % CONTEXT_MAX)
    return '' if text == '-' else text


def set_contexts(host, value, place):
    """A list such as -,lab or -:site,lab:site-lab. An auth after a colon is for this context alone."""
    hypervisors = []
    for part in value.split(','):
        context, colon, auth = part.partition(':')
        hypervisors.append(Hypervisor(context_name(context, place), auth_name(auth, place) if colon else host.hypervisors[0].auth))
    names = [hypervisor.context for hypervisor in hypervisors]
    if len(set(names)) < len(names) or len(names) > CONTEXTS_MAX:
        raise Refusal(place, "contexts '%s'" % value, 'at most %d contexts, each of them once' % CONTEXTS_MAX)
    host.hypervisors = hypervisors


def set_module(host, value, place):
    if not WORD.match(value):
        raise Refusal(place, "module '%s'" % value, 'the name of a module of snmp_exporter')
    host.module = value


def yes_or_no(value, place, key):
    if value.lower() not in ('yes', 'no', 'true', 'false'):
        raise Refusal(place, "%s '%s'" % (key, value), 'yes or no')
    return value.lower() in ('yes', 'true')


def set_snmp(host, value, place):
    host.has_snmp = yes_or_no(value, place, 'snmp')


def set_collectd(host, value, place):
    """yes, no, a port of this host, or the collector that reports this host."""
    host.is_collector = False
    if value.lower() in ('yes', 'no', 'true', 'false'):
        host.collectd = (host.address, COLLECTD_PORT) if yes_or_no(value, place, 'collectd') else None
    elif value.isascii() and value.isdigit():
        host.collectd = (host.address, host_port(value, place, 'collectd'))
    else:
        host.is_collector = True
        match = re.match(r'\[(.+)\](?::(.*))?\Z|([^:]+)(?::(.*))?\Z', value)
        address, port = (match[1] or match[3], match[2] or match[4]) if match else (value, None)
        host.collectd = (host_address(address, place), COLLECTD_PORT if port is None else host_port(port, place, 'collectd'))


def set_proxy(host, value, place):
    host.proxy = host_name(value, place)


def set_label(host, label, value, place):
    if not re.match(r'[a-zA-Z_][a-zA-Z0-9_]*\Z', label) or label.startswith('__') or label in RESERVED_LABELS:
        raise Refusal(place, "label '%s'" % label, 'a letter, then letters, digits and _, and no label that the rules make themselves')
    host.labels[label] = value


# In this order, because contexts without an auth of their own have that of the host.
KEYS = {'address': set_address, 'port': set_port, 'auth': set_auth, 'contexts': set_contexts, 'module': set_module,
        'snmp': set_snmp, 'collectd': set_collectd, 'zabbix_proxy': set_proxy}


def set_keys(host, pairs):
    """Sets all keys of a host. `pairs` has lists of key, value and place."""
    seen = {}
    for key, value, place in pairs:
        if key in seen:
            raise Refusal(place, 'key %s' % key, 'each key once')
        if key not in KEYS and not key.startswith('label_'):
            # A value is not printed: it may be a password.
            raise Refusal(place, 'key %s' % key, 'label_NAME or one of %s' % ', '.join(KEYS))
        if any(not c.isprintable() for c in value):
            raise Refusal(place, "%s '%s'" % (key, value), 'a value without control characters')
        seen[key] = (value, place)
    for key, setter in KEYS.items():
        if key in seen:
            setter(host, *seen[key])
    for key in sorted(seen):
        if key.startswith('label_'):
            set_label(host, key[len('label_'):], *seen[key])

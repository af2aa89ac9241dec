# SPDX-License-Identifier: GPL-2.0-or-later
"""The inventory with one host a line: NAME [ADDRESS] [KEY=VALUE...]. It is what --list writes, too."""
import shlex
import sys

from .host import COLLECTD_PORT, DEFAULT_AUTH, HOST_NAME, SNMP_PORT, Host, host_address, host_name, is_ip, join_port, set_keys
from .refusal import Collector, Failure, Place, Refusal, each, printable

FILE_MAX = 64 << 20


def read_text(file):
    """The whole text of a file, or of the standard input for "-"."""
    try:
        if file == '-':
            data = sys.stdin.buffer.read(FILE_MAX + 1)
        else:
            with open(file, 'rb') as stream:
                data = stream.read(FILE_MAX + 1)
    except OSError as error:
        raise Failure('%s: %s' % (printable(file), error.strerror)) from None
    if len(data) > FILE_MAX:
        raise Failure('%s: larger than %d MiB' % (printable(file), FILE_MAX >> 20))
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError as error:
        bad = data[error.start:error.start + 1]
        raise Refusal(Place(file, data.count(b'\n', 0, error.start) + 1), 'the byte \\x%02x' % bad[0], 'UTF-8') from None


def split_words(line, place):
    """The words of a line as a shell splits them; # begins a comment."""
    try:
        return shlex.split(line, comments=True)
    except ValueError:
        raise Refusal(place, 'a quote without its end', 'both quotes of a value on one line') from None


def make_host(name, pairs, place):
    """A host from its name and its keys. Without the key address, the name must be one."""
    name = host_name(name, place)
    if not any(key == 'address' for key, _, _ in pairs):
        if not (HOST_NAME.match(name) or is_ip(name, 4) or is_ip(name, 6)):
            raise Refusal(place, "host '%s' without an address" % name, 'an address, because this name is not an address')
        pairs = [('address', name, place)] + pairs
    host = Host(name, name, place)
    set_keys(host, pairs)
    return host


def parse_line(line, place):
    words = split_words(line, place)
    if not words:
        return None
    pairs = []
    for word in words[1:]:
        key, equals, value = word.partition('=')
        if equals:
            pairs.append((key, value, place))
        elif not pairs:
            pairs.append(('address', word, place))
        else:
            raise Refusal(place, "'%s'" % word, 'KEY=VALUE, after the name and the address')
    return make_host(words[0], pairs, place)


def each_line(file, function):
    """Calls the function with each line and its place. Returns the results, see each()."""
    lines = enumerate(read_text(file).split('\n'), 1)
    return each(lines, lambda numbered: function(numbered[1], Place(file, numbered[0])))


def read_inventory(file):
    hosts = each_line(file, lambda line, place: parse_line(line.rstrip('\r'), place))
    return [host for host in hosts if host]


def check_unique(hosts):
    """A name belongs to one host, and so does an address with its port. Returns the hosts in the order of their names."""
    collector = Collector()
    names, addresses = {}, {}
    for host in hosts:
        with collector:
            other = names.setdefault(host.name, host)
            if other is not host:
                raise Refusal(host.place, "host '%s'" % host.name, 'each name once, and %s has it' % other.place)
            if host.has_snmp:
                other = addresses.setdefault((host.address, host.port), host)
            if other is not host:
                raise Refusal(host.place, "address %s of '%s'" % (join_port(host.address, host.port), host.name),
                              "each address and port once, and '%s' at %s has it: several hypervisors of a host are its contexts"
                              % (printable(other.name), other.place))
    collector.finish()
    return sorted(hosts, key=lambda host: host.name)


def contexts_value(host):
    """The value of the key contexts, or None for the default context alone."""
    if len(host.hypervisors) == 1 and not host.hypervisors[0].context:
        return None
    first = host.hypervisors[0].auth
    return ','.join((hypervisor.context or '-') + ('' if hypervisor.auth == first else ':' + hypervisor.auth)
                    for hypervisor in host.hypervisors)


def collectd_value(host):
    """The value of the key collectd, or None for this host with the usual port."""
    if not host.collectd:
        return 'no'
    if host.is_collector:
        return join_port(*host.collectd)
    return None if host.collectd[1] == COLLECTD_PORT else str(host.collectd[1])


def write_list(hosts):
    """The hosts as lines that read_inventory() reads."""
    lines = ['# NAME ADDRESS [KEY=VALUE...]: see guestlist-fleet(1)']
    for host in hosts:
        auth = host.hypervisors[0].auth
        pairs = [('port', None if host.port == SNMP_PORT else str(host.port)), ('auth', None if auth == DEFAULT_AUTH else auth),
                 ('contexts', contexts_value(host)), ('module', host.module), ('snmp', None if host.has_snmp else 'no'),
                 ('collectd', collectd_value(host)), ('zabbix_proxy', host.proxy)]
        pairs += [('label_' + label, value) for label, value in sorted(host.labels.items())]
        words = [shlex.quote(host.name), host.address]
        lines.append(' '.join(words + ['%s=%s' % (key, shlex.quote(value)) for key, value in pairs if value is not None]))
    return '\n'.join(lines) + '\n'


__all__ = ['check_unique', 'each_line', 'host_address', 'make_host', 'read_inventory', 'read_text', 'split_words', 'write_list']

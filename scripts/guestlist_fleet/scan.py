# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks given addresses for GUESTLIST-MIB, by Net-SNMP's snmpget, and no other address."""
import concurrent.futures
import ipaddress
import os
import re
import subprocess
import tempfile

from .auths import check_auths
from .host import HOST_NAME, Host, set_contexts, set_port
from .refusal import Failure, Place, Refusal, printable

ADDRESSES_MAX = 1024  # of a network: /22 of IPv4, /118 of IPv6
SYS_NAME = '1.3.6.1.2.1.1.5.0'
STATUS = '.1.1.2.0'  # glHypervisorStatus, below the root of GUESTLIST-MIB
PLACE = Place('--scan')


def scan_addresses(texts):
    """The addresses of all networks, each once. The addresses of a network itself and of its broadcasts are left out."""
    addresses = {}
    for text in texts:
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            raise Refusal(PLACE, "'%s'" % text, 'an address, or a network such as 192.0.2.0/24 with zeros after its prefix') from None
        if network.num_addresses > ADDRESSES_MAX or network.is_multicast:
            raise Refusal(PLACE, "'%s'" % text, 'a network of at most %d addresses: /22 of IPv4, /118 of IPv6' % ADDRESSES_MAX)
        addresses.update(dict.fromkeys(network.hosts() if network.num_addresses > 1 else [network.network_address]))
    return sorted(addresses, key=lambda address: (address.version, address))


# ---- snmpget --------------------------------------------------------------------------------------


def quoted(value):
    """A value in snmp.conf."""
    return '"' + value.replace('\\', '\\\\').replace('"', '\\"') + '"'


def snmp_conf(auth):
    """What snmpget must know. It is in a file, because everybody sees command lines in the list of processes."""
    lines = ['hexOutputLength 0', 'defVersion %s' % auth.version]
    if auth.version == '2c':
        lines.append('defCommunity %s' % quoted(auth.secret('community')))
    else:
        lines += ['defSecurityName %s' % quoted(auth.user), 'defSecurityLevel %s' % auth.level]
        if 'auth_password' in auth.needed():
            lines += ['defAuthType %s' % auth.auth_protocol, 'defAuthPassphrase %s' % quoted(auth.secret('auth_password'))]
        if 'priv_password' in auth.needed():
            lines += ['defPrivType %s' % auth.priv_protocol, 'defPrivPassphrase %s' % quoted(auth.secret('priv_password'))]
    return '\n'.join(lines) + '\n'


class Client:
    """Runs snmpget. Each auth has a folder with its snmp.conf, which ends with the client."""

    def __init__(self, options):
        self.options = options
        self.folder = tempfile.TemporaryDirectory(prefix='guestlist-fleet.')  # mode 700

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.folder.cleanup()

    def prepare(self, auth):
        folder = os.path.join(self.folder.name, auth.name)
        os.mkdir(folder, 0o700)
        with open(os.open(os.path.join(folder, 'snmp.conf'), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w', encoding='utf-8') as conf:
            conf.write(snmp_conf(auth))

    def get(self, address, auth, context, oids):
        """A dictionary of the answer's numbers and octets by OID. It is empty if nobody answers."""
        folder = os.path.join(self.folder.name, auth.name)
        peer = ('udp6:[%s]:%d' if address.version == 6 else 'udp:%s:%d') % (address, self.options.port)
        command = ['snmpget', '-t', str(self.options.timeout), '-r', str(self.options.retries), '-Onqxe', '-m', '', peer] + oids
        if context and auth.version == '3':
            command[1:1] = ['-n', context]
        environment = dict(os.environ, SNMPCONFPATH=folder, SNMP_PERSISTENT_DIR=folder, MIBS='', LC_ALL='C')
        try:
            answer = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                    timeout=self.options.timeout * (self.options.retries + 1) + 30, check=False)
        except FileNotFoundError:
            raise Failure('snmpget is not installed: apt install snmp, or dnf install net-snmp-utils') from None
        except subprocess.TimeoutExpired:
            return {}
        return parse_answer(answer.stdout.decode('ascii', 'replace'))


def parse_answer(output):
    values = {}
    for line in output.split('\n'):
        match = re.match(r'\.([0-9.]+) (?:"([0-9A-Fa-f ]*)"|([0-9]+))\s*\Z', line)
        if match:
            values[match[1]] = int(match[3]) if match[3] else bytes.fromhex(match[2] or '')
    return values


# ---- Hosts ----------------------------------------------------------------------------------------


def candidate(name, auth, options):
    """A host as it is if this auth reads all contexts that are asked for."""
    host = Host(name, name, PLACE)
    host.hypervisors[0].auth = auth
    set_port(host, str(options.port), PLACE)
    if options.contexts:
        set_contexts(host, options.contexts, PLACE)
    return host


def ask_host(client, host, address, auths, options):
    """Leaves the host those hypervisors that answer, and gives it the name that its agent says."""
    found = []
    for hypervisor in host.hypervisors:
        answer = client.get(address, auths[hypervisor.auth], hypervisor.context, [SYS_NAME, options.root + STATUS])
        if isinstance(answer.get(options.root + STATUS), int):
            found.append(hypervisor)
            host.name = system_name(answer.get(SYS_NAME)) or host.name
    host.hypervisors = found


def scan_one(client, address, auths, options):
    """The host at this address, or None. Its auth is the one that finds most hypervisors, and of several such ones the first."""
    best = None
    for auth in options.auths:
        host = candidate(str(address), auth, options)
        wanted = len(host.hypervisors)
        ask_host(client, host, address, auths, options)
        if host.hypervisors and (not best or len(host.hypervisors) > len(best.hypervisors)):
            best = host
        if len(host.hypervisors) == wanted:
            break
    return best


def system_name(octets):
    """sysName, if it is the name of a host. Any agent can say anything there."""
    text = octets.decode('ascii', 'replace') if isinstance(octets, bytes) else ''
    return text if HOST_NAME.match(text) else None


def name_apart(hosts):
    """A name that two hosts have is no name for either: each has its address instead."""
    names = [host.name for host in hosts]
    for host in hosts:
        if names.count(host.name) > 1:
            host.name = host.address


def leave_out_known(hosts, known, say):
    """A host that the inventory has by its name, and not by its address, is no new host."""
    names = {name for host in known for name in (host.name, host.address)}
    for host in hosts:
        if host.name in names:
            say('%s is left out: its sysName is %s, which is already in the inventory' % (host.address, printable(host.name)))
    return [host for host in hosts if host.name not in names]


def ask_all(client, wanted, auths, options):
    """The hosts at these addresses, in the order of the addresses. An interruption ends it at once."""
    pool = concurrent.futures.ThreadPoolExecutor(max_workers=options.parallel)
    try:
        return [host for host in pool.map(lambda address: scan_one(client, address, auths, options), wanted) if host]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def scan(networks, known, auths, options, say):
    """The known hosts and those that are new. A known address is not asked: its host keeps its name, its contexts, all."""
    addresses = scan_addresses(networks)
    candidates = [candidate('any', auth, options) for auth in options.auths]
    check_auths(candidates, auths)
    taken = {(host.address, host.port) for host in known}
    wanted = [address for address in addresses if (str(address), options.port) not in taken]
    with Client(options) as client:
        for name in {hypervisor.auth for host in candidates for hypervisor in host.hypervisors}:
            client.prepare(auths[name])
        found = ask_all(client, wanted, auths, options)
    found = leave_out_known(found, known, say)
    name_apart(found)
    say('scanned %d addresses, %d are known, found %d: %s' % (len(addresses), len(addresses) - len(wanted), len(found),
                                                              printable(', '.join(host.name for host in found)) or 'none'))
    return known + found

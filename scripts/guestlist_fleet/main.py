# SPDX-License-Identifier: GPL-2.0-or-later
"""The program: reads all input, makes all texts, and then writes all files."""
import sys

from . import icinga2, nagios, prometheus, zabbix
from .ansible import read_ini, read_json
from .auths import check_auths, read_auths
from .files import write_file
from .inventory import check_unique, read_inventory, write_list
from .options import help_text, parse_options
from .refusal import Failure, Refusal, Refusals, printable
from .scan import scan

VERSION = '0.1.0'

# What makes the text of an output, and whether it can have passwords.
WRITERS = {
    'prometheus': (lambda hosts, auths, options: prometheus.write_snmp(hosts, auths), False),
    'collectd': (lambda hosts, auths, options: prometheus.write_collectd(hosts), False),
    'zabbix': (zabbix.write_hosts, True),
    'nagios': (nagios.write_hosts, True),
    'icinga2': (icinga2.write_hosts, True),
    'list': (lambda hosts, auths, options: write_list(hosts), False),
}


def read_hosts(options):
    readers = {'inventory': read_inventory, 'ansible': lambda file: read_ini(file, options.groups),
               'ansible-json': lambda file: read_json(file, options.groups)}
    return [host for kind, file in options.inputs for host in readers[kind](file)]


def run(options):
    # The standard output has the text of an output then, and nothing else.
    stream = sys.stderr if '-' in options.outputs.values() else sys.stdout

    def say(text):
        print('guestlist-fleet: ' + text, file=stream)

    auths = read_auths(options.auths_file)
    hosts = check_unique(read_hosts(options))
    if options.networks:
        hosts = check_unique(scan(options.networks, hosts, auths, options, say))
    check_auths(hosts, auths)
    if not hosts:
        # Empty files would make the monitoring forget all hosts.
        raise Failure('the input has no host, and no file was written')
    texts = {name: WRITERS[name][0](hosts, auths, options) for name in options.outputs}
    for name, text in texts.items():
        path = options.outputs[name]
        if write_file(path, text, options.with_secrets and WRITERS[name][1]):
            say('%s: written, %d hosts' % (printable(path), len(hosts)))


def main(arguments):
    sys.stdout.reconfigure(errors='backslashreplace')  # a name may have letters that the terminal does not
    try:
        options = parse_options(arguments)
        if options == 'help':
            sys.stdout.write(help_text())
        elif options == 'version':
            print('guestlist-fleet ' + VERSION)
        else:
            run(options)
        return 0
    except (Refusal, Refusals) as refusal:
        for line in str(refusal).split('\n'):
            print('guestlist-fleet: ' + line, file=sys.stderr)
        return 2
    except Failure as failure:
        print('guestlist-fleet: %s' % failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

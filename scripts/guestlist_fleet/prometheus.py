# SPDX-License-Identifier: GPL-2.0-or-later
"""Targets for Prometheus's file_sd_configs: for snmp_exporter, and for collectd's write_prometheus."""
import json

from .host import SNMP_PORT, join_port

MODULE = 'guestlist'


def write_json(groups):
    return json.dumps(groups, indent=2, ensure_ascii=False) + '\n'


def snmp_address(host):
    if host.port == SNMP_PORT and not host.is_ipv6():
        return host.address
    return join_port(host.address, host.port)


def write_snmp(hosts, auths):
    """A target for each hypervisor. A label __param_NAME is a parameter of the request to snmp_exporter, unless the job has this
    parameter, too: then Prometheus takes that of the job."""
    groups = []
    for host in hosts:
        for hypervisor in host.hypervisors if host.has_snmp else []:
            auth = auths[hypervisor.auth]
            labels = {'instance': host.name, '__param_module': host.module or auth.module or MODULE, '__param_auth': auth.name}
            if hypervisor.context:
                labels['hypervisor'] = hypervisor.context
                if auth.version == '3':
                    labels['__param_snmp_context'] = hypervisor.context
            labels.update(host.labels)
            groups.append({'targets': [snmp_address(host)], 'labels': labels})
    return write_json(groups)


def write_collectd(hosts):
    """A target for each collectd. A collector that several hosts name is one target, without the labels of these hosts: its
    samples have the name of the host that they are from."""
    groups = []
    collectors = set()
    for host in hosts:
        if not host.collectd:
            continue
        target = join_port(*host.collectd)
        if host.is_collector:
            collectors.add(target)
        else:
            groups.append({'targets': [target], 'labels': dict({'instance': host.name}, **host.labels)})
    groups += [{'targets': [target], 'labels': {'instance': target}} for target in sorted(collectors)]
    return write_json(groups)

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "integrations/check_guestlist/arguments.h"

void usage_print(FILE *out)
{
    (void)fputs(
        "Usage: check_guestlist -H HOST [OPTIONS]\n"
        "Checks the guests of a virtualization host, as guestlistd, or another agent with VM-MIB, serves them by "
        "SNMP.\n"
        "\n"
        "  -m, --mode MODE          health (default): the hypervisor answers, no domain crashed or is paused by "
        "an\n"
        "                           error, and every domain that starts at boot runs;\n"
        "                           domain: those of -d are in the state of -s;\n"
        "                           count: how many are in the state of -s, judged by -w and -c\n"
        "  -d, --domain NAME        look only at domains of that name, or that fit a /regular expression/;\n"
        "                           more than one -d add up\n"
        "  -s, --state WORDS        states of VM-MIB, filter words of virsh, starts-at-boot, no-start-at-boot;\n"
        "                           default: running (in mode domain also while it migrates)\n"
        "  -i, --ignore NAME        leave these out: a name or a /regular expression/; more than one add up\n"
        "  -w, --warning RANGE      mode health: of the listing's age in seconds; else of the number of domains\n"
        "  -c, --critical RANGE     the same\n"
        "\n"
        "  -H, --hostname HOST      name or address, with net-snmp's transport before it if need be (tcp:HOST)\n"
        "  -p, --port PORT          default: 161\n"
        "  -P, --protocol VERSION   2c or 3; default: 3 if -U or -L is given, else 2c\n"
        "  -C, --community NAME     default: net-snmp's, else public\n"
        "  -N, --context NAME       SNMPv3 context: the hypervisor, where one agent has several\n"
        "  -L, --seclevel LEVEL     noAuthNoPriv, authNoPriv or authPriv\n"
        "  -U, --secname USER\n"
        "  -a, --authproto NAME     MD5, SHA, SHA-224, SHA-256, SHA-384, SHA-512; default: net-snmp's\n"
        "  -A, --authpasswd WORD\n"
        "  -x, --privproto NAME     DES, AES, AES-192, AES-256; default: net-snmp's\n"
        "  -X, --privpasswd WORD\n"
        "  -t, --timeout SECONDS    for all of it; default: 10\n"
        "\n"
        "  -v, --verbose            say how many requests it took; twice: a line for each domain\n"
        "  -V, --version            version\n"
        "  -h, --help               this text\n"
        "\n"
        "Exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. See check_guestlist(1).\n",
        out);
}

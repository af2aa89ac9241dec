# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Functions of quickstart and check: they install missing packages with the package manager of the system. Both source this
# file.

# The table has lines PURPOSE APT DNF: the name of a package for each package manager. A purpose is build, run, unit (tests
# without daemons), check (all other tests), clang, root (for making a root of another release), fleet (the simulated fleet), or
# nms-NAME (one monitoring system each). A dash means that another package of that system contains it. NAME|NAME means that
# releases use different names: the first name that exists is used.
packages() {
    cat <<'TABLE'
build gcc gcc
build make make
build autoconf autoconf
build automake automake
build libtool libtool
build pkg-config pkgconf-pkg-config
build libvirt-dev libvirt-devel
build libsnmp-dev net-snmp-devel
build libxml2-dev libxml2-devel
build collectd-dev -
run snmpd net-snmp
run snmp net-snmp-utils
check snmptrapd net-snmp
run libvirt-daemon libvirt-daemon
run libvirt-clients libvirt-client
run util-linux util-linux
unit collectd-core -
check rrdtool rrdtool
check netpbm netpbm-progs
check tzdata tzdata
check rrdcached -
check libmicrohttpd12t64|libmicrohttpd12 -
check libprotobuf-c1 -
check libyajl2 -
check curl curl
check valgrind valgrind
unit libcmocka-dev libcmocka-devel
check libvirt-daemon-driver-qemu libvirt-daemon-driver-qemu
check libvirt-daemon-driver-lxc libvirt-daemon-driver-lxc
check qemu-system-x86 qemu-system-x86-core
check qemu-utils qemu-img
check libxml2-utils libxml2
check iproute2 iproute
unit procps procps-ng
unit smitools libsmi
unit erlang-snmp erlang-snmp
check libnet-snmp-perl perl-Net-SNMP
check netbase -
unit mandoc mandoc
unit universal-ctags ctags
check shellcheck ShellCheck
unit jq jq
check python3 python3
unit xz-utils xz
unit binutils binutils
unit systemd systemd
check logrotate logrotate
check polkitd|policykit-1 polkit
check systemd-container systemd-container
check sasl2-bin cyrus-sasl
check libsasl2-modules cyrus-sasl-scram
check build-essential -
check debhelper -
check lintian -
check debootstrap -
check rpm rpm-build
check rpmlint rpmlint
check - libasan
check - libubsan
clang clang clang
clang libclang-rt-dev|libclang-common-11-dev compiler-rt
root debootstrap debootstrap
fleet prometheus -
fleet prometheus-snmp-exporter -
fleet prometheus-alertmanager -
fleet victoria-metrics -
fleet curl curl
fleet jq jq
nms-ansible ansible-core ansible-core
nms-grafana npm|nodejs nodejs-npm
nms-icinga2 icinga2-bin icinga2
nms-librenms php-cli php-cli
nms-nagios nagios4-core nagios
nms-prometheus prometheus -
nms-prometheus prometheus-snmp-exporter -
nms-snmptt snmptt -
nms-zabbix zabbix-server-pgsql -
nms-zabbix zabbix-frontend-php -
nms-zabbix postgresql -
nms-zabbix php-cli -
nms-zabbix php-pgsql -
nms-zabbix php-bcmath -
nms-zabbix php-gd -
nms-zabbix php-mbstring -
nms-zabbix php-xml -
nms-zabbix php-curl -
nms-zabbix curl -
TABLE
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        echo "$0: to install packages, run it as root or install sudo" >&2
        return 1
    fi
}

missing_apt() { # PACKAGE...
    local package
    for package; do
        # shellcheck disable=SC2086  # words
        dpkg-query -W -f '${Status}\n' ${package//|/ } 2> /dev/null | grep -q ' installed$' || echo "$package"
    done
}

# Prints the name in NAME|NAME that this release has. If it has none, prints the last one, so that apt-get reports an error
# about it.
name_apt() { # PACKAGE...
    local package name
    for package; do
        for name in ${package//|/ }; do
            ! apt-cache show "$name" > /dev/null 2>&1 || break
        done
        echo "$name"
    done
}

missing_dnf() { # PACKAGE...
    local package
    for package; do rpm -q "$package" > /dev/null 2>&1 || echo "$package"; done
}

package_manager() {
    if command -v apt-get > /dev/null; then
        echo apt
    elif command -v dnf > /dev/null; then
        echo dnf
    fi
}

# Prints the missing packages for the purposes, on one line. Fails if there is no known package manager.
packages_missing() { # PURPOSE...
    local manager column=2 wanted
    manager=$(package_manager)
    [ "$manager" != dnf ] || column=3
    wanted=$(packages | awk -v purposes=" $* " -v c="$column" 'index(purposes, " " $1 " ") && $c != "-" { print $c }')
    if [ -z "$manager" ]; then
        echo "neither apt-get nor dnf is installed; these packages are needed: $(echo "$wanted" | xargs)" >&2
        return 1
    fi
    # shellcheck disable=SC2086  # words
    "missing_$manager" $wanted | xargs
}

# Installs the missing packages for the purposes and prints their names. Installed packages are not changed.
install_packages() { # PURPOSE...
    local manager missing
    manager=$(package_manager)
    missing=$(packages_missing "$@") || return 0 # they may be installed in another way; the build will show it
    if [ -z "$missing" ]; then
        echo "all packages are installed"
        return 0
    fi
    echo "installing: $missing"
    # shellcheck disable=SC2046,SC2086
    case $manager in
        apt)
            as_root apt-get update -qq &&
                as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(name_apt $missing)
            ;;
        dnf) as_root dnf install -y -q --setopt=install_weak_deps=False $missing ;;
    esac > "${package_log:=$(mktemp)}" 2>&1 || {
        tail -n 20 "$package_log" >&2
        echo "installing failed; the whole output is in $package_log" >&2
        return 1
    }
    rm -f "$package_log"
}

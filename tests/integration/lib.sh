# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Verbs for the integration tests. They start private daemons and leave nothing behind.
# A test is a bash script that sources this file, names what it needs, acts, and ends with OK:
#
#     . "$(dirname "$0")/lib.sh"
#     need virsh snmpget; need_root
#     start_libvirtd; start_snmpd
#     define_qemu one vcpu=2
#     start_agent -u "$QEMU_URI"
#     wait_for 10 'row_of one'
#     OK
#
# These environment variables are used:
#     top_builddir, top_srcdir
#     GUESTLISTD            the agent to test
#     GUESTLIST_SNMPD       the module for snmpd to test
#     GUESTLISTD_WRAPPER    words put before the agent, such as valgrind
#     GUESTLIST_TEST_CACHE  a directory that outlives the test: libvirt takes seconds to probe QEMU, and keeps the result here
#     KEEP=1                keep the directory of the test
#     PATIENCE              factor for all time limits (default 2)
# Verbs that start something set variables. Do not call them in a subshell.
#
# shellcheck disable=SC2034  # most variables are for the tests

lib_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_srcdir=$(cd "${top_srcdir:-$lib_dir/../..}" && pwd)
top_builddir=$(cd "${top_builddir:-$top_srcdir}" && pwd)
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
unset LIBVIRT_DEFAULT_URI VIRSH_DEFAULT_CONNECT_URI LIBVIRT_DEBUG LIBVIRT_LOG_OUTPUTS LIBVIRT_LOG_FILTERS

# A path of a Unix socket has at most 108 bytes. So a long TMPDIR cannot be used.
T=${TMPDIR:-/tmp}
[ ${#T} -le 40 ] || T=/tmp
T=$(mktemp -d "$T/gl.XXXXXX") || exit 99
chmod 755 "$T"

# The net-snmp configuration of the user and the MIB files must not change the results.
mkdir "$T/client"
export MIBS='' SNMPCONFPATH=$T/client SNMP_PERSISTENT_DIR=$T/client

# ---- Steps, results, conditions ------------------------------------------------------------------

step() { printf '[%6.2fs] %s\n' "$(since "$test_started")" "$*"; }

OK() { step "${*:-done}"; exit 0; }

SKIP() { echo "SKIP: $*"; exit 77; }

# In a subshell, exit would end only the subshell. A signal ends the test itself.
FAIL() {
    echo "FAIL: $*" >&2
    [ "$BASHPID" = $$ ] || kill -USR1 $$
    exit 1
}

equal() { # WANTED GOT WHAT
    [ "$1" = "$2" ] || FAIL "$3: wanted '$1', got '$2'"
}

need() { # COMMAND...
    local command
    for command; do
        command -v "$command" > "$T/need" || SKIP "needs $command"
    done
}

need_root() { [ "$(id -u)" = 0 ] || SKIP "needs root"; }

# In some containers, root may not make namespaces, or may not mount anything in them.
need_namespaces() {
    unshare -mnp --fork --propagation private mount -t proc none /proc 2> "$T/need" ||
        SKIP "needs the permission to make namespaces and to mount: $(tail -n 1 "$T/need")"
}

now() { echo "${EPOCHREALTIME/,/.}"; }

since() { awk -v a="$1" -v b="$(now)" 'BEGIN { printf "%.2f", b - a }'; }

# Waits for a condition. Tests never sleep for a fixed time. The limit is multiplied by PATIENCE, for slow machines.
wait_for() { # SECONDS 'COMMAND'
    local until=$((${EPOCHREALTIME/[.,]/} + $1 * ${PATIENCE:-2} * 1000000))
    until eval "$2" > "$T/wait.out" 2>&1; do
        [ "${EPOCHREALTIME/[.,]/}" -lt $until ] || FAIL "not within $(($1 * ${PATIENCE:-2})) s: $2"$'\n'"$(tail -n 5 "$T/wait.out")"
        sleep 0.1
    done
}

test_started=$(now)
agent_user=nobody agent_socket=read-only # see start_agent

# ---- Processes ----------------------------------------------------------------------------------

alive() { [ -n "$1" ] && [ -d "/proc/$1" ] && ! grep -q '^State:.Z' "/proc/$1/status" 2> /dev/null; }

must_be_main_shell() {
    [ "$BASHPID" = $$ ] || FAIL "${FUNCNAME[1]} called in a subshell: what it sets would be lost"
}

# Runs a program that is killed when the test ends, even if the test itself is killed.
tied() { exec setpriv --pdeathsig KILL -- "$@"; }

# Ends a process that the test started. True if the process ended by itself within the given seconds.
end_process() { # PID SIGNAL SECONDS
    local tries=$(($3 * 20))
    alive "$1" || return 0
    kill -s "$2" "$1" 2> /dev/null
    while alive "$1"; do
        # A stopped process does not see the signal. Others must not get SIGCONT: when a process ends, LeakSanitizer stops it
        # by SIGSTOP, and SIGCONT would take this back. Then the process never ends.
        ! grep -q '^State:.T (stopped)' "/proc/$1/status" 2> /dev/null || kill -s CONT "$1" 2> /dev/null
        [ $((tries--)) -gt 0 ] || { kill -s KILL "$1"; return 1; }
        sleep 0.05
    done
}

pause() { kill -s STOP "$1"; }

resume() { kill -s CONT "$1"; }

# ---- libvirtd -----------------------------------------------------------------------------------
#
# Each instance has its own mount, network and process namespaces under a holder, the first process of the process namespace.
# When the holder ends, the kernel ends libvirtd and every guest. While the holder runs, libvirtd can stop and start again,
# and its guests keep running. Inside the namespaces, directories of the instance are mounted over /etc/libvirt, /run,
# /var/lib, /var/cache and /var/log. So the test cannot reach a system libvirtd.

libvirtd_default=main
declare -A libvirtd_holder=() libvirtd_tie=() libvirtd_namespace=() libvirtd_members=()

holder_script='
d=$1 containers=$2
mount -t proc proc /proc
mount --bind "$3" "$d/cache/libvirt/qemu/capabilities"
mount --bind "$d/etc" /etc/libvirt
for f in passwd group; do mount --bind "$d/$f" "/etc/$f"; done
if [ "$containers" = yes ]; then
    # In this namespace, the group of the holder is the root of each hierarchy.
    [ ! -d /sys/fs/cgroup/memory ] || {
        mount -t tmpfs none /sys/fs/cgroup
        for c in cpu cpuacct cpuset memory devices freezer blkio; do
            mkdir /sys/fs/cgroup/$c; mount -t cgroup -o $c none /sys/fs/cgroup/$c || rmdir /sys/fs/cgroup/$c
        done
        # libvirt puts containers into the hierarchy of systemd as well, if the kernel has one.
        ! grep -q name=systemd: /proc/self/cgroup || {
            mkdir /sys/fs/cgroup/systemd; mount -t cgroup -o none,name=systemd none /sys/fs/cgroup/systemd
        }
    }
else
    # QEMU needs no groups, and so no group is left behind. libvirt would still try a hierarchy that is only covered.
    umount -R -l /sys/fs/cgroup
    mount -t tmpfs none /sys/fs/cgroup
fi
mount --bind "$d/lib" /var/lib
mount --rbind "$d/cache" /var/cache
mount --bind "$d/log" /var/log
mount --bind "$d/run" /run
ip link set lo up
exec < "$4"
while read -r _; do
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        $([ ! -d /etc/libvirt/sasl ] || echo SASL_CONF_PATH=/etc/libvirt/sasl) \
        libvirtd -d --config /etc/libvirt/libvirtd.conf --pid-file /run/libvirtd.pid
done 3<> "$4"'

libvirtd_dir() { echo "$T/v-${1:-$libvirtd_default}"; }

# Makes the directories of an instance, if they are missing.
prepare_libvirtd() { # NAME
    local d f
    d=$(libvirtd_dir "$1")
    [ ! -d "$d" ] || return 0
    mkdir -p "$d"/etc/{qemu/autostart,lxc,nwfilter,storage,secrets} "$d"/{log,lib} "$d/run/libvirt/qemu" \
        "$d/cache/libvirt/qemu/capabilities"
    touch "$d/run/libvirt/qemu/autostarted" # as on a host that booted long ago: libvirtd starts no guest by itself
    printf '%s\n' 'user = "root"' 'group = "root"' 'security_driver = "none"' 'stdio_handler = "file"' \
        'remember_owner = 0' 'namespaces = []' > "$d/etc/qemu.conf"
    for f in passwd group; do
        cp "/etc/$f" "$d/$f"
    done
    # The QEMU driver does not load without its user and group. They come with packages that start a system libvirtd or udev.
    # Debian builds the driver with the group libvirt-qemu, Ubuntu with kvm.
    grep -q ^libvirt-qemu: "$d/passwd" || echo 'libvirt-qemu:x:64055:64055::/nonexistent:/bin/false' >> "$d/passwd"
    grep -q ^libvirt-qemu: "$d/group" || echo 'libvirt-qemu:x:64055:' >> "$d/group"
    grep -q ^kvm: "$d/group" || echo 'kvm:x:64056:' >> "$d/group"
    mkfifo "$d/control"
}

# Makes separate control groups for containers. They end with the test, and two instances never share a group.
join_cgroups() { # NAME
    local mount group
    for mount in /sys/fs/cgroup/{cpu,cpuacct,cpuset,memory,devices,freezer,blkio,systemd}; do
        [ -d "$mount" ] || continue
        group=$mount$(awk -F: -v c="${mount##*/}" '$2 == c || $2 == "name=" c { print $3 }' /proc/self/cgroup)/${T##*/}-$1
        mkdir -p "$group"
        [ "${mount##*/}" != cpuset ] || {
            cat "$group/../cpuset.cpus" > "$group/cpuset.cpus"
            cat "$group/../cpuset.mems" > "$group/cpuset.mems"
        }
        echo "$BASHPID" > "$group/cgroup.procs"
    done
}

leave_cgroups() { # NAME
    find /sys/fs/cgroup -depth -type d -path "*/${T##*/}-$1*" -exec rmdir {} + 2> /dev/null
}

start_holder() { # NAME CONTAINERS
    local d cache tie flags=-mnp
    d=$(libvirtd_dir "$1")
    cache=${GUESTLIST_TEST_CACHE:-$T/cache}
    mkdir -p "$cache"
    [ "$2" = no ] || flags=-mnpC
    (
        [ "$2" = no ] || join_cgroups "$1"
        tied unshare $flags --fork --kill-child --propagation private \
            bash -c "$holder_script" holder "$d" "$2" "$cache" "$d/control" < /dev/null > "$d/log/holder.log" 2>&1
    ) &
    tie=$!
    disown "$tie"
    libvirtd_tie[$1]=$tie
    # Find the holder by its arguments: join_cgroups has other child processes at the same time.
    wait_for 20 "pgrep -P $tie -f ' holder $d ' && readlink /proc/$tie/ns/pid_for_children"
    libvirtd_holder[$1]=$(pgrep -P "$tie" -f " holder $d ")
    libvirtd_namespace[$1]=$(readlink "/proc/$tie/ns/pid_for_children")
}

# Starts libvirtd under its holder and waits until it answers. The first probe of QEMU takes seconds.
launch_libvirtd() { # NAME
    local holder=${libvirtd_holder[$1]}
    echo start > "$(libvirtd_dir "$1")/control"
    wait_for 20 "pgrep -P $holder -x libvirtd"
    use_libvirtd "$1"
    # A guest that a killed libvirtd was just starting holds the pid file for a moment. Then libvirtd does not start.
    wait_for 60 "on_qemu hostname || { pgrep -P $holder -x libvirtd || echo start > '$(libvirtd_dir "$1")/control'; false; }"
    use_libvirtd "$1" # again: the first PID may have been the parent of the daemon
}

# All verbs below use this instance from now on.
use_libvirtd() { # [NAME]
    must_be_main_shell
    libvirtd_default=${1:-main}
    LIBVIRT_DIR=$(libvirtd_dir)
    LIBVIRT_SOCK=$LIBVIRT_DIR/run/libvirt/libvirt-sock
    LIBVIRT_SOCK_RO=$LIBVIRT_SOCK-ro
    LIBVIRTD_LOG=$LIBVIRT_DIR/log/libvirtd.log
    LIBVIRTD_PID=$(pgrep -P "${libvirtd_holder[$libvirtd_default]}" -x libvirtd)
    QEMU_URI="qemu+unix:///system?socket=$LIBVIRT_SOCK"
    LXC_URI="lxc+unix:///system?socket=$LIBVIRT_SOCK"
    SHARED_URI="test+unix:///default?socket=$LIBVIRT_SOCK"
}

# -n NAME: starts a further instance. -c: with control groups, which containers need.
# The CONFLINEs precede the default lines in libvirtd.conf: libvirt uses the first of two lines for the same setting.
start_libvirtd() { # [-n NAME] [-c] [CONFLINE...]
    local name=main containers=no option OPTIND
    must_be_main_shell
    need_namespaces
    while getopts n:c option; do
        case $option in
            n) name=$OPTARG ;;
            c) containers=yes ;;
            *) FAIL "start_libvirtd: bad option" ;;
        esac
    done
    shift $((OPTIND - 1))
    prepare_libvirtd "$name"
    printf '%s\n' "$@" "unix_sock_rw_perms = \"$([ $agent_socket = any ] && echo 0777 || echo 0700)\"" 'unix_sock_ro_perms = "0777"' 'auth_unix_rw = "none"' \
        'auth_unix_ro = "none"' 'log_outputs = "3:file:/var/log/libvirtd.log"' > "$(libvirtd_dir "$name")/etc/libvirtd.conf"
    start_holder "$name" "$containers"
    launch_libvirtd "$name"
}

# Stops libvirtd. Its guests and its holder keep running.
stop_libvirtd() { # [SIGNAL]
    end_process "$LIBVIRTD_PID" "${1:-TERM}" 20 || FAIL "libvirtd did not stop"
    LIBVIRTD_PID=
}

resume_libvirtd() { resume "$LIBVIRTD_PID"; }

pause_libvirtd() { pause "$LIBVIRTD_PID"; }

restart_libvirtd() { # [SIGNAL]
    must_be_main_shell
    [ -z "$LIBVIRTD_PID" ] || stop_libvirtd "${1:-TERM}"
    launch_libvirtd "$libvirtd_default"
}

started() { sed 's/.*) //' "/proc/$1/stat" 2> /dev/null | cut -d ' ' -f 20; } # PID

# Prints the processes of a namespace as PID:START. The kernel reuses process numbers. The start time shows whether a number
# still means the same process.
members() { # NAMESPACE
    local link pid start
    for link in /proc/[0-9]*/ns/pid; do
        [ "$(readlink "$link" 2> /dev/null)" = "$1" ] || continue
        pid=${link//[^0-9]/} start=$(started "$pid")
        [ -z "$start" ] || echo "$pid:$start"
    done
}

# Ends the whole instance: libvirtd, guests, containers.
remove_libvirtd() { # [NAME]
    local name=${1:-$libvirtd_default} holder
    holder=${libvirtd_holder[$name]-}
    [ -n "$holder" ] || return 0
    libvirtd_members[$name]=$(members "${libvirtd_namespace[$name]}")
    kill -s KILL "$holder" 2> /dev/null
    end_process "${libvirtd_tie[$name]}" KILL 5
    leave_cgroups "$name"
    unset "libvirtd_holder[$name]"
}

# Runs virsh with a time limit and a message, so that a hung libvirtd does not use up the whole time of the test.
run_virsh() { # URI ARGUMENT...
    local limit=$((${VIRSH_LIMIT:-60} * ${PATIENCE:-2})) status=0
    timeout --foreground "$limit" virsh -q -c "$@" || status=$?
    [ $status != 124 ] || echo "no answer within $limit s: virsh -c $*" >&2
    return $status
}

on_qemu() { run_virsh "$QEMU_URI" "$@"; }

# Runs a virsh command that must succeed.
act() { on_qemu "$@" > "$T/out" 2>&1 || FAIL "virsh $*: $(cat "$T/out")"; }

dominfo() { on_qemu dominfo "$2" | awk -F': *' -v key="$1" '$1 == key { print $2 }'; } # KEY NAME

on_lxc() { run_virsh "$LXC_URI" "$@"; }

on_shared() { run_virsh "$SHARED_URI" "$@"; }

# Prints the PID of a running QEMU domain, for stopping or killing it.
qemu_pid() { # NAME
    pgrep -P "${libvirtd_holder[$libvirtd_default]}" -f -- "-name guest=$1,"
}

# ---- Domains ------------------------------------------------------------------------------------

xml_escape() {
    local s=$1
    s=${s//&/'&amp;'} s=${s//</'&lt;'} s=${s//>/'&gt;'} s=${s//\'/'&apos;'}
    echo "${s//\"/'&quot;'}"
}

# Prints the UUID of a name. It is always the same, so that a test can ask for it.
uuid_of() { # NAME
    local h
    h=$(printf %s "$1" | md5sum)
    echo "${h:0:8}-${h:8:4}-4${h:13:3}-8${h:17:3}-${h:20:12}"
}

# These print the 16 bytes of a UUID as hexadecimal digits, and as sub-identifiers of an OID.
uuid_hex() { local u=${1//-/}; echo "${u,,}"; }

uuid_dotted() { uuid_hex "$1" | sed 's/../0x& /g' | xargs printf '%d.' | sed 's/\.$//'; }

# Prints the XML of a guest that is fully emulated and boots nothing. Keys: uuid, memory, current (KiB), vcpu, maxvcpus,
# title, description, os (a libosinfo id), balloon (virtio or none), disk (a qcow2 file, made if it is missing), mac (a
# network card).
qemu_domain() { # NAME [KEY=VALUE...]
    local name=$1 pair
    local -A o=([memory]=32768 [vcpu]=1 [balloon]=virtio)
    shift
    for pair; do o[${pair%%=*}]=${pair#*=}; done
    echo "<domain type='qemu'><name>$(xml_escape "$name")</name><uuid>${o[uuid]:-$(uuid_of "$name")}</uuid>"
    [ -z "${o[title]}" ] || echo "<title>$(xml_escape "${o[title]}")</title>"
    [ -z "${o[description]}" ] || echo "<description>$(xml_escape "${o[description]}")</description>"
    [ -z "${o[os]}" ] || echo "<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'>" \
        "<l:os id='$(xml_escape "${o[os]}")'/></l:libosinfo></metadata>"
    echo "<memory>${o[memory]}</memory><currentMemory>${o[current]:-${o[memory]}}</currentMemory>"
    echo "<vcpu current='${o[vcpu]}'>${o[maxvcpus]:-${o[vcpu]}}</vcpu>"
    echo "<os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features><devices>"
    echo "<controller type='usb' model='none'/><memballoon model='${o[balloon]}'/>"
    [ -z "${o[disk]}" ] || {
        [ -e "${o[disk]}" ] || qemu-img create -q -f qcow2 "${o[disk]}" 1M
        echo "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${o[disk]}'/>" \
            "<target dev='vda' bus='virtio'/></disk>"
    }
    [ -z "${o[mac]}" ] || echo "<interface type='user'><mac address='${o[mac]}'/><model type='e1000'/></interface>"
    echo "</devices></domain>"
}

define_qemu() { qemu_domain "$@" | on_qemu define /dev/stdin > "$T/virsh.out" || FAIL "could not define $1"; }

create_qemu() { qemu_domain "$@" | on_qemu create /dev/stdin > "$T/virsh.out" || FAIL "could not create $1"; }

# Makes N inactive domains, vm-00001 and so on, before libvirtd starts. Every third one has autostart.
define_many_qemu() { # N [INSTANCE]
    local d
    prepare_libvirtd "${2:-main}"
    d=$(libvirtd_dir "${2:-main}")/etc/qemu
    [ -z "${libvirtd_holder[${2:-main}]-}" ] || FAIL "call define_many_qemu before start_libvirtd"
    awk -v n="$1" -v d="$d" -v emulator="$(command -v qemu-system-x86_64)" 'BEGIN {
        for (i = 1; i <= n; i++) {
            name = sprintf("vm-%05d", i); file = d "/" name ".xml"
            printf "<domain type=\"qemu\"><name>%s</name><uuid>%08x-1111-4222-8333-%012x</uuid>" \
                "<memory>65536</memory><vcpu>%d</vcpu><os><type arch=\"x86_64\" machine=\"pc\">hvm</type></os>" \
                "<devices><emulator>%s</emulator><controller type=\"usb\" model=\"none\"/>" \
                "<memballoon model=\"none\"/></devices></domain>\n", name, 2684354560 + i, i, 1 + i % 4, emulator > file
            close(file)
            if (i % 3 == 0)
                print "/etc/libvirt/qemu/" name ".xml"
        }
    }' | xargs -r ln -s -t "$d/autostart"
}

# Prints the XML of a container that only sleeps. To start it, start_libvirtd needs -c.
lxc_domain() { # NAME
    echo "<domain type='lxc'><name>$(xml_escape "$1")</name><uuid>$(uuid_of "$1")</uuid><memory>65536</memory>" \
        "<os><type arch='x86_64'>exe</type><init>/bin/sleep</init><initarg>3600</initarg></os>" \
        "<devices><console type='pty'/></devices></domain>"
}

# ---- The test driver ----------------------------------------------------------------------------
#
# The test driver has two forms. With a file, each connection has its own domains: all states are possible, but no other
# connection can change them. virsh can change the domains of the shared one, but it supports only running, paused and shut
# off.

test_node="<node><cpu><mhz>2000</mhz><model>x</model><active>2</active><nodes>1</nodes><sockets>1</sockets>\
<cores>2</cores><threads>1</threads><mem>33554432</mem></cpu>"

test_domain() { # NAME UUID [MORE]
    echo "<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>$(xml_escape "$1")</name>" \
        "<uuid>$2</uuid><memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os>${3-}</domain>"
}

# Writes a test driver file with one domain for each state of libvirt, and a transient one.
make_test_file() { # FILE
    local state i=0
    {
        echo "$test_node"
        for state in nostate running blocked paused shutdown shutoff crashed pmsuspended; do
            test_domain st-$state "b000000$i-1111-4222-8333-00000000000$i" "<test:runstate>$i</test:runstate>"
            i=$((i + 1))
        done
        test_domain st-transient b0000008-1111-4222-8333-000000000008 '<test:transient>1</test:transient>'
        echo '</node>'
    } > "$1"
}

# Writes a test driver file with inactive domains: fl-saved has a managed-save image, fl-snapshot a snapshot, fl-both both,
# fl-plain neither.
make_flags_test_file() { # FILE
    local off='<test:runstate>5</test:runstate>' save='<test:hasmanagedsave>1</test:hasmanagedsave>' snap
    snap='<test:domainsnapshot><name>one</name><creationTime>1700000000</creationTime><state>shutoff</state>'
    snap+='<active>0</active></test:domainsnapshot>'
    {
        echo "$test_node"
        test_domain fl-plain "$(uuid_of fl-plain)" "$off"
        test_domain fl-saved "$(uuid_of fl-saved)" "$off$save"
        test_domain fl-snapshot "$(uuid_of fl-snapshot)" "$off$snap"
        test_domain fl-both "$(uuid_of fl-both)" "$off$save$snap"
        echo '</node>'
    } > "$1"
}

# Writes a test driver file with N domains, vm-00001 and so on. Every K-th one is running (default: every second; 0: none).
make_many_test_file() { # FILE N [K]
    awk -v n="$2" -v k="${3:-2}" -v node="$test_node" 'BEGIN {
        print node
        for (i = 1; i <= n; i++)
            printf "<domain type=\"test\" xmlns:test=\"http://libvirt.org/schemas/domain/test/1.0\">" \
                "<name>vm-%05d</name><uuid>%08x-1111-4222-8333-%012x</uuid><memory>65536</memory><vcpu>%d</vcpu>" \
                "<os><type>hvm</type></os>%s</domain>\n", i, 2684354560 + i, i, 1 + i % 4,
                k && i % k == 0 ? "" : "<test:runstate>5</test:runstate>"
        print "</node>"
    }' > "$1"
}

test_domains() { # FILE
    TEST_URI="test+unix://$1?socket=$LIBVIRT_SOCK"
}

# Defines domains in the shared test driver. The driver forgets all of them when its last connection closes. So one connection
# stays open. It writes the events it receives to $T/shared.events. After a restart of libvirtd, the driver must be filled
# again.
#     sh-running  sh-paused  sh-shutoff  sh-crashed (shut off, reason crashed)  sh-saved (managed save)
#     sh-snapshot (shut off)  sh-autostart (running)  sh-waiting (autostart, shut off)  sh-transient (running)
fill_shared_test_driver() {
    must_be_main_shell
    fill_shared_once && return
    # In rare cases, libvirtd does not answer one of these requests while many connections open and close.
    step "restarting libvirtd: $(cat "$T/shared.out")"
    restart_libvirtd KILL
    fill_shared_once || FAIL "could not fill the shared test driver: $(cat "$T/shared.out")"
}

fill_shared_once() {
    local name batch='destroy test; undefine test'
    end_process "${shared_keeper-}" TERM 5
    (tied virsh -c "$SHARED_URI" event --all --loop > "$T/shared.events" 2>&1 < /dev/null) &
    shared_keeper=$!
    disown "$shared_keeper"
    # Without an open connection, the driver would forget the domains. The connection is open when it receives an event.
    wait_for 20 'on_shared "suspend test; resume test"; grep "domain .test." "$T/shared.events"'
    for name in running paused shutoff crashed saved snapshot autostart waiting transient; do
        test_domain "sh-$name" "$(uuid_of "sh-$name")" > "$T/sh-$name.xml"
        [ $name = transient ] || batch+="; define $T/sh-$name.xml"
    done
    for name in running paused crashed saved autostart; do batch+="; start sh-$name"; done
    batch+="; create $T/sh-transient.xml; suspend sh-paused; dump sh-crashed $T/core --crash; managedsave sh-saved"
    batch+="; snapshot-create-as sh-snapshot one; autostart sh-autostart; autostart sh-waiting"
    # virsh continues after a failed command. Its exit status is that of the last command.
    VIRSH_LIMIT=20 on_shared "$batch" > "$T/shared.out" 2>&1 && ! grep -q ^error: "$T/shared.out"
}

# ---- snmpd --------------------------------------------------------------------------------------

AGENTX=$T/agentx

# Only snmpd itself can find out whether a port is free. Another process could take the port between a check and the start.
start_snmpd() { # [CONFLINE...]
    local try
    must_be_main_shell
    mkdir -p "$T/snmpd"
    for try in {1..20}; do
        SNMP_PORT=$((20000 + RANDOM % 10000))
        printf '%s\n' "agentAddress udp:127.0.0.1:$SNMP_PORT" 'rocommunity public 127.0.0.1' \
            'rwcommunity private 127.0.0.1' 'master agentx' "agentXSocket $AGENTX" 'agentXPerms 0777 0755' \
            'dontLogTCPWrappersConnects true' "$@" > "$T/snmpd/snmpd.conf"
        ! launch_snmpd || return 0
    done
    FAIL "snmpd found no free port in $try tries, or does not start"
}

# True if snmpd answers, false if it ended. snmpd_words are put before the program; see module.sh.
snmpd_words=()

launch_snmpd() {
    (SNMP_PERSISTENT_DIR=$T/snmpd/persistent SNMPCONFPATH=$T/snmpd tied "${snmpd_words[@]}" snmpd -f -Lf "$T/snmpd.log" -C \
        -c "$T/snmpd/snmpd.conf" -I -smux,mteTrigger,mteTriggerConf < /dev/null > "$T/snmpd.out" 2>&1) &
    SNMPD_PID=$!
    [ ${#snmpd_words[@]} -gt 0 ] || disown "$SNMPD_PID"
    wait_for 20 "! alive $SNMPD_PID || { [ -S $AGENTX ] && value 1.3.6.1.2.1.1.3.0; }"
    alive "$SNMPD_PID"
}

stop_snmpd() { # [SIGNAL]
    end_process "$SNMPD_PID" "${1:-TERM}" 10 || FAIL "snmpd did not stop"
    SNMPD_PID=
    rm -f "$AGENTX" # a killed snmpd leaves its socket, which would look like a running snmpd
}

restart_snmpd() { # [SIGNAL]
    must_be_main_shell
    [ -z "$SNMPD_PID" ] || stop_snmpd "${1:-TERM}"
    launch_snmpd || FAIL "snmpd does not start again"
}

snmp() { # TOOL ARGUMENT...
    local tool=$1
    shift
    "$tool" -v2c -c "${COMMUNITY:-public}" -t "${SNMP_TIMEOUT:-5}" -r 0 "$@"
}

# Prints lines ".OID = TYPE: value", with enumerations and TimeTicks as plain numbers.
get() { snmp snmpget -Onet "127.0.0.1:$SNMP_PORT" "$@"; }

walk() { snmp snmpwalk -Onet "127.0.0.1:$SNMP_PORT" "$1"; }

bulkwalk() { snmp snmpbulkwalk -Cr25 -Onet "127.0.0.1:$SNMP_PORT" "$1"; }

# Prints the value without quotes. If there is no such object, prints nothing and is false.
value() { # OID
    local v
    v=$(snmp snmpget -Oqvet "127.0.0.1:$SNMP_PORT" "$1") || return
    case $v in 'No Such '* | 'No more '*) return 1 ;; esac
    v=${v#\"}
    echo "${v%\"}"
}

# Prints the bytes of a string as hexadecimal digits.
hex_value() { # OID
    local v
    v=$(snmp snmpget -Oqvx "127.0.0.1:$SNMP_PORT" "$1") || return
    case $v in 'No Such '*) return 1 ;; esac
    v=${v//[^0-9A-Fa-f]/}
    echo "${v,,}"
}

# Sends a SET with the community that may write.
put() { COMMUNITY=private snmp snmpset -Onet "127.0.0.1:$SNMP_PORT" "$@"; } # OID TYPE VALUE

# Prints lines "INDEX DIGITS" of a column of strings. snmpwalk breaks long strings into several lines; this joins them.
hex_column() { # OID
    snmp snmpbulkwalk -Cr25 -Oqnx "127.0.0.1:$SNMP_PORT" "$1" | awk -v oid=".${1#.}." '
        index($0, oid) == 1 { if (row != "") print row; row = substr($1, length(oid) + 1) " "; $1 = "" }
        { gsub(/[" ]/, ""); row = row tolower($0) }
        END { if (row != "") print row }'
}

# Prints the vmIndex of a domain. False if the domain has no row.
row_of() { # UUID | NAME
    local column=2 wanted
    wanted=$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n')
    if [[ $1 =~ ^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$ ]]; then
        column=3 wanted=$(uuid_hex "$1")
    fi
    hex_column 1.3.6.1.2.1.236.1.4.1.$column | awk -v w="$wanted" '$2 == w { print $1; found = 1 } END { exit !found }'
}

# ---- The agent ----------------------------------------------------------------------------------

GUESTLISTD=${GUESTLISTD:-$top_builddir/guestlistd}
AGENT_LOG=$T/agent.log

# The agent needs no rights: it runs as the user nobody, without capabilities, and has libvirt's read-only socket only. libvirtd
# lets only root use the other one. These two verbs make exceptions. Each needs a reason.
# Before start_libvirtd.
agent_may_change_domains() { # REASON
    [ -n "$1" ] || FAIL "agent_may_change_domains without a reason"
    [ ${#libvirtd_holder[@]} = 0 ] || FAIL "agent_may_change_domains after start_libvirtd"
    agent_socket=any
    step "exception: the agent may change domains, because $1"
}

agent_is_root() { # REASON
    [ -n "$1" ] || FAIL "agent_is_root without a reason"
    agent_user=root
    step "exception: the agent runs as root, because $1"
}

# Replaces libvirt's socket by the read-only one in each of the words.
read_only() { # WORD...
    [ $agent_socket = any ] || set -- "${@//\/libvirt-sock//libvirt-sock-ro}"
    printf '%s\n' "${@//-ro-ro/-ro}"
}

# Lets the user of the agent write what an agent writes: the folder of the test, and what options name in it.
give_to_agent() { # OPTION...
    local path
    chown "$agent_user" "$T" "$T/agent"
    for path in "$T/agent/cert_indexes" "$T"/state* "$AGENT_LOG" "$@"; do
        [[ $path = "$T"/* && ( -f $path || -d $path ) ]] || continue
        chown -R --no-dereference "$agent_user" "$path"
    done
}

# Prints the path of the program, or of a copy if its folder is closed to the user of the agent.
agent_program() {
    if setpriv --reuid "$agent_user" --clear-groups -- test -x "$GUESTLISTD" 2> /dev/null || [ "$(id -u)" != 0 ]; then
        echo "$GUESTLISTD"
    else
        mkdir -p "$T/program"
        cp "$GUESTLISTD" "$T/program/guestlistd"
        echo "$T/program/guestlistd"
    fi
}

# True if the process has no rights of root. While it starts, it still has them.
is_unprivileged() { # PID
    local uid
    uid=$(id -u nobody)
    grep -q "^Uid:[[:space:]]$uid[[:space:]]$uid[[:space:]]$uid[[:space:]]$uid\$" "/proc/$1/status" &&
        grep -q '^CapEff:[[:space:]]0*$' "/proc/$1/status" && grep -q '^CapPrm:[[:space:]]0*$' "/proc/$1/status"
}

# Starts the agent and does not wait for it. The test itself checks that the agent answers, and how soon.
start_agent() { # [OPTION...]
    local as_user=() options=() program
    must_be_main_shell
    [ -x "$GUESTLISTD" ] || FAIL "no agent at $GUESTLISTD"
    mkdir -p "$T/agent"
    [ $# = 0 ] || mapfile -t options < <(read_only "$@")
    ! grep -qs /libvirt-sock "$T/agent/guestlistd.conf" || { # keeps the rights of the file
        read_only "$(cat "$T/agent/guestlistd.conf")" > "$T/read-only.conf"
        cat "$T/read-only.conf" > "$T/agent/guestlistd.conf"
    }
    if [ "$(id -u)" = 0 ] && [ $agent_user != root ]; then
        give_to_agent "${options[@]}"
        as_user=(setpriv --reuid "$agent_user" --regid "$(id -g "$agent_user")" --clear-groups --pdeathsig KILL --)
    fi
    program=$(agent_program)
    (
        # shellcheck disable=SC2086  # the wrapper is words
        HOME=$T/agent SNMPCONFPATH=$T/agent SNMP_PERSISTENT_DIR=$T/agent tied "${as_user[@]}" ${GUESTLISTD_WRAPPER-} \
            "$program" -f -x "$AGENTX" --state-dir "$T/state" -Lf "$AGENT_LOG" "${options[@]}" < /dev/null \
            > "$T/agent.out" 2>&1
    ) &
    AGENT_PID=$!
    [ ${#as_user[@]} = 0 ] || wait_for 10 "! alive $AGENT_PID || is_unprivileged $AGENT_PID"
}

# Sets AGENT_PID to an agent that went to the background. For a moment, its parent process exists as well.
find_background_agent() {
    must_be_main_shell
    AGENT_PID=$(pgrep -f -- "guestlistd .*--state-dir $T/state") && [[ $AGENT_PID != *$'\n'* ]]
}

# Stops the agent. Returns the exit status of the agent. At the end, a sanitizer searches all memory for leaks.
stop_agent() { # [SIGNAL]
    must_be_main_shell
    local pid=$AGENT_PID limit=5
    AGENT_PID=
    [ "${SANITIZERS:-no}" = no ] || limit=20
    end_process "$pid" "${1:-TERM}" $limit || FAIL "the agent did not stop within $limit s"
    wait "$pid" 2> /dev/null
}

# ---- The end ------------------------------------------------------------------------------------

# Prints what should be gone and still exists, one item per line.
leftovers() {
    local name member
    for name in "${!libvirtd_members[@]}"; do
        for member in ${libvirtd_members[$name]}; do
            [ "$(started "${member%:*}")" != "${member#*:}" ] || echo "process ${member%:*}"
        done
    done
    grep -F " $T" /proc/self/mountinfo
    find /sys/fs/cgroup -type d -name "${T##*/}-*" 2> /dev/null
}

show_logs() {
    local log
    for log in "$AGENT_LOG" "$T/agent.out" "$T/snmpd.log" "$T/snmpd.out" "$T/collectd/log" "$T/collectd/out" "$T"/v-*/log/*.log "$T"/v-*/log/libvirt/*/*.log; do
        [ ! -s "$log" ] || { echo "--- ${log#"$T/"}"; tail -n "${LOG_LINES:-20}" "$log"; }
    done >&2
}

clean_up() {
    local status=$? name left
    trap - EXIT
    trap '' INT TERM HUP USR1
    # If the test ends inside wait_for, output still goes to its file.
    [ ! "/proc/$$/fd/2" -ef "$T/wait.out" ] || {
        exec >> "/proc/$PPID/fd/1" 2>> "/proc/$PPID/fd/2"
        cat "$T/wait.out" >&2
    }
    end_process "${AGENT_PID-}" TERM 5 || echo "the agent had to be killed" >&2
    end_process "${SNMPD_PID-}" TERM 5
    end_process "${COLLECTD_PID-}" TERM 10 || echo "collectd had to be killed" >&2
    end_process "${shared_keeper-}" TERM 5
    for name in "${!libvirtd_holder[@]}"; do remove_libvirtd "$name"; done
    for _ in {1..40}; do # the kernel takes some time to end the processes of a namespace
        for name in "${!libvirtd_namespace[@]}"; do leave_cgroups "$name"; done
        left=$(leftovers)
        [ -n "$left" ] || break
        sleep 0.3
    done
    [ -z "$left" ] || { echo "FAIL: left behind: $left" >&2; status=1; }
    case $status in 0 | 77) ;; *) show_logs; KEEP=1 ;; esac
    if [ "${KEEP:-0}" = 1 ]; then echo "kept: $T" >&2; else rm -rf "$T"; fi
    exit "$status"
}

# Called when the time limit of run-one ends the test. Prints where the test was.
end_from_outside() { # COMMAND
    local where=
    [ ${#FUNCNAME[@]} -le 2 ] || where=" at line ${BASH_LINENO[-2]}" # the shell has no line number for a plain command
    echo "FAIL: ended from outside$where, in: $1" >&2
    exit 143
}

trap clean_up EXIT
trap 'exit 1' USR1
trap 'exit 130' INT
trap 'end_from_outside "$BASH_COMMAND"' TERM HUP

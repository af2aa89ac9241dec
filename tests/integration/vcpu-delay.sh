#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# glCpuDelay and glCpuWait are in microseconds: they agree with what the kernel says of the vCPU's thread.
# Two processes share one CPU with a vCPU that is always busy, so the vCPU waits for the CPU most of the time.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/agent.sh"
. "$(dirname "$0")/guests.sh"
need virsh snmpget libvirtd qemu-system-x86_64 taskset
need_root
need_small_guest

# shellcheck disable=SC2154 # from agent.sh
cpu=$guestlist_mib.1.6.1
start_libvirtd
start_snmpd
define_small_guest vd-busy ''
start_guest vd-busy
configure_agent 'interval 1'
start_agent -u "$QEMU_URI"
wait_for 30 "row_of vd-busy"
row=$(row_of vd-busy)
wait_for 30 "value $cpu.3.$row.1"

pid=$(qemu_pid vd-busy)
thread=$(grep -lx 'CPU 0/TCG' "/proc/$pid"/task/*/comm | sed 's:.*/task/\([0-9]*\)/.*:\1:')
[ -n "$thread" ] || FAIL "no thread of $pid is vCPU 0: $(cat "/proc/$pid"/task/*/comm)"
schedstat=/proc/$pid/task/$thread/schedstat
[ -r "$schedstat" ] || SKIP "the kernel has no $schedstat"

taskset -p -c 0 "$thread" > "$T/out" || FAIL "$(cat "$T/out")"

# Nanoseconds in which the thread could run, but had no CPU.
kernel_delay() { cut -d' ' -f2 "$schedstat"; }

for _ in 1 2; do
    tied taskset -c 0 sh -c 'while :; do :; done' &
done
before_kernel=$(kernel_delay) before=$(value $cpu.3.$row.1)
wait_for 60 "[ \$((\$(kernel_delay) - $before_kernel)) -gt 500000000 ]"
low=$(kernel_delay)
next_statistics
delay=$(value $cpu.3.$row.1)
high=$(kernel_delay)
step "glCpuDelay: $delay us; the kernel: $low to $high ns"
{ [ $((low / 1000)) -le "$delay" ] && [ "$delay" -le $((high / 1000)) ]; } ||
    FAIL "glCpuDelay is $delay us, and the kernel says $low to $high ns"
[ $((delay - before)) -gt 250000 ] || FAIL "glCpuDelay grew by $((delay - before)) us while the kernel counted half a second"

# wait_sum is in milliseconds in this file. Kernels without CONFIG_SCHED_DEBUG have no such file: then libvirt reports 0.
wait_sum() { awk '$1 ~ /wait_sum$/ { printf "%.0f", $3 * 1000 }' "/proc/$pid/task/$thread/sched"; } # microseconds
if [ -r "/proc/$pid/task/$thread/sched" ] && [ -n "$(wait_sum)" ]; then
    low=$(wait_sum)
    next_statistics
    waited=$(value $cpu.2.$row.1)
    { [ "$low" -le "$waited" ] && [ "$waited" -le "$(wait_sum)" ]; } || FAIL "glCpuWait is $waited us, and the kernel says $low us before"
    step "glCpuWait: $waited us"
else
    equal 0 "$(value $cpu.2.$row.1)" "glCpuWait on a kernel that does not count it"
    step "the kernel has no wait_sum, and glCpuWait is 0"
fi
OK

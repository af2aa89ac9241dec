# SPDX-License-Identifier: GPL-2.0-or-later
# The source of the dashboards; `generate` writes them. All queries use the recorded names and the alerts of integrations/prometheus.
include "parts";

# ---- Queries of several dashboards ---------------------------------------------------------------------

# Alerts that fire or wait. A guest that is left out of an alert is left out here, too.
def alerts($names): "ALERTS{alertname=~\"\($names)\", instance=~\"$instance\"}";
# The number of these alerts. There is no value, and not 0, if Prometheus knows no host.
def alert_count($names): "count(\(alerts($names))) or 0 * count(guestlist:agent_up{instance=~\"$instance\"})";
def stat_of_alert($width; $title; $description; $names):
    stat($width; $title; $description; {thresholds: bad_above_zero}; alert_count($names));
def trouble: "GuestlistDomain(ShouldRun|Crashed|PausedByError)";
def lost: "GuestlistHypervisorUnreachable|GuestlistListingStale";
def guest_of_alert: "on (job, instance, hypervisor, domain)";
def recorded($name): "guestlist:\($name){instance=~\"$instance\"}";
# 0 means that the host sends no data. The other numbers are those of guestlist:hypervisor_status.
def hypervisor($by): "max by \($by) (\(recorded("hypervisor_status"))) or min by \($by) (\(recorded("agent_up"))) * 0";
# The table has a row for each guest with one of these alerts: its state, for how long, and the reason.
def alert_row: "job, instance, domain, alertname";
def alert_state($names): table_query(
    "max by (\(alert_row)) (guestlist:domain_state * \(guest_of_alert) group_right () \(alerts($names)))");
def alert_since($names): table_query(
    "max by (\(alert_row)) (time() - ALERTS_FOR_STATE{alertname=~\"\($names)\", instance=~\"$instance\"})");
def alert_reason($names): table_query(
    "max by (\(alert_row), reason) (\(alerts($names)) * \(guest_of_alert) group_left (reason) guestlist:domain_reason)");
def host_column: ["instance", "Host", host_link];
def guest_column: ["domain", "Guest", guest_link];
def seconds: {unit: "dtdurations", decimals: 0};

# ---- The fleet ---------------------------------------------------------------------------------------

def fleet_numbers: [
    stat_of_alert(4; "Should run and do not"; "Guests that start at boot but are off. None that is off on purpose.";
        "GuestlistDomainShouldRun"),
    stat_of_alert(4; "Crashed"; "Guests that crashed, or whose process ended unexpectedly."; "GuestlistDomainCrashed"),
    stat_of_alert(4; "Paused by an error"; "Guests that an error paused, such as a full disk."; "GuestlistDomainPausedByError"),
    stat_of_alert(4; "Hypervisors lost"; "Hosts on which libvirt does not answer, or whose listing is too old."; lost),
    stat_of_alert(4; "Hosts without data"; "Hosts that do not report their guests at all."; "GuestlistAgentGone"),
    stat(4; "Guests"; "How many run, and how many there are."; {}; [
        now_query("run"; "sum(\(recorded("domains_active:count")))"), now_query("in all"; "sum(\(recorded("domains:count")))")];
        "value_and_name")];

# The rows of the selected hosts. A guest that is also on another host is shown if one of its hosts is selected.
def here: "on (uuid) \(recorded("fleet_state"))";
def or_zero: "\(.) or 0 * count(\(recorded("agent_up")))";
def moved($over): "\($over)(guestlist:fleet_moved{from=~\"$instance\"}[1h]) or \($over)(guestlist:fleet_moved{to=~\"$instance\"}[1h])";

def fleet_questions: [
    stat(4; "Run twice"; "Guests with the same UUID that run on several hosts at once."; {thresholds: bad_above_zero};
        "count(guestlist:fleet_doubled and \(here))" | or_zero),
    stat(4; "Run nowhere"; "Guests that start at boot on some host, and are off on all hosts."; {thresholds: bad_above_zero};
        "count(guestlist:fleet_runs_nowhere and \(here))" | or_zero),
    stat(4; "Vanished with their host"; "Guests that ran when their host last answered, and run on no other host."; {thresholds: bad_above_zero};
        "sum(\(recorded("fleet_vanished:count")))" | or_zero),
    stat(4; "Lost"; "Guests that ran within the last hour, and that no host lists now."; {thresholds: bad_above_zero};
        "count(last_over_time(\(recorded("fleet_lost"))[1h]) unless on (uuid) guestlist:domain_uuid)" | or_zero),
    stat(4; "On several hosts"; "Guests that are defined on several hosts, whether they run or not."; {};
        "count(guestlist:fleet_defined and \(here))" | or_zero),
    stat(4; "Moved in an hour"; "Guests that left a host within the last hour, and are active on another one."; {};
        "count(count by (uuid) (\(moved("last_over_time"))))" | or_zero)];

def of_row($expr): table_query("max by (job, instance, domain, uuid) (\($expr))");
def fleet_several: table(6; "Guests on several hosts"; "Each host of a guest that several hosts list. Red: it runs on more than one of them at once.";
    {displayName: "Runs on hosts", desc: true}; [];
    [guest_column, host_column, ["uuid", "UUID", null], ["Value #A", "State", coloured(state_words)],
        ["Value #B", "Runs on hosts", {thresholds: thresholds([[null, grey], [2, red]]), color: {mode: "thresholds"},
            "custom.cellOptions": {type: "color-background"}}]];
    [of_row("guestlist:fleet_state and on (uuid) guestlist:fleet_defined and \(here)"),
        of_row("guestlist:fleet_state * 0 + on (uuid) group_left ()"
            + " (count by (uuid) (guestlist:fleet_state == 4) and on (uuid) guestlist:fleet_defined and \(here))")]);

def of_guest_here($expr): table_query("max by (job, instance, domain) (\($expr))");
def fleet_vanished: table(6; "Guests that vanished with their host"; "What ran on hosts that do not answer, and runs nowhere else.";
    {displayName: "Host", desc: false}; [];
    [host_column, guest_column, ["Value #A", "Last state", coloured(state_words)], ["Value #B", "Host without data for", seconds]];
    [of_guest_here(recorded("fleet_vanished")), of_guest_here("time() - 0 * \(recorded("fleet_vanished"))"
        + " - on (job, instance) group_left () ALERTS_FOR_STATE{alertname=\"GuestlistAgentGone\"}")]);

def of_move($expr): table_query("max by (uuid, domain, from, to) (\($expr))");
def fleet_moved: table(6; "Guests that moved within the last hour"; "They left one host, and are active on the other one.";
    {displayName: "Ago", desc: false}; ["uuid"];
    [["domain", "Guest", null], ["from", "From", null], ["to", "To", null], ["Value #A", "Ago", seconds],
        ["Value #B", "State now", coloured(state_words)]];
    [of_move("time() - (\(moved("min_over_time")))"),
        of_move("0 * (\(moved("last_over_time"))) + on (uuid) group_left () max by (uuid) ((guestlist:fleet_state != 6) < 11)")]);

def fleet_versions: table(6; "Versions in use"; "How many hosts have which version of the agent, libvirt and the hypervisor.";
    {displayName: "Component", desc: false}; [];
    [["component", "Component", null], ["version", "Version", null], ["Value #A", "Hosts", null], ["Value #B", "Share", {unit: "percentunit"}]];
    ("count by (component, version) (\(recorded("version")))"
        | [table_query(.), table_query("\(.) / on (component) group_left () count by (component) (\(recorded("version")))")]));

def fleet_trouble: table(8; "What should run and does not";
    "Guests that start at boot and are off, that crashed, or that an error paused: those that alert, or will in some minutes.";
    {displayName: "For", desc: true}; ["Value #C"];
    [host_column, guest_column, ["alertname", "Trouble", coloured(trouble_words)], ["Value #A", "State", coloured(state_words)],
        ["reason", "Reason", null], ["Value #B", "For", seconds]];
    [alert_state(trouble), alert_since(trouble), alert_reason(trouble)]);

def host_sum($name): table_query("sum by (job, instance) (\(recorded($name)))");
def fleet_hosts: table(7; "Hosts"; "How each host is doing. \"Start at boot, are off\" also counts guests that are left out of alerts.";
    {displayName: "Start at boot, are off", desc: true}; [];
    [host_column, ["Value #A", "Hypervisor", coloured(hypervisor_words)], ["Value #B", "Start at boot, are off", red_above_zero],
        ["Value #C", "Crashed", red_above_zero], ["Value #D", "Run", null], ["Value #E", "Guests", null],
        ["Value #F", "Run, do not start at boot", null], ["Value #G", "Age of the listing", {unit: "s", decimals: 1}]];
    [table_query(hypervisor("(job, instance)")), host_sum("domains_should_run:count"), host_sum("domains_crashed:count"),
        host_sum("domains_active:count"), host_sum("domains:count"), host_sum("domains_will_not_come_back:count"),
        table_query("max by (job, instance) (\(recorded("listing_age_seconds")))")]);

def fleet_history: [
    timeline(24; 5; "Hypervisors over time"; "When a host was without data, or its libvirt did not answer."; hypervisor_words; [];
        [range_query("{{instance}}"; hypervisor("(instance)"))]),
    graph(12; "Guests by state"; "How many guests are in each state."; "short"; stacked; (states | map(line("\(.[0])"; .[1]; .[2])));
        [range_query("{{state}}"; "count_values(\"state\", \(recorded("domain_state")))")]),
    graph(12; "Guests in trouble"; "How many start at boot and are off (crashed ones among them), crashed, or were paused by an error.";
        "short"; {}; [line("start at boot, are off"; "start at boot, are off"; red), line("crashed"; "crashed"; purple),
            line("paused by an error"; "paused by an error"; orange)];
        [range_query("start at boot, are off"; "sum(\(recorded("domains_should_run:count")))"),
            range_query("crashed"; "sum(\(recorded("domains_crashed:count")))"),
            range_query("paused by an error"; "count(\(recorded("domain_paused_by_error"))) or 0 * sum(\(recorded("domains:count")))")])];

def fleet_not_back: "GuestlistDomainWillNotComeBack"
    | table(6; "Run, but would not come back after a boot"; "Guests that run and do not start at boot. Look here before a planned boot.";
        {displayName: "Host", desc: false}; ["alertname"];
        [host_column, guest_column, ["Value #A", "State", coloured(state_words)], ["Value #B", "For", seconds]];
        [alert_state(.), alert_since(.)]);

def fleet: dashboard("guestlist-fleet"; "Guestlist: fleet"; "What should run and does not, on all hosts."; "now-6h";
    [variable("instance"; "Host"; "label_values(guestlist:agent_up, instance)") + all];
    fleet_numbers + fleet_questions + [fleet_several, fleet_trouble, fleet_vanished, fleet_hosts] + fleet_history
        + [fleet_not_back, fleet_moved, fleet_versions]);

# ---- One host ----------------------------------------------------------------------------------------

def host_numbers: [
    stat(4; "Hypervisor"; "Whether libvirt answers on this host."; {mappings: hypervisor_words}; hypervisor("(instance)")),
    stat_of_alert(4; "Should run and do not"; "Guests that start at boot but are off."; "GuestlistDomainShouldRun"),
    stat_of_alert(4; "Crashed or paused"; "Guests that crashed, or that an error paused.";
        "GuestlistDomain(Crashed|PausedByError)"),
    stat(4; "Would not come back"; "Guests that run and do not start at boot."; {};
        "sum(\(recorded("domains_will_not_come_back:count")))"),
    stat(4; "Guests"; "How many run, and how many there are."; {}; [
        now_query("run"; "sum(\(recorded("domains_active:count")))"), now_query("in all"; "sum(\(recorded("domains:count")))")];
        "value_and_name"),
    stat(4; "Age of the listing"; "How old the newest listing of guests is."; {unit: "s", decimals: 1,
        thresholds: thresholds([[null, green], [30, red]])}; "max(\(recorded("listing_age_seconds")))")];

def guest_row($name): table_query("max by (job, instance, domain) (\(recorded($name)))");
def host_guests: table(9; "Guests"; "All guests of this host."; {displayName: "Guest", desc: false};
    ["Value #H", "instance"];
    [["domain", "Guest", link_to("guestlist-guest"; "This guest";
            "var-instance=${instance:percentencode}&var-domain=${__data.fields.Guest:percentencode}")],
        ["Value #A", "State", coloured(state_words)], ["reason", "Reason", null],
        ["Value #B", "Starts at boot", coloured(yes_no)], ["Value #C", "Persistent", coloured(yes_no)], ["Value #D", "Up for", seconds],
        ["Value #E", "vCPUs", null], ["Value #F", "Processors busy", {decimals: 2}], ["Value #G", "Memory", {unit: "bytes"}]];
    [guest_row("domain_state"), guest_row("domain_starts_at_boot"), guest_row("domain_persistent"),
        guest_row("domain_uptime_seconds"), guest_row("domain_vcpus"), guest_row("domain_cpu:rate5m"),
        guest_row("domain_memory_bytes"), table_query("max by (job, instance, domain, reason) (\(recorded("domain_reason")))")]);

def host: dashboard("guestlist-host"; "Guestlist: one host"; "The guests of one host, and how its libvirt is doing."; "now-6h";
    [variable("instance"; "Host"; "label_values(guestlist:agent_up, instance)")];
    host_numbers + [
        timeline(24; 10; "States of the guests"; "Which guest was in which state, and when."; state_words; [];
            [range_query("{{domain}}"; "max by (domain) (\(recorded("domain_state")))")]),
        host_guests,
        timeline(24; 4; "Hypervisor over time"; "When libvirt did not answer, or the host was without data."; hypervisor_words; [];
            [range_query("hypervisor"; hypervisor("(instance)"))]),
        graph(12; "Processors that guests keep busy"; "Over five minutes each; 1 is one processor, always busy."; "short"; stacked; [];
            [range_query("{{domain}}"; "max by (domain) (\(recorded("domain_cpu:rate5m")))")]),
        graph(12; "Memory of the guests"; "What each guest has now."; "bytes"; stacked; [];
            [range_query("{{domain}}"; "max by (domain) (\(recorded("domain_memory_bytes")))")])]);

# ---- One guest ---------------------------------------------------------------------------------------

def of_guest($name): "guestlist:\($name){instance=~\"$instance\", domain=\"$domain\"}";
def guest_stat($title; $description; $defaults; $name): stat(4; $title; $description; $defaults; "max(\(of_guest($name)))");

def guest_numbers: [
    guest_stat("State"; "VM-MIB's word for its state."; {mappings: state_words}; "domain_state"),
    stat(4; "Reason"; "Why it is in this state, in libvirt's words."; {};
        [now_query("{{reason}}"; "max by (reason) (\(of_guest("domain_reason")))")]; "name"),
    guest_stat("Starts at boot"; "Whether it should run."; {mappings: yes_no}; "domain_starts_at_boot"),
    guest_stat("Persistent"; "Whether it is still defined when it stops."; {mappings: yes_no}; "domain_persistent"),
    guest_stat("Up for"; "Since it was started; 0 while it is off."; seconds; "domain_uptime_seconds"),
    stat(4; "vCPUs"; "How many it has, or had when it last ran."; {}; [range_query("vCPUs"; "max(\(of_guest("domain_vcpus")))")]; "value")];

def firing_or_pending: "ALERTS{alertstate=\"firing\", instance=~\"$instance\", domain=\"$domain\"} * 2"
    + " or ALERTS{alertstate=\"pending\", instance=~\"$instance\", domain=\"$domain\"}";

def guest: dashboard("guestlist-guest"; "Guestlist: one guest"; "One guest: its state over time, and why."; "now-6h";
    [variable("instance"; "Host"; "label_values(guestlist:domain_state, instance)"),
        variable("domain"; "Guest"; "label_values(guestlist:domain_state{instance=~\"$instance\"}, domain)")];
    guest_numbers + [
        timeline(24; 7; "State over time"; "The state of the guest, whether it should have run, and whether libvirt answered.";
            state_words; [override("starts at boot"; {mappings: yes_no}), override("hypervisor"; {mappings: hypervisor_words})];
            [range_query("state"; "max(\(of_guest("domain_state")))"),
                range_query("starts at boot"; "max(\(of_guest("domain_starts_at_boot")))"),
                range_query("hypervisor"; hypervisor("(instance)"))]),
        timeline(12; 8; "Reasons over time"; "Why it was in that state: a line for each of libvirt's reasons."; words([["1", "yes", blue]]); [];
            [range_query("{{reason}}"; "max by (reason) (\(of_guest("domain_reason")))")]),
        timeline(12; 8; "Alerts of this guest"; "Which alerts waited or fired."; alert_words; [];
            [range_query("{{alertname}}"; "max by (alertname) (\(firing_or_pending))")]),
        graph(12; "Processors"; "How many it keeps busy, over five minutes, and how many vCPUs it has."; "short"; {};
            [line("busy"; "busy"; blue), line("vCPUs"; "vCPUs"; grey)];
            [range_query("busy"; "max(\(of_guest("domain_cpu:rate5m")))"), range_query("vCPUs"; "max(\(of_guest("domain_vcpus")))")]),
        graph(12; "Memory"; "What it has now."; "bytes"; {}; [line("memory"; "memory"; blue)];
            [range_query("memory"; "max(\(of_guest("domain_memory_bytes")))")])]);

{"guestlist-fleet": fleet, "guestlist-host": (host | of_one_host), "guestlist-guest": (guest | of_one_host)}[$name]

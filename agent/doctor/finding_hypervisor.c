/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "agent/doctor/finding.h"
#include "lib/base/array.h"
#include "lib/model/filter.h"

enum { PATIENCE_MS = 5000, ELSEWHERE_PATIENCE_MS = 3000 };

/* How many connections the agent usually has: one lists, one reads statistics, two read XML. */
enum { CONNECTIONS = 4 };

/* Where domains of this host usually are. A connection to one of these starts no daemon for the user's session. */
static const char *const usual_places[] = { "qemu:///system", "lxc:///system", "xen:///system" };

/* Suggests other hypervisors that answer and have domains. */
static void finding_hypervisor_suggest(const struct finding_case *input, struct finding_result *result)
{
    bool has_line = *input->hypervisor->uri != '\0';

    for (size_t i = 0; i < ARRAY_COUNT(usual_places); i++) {
        struct probe probe;

        if (strcmp(usual_places[i], input->probe.uri) == 0 ||
            probe_run(usual_places[i], false, 0, ELSEWHERE_PATIENCE_MS, &probe) != PROBE_ANSWERS ||
            probe.domains == 0)
            continue;
        finding_add_remedy(result, "%s answers and has %d domain%s: %s \"hypervisor %s\" %s %s, or give -u %s",
                           usual_places[i], probe.domains, probe.domains == 1 ? "" : "s", has_line ? "put" : "add",
                           usual_places[i], has_line ? "in place of the line in" : "to", input->file,
                           usual_places[i]);
    }
}

static void finding_hypervisor_fails(const struct finding_case *input, struct finding_result *result)
{
    finding_put(result, FINDING_WRONG, "%s cannot be reached: %s", input->probe.uri, input->probe.why);
    if (*input->probe.advice) {
        finding_add_remedy(result, "%s", input->probe.advice);
        return;
    }
    finding_add_remedy(result,
                       "start libvirt, or fix the line \"hypervisor\" in %s; as %s, \"virsh -r -c URI list "
                       "--all\" must work",
                       input->file, input->user);
    finding_hypervisor_suggest(input, result);
}

static void finding_hypervisor_hangs(const struct finding_case *input, struct finding_result *result)
{
    finding_put(result, FINDING_WRONG, "%s does not answer within %d seconds", input->probe.uri,
                PATIENCE_MS / 1000);
    finding_add_remedy(
        result, "libvirt hangs, or all of its client connections are taken (max_clients in "
                "libvirtd.conf): raise it, or restart libvirt, such as with \"systemctl restart libvirtd\"");
    finding_hypervisor_suggest(input, result);
}

static void finding_hypervisor_empty(const struct finding_case *input, struct finding_result *result)
{
    finding_put(result, FINDING_WRONG, "%s answers, but has no domain", input->probe.uri);
    finding_hypervisor_suggest(input, result);
    if (!*result->remedy)
        finding_add_remedy(
            result, "%s sees no domain in another hypervisor of this host, either: define one, or give its URI",
            input->user);
}

void finding_hypervisor(struct finding_case *input, struct finding_result *result)
{
    input->outcome = probe_run(input->hypervisor->uri, false, input->settings->filter, PATIENCE_MS, &input->probe);
    if (input->outcome == PROBE_FAILS)
        finding_hypervisor_fails(input, result);
    else if (input->outcome == PROBE_HANGS)
        finding_hypervisor_hangs(input, result);
    else if (input->probe.domains == 0)
        finding_hypervisor_empty(input, result);
    else
        finding_put(result, FINDING_FINE, "%s answers %s and has %d domain%s", input->probe.uri, input->user,
                    input->probe.domains, input->probe.domains == 1 ? "" : "s");
}

void finding_filter(struct finding_case *input, struct finding_result *result)
{
    char words[FILTER_TEXT_MAX];

    filter_format(input->settings->filter, words, sizeof(words));
    if (!*words)
        finding_put(result, FINDING_FINE, "none: all domains are listed");
    else if (input->outcome != PROBE_ANSWERS)
        finding_put(result, FINDING_NOTE, "\"%s\": not checked, because libvirt does not answer", words);
    else if (input->probe.fitting > 0 || input->probe.domains == 0)
        finding_put(result, FINDING_FINE, "\"%s\" fits %d of %d domains", words, input->probe.fitting,
                    input->probe.domains);
    else {
        finding_put(result, FINDING_WRONG, "\"%s\" fits none of %d domains", words, input->probe.domains);
        finding_add_remedy(result,
                           "take words out of the line \"filter\" in %s, or of -F; without any, all are listed",
                           input->file);
    }
}

/* This is checked only if SET may start and stop domains. */
void finding_control(struct finding_case *input, struct finding_result *result)
{
    struct probe probe;
    enum probe_outcome outcome;

    if (!input->settings->answer.allow_control || input->outcome != PROBE_ANSWERS)
        return;
    outcome = probe_run(input->hypervisor->uri, true, 0, PATIENCE_MS, &probe);
    if (outcome == PROBE_ANSWERS) {
        finding_put(result, FINDING_FINE, "allowControl: %s may change domains of %s", input->user, probe.uri);
        return;
    }
    finding_put(result, FINDING_WRONG, "allowControl: %s may not change domains of %s: %s", input->user, probe.uri,
                outcome == PROBE_HANGS ? "no answer in time" : probe.why);
    if (*probe.advice)
        finding_add_remedy(result, "%s", probe.advice);
    finding_add_remedy(result,
                       "let %s manage libvirt (a polkit rule for org.libvirt.unix.manage), or set "
                       "\"allowControl no\" in %s",
                       input->user, input->file);
}

/* Rows need only one connection, but statistics and XML need more. */
void finding_connections(struct finding_case *input, struct finding_result *result)
{
    unsigned wanted = input->settings->answer.allow_control ? CONNECTIONS + 1 : CONNECTIONS;
    enum probe_outcome outcome;
    struct probe probe;

    if (input->outcome != PROBE_ANSWERS)
        return;
    outcome = probe_connections(input->hypervisor->uri, wanted, PATIENCE_MS, &probe);
    if (outcome == PROBE_ANSWERS) {
        finding_put(result, FINDING_FINE, "%s gives %u at once, for the listing, statistics and XML",
                    input->probe.uri, wanted);
        return;
    }
    finding_put(result, FINDING_WRONG, "%s gives only %u of %u at once: statistics and XML may be missing: %s",
                input->probe.uri, probe.opened, wanted, outcome == PROBE_HANGS ? "no answer in time" : probe.why);
    finding_add_remedy(result, "%s",
                       *probe.advice
                           ? probe.advice
                           : "raise max_clients and max_anonymous_clients in libvirtd.conf (of the modular "
                             "daemons in virtqemud.conf and the like), and restart libvirt");
}

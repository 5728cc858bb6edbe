#include "alignment/deployment/stop.hpp"

#include "base/duration.hpp"
#include "session/lifecycle.hpp"

#include <array>

namespace pulsegate {
namespace {

constexpr std::string_view yaml = "drain: { window: 60s }\n";
constexpr std::string_view unit_name = "pulsegate.service";
constexpr std::string_view manifest_name = "deployment.yaml";

#define PULSEGATE_UNIT(lines) "[Service]\nExecStart=/usr/bin/pulsegate run\n" lines
#define PULSEGATE_POD(lines)                                                                       \
    "kind: Pod\nmetadata: { name: pulsegate }\nspec:\n" lines                                      \
    "  containers:\n    - name: pulsegate\n      image: registry.example/pulsegate:0.1.0\n"
#define PULSEGATE_HOOK(what) "      lifecycle: { preStop: { " what " } }\n"

constexpr std::array rows{
    code_row{stop_code::unit_kill, "PG401", severity::warning,
             "systemd does not wait for the drain",
             "When `TimeoutStopSec=` (90 s unless set) is over, systemd kills the service, and\n"
             "every session that still lives is cut without a Close: all those clients come\n"
             "back at once. A gateway that systemd listens to (`Type=notify`) says how long it\n"
             "needs, and is waited for; any other needs a `TimeoutStopSec=` of at least\n"
             "`drain.window` and 5 s.",
             yaml, yaml, "systemd.service(5), TimeoutStopSec=; sd_notify(3), EXTEND_TIMEOUT_USEC",
             PULSEGATE_UNIT("Type=simple\nTimeoutStopSec=30\n"), PULSEGATE_UNIT("Type=notify\n"),
             unit_name},
    code_row{stop_code::unit_signal, "PG402", severity::warning, "stopped without a drain",
             "SIGTERM and SIGINT make the gateway drain; a second one, and every other signal\n"
             "that ends a process, ends it at once. systemd sends its own signal after the\n"
             "commands of `ExecStop=`, so one that sends a signal makes it two.",
             yaml, yaml, "systemd.kill(5), KillSignal=; systemd.service(5), ExecStop=",
             PULSEGATE_UNIT("Type=notify\nKillSignal=SIGQUIT\n"),
             PULSEGATE_UNIT("Type=notify\nKillSignal=SIGTERM\n"), unit_name},
    code_row{stop_code::unit_ignored, "PG403", severity::warning, "a line that systemd ignores",
             "systemd writes a warning to its journal and goes on without the line, so that\n"
             "the setting has its default.",
             yaml, yaml, "systemd.syntax(7), systemd.time(7)",
             PULSEGATE_UNIT("Type=notify\nTimeoutStopSec=90sek\n"),
             PULSEGATE_UNIT("Type=notify\nTimeoutStopSec=90s\n"), unit_name},
    code_row{stop_code::deployment_elsewhere, "PG404", severity::warning,
             "a file that does not run the gateway",
             "The unit has no `ExecStart=` that names pulsegate, or no container of the\n"
             "manifest has it in its image, its name or its command: it is the wrong file, or\n"
             "a drop-in without the unit that it belongs to. Nothing was checked.",
             yaml, yaml, "systemd.unit(5); kubernetes.io/docs/concepts/workloads/pods",
             "[Service]\nTimeoutStopSec=30\n", PULSEGATE_UNIT("Type=notify\n"), unit_name},
    code_row{stop_code::pod_kill, "PG405", severity::warning,
             "Kubernetes does not wait for the drain",
             "`terminationGracePeriodSeconds` (30 unless set) begins when the pod is to go.\n"
             "First `preStop` runs, then the gateway gets SIGTERM and drains. What lives when\n"
             "the time is over is killed: every session left is cut without a Close, and all\n"
             "those clients come back at once. It has to hold preStop, `drain.window` and 5 s.",
             yaml, yaml, "kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle",
             PULSEGATE_POD("  terminationGracePeriodSeconds: 30\n"),
             PULSEGATE_POD("  terminationGracePeriodSeconds: 75\n"), manifest_name},
    code_row{stop_code::pod_value, "PG406", severity::error, "a value that Kubernetes refuses",
             "`terminationGracePeriodSeconds` is a whole number of seconds. The API server\n"
             "answers anything else with an error.",
             yaml, yaml, "kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1",
             PULSEGATE_POD("  terminationGracePeriodSeconds: 75s\n"),
             PULSEGATE_POD("  terminationGracePeriodSeconds: 75\n"), manifest_name},
    code_row{stop_code::pre_stop_unknown, "PG407", severity::note, "a preStop of unknown length",
             "What `preStop` takes passes from `terminationGracePeriodSeconds` before the\n"
             "gateway is told to stop. A sleep is counted; what a request or another program\n"
             "takes is not known.",
             yaml, yaml, "kubernetes.io/docs/concepts/containers/container-lifecycle-hooks",
             PULSEGATE_POD("  terminationGracePeriodSeconds: 75\n")
                 PULSEGATE_HOOK("httpGet: { path: /leave, port: 8080 }"),
             PULSEGATE_POD("  terminationGracePeriodSeconds: 75\n")
                 PULSEGATE_HOOK("sleep: { seconds: 5 }"),
             manifest_name},
};

#undef PULSEGATE_HOOK
#undef PULSEGATE_POD
#undef PULSEGATE_UNIT

} // namespace

milliseconds longest_drain(const configuration& values) {
    return values.drain.window + lifecycle::longest_end;
}

void explain_drain(diagnostic& what, const load_result& loaded) {
    const std::string text = "a drain takes up to " + format_duration(longest_drain(loaded.values));
    const auto set = loaded.origins.find("drain.window");
    if (set != loaded.origins.end())
        what.others.push_back({set->second.value, text + ": this, and 5s for the last goodbyes"});
    else
        what.primary.text += "; " + text + " by default";
}

std::span<const code_row> stop_codes() {
    return rows;
}

const code_row& row_of(stop_code id) {
    return row_in(rows, id);
}

} // namespace pulsegate

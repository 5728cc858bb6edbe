// PG404 to PG407: a Kubernetes manifest whose pods are killed before they have drained.
#include "alignment/deployment/manifest_pods.hpp"
#include "alignment/deployment/stop.hpp"
#include "alignment/deployment/wording.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"

#include <charconv>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds default_grace = 30s; // of terminationGracePeriodSeconds

/// Nothing for what the API server refuses: it takes whole numbers alone, and no text in quotes.
std::optional<milliseconds> seconds_of(const yaml_value& value) {
    const std::string& text = value.text;
    std::int32_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    const bool is_number = error == std::errc{} && end == text.data() + text.size() && count >= 0;
    if (value.kind != yaml_value::kinds::scalar || !is_number || value.where.text() != text)
        return std::nullopt;
    return std::chrono::seconds(count);
}

std::string grace_text(milliseconds least) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(round_up(least));
    return "`terminationGracePeriodSeconds: " + std::to_string(seconds.count()) + '`';
}

void check_pre_stop(const gateway_pod& pod, std::vector<diagnostic>& out) {
    if (pod.is_pre_stop_known)
        return;
    out.push_back(
        {stop_code::pre_stop_unknown,
         "how long `preStop` takes cannot be told",
         {pod.pre_stop->where, "counted as nothing; it passes before the gateway is told"},
         {},
         "use `sleep: { seconds: 5 }`, or add its time to "
         "`terminationGracePeriodSeconds` yourself"});
}

void check_grace(const load_result& loaded, const gateway_pod& pod, milliseconds grace,
                 std::vector<diagnostic>& out) {
    const milliseconds need = pod.pre_stop_time + longest_drain(loaded.values);
    if (grace >= need)
        return;
    const std::string kills =
        "kills the pod " + format_duration(grace) + " after it is told to stop";
    diagnostic what{stop_code::pod_kill,
                    "Kubernetes kills the gateway before it has drained",
                    {pod.grace != nullptr ? pod.grace->where : pod.containers,
                     pod.grace != nullptr ? kills
                                          : "the pod has no `terminationGracePeriodSeconds`: by "
                                            "default Kubernetes " +
                                                kills},
                    {},
                    pod.grace != nullptr ? "set " + grace_text(need) + " here"
                                         : "add " + grace_text(need) + " beside `containers`"};
    if (pod.pre_stop_time.count() > 0)
        what.others.push_back({pod.pre_stop->where, "takes " + format_duration(pod.pre_stop_time) +
                                                        " of that before the gateway is told"});
    explain_drain(what, loaded);
    out.push_back(std::move(what));
}

void check_pod(const load_result& loaded, const gateway_pod& pod, stop_findings& out) {
    const auto grace = pod.grace != nullptr && pod.grace->kind != yaml_value::kinds::null
                           ? seconds_of(*pod.grace)
                           : default_grace;
    check_pre_stop(pod, out.diagnostics);
    if (!grace) {
        out.diagnostics.push_back(
            {stop_code::pod_value,
             "Kubernetes refuses this value of `terminationGracePeriodSeconds`",
             {pod.grace->where, "must be a whole number, without a unit and without quotes"},
             {},
             "write " + grace_text(pod.pre_stop_time + longest_drain(loaded.values))});
        return;
    }
    check_grace(loaded, pod, *grace, out.diagnostics);
    out.plans.push_back({pod.name, *grace, pod.pre_stop_time, false});
}

/// Templates are no YAML until they are filled in.
void explain_templates(const source& file, std::vector<diagnostic>& problems) {
    if (problems.empty() || file->text().find("{{") == std::string::npos)
        return;
    problems.front().help =
        "this is a template of Helm; check what it becomes: `helm template . | pulsegate check "
        "--kubernetes -`";
}

diagnostic elsewhere(const source& file) {
    return {stop_code::deployment_elsewhere,
            "no pod of this file runs the gateway",
            {{file, 0, file->line_of(0).text.size()},
             "no container here has pulsegate in its image, name or command"},
            {},
            "name the file with the gateway's Deployment, or call its container `pulsegate`"};
}

} // namespace

stop_findings check_manifest(const load_result& loaded, const source& file) {
    stop_findings out;
    const std::vector<yaml_document> documents = parse_yaml_stream(file, out.diagnostics);
    explain_templates(file, out.diagnostics);
    if (!out.diagnostics.empty())
        return out;
    const std::vector<gateway_pod> pods = find_gateway_pods(documents);
    for (const gateway_pod& each : pods)
        check_pod(loaded, each, out);
    if (pods.empty())
        out.diagnostics.push_back(elsewhere(file));
    sort_and_unique(out.diagnostics);
    return out;
}

} // namespace pulsegate

// PG404 to PG407: a Kubernetes manifest whose pods are killed before they have drained.
#include "alignment/deployment/stop.hpp"
#include "alignment/rules/wording.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"
#include "base/time.hpp"
#include "config/yaml.hpp"

#include <boost/regex.hpp>

#include <charconv>
#include <optional>
#include <string>
#include <vector>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;
using kinds = yaml_value::kinds;

/// A pod that runs the gateway, with what decides about its end.
struct gateway_pod {
    std::string name;                  // `Deployment/pulsegate`
    span containers;                   // the key `containers` of its spec
    const yaml_value* grace = nullptr; // of terminationGracePeriodSeconds; null: not set
    const yaml_value* pre_stop = nullptr;
    milliseconds pre_stop_time{0};
    bool is_pre_stop_known = true; // false: runs something whose time nobody can tell
};

/// Bytes of a command that are looked at: what a pattern costs grows with them.
constexpr std::size_t longest_command = 1'024;

const yaml_entry* entry_of(const yaml_value* map, std::string_view key) {
    if (map == nullptr || map->kind != kinds::map)
        return nullptr;
    for (const yaml_entry& each : map->entries)
        if (each.key->text == key)
            return &each;
    return nullptr;
}

/// The value below several keys; null if one of them is missing.
const yaml_value* at(const yaml_value* map, std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        const yaml_entry* const found = entry_of(map, key);
        map = found != nullptr ? found->value : nullptr;
    }
    return map;
}

std::string text_at(const yaml_value* map, std::initializer_list<std::string_view> keys) {
    const yaml_value* const found = at(map, keys);
    return found != nullptr ? found->text : "";
}

/// The words of a command with spaces between them.
std::string joined(const yaml_value* list) {
    std::string out;
    if (list != nullptr)
        for (const yaml_value* const each : list->items)
            out += (out.empty() ? "" : " ") + each->text;
    return out;
}

/// Its image's name, without registry and tag, its own name or its command says so.
bool runs_gateway(const yaml_value* container) {
    const std::string image = text_at(container, {"image"});
    const std::string named =
        image.substr(image.rfind('/') + 1) + ' ' + text_at(container, {"name"}) + ' ' +
        joined(at(container, {"command"})) + ' ' + joined(at(container, {"args"}));
    return named.find("pulsegate") != std::string::npos;
}

milliseconds milliseconds_of(const std::string& number, const std::string& unit) {
    double count = 0;
    std::from_chars(number.data(), number.data() + number.size(), count);
    const double seconds = unit == "m" ? 60 : unit == "h" ? 3'600 : unit == "d" ? 86'400 : 1;
    constexpr double longest = 1e9; // seconds; the sum of many still fits
    return std::chrono::ceil<milliseconds>(
        std::chrono::duration<double>(std::min(count * seconds, longest)));
}

/// Adds up every `sleep 5` of a command; false if there is none.
bool add_sleeps(const std::string& command, milliseconds& total) {
    static const boost::regex sleep(R"(\bsleep\s+(\d{1,9}(?:\.\d{1,3})?)([smhd]?)\b)");
    bool has_any = false;
    const std::string head = command.substr(0, longest_command);
    for (boost::sregex_iterator i(head.begin(), head.end(), sleep), end; i != end; ++i) {
        total += milliseconds_of((*i)[1], (*i)[2]);
        has_any = true;
    }
    return has_any;
}

void read_pre_stop(const yaml_value* container, gateway_pod& pod) {
    const yaml_value* const pre_stop = at(container, {"lifecycle", "preStop"});
    if (pre_stop == nullptr || pre_stop->kind != kinds::map)
        return;
    pod.pre_stop = pre_stop;
    if (const yaml_value* const seconds = at(pre_stop, {"sleep", "seconds"})) {
        pod.pre_stop_time = milliseconds_of(seconds->text, "");
        return;
    }
    pod.is_pre_stop_known =
        add_sleeps(joined(at(pre_stop, {"exec", "command"})), pod.pre_stop_time);
}

void add_pod(const yaml_value* object, const yaml_value* spec, std::vector<gateway_pod>& out) {
    const yaml_entry* const containers = entry_of(spec, "containers");
    if (containers == nullptr || containers->value->kind != kinds::list)
        return;
    for (const yaml_value* const each : containers->value->items) {
        if (!runs_gateway(each))
            continue;
        gateway_pod pod;
        pod.name = text_at(object, {"kind"}) + '/' + text_at(object, {"metadata", "name"});
        pod.containers = containers->key->where;
        pod.grace = at(spec, {"terminationGracePeriodSeconds"});
        read_pre_stop(each, pod);
        out.push_back(std::move(pod));
        return;
    }
}

/// Where kinds of objects have the spec of their pods; those of extensions follow them.
void add_pods_of(const yaml_value* object, std::vector<gateway_pod>& out) {
    add_pod(object, at(object, {"spec"}), out);
    add_pod(object, at(object, {"spec", "template", "spec"}), out);
    add_pod(object, at(object, {"spec", "jobTemplate", "spec", "template", "spec"}), out);
}

/// \param documents  outlive the result.
std::vector<gateway_pod> find_gateway_pods(const std::vector<yaml_document>& documents) {
    std::vector<gateway_pod> out;
    for (const yaml_document& each : documents) {
        add_pods_of(each.root, out);
        const yaml_value* const list = at(each.root, {"items"}); // `kubectl get -o yaml` of several
        if (list != nullptr && list->kind == kinds::list)
            for (const yaml_value* const item : list->items)
                add_pods_of(item, out);
    }
    return out;
}

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

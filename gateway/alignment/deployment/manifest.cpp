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
    bool is_pre_stop_known = true;   // false: runs something whose time nobody can tell
    std::vector<std::string> mounts; // paths of its volumes
};

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

std::vector<std::string> mounts_of(const yaml_value* container) {
    std::vector<std::string> paths;
    if (const yaml_value* const mounts = at(container, {"volumeMounts"}))
        for (const yaml_value* const each : mounts->items)
            paths.push_back(text_at(each, {"mountPath"}));
    return paths;
}

/// \param key  `containers`, or `initContainers`, of which only those that run on count: sidecars.
/// \return whether one of them runs the gateway.
bool add_pod(const yaml_value* object, const yaml_value* spec, std::string_view key,
             std::vector<gateway_pod>& out) {
    const yaml_entry* const containers = entry_of(spec, key);
    if (containers == nullptr || containers->value->kind != kinds::list)
        return false;
    for (const yaml_value* const each : containers->value->items) {
        const bool runs_on = key == "containers" || text_at(each, {"restartPolicy"}) == "Always";
        if (!runs_on || !runs_gateway(each))
            continue;
        gateway_pod pod;
        pod.name = text_at(object, {"kind"}) + '/' + text_at(object, {"metadata", "name"});
        pod.containers = containers->key->where;
        pod.grace = at(spec, {"terminationGracePeriodSeconds"});
        pod.mounts = mounts_of(each);
        read_pre_stop(each, pod);
        out.push_back(std::move(pod));
        return true;
    }
    return false;
}

void add_pod(const yaml_value* object, const yaml_value* spec, std::vector<gateway_pod>& out) {
    if (!add_pod(object, spec, "containers", out))
        (void)add_pod(object, spec, "initContainers", out);
}

/// Where kinds of objects have the spec of their pods; those of extensions follow them.
void add_pods_of(const yaml_value* object, std::vector<gateway_pod>& out) {
    add_pod(object, at(object, {"spec"}), out);
    add_pod(object, at(object, {"spec", "template", "spec"}), out);
    add_pod(object, at(object, {"spec", "jobTemplate", "spec", "template", "spec"}), out);
}

/// Calls `what` with each object of the documents, those of lists too.
template <class Function>
void each_object(const std::vector<yaml_document>& documents, Function what) {
    for (const yaml_document& each : documents) {
        what(each.root);
        const yaml_value* const list = at(each.root, {"items"});
        if (list != nullptr && list->kind == kinds::list)
            for (const yaml_value* const item : list->items)
                what(item);
    }
}

/// \param documents  outlive the result.
std::vector<gateway_pod> find_gateway_pods(const std::vector<yaml_document>& documents) {
    std::vector<gateway_pod> out;
    each_object(documents, [&](const yaml_value* object) { add_pods_of(object, out); });
    return out;
}

/// The key and the value of `gateway.yaml` in a ConfigMap; null if it is none, or has none.
const yaml_entry* configuration_entry(const yaml_value* object) {
    return text_at(object, {"kind"}) == "ConfigMap" ? entry_of(at(object, {"data"}), "gateway.yaml")
                                                    : nullptr;
}

/// The text of a block below `gateway.yaml: |` with empty lines before it, and with its
/// indentation, so that its places are those of the manifest.
source configuration_of(const source& file, const yaml_entry& entry) {
    const std::string& text = file->text();
    const auto head = file->line_of(entry.key->where.offset);
    const std::size_t indentation = entry.key->where.offset - head.offset;
    const bool is_block = head.text.find('|', indentation) != std::string_view::npos;
    if (!is_block)
        return make_source(file->name(), entry.value->text);
    std::string out(entry.key->where.start().line, '\n');
    for (std::size_t at = head.offset + head.text.size() + 1; at < text.size();) {
        const std::string_view line = file->line_of(at).text;
        const std::size_t first = line.find_first_not_of(' ');
        if (first != std::string_view::npos && first <= indentation)
            break;
        out += std::string(line) + '\n';
        at = text.find('\n', at);
        at = at == std::string::npos ? text.size() : at + 1;
    }
    return make_source(file->name(), std::move(out));
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
    bool has_configuration = false;
    each_object(documents, [&](const yaml_value* object) {
        has_configuration = has_configuration || configuration_entry(object) != nullptr;
    });
    if (pods.empty() && !has_configuration)
        out.diagnostics.push_back(elsewhere(file));
    sort_and_unique(out.diagnostics);
    return out;
}

source configuration_in(const std::vector<source>& manifests) {
    source found;
    for (const source& file : manifests) {
        std::vector<diagnostic> problems; // check_manifest() tells them
        const std::vector<yaml_document> documents = parse_yaml_stream(file, problems);
        if (problems.empty())
            each_object(documents, [&](const yaml_value* object) {
                const yaml_entry* const entry = configuration_entry(object);
                if (entry != nullptr && found == nullptr)
                    found = configuration_of(file, *entry);
            });
    }
    return found;
}

std::vector<std::string> mounted_paths(const std::vector<source>& manifests) {
    std::vector<std::string> paths;
    for (const source& file : manifests) {
        std::vector<diagnostic> problems;
        const std::vector<yaml_document> documents = parse_yaml_stream(file, problems);
        if (problems.empty())
            for (const gateway_pod& each : find_gateway_pods(documents))
                paths.insert(paths.end(), each.mounts.begin(), each.mounts.end());
    }
    return paths;
}

} // namespace pulsegate

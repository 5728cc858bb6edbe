#include "alignment/deployment/manifest_pods.hpp"

#include <boost/regex.hpp>

#include <charconv>

namespace pulsegate {
namespace {

using kinds = yaml_value::kinds;

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

} // namespace

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

} // namespace pulsegate

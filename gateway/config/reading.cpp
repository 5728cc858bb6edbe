#include "config/reading.hpp"

#include "base/quoted.hpp"

namespace pulsegate {
namespace {

/// Of a list where one value is meant: the value to write.
std::string one_of(const given& at) {
    const auto& items = at.value.items;
    if (items.empty() || items.front()->kind != yaml_value::kinds::scalar)
        return {};
    const std::string key = at.path.substr(at.path.rfind('.') + 1);
    const std::string list = at.path.substr(0, at.path.find('['));
    const bool has_place = items.size() > 1 && list.size() < at.path.size();
    return "write `" + key + ": " + items.front()->text + '`' +
           (has_place ? ", and another entry of `" + list + "` for each of the others" : "");
}

} // namespace

void reading::report(code id, label where, std::string message, std::string help) {
    report({id, std::move(message), std::move(where), {}, std::move(help)});
}

std::optional<std::string_view> reading::text_of(const given& at, std::string_view expected) {
    using kinds = yaml_value::kinds;
    if (at.value.kind == kinds::scalar)
        return at.value.text;
    const std::string must_be = "must be " + std::string(expected);
    if (at.value.kind == kinds::null) {
        const std::string help =
            at.fallback.empty() ? "" : "remove the line to use the default, `" + at.fallback + '`';
        report(code::wrong_kind, {at.key, must_be}, quoted(at.path) + " has no value", help);
    } else {
        report(code::wrong_kind, {at.value.where, must_be},
               quoted(at.path) + " is " + std::string(to_string(at.value.kind)), one_of(at));
    }
    return std::nullopt;
}

const origin* reading::find(std::string_view path) const {
    const auto found = origins.find(path);
    return found == origins.end() ? nullptr : &found->second;
}

const origin* reading::find_good(std::string_view path) const {
    const origin* const found = find(path);
    return found != nullptr && found->is_good ? found : nullptr;
}

} // namespace pulsegate

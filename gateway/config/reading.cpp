#include "config/reading.hpp"

#include "base/quoted.hpp"

namespace pulsegate {

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
               quoted(at.path) + " is " + std::string(to_string(at.value.kind)));
    }
    return std::nullopt;
}

const origin* reading::find(std::string_view path) const {
    const auto found = origins.find(path);
    return found == origins.end() ? nullptr : &found->second;
}

} // namespace pulsegate

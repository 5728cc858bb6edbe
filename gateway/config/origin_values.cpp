// The pages that may connect: `routes[].origins`.
#include "base/quoted.hpp"
#include "config/configuration.hpp"
#include "config/value_format.hpp"

namespace pulsegate {
namespace {

bool read_origin(reading& in, const given& item, std::vector<origin_rule>& out) {
    const auto text = in.text_of(item, "an origin, such as `https://app.example.com`");
    if (!text)
        return false;
    const auto rule = origin_rule::parse(*text);
    if (!rule.has_value()) {
        in.report(code::bad_origin, {item.value.where, ""}, rule.error().message,
                  rule.error().help);
        return false;
    }
    out.push_back(*rule);
    return true;
}

bool read_origins(reading& in, const given& what, const target& to) {
    using kinds = yaml_value::kinds;
    if (what.value.kind != kinds::list) {
        const bool is_null = what.value.kind == kinds::null;
        in.report(code::wrong_kind,
                  {is_null ? what.key : what.value.where, "must be a list of origins"},
                  quoted(what.path) + (is_null ? " has no value"
                                               : " is " + std::string(to_string(what.value.kind))),
                  is_null ? "write `[]` to let pages of any origin connect"
                          : "write a list, such as `[\"https://app.example.com\"]`");
        return false;
    }
    std::vector<origin_rule> rules;
    bool is_good = true;
    for (const yaml_value* item : what.value.items) {
        if (item->kind == kinds::null) { // an unquoted `null` is none of YAML's texts
            in.report(code::bad_origin, {what.key, ""}, "an origin has no value",
                      "write `\"null\"` with quotes for pages without an origin of their own");
            is_good = false;
            continue;
        }
        is_good = read_origin(in, {what.path, item->where, *item, ""}, rules) && is_good;
    }
    if (is_good)
        to.route.origins = std::move(rules);
    return is_good;
}

std::string show_origins(const target& from) {
    std::string out;
    for (const origin_rule& each : from.route.origins)
        out += (out.empty() ? "\"" : ", \"") + each.text() + '"';
    return '[' + out + ']';
}

} // namespace

value_format page_origins() {
    return {read_origins, show_origins};
}

} // namespace pulsegate

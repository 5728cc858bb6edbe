// How the proxies in front are described.
#include "base/duration.hpp"
#include "base/quoted.hpp"
#include "config/configuration.hpp"
#include "config/value_format.hpp"

#include <boost/json/string.hpp>

#include <algorithm>
#include <array>
#include <cctype>

namespace pulsegate {
namespace {

using namespace std::chrono_literals;

constexpr milliseconds longest_limit = 10'000h;
constexpr std::array<std::string_view, 3> directions{"any", "to_client", "to_gateway"};

/// Two or three numbers with dots between them.
bool is_version(std::string_view text) {
    const auto is_part = [](std::string_view part) {
        return !part.empty() && part.size() <= 5 &&
               std::all_of(part.begin(), part.end(),
                           [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    std::size_t parts = 1;
    for (std::size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
        if (!is_part(text.substr(0, dot)))
            return false;
        text.remove_prefix(dot + 1);
        ++parts;
    }
    return is_part(text) && (parts == 2 || parts == 3);
}

bool read_limit(reading& in, const given& what, limit_setting& out) {
    constexpr std::string_view expected = "a duration, such as `60s`, or `none`";
    const auto text = in.text_of(what, expected);
    if (!text)
        return false;
    if (*text == "none") {
        out = {true, std::nullopt};
        return true;
    }
    const parsed<milliseconds> value = parse_duration(*text);
    if (!value.has_value()) {
        in.report(code::bad_duration, {what.value.where, "must be " + std::string(expected)},
                  value.error().message, value.error().help);
        return false;
    }
    if (*value <= 0ms || *value > longest_limit) {
        in.report(code::out_of_range,
                  {what.value.where, "must be above zero, to " + format_duration(longest_limit)},
                  quoted(what.path) + " is " + quoted(*text),
                  "write `none` if this proxy has no such limit");
        return false;
    }
    out = {true, *value};
    return true;
}

} // namespace

value_format duration_or_none(field<limit_setting> at) {
    return {[at](reading& in, const given& what, const target& to) {
                return read_limit(in, what, at(to));
            },
            [at](const target& from) {
                const limit_setting& stored = at(from);
                return stored.value ? format_duration(*stored.value) : std::string("none");
            },
            [at](const target& from) -> boost::json::value {
                const limit_setting& stored = at(from);
                if (!stored.is_set)
                    return nullptr;
                return boost::json::string(stored.value ? format_duration(*stored.value) : "none");
            }};
}

value_format version_number(field<std::string> at) {
    return {[at](reading& in, const given& what, const target& to) {
                const auto text = in.text_of(what, "a version, such as `1.22.1`");
                if (!text)
                    return false;
                if (!is_version(*text)) {
                    in.report(code::bad_number,
                              {what.value.where, "must be two or three numbers with dots"},
                              quoted(*text) + " is not a version",
                              "write it as `nginx -v` does, such as `1.22.1`");
                    return false;
                }
                at(to) = *text;
                return true;
            },
            at, [at](const target& from) { return text_or_null(at(from)); }};
}

value_format reset_direction() {
    return {[](reading& in, const given& what, const target& to) {
                std::size_t index = 0;
                if (!read_choice(in, what, directions, index))
                    return false;
                to.proxy.resets = static_cast<idle_reset>(index);
                return true;
            },
            [](const target& from) {
                const auto index =
                    static_cast<std::size_t>(from.proxy.resets.value_or(idle_reset::any));
                return std::string(directions.at(index));
            },
            [](const target& from) -> boost::json::value {
                if (!from.proxy.resets)
                    return nullptr;
                return boost::json::string(
                    directions.at(static_cast<std::size_t>(*from.proxy.resets)));
            }};
}

} // namespace pulsegate

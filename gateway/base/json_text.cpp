#include "base/json_text.hpp"

#include "base/assert.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace pulsegate {
namespace {

namespace json = boost::json;

void append(std::string& text, double number) {
    if (!std::isfinite(number)) {
        text += "null";
        return;
    }
    std::array<char, 400> digits; // the largest double has 309, the smallest 343
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                            std::chars_format::fixed);
    PULSEGATE_ASSERT(error == std::errc{});
    text.append(digits.data(), end);
}

void append(std::string& text, const json::value& from) {
    if (const auto* const object = from.if_object()) {
        text += '{';
        bool is_first = true;
        for (const auto& [key, value] : *object) {
            text += std::exchange(is_first, false) ? "" : ",";
            text += json::serialize(json::string_view(key)) + ':';
            append(text, value);
        }
        text += '}';
    } else if (const auto* const array = from.if_array()) {
        text += '[';
        bool is_first = true;
        for (const json::value& each : *array) {
            text += std::exchange(is_first, false) ? "" : ",";
            append(text, each);
        }
        text += ']';
    } else if (const auto* const number = from.if_double()) {
        append(text, *number);
    } else {
        text += json::serialize(from);
    }
}

} // namespace

std::string to_json_text(const json::value& from) {
    std::string text;
    append(text, from);
    return text;
}

} // namespace pulsegate

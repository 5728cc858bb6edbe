// Durations, sizes, counts, texts and choices.
#include "base/ascii_case.hpp"
#include "base/duration.hpp"
#include "base/quoted.hpp"
#include "base/size.hpp"
#include "config/nearest.hpp"
#include "config/value_format.hpp"

#include <boost/json/string.hpp>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <optional>

namespace pulsegate {
namespace {

/// What tells the kinds of numbers apart.
template <class T>
struct number_kind {
    code malformed;
    std::string_view expected;
    parsed<T> (*parse)(std::string_view);
    std::string (*format)(T);
};

/// What `100k`, `100_000` or `100,000` was meant for; nothing if that is not plain.
std::optional<std::uint64_t> guess_count(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c != '_' && c != ',' && c != '\'' && c != ' ')
            digits += c;
    std::uint64_t factor = 1;
    if (digits.ends_with('k') || digits.ends_with('K'))
        factor = 1'000;
    else if (digits.ends_with('m') || digits.ends_with('M'))
        factor = 1'000'000;
    if (factor > 1)
        digits.pop_back();
    std::uint64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || stop != end || value > UINT64_MAX / factor)
        return std::nullopt;
    return value * factor;
}

parsed<std::uint64_t> parse_count(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc::result_out_of_range && stop == end)
        return parse_error{quoted(text) + " is larger than any number here", ""};
    if (error != std::errc{} || stop != end) {
        const auto meant = guess_count(text);
        return parse_error{quoted(text) + " is not a whole number",
                           meant ? "write `" + std::to_string(*meant) + '`'
                                 : "write it with digits only"};
    }
    return value;
}

std::string format_count(std::uint64_t value) {
    return std::to_string(value);
}

constexpr number_kind<milliseconds> durations{code::bad_duration, "a duration, such as `25s`",
                                              parse_duration, format_duration};
constexpr number_kind<std::uint64_t> sizes{code::bad_size, "a size, such as `16MiB`", parse_size,
                                           format_size};
constexpr number_kind<std::uint64_t> counts{code::bad_number, "a whole number", parse_count,
                                            format_count};

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view each) { return equals_ignoring_case(each, text); });
}

template <class T>
value_format number_between(const number_kind<T>& kind, T least, T most, field<T> at) {
    const auto read = [&kind, least, most, at](reading& in, const given& what, const target& to) {
        const auto text = in.text_of(what, kind.expected);
        if (!text)
            return false;
        const parsed<T> value = kind.parse(*text);
        if (!value.has_value()) {
            in.report(kind.malformed, {what.value.where, "must be " + std::string(kind.expected)},
                      value.error().message, value.error().help);
            return false;
        }
        if (*value < least || *value > most) {
            const std::string range =
                "must be from " + kind.format(least) + " to " + kind.format(most);
            in.report(code::out_of_range, {what.value.where, range},
                      quoted(what.path) + (*value < least ? " is too small" : " is too large"),
                      "the nearest allowed value is `" +
                          kind.format(std::clamp(*value, least, most)) + '`');
            return false;
        }
        at(to) = *value;
        return true;
    };
    return {read, [&kind, at](const target& from) { return kind.format(at(from)); }};
}

} // namespace

value_format duration_between(milliseconds least, milliseconds most, field<milliseconds> at) {
    return number_between(durations, least, most, std::move(at));
}

value_format size_between(std::uint64_t least, std::uint64_t most, field<std::uint64_t> at) {
    return number_between(sizes, least, most, std::move(at));
}

value_format count_between(std::uint64_t least, std::uint64_t most, field<std::uint64_t> at) {
    value_format made = number_between(counts, least, most, at);
    made.to_json = [at](const target& from) -> boost::json::value { return at(from); };
    return made;
}

bool check_length(reading& in, const span& where, std::string_view path, std::string_view text,
                  std::size_t least, std::size_t most) {
    if (text.size() >= least && text.size() <= most)
        return true;
    const std::string range = std::to_string(least) + " to " + std::to_string(most) + " bytes";
    in.report(code::text_length,
              {where, "has " + std::to_string(text.size()) + " bytes; must have " + range},
              quoted(path) + (text.size() < least ? " is empty" : " is too long"));
    return false;
}

value_format text_between(std::size_t least, std::size_t most, field<std::string> at) {
    const auto read = [=](reading& in, const given& what, const target& to) {
        const auto text = in.text_of(what, "text");
        if (!text || !check_length(in, what.value.where, what.path, *text, least, most))
            return false;
        at(to) = *text;
        return true;
    };
    return {read, at, [at](const target& from) { return text_or_null(at(from)); }};
}

boost::json::value text_or_null(const std::string& text) {
    if (text.empty())
        return nullptr;
    return boost::json::string(to_valid_utf8(text));
}

bool read_choice(reading& in, const given& at, std::span<const std::string_view> words,
                 std::size_t& index) {
    std::string list;
    for (const std::string_view word : words)
        list += (list.empty() ? "" : word == words.back() ? " or " : ", ") + quoted(word);
    const auto text = in.text_of(at, list);
    if (!text)
        return false;
    const auto found = std::find(words.begin(), words.end(), *text);
    if (found == words.end()) {
        auto meant = nearest(*text, words);
        if (!meant && words.front() == "off" && is_one_of(*text, {"false", "no", "none"}))
            meant = words.front();
        if (!meant && words.front() == "off" && is_one_of(*text, {"on", "true", "yes"}))
            meant = words[1];
        in.report(code::unknown_choice, {at.value.where, "must be " + list},
                  quoted(at.path) + " cannot be " + quoted(*text),
                  meant ? "did you mean " + quoted(*meant) + '?' : "");
        return false;
    }
    index = static_cast<std::size_t>(found - words.begin());
    return true;
}

} // namespace pulsegate

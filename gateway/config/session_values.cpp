// What a session's heartbeats, closes and routes are made of.
#include "base/quoted.hpp"
#include "base/uri_path.hpp"
#include "config/address.hpp"
#include "config/configuration.hpp"
#include "config/value_format.hpp"

#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::size_t longest_control_payload = 125; // RFC 6455 §5.5; kept for text heartbeats too
constexpr std::size_t longest_reason = 123;          // the same less the code

bool read_answer(reading& in, const given& what, const yaml_entry& entry,
                 std::map<std::string, std::string>& out) {
    const given question{what.path, what.key, *entry.key, ""};
    const given reply{what.path, entry.key->where, *entry.value, ""};
    const auto from = in.text_of(question, "a map of text to text");
    const auto to = in.text_of(reply, "text");
    if (!from || !to)
        return false;
    const auto check = [&](const yaml_value& value) {
        return check_length(in, value.where, what.path, value.text, 1, longest_control_payload);
    };
    const bool is_question_good = check(*entry.key);
    if (!check(*entry.value) || !is_question_good)
        return false;
    if (!out.emplace(*from, *to).second) {
        in.report(code::duplicate_key, {entry.key->where, "this is never sent"},
                  quoted(*from) + " has two answers", "remove one of them");
        return false;
    }
    return true;
}

bool read_answers(reading& in, const given& what, const target& to) {
    using kinds = yaml_value::kinds;
    if (what.value.kind != kinds::map && what.value.kind != kinds::null) {
        in.report(code::wrong_kind, {what.value.where, "must be a map of text to text"},
                  quoted(what.path) + " is " + std::string(to_string(what.value.kind)),
                  "write it like `{ ping: pong }`");
        return false;
    }
    std::map<std::string, std::string> answers;
    bool is_good = true;
    for (const yaml_entry& entry : what.value.entries)
        is_good = read_answer(in, what, entry, answers) && is_good;
    if (is_good)
        to.heartbeat.answer = std::move(answers);
    return is_good;
}

std::string show_answers(const target& from) {
    std::string out;
    for (const auto& [question, reply] : from.heartbeat.answer)
        out += (out.empty() ? " " : ", ") + question + ": " + reply;
    return '{' + out + " }";
}

boost::json::value answers_to_json(const target& from) {
    boost::json::object out;
    for (const auto& [question, reply] : from.heartbeat.answer)
        out[to_valid_utf8(question)] = boost::json::string(to_valid_utf8(reply));
    return out;
}

/// The whole segments of a path before the first that is a pattern of another program: `/ws` of
/// `/ws/*`, `/ws/{room}`, `/ws/:room`.
std::string before_pattern(std::string_view path) {
    std::size_t end = 0;
    while (end < path.size()) {
        const std::size_t next = std::min(path.find('/', end + 1), path.size());
        const std::string_view segment = path.substr(end + 1, next - end - 1);
        if (segment.starts_with(':') || segment.find_first_of("{}<>\\^*$()[]|") != segment.npos)
            break;
        end = next;
    }
    return end == 0 ? "/" : std::string(path.substr(0, end));
}

/// True if it is a path that clients may ask for, but looks like a pattern.
bool looks_like_pattern(std::string_view path) {
    return path.find('*') != path.npos || path.find("/:") != path.npos ||
           path.find("(?") != path.npos || path.ends_with('$');
}

/// The path without a slash at its end, or what is wrong with it.
parsed<std::string> parse_path(std::string_view text, std::string_view whose) {
    if (!text.starts_with('/'))
        return parse_error{quoted(text) + " does not begin with `/`",
                           text.find('/') < text.find_first_not_of("^~*= ") + 1
                               ? "write " + quoted(before_pattern(text.substr(text.find('/')))) +
                                     ": a route takes every path below its own"
                               : "write `/" + std::string(text) + '`'};
    if (const auto extra = text.find_first_of("?#"); extra != std::string_view::npos)
        return parse_error{"the path of " + std::string(whose) + " has no query and no fragment",
                           "write `" + std::string(text.substr(0, extra)) +
                               "`; a request matches whatever its query is"};
    if (text.find_first_of("{}<>^") != std::string_view::npos)
        return parse_error{quoted(text) + " has a pattern in it, and would fit no request",
                           "write " + quoted(before_pattern(text)) +
                               ": a route takes every path below its own"};
    for (const char c : text)
        if (!(c > ' ' && c < 0x7F)) // also true for bytes outside ASCII, whatever the sign of char
            return parse_error{quoted(text) + " has a character that no request path may hold",
                               "write it with percent signs, such as `%20` for a space"};
    const std::string whole_segments = std::string(text) + (text.ends_with('/') ? "" : "/");
    for (const std::string_view segment : {"//", "/./", "/../"})
        if (whole_segments.find(segment) != std::string::npos)
            return parse_error{quoted(text) + " has a segment that is empty, `.` or `..`",
                               "write the path as clients request it"};
    const auto read = read_path(text);
    if (!read.has_value())
        return parse_error{read.error().message, read.error().help};
    if (read->compared != read->loosest)
        return parse_error{quoted(text) + " has a character that servers read differently",
                           "leave `;`, `\\` and encoded `/ ; ? # %` out of it"};
    if (text.size() > 1 && text.ends_with('/'))
        text.remove_suffix(1);
    return std::string(text);
}

bool read_route_path(reading& in, const given& what, const target& to) {
    const auto text = in.text_of(what, "a path, such as `/chat`");
    if (!text)
        return false;
    const auto path = parse_path(*text, "a route");
    if (!path.has_value()) {
        in.report(code::bad_path, {what.value.where, ""}, path.error().message, path.error().help);
        return false;
    }
    if (looks_like_pattern(*path))
        in.report(code::path_pattern, {what.value.where, "is compared with paths as it is written"},
                  quoted(*path) + " looks like a pattern, of which there are none here",
                  "write " + quoted(before_pattern(*path)) +
                      ": a route takes every path below its own");
    to.route.path = *path;
    return true;
}

/// Compared with the path of a request as a whole, a slash at its end included.
bool read_health_path(reading& in, const given& what, const target& to) {
    const auto text = in.text_of(what, "a path, such as `/healthz`, or `none`");
    if (!text)
        return false;
    if (*text == "none") {
        to.all.health.path.clear();
        return true;
    }
    const auto path = parse_path(*text, "health checks");
    if (!path.has_value()) {
        in.report(code::bad_path, {what.value.where, ""}, path.error().message, path.error().help);
        return false;
    }
    to.all.health.path = *text;
    return true;
}

bool read_upstream(reading& in, const given& what, const target& to) {
    const auto text = in.text_of(what, "`echo` or a URL, such as `ws://127.0.0.1:8000`");
    if (!text)
        return false;
    const auto read = parse_upstream(*text);
    if (!read.has_value()) {
        in.report(code::bad_upstream, {what.value.where, ""}, read.error().message,
                  read.error().help);
        return false;
    }
    to.route.to = *read;
    return true;
}

} // namespace

value_format answers() {
    return {read_answers, show_answers, answers_to_json};
}

value_format close_code(bool is_eviction, field<std::uint16_t> at) {
    const auto read = [=](reading& in, const given& what, const target& to) {
        std::uint64_t number = 0;
        const auto any = count_between(
            0, UINT64_MAX, [&](const target&) -> auto& { return number; });
        if (!any.read(in, what, to))
            return false;
        const auto value = static_cast<std::uint16_t>(number);
        if (value != number || !is_valid_close_code(value)) {
            in.report(code::bad_close_code, {what.value.where, "must be a code that may be sent"},
                      std::to_string(number) + " cannot stand in a Close frame",
                      "use 4000 to 4999, or one of 1000 to 1014 except 1004, 1005 and 1006");
            return false;
        }
        if (is_eviction && value == 1011)
            in.report(code::misleading_code, {what.value.where, "means that the application broke"},
                      "evicted clients would be told of an error in the application",
                      "use a code of your own, such as 4001");
        at(to) = value;
        return true;
    };
    return {read, [at](const target& from) { return std::to_string(at(from)); },
            [at](const target& from) -> boost::json::value { return at(from); }};
}

value_format close_text(field<std::string> at) {
    const auto read = [=](reading& in, const given& what, const target& to) {
        const auto text = in.text_of(what, "text");
        if (!text)
            return false;
        if (text->size() > longest_reason) {
            in.report(code::long_reason,
                      {what.value.where, "has " + std::to_string(text->size()) + " bytes"},
                      "the reason does not fit into a Close frame", "shorten it to 123 bytes");
            return false;
        }
        at(to) = *text;
        return true;
    };
    return {read, at};
}

value_format health_path() {
    return {read_health_path, [](const target& from) {
                return from.all.health.path.empty() ? "none" : from.all.health.path;
            }};
}

value_format route_path() {
    return {read_route_path, [](const target& from) { return from.route.path; }};
}

value_format route_upstream() {
    return {read_upstream, [](const target& from) { return to_string(from.route.to); }};
}

} // namespace pulsegate

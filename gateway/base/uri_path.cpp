#include "base/uri_path.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace pulsegate {
namespace {

constexpr std::string_view upper_hex = "0123456789ABCDEF";

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f')
        return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F')
        return static_cast<unsigned>(c - 'A' + 10);
    return std::nullopt;
}

/// The octet of `%XX` at the beginning of a text.
std::optional<char> decode_octet(std::string_view text) {
    if (text.size() < 3 || text[0] != '%')
        return std::nullopt;
    const auto high = hex_digit(text[1]);
    const auto low = hex_digit(text[2]);
    if (!high || !low)
        return std::nullopt;
    return static_cast<char>(static_cast<unsigned char>(16 * *high + *low));
}

void append_encoded(std::string& to, char c) {
    const auto octet = static_cast<unsigned char>(c);
    to += '%';
    to += upper_hex[octet / 16];
    to += upper_hex[octet % 16];
}

/// RFC 3986 §2.3.
bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

/// What a path may hold as it is (RFC 3986 §3.3), and a backslash, which some clients send.
bool may_stand(char c) {
    constexpr std::string_view others = "/!$&'()*+,;=:@\\";
    return is_unreserved(c) || others.find(c) != others.npos;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// What servers disagree about whether it ends a segment.
bool is_ambiguous(char c) {
    constexpr std::string_view signs = "/\\;?#%";
    return signs.find(c) != signs.npos;
}

bool is_dots(std::string_view segment) {
    return segment == "." || segment == "..";
}

/// Segment by segment, the empty ones too; for the one behind a slash at the end as well.
template <class Do>
void for_each_segment(std::string_view path, Do what) {
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::string_view segment = path.substr(0, path.find('/'));
        path.remove_prefix(segment.size());
        what(segment);
    }
}

std::size_t count_dots(std::string_view path) {
    std::size_t count = 0;
    for_each_segment(path, [&](std::string_view segment) { count += is_dots(segment) ? 1 : 0; });
    return count;
}

/// Decodes what is unreserved (RFC 3986 §6.2.2.2), and encodes what may not stand in a path.
std::string to_wire(std::string_view path) {
    std::string result;
    result.reserve(path.size());
    for (std::size_t at = 0; at < path.size(); ++at) {
        const auto octet = decode_octet(path.substr(at));
        at += octet ? 2 : 0;
        const char c = octet.value_or(path[at]);
        if (octet ? is_unreserved(c) : may_stand(c))
            result += c;
        else
            append_encoded(result, c);
    }
    return result;
}

std::string merge_slashes(std::string path) {
    const auto end =
        std::unique(path.begin(), path.end(), [](char a, char b) { return a == '/' && b == '/'; });
    path.erase(end, path.end());
    return path;
}

/// RFC 3986 §5.2.4.
std::string without_dots(std::string_view path) {
    std::string result;
    bool ends_in_dots = false;
    for_each_segment(path, [&](std::string_view segment) {
        ends_in_dots = is_dots(segment);
        if (segment == "..")
            result.erase(result.empty() ? 0 : result.rfind('/'));
        else if (segment != ".")
            result.append(1, '/').append(segment);
    });
    if (ends_in_dots || result.empty())
        result += '/';
    return result;
}

/// Decoded until nothing is left to decode, in one pass: what is decoded may complete another
/// encoding, and only then.
std::string decode_all(std::string_view path) {
    std::string result;
    result.reserve(path.size());
    for (char c : path) {
        result += c;
        while (result.size() >= 3) {
            const auto octet = decode_octet(std::string_view(result).substr(result.size() - 3));
            if (!octet)
                break;
            result.resize(result.size() - 3);
            result += *octet;
        }
    }
    return result;
}

/// The segments as whoever decodes most would see them.
std::string to_loosest(std::string_view decoded) {
    std::string result;
    result.reserve(decoded.size());
    bool is_left_out = false;
    for (const char c : decoded) {
        if (c == '/' || c == '\\') {
            result += '/';
            is_left_out = false;
        } else if (c == ';' || c == '?' || c == '#') {
            is_left_out = true;
        } else if (!is_left_out) {
            result += c;
        }
    }
    return result;
}

bool has_overlong_utf8(std::string_view text) {
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        const unsigned first = octet(at), second = octet(at + 1);
        const bool is_continued = second >= 0x80 && second < 0xC0;
        if (((first == 0xC0 || first == 0xC1) && is_continued) ||
            (first == 0xE0 && is_continued && second < 0xA0) ||
            (first == 0xF0 && is_continued && second < 0x90))
            return true;
    }
    return false;
}

bool has_bad_encoding(std::string_view path) {
    for (std::size_t at = path.find('%'); at != path.npos; at = path.find('%', at + 1))
        if (!decode_octet(path.substr(at)))
            return true;
    return false;
}

} // namespace

parsed<path_readings> read_path(std::string_view path) {
    if (has_bad_encoding(path))
        return parse_error{"a `%` in the path is not followed by two hexadecimal digits",
                           "write `%25` for a percent sign"};
    const std::string decoded = decode_all(path);
    if (std::any_of(decoded.begin(), decoded.end(), is_control))
        return parse_error{"the path has an encoded control character", ""};
    if (has_overlong_utf8(decoded))
        return parse_error{"the path has UTF-8 that is longer than need be", ""};

    path_readings result;
    result.loosest = merge_slashes(to_loosest(decoded));
    const std::size_t dots = count_dots(path);
    if (count_dots(result.loosest) != dots)
        return parse_error{"the path has an encoded `.` or `..` segment", ""};
    const std::string wire = merge_slashes(to_wire(path));
    result.with_gaps = to_compared(path);
    result.with_dots = to_compared(wire);
    if (dots != 0 && (result.with_gaps != result.with_dots || result.with_dots != result.loosest))
        return parse_error{"the path has a `.` or `..` segment beside something else that servers "
                           "read differently",
                           ""};
    result.normal = dots != 0 ? without_dots(wire) : wire;
    result.compared = to_compared(result.normal);
    if (dots != 0)
        result.loosest = result.compared;
    return result;
}

bool is_plain_path(std::string_view path) {
    char before = 0;
    for (const char c : path) {
        if (!may_stand(c) || c == ';' || c == '\\' || (before == '/' && (c == '/' || c == '.')))
            return false;
        before = c;
    }
    return true;
}

std::string to_compared(std::string_view path) {
    std::string result;
    result.reserve(path.size());
    for (std::size_t at = 0; at < path.size(); ++at) {
        const auto octet = decode_octet(path.substr(at));
        at += octet ? 2 : 0;
        if (octet && is_ambiguous(*octet))
            append_encoded(result, *octet);
        else
            result += octet.value_or(path[at]);
    }
    return result;
}

std::string_view without_segments(std::string_view path, std::size_t count) {
    for (; count > 0 && !path.empty(); --count)
        path = path.substr(std::min(path.find('/', 1), path.size()));
    return path;
}

std::size_t count_segments(std::string_view path) {
    std::size_t count = 0;
    for_each_segment(path, [&](std::string_view segment) { count += segment.empty() ? 0 : 1; });
    return count;
}

} // namespace pulsegate

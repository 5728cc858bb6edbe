#include "client/address_header.hpp"

#include "base/ascii_case.hpp"

#include <algorithm>
#include <utility>

namespace pulsegate {
namespace {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Where the quoted string that ends with the quote at `closing` begins; npos if nowhere.
std::size_t opening_quote(std::string_view text, std::size_t closing) {
    for (std::size_t at = closing; at-- > 0;) {
        if (text[at] != '"')
            continue;
        std::size_t backslashes = 0;
        while (backslashes < at && text[at - 1 - backslashes] == '\\')
            ++backslashes;
        if (backslashes % 2 == 0)
            return at;
    }
    return text.npos;
}

/// The last separator outside quoted strings, looking from the right: an unbalanced quote further
/// left, which a client may have sent, hides nothing. npos if there is none.
std::size_t last_separator(std::string_view text, char separator) {
    for (std::size_t at = text.size(); at-- > 0;) {
        if (text[at] == separator)
            return at;
        if (text[at] == '"' && (at = opening_quote(text, at)) == text.npos)
            return text.npos;
    }
    return text.npos;
}

std::string_view take_last(std::string_view& rest, std::size_t separator) {
    if (separator == rest.npos)
        return std::exchange(rest, {});
    const std::string_view last = rest.substr(separator + 1);
    rest = rest.substr(0, separator);
    return last;
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// RFC 7239 §6.3: an underscore, then letters, digits and some signs.
bool is_obfuscated(std::string_view text) {
    return text.size() > 1 && text.front() == '_' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               c = lower_case(c);
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
                      c == '-';
           });
}

/// An address with or without a port: `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]:80`. IPv6 without
/// brackets is the address alone, as Nginx writes `$remote_addr`.
std::optional<ip_address> parse_node(std::string_view text) {
    if (const auto alone = ip_address::parse(text))
        return alone;
    const std::size_t colon = text.rfind(':');
    std::string_view host = text;
    if (colon != text.npos && text.find(']', colon) == text.npos) {
        const std::string_view port = text.substr(colon + 1);
        if (!is_port(port) && !is_obfuscated(port))
            return std::nullopt;
        host = text.substr(0, colon);
    }
    const bool has_brackets = host.starts_with('[') && host.ends_with(']');
    if (has_brackets)
        host = host.substr(1, host.size() - 2);
    const bool is_v6 = host.find(':') != host.npos;
    return is_v6 == has_brackets ? ip_address::parse(host) : std::nullopt;
}

std::string unquoted(std::string_view text) {
    if (text.size() < 2 || !text.starts_with('"') || !text.ends_with('"'))
        return std::string(text);
    std::string result;
    for (std::size_t at = 1; at + 1 < text.size(); ++at) {
        if (text[at] == '\\' && at + 2 < text.size())
            ++at;
        result += text[at];
    }
    return result;
}

/// The address of an element's `for`; nothing if it has none, or more than one.
std::optional<ip_address> parse_element(std::string_view element) {
    std::optional<std::string> node;
    while (!element.empty()) {
        const auto pair = trim(take_last(element, last_separator(element, ';')));
        const std::size_t equals = pair.find('=');
        if (equals == pair.npos || !equals_ignoring_case(pair.substr(0, equals), "for"))
            continue;
        if (node)
            return std::nullopt;
        node = unquoted(pair.substr(equals + 1));
    }
    return node ? parse_node(*node) : std::nullopt;
}

} // namespace

address_header_form address_header_form_of(std::string_view name) {
    const std::string lower = lower_case(name);
    if (lower == "forwarded")
        return address_header_form::forwarded;
    return lower.ends_with("forwarded-for") ? address_header_form::list
                                            : address_header_form::single;
}

std::string_view address_header_walk::take_entry() {
    switch (form_) {
    case address_header_form::single:
        break;
    case address_header_form::list:
        return trim(take_last(rest_, rest_.rfind(',')));
    case address_header_form::forwarded:
        return trim(take_last(rest_, last_separator(rest_, ',')));
    }
    return trim(std::exchange(rest_, {}));
}

std::optional<ip_address> address_header_walk::next() {
    const std::string_view entry = take_entry();
    const auto address =
        form_ == address_header_form::forwarded ? parse_element(entry) : parse_node(entry);
    if (!address)
        rest_ = {};
    return address;
}

std::string forwarded_element(const ip_address& client, std::string_view proto) {
    const std::string address = client.to_string();
    const std::string node = client.is_v4() ? address : "\"[" + address + "]\"";
    return "for=" + node + ";proto=" + std::string(proto);
}

} // namespace pulsegate

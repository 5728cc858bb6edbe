#include "client/origin_rule.hpp"

#include "base/ascii_case.hpp"
#include "base/quoted.hpp"

#include <algorithm>

namespace pulsegate {
namespace {

constexpr std::string_view any_subdomain = "*.";

/// In the form that browsers send (RFC 6454 §6.2), where it differs only in case or in the port.
std::string canonical(std::string_view origin) {
    std::string text = lower_case(origin);
    for (const auto& [scheme, port] :
         {std::pair<std::string_view, std::string_view>{"http://", ":80"}, {"https://", ":443"}})
        if (text.starts_with(scheme) && text.ends_with(port))
            text.resize(text.size() - port.size());
    return text;
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:[]").find(c) != std::string_view::npos;
}

/// A host that browsers send (RFC 6454 §6.2), in lower case: a name, or an address of IPv6 in
/// brackets, and perhaps a port.
bool is_host(std::string_view text) {
    const bool is_ipv6 = text.starts_with('[');
    const std::size_t name_end =
        is_ipv6 ? text.find(']') + 1 : std::min(text.find(':'), text.size());
    const std::string_view name = text.substr(0, name_end);
    const std::string_view port = text.substr(name_end);
    const std::string_view digits = port.substr(std::min<std::size_t>(port.size(), 1));
    return !name.empty() && std::all_of(name.begin(), name.end(), is_host_character) &&
           (is_ipv6 || name.find_first_of("[]") == name.npos) &&
           (port.empty() || (port.front() == ':' && !digits.empty() && digits.size() <= 5 &&
                             digits.find_first_not_of("0123456789") == digits.npos));
}

/// RFC 3986 §3.1, in lower case.
bool is_scheme(std::string_view text) {
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' ||
                      c == '.';
           });
}

/// \param rest  what may be the host.
parse_error no_scheme(std::string_view text, std::string_view rest) {
    return {quoted(text) + " has no scheme",
            "write `https://" + std::string(rest.substr(0, rest.find('/'))) + '`'};
}

parse_error wrong_scheme(std::string_view scheme, std::string_view rest) {
    const std::string page = scheme == "ws" ? "http://" : "https://";
    return {"a page's origin begins with `http://` or `https://`, not with `" +
                std::string(scheme) + "://`",
            "write `" + page + std::string(rest) + '`'};
}

} // namespace

parsed<origin_rule> origin_rule::parse(std::string_view text) {
    if (text == "null")
        return origin_rule(std::string(text));
    if (text == "*")
        return parse_error{"`*` would allow every page",
                           "write `origins: []`, which is the default, or list the pages' origins"};
    const std::string lower = lower_case(text);
    const std::size_t colon = lower.find("://");
    if (colon == std::string::npos || !is_scheme(std::string_view(lower).substr(0, colon)))
        return no_scheme(text, text.substr(colon == std::string::npos ? 0 : colon + 3));
    const std::string_view scheme = std::string_view(lower).substr(0, colon);
    std::string_view host = std::string_view(lower).substr(colon + 3);
    const std::size_t end = std::min(host.find_first_of("/?#"), host.size());
    if (scheme == "ws" || scheme == "wss")
        return wrong_scheme(scheme, host.substr(0, end));
    if (end != host.size())
        return parse_error{"an origin has no path: browsers send scheme, host and port only",
                           "write `" + std::string(text.substr(0, colon + 3 + end)) + '`'};
    if (host.starts_with(any_subdomain))
        host.remove_prefix(any_subdomain.size());
    if (host.find('*') != host.npos)
        return parse_error{quoted(text) + " has a `*` that is not the whole first label",
                           "write it like `https://*.example.com`, or list the origins"};
    if (!is_host(host))
        return parse_error{quoted(text) + " has no host name that a browser would send",
                           "write it like `https://app.example.com`; names beyond ASCII in their "
                           "`xn--` form"};
    return origin_rule(canonical(text));
}

bool origin_rule::allows(std::string_view origin) const {
    const std::string sent = canonical(origin);
    const std::size_t star = text_.find(any_subdomain);
    if (star == text_.npos)
        return sent == text_;
    const std::string_view domain = std::string_view(text_).substr(star + 1); // with its dot
    const std::string_view scheme = std::string_view(text_).substr(0, star);
    return sent.size() > scheme.size() + domain.size() && sent.starts_with(scheme) &&
           sent.ends_with(domain) &&
           std::all_of(sent.begin() + static_cast<std::ptrdiff_t>(star), sent.end(),
                       is_host_character);
}

bool may_come_from(std::string_view origin, std::span<const origin_rule> rules) {
    return rules.empty() || origin.empty() ||
           std::any_of(rules.begin(), rules.end(),
                       [&](const origin_rule& rule) { return rule.allows(origin); });
}

} // namespace pulsegate

#include "http/request_target.hpp"

#include "base/ip_address.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <cstddef>

namespace pulsegate {
namespace {

/// The rest behind a scheme, in whatever case (RFC 9110 §4.2.3).
std::optional<std::string_view> without_scheme(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"})
        if (boost::beast::iequals(target.substr(0, scheme.size()), scheme))
            return target.substr(scheme.size());
    return std::nullopt;
}

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_hex_digit(char c) {
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9');
}

/// A name, or an address of IPv4. A user would end in an `@`.
bool is_name(std::string_view text) {
    constexpr std::string_view others = "-._~!$&'()*+,;=";
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool is_encoded = text[at] == '%' && at + 2 < text.size() &&
                                is_hex_digit(text[at + 1]) && is_hex_digit(text[at + 2]);
        if (!is_encoded && !is_letter_or_digit(text[at]) && others.find(text[at]) == others.npos)
            return false;
        at += is_encoded ? 2 : 0;
    }
    return !text.empty();
}

/// What stands in brackets: an address of IPv6, perhaps with a zone (RFC 6874).
bool is_in_brackets(std::string_view text) {
    const std::string_view address = text.substr(0, text.find('%'));
    const std::string_view zone = text.substr(address.size());
    const auto ip = ip_address::parse(address);
    return ip && address.find(':') != address.npos && (zone.empty() || is_name(zone));
}

} // namespace

bool is_valid_host(std::string_view host) {
    std::size_t end = host.find(':');
    bool is_host_good = is_name(host.substr(0, end));
    if (host.starts_with('[')) {
        const std::size_t closing = std::min(host.find(']'), host.size() - 1);
        end = closing + 1;
        is_host_good = host[closing] == ']' && is_in_brackets(host.substr(1, closing - 1));
    }
    const std::string_view port = host.substr(std::min(end, host.size()));
    return is_host_good && (port.empty() || port.front() == ':') &&
           std::all_of(port.begin() + (port.empty() ? 0 : 1), port.end(),
                       [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<absolute_target> parse_absolute_target(std::string_view target) {
    const auto rest = without_scheme(target);
    if (!rest || rest->find('#') != rest->npos)
        return std::nullopt;
    const std::size_t end = std::min(rest->find_first_of("/?"), rest->size());
    const std::string_view host = rest->substr(0, end);
    if (!is_valid_host(host))
        return std::nullopt;
    std::string origin(rest->substr(end));
    if (!origin.starts_with('/')) // RFC 9112 §3.2.1: an empty path is `/`
        origin.insert(origin.begin(), '/');
    return absolute_target{host, std::move(origin)};
}

} // namespace pulsegate

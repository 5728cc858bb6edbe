#include "http/request_target.hpp"

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

/// What RFC 3986 §3.2.2 lets a host and its port consist of. A user would end in an `@`.
bool is_of_host(char c) {
    constexpr std::string_view others = "-._~!$&'()*+,;=%:[]";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != others.npos;
}

} // namespace

std::optional<absolute_target> parse_absolute_target(std::string_view target) {
    const auto rest = without_scheme(target);
    if (!rest || rest->find('#') != rest->npos)
        return std::nullopt;
    const std::size_t end = std::min(rest->find_first_of("/?"), rest->size());
    const std::string_view host = rest->substr(0, end);
    if (host.empty() || host.front() == ':' || !std::all_of(host.begin(), host.end(), is_of_host))
        return std::nullopt;
    std::string origin(rest->substr(end));
    if (!origin.starts_with('/')) // RFC 9112 §3.2.1: an empty path is `/`
        origin.insert(origin.begin(), '/');
    return absolute_target{host, std::move(origin)};
}

} // namespace pulsegate

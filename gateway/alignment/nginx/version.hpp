// Versions of Nginx: what differs between them, and which one is installed on this machine.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

struct nginx_version {
    unsigned major = 0;
    unsigned minor = 0;
    unsigned patch = 0;
    friend auto operator<=>(const nginx_version&, const nginx_version&) = default;
};

/// Reads `1.22`, `1.22.1` or `nginx/1.22.1`; a missing patch number is 0.
[[nodiscard]] std::optional<nginx_version> parse_nginx_version(std::string_view text);

/// `1.22.1`
[[nodiscard]] std::string to_string(const nginx_version& version);

/// The version that is taken when nobody says which one it is: no newer one has fewer features.
inline constexpr nginx_version assumed_nginx_version{1, 22, 0};

/// The default of `proxy_http_version`: `1.0`, and `1.1` since 1.29.7.
[[nodiscard]] std::string_view default_http_version(const nginx_version& version);

/// Runs `nginx -v` at the first call, which takes a few milliseconds; later calls know the answer.
/// The usual places are tried, then PATH. Nothing if there is none, or if it says something else.
/// Not for a worker's thread.
[[nodiscard]] std::optional<nginx_version> installed_nginx_version();

} // namespace pulsegate

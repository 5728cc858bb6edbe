#include "alignment/nginx/version.hpp"

#include <charconv>

namespace pulsegate {
namespace {

constexpr nginx_version first_with_http_1_1{1, 29, 7};

/// Takes a number off the front of `text`.
bool take_number(std::string_view& text, unsigned& number) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{})
        return false;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return true;
}

bool take_dot(std::string_view& text) {
    if (!text.starts_with('.'))
        return false;
    text.remove_prefix(1);
    return true;
}

} // namespace

std::optional<nginx_version> parse_nginx_version(std::string_view text) {
    constexpr std::string_view name = "nginx/";
    if (text.starts_with(name))
        text.remove_prefix(name.size());
    nginx_version version;
    if (!take_number(text, version.major) || !take_dot(text) || !take_number(text, version.minor))
        return std::nullopt;
    if (!text.empty() && (!take_dot(text) || !take_number(text, version.patch) || !text.empty()))
        return std::nullopt;
    return version;
}

std::string to_string(const nginx_version& version) {
    return std::to_string(version.major) + '.' + std::to_string(version.minor) + '.' +
           std::to_string(version.patch);
}

std::string_view default_http_version(const nginx_version& version) {
    return version < first_with_http_1_1 ? "1.0" : "1.1";
}

} // namespace pulsegate

#include "alignment/nginx/version.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <memory>

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

std::optional<nginx_version> ask() {
    // popen() knows nothing of argument lists, but this text is constant.
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> answer(
        ::popen("PATH=/usr/sbin:/usr/local/sbin:/usr/local/nginx/sbin:$PATH "
                "exec nginx -v 2>&1 </dev/null",
                "re"),
        ::pclose);
    if (!answer)
        return std::nullopt;
    std::array<char, 256> text{};
    const std::size_t length = std::fread(text.data(), 1, text.size(), answer.get());
    const std::string_view said(text.data(), length);
    const std::size_t start = said.find("nginx/"); // nginx version: nginx/1.22.1 (Debian)
    if (start == std::string_view::npos)
        return std::nullopt;
    return parse_nginx_version(said.substr(start, said.find_first_of(" \n", start) - start));
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

std::optional<nginx_version> installed_nginx_version() {
    static const std::optional<nginx_version> version = ask();
    return version;
}

} // namespace pulsegate

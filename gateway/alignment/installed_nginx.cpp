#include "alignment/installed_nginx.hpp"

#include <array>
#include <cstdio>
#include <memory>
#include <string>

namespace pulsegate {
namespace {

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

std::optional<nginx_version> installed_nginx_version() {
    static const std::optional<nginx_version> version = ask();
    return version;
}

} // namespace pulsegate

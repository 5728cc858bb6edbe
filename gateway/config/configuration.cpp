#include "config/configuration.hpp"

namespace pulsegate {

std::string to_string(const socket_address& address) {
    if (const auto* const local = std::get_if<unix_address>(&address))
        return "unix:" + local->path;
    const auto& tcp = std::get<tcp_address>(address);
    const bool is_v6 = tcp.host.find(':') != std::string::npos;
    return (is_v6 ? '[' + tcp.host + ']' : tcp.host) + ':' + std::to_string(tcp.port);
}

std::string proxy_settings::shown_name() const {
    if (!name.empty())
        return name;
    return !preset.empty() ? preset : !nginx_config.empty() ? "nginx" : "haproxy";
}

bool has_path_prefix(std::string_view path, std::string_view prefix) {
    if (!path.starts_with(prefix))
        return false;
    return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

} // namespace pulsegate

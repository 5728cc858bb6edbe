// An Nginx configuration as text, read for a gateway at 127.0.0.1:8081.
#pragma once

#include "alignment/nginx/reading.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pulsegate {

/// Reads `text` as /etc/nginx/nginx.conf, together with other files.
inline nginx_reading
read_nginx_text(std::string text, const std::vector<std::pair<std::string, std::string>>& more = {},
                std::vector<socket_address> listeners = {tcp_address{"127.0.0.1", 8081}}) {
    memory_files files;
    files.add("/etc/nginx/nginx.conf", std::move(text));
    for (const auto& [path, content] : more)
        files.add(path, content);
    nginx_request asked;
    asked.path = "/etc/nginx/nginx.conf";
    asked.listeners = std::move(listeners);
    asked.declared = {make_source("gateway.yaml", "nginx: here"), 0, 5};
    return read_nginx(files, asked);
}

/// The same for what stands inside `http { server { … } }`.
inline nginx_reading read_nginx_server(const std::string& text,
                                       std::vector<socket_address> listeners = {
                                           tcp_address{"127.0.0.1", 8081}}) {
    return read_nginx_text("events {} http { server {\n" + text + "\n} }", {},
                           std::move(listeners));
}

} // namespace pulsegate

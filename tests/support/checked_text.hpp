// A gateway.yaml as text, checked together with the proxies' files that it names.
#pragma once

#include "alignment/alignment.hpp"

#include <string>
#include <utility>
#include <vector>

namespace pulsegate {

/// Checks `yaml` as /etc/pulsegate/gateway.yaml on a machine that has no Nginx.
inline checked_configuration
check_text(std::string yaml, const std::vector<std::pair<std::string, std::string>>& more = {}) {
    memory_files files;
    for (const auto& [path, content] : more)
        files.add(path, content);
    return check_configuration(
        load_configuration(make_source("/etc/pulsegate/gateway.yaml", std::move(yaml))),
        {files, [] { return std::optional<nginx_version>(); }});
}

/// An nginx.conf whose server has these lines; headers and version of HTTP are as they should be.
inline std::string nginx_with(const std::string& server_lines) {
    return "events {}\n"
           "http { server {\n"
           "proxy_http_version 1.1;\n"
           "proxy_set_header Upgrade $http_upgrade;\n"
           "proxy_set_header Connection upgrade;\n"
           "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n" +
           server_lines + "\n} }\n";
}

} // namespace pulsegate

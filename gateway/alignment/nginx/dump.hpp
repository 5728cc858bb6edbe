// The output of `nginx -T`, which holds all files of a configuration one after another.
#pragma once

#include "alignment/files.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

struct nginx_dump {
    memory_files files;
    std::string main; // the path of nginx.conf
};

/// Splits `text` at its lines `# configuration file /etc/nginx/nginx.conf:`; what stands before the
/// first of them (`nginx: the configuration file … syntax is ok`) is ignored. The first file is the
/// main one. Nothing if there is no such line: then it is no dump.
[[nodiscard]] std::optional<nginx_dump> split_nginx_dump(std::string_view text);

} // namespace pulsegate

// `pulsegate nginx`: an Nginx configuration that is aligned with a gateway.yaml.
#pragma once

#include <iosfwd>
#include <string>

namespace pulsegate {

/// Writes the server block, or with `is_complete` a whole nginx.conf, to `out`; what is wrong goes
/// to `errors`.
/// \return the exit code: 0 written, 1 the configuration has errors or no address for Nginx, 2
/// unreadable file.
[[nodiscard]] int print_nginx(const std::string& config_path, bool is_complete, std::ostream& out,
                              std::ostream& errors);

} // namespace pulsegate

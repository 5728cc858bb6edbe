// Health checks of load balancers and proxies, which ask a listener for a path by plain HTTP. No
// socket here.
#pragma once

#include "http/upgrade.hpp"

#include <string_view>

namespace pulsegate {

/// True for a GET, HEAD or OPTIONS for this path that is no upgrade: one that is goes to its route.
/// Checks are simple, so HTTP/1.0 is fine, and so is a request without `Host`, as HAProxy sends it.
/// \param path  `health.path`; "": nothing is a health check.
[[nodiscard]] bool is_health_check(const upgrade_request& request, std::string_view path);

/// 200, or 503 if new clients are refused; closes the connection.
[[nodiscard]] upgrade_response make_health_answer(const upgrade_request& request, bool is_refusing);

} // namespace pulsegate

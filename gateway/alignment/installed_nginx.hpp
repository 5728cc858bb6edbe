// Asks the Nginx that is installed on this machine for its version.
#pragma once

#include "alignment/nginx/version.hpp"

#include <optional>

namespace pulsegate {

/// Runs `nginx -v` at the first call, which takes a few milliseconds; later calls know the answer.
/// The usual places are tried, then PATH. Nothing if there is none, or if it says something else.
/// Not for a worker's thread.
[[nodiscard]] std::optional<nginx_version> installed_nginx_version();

} // namespace pulsegate

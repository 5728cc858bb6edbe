// Times as HAProxy reads them: configuration.txt section 2.5. Pure.
#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string_view>

namespace pulsegate {

/// Reads one whole number and at most one of the units `us`, `ms`, `s`, `m`, `h`, `d`; a bare
/// number counts milliseconds. Microseconds are rounded up. Errors: anything else, and more than
/// 2147483647 ms. `1m30s` is one: HAProxy 2.6 takes it for `1m` and warns.
[[nodiscard]] parsed<milliseconds> parse_haproxy_time(std::string_view text);

} // namespace pulsegate

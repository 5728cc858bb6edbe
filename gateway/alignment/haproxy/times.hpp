// Times of a haproxy.cfg, configuration.txt section 2.5, and the directives whose argument is one.
// Pure.
#pragma once

#include "alignment/haproxy/lines.hpp"
#include "alignment/haproxy/settings.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace pulsegate {

/// Reads one whole number and at most one of the units `us`, `ms`, `s`, `m`, `h`, `d`; a bare
/// number counts milliseconds. Microseconds are rounded up. Errors: anything else, and more than
/// 2147483647 ms. `1m30s` is one: HAProxy 2.6 takes it for `1m` and warns.
[[nodiscard]] parsed<milliseconds> parse_haproxy_time(std::string_view text);

/// `clitimeout`, `srvtimeout` and `contimeout`, which HAProxy 2.1 gave up.
[[nodiscard]] bool is_old_haproxy_timeout(std::string_view word);

/// Reads a line that begins with `timeout` or an old spelling; the value may be 0.
/// Errors: nothing, with the reason in `findings`.
[[nodiscard]] std::optional<haproxy_time> read_haproxy_timeout(const haproxy_line& line,
                                                               haproxy_findings& findings);

/// Reads the time that is word `at` of the line, the last one; the value may be 0. Errors: as
/// above.
[[nodiscard]] std::optional<haproxy_time>
read_haproxy_time(const haproxy_line& line, std::size_t at, haproxy_findings& findings);

/// HAProxy takes 0 for unset.
[[nodiscard]] std::optional<haproxy_time> unless_zero(haproxy_time time);

} // namespace pulsegate

// Times as Nginx reads them in directives that count milliseconds. Pure.
#pragma once

#include "base/time.hpp"

#include <optional>
#include <string_view>

namespace pulsegate {

/// Reads `60` (seconds), `1m30s`, `500ms` or `1h 30m`: whole numbers with the units `w`, `d`, `h`,
/// `m`, `s`, `ms`, from large to small, each at most once. Nothing for all that Nginx refuses;
/// years and months are among it here.
/// Source: ngx_parse_time() with is_sec = 0.
[[nodiscard]] std::optional<milliseconds> parse_nginx_time(std::string_view text);

} // namespace pulsegate

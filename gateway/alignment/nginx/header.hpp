// Request headers that Nginx sets for the server behind it, as far as they matter for WebSocket,
// and which of them are in force at a place. Pure.
#pragma once

#include "alignment/nginx/values.hpp"
#include "alignment/nginx/variables.hpp"
#include "config/source.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// One `proxy_set_header`.
struct nginx_header {
    std::string name;  // as written
    std::string value; // as written, without quotes: `$connection_upgrade`
    span where;        // the directive

    /// All texts that the value can become: a variable of a `map` or a `set` is replaced by each of
    /// its values; a variable that Nginx itself gives (`$http_upgrade`) stays as it is.
    std::vector<std::string> possible_values;
};

/// True if a header has this name; case is ignored.
[[nodiscard]] bool has_header(std::span<const nginx_header> headers, std::string_view name);

/// True if `Upgrade` is sent on: Nginx drops it unless it is set to something.
[[nodiscard]] bool has_upgrade_header(std::span<const nginx_header> headers);

/// True if `Connection` can be `upgrade`: literally, as a result of a `map`, or as the client's own
/// (`$http_connection`).
[[nodiscard]] bool has_connection_upgrade(std::span<const nginx_header> headers);

/// True if a WebSocket passes with these headers.
[[nodiscard]] bool is_upgraded(std::span<const nginx_header> headers);

/// True if none passes, but would if headers of outer levels were not lost.
[[nodiscard]] bool has_lost_upgrade(std::span<const nginx_header> in_force,
                                    std::span<const nginx_header> lost);

/// The `proxy_set_header`s of a place: Nginx inherits them only where there is none at all.
struct nginx_proxy_headers {
    std::vector<nginx_header> in_force; // of the nearest level that has any
    std::vector<nginx_header> lost;     // of levels around it, by names that are not in force
};

[[nodiscard]] nginx_proxy_headers read_proxy_headers(const nginx_level& where,
                                                     const nginx_variables& variables);

} // namespace pulsegate

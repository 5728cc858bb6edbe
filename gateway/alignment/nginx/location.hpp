// What a location of Nginx is called, and which requests it hands on. Pure.
#pragma once

#include "alignment/nginx/values.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace pulsegate {

/// For users: `location ~ ^/ws`, `if ($x) in location /`, `server of stream`.
[[nodiscard]] std::string nginx_title(const nginx_level& where);

/// How the path of every request begins that a `proxy_pass` at this level hands on; nothing where
/// the configuration does not say.
/// \param uri  of the `proxy_pass`: it takes the place of the location's prefix; may be empty.
[[nodiscard]] std::optional<std::string> path_handed_on(const nginx_level& where,
                                                        std::string_view uri);

} // namespace pulsegate

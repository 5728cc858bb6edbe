// What a passage is by the settings in force at its place, whoever comes there. Pure.
#pragma once

#include "alignment/nginx/reading.hpp"
#include "alignment/nginx/variables.hpp"

#include <string_view>

namespace pulsegate {

/// The settings of `proxy_pass` in a location or what is in it; without a target.
[[nodiscard]] nginx_passage http_passage_at(const nginx_level& where,
                                            const nginx_variables& variables,
                                            const nginx_version& version);

/// The same of a server of `stream`.
[[nodiscard]] nginx_passage stream_passage_at(const nginx_level& where);

/// How the path of every request begins that a `proxy_pass` at this level hands on; nothing where
/// the configuration does not say.
/// \param uri  of the `proxy_pass`: it takes the place of the location's prefix; may be empty.
[[nodiscard]] std::optional<std::string> path_handed_on(const nginx_level& where,
                                                        std::string_view uri);

/// `proxy_http_version`.
[[nodiscard]] nginx_setting<std::string> http_version_at(const nginx_level& where,
                                                         const nginx_version& version);

} // namespace pulsegate

// What the words of a `server` line say, and how many connections a `maxconn` admits. Pure.
#pragma once

#include "alignment/haproxy/lines.hpp"
#include "alignment/haproxy/settings.hpp"

#include <optional>
#include <span>

namespace pulsegate {

/// What words say that stand behind an address, or behind `default-server`.
/// \param options  what is the default.
[[nodiscard]] haproxy_server_options
read_haproxy_server_options(std::span<const haproxy_word> words, haproxy_server_options options);

/// Of a line `maxconn`; nothing for 0, which is no limit, and for what the file does not tell.
[[nodiscard]] std::optional<haproxy_cap> haproxy_cap_of(const haproxy_line& line);

} // namespace pulsegate

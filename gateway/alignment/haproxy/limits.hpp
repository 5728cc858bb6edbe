// When HAProxy ends a quiet WebSocket: the limits in force between a frontend and a backend. Pure.
#pragma once

#include "alignment/haproxy/settings.hpp"
#include "alignment/hop.hpp"

#include <string_view>
#include <vector>

namespace pulsegate {

/// The idle limits in force once a connection has become a WebSocket. `timeout tunnel` of the
/// backend replaces `timeout client` of the frontend and `timeout server` of the backend, which
/// else apply side by side. All are reset by a byte in either direction; with `option
/// independent-streams`, the side that has it is reset by its own bytes only.
/// \param backend_head  `backend app`; where `timeout tunnel` would be set.
/// \return none if HAProxy waits for ever, or if the file does not tell the limit that replaces the
///         others.
[[nodiscard]] std::vector<limit> haproxy_idle_limits(const haproxy_settings& frontend,
                                                     const haproxy_settings& backend,
                                                     std::string_view backend_head);

/// The limit on connections of a process that was replaced by a reload.
[[nodiscard]] limit haproxy_reload_limit(milliseconds value, const span& where);

} // namespace pulsegate

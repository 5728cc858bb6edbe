// The limits that are in force on a way through HAProxy. Checked against HAProxy 2.6.
#pragma once

#include "alignment/haproxy/ways.hpp"
#include "alignment/hop.hpp"

#include <vector>

namespace pulsegate {

/// Those in force once a connection has become a WebSocket. `timeout tunnel` of the backend
/// replaces `timeout client` of the frontend and `timeout server` of the backend, which else apply
/// side by side; `http-request set-timeout` replaces one of them, for the requests that meet its
/// condition. All are reset by a byte in either direction; with `option independent-streams`, the
/// side that has it is reset by its own bytes only. \return none if HAProxy waits for ever, or if
/// the file does not tell the limit that replaces the
///         others.
[[nodiscard]] std::vector<limit> haproxy_idle_limits(const haproxy_proxy& frontend,
                                                     const haproxy_proxy& backend,
                                                     const haproxy_way& on);

/// Those in force while a plain request waits for bytes of its answer: `timeout server` of the
/// backend, or the rule that replaces it; where HAProxy does not speak HTTP, the idle limits.
/// \param on  a way of plain requests.
[[nodiscard]] std::vector<limit> haproxy_silence_limits(const haproxy_proxy& frontend,
                                                        const haproxy_proxy& backend,
                                                        const haproxy_way& on);

/// The limit on connections of a process that was replaced by a reload.
[[nodiscard]] limit haproxy_reload_limit(milliseconds value, const span& where);

} // namespace pulsegate

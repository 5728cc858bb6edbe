// One criterion of a condition, such as `hdr(Upgrade) -i websocket`, as a WebSocket handshake meets
// it. Pure.
#pragma once

#include "alignment/haproxy/conditions.hpp"

#include <span>

namespace pulsegate {

/// \param words  what follows `acl NAME`, or stands between braces.
[[nodiscard]] haproxy_verdict judge_haproxy_criterion(std::span<const haproxy_word> words,
                                                      const haproxy_view& from);

} // namespace pulsegate

// Which route a request takes, and under which target its application gets it. No socket here.
#pragma once

#include "config/configuration.hpp"
#include "http/upgrade.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace pulsegate {

/// The route of a request target: the longest path of whole segments. `/chat` takes `/chat` and
/// `/chat/room`, not `/chatter`; the query does not count. Paths are compared without what makes no
/// difference: percent-encoded letters, dot segments, double slashes (RFC 3986 §6.2.2). A target
/// that the application may read as one of another route, whose rules it would evade, is refused.
/// \param target  begins with a slash.
[[nodiscard]] std::variant<std::size_t, refusal> choose_route(std::string_view target,
                                                              std::span<const route> routes);

/// The target for the application: unchanged if the upstream has no path, else with the route's
/// path replaced by the upstream's, as Nginx does for a `proxy_pass` with a URI: in normal form,
/// which cannot leave the upstream's path. The query is kept.
/// \pre choose_route() chose the route.
[[nodiscard]] std::string target_for_app(std::string_view target, const route& way);

} // namespace pulsegate

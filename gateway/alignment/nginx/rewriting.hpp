// Nginx's rewrite phase: `set`, `if`, `rewrite`, `return` and `break` of a block, carried out for
// one handshake. Pure.
#pragma once

#include "alignment/nginx/handshake.hpp"
#include "alignment/nginx/place.hpp"
#include "alignment/nginx/variables.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// Where a handshake is after the directives of a block.
struct nginx_rewritten {
    enum class ends : std::uint8_t {
        goes_on,     // to the handler of `place`
        uri_changed, // another location is looked for
        answered,    // by `status`
    };
    ends end = ends::goes_on;
    unsigned status = 0;                 // 0 for one that only the request decides
    const nginx_place* place = nullptr;  // the block itself, or the last `if` in it that holds
    const nginx_directive* by = nullptr; // that answered
    nginx_handshake state;
};

/// Whether the condition of an `if` holds. A regular expression leaves its captures in `of`.
[[nodiscard]] answer condition_holds(const nginx_directive& condition,
                                     const nginx_variables& variables, nginx_handshake& of);

/// All ways that a handshake can take through a block; where only the request decides about an
/// `if`, both. At most 32; what is past that is left out.
[[nodiscard]] std::vector<nginx_rewritten>
rewrite(const nginx_place& block, const nginx_variables& variables, nginx_handshake state);

} // namespace pulsegate

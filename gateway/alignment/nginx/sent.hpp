// What Nginx sends to the server behind a `proxy_pass` for a WebSocket handshake, and whether that
// is still one. Pure.
#pragma once

#include "alignment/nginx/header.hpp"
#include "alignment/nginx/place.hpp"
#include "alignment/nginx/variables.hpp"

#include <optional>
#include <string>
#include <vector>

namespace pulsegate {

/// Why no WebSocket passes, or why nobody can say.
struct nginx_obstacle {
    enum class kinds : std::uint8_t {
        http_version,
        no_headers, // `Upgrade`, `Connection` or both are not sent
        value,      // one of them is sent with a value that opens no WebSocket
        key,        // the handshake's other headers are not sent, or its answer's are taken away
        other,
    };
    kinds kind = kinds::other;
    span where;       // the directive to blame; without a source if it is one that is not there
    std::string text; // lower case, for a label: `sends `Connection: close``
    std::string cure; // text to paste; may be empty
};

struct nginx_sent {
    answer is_handshake = answer::yes;
    std::vector<nginx_obstacle> obstacles; // the worst first; empty if it is one

    // For the next Nginx behind this one.
    std::vector<std::string> upgrade;    // values of `Upgrade`; an empty one is not sent
    std::vector<std::string> connection; // of `Connection`
    std::vector<std::string> host;       // of `Host`
};

/// \param http_version  in force there.
[[nodiscard]] nginx_sent sent_by(const nginx_place& place, const nginx_variables& variables,
                                 const nginx_handshake& state,
                                 const nginx_setting<std::string>& http_version);

/// True if a part of the settings there stands in a file that could not be read.
[[nodiscard]] bool has_gaps(const nginx_level& where);

} // namespace pulsegate

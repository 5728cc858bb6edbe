// A WebSocket handshake on its way through Nginx: what is known of it, and what Nginx's variables
// are for it. A value.
#pragma once

#include "alignment/nginx/pattern.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

struct nginx_handshake {
    std::optional<std::string> uri; // the path as it is now; nothing once nobody knows it
    std::string asked;              // the path as it came

    // As they came: `websocket` and `Upgrade`, or what an Nginx further out makes of them; several
    // where that is not decided, with variables in them where it depends on the request.
    std::vector<std::string> upgrade{"websocket"};
    std::vector<std::string> connection{"Upgrade"};

    /// By `set`. A variable that only the request decides has a text with that variable in it.
    std::map<std::string, std::vector<std::string>, std::less<>> variables;
    nginx_captures captures; // of the last regular expression

    std::string scheme;        // `http` or `https`; empty if both come to the server
    bool is_clouded = false;   // a script ran that may have set any variable
    bool is_internal = false;  // after an internal redirect
    bool is_rewritten = false; // by `rewrite … break`
    bool is_unsure = false;    // whether a request comes so far depends on more than can be read

    explicit nginx_handshake(std::string path) : uri(path), asked(std::move(path)) {}

    /// All values of a variable that Nginx itself gives. Nothing where only the request decides.
    [[nodiscard]] std::vector<std::string> own_values(std::string_view name) const;
};

/// Variables that the request decides, frozen so that they are not looked up a second time, and
/// back.
[[nodiscard]] std::string frozen(std::string text);
[[nodiscard]] std::string thawed(std::string text);

} // namespace pulsegate

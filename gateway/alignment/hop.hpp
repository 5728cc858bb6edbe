// A proxy between clients and the gateway, as far as it can end a connection: its limits, and how
// sure we are of each; and which listener it reaches. Plain values; immutable once the chain has
// been read.
#pragma once

#include "alignment/hosts_file.hpp"
#include "base/time.hpp"
#include "config/configuration.hpp"
#include "config/source.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pulsegate {

enum class limit_kind : std::uint8_t {
    // Of a WebSocket.
    idle,   // ends a connection that was quiet for so long
    life,   // ends every connection that is so old; pings do not help
    reload, // ends every connection so long after the proxy was reloaded
    // Of plain HTTP, event streams included.
    silence,    // ends a request whose answer brought no byte for so long
    first_byte, // ends one whose answer has not begun by then; without it, `silence` does
    total,      // ends every request that takes so long, whatever has passed
    keep_alive, // keeps an idle connection to the gateway so long, for the next request
};

/// True for the second half of them.
[[nodiscard]] constexpr bool is_http(limit_kind kind) {
    return kind >= limit_kind::silence;
}

enum class confidence : std::uint8_t {
    source_code, // read in the program itself
    documented,  // by the vendor
    reported,    // by third parties
    assumed,     // nobody says; a cautious guess
};

/// Where the figure of a limit comes from.
enum class limit_origin : std::uint8_t {
    file,         // a directive of the proxy's own configuration; `where` marks it
    file_default, // the proxy's default; `where` marks the block in which it could be set
    preset,       // the library of presets; `where` marks the preset's name in gateway.yaml
    declared,     // gateway.yaml itself; `where` marks the value
};

struct limit {
    limit_kind kind = limit_kind::idle;
    milliseconds value{0};
    idle_reset resets = idle_reset::any; // of an idle limit
    std::string option = {};             // the proxy's own name for it: `proxy_read_timeout`
    std::string setting = {};   // how to set it, as text to paste with `{}` for whole seconds:
                                // `proxy_read_timeout {}s;`; empty if the proxy's user cannot
    std::string goes_into = {}; // of a file's limit that is not set where it stands: the head of
                                // the section to which `setting` is added: `backend app`
    std::string path =
        {}; // only for requests that reach the gateway with such a beginning; "": all
    std::optional<std::vector<std::size_t>> routes =
        {}; // only for these of the configuration; nothing: for those that `path` says
    std::vector<std::string> not_under = {}; // of `path`: and with none of these
    std::string only_if = {}; // of a limit that holds for some connections: the condition, as the
                              // proxy's file has it, which decides when they come; "": for all
    std::string place = {};   // in the file, if there may be several: `location /ws/`
    limit_origin origin = limit_origin::declared;
    confidence sure = confidence::documented;
    std::string cited = {}; // for presets and defaults: who says so
    span where = {};
};

/// Where a proxy listens for what it leads on to the gateway.
struct proxy_entrance {
    socket_address at;
    bool takes_proxy_header = false;
};

struct hop {
    std::string name;   // as in gateway.yaml: the given name, the preset's, `nginx`, `haproxy`
    span where;         // its entry in gateway.yaml
    std::string remark; // what else its users should know; may be empty
    std::vector<limit> limits; // a limit that the proxy does not have is not in the list
};

[[nodiscard]] std::string_view to_string(limit_kind kind);
[[nodiscard]] std::string_view to_string(idle_reset resets);
[[nodiscard]] std::string_view to_string(confidence sure);

/// `limit::setting` with a value, rounded up to whole seconds: `proxy_read_timeout 60s;`.
[[nodiscard]] std::string setting_text(const limit& which, milliseconds value);

/// True if a proxy that connects to `target` reaches a listener at `listener`.
///
/// A wildcard listener is reached by every host with its port, since the proxy may stand anywhere.
/// A connection to a wildcard goes to this machine, by loopback. A name is loopback only if
/// `names` says so, and may be any other address: the proxy may stand on another machine.
[[nodiscard]] bool reaches(const socket_address& target, const socket_address& listener,
                           const hosts_file& names = {});

/// True if `target` is a name of which only a name server could say whether it reaches `listener`.
[[nodiscard]] bool may_reach(const socket_address& target, const socket_address& listener,
                             const hosts_file& names = {});

/// The first of the listeners that `target` reaches.
[[nodiscard]] std::optional<std::size_t> reached_listener(const socket_address& target,
                                                          std::span<const socket_address> listeners,
                                                          const hosts_file& names = {});

} // namespace pulsegate

// What a `proxy_pass` names: a server by address or name, or a group of servers. Pure: names are
// not resolved.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "config/configuration.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// The parts of a `proxy_pass`. Variables that no one could replace are still in them.
struct nginx_destination {
    std::optional<bool> is_secure; // by its scheme; nothing for `$scheme`, and without one
    bool is_unix = false;
    std::string host;       // a literal address without brackets, a name, or a path
    bool has_port = false;  // one is written
    std::uint16_t port = 0; // that one, or the default; 0 if it is a variable
    std::string uri;        // from the `/` on; may be empty
    std::string variable;   // the first one in host or port; empty if both are known
};

/// `http://host:port/uri`, `https://…` or `http://unix:/path:/uri`. Nothing if it is no such text.
[[nodiscard]] std::optional<nginx_destination> parse_http_destination(std::string_view text);

/// `host:port` or `unix:/path`. Nothing if it is no such text.
[[nodiscard]] std::optional<nginx_destination> parse_stream_destination(std::string_view text);

/// The `upstream` blocks of `http` or `stream`.
class nginx_groups {
public:
    explicit nginx_groups(const nginx_directive& context);

    /// The addresses at which a destination without variables connects. For a group: of all its
    /// servers, also those that are `backup` or `down` now.
    [[nodiscard]] std::vector<socket_address> addresses(const nginx_destination& of) const;

private:
    std::map<std::string, std::vector<socket_address>> groups_; // by name in lower case
};

} // namespace pulsegate

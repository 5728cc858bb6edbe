// What a `proxy_pass` names: a server by address or name, or a group of servers. Pure: names are
// not resolved.
#pragma once

#include "alignment/nginx/tree.hpp"
#include "alignment/nginx/values.hpp"
#include "alignment/nginx/version.hpp"
#include "base/time.hpp"
#include "config/configuration.hpp"
#include "config/source.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
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

/// Where a destination leads.
struct nginx_targets {
    std::vector<socket_address> addresses;
    std::string open; // why there may be others; empty if these are all
};

/// An entry of a group that limits it.
struct nginx_group_server {
    span where;
    socket_address address;
    bool is_down = false;
    std::uint64_t most_connections = 0; // of each worker; 0: no limit
};

/// The `upstream` blocks of `http` or `stream`.
class nginx_groups {
public:
    /// \param is_partial  other files may have more groups.
    explicit nginx_groups(const nginx_directive& context, bool is_partial = false);

    /// The addresses at which a destination without variables connects. For a group: of all its
    /// servers but those that are `down`.
    [[nodiscard]] nginx_targets targets(const nginx_destination& of) const;

    /// The servers of the group that a destination names; empty if it names none.
    [[nodiscard]] std::span<const nginx_group_server> servers(const nginx_destination& of) const;

    /// How long a worker keeps an idle connection to a server of that group for the next request;
    /// nothing if it keeps none. Groups have `keepalive 32` by default since 1.29.7.
    [[nodiscard]] std::optional<nginx_setting<milliseconds>>
    keep_alive(const nginx_destination& of, const nginx_version& version) const;

private:
    struct group {
        std::vector<nginx_group_server> servers;
        std::string open;
        std::optional<std::uint64_t> kept; // connections: `keepalive`
        nginx_setting<milliseconds> keep_alive;
    };
    [[nodiscard]] const group* find(const nginx_destination& of) const;

    std::map<std::string, group> groups_; // by name in lower case
    const bool is_partial_;
};

} // namespace pulsegate

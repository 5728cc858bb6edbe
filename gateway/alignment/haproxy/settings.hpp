// What a section of a haproxy.cfg sets that bears on WebSockets, with what it takes over from its
// `defaults`. Plain values, and the reader of one.
#pragma once

#include "alignment/haproxy/lines.hpp"
#include "base/time.hpp"
#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "config/source.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pulsegate {

/// Something that users should know about a line: why it has no effect, or may have none.
struct haproxy_remark {
    span where;
    std::string text; // lower case, to be read after the line: `has no effect in a …`
};

/// Where the readers leave what they have to say.
struct haproxy_findings {
    std::vector<diagnostic> problems; // hop_code::haproxy_syntax, haproxy_value
    std::vector<haproxy_remark> remarks;
};

/// The address of a `server`, configuration.txt sections 5.2 and 11; names are not resolved.
/// Reads `127.0.0.1:8081`, `[::1]:8081`, `::1:8081`, `localhost:8081`, `ipv4@…`, `unix@/path` and
/// `/path`. Nothing for an address without a port of its own (HAProxy then takes the one that the
/// client used) and for a family that leads to no listener of the gateway.
[[nodiscard]] std::optional<socket_address> parse_haproxy_address(std::string_view text);

struct haproxy_time {
    std::optional<milliseconds> value; // > 0; nothing: the file alone does not tell
    span where;                        // the whole directive
};

/// Of the words behind a server's address, or behind `default-server`.
struct haproxy_server_options {
    bool speaks_tls = false;   // `ssl`
    bool sends_proxy = false;  // `send-proxy`, that is version 1 of the PROXY protocol
    bool sends_proxy2 = false; // `send-proxy-v2`, with or without more
};

/// What a `defaults` section hands on. A time that is unset or 0, which is the same, is nothing.
struct haproxy_settings {
    std::optional<haproxy_time> client;
    std::optional<haproxy_time> client_fin;
    std::optional<haproxy_time> server;
    std::optional<haproxy_time> tunnel;
    std::optional<haproxy_time> server_rule; // of `http-request set-timeout`, which wins
    std::optional<haproxy_time> tunnel_rule;
    bool has_independent_streams = false;        // a side's own silence counts, not both sides'
    std::optional<haproxy_word> default_backend; // its name
    bool speaks_http = false;                    // `mode http`; the default is `mode tcp`
    haproxy_server_options servers;              // of `default-server`
};

struct haproxy_server {
    span where;                       // the whole line
    std::optional<socket_address> to; // nothing: no address that a listener could have
    haproxy_server_options options;
};

/// A section `frontend`, `backend` or `listen`.
struct haproxy_proxy {
    std::string name;
    span head; // `backend app`
    bool is_frontend = false;
    bool is_backend = false; // a `listen` is both
    bool is_disabled = false;
    haproxy_settings settings;
    std::vector<haproxy_word> use_backends; // names; `%[…]` may be any
    std::vector<haproxy_server> servers;
};

} // namespace pulsegate

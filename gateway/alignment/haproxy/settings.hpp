// What a section of a haproxy.cfg sets that bears on WebSockets, with what it takes over from its
// `defaults`. Plain values, and the reader of one.
#pragma once

#include "alignment/haproxy/lines.hpp"
#include "base/time.hpp"
#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "config/source.hpp"

#include <cstdint>
#include <map>
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
/// client used) and for a family that leads to no listener of the gateway. `abns@name` comes back
/// as the path `abns@name`, which only another line of the same file can have.
[[nodiscard]] std::optional<socket_address> parse_haproxy_address(std::string_view text);

struct haproxy_target;

/// Of a server: parse_haproxy_address(), and what is known of an address without a port.
[[nodiscard]] haproxy_target parse_haproxy_target(std::string_view text);

/// The addresses of a `bind`: several with commas between, each with a port or a range of ports.
/// Those that could not be read are left out, and of a range all but the first thousand.
[[nodiscard]] std::vector<socket_address> parse_haproxy_binds(std::string_view text);

struct haproxy_time {
    std::optional<milliseconds> value; // > 0; nothing: the file alone does not tell
    span where;                        // the whole directive
};

/// Of the words behind a server's address, or behind `default-server`.
struct haproxy_server_options {
    bool speaks_tls = false;           // `ssl`
    bool sends_proxy = false;          // `send-proxy`, that is version 1 of the PROXY protocol
    bool sends_proxy2 = false;         // `send-proxy-v2`, with or without more
    bool is_disabled = false;          // `disabled`: out of service until somebody enables it
    bool has_no_weight = false;        // `weight 0`: gets no new connection
    bool speaks_h2 = false;            // `proto h2`
    bool upgrades_by_h1 = false;       // `ws h1`: WebSockets by HTTP/1.1 whatever `proto` says
    bool is_checked = false;           // `check`
    bool is_checked_elsewhere = false; // `port`, `addr`, `track`: the check goes to another place
    bool is_transparent = false;       // `source … usesrc`: the peer's address is the client's
    std::optional<std::uint64_t> most; // `maxconn`: connections at a time
    std::optional<milliseconds> keeps; // `pool-purge-delay`: an idle connection is kept at least
                                       // for this long, and often for three times that
};

/// `if` or `unless` with what follows it.
struct haproxy_condition {
    bool is_unless = false;
    std::vector<haproxy_word> terms; // none: it is always met
};

/// A line that acts on requests or answers: `http-request`, `http-response`, `tcp-request`,
/// `redirect`.
struct haproxy_rule {
    std::vector<haproxy_word> words; // without the condition
    haproxy_condition when;
    span where; // the whole line
};

/// The lines `acl NAME …` of each name: one of them has to be true. Without `acl` and the name.
using haproxy_acls = std::map<std::string, std::vector<std::vector<haproxy_word>>>;

/// `option forwardfor`.
struct haproxy_forwardfor {
    std::string header = "X-Forwarded-For";
    bool if_none = false; // not for requests that have one already
    span where;
};

/// `option httpchk` with the lines `http-check` that go with it.
struct haproxy_http_check {
    std::string uri = "/";
    std::vector<std::vector<haproxy_word>> expected; // `http-check expect`, what follows it
    span where;
};

/// How many connections a line admits at a time.
struct haproxy_cap {
    span where;
    std::uint64_t most = 0;
};

/// What a `defaults` section hands on. A time that is unset or 0, which is the same, is nothing.
struct haproxy_settings {
    std::optional<haproxy_time> client;
    std::optional<haproxy_time> client_fin;
    std::optional<haproxy_time> server;
    std::optional<haproxy_time> tunnel;
    bool has_independent_streams = false;        // a side's own silence counts, not both sides'
    std::optional<haproxy_word> default_backend; // its name
    bool speaks_http = false;                    // `mode http`; the default is `mode tcp`
    haproxy_server_options servers;              // of `default-server`
    std::vector<haproxy_rule> rules;             // in their order
    haproxy_acls acls;
    std::optional<haproxy_forwardfor> forwardfor;
    std::optional<haproxy_http_check> http_check;
    std::optional<haproxy_cap> maxconn; // of a frontend
};

/// Where a server's address leads.
struct haproxy_target {
    std::optional<socket_address> to; // nothing: no address that a listener could have
    bool is_open = false; // known only when HAProxy runs; `to` then has the host, if it is written
};

struct haproxy_server {
    span where; // the whole line
    haproxy_target target;
    haproxy_server_options options;
};

struct haproxy_bind {
    span where; // the whole line
    std::vector<socket_address> at;
    bool has_tls = false;       // `ssl`
    bool accepts_proxy = false; // `accept-proxy`
};

/// `use_backend NAME if …`
struct haproxy_switch {
    haproxy_word name; // `%[…]` may be any
    haproxy_condition when;
};

/// A section `frontend`, `backend` or `listen`.
struct haproxy_proxy {
    std::string name;
    span head; // `backend app`
    bool is_frontend = false;
    bool is_backend = false; // a `listen` is both
    bool is_disabled = false;
    haproxy_settings settings;
    std::vector<haproxy_switch> use_backends;
    std::vector<haproxy_server> servers;
    std::vector<haproxy_bind> binds;
};

} // namespace pulsegate

// gateway.yaml as values: what the loader produces and everything else reads. Immutable once
// loaded; workers share it, so it is never changed in place.
#pragma once

#include "base/log.hpp"
#include "base/time.hpp"
#include "client/origin_rule.hpp"
#include "client/proxy_protocol.hpp"
#include "session/close_settings.hpp"
#include "session/heartbeat_settings.hpp"
#include "session/message_rate.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace pulsegate {

struct tcp_address {
    std::string host;       // a literal IPv4 or IPv6 address (no brackets), or for upstreams a name
    std::uint16_t port = 0; // 0 in a listener: the kernel chooses
    friend bool operator==(const tcp_address&, const tcp_address&) = default;
};

struct unix_address {
    std::string path;
    friend bool operator==(const unix_address&, const unix_address&) = default;
};

using socket_address = std::variant<tcp_address, unix_address>;

/// As written in gateway.yaml: `127.0.0.1:8081`, `[::1]:8081`, `unix:/run/pulsegate.sock`.
[[nodiscard]] std::string to_string(const socket_address& address);

/// A certificate with its key: paths of PEM files.
struct certificate_files {
    std::string certificate; // with those that lead to its authority; "": none
    std::string private_key;
};

enum class tls_version : std::uint8_t { v1_2, v1_3 };

/// TLS of a listener; off unless it names a certificate.
struct listener_tls_settings {
    certificate_files own;                 // unless the client asks for a name of the others
    std::vector<certificate_files> others; // for other host names (SNI)
    std::string client_ca;                 // "": clients need no certificate
    tls_version min_version = tls_version::v1_2;
    bool kernel = false; // the kernel is to encrypt, if it can

    [[nodiscard]] bool is_on() const { return !own.certificate.empty(); }
};

/// Who may connect to a Unix socket: its file's mode and group.
struct socket_file_settings {
    std::optional<unsigned> mode; // permission bits, up to 0777; nothing: as the umask has it
    std::string group;            // a name; "": that of the process
    friend bool operator==(const socket_file_settings&, const socket_file_settings&) = default;
};

struct listener_settings {
    socket_address address = tcp_address{"127.0.0.1", 8081};
    socket_file_settings file; // of a Unix socket
    proxy_protocol_mode proxy_protocol = proxy_protocol_mode::off;
    listener_tls_settings tls;
};

/// An application reached by WebSocket.
struct websocket_upstream {
    tcp_address address;
    std::string path;       // "" keeps the client's path; else replaces the route's prefix
    bool is_secure = false; // wss://
};

/// The built-in application that returns every message.
struct echo_upstream {};

using upstream = std::variant<echo_upstream, websocket_upstream>;

/// How the application of a `wss://` upstream is recognised, and how the gateway shows who it is.
struct app_tls_settings {
    std::string ca_file;     // "": the authorities that this system trusts
    certificate_files own;   // shown to an application that asks for one
    std::string server_name; // that its certificate has to have; "": the upstream's host
};

/// What becomes of requests that ask for no WebSocket.
enum class http_mode : std::uint8_t {
    pass,   // the application gets them
    refuse, // 426
};

struct route {
    std::string path = "/"; // a prefix of whole segments
    upstream to = echo_upstream{};
    app_tls_settings tls;
    http_mode http = http_mode::pass;
    milliseconds answer{600'000};     // http_settings::answer, or the route's own
    std::vector<origin_rule> origins; // of the pages that may connect; none: all
    heartbeat_settings heartbeat;     // the global settings with this route's own on top
    close_settings close;             // likewise
    rate_settings rate;               // of each client's messages
};

struct limits_settings {
    std::uint64_t connections = 100'000;      // sessions and handshakes of all workers
    std::uint64_t connections_per_client = 0; // of those; by client address; 0: no limit
    std::uint64_t requests_per_client = 0; // plain ones under way; by client address; 0: no limit
    milliseconds handshake{10'000};        // for the request, and again for the app's answer
    std::uint64_t newcomers = 10'000;      // connections that are not admitted yet
    std::uint64_t newcomers_per_client = 2'000;        // of those; by client address; 0: no limit
    std::uint64_t handshake_rate = 0;                  // a second, of all workers; 0: no limit
    std::uint64_t handshake_rate_per_client = 0;       // a second, by client address; 0: no limit
    std::uint64_t header_bytes = 32 * 1024;            // of a request, with its first line
    std::uint64_t headers = 100;                       // of a request
    std::uint64_t message_bytes = 16ull * 1024 * 1024; // a client's message over all its fragments
    milliseconds write_stall{30'000}; // who takes no byte for this long, of what waits, is closed
    std::uint64_t unsent_bytes = 128 * 1024; // that the kernel may hold of a leg and not send yet
    std::uint64_t slowest_rate = 64 * 1024;  // bytes a second: who takes less behind a proxy that
                                             // buffers may be taken for silent
    milliseconds session_age{0}; // a session that is so old is asked to come back; 0: none
};

/// Of plain HTTP: requests that ask for no WebSocket, and event streams.
struct http_settings {
    milliseconds answer{600'000};       // until the app's answer begins, and between its parts
    milliseconds body{60'000};          // a client's silence within a request's body
    milliseconds client_idle{75'000};   // a client's connection without a request; after the first
    milliseconds app_idle{4'000};       // an app's connection without a request; 0: none is kept
    std::uint64_t app_connections = 32; // idle ones that a worker keeps for each upstream
};

struct drain_settings {
    milliseconds window{30'000};
};

/// Of the admin listener.
struct admin_settings {
    tcp_address address{"127.0.0.1", 9464};
    std::string token_file; // path; "": there is no token, and nothing can be changed there
};

struct log_settings {
    log::format format = log::format::text;
    log::level level = log::level::info;
};

/// What load balancers and proxies ask the listeners for, to see whether this gateway is well.
struct health_settings {
    std::string path = "/healthz"; // of a request that is no upgrade; "": nobody is answered
};

/// A block of addresses in CIDR notation, IPv4 as well as IPv6.
struct address_block {
    std::string network; // a literal address
    unsigned prefix_bits = 0;
    friend bool operator==(const address_block&, const address_block&) = default;
};

/// A provider whose published addresses the gateway knows.
enum class address_provider : std::uint8_t { cloudflare };

/// Peers that are believed: proxies of one's own, or those of a provider.
using trusted_proxy = std::variant<address_block, address_provider>;

/// What an idle limit takes for a sign of life.
enum class idle_reset : std::uint8_t {
    any,        // a byte in either direction
    to_client,  // only bytes towards the client
    to_gateway, // only bytes from the client
};

/// A limit that may be left out, set to `none`, or set to a duration.
struct limit_setting {
    bool is_set = false;
    std::optional<milliseconds> value; // of one that is set; nothing: none
    friend bool operator==(const limit_setting&, const limit_setting&) = default;
};

/// A proxy in front: a preset, a configuration file, or figures alone. The figures override a
/// preset's. Paths are relative to the directory of gateway.yaml.
struct proxy_settings {
    std::string name;           // for reports and metrics; "": that of the preset or program
    std::string preset;         // a name in the library of presets, or ""
    std::string nginx_config;   // path of an nginx.conf, or of `nginx -T` output, or ""
    std::string nginx_version;  // such as 1.22; "": the installed one
    std::string haproxy_config; // path of a haproxy.cfg, or ""
    limit_setting idle;
    limit_setting lifetime;
    limit_setting silence;    // of an answer by plain HTTP
    limit_setting total;      // of a request by plain HTTP
    limit_setting keep_alive; // of an idle connection to the gateway
    std::optional<idle_reset> resets;

    /// What reports and metrics call it.
    [[nodiscard]] std::string shown_name() const;
};

/// What `run` does about errors of the alignment.
enum class alignment_mode : std::uint8_t { enforce, warn };

struct configuration {
    std::vector<listener_settings> listeners{listener_settings{}};
    admin_settings admin;
    unsigned workers = 0; // 0: one per CPU
    std::vector<trusted_proxy> trusted_proxies{address_block{"127.0.0.0", 8},
                                               address_block{"::1", 128}};
    std::string client_ip_header = "X-Forwarded-For";
    std::string via; // the gateway's name in the Via header; "": it adds none
    health_settings health;
    heartbeat_settings heartbeat;
    close_settings close;
    std::vector<proxy_settings> proxies; // outermost first
    alignment_mode alignment = alignment_mode::enforce;
    std::vector<route> routes{route{}}; // as written; longest path prefix wins
    http_settings http;
    limits_settings limits;
    drain_settings drain;
    log_settings log;
};

/// True if `path` begins with all segments of `prefix`: `/edit` has `/edit` and `/edit/7` under it,
/// but not `/editor`; `/edit/` has only what comes after its slash.
[[nodiscard]] bool has_path_prefix(std::string_view path, std::string_view prefix);

} // namespace pulsegate

// What can be wrong with the proxies in front: PG3xx, one table, and the way to the tables of all
// layers.
#pragma once

#include "config/codes.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

enum class hop_code : std::uint16_t {
    // Hops: what the proxies in front do to connections.
    idle_cut = 301,
    idle_tight = 302,
    late_eviction = 303,
    life_too_short = 304,
    life_cut = 305,
    timeout_narrow = 306,
    lingering = 307,
    script_heartbeat = 308,
    ping_rate = 309,
    // Nginx: the locations that reach the gateway.
    nginx_http_version = 310,
    nginx_no_upgrade = 311,
    nginx_lost_upgrade = 312,
    reload_cut = 313,
    nginx_capacity = 314,
    nginx_client_header = 315,
    nginx_untrusted = 316,
    proxy_elsewhere = 317,
    nginx_undecided = 318,
    proxy_protocol_mismatch = 319,
    // Files of proxies.
    nginx_syntax = 320,
    nginx_include = 321,
    nginx_value = 322,
    // Nginx again: what it sends, and for whom.
    nginx_partial_upgrade = 323,
    nginx_unclear_upgrade = 324,
    nginx_one_client = 325,
    nginx_connection_cap = 326,
    nginx_unread = 327,
    haproxy_syntax = 330,
    haproxy_value = 331,
    haproxy_remark = 332,
    haproxy_client_fin = 333,
    haproxy_no_upgrade = 334,
    haproxy_may_not_upgrade = 335,
    haproxy_check_fails = 336,
    haproxy_client_address = 337,
    haproxy_untrusted = 338,
    idle_may_cut = 339,
    proxy_unreadable = 340,
    hop_unknown = 341,
    proxy_tls_mismatch = 342,
    proxy_refused = 343,
    proxy_not_asked = 344,
    socket_denied = 345,
    // Plain HTTP and event streams.
    stream_cut = 346,
    answer_total = 347,
    stream_unasked = 348,
    stream_buffered = 349,
    stream_may_buffer = 350,
    keep_alive_order = 351,
    first_byte = 352,
    app_keep_alive = 353,
};

/// The rows of these, in their order.
[[nodiscard]] std::span<const code_row> hop_codes();  // up to PG345
[[nodiscard]] std::span<const code_row> http_codes(); // plain HTTP and event streams
[[nodiscard]] const code_row& row_of(hop_code id);

/// The tables of all layers, in the order of their codes: gateway.yaml, proxies, deployment.
[[nodiscard]] std::array<std::span<const code_row>, 4> code_tables();

/// The row of `PG104`, also written `pg104` or `104`; null if there is none.
[[nodiscard]] const code_row* find_code(std::string_view name);

} // namespace pulsegate

// What can be wrong with a configuration: one table. A code never changes its meaning, since people
// search for it and put it in scripts. Tests walk the table: each row has a bad and a clean case.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace pulsegate {

enum class code : std::uint16_t {
    // The file and its keys.
    syntax = 101,
    not_text = 102,
    not_a_map = 103,
    unknown_key = 104,
    duplicate_key = 105,
    wrong_kind = 106,
    missing_key = 107,
    empty_list = 108,
    // Plain values.
    bad_duration = 110,
    bad_size = 111,
    bad_number = 112,
    out_of_range = 113,
    unknown_choice = 114,
    text_length = 115,
    // Addresses and headers.
    bad_address = 120,
    repeated_address = 121,
    public_admin = 122,
    bad_block = 123,
    host_bits = 124,
    bad_header_name = 125,
    proxy_protocol_unused = 126,
    // Heartbeats and close codes.
    timeout_too_short = 130,
    timeout_tight = 131,
    bad_close_code = 132,
    long_reason = 133,
    misleading_code = 134,
    answered_reply = 135,
    // Routes.
    bad_path = 140,
    repeated_path = 141,
    bad_upstream = 142,
    bad_origin = 143,
    // Proxies.
    unclear_proxy = 150,
    repeated_proxy = 151,
    // TLS.
    tls_unreadable = 160,
    tls_unusable = 161,
    tls_mismatch = 162,
    tls_expires = 163,
    tls_open_key = 164,
    tls_without_use = 165,
    // The token of the admin listener.
    token_unreadable = 166,
    token_open = 167,
    token_unusable = 168,
    // Limits.
    limit_never_reached = 170,
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
    haproxy_syntax = 330,
    haproxy_value = 331,
    haproxy_remark = 332,
    haproxy_client_fin = 333,
    proxy_unreadable = 340,
    hop_unknown = 341,
    proxy_tls_mismatch = 342,
    // What starts and stops the gateway.
    unit_kill = 401,
    unit_signal = 402,
    unit_ignored = 403,
    deployment_elsewhere = 404,
    pod_kill = 405,
    pod_value = 406,
    pre_stop_unknown = 407,
};

/// A note tells something worth knowing; nothing has to be mended.
enum class severity : std::uint8_t { note, warning, error };

struct code_row {
    code id;
    std::string_view name; // as users see it: `PG104`
    severity level;
    std::string_view title; // what is wrong, in general
    std::string_view cause; // why that matters; lines of at most 80 characters
    std::string_view bad;   // a whole gateway.yaml that produces this code and no other
    std::string_view good;  // the same, mended
    std::string_view source;
    // The proxy's configuration that the two examples name, if they name one.
    std::string_view bad_proxy = {};
    std::string_view good_proxy = {};
    // What that file is called if gateway.yaml does not say so: `pulsegate.service` for one that is
    // read by `check --unit`, `deployment.yaml` by `check --kubernetes`.
    std::string_view named_by_option = {};
};

/// The rows by subject, in the order of their codes.
[[nodiscard]] std::span<const code_row> file_codes();
[[nodiscard]] std::span<const code_row> value_codes();
[[nodiscard]] std::span<const code_row> address_codes();
[[nodiscard]] std::span<const code_row> heartbeat_codes();
[[nodiscard]] std::span<const code_row> route_codes();
[[nodiscard]] std::span<const code_row> proxy_codes();
[[nodiscard]] std::span<const code_row> tls_codes();
[[nodiscard]] std::span<const code_row> admin_codes();
[[nodiscard]] std::span<const code_row> limit_codes();
[[nodiscard]] std::span<const code_row> hop_codes();
[[nodiscard]] std::span<const code_row> nginx_codes();
[[nodiscard]] std::span<const code_row> proxy_file_codes();
[[nodiscard]] std::span<const code_row> deployment_codes();

/// All rows, in the order of their codes.
[[nodiscard]] std::span<const code_row> code_table();

[[nodiscard]] const code_row& row_of(code id);

/// The row of `PG104`, also written `pg104` or `104`; null if there is none.
[[nodiscard]] const code_row* find_code(std::string_view name);

/// `note`, `warning` or `error`.
[[nodiscard]] std::string_view to_string(severity level);

} // namespace pulsegate

// What can be wrong with gateway.yaml itself: PG1xx, one table. It is also what the rows of any
// layer look like: those of the proxies in front are in alignment/. A code never changes its
// meaning, since people search for it and put it in scripts. Tests walk the tables: each row has a
// bad and a clean case.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

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
    bad_via = 127,
    cannot_listen = 128,
    wide_trust = 129,
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
    path_pattern = 144,
    nothing_said = 145,
    own_upstream = 146,
    app_unreachable = 147,
    no_routes = 148,
    // Proxies.
    unclear_proxy = 150,
    repeated_proxy = 151,
    edge_untrusted = 152,
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
    // TLS again.
    tls_no_names = 169,
    // Limits.
    limit_never_reached = 170,
    too_few_ports = 171,
    // Unix sockets.
    file_without_use = 172,
};

/// The number in a code's name, whichever layer's enumeration it comes from.
struct code_number {
    template <class Enum>
    requires std::is_enum_v<Enum>
    constexpr code_number(Enum id) : value(static_cast<std::uint16_t>(id)) {}

    std::uint16_t value;
    friend bool operator==(const code_number&, const code_number&) = default;
};

/// A note tells something worth knowing; nothing has to be mended.
enum class severity : std::uint8_t { note, warning, error };

struct code_row {
    code_number id;
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

/// The rows of this layer, in the order of their codes.
[[nodiscard]] std::span<const code_row> config_codes();
[[nodiscard]] const code_row& row_of(code id);

/// The row of a table that has this number; there is one.
[[nodiscard]] const code_row& row_in(std::span<const code_row> table, code_number id);

/// What a diagnostic refers to: a row of some layer's table. Made from that layer's enumeration.
class diagnostic_code {
public:
    template <class Enum>
    requires requires(Enum id) {
        { row_of(id) } -> std::same_as<const code_row&>;
    }
    diagnostic_code(Enum id) : row_(&row_of(id)) {}

    [[nodiscard]] const code_row& row() const { return *row_; }
    friend bool operator==(const diagnostic_code&, const diagnostic_code&) = default;

private:
    const code_row* row_; // never null
};

/// `note`, `warning` or `error`.
[[nodiscard]] std::string_view to_string(severity level);

} // namespace pulsegate

// The body of a Close frame: a status code and a reason (RFC 6455 §5.5.1, §7.4). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace pulsegate {

struct close_payload {
    std::uint16_t code = 0; // 0: the frame had no body, which receivers report as 1005
    std::string reason;     // UTF-8, at most 123 bytes

    friend bool operator==(const close_payload&, const close_payload&) = default;
};

/// True for codes that may stand in a Close frame: 1000-1014 without 1004, 1005 and 1006, and
/// 3000-4999. Source: RFC 6455 §7.4, IANA "WebSocket Close Code Number Registry" (1012, 1013,
/// 1014).
[[nodiscard]] bool is_valid_close_code(std::uint16_t code);

enum class close_error { one_byte_body, bad_code, bad_utf8 };

struct parsed_close {
    close_payload payload; // meaningful if `error` is empty
    std::optional<close_error> error;
};

/// Reads an unmasked Close body of at most 125 bytes.
[[nodiscard]] parsed_close parse_close(std::span<const std::uint8_t> body);

} // namespace pulsegate

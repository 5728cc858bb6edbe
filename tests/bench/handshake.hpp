// The opening handshake (RFC 6455 §4) of the benchmark's own client and application.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pulsegate::bench {

/// The value of Sec-WebSocket-Accept that answers a Sec-WebSocket-Key (RFC 6455 §4.2.2).
[[nodiscard]] std::string accept_for(std::string_view key);

/// A Sec-WebSocket-Key: sixteen bytes made from `seed`, in base64.
[[nodiscard]] std::string key_from(std::uint64_t seed);

/// The value of a header field, without surrounding blanks; empty if the field is absent.
/// \param head  a whole request or response up to its empty line.
/// \param name  matched without regard to case.
[[nodiscard]] std::string_view field_of(std::string_view head, std::string_view name);

[[nodiscard]] std::string upgrade_request(std::uint16_t port, std::string_view key);
[[nodiscard]] std::string upgrade_response(std::string_view key);

} // namespace pulsegate::bench

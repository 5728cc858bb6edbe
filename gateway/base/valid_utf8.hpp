// Makes text of unknown origin fit for formats that admit only UTF-8: JSON log lines, metric
// labels. Pure. The incremental check of WebSocket text messages is another matter and lives in
// websocket/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pulsegate {

/// The bytes as well-formed UTF-8 (RFC 3629 §4): each byte that is not part of a well-formed
/// sequence becomes U+FFFD. Text that is UTF-8 already comes back unchanged.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes);

/// The same, but no longer than `most` bytes: whole characters from its beginning.
[[nodiscard]] std::string to_valid_utf8(std::string_view bytes, std::size_t most);

} // namespace pulsegate
